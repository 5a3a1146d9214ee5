"""Blocks cut and joined: the ground stays whole, and the blocks a valid coverage."""

import geopandas
import numpy as np
import pytest
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from geo.cutting import (
    CannotCut,
    CannotJoin,
    cut,
    drawn_line,
    join,
    new_corners,
    share_out,
    with_corners,
)

SIDE = 100.0
spot = st.tuples(st.floats(-40, 340), st.floats(-40, 340))


@st.composite
def coverages(draw):
    """Nine blocks of a lattice whose corners are off it, the same for all that meet there."""
    shift = draw(arrays(float, (4, 4, 2), elements=st.floats(-30, 30).map(lambda x: round(x, 3))))
    at = np.stack(np.meshgrid(np.arange(4), np.arange(4), indexing="ij"), -1) * SIDE + shift
    return np.array([
        shapely.polygons([at[i, j], at[i + 1, j], at[i + 1, j + 1], at[i, j + 1]])
        for i in range(3) for j in range(3)
    ], object)  # fmt: skip


@given(coverages(), spot, spot, st.integers(0, 8))
def test_a_cut_leaves_the_ground_and_a_valid_coverage(blocks, start, end, number):
    assume(shapely.is_valid(blocks).all() and shapely.coverage_is_valid(blocks))
    block, line = blocks[number], shapely.LineString([start, end])
    try:
        pieces = cut(block, line, 1.0)
    except CannotCut:
        return
    others = np.delete(blocks, number)
    corners = new_corners(block, pieces)
    around = np.array([with_corners(other, corners) for other in others], object)
    assert shapely.area(pieces).sum() == pytest.approx(shapely.area(block), abs=1e-6)
    assert shapely.area(around) == pytest.approx(shapely.area(others), abs=1e-4)
    assert shapely.coverage_is_valid(np.concatenate([pieces, around]))
    again = join(pieces)
    assert shapely.area(again) == pytest.approx(shapely.area(block), abs=1e-6)
    assert shapely.coverage_is_valid(np.concatenate([[again], around]))


@pytest.mark.parametrize(
    "line",
    [[(-10, 150), (-5, 90)], [(50, -10), (50, 50)], [(-10, 0), (110, 0)], [(20, 20), (60, 60)]],
    ids=["beside", "half way", "along an edge", "inside"],
)
def test_a_line_that_does_not_cross_is_refused(line):
    with pytest.raises(CannotCut, match="does not cross"):
        cut(shapely.box(0, 0, 100, 100), shapely.LineString(line))


LINE = '{"type": "LineString", "coordinates": [[121.5, 31.25], [121.5, 31.5]]}'
FEATURE = f'{{"type": "Feature", "properties": {{}}, "geometry": {LINE}}}'


@pytest.mark.parametrize("text", [
    LINE, FEATURE, f'{{"type": "FeatureCollection", "features": [{FEATURE}]}}',
    " linestring (121.5 31.25, 121.5 31.5)", "MULTILINESTRING Z ((121.5 31.25 4, 121.5 31.5 4))",
])  # fmt: skip
def test_a_line_is_read_as_it_was_drawn(text):
    assert drawn_line(text) == [(121.5, 31.25), (121.5, 31.5)]


@pytest.mark.parametrize("text", [
    "", "along", "[1]", '{"a": 1}', "POINT (1 2)", "LINESTRING EMPTY", "LINESTRING (1 2, 3)",
    "MULTILINESTRING ((1 2, 3 4), (5 6, 7 8))", '{"type": "FeatureCollection", "features": []}',
])  # fmt: skip
def test_what_is_no_line_is_refused(text):
    with pytest.raises(CannotCut, match="one line"):
        drawn_line(text)


def test_a_sliver_is_refused():
    with pytest.raises(CannotCut, match="100 m²"):
        cut(shapely.box(0, 0, 100, 100), shapely.LineString([(1, -1), (1, 101)]))


def test_a_block_with_a_hole_and_a_bent_line():
    block = shapely.box(0, 0, 100, 100).difference(shapely.box(40, 40, 60, 60))
    pieces = cut(block, shapely.LineString([(-5, 50), (50, 52), (105, 50)]))
    assert len(pieces) == 2
    hole = with_corners(shapely.box(40, 40, 60, 60), new_corners(block, pieces))
    assert shapely.coverage_is_valid([*pieces, hole])
    assert len(hole.exterior.coords) == 7


def test_blocks_apart_are_not_joined():
    with pytest.raises(CannotJoin, match="beside"):
        join(np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 1, 2, 2)], object))
    with pytest.raises(CannotJoin, match="two"):
        join(np.array([shapely.box(0, 0, 1, 1)], object))


@given(st.integers(0, 5000), st.floats(10, 90))
def test_households_are_all_given_to_a_piece(total, at):
    block = shapely.box(0, 0, 100, 100)
    pieces = cut(block, shapely.LineString([(at, -1), (at, 101)]))
    compounds = geopandas.GeoDataFrame({"households": [40]}, geometry=[shapely.box(-50, 0, 50, 99)])
    shares = share_out(block, pieces, total, compounds, "households")
    assert sum(shares) == total
    assert min(shares) >= 0


def test_households_go_where_compounds_are():
    block = shapely.box(0, 0, 100, 100)
    pieces = cut(block, shapely.LineString([(40, -1), (40, 101)]))
    compounds = geopandas.GeoDataFrame({"households": [40]}, geometry=[shapely.box(50, 0, 90, 99)])
    assert list(share_out(block, pieces, 40, compounds, "households")) == [40, 0]
    assert share_out(block, pieces, None, compounds, "households").isna().all()
