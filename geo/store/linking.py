"""Bulk linking: points in the database find their block and road place by `geo.locate`."""

from typing import NamedTuple

import numpy as np
import psycopg
import shapely
from numpy.typing import NDArray
from psycopg import sql

from geo import locate
from geo.store.database import read_setting
from geo.store.queries import load
from geo.store.staging import copy_rows

QUERIES = load("linking")

# The tables whose rows have a place.
POINT_TABLES = ("incident", "merchant", "station")


class NoPoints(ValueError):
    """The table holds nothing that has a place."""


class Ground(NamedTuple):
    """What points are linked to: today's blocks, and axes of roads and lanes, with their ids."""

    blocks: NDArray[np.object_]
    block_ids: NDArray[np.int64]
    axes: NDArray[np.object_]
    segment_ids: NDArray[np.int64]
    within_m: float


class Links(NamedTuple):
    """The links of n points: block ids (-1 for none) and road places."""

    block: NDArray[np.int64]
    road: locate.RoadPlaces


class Verified(NamedTuple):
    """How the stored links of one table compare with PostGIS's own predicates."""

    points: int
    in_block: int
    on_road: int
    wrong_block: int
    wrong_place: int
    not_nearest: int


def read_ground(conn: psycopg.Connection) -> Ground:
    """Today's blocks and axes."""
    within_m = read_setting(conn).link_distance_m
    block_ids, blocks = _shapes(conn, QUERIES["blocks_in_force"], 3)
    segment_ids, axes = _shapes(conn, QUERIES["axes"], 1)
    return Ground(blocks, block_ids, axes, segment_ids, within_m)


def _shapes(
    conn: psycopg.Connection, query: bytes | sql.Composed, at: int
) -> tuple[NDArray[np.int64], NDArray[np.object_]]:
    with conn.cursor(binary=True) as cursor:
        found = cursor.execute(query).fetchall()
    ids = np.array([row[0] for row in found], np.int64)
    return ids, np.asarray(shapely.from_wkb([row[at] for row in found]), object)


def link(points: NDArray[np.object_], ground: Ground) -> Links:
    """The links of points (shape (n,), district CRS)."""
    return Links(
        locate.find_blocks(points, ground.blocks, ground.block_ids),
        locate.find_road_places(points, ground.axes, ground.segment_ids, ground.within_m),
    )


def link_columns(links: Links) -> dict[str, list[object]]:
    """The links as the columns the tables keep, None where there is no block or road."""
    near = links.road.segment != locate.NOWHERE
    return {
        "block_id": _or_none(links.block, links.block != locate.NOWHERE),
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
    ground = read_ground(conn)
    ids, points = _shapes(conn, _on(table, "points"), 1)
    columns = link_columns(link(points, ground))
    conn.execute(QUERIES["make_link_stage"])
    copy_rows(conn, QUERIES["copy_link_stage"], zip(ids.tolist(), *columns.values(), strict=True))
    changed = conn.execute(_on(table, "apply_links")).fetchone()
    conn.execute(QUERIES["drop_link_stage"])
    return int(changed[0]) if changed else 0


def relink_all(conn: psycopg.Connection) -> dict[str, int]:
    """Links every table of points anew; returns how many links changed in each."""
    return {table: relink(conn, table) for table in POINT_TABLES}


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
