"""Streets that grow: large faces of the fabric are split again and again until they are blocks.

How large a block is and how straight its streets run depends on where it lies: small and crooked in
the old core, regular in the planned quarters, wide in the new-built fringe.
"""

from __future__ import annotations

import heapq
from typing import NamedTuple

import numpy as np

from geo.sample.drawing import CORE
from geo.sample.fabric import Fabric, Floats, Street, edge, following, lengths, ring_area

TRIES = 6
PARK = (1850.0, 960.0)
WORKS = (-2950.0, 2250.0)


class Zone(NamedTuple):
    """What grows at a place: block size in m², how crooked, and the classes of its streets."""

    name: str
    block_m2: float
    crooked: float
    through: float
    finest: str


class Chord(NamedTuple):
    """A possible new street across a face: ring edge and point of both ends, and its cost."""

    cost: float
    ends: tuple[tuple[int, int], tuple[int, int]]
    at: Floats


def zone_at(x: float, y: float) -> Zone:
    """The zone at a place of the unwarped plane (m from the centre)."""
    r = float(np.hypot((x - CORE[0]) / 800, (y - CORE[1]) / 680))
    if r < 1.05:
        return Zone("core", 6_800, 0.15, 0.25, "lane")
    if np.hypot(x - PARK[0], y - PARK[1]) < 420:
        return Zone("park", 200_000, 0.1, 0.3, "residential")
    if np.hypot((x - WORKS[0]) / 1.2, y - WORKS[1]) < 700:
        return Zone("works", 75_000, 0.0, 0.5, "residential")
    fringe = (x - 0.75 * y - 1_150) / 1_900
    if fringe > 0.35 or x > 2_350:
        return Zone("fringe", 70_000 + 60_000 * min(max(fringe, 0.3), 1), 0.0, 0.8, "residential")
    size = 12_000 + 13_500 * min(r - 1.05, 1.6)
    return Zone("planned", size, 0.03, 0.8, "living_street")


def grow(fabric: Fabric, rng: np.random.Generator) -> None:
    """Split the faces of a fabric until each has the size of its zone's blocks; largest first."""
    queue: list[tuple[float, int]] = []
    for face in range(len(fabric.faces)):
        _queue(fabric, face, queue, rng)
    while queue:
        ratio, face = heapq.heappop(queue)
        chord = _best_chord(fabric, face, rng)
        if chord is not None:
            new = _lay_street(fabric, face, chord, -ratio, rng)
            _queue(fabric, face, queue, rng)
            _queue(fabric, new, queue, rng)


def _queue(
    fabric: Fabric, face: int, queue: list[tuple[float, int]], rng: np.random.Generator
) -> None:
    """Queue a face that is still too large; strips along water stay as they are."""
    if any(fabric.streets[s].kind == "river" for s in fabric.edge_streets(face)):
        return
    points = fabric.points(face)
    zone = zone_at(*points.mean(axis=0))
    ratio = ring_area(points) / zone.block_m2
    if ratio > 1.55 * rng.lognormal(0.0, 0.22):
        heapq.heappush(queue, (-ratio, face))


def _best_chord(fabric: Fabric, face: int, rng: np.random.Generator) -> Chord | None:
    """The cheapest of some random chords and of all that carry on a street from across an edge."""
    points = fabric.points(face)
    zone = zone_at(*points.mean(axis=0))
    middle, axis = _long_axis(points)
    across = np.array([-axis[1], axis[0]])
    reach = float(np.ptp(points @ axis))
    chords = []
    for _ in range(TRIES):
        through = middle + axis * reach * rng.normal(0, 0.07)
        angle = rng.normal(0, 0.03 + zone.crooked)
        chords.append(_chord(fabric, face, points, through, _turn(across, angle), zone))
    for node, direction in _streets_arriving(fabric, face):
        chords.append(_chord(fabric, face, points, np.array(fabric.xy[node]), direction, zone))
    found = [c for c in chords if c is not None]
    return min(found, key=lambda c: c.cost) if found else None


def _chord(
    fabric: Fabric, face: int, points: Floats, through: Floats, direction: Floats, zone: Zone
) -> Chord | None:
    """The chord along a direction through a point, or None where it would make poor blocks."""
    n = len(points)
    off = (points - through) @ np.array([-direction[1], direction[0]])
    along = (points - through) @ direction
    nxt_off, nxt_along = following(off), following(along)
    crossed = np.flatnonzero((off > 0) != (nxt_off > 0))
    if len(crossed) < 2:
        return None
    t = off[crossed] / (off[crossed] - nxt_off[crossed])
    place = along[crossed] + t * (nxt_along[crossed] - along[crossed])
    order = np.argsort(place, kind="stable")
    mid = float(np.median(along)) if abs(place).min() < 1e-6 else 0.0
    k = int(np.searchsorted(place[order], mid))
    k = min(max(k, 1), len(order) - 1)
    first, last = int(crossed[order[k - 1]]), int(crossed[order[k]])
    at = through + np.outer(place[order[k - 1 : k + 1]], direction)
    ends, at, kept = _settle(fabric, face, ((first, (first + 1) % n), (last, (last + 1) % n)), at)
    return _priced(points, ends, at, kept, zone)


def _settle(
    fabric: Fabric, face: int, ends: tuple[tuple[int, int], tuple[int, int]], at: Floats
) -> tuple[list[tuple[int, int]], Floats, int]:
    """Move chord ends onto a near vertex; count how many met a street from across the edge."""
    ring = fabric.faces[face]
    settled, kept = [], 0
    at = at.copy()
    for side, (i, j) in enumerate(ends):
        here = np.array([fabric.xy[ring[i]], fabric.xy[ring[j]]])
        away = np.hypot(*(here - at[side]).T)
        limits = [_pull(fabric, ring, v) for v in (i, j)]
        pick = int(np.argmin(away / limits))
        if away[pick] < limits[pick]:
            v = (i, j)[pick]
            kept += len(fabric.near[ring[v]]) == 3
            settled.append((v, v))
            at[side] = here[pick]
        else:
            settled.append((i, j))
    return settled, at, kept


def _pull(fabric: Fabric, ring: list[int], v: int) -> float:
    """How far (m) a vertex draws chord ends to itself: junctions far, mere bends little."""
    return 24.0 if len(fabric.near[ring[v]]) > 2 else 6.0


def _priced(
    points: Floats, ends: list[tuple[int, int]], at: Floats, kept: int, zone: Zone
) -> Chord | None:
    """Price a chord by the shape of the two blocks, its angles, and streets carried on."""
    (i, i2), (j, j2) = ends
    if {i, i2} & {j, j2} or lengths(at)[0] < 30:
        return None
    angles = [_slant(points, end, at) for end in ends]
    if min(angles) < 0.62:
        return None
    one, two = _halves(points, i2, j, at), _halves(points, j2, i, at[::-1])
    areas = np.array([ring_area(one), ring_area(two)])
    share = areas.min() / areas.sum()
    if share < 0.22 or areas.min() < 0.38 * zone.block_m2:
        return None
    shape = max(_length_round(h) ** 2 / (16 * a) for h, a in zip((one, two), areas, strict=True))
    cost = shape + 2 * (0.5 - share) ** 2 + 3 * (2 - sum(angles)) - 0.45 * zone.through * kept
    return Chord(float(cost), ((ends[0]), (ends[1])), at)


def _halves(points: Floats, start: int, stop: int, at: Floats) -> Floats:
    """The ring from `start` to `stop` closed by the chord."""
    count = (stop - start) % len(points) + 1
    part = np.take(points, range(start, start + count), axis=0, mode="wrap")
    return np.vstack([at[:1], part, at[1:]])


def _length_round(ring: Floats) -> float:
    return float(lengths(np.vstack([ring, ring[:1]])).sum())


def _slant(points: Floats, end: tuple[int, int], at: Floats) -> float:
    """The sine of the angle between chord and edge at an end; the smaller one at a vertex."""
    i, j = end
    chord = (at[1] - at[0]) / lengths(at)[0]
    n = len(points)
    edges = [(i, j)] if i != j else [(i - 1, i), (i, (i + 1) % n)]
    sines = []
    for a, b in edges:
        step = points[b] - points[a]
        sines.append(abs(chord[0] * step[1] - chord[1] * step[0]) / max(np.hypot(*step), 1e-9))
    return float(min(sines))


def _streets_arriving(fabric: Fabric, face: int) -> list[tuple[int, Floats]]:
    """Junctions on the ring where a street arrives from the other side, and its direction."""
    ring = fabric.faces[face]
    found = []
    for before, node, after in zip(ring[-1:] + ring[:-1], ring, ring[1:] + ring[:1], strict=True):
        others = [v for v in fabric.near[node] if v not in (before, after)]
        if len(others) == 1 and _is_growing(fabric, node, others[0]):
            step = np.array(fabric.xy[node]) - np.array(fabric.xy[others[0]])
            found.append((node, step / np.hypot(*step)))
    return found


def _is_growing(fabric: Fabric, node: int, other: int) -> bool:
    return fabric.streets[fabric.street_of[edge(node, other)]].kind != "river"


def _lay_street(
    fabric: Fabric, face: int, chord: Chord, ratio: float, rng: np.random.Generator
) -> int:
    """Lay the chosen chord as a street, carrying on the one it meets; return the new face."""
    zone = zone_at(*fabric.points(face).mean(axis=0))
    ring = fabric.faces[face]
    named = [(ring[i], ring[j]) for i, j in chord.ends]
    nodes = [
        a if a == b else fabric.put_on_edge(a, b, (p[0], p[1]))
        for (a, b), p in zip(named, chord.at.tolist(), strict=True)
    ]
    street = _carried_on(fabric, nodes, chord.at)
    if street is None:
        fabric.streets.append(_street(zone, ratio))
        street = len(fabric.streets) - 1
    path = [nodes[0], *_bends(fabric, chord.at, zone, rng), nodes[1]]
    return fabric.cut(face, path, street)


def _street(zone: Zone, ratio: float) -> Street:
    """A new street; the larger the face it splits, the higher its class."""
    if ratio > (30 if zone.name == "core" else 9):
        return Street("road", "tertiary")
    if ratio > (6 if zone.name == "core" else 3.4) or zone.finest == "residential":
        return Street("road", "residential")
    return Street("lane" if zone.finest == "lane" else "road", zone.finest)


def _carried_on(fabric: Fabric, nodes: list[int], at: Floats) -> int | None:
    """The grown street that arrives at an end of the chord within 25° of its direction."""
    for node, step in ((nodes[0], at[1] - at[0]), (nodes[1], at[0] - at[1])):
        step = step / np.hypot(*step)
        for other in fabric.near[node]:
            back = np.array(fabric.xy[node]) - np.array(fabric.xy[other])
            street = fabric.street_of[edge(node, other)]
            grown = fabric.streets[street].name is None and fabric.streets[street].names is None
            if grown and float(back @ step) / np.hypot(*back) > 0.906:
                return street
    return None


def _bends(fabric: Fabric, at: Floats, zone: Zone, rng: np.random.Generator) -> list[int]:
    """Free nodes along the chord; in crooked zones they lie off its straight line."""
    length = lengths(at)[0]
    if zone.crooked < 0.1 or length < 70:
        return []
    where = rng.uniform(0.35, 0.65)
    off = rng.normal(0, 0.045) * length
    step = (at[1] - at[0]) / length
    bend = at[0] + step * length * where + np.array([-step[1], step[0]]) * off
    return [fabric.add_node((bend[0], bend[1]))]


def add_alleys(fabric: Fabric, rng: np.random.Generator) -> None:
    """Add dead ends: lanes that open on a street and stop in the middle of a block."""
    for face in range(len(fabric.faces)):
        points = fabric.points(face)
        zone = zone_at(*points.mean(axis=0))
        chance = {"core": 0.3, "planned": 0.2, "fringe": 0.12}.get(zone.name, 0.0)
        if rng.random() < chance and ring_area(points) < 90_000:
            _add_alley(fabric, face, zone, rng)


def _add_alley(fabric: Fabric, face: int, zone: Zone, rng: np.random.Generator) -> None:
    """Open a dead end at the middle of the longest edge that is no water."""
    ring, points = fabric.faces[face], fabric.points(face)
    steps = following(points) - points
    water = [fabric.streets[s].kind == "river" for s in fabric.edge_streets(face)]
    if any(water):
        return
    i = int(np.argmax(np.hypot(*steps.T)))
    start = points[i] + steps[i] * rng.uniform(0.35, 0.65)
    inward = np.array([-steps[i, 1], steps[i, 0]]) / np.hypot(*steps[i])
    depth = float(((points - start) @ inward).max())
    if depth < 60 or np.hypot(*steps[i]) < 60:
        return
    stop = start + inward * depth * rng.uniform(0.4, 0.62)
    a, b = ring[i], ring[(i + 1) % len(ring)]
    opening = fabric.put_on_edge(a, b, (start[0], start[1]))
    old = zone.finest == "lane"
    kind, road_class = ("lane", "lane") if old else ("road", "living_street")
    fabric.streets.append(Street(kind, road_class, alley=True))
    fabric.join(opening, fabric.add_node((stop[0], stop[1])), len(fabric.streets) - 1)


def _long_axis(points: Floats) -> tuple[Floats, Floats]:
    """Centre and long axis (unit vector) of a ring, of the two axes its edges mostly follow."""
    steps = following(points) - points
    weight = np.hypot(*steps.T)
    centre = weight @ (points + steps / 2) / weight.sum()
    fourfold = weight @ np.exp(4j * np.arctan2(steps[:, 1], steps[:, 0]))
    angle = float(np.angle(fourfold)) / 4
    axis = np.array([np.cos(angle), np.sin(angle)])
    across = np.array([-axis[1], axis[0]])
    return centre, axis if np.ptp(points @ axis) >= np.ptp(points @ across) else across


def _turn(v: Floats, angle: float) -> Floats:
    c, s = np.cos(angle), np.sin(angle)
    return np.array([c * v[0] - s * v[1], s * v[0] + c * v[1]])
