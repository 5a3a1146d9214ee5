"""Binary COPY from columns: what is sent is what is there."""

import json

import numpy as np
import pandas as pd
import psycopg
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.store import binary

TYPES = {
    "words": "text",
    "small": "integer",
    "big": "bigint",
    "real": "double precision",
    "at": "timestamp with time zone",
    "told": "jsonb",
    "spot": "geometry",
}
SRID = 4549
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
TIMES = st.datetimes(pd.Timestamp(1, 1, 2), pd.Timestamp(9999, 12, 30))
REALS = st.floats(allow_nan=False)
ROW = st.tuples(
    st.none() | WORDS,
    st.none() | st.integers(-(2**31), 2**31 - 1),
    st.none() | st.integers(-(2**63), 2**63 - 1),
    st.none() | REALS,
    st.none() | TIMES,
    st.none() | st.dictionaries(WORDS, WORDS, max_size=3),
    st.none() | st.tuples(REALS.filter(np.isfinite), REALS.filter(np.isfinite)),
)


@pytest.fixture(scope="module")
def conn(cluster_url):
    with psycopg.connect(cluster_url) as conn:
        conn.execute("create extension if not exists postgis")
        columns = ", ".join(f"{name} {type_}" for name, type_ in TYPES.items())
        conn.execute(f"create temporary table kept (n serial, {columns})")
        yield conn
        conn.rollback()


def sent(conn, columns):
    names = ", ".join(columns)
    query = f"copy kept ({names}) from stdin (format binary)".encode()
    conn.execute("truncate kept restart identity")
    binary.send(conn, query, binary.rows_of(columns, TYPES))
    return conn.execute(f"select {names} from kept order by n").fetchall()


def columns_of(rows):
    words, small, big, real, at, told, spot = zip(*rows, strict=True) if rows else [[]] * 7
    x, y = (np.array([np.nan if xy is None else xy[i] for xy in spot]) for i in (0, 1))
    return {
        "words": pd.Series(words, dtype="str"),
        "small": pd.array(small, "Int64"),
        "big": pd.array(big, "Int64"),
        "real": pd.Series(real, dtype="float64"),
        "at": pd.Series(at, dtype="datetime64[us]").dt.tz_localize("UTC"),
        "told": [None if told_ is None else json.dumps(told_) for told_ in told],
        "spot": binary.Points(x, y, SRID),
    }


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(ROW, max_size=6))
def test_every_type_comes_back_as_it_was(conn, rows):
    conn.execute("set timezone to 'UTC'")
    found = sent(conn, columns_of(rows))
    assert len(found) == len(rows)
    for was, is_ in zip(rows, found, strict=True):
        assert is_[:4] == was[:4]
        assert was[4] is None or is_[4].replace(tzinfo=None) == was[4]
        assert (is_[4] is None, is_[5]) == (was[4] is None, was[5])
        if was[6] is None:
            assert is_[6] is None
        else:
            point = shapely.from_wkb(is_[6])
            assert (point.x, point.y, shapely.get_srid(point)) == (*was[6], SRID)


def test_extremes_and_infinities(conn):
    reals = [np.inf, -np.inf, 5e-324, -0.0, 1.7976931348623157e308]
    assert [row[0] for row in sent(conn, {"real": np.array(reals)})] == reals


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("small", 2**31),
        ("small", -(2**31) - 1),
        ("spot", None),
    ],
)
def test_what_does_not_fit_is_refused_before_it_is_sent(column, value):
    with pytest.raises(binary.DoesNotFit):
        binary.rows_of({column: [value]}, TYPES)


def test_a_type_nobody_taught_it_is_refused():
    with pytest.raises(binary.DoesNotFit, match="money"):
        binary.rows_of({"a": [1]}, {"a": "money"})
