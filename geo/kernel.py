"""Points find their block and their road place in one pass: the compiled heart of `geo.locate`.

The arithmetic is that of the database, operation by operation, so that both give every point the
same answer to the last bit: PostGIS's own for what covers and what is nearest (`_covers`,
`_distance`), that of ``migrations/0006_linking.sql`` for the place (`_place`).
"""

import math

import numpy as np
from numpy.typing import NDArray

from geo.cells import Floats, Grid, Ints, Places, lookup
from geo.covering import BlockIndex
from geo.nearest import TIE_M, RoadIndex
from geo.raster import LAST, WHOLE

NOWHERE = -1
LEFT, RIGHT, NO_SIDE = np.uint32(ord("L")), np.uint32(ord("R")), np.uint32(0)

# What is known of a point; the side is a code point.
LINK = np.dtype(
    [
        ("block", np.int64),
        ("segment", np.int64),
        ("chainage", np.float64),
        ("offset", np.float64),
        ("side", np.uint32),
    ],
    align=True,
)

NO_ROAD = (NOWHERE, NO_SIDE, np.nan, np.nan)

Sides = NDArray[np.uint32]
Columns = tuple[Ints, Ints, Sides, Floats, Floats]
Place = tuple[np.uint32, float, float]
RoadPlace = tuple[int, np.uint32, float, float]


@lookup
def _cell_at(grid: Grid, x: float, y: float) -> int:
    """The cell of a point, -1 outside of the grid (and for NaN). Exact: sizes are powers of two."""
    column = np.floor(x / grid.size) - grid.column
    row = np.floor(y / grid.size) - grid.row
    if 0 <= column < grid.columns and 0 <= row < grid.rows:
        return int(row) * grid.columns + int(column)
    return -1


@lookup
def _covers(xy: Floats, held: Places, start: int, stop: int, x: float, y: float) -> bool:
    """Whether a block covers a point, by its edges at the point's height.

    Inside is where an odd number of edges lie to the right; on an edge counts as inside. Which side
    of an edge is told by the sign of a cross product in plain doubles, from the edge's first end,
    because that is what PostGIS does. Exact arithmetic would be right in some cases where this is
    not (below a ten-thousandth of a micrometre), and then differ from the database.
    """
    inside, on_edge = False, False
    for i in range(start, stop):  # without branches that the processor would guess wrong
        k = held[i]
        x1, y1, x2, y2 = xy[k, 0], xy[k, 1], xy[k + 1, 0], xy[k + 1, 1]
        side = (x2 - x1) * (y - y1) - (x - x1) * (y2 - y1)
        between = (min(x1, x2) <= x) & (x <= max(x1, x2)) & (min(y1, y2) <= y) & (y <= max(y1, y2))
        on_edge |= (side == 0) & between
        up, down = (y1 <= y) & (y < y2), (y2 <= y) & (y < y1)
        inside ^= (up & (side > 0)) | (down & (side < 0))
    return inside | on_edge


@lookup
def _block_in(
    entries: Places,
    slots: Ints,
    starts: Places,
    held: Places,
    xy: Floats,
    k: int,
    row: int,
    x: float,
    y: float,
) -> int:
    """The first block to cover the point in the list from entry k on; lists are in order of ids."""
    while True:
        entry = entries[k]
        slot = entry >> 2
        slab = slots[slot, 1] + row
        if entry & WHOLE or _covers(xy, held, starts[slab], starts[slab + 1], x, y):
            found: int = slots[slot, 0]
            return found
        if entry & LAST:
            return NOWHERE
        k += 1


@lookup
def _distance(line: Floats, k: int, x: float, y: float) -> float:
    """Metres from the point to an edge, as ``ST_Distance`` counts them."""
    x1, y1, x2, y2 = line[k, 0], line[k, 1], line[k + 1, 0], line[k + 1, 1]
    dx, dy = x2 - x1, y2 - y1
    r = ((x - x1) * dx + (y - y1) * dy) / (dx * dx + dy * dy)
    if r < 0:
        cx, cy = x1, y1
    elif r >= 1:
        cx, cy = x2, y2
    elif (y1 - y) * dx == (x1 - x) * dy:
        return 0.0
    else:
        cx, cy = x1 + r * dx, y1 + r * dy
    return math.sqrt((cx - x) * (cx - x) + (cy - y) * (cy - y))


@lookup
def _two_least(
    entries: Places, line: Floats, k: int, x: float, y: float
) -> tuple[int, float, float]:
    """The nearest edge in the list from entry k on; its squared distance, and the next greater one.

    Quick and true to far less than a tie: without branches that the processor would guess wrong.
    """
    best, second, nearest = np.inf, np.inf, 0
    while True:
        entry = entries[k]
        edge = entry >> 1
        px, py, ux, uy = x - line[edge, 0], y - line[edge, 1], line[edge, 3], line[edge, 4]
        t = min(max(px * ux + py * uy, 0.0), line[edge, 5])
        ex, ey = px - t * ux, py - t * uy
        squared = ex * ex + ey * ey
        second = min(second, max(best, squared))
        nearest = edge if squared < best else nearest
        best = min(best, squared)
        if entry & 1:
            return nearest, best, second
        k += 1


@lookup
def _tied_axis(
    entries: Places, line: Floats, slot: Places, ids: Ints, start: int, x: float, y: float
) -> tuple[int, float]:
    """The axis of lowest id among the nearest in the list from an entry on; the least distance."""
    best, k = np.inf, start
    while True:
        best = min(best, _distance(line, entries[k] >> 1, x, y))
        if entries[k] & 1:
            break
        k += 1
    winner = -1
    for j in range(start, k + 1):
        edge = entries[j] >> 1
        if _distance(line, edge, x, y) <= best + TIE_M:
            axis = slot[edge]
            winner = axis if winner < 0 or ids[axis] < ids[winner] else winner
    return winner, best


@lookup
def _place(
    entries: Places, line: Floats, slot: Places, axis: int, k: int, x: float, y: float
) -> Place:
    """Side, chainage and offset on an axis, by its edges in the list from entry k on.

    The first of the nearest edges counts.
    """
    best, nearest = np.inf, 0
    while True:
        edge = entries[k] >> 1
        if slot[edge] == axis:
            _, offset, _, _ = _foot(line, edge, x, y)
            if offset < best:
                best, nearest = offset, edge
        if entries[k] & 1:
            return _place_by(line, slot, nearest, x, y)
        k += 1


@lookup
def _place_by(line: Floats, slot: Places, edge: int, x: float, y: float) -> Place:
    """Side, chainage and offset by the nearest edge; on the axis itself the side is left."""
    along, offset, off_x, off_y = _foot(line, edge, x, y)
    ux, uy = _direction(line, slot, edge, along)
    side = LEFT if ux * off_y - uy * off_x >= 0 else RIGHT
    return side, line[edge, 2] + along, offset


@lookup
def _foot(line: Floats, edge: int, x: float, y: float) -> tuple[float, float, float, float]:
    """How far along an edge its nearest point is, how far off, and the way from there to (x, y)."""
    ux, uy = line[edge, 3], line[edge, 4]
    t = (x - line[edge, 0]) * ux + (y - line[edge, 1]) * uy
    t = min(max(t, 0.0), line[edge, 5])
    ex, ey = x - (line[edge, 0] + t * ux), y - (line[edge, 1] + t * uy)
    return t, math.sqrt(ex * ex + ey * ey), ex, ey


@lookup
def _direction(line: Floats, slot: Places, edge: int, along: float) -> tuple[float, float]:
    """The direction of the axis so far along an edge; at a bend the sum of both edges'."""
    ux, uy, length = line[edge, 3], line[edge, 4], line[edge, 5]
    other = edge
    if along == 0 and edge > 0 and slot[edge - 1] == slot[edge]:
        other = edge - 1
    elif along == length and edge + 2 < len(line) and slot[edge + 2] == slot[edge]:
        other = edge + 1
    if other == edge:
        return ux, uy
    return ux + line[other, 3], uy + line[other, 4]


@lookup
def _block_at(
    grid: Grid,
    cell: Places,
    entries: Places,
    slots: Ints,
    starts: Places,
    held: Places,
    xy: Floats,
    x: float,
    y: float,
) -> int:
    at = _cell_at(grid, x, y)
    if at < 0 or cell[at] == 0:
        return NOWHERE
    if cell[at] > 0:
        whole: int = slots[cell[at] - 1, 0]
        return whole
    row = at // grid.columns + grid.row
    return _block_in(entries, slots, starts, held, xy, ~cell[at], row, x, y)


@lookup
def _road_place_at(
    grid: Grid,
    within_m: float,
    cell: Places,
    entries: Places,
    line: Floats,
    slot: Places,
    ids: Ints,
    x: float,
    y: float,
) -> RoadPlace:
    at = _cell_at(grid, x, y)
    if at < 0 or cell[at] == 0:
        return NO_ROAD
    edge, best, second = _two_least(entries, line, cell[at], x, y)
    if second - best > 4 * TIE_M * (within_m + 1):  # more than a tie, at any distance in reach
        # The exact distance is wanted only where the limit is near.
        if best > max(within_m - 1, 0.0) ** 2 and _distance(line, edge, x, y) > within_m:
            return NO_ROAD
        side, chainage, offset = _place_by(line, slot, edge, x, y)
        return ids[slot[edge]], side, chainage, offset
    axis, distance = _tied_axis(entries, line, slot, ids, cell[at], x, y)
    if distance > within_m:
        return NO_ROAD
    side, chainage, offset = _place(entries, line, slot, axis, cell[at], x, y)
    return ids[axis], side, chainage, offset


@lookup
def link_one(blocks: BlockIndex, roads: RoadIndex, x: float, y: float) -> tuple[int, RoadPlace]:
    """Block, and segment, side (as a code point), chainage and offset of one point."""
    grid, cell, entries, slots, starts, held, xy, _, _ = blocks
    block = _block_at(grid, cell, entries, slots, starts, held, xy, x, y)
    lanes, within_m, near, edges, line, slot, ids, _ = roads
    return block, _road_place_at(lanes, within_m, near, edges, line, slot, ids, x, y)


@lookup
def _look_ahead(grid: Grid, cell: Places, points: Floats, first: int, ahead: Places) -> int:
    """What the cells of the points from ``first`` on hold, as many as fit; where these end.

    Of large maps most is not in the processor's caches. Reading for many points what none of them
    waits for, before any is worked on, lets it fetch for all of them at once.
    """
    last: int = min(first + len(ahead), len(points))
    for i in range(first, last):
        at = _cell_at(grid, points[i, 0], points[i, 1])
        ahead[i - first] = cell[at] if at >= 0 else 0
    return last


@lookup
def link_blocks(blocks: BlockIndex, points: Floats, links: NDArray[np.void], ahead: Places) -> None:
    """Writes the block of points of shape (n, 2) into their `LINK`; ``ahead``: room to work in."""
    grid, cell, entries, slots, starts, held, xy, _, _ = blocks
    for first in range(0, len(points), len(ahead)):
        last = _look_ahead(grid, cell, points, first, ahead)
        for i in range(first, last):
            k = ahead[i - first]
            links[i].block = slots[k - 1, 0] if k > 0 else NOWHERE if k == 0 else entries[~k]
        for i in range(first, last):
            k = ahead[i - first]
            if k < 0:  # more than one block in the cell
                x, y = points[i, 0], points[i, 1]
                row = int(np.floor(y / grid.size))
                links[i].block = _block_in(entries, slots, starts, held, xy, ~k, row, x, y)


@lookup
def link_roads(roads: RoadIndex, points: Floats, links: NDArray[np.void], ahead: Places) -> None:
    """Writes all but the block of points of shape (n, 2) into their `LINK`; see `link_blocks`."""
    grid, within_m, cell, entries, line, slot, ids, _ = roads
    for first in range(0, len(points), len(ahead)):
        last = _look_ahead(grid, cell, points, first, ahead)
        for i in range(first, last):
            ahead[i - first] = entries[ahead[i - first]] >> 1
        for i in range(first if len(line) else last, last):
            links[i].offset = line[ahead[i - first], 0]
        for i in range(first, last):
            x, y, link = points[i, 0], points[i, 1], links[i]
            link.segment, link.side, link.chainage, link.offset = _road_place_at(
                grid, within_m, cell, entries, line, slot, ids, x, y
            )


@lookup
def put_back(place: Places, links: NDArray[np.void], out: Columns) -> None:
    """Writes the links that stand at ``place``, as columns."""
    block, segment, side, chainage, offset = out
    for i in range(len(place)):
        link = links[place[i]]
        block[i], segment[i], side[i] = link.block, link.segment, link.side
        chainage[i], offset[i] = link.chainage, link.offset


@lookup
def places_in(
    roads: RoadIndex, first: Places, x: Floats, y: Floats, out: tuple[Sides, Floats, Floats]
) -> None:
    """The place of point i on the axis in slot i, whose list begins at first[i]."""
    side, chainage, offset = out
    _, _, _, entries, line, slot, _, _ = roads
    for i in range(len(x)):
        side[i], chainage[i], offset[i] = _place(entries, line, slot, i, first[i], x[i], y[i])
