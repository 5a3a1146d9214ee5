"""The sample district: a fictional 云汀区, generated from a fixed seed.

Everything is invented. The same seed gives the same files, so nothing that can be computed again
in seconds is kept in the repository except the boundary files people may want to open.
"""
