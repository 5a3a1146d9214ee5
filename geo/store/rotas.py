"""Rotations: they make the duties of their turns."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import psycopg

from geo.duties import Days
from geo.rotas import BadRota, Rhythm, turns
from geo.store import duties
from geo.store.database import Rows, rows
from geo.store.duties import Charge, check_chief, columns_of
from geo.store.queries import load
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
    if len(calendar) * len(stretches) > MOST_DUTIES:
        raise BadRota(f"that makes more than {MOST_DUTIES} duties: end it earlier")
    for chief in set(rota.chiefs):
        check_chief(conn, chief)
    given = columns_of(stretches)
    duties.check_sides(conn, given)
    row = conn.execute(QUERIES["add"], {"name": rota.name} | rota.rhythm._asdict()).fetchone()
    if row is None:
        raise RotaExists(f"there is a rotation {rota.name!r} already: give this one another name")
    id_, made = int(row[0]), 0
    conn.execute(QUERIES["add_members"], {"rota": id_, "chiefs": list(rota.chiefs)})
    try:
        with conn.transaction():
            conn.execute(QUERIES["add_stretches"], given | {"rota": id_})
    except psycopg.errors.ExclusionViolation:
        raise duties.MetresHeld(duties.DOUBLED, []) from None
    for turn in calendar:
        days = Days(turn.start, turn.end)
        charge = Charge(rota.chiefs[turn.place], rota.role, days, rota=id_)
        made += len(duties.assign(conn, charge, stretches))
    return Made(id_, len(calendar), made)


def page(conn: psycopg.Connection, day: date, after: int = 0, limit: int = MOST_ROTAS) -> Rows:
    """Rotations by number with their members, metres of side, and whose turn it is on a day."""
    return rows(conn, QUERIES["list"], {"on": day, "after": after, "limit": limit, "rota": None})


def read(conn: psycopg.Connection, rota: int, day: date) -> dict[str, object]:
    """One rotation with its ``calendar``: every turn; raises `NoSuchRota`."""
    found = rows(conn, QUERIES["list"], {"on": day, "after": 0, "limit": 1, "rota": rota})
    if not found:
        raise NoSuchRota(f"there is no rotation {rota}")
    return found[0] | {"calendar": rows(conn, QUERIES["calendar"], {"rota": rota})}


def end(conn: psycopg.Connection, rota: int, on: date) -> int:
    """Ends a rotation on a day: turns end on it, later ones are gone. Returns the duties changed.

    Raises `NoSuchRota`.
    """
    asked = {"rota": rota, "on": on}
    if conn.execute(QUERIES["shorten"], asked).fetchone() is None:
        raise NoSuchRota(f"there is no rotation {rota}")
    ids = [row[0] for row in conn.execute(QUERIES["duties"], asked).fetchall()]
    return duties.end(conn, ids, on) if ids else 0
