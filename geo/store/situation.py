"""How things stand: open cases, trends, grids with most to do, the history of a spot."""

from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import psycopg

from geo import crs
from geo.reporting.periods import FIRST_YEAR, LAST_YEAR, PeriodUnusable
from geo.store.cases import NEAR_HOURS, NEAR_M
from geo.store.database import Rows, Setting, read_setting, rows
from geo.store.queries import load

QUERIES = load("situation")

HOURS, DAYS = 24, 30
MOST_NEAR = 30
MOST_GRIDS = 12
# Where fewer cases than a few came in so long a time, trends end with the last reports instead.
ASLEEP = timedelta(days=DAYS)

Told = dict[str, Any]


class Spot(NamedTuple):
    """A place, the class in question, and the case that is there itself."""

    x: float
    y: float
    crs: str = "wgs84"
    class_: str | None = None
    but: str | None = None


def now(conn: psycopg.Connection) -> Told:
    """Open cases by state, the late ones, and what came and went since midnight."""
    setting = read_setting(conn)
    midnight = _value(conn, "midnight", {"time_zone": setting.time_zone})
    told = rows(conn, QUERIES["now"], {"midnight": midnight})[0]
    none = {"states": told["states"] or {}, "open": told["open"] or 0, "late": told["late"] or 0}
    return {"at": _value(conn, "clock", {}), **told, **none}


def trends(
    conn: psycopg.Connection, at: datetime | None, system: str, as_of: date | None = None
) -> Told:
    """Hours and days up to ``at``, classes of these days, and grids with most to do.

    Grids are those of the day ``as_of`` (default: that of ``at``).

    Without ``at`` they end now, or where reports end if nearly none came for a month. Raises
    `PeriodUnusable`.
    """
    if at and not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise PeriodUnusable(f"trends end in the years {FIRST_YEAR} to {LAST_YEAR}")
    setting = read_setting(conn)
    end, asleep = (at, False) if at else _end(conn)
    local = _value(conn, "local", {"at": end, "time_zone": setting.time_zone})
    today = local.replace(hour=0)
    since = (today - timedelta(days=DAYS - 1)).replace(tzinfo=ZoneInfo(setting.time_zone))
    period = {"since": since, "until": end}
    grids = {"system": system, "day": as_of or today.date(), "limit": MOST_GRIDS}
    return {
        "until": end, "asleep": asleep,
        "hours": _series(conn, setting, local, HOURS, "hour"),
        "days": _series(conn, setting, today, DAYS, "day"),
        "classes": rows(conn, QUERIES["classes"], period),
        "grids": rows(conn, QUERIES["grids"], period | grids),
    }  # fmt: skip


def _end(conn: psycopg.Connection) -> tuple[datetime, bool]:
    clock: datetime = _value(conn, "clock", {})
    row = conn.execute(QUERIES["last_reports"]).fetchone()
    if row is None or row[0] > clock - ASLEEP:
        return clock, False
    return row[0], True


def _series(
    conn: psycopg.Connection, setting: Setting, last: datetime, count: int, unit: str
) -> Rows:
    step = timedelta(**{f"{unit}s": 1})
    given = {"first": last - (count - 1) * step, "last": last, "step": step, "unit": unit}
    return rows(conn, QUERIES["series"], given | {"time_zone": setting.time_zone})


def kinds(conn: psycopg.Connection) -> Rows:
    """The classes that cases have, with their subclasses, the frequent ones first."""
    return rows(conn, QUERIES["kinds"])


def spot(conn: psycopg.Connection, asked: Spot, within_m: float = NEAR_M) -> Told:
    """Cases within ``within_m`` metres of a place: the newest, and how many by class.

    Those that may be the same case (same class, open, reported within a day) come first and are
    marked ``same``. Raises what `geo.crs` raises for a datum.
    """
    setting = read_setting(conn)
    x, y = crs.transform_points(asked.x, asked.y, asked.crs, f"EPSG:{setting.srid}")
    given: dict[str, object] = {
        "x": float(x), "y": float(y), "srid": setting.srid, "within_m": within_m,
        "class": asked.class_, "but": asked.but, "hours": NEAR_HOURS, "limit": MOST_NEAR,
    }  # fmt: skip
    classes = rows(conn, QUERIES["spot_counts"], given)
    return {"within_m": within_m, "classes": classes, "cases": rows(conn, QUERIES["spot"], given)}


def _value(conn: psycopg.Connection, query: str, given: dict[str, Any]) -> Any:
    row = conn.execute(QUERIES[query], given).fetchone()
    return row[0] if row else None
