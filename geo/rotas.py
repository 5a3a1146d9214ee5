"""Rotations (轮值): who has the turn from which day to which."""

from calendar import monthrange
from datetime import date, timedelta
from typing import Literal, NamedTuple, get_args

Unit = Literal["day", "week", "month"]
UNITS: tuple[Unit, ...] = get_args(Unit)
MOST_TURNS = 2_000


class BadRota(ValueError):
    """A rotation that nobody can keep."""


class Rhythm(NamedTuple):
    """A turn lasts ``every`` days, weeks or months, from ``start`` up to but without ``end``."""

    every: int
    unit: Unit
    start: date
    end: date


class Turn(NamedTuple):
    """The place (from 0) of who has the turn, from ``start`` up to, not including, ``end``."""

    place: int
    start: date
    end: date


def turns(rhythm: Rhythm, count: int) -> list[Turn]:
    """The turns of ``count`` people in their order; they follow on each other without a gap.

    Months are counted from the first day: from the 31st on, turns begin on the last day of shorter
    months. The last turn may be shorter. Raises `BadRota`.
    """
    if count < 1:
        raise BadRota("a rotation needs somebody who takes a turn")
    if rhythm.every < 1 or rhythm.unit not in UNITS:
        raise BadRota(f"a turn lasts a number of {', '.join(UNITS)}s, not {rhythm.every}")
    if rhythm.end <= rhythm.start:
        raise BadRota(f"the rotation ends on {rhythm.end}, before it begins on {rhythm.start}")
    made: list[Turn] = []
    start = rhythm.start
    while start < rhythm.end:
        if len(made) == MOST_TURNS:
            raise BadRota(f"that makes more than {MOST_TURNS} turns: end it earlier")
        end = min(_begin(rhythm, len(made) + 1), rhythm.end)
        made.append(Turn(len(made) % count, start, end))
        start = end
    return made


def whose(rhythm: Rhythm, count: int, day: date) -> int | None:
    """The place (from 0) of who has the turn on a day by the rhythm; None outside of it."""
    if not rhythm.start <= day < rhythm.end:
        return None
    return next(turn.place for turn in turns(rhythm, count) if turn.start <= day < turn.end)


def _begin(rhythm: Rhythm, number: int) -> date:
    """The day on which a turn (from 0) begins; the last day there is where it lies beyond."""
    steps = number * rhythm.every
    try:
        if rhythm.unit == "month":
            return _months_on(rhythm.start, steps)
        return rhythm.start + timedelta(days=steps * (7 if rhythm.unit == "week" else 1))
    except (OverflowError, ValueError):
        return date.max


def _months_on(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
