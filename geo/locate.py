"""Points find their place: the block that covers them, and where they lie along which road.

The rules, the same in the database (``migrations/0006_linking.sql``):

- block: the one that covers the point; on a shared edge the lowest id;
- segment: the nearest within the distance; where several are equally near (within a micrometre)
  the lowest id;
- side: left where the cross product of the axis's direction and the way to the point is not
  negative; at a bend the mean of both directions decides;
- chainage: metres along the axis from its start; offset: metres off the axis.

An index is built once from blocks and axes (`build`), finds any number of points (`find`) or a
single one (`find_one`), is changed where the ground changes (`update_blocks`, `update_roads`) and
shared between processes (`save`, `load`). An index never changes: an update gives a new one.

All coordinates are in one metric CRS; all arrays of points have shape (n,).
"""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from geo import covering, indexfile, kernel, nearest, order
from geo.cells import Grid
from geo.kernel import NOWHERE
from geo.nearest import TIE_M

__all__ = [
    "NOWHERE",
    "TIE_M",
    "Index",
    "Link",
    "Links",
    "RoadPlaces",
    "build",
    "find",
    "find_blocks",
    "find_one",
    "find_road_places",
    "load",
    "places_on",
    "save",
    "update_blocks",
    "update_roads",
    "warm",
]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Shapes = NDArray[np.object_]

# A thread's part of the points: not so small that a thread costs more than it saves.
_PART_AT_LEAST = 10_000
# So many points are in work at once: what they need besides is some 60 bytes for each.
_BATCH = 1 << 20
# So many are linked in one go: first all blocks, then all roads, as each reads its own index.
_IN_ONE_GO = 1 << 16
# Of so many the index is read ahead: more than a core fetches at once, and few enough to be still
# there when their turn comes.
_AHEAD = 64


class Index(NamedTuple):
    """What points are linked to."""

    blocks: covering.BlockIndex
    roads: nearest.RoadIndex


class RoadPlaces(NamedTuple):
    """Where points lie along roads; a point that is near none has segment -1, side '' and NaN."""

    segment: Ints
    side: NDArray[np.str_]
    chainage_m: Floats
    offset_m: Floats


class Links(NamedTuple):
    """The links of n points: block ids (-1 for none) and road places."""

    block: Ints
    road: RoadPlaces


class Link(NamedTuple):
    """The links of one point; None where there is no block, or no road within the distance."""

    block: int | None
    segment: int | None
    side: str | None
    chainage_m: float | None
    offset_m: float | None


class _Workroom(NamedTuple):
    """Room to work in for n points: their places in order, the points in order, their `LINK`."""

    place: NDArray[np.int32]
    xy: Floats
    links: NDArray[np.void]


# Kept between calls (60 MB after a million points): memory that was given back to the machine comes
# again page by page, which took longer than the linking itself.
_spare: list[_Workroom] = []


def build(
    blocks: Shapes, block_ids: Ints, axes: Shapes, segment_ids: Ints, within_m: float
) -> Index:
    """The index of polygons and LineStrings with their ids; a road is near up to ``within_m``."""
    with ThreadPoolExecutor(2) as pool:
        of_blocks = pool.submit(covering.build, blocks, _ids(block_ids))
        of_roads = pool.submit(nearest.build, axes, _ids(segment_ids), within_m)
        return Index(of_blocks.result(), of_roads.result())


def update_blocks(index: Index, blocks: Shapes, ids: Ints, gone: Ints) -> Index:
    """The index with ``blocks`` of these ids added or put in place of older ones, without ``gone``.

    Finds what an index built anew would find. Only cells near the change are worked out again, but
    room that older blocks took is not given back: build anew once the index has doubled.
    """
    return index._replace(blocks=covering.update(index.blocks, blocks, _ids(ids), _ids(gone)))


def update_roads(index: Index, axes: Shapes, ids: Ints, gone: Ints) -> Index:
    """The index with ``axes`` added or put in place of older ones; see `update_blocks`."""
    return index._replace(roads=nearest.update(index.roads, axes, _ids(ids), _ids(gone)))


def _ids(ids: Ints) -> Ints:
    return np.ascontiguousarray(ids, np.int64)


def find(index: Index, x: Floats, y: Floats, threads: int | None = None) -> Links:
    """The links of points; ``threads`` defaults to the machine's, for so many points as need them.

    A coordinate that is no number is nowhere.
    """
    # Numba compiles once more for arrays that may not be written to, as frames give them.
    x, y, n = np.require(x, float, ["C", "W"]), np.require(y, float, ["C", "W"]), len(x)
    out = _room(n)
    threads = max(min(threads or os.cpu_count() or 1, n // _PART_AT_LEAST), 1)
    with _in_threads(threads) as run:
        for start in range(0, n, _BATCH):
            batch = slice(start, start + _BATCH)
            _link(index, x[batch], y[batch], _cut(out, batch), threads, run)
    block, segment, side, chainage, offset = out
    return Links(block, RoadPlaces(segment, side.view("U1"), chainage, offset))


def _room(n: int) -> kernel.Columns:
    ids = np.empty((2, n), np.int64)
    return ids[0], ids[1], np.empty(n, np.uint32), np.empty(n), np.empty(n)


def _cut(columns: kernel.Columns, part: slice) -> kernel.Columns:
    block, segment, side, chainage, offset = columns
    return block[part], segment[part], side[part], chainage[part], offset[part]


@contextmanager
def _in_threads(threads: int) -> Iterator[order.Run]:
    if threads == 1:
        yield lambda function, many: list(map(function, many))
    else:
        with ThreadPoolExecutor(threads) as pool:
            yield lambda function, many: list(pool.map(function, many))


def _link(
    index: Index, x: Floats, y: Floats, out: kernel.Columns, threads: int, run: order.Run
) -> None:
    grid = index.blocks.grid if index.blocks.grid.columns else index.roads.grid
    parts = _parts(len(x), threads)
    room = _borrow(len(x))
    place, xy, links = room.place[: len(x)], room.xy[: len(x)], room.links[: len(x)]
    order.sort(x, y, grid, parts, run, (place, xy))

    def link(part: slice) -> None:
        ahead = np.empty(_AHEAD, np.int32)
        kernel.link_blocks(index.blocks, xy[part], links[part], ahead)
        kernel.link_roads(index.roads, xy[part], links[part], ahead)

    def put_back(part: slice) -> None:
        kernel.put_back(place[part], links, _cut(out, part))

    run(link, _parts(len(x), len(x) // _IN_ONE_GO + 1))
    run(put_back, parts)
    _give_back(room)


def _borrow(n: int) -> _Workroom:
    """Room for n points: what was used before, or else new."""
    try:
        room = _spare.pop()
    except IndexError:
        room = None
    if room is not None and len(room.links) >= n:
        return room
    return _Workroom(np.empty(n, np.int32), np.empty((n, 2)), np.empty(n, kernel.LINK))


def _give_back(room: _Workroom) -> None:
    """Keeps the room for the next call, where it is worth it and no other is kept."""
    if len(room.links) > _PART_AT_LEAST and not _spare:
        _spare.append(room)


def _parts(n: int, count: int) -> list[slice]:
    return [slice(n * k // count, n * (k + 1) // count) for k in range(count)]


def find_one(index: Index, x: float, y: float) -> Link:
    """The links of one point, in a few microseconds."""
    block, place = kernel.link_one(index.blocks, index.roads, x, y)
    segment, side, chainage, offset = place
    found = block if block != NOWHERE else None
    if segment == NOWHERE:
        return Link(found, None, None, None, None)
    return Link(found, segment, chr(side), chainage, offset)


def find_blocks(points: Shapes, blocks: Shapes, ids: Ints) -> Ints:
    """The id of the block that covers each point, -1 where none does; shape (n,)."""
    return find(build(blocks, ids, *_NO_ROADS), *_xy(points)).block


def find_road_places(points: Shapes, axes: Shapes, ids: Ints, within_m: float) -> RoadPlaces:
    """The road place of each point on the nearest of ``axes`` (LineStrings) within ``within_m``."""
    return find(build(*_NOTHING, axes, ids, within_m), *_xy(points)).road


_NOTHING = (np.empty(0, object), np.empty(0, np.int64))
_NO_ROADS = (*_NOTHING, 1.0)


def _xy(points: Shapes) -> tuple[Floats, Floats]:
    return shapely.get_x(points), shapely.get_y(points)


def places_on(xy: Floats, axes: Shapes) -> tuple[NDArray[np.str_], Floats, Floats]:
    """Side ('L'/'R'), chainage (m) and offset (m) of point i on axis i; ``xy`` has shape (n, 2)."""
    n = len(axes)
    roads, first = nearest.each_alone(axes)
    side, chainage, offset = np.empty(n, np.uint32), np.empty(n), np.empty(n)
    x, y = np.ascontiguousarray(xy.reshape(-1, 2).T, float)
    kernel.places_in(roads, first, x, y, (side, chainage, offset))
    return side.view("U1"), chainage, offset


def save(index: Index, path: Path) -> None:
    """Writes the index to one file; who has an older one open keeps seeing that."""
    arrays: dict[str, indexfile.Array] = {}
    parts: indexfile.Parts = {}
    for half, values in index._asdict().items():
        for name, value in values._asdict().items():
            (arrays if isinstance(value, np.ndarray) else parts)[f"{half}.{name}"] = value
    indexfile.write(path, arrays, parts)


def load(path: Path) -> Index:
    """The index in a file that `save` wrote, mapped into memory and shared with other processes.

    Raises:
        indexfile.IndexUnreadable: where the file is something else or cut short.
    """
    arrays, parts = indexfile.read(path)
    values = arrays | {n: Grid(*v) if n.endswith(".grid") else v for n, v in parts.items()}

    def half(name: str) -> dict[str, object]:
        return {key.split(".")[1]: v for key, v in values.items() if key.split(".")[0] == name}

    return Index(
        covering.BlockIndex(**half("blocks")),  # type: ignore[arg-type]
        nearest.RoadIndex(**half("roads")),  # type: ignore[arg-type]
    )


def warm() -> None:
    """Compiles everything, or reads what is compiled already: half a minute once, then instant.

    For who sets Luge up, so that no user waits for the compiler.
    """
    block, axis = (
        np.array([shapely.box(0, 0, 9, 9)]),
        np.array([shapely.LineString([(0, 0), (9, 9)])]),
    )
    one, none = np.array([1]), _NOTHING[1]
    index = update_roads(build(block, one, axis, one, 9.0), axis, one, none)
    find(index, np.zeros(1), np.zeros(1))
    find_one(index, 0.0, 0.0)
    places_on(np.zeros((1, 2)), axis)
