"""Numbers that were typed are read as the places they may mean."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import crs
from geo.readings import DATUMS, readings


@settings(max_examples=50)
@given(st.floats(73.7, 134.7), st.floats(18, 53), st.sampled_from([", ", " ", "，", ",", " ; "]))
def test_degrees_are_read_in_every_datum(lon, lat, between):
    found = readings(f"{lon:.7f}{between}{lat:.7f}", 4549)
    assert [each.crs for each in found] == list(DATUMS)
    for each in found:
        x, y = crs.transform_points([each.lon], [each.lat], "wgs84", each.crs)
        assert (x[0], y[0]) == pytest.approx((lon, lat), abs=1e-6)


def test_latitude_first_is_understood():
    assert readings("31.2 121.5", 4549) == readings("121.5 31.2", 4549)


def test_metres_are_the_districts():
    x, y = crs.transform_points([121.0], [31.1], "wgs84", "EPSG:4549")
    (found,) = readings(f"{x[0]:.3f} {y[0]:.3f}", 4549)
    assert found.crs == "EPSG:4549"
    assert (found.lon, found.lat) == pytest.approx((121.0, 31.1), abs=1e-7)


@pytest.mark.parametrize("said", ["gcj02", "bd09", "EPSG:4490", "wgs84"])
def test_what_is_said_is_believed(said):
    (found,) = readings(f"{said} 121.5, 31.2", 4549)
    assert found.crs == said
    lon, lat = crs.transform_points([121.5], [31.2], said, "wgs84")
    assert (found.lon, found.lat) == (lon[0], lat[0])


@pytest.mark.parametrize(
    "text", ["", "昭宜路12号", "319901001001009", "12", "moon 1 2", "1 2 3", "121.5,", "9e99 1"]
)
def test_what_is_no_pair_is_none(text):
    assert readings(text, 4549) == []


def test_what_a_datum_refuses_is_left_out():
    assert [each.crs for each in readings("2.35 48.85", 4549)] == ["wgs84", "cgcs2000"]
