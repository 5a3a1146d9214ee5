"""Dates and times as RFC 3339 writes them; what else ISO 8601 knows (weeks, no hyphens) is none."""

import re
from datetime import date, datetime

_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII).fullmatch
# Seconds may be left out, and the zone, which the caller may want.
_TIME = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?", re.ASCII | re.IGNORECASE
).fullmatch


def is_date(text: str) -> bool:
    """Whether the text is written as a date, be there such a day or not."""
    return _DATE(text) is not None


def read_date(text: str) -> date:
    """The day of a text like 2026-03-05; raises ``ValueError``."""
    if not _DATE(text):
        raise ValueError(text)
    return date.fromisoformat(text)


def read_time(text: str) -> datetime:
    """The time of a text like 2026-03-05T08:00:00+08:00, without a zone where it names none.

    Raises ``ValueError``.
    """
    if not _TIME(text):
        raise ValueError(text)
    return datetime.fromisoformat(text.upper())
