"""Conditions as SQL choose the rows that the conditions say, whatever they are."""

import operator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg.sql import SQL

from geo.conditions import (
    COMPARISONS,
    TEMPORAL,
    BadFilter,
    Between,
    Comparison,
    In,
    Interval,
    IsNull,
    Like,
    Logic,
    Not,
    Property,
    Temporal,
)
from geo.store import filtering
from geo.store.filtering import Ground, Values

ZONE = ZoneInfo("Asia/Shanghai")
GROUND = Ground(
    {"n": "integer", "x": "number", "t": "text", "b": "boolean", "d": "date", "at": "time"},
    4326, 4549, "Asia/Shanghai",
)  # fmt: skip
DAY = date(2026, 3, 1)
MOMENT = datetime(2026, 3, 1, 12, tzinfo=UTC)
# Around midnight in the district, at the end of a day and within one.
CLOCKS = [timedelta(hours=h, microseconds=m) for h in (-20, -4, 3, 4) for m in (-1, 0, 1)]
ROWS = [
    (i, n, x, t, b, d, at)
    for i, (n, x, t, b, d, at) in enumerate(
        zip(
            [None, 0, 1, 2, 3, 4, 1, 2, 5, 7, None, -1],
            [0.5, None, 1.0, 2.0, -3.5, 4.0, 1.5, None, 2.0, 1e9, 0.0, 2.5],
            ["a", "A", None, "ab", "%", "_", "\\", "路", "", "a%b", "b", "ba"],
            [True, False, None] * 4,
            [DAY + timedelta(days=i - 2) if i % 5 else None for i in range(12)],
            [MOMENT + clock if i % 7 else None for i, clock in enumerate(CLOCKS)],
            strict=True,
        )
    )
]
COLUMNS = ("n", "x", "t", "b", "d", "at")


@pytest.fixture(scope="module")
def rows(cluster_url):
    with psycopg.connect(cluster_url) as conn:
        conn.execute(
            "create temporary table rows (id integer, n integer, x double precision, t text,"
            " b boolean, d date, at timestamptz)"
        )
        with conn.cursor() as cursor:
            cursor.executemany("insert into rows values (%s, %s, %s, %s, %s, %s, %s)", ROWS)
        yield conn


def chosen(conn, condition):
    values = Values()
    where = filtering.where(condition, GROUND, values)
    query = SQL("select id from rows where {} order by id").format(where)
    return [row[0] for row in conn.execute(query, values)]


def expected(condition):
    found = (dict(zip(COLUMNS, row[1:], strict=True)) | {"id": row[0]} for row in ROWS)
    return [row["id"] for row in found if holds(condition, row) is True]


def holds(it, row):
    """True, False or None (not known), as SQL counts."""
    if isinstance(it, bool):
        return it
    if isinstance(it, Property):
        return row[it.name]
    if isinstance(it, Not):
        inner = holds(it.part, row)
        return None if inner is None else not inner
    if isinstance(it, Logic):
        parts = [holds(part, row) for part in it.parts]
        sure = it.op == "or"
        return sure if sure in parts else None if None in parts else not sure
    if isinstance(it, IsNull):
        return value(it.value, row) is None
    if isinstance(it, Between):
        both = (Comparison(">=", it.value, it.low), Comparison("<=", it.value, it.high))
        return holds(Logic("and", both), row)
    if isinstance(it, In):
        return holds(Logic("or", tuple(Comparison("=", it.value, o) for o in it.options)), row)
    if isinstance(it, Like):
        text = value(it.value, row)
        return None if text is None else like(text, it.pattern)
    left, right = value(it.left, row), value(it.right, row)
    if left is None or right is None:
        return None
    if isinstance(it, Temporal) or isinstance(left, date):
        return in_time(it.op, stretch(left), stretch(right))
    return OPERATORS[it.op](left, right)


OPERATORS = dict(
    zip(
        COMPARISONS,
        (operator.eq, operator.ne, operator.lt, operator.gt, operator.le, operator.ge),
        strict=True,
    )
)


def value(side, row):
    return row[side.name] if isinstance(side, Property) else side


def like(text, pattern):
    """By trying every way: slow and plain."""
    if not pattern:
        return not text
    if pattern[0] == "%":
        return like(text, pattern[1:]) or (bool(text) and like(text[1:], pattern))
    if pattern[0] == "\\":
        pattern = pattern[1:]
        return bool(text) and text[0] == pattern[0] and like(text[1:], pattern[1:])
    return bool(text) and pattern[0] in ("_", text[0]) and like(text[1:], pattern[1:])


FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


def stretch(time):
    if isinstance(time, Interval):
        start = FIRST if time.start is None else stretch(time.start)[0]
        return start, LAST if time.end is None else stretch(time.end)[1]
    if isinstance(time, datetime):
        return time, time
    start = datetime.combine(time, datetime.min.time(), ZONE)
    return start, start + timedelta(days=1, microseconds=-1)


def in_time(op, a, b):
    """The relations as CQL2's own words have them, of closed stretches."""
    touch = a[0] <= b[1] and b[0] <= a[1]
    return {
        "=": touch, "<>": not touch, "t_intersects": touch, "t_disjoint": not touch,
        "<": a[1] < b[0], "t_before": a[1] < b[0], ">": a[0] > b[1], "t_after": a[0] > b[1],
        "<=": a[1] <= b[1], ">=": a[0] >= b[0],
        "t_equals": a == b, "t_meets": a[1] == b[0], "t_metby": a[0] == b[1],
        "t_during": b[0] < a[0] and a[1] < b[1], "t_contains": a[0] < b[0] and b[1] < a[1],
        "t_starts": a[0] == b[0] and a[1] < b[1], "t_startedby": a[0] == b[0] and a[1] > b[1],
        "t_finishes": a[1] == b[1] and a[0] > b[0], "t_finishedby": a[1] == b[1] and a[0] < b[0],
        "t_overlaps": a[0] < b[0] < a[1] < b[1], "t_overlappedby": b[0] < a[0] < b[1] < a[1],
    }[op]  # fmt: skip


NUMBERS = st.sampled_from([Property("n"), Property("x"), 0, 1, 2, 2.5, -3.5, 10**18, 10**30])
TEXTS = st.sampled_from([Property("t"), "a", "A", "%", "路", "", "x' or true --"])
PATTERNS = st.text(st.sampled_from("ab%_路"), max_size=4) | st.sampled_from(
    ["\\%", "a\\%b", "\\\\"]
)
MOMENTS = st.sampled_from(
    [Property("d"), Property("at"), DAY, DAY + timedelta(days=1), MOMENT, MOMENT + CLOCKS[0],
     datetime(2026, 3, 1, tzinfo=ZONE), date(1, 1, 2), date(9999, 12, 30)]
)  # fmt: skip
LITERALS = MOMENTS.filter(lambda it: not isinstance(it, Property))
ENDS = st.tuples(LITERALS | st.none(), LITERALS | st.none()).filter(lambda it: it != (None, None))
STRETCHES = ENDS.map(lambda ends: Interval(*ends)).filter(
    lambda it: stretch(it)[0] <= stretch(it)[1]
)
SIDES = (NUMBERS, TEXTS, MOMENTS)
SIMPLE = st.one_of(
    st.booleans(),
    st.just(Property("b")),
    *(st.builds(Comparison, st.sampled_from(COMPARISONS), side, side) for side in SIDES[::2]),
    st.builds(Comparison, st.sampled_from(("=", "<>")), TEXTS, TEXTS),
    *(st.builds(Between, side, side, side) for side in SIDES[::2]),
    *(st.builds(In, side, st.lists(side, min_size=1, max_size=3).map(tuple)) for side in SIDES),
    st.builds(Like, TEXTS, PATTERNS),
    st.builds(IsNull, st.sampled_from([Property(name) for name in COLUMNS])),
    st.builds(Temporal, st.sampled_from(TEMPORAL), MOMENTS | STRETCHES, MOMENTS | STRETCHES),
)
CONDITIONS = st.recursive(
    SIMPLE,
    lambda inner: (
        st.builds(Not, inner)
        | st.builds(Logic, st.sampled_from(("and", "or")), st.tuples(inner, inner))
    ),
    max_leaves=6,
)


@settings(max_examples=400)
@given(CONDITIONS)
def test_conditions_choose_what_they_say(rows, condition):
    assert chosen(rows, condition) == expected(condition)


NOON = datetime(2026, 3, 2, 12, tzinfo=ZONE)
TIMES = [
    DAY, DAY + timedelta(days=1), NOON, stretch(DAY)[0], stretch(DAY)[1],
    Interval(DAY, DAY), Interval(DAY, NOON), Interval(NOON, None), Interval(None, NOON),
    Interval(DAY + timedelta(days=1), NOON), Interval(DAY, DAY + timedelta(days=2)),
]  # fmt: skip


@pytest.mark.parametrize("op", TEMPORAL)
def test_every_relation_of_times(rows, op):
    """Each against each: where they meet, start and end together, lie within and apart."""
    wrong = [
        (a, b)
        for a in TIMES
        for b in TIMES
        if bool(chosen(rows, Temporal(op, a, b))) != in_time(op, stretch(a), stretch(b))
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("condition", "says"),
    [
        (Comparison("=", Property("secret"), 1), "no property 'secret'"),
        (Comparison("=", Property("n"), "x"), "'n' is number"),
        (Comparison("=", Property("b"), 2), "'b' is boolean"),
        (Comparison("=", Property("d"), "soon"), "no date or time"),
        (Property("t"), "'t' is text, not boolean"),
        (Temporal("t_after", Property("n"), DAY), "not a time"),
        (Like(Property("n"), "x"), "cannot be compared"),
    ],
)
def test_what_does_not_fit_is_said(condition, says):
    with pytest.raises(BadFilter, match=says.replace("(", r"\(")):
        filtering.where(condition, GROUND, Values())


def test_programs_that_write_one_for_true_and_times_in_quotes(rows):
    assert chosen(rows, Comparison("=", Property("b"), 1)) == expected(Property("b"))
    assert chosen(rows, Comparison(">", Property("d"), "2026/03/01")) == expected(
        Comparison(">", Property("d"), DAY)
    )
