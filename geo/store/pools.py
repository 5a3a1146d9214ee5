"""Pools of connections that outlive a restart of the database, and can be told to break off."""

import asyncio
import select
from contextlib import suppress
from typing import Any, NamedTuple

import psycopg
from psycopg_pool import AsyncConnectionPool, ConnectionPool

_CONNECT_S = 5
# An attempt to connect is given up soon: the next request makes another one at once, where one that
# goes on pauses longer each time, and requests would go on waiting after the database is back.
_RECONNECT_S = 2

TILE_SETTINGS = (
    "plan_cache_mode=force_generic_plan", "max_parallel_workers_per_gather=0", "jit=off",
)  # fmt: skip

Connection = psycopg.Connection[Any]
AsyncConnection = psycopg.AsyncConnection[Any]


class Pool(ConnectionPool[Connection]):
    """Gives out no connection that the server closed while it idled; knows which are out."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.lent: set[Connection] = set()
        super().__init__(*args, **kwargs)

    def getconn(self, timeout: float | None = None) -> Connection:
        """A connection, waited for up to ``timeout`` seconds or the pool's own; `PoolTimeout`."""
        conn = super().getconn(timeout)
        while _was_left(conn):
            conn.close()
            super().putconn(conn)
            conn = super().getconn(timeout)
        self.lent.add(conn)
        return conn

    def putconn(self, conn: Connection) -> None:
        """Back into the pool."""
        self.lent.discard(conn)
        super().putconn(conn)


class AsyncPool(AsyncConnectionPool[AsyncConnection]):
    """The same for the event loop, where a task that is cancelled breaks off its statement."""

    async def getconn(self, timeout: float | None = None) -> AsyncConnection:
        """A connection, waited for up to ``timeout`` seconds or the pool's own; `PoolTimeout`."""
        conn = await super().getconn(timeout)
        while _was_left(conn):
            await conn.close()
            await super().putconn(conn)
            conn = await super().getconn(timeout)
        # A task cancelled in the moment in which it is given a connection hears nothing of it from
        # the pool, and would go on for nobody.
        task = asyncio.current_task()
        if task and task.cancelling():
            await super().putconn(conn)
            raise asyncio.CancelledError
        return conn


def open_pool(
    url: str, *, size: int = 8, statement_timeout_ms: int = 0, wait_s: float = 30
) -> Pool:
    """A pool of connections to ``url``; opened lazily: the database may still be starting.

    Who waits for a connection longer than ``wait_s`` gets a `PoolTimeout`.
    """
    return Pool(
        url,
        min_size=1,
        max_size=size,
        open=True,
        timeout=wait_s,
        reconnect_timeout=_RECONNECT_S,
        kwargs=_connecting(statement_timeout_ms),
    )


def open_tile_pool(
    url: str, *, size: int, statement_timeout_ms: int, wait_s: float = 30
) -> AsyncPool:
    """A pool of its own for tiles, so that a flood of them leaves the other connections free.

    To be opened in the event loop. A statement is planned once for all tiles, since planning takes
    as long as a near tile does; what a plan must know is therefore written into the statement.
    Starting parallel workers or compiling would take longer than most tiles do.
    """
    return AsyncPool(
        url,
        min_size=1,
        max_size=size,
        max_waiting=64 * size,
        open=False,
        timeout=wait_s,
        reconnect_timeout=_RECONNECT_S,
        configure=_keep_plans,
        kwargs=_connecting(statement_timeout_ms, *TILE_SETTINGS)
        | {"autocommit": True, "prepare_threshold": 0},
    )


async def _keep_plans(conn: AsyncConnection) -> None:
    conn.prepared_max = 200  # a layer at a zoom each


def _connecting(statement_timeout_ms: int, *settings: str) -> dict[str, Any]:
    options = (
        f"-c {setting}" for setting in (f"statement_timeout={statement_timeout_ms}", *settings)
    )
    return {
        "options": " ".join(options),
        "connect_timeout": _CONNECT_S,
        "fallback_application_name": "luge",
    }


def break_off(pool: Pool) -> int:
    """Cancels what every connection out of ``pool`` does now; returns how many there are."""
    out = tuple(pool.lent)
    for conn in out:
        with suppress(psycopg.Error):  # it may have ended this very moment
            conn.cancel_safe(timeout=_CONNECT_S)
    return len(out)


class Figures(NamedTuple):
    """Connections of a pool that are open, those of them that idle, and who waits for one."""

    open: int
    idle: int
    waiting: int


def figures(pool: Pool | AsyncPool) -> Figures:
    """How a pool stands now."""
    stats = pool.get_stats()
    return Figures(stats["pool_size"], stats["pool_available"], stats.get("requests_waiting", 0))


# What a socket says whose other end was closed; macOS knows two of them.
_LEFT = select.POLLHUP | select.POLLERR | getattr(select, "POLLRDHUP", 0)


def _was_left(conn: Connection | AsyncConnection) -> bool:
    """Whether the server closed an idle connection; costs a system call, and asks nobody."""
    if conn.closed:
        return True
    socket = select.poll()
    socket.register(conn.fileno(), _LEFT)
    return bool(socket.poll(0))
