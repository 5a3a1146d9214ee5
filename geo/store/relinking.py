"""Changes of the ground: only points near what changed are linked again.

Use it around whatever changes blocks or segments, in one transaction::

    with following(conn) as followed:
        rebuild_network(conn)
    followed.moved  # how many links changed
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from psycopg import sql

from geo.store import linking
from geo.store.database import read_setting
from geo.store.queries import load
from geo.store.turns import take_turn

QUERIES = load("relinking")

# More points than this are linked faster in bulk, although that builds an index of all ground.
BULK_POINTS = 20_000


@dataclass
class Followed:
    """How many points lay near the change, and how many of their links it changed."""

    points: int = 0
    moved: int = 0


@contextmanager
def following(conn: psycopg.Connection) -> Iterator[Followed]:
    """Links points again that lie near what changes inside of the block, in the same transaction.

    A point's block can change only where a block's old or new ground covers it, and its road place
    only within the link distance of an axis that went, came or changed: all others keep their
    links, and the result equals linking everything. The counts stand in the result afterwards.
    """
    followed = Followed()
    take_turn(conn)
    conn.execute(QUERIES["remember"])
    yield followed
    conn.execute(QUERIES["compare"])
    _relink(conn, followed)
    conn.execute(QUERIES["forget_before"])


def relink_near(conn: psycopg.Connection, axes: Sequence[str]) -> Followed:
    """Links the points near some axes again: old and new shapes (EWKB) of all that changed.

    The caller has taken his turn (`geo.store.turns`) before he changed them.
    """
    followed = Followed()
    conn.execute(QUERIES["name_changed"], {"axes": list(axes)})
    _relink(conn, followed)
    return followed


def _relink(conn: psycopg.Connection, followed: Followed) -> None:
    for step in ("index_changed", "analyze_changed"):
        conn.execute(QUERIES[step])
    within = {"within_m": read_setting(conn).link_distance_m}
    for table in linking.POINT_TABLES:
        near = conn.execute(_on(table, "near"), within).rowcount
        followed.points += near
        if near > BULK_POINTS:
            followed.moved += linking.relink(conn, table)
        elif near:
            followed.moved += conn.execute(_on(table, "relink"), within).rowcount
        conn.execute(QUERIES["forget_points"])
    conn.execute(QUERIES["forget_changed"])


def _on(table: str, query: str) -> sql.Composed:
    return sql.SQL(QUERIES[query].decode()).format(table=sql.Identifier(table))
