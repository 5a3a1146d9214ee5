"""Geometries made to fit what a table holds: one type, valid, whole.

All in metres of the district's CRS, two-dimensional.
"""

from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString

from geo.kinds import Shape
from geo.pieces import make_valid_polygons

Geometries = NDArray[np.object_]
Reasons = NDArray[np.object_]

# A repair may leave specks beside the polygon; up to this area they are no second piece.
SPECK_M2 = 1.0
# In the order of shapely's type ids.
TYPES = (
    "Point",
    "LineString",
    "LinearRing",
    "Polygon",
    "MultiPoint",
    "MultiLineString",
    "MultiPolygon",
    "GeometryCollection",
)


class Fitted(NamedTuple):
    """Geometries of the type wanted (None where refused), reasons for refusal, and repairs.

    ``reasons`` and ``repairs`` hold a sentence per row, '' where there is nothing to say.
    """

    geoms: Geometries
    reasons: Reasons
    repairs: Reasons


def fit(geoms: Geometries, wanted: Shape) -> Fitted:
    """Return the geometries as the type ``wanted``; missing ones pass through.

    A multi or collection of one part is that part. Polygons are repaired; where one piece is
    wanted, specks below ``SPECK_M2`` that a repair left are dropped. Lines may have several
    parts, which ``explode`` takes apart; parts without length are dropped.
    """
    if wanted in ("Polygon", "MultiPolygon"):
        return _fit_polygons(geoms, wanted)
    return _fit_simple(geoms, wanted)


def explode(geoms: Geometries) -> tuple[Geometries, NDArray[np.intp], NDArray[np.intp]]:
    """Return the parts, for each the position it came from, and its number there, from 1.

    The number is 0 for a geometry of one part.
    """
    parts, origin = shapely.get_parts(geoms, return_index=True)
    count = np.bincount(origin, minlength=len(geoms))
    number = np.arange(len(parts)) - (np.cumsum(count) - count)[origin] + 1
    return parts, origin, np.where(count[origin] > 1, number, 0)


def _fit_polygons(geoms: Geometries, wanted: Shape) -> Fitted:
    there = ~shapely.is_missing(geoms)
    fitted = np.full(len(geoms), None, dtype=object)
    reasons, repairs = _blank(geoms), _blank(geoms)
    fitted[there], _, repairs[there] = make_valid_polygons(geoms[there])
    hopeless = there & shapely.is_empty(fitted)
    reasons[hopeless] = [_no_polygon(geom) for geom in geoms[hopeless]]
    if wanted == "Polygon":
        several = shapely.get_num_geometries(fitted) > 1
        mended = several & (repairs != "")
        fitted[mended] = [_main_piece(geom) for geom in fitted[mended]]
        several &= shapely.get_num_geometries(fitted) > 1
        pieces = shapely.get_num_geometries(fitted[several])
        reasons[several] = [f"is in {n} separate pieces, and must be one" for n in pieces]
        one = there & (reasons == "")
        fitted[one] = shapely.get_geometry(fitted[one], 0)
    else:
        single = shapely.get_type_id(fitted) == TYPES.index("Polygon")
        fitted[single] = [shapely.MultiPolygon([geom]) for geom in fitted[single]]
    fitted[reasons != ""] = None
    repairs[reasons != ""] = ""
    return Fitted(fitted, reasons, repairs)


def _no_polygon(geom: Any) -> str:
    if "Polygon" in geom.geom_type:
        return "encloses no area, so it cannot be repaired"
    return f"is a {geom.geom_type} where a polygon is wanted"


def _main_piece(geom: Any) -> Any:
    """Return the largest part if all others together are specks, else the whole."""
    parts = shapely.get_parts(geom)
    areas = shapely.area(parts)
    return parts[areas.argmax()] if areas.sum() - areas.max() < SPECK_M2 else geom


def _fit_simple(geoms: Geometries, wanted: Shape) -> Fitted:
    reasons = _blank(geoms)
    fitted = geoms.copy()
    several = shapely.get_type_id(geoms) >= TYPES.index("MultiPoint")
    alone = several & (shapely.get_num_geometries(geoms) == 1)
    fitted[alone] = shapely.get_geometry(geoms[alone], 0)
    kept: list[str] = [wanted]
    if wanted == "LineString":
        kept.append("MultiLineString")
        fitted = _with_length(fitted)
        reasons[~shapely.is_missing(fitted) & shapely.is_empty(fitted)] = "has no length"
    types = shapely.get_type_id(fitted)
    foreign = (types >= 0) & ~np.isin(types, [TYPES.index(name) for name in kept])
    reasons[foreign] = [f"is a {TYPES[t]} where a {wanted} is wanted" for t in types[foreign]]
    fitted[reasons != ""] = None
    return Fitted(fitted, reasons, _blank(geoms))


def _with_length(geoms: Geometries) -> Geometries:
    """Return the geometries, lines without length as empty lines, and multi-lines without them."""
    lines = geoms.copy()
    types = shapely.get_type_id(lines)
    for row in np.flatnonzero(types == TYPES.index("MultiLineString")):
        parts = shapely.get_parts(lines[row])
        lines[row] = shapely.MultiLineString(list(parts[shapely.length(parts) > 0]))
    lines[(types == TYPES.index("LineString")) & (shapely.length(lines) == 0)] = LineString()
    return lines


def _blank(geoms: Geometries) -> Reasons:
    return np.full(len(geoms), "", dtype=object)
