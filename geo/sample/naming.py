"""Which name each edge of the fabric carries: along a street it stays the same."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

import numpy as np
import shapely

from geo.sample import names, skeleton
from geo.sample.fabric import Fabric, Street, edge

INNER_RIVER = "汀水"

Edges = list[tuple[int, int]]


class Stretch(NamedTuple):
    """Edges of one street under one name, either all on bridges or none."""

    street: int
    name: str
    bridge: bool
    edges: Edges


def stretches(fabric: Fabric, rng: np.random.Generator) -> list[Stretch]:
    """Every street's stretches, without road pieces that would end in the water."""
    beyond = {key: skeleton.part_beyond(key) for key in ("river", "spine")}
    for part in beyond.values():
        shapely.prepare(part)
    given = _street_names(fabric, rng, beyond)
    groups: dict[tuple[int, str, bool], Edges] = defaultdict(list)
    for (a, b), number in sorted(fabric.street_of.items()):
        street = fabric.streets[number]
        over = _over_water(fabric, a, b) if street.kind != "river" else ""
        if over and not _bridges(street, over):
            continue
        # A bridge bears one name: that of the road on the north bank.
        name = given[number] if over else _name_at(fabric, number, (a, b), given, beyond)
        groups[number, name, bool(over)].append((a, b))
    return [Stretch(*key, edges) for key, edges in groups.items()]


def _name_at(
    fabric: Fabric,
    number: int,
    at: tuple[int, int],
    given: list[str],
    beyond: dict[str, shapely.Polygon],
) -> str:
    """The name of a street at one of its edges; some change it at the river or the spine road."""
    street = fabric.streets[number]
    if not street.names or not street.divider:
        return given[number]
    x, y = np.mean([fabric.xy[at[0]], fabric.xy[at[1]]], axis=0)
    return street.names[int(shapely.contains_xy(beyond[street.divider], x, y))]


def _bridges(street: Street, water: str) -> bool:
    """Whether a street crosses the water; the others end on its bank."""
    return water == INNER_RIVER and (street.divider == "river" or street.name == "沧江路")


def _over_water(fabric: Fabric, a: int, b: int) -> str:
    """The water that an edge lies over: the faces beside it are strips along it.

    On the outline there is one face only; there roads lie over the river that comes in, not over
    those that are the outline themselves.
    """
    halves = [half for half in ((a, b), (b, a)) if half in fabric.beside]
    waters = []
    for half in halves:
        streets = [fabric.streets[s] for s in fabric.edge_streets(fabric.beside[half])]
        waters.append({str(s.name) for s in streets if s.kind == "river"})
    common = sorted(set.intersection(*waters)) if waters else []
    if len(halves) == 1 and common != [INNER_RIVER]:
        return ""
    return common[0] if common else ""


def _street_names(
    fabric: Fabric, rng: np.random.Generator, beyond: dict[str, shapely.Polygon]
) -> list[str]:
    """A name for every street: drawn ones keep theirs, roads and old lanes get one of a pool."""
    drawn = [n for s in fabric.streets for n in (s.name, *(s.names or ())) if n]
    taken = {name.rstrip("路街") for name in drawn}
    roads = iter(names.road_names(len(fabric.streets), rng, taken))
    lanes = iter(names.lane_names(140, rng, taken))
    given: list[str] = []
    numbers: dict[str, int] = {}
    hosts = _hosts(fabric)
    for i, street in enumerate(fabric.streets):
        if street.name or street.names:
            given.append(street.name or (street.names or ("",))[0])
        elif street.road_class in ("tertiary", "residential"):
            given.append(next(roads) + ("街" if rng.random() < 0.12 else "路"))
        elif street.road_class == "lane" and not street.alley and rng.random() < 0.6:
            given.append(next(lanes) + ("弄", "巷")[int(rng.random() < 0.3)])
        else:
            host, at = hosts[i]
            given.append(_lane_number(_name_at(fabric, host, at, given, beyond), numbers, rng))
    return given


def _lane_number(host: str, numbers: dict[str, int], rng: np.random.Generator) -> str:
    """A lane named by the road it opens on, as '棠溪路128弄', or by the lane, as '染坊弄3支弄'."""
    road, mark, _ = host.partition("路")
    stem = road + mark if mark else host
    old_lane = stem.endswith(("弄", "巷"))
    numbers[stem] = numbers.get(stem, 0) + int(
        rng.integers(1, 4) if old_lane else rng.integers(6, 40)
    )
    return f"{stem}{numbers[stem]}{'支弄' if old_lane else '弄'}"


def _hosts(fabric: Fabric) -> list[tuple[int, tuple[int, int]]]:
    """For each street the earliest other street it meets on land, and the edge where it does."""
    none = (-1, -1)
    hosts = [(number, none) for number in range(len(fabric.streets))]
    for (a, b), number in sorted(fabric.street_of.items()):
        for node in (a, b):
            for other in fabric.near[node]:
                street = fabric.street_of[edge(node, other)]
                if fabric.streets[street].kind != "river" and street < hosts[number][0]:
                    hosts[number] = (street, (node, other))
    return hosts
