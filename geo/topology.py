"""A layer of polygons as a coverage: where it has gaps and overlaps, and how to close them.

Everything is planar: coordinates in metres of one metric CRS, areas in m². A GeoSeries brings its
CRS and is refused if that is not metric; a bare array is taken to be in metres.

The width of a piece is the diameter of the largest circle that fits into it. Pieces less than
``FLOOR_M`` wide are rounding, not geography, and are not reported.
"""

from collections.abc import Iterable
from typing import Any

import geopandas
import numpy as np
import pandas as pd
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


class FeatureLost(ValueError):
    """A repair would leave nothing of a feature."""


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


def check(geoms: Any, parent: Any = None, sliver_width_m: float = 1.0) -> geopandas.GeoDataFrame:
    """Return what keeps polygons (array or GeoSeries) from being a coverage, each piece located.

    One row per piece, wider than ``FLOOR_M`` unless invalid or a sliver, with columns

    - ``kind``: 'invalid' (measured on as repaired); 'overlap' of a and b; 'sliver', a part of a
      narrower than ``sliver_width_m``; 'gap', a hole the polygons enclose, a and b its longest
      neighbours; and against the parent, where one is given, 'outside', a part of a outside it,
      and 'uncovered', a part of it that nobody covers and that is open to its edge;
    - ``a``, ``b``: positions in ``geoms``, -1 for none;
    - ``area_m2``, ``width_m``, ``reason`` (of 'invalid') and the geometry.

    Without a parent a crack that is open to the outside is not seen. Raises ``InvalidPolygons``
    for an invalid parent, and what ``geo.crs.require_metric`` raises.
    """
    polygons, crs = _planar(geoms)
    sound, changed, reason = make_valid_polygons(polygons)
    invalid = np.flatnonzero(changed)
    found = [_rows("invalid", sound[invalid], invalid, reason=reason[invalid])]
    found += [_overlaps(sound), _slivers(sound, sliver_width_m)]
    if parent is not None:
        _require_valid(np.array([parent]), "the parent")
        found.append(_outside(sound, parent))
    pieces, enclosed = _missing(sound, parent)
    neighbours = _neighbours(pieces, sound)
    found.append(_rows("gap", pieces[enclosed], *neighbours[:, enclosed]))
    found.append(_rows("uncovered", pieces[~enclosed], *neighbours[:, ~enclosed]))
    return geopandas.GeoDataFrame(pd.concat(found, ignore_index=True), crs=crs)


def repair(
    geoms: Any, width_m: float, parent: Any = None
) -> tuple[Geometries, geopandas.GeoDataFrame]:
    """Return valid polygons without gaps and overlaps narrower than ``width_m``, and what moved.

    A narrow gap goes to the neighbour with the longest border, or piece by piece to each of
    several; a narrow overlap to the one of its owners with the longest border to it. Against a
    parent, where one is given, narrow pieces outside are cut off and narrow strips along its edge
    filled. What is wider stays as it is: it is a question for people, and ``check`` shows it.

    ``moved`` has a row per piece: ``feature`` (position), ``change`` ('gained' or 'lost'),
    ``area_m2``, ``width_m``, geometry. Raises ``FeatureLost`` rather than drop a feature,
    ``InvalidPolygons`` where ``make_valid_polygons`` is due first.
    """
    before, crs = _planar(geoms)
    _require_valid(before, "polygons")
    cells, owners = _part_wide_overlaps(before, width_m)
    if parent is not None:
        _require_valid(np.array([parent]), "the parent")
        cells, owners = _cut_to_parent(cells, owners, parent, width_m)
    cells, owners = _fill_narrow(cells, owners, parent, width_m)
    if not shapely.coverage_is_valid(cells):
        # Here all cells meet edge to edge again; rounding in the steps above is snapped away.
        cells = shapely.coverage_clean(cells, gap_width=FLOOR_M)
    after = _settle_crumbs(before, _join(cells, owners, len(before)), width_m)
    lost = np.flatnonzero(~_wider_than(after, FLOOR_M))
    if lost.size:
        raise FeatureLost(
            f"{lost.size} of {len(before)} features would vanish, their whole area being narrower "
            f"than {width_m} m and claimed by others: positions {_some(lost)}. Delete them or "
            "merge them with a neighbour first, or repair with a smaller width."
        )
    # Cleaning rewrites every ring; what is the same polygon stays the same object.
    same = shapely.equals_exact(before, after, tolerance=0.0, normalize=True)
    after[same] = before[same]
    return after, moved(before, after, crs)


def moved(before: Any, after: Any, crs: Any = None) -> geopandas.GeoDataFrame:
    """Return the pieces by which polygons differ (two arrays or GeoSeries of one length).

    Columns: ``feature`` (position), ``change`` ('gained' or 'lost'), ``area_m2``, ``width_m``,
    geometry.
    """
    crs = getattr(before, "crs", crs)
    before, after = np.asarray(before, dtype=object), np.asarray(after, dtype=object)
    changed = np.flatnonzero(~shapely.equals_exact(before, after, tolerance=0.0))
    old, new = before[changed], after[changed]
    gained, gainer = _pieces(shapely.difference(new, old))
    lost, loser = _pieces(shapely.difference(old, new))
    pieces = np.concatenate([gained, lost])
    columns = {
        "feature": changed[np.concatenate([gainer, loser])],
        "change": pd.Series(["gained"] * len(gained) + ["lost"] * len(lost), dtype=object),
        "area_m2": shapely.area(pieces),
        "width_m": _width_m(pieces),
    }
    return geopandas.GeoDataFrame(columns, geometry=pieces, crs=crs)


def _planar(geoms: Any) -> tuple[Geometries, Any]:
    crs = getattr(geoms, "crs", None)
    if crs is not None:
        require_metric(crs)
    return np.asarray(getattr(geoms, "geometry", geoms), dtype=object), crs


def _require_valid(geoms: Geometries, what: str) -> None:
    _, changed, reason = make_valid_polygons(geoms)
    bad = np.flatnonzero(changed)
    if bad.size:
        raise InvalidPolygons(
            f"{bad.size} of {what} not valid, at {_some(bad)}; the first: {reason[bad[0]]}. "
            "Run make_valid_polygons first."
        )


def _some(positions: Indices) -> str:
    return ", ".join(map(str, positions[:5])) + (" …" if positions.size > 5 else "")


def _polygons_in(geom: Any) -> Any:
    parts = shapely.get_parts(geom)
    return shapely.union_all(parts[np.isin(shapely.get_type_id(parts), (POLYGON, MULTIPOLYGON))])


def _mean_width_m(pieces: Geometries) -> NDArray[np.float64]:
    """2 · area / perimeter: the width of a long strip, and never more than a piece's width."""
    perimeter_m = shapely.length(pieces)
    width: NDArray[np.float64] = (
        2 * shapely.area(pieces) / np.where(perimeter_m > 0, perimeter_m, 1)
    )
    return width


def _width_m(pieces: Geometries) -> NDArray[np.float64]:
    """The diameter of the largest circle that fits, to 1 % or better, by bisection."""
    # Faster than shapely.maximum_inscribed_circle, which searches a long crack end to end.
    low, high = _mean_width_m(pieces), 2 * np.sqrt(shapely.area(pieces) / np.pi)
    for _ in range(BISECTIONS):
        middle = np.sqrt(low * high)
        fits = ~shapely.is_empty(shapely.buffer(pieces, -middle / 2))
        low, high = np.where(fits, middle, low), np.where(fits, high, middle)
    return low


def _wider_than(pieces: Geometries, width_m: float) -> Mask:
    """Whether a circle of that diameter fits, tested in the order of what is cheap."""
    wide: Mask = _mean_width_m(pieces) >= width_m
    doubtful = ~wide & (shapely.area(pieces) >= np.pi / 4 * width_m**2)
    wide[doubtful] = ~shapely.is_empty(shapely.buffer(pieces[doubtful], -width_m / 2))
    return wide


def _pieces(geoms: Geometries) -> tuple[Geometries, Indices]:
    """The polygons wider than the floor, and the positions of the geometries they are part of."""
    parts, index = shapely.get_parts(geoms, return_index=True)
    polygons = shapely.get_type_id(parts) == POLYGON
    parts, index = parts[polygons], index[polygons]
    real = _wider_than(parts, FLOOR_M)
    return parts[real], index[real]


def _rows(kind: str, pieces: Geometries, a: Any, b: Any = NOBODY, reason: Any = "") -> pd.DataFrame:
    return pd.DataFrame(
        {
            "kind": pd.Series(kind, index=range(len(pieces)), dtype=object),
            "a": a,
            "b": b,
            "area_m2": shapely.area(pieces),
            "width_m": _width_m(pieces),
            "reason": reason,
            "geometry": pieces,
        }
    )


def _overlap_pieces(geoms: Geometries) -> tuple[Geometries, Indices, Indices]:
    """The polygons in which two of the geometries overlap, and the positions of both (a < b)."""
    # Of two that overlap, one at least shows an invalid edge of the coverage: cheap to find.
    suspects = np.flatnonzero(~shapely.is_empty(shapely.coverage_invalid_edges(geoms)))
    suspect, other = shapely.STRtree(geoms).query(geoms[suspects], predicate="intersects")
    pairs = np.sort(np.column_stack([suspects[suspect], other]), axis=1)
    a, b = np.unique(pairs[pairs[:, 0] < pairs[:, 1]], axis=0).T
    pieces, pair = _pieces(shapely.intersection(geoms[a], geoms[b]))
    return pieces, a[pair], b[pair]


def _overlaps(geoms: Geometries) -> pd.DataFrame:
    return _rows("overlap", *_overlap_pieces(geoms))


def _slivers(geoms: Geometries, width_m: float) -> pd.DataFrame:
    parts, feature = shapely.get_parts(geoms, return_index=True)
    narrow = ~shapely.is_empty(parts) & ~_wider_than(parts, width_m)
    return _rows("sliver", parts[narrow], feature[narrow])


def _outside(geoms: Geometries, parent: Any) -> pd.DataFrame:
    shapely.prepare(parent)
    crossing = np.flatnonzero(~shapely.covers(parent, geoms))
    pieces, feature = _pieces(shapely.difference(geoms[crossing], parent))
    return _rows("outside", pieces, crossing[feature])


def _missing(geoms: Geometries, parent: Any) -> tuple[Geometries, Mask]:
    """The pieces nobody covers, and which of them the geometries enclose."""
    exact = shapely.coverage_is_valid(geoms)
    union = shapely.coverage_union_all(geoms) if exact else shapely.union_all(geoms)
    shells = shapely.get_exterior_ring(shapely.get_parts(union))
    filled = shapely.union_all(shapely.polygons(shells[~shapely.is_missing(shells)]))
    whole = filled if parent is None else parent
    pieces, _ = _pieces(np.array([shapely.difference(whole, union)]))
    shapely.prepare(filled)
    return pieces, shapely.contains(filled, shapely.point_on_surface(pieces))


def _contacts(pieces: Geometries, geoms: Geometries) -> tuple[Indices, Indices]:
    """Pairs (piece, geometry) that share a border, by piece, longest border first."""
    piece, geom = shapely.STRtree(geoms).query(pieces, "dwithin", distance=FLOOR_M)
    rims = shapely.buffer(pieces, FLOOR_M, join_style="mitre")
    border = shapely.area(shapely.intersection(rims[piece], geoms[geom]))
    order = np.lexsort((geom, -border, piece))
    return piece[order], geom[order]


def _neighbours(pieces: Geometries, geoms: Geometries) -> Indices:
    """The two longest neighbours of each piece, as an array of two rows; -1 where there is none."""
    piece, geom = _contacts(pieces, geoms)
    rank = np.arange(len(piece)) - np.searchsorted(piece, piece)
    neighbours = np.full((2, len(pieces)), NOBODY)
    for place in (0, 1):
        neighbours[place, piece[rank == place]] = geom[rank == place]
    return neighbours


# A repair works on cells: polygons with one or several owners (positions of features). A feature
# is the union of its cells, so a gap can be given to one, and a wide overlap stay with two, while
# all cells are cleaned as one coverage.
Owners = list[tuple[int, ...]]


def _part_wide_overlaps(geoms: Geometries, width_m: float) -> tuple[Geometries, Owners]:
    """Each feature without its wide overlaps, then those, cut where three or more overlap."""
    owners: Owners = [(feature,) for feature in range(len(geoms))]
    pieces, a, b = _overlap_pieces(geoms)
    wide = _wider_than(pieces, width_m)
    if not wide.any():
        return geoms, owners
    faces, sharers = _shared_faces(pieces[wide], geoms)
    cells = geoms.copy()
    touched = np.unique(np.concatenate([a[wide], b[wide]]))
    cells[touched] = shapely.difference(cells[touched], shapely.union_all(faces))
    narrow = ~_wider_than(faces, width_m)
    cells = np.concatenate([cells, faces[~narrow]])
    owners += [sharers[face] for face in np.flatnonzero(~narrow)]

    # A narrow face is a narrow overlap inside a wide one: it goes to a neighbour that has a share.
    face, neighbour = _contacts(faces[narrow], cells)
    for number, claimed in enumerate(np.flatnonzero(narrow)):
        around = [owners[cell] for cell in neighbour[face == number]]
        heirs = (heir for heir in around if set(heir) < set(sharers[claimed]))
        owners.append(next(heirs, sharers[claimed]))
    return np.concatenate([cells, faces[narrow]]), owners


def _shared_faces(pieces: Geometries, geoms: Geometries) -> tuple[Geometries, Owners]:
    """The faces that the edges of overlaps cut out, and the geometries that share each."""
    edges = shapely.node(shapely.union_all(shapely.boundary(pieces)))
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(edges)))
    inside = shapely.point_on_surface(faces)
    face, sharer = shapely.STRtree(geoms).query(inside, predicate="within")
    sharers = [tuple(sharer[face == number].tolist()) for number in range(len(faces))]
    shared = np.flatnonzero([len(several) > 1 for several in sharers])
    return faces[shared], [sharers[number] for number in shared]


def _cut_to_parent(
    cells: Geometries, owners: Owners, parent: Any, width_m: float
) -> tuple[Geometries, Owners]:
    """The cells' parts inside the parent, and apart from them those that stick out widely."""
    shapely.prepare(parent)
    crossing = np.flatnonzero(~shapely.covers(parent, cells))
    pieces, index = _pieces(shapely.difference(cells[crossing], parent))
    wide = _wider_than(pieces, width_m)
    cells = cells.copy()
    cells[crossing], _, _ = make_valid_polygons(shapely.intersection(cells[crossing], parent))
    beyond = [owners[cell] for cell in crossing[index[wide]]]
    return np.concatenate([cells, pieces[wide]]), owners + beyond


def _fill_narrow(
    cells: Geometries, owners: Owners, parent: Any, width_m: float
) -> tuple[Geometries, Owners]:
    """The cells, and the narrow gaps between them as cells of a neighbour's owners."""
    pieces, _ = _missing(cells, parent)
    pieces = pieces[~_wider_than(pieces, width_m)]
    piece, neighbour = _contacts(pieces, cells)
    filled: list[Any] = []
    filled_owners: Owners = []
    for number, gap in enumerate(pieces):
        for share, cell in _shares(gap, neighbour[piece == number], cells):
            filled.append(share)
            filled_owners.append(owners[cell])
    return np.concatenate([cells, np.array(filled, dtype=object)]), owners + filled_owners


def _shares(gap: Any, neighbours: Indices, cells: Geometries) -> Iterable[tuple[Any, int]]:
    """Share a gap among its neighbours, longest first: each takes what lies before its own edge.

    A crack along a whole row of blocks would otherwise become one block's whisker.
    """
    if len(neighbours) < 3:
        yield from ((gap, cell) for cell in neighbours[:1])
        return
    reach_m = float(_width_m(np.array([gap]))[0]) + FLOOR_M
    rest = gap
    for cell in neighbours:
        share = shapely.intersection(rest, shapely.buffer(cells[cell], reach_m, join_style="mitre"))
        rest = shapely.difference(rest, share)
        yield from ((part, cell) for part in _pieces(np.array([share]))[0])
    for part in _pieces(np.array([rest]))[0]:
        yield part, neighbours[shapely.distance(cells[neighbours], part).argmin()]


def _join(cells: Geometries, owners: Owners, count: int) -> Geometries:
    """The features: each the union of the cells it owns."""
    joined: Geometries = cells[:count].copy()
    extra: dict[int, list[Any]] = {}
    for cell, sharers in zip(cells[count:], owners[count:], strict=True):
        for feature in sharers:
            extra.setdefault(feature, []).append(cell)
    for feature, more in extra.items():
        joined[feature] = shapely.coverage_union_all([joined[feature], *more])
    return joined


def _settle_crumbs(before: Geometries, after: Geometries, width_m: float) -> Geometries:
    """Give narrow parts that a repair has cut off their feature to the longest neighbour."""
    grown = np.flatnonzero(shapely.get_num_geometries(after) > shapely.get_num_geometries(before))
    parts, index = shapely.get_parts(after[grown], return_index=True)
    largest = np.lexsort((-shapely.area(parts), index))[np.searchsorted(index, range(len(grown)))]
    crumb = ~_wider_than(parts, width_m)
    crumb[largest] = False
    settled = after.copy()
    for number in np.unique(index[crumb]):
        settled[grown[number]] = shapely.union_all(parts[~crumb & (index == number)])
    neighbour = _neighbours(parts[crumb], settled)[0]
    heirs = np.where(neighbour == NOBODY, grown[index[crumb]], neighbour)
    for feature in np.unique(heirs):
        settled[feature] = shapely.union_all([settled[feature], *parts[crumb][heirs == feature]])
    return settled
