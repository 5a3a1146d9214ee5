"""One listening connection a process keeps its `changes.Log` up to date."""

import asyncio
import logging
from contextlib import aclosing

import psycopg

from geo.store.changes import Log, catch_up

log = logging.getLogger("luge")

# NOTIFY is a bare wake-up; a slow look as well finds what a lost one would have told.
LOOK_EVERY_S = 5.0
TRY_AGAIN_S = 0.5


async def watch(url: str, seen: Log) -> None:
    """Keeps ``seen`` up to date until it is cancelled; connects again where the database went."""
    while True:
        try:
            await _watch(url, seen)
        except psycopg.Error as error:
            log.warning("changes wait for the database: %s", error)
        finally:
            seen.live = False
        await asyncio.sleep(TRY_AGAIN_S)


async def _watch(url: str, seen: Log) -> None:
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as conn:
        await conn.execute("listen luge_change")
        while True:
            await catch_up(conn, seen)
            seen.live = True
            async with aclosing(conn.notifies(timeout=LOOK_EVERY_S, stop_after=1)) as coming:
                async for _ in coming:
                    pass
