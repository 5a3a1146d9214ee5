"""What a report says: figures, loads, coverage and findings, computed from frames."""
