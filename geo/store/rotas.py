"""Rotations: they make the duties of their turns."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import psycopg

from geo.duties import Days
from geo.rotas import BadRota, Rhythm, Turn, turns
from geo.store import duties
from geo.store.database import Rows, rows
from geo.store.duties import Charge, check_chief, columns_of
from geo.store.queries import load
from geo.store.turns import take_turn
from geo.stretches import Stretch

QUERIES = load("rotas")

MOST_ROTAS = 500
# Turns times stretches.
MOST_DUTIES = 50_000


class RotaExists(ValueError):
    """There is a rotation of this name already."""


class NoSuchRota(ValueError):
    """There is no rotation of this number."""


class Rota(NamedTuple):
    """Chiefs who take turns, in their order; one may come more than once."""

    name: str
    rhythm: Rhythm
    chiefs: tuple[int, ...]
    role: str = "rota"


class Made(NamedTuple):
    """The number of a rotation, its turns, and the duties that they are."""

    id: int
    turns: int
    duties: int


def make(conn: psycopg.Connection, rota: Rota, stretches: Sequence[Stretch]) -> Made:
    """Writes a rotation and the duties of all its turns.

    Raises `RotaExists`, `geo.rotas.BadRota`, and what `geo.store.duties.assign` raises.
    """
    calendar = turns(rota.rhythm, len(rota.chiefs))
    for chief in set(rota.chiefs):
        check_chief(conn, chief)
    given = columns_of(stretches)
    duties.check_sides(conn, given)
    row = conn.execute(QUERIES["add"], {"name": rota.name} | rota.rhythm._asdict()).fetchone()
    if row is None:
        raise RotaExists(f"there is a rotation {rota.name!r} already: give this one another name")
    id_ = int(row[0])
    conn.execute(QUERIES["add_members"], {"rota": id_, "chiefs": list(rota.chiefs)})
    try:
        with conn.transaction():
            conn.execute(QUERIES["add_stretches"], given | {"rota": id_})
    except psycopg.errors.ExclusionViolation:
        raise duties.MetresHeld(duties.DOUBLED, []) from None
    made = _assign(conn, _Turns(id_, calendar, rota.chiefs, rota.role), stretches)
    return Made(id_, len(calendar), made)


def page(conn: psycopg.Connection, day: date, after: int = 0, limit: int = MOST_ROTAS) -> Rows:
    """Rotations by number with their members, metres of side, and whose turn it is on a day."""
    return rows(conn, QUERIES["list"], {"on": day, "after": after, "limit": limit, "rota": None})


def read(conn: psycopg.Connection, rota: int, day: date) -> dict[str, object]:
    """One rotation with its ``calendar``, every turn, and ``stretches``; raises `NoSuchRota`."""
    found = rows(conn, QUERIES["list"], {"on": day, "after": 0, "limit": 1, "rota": rota})
    if not found:
        raise NoSuchRota(f"there is no rotation {rota}")
    of: dict[str, object] = {"rota": rota}
    return found[0] | {
        "calendar": rows(conn, QUERIES["calendar"], of),
        "stretches": rows(conn, QUERIES["stretches"], of),
    }


def end(conn: psycopg.Connection, rota: int, on: date) -> int:
    """Ends a rotation on a day: turns end on it, later ones are gone. Returns the duties changed.

    One that never had a turn is gone altogether. Raises `NoSuchRota`.
    """
    asked = {"rota": rota, "on": on}
    if conn.execute(QUERIES["shorten"], asked).fetchone() is None:
        raise NoSuchRota(f"there is no rotation {rota}")
    ended = _cut(conn, rota, on)
    conn.execute(QUERIES["forget"], asked)
    return ended


def _cut(conn: psycopg.Connection, rota: int, on: date) -> int:
    found = conn.execute(QUERIES["duties"], {"rota": rota, "on": on}).fetchall()
    ids = [row[0] for row in found]
    return duties.end(conn, ids, on) if ids else 0


def change(conn: psycopg.Connection, rota: int, rhythm: Rhythm, chiefs: Sequence[int]) -> Made:
    """Gives a rotation other turns from ``rhythm.start`` on, over the same stretches.

    What was before that day stays. Raises `NoSuchRota`, and what `make` raises.
    """
    take_turn(conn)
    calendar = turns(rhythm, len(chiefs))
    for chief in set(chiefs):
        check_chief(conn, chief)
    role = conn.execute(QUERIES["role"], {"rota": rota}).fetchone()
    _cut(conn, rota, rhythm.start)
    if conn.execute(QUERIES["change"], rhythm._asdict() | {"rota": rota}).fetchone() is None:
        raise NoSuchRota(f"there is no rotation {rota}")
    conn.execute(QUERIES["drop_members"], {"rota": rota})
    conn.execute(QUERIES["add_members"], {"rota": rota, "chiefs": list(chiefs)})
    over = [Stretch(*row) for row in conn.execute(QUERIES["stretches"], {"rota": rota}).fetchall()]
    of = _Turns(rota, calendar, tuple(chiefs), role[0] if role else "rota")
    return Made(rota, len(calendar), _assign(conn, of, over))


class _Turns(NamedTuple):
    """Turns that are to become duties."""

    rota: int
    calendar: list[Turn]
    chiefs: tuple[int, ...]
    role: str


def _assign(conn: psycopg.Connection, of: _Turns, stretches: Sequence[Stretch]) -> int:
    """Makes a duty of each turn and stretch; returns how many."""
    if len(of.calendar) * len(stretches) > MOST_DUTIES:
        raise BadRota(f"that makes more than {MOST_DUTIES} duties: end it earlier")
    made = 0
    for turn in of.calendar:
        days = Days(turn.start, turn.end)
        charge = Charge(of.chiefs[turn.place], of.role, days, rota=of.rota)
        made += len(duties.assign(conn, charge, stretches))
    return made
