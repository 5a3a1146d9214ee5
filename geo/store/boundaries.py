"""Extra lines from files, along which blocks are derived: walls, police borders, planned roads."""

from pathlib import Path

import numpy as np
import psycopg
import shapely
from numpy.typing import NDArray

from geo import crs, readers
from geo.store.database import read_setting


class NotLines(ValueError):
    """A file of boundaries holds neither lines nor polygons."""


def read_lines(conn: psycopg.Connection, paths: list[Path]) -> NDArray[np.object_]:
    """All lines of the files and all outlines of their polygons, as LineStrings in the metric CRS.

    A file that declares no CRS is taken as WGS 84. Raises `NotLines` and what `geo.readers` raises.
    """
    return np.concatenate([_lines(conn, path) for path in paths])


def _lines(conn: psycopg.Connection, path: Path) -> NDArray[np.object_]:
    source = readers.read(path)
    shapes = source.frame.geometry.to_numpy()
    shapes = crs.transform_geometries(
        shapes[~shapely.is_missing(shapes)],
        source.crs or "wgs84",
        f"EPSG:{read_setting(conn).srid}",
    )
    dimension = shapely.get_dimensions(shapes)
    shapes = np.where(dimension == 2, shapely.boundary(shapes), shapes)[dimension > 0]
    if not len(shapes):
        raise NotLines(f"{path.name} holds neither lines nor polygons to derive blocks along")
    parts = shapely.get_parts(shapes)
    return np.asarray(parts[~shapely.is_empty(parts)], object)
