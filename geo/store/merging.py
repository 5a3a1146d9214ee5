"""Rows staged by COPY and merged into their table: new ones in, changed ones changed."""

from collections.abc import Callable
from typing import NamedTuple

import psycopg
from psycopg import sql

from geo.intake import Intake
from geo.kinds import Kind
from geo.store.queries import load
from geo.store.staging import copy_rows, or_none, to_ewkb

QUERIES = load("importing")
KEYS = {"area": ("level", "code")}

Compose = Callable[[str], sql.Composed]


class Merged(NamedTuple):
    """How many of the accepted rows were new, changed or the same."""

    inserted: int
    updated: int
    unchanged: int


def merge(conn: psycopg.Connection, kind: Kind, taken: Intake, srid: int) -> Merged:
    """Stages the rows and merges them into the kind's table.

    Fields of which the file says nothing stay as they are in rows that are there already.
    """
    rows = taken.rows.drop(columns=["_row", "parent", "geometry"], errors="ignore")
    values: dict[str, list[object]] = {name: or_none(rows[name]) for name in rows.columns}
    values["geom"] = list(to_ewkb(taken.rows.geometry.to_numpy(), srid))
    told = [name for name in values if name not in taken.silent]
    compose = composer(kind.table, list(values), told, told)
    conn.execute(compose("make_stage"))
    copy_rows(conn, compose("copy_stage"), zip(*values.values(), strict=True))
    merged = merge_stage(conn, compose, len(rows))
    conn.execute(QUERIES["drop_stage"])
    return merged


def merge_stage(conn: psycopg.Connection, compose: Compose, rows: int) -> Merged:
    """Merges so many staged rows."""
    row = conn.execute(compose("merge")).fetchone()
    inserted, updated = row if row else (0, 0)
    return Merged(inserted, updated, rows - inserted - updated)


def composer(table: str, columns: list[str], told: list[str], data: list[str]) -> Compose:
    """Fills a query's {places} for one table.

    Rows that are there get the ``told`` columns; ``data`` are those that make a difference.
    """

    def names(wanted: list[str], prefix: str = "") -> sql.Composed:
        dot = sql.SQL(prefix)
        return sql.SQL(", ").join(dot + sql.Identifier(name) for name in wanted)

    assignments = sql.SQL(", ").join(
        sql.SQL("{0} = excluded.{0}").format(sql.Identifier(name)) for name in told
    )
    places = {
        "table": sql.Identifier(table),
        "columns": names(columns),
        "key": names(list(KEYS.get(table, ("external_id",)))),
        "assignments": assignments,
        "current": names(data, "t."),
        "incoming": names(data, "excluded."),
    }
    return lambda query: sql.SQL(QUERIES[query].decode()).format(**places)
