"""Blocks from lines: the faces that roads, water, rails and legal boundaries leave between them.

All frames and arrays are in one metric CRS; lengths in m, areas in m².
"""

from collections.abc import Collection
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geo import codes
from geo.adjacency import adjacency, components
from geo.network import match_known

GRID_M = 1e-5
"""All corners of blocks lie on this grid, so that neighbours share them exactly.

Much finer than a millimetre, so that a district's area stays the same to well below a square metre.
"""

LEAST_AREA_M2 = 500.0
"""A face smaller than this is a sliver."""

LEAST_WIDTH_M = 10.0
"""A face that holds no circle of this diameter is a sliver: a strip between two carriageways."""

COMPOUND_RIM_M = 2.0
"""Lines this close to a compound's outline follow it; only those further inside cut it."""

SERIAL_DIGITS = 3
"""Digits after the parent's code; one more where a parent has more blocks than fit."""

ROW_M = 200.0
"""Height in m of the rows in which blocks are numbered west → east."""

POLYGON_TYPES = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Geometries = npt.NDArray[Any]


class NotPolygons(ValueError):
    """An area to be cut into blocks is not a valid polygon."""


def derive_blocks(
    parents: gpd.GeoDataFrame,
    lines: Geometries,
    *,
    compounds: Geometries | None = None,
    known: gpd.GeoDataFrame | None = None,
    used_codes: Collection[str] = frozenset(),
    min_area_m2: float = LEAST_AREA_M2,
    min_width_m: float = LEAST_WIDTH_M,
) -> gpd.GeoDataFrame:
    """Cut parents (code, polygons) along lines into blocks: code, parent (its code), geometry.

    The parents should be a coverage (see :mod:`geo.topology`); ground that two of them claim goes
    to the first, and gaps between them stay gaps. Dead ends do not cut. Slivers join the neighbour
    in the same parent with which they share the longest edge; a parent (or a part of it) that is
    a sliver as a whole remains. Compounds are not cut, except by the parents' boundaries: lines
    more than COMPOUND_RIM_M inside one are left out.

    A block keeps the code of the ``known`` one (code, geometry) on the same ground, as
    ``network.match_known`` has it: equal, or overlapping by half of the larger at least. Other
    blocks get the lowest serials of their parent never used before, from the north-west on.
    Raises NotPolygons.
    """
    _require_polygons(parents)
    edges = _edges(parents.geometry.to_numpy(), np.asarray(lines, dtype=object), compounds)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(edges)))
    parent, face = shapely.STRtree(parents.geometry.to_numpy()).query(
        shapely.point_on_surface(faces), predicate="within"
    )[::-1]
    face, first = np.unique(face, return_index=True)
    faces, parent = shapely.normalize(faces[face]), parent[first]
    faces, parent = _without_slivers(faces, parent, min_area_m2, min_width_m)
    parent_code = parents["code"].to_numpy(dtype=object)[parent]
    code = _codes(faces, parent_code, known, used_codes)
    blocks = gpd.GeoDataFrame(
        {"code": code, "parent": parent_code}, geometry=faces, crs=parents.crs
    )
    return blocks.sort_values(["parent", "code"], ignore_index=True)


def _require_polygons(parents: gpd.GeoDataFrame) -> None:
    geometry = parents.geometry.to_numpy()
    wrong = ~np.isin(shapely.get_type_id(geometry), POLYGON_TYPES) | ~shapely.is_valid(geometry)
    if wrong.any():
        code = parents["code"].to_numpy()[wrong][0]
        raise NotPolygons(
            f"{wrong.sum()} areas are not valid polygons (first: {code}): repair them first"
        )


def _edges(parents: Geometries, lines: Geometries, compounds: Geometries | None) -> Any:
    """Boundaries of the parents and lines between them, noded on the grid.

    All at once, because noding in two steps would move corners by a grain of the grid all along
    the roads that a new one crosses.
    """
    lines = lines[shapely.intersects(lines, shapely.box(*shapely.total_bounds(parents)))]
    if compounds is not None:
        lines = _outside(lines, shapely.buffer(compounds, -COMPOUND_RIM_M))
    return shapely.union_all([*shapely.boundary(parents), *lines], grid_size=GRID_M)


def _outside(lines: Geometries, ground: Geometries) -> Geometries:
    """The parts of the lines outside the ground."""
    pieces = shapely.get_parts(shapely.union_all(ground))
    line, piece = shapely.STRtree(pieces).query(lines, predicate="intersects")
    crossing, index = np.unique(line, return_inverse=True)
    within = shapely.multipolygons(pieces[piece], indices=index)
    outside = lines.copy()
    outside[crossing] = shapely.difference(lines[crossing], within)
    return outside


def _without_slivers(
    faces: Geometries, parent: Ints, min_area_m2: float, min_width_m: float
) -> tuple[Geometries, Ints]:
    """Faces with the slivers joined to neighbours, until no sliver has a neighbour."""
    while True:
        into = _longest_neighbour(faces, parent)
        thin = _is_sliver(faces, min_area_m2, min_width_m) & (into >= 0)
        if not thin.any():
            return faces, parent
        pairs = np.column_stack([np.flatnonzero(thin), into[thin]])
        faces, first = _joined(faces, components(len(faces), pairs))
        parent = parent[first]


def _longest_neighbour(faces: Geometries, parent: Ints) -> Ints:
    """The neighbour in the same parent with the longest shared edge; -1 where there is none."""
    pairs, shared_m = adjacency(faces)
    inside = parent[pairs[:, 0]] == parent[pairs[:, 1]]
    pairs, shared_m = pairs[inside], shared_m[inside]
    face, other = pairs.T.ravel(), pairs[:, ::-1].T.ravel()
    order = np.lexsort((other, -np.tile(shared_m, 2).round(3), face))
    longest = np.full(len(faces), -1)
    face, first = np.unique(face[order], return_index=True)
    longest[face] = other[order][first]
    return longest


def _is_sliver(faces: Geometries, min_area_m2: float, min_width_m: float) -> Flags:
    area = shapely.area(faces)
    sliver: Flags = area < min_area_m2
    # what is wide by this mean holds the circle too: no need to look
    doubtful = np.flatnonzero(~sliver & (2 * area / shapely.length(faces) < min_width_m))
    sliver[doubtful] = shapely.is_empty(shapely.buffer(faces[doubtful], -min_width_m / 2))
    return sliver


def _joined(faces: Geometries, group: Ints) -> tuple[Geometries, Ints]:
    """One polygon for each group of faces, and the first face of each."""
    _, first, size = np.unique(group, return_index=True, return_counts=True)
    joined = faces[first]
    order = np.argsort(group, kind="stable")
    start = np.cumsum(size) - size
    for number in np.flatnonzero(size > 1):
        members = order[start[number] : start[number] + size[number]]
        joined[number] = shapely.normalize(shapely.coverage_union_all(faces[members]))
    return joined, first


def _codes(
    faces: Geometries,
    parent_code: npt.NDArray[Any],
    known: gpd.GeoDataFrame | None,
    used_codes: Collection[str],
) -> npt.NDArray[Any]:
    """The known code of each face where it has one in its parent, else a new one."""
    code = np.full(len(faces), None, dtype=object)
    used = set(used_codes)
    if known is not None and len(known):
        old = known["code"].to_numpy(dtype=object)
        used.update(old)
        rows = gpd.GeoDataFrame({"id": np.arange(len(old))}, geometry=known.geometry.to_numpy())
        for face, row in enumerate(match_known(rows, faces)):
            if row >= 0 and old[row].startswith(parent_code[face]):
                code[face] = old[row]
    x, y = shapely.get_coordinates(shapely.point_on_surface(faces)).T
    new = pd.Series(np.flatnonzero(pd.isna(code)))
    for parent, number in new.groupby(parent_code[new]):
        members = number.to_numpy()
        members = members[codes.serial_order(x[members], y[members], ROW_M)]
        code[members] = mint(parent, len(members), used)
        used.update(code[members])
    return code


def mint(parent: str, count: int, used: set[str]) -> list[str]:
    """New codes with as many serial digits as it takes."""
    digits = len(parent) + SERIAL_DIGITS
    while True:
        try:
            return codes.mint(parent, count, digits, used)
        except codes.SerialsExhausted:
            digits += 1


def spread(
    blocks: gpd.GeoDataFrame, areas: gpd.GeoDataFrame, compounds: gpd.GeoDataFrame, what: str
) -> Any:
    """Spread the areas' totals of ``what`` (households, people) over their blocks: Int64 array.

    ``blocks``: parent (an area's code), geometry; ``areas``: code and the total; ``compounds``: the
    number and geometry. A compound's number goes to blocks by overlapped area, and what the area
    has beyond its compounds to the ground outside them, evenly. Compounds that have more than
    the area together are scaled down. Blocks of an area sum to its total exactly, or where it is
    missing, to what its compounds have; where those are missing too, blocks get NA.
    """
    housed = compounds[compounds[what].notna()]
    inside, free_m2 = _compound_shares(blocks, housed, housed[what].to_numpy(dtype=np.float64))
    total = pd.Series(areas[what].to_numpy(), index=areas["code"].to_numpy())
    out = pd.array([pd.NA] * len(blocks), dtype="Int64")
    for code, rows in pd.Series(np.arange(len(blocks))).groupby(blocks["parent"].to_numpy()):
        members = rows.to_numpy()
        known = total.get(code)
        if not pd.isna(known):
            share = _expected(inside[members], free_m2[members], float(known))
            out[members] = _whole(share, int(known))
        elif inside[members].any():
            out[members] = _whole(inside[members], round(inside[members].sum()))
    return out


def _compound_shares(
    blocks: gpd.GeoDataFrame, compounds: gpd.GeoDataFrame, number: Floats
) -> tuple[Floats, Floats]:
    """What each block gets from compounds by overlapped area, and its ground outside them in m²."""
    ground = blocks.geometry.to_numpy()
    walls = compounds.geometry.to_numpy()
    compound, block = shapely.STRtree(ground).query(walls, predicate="intersects")
    overlap = shapely.area(shapely.intersection(walls[compound], ground[block]))
    covered = np.bincount(compound, overlap, minlength=len(walls))
    part = np.divide(overlap, covered[compound], where=covered[compound] > 0, out=overlap * 0)
    inside = np.bincount(block, number[compound] * part, minlength=len(ground)).astype(np.float64)
    taken = np.bincount(block, overlap, minlength=len(ground))
    free_m2: Floats = np.maximum(shapely.area(ground) - taken, 0.0)
    return inside, free_m2


def _expected(inside: Floats, free_m2: Floats, total: float) -> Floats:
    """Shares of the blocks of one area, summing to its total."""
    rest = total - inside.sum()
    if rest > 0 and free_m2.sum() > 0:
        inside = inside + rest * free_m2 / free_m2.sum()
    elif inside.sum() > 0:
        inside = inside * (total / inside.sum())
    else:
        inside = np.full(len(inside), total / len(inside))
    return inside


def _whole(share: Floats, total: int) -> Ints:
    """Whole numbers near the shares that sum to the total: largest remainders are rounded up."""
    whole = np.floor(share.round(9)).astype(np.int64)
    order = np.lexsort((np.arange(len(share)), -(share - whole).round(9)))
    whole[order[: total - whole.sum()]] += 1
    return whole
