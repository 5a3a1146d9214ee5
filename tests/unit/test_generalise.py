"""Laws of far shapes: a coverage stays one, and nothing disappears that could be seen."""

from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.generalise import generalise, pixel_m

ROOT = Path(__file__).parents[2]
AREAS = ROOT / "data" / "boundaries" / "areas.geojson"
COMPOUNDS = ROOT / "data" / "boundaries" / "compounds.geojson"
HUANGPU = ROOT.parent / "shared/data/huangpu/streets.geojson"
LATITUDE = 31.2
SIDE = 1000.0


def winding(seed, count):
    """A partition of a square whose edges wind; neighbours know the same corners of each."""
    random = np.random.default_rng(seed)
    points = shapely.MultiPoint(random.uniform(0, SIDE, (count, 2)))
    square = shapely.box(0, 0, SIDE, SIDE)
    edges = shapely.voronoi_polygons(points, extend_to=square, only_edges=True)
    lines = shapely.unary_union([square.exterior, shapely.intersection(edges, square)])
    fine = shapely.segmentize(shapely.get_parts(lines), 7.0)
    wave = random.uniform(20, 90)
    bent = shapely.transform(fine, lambda xy: xy + 5 * np.sin(xy[:, ::-1] / wave))
    return shapely.get_parts(shapely.polygonize(bent))


PARTITIONS = st.builds(winding, st.integers(0, 9999), st.integers(2, 25))


def area(shapes):
    return shapely.area(shapes).sum()


@settings(max_examples=25)
@given(PARTITIONS, st.floats(0.5, 60))
def test_a_coverage_stays_a_coverage(cells, pixel):
    plain = generalise(cells, pixel)
    kept = plain[~shapely.is_missing(plain)]
    assert shapely.coverage_is_valid(kept)
    assert shapely.is_valid(kept).all()
    assert area(kept) == pytest.approx(shapely.union_all(kept).area)
    assert shapely.get_num_coordinates(kept).sum() <= shapely.get_num_coordinates(cells).sum()


@settings(max_examples=25)
@given(PARTITIONS, st.floats(0.5, 20))
def test_corners_go_in_triangles_of_a_quarter_pixel(cells, pixel):
    """Every corner that goes moves an edge by less than a quarter of a square pixel."""
    plain = generalise(cells, pixel)
    there = ~shapely.is_missing(plain)
    gone = shapely.get_num_coordinates(cells[there]) - shapely.get_num_coordinates(plain[there])
    moved = shapely.area(shapely.symmetric_difference(cells[there], plain[there]))
    assert (moved <= np.maximum(gone, 0) * pixel**2 / 4 + 1e-6).all()


@settings(max_examples=40)
@given(st.integers(1, 12), st.integers(1, 12), st.floats(0.1, 5))
def test_what_is_left_out_together_fits_into_a_pixel(columns, rows, size):
    """A field of small blocks is kept where leaving it out would leave a hole that is seen."""
    x, y = np.meshgrid(np.arange(columns), np.arange(rows))
    field = shapely.box(x * size, y * size, (x + 1) * size, (y + 1) * size).ravel()
    plain = generalise(field, pixel=4.0)
    fits = max(columns, rows) * size < 4.0
    assert shapely.is_missing(plain).all() == fits
    assert shapely.is_missing(plain).any() == fits


def test_shapes_apart_do_not_see_each_other():
    one, two = winding(1, 8), winding(2, 8)
    both = generalise(np.concatenate([one, two]), 20.0, [0] * len(one) + [1] * len(two))
    assert both.tolist() == [*generalise(one, 20.0), *generalise(two, 20.0)]


def test_what_is_no_coverage_stays_valid():
    compounds = geopandas.read_file(COMPOUNDS).to_crs(4549).geometry.to_numpy()
    shifted = shapely.transform(compounds, lambda xy: xy + 20)
    plain = generalise(np.concatenate([compounds, shifted]), 10.0)
    assert shapely.is_valid(plain[~shapely.is_missing(plain)]).all()


def test_nothing_gives_nothing():
    assert len(generalise([], 1.0)) == 0


def test_a_pixel_on_the_ground():
    assert pixel_m(0, 0) == pytest.approx(40_075_016.68 / 512)
    assert pixel_m(14, 60) == pytest.approx(pixel_m(14, 0) / 2)


@pytest.mark.parametrize("zoom", [10, 12, 14])
@pytest.mark.parametrize("level", ["street", "community"])
def test_the_sample_district(zoom, level):
    areas = geopandas.read_file(AREAS).to_crs(4549)
    check(areas[areas["level"] == level].geometry.to_numpy(), zoom)


@pytest.mark.skipif(not HUANGPU.exists(), reason="needs ../shared/data/huangpu")
@pytest.mark.parametrize("zoom", [10, 12, 14])
def test_real_streets(zoom):
    streets = geopandas.read_file(HUANGPU).to_crs(4549)
    check(streets.geometry.to_numpy(), zoom)


def check(shapes, zoom):
    pixel = pixel_m(zoom, LATITUDE)
    plain = generalise(shapes, pixel)
    assert not shapely.is_missing(plain).any()
    gaps = shapely.coverage_invalid_edges(plain)
    before = shapely.coverage_invalid_edges(shapes)
    assert shapely.length(gaps).sum() <= shapely.length(before).sum() + 1e-6
    assert area(plain) == pytest.approx(area(shapes), rel=0.02)
    assert shapely.hausdorff_distance(plain, shapes).max() < 3 * pixel
