"""One flight a thing: many who ask for the same at once wait for the same work."""

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from typing import Any, TypeVar

from starlette.types import Receive

T = TypeVar("T")

# Work that takes longer than this is worth asking whether its client still waits.
PATIENCE_S = 0.02


class Left(Exception):
    """The client went away before the answer was there."""


Flights = dict[Hashable, asyncio.Future[Any]]


async def join(flights: Flights, key: Hashable, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """The result of ``work``, done once for all that ask for ``key`` meanwhile.

    Who asks first does it, without a task of its own; where that one is cancelled, so is the work,
    and the next of those who wait does it anew.
    """
    while (others := flights.get(key)) is not None:
        await asyncio.wait({others})
        if not others.cancelled():
            result: T = others.result()
            return result
    ours = flights[key] = asyncio.get_running_loop().create_future()
    try:
        found = await work()
    except Exception as error:
        ours.set_exception(error)
        ours.exception()  # where nobody waits, asyncio need not warn that nobody looked
        raise
    else:
        ours.set_result(found)
        return found
    finally:
        del flights[key]
        ours.cancel()  # where it has no result


async def unless_left(receive: Receive, work: Coroutine[Any, Any, T]) -> T:
    """The result of ``work``; cancels it and raises `Left` when the client goes away.

    ``receive`` is the request's; what is left of its body is thrown away. Most work is done before
    anybody looks whether the client is still there: two tasks fewer for each quick tile.
    """
    asking, over, left, gone = asyncio.current_task(), False, False, None
    assert asking  # noqa: S101 - a coroutine that runs is some task's

    def look_out() -> None:
        nonlocal gone
        gone = asyncio.create_task(_gone(receive))
        gone.add_done_callback(break_off)

    def break_off(_: asyncio.Task[None]) -> None:
        nonlocal left
        if not over:
            left = asking.cancel()

    soon = asyncio.get_running_loop().call_later(PATIENCE_S, look_out)
    try:
        return await work
    except asyncio.CancelledError:
        if not left:
            raise
        asking.uncancel()
        raise Left from None
    finally:
        over = True
        soon.cancel()
        if gone:
            gone.cancel()


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
