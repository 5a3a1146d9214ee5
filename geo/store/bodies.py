"""Bodies bound to a stretch (街事会, 道路党组织, 党建联盟): members, turns, and three lists."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import psycopg
import shapely

from geo import crs
from geo.rotas import Rhythm, turns
from geo.store import duties
from geo.store.database import Reader, Rows, read_setting, rows
from geo.store.duties import columns_of
from geo.store.queries import load
from geo.store.staging import to_ewkb
from geo.stretches import Stretch, or_like, without

QUERIES = load("bodies")

MOST_BODIES = 500

KINDS = {
    "street_council": ("街事会", "Street council"),
    "party_branch": ("道路党组织", "Party branch of a road"),
    "alliance": ("党建联盟", "Party-building alliance"),
}
LISTS = {
    "need": ("需求", "Needs"),
    "resource": ("资源", "Resources"),
    "project": ("项目", "Projects"),
}


class NoSuchBody(ValueError):
    """There is no body, member or item of this number."""


class SeveralBodies(ValueError):
    """Several bodies go by this name."""


class BodyExists(ValueError):
    """There is a body of this kind and name already."""


class HasHead(ValueError):
    """A body has one head at a time."""


class ItemChanged(ValueError):
    """The item is not any more what the request was made on."""


class Member(NamedTuple):
    """Somebody who takes part, for an organisation perhaps; ``chief`` where he is one, too."""

    name: str
    start: date
    organisation: str | None = None
    post: str = "member"
    phone: str | None = None
    chief: int | None = None


class Item(NamedTuple):
    """Something on a list; ``spot`` is longitude and latitude (WGS 84), where one is known."""

    list: str
    title: str
    detail: str | None = None
    place: str | None = None
    spot: tuple[float, float] | None = None
    contact: str | None = None
    phone: str | None = None


class Change(NamedTuple):
    """What an item becomes; ``version`` is the one it is made on (None: whichever it is)."""

    status: str
    detail: str | None = None
    version: int | None = None


class Which(NamedTuple):
    """Which bodies: of a kind, bound to a road."""

    kind: str | None = None
    road: str | None = None


def add(
    conn: psycopg.Connection, kind: str, name: str, start: date, stretches: Sequence[Stretch]
) -> int:
    """Makes a body bound to stretches; returns its number.

    Raises `BodyExists`, `geo.store.duties.NoSuchSide`, `geo.store.duties.MetresHeld` where two of
    the stretches lie over each other.
    """
    given = columns_of(stretches)
    duties.check_sides(conn, given)
    row = conn.execute(QUERIES["add"], {"kind": kind, "name": name, "start": start}).fetchone()
    if row is None:
        raise BodyExists(f"there is a {KINDS[kind][1].lower()} {name!r} already")
    try:
        with conn.transaction():
            conn.execute(QUERIES["add_stretches"], given | {"body": row[0]})
    except psycopg.errors.ExclusionViolation:
        raise duties.MetresHeld(duties.DOUBLED, []) from None
    return int(row[0])


def bind(conn: psycopg.Connection, body: int, stretches: Sequence[Stretch]) -> float:
    """Binds a body to what of these stretches it is not bound to yet; returns the metres added."""
    rows_ = conn.execute(QUERIES["stretches_on"], {"body": body}).fetchall()
    more = without(list(stretches), [Stretch(*row) for row in rows_])
    if more:
        given = columns_of(more)
        duties.check_sides(conn, given)
        conn.execute(QUERIES["add_stretches"], given | {"body": body})
    return sum(one.to_m - one.from_m for one in more)


def find(conn: psycopg.Connection, text: str) -> int:
    """The body of this number or name; raises `NoSuchBody`, `SeveralBodies`."""
    found = conn.execute(QUERIES["called"], {"name": text}).fetchall()
    if not found:
        names = [row[0] for row in conn.execute(QUERIES["all_names"]).fetchall()]
        raise NoSuchBody(f"there is no body {text}{or_like(text, names)}")
    if len(found) > 1:
        told = ", ".join(f"{id_} ({KINDS[kind][0]})" for id_, kind, _ in found)
        raise SeveralBodies(f"several bodies are called {text}; write the number: {told}")
    return int(found[0][0])


def page(conn: psycopg.Connection, day: date, which: Which, page: tuple[int, int]) -> Rows:
    """Bodies by number, after ``page[0]`` and up to ``page[1]``, with counts of what is open."""
    asked = which._asdict() | {"on": day, "body": None, "after": page[0], "limit": page[1]}
    return rows(conn, QUERIES["list"], asked)


def read(conn: psycopg.Connection, body: int, day: date, reader: Reader) -> dict[str, Any]:
    """A body with its stretches, members, turns and lists; raises `NoSuchBody`.

    Names, contacts and phones need the right ``people``.
    """
    asked = {"on": day, "body": body, "people": "people" in reader.rights, "item": None}
    few = {"after": 0, "limit": 1, "kind": None, "road": None}
    found = rows(conn, QUERIES["list"], asked | few)
    if not found:
        raise NoSuchBody(f"there is no body {body}")
    items: Any = rows(conn, QUERIES["items"], asked)
    return found[0] | {
        "stretches": rows(conn, QUERIES["stretches"], asked),
        "members": rows(conn, QUERIES["members"], asked),
        "turns": rows(conn, QUERIES["turns"], asked),
        "lists": {name: [item for item in items if item["list"] == name] for name in LISTS},
    }


def add_member(conn: psycopg.Connection, body: int, member: Member) -> int:
    """Adds a member; returns his number. Raises `NoSuchBody`, `HasHead`, `NoSuchChief`."""
    if member.chief is not None:
        duties.check_chief(conn, member.chief)
    try:
        with conn.transaction():
            row = conn.execute(QUERIES["add_member"], member._asdict() | {"body": body}).fetchone()
    except psycopg.errors.ExclusionViolation:
        raise HasHead(f"body {body} has a head in that time already") from None
    if row is None:
        raise NoSuchBody(f"there is no body {body}")
    return int(row[0])


def end_member(conn: psycopg.Connection, body: int, member: int, on: date) -> None:
    """A member leaves on a day; one who has not begun is gone. Raises `NoSuchBody`."""
    asked = {"body": body, "member": member, "on": on}
    if not any(conn.execute(QUERIES[q], asked).fetchone() for q in ("drop_member", "end_member")):
        raise NoSuchBody(f"body {body} has no member {member}")


def take_turns(conn: psycopg.Connection, body: int, rhythm: Rhythm, members: Sequence[int]) -> int:
    """Lets members take turns; earlier turns from that day on are replaced. Returns how many.

    Raises `NoSuchBody`, `geo.rotas.BadRota`.
    """
    calendar = turns(rhythm, len(members))
    asked = {"body": body, "members": list(members), "start": rhythm.start}
    known = {row[0] for row in conn.execute(QUERIES["known_members"], asked).fetchall()}
    if lost := sorted(set(members) - known):
        raise NoSuchBody(f"body {body} has no member {', '.join(map(str, lost))}")
    conn.execute(QUERIES["cut_turns"], asked)
    conn.execute(QUERIES["shorten_turn"], asked)
    given = {
        "members": [members[turn.place] for turn in calendar],
        "starts": [turn.start for turn in calendar],
        "ends": [turn.end for turn in calendar],
    }
    return conn.execute(QUERIES["add_turns"], asked | given).rowcount


def add_item(conn: psycopg.Connection, body: int, item: Item) -> int:
    """Puts something on a list; returns its number. Raises `NoSuchBody`, `geo.crs` errors."""
    told = item._asdict() | {"body": body, "geom": _spot(conn, item.spot)}
    row = conn.execute(QUERIES["add_item"], told).fetchone()
    if row is None:
        raise NoSuchBody(f"there is no body {body}")
    return int(row[0])


def _spot(conn: psycopg.Connection, spot: tuple[float, float] | None) -> str | None:
    if spot is None:
        return None
    srid = read_setting(conn).srid
    x, y = crs.transform_points(*spot, "wgs84", f"EPSG:{srid}")
    if not np.isfinite([x, y]).all():
        raise duties.NoSuchSide(f"{spot[0]}, {spot[1]} is no place")
    return to_ewkb(np.array([shapely.Point(x, y)], object), srid)[0]


def change_item(conn: psycopg.Connection, body: int, item: int, change: Change) -> int:
    """Gives an item another status; returns its new version.

    Raises `NoSuchBody`, `ItemChanged` where it has another version.
    """
    asked = {"body": body, "item": item}
    row = conn.execute(QUERIES["change_item"], change._asdict() | asked).fetchone()
    if row is not None:
        return int(row[0])
    now = conn.execute(QUERIES["version_of_item"], asked).fetchone()
    if now is None:
        raise NoSuchBody(f"body {body} has no item {item}")
    raise ItemChanged(f"item {item} has changed since: its version is {now[0]}")
