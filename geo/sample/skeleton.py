"""The first fabric of the sample district: the hand-drawn lines as curves, noded, with their faces.

Coordinates are metres from the district's centre, east and north, before the warp of `ground`.
"""

from __future__ import annotations

import numpy as np
import shapely

from geo.sample import drawing
from geo.sample.fabric import Fabric, Floats, Street, following

STEP_M = 60.0


def curve(points: str, step_m: float = STEP_M) -> Floats:
    """A Catmull–Rom curve through "x y, x y, …", a vertex every `step_m` or so; (n, 2) metres."""
    knots = np.array([place.split() for place in points.split(",")], dtype=float)
    knots = np.vstack([2 * knots[0] - knots[1], knots, 2 * knots[-1] - knots[-2]])
    parts = []
    for p0, p1, p2, p3 in zip(knots, knots[1:], knots[2:], knots[3:], strict=False):
        count = max(2, round(float(np.hypot(*(p2 - p1))) / step_m))
        t = np.linspace(0, 1, count, endpoint=False)[:, None]
        cubic = 2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2
        parts.append(0.5 * (cubic + (3 * p1 - p0 - 3 * p2 + p3) * t**3))
    return np.vstack([*parts, knots[-2:-1]])


def beside(line: Floats, offset_m: float, sway_m: float, phase: float) -> Floats:
    """A line to the left of another (right if negative), its distance swaying slowly."""
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    ahead = np.gradient(line, axis=0)
    normal = np.column_stack([-ahead[:, 1], ahead[:, 0]]) / np.hypot(*ahead.T)[:, None]
    width = abs(offset_m) + sway_m * (1 + np.sin(along / 430.0 + phase))
    return np.asarray(line + np.sign(offset_m) * normal * width[:, None])


def extended(line: Floats) -> Floats:
    """A line carried on straight by 500 m at both ends, so that it meets what lies there."""
    first, last = line[0] - line[1], line[-1] - line[-2]
    return np.vstack(
        [
            line[0] + 500 * first / np.hypot(*first),
            line,
            line[-1] + 500 * last / np.hypot(*last),
        ]
    )


def ring_road() -> list[tuple[Street, Floats]]:
    """The road where the old town's wall stood, as a northern and a southern half."""
    angle = np.linspace(0, 2 * np.pi, 81)
    radius = 1 + 0.07 * np.sin(2 * angle + 0.5) + 0.05 * np.cos(3 * angle)
    x = drawing.CORE[0] + 760 * radius * np.cos(angle)
    y = drawing.CORE[1] + 640 * radius * np.sin(angle)
    ring = np.column_stack([x, y])
    north, south = Street("road", "secondary", "环城北路"), Street("road", "secondary", "环城南路")
    return [(north, ring[:41]), (south, np.vstack([ring[40:-1], ring[:1]]))]


def curves() -> list[tuple[Street, Floats]]:
    """Every hand-drawn line with its street, as (n, 2) metres."""
    drawn = [(street, curve(points)) for street, points in [*drawing.OUTLINE, *drawing.ROADS]]
    river = curve(drawing.RIVER)
    drawn += [(Street("river", "river", "汀水"), river)]
    drawn += [(Street("road", "tertiary", "汀水北路"), beside(river, 75, 22, 0.0))]
    drawn += [(Street("road", "tertiary", "汀水南路"), beside(river, -75, 26, 2.0))]
    great, canal = curve(drawing.GREAT_RIVER), curve(drawing.CANAL)
    drawn += [(Street("road", "tertiary", "沧江路"), extended(beside(great, -190, 30, 1.0)))]
    drawn += [(Street("road", "tertiary", "横塘路"), extended(beside(canal, -60, 16, 0.5)))]
    return drawn + ring_road()


def outline() -> shapely.Polygon:
    """The district before the warp."""
    parts = [curve(points)[:-1] for _, points in drawing.OUTLINE]
    return shapely.Polygon(np.vstack(parts))


def part_beyond(divider: str) -> shapely.Polygon:
    """The part of the district south of the river, or east of the spine road."""
    points = drawing.RIVER if divider == "river" else drawing.SPINE
    cut = shapely.union(shapely.LineString(curve(points)), outline().exterior)
    pieces = shapely.get_parts(shapely.polygonize([shapely.node(cut)]))
    inside = shapely.Point(0, -2000) if divider == "river" else shapely.Point(1900, 200)
    # A little wider, so that the outline on that side lies within it too.
    return next(piece for piece in pieces if piece.contains(inside)).buffer(3)


def first_fabric() -> Fabric:
    """The hand-drawn lines, noded, as a fabric of some hundred large faces."""
    drawn = curves()
    lines = [shapely.LineString(points) for _, points in drawn]
    district = outline()
    rings = shapely.get_parts(shapely.polygonize([shapely.node(shapely.union_all(lines))]))
    rings = [r for r in rings if district.buffer(1).contains(r)]
    rings.sort(key=lambda r: (round(r.centroid.x, 3), round(r.centroid.y, 3)))
    fabric = Fabric(streets=[street for street, _ in drawn])
    numbers: dict[tuple[float, float], int] = {}
    tree = shapely.STRtree(lines)
    for ring in rings:
        points = shapely.get_coordinates(shapely.orient_polygons(ring).exterior)[:-1]
        _lay(fabric, points, numbers, tree)
    return fabric


def _lay(
    fabric: Fabric, points: Floats, numbers: dict[tuple[float, float], int], tree: shapely.STRtree
) -> None:
    """Lay one face: its nodes, its edges with their streets, and itself."""
    ring = []
    for x, y in points.tolist():
        if (x, y) not in numbers:
            numbers[x, y] = fabric.add_node((x, y))
        ring.append(numbers[x, y])
    middles = shapely.points((points + following(points)) / 2)
    streets = tree.nearest(middles).tolist()
    for a, b, street in zip(ring, ring[1:] + ring[:1], streets, strict=True):
        fabric.join(a, b, street)
    fabric.add_face(ring)
