"""Cases filed, moved and listed. `move` is the only way a case gets from one state to another."""

import json
from hashlib import sha256
from typing import Any, NamedTuple

import numpy as np
import psycopg
from psycopg import sql

from geo import cases, crs
from geo.layers import INCIDENTS, readable
from geo.store import layers
from geo.store.database import Reader, Rows, Setting, read_setting, rows
from geo.store.queries import load

QUERIES = load("cases")

MOST_CASES = 200
# A place so far outside of the district is taken for a wrong datum or a slip.
MARGIN_M = 200.0
# What is so near, of the same class and reported within so many hours, may be the same case.
NEAR_M, NEAR_HOURS = 50.0, 24

Case = dict[str, Any]


class NoSuchCase(ValueError):
    """There is no case with this number."""


class OutsideDistrict(ValueError):
    """The place of a case does not lie in the district."""


class KeyReused(ValueError):
    """An idempotency key came with another request than the first time."""


class CaseMoved(ValueError):
    """The case is not in the state that the request takes it to be in; ``now`` says what holds."""

    def __init__(self, message: str, status: str, version: int) -> None:
        super().__init__(message)
        self.now = {"status": status, "version": version, "actions": cases.allowed(status)}


class CaseChanged(CaseMoved):
    """The case has another version than the one that the request was made on."""


class Report(NamedTuple):
    """What is reported, and where: x is longitude or easting in the datum ``crs``."""

    class_: str
    x: float
    y: float
    crs: str = "wgs84"
    subclass: str | None = None
    description: str | None = None
    address: str | None = None
    source: str | None = None


class By(NamedTuple):
    """Who does it and what they say; ``key`` marks a request that may be sent again."""

    actor: str | None = None
    note: str | None = None
    key: str | None = None


class Expected(NamedTuple):
    """The state and version that a request was made on; None: whatever they are."""

    status: str | None = None
    version: int | None = None


WHATEVER = Expected()


class _Now(NamedTuple):
    id: int
    status: str
    version: int


def file(conn: psycopg.Connection, report: Report, by: By) -> str:
    """Files a case; returns its number.

    Raises `OutsideDistrict`, `KeyReused`, and what `geo.crs` raises for a datum.
    """
    if (done := _done_before(conn, by.key, ("file", report, by))) is not None:
        return done
    setting = read_setting(conn)
    at = _place(conn, report, setting)
    code = _mint(conn, setting)
    told = report._asdict() | at | {"class": report.class_, "code": code}
    id_ = int(_one(conn, "file", told)[0])
    _add(conn, _Now(id_, cases.BEGINNING, 0), cases.FIRST, cases.BEGINNING, by)
    return code


def _place(conn: psycopg.Connection, report: Report, setting: Setting) -> dict[str, Any]:
    x, y = crs.transform_points(report.x, report.y, report.crs, f"EPSG:{setting.srid}")
    at = {"x": float(x), "y": float(y), "srid": setting.srid}
    if not np.isfinite([at["x"], at["y"]]).all():
        raise OutsideDistrict(f"{report.x}, {report.y} is no place in {report.crs}")
    outside_m = _one(conn, "outside_m", at)[0]
    if outside_m is not None and outside_m > MARGIN_M:
        raise OutsideDistrict(
            f"{report.x}, {report.y} lies {outside_m / 1000:.1f} km outside of the district;"
            f" is it really in {report.crs}, and is longitude given as x?"
        )
    return at


def _mint(conn: psycopg.Connection, setting: Setting) -> str:
    """A new number: the district's code, the day, and a serial number on it."""
    while True:
        day, serial = _one(conn, "next_serial", {"time_zone": setting.time_zone})
        code = f"{setting.code}{day:%Y%m%d}{serial:05d}"
        # An import may have brought one that looks the same.
        if not _one(conn, "is_taken", {"code": code})[0]:
            return code


def move(
    conn: psycopg.Connection, code: str, action: str, by: By, expected: Expected = WHATEVER
) -> None:
    """Takes one action on a case: writes the step and the state, or changes nothing.

    Raises `NoSuchCase`, `KeyReused`, `CaseMoved` where the state is not as expected or does not
    allow it, `CaseChanged` where the version is another, and `geo.cases.NoSuchAction`.
    """
    if _done_before(conn, by.key, ("move", code, action, by)) is not None:
        return
    row = conn.execute(QUERIES["lock"], {"code": code}).fetchone()
    if row is None:
        raise NoSuchCase(f"there is no case {code!r}")
    now = _Now(*row)
    _check(code, now, expected)
    try:
        status = cases.after(now.status, action)
    except cases.NotNow as error:
        raise CaseMoved(str(error), now.status, now.version) from None
    # The place of what is still to come: rights of the actor, clocks, whose turn it is.
    _add(conn, now, action, status, by)
    conn.execute(QUERIES["set_status"], {"id": now.id, "status": status})


def _check(code: str, now: _Now, expected: Expected) -> None:
    if expected.version not in (None, now.version):
        raise CaseChanged(
            f"case {code} has changed since: it is {now.status} now", now.status, now.version
        )
    if expected.status not in (None, now.status):
        raise CaseMoved(
            f"case {code} is {now.status}, not {expected.status}", now.status, now.version
        )


def _add(conn: psycopg.Connection, now: _Now, step: str, status: str, by: By) -> None:
    given = {"id": now.id, "seq": now.version + 1, "step": step, "status": status}
    conn.execute(QUERIES["add_step"], given | {"actor": by.actor, "note": by.note})
    if by.key is not None:
        conn.execute(QUERIES["fill_key"], {"id": now.id, "key": by.key})


def _done_before(conn: psycopg.Connection, key: str | None, asked: object) -> str | None:
    """The case of an earlier request with this key; None where this one is the first."""
    if key is None:
        return None
    digest = sha256(json.dumps(asked).encode()).hexdigest()
    if conn.execute(QUERIES["claim_key"], {"key": key, "asked": digest}).fetchone():
        return None
    before, code = _one(conn, "read_key", {"key": key})
    if before != digest:
        raise KeyReused(f"the key {key!r} was used for another request; give each its own")
    return str(code)


def read(conn: psycopg.Connection, code: str, reader: Reader) -> Case:
    """A case with its history, as ``reader`` may see it; raises `NoSuchCase`."""
    where = sql.SQL("source.code = %(code)s")
    found = _list(conn, where, {"code": code, "limit": 1}, reader)
    if not found:
        raise NoSuchCase(f"there is no case {code!r}")
    asked = {"id": found[0]["id"], "people": "people" in reader.rights}
    return found[0] | {"steps": rows(conn, QUERIES["steps"], asked)}


def near(conn: psycopg.Connection, id_: int) -> Rows:
    """Open cases that may be the same as this one."""
    near = {"id": id_, "within_m": NEAR_M, "hours": NEAR_HOURS, "ended": list(cases.ENDED)}
    return rows(conn, QUERIES["near"], near)


class Filter(NamedTuple):
    """Which cases: in one of the states, of a class, late or not, in an area, with a text."""

    status: tuple[str, ...] = ()
    class_: str | None = None
    late: bool | None = None
    area: str | None = None
    text: str | None = None


def page(
    conn: psycopg.Connection, chosen: Filter, after: tuple[str, int], limit: int, reader: Reader
) -> list[Case]:
    """Up to ``limit`` cases, newest first, behind the one ``after`` (time, id)."""
    literal = (chosen.text or "").replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    given = {
        "time": after[0], "id": after[1], "limit": limit, "status": list(chosen.status),
        "class": chosen.class_, "area": chosen.area, "like": f"%{literal}%",
    }  # fmt: skip
    return _list(conn, sql.SQL(" and ").join(_conditions(chosen)), given, reader)


def _conditions(chosen: Filter) -> list[sql.SQL]:
    wanted: list[tuple[object, str]] = [
        (True, "(source.reported_at, source.id) < (%(time)s::timestamptz, %(id)s)"),
        (chosen.status, "source.status = any(%(status)s)"),
        (chosen.class_, "source.class = %(class)s"),
        (chosen.late is True, "source.late"),
        (chosen.late is False, "not source.late"),
        (chosen.area, QUERIES["blocks_of_area"].decode()),
        (chosen.text, "concat_ws(' ', source.code, source.subclass, source.description,"
                      " source.address) ilike %(like)s"),
    ]  # fmt: skip
    return [sql.SQL(condition) for asked, condition in wanted if asked]


def _list(
    conn: psycopg.Connection, where: sql.Composable, given: dict[str, object], reader: Reader
) -> list[Case]:
    columns = [sql.Identifier("source", c.name) for c in readable(INCIDENTS, reader.rights)]
    query = sql.SQL(QUERIES["list"].decode()).format(
        columns=sql.SQL(", ").join(columns),
        source=layers.source(INCIDENTS, reader.rights),
        conditions=where,
    )
    found: list[Case] = rows(conn, query.as_bytes(conn), given)
    return [case | {"actions": cases.allowed(case["status"])} for case in found]


def _one(conn: psycopg.Connection, query: str, given: dict[str, Any]) -> tuple[Any, ...]:
    row = conn.execute(QUERIES[query], given).fetchone()
    assert row is not None  # noqa: S101 - these give a row or fail
    return row
