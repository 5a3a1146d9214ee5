"""The domain: pure functions over arrays and frames of one district in its metric CRS."""
