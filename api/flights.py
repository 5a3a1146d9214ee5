"""One flight a thing: many who ask for the same at once wait for the same work."""

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from dataclasses import dataclass
from typing import Any, TypeVar

from starlette.types import Receive

T = TypeVar("T")


class Left(Exception):
    """The client went away before the answer was there."""


@dataclass
class Flight:
    """Work under way, and how many wait for it."""

    task: asyncio.Task[Any]
    waiting: int = 0


Flights = dict[Hashable, Flight]


async def join(flights: Flights, key: Hashable, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """The result of ``work``, started once for all that ask for ``key`` while it runs.

    When the last of them leaves, the work is cancelled.
    """
    flight = flights.get(key)
    if flight is None:
        flight = flights[key] = Flight(asyncio.create_task(work()))
        flight.task.add_done_callback(lambda task: _land(flights, key, task))
    flight.waiting += 1
    try:
        result: T = await asyncio.shield(flight.task)
        return result
    finally:
        flight.waiting -= 1
        if not flight.waiting and not flight.task.done():
            flights.pop(key, None)
            flight.task.cancel()


def _land(flights: Flights, key: Hashable, task: asyncio.Task[Any]) -> None:
    if key in flights and flights[key].task is task:
        del flights[key]
    if not task.cancelled():
        task.exception()  # every waiter has it; asyncio need not warn that nobody looked


async def unless_left(receive: Receive, work: Coroutine[Any, Any, T]) -> T:
    """The result of ``work``; cancels it and raises `Left` when the client goes away.

    ``receive`` is the request's; what is left of its body is thrown away.
    """
    task, gone = asyncio.create_task(work), asyncio.create_task(_gone(receive))
    try:
        await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise Left
        return task.result()
    finally:
        task.cancel()
        gone.cancel()


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
