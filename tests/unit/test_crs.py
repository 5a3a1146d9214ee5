"""Laws of the coordinate conversions, with PRCoords, coord-convert and pyproj as oracles."""

import geopandas
import numpy as np
import prcoords
import pyproj
import pytest
import shapely
from coord_convert import transform as coord_convert
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Point, Polygon, box

from geo import crs

M_PER_DEGREE = 111_320
# The mainland with its seas; the offsets exist up to a little beyond.
CHINA = st.tuples(st.floats(73.5, 135.1), st.floats(3.4, 53.6))
IN_CHINA = st.lists(CHINA, min_size=1, max_size=20).map(lambda pairs: np.array(pairs).T)
OFFSET_DATUMS = ["gcj02", "bd09"]


def metres_apart(a, b):
    (lon, lat), (other_lon, other_lat) = a, b
    east = (np.asarray(lon) - other_lon) * np.cos(np.radians(lat))
    return np.hypot(east, np.asarray(lat) - other_lat) * M_PER_DEGREE


@pytest.mark.parametrize("datum", OFFSET_DATUMS)
@given(IN_CHINA)
def test_there_and_back_is_the_same_place(datum, points):
    moved = crs.transform_points(*points, "wgs84", datum)
    back = crs.transform_points(*moved, datum, "wgs84")
    assert metres_apart(points, back).max() < 1e-5
    assert metres_apart(points, moved).min() > 1


@given(CHINA)
def test_forward_equals_the_oracles(point):
    lon, lat = point
    gcj = crs.transform_points(lon, lat, "wgs84", "gcj02")
    bd = crs.transform_points(lon, lat, "wgs84", "bd09")
    assert gcj == pytest.approx(coord_convert.wgs2gcj(lon, lat), abs=1e-11)
    assert gcj == pytest.approx(prcoords.wgs_gcj((lat, lon))[::-1], abs=1e-11)
    assert bd == pytest.approx(coord_convert.wgs2bd(lon, lat), abs=1e-11)
    assert bd == pytest.approx(prcoords.wgs_bd((lat, lon))[::-1], abs=1e-11)


@given(CHINA)
def test_inverse_equals_the_oracles(point):
    lon, lat = point
    gcj_to_wgs = crs.transform_points(lon, lat, "gcj02", "wgs84")
    bd_to_wgs = crs.transform_points(lon, lat, "bd09", "wgs84")
    # The oracles stop at steps of 1e-6 and 1e-5 degrees: what is left here is their own error.
    assert metres_apart(gcj_to_wgs, coord_convert.gcj2wgs(lon, lat)) < 0.002
    assert metres_apart(gcj_to_wgs, prcoords.gcj_wgs_bored((lat, lon))[::-1]) < 0.02
    assert metres_apart(bd_to_wgs, prcoords.bd_wgs_bored((lat, lon))[::-1]) < 0.05


def test_offsets_at_shanghai_are_the_known_ones():
    shanghai = 121.4737, 31.2304
    gcj = crs.transform_points(*shanghai, "wgs84", "gcj02")
    bd = crs.transform_points(*shanghai, "wgs84", "bd09")
    assert metres_apart(shanghai, gcj) == pytest.approx(475, abs=10)
    assert metres_apart(shanghai, bd) == pytest.approx(1130, abs=60)


@settings(max_examples=20)
@given(IN_CHINA, st.sampled_from([4549, 4550, 32651, 3857]))
def test_epsg_equals_pyproj(points, srid):
    oracle = pyproj.Transformer.from_crs(4326, srid, always_xy=True).transform(*points)
    np.testing.assert_array_equal(crs.transform_points(*points, "wgs84", srid), oracle)


def test_axis_order_is_longitude_first_whatever_the_definition_says():
    for geographic in ("wgs84", "cgcs2000", "EPSG:4326", "EPSG:4490"):
        x, y = crs.transform_points(121.5, 31.0, geographic, "EPSG:4549")
        assert 600_000 < x < 700_000
        assert 3_400_000 < y < 3_500_000
    assert crs.transform_points(121.5, 31.0, 4490, 4326) == (121.5, 31.0)


@given(IN_CHINA)
def test_a_path_through_any_datum_ends_at_the_same_place(points):
    through = crs.transform_points(
        *crs.transform_points(*crs.transform_points(*points, "bd09", "gcj02"), "gcj02", 4490),
        4490,
        4549,
    )
    np.testing.assert_allclose(
        through, crs.transform_points(*points, "bd09", 4549), rtol=0, atol=1e-3
    )


@pytest.mark.parametrize("datum", OFFSET_DATUMS)
def test_outside_china_is_refused_with_count_row_and_advice(datum):
    lon, lat = [121.4, -71.06, 31.2], [31.2, 42.36, 121.4]
    with pytest.raises(crs.OutsideChina, match=r"2 of 3 .*row 1 .*lon -71\.060000.*true datum"):
        crs.transform_points(lon, lat, datum, "wgs84")
    with pytest.raises(crs.OutsideChina, match=r"1 of 2 .*row 1 .*look swapped"):
        crs.transform_points(lon[::2], lat[::2], "wgs84", datum)
    squares = [box(121, 31, 122, 32), None, box(-71, 42, -70, 43)]
    with pytest.raises(crs.OutsideChina, match="row 2 "):
        crs.transform_geometries(squares, datum, "wgs84")


@given(st.floats(-180, 180), st.floats(-90, 90))
def test_outside_china_is_the_box(lon, lat):
    assert crs.outside_china(lon, lat) == (
        not prcoords.sanity_in_china_p(prcoords.Coords(lat, lon))
    )


@pytest.mark.parametrize("target", ["gcj02", "bd09", "EPSG:4549"])
def test_what_is_not_finite_comes_out_as_nan(target):
    lon, lat = [np.nan, 121.0, np.inf, 121.0], [31.0, np.nan, 31.0, 31.0]
    x, y = crs.transform_points(lon, lat, "wgs84", target)
    np.testing.assert_array_equal(np.isnan(x), [True, True, True, False])
    np.testing.assert_array_equal(np.isnan(y), [True, True, True, False])


def test_what_the_projection_cannot_show_comes_out_as_nan():
    assert np.isnan(crs.transform_points([31.2], [121.4], "wgs84", "EPSG:4549")).all()


def test_points_keep_their_shape_and_the_input_is_not_touched():
    lon, lat = np.full((2, 3), 121.0), np.full((2, 3), 31.0)
    for target in ("wgs84", "gcj02", 4549):
        x, y = crs.transform_points(lon, lat, "wgs84", target)
        assert x.shape == y.shape == (2, 3)
        x += 1
        assert (lon == 121).all()


RING = st.lists(
    st.tuples(st.floats(121, 122), st.floats(31, 32)), min_size=3, max_size=200, unique=True
)


@pytest.mark.parametrize("way", [("gcj02", 4549), ("bd09", 4549), ("wgs84", "bd09"), (4490, 4549)])
@settings(max_examples=30)
@given(RING)
def test_a_ring_stays_closed_exactly(way, ring):
    hole = Polygon([(120, 30), (123, 30), (123, 33), (120, 33)], [ring])
    moved = crs.transform_geometries([MultiPolygon([Polygon(ring)]), hole], *way)
    for part in [*moved[0].geoms, moved[1]]:
        for closed in [part.exterior, *part.interiors]:
            assert closed.coords[0] == closed.coords[-1]


@given(IN_CHINA)
def test_geometries_move_as_their_points(points):
    moved = crs.transform_geometries(shapely.points(*points), "bd09", "EPSG:4549")
    x, y = crs.transform_points(*points, "bd09", "EPSG:4549")
    np.testing.assert_allclose(shapely.get_coordinates(moved).T, [x, y], rtol=0, atol=1e-6)


def test_geometries_become_flat_and_missing_ones_stay_missing():
    moved = crs.transform_geometries([Point(121, 31, 5), None, Point()], "gcj02", "wgs84")
    assert not moved[0].has_z
    assert moved[1] is None
    assert moved[2].is_empty


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("GCJ-02", "gcj02"),
        ("火星坐标", "gcj02"),
        ("火星坐标系（GCJ-02）", "gcj02"),
        ("高德", "gcj02"),
        ("BD-09", "bd09"),
        ("百度坐标系", "bd09"),
        ("bd09ll", "bd09"),
        (" WGS 84 ", "wgs84"),
        ("EPSG:4326", "wgs84"),
        (4326, "wgs84"),
        ("CGCS2000", "cgcs2000"),
        ("2000国家大地坐标系", "cgcs2000"),
        ("EPSG：4490", "cgcs2000"),
        ("4549", "EPSG:4549"),
        ("epsg:4549", "EPSG:4549"),
        (pyproj.CRS(4549), "EPSG:4549"),
        (pyproj.CRS(4549).to_wkt("WKT1_ESRI"), "EPSG:4549"),
        ("urn:ogc:def:crs:OGC:1.3:CRS84", "OGC:CRS84"),
    ],
)
def test_spellings(text, name):
    assert crs.parse(text).name == name


def test_a_name_reads_back_to_the_same_crs():
    local = "+proj=tmerc +lat_0=31.2352 +lon_0=121.4671 +ellps=GRS80 +units=m +type=crs"
    for text in ("gcj02", "bd09", "wgs84", "cgcs2000", "EPSG:2249", local):
        assert crs.parse(crs.parse(text).name) == crs.parse(text)


@pytest.mark.parametrize("text", ["", "上海城建坐标系", "EPSG:999999", "EPSG:4978", "EPSG:5773", 0])
def test_an_unknown_name_is_refused_with_the_known_ones(text):
    with pytest.raises(crs.UnknownCrs, match="gcj02, bd09, cgcs2000"):
        crs.parse(text)


def test_baidus_mercator_is_not_taken_for_its_degrees():
    with pytest.raises(crs.UnknownCrs, match="longitude and latitude"):
        crs.parse("BD09MC")


@pytest.mark.parametrize("degrees", ["wgs84", "gcj02", "bd09", "cgcs2000", "EPSG:4269"])
def test_a_planar_measure_on_degrees_is_an_error(degrees):
    with pytest.raises(crs.DegreesError, match="CRS in metres is needed"):
        crs.require_metric(degrees)


def test_a_planar_measure_in_feet_or_on_mercator_is_an_error():
    with pytest.raises(crs.NotMetres, match="US survey foot"):
        crs.require_metric(2249)
    with pytest.raises(crs.NotMetres, match="Pseudo Mercator"):
        crs.require_metric("EPSG:3857")


def test_the_guard_takes_frames_and_series():
    frame = geopandas.GeoDataFrame(geometry=[Point(0, 0)], crs=4549)
    assert crs.require_metric(frame) == pyproj.CRS(4549)
    assert crs.require_metric(frame.geometry) == pyproj.CRS(4549)
    with pytest.raises(crs.DegreesError):
        crs.require_metric(frame.to_crs(4326))
    with pytest.raises(crs.UnknownCrs, match="has no CRS"):
        crs.require_metric(frame.set_crs(None, allow_override=True))
