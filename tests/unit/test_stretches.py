"""Stretches as people write them: crossings, metres, doors and sides of a road."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo import roads
from geo.doors import number_of
from geo.stretches import NotUnderstood, Road, Words, nearest_names, read


def road(heading=(1.0, 0.0), **more):
    """A straight road of three segments: 100, 200 and 300 m, west to east."""
    given = {
        "name": "昭宜路",
        "ids": np.array([7, 8, 9]),
        "length_m": np.array([100.0, 200, 300]),
        "begin_m": np.array([0.0, 100, 300]),
        "end_m": np.array([100.0, 300, 600]),
        "heading": np.tile(heading, (3, 1)),
        "crossings": {"横一路": np.array([100.0]), "横二路": np.array([290.0, 310]),
                      "环路": np.array([0.0, 600])},
        "door": np.array([1, 3, 2, 4, 60]),
        "door_side": np.array(["L", "L", "R", "R", "R"], object),
        "door_m": np.array([20.0, 150, 30, 200, 500]),
    }  # fmt: skip
    return Road(**(given | more))


def metres(found, side):
    return sum(each.to_m - each.from_m for each in found if each.side == side)


def test_from_a_crossing_to_another_the_middle_of_a_double_one_counts():
    found = read(road(), Words("昭宜路", "横一路", "横二路", "左"))
    assert [tuple(each) for each in found] == [(8, "L", 0.0, 200.0)]
    assert read(road(), Words("昭宜路", "横二路路口", "横一路口", "L")) == found


def test_without_ends_and_side_it_is_the_whole_road_on_both():
    found = read(road(), Words("昭宜路"))
    assert len(found) == 6
    assert metres(found, "L") == metres(found, "R") == 600


@given(st.floats(0, 600), st.floats(0, 600))
def test_metres_come_back_as_they_were_asked(low, high):
    low, high = sorted((round(low, 2), round(high, 2)))
    if high - low < 0.5:
        with pytest.raises(NotUnderstood):
            read(road(), Words("昭宜路", f"{low} m", f"{high}米", "右"))
        return
    if high - low < 3:  # what is cut off at junctions is under half a metre, at each of two ends
        return
    found = read(road(), Words("昭宜路", f"{low} m", f"{high}米", "右"))
    assert metres(found, "R") == pytest.approx(high - low, abs=2.01)
    assert all(0 <= each.from_m < each.to_m for each in found)


@pytest.mark.parametrize(
    ("start", "end", "sum_"),
    [("K0+100", "K0+300", 200), ("3号", "60号", 350), ("No. 3", "#60", 350),
     ("起点", "横一路", 100),
     ("横二路", "终点", 300), ("start", "end", 600), ("100", "", 500)],
)  # fmt: skip
def test_ends_may_be_written_in_many_ways(start, end, sum_):
    assert metres(read(road(), Words("昭宜路", start, end)), "L") == sum_


@pytest.mark.parametrize(
    ("heading", "side", "is_"),
    [((1, 0), "北", "L"), ((1, 0), "S", "R"), ((0, -1), "东", "L"), ((0, -1), "west", "R"),
     ((1, 0), "单", "L"), ((1, 0), "双号侧", "R"), ((1, 0), "双侧", "LR"), ((1, 0), "both", "LR")],
)  # fmt: skip
def test_sides_by_compass_and_by_number(heading, side, is_):
    found = read(road(heading), Words("昭宜路", side=side))
    assert {each.side for each in found} == set(is_)


@pytest.mark.parametrize(
    ("words", "field", "says"),
    [
        (Words("昭宜路", "横路", ""), "from", "横一路"),
        (Words("昭宜路", "", "环路"), "to", "give the metres"),
        (Words("昭宜路", "", "9999"), "to", "600 m long"),
        (Words("昭宜路", "50号", ""), "from", "the nearest known are 4 and 60"),
        (Words("昭宜路", "", "", "东"), "side", "南/北"),
        (Words("昭宜路", "", "", "上"), "side", "单号"),
        (Words("昭宜路", "横一路", "横一路"), "to", "same place"),
    ],
)
def test_what_is_not_understood_is_named_with_what_is_near(words, field, says):
    with pytest.raises(NotUnderstood, match=says) as error:
        read(road(), words)
    assert error.value.field == field


def test_no_numbers_no_odd_side():
    bare = road(door=np.array([], int), door_side=np.array([], object), door_m=np.array([]))
    with pytest.raises(NotUnderstood, match="左 or 右"):
        read(bare, Words("昭宜路", side="单"))
    with pytest.raises(NotUnderstood, match=r"no door 3 is known on 昭宜路$"):
        read(bare, Words("昭宜路", "3号"))


def test_near_names():
    assert set(nearest_names("北京东路", ["南京东路", "北京西路", "外滩"])) == {
        "北京西路", "南京东路"
    }  # fmt: skip
    assert nearest_names("zzz", ["外滩"]) == []


@pytest.mark.parametrize(
    ("address", "on", "number"),
    [("昭宜路12号", "昭宜路", 12), ("昭宜路12-16号甲", "昭宜路", 12),
     ("昭宜路３４弄5号", "昭宜路", 34),
     ("12 Main Street", "Main Street", 12), ("Main St 7", "Main St", 7), ("8号", "昭宜路", 8),
     ("横一路12号", "昭宜路", None), ("昭宜路", "昭宜路", None), (None, "昭宜路", None),
     ("12号", None, 12), ("昭宜路，近横一路", "昭宜路", None)],
)  # fmt: skip
def test_numbers_in_addresses(address, on, number):
    assert number_of(address, on) == number


def test_measures_run_along_the_spine_and_what_lies_across_has_no_length():
    lines = [[(0, 0), (100, 0)], [(100, 0), (100, -30)], [(100, 0), (250, 0)]]
    axes = np.array([shapely.LineString(line) for line in lines], object)
    measured = roads.measure(axes, np.array([[0, 1], [1, 2], [1, 3]]))
    assert measured.begin.round(6).tolist() == [0, 100, 100]
    assert measured.end.round(6).tolist() == [100, 100, 250]
