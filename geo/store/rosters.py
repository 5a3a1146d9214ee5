"""Rosters of chiefs into the database: every row becomes duties, or is rejected with its reason."""

import hashlib
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import psycopg

from geo import rosters
from geo.duties import BadDays, Days
from geo.progress import Say, silence
from geo.rosters import Asked
from geo.store import chiefs, duties
from geo.store.chiefs import Person
from geo.store.database import read_setting
from geo.store.duties import Charge, MetresHeld
from geo.store.importing import Options, Summary
from geo.store.queries import load
from geo.store.rejects import Rejects
from geo.store.roads import Finder, finder
from geo.store.turns import take_turn
from geo.stretches import NotUnderstood, Stretch, Words, without

QUERIES = load("rosters")

Row = dict[str, Any]


class WhoIsThat(ValueError):
    """A row names a chief who may be one of several."""


class Known(NamedTuple):
    """A chief who is known already."""

    id: int
    code: str
    name: str
    phone: str | None
    department: str | None


class _Book:
    """What is known while the rows of a file are taken one after the other."""

    def __init__(self, conn: psycopg.Connection) -> None:
        self.conn = conn
        self.find: Finder = finder(conn)
        self.today = date.fromisoformat(read_setting(conn).today())
        self.chiefs = [Known(*row) for row in conn.execute(QUERIES["chiefs"]).fetchall()]
        self.counts: Counter[str] = Counter()
        self.metres = 0.0


def import_roster(
    conn: psycopg.Connection,
    path: Path,
    asked: Asked = Asked(),  # noqa: B008 - immutable
    *,
    dry_run: bool = False,
    say: Say = silence,
) -> Summary:
    """Imports one roster in the caller's transaction; with ``dry_run`` nothing of it is kept.

    A row whose duties are there already is unchanged, one of which a part is there is updated.
    Raises what `geo.rosters.read` raises for a file that cannot be read as a whole.
    """
    take_turn(conn, say)
    say(f"reading {path.name}")
    roster = rosters.read(path, asked, read_setting(conn).time_zone)
    with conn.transaction(force_rollback=dry_run):
        book = _Book(conn)
        say(f"writing {len(roster.rows)} rows")
        reasons = [
            reason or _take(book, row)
            for row, reason in zip(roster.rows, roster.reasons, strict=True)
        ]
        refused = Rejects(path.name, [rosters.rejects(roster, reasons)])
        summary = _summary(book, path, roster.notes, refused)
        write_down(conn, path, summary)
    return summary


def import_file(
    conn: psycopg.Connection, path: Path, options: Options, say: Say = silence
) -> Summary:
    """Imports a roster as `import_roster` does; of the options those count that a table has."""
    wishes = options.wishes
    asked = Asked(wishes.columns, wishes.constants, options.layer, options.encoding)
    return import_roster(conn, path, asked, dry_run=options.dry_run, say=say)


def _take(book: _Book, row: Row) -> str:
    """Takes one row; returns why it cannot be taken, or ''."""
    counts, metres, known = book.counts.copy(), book.metres, list(book.chiefs)
    try:
        with book.conn.transaction():
            _assign(book, row)
    except NotUnderstood as error:
        reason = f"{error.field} not understood, {error}"
    except WhoIsThat as error:
        reason = f"chief not clear, {error}"
    except MetresHeld as error:
        reason = f"metres are held, {error}"
    except (BadDays, duties.NoSuchSide) as error:
        reason = str(error)
    else:
        return ""
    book.counts, book.metres, book.chiefs = counts, metres, known
    return reason


def _assign(book: _Book, row: Row) -> None:
    words = Words(row["road"], row["from"] or "", row["to"] or "", row["side"] or "")
    stretches = book.find(words)
    chief = _chief(book, row)
    days = Days(row["start"] or book.today, row["end"])
    left = _not_held(book.conn, Charge(chief, row["level"], days), stretches)
    if left:
        duties.assign(book.conn, Charge(chief, row["level"], days), left)
    there = _metres(stretches) - _metres(left) > 0.5
    book.counts["unchanged" if not left else "updated" if there else "inserted"] += 1
    book.counts["duties"] += len(left)
    book.metres += _metres(left)


def _metres(stretches: list[Stretch]) -> float:
    return sum(each.to_m - each.from_m for each in stretches)


def _not_held(conn: psycopg.Connection, charge: Charge, stretches: list[Stretch]) -> list[Stretch]:
    """What of the stretches the chief does not hold already."""
    segments = sorted({each.segment for each in stretches})
    asked = {
        "chief": charge.chief, "role": charge.role, "segments": segments,
        "start": charge.days.start, "end": charge.days.end or "infinity",
    }  # fmt: skip
    own = [Stretch(*row) for row in conn.execute(QUERIES["own"], asked).fetchall()]
    return without(stretches, own)


def _chief(book: _Book, row: Row) -> int:
    """The number of the chief whom a row names; one who is not known is added."""
    found = _known(book.chiefs, row)
    if found is not None and not row["code"]:
        return found.id
    person = Person(row["chief"], row["department"], row["phone"], row["code"])
    told = person._asdict() | {"code": chiefs.code_of(person)}
    made = book.conn.execute(QUERIES["put_chief"], told).fetchone()
    assert made is not None  # noqa: S101 - an upsert gives its row
    if found is None:
        book.chiefs.append(
            Known(made[0], told["code"], person.name, person.phone, person.department)
        )
        book.counts["chiefs"] += 1
    return int(made[0])


def _known(known: list[Known], row: Row) -> Known | None:
    """The chief whom a row names; None where it is somebody new. Raises `WhoIsThat`."""
    if row["code"]:
        return next((one for one in known if one.code == row["code"]), None)
    called = [one for one in known if one.name == row["chief"]]
    if row["phone"]:
        same = [one for one in called if one.phone == row["phone"]]
        called = same or [one for one in called if one.phone is None]
    elif row["department"]:
        called = [one for one in called if one.department == row["department"]] or called
    if len(called) > 1:
        codes = ", ".join(one.code for one in called)
        raise WhoIsThat(f"several chiefs are called {row['chief']} ({codes}): give the 编号")
    return called[0] if called else None


def _summary(book: _Book, path: Path, notes: list[str], refused: Rejects) -> Summary:
    inserted, updated, unchanged = (
        book.counts[name] for name in ("inserted", "updated", "unchanged")
    )
    read = inserted + updated + unchanged + len(refused)
    told = [
        f"{book.counts['duties']} duties over {book.metres:.0f} m of side,"
        f" {book.counts['chiefs']} new chiefs"
    ]
    return Summary(
        path.name, rosters.ROSTER.name, "", read, inserted, updated, unchanged, len(refused),
        [*notes, *told], refused,
    )  # fmt: skip


def write_down(conn: psycopg.Connection, path: Path, summary: Summary) -> None:
    """Books an import: its file, digest and counts."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    counts = {k: v for k, v in summary._asdict().items() if k not in ("notes", "rejects")}
    conn.execute(QUERIES["book"], counts | {"sha256": digest})
