"""OGC API – Features and Tiles: the declared layers for other programs, under ``/ogc``."""
