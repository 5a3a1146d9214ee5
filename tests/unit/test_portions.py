"""A file read in portions is the file read as a whole."""

import geopandas
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo import portions, readers, tables

NAMES = ["编号", "店名", "经度", "纬度"]
CELL = st.sampled_from(
    ["", "a", "面馆", '"两\n行"', '"引""号"', "121.47", "31.2", " ", "小计", "x,y", "12,3"]
)
LINE = st.lists(CELL, min_size=3, max_size=5).map(",".join)
CSV = st.lists(LINE | st.just(""), max_size=40).map("\n".join)

few = settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def small_blocks(monkeypatch):
    """Every file counts as large, and arrow sees a little of it at a time."""
    monkeypatch.setattr(portions, "WHOLE_BYTES", 0)
    monkeypatch.setattr(portions, "BLOCK_BYTES", 400)


def whole(path, **asked):
    try:
        return readers.read(path, **asked)
    except ValueError as error:
        return type(error), str(error)


def put_together(path, rows, asked=portions.Asked()):  # noqa: B008
    try:
        parts = [part.source for part in portions.read(path, asked, rows)]
    except ValueError as error:
        return type(error), str(error)
    assert all(len(part.frame) <= rows for part in parts)
    frame = pd.concat([part.frame for part in parts if len(part.frame)] or [parts[0].frame])
    unread = pd.concat([part.unread for part in parts])
    notes = [note for part in parts for note in part.notes]
    return readers.Source(frame.reset_index(drop=True), parts[0].crs, notes, unread)


def assert_same(one, other):
    if isinstance(one, tuple) and not isinstance(one, readers.Source):
        assert one == other
        return
    pd.testing.assert_frame_equal(pd.DataFrame(one.frame), pd.DataFrame(other.frame))
    by_row = [s.unread.sort_values("_row").values.tolist() for s in (one, other)]
    assert by_row[0] == by_row[1]
    assert (one.crs, one.notes) == (other.crs, other.notes)


@few
@given(body=CSV, rows=st.integers(1, 9), encoding=st.sampled_from(["utf-8", "gb18030"]))
def test_csv_in_portions_is_csv_as_a_whole(tmp_path, small_blocks, body, rows, encoding):
    path = tmp_path / "a.csv"
    path.write_bytes((",".join(NAMES) + "\n" + body).encode(encoding))
    assert_same(whole(path), put_together(path, rows))


def test_lost_characters_and_a_mark_are_told_the_same(tmp_path, small_blocks):
    path = tmp_path / "a.csv"
    body = "编号,经度,纬度\n" + "面面面面面面面,121,31\n" * 100
    path.write_bytes(b"\xef\xbb\xbf" + body.encode() + b"\xff,121,31\n")
    assert_same(whole(path), put_together(path, 7))


@pytest.mark.parametrize("geo", [True, False])
def test_parquet_in_portions_is_parquet_as_a_whole(tmp_path, small_blocks, geo):
    path = tmp_path / "a.parquet"
    xy = np.linspace(121, 122, 25), np.linspace(31, 32, 25)
    frame = pd.DataFrame({"id": [f"a{i}" for i in range(25)], "n": range(25)})
    if geo:
        points = geopandas.points_from_xy(*xy)
        geopandas.GeoDataFrame(frame, geometry=points, crs=4490).to_parquet(path, row_group_size=10)
    else:
        frame.assign(lon=xy[0], lat=xy[1]).to_parquet(path, row_group_size=10)
    assert_same(whole(path), put_together(path, 4))


def test_what_is_not_streamed_is_cut(tmp_path):
    path = tmp_path / "a.geojson"
    points = geopandas.points_from_xy(range(5), range(5))
    geopandas.GeoDataFrame({"id": list("abcde")}, geometry=points, crs=4326).to_file(path)
    assert_same(whole(path), put_together(path, 2))
    shares = [part.share for part in portions.read(path, rows=2)]
    assert shares == sorted(shares)
    assert shares[-1] == 1


@few
@given(body=st.binary(max_size=900), mark=st.sampled_from([b"", b"\xef\xbb\xbf", b"\xff\xfe"]))
def test_an_encoding_is_guessed_alike_from_blocks_and_from_the_whole(
    tmp_path, small_blocks, body, mark
):
    path = tmp_path / "a.csv"
    path.write_bytes(mark + body)
    if body.count(0) == 0:
        assert portions.guess_encoding(path) == tables.guess_encoding(mark + body)
