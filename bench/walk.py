"""A recorded walk over the generated city's map: the tiles a browser asks for, in their order."""

import math

from geo.store.tiles import Tile

START = (121.1808, 31.2785)  # degrees, the middle of the large city
WINDOW = (1440 / 512, 900 / 512)  # tiles across and down: vector tiles are drawn 512 pixels wide

# Zoom in or out to a level around the place, or move by parts of a window, east and south.
STEPS: tuple[int | tuple[float, float], ...] = (
    10, 11, (0.2, 0.1), 12, (-0.4, 0.2), (0.1, -0.3), 13, (0.5, 0.3), (-0.2, 0.5), 14, (0.7, 0.1),
    (0.4, -0.4), (0.6, 0.2), 15, (0.5, 0.5), (-0.6, 0.3), (0.2, 0.7), 16, (0.6, 0.1), (0.5, 0.4),
    (0.1, 0.8), (-0.7, 0.2), 17, (0.6, 0.0), (0.6, 0.1), (0.2, 0.7), (0.7, 0.2), (-0.1, 0.7), 15,
    (1.2, -0.4), (0.8, 0.6), 17, (0.4, 0.4), (0.7, -0.2), 13, (-1.1, 0.3), (0.4, 0.6), 16,
    (0.4, 0.6), (0.8, 0.1), 12, (-0.3, -0.4), 14, (0.3, 0.4), (0.9, 0.1), 11,
)  # fmt: skip


def tiles() -> list[Tile]:
    """The tiles of the walk; one that was seen before is not asked for again."""
    zoom, (x, y) = 10, _position(*START)
    seen: dict[Tile, None] = {}
    for step in STEPS:
        if isinstance(step, int):
            zoom = step
        else:
            x += step[0] * WINDOW[0] / 2**zoom
            y += step[1] * WINDOW[1] / 2**zoom
        seen.update(dict.fromkeys(_window(zoom, x, y)))
    return list(seen)


def _position(lon: float, lat: float) -> tuple[float, float]:
    """The place on the square of the world, 0 to 1 from west to east and from north to south."""
    return (lon + 180) / 360, (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2


def _window(zoom: int, x: float, y: float) -> list[Tile]:
    size = 2**zoom
    columns, rows = (
        range(math.floor(at * size - half), math.floor(at * size + half) + 1)
        for at, half in ((x, WINDOW[0] / 2), (y, WINDOW[1] / 2))
    )
    return [Tile(zoom, column, row) for row in rows for column in columns]
