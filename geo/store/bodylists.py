"""Spreadsheets of bodies: each row a body with a stretch that it is bound to, a member, or both."""

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import psycopg

from geo import rosters
from geo.progress import Say, silence
from geo.rosters import BODIES, Asked
from geo.store import bodies
from geo.store.bodies import BodyExists, HasHead, Member
from geo.store.database import read_setting
from geo.store.duties import NoSuchSide
from geo.store.importing import Summary
from geo.store.queries import load
from geo.store.rejects import Rejects
from geo.store.roads import Finder, finder
from geo.store.rosters import write_down
from geo.store.turns import take_turn
from geo.stretches import NotUnderstood, Words

QUERIES = load("bodies")

Row = dict[str, Any]


class _Done(NamedTuple):
    """What a row did: a body made, metres bound, a member added."""

    made: bool
    metres: float
    member: bool


def import_bodies(
    conn: psycopg.Connection,
    path: Path,
    asked: Asked = Asked(),  # noqa: B008 - immutable
    *,
    dry_run: bool = False,
    say: Say = silence,
) -> Summary:
    """Imports one file in the caller's transaction; with ``dry_run`` nothing of it is kept.

    Rows of one kind and name are one body. What is there already is unchanged. Raises what
    `geo.rosters.read` raises for a file that cannot be read as a whole.
    """
    take_turn(conn, say)
    setting = read_setting(conn)
    roster = rosters.read(path, asked, setting.time_zone, BODIES)
    today, counts = date.fromisoformat(setting.today()), Counter[str]()
    metres = 0.0
    with conn.transaction(force_rollback=dry_run):
        find, reasons = finder(conn), []
        say(f"writing {len(roster.rows)} rows")
        for row, reason in zip(roster.rows, roster.reasons, strict=True):
            done = reason or _take(conn, find, row, today)
            reasons.append(done if isinstance(done, str) else "")
            if not isinstance(done, str):
                counts.update(_counted(done))
                metres += done.metres
        refused = Rejects(path.name, [rosters.rejects(roster, reasons)])
        told = f"{counts['bodies']} new bodies, {metres:.0f} m of side, {counts['members']} members"
        summary = Summary(
            path.name, BODIES.name, "", counts["rows"] + len(refused), counts["inserted"],
            counts["updated"], counts["unchanged"], len(refused), [*roster.notes, told], refused,
        )  # fmt: skip
        write_down(conn, path, summary)
    return summary


def _take(conn: psycopg.Connection, find: Finder, row: Row, today: date) -> _Done | str:
    """Takes one row; or says why it cannot be taken."""
    try:
        with conn.transaction():
            return _write(conn, find, row, today)
    except NotUnderstood as error:
        return f"{error.field} not understood, {error}"
    except (HasHead, NoSuchSide) as error:
        return str(error)


def _write(conn: psycopg.Connection, find: Finder, row: Row, today: date) -> _Done:
    start = row["start"] or today
    try:
        body, made = bodies.add(conn, row["kind"], row["name"], start, []), True
    except BodyExists:
        body, made = _known(conn, row), False
    words = Words(row["road"] or "", row["from"] or "", row["to"] or "", row["side"] or "")
    metres = bodies.bind(conn, body, find(words)) if row["road"] else 0.0
    return _Done(made, metres, bool(row["member"]) and _join(conn, body, row, start))


def _known(conn: psycopg.Connection, row: Row) -> int:
    found = conn.execute(QUERIES["called"], {"name": row["name"]}).fetchall()
    return next(int(id_) for id_, kind, name in found if (kind, name) == (row["kind"], row["name"]))


def _join(conn: psycopg.Connection, body: int, row: Row, start: date) -> bool:
    """Adds the row's member, where there is none of this name and organisation."""
    told = {"body": body, "name": row["member"], "organisation": row["organisation"]}
    if conn.execute(QUERIES["has_member"], told).fetchone() is not None:
        return False
    member = Member(row["member"], start, row["organisation"], row["post"], row["phone"])
    bodies.add_member(conn, body, member)
    return True


def _counted(done: _Done) -> dict[str, int]:
    some = done.metres > 0 or done.member
    what = "inserted" if done.made else "updated" if some else "unchanged"
    return {"rows": 1, what: 1, "bodies": int(done.made), "members": int(done.member)}
