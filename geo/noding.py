"""Lines cut where they meet: from any tangle of lines to pieces that run from node to node.

Everything is in metres of one metric CRS. Lines of one mesh (say, roads) are cut against each
other, lines of different meshes never. Within a mesh the level (OSM ``layer``) says who meets whom:

* lines of one level meet wherever they cross, touch, or come within the tolerance with an end;
* lines of different levels meet only where an end of one lies on an end or a vertex of the other,
  as a bridge does where it comes down; a mere crossing is a flyover and cuts nothing.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

SNAP_M = 0.5
"""Ends closer than this to a line or a node join it, and nodes closer than this are one."""

SHORTEST_LOOP_M = 4 * SNAP_M
"""A piece that returns to its own node in less than this is a leftover of snapping."""

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Geometries = npt.NDArray[Any]


class Pieces(NamedTuple):
    """Pieces between nodes: geometry, index of the line it is of, end nodes; nodes as (n, 2) xy."""

    geometry: Geometries
    line: Ints
    from_node: Ints
    to_node: Ints
    node_xy: Floats


class _Marks(NamedTuple):
    """Places where a line may be cut: line index, point (n, 2), whether it is that line's end."""

    line: Ints
    xy: Floats
    is_end: npt.NDArray[np.bool_]


def cut(lines: Geometries, mesh: Ints, level: Ints) -> Pieces:
    """Cut LineStrings where they meet; drop what has no length and what lies there twice.

    Of pieces lying twice (same nodes, same level, nowhere further apart than the tolerance) the one
    of the earlier line stays, so sort the lines by preference. Coordinates move by the tolerance at
    most, and both pieces at a node hold exactly its coordinates.
    """
    parts, line = _simple_parts(lines)
    marks = _marks(parts, mesh[line], level[line])
    node, node_xy = _nodes(marks, mesh[line], level[line])
    geometry, part, ends = _pieces(parts, marks, node, node_xy)
    loop = ends[:, 0] == ends[:, 1]
    keep = ~loop | (shapely.length(geometry) > SHORTEST_LOOP_M)
    geometry, part, ends = geometry[keep], part[keep], ends[keep]
    keep = ~_lying_twice(geometry, ends, level[line[part]], 2 * SNAP_M)
    return Pieces(geometry[keep], line[part[keep]], ends[keep, 0], ends[keep, 1], node_xy)


def _simple_parts(lines: Geometries) -> tuple[Geometries, Ints]:
    """Lines that cross or touch themselves, cut there; the others as they are."""
    noded = lines.copy()
    tangled = np.flatnonzero(~shapely.is_simple(lines))
    noded[tangled] = [shapely.node(g) for g in lines[tangled]]
    parts, line = shapely.get_parts(noded, return_index=True)
    keep = shapely.length(parts) > 0
    return parts[keep], line[keep]


def _marks(parts: Geometries, mesh: Ints, level: Ints) -> _Marks:
    n = np.arange(len(parts))
    ends = shapely.get_coordinates(
        np.concatenate([shapely.get_point(parts, 0), shapely.get_point(parts, -1)])
    )
    end_line = np.concatenate([n, n])
    tree = shapely.STRtree(parts)
    cross_line, cross_xy = _crossings(parts, tree, mesh, level)
    touch_line, touch_xy = _touches(parts, tree, (end_line, ends), (mesh, level))
    return _Marks(
        np.concatenate([end_line, cross_line, touch_line]),
        np.concatenate([ends, cross_xy, touch_xy]),
        np.arange(len(end_line) + len(cross_line) + len(touch_line)) < len(end_line),
    )


def _crossings(
    parts: Geometries, tree: shapely.STRtree, mesh: Ints, level: Ints
) -> tuple[Ints, Floats]:
    """Points shared by two lines of one mesh and level, once for each of the two lines."""
    a, b = tree.query(parts, predicate="intersects")
    meet = (a < b) & (mesh[a] == mesh[b]) & (level[a] == level[b])
    a, b = a[meet], b[meet]
    xy, pair = shapely.get_coordinates(shapely.intersection(parts[a], parts[b]), return_index=True)
    return np.concatenate([a[pair], b[pair]]), np.concatenate([xy, xy])


def _touches(
    parts: Geometries,
    tree: shapely.STRtree,
    ends: tuple[Ints, Floats],
    network: tuple[Ints, Ints],
) -> tuple[Ints, Floats]:
    """Points on lines where another line's end comes within the tolerance."""
    end_line, end_xy = ends
    mesh, level = network
    points = shapely.points(end_xy)
    end, other = tree.query(points, predicate="dwithin", distance=SNAP_M)
    own = end_line[end]
    meet = (own != other) & (mesh[own] == mesh[other])
    end, other, own = end[meet], other[meet], own[meet]
    xy, pair = shapely.get_coordinates(parts[other], return_index=True)
    vertices = shapely.multipoints(xy, indices=pair)
    meet = (level[own] == level[other]) | (shapely.distance(points[end], vertices) <= SNAP_M)
    end, other = end[meet], other[meet]
    on = shapely.line_interpolate_point(
        parts[other], shapely.line_locate_point(parts[other], points[end])
    )
    return other, shapely.get_coordinates(on)


def _nodes(marks: _Marks, mesh: Ints, level: Ints) -> tuple[Ints, Floats]:
    """One node for marks within the tolerance; its point is a crossing's if there is one."""
    table = pd.DataFrame(
        {
            "mesh": mesh[marks.line],
            "level": level[marks.line],
            "x": marks.xy[:, 0],
            "y": marks.xy[:, 1],
            "end": marks.is_end,
        }
    )
    group = table.groupby(["mesh", "level", "x", "y"], sort=True)
    places = group["end"].agg(["any", "all"]).reset_index()
    apart = places["mesh"].to_numpy() * 1000.0 * SNAP_M
    tree = cKDTree(np.column_stack([places["x"], places["y"], apart]))
    a, b = tree.query_pairs(SNAP_M, output_type="ndarray").T
    on_level, has_end = places["level"].to_numpy(), places["any"].to_numpy()
    join = (on_level[a] == on_level[b]) | has_end[a] | has_end[b]
    a, b = a[join], b[join]
    graph = coo_array((np.ones(len(a)), (a, b)), shape=(len(places), len(places)))
    count, node = connected_components(graph, directed=False)
    order = np.lexsort((places["y"], places["x"], places["all"], node))
    first = order[np.searchsorted(node[order], np.arange(count))]
    return node[group.ngroup().to_numpy()], places[["x", "y"]].to_numpy()[first]


def _pieces(
    parts: Geometries, marks: _Marks, node: Ints, node_xy: Floats
) -> tuple[Geometries, Ints, Ints]:
    """Cut the lines at their marks: pieces, the line of each, and their two nodes (n, 2).

    All lines are laid end to end on one long measure, so that cutting is one sort.
    """
    length = shapely.length(parts)
    start = np.concatenate([[0.0], np.cumsum(length + 1.0)[:-1]])
    along = shapely.line_locate_point(parts[marks.line], shapely.points(marks.xy))
    first_ends = np.arange(len(marks.line)) < len(parts)
    last_ends = marks.is_end & ~first_ends
    # a closed line locates its last point at its first
    along = np.where(first_ends, 0.0, np.where(last_ends, length[marks.line], along))
    order = np.argsort(start[marks.line] + along, kind="stable")
    line, node, at = marks.line[order], node[order], (start[marks.line] + along)[order]
    piece = np.flatnonzero((line[:-1] == line[1:]) & (at[:-1] < at[1:]))
    ends = np.column_stack([node[piece], node[piece + 1]])

    xy, inner = _inner_vertices(parts, start, (at[piece], at[piece + 1]))
    n = np.arange(len(piece))
    index = np.concatenate([n, inner, n])
    by_piece = np.argsort(index, kind="stable")
    coords = np.concatenate([node_xy[ends[:, 0]], xy, node_xy[ends[:, 1]]])[by_piece]
    return shapely.linestrings(coords, indices=index[by_piece]), line[piece], ends


def _inner_vertices(
    parts: Geometries, start: Floats, span: tuple[Floats, Floats]
) -> tuple[Floats, Ints]:
    """Vertices inside each piece, and the piece; not those within the tolerance of its ends."""
    xy, line = shapely.get_coordinates(parts, return_index=True)
    step = np.hypot(*np.diff(xy, axis=0, prepend=xy[:1]).T)
    step[np.flatnonzero(np.diff(line, prepend=-1))] = 0.0
    measure = np.cumsum(step)
    at = start[line] + measure - measure[np.searchsorted(line, line)]
    piece = np.clip(np.searchsorted(span[0], at, side="right") - 1, 0, None)
    inside = (at > span[0][piece] + SNAP_M) & (at < span[1][piece] - SNAP_M)
    return xy[inside], piece[inside]


def _lying_twice(
    geometry: Geometries, ends: Ints, level: Ints, apart_m: float
) -> npt.NDArray[np.bool_]:
    """Pieces that repeat an earlier one between the same nodes on the same level."""
    table = pd.DataFrame(
        {
            "low": ends.min(axis=1),
            "high": ends.max(axis=1),
            "level": level,
            "piece": np.arange(len(ends)),
        }
    )
    table = table[table.duplicated(["low", "high", "level"], keep=False)]
    pairs = table.merge(table, on=["low", "high", "level"]).query("piece_x < piece_y")
    a, b = pairs["piece_x"].to_numpy(), pairs["piece_y"].to_numpy()
    twice = np.zeros(len(ends), dtype=bool)
    twice[b[shapely.hausdorff_distance(geometry[a], geometry[b]) <= apart_m]] = True
    return twice
