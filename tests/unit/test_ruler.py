"""What is drawn is measured as geometry says."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.ruler import NotOnEarth, measure

metres = st.floats(-1e4, 1e4).map(lambda x: round(x, 3))


@settings(max_examples=50)
@given(st.floats(1, 1e4), st.floats(1, 1e4), st.floats(0, 6.3), metres, metres)
def test_a_turned_rectangle_has_its_area(wide, high, turn, x, y):
    corners = np.array([(0, 0), (wide, 0), (wide, high), (0, high)])
    cos, sin = np.cos(turn), np.sin(turn)
    moved = corners @ np.array([(cos, sin), (-sin, cos)]) + (x, y)
    found = measure((moved[:, 0], moved[:, 1]))
    assert found["area_m2"] == pytest.approx(wide * high, rel=1e-6)
    assert found["around_m"] == pytest.approx(2 * (wide + high))
    assert found["length_m"] == pytest.approx(2 * wide + high)


@settings(max_examples=50)
@given(st.lists(st.tuples(metres, metres), min_size=1, max_size=12))
def test_a_line_is_as_long_backwards(points):
    there, back = np.array(points, float), np.array(points[::-1], float)
    lengths = [measure((line[:, 0], line[:, 1]))["length_m"] for line in (there, back)]
    assert lengths[0] == pytest.approx(lengths[1])


def test_a_ring_that_crosses_itself_has_no_area():
    bow = np.array([(0, 0), (10, 10), (10, 0), (0, 10)], float)
    found = measure((bow[:, 0], bow[:, 1]))
    assert found["area_m2"] is None
    assert found["length_m"] == pytest.approx(10 + 2 * np.hypot(10, 10))


@pytest.mark.parametrize("n", [1, 2])
def test_few_points_have_no_area(n):
    found = measure((np.arange(n, dtype=float), np.zeros(n)))
    assert found == {"length_m": n - 1, "around_m": None, "area_m2": None}


@pytest.mark.parametrize("far", [np.inf, np.nan, 1e99, -2e8])
def test_what_is_not_on_earth_is_refused(far):
    with pytest.raises(NotOnEarth, match="beyond the Earth"):
        measure((np.array([0.0, far]), np.zeros(2)))
