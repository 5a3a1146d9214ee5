"""A chief's strip: the segments in charge today, with doors, open cases, and what was passed."""

from datetime import UTC, date, datetime
from typing import Any

import psycopg

from geo import patrol, strip
from geo.store import situation
from geo.store.database import Rows, read_setting, rows
from geo.store.duties import NoSuchChief
from geo.store.patrols import LONGEST_S, charge_rows, stretches
from geo.store.queries import load
from geo.strip import Found, Row

QUERIES = load("strips")

# A shop is looked at once a month; one on the grey list, or with something wrong, after a week.
DUE_DAYS, AGAIN_DAYS = 30, 7
# What was passed longer ago counts as not passed.
PASSED_DAYS = 92

# What a page must know to place a position by the rules that the database's passes follow.
RULES = {
    "accurate_m": patrol.ACCURATE_M,
    "beside_m": patrol.BESIDE_M,
    "pause_s": patrol.PAUSE_S,
    "pace_mps": patrol.PACE_MPS,
    "slip_m": patrol.SLIP_M,
    "longest_s": LONGEST_S,
}


def chiefs(conn: psycopg.Connection) -> Rows:
    """Chiefs with something in charge today, with the number of their segments."""
    return rows(conn, QUERIES["chiefs"], {"day": _clock(conn)[1]})


def read(conn: psycopg.Connection, chief: str) -> dict[str, Any]:
    """The strip of the chief of this number; raises `NoSuchChief`."""
    at, day = _clock(conn)
    found = rows(conn, QUERIES["chief"], {"chief": chief})
    if not found:
        raise NoSuchChief(f"there is no road chief {chief!r}")
    who = found[0]
    chief_id = who.pop("id")
    charge = charge_rows(conn, {"chief_id": chief_id, "day": day})
    asked = {"segments": sorted({row["segment"] for row in charge}), "chief_id": chief_id}
    return {
        "chief": who, "at": at, "day": day, "rules": RULES,
        "roads": strip.assemble(Found(
            rows(conn, QUERIES["segments"], asked), charge, _doors(conn, asked),
            _passed(conn, asked))),
        "cases": _cases(conn, asked, charge),
        "last_patrol": next(iter(rows(conn, QUERIES["last_patrol"], asked)), None),
        "classes": situation.kinds(conn),
    }  # fmt: skip


def _clock(conn: psycopg.Connection) -> tuple[datetime, date]:
    row = conn.execute(QUERIES["clock"], {"time_zone": read_setting(conn).time_zone}).fetchone()
    assert row is not None  # noqa: S101 - this gives a row
    return row[0], row[1]


def _doors(conn: psycopg.Connection, asked: Row) -> list[Row]:
    days = {"due_days": DUE_DAYS, "again_days": AGAIN_DAYS}
    return rows(conn, QUERIES["doors"], asked | days)


def _passed(conn: psycopg.Connection, asked: Row) -> list[Row]:
    found = conn.execute(QUERIES["passes"], asked | {"days": PASSED_DAYS}).fetchall()
    table = patrol.latest(stretches(found))
    return [
        {"segment": int(segment), "side": str(side), "from_m": float(from_m), "to_m": float(to_m),
         "at": datetime.fromtimestamp(float(at), UTC)}
        for segment, side, from_m, to_m, at in zip(*table, strict=True)
    ]  # fmt: skip


def _cases(conn: psycopg.Connection, asked: Row, charge: list[Row]) -> list[Row]:
    duties = strip.by_side(charge)
    found: list[Row] = rows(conn, QUERIES["cases"], asked)
    return [
        case
        for case in found
        if strip.is_within(case, duties.get((case["segment"], case["side"]), ()))
    ]
