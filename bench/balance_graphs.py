"""The graphs that `bench.balance` divides: precincts, block groups, generated cities."""

import gzip
import json
from pathlib import Path
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import shapely

from geo.balance import graph as graphs
from geo.balance.graph import Graph

DATA = Path(__file__).parents[2] / "shared" / "data" / "districting"

METRIC = {"RI": (32130, "ri_precincts_419.zip"), "DE": (26957, "de_precincts_430.zip")}
"""The states' own metric plane (NAD83), and the file."""

LEAST_M = 1.0
"""Precincts that share less than this only touch at a corner."""


class Ground(NamedTuple):
    """Blocks as they lie: who borders whom, how long (m), with loads; where it is known also each
    block's ``area`` (m²) and ``outline`` (m). Arkansas: in degrees, as its file has them.
    """

    one: np.ndarray
    other: np.ndarray
    length: np.ndarray
    load: np.ndarray
    area: np.ndarray | None = None
    outline: np.ndarray | None = None


def read(name: str, *, metres: bool = False) -> tuple[Graph, np.ndarray]:
    """A graph with its loads; edges weigh 1, or with ``metres`` their length over the mean."""
    return weighed(ground(name), metres=metres)


def weighed(found: Ground, *, metres: bool) -> tuple[Graph, np.ndarray]:
    """The graph of a ground and its loads."""
    length = found.length if metres else np.ones(len(found.one))
    weight = np.maximum(length / length.mean(), 1e-6)
    return graphs.from_pairs(len(found.load), found.one, found.other, weight), found.load


def ground(name: str) -> Ground:
    """TX, MI, AR, RI, DE, city:BLOCKS, or town:BLOCKS."""
    if name.startswith("city:"):
        return city(int(name[5:]))
    if name.startswith("town:"):
        return town(int(name[5:]))
    if name == "AR":
        return _arkansas()
    if name in METRIC:
        return _precincts(*METRIC[name])
    data = np.load(DATA / f"{name}_vtd.npz", allow_pickle=True)
    one, other = data["edges"].astype(np.int64).T
    return Ground(one, other, np.ones(len(one)), data["pop"].astype(float))


def _arkansas() -> Ground:
    with gzip.open(DATA / "arkansas_blockgroups_2294_dualgraph.json.gz") as file:
        data = json.load(file)
    place = {node["id"]: i for i, node in enumerate(data["nodes"])}
    rows = [
        (i, place[edge["id"]], edge["shared_perim"])
        for i, row in enumerate(data["adjacency"])
        for edge in row
        if i < place[edge["id"]]
    ]
    one, other, length = (np.array(column) for column in zip(*rows, strict=True))
    load, area, outline = (
        np.array([node.get(key, 0.0) for node in data["nodes"]], float)
        for key in ("tot_pop_20", "area", "boundary_perim")
    )
    np.add.at(outline, np.append(one, other), np.append(length, length))
    return Ground(one, other, length, load, area, outline)


def _precincts(crs: int, file: str) -> Ground:
    """Precincts that share a border; islands are tied to what is nearest by an edge of 1 m."""
    table = gpd.read_file(DATA / file).to_crs(crs)
    shapes = table.geometry.to_numpy()
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    one, other = one[one < other], other[one < other]
    common = shapely.intersection(shapely.boundary(shapes[one]), shapely.boundary(shapes[other]))
    length = shapely.length(common)
    real = length >= LEAST_M
    one, other, length = one[real], other[real], length[real]
    graph = graphs.from_pairs(len(table), one, other, length)
    near, far = graphs.bridges(graph, shapely.get_coordinates(shapely.centroid(shapes)))
    return Ground(
        np.append(one, near), np.append(other, far), np.append(length, np.full(len(near), 1.0)),
        table["TOTPOP"].to_numpy(float), shapely.area(shapes), shapely.length(shapes),
    )  # fmt: skip


def city(blocks: int) -> Ground:
    """A city of straight and some slanting streets."""
    rng, side = np.random.default_rng(blocks), round(blocks**0.5)
    slants = rng.random((side - 1) ** 2) < 0.3
    at = np.arange(side * side).reshape(side, side)
    pairs = np.concatenate([
        np.column_stack([at[:, :-1].ravel(), at[:, 1:].ravel()]),
        np.column_stack([at[:-1].ravel(), at[1:].ravel()]),
        np.column_stack([at[:-1, :-1].ravel(), at[1:, 1:].ravel()])[slants],
    ])  # fmt: skip
    length = 100 * rng.lognormal(0, 0.4, len(pairs))
    return Ground(pairs[:, 0], pairs[:, 1], length, _heavy(rng, side))


def town(blocks: int) -> Ground:
    """A city whose blocks have shapes: corners some 100 m apart, each moved by some 15 m."""
    rng, side = np.random.default_rng(blocks), round(blocks**0.5)
    corner = 100.0 * np.indices((side + 1, side + 1)).transpose(1, 2, 0)
    corner += rng.normal(0, 15, corner.shape)
    across = np.hypot(*(corner[:, 1:] - corner[:, :-1]).transpose(2, 0, 1))
    down = np.hypot(*(corner[1:] - corner[:-1]).transpose(2, 0, 1))
    one, other = corner[1:, 1:] - corner[:-1, :-1], corner[1:, :-1] - corner[:-1, 1:]
    area = np.abs(one[..., 0] * other[..., 1] - one[..., 1] * other[..., 0]) / 2
    outline = across[:-1] + across[1:] + down[:, :-1] + down[:, 1:]
    at = np.arange(side * side).reshape(side, side)
    return Ground(
        np.append(at[:, :-1], at[:-1]), np.append(at[:, 1:], at[1:]),
        np.append(down[:, 1:-1], across[1:-1]),
        _heavy(rng, side), area.ravel(), outline.ravel(),
    )  # fmt: skip


def _heavy(rng: np.random.Generator, side: int) -> np.ndarray:
    """Loads with a heavy tail, more of it in the middle."""
    middle = np.hypot(*(np.indices((side, side)).reshape(2, -1) - side / 2)) / side
    load = rng.pareto(2.5, side * side) * (0.5 + 2 * np.exp(-8 * middle**2)) + 0.1
    return np.minimum(load, 20 * load.mean())


def compactness(found: Ground, part: np.ndarray) -> float:
    """Mean of 4π · area / perimeter² over the parts (Polsby and Popper 1991)."""
    assert found.area is not None
    assert found.outline is not None
    area, outline = np.bincount(part, found.area), np.bincount(part, found.outline)
    inside = part[found.one] == part[found.other]
    outline -= 2 * np.bincount(
        part[found.one[inside]], found.length[inside], minlength=len(outline)
    )
    return float((4 * np.pi * area / outline**2).mean())
