"""Open event streams, and how one message reaches them all.

A message is encoded and framed once, and written straight to the transport of every stream whose
server lets us reach it; elsewhere it goes through ASGI. Neither waits for a client: one that does
not keep up has its buffer capped, gets nothing until it is empty, and then a ``reset``.
"""

import asyncio
import time
from collections import deque
from contextlib import suppress
from typing import Any, NamedTuple, Protocol

from starlette.types import Receive, Scope, Send

# What may wait for one client in this process, besides what its connection holds.
MOST_WAITING_BYTES = 1_000_000
# A client that takes nothing for so long is gone.
GIVE_UP_S = 60.0
# Where the service keeps the server's own ``send`` in a request's scope.
RAW_SEND = "luge.send"


class Message(NamedTuple):
    """The same bytes plain, and framed as a chunk of HTTP/1.1."""

    plain: bytes
    framed: bytes


def message(plain: bytes) -> Message:
    """A message of some events."""
    return Message(plain, b"%x\r\n%b\r\n" % (len(plain), plain))


class Pipe(Protocol):
    """The way to one client."""

    def write(self, message: Message) -> None:
        """Takes the message at once, whether the client does or not."""

    def waiting(self) -> int:
        """Bytes that wait for the client."""

    def abort(self) -> None:
        """Gives the client up."""

    async def run(self) -> None:
        """Works as long as the stream is open."""


class Direct:
    """Straight to the server's transport: no task is woken for a message."""

    def __init__(self, transport: Any) -> None:
        self.transport = transport

    def write(self, message: Message) -> None:
        """Writes, where the client is still there: uvloop takes nothing for one that is gone."""
        if not self.transport.is_closing():
            self.transport.write(message.framed)

    def waiting(self) -> int:
        """What the transport holds."""
        return 0 if self.transport.is_closing() else int(self.transport.get_write_buffer_size())

    def abort(self) -> None:
        """Closes without sending what waits."""
        if not self.transport.is_closing():
            self.transport.abort()

    async def run(self) -> None:
        """Has nothing to do."""
        await asyncio.Event().wait()


class Queued:
    """Through ASGI, for servers whose transport cannot be reached."""

    def __init__(self, send: Send) -> None:
        self.send = send
        self.parts: deque[bytes] = deque()
        self.size = 0
        self.more = asyncio.Event()
        self.given_up = asyncio.Event()

    def write(self, message: Message) -> None:
        """Puts it with what waits."""
        self.parts.append(message.plain)
        self.size += len(message.plain)
        self.more.set()

    def waiting(self) -> int:
        """What was not sent yet."""
        return self.size

    def abort(self) -> None:
        """Ends `run`."""
        self.given_up.set()

    async def run(self) -> None:
        """Sends what waits, all of it at once, until the client is given up."""
        sending = asyncio.create_task(self._send())
        await _first(sending, asyncio.create_task(self.given_up.wait()))

    async def _send(self) -> None:
        while True:
            await self.more.wait()
            self.more.clear()
            body = b"".join(self.parts)
            self.parts.clear()
            await self.send({"type": "http.response.body", "body": body, "more_body": True})
            self.size -= len(body)


def pipe_of(scope: Scope, send: Send) -> Pipe:
    """The shortest way to the client of a response that has been started through ``send``.

    uvicorn's ``send`` belongs to an object that has the transport; it frames what has no length
    as chunks in HTTP/1.1.
    """
    cycle = getattr(scope.get(RAW_SEND), "__self__", None)
    transport = getattr(cycle, "transport", None)
    if scope["http_version"] == "1.1" and hasattr(transport, "get_write_buffer_size"):
        return Direct(transport)
    return Queued(send)


class Stream:
    """One client. Of the log's news it gets those made after ``first``.

    While it is ``held``, what it is to get is collected.
    """

    __slots__ = ("behind_since", "first", "held", "pipe")

    def __init__(self, pipe: Pipe) -> None:
        self.pipe = pipe
        self.first = 0
        self.behind_since: float | None = None
        self.held: list[Message] | None = []

    def write(self, message: Message) -> None:
        """Passes the message on, or drops it where the client is behind."""
        if self.behind_since is not None:
            return
        waiting = self.pipe.waiting()
        if self.held is not None:
            self.held.append(message)
            waiting += sum(len(held.plain) for held in self.held)
        elif waiting <= MOST_WAITING_BYTES:
            self.pipe.write(message)
        if waiting > MOST_WAITING_BYTES:
            self.behind_since = time.monotonic()
            self.held = None

    def begin(self, lacking: Message | None) -> None:
        """Writes what the client lacked, then what was collected, and from now on at once."""
        held, self.held = self.held, None
        if lacking is not None and self.behind_since is None:
            self.pipe.write(lacking)
        for message in held or ():
            self.write(message)

    def look_again(self, reset: Message) -> None:
        """Starts afresh with a client that was behind and has taken everything since."""
        if self.behind_since is None:
            return
        if self.pipe.waiting() == 0:
            self.behind_since = None
            self.pipe.write(reset)
        elif time.monotonic() - self.behind_since > GIVE_UP_S:
            self.pipe.abort()


async def until_gone(receive: Receive, pipe: Pipe, ending: asyncio.Event) -> None:
    """Returns when the client goes, or is given up, or the service is ending."""

    async def gone() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    await _first(*map(asyncio.create_task, (gone(), pipe.run(), ending.wait())))


async def _first(*tasks: asyncio.Task[Any]) -> None:
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task
