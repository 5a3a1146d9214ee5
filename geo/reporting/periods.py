"""Periods of whole days, and the period before."""

from datetime import date, timedelta
from typing import NamedTuple

import pandas as pd

FIRST_YEAR, LAST_YEAR = 1950, 2999


class PeriodUnusable(ValueError):
    """A period ends before it begins, or lies where no calendar of ours reaches."""


class Period(NamedTuple):
    """Whole days of the district: from ``since`` to before ``until``."""

    since: date
    until: date

    @property
    def days(self) -> int:
        """How many days."""
        return (self.until - self.since).days

    @property
    def last(self) -> date:
        """The last day that belongs to it."""
        return self.until - timedelta(days=1)

    @property
    def before(self) -> "Period":
        """The period of as many days that ends where this begins."""
        return Period(self.since - timedelta(days=self.days), self.since)

    @property
    def year_before(self) -> "Period":
        """As many days from the same day of the year before on (28 February for the 29th)."""
        leap = (self.since.month, self.since.day) == (2, 29)
        since = self.since.replace(year=self.since.year - 1, day=28 if leap else self.since.day)
        return Period(since, since + timedelta(days=self.days))


class Span(NamedTuple):
    """A period as two moments: from ``start`` to before ``end``, with their time zone."""

    start: pd.Timestamp
    end: pd.Timestamp


def span_of(period: Period, time_zone: str) -> Span:
    """The moments at which ``period`` begins and ends in ``time_zone``."""
    return Span(*(pd.Timestamp(day, tz=time_zone) for day in period))


def week_of(day: date) -> Period:
    """Monday to Sunday around ``day``."""
    monday = day - timedelta(days=day.weekday())
    return Period(monday, monday + timedelta(days=7))


def last_week(newest: date) -> Period:
    """The last week that was over when the day ``newest`` was."""
    week = week_of(newest)
    return week if week.last <= newest else week.before


def period_of(since: date | None, until: date | None, newest: date) -> Period:
    """The period asked for; an end that is missing is set so that it has seven days.

    Without both it is the seven days up to and with ``newest``. Raises `PeriodUnusable`.
    """
    if any(day and not FIRST_YEAR <= day.year <= LAST_YEAR for day in (since, until)):
        raise PeriodUnusable(f"a period lies in the years {FIRST_YEAR} to {LAST_YEAR}")
    if until is None:
        until = newest + timedelta(days=1) if since is None else since + timedelta(days=7)
    since = since or until - timedelta(days=7)
    if since >= until:
        raise PeriodUnusable(
            f"the period from {since} to before {until} has no day: `until` is"
            " the day after the last one"
        )
    return Period(since, until)
