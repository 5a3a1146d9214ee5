"""Chiefs, their leave, and who stands in for them."""

from datetime import date
from hashlib import blake2b
from typing import NamedTuple

import psycopg

from geo.duties import Days, check_days
from geo.store.database import Reader, Rows, rows
from geo.store.duties import NoSuchChief, check_chief
from geo.store.queries import load
from geo.stretches import or_like

QUERIES = load("chiefs")

MOST_CHIEFS = 500


class ChiefExists(ValueError):
    """There is a chief with this number already."""


class SeveralChiefs(ValueError):
    """Several chiefs go by this name."""


class OnLeave(ValueError):
    """The chief is on leave in that time already."""


class NoSuchLeave(ValueError):
    """There is no leave of this number."""


class BadDeputy(ValueError):
    """A chief cannot stand in for himself."""


class Person(NamedTuple):
    """A chief as told; without a ``code`` one is made of the name and the phone."""

    name: str
    department: str | None = None
    phone: str | None = None
    code: str | None = None


def code_of(person: Person) -> str:
    """The number by which a person is the same person next time."""
    if person.code:
        return person.code
    told = f"{person.name}\x1f{person.phone or person.department or ''}"
    return "c:" + blake2b(told.encode(), digest_size=6).hexdigest()


def add(conn: psycopg.Connection, person: Person) -> int:
    """Adds a chief; returns his number. Raises `ChiefExists`."""
    told = person._asdict() | {"code": code_of(person)}
    row = conn.execute(QUERIES["add"], told).fetchone()
    if row is None:
        raise ChiefExists(f"there is a chief {told['code']} already")
    return int(row[0])


def change(
    conn: psycopg.Connection,
    chief: int,
    name: str | None = None,
    department: str | None = None,
    phone: str | None = None,
) -> None:
    """Changes what is told of a chief, and leaves what is None; raises `NoSuchChief`."""
    told = {"chief": chief, "name": name, "department": department, "phone": phone}
    if conn.execute(QUERIES["change"], told).fetchone() is None:
        raise NoSuchChief(f"there is no chief {chief}")


def find(conn: psycopg.Connection, text: str) -> int:
    """The chief of this number (as in ``code``) or name; raises `NoSuchChief`, `SeveralChiefs`."""
    found = conn.execute(QUERIES["called"], {"text": text}).fetchall()
    if not found:
        names = [row[0] for row in conn.execute(QUERIES["all_names"]).fetchall()]
        raise NoSuchChief(f"there is no chief {text}{or_like(text, names)}")
    by_code = [row for row in found if row[1] == text]
    if len(by_code or found) > 1:
        codes = ", ".join(f"{code} ({department or '–'})" for _, code, _, department, _ in found)
        raise SeveralChiefs(f"several chiefs are called {text}; write the number: {codes}")
    return int((by_code or found)[0][0])


def page(
    conn: psycopg.Connection, day: date, text: str, page: tuple[int, int], reader: Reader
) -> Rows:
    """Chiefs by number, after ``page[0]`` and up to ``page[1]``, with their metres on a day.

    ``text`` is looked for in number, name and department. ``answers`` is who answers for them.
    """
    literal = text.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    asked = {"on": day, "like": f"%{literal}%" if literal else None, "chief": None}
    return rows(conn, QUERIES["list"], asked | _page(page, reader))


def read(conn: psycopg.Connection, chief: int, day: date, reader: Reader) -> dict[str, object]:
    """One chief as `page` tells of him; raises `NoSuchChief`."""
    asked: dict[str, object] = {"on": day, "like": None, "chief": chief}
    found = rows(conn, QUERIES["list"], asked | _page((0, 1), reader))
    if not found:
        raise NoSuchChief(f"there is no chief {chief}")
    return found[0]


def _page(page: tuple[int, int], reader: Reader) -> dict[str, object]:
    return {"after": page[0], "limit": page[1], "people": "people" in reader.rights}


def take_leave(
    conn: psycopg.Connection,
    chief: int,
    days: Days,
    deputy: int | None = None,
    reason: str | None = None,
) -> int:
    """Writes a chief's leave and who stands in; returns its number.

    Raises `NoSuchChief`, `BadDeputy`, `OnLeave`, `geo.duties.BadDays`.
    """
    name = check_chief(conn, chief)
    check_days(days)
    if deputy is not None:
        check_chief(conn, deputy)
    if deputy == chief:
        raise BadDeputy(f"{name} cannot stand in for himself: name somebody else, or nobody")
    told = {"chief": chief, "deputy": deputy, "reason": reason}
    times = {"start": days.start, "end": days.end or "infinity"}
    try:
        with conn.transaction():
            row = conn.execute(QUERIES["take_leave"], told | times).fetchone()
    except psycopg.errors.ExclusionViolation:
        raise OnLeave(f"{name} is on leave in that time already: end that leave first") from None
    assert row is not None  # noqa: S101 - an insert gives its row
    return int(row[0])


def leaves(conn: psycopg.Connection, day: date, reader: Reader) -> Rows:
    """Leave that lasts on a day or begins later; reasons need the right ``people``."""
    return rows(conn, QUERIES["leaves"], {"on": day, "people": "people" in reader.rights})


def end_leave(conn: psycopg.Connection, leave: int, on: date) -> None:
    """Ends leave on a day: the chief is back. One that has not begun is gone.

    Raises `NoSuchLeave`.
    """
    asked = {"leave": leave, "on": on}
    if any(conn.execute(QUERIES[q], asked).fetchone() for q in ("forget_leave", "end_leave")):
        return
    raise NoSuchLeave(f"there is no leave {leave}")
