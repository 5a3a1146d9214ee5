"""Cases month by month in the grids of today, so that a trend survives a redraw."""

from datetime import date
from typing import Any

import psycopg

from geo.store.database import read_setting, rows
from geo.store.queries import load
from geo.store.reporting import QUERIES as REPORTING
from geo.store.reporting import NoSuchSystem

QUERIES = load("trends")

MONTHS = 24

Told = dict[str, Any]


def trend(conn: psycopg.Connection, system: str, months: int = MONTHS) -> Told:
    """Cases of each grid of ``system`` in the last ``months``, this one included.

    ``today`` counts them in the grid's borders of today, whatever plans were in force: points know
    their block, so this is exact. ``then`` counts them in the grids that there were on their day.
    Raises `geo.store.reporting.NoSuchSystem`.
    """
    if conn.execute(REPORTING["system"], {"system": system}).fetchone() is None:
        raise NoSuchSystem(f"there is no grid system {system!r}")
    setting = read_setting(conn)
    names = _months(setting.day(), months)
    asked: Told = {"system": system, "since": f"{names[0]}-01", "today": setting.today(),
                   "zone": setting.time_zone}  # fmt: skip
    plans = rows(conn, QUERIES["plans"], asked)
    found = {(row["grid_id"], row["month"]): row for row in rows(conn, QUERIES["counts"], asked)}
    grids: list[Told] = rows(conn, QUERIES["grids"], asked | {"plans": [p["id"] for p in plans]})
    for grid in grids:
        mine = [found.get((grid["id"], month), {}) for month in names]
        inside = grid["today"]
        grid["today"] = [row.get("today") or 0 for row in mine] if inside else None
        grid["then"] = [row.get("then") or 0 for row in mine]
    return {"system": system, "months": names, "plans": plans, "grids": grids}


def _months(last: date, count: int) -> list[str]:
    """The names of so many months up to that of a day."""
    numbers = [last.year * 12 + last.month - 1 - back for back in reversed(range(count))]
    return [f"{number // 12:04d}-{number % 12 + 1:02d}" for number in numbers]
