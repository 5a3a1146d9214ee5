"""Gaps and overlaps of a coverage closed where they are narrow, and what moved.

What is wider stays as it is: it is a question for people, and `geo.topology.check` shows it.
Everything is planar, in metres of one metric CRS.
"""

from collections.abc import Iterable
from typing import Any

import geopandas
import numpy as np
import pandas as pd
import shapely

from geo.pieces import (
    FLOOR_M,
    NOBODY,
    Geometries,
    Indices,
    contacts,
    make_valid_polygons,
    missing_pieces,
    neighbours_of,
    overlap_pieces,
    pieces_of,
    planar,
    require_valid,
    some,
    wider_than,
    widths_m,
)

# A repair works on cells: polygons with one or several owners (positions of features). A feature
# is the union of its cells, so a gap can be given to one, and a wide overlap stay with two, while
# all cells are cleaned as one coverage.
Owners = list[tuple[int, ...]]

MORE_ROUNDS = 2


class FeatureLost(ValueError):
    """A repair would leave nothing of a feature."""


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
    before, crs = planar(geoms)
    require_valid(before, "polygons")
    if parent is not None:
        require_valid(np.array([parent]), "the parent")
    after = _close(before, width_m, parent)
    # Beside wide conflicts, closing one narrow piece may cut another from what is wide.
    for _ in range(MORE_ROUNDS):
        if not _any_narrow(after, width_m, parent):
            break
        after = _close(after, width_m, parent)
    lost = np.flatnonzero(~wider_than(after, FLOOR_M))
    if lost.size:
        raise FeatureLost(
            f"{lost.size} of {len(before)} features would vanish, their whole area being narrower "
            f"than {width_m} m and claimed by others: positions {some(lost)}. Delete them or "
            "merge them with a neighbour first, or repair with a smaller width."
        )
    # Cleaning rewrites every ring; what is the same polygon stays the same object.
    same = shapely.equals_exact(before, after, tolerance=0.0, normalize=True)
    after[same] = before[same]
    return after, moved(before, after, crs)


def _close(before: Geometries, width_m: float, parent: Any) -> Geometries:
    cells, owners = _part_wide_overlaps(before, width_m)
    if parent is not None:
        cells, owners = _cut_to_parent(cells, owners, parent, width_m)
    cells, owners = _fill_narrow(cells, owners, parent, width_m)
    if not shapely.coverage_is_valid(cells):
        # Here all cells meet edge to edge again; rounding in the steps above is snapped away.
        cells = shapely.coverage_clean(cells, gap_width=FLOOR_M)
    return _settle_crumbs(before, _join(cells, owners, len(before)), width_m)


def _any_narrow(geoms: Geometries, width_m: float, parent: Any) -> bool:
    conflicts = np.concatenate([overlap_pieces(geoms)[0], missing_pieces(geoms, parent)[0]])
    return not wider_than(conflicts, width_m).all()


def moved(before: Any, after: Any, crs: Any = None) -> geopandas.GeoDataFrame:
    """Return the pieces by which polygons differ (two arrays or GeoSeries of one length).

    Columns: ``feature`` (position), ``change`` ('gained' or 'lost'), ``area_m2``, ``width_m``,
    geometry.
    """
    crs = getattr(before, "crs", crs)
    before, after = np.asarray(before, dtype=object), np.asarray(after, dtype=object)
    changed = np.flatnonzero(~shapely.equals_exact(before, after, tolerance=0.0))
    old, new = before[changed], after[changed]
    gained, gainer = pieces_of(shapely.difference(new, old))
    lost, loser = pieces_of(shapely.difference(old, new))
    pieces = np.concatenate([gained, lost])
    columns = {
        "feature": changed[np.concatenate([gainer, loser])],
        "change": pd.Series(["gained"] * len(gained) + ["lost"] * len(lost), dtype=object),
        "area_m2": shapely.area(pieces),
        "width_m": widths_m(pieces),
    }
    return geopandas.GeoDataFrame(columns, geometry=pieces, crs=crs)


def _part_wide_overlaps(geoms: Geometries, width_m: float) -> tuple[Geometries, Owners]:
    """Each feature without its wide overlaps, then those, cut where three or more overlap."""
    owners: Owners = [(feature,) for feature in range(len(geoms))]
    pieces, a, b = overlap_pieces(geoms)
    wide = wider_than(pieces, width_m)
    if not wide.any():
        return geoms, owners
    faces, sharers = _shared_faces(pieces[wide], geoms)
    cells = geoms.copy()
    touched = np.unique(np.concatenate([a[wide], b[wide]]))
    cells[touched] = shapely.difference(cells[touched], shapely.union_all(faces))
    narrow = ~wider_than(faces, width_m)
    cells = np.concatenate([cells, faces[~narrow]])
    owners += [sharers[face] for face in np.flatnonzero(~narrow)]

    # A narrow face is a narrow overlap inside a wide one: it goes to a neighbour that has a share.
    face, neighbour = contacts(faces[narrow], cells)
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
    pieces, index = pieces_of(shapely.difference(cells[crossing], parent))
    wide = wider_than(pieces, width_m)
    cells = cells.copy()
    cells[crossing], _, _ = make_valid_polygons(shapely.intersection(cells[crossing], parent))
    beyond = [owners[cell] for cell in crossing[index[wide]]]
    return np.concatenate([cells, pieces[wide]]), owners + beyond


def _fill_narrow(
    cells: Geometries, owners: Owners, parent: Any, width_m: float
) -> tuple[Geometries, Owners]:
    """The cells, and the narrow gaps between them as cells of a neighbour's owners."""
    pieces, _ = missing_pieces(cells, parent)
    pieces = pieces[~wider_than(pieces, width_m)]
    piece, neighbour = contacts(pieces, cells)
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
    reach_m = float(widths_m(np.array([gap]))[0]) + FLOOR_M
    rest = gap
    for cell in neighbours:
        share = shapely.intersection(rest, shapely.buffer(cells[cell], reach_m, join_style="mitre"))
        rest = shapely.difference(rest, share)
        yield from ((part, cell) for part in pieces_of(np.array([share]))[0])
    for part in pieces_of(np.array([rest]))[0]:
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
    crumb = ~wider_than(parts, width_m)
    crumb[largest] = False
    settled = after.copy()
    for number in np.unique(index[crumb]):
        settled[grown[number]] = shapely.union_all(parts[~crumb & (index == number)])
    neighbour = neighbours_of(parts[crumb], settled)[0]
    heirs = np.where(neighbour == NOBODY, grown[index[crumb]], neighbour)
    for feature in np.unique(heirs):
        settled[feature] = shapely.union_all([settled[feature], *parts[crumb][heirs == feature]])
    return settled
