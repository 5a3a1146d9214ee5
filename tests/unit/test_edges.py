"""Why a border is where it is, on a street corner drawn by hand."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely import LineString, box

from geo import edges, wholes
from geo.adjacency import adjacency, shared_edges

# Five blocks in a row of 100 m: road, river, wall, legal line, nothing between them.
BLOCKS = gpd.GeoDataFrame({
    "area": ["a", "a", "a", "a", "b", "b"],
    "area_name": ["甲社区"] * 4 + ["乙社区"] * 2,
}, geometry=[box(100 * k, 0, 100 * k + 100, 100) for k in range(6)], crs=4549)  # fmt: skip

SEGMENTS = gpd.GeoDataFrame({
    "kind": ["road", "river", "lane"], "class": ["tertiary", "river", "lane"],
    "width_m": [10.0, 6.0, 3.0], "name": ["中山路", "浜", ""],
}, geometry=[LineString([(102, -20), (102, 120)]), LineString([(200, 0), (200, 100)]),
             LineString([(0, 50), (600, 50)])], crs=4549)  # fmt: skip
COMPOUNDS = gpd.GeoDataFrame({"name": ["丁香苑"]}, geometry=[box(301, 5, 390, 95)], crs=4549)


def explained(segments=SEGMENTS, compounds=COMPOUNDS):
    return edges.explain(BLOCKS, edges.lines(segments, compounds))


def test_each_border_has_its_reason():
    table = explained()
    assert list(zip(table["a"], table["b"], strict=True)) == [(k, k + 1) for k in range(5)]
    assert table["kind"].tolist() == ["road", "river", "wall", "legal", "nothing"]
    assert table["why"].tolist() == ["中山路", "浜", "丁香苑", "甲社区 | 乙社区", ""]
    assert table["metres"].tolist() == pytest.approx([100] * 5)


def test_the_first_kind_that_is_there_counts():
    road = SEGMENTS.iloc[[0]].set_geometry([LineString([(400, 0), (400, 100)])])
    both = pd.concat([SEGMENTS, road])
    assert explained(both)["kind"].tolist()[3] == "road"


@pytest.mark.parametrize(
    ("kind", "road_class", "told"),
    [("lane", "lane", "lane"), ("road", "living_street", "lane"), ("road", "service", "lane"),
     ("road", "residential", "road"), ("rail", "rail", "road")],
)  # fmt: skip
def test_a_lane_is_no_road(kind, road_class, told):
    line = {"kind": kind, "class": road_class, "name": "弄"}
    end, between = (
        SEGMENTS.iloc[[0]].assign(**line).set_geometry([LineString([(x, 0), (x, 100)])])
        for x in (500, 400)
    )
    table = explained(pd.concat([end, between]))
    assert (table["kind"].iloc[4], table["why"].iloc[4]) == (told, "弄")
    # Where it runs along a legal line it is that which parts.
    assert table["kind"].iloc[3] == ("legal" if told == "lane" else told)


def test_a_border_is_what_most_of_its_metres_are():
    half = SEGMENTS.iloc[[1]].set_geometry([LineString([(200, 0), (200, 30)])])
    table = explained(half)
    assert table["kind"].tolist()[1] == "nothing"
    assert (table["kind_m"] <= table["metres"] + 1e-9).all()
    most = SEGMENTS.iloc[[1]].set_geometry([LineString([(200, 0), (200, 70)])])
    assert explained(most)["kind"].tolist()[1] == "river"


def test_nothing_is_known_where_there_is_nothing():
    table = explained(SEGMENTS.iloc[:0], COMPOUNDS.iloc[:0])
    assert table["kind"].tolist() == ["nothing"] * 3 + ["legal", "nothing"]
    alone = edges.explain(BLOCKS.iloc[:1], edges.lines(SEGMENTS, COMPOUNDS))
    assert alone.empty
    assert {"a", "b", "metres", "kind", "why", "kind_m"} == set(alone)


def test_borders_are_those_of_the_adjacency():
    shapes = shapely.get_parts(shapely.voronoi_polygons(
        shapely.MultiPoint(np.random.default_rng(1).random((40, 2)) * 1000)))  # fmt: skip
    pairs, metres = adjacency(shapes)
    town = gpd.GeoDataFrame({"area": "a", "area_name": "甲"}, index=range(len(shapes)),
                            geometry=shapes, crs=4549)  # fmt: skip
    table = edges.explain(town, edges.lines(SEGMENTS, COMPOUNDS))
    np.testing.assert_array_equal(table[["a", "b"]].to_numpy(), pairs)
    np.testing.assert_allclose(table["metres"], metres)
    both, lines = shared_edges(shapes)
    assert shapely.length(lines).sum() == pytest.approx(metres.sum())
    assert (both[:, 0] < both[:, 1]).all()


def test_places_lie_where_they_really_lie():
    shapes = BLOCKS.geometry.to_numpy()
    places = np.array([box(10, 10, 90, 90), box(50, 0, 250, 100), box(300, 0, 400.01, 100)])
    found = wholes.spans(places, shapes)
    assert list(zip(found["place"], found["block"], strict=True)) == [
        (0, 0), (1, 0), (1, 1), (1, 2), (2, 3),
    ]  # fmt: skip
    assert found.groupby("place")["share"].sum().to_numpy() == pytest.approx([1, 1, 1], abs=1e-3)
    # One that lies in several blocks says more than one that lies in this alone.
    assert wholes.main_place(found, 6).tolist() == [1, 1, 1, 2, -1, -1]
    assert wholes.spans(places[:0], shapes).empty
    assert wholes.main_place(wholes.spans(places[:0], shapes), 2).tolist() == [-1, -1]
