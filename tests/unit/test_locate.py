"""Laws of the place of a point."""

import numpy as np
import pytest
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st

from geo import locate


@pytest.fixture(scope="module", autouse=True)
def compiled():
    """No law waits for the compiler: the first run of all takes a while."""
    locate.warm()


coordinate = st.integers(-50, 50).map(float)
point = st.tuples(coordinate, coordinate)


@st.composite
def axes(draw):
    xy = draw(st.lists(point, min_size=2, max_size=6, unique=True))
    line = shapely.LineString(xy)
    assume(line.is_simple)
    return line


@given(axes(), point)
def test_place_rebuilds_the_distance(axis, xy):
    side, chainage, offset = locate.places_on(np.array([xy]), np.array([axis]))
    p = shapely.Point(xy)
    assert np.isclose(offset[0], shapely.distance(axis, p), atol=1e-9)
    on = shapely.line_interpolate_point(axis, chainage[0])
    assert np.isclose(shapely.distance(on, p), offset[0], atol=1e-6)
    assert 0 <= chainage[0] <= axis.length + 1e-9
    assert side[0] in "LR"


@given(axes(), point)
def test_reversing_the_axis_swaps_the_side(axis, xy):
    there = locate.places_on(np.array([xy]), np.array([axis]))
    back = locate.places_on(np.array([xy]), np.array([shapely.reverse(axis)]))
    # Where two edges are equally near, the first one counts: seen from the other end it is another.
    assume(np.isclose(there[1][0] + back[1][0], axis.length))
    on_line = there[2][0] < 1e-6
    straight_on = there[1][0] in (0.0, axis.length) or back[1][0] in (0.0, axis.length)
    assume(not on_line and not straight_on)
    assert {there[0][0], back[0][0]} == {"L", "R"}


@given(st.floats(0.5, 89.5), st.floats(0.05, 0.95), st.floats(0.1, 5))
def test_outside_of_a_sharp_bend_is_one_side(half_angle, share, far):
    """Points whose nearest is the bend itself lie outside of it: on the right of a left turn."""
    a = np.radians(half_angle)
    axis = shapely.LineString([(-np.cos(a), np.sin(a)), (0, 0), (-np.cos(a), -np.sin(a))])
    # The tip points east; the road comes down to it and goes back: a turn to the right.
    turn = (share - 0.5) * 2 * (np.pi / 2 - a) * 0.99
    xy = far * np.array([[np.cos(turn), np.sin(turn)]])
    side, chainage, _ = locate.places_on(xy, np.array([axis]))
    assert np.isclose(chainage[0], 1)
    assert side[0] == "L"


def test_ties_go_to_the_lowest_id():
    left, right = shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)
    edge = shapely.points([[1.0, 0.5], [5.0, 5.0]])
    found = locate.find_blocks(edge, np.array([left, right]), np.array([9, 4]))
    assert found.tolist() == [4, locate.NOWHERE]
    arms = np.array([shapely.LineString([(0, 0), tip]) for tip in [(10, 10), (-10, 10), (0, 10)]])
    places = locate.find_road_places(
        shapely.points([[0.0, -3.0], [0.0, -60.0]]), arms, np.array([7, 5, 6]), 50.0
    )
    assert places.segment.tolist() == [5, locate.NOWHERE]
    assert np.isnan(places.offset_m[1])


@given(st.lists(point, min_size=1, max_size=20), st.lists(axes(), min_size=1, max_size=8))
def test_nearest_is_the_nearest(points, lines):
    p, a = shapely.points(points), np.array(lines)
    places = locate.find_road_places(p, a, np.arange(len(a)), 1000.0)
    distance = shapely.distance(p[:, None], a[None, :])
    expected = np.argmax(distance <= distance.min(axis=1, keepdims=True) + locate.TIE_M, axis=1)
    assert places.segment.tolist() == expected.tolist()
