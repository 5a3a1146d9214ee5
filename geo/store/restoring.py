"""A district's file read back: all its tables, in one transaction, checked by their digests.

Errors, all of them ``ValueError``: ``NotADistrict``, ``NotEmpty``, ``Damaged``, ``NewerFile``.
"""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import orjson
from psycopg import sql

from geo.exporting import geopackage
from geo.progress import Say, silence
from geo.sentences import spaced
from geo.store import archive, linking
from geo.store.archive import LIST, PREFIX, QUERIES, Digest, Row, Table
from geo.store.database import Connection, Setting, transaction
from geo.store.district import check_same
from geo.store.migrate import migrate
from geo.store.staging import copy_rows
from geo.store.turns import take_turn


class NotADistrict(ValueError):
    """The file holds no whole district."""


class NewerFile(ValueError):
    """The file was made by a newer Luge, whose tables this one does not know."""


class NotEmpty(ValueError):
    """The database holds other rows than the file."""


class Damaged(ValueError):
    """The file's rows are not the ones it was made of."""


class Listed(NamedTuple):
    """A table in the file: what it holds, and what its rows sum up to."""

    table: Table
    digest: Digest
    migration: int


class Restored(NamedTuple):
    """How many rows of each table were brought, and of which tables all were there already."""

    district: str
    brought: dict[str, int]
    unchanged: list[str]


def restore(url: str, path: Path, *, dry_run: bool = False, say: Say = silence) -> Restored:
    """Brings the district in the file at ``path`` into the database at ``url``, ids, links and all.

    The schema is made where there is none. A table that holds the file's rows already stays as it
    is, so the same file again changes nothing; one that holds others raises `NotEmpty`. All or
    nothing, but for the schema.
    """
    if not path.is_file():
        raise NotADistrict(f"{path}: there is no such file")
    with geopackage.opened(path) as file:
        listed = _read_list(file, path)
        setting = _read_setting(file, path)
        migrate(url, setting.srid)
        with transaction(url) as conn:
            take_turn(conn, say)
            check_same(conn, setting)
            with conn.transaction(force_rollback=dry_run):
                return _restore(conn, file, listed, setting.name, say)


def _restore(
    conn: Connection, file: sqlite3.Connection, listed: list[Listed], name: str, say: Say
) -> Restored:
    _check_known(conn, listed)
    archive.settle(conn)
    missing = [one for one in listed if not _is_there(conn, one)]
    # Other tables give their codes as they are filled; then it is told when they were given.
    missing.sort(key=lambda one: one.table.name == "code_given")
    conn.execute(linking.QUERIES["trust_links"])
    for one in missing:
        say(f"writing {spaced(one.digest.rows)} rows of {one.table.name}")
        _FILL.get(one.table.name, _fill)(conn, file, one.table)
    conn.execute(linking.QUERIES["mistrust_links"])
    _go_on(conn, [one.table for one in missing])
    for one in missing:
        if archive.digest(conn, one.table) != one.digest:
            raise Damaged(f"{one.table.name}: the rows read are not the rows that were exported")
        conn.execute(archive.compose("analyze", one.table))
    brought = {one.table.name: one.digest.rows for one in missing}
    return Restored(name, brought, [o.table.name for o in listed if o.table.name not in brought])


def _read_list(file: sqlite3.Connection, path: Path) -> list[Listed]:
    query = f"select name, types, rows, digest, migration from {LIST} order by id"  # noqa: S608
    try:
        found = file.execute(query).fetchall()
    except sqlite3.DatabaseError as error:
        raise NotADistrict(
            f"{path.name} holds no whole district: make it by `luge export --all FILE.gpkg`"
        ) from error
    return [
        Listed(Table(name, orjson.loads(types)), Digest(rows, number), migration)
        for name, types, rows, number, migration in found
    ]


def _read_setting(file: sqlite3.Connection, path: Path) -> Setting:
    names = ", ".join(Setting._fields)
    row = file.execute(f"select {names} from {PREFIX}setting").fetchone()  # noqa: S608
    if row is None:
        raise NotADistrict(f"{path.name} holds no settings of a district")
    return Setting(*row)


def _check_known(conn: Connection, listed: list[Listed]) -> None:
    """Names in the file are used only where they are the database's own."""
    known = {table.name: table.types for table in archive.read_tables(conn)}
    for table, _, migration in listed:
        if not table.types.items() <= known.get(table.name, {}).items():
            raise NewerFile(
                f"the file's table {table.name} is of another version of Luge (schema"
                f" {migration:04d}): use that version or a newer one"
            )


def _is_there(conn: Connection, one: Listed) -> bool:
    held = archive.digest(conn, one.table)
    if held == one.digest:
        return True
    # A district that was only made has its settings and nothing else.
    if held.rows and one.table.name != "setting":
        raise NotEmpty(
            f"this database holds {spaced(held.rows)} rows of {one.table.name} that are not"
            " the file's: a whole district goes into an empty database (another LUGE_HOME or"
            " LUGE_DATABASE_URL)"
        )
    return False


def _fill(conn: Connection, file: sqlite3.Connection, table: Table) -> None:
    copy_rows(conn, archive.compose("fill", table), _rows(file, table))


def _rows(file: sqlite3.Connection, table: Table) -> Iterator[Row]:
    names = ", ".join(f'"{column}"' for column in table.types)
    shapes = [n for n, type_ in enumerate(table.types.values()) if type_ == "geometry"]
    for row in file.execute(f'select {names} from "{PREFIX}{table.name}" order by _row'):  # noqa: S608
        values = list(row)
        for at in shapes:
            values[at] = values[at] and values[at].hex()
        yield tuple(values)


def _fill_setting(conn: Connection, file: sqlite3.Connection, table: Table) -> None:
    conn.execute(QUERIES["forget_setting"])
    _fill(conn, file, table)


def _fill_codes(conn: Connection, file: sqlite3.Connection, table: Table) -> None:
    conn.execute(QUERIES["make_codes"])
    stage = table._replace(name="code_stage")
    copy_rows(conn, archive.compose("fill", stage), _rows(file, table))
    conn.execute(QUERIES["put_codes"])


_FILL = {"setting": _fill_setting, "code_given": _fill_codes}


def _go_on(conn: Connection, tables: list[Table]) -> None:
    filled = {table.name for table in tables}
    for name, column in conn.execute(QUERIES["identities"]).fetchall():
        if name in filled:
            query = sql.SQL(QUERIES["go_on"].decode().rstrip(";")).format(
                name=sql.Literal(name),
                identity=sql.Literal(column),
                column=sql.Identifier(column),
                table=sql.Identifier(name),
            )
            conn.execute(query)
