"""Who borders whom in a coverage of polygons, and whether groups of them hang together."""

from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def adjacency(geoms: Any) -> tuple[Ints, Floats]:
    """Pairs (m, 2) of neighbouring polygons, lower number first, and the length they share in m.

    The polygons must be a valid coverage in a metric CRS: neighbours share their edges vertex by
    vertex. Corners alone do not make neighbours.
    """
    low, high, both = _shared(geoms)
    pairs, index = np.unique(both, axis=0, return_inverse=True)
    length_m = np.hypot(*(high - low).T)
    shared_m = np.bincount(index.ravel(), length_m, minlength=len(pairs)).astype(np.float64)
    return pairs, shared_m


def shared_edges(geoms: Any) -> tuple[Ints, npt.NDArray[Any]]:
    """Every straight edge that two polygons share: their numbers (m, 2), lower first, and its line.

    The polygons must be a valid coverage in a metric CRS.
    """
    low, high, both = _shared(geoms)
    lines: npt.NDArray[Any] = shapely.linestrings(np.stack([low, high], axis=1))
    return both, lines


def _shared(geoms: Any) -> tuple[Floats, Floats, Ints]:
    """The edges that two polygons share: lower and higher end (m, 2), and their numbers (m, 2)."""
    low, high, of = _edges(np.asarray(geoms, dtype=object))
    # equal edges become neighbours in the order; the polygon number is a tie-break
    order = np.lexsort((of, high[:, 1], high[:, 0], low[:, 1], low[:, 0]))
    low, high, of = low[order], high[order], of[order]
    same = (low[1:] == low[:-1]).all(axis=1) & (high[1:] == high[:-1]).all(axis=1)
    same &= of[1:] != of[:-1]
    first = np.flatnonzero(same)
    return low[first], high[first], np.column_stack([of[first], of[first + 1]])


def _edges(geoms: npt.NDArray[Any]) -> tuple[Floats, Floats, Ints]:
    """The edges of all rings, lower end first, and the polygon each is of."""
    parts, polygon = shapely.get_parts(geoms, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    inside = ring[1:] == ring[:-1]
    a, b = xy[:-1][inside], xy[1:][inside]
    swap = (a[:, 0] > b[:, 0]) | ((a[:, 0] == b[:, 0]) & (a[:, 1] > b[:, 1]))
    a[swap], b[swap] = b[swap], a[swap]
    return a, b, polygon[part[ring[:-1][inside]]]


def components(count: int, pairs: Ints) -> Ints:
    """The number of the connected part each of ``count`` things is in, given pairs (m, 2)."""
    links = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    _, part = connected_components(links, directed=False)
    number: Ints = part.astype(np.int64)
    return number


def contiguous(labels: Ints, pairs: Ints) -> Ints:
    """The groups that do not hang together: none, if the answer is empty.

    ``labels`` gives the group of each polygon, ``pairs`` (m, 2) the neighbours.
    """
    labels = np.asarray(labels)
    within = pairs[labels[pairs[:, 0]] == labels[pairs[:, 1]]]
    part = components(len(labels), within)
    group_of_part = labels[np.unique(part, return_index=True)[1]]
    groups, parts = np.unique(group_of_part, return_counts=True)
    return groups[parts > 1]
