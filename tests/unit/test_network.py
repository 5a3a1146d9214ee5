"""Laws of the road network: what is cut, what stays whole, and the order along each road."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import network
from geo.frontage import FRONTAGE_DEPTH_M, GRID_M, frontages, surfaces
from geo.network import build_network, match_known

CRS = "EPSG:4549"
HUANGPU = Path(__file__).parents[2] / "../shared/data/huangpu/roads_north.osm"


def ways(*lines, name=None, kind="road", cls="residential", width=None, level=0):
    """Ways from coordinate lists; attributes are one for all, or one each."""

    def each(value):
        return value if isinstance(value, list) else [value] * len(lines)

    columns = {"name": name, "kind": kind, "class": cls, "width_m": width, "level": level}
    table = {c: each(v) for c, v in columns.items()}
    table["external_id"] = [str(i) for i in range(len(lines))]
    geometry = [shapely.LineString(line) for line in lines]
    return gpd.GeoDataFrame(table, geometry=geometry, crs=CRS)


def ways_of_huangpu():
    if not HUANGPU.exists():
        pytest.skip(f"{HUANGPU.name} is not among the shared data here")
    raw = pyogrio.read_dataframe(HUANGPU, layer="lines").query("highway.notna()").to_crs(CRS)
    tags = raw["other_tags"].fillna("")
    table = {
        "external_id": raw["osm_id"],
        "name": raw["name"],
        "kind": "road",
        "class": raw["highway"],
        "width_m": None,
        "level": tags.str.contains('"bridge"=>"yes"').astype(int),
    }
    return gpd.GeoDataFrame(table, geometry=raw.geometry, crs=CRS)


EAST = [(-100, 0), (100, 0)]
NORTH = [(0, -100), (0, 100)]


def test_a_crossing_cuts_both_roads():
    nodes, segments = build_network(ways(EAST, NORTH))
    assert (len(segments), len(nodes)) == (4, 5)


def test_a_bridge_is_not_cut_by_the_road_beneath():
    assert len(build_network(ways(EAST, NORTH, level=[0, 1])).segments) == 2


def test_a_bridge_joins_the_road_it_comes_down_on():
    road = [(-100, 0), (0, 0), (100, 0)]
    segments = build_network(ways(road, [(0, 0), (0, 100)], level=[0, 1])).segments
    assert len(segments) == 3


def test_rivers_and_roads_do_not_cut_each_other_but_lanes_and_roads_do():
    assert len(build_network(ways(EAST, NORTH, kind=["road", "river"])).segments) == 2
    assert len(build_network(ways(EAST, NORTH, kind=["road", "lane"])).segments) == 4


@pytest.mark.parametrize("gap", [-0.4, 0.0, 0.4])
def test_an_end_within_the_tolerance_is_joined(gap):
    nodes, segments = build_network(ways(EAST, [(0, gap), (0, 100)]))
    assert (len(segments), len(nodes)) == (3, 4)


def test_an_end_beyond_the_tolerance_is_not_joined():
    assert len(build_network(ways(EAST, [(0, 0.6), (0, 100)])).segments) == 2


def test_pieces_of_one_road_are_joined_and_their_width_is_the_weighted_mean():
    parts = ([(0, 0), (10, 0)], [(40, 0), (10, 0)])
    segments = build_network(
        ways(*parts, name="南京东路", width=[10.0, 20.0], level=[0, 1])
    ).segments
    assert len(segments) == 1
    assert segments.length[0] == 40
    assert segments["width_m"][0] == 17.5


@pytest.mark.parametrize("differs", [{"name": ["甲路", "乙路"]}, {"cls": ["primary", "lane"]}])
def test_pieces_that_differ_are_not_joined(differs):
    parts = ([(0, 0), (10, 0)], [(10, 0), (40, 0)])
    assert len(build_network(ways(*parts, **differs)).segments) == 2


def test_rings_lassos_and_ways_there_and_back():
    ring = [(0, 0), (50, 0), (50, 50), (0, 50), (0, 0)]
    nodes, segments = build_network(ways(ring))
    assert (len(nodes), len(segments)) == (1, 1)
    assert segments.length[0] == 200
    nodes, segments = build_network(ways([(-50, 0), *ring]))
    assert sorted(segments.length) == [50, 200]
    assert len(nodes) == 2
    assert build_network(ways([(0, 0), (90, 0), (0, 0)])).segments.length.tolist() == [90]


def test_the_same_way_twice_is_one_segment_and_the_named_one_stays():
    segments = build_network(ways(EAST, EAST[::-1], name=[None, "人民路"])).segments
    assert segments["road_name"].tolist() == ["人民路"]


def test_missing_class_and_width_are_filled_and_an_unknown_kind_is_refused():
    segments = build_network(ways(EAST, kind="lane", cls=None)).segments
    assert segments["class"][0] == "lane"
    assert segments["width_m"][0] == network.WIDTH_M["lane"]
    assert segments["road_name"].isna().all()
    assert segments["seq"].isna().all()
    with pytest.raises(network.UnknownKind, match="row 0 is of kind 'canalway'"):
        build_network(ways(EAST, kind="canalway"))


def test_no_ways_make_an_empty_network():
    nodes, segments = build_network(ways(EAST).iloc[:0])
    assert (len(nodes), len(segments)) == (0, 0)
    assert len(frontages(segments)) == 0
    assert "seq" in segments


def test_a_road_runs_west_to_east_whatever_its_pieces_did():
    pieces = [[(40, 1), (20, 0)], [(0, 3), (20, 0)], [(90, 0), (40, 1)], [(300, 0), (200, 0)]]
    cross = [[(20, -50), (20, 50)], [(40, -50), (40, 50)]]
    net = build_network(ways(*pieces, *cross, name=["延安东路"] * 4 + [None] * 2))
    road = net.segments[net.segments["road_name"] == "延安东路"]
    assert road["seq"].tolist() == [1, 2, 3, 4]
    starts = shapely.get_x(shapely.get_point(road.geometry, 0))
    assert starts.tolist() == [0, 20, 40, 200]


def test_a_bent_road_keeps_its_left_side():
    # along a U the direction is that of the walk, not of the compass
    bend = [(0, 100), (0, 0), (100, 0), (100, 90)]
    cuts = [[(-9, 50), (9, 50)], [(50, -9), (50, 9)], [(91, 50), (109, 50)]]
    net = build_network(ways(bend, *cuts, name=["环路", None, None, None]))
    road = net.segments[net.segments["road_name"] == "环路"]
    assert (road["to_node"].to_numpy()[:-1] == road["from_node"].to_numpy()[1:]).all()


def test_carriageways_run_side_by_side():
    south = [[(x, 0), (x + 100, 0)] for x in (0, 100, 200)]
    north = [[(x + 100, 20), (x, 20)] for x in (0, 100, 200)]
    cross = [[(x, 0), (x, 20)] for x in (0, 100, 200, 300)]
    net = build_network(ways(*south, *north, *cross, name=["大道"] * 6 + [None] * 4))
    road = net.segments[net.segments["road_name"] == "大道"]
    start, end = (shapely.get_x(shapely.get_point(road.geometry, i)) for i in (0, -1))
    assert (end > start).all()
    assert start.tolist() == [0, 0, 100, 100, 200, 200]


point = st.tuples(st.integers(0, 12), st.integers(0, 12)).map(lambda p: (p[0] * 10.0, p[1] * 10.0))
tangle = st.lists(
    st.tuples(
        st.lists(point, min_size=2, max_size=5).filter(lambda p: len(set(p)) > 1),
        st.sampled_from([None, "甲路", "乙路"]),
        st.integers(0, 1),
    ),
    min_size=1,
    max_size=7,
)


def of_tangle(lines):
    coords, name, level = (list(c) for c in zip(*lines, strict=True))
    return ways(*coords, name=name, level=level)


@settings(max_examples=20)
@given(tangle)
def test_segments_end_at_their_nodes_and_cover_the_ways(lines):
    given_ways = of_tangle(lines)
    nodes, segments = build_network(given_ways)
    for column, place in (("from_node", 0), ("to_node", -1)):
        at = nodes.geometry.to_numpy()[segments[column]]
        assert (shapely.get_point(segments.geometry.to_numpy(), place) == at).all()
    apart = shapely.hausdorff_distance(
        shapely.union_all(given_ways.geometry.to_numpy()),
        shapely.union_all(segments.geometry.to_numpy()),
    )
    assert apart <= 3.0
    assert segments.is_valid.all()
    assert (segments.length > 0).all()


@settings(max_examples=20)
@given(tangle)
def test_segments_of_one_level_meet_at_nodes_only(lines):
    nodes, segments = build_network(of_tangle([(c, n, 0) for c, n, _ in lines]))
    geometry = segments.geometry.to_numpy()
    a, b = shapely.STRtree(geometry).query(geometry, predicate="intersects")
    a, b = a[a < b], b[a < b]
    where, _ = shapely.get_parts(shapely.intersection(geometry[a], geometry[b]), return_index=True)
    at_nodes = shapely.union_all(nodes.geometry.to_numpy())
    assert (shapely.hausdorff_distance(where, where) == 0).all()
    assert (shapely.distance(where, at_nodes) < 1e-6).all()
    assert (shapely.length(where) < 1e-6).all()


@settings(max_examples=20)
@given(tangle, st.randoms(use_true_random=False))
def test_the_network_does_not_depend_on_how_the_ways_came(lines, random):
    other = [(c[::-1] if random.random() < 0.5 else c, n, lv) for c, n, lv in lines]
    random.shuffle(other)
    one, two = build_network(of_tangle(lines)), build_network(of_tangle(other))
    assert one.segments.equals(two.segments)
    assert one.nodes.equals(two.nodes)


@settings(max_examples=20)
@given(tangle)
def test_seq_counts_along_each_road(lines):
    segments = build_network(of_tangle(lines)).segments
    assert (segments["seq"].isna() == segments["road_name"].isna()).all()
    for _, road in segments.dropna(subset="seq").groupby(["road_name", "kind"]):
        assert road["seq"].tolist() == list(range(1, len(road) + 1))


@settings(max_examples=20)
@given(tangle)
def test_strips_are_apart_from_each_other_and_from_the_surface(lines):
    segments = build_network(of_tangle(lines)).segments
    strips = frontages(segments)
    left, right = strips.geometry.to_numpy().reshape(-1, 2).T
    half = segments["width_m"] / 2 - 0.01
    flat = shapely.buffer(segments.geometry, half, cap_style="flat", quad_segs=4)
    assert strips.is_valid.all()
    assert (strips.geom_type == "MultiPolygon").all()
    # corners on a grid of 1 mm: along a shared edge the strips may lap over by that much
    lap = shapely.area(shapely.intersection(left, right))
    assert (lap <= GRID_M * np.maximum(shapely.length(left), 1)).all()
    assert shapely.area(shapely.intersection(left, flat)).max() < 1e-6
    assert shapely.is_valid(surfaces(segments)).all()


def test_left_is_left_and_the_strip_has_the_depth_of_its_kind():
    segments = build_network(ways(EAST, width=10.0)).segments
    left, right = frontages(segments).geometry
    assert left.bounds == (-100, 5, 100, 5 + FRONTAGE_DEPTH_M["road"])
    assert right.bounds == (-100, -5 - FRONTAGE_DEPTH_M["road"], 100, -5)
    assert frontages(segments, {"road": 3.0}).area.tolist() == pytest.approx([600, 600])


def with_ids(segments):
    return gpd.GeoDataFrame({"id": np.arange(len(segments)) + 100}, geometry=segments.geometry)


def test_segments_keep_their_ids_when_a_road_is_added():
    old = build_network(ways(EAST, NORTH)).segments
    new = build_network(ways(EAST, NORTH, [(70, 0), (70, 50)])).segments
    ids = match_known(with_ids(old), new.geometry.to_numpy())
    kept = ids >= 0
    # the eastern arm, cut at 70 of 100 m, goes on as its longer part
    assert sorted(ids[kept]) == [100, 101, 102, 103]
    assert sorted(new.length[~kept]) == [30, 50]


@settings(max_examples=20)
@given(tangle, st.randoms(use_true_random=False))
def test_the_same_ground_turned_and_shuffled_keeps_every_id(lines, random):
    known = with_ids(build_network(of_tangle([(c, n, 0) for c, n, _ in lines])).segments)
    order = list(range(len(known)))
    random.shuffle(order)
    turned = shapely.reverse(known.geometry.to_numpy()[order])
    assert match_known(known, turned).tolist() == known["id"].to_numpy()[order].tolist()


def test_nothing_known_matches_nothing():
    line = shapely.linestrings([EAST])
    empty = gpd.GeoDataFrame({"id": []}, geometry=[])
    assert match_known(empty, line).tolist() == [-1]
    assert match_known(with_ids(ways(EAST)), line[:0]).tolist() == []


def test_polygons_match_by_area():
    known = gpd.GeoDataFrame({"id": [7, 8]}, geometry=shapely.box([0, 10], 0, [10, 20], 10))
    new = shapely.box([0, 6, 10.5], 0, [6, 10, 20], 10)
    assert match_known(known, new).tolist() == [7, -1, 8]


def test_the_streets_of_huangpu():
    roads = ways_of_huangpu()
    nodes, segments = build_network(roads)
    assert len(segments) > 900
    assert segments.is_valid.all()
    assert segments["road_name"].nunique() == roads["name"].nunique()
    assert (np.bincount(segments[["from_node", "to_node"]].to_numpy().ravel()) > 0).all()
    assert len(np.bincount(segments["from_node"])) <= len(nodes)
    strips = frontages(segments)
    assert strips.is_valid.all()
    assert not strips.is_empty.any()
