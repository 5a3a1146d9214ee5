"""Duties: the time-bound charge of a chief over a stretch, in a role."""

from datetime import date
from typing import NamedTuple

ROLES = {
    "general": ("总路长", "General chief"),
    "first": ("一级路长", "First-level chief"),
    "second": ("二级路长", "Second-level chief"),
    "rota": ("轮值路长", "Chief on rota"),
    "member": ("成员单位", "Member department"),
}
# Members of several departments share the same metres.
SHARED = frozenset({"member"})
LINEAR = ("road", "lane", "river")


class NoSuchRole(ValueError):
    """There is no such level of chiefs."""


class BadDays(ValueError):
    """A time ends before it begins."""


class Days(NamedTuple):
    """From ``start`` up to, not including, ``end`` (None: until further notice)."""

    start: date
    end: date | None = None


def check_role(role: str) -> str:
    """The role, where there is such a one; raises `NoSuchRole`."""
    if role not in ROLES:
        raise NoSuchRole(f"there is no role {role!r}; there are {', '.join(ROLES)}")
    return role


def check_days(days: Days) -> Days:
    """The days, where they end after they begin; raises `BadDays`."""
    if days.end is not None and days.end <= days.start:
        raise BadDays(f"this ends on {days.end}, but begins on {days.start}")
    return days
