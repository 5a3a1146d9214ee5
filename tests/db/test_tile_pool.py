"""The pool of tiles: who is cancelled keeps no connection, whatever the moment."""

import asyncio

from loops import run

from geo.store.pools import open_tile_pool


def test_who_is_cancelled_keeps_no_connection(empty_town):
    async def cancel_after(turns):
        async with open_tile_pool(empty_town, size=1, statement_timeout_ms=5_000) as pool:
            held = await pool.getconn()
            waiting = asyncio.create_task(pool.getconn())
            await asyncio.sleep(0.01)
            await pool.putconn(held)
            for _ in range(turns):
                await asyncio.sleep(0)
            cancelled = waiting.cancel()
            (found,) = await asyncio.gather(waiting, return_exceptions=True)
            assert isinstance(found, asyncio.CancelledError) == cancelled
            if not cancelled:
                await pool.putconn(found)
            await pool.putconn(await pool.getconn(timeout=5))

    for turns in range(8):
        run(cancel_after(turns))
