"""Laws of rotations: no day without a turn, none with two, everybody in order."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.rotas import UNITS, BadRota, Rhythm, turns

DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
RHYTHMS = st.builds(
    lambda every, unit, start, length: Rhythm(every, unit, start, start + timedelta(length)),
    st.integers(1, 60),
    st.sampled_from(UNITS),
    DAYS,
    st.integers(1, 900),
)


@given(RHYTHMS, st.integers(1, 7))
def test_turns_follow_on_each_other_from_first_to_last_day(rhythm, count):
    made = turns(rhythm, count)
    assert made[0].start == rhythm.start
    assert made[-1].end == rhythm.end
    assert all(a.end == b.start for a, b in pairwise(made))
    assert all(turn.start < turn.end for turn in made)
    assert [turn.place for turn in made] == [n % count for n in range(len(made))]


def test_months_begin_on_the_same_day_or_the_last():
    made = turns(Rhythm(1, "month", date(2026, 1, 31), date(2026, 6, 1)), 2)
    assert [turn.start.isoformat() for turn in made] == [
        "2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rhythm", "count"),
    [
        (Rhythm(1, "week", date(2026, 1, 1), date(2026, 1, 1)), 2),
        (Rhythm(0, "week", date(2026, 1, 1), date(2026, 2, 1)), 2),
        (Rhythm(1, "week", date(2026, 1, 1), date(2026, 2, 1)), 0),
        (Rhythm(1, "day", date(2026, 1, 1), date(2046, 2, 1)), 2),
    ],
)
def test_what_nobody_can_keep(rhythm, count):
    with pytest.raises(BadRota):
        turns(rhythm, count)


def test_the_last_turn_of_all_time_ends():
    assert turns(Rhythm(300, "month", date(9990, 1, 1), date(9999, 12, 31)), 1)[-1].end.year == 9999
