"""Division codes, grid codes and the order of serial numbers."""

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo import codes

STREET_CODES = Path(__file__).parents[3] / "shared/data/huangpu/street_codes.csv"
SERIAL = st.integers(0, 999)
COORDINATES = st.lists(
    st.tuples(st.integers(-2000, 2000), st.integers(-2000, 2000)), min_size=1, max_size=40
).map(lambda pairs: np.array(pairs, dtype=float).T)


def test_the_parts_of_a_community():
    assert codes.split("310101002003") == ("310101", "002", "003")
    assert codes.level("310101002003") == "community"


@pytest.mark.parametrize(
    ("code", "level", "parent"),
    [
        ("310101002003", "community", "310101002000"),
        ("310101002000", "street", "310101000000"),
        ("310101002", "street", "310101000000"),
        ("310101", "district", "310100000000"),
        ("310101000000", "district", "310100000000"),
        ("310100", "city", "310000000000"),
        ("310000", "province", None),
    ],
)
def test_level_and_parent(code, level, parent):
    assert codes.level(code) == level
    assert codes.parent(code) == parent


@pytest.mark.parametrize(
    "code", ["31010", "3101010", "31010100200x", "310101000003", "000101", "３１０１０１"]
)
def test_what_is_no_division_code_is_refused(code):
    with pytest.raises(codes.BadCode, match=code):
        codes.level(code)


@given(st.integers(110000, 820000), SERIAL, SERIAL)
def test_every_path_of_parents_ends_at_a_province(county, street, community):
    above = f"{county}{street:03}{community if street else 0:03}"
    path = []
    while above is not None:
        path.append(codes.level(above))
        above = codes.parent(above)
    order = ["community", "street", "district", "city", "province"]
    assert path[-1] == "province"
    assert path == sorted(set(path), key=order.index)


@pytest.mark.skipif(not STREET_CODES.exists(), reason="the Huangpu street codes are not here")
def test_real_street_codes_are_streets():
    with STREET_CODES.open(encoding="utf-8") as file:
        streets = [row for row in csv.DictReader(file) if len(row["code"]) == 12]
    assert len(streets) > 50
    for street in streets:
        assert codes.level(street["code"]) == "street"


@pytest.mark.parametrize(
    ("pattern", "parent", "digits"),
    [
        ("^[0-9]{15}$", "310101002003", 15),
        (r"^\d{16}$", "310101002003", 16),
        ("^310101[0-9]{14}$", "310101002", 20),
        ("^[0-9]{15}$", "", 15),
    ],
)
def test_a_pattern_tells_the_length(pattern, parent, digits):
    assert codes.total_digits(pattern, parent) == digits


@pytest.mark.parametrize(
    "pattern", ["^[0-9]{15,16}$", "^[0-9]+$", "^X[0-9]{5}$", "^[0-9]{9}$", "(["]
)
def test_a_pattern_without_one_length_is_refused(pattern):
    with pytest.raises(codes.BadCode, match="pattern"):
        codes.total_digits(pattern, "310101002003")


def test_fits():
    assert codes.fits("310101002003001", "^[0-9]{15}$")
    assert not codes.fits("31010100200300", "^[0-9]{15}$")
    assert not codes.fits("310101002003001\n", "^[0-9]{15}$")


@given(st.sets(st.integers(0, 99)), st.integers(0, 110))
def test_minted_codes_are_new_distinct_rising_and_fit(used_serials, count):
    parent = "310101002003"
    used = {f"{parent}{serial:02}" for serial in used_serials}
    left = 99 - len(used_serials - {0})
    if count > left:
        with pytest.raises(codes.SerialsExhausted, match=f"only {left} of {count}"):
            codes.mint(parent, count, 14, used)
        return
    minted = codes.mint(parent, count, 14, used)
    assert len(minted) == count
    assert minted == sorted(set(minted))
    assert not used.intersection(minted)
    assert all(codes.fits(code, f"^{parent}[0-9]{{2}}$") for code in minted)


def test_minting_starts_at_one_and_goes_around_used_codes():
    assert codes.mint("310101002003", 2, 15, []) == ["310101002003001", "310101002003002"]
    assert codes.mint("310101002003", 2, 16, ["3101010020030001"])[0] == "3101010020030002"
    with pytest.raises(codes.SerialsExhausted, match="leave 0"):
        codes.mint("310101002003", 1, 12, [])


def test_serials_run_as_one_reads_a_page():
    #        NW   NE   SW  SE  and one a little lower than the rest of its row
    x = np.array([0, 200, 0, 200, 100])
    y = np.array([300, 310, 90, 100, 260])
    assert codes.serial_order(x, y, band_m=100).tolist() == [0, 4, 1, 2, 3]


@given(COORDINATES, st.floats(1, 5000), st.integers(-3, 3))
def test_serial_order_is_rows_then_columns_wherever_the_place_is(points, band_m, shift):
    x, y = points
    order = codes.serial_order(x, y, band_m)
    assert sorted(order) == list(range(len(x)))
    row = (y.max() - y[order]) // band_m
    assert (np.diff(row) >= 0).all()
    assert (np.diff(x[order])[np.diff(row) == 0] >= 0).all()
    moved = codes.serial_order(x + shift * 1024, y - shift * 1024, band_m)
    assert moved.tolist() == order.tolist()


@given(COORDINATES, st.randoms())
def test_serial_order_does_not_depend_on_the_order_given(points, random):
    shuffled = list(range(points.shape[1]))
    random.shuffle(shuffled)
    once = points[:, codes.serial_order(*points, 100)]
    again = points[:, shuffled][:, codes.serial_order(*points[:, shuffled], 100)]
    assert (once == again).all()


def test_a_row_needs_a_height_and_nothing_has_no_order():
    with pytest.raises(ValueError, match="higher than 0 m"):
        codes.serial_order([0], [0], 0)
    assert codes.serial_order([], [], 100).tolist() == []
