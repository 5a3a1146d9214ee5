"""Blocks cut along a drawn line, and joined, so that the blocks stay a valid coverage.

All in one metric CRS. A cut adds corners where the line meets the block's border; neighbours get
the same corners, else their common edges would match no more.
"""

from typing import Any

import geopandas
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geo.blocks import LEAST_AREA_M2, spread

ON_EDGE_M = 1e-6
"""A new corner this close to an edge lies on it: the rounding of computed crossings."""

Geometries = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]


class CannotCut(ValueError):
    """The line does not cut the block, or would leave a sliver."""


class CannotJoin(ValueError):
    """The blocks are not one piece of ground."""


def drawn_line(text: str) -> list[tuple[float, float]]:
    """The corners (longitude, latitude) of a line as WKT or GeoJSON writes it.

    GeoJSON may be the line itself, or a feature or collection with it alone. Raises `CannotCut`.
    """
    read = shapely.from_wkt if text.lstrip()[:1].isalpha() else shapely.from_geojson
    with np.errstate(invalid="ignore"):  # of coordinates that are no numbers
        parts = shapely.get_parts(read(text, on_invalid="ignore"))
    is_line = shapely.get_type_id(parts) == shapely.GeometryType.LINESTRING
    if len(parts) != 1 or not is_line[0] or shapely.is_empty(parts[0]):
        raise CannotCut("name one line: a LINESTRING as WKT, or a LineString as GeoJSON")
    return [(float(x), float(y)) for x, y in shapely.get_coordinates(parts[0])]


def cut(block: Any, line: Any, least_area_m2: float = LEAST_AREA_M2) -> Geometries:
    """The pieces of a polygon along a line that crosses it, in the order of their size.

    The line may end outside; what lies outside of the block is left out, as are ends within it.
    Raises `CannotCut`.
    """
    edges = shapely.union_all([shapely.boundary(block), line])
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(edges)))
    pieces = faces[shapely.within(shapely.point_on_surface(faces), block)]
    if len(pieces) < 2:
        raise CannotCut(
            "the line does not cross the block: draw it from one side of the block to another"
        )
    area_m2 = shapely.area(pieces)
    if area_m2.min() < least_area_m2:
        raise CannotCut(
            f"a piece of {area_m2.min():.0f} m² would be left, and the least is"
            f" {least_area_m2:.0f} m²: draw the line elsewhere"
        )
    made: Geometries = shapely.normalize(pieces[np.argsort(-area_m2, kind="stable")])
    return made


def new_corners(before: Any, pieces: Geometries) -> Floats:
    """The corners (n, 2) of a cut polygon's border that it did not have before."""
    border = shapely.boundary(before)
    corners = np.unique(shapely.get_coordinates(pieces), axis=0)
    known = np.unique(shapely.get_coordinates(before), axis=0)
    new = corners[~(corners[:, None] == known[None]).all(axis=2).any(axis=1)]
    near: npt.NDArray[np.bool_] = shapely.dwithin(shapely.points(new), border, ON_EDGE_M)
    found: Floats = new[near]
    return found


def with_corners(polygon: Any, corners: Floats) -> Any:
    """The polygon with those of the corners that lie on its edges (not on its own corners)."""
    rings = [
        _ring_with(shapely.get_coordinates(ring), corners)
        for ring in shapely.get_rings(np.array([polygon], object))
    ]
    return shapely.polygons(rings[0], holes=rings[1:] or None)


def _ring_with(ring: Floats, corners: Floats) -> Any:
    a, b = ring[:-1], ring[1:]
    edge = b - a
    length = np.hypot(*edge.T)
    off = corners[:, None, :] - a[None]
    along = (off * edge).sum(axis=2) / length
    across = np.abs(off[..., 0] * edge[:, 1] - off[..., 1] * edge[:, 0]) / length
    inner = (along > 0) & (along < length) & ~(corners[:, None] == b[None]).all(axis=2)
    corner, at = np.nonzero((across <= ON_EDGE_M) & inner)
    order = np.lexsort((along[corner, at], at))
    return shapely.linearrings(np.insert(ring, at[order] + 1, corners[corner[order]], axis=0))


def join(blocks: Geometries) -> Any:
    """The polygons as one; they must be one piece of ground. Raises `CannotJoin`."""
    if len(blocks) < 2:
        raise CannotJoin("name two blocks or more to join")
    joined = shapely.coverage_union_all(blocks)
    if shapely.get_type_id(joined) != shapely.GeometryType.POLYGON:
        raise CannotJoin("the blocks do not all lie beside one another along an edge")
    return shapely.normalize(joined)


def share_out(block: Any, pieces: Geometries, total: int | None, compounds: Any, what: str) -> Any:
    """``total`` (households, people) of a block by piece: whole numbers with that sum, or NA.

    By the rule that spreads those of an area over its blocks (`geo.blocks.spread`): to compounds
    what they have, by their ground inside; the rest evenly to the ground outside of them.
    ``compounds``: ``what`` and geometry.
    """
    inside = shapely.intersection(compounds.geometry.to_numpy(), block)
    part = shapely.area(inside) / shapely.area(compounds.geometry.to_numpy())
    clipped = geopandas.GeoDataFrame({what: compounds[what] * part}, geometry=inside)
    parts = geopandas.GeoDataFrame({"parent": ["block"] * len(pieces)}, geometry=pieces)
    known = pd.array([total], dtype="Int64")
    area = geopandas.GeoDataFrame({"code": ["block"], what: known}, geometry=[block])
    if total is None:
        return pd.array([pd.NA] * len(pieces), dtype="Int64")
    return spread(parts, area, clipped[part > 0], what)
