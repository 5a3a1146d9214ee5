"""Conditions on features, as a small tree.

`geo.cql2` reads it from CQL2; `geo.store.filtering` makes SQL of it.

A tree's leaves are `Property`, `Lower`, numbers, booleans, text, dates, datetimes (always with a
time zone), `Interval` and shapely geometries.
"""

from typing import Any, NamedTuple

COMPARISONS = ("=", "<>", "<", ">", "<=", ">=")
SPATIAL = (
    "s_intersects", "s_within", "s_contains", "s_disjoint", "s_equals", "s_touches", "s_crosses",
    "s_overlaps",
)  # fmt: skip
TEMPORAL = (
    "t_after", "t_before", "t_contains", "t_disjoint", "t_during", "t_equals", "t_finishedby",
    "t_finishes", "t_intersects", "t_meets", "t_metby", "t_overlappedby", "t_overlaps",
    "t_startedby", "t_starts",
)  # fmt: skip


class BadFilter(ValueError):
    """The filter cannot be read, asks for what is not there, or is too large."""


class Property(NamedTuple):
    """A column by its name."""

    name: str


class Lower(NamedTuple):
    """Text without regard to capitals (``CASEI``)."""

    of: Any


class Interval(NamedTuple):
    """A stretch of time, both ends within; None is an open end."""

    start: Any
    end: Any


class Logic(NamedTuple):
    """``and`` or ``or`` of conditions."""

    op: str
    parts: tuple[Any, ...]


class Not(NamedTuple):
    """The opposite of a condition."""

    part: Any


class Comparison(NamedTuple):
    """``op`` is one of `COMPARISONS`."""

    op: str
    left: Any
    right: Any


class Like(NamedTuple):
    """Text against a pattern: ``%`` is any text, ``_`` one character; a backslash quotes."""

    value: Any
    pattern: Any


class Between(NamedTuple):
    """``low`` <= ``value`` <= ``high``."""

    value: Any
    low: Any
    high: Any


class In(NamedTuple):
    """``value`` is one of ``options``."""

    value: Any
    options: tuple[Any, ...]


class IsNull(NamedTuple):
    """Nothing is known of ``value``."""

    value: Any


class Spatial(NamedTuple):
    """``op`` is one of `SPATIAL`; each side a Property or a geometry."""

    op: str
    left: Any
    right: Any


class Temporal(NamedTuple):
    """``op`` is one of `TEMPORAL`."""

    op: str
    left: Any
    right: Any
