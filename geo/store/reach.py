"""Where a box of any CRS lies in the district's, and what of a table touches it."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
import pyproj
import shapely
from psycopg.sql import SQL, Composable, Literal, Placeholder

Box = tuple[float, float, float, float]

# Beyond its area of use a projection bends; so many degrees past it are still trusted.
SPARE_DEG = 10
# A box is widened by this: its edge is bent in the other CRS, and followed by 21 points only.
SPARE_M = 100


def near(box: Box, srid: int, district_srid: int) -> str | None:
    """The box (x first, in EPSG ``srid``) in the district's CRS, as EWKT, somewhat widened.

    Everything of the district's area of use that lies in the box lies in the answer. None where
    the CRS does not reach.
    """
    west, south, east, north = box
    most = _area_of_use(district_srid, srid)
    x0, y0 = max(west, most[0]), max(south, most[1])
    x1, y1 = min(east, most[2]), min(north, most[3])
    if not (x0 <= x1 and y0 <= y1):
        return None
    bounds = _transformer(srid, district_srid).transform_bounds(x0, y0, x1, y1, densify_pts=21)
    if not np.isfinite(bounds).all():
        return None
    a, b, c, d = np.add(bounds, (-SPARE_M, -SPARE_M, SPARE_M, SPARE_M))
    return f"SRID={district_srid};POLYGON(({a} {b},{c} {b},{c} {d},{a} {d},{a} {b}))"


def touching(
    box: Box, srid: int, district_srid: int, bind: Callable[[object], Placeholder]
) -> Composable:
    """The condition that ``geom`` touches the box (x first, in EPSG ``srid``), edges included.

    ``bind`` keeps a value of the statement and returns what stands for it.
    """
    around = near(box, srid, district_srid)
    if around is None:
        return SQL("false")
    shape = shapely.to_wkb(shapely.set_srid(_shape(box), srid), include_srid=True)
    return SQL("(geom && {}::geometry and st_intersects({}, {}::bytea::geometry))").format(
        bind(around), moved(district_srid, srid), bind(shape)
    )


def _shape(box: Box) -> Any:
    """A box as a geometry; one without width or height is a line or a point."""
    west, south, east, north = box
    if west == east and south == north:
        return shapely.Point(west, south)
    if west == east or south == north:
        return shapely.LineString([(west, south), (east, north)])
    return shapely.box(*box)


def moved(srid: int, target: int) -> Composable:
    """The column ``geom``, of EPSG ``srid``, in EPSG ``target``."""
    if srid == target:
        return SQL("geom")
    return SQL("st_transform(geom, {})").format(Literal(target))


@lru_cache(maxsize=32)
def _transformer(srid: int, target: int) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(srid, target, always_xy=True)


@lru_cache(maxsize=32)
def _area_of_use(srid: int, target: int) -> Box:
    """Where EPSG ``srid`` may be used, in EPSG ``target``."""
    area = pyproj.CRS.from_epsg(srid).area_of_use
    if srid == target or area is None:
        return -np.inf, -np.inf, np.inf, np.inf
    west, south = max(area.west - SPARE_DEG, -180), max(area.south - SPARE_DEG, -85)
    east, north = min(area.east + SPARE_DEG, 180), min(area.north + SPARE_DEG, 85)
    degrees = pyproj.Transformer.from_crs(4326, target, always_xy=True)
    found: Box = degrees.transform_bounds(west, south, east, north, densify_pts=21)
    return found


@lru_cache(maxsize=32)
def in_degrees(srid: int) -> bool:
    """Whether the coordinates of an EPSG CRS are degrees."""
    return bool(pyproj.CRS.from_epsg(srid).is_geographic)


@lru_cache(maxsize=32)
def to_degrees(box: Box, srid: int) -> Box:
    """A box in EPSG ``srid`` as longitude and latitude of WGS 84."""
    found: Box = _transformer(srid, 4326).transform_bounds(*box, densify_pts=21)
    return found
