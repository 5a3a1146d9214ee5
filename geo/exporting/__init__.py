"""Layers on their way out: portions of rows become files of the formats that people ask for."""
