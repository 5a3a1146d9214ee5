"""The whole district as tables of a file: every row that Luge keeps and cannot compute again.

The tables stand in a GeoPackage beside the map layers, as ``luge_`` and their name, with ids,
links, and shapes bit by bit (EWKB). A list of them tells for each how many rows it has and their
digest, so that whoever reads the file back (`geo.store.restoring`) knows that nothing is missing.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from graphlib import TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import orjson
import psycopg
from psycopg import sql

from geo.exporting import geopackage
from geo.progress import Say, silence
from geo.store.queries import load

QUERIES = load("archive")

PREFIX = "luge_"
LIST = "luge_tables"
# What is no part of the district: books of this installation, and what is computed from the rest.
LEFT_OUT = {
    "migration": "which migrations this database has",
    "import_job": "uploads of this installation",
    "request_key": "requests that this installation has answered",
    "done_request": "requests that this installation has answered",
    "change": "the log of this database's changes",
    "change_horizon": "the log of this database's changes",
    "road_line": "made from segments as they are written",
    "density": "computed from incidents",
    "generalised": "computed from shapes",
    "thinning": "computed from counts",
    "refreshed": "of what the computed was computed",
    "side_home": "computed from blocks",
    "compound_front": "computed from shapes",
    "coverage_side": "computed from duties and acts",
    "coverage_point": "computed from duties and acts",
    "coverage_made": "of which day the computed is",
    "coverage_stale": "what is to be computed again",
    "metric": "computed from the district",
    "metric_value": "computed from the district",
    "reach": "computed from roads and stations",
    "catchment": "computed from roads and stations",
}
# Types that SQLite keeps as they are; the rest travels as text, exactly as PostgreSQL says it.
PLAIN = {
    "smallint": "integer",
    "integer": "integer",
    "bigint": "integer",
    "double precision": "real",
    "boolean": "boolean",
    "text": "text",
    "geometry": "blob",
}
PORTION = 5_000

Row = tuple[object, ...]


class Table(NamedTuple):
    """A table and the types of the columns that travel, in order."""

    name: str
    types: dict[str, str]


class Digest(NamedTuple):
    """How many rows, and a number that tells two sets of rows apart."""

    rows: int
    number: str


def settle(conn: psycopg.Connection) -> None:
    """Has the transaction write values as text the same way everywhere; digests need it."""
    conn.execute(QUERIES["settle"])


def read_tables(conn: psycopg.Connection) -> list[Table]:
    """The tables of a whole district, those that others refer to first."""
    types: dict[str, dict[str, str]] = {}
    for table, column, type_ in conn.execute(QUERIES["columns"]):
        types.setdefault(table, {})[column] = type_
    order = TopologicalSorter[str]({name: set() for name in sorted(types)})
    for table, target in conn.execute(QUERIES["references"]):
        order.add(table, target)
    return [
        Table(name, types[name])
        for name in order.static_order()
        if name in types and name not in LEFT_OUT
    ]


def digest(conn: psycopg.Connection, table: Table) -> Digest:
    """Counts and sums up the rows of a table over the columns named; `settle` comes first."""
    row = conn.execute(compose("digest", table)).fetchone()
    assert row is not None  # noqa: S101 - an aggregate always gives a row
    return Digest(*row)


def write(conn: psycopg.Connection, path: Path, say: Say = silence) -> dict[str, int]:
    """Adds all tables to the GeoPackage at ``path``; returns how many rows each has.

    The caller's transaction is to be one snapshot (repeatable read).
    """
    settle(conn)
    counts = {}
    with geopackage.opened(path) as file:
        file.execute(
            f"create table {LIST} (id integer primary key, name text not null, types text not null,"
            " rows integer not null, digest text not null, migration integer not null)"
        )
        _enter(file, LIST, "what the tables of the district are")
        for table in read_tables(conn):
            say(f"writing {table.name}")
            counts[table.name] = _write_table(conn, file, table)
    return counts


def _write_table(conn: psycopg.Connection, file: sqlite3.Connection, table: Table) -> int:
    found = digest(conn, table)
    name = PREFIX + table.name
    columns = ", ".join(f'"{c}" {PLAIN.get(t, "text")}' for c, t in table.types.items())
    file.execute(f'create table "{name}" (_row integer primary key, {columns})')
    marks = ", ".join("?" * len(table.types))
    names = ", ".join(f'"{column}"' for column in table.types)
    for rows in _portions(conn, table):
        file.executemany(f'insert into "{name}" ({names}) values ({marks})', rows)  # noqa: S608
    migration = conn.execute(QUERIES["newest_migration"]).fetchone()
    assert migration is not None  # noqa: S101 - an aggregate always gives a row
    listed = (table.name, orjson.dumps(table.types).decode(), *found, migration[0])
    file.execute(
        f"insert into {LIST} (name, types, rows, digest, migration) values (?, ?, ?, ?, ?)",  # noqa: S608
        listed,
    )
    _enter(file, name, f"the district's table {table.name}")
    return found.rows


def _enter(file: sqlite3.Connection, name: str, told: str) -> None:
    file.execute(
        "insert into gpkg_contents (table_name, data_type, identifier, description)"
        " values (?, 'attributes', ?, ?)",
        (name, name, told),
    )


def _portions(conn: psycopg.Connection, table: Table) -> Iterator[Sequence[Row]]:
    with conn.cursor(f"all_{table.name}", binary=True) as cursor:
        cursor.execute(compose("rows", table))
        while rows := cursor.fetchmany(PORTION):
            yield rows


def compose(query: str, table: Table) -> sql.Composed:
    """Fills a query's {places} for one table; what is read travels as `PLAIN` says."""
    read = query == "rows"
    columns = sql.SQL(", ").join(
        _travelling(name, type_) if read else sql.Identifier(name)
        for name, type_ in table.types.items()
    )
    text = sql.SQL(QUERIES[query].decode().rstrip(";"))
    return text.format(columns=columns, table=sql.Identifier(table.name))


def _travelling(name: str, type_: str) -> sql.Composed:
    column = sql.Identifier(name)
    if type_ == "geometry":
        return sql.SQL("st_asewkb({})").format(column)
    return sql.SQL("{}" if type_ in PLAIN else "{}::text").format(column)
