"""The one way to a connection: `transaction()`. Every request and every command goes through it."""

import select
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import NamedTuple
from weakref import WeakKeyDictionary

import psycopg
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool, PoolTimeout

from geo.store.queries import load

QUERIES = load("setting")

# What callers outside of the store may name of the driver: it is imported nowhere else.
Connection = psycopg.Connection
Pool = ConnectionPool
NO_DATABASE = (psycopg.OperationalError, PoolTimeout)
TOO_LONG = psycopg.errors.QueryCanceled

Rows = list[dict[str, object]]


class Reader(NamedTuple):
    """On whose behalf the database is asked. Rights by reader come later; the name is set today."""

    name: str = "local"


LOCAL = Reader()


class NoDistrict(ValueError):
    """The database holds no district yet; the message says how to make one."""

    def __init__(self) -> None:
        super().__init__("the database holds no district yet: run `luge init` or `luge demo`")


_CONNECT_S = 5
# An attempt to connect is given up soon: the next request makes another one at once, where one that
# goes on pauses longer each time, and requests would go on waiting after the database is back.
_RECONNECT_S = 2
# Connections that are out of their pool now.
_lent: WeakKeyDictionary[Pool, set[Connection]] = WeakKeyDictionary()


def open_pool(
    url: str, *, size: int = 8, statement_timeout_ms: int = 0, wait_s: float = 30
) -> ConnectionPool:
    """A pool of connections to ``url``; opened lazily: the database may still be starting.

    Who waits for a connection longer than ``wait_s`` gets a `PoolTimeout`.
    """
    kwargs: dict[str, object] = {
        "connect_timeout": _CONNECT_S,
        "fallback_application_name": "luge",
    }
    if statement_timeout_ms:
        kwargs["options"] = f"-c statement_timeout={statement_timeout_ms}"
    return ConnectionPool(
        url,
        min_size=1,
        max_size=size,
        open=True,
        timeout=wait_s,
        reconnect_timeout=_RECONNECT_S,
        kwargs=kwargs,
    )


def break_off(pool: ConnectionPool) -> int:
    """Cancels what every connection out of ``pool`` does now; returns how many there are."""
    at_work = tuple(_lent.get(pool, ()))
    for conn in at_work:
        with suppress(psycopg.Error):  # it may have ended this very moment
            conn.cancel_safe(timeout=_CONNECT_S)
    return len(at_work)


class Figures(NamedTuple):
    """Connections of a pool that are open, those of them that idle, and who waits for one."""

    open: int
    idle: int
    waiting: int


def figures(pool: ConnectionPool) -> Figures:
    """How a pool stands now."""
    stats = pool.get_stats()
    return Figures(stats["pool_size"], stats["pool_available"], stats.get("requests_waiting", 0))


@contextmanager
def _connection(pool: ConnectionPool) -> Iterator[psycopg.Connection]:
    """A connection of ``pool``, and not one that the server closed while it idled."""
    conn = pool.getconn()
    while _is_dead(conn):
        conn.close()
        pool.putconn(conn)
        conn = pool.getconn()
    lent = _lent.setdefault(pool, set())
    lent.add(conn)
    try:
        with conn:
            yield conn
    finally:
        lent.discard(conn)
        pool.putconn(conn)


def _is_dead(conn: psycopg.Connection) -> bool:
    """Costs a system call; only where an idle server has said something is it asked back."""
    if conn.closed:
        return True
    said = select.poll()
    said.register(conn.fileno(), select.POLLIN)
    if not said.poll(0):
        return False
    try:
        ConnectionPool.check_connection(conn)
    except psycopg.Error:
        return True
    return False


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
        with _connection(source) as conn:
            _introduce(conn, reader)
            yield conn


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


def read_setting(conn: psycopg.Connection) -> Setting:
    """The district's settings; raises `NoDistrict` where there is none."""
    exists = conn.execute(QUERIES["exists"]).fetchone()
    row = conn.execute(QUERIES["read"]).fetchone() if exists and exists[0] else None
    if row is None:
        raise NoDistrict
    return Setting(*row)
