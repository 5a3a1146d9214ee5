"""A side of a segment as one who walks along it meets it: doors, lanes, compounds behind."""

from datetime import date
from typing import Any

import psycopg

from geo.doors import number_of
from geo.store import duties
from geo.store.database import Reader, rows
from geo.store.duties import NoSuchSide, Which
from geo.store.queries import load

QUERIES = load("sides")

MOST_DUTIES = 1_000


def read(
    conn: psycopg.Connection, segment: int, side: str, day: date, reader: Reader
) -> dict[str, Any]:
    """A side with its ``doors`` in walking order, ``lanes``, ``compounds`` and ``duties``.

    Chainages in m from the segment's start; a door's ``number`` is that of its address on this
    road, null where it gives none. Raises `geo.store.duties.NoSuchSide`.
    """
    asked = {"segment": segment, "side": side}
    found = rows(conn, QUERIES["side"], asked)
    if not found:
        raise NoSuchSide(f"there is no segment {segment} with a side {side}")
    rights = {right: right in reader.rights for right in ("people", "credit")}
    doors: Any = rows(conn, QUERIES["doors"], asked | rights)
    road: Any = found[0]["road"]
    for door in doors:
        door["number"] = number_of(door["address"], road)
    which = Which(segment=segment, side=side)
    return found[0] | {
        "doors": doors,
        "lanes": rows(conn, QUERIES["lanes"], asked),
        "compounds": rows(conn, QUERIES["compounds"], asked),
        "duties": duties.on_day(conn, day, which, (0, MOST_DUTIES), reader),
    }
