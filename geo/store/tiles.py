"""Vector tiles straight from PostGIS, one named query per layer (``queries/tiles.sql``)."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import psycopg
import pyproj

from geo.store.database import read_setting
from geo.store.queries import load

QUERIES = load("tiles")

MAX_ZOOM = 22
# A tile asks for features a little beyond its edge: 64 of its 4096 units, as ST_AsMVTGeom clips.
BUFFER = 64 / 4096
MERCATOR_HALF_M = 20037508.342789244


class NoSuchTile(ValueError):
    """The zoom, column or row lies outside the tile scheme."""


class Tile(NamedTuple):
    """The address of a tile in the Web Mercator scheme, row 0 in the north."""

    z: int
    x: int
    y: int


def check(tile: Tile) -> Tile:
    """The tile itself; raises `NoSuchTile` where the scheme has none at this address."""
    if not 0 <= tile.z <= MAX_ZOOM:
        raise NoSuchTile(f"zoom {tile.z} is not between 0 and {MAX_ZOOM}")
    last = 2**tile.z - 1
    if not (0 <= tile.x <= last and 0 <= tile.y <= last):
        raise NoSuchTile(
            f"at zoom {tile.z} columns and rows go from 0 to {last}; asked was {tile.x}/{tile.y}"
        )
    return tile


def read_tile(
    conn: psycopg.Connection, layer: str, tile: Tile, *, share: float = 1, system: str | None = None
) -> bytes:
    """The Mapbox Vector Tile of ``layer``; empty bytes where it has nothing there.

    ``share`` (0–1) thins the layers of many points; ``system`` picks one grid system. Features are
    in order of their id, so equal data gives equal bytes.
    """
    reach = reach_of(tile, read_setting(conn).srid)
    if reach is None:
        return b""
    asked = {**tile._asdict(), "reach": reach, "share": share, "system": system}
    row = conn.execute(QUERIES[layer], asked).fetchone()
    return bytes(row[0]) if row and row[0] else b""


def reach_of(tile: Tile, srid: int) -> str | None:
    """The box to search, in the district's CRS: the tile with its buffer, as EWKT.

    The literal is transformed, not the column, so that the index serves. None where the CRS does
    not reach: such a tile is empty.
    """
    size_m = 2 * MERCATOR_HALF_M / 2**tile.z
    west = tile.x * size_m - MERCATOR_HALF_M
    north = MERCATOR_HALF_M - tile.y * size_m
    margin = BUFFER * size_m
    box = (west - margin, north - size_m - margin, west + size_m + margin, north + margin)
    if not _near(srid, box):
        return None
    bounds = _from_mercator(srid).transform_bounds(*box, densify_pts=21)
    if not np.isfinite(bounds).all():
        return None
    x0, y0, x1, y1 = bounds
    return f"SRID={srid};POLYGON(({x0} {y0},{x1} {y0},{x1} {y1},{x0} {y1},{x0} {y0}))"


def count(conn: psycopg.Connection, layer: str) -> int:
    """How many points of ``layer`` may be thinned; 0 for a layer that is never thinned."""
    query = QUERIES.get(f"count_{layer}")
    row = conn.execute(query).fetchone() if query else None
    return int(row[0]) if row else 0


def newest_report(conn: psycopg.Connection) -> int | None:
    """When the newest incident was reported, in seconds since 1970; None where there is none."""
    row = conn.execute(QUERIES["newest_report"]).fetchone()
    return row[0] if row else None


def legend_values(conn: psycopg.Connection, source: str) -> list[tuple[str, str, str]]:
    """The values (value, zh, en) that a legend takes from the data; most frequent first."""
    return [(value, zh, en) for value, zh, en in conn.execute(QUERIES[source])]


@lru_cache(maxsize=8)
def _from_mercator(srid: int) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(3857, srid, always_xy=True)


@lru_cache(maxsize=8)
def _area_of_use(srid: int) -> tuple[float, float, float, float]:
    """Where the CRS may be used, in Web Mercator metres, with ten degrees to spare."""
    area = pyproj.CRS.from_epsg(srid).area_of_use
    if area is None:
        return -MERCATOR_HALF_M, -MERCATOR_HALF_M, MERCATOR_HALF_M, MERCATOR_HALF_M
    to_mercator = pyproj.Transformer.from_crs(4326, 3857, always_xy=True)
    west, south = to_mercator.transform(max(area.west - 10, -180), max(area.south - 10, -85))
    east, north = to_mercator.transform(min(area.east + 10, 180), min(area.north + 10, 85))
    return west, south, east, north


def _near(srid: int, box: tuple[float, float, float, float]) -> bool:
    west, south, east, north = _area_of_use(srid)
    return box[0] <= east and box[2] >= west and box[1] <= north and box[3] >= south
