"""A generated city to measure on: jittered blocks between roads, lanes, grids, clustered points.

The same size and seed give the same city. Metres, near Shanghai's coordinates in EPSG:4549.
"""

from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

ORIGIN = np.array([590_000.0, 3_440_000.0])
BLOCK_M = 100.0
BENDS = 3  # vertices between the two ends of a road


class City(NamedTuple):
    """Blocks and axes with ids from 1, and the grid of each block."""

    blocks: NDArray[np.object_]
    grid_of_block: NDArray[np.int64]
    axes: NDArray[np.object_]

    @property
    def block_ids(self) -> NDArray[np.int64]:
        """The ids of blocks."""
        return np.arange(1, len(self.blocks) + 1)

    @property
    def segment_ids(self) -> NDArray[np.int64]:
        """The ids of axes."""
        return np.arange(1, len(self.axes) + 1)


SIDES = {"small": 142, "large": 449}  # 20 164 and 201 601 blocks
LANES = {"small": 4_512, "large": 44_783}  # to 45 124 and 448 883 segments
GRIDS = {"small": 3_000, "large": 30_000}


def make(size: str, seed: int = 7) -> City:
    """The 'small' or the 'large' city."""
    return generate(SIDES[size], LANES[size], GRIDS[size], seed)


def generate(side: int, lanes: int, grids: int, seed: int = 7) -> City:
    """A city of side x side blocks with a road on each edge, and lanes into some of the blocks."""
    rng = np.random.default_rng(seed)
    corners = np.stack(np.meshgrid(np.arange(side + 1), np.arange(side + 1)), axis=-1) * BLOCK_M
    corners = ORIGIN + corners + rng.uniform(-15, 15, corners.shape)
    across = _bent(corners[:, :-1], corners[:, 1:], rng)  # row, column, vertex, xy
    upward = _bent(corners[:-1], corners[1:], rng)
    rings = np.concatenate(
        [
            across[:-1, :, :-1],
            upward[:, 1:, :-1],
            across[1:, :, :0:-1],
            upward[:, :-1, :0:-1],
        ],
        axis=2,
    ).reshape(side * side, -1, 2)
    blocks = shapely.polygons(rings)
    roads = np.concatenate([r.reshape(-1, BENDS + 2, 2) for r in (across, upward)])
    axes = np.concatenate([shapely.linestrings(roads), _lanes(rings, lanes, rng)])
    share = np.arange(side * side) * grids // (side * side)
    return City(blocks, share + 1, axes)


def _bent(start, end, rng):
    """Lines from start to end with bends up to 3 m off the straight."""
    t = np.linspace(0, 1, BENDS + 2)[:, None]
    lines = start[..., None, :] + t * (end - start)[..., None, :]
    lines[..., 1:-1, :] += rng.uniform(-3, 3, lines[..., 1:-1, :].shape)
    return lines


def _lanes(rings, lanes, rng):
    """Lanes from a corner of some of the blocks to their middle."""
    chosen = rng.choice(len(rings), lanes, replace=False)
    start, middle = rings[chosen, 0], rings[chosen].mean(axis=1)
    return shapely.linestrings(_bent(start, middle, rng))


def points(city: City, n: int, seed: int = 8) -> NDArray[np.float64]:
    """n points, shape (n, 2): most along some of the roads, a few anywhere or right on edges."""
    rng = np.random.default_rng(seed)
    weight = rng.pareto(1.2, len(city.axes)) + 0.05
    axis = city.axes[rng.choice(len(city.axes), n, p=weight / weight.sum())]
    along = shapely.line_interpolate_point(axis, rng.random(n), normalized=True)
    xy = shapely.get_coordinates(along)
    kind = rng.random(n)
    xy += np.where((kind < 0.88)[:, None], rng.normal(0, 12, (n, 2)), 0)
    anywhere = kind > 0.9
    bounds = shapely.total_bounds(city.blocks)
    xy[anywhere] = rng.uniform(bounds[:2] - 60, bounds[2:] + 60, (anywhere.sum(), 2))
    corner = (kind > 0.88) & (kind < 0.89)  # between that and 0.9: on an axis, which is an edge
    xy[corner] = shapely.get_coordinates(shapely.get_point(axis[corner], 0))
    return xy
