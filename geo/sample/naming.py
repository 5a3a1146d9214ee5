"""Which name each edge of the fabric carries: along a street it stays the same."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

import numpy as np
import shapely

from geo.sample import names, skeleton
from geo.sample.fabric import Fabric, edge

Edges = list[tuple[int, int]]


class Stretch(NamedTuple):
    """Edges of one street under one name, either all on bridges or none."""

    street: int
    name: str
    bridge: bool
    edges: Edges


def stretches(fabric: Fabric, rng: np.random.Generator) -> list[Stretch]:
    """Every street's stretches; road pieces that would run into the boundary rivers are left out."""
    given = _street_names(fabric, rng)
    beyond = {key: skeleton.part_beyond(key) for key in ("river", "spine")}
    for part in beyond.values():
        shapely.prepare(part)
    groups: dict[tuple[int, str, bool], Edges] = defaultdict(list)
    for (a, b), number in sorted(fabric.street_of.items()):
        street = fabric.streets[number]
        over = _over_water(fabric, a, b) if street.kind != "river" else ""
        if over and over != "汀水":
            continue
        name = given[number]
        if street.names and street.divider:
            middle = np.mean([fabric.xy[a], fabric.xy[b]], axis=0)
            # A bridge bears one name: that of the road on the north bank.
            far = shapely.contains_xy(beyond[street.divider], middle[0], middle[1])
            name = street.names[int(far and not over)]
        groups[number, name, bool(over)].append((a, b))
    return [Stretch(*key, edges) for key, edges in groups.items()]


def _over_water(fabric: Fabric, a: int, b: int) -> str:
    """The water that an edge lies over: both faces beside it are strips along it."""
    waters = []
    for half in ((a, b), (b, a)):
        face = fabric.beside.get(half)
        if face is None:
            return ""
        streets = [fabric.streets[s] for s in fabric.edge_streets(face)]
        waters.append({s.name for s in streets if s.kind == "river"})
    common = sorted(str(name) for name in waters[0] & waters[1])
    return common[0] if common else ""


def _street_names(fabric: Fabric, rng: np.random.Generator) -> list[str]:
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
            given.append(_lane_number(given[hosts[i]], numbers, rng))
    return given


def _lane_number(host: str, numbers: dict[str, int], rng: np.random.Generator) -> str:
    """A lane named by the road it opens on, as '棠溪路128弄'; numbers rise along a road."""
    stem = host.split("路")[0] + "路" if "路" in host and host.endswith("弄") else host
    stem = stem.removesuffix("弄").removesuffix("巷") + ("弄" if stem.endswith("弄") else "")
    numbers[stem] = numbers.get(stem, 0) + int(rng.integers(6, 40))
    if stem.endswith(("弄", "巷")):
        return f"{stem}{numbers[stem]}支弄"
    return f"{stem}{numbers[stem]}弄"


def _hosts(fabric: Fabric) -> list[int]:
    """For each street the earliest other street it meets on land; itself where there is none."""
    hosts = list(range(len(fabric.streets)))
    for (a, b), number in sorted(fabric.street_of.items()):
        for node in (a, b):
            for other in fabric.near[node]:
                street = fabric.street_of[edge(node, other)]
                if fabric.streets[street].kind != "river":
                    hosts[number] = min(hosts[number], street)
    return hosts
