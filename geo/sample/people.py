"""Who lives where: residential compounds, households and people, community workers."""

from __future__ import annotations

from functools import cache

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.sample.ground import CRS, SEED, ground
from geo.sample.names import COMMUNITIES, COMPOUND_FIRST, COMPOUND_SECOND

PEOPLE_PER_HOUSEHOLD = 2.55
# Area of a compound in m², from and to, and the most households it holds per hectare.
COMPOUND_M2 = {"core": (6_000, 24_000), "planned": (17_000, 62_000), "fringe": (45_000, 125_000)}
MOST_PER_HECTARE = {"core": 330.0, "planned": 300.0, "fringe": 190.0}
INTERNAL = ("living_street", "lane")
WALL_M = 5.0
"""Metres between the road surface and the wall of a compound."""
LEAST_COMMON_M = 50.0


@cache
def areas() -> gpd.GeoDataFrame:
    """District, streets and communities with households, people and community workers."""
    frame = ground().areas.copy()
    rng = np.random.default_rng([SEED, 1])
    counts = pd.DataFrame(index=frame.index, columns=["households", "people", "workers"])
    own = frame.index[frame["level"] == "community"]
    planned = {community.name: community for community in COMMUNITIES}
    for i in own:
        plan = planned[frame["name"][i]]
        households = round(plan.people / (PEOPLE_PER_HOUSEHOLD + rng.uniform(-0.12, 0.12)))
        counts.loc[i] = [households, plan.people, round(households / plan.households_per_worker)]
    for level, digits in (("street", 9), ("district", 6)):
        for i in frame.index[frame["level"] == level]:
            under = own[frame["code"][own].str[:digits] == frame["code"][i][:digits]]
            counts.loc[i] = counts.loc[under].sum()
    frame[counts.columns] = counts.astype(int)
    return frame


@cache
def compounds() -> gpd.GeoDataFrame:
    """The residential compounds: walled pieces of blocks, some over two blocks and a lane."""
    rng = np.random.default_rng([SEED, 2])
    parts = [_compounds_of(i, rng) for i in range(len(COMMUNITIES))]
    frame = gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), crs=CRS)
    frame["name"] = _names(frame["zone"].tolist(), rng)
    return gpd.GeoDataFrame(_with_people(frame, rng), crs=CRS)


def _compounds_of(community: int, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """As many compounds as the community has, on its most suitable blocks."""
    faces = ground().faces
    faces = faces[(faces["community"] == community) & ~faces["water"]]
    faces = faces[faces["zone"].isin(list(COMPOUND_M2))].reset_index(drop=True)
    wanted = COMMUNITIES[community].compounds
    tree = shapely.STRtree(faces.geometry.to_numpy())
    used: set[int] = set()
    walls: list[shapely.Polygon] = []
    zones: list[str] = []
    for face in _by_fitness(faces, rng):
        if len(walls) == wanted:
            break
        together = _with_neighbour(faces, tree, face, used, rng)
        wall = _walled([faces.geometry[k] for k in together], rng)
        low, high = COMPOUND_M2[faces["zone"][face]]
        if face in used or not low <= wall.area <= high or _ragged(wall):
            continue
        # Its neighbours stay free, so that compounds spread over the community.
        used.update(together, tree.query(faces.geometry[face], predicate="touches").tolist())
        walls.append(wall)
        zones.append(faces["zone"][face])
    frame = gpd.GeoDataFrame({"zone": zones}, geometry=walls, crs=CRS)
    code = ground().areas.set_index("name")["code"][COMMUNITIES[community].name]
    frame["parent"] = code
    frame["code"] = [f"{code}{k:02d}" for k in range(1, len(frame) + 1)]
    return frame


def _by_fitness(faces: gpd.GeoDataFrame, rng: np.random.Generator) -> list[int]:
    """Faces in the order they are tried: near the middle of their zone's sizes first."""
    bounds = np.array([COMPOUND_M2[zone] for zone in faces["zone"]], dtype=float)
    middle = np.sqrt(bounds[:, 0] * bounds[:, 1])
    fit = np.abs(np.log(faces.area.to_numpy() / middle)) + rng.uniform(0, 0.6, len(faces))
    return [int(k) for k in np.argsort(fit.round(9), kind="stable")]


def _with_neighbour(
    faces: gpd.GeoDataFrame,
    tree: shapely.STRtree,
    face: int,
    used: set[int],
    rng: np.random.Generator,
) -> list[int]:
    """The face, and in half of the cases the neighbour behind the longest internal lane."""
    if rng.random() > 0.5:
        return [face]
    near = sorted(set(tree.query(faces.geometry[face], predicate="touches").tolist()) - used)
    if not near:
        return [face]
    common = [faces.geometry[face].intersection(faces.geometry[k]) for k in near]
    behind = shapely.length(shapely.intersection(common, _internal_lanes())).round(3)
    best = int(np.argmax(behind))
    return [face, near[best]] if behind[best] > LEAST_COMMON_M else [face]


@cache
def _internal_lanes() -> shapely.Geometry:
    ways = ground().ways
    lanes = ways[ways["class"].isin(INTERNAL) & ~ways["market"]]
    return shapely.union_all(lanes.geometry.to_numpy()).buffer(0.3, cap_style="flat")


def _walled(faces: list[shapely.Polygon], rng: np.random.Generator) -> shapely.Polygon:
    """The ground inside the walls: back from every road; internal lanes may run through."""
    whole = shapely.coverage_union_all(faces)
    ways = ground().ways
    roads = ways[~ways["class"].isin(INTERNAL) | ways["market"]]
    near = roads.iloc[roads.sindex.query(whole, predicate="intersects")]
    back = shapely.buffer(near.geometry.to_numpy(), near["width_m"] / 2 + WALL_M, quad_segs=2)
    free = whole.buffer(-rng.uniform(WALL_M + 2, WALL_M + 6)).difference(shapely.union_all(back))
    smooth = free.buffer(-9, quad_segs=2).buffer(9, quad_segs=2).simplify(0.8)
    largest = max(shapely.get_parts(smooth), key=lambda part: part.area, default=shapely.Polygon())
    return shapely.set_precision(largest, 0.01)


def _ragged(wall: shapely.Polygon) -> bool:
    """Whether a polygon is too thin or crooked for a compound."""
    if wall.geom_type != "Polygon" or wall.is_empty:
        return True
    return bool(wall.area < 0.72 * wall.minimum_rotated_rectangle.area or wall.interiors)


def _names(zones: list[str], rng: np.random.Generator) -> list[str]:
    """Distinct names; their second part tells the age of the compound."""
    order = rng.permutation(len(COMPOUND_FIRST)).tolist()
    names = []
    for k, zone in zip(order, zones, strict=False):
        endings = COMPOUND_SECOND[zone]
        names.append(COMPOUND_FIRST[k] + endings[int(rng.integers(len(endings)))])
    return names


def _with_people(frame: gpd.GeoDataFrame, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Share most of each community's households among its compounds, by area."""
    totals = areas().set_index("code")[["households", "people"]]
    weight = frame.area * rng.lognormal(0, 0.2, len(frame))
    share = weight / weight.groupby(frame["parent"]).transform("sum")
    inside = frame["zone"].map({"core": 0.45, "planned": 0.82, "fringe": 0.88})
    households = frame["parent"].map(totals["households"]) * share * inside
    most = frame.area / 1e4 * frame["zone"].map(MOST_PER_HECTARE)
    frame["households"] = np.minimum(households, most).round().astype(int)
    size = frame["parent"].map(totals["people"] / totals["households"])
    frame["people"] = (frame["households"] * size).round().astype(int)
    frame["level"] = "compound"
    return frame[["level", "code", "name", "parent", "households", "people", "zone", "geometry"]]
