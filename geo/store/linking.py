"""Linking: points in the database find their block and road place by `geo.locate`.

Numba, which `geo.locate` compiles with, takes half a second to import; only who links waits for it.
"""

import struct
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import psycopg
import shapely
from numpy.typing import NDArray
from psycopg import sql

from geo.store.database import read_setting
from geo.store.queries import load
from geo.store.staging import copy_rows

if TYPE_CHECKING:
    from geo.locate import Index, Links

QUERIES = load("linking")

# The tables whose rows have a place.
POINT_TABLES = ("incident", "merchant", "station")

_EWKB_POINT = 0x20000001  # a point with an SRID


class NoPoints(ValueError):
    """The table holds nothing that has a place."""


class At(NamedTuple):
    """One place in the district's CRS."""

    x: float
    y: float
    srid: int


class Verified(NamedTuple):
    """How the stored links of one table compare with PostGIS's own predicates."""

    points: int
    in_block: int
    on_road: int
    wrong_block: int
    wrong_place: int
    not_nearest: int


def read_ground(conn: psycopg.Connection) -> "Index":
    """The index of what points are linked to: today's blocks, and axes of roads and lanes."""
    from geo import locate

    within_m = read_setting(conn).link_distance_m
    block_ids, blocks = _shapes(conn, QUERIES["blocks_in_force"], 3)
    segment_ids, axes = _shapes(conn, QUERIES["axes"], 1)
    return locate.build(blocks, block_ids, axes, segment_ids, within_m)


def _shapes(
    conn: psycopg.Connection, query: bytes | sql.Composed, at: int
) -> tuple[NDArray[np.int64], NDArray[np.object_]]:
    with conn.cursor(binary=True) as cursor:
        found = cursor.execute(query).fetchall()
    ids = np.array([row[0] for row in found], np.int64)
    return ids, np.asarray(shapely.from_wkb([row[at] for row in found]), object)


def link(points: NDArray[np.object_], ground: "Index") -> "Links":
    """The links of points (shape (n,), district CRS)."""
    from geo import locate

    return locate.find(ground, shapely.get_x(points), shapely.get_y(points))


def link_columns(links: "Links") -> dict[str, list[object]]:
    """The links as the columns the tables keep, None where there is no block or road."""
    near = links.road.segment >= 0
    return {
        "block_id": _or_none(links.block, links.block >= 0),
        "segment_id": _or_none(links.road.segment, near),
        "side": _or_none(links.road.side, near),
        "chainage_m": _or_none(links.road.chainage_m, near),
        "offset_m": _or_none(links.road.offset_m, near),
    }


def _or_none(values: NDArray[np.generic], present: NDArray[np.bool_]) -> list[object]:
    column = values.astype(object)
    column[~present] = None
    plain: list[object] = column.tolist()
    return plain


def relink(conn: psycopg.Connection, table: str) -> int:
    """Links all points of ``table`` anew; returns how many links changed."""
    return _relink(conn, table, read_ground(conn))


def relink_all(conn: psycopg.Connection) -> dict[str, int]:
    """Links every table of points anew; returns how many links changed in each."""
    ground = read_ground(conn)
    return {table: _relink(conn, table, ground) for table in POINT_TABLES}


def _relink(conn: psycopg.Connection, table: str, ground: "Index") -> int:
    ids, points = _shapes(conn, _on(table, "points"), 1)
    columns = link_columns(link(points, ground))
    conn.execute(QUERIES["make_link_stage"])
    copy_rows(conn, QUERIES["copy_link_stage"], zip(ids.tolist(), *columns.values(), strict=True))
    changed = conn.execute(_on(table, "apply_links")).fetchone()
    conn.execute(QUERIES["drop_link_stage"])
    return int(changed[0]) if changed else 0


def insert(
    conn: psycopg.Connection,
    table: str,
    values: Mapping[str, object],
    at: At,
    ground: "Index",
) -> int:
    """Inserts one row at a place with its links, in one statement; returns its id.

    The links are found in this process, in microseconds, and the trigger stays out. ``ground`` is
    taken for today's: who keeps one reads it anew when blocks or segments change.
    """
    from geo import locate

    links = locate.find_one(ground, at.x, at.y)
    point = struct.pack("<BIIdd", 1, _EWKB_POINT, at.srid, at.x, at.y).hex()
    query = _insertion(table, tuple(values))
    row = conn.execute(query, [*values.values(), point, *links]).fetchone()
    assert row is not None  # noqa: S101 - the statement inserts one row or fails
    return int(row[0])


@cache
def _insertion(table: str, columns: tuple[str, ...]) -> bytes:
    names = sql.SQL("").join(sql.SQL("{}, ").format(sql.Identifier(name)) for name in columns)
    values = sql.SQL("%s, ") * len(columns)
    if table not in POINT_TABLES:
        raise NoPoints(f"{table!r} has no points; choose one of {', '.join(POINT_TABLES)}")
    query = sql.SQL(QUERIES["insert_linked"].decode())
    return query.format(table=sql.Identifier(table), columns=names, values=values).as_bytes(None)


def verify(conn: psycopg.Connection, table: str) -> Verified:
    """Compares every stored link of ``table`` with PostGIS's own predicates."""
    within = {"within_m": read_setting(conn).link_distance_m}
    row = conn.execute(_on(table, "verify"), within).fetchone()
    assert row is not None  # noqa: S101 - an aggregate always gives a row
    return Verified(*row)


def _on(table: str, query: str) -> sql.Composed:
    if table not in POINT_TABLES:
        raise NoPoints(f"{table!r} has no points; choose one of {', '.join(POINT_TABLES)}")
    return sql.SQL(QUERIES[query].decode()).format(table=sql.Identifier(table))
