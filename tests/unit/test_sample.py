"""The sample district: the committed files, and what every later map needs to find in it.

Generating takes some seconds, so everything here shares one generation.
"""

import hashlib
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo import codes, intake, kinds, network, readers, topology
from geo.sample import chiefs, files, people, shops, stations
from geo.sample.frontage import community_at
from geo.sample.ground import ground
from geo.sample.names import COMMUNITIES

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "data" / "boundaries"
REGISTER = tomllib.loads((FOLDER / "sources.toml").read_text("utf-8"))
SRID = 4549
MAIN_ROADS = ["primary", "secondary", "tertiary", "residential"]


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def areas():
    return gpd.read_file(FOLDER / "areas.geojson")


@pytest.fixture(scope="module")
def metric(areas):
    return areas.to_crs(SRID)


@pytest.fixture(scope="module")
def ways():
    return gpd.read_file(FOLDER / "ways.geojson").to_crs(SRID)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Points written here, and all files written by another process with another hash order."""
    here, elsewhere = tmp_path_factory.mktemp("here"), tmp_path_factory.mktemp("elsewhere")
    code = (
        "import sys, pathlib; from geo.sample import files; p = pathlib.Path(sys.argv[1]);"
        "files.write_boundaries(p); files.write_points(p)"
    )
    environment = os.environ | {"PYTHONHASHSEED": "271828", "PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, "-c", code, str(elsewhere)], env=environment) as other:
        files.write_points(here)
    assert other.returncode == 0
    return here, elsewhere


@pytest.fixture(scope="module")
def folder(written):
    return written[0]


def by_level(frame, level):
    return frame[frame["level"] == level].reset_index(drop=True)


# The committed files


@pytest.mark.parametrize("entry", REGISTER["file"], ids=lambda entry: entry["path"])
def test_register_tells_the_truth(entry):
    path = FOLDER / entry["path"]
    assert digest(path) == entry["sha256"]
    assert len(gpd.read_file(path)) == entry["rows"]
    assert entry["licence"] == "Apache-2.0"
    assert kinds.kind_of(entry["kind"])


def test_every_boundary_file_is_registered():
    assert {p.name for p in FOLDER.glob("*.geojson")} == {e["path"] for e in REGISTER["file"]}
    assert sum(p.stat().st_size for p in FOLDER.iterdir()) < 3e6


def test_generating_again_gives_the_same_bytes(written):
    here, elsewhere = written
    for entry in REGISTER["file"]:
        assert digest(elsewhere / entry["path"]) == entry["sha256"], entry["path"]
    for path in sorted(here.iterdir()):
        assert digest(elsewhere / path.name) == digest(path), path.name


@pytest.mark.parametrize("entry", REGISTER["file"], ids=lambda entry: entry["path"])
def test_boundaries_pass_the_intake(entry, metric):
    extent = by_level(metric, "district").geometry[0]
    district = intake.District(SRID, extent.buffer(1))
    source = readers.read(FOLDER / entry["path"])
    taken = intake.accept(source, kinds.kind_of(entry["kind"]), district)
    assert len(taken.rejects) == 0
    assert len(taken.rows) == entry["rows"]


# Areas


@pytest.mark.parametrize("level", ["street", "community"])
def test_areas_are_a_coverage_of_the_district(areas, metric, level):
    # Exactly, by shared vertices, in degrees with 7 decimals and in metres.
    for frame in (areas, metric):
        parts, whole = by_level(frame, level), by_level(frame, "district").geometry[0]
        assert shapely.coverage_is_valid(parts.geometry.to_numpy())
        assert shapely.coverage_union_all(parts.geometry.to_numpy()).equals(whole)
    parent = by_level(metric, "district").geometry[0]
    assert len(topology.check(by_level(metric, level).geometry, parent)) == 0


def test_communities_make_up_their_street(metric):
    community, street = by_level(metric, "community"), by_level(metric, "street")
    for code, polygon in zip(street["code"], street.geometry, strict=True):
        own = community.geometry[community["parent"] == code]
        assert shapely.coverage_union_all(own.to_numpy()).equals(polygon)


def test_codes_name_their_parents(areas):
    assert areas["code"].is_unique
    assert [codes.level(code) for code in areas["code"]] == areas["level"].tolist()
    below = areas[areas["level"] != "district"]
    assert [codes.parent(code) for code in below["code"]] == below["parent"].tolist()


def test_size_is_that_of_a_real_district(areas, metric):
    district = by_level(metric, "district")
    assert district.area[0] / 1e6 == pytest.approx(45, abs=0.2)
    assert district["people"][0] == 175_000
    assert 65_000 <= district["households"][0] <= 70_000
    centre = areas.geometry[areas["level"] == "district"].iloc[0].representative_point()
    assert (centre.x, centre.y) == pytest.approx((121.0, 31.1), abs=0.02)
    for level, count in (("street", 3), ("community", 12)):
        part = by_level(metric, level)
        assert len(part) == count
        for field in ("households", "people", "workers"):
            assert part[field].sum() == district[field][0]


def test_two_communities_are_overloaded(metric):
    part = by_level(metric, "community")
    per_worker = part["households"] / part["workers"]
    assert (per_worker > 1_000).sum() == 2
    assert per_worker[per_worker < 1_000].between(250, 600).all()


# Ways


def test_network_has_the_wanted_size(ways, metric):
    segments = network.build_network(ways).segments
    assert 2_000 <= len(segments) <= 4_000
    assert (segments["road_name"] != "").mean() > 0.98
    lines = [*ways.geometry, *metric.geometry.boundary]
    noded = shapely.node(shapely.union_all(lines))
    assert 1_000 <= len(shapely.get_parts(shapely.polygonize([noded]))) <= 1_500


def test_the_river_is_crossed_on_few_bridges_only(ways):
    roads, rivers = ways[ways["kind"] != "river"], ways[ways["kind"] == "river"]
    water = shapely.union_all(rivers.geometry.to_numpy())
    bridges = roads["level"] == 1
    assert not roads[~bridges].crosses(water).any()
    assert roads[bridges].intersects(water).all()
    assert 3 <= bridges.sum() <= 7


def test_ways_are_simple_lines_within_the_district(ways, metric):
    extent = by_level(metric, "district").geometry[0].buffer(0.05)
    assert (ways.geom_type == "LineString").all()
    assert ways.is_simple.all()
    assert ways.within(extent).all()
    assert ways["external_id"].is_unique
    assert (ways["name"] != "").all()
    assert set(ways["kind"]) == {"road", "lane", "river"}


# Compounds


def test_compounds_lie_apart_within_their_community(metric, ways):
    compounds = gpd.read_file(FOLDER / "compounds.geojson").to_crs(SRID)
    assert len(compounds) == sum(community.compounds for community in COMMUNITIES) == 57
    assert compounds["name"].is_unique
    assert compounds.is_valid.all()
    a, b = shapely.STRtree(compounds.geometry).query(compounds.geometry, predicate="intersects")
    assert (a == b).all()
    home = by_level(metric, "community").set_index("code").geometry[compounds["parent"]]
    assert compounds.within(home.reset_index(drop=True)).all()
    roads = ways[ways["class"].isin(MAIN_ROADS)]
    surfaces = shapely.buffer(roads.geometry.to_numpy(), roads["width_m"].to_numpy() / 2)
    assert not compounds.intersects(shapely.union_all(surfaces)).any()


def test_some_compounds_span_blocks():
    blocks = ground().faces.geometry.to_numpy()
    inside = shapely.buffer(people.compounds().geometry.to_numpy(), -1.0)
    compound, _ = shapely.STRtree(blocks).query(inside, predicate="intersects")
    spanned = np.bincount(compound)
    assert spanned.min() == 1
    assert spanned.max() == 2
    assert 5 <= (spanned == 2).sum() <= 30


def test_compounds_hold_no_more_than_their_community():
    inside = people.compounds().groupby("parent")[["households", "people"]].sum()
    total = people.areas().set_index("code").loc[inside.index]
    assert (inside["households"] < total["households"]).all()
    assert (inside["people"] < total["people"]).all()


# Points


@pytest.mark.parametrize(
    ("kind", "rows"), [("merchants", 6_000), ("stations", 46), ("incidents", 60_000)]
)
def test_points_pass_the_intake(folder, metric, kind, rows):
    district = intake.District(SRID, by_level(metric, "district").geometry[0])
    source = readers.read(folder / f"{kind}.csv")
    taken = intake.accept(source, kinds.kind_of(kind), district, intake.Wishes(crs="EPSG:4326"))
    assert len(taken.rejects) == 0, taken.rejects["reason"].value_counts()
    assert len(taken.rows) == rows


def test_doors_stand_on_the_frontage():
    shop = shops.merchants()
    way = ground().ways.iloc[shop["way"]]
    off = shapely.distance(shop.geometry.to_numpy(), way.geometry.to_numpy())
    door = off - way["width_m"].to_numpy() / 2
    # A bend may bring the axis a little nearer than the place where the door was set.
    assert ((door > 0.8) & (door < 4.05)).all()
    market = way["market"].to_numpy()
    assert market.sum() > 200
    metres = ground().ways.length.groupby(ground().ways["zone"]).sum()
    per_km = way["zone"].value_counts() / metres
    assert per_km["core"] > 1.5 * per_km["planned"] > 6 * per_km["fringe"]


def test_house_numbers_are_odd_on_one_side_and_rise():
    shop = shops.merchants()
    number = shop["地址"].str.extract(r"(\d+)号$")[0].astype(int)
    assert ((number % 2 == 1) == (shop["side"] == 1)).all()
    rising = number.groupby([shop["way"], shop["side"]]).apply(lambda n: n.is_monotonic_increasing)
    assert rising.all()


def test_lanes_are_numbered_like_the_houses_beside_them():
    shop = shops.merchants()
    lanes = ground().ways["name"].str.extract(r"^(?P<road>.+[路街])(?P<number>\d+)弄$").dropna()
    house = shop["地址"].str.extract(r"^(?P<road>[^弄]+[路街])(?P<house>\d+)号$")
    house = house.assign(place=shop.geometry, house=house["house"].astype(float)).dropna()
    both = lanes.assign(lane=ground().ways.geometry, number=lanes["number"].astype(int))
    both = both.merge(house, on="road")
    beside = both[(both["house"] - both["number"]).abs() <= 4]
    away = shapely.distance(beside["lane"].to_numpy(), beside["place"].to_numpy())
    assert len(beside) > 300
    assert np.median(away) < 30


def test_credit_codes_have_valid_check_signs():
    signs = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    code = shops.merchants()["统一社会信用代码"]
    given = code[code != ""]
    assert 0.01 < (code == "").mean() < 0.06
    weight = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]  # GB 32100, table
    for text in given:
        total = sum(w * signs.index(c) for w, c in zip(weight, text, strict=False))
        assert len(text) == 18
        assert (total + signs.index(text[17])) % 31 == 0


def test_stations_in_tiers_and_the_fringe_out_of_reach():
    frame = stations.stations()
    tiers = frame["级别"].value_counts()
    assert tiers.to_dict() == {"其他": 30, "社区级": 12, "街道级": 3, "区级": 1}
    own = community_at(shapely.get_coordinates(frame.geometry.to_numpy()))
    assert sorted(own[(frame["级别"] == "社区级").to_numpy()]) == list(range(12))
    homes = people.compounds()
    away = shapely.distance(
        homes.geometry.centroid.to_numpy(), shapely.union_all(frame.geometry.to_numpy())
    )
    zone = homes["zone"].to_numpy()
    assert np.median(away[zone == "core"]) < 450
    assert np.median(away[zone == "fringe"]) > 800


def test_duties_are_held_once_and_leave_the_fringe_out():
    duty, chief = chiefs.duties(), chiefs.chiefs()
    assert 50 <= len(chief) <= 70
    assert duty["编号"].isin(chief["编号"]).all()
    whole = duty["侧"].map({"双侧": ("左", "右")})
    sides = duty.assign(each=whole.fillna(duty["侧"].map({"左": ("左",), "右": ("右",)})))
    assert not sides.explode("each").duplicated(["道路", "街道编码", "角色", "each"]).any()
    ways = ground().ways
    roads = ways[ways["class"].isin(MAIN_ROADS)]
    served = roads["name"].isin(duty["道路"])
    metres = roads.length
    assert 0.6 < metres[served].sum() / metres.sum() < 0.9
    # Main roads run on into the fringe; what lies in it alone has nobody.
    fringe = (roads["zone"] == "fringe") & roads["class"].isin(["tertiary", "residential"])
    assert served[fringe].mean() < 0.1
    assert set(duty["道路"]) <= set(ways["name"])


@pytest.fixture(scope="module")
def incidents(folder):
    times = ["上报时间", "截止时间", "处置时间", "结案时间"]
    return pd.read_csv(folder / "incidents.csv", parse_dates=times)


def test_incidents_follow_their_clock(incidents):
    reported = incidents["上报时间"]
    assert reported.min() >= pd.Timestamp("2025-07-01")
    assert reported.max() < pd.Timestamp("2026-07-01")
    assert reported.is_monotonic_increasing
    assert incidents["案件编号"].is_unique
    handled, closed = incidents["处置时间"], incidents["结案时间"]
    assert (handled.isna() | (handled >= reported)).all()
    assert (closed.isna() | (closed >= handled)).all()
    assert ((incidents["状态"] == "已结案") == closed.notna()).all()
    late = handled > incidents["截止时间"]
    assert 0.04 < late.mean() < 0.2
    still_open = ~incidents["状态"].isin(["已结案", "已作废"])
    assert 100 < still_open.sum() < 2_000
    assert still_open[reported > pd.Timestamp("2026-06-30")].mean() > 0.3


def test_incidents_have_their_hours_and_seasons(incidents):
    hour = incidents["上报时间"].dt.hour
    month = incidents["上报时间"].dt.month
    kind = incidents["类别"]
    night = hour.isin([20, 21, 22, 23, 0])
    assert night[kind == "噪声扰民"].mean() > 2 * night.mean()
    assert month[kind == "积水"].isin([6, 7, 8, 9]).mean() > 0.7
    weekend = incidents["上报时间"].dt.day_of_week >= 5
    assert weekend[kind == "乱设广告"].mean() < weekend[kind == "噪声扰民"].mean()
    assert kind.nunique() >= 12


def test_incidents_lie_along_roads_but_for_a_few(incidents, ways):
    incidents = incidents[::10]
    places = gpd.GeoSeries.from_xy(incidents["经度"], incidents["纬度"], crs=4326).to_crs(SRID)
    roads = ways[ways["kind"] != "river"].geometry.to_numpy()
    near, _ = shapely.STRtree(roads).query(places.to_numpy(), predicate="dwithin", distance=50)
    far = 1 - len(np.unique(near)) / len(places)
    assert 0.002 < far < 0.03
    street = np.array([c.street for c in COMMUNITIES])
    found = street[community_at(shapely.get_coordinates(places.to_numpy()))]
    label = incidents["街道"].map({"汀口街道": "001", "望岫街道": "002", "新溟镇": "101"})
    assert 0.97 < (found == label.to_numpy()).mean() < 1
