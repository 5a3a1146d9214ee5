"""The one way to a connection: `transaction()`. Every request and every command goes through it."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

import psycopg
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool, PoolTimeout, TooManyRequests

from geo.layers import RIGHTS
from geo.store.queries import load

QUERIES = load("setting")

# What callers outside of the store may name of the driver: it is imported nowhere else.
Connection = psycopg.Connection
NO_DATABASE = (psycopg.OperationalError, PoolTimeout, TooManyRequests)
TOO_LONG = psycopg.errors.QueryCanceled
# What a value raises that cannot be kept: NUL in a text, for one.
NOT_KEPT = psycopg.DataError

Rows = list[dict[str, object]]


class Reader(NamedTuple):
    """On whose behalf the database is asked, and with which of ``geo.layers.RIGHTS``."""

    name: str
    rights: frozenset[str] = frozenset()


# Whoever runs the command line can read the database anyway.
LOCAL = Reader("local", frozenset(RIGHTS))


class NoDistrict(ValueError):
    """The database holds no district yet; the message says how to make one."""

    def __init__(self) -> None:
        super().__init__("the database holds no district yet: run `luge init` or `luge demo`")


@contextmanager
def transaction(
    source: str | ConnectionPool, reader: Reader = LOCAL
) -> Iterator[psycopg.Connection]:
    """One transaction on a connection from ``source`` (a URL or a pool), known as ``reader``'s.

    Commits at the end, rolls back on any error. The reader's name holds for the transaction only.
    """
    if isinstance(source, str):
        with psycopg.connect(source) as conn:
            _introduce(conn, reader)
            yield conn
    else:
        with source.connection() as conn:
            _introduce(conn, reader)
            yield conn


@contextmanager
def snapshot(
    source: str | ConnectionPool, reader: Reader = LOCAL, *, patience_s: int = 0
) -> Iterator[psycopg.Connection]:
    """A transaction that only reads, and sees the whole database as of one moment.

    Where the caller asks nothing for ``patience_s`` (0: no limit), the server ends it.
    """
    opened = psycopg.connect(source) if isinstance(source, str) else source.connection()
    with opened as conn:
        conn.isolation_level, conn.read_only = psycopg.IsolationLevel.REPEATABLE_READ, True
        try:
            _introduce(conn, reader)
            conn.execute(QUERIES["set_patience"], [f"{patience_s}s"])
            yield conn
        finally:
            # A connection that the server has ended is the pool's to replace.
            with suppress(psycopg.Error):
                conn.rollback()
                conn.isolation_level = conn.read_only = None


def _introduce(conn: psycopg.Connection, reader: Reader) -> None:
    conn.execute("select set_config('luge.reader', %s, true)", [reader.name])


def rows(conn: psycopg.Connection, query: bytes, params: dict[str, object] | None = None) -> Rows:
    """All rows of ``query`` as dictionaries."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query, params).fetchall()


class Setting(NamedTuple):
    """What holds for the whole district (table ``setting``)."""

    name: str
    code: str
    srid: int
    time_zone: str
    link_distance_m: float

    def day(self) -> date:
        """Today in the district, which need not be today where the service runs."""
        return datetime.now(ZoneInfo(self.time_zone)).date()

    def today(self) -> str:
        """The same as YYYY-MM-DD."""
        return self.day().isoformat()


def read_setting(conn: psycopg.Connection) -> Setting:
    """The district's settings; raises `NoDistrict` where there is none."""
    exists = conn.execute(QUERIES["exists"]).fetchone()
    row = conn.execute(QUERIES["read"]).fetchone() if exists and exists[0] else None
    if row is None:
        raise NoDistrict
    return Setting(*row)
