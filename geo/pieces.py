"""Pieces of ground: polygons made valid, measured, and compared with their neighbours.

What `geo.topology` finds and `geo.repair` closes is made of these. Everything is planar:
coordinates in metres of one metric CRS, areas in m². A GeoSeries brings its CRS and is refused if
that is not metric; a bare array is taken to be in metres.

The width of a piece is the diameter of the largest circle that fits into it. Pieces less than
``FLOOR_M`` wide are rounding, not geography.
"""

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.crs import require_metric

Geometries = NDArray[np.object_]
Indices = NDArray[np.intp]
Mask = NDArray[np.bool_]

FLOOR_M = 0.001
NOBODY = -1
BISECTIONS = 10
POLYGON, MULTIPOLYGON = 3, 6


class InvalidPolygons(ValueError):
    """Polygons are not valid, so nothing can be measured or moved reliably."""


def make_valid_polygons(geoms: Any) -> tuple[Geometries, Mask, NDArray[np.object_]]:
    """Return the polygons made valid, which of them were changed, and why ('' where not).

    Rings are read as they stand: outer rings enclose area, holes take it out, so a doubled-back
    ring loses its spike and a figure of eight becomes two parts. Only polygons are kept. Where
    nothing polygonal is there (missing, empty, a line), the answer is an empty polygon, changed.
    """
    geoms = np.asarray(geoms, dtype=object)
    missing = shapely.is_missing(geoms)
    foreign = ~missing & ~np.isin(shapely.get_type_id(geoms), (POLYGON, MULTIPOLYGON))
    empty = ~missing & ~foreign & shapely.is_empty(geoms)
    broken = ~missing & ~foreign & ~shapely.is_valid(geoms)

    reason = np.full(geoms.shape, "", dtype=object)
    reason[missing], reason[empty] = "no geometry", "empty geometry"
    reason[foreign] = [f"a {geom.geom_type}, not a polygon" for geom in geoms[foreign]]
    reason[broken] = shapely.is_valid_reason(geoms[broken])

    fixed = geoms.copy()
    fixed[missing | empty] = shapely.Polygon()
    fixed[foreign] = [_polygons_in(geom) for geom in geoms[foreign]]
    fixed[broken] = shapely.make_valid(geoms[broken], method="structure", keep_collapsed=False)
    return fixed, reason != "", reason


def _polygons_in(geom: Any) -> Any:
    parts = shapely.get_parts(geom)
    return shapely.union_all(parts[np.isin(shapely.get_type_id(parts), (POLYGON, MULTIPOLYGON))])


def planar(geoms: Any) -> tuple[Geometries, Any]:
    """Return the polygons as an array, and their CRS if they bring one."""
    crs = getattr(geoms, "crs", None)
    if crs is not None:
        require_metric(crs)
    return np.asarray(getattr(geoms, "geometry", geoms), dtype=object), crs


def require_valid(geoms: Geometries, what: str) -> None:
    """Raise ``InvalidPolygons`` where one is not valid."""
    _, changed, reason = make_valid_polygons(geoms)
    bad = np.flatnonzero(changed)
    if bad.size:
        raise InvalidPolygons(
            f"{bad.size} of {what} not valid, at {some(bad)}; the first: {reason[bad[0]]}. "
            "Run make_valid_polygons first."
        )


def some(positions: Indices) -> str:
    """Return the first of the positions as text."""
    return ", ".join(map(str, positions[:5])) + (" …" if positions.size > 5 else "")


def _mean_width_m(pieces: Geometries) -> NDArray[np.float64]:
    """2 · area / perimeter: the width of a long strip, and never more than a piece's width."""
    perimeter_m = shapely.length(pieces)
    width: NDArray[np.float64] = (
        2 * shapely.area(pieces) / np.where(perimeter_m > 0, perimeter_m, 1)
    )
    return width


def widths_m(pieces: Geometries) -> NDArray[np.float64]:
    """The diameter of the largest circle that fits, to 1 % or better, by bisection."""
    # Faster than shapely.maximum_inscribed_circle, which searches a long crack end to end.
    low, high = _mean_width_m(pieces), 2 * np.sqrt(shapely.area(pieces) / np.pi)
    for _ in range(BISECTIONS):
        middle = np.sqrt(low * high)
        fits = ~shapely.is_empty(shapely.buffer(pieces, -middle / 2))
        low, high = np.where(fits, middle, low), np.where(fits, high, middle)
    return low


def wider_than(pieces: Geometries, width_m: float) -> Mask:
    """Whether a circle of that diameter fits, tested in the order of what is cheap."""
    wide: Mask = _mean_width_m(pieces) >= width_m
    doubtful = ~wide & (shapely.area(pieces) >= np.pi / 4 * width_m**2)
    wide[doubtful] = ~shapely.is_empty(shapely.buffer(pieces[doubtful], -width_m / 2))
    return wide


def pieces_of(geoms: Geometries) -> tuple[Geometries, Indices]:
    """The polygons wider than the floor, and the positions of the geometries they are part of."""
    parts, index = shapely.get_parts(geoms, return_index=True)
    polygons = shapely.get_type_id(parts) == POLYGON
    parts, index = parts[polygons], index[polygons]
    real = wider_than(parts, FLOOR_M)
    return parts[real], index[real]


def overlap_pieces(geoms: Geometries) -> tuple[Geometries, Indices, Indices]:
    """The polygons in which two of the geometries overlap, and the positions of both (a < b)."""
    # Of two that overlap, one at least shows an invalid edge of the coverage: cheap to find.
    suspects = np.flatnonzero(~shapely.is_empty(shapely.coverage_invalid_edges(geoms)))
    suspect, other = shapely.STRtree(geoms).query(geoms[suspects], predicate="intersects")
    pairs = np.sort(np.column_stack([suspects[suspect], other]), axis=1)
    a, b = np.unique(pairs[pairs[:, 0] < pairs[:, 1]], axis=0).T
    pieces, pair = pieces_of(shapely.intersection(geoms[a], geoms[b]))
    return pieces, a[pair], b[pair]


def missing_pieces(geoms: Geometries, parent: Any) -> tuple[Geometries, Mask]:
    """The pieces nobody covers, and which of them the geometries enclose."""
    exact = shapely.coverage_is_valid(geoms)
    union = shapely.coverage_union_all(geoms) if exact else shapely.union_all(geoms)
    shells = shapely.get_exterior_ring(shapely.get_parts(union))
    filled = shapely.union_all(shapely.polygons(shells[~shapely.is_missing(shells)]))
    whole = filled if parent is None else parent
    pieces, _ = pieces_of(np.array([shapely.difference(whole, union)]))
    shapely.prepare(filled)
    return pieces, shapely.contains(filled, shapely.point_on_surface(pieces))


def contacts(pieces: Geometries, geoms: Geometries) -> tuple[Indices, Indices]:
    """Pairs (piece, geometry) that share a border, by piece, longest border first."""
    piece, geom = shapely.STRtree(geoms).query(pieces, "dwithin", distance=FLOOR_M)
    rims = shapely.buffer(pieces, FLOOR_M, join_style="mitre")
    border = shapely.area(shapely.intersection(rims[piece], geoms[geom]))
    order = np.lexsort((geom, -border, piece))
    return piece[order], geom[order]


def neighbours_of(pieces: Geometries, geoms: Geometries) -> Indices:
    """The two longest neighbours of each piece, as an array of two rows; -1 where there is none."""
    piece, geom = contacts(pieces, geoms)
    rank = np.arange(len(piece)) - np.searchsorted(piece, piece)
    neighbours = np.full((2, len(pieces)), NOBODY)
    for place in (0, 1):
        neighbours[place, piece[rank == place]] = geom[rank == place]
    return neighbours
