"""Laws of isochrones: longer times hold shorter ones; roads decide, and barriers hold."""

from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from test_walking import EAST, KINDS, NORTH, RIVER, WEST, frame, segments, spots

from geo import isochrones, walking

LIMITS = [60.0, 130.0, 300.0]


def made(paths, stations):
    return isochrones.polygons(
        paths, walking.catchments(paths, stations, LIMITS[-1]), stations, LIMITS
    )


def reached(paths, station, limit):
    """Points every 10 m along all roads that are within the limit, by distances."""
    row = np.repeat(np.arange(len(paths.ids)), (paths.metres // 10).astype(int) + 1)
    chainage = np.concatenate([np.arange(n // 10 + 1) * 10 for n in paths.metres])
    targets = walking.Spots(row, chainage, np.zeros(len(row)))
    near = walking.nearest(paths, station, targets).metres <= limit - 1e-3
    return shapely.line_interpolate_point(paths.axes[row[near]], chainage[near])


@settings(max_examples=40)
@given(segments(), st.data())
def test_it_holds_every_place_within_and_grows_with_time(drawn, data):
    paths = walking.build(drawn)
    stations = spots(data.draw, paths, 2)
    for k, shapes in enumerate(made(paths, stations)):
        one = walking.Spots(*(column[[k]] for column in stations))
        assert all(shapely.is_valid(shapes))
        assert all(shapely.get_type_id(shapes) == shapely.GeometryType.MULTIPOLYGON)
        if one.row[0] < 0:
            assert shapely.is_empty(shapes).all()
            continue
        for shorter, longer in pairwise(shapes):
            assert shapely.area(shapely.difference(shorter, longer)) < 1e-3
        for limit, shape in zip(LIMITS, shapes, strict=True):
            places = reached(paths, one, limit)
            assert shapely.intersects(shapely.buffer(shape, 1e-6), places).all()


def test_the_other_bank_is_outside_until_the_bridge_is_reached():
    paths = walking.build(frame([RIVER, (2, KINDS[0], WEST[2]), EAST, NORTH]))
    station = walking.snap(paths, shapely.points([(-20.0, 100.0)]))
    near, _, far = made(paths, station)[0]
    assert near.contains(shapely.Point(-5, 120))
    assert near.bounds[2] < 0  # the river's axis
    assert not near.contains(shapely.Point(60, 100))
    assert far.contains(shapely.Point(60, 290))
    assert not far.contains(shapely.Point(60, 150))
    assert shapely.get_num_geometries(far) == 1


def test_ground_all_round_which_is_reached_is_filled():
    square = [(0.0, 0.0), (130.0, 0.0), (130.0, 130.0), (0.0, 130.0), (0.0, 0.0)]
    paths = walking.build(frame([(1, KINDS[0], square)]))
    station = walking.snap(paths, shapely.points([(0.0, 0.0)]))
    (shape,) = made(paths, station)[0, -1:]
    assert shape.contains(shapely.Point(65, 65))
    assert shape.area == pytest.approx(210**2, rel=0.05)
