"""CQL2: text and JSON say the same; what is wrong is said; nothing takes long."""

import json
import time
from datetime import UTC, date, datetime

import cql2 as library
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import cql2
from geo.conditions import (
    BadFilter,
    Between,
    Comparison,
    In,
    Interval,
    IsNull,
    Like,
    Logic,
    Lower,
    Not,
    Property,
    Spatial,
    Temporal,
)

NAME, STARS = Property("name"), Property("stars")

READ = {
    "stars >= 4": Comparison(">=", STARS, 4),
    "名称 = '甲'": Comparison("=", Property("名称"), "甲"),
    "\"a b\" <> 'it''s'": Comparison("<>", Property("a b"), "it's"),
    "stars = 1.5 and not name = 'x' or stars < 0": Logic(
        "or",
        (
            Logic("and", (Comparison("=", STARS, 1.5), Not(Comparison("=", NAME, "x")))),
            Comparison("<", STARS, 0),
        ),
    ),
    "name like '%店_'": Like(NAME, "%店_"),
    "stars not in (1, 2)": Not(In(STARS, (1, 2))),
    "stars between 1 and 2": Between(STARS, 1, 2),
    "name is not null": Not(IsNull(NAME)),
    "casei(name) = casei('X')": Comparison("=", Lower(NAME), Lower("X")),
    "open": Property("open"),
    "true": True,
    "t > DATE('2026-01-31')": Comparison(">", Property("t"), date(2026, 1, 31)),
    "t_after(t, TIMESTAMP('2026-01-31T00:00:00Z'))": Temporal(
        "t_after", Property("t"), datetime(2026, 1, 31, tzinfo=UTC)
    ),
    "T_DURING(t, INTERVAL('2026-01-01', '..'))": Temporal(
        "t_during", Property("t"), Interval(date(2026, 1, 1), None)
    ),
    "S_INTERSECTS(geometry, POINT(1 2))": Spatial(
        "s_intersects", Property("geometry"), shapely.Point(1, 2)
    ),
    "s_within(geom, BBOX(1, 2, 3, 4))": Spatial(
        "s_within", Property("geom"), shapely.box(1, 2, 3, 4)
    ),
}


@pytest.mark.parametrize("text", READ)
def test_text_is_read(text):
    assert cql2.parse(text) == READ[text]


@pytest.mark.parametrize("text", READ)
def test_json_says_the_same(text):
    told = json.dumps(library.parse_text(text).to_json())
    assert cql2.parse(told, "cql2-json") == READ[text]


def test_gdals_language():
    assert cql2.parse("name ILIKE 'a ilike b%'", "cql-text") == Like(
        Lower(NAME), Lower("a ilike b%")
    )
    assert cql2.parse("not (name like 'A%')", "cql-text") == Not(Like(Lower(NAME), Lower("A%")))


def test_where_y_stands_first():
    tree = cql2.parse("not s_intersects(geometry, LINESTRING(31 121, 32 122))", flipped=True)
    assert tree.part.right == shapely.LineString([(121, 31), (122, 32)])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("stars >", "at its end"),
        ("stars = 'x", '"\'x" (line 1, character 9)'),
        ("a = 1 ) b", "') b'"),
        ("upper(name) = 'X'", "no property and no value"),
        ("stars = 1e999", "too large"),
        ("t > DATE('2026-02-30')", "no date"),
        ("t_after(t, 'soon')", "no time"),
        ("name like 'x\\'", "single backslash"),
        ("name like name", "text in quotes"),
        ("s_intersects(geometry, POLYGON((0 0, 1 0, 1 1)))", "no geometry"),
        ("s_intersects(geometry, POLYGON((0 0, 1 1, 1 0, 0 1, 0 0)))", "Self-intersection"),
        ("s_dwithin(geometry, POINT(1 2), 5)", "not known here"),
        ("avg(stars)", "not known here"),
        ("'x'", "no condition"),
        ("x" * 9000, "longer than"),
        ("(" * 14 + "a = 1" + ")" * 14 + " and b = 2" * 20, "brackets within brackets"),
    ],
)
def test_what_is_wrong_is_said(text, says):
    with pytest.raises(BadFilter, match=None) as error:
        cql2.parse(text)
    assert says in str(error.value)


@pytest.mark.parametrize(
    "told",
    [
        "", "[", "null", "1", '"x"', "{}", "[]", '{"op": 1}', '{"op": "="}', '{"op": "and"}',
        '{"op": "=", "args": []}', '{"op": "=", "args": [1]}', '{"op": "and", "args": [true]}',
        '{"op": "=", "args": [{"property": 1}, 1]}', '{"op": "=", "args": [{"op": "casei"}, 1]}',
        '{"op": "in", "args": [{"property": "a"}, []]}', '{"op": "not", "args": [1, 2]}',
        '{"op": "in", "args": [{"property": "a"}, "b"]}', '{"property": null}',
        '{"op": "s_intersects", "args": [{"property": "g"}, {"type": "Point"}]}',
        '{"op": "s_intersects", "args": [{"property": "g"}, {"bbox": [1, 2]}]}',
        '{"op": "s_intersects", "args": [{"property": "g"}, {"bbox": ["a", 2, 3, 4]}]}',
        '{"op": "t_after", "args": [{"property": "t"}, {"interval": ["2026-01-01"]}]}',
        '{"op": "t_after", "args": [{"property": "t"}, {"date": 5}]}',
        '{"op": "=", "args": [{"property": "t"}, {"timestamp": "2026-02-01T00:00:00"}]}',
        '{"op": "=", "args": [{"property": "a"}, "\\u0000"]}',
        '{"op":"not","args":[' * 60 + "true" + "]}" * 60,
        '{"op": "in", "args": [{"property": "a"}, [' + "[],".join(["1,"] * 900) + "1]]}",
        '{"op": "or", "args": [' + ",".join(['{"op":"not","args":[true]}'] * 300) + "]}x",
    ],
)  # fmt: skip
def test_wrong_json_is_refused(told):
    with pytest.raises(BadFilter):
        cql2.parse(told, "cql2-json")


WORDS = st.sampled_from(
    ["(", ")", "not ", " and ", " or ", "a", "'x'", "1", "=", "<", " in ", " like ", ",", "-", "..",
     "s_intersects(", "POINT(1 2)", "DATE('2026-01-01')", " between ", " is null", '"', "casei(",
     "INTERVAL(", "POLYGON((0 0,1 0,1 1,0 0))", "路", "\\", " ", "1e9", "BBOX(1,2,3,4)", "[", "]"]
)  # fmt: skip


@settings(max_examples=300)
@given(st.lists(WORDS, max_size=40).map("".join) | st.text(max_size=60))
def test_any_text_is_read_or_refused(text):
    said = fault(text)
    assert said is None or 0 < len(said) < 900


def fault(text, language="cql2-text"):
    """What is said against a filter; None where it is read. Nothing else may be raised."""
    try:
        cql2.parse(text, language)
    except BadFilter as error:
        return str(error)
    return None


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4)
    | st.sampled_from(["..", "2026-01-01", "Point"]),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.sampled_from(["property", "date", "interval", "bbox", "type"]), inner)
    | st.builds(
        lambda op, args: {"op": op, "args": args},
        st.sampled_from(["and", "not", "=", "in", "like", "between", "isNull", "s_within",
                         "t_after", "casei"]),
        st.lists(inner, max_size=3),
    ),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=300)
@given(ANY_JSON)
def test_any_json_is_read_or_refused(told):
    assert fault(json.dumps(told), "cql2-json") != ""


@pytest.mark.parametrize(
    "text", ["(" * 8 + "a=1 and " * 470, "(" * 13 + "a=1", "not (" * 12 + "a", "a=(" * 12]
)
def test_a_wrong_text_takes_no_long_time(text):
    start = time.process_time()
    with pytest.raises(BadFilter):
        cql2.parse(text)
    assert time.process_time() - start < 2
