"""Lines strung together end to end: which follows which, walked in order.

Each line (edge) has two ends, numbered ``2 * edge`` (its start) and ``2 * edge + 1`` (its end).
A link array holds for each end the end it continues into, or -1. Links are mutual, so following
them gives chains, each a path or a ring.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

LOOK_AHEAD_M = 10.0
"""How far from a node the direction of a line leaving it is taken, past the kinks of junctions."""

Ints = npt.NDArray[np.int64]
Geometries = npt.NDArray[Any]


class Chains(NamedTuple):
    """For each edge: its chain, its position in it, and whether the chain runs against it."""

    chain: Ints
    position: Ints
    flipped: npt.NDArray[np.bool_]


def ends(from_node: Ints, to_node: Ints) -> Ints:
    """The node of each end: (2 n,) from (n,) starts and (n,) ends."""
    return np.column_stack([from_node, to_node]).ravel()


def through(node: Ints, key: Ints) -> Ints:
    """Link ends (node of each end) at nodes where just two edges of equal key meet."""
    link = np.full(len(node), -1)
    order = np.argsort(node, kind="stable")
    _, first, count = np.unique(node[order], return_index=True, return_counts=True)
    a, b = order[first[count == 2]], order[first[count == 2] + 1]
    same = (a // 2 != b // 2) & (key[a // 2] == key[b // 2])
    link[a[same]], link[b[same]] = b[same], a[same]
    return link


def straight_on(geometry: Geometries, node: Ints, key: Ints) -> Ints:
    """Link ends where an edge goes on into another of equal key (key -1: never) most straightly.

    Two ends are linked if each is the other's straightest way on and the turn is below 90 degrees,
    or if they are the only two of their key at the node.
    """
    table = pd.DataFrame({"node": node, "key": np.repeat(key, 2), "end": np.arange(len(node))})
    table = table[table["key"] >= 0]
    table["alone"] = table.groupby(["node", "key"])["end"].transform("size") == 2
    pairs = table.merge(table[["node", "key", "end"]], on=["node", "key"])
    pairs = pairs[pairs["end_x"] // 2 != pairs["end_y"] // 2]
    away = _directions(geometry)
    a, b = pairs["end_x"].to_numpy(), pairs["end_y"].to_numpy()
    straight = -(away[a] * away[b]).sum(axis=1)
    allowed = pairs["alone"].to_numpy() | (straight > 0)
    a, b, straight = a[allowed], b[allowed], straight[allowed]
    order = np.lexsort((b, -straight.round(9), a))
    a, first = np.unique(a[order], return_index=True)
    best = np.full(len(node), -1)
    best[a] = b[order][first]
    mutual = (best >= 0) & (best[best] == np.arange(len(node)))
    return np.where(mutual, best, -1)


def _directions(geometry: Geometries) -> npt.NDArray[np.float64]:
    """Unit vector in which each end's edge leaves its node (2 n, 2)."""
    reach = np.minimum(LOOK_AHEAD_M, shapely.length(geometry) / 2)
    near = shapely.get_coordinates(
        np.stack([shapely.get_point(geometry, 0), shapely.get_point(geometry, -1)], axis=1)
    )
    ahead = shapely.get_coordinates(
        np.stack(
            [
                shapely.line_interpolate_point(geometry, reach),
                shapely.line_interpolate_point(geometry, -reach),
            ],
            axis=1,
        )
    )
    away: npt.NDArray[np.float64] = ahead - near
    return away / np.maximum(np.hypot(away[:, 0], away[:, 1]), 1e-12)[:, None]


def walk(link: Ints) -> Chains:
    """Follow the links: paths from their lower end on, rings from their lowest edge."""
    count = len(link) // 2
    chain = np.full(count, -1)
    position = np.zeros(count, dtype=np.int64)
    flipped = np.zeros(count, dtype=bool)
    following = link.tolist()
    number = 0
    for start in [*np.flatnonzero(link < 0).tolist(), *range(0, len(link), 2)]:
        end, steps = start, 0
        while end >= 0 and chain[end // 2] < 0:
            edge = end // 2
            chain[edge], position[edge], flipped[edge] = number, steps, end % 2 == 1
            end, steps = following[end ^ 1], steps + 1
        number += steps > 0
    return Chains(chain, position, flipped)


def join(geometry: Geometries, chains: Chains) -> Geometries:
    """One LineString for each chain, in chain order and direction."""
    order = np.lexsort((chains.position, chains.chain))
    turned = np.where(chains.flipped, shapely.reverse(geometry), geometry)[order]
    xy, piece = shapely.get_coordinates(turned, return_index=True)
    index = chains.chain[order][piece]
    seam = (np.diff(piece, prepend=-1) > 0) & (np.diff(index, prepend=-1) == 0)
    joined: Geometries = shapely.linestrings(xy[~seam], indices=index[~seam])
    return joined
