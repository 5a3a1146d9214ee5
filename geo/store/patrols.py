"""Patrols and visits written: each once, however often and in whatever order a phone sends them.

Fixes are computed with and forgotten; what is kept are the metres of sides that were passed.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import numpy as np
import psycopg
import shapely

from geo import crs, patrol
from geo.patrol import Fixes, Own, Stretches
from geo.store.cases import KeyReused
from geo.store.database import Setting, read_setting, rows
from geo.store.duties import NoSuchChief
from geo.store.queries import load

QUERIES = load("patrols")

# A patrol is a part of a working day: what is said to be of another day is no part of it.
LONGEST_S = 12 * 3600.0
# Clocks of phones are not quite right.
CLOCK_SLACK_S = 300.0
# So long a phone may have been without a network.
LONGEST_AGO_S = 92 * 86_400.0
MOST_FIXES = 5_000

Fix = tuple[float, float, float, float]


class NoSuchPatrol(ValueError):
    """There is no patrol with this key."""


class NoSuchMerchant(ValueError):
    """There is no merchant of this number."""


class WrongClock(ValueError):
    """Something is said to have been done at a time that has not come yet, or long ago."""


class Begun(NamedTuple):
    """A patrol, by the key that its device gave it; ``chief`` is a chief's number."""

    key: str
    chief: str
    at: datetime


class Visit(NamedTuple):
    """A chief has looked at a shop; ``chief`` and ``merchant`` are their numbers."""

    key: str
    chief: str
    merchant: str
    at: datetime
    good: bool
    note: str | None = None


class _Patrol(NamedTuple):
    id: int
    chief_id: int
    begun_at: float
    day: date


def begin(conn: psycopg.Connection, begun: Begun) -> None:
    """Begins a patrol; again with the same key it does nothing.

    Raises `NoSuchChief`, `WrongClock`, and `KeyReused` where the key was of another patrol.
    """
    _check_clock(conn, begun.at.timestamp(), begun.at.timestamp())
    given = {"key": begun.key, "chief_id": chief_id(conn, begun.chief), "at": begun.at}
    _once(conn, ("begin", "begun"), given)


def visit(conn: psycopg.Connection, told: Visit) -> None:
    """Writes a visit to a shop; again with the same key it does nothing.

    Raises `NoSuchChief`, `NoSuchMerchant`, `WrongClock`, and `KeyReused`.
    """
    _check_clock(conn, told.at.timestamp(), told.at.timestamp())
    shop = conn.execute(QUERIES["merchant"], {"merchant": told.merchant}).fetchone()
    if shop is None:
        raise NoSuchMerchant(f"there is no merchant {told.merchant!r} any more")
    ids = {"chief_id": chief_id(conn, told.chief), "merchant_id": shop[0]}
    _once(conn, ("visit", "visited"), told._asdict() | ids)


def chief_id(conn: psycopg.Connection, chief: str) -> int:
    """The id of the chief of this number; raises `NoSuchChief`."""
    row = conn.execute(QUERIES["chief"], {"chief": chief}).fetchone()
    if row is None:
        raise NoSuchChief(f"there is no road chief {chief!r}")
    return int(row[0])


def _check_clock(conn: psycopg.Connection, earliest: float, latest: float) -> None:
    """Refuses times (s) that can only come from a clock that is wrong."""
    row = conn.execute(QUERIES["clock"]).fetchone()
    assert row is not None  # noqa: S101 - this gives a row
    ahead_s, ago_s = latest - row[0], row[0] - earliest
    if ahead_s > CLOCK_SLACK_S:
        raise WrongClock(f"the time lies {ahead_s / 60:.0f} min ahead: set the clock of the device")
    if ago_s > LONGEST_AGO_S:
        raise WrongClock(f"the time lies {ago_s / 86400:.0f} days back: too long ago to be taken")


def _once(conn: psycopg.Connection, queries: tuple[str, str], given: dict[str, Any]) -> None:
    write, is_same = queries
    if conn.execute(QUERIES[write], given).fetchone():
        return
    row = conn.execute(QUERIES[is_same], given).fetchone()
    if not row or not row[0]:
        raise KeyReused(f"the key {given['key']!r} was used for another request; give each its own")


def walk(
    conn: psycopg.Connection, key: str, fixes: Sequence[Fix], datum: str = "wgs84"
) -> Stretches:
    """Adds the metres of ``fixes`` (x or longitude, y, seconds, accuracy in m) to a patrol.

    The answer is all that the patrol has passed. The same fixes again change nothing; nor does it
    matter in which order parts of a track come, if each begins with the last fix of the one before.
    Fixes of another time than the patrol's are left out.

    Raises `NoSuchPatrol`, `WrongClock`, and what `geo.crs` raises for a datum.
    """
    setting = read_setting(conn)
    now = _lock(conn, key, setting)
    lon, lat, at, accuracy = np.array(fixes, float).reshape(-1, 4).T
    if len(at):
        _check_clock(conn, float(at.min()), float(at.max()))
    x, y = crs.transform_points(lon, lat, datum, f"EPSG:{setting.srid}")
    in_time = (at >= now.begun_at - CLOCK_SLACK_S) & (at <= now.begun_at + LONGEST_S)
    given = Fixes(*(np.asarray(a, float)[in_time] for a in (x, y, at, accuracy)))
    charge = _charge(conn, {"chief_id": now.chief_id, "day": now.day})
    more = patrol.passed(given, _own(conn, np.unique(charge.segment).tolist()))
    return _add(conn, now.id, patrol.within(more, charge))


def end(conn: psycopg.Connection, key: str, at: datetime) -> datetime:
    """Ends a patrol; the time that holds then. Raises `NoSuchPatrol` and `WrongClock`."""
    _check_clock(conn, at.timestamp(), at.timestamp())
    row = conn.execute(QUERIES["end"], {"key": key, "at": at}).fetchone()
    if row is None:
        raise NoSuchPatrol(f"no patrol was begun with the key {key!r}")
    ended: datetime = row[0]
    return ended


def _lock(conn: psycopg.Connection, key: str, setting: Setting) -> _Patrol:
    row = conn.execute(QUERIES["lock"], {"key": key, "time_zone": setting.time_zone}).fetchone()
    if row is None:
        raise NoSuchPatrol(f"no patrol was begun with the key {key!r}")
    return _Patrol(*row)


def _own(conn: psycopg.Connection, segments: list[int]) -> Own:
    found = conn.execute(QUERIES["own"], {"segments": segments}).fetchall()
    ids, kinds, starts, ends, widths, shapes = zip(*found, strict=True) if found else ((),) * 6
    width = np.array(widths, float)
    return Own(
        shapely.from_wkb(np.array([bytes(shape) for shape in shapes], object)),
        np.array(ids, np.int64),
        np.array([starts, ends], np.int64).T,
        width,
        patrol.is_narrow(np.array(kinds, str), width),
    )


def charge_rows(conn: psycopg.Connection, of_chief: dict[str, object]) -> list[dict[str, Any]]:
    """The duties of a chief (chief_id) on a day: segment, side, role, from_m, to_m."""
    return rows(conn, QUERIES["charge"], of_chief)


def _charge(conn: psycopg.Connection, of_chief: dict[str, object]) -> Stretches:
    columns = ("segment", "side", "from_m", "to_m")
    found = charge_rows(conn, of_chief)
    return stretches([(*(row[name] for name in columns), 0.0) for row in found])


def stretches(found: Sequence[tuple[Any, ...]]) -> Stretches:
    """Rows of segment, side, from_m, to_m and seconds as a table."""
    segment, side, from_m, to_m, at = zip(*found, strict=True) if found else ((),) * 5
    lengths = (np.array(a, float) for a in (from_m, to_m, at))
    return Stretches(np.array(segment, np.int64), np.array(side, "U1"), *lengths)


def _add(conn: psycopg.Connection, id_: int, more: Stretches) -> Stretches:
    before = stretches(conn.execute(QUERIES["passes"], {"id": id_}).fetchall())
    both = zip(before, more, strict=True)
    after = patrol.joined(Stretches(*(np.concatenate(pair) for pair in both)))
    if all(map(np.array_equal, before, after)):
        return after
    conn.execute(QUERIES["drop_passes"], {"id": id_})
    told = {name: values.tolist() for name, values in after._asdict().items()}
    conn.execute(QUERIES["put_passes"], told | {"id": id_})
    return after
