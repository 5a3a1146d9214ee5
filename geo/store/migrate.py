"""Numbered migrations: each applied once, whole, in order, and never edited afterwards.

``schema.sql`` beside this module is their result in one file, written by ``luge db schema``; a test
proves that both give the same database.
"""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import psycopg

MIGRATIONS = Path(__file__).parent / "migrations"

# Any constant will do, as long as every Luge takes the same one.
_LOCK = 0x4C554745

_BOOK = """
create table if not exists migration (
    number   integer primary key,
    name     text not null,
    checksum text not null,
    at       timestamptz not null default now()
)
"""


class MigrationEdited(ValueError):
    """A migration that was applied to this database has been edited since."""


class WrongSrid(ValueError):
    """The database was made for another metric CRS than the one asked for."""


class Migration(NamedTuple):
    """One numbered file: its SQL holds ``:SRID`` where the district's metric CRS belongs."""

    number: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the file's text, before the SRID is filled in."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def read_migrations(folder: Path = MIGRATIONS) -> list[Migration]:
    """All migrations of ``folder`` in order; raises ValueError where a number is missing."""
    found = []
    for file in sorted(folder.glob("*.sql")):
        match = re.fullmatch(r"(\d{4})_(\w+)", file.stem)
        if not match:
            raise ValueError(f"{file.name}: a migration is named NNNN_words.sql")
        found.append(Migration(int(match[1]), match[2], file.read_text("utf-8")))
    if [m.number for m in found] != list(range(1, len(found) + 1)):
        raise ValueError(f"{folder}: migrations must be numbered 0001, 0002, … without gaps")
    return found


def fill_srid(sql: str, srid: int) -> str:
    """Put the SRID in place of ``:SRID`` (a type modifier cannot be a bound parameter)."""
    return sql.replace(":SRID", str(int(srid)))


def migrate(url: str, srid: int, folder: Path = MIGRATIONS) -> list[str]:
    """Bring the database at ``url`` up to date; returns the names of the migrations applied now.

    ``srid`` is the EPSG code of the district's metric CRS. It is fixed by the first migration:
    later calls with another one raise `WrongSrid`. An applied migration whose file has changed
    raises `MigrationEdited`. Two callers at once take turns; each migration is one transaction.
    """
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute("select pg_advisory_lock(%s)", [_LOCK])
        conn.execute("set client_min_messages = warning")
        conn.execute(_BOOK)
        _check_srid(conn, srid)
        return [_apply(conn, m, srid) for m in pending(conn, read_migrations(folder))]


def _check_srid(conn: psycopg.Connection, srid: int) -> None:
    row = conn.execute(
        "select format_type(atttypid, atttypmod) from pg_attribute"
        " where attrelid = to_regclass('area') and attname = 'geom'"
    ).fetchone()
    if row and not row[0].endswith(f",{srid})"):
        raise WrongSrid(
            f"this database keeps its shapes as {row[0]}, not in EPSG:{srid};"
            " make a new database for another CRS"
        )


def pending(conn: psycopg.Connection, migrations: list[Migration]) -> Iterator[Migration]:
    """Those of ``migrations`` that the database still lacks; raises `MigrationEdited`."""
    applied: dict[int, str] = dict(
        conn.execute("select number, checksum from migration").fetchall()
    )
    unknown = set(applied) - {m.number for m in migrations}
    if unknown:
        raise MigrationEdited(
            f"the database has migration {max(unknown):04d}, which this version of Luge does not"
            " know: use the version that made it, or a newer one"
        )
    for m in migrations:
        if m.number not in applied:
            yield m
        elif applied[m.number] != m.checksum:
            raise MigrationEdited(
                f"migration {m.number:04d}_{m.name} was applied to this database and has been"
                " edited since; put it back as it was and write a new migration for the change"
            )


def _apply(conn: psycopg.Connection, migration: Migration, srid: int) -> str:
    with conn.transaction():
        conn.execute(fill_srid(migration.sql, srid).encode())
        conn.execute(
            "insert into migration (number, name, checksum) values (%s, %s, %s)",
            [migration.number, migration.name, migration.checksum],
        )
    return f"{migration.number:04d}_{migration.name}"
