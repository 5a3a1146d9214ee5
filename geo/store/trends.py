"""What was done month by month in the grids of today, so that a trend survives a redraw."""

from datetime import date
from typing import Any, Literal, NamedTuple

import psycopg

from geo.store.database import read_setting, rows
from geo.store.queries import load
from geo.store.reporting import QUERIES as REPORTING
from geo.store.reporting import NoSuchSystem

QUERIES = load("trends")

MONTHS = 24

Told = dict[str, Any]


Of = Literal["cases", "visits", "patrol_m"]


class Asked(NamedTuple):
    """What is counted in the grids of which system and day (None: today), for how many months."""

    system: str
    months: int = MONTHS
    of: Of = "cases"
    as_of: date | None = None


def trend(conn: psycopg.Connection, wanted: Asked) -> Told:
    """What was done in each grid in the last months, this one included.

    ``today`` counts it in the grid's borders of the day that is asked for, whatever plans were in
    force: points and sides know their block, so this is exact. ``then`` counts it in the grids that
    there were on its day. Raises `geo.store.reporting.NoSuchSystem`.
    """
    system = wanted.system
    if conn.execute(REPORTING["system"], {"system": system}).fetchone() is None:
        raise NoSuchSystem(f"there is no grid system {system!r}")
    setting = read_setting(conn)
    names = _months(setting.day(), wanted.months)
    asked: Told = {"system": system, "since": f"{names[0]}-01", "today": setting.today(),
                   "as_of": wanted.as_of or setting.day(), "zone": setting.time_zone}  # fmt: skip
    plans = rows(conn, QUERIES["plans"], asked)
    query = QUERIES["months"].replace(b"{counted}", QUERIES[wanted.of])
    found = {(row["grid_id"], row["month"]): row for row in rows(conn, query, asked)}
    number: Any = float if wanted.of == "patrol_m" else int
    grids: list[Told] = rows(conn, QUERIES["grids"], asked | {"plans": [p["id"] for p in plans]})
    for grid in grids:
        mine = [found.get((grid["id"], month), {}) for month in names]
        inside = grid["today"]
        grid["today"] = [number(row.get("today") or 0) for row in mine] if inside else None
        grid["then"] = [number(row.get("then") or 0) for row in mine]
    said = {"of": wanted.of, "as_of": asked["as_of"].isoformat()}
    return {"system": system, **said, "months": names, "plans": plans, "grids": grids}


def _months(last: date, count: int) -> list[str]:
    """The names of so many months up to that of a day."""
    numbers = [last.year * 12 + last.month - 1 - back for back in reversed(range(count))]
    return [f"{number // 12:04d}-{number % 12 + 1:02d}" for number in numbers]
