"""Laws of the first plan: every block in one group, groups whole, within one area, fairly even."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.adjacency import adjacency, contiguous
from geo.blocks import derive_blocks
from geo.grids import BadTarget, BadWeight, first_plan


def lattice(columns, rows, side=100.0, area="A"):
    x, y = (a.ravel() * side for a in np.meshgrid(np.arange(columns), np.arange(rows)))
    cells = shapely.box(x, y, x + side, y + side)
    return gpd.GeoDataFrame(geometry=cells, crs="EPSG:4549").assign(area=area, weight=1.0)


def test_neighbours_share_an_edge_not_a_corner():
    pairs, shared_m = adjacency(lattice(2, 2, side=30.0).geometry)
    assert pairs.tolist() == [[0, 1], [0, 2], [1, 3], [2, 3]]
    assert shared_m.tolist() == [30.0] * 4


def test_the_shared_length_adds_up_over_holes_and_parts():
    hole = shapely.box(10, 10, 20, 20)
    pairs, shared_m = adjacency([shapely.box(0, 0, 40, 40) - hole, hole])
    assert (pairs.tolist(), shared_m.tolist()) == ([[0, 1]], [40.0])
    pairs, shared_m = adjacency([hole])
    assert pairs.shape == (0, 2)


def test_groups_that_do_not_hang_together_are_named():
    pairs, _ = adjacency(lattice(4, 1).geometry)
    assert contiguous(np.array([7, 7, 8, 8]), pairs).tolist() == []
    assert contiguous(np.array([7, 8, 7, 8]), pairs).tolist() == [7, 8]


def test_an_even_lattice_is_cut_evenly_and_compactly():
    blocks = lattice(12, 12)
    label = first_plan(blocks, target=9)
    assert np.bincount(label).tolist() == [9] * 16
    shapes = blocks.dissolve(label)
    assert shapes.length.mean() < 1500


def test_groups_are_numbered_by_area_then_from_the_north_west():
    blocks = lattice(4, 4, side=600.0)
    blocks["area"] = np.where(blocks.geometry.centroid.x < 1200, "B", "A")
    label = first_plan(blocks, count=4)
    # A is the eastern half; in each half the north comes first
    assert label.reshape(4, 4).tolist() == [[3, 3, 1, 1]] * 2 + [[2, 2, 0, 0]] * 2


def test_blocks_without_people_join_their_neighbours():
    blocks = lattice(6, 6)
    blocks.loc[::2, "weight"] = 0.0
    label = first_plan(blocks, target=6)
    assert np.bincount(label, blocks["weight"]).tolist() == [6, 6, 6]
    assert len(contiguous(label, adjacency(blocks.geometry)[0])) == 0


def test_a_block_too_heavy_for_any_group_does_not_starve_the_others():
    blocks = lattice(5, 5)
    blocks.loc[0, "weight"] = 50.0
    load = np.bincount(first_plan(blocks, target=5), blocks["weight"])
    assert sorted(load)[-1] == 50
    assert sorted(load)[:-1] == pytest.approx([5] * 5, abs=1)


def test_an_island_has_groups_of_its_own():
    blocks = lattice(4, 1)
    blocks.loc[3, "geometry"] = shapely.box(9000, 0, 9100, 100)
    assert first_plan(blocks, target=100).tolist() == [0, 0, 0, 1]
    assert len(set(first_plan(blocks, count=1))) == 2


def test_a_plan_of_nobody_is_by_number_of_blocks():
    blocks = lattice(4, 1).assign(weight=0.0)
    assert first_plan(blocks, count=2).tolist() == [0, 0, 1, 1]


@pytest.mark.parametrize("wrong", [{}, {"target": 0}, {"count": -1}, {"target": 5, "count": 5}])
def test_a_target_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(BadTarget):
        first_plan(lattice(2, 2), **wrong)


@pytest.mark.parametrize("weight", [-1.0, np.nan, np.inf])
def test_a_weight_that_makes_no_sense_is_refused(weight):
    with pytest.raises(BadWeight, match="row 2"):
        first_plan(lattice(2, 2).assign(weight=[1, 1, weight, 1]), count=1)


corner = st.tuples(st.integers(0, 50), st.integers(0, 30)).map(lambda p: (p[0] * 10, p[1] * 10))
roads = st.lists(st.tuples(corner, corner).filter(lambda p: p[0] != p[1]), min_size=3, max_size=14)


@settings(max_examples=50)
@given(roads, st.data())
def test_groups_are_whole_and_keep_to_their_area(axes, data):
    areas = gpd.GeoDataFrame(
        {"code": ["310101002001", "310101002002"]},
        geometry=[shapely.box(0, 0, 200, 300), shapely.box(200, 0, 500, 300)],
    )
    cuts = np.array([shapely.LineString(a) for a in axes], dtype=object)
    blocks = derive_blocks(areas, cuts, min_area_m2=50, min_width_m=1)
    weight = st.integers(0, 50)
    blocks["weight"] = data.draw(st.lists(weight, min_size=len(blocks), max_size=len(blocks)))
    blocks["area"] = blocks["parent"]
    count = data.draw(st.integers(1, len(blocks)))
    label = first_plan(blocks, count=count)
    assert sorted(set(label)) == list(range(max(count, 2)))
    assert len(contiguous(label, adjacency(blocks.geometry)[0])) == 0
    assert blocks.groupby(label)["area"].nunique().max() == 1
    assert (first_plan(blocks, count=count) == label).all()


def test_the_load_of_a_town_is_even():
    random = np.random.default_rng(3)
    blocks = lattice(40, 30)
    blocks["weight"] = random.integers(0, 150, len(blocks)) * (random.random(len(blocks)) > 0.2)
    load = np.bincount(first_plan(blocks, target=400), blocks["weight"])
    assert 0.95 < load.mean() / 400 < 1.05
    assert load.std() / load.mean() < 0.08
    assert load.min() > 300
    assert load.max() < 500
