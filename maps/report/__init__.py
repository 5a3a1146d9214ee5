"""Reports: one HTML file with all it needs inside, and what Chromium prints of it."""
