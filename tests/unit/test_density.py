"""Laws of counting by H3 cells."""

import h3
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import crs, density

PLACES = st.lists(
    st.tuples(st.floats(121.40, 121.52), st.floats(31.15, 31.27), st.booleans()), max_size=60
)


def count(places):
    lon, lat, is_open = zip(*places, strict=True) if places else ((), (), ())
    return density.tally(lon, lat, is_open)


@settings(max_examples=50)
@given(PLACES)
def test_every_point_counts_once_at_every_resolution(places):
    found = count(places)
    sums = found.groupby("resolution")[["count", "open"]].sum()
    for resolution in density.RESOLUTIONS if places else ():
        assert sums.loc[resolution, "count"] == len(places)
        assert sums.loc[resolution, "open"] == sum(place[2] for place in places)
    assert (found["open"] <= found["count"]).all()


@settings(max_examples=50)
@given(PLACES)
def test_cells_are_those_that_h3_finds(places):
    found = count(places)
    counts = dict(zip(density.names(found["cell"]), found["count"], strict=True))
    for resolution in density.RESOLUTIONS:
        cells = [h3.latlng_to_cell(lat, lon, resolution) for lon, lat, _ in places]
        for cell in cells:
            assert counts[cell] == cells.count(cell)


def test_many_points_count_as_each_by_itself():
    """Crowded points are counted by squares, which must give the same."""
    random = np.random.default_rng(7)
    lon, lat = random.uniform(121.47, 121.48, 20_000), random.uniform(31.20, 31.21, 20_000)
    is_open = random.random(20_000) < 0.1
    found = density.tally(lon, lat, is_open)
    assert 2 * len(density._squares(lon, lat).x) < 20_000
    for resolution, cells in found.groupby("resolution"):
        alone = [h3.latlng_to_cell(*place, resolution) for place in zip(lat, lon, strict=True)]
        for column, chosen in (("count", is_open >= 0), ("open", is_open)):
            name, count = np.unique(np.array(alone)[chosen], return_counts=True)
            counted = dict(zip(density.names(cells["cell"]), cells[column], strict=True))
            assert {cell: n for cell, n in counted.items() if n} == dict(
                zip(name.tolist(), count.tolist(), strict=True)
            )


@settings(max_examples=50)
@given(PLACES, PLACES)
def test_portions_add_up(some, others):
    both = density.add([count(some), count(others)])
    assert both.equals(count([*some, *others]))


def test_points_without_a_place_count_nowhere():
    assert count([(np.nan, 31.2, True), (121.4, np.nan, True)]).empty


def test_a_point_lies_in_the_outline_of_its_cell():
    random = np.random.default_rng(1)
    lon, lat = random.uniform(121.4, 121.5, 300), random.uniform(31.1, 31.2, 300)
    x, y = crs.transform_points(lon, lat, "wgs84", 4549)
    found = density.tally(lon, lat, np.zeros(300))
    for resolution, cells in found.groupby("resolution"):
        outlines = density.outlines(cells["cell"], 4549)
        inside = shapely.STRtree(outlines).query(shapely.points(x, y), predicate="intersects")[1]
        counts = np.bincount(inside, minlength=len(outlines))
        # An edge in degrees is bent by a few centimetres in metres.
        assert np.abs(counts - cells["count"]).sum() <= 1, resolution


def test_outlines_are_hexagons_of_the_district():
    found = density.tally([121.47], [31.2], [True])
    outlines = density.outlines(found["cell"], 4549)
    assert (shapely.get_num_coordinates(outlines) == 7).all()
    assert shapely.area(outlines)[-1] == pytest.approx(15_000, rel=0.3)
