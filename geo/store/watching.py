"""One listening connection a process keeps its `changes.Log` up to date and hands on the news."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from typing import Any

import psycopg

from geo.store.changes import Log, catch_up, recognise
from geo.store.waking import Waking

log = logging.getLogger("luge")

TRY_AGAIN_S = 0.5
# After each telling the process has half as long for everything else, but not more than this.
MOST_REST_S = 0.02
# What the connection is called among those of the server.
NAME = "luge watch"

Connection = psycopg.AsyncConnection[Any]
# Takes the log's news, and may read with the connection what they speak of.
Tell = Callable[[Connection], Awaitable[None]]


async def watch(url: str, seen: Log, tell: Tell) -> None:
    """Keeps ``seen`` up to date until it is cancelled; connects again where the database went."""
    said = ""
    while True:
        try:
            await _watch(url, seen, tell)
        except psycopg.Error as error:
            fault = str(error).partition("\n")[0]
            if seen.live or fault != said:  # tried twice a second, but told once
                log.warning("changes wait for the database: %s", fault)
            said = fault
        finally:
            seen.live = False
        await asyncio.sleep(TRY_AGAIN_S)


async def _watch(url: str, seen: Log, tell: Tell) -> None:
    async with await psycopg.AsyncConnection.connect(
        url, autocommit=True, application_name=NAME
    ) as conn:
        await conn.execute("listen luge_change")
        await recognise(conn, seen)
        waking = Waking()
        while True:
            drowsy = await waking.before_look(conn)
            found = await catch_up(conn, seen)
            seen.live = True
            rested_s = await _tell_and_rest(conn, tell)
            pause_s = await waking.after_look(
                conn, drowsy=drowsy, found=found, snapshot=seen.snapshot or ""
            )
            async with aclosing(
                conn.notifies(timeout=max(0, pause_s - rested_s), stop_after=1)
            ) as coming:
                async for call in coming:
                    waking.called(call.payload)


async def _tell_and_rest(conn: Connection, tell: Tell) -> float:
    """Tells, then leaves the process to others; meanwhile changes gather to be told at once."""
    begin = time.monotonic()
    await tell(conn)
    await asyncio.sleep(0)  # what was written to many streams goes out
    rest_s = min((time.monotonic() - begin) / 2, MOST_REST_S)
    await asyncio.sleep(rest_s)
    return rest_s
