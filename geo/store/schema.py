"""``schema.sql``: the whole database in one file, for reading; written from the migrations."""

import re
import subprocess
from pathlib import Path

import psycopg

from geo.store import migrate, packages

SCHEMA = Path(__file__).with_name("schema.sql")

_HEAD = """\
-- The result of all migrations; written by `luge db schema`, never by hand.

SET check_function_bodies = false; -- functions come before the tables they read

"""


def dump(url: str, srid: int) -> str:
    """The schema of the database at ``url`` as SQL, with ``:SRID`` in place of ``srid``.

    Made by pg_dump, without what differs between servers of different versions.
    """
    made = subprocess.run(
        [packages.find().bin / "pg_dump", "--schema-only", "--no-owner", "--no-privileges",
         "--no-comments", "--exclude-table=migration", url],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    lines = [line for line in made.splitlines() if not _noise(line)]
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"
    return _HEAD + re.sub(rf"\b{srid}\b", ":SRID", text)


def write(url: str, srid: int = 4549) -> Path:
    """Writes `SCHEMA` from the migrations, made in a database of its own beside that of ``url``."""
    scratch = "luge_schema"
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute(f"drop database if exists {scratch} with (force)")
        conn.execute(f"create database {scratch}")
        try:
            aside = psycopg.conninfo.make_conninfo(url, dbname=scratch)
            migrate.migrate(aside, srid)
            SCHEMA.write_text(dump(aside, srid), encoding="utf-8")
        finally:
            conn.execute(f"drop database {scratch} with (force)")
    return SCHEMA


def _noise(line: str) -> bool:
    """Comments, session settings and psql commands say nothing of the schema."""
    return line.startswith(("--", "SET ", "SELECT pg_catalog.set_config", "\\", "CREATE SCHEMA"))
