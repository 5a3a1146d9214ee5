"""The ground of the sample district: ways, areas and their coverage, in EPSG:4549 (m)."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import shapely

from geo.sample import growth, naming, numbering, skeleton
from geo.sample.fabric import Fabric, Floats
from geo.sample.names import COMMUNITIES, DISTRICT, DISTRICT_CODE, STREETS

CRS = "EPSG:4549"
SEED = 20_260_701
CENTRE = (500_000.0, 3_442_100.0)
"""EPSG:4549 east and north of the district's centre, near 31.1° N; see `place`."""
EAST_OF_MERIDIAN_M = 95_420.0
TURN = -0.21
SCALE = 1.0085
STEP_M = 25.0
# Wavelength and height in m, and phase, of the waves that bend straight streets.
WAVES = [
    (3100.0, 120.0, 0.3),
    (1900.0, 62.0, 1.9),
    (950.0, 24.0, 4.1),
    (430.0, 7.0, 2.2),
    (210.0, 2.0, 5.0),
]
WIDTH_M = {
    "primary": 40.0,
    "secondary": 30.0,
    "tertiary": 20.0,
    "residential": 12.0,
    "living_street": 7.0,
    "lane": 4.0,
    "market": 11.0,
}
RIVER_WIDTH_M = {"沧溟江": 300.0, "汀水": 70.0, "横塘浜": 28.0}
ZONE_WIDTH = {"core": 0.75, "fringe": 1.25}


class Ground(NamedTuple):
    """Frames in EPSG:4549: ways (with their zone), blocks between them, communities and above."""

    ways: gpd.GeoDataFrame
    faces: gpd.GeoDataFrame
    areas: gpd.GeoDataFrame


@cache
def ground() -> Ground:
    """Generate the ground; the same on every call."""
    rng = np.random.default_rng(SEED)
    fabric = skeleton.first_fabric()
    growth.grow(fabric, rng)
    growth.add_alleys(fabric, rng)
    faces = _faces(fabric)
    ways = _ways(fabric, rng)
    return Ground(ways, faces, _areas(faces))


def place(flat: Floats) -> Floats:
    """Bend, turn and move points of the drawing plane, (n, 2) m, to EPSG:4549, rounded to 1 cm."""
    x, y = flat[:, 0].copy(), flat[:, 1].copy()
    for wave, height, phase in WAVES:
        k = 2 * np.pi / wave
        dx = height * np.sin(k * (0.92 * flat[:, 1] + 0.39 * flat[:, 0]) + phase)
        dy = height * np.sin(k * (0.87 * flat[:, 0] - 0.49 * flat[:, 1]) + 1.7 * phase)
        x, y = x + dx, y + dy
    c, s = np.cos(TURN) * SCALE, np.sin(TURN) * SCALE
    east = CENTRE[0] + EAST_OF_MERIDIAN_M + c * x - s * y
    return np.column_stack([east, CENTRE[1] + s * x + c * y]).round(2)


def _courses(fabric: Fabric) -> dict[tuple[int, int], Floats]:
    """The course on the ground of each edge, from its lower to its higher node."""
    parts = {}
    for a, b in fabric.street_of:
        ends = np.array([fabric.xy[a], fabric.xy[b]])
        count = int(np.hypot(*(ends[1] - ends[0])) // STEP_M) + 2
        parts[a, b] = ends[0] + (ends[1] - ends[0]) * np.linspace(0, 1, count)[:, None]
    placed = place(np.vstack(list(parts.values())))
    starts = np.cumsum([len(p) for p in parts.values()])[:-1]
    return dict(zip(parts, np.split(placed, starts), strict=True))


def _faces(fabric: Fabric) -> gpd.GeoDataFrame:
    """The faces as polygons with their zone, community and whether they lie along water."""
    course = _courses(fabric)
    rows = []
    community = _communities(fabric)
    for face, ring in enumerate(fabric.faces):
        steps = zip(ring, ring[1:] + ring[:1], strict=True)
        parts = [course[a, b][:-1] if a < b else course[b, a][:0:-1] for a, b in steps]
        water = any(fabric.streets[s].kind == "river" for s in fabric.edge_streets(face))
        zone = growth.zone_at(*fabric.points(face).mean(axis=0)).name
        row = (zone, community[fabric.origin[face]], water, shapely.Polygon(np.vstack(parts)))
        rows.append(row)
    return gpd.GeoDataFrame(rows, columns=["zone", "community", "water", "geometry"], crs=CRS)


def _communities(fabric: Fabric) -> dict[int, int]:
    """The community of each face of the skeleton: the nearest seed on the same bank."""
    seeds = np.array([community.seed for community in COMMUNITIES])
    south = skeleton.part_beyond("river")
    bank = shapely.contains_xy(south, seeds)
    found = {}
    for face in sorted(set(fabric.origin)):
        parts = [f for f, o in enumerate(fabric.origin) if o == face]
        polygon = shapely.union_all([shapely.Polygon(fabric.points(f)) for f in parts])
        centre = np.array([polygon.centroid.x, polygon.centroid.y])
        away = np.hypot(*(seeds - centre).T)
        inside = south.intersection(polygon).area > polygon.area / 2
        found[face] = int(np.argmin(np.where(bank == inside, away, np.inf)))
    return found


def _ways(fabric: Fabric, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """The ways: one per named stretch, bridges by themselves on level 1."""
    course = _courses(fabric)
    rows = []
    for stretch in naming.stretches(fabric, rng):
        street = fabric.streets[stretch.street]
        lines = [shapely.LineString(course[e]) for e in stretch.edges]
        merged = shapely.line_merge(shapely.MultiLineString(lines))
        level = int(stretch.bridge)
        middle = np.mean([fabric.xy[e[0]] for e in stretch.edges], axis=0)
        zone = growth.zone_at(*middle).name
        for line in shapely.get_parts(merged):
            row = (stretch.name, street.kind, street.road_class, level, zone, _eastward(line))
            rows.append(row)
    columns = ["name", "kind", "class", "level", "zone", "geometry"]
    ways = gpd.GeoDataFrame(rows, columns=columns, crs=CRS)
    ways["width_m"] = _widths(ways)
    ways["name"] = numbering.lane_names(ways)
    ways["market"] = ways["class"] == "market"
    ways["class"] = ways["class"].replace("market", "living_street")
    return _numbered(ways)


def _eastward(line: shapely.LineString) -> shapely.LineString:
    (x0, y0), (x1, y1) = line.coords[0], line.coords[-1]
    return line if (x0, y0) <= (x1, y1) else line.reverse()


def _widths(ways: gpd.GeoDataFrame) -> Floats:
    """Width of the surface in m: by class, narrower in the core, wider in the fringe."""
    width = ways["class"].map(WIDTH_M).fillna(ways["name"].map(RIVER_WIDTH_M))
    minor = ways["class"].isin(["tertiary", "residential"])
    factor = ways["zone"].map(ZONE_WIDTH).fillna(1.0).where(minor, 1.0)
    return np.asarray((width * factor).round(1), dtype=float)


def _numbered(ways: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Ways in a stable order with an external id: rivers, then roads by width, west to east."""
    start = shapely.get_coordinates(shapely.get_point(ways.geometry.array, 0))
    order = np.lexsort((start[:, 1], start[:, 0], ways["name"], -ways["width_m"]))
    ways = ways.iloc[order].reset_index(drop=True)
    ways.insert(0, "external_id", [f"YT{i:05d}" for i in range(1, len(ways) + 1)])
    return ways


def _areas(faces: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """District, streets and communities as unions of faces, so that all share their vertices."""
    rows: list[tuple[str, str, str, str | None, shapely.Polygon]] = []
    for i, community in enumerate(COMMUNITIES):
        parts = faces.geometry[faces["community"] == i].to_numpy()
        parent = f"{DISTRICT_CODE}{community.street}000"
        code = f"{DISTRICT_CODE}{community.street}{community.serial}"
        rows.append(("community", code, community.name, parent, _union(parts)))
    for street, name in STREETS:
        code = f"{DISTRICT_CODE}{street}000"
        parts = [row[4] for row in rows if row[3] == code]
        rows.append(("street", code, name, f"{DISTRICT_CODE}000000", _union(parts)))
    whole = _union([row[4] for row in rows if row[0] == "street"])
    rows.append(("district", f"{DISTRICT_CODE}000000", DISTRICT, None, whole))
    areas = gpd.GeoDataFrame(rows, columns=["level", "code", "name", "parent", "geometry"], crs=CRS)
    return areas.sort_values("code", kind="stable").reset_index(drop=True)


def _union(parts: list[shapely.Polygon] | np.ndarray) -> shapely.Polygon:
    return shapely.orient_polygons(shapely.coverage_union_all(parts))
