"""The hand-drawn part of the sample district: outline, rivers, main roads, the old town's ring.

Coordinates are metres from the district's centre, east and north, before the warp of `ground`.
"""

from __future__ import annotations

import numpy as np
import shapely

from geo.sample.fabric import Fabric, Floats, Street, following

STEP_M = 60.0

# The outline, in order: it follows a road, the great river, a road, a canal, and a road again.
OUTLINE = [
    (
        Street("road", "primary", "北翼路"),
        [(-3350, 2640), (-2500, 2950), (-1500, 3130), (-500, 2960), (500, 2930), (1500, 3170)]
        + [(2300, 3330), (3000, 3130), (3420, 2960)],
    ),
    (
        Street("river", "river", "沧溟江"),
        [(3420, 2960), (3690, 2300), (3640, 1600), (3380, 950), (3330, 250), (3500, -350)]
        + [(3900, -950), (4180, -1600), (4150, -2300), (3820, -2950), (3500, -3400)],
    ),
    (
        Street("road", "secondary", "南屏路"),
        [(3500, -3400), (2900, -3180), (2100, -3060), (1300, -3280), (600, -3520), (-200, -3420)]
        + [(-900, -3230), (-1500, -3480), (-1850, -3700)],
    ),
    (
        Street("river", "river", "横塘浜"),
        [(-1850, -3700), (-2150, -3150), (-2620, -2700), (-2660, -2100), (-2480, -1650)]
        + [(-2900, -1330), (-3380, -1180)],
    ),
    (
        Street("road", "primary", names=("西翼北路", "西翼南路"), divider="river"),
        [(-3380, -1180), (-3700, -600), (-3800, 100), (-3720, 700), (-3480, 1300), (-3560, 2000)]
        + [(-3350, 2640)],
    ),
]

RIVER = [(-3950, 330), (-3500, 420), (-3000, 760), (-2480, 690), (-2150, 250), (-1750, 60)]
RIVER += [(-1380, 380), (-1000, 420), (-700, 50), (-330, -260), (150, -290), (540, 10)]
RIVER += [(980, 330), (1430, 240), (1700, -170), (2010, -560), (2480, -600), (2850, -270)]
RIVER += [(3180, -80), (3700, -210)]

CORE = (-90.0, 790.0)

ROADS = [
    (
        Street("road", "primary", names=("云岫北路", "云岫南路"), divider="river"),
        [(-2520, 3150), (-2380, 2300), (-2180, 1500), (-2290, 800), (-2340, 200), (-2200, -500)]
        + [(-1950, -1300), (-1900, -2200), (-2050, -3000), (-1980, -3700)],
    ),
    (
        Street("road", "secondary", "棠溪路"),
        [(-1480, 3300), (-1330, 2500), (-1180, 1800), (-1230, 1100), (-1240, 380)],
    ),
    (
        Street("road", "primary", names=("朝汐北路", "朝汐南路"), divider="river"),
        [(560, 3100), (660, 2400), (860, 1700), (900, 1000), (760, 200), (560, -500)]
        + [(430, -1200), (620, -2000), (800, -2700), (700, -3700)],
    ),
    (
        Street("road", "secondary", "芦汀路"),
        [(-1050, 480), (-1020, -200), (-850, -900), (-960, -1700), (-820, -2500), (-880, -3400)],
    ),
    (
        Street("road", "primary", names=("临沧北路", "临沧南路"), divider="river"),
        [(2080, 3450), (1900, 2700), (2050, 1900), (2230, 1200), (2150, 300), (2290, -560)]
        + [(2250, -1300), (2030, -2000), (2130, -2700), (2050, -3200)],
    ),
    (
        Street("road", "secondary", "鹤鸣路"),
        [(1370, 3300), (1290, 2600), (1440, 1900), (1530, 1200), (1370, 230)],
    ),
    (
        Street("road", "secondary", "新潮路"),
        [(3130, -40), (3060, -1100), (2990, -1900), (3010, -2700), (2900, -3300)],
    ),
    (
        Street("road", "secondary", "晴川路"),
        [(1340, 320), (1290, -700), (1370, -1500), (1330, -2300), (1420, -3400)],
    ),
    (
        Street("road", "secondary", "金穗路"),
        [(2860, 3300), (2830, 2500), (2920, 1700), (2760, 900), (2700, 100), (2650, -560)],
    ),
    (
        Street("road", "secondary", names=("安澜西路", "安澜东路"), divider="spine"),
        [(-3700, 1980), (-2800, 2080), (-1900, 2270), (-1000, 2120), (-100, 2230), (800, 2140)]
        + [(1700, 2360), (2600, 2240), (3800, 2080)],
    ),
    (
        Street("road", "primary", names=("长汀西路", "长汀东路"), divider="spine"),
        [(-3650, 1290), (-2800, 1180), (-1900, 1330), (-1150, 1530), (-350, 1660), (400, 1580)]
        + [(1000, 1380), (1800, 1250), (2600, 1330), (3600, 1050)],
    ),
    (
        Street("road", "primary", names=("平陵西路", "平陵东路"), divider="spine"),
        [(-3950, -480), (-3000, -540), (-2200, -700), (-1300, -820), (-400, -980), (400, -860)]
        + [(1300, -930), (2100, -1180), (3000, -1080), (4100, -1290)],
    ),
    (
        Street("road", "secondary", names=("南浔塘西路", "南浔塘东路"), divider="spine"),
        [(-2700, -1780), (-1900, -1700), (-1000, -1830), (-100, -2010), (700, -1880)]
        + [(1500, -1990), (2300, -2160), (3100, -2060), (4300, -2230)],
    ),
    (
        Street("road", "secondary", "稻香路"),
        [(-2700, -2560), (-1950, -2620), (-1200, -2530), (-400, -2720), (400, -2690)]
        + [(1200, -2570), (2050, -2660), (3000, -2600), (4150, -2760)],
    ),
    (
        Street("road", "secondary", "望潮路"),
        [(620, 1150), (1050, 1000), (1700, 700), (2200, 640), (2800, 520), (3500, 300)],
    ),
    (
        Street("road", "secondary", "斜塘路"),
        [(350, 1330), (900, 1780), (1500, 2240), (2100, 2600), (2650, 3320)],
    ),
    (
        Street("road", "secondary", "西浦路"),
        [(-2950, 2900), (-2880, 2100), (-3010, 1300), (-2960, 720)],
    ),
    (
        Street("road", "secondary", "茶亭路"),
        [(-2980, 820), (-3060, -100), (-2900, -900), (-2750, -1500)],
    ),
    (Street("road", "market", "汀口老街"), [(-1300, 980), (-900, 900), (-500, 770), (-80, 840), (300, 740), (950, 800)]),
    (
        Street("road", "tertiary", names=("文庙路", "渡口路"), divider="river"),
        [(-240, 1760), (-200, 1300), (-120, 850), (-170, 400), (-100, 0), (-60, -420), (40, -950)],
    ),
]


def curve(points: list[tuple[float, float]], step_m: float = STEP_M) -> Floats:
    """A Catmull–Rom curve through the points, a vertex every `step_m` or so; (n, 2) metres."""
    knots = np.array(points, dtype=float)
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
    return line + np.sign(offset_m) * normal * width[:, None]


def extended(line: Floats, by_m: float = 500.0) -> Floats:
    """A line carried on straight at both ends, so that it meets what lies there."""
    first, last = line[0] - line[1], line[-1] - line[-2]
    return np.vstack(
        [
            line[0] + by_m * first / np.hypot(*first),
            line,
            line[-1] + by_m * last / np.hypot(*last),
        ]
    )


def ring_road() -> list[tuple[Street, Floats]]:
    """The road where the old town's wall stood, as a northern and a southern half."""
    angle = np.linspace(0, 2 * np.pi, 81)
    radius = 1 + 0.07 * np.sin(2 * angle + 0.5) + 0.05 * np.cos(3 * angle)
    x = CORE[0] + 760 * radius * np.cos(angle)
    y = CORE[1] + 640 * radius * np.sin(angle)
    ring = np.column_stack([x, y])
    north, south = Street("road", "secondary", "环城北路"), Street("road", "secondary", "环城南路")
    return [(north, ring[:41]), (south, np.vstack([ring[40:-1], ring[:1]]))]


def curves() -> list[tuple[Street, Floats]]:
    """Every hand-drawn line with its street, as (n, 2) metres."""
    drawn = [(street, curve(points)) for street, points in [*OUTLINE, *ROADS]]
    river = curve(RIVER)
    drawn += [(Street("river", "river", "汀水"), river)]
    drawn += [(Street("road", "tertiary", "汀水北路"), beside(river, 75, 22, 0.0))]
    drawn += [(Street("road", "tertiary", "汀水南路"), beside(river, -75, 26, 2.0))]
    great, canal = curve(OUTLINE[1][1]), curve(OUTLINE[3][1])
    drawn += [(Street("road", "tertiary", "沧江路"), extended(beside(great, -190, 30, 1.0)))]
    drawn += [(Street("road", "tertiary", "横塘路"), extended(beside(canal, -60, 16, 0.5)))]
    return drawn + ring_road()


def outline() -> shapely.Polygon:
    """The district before the warp."""
    parts = [curve(points)[:-1] for _, points in OUTLINE]
    return shapely.Polygon(np.vstack(parts))


def part_beyond(divider: str) -> shapely.Polygon:
    """The part of the district south of the river, or east of the spine road."""
    points = RIVER if divider == "river" else ROADS[2][1]
    pieces = shapely.get_parts(
        shapely.polygonize([shapely.node(shapely.union(shapely.LineString(curve(points)), outline().exterior))])
    )
    inside = shapely.Point(0, -2000) if divider == "river" else shapely.Point(1900, 200)
    return next(piece for piece in pieces if piece.contains(inside))


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
