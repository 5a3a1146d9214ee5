"""Kept tiles answered from the bytes of a request, before it is taken apart.

uvicorn's protocol with a short cut. Most requests of a map are for tiles that lie on the shelf, and
taking such a request apart, making a task for it and putting its answer together again costs ten
times what finding the tile does. Whatever is not plainly one whole request for a tile goes
uvicorn's way, where the same tile gets the same answer.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api.shelf import Shelf

_LONGEST_TARGET = 400
_PROTOCOL = b" HTTP/1.1\r\n"
# Lines that ask for more than an answer: a body, another protocol; or go on from the line before.
_NOT_PLAIN = (
    b"\r\ncontent-length", b"\r\ntransfer-encoding", b"\r\nexpect", b"\r\nupgrade",
    b"\r\nconnection", b"\r\nauthorization", b"\r\nrange", b"\r\n ", b"\r\n\t",
)  # fmt: skip
_KEEP_ALIVE = b"\r\nconnection: keep-alive\r\n"


class Headers(NamedTuple):
    """The headers that decide on the answer for a tile; b"" where there is none."""

    host: bytes
    known: bytes  # If-None-Match
    accepted: bytes  # Accept-Encoding


class Kept(NamedTuple):
    """What the application puts under "kept" into its lifespan state: the shelf, and which hosts it
    answers to."""

    shelf: Shelf
    knows: Callable[[bytes], bool]


@lru_cache(maxsize=2048)
def read(lines: bytes) -> Headers | None:
    """The headers in ``lines`` (from the first line's CR LF to the end of all headers).

    None where they are not plain, or not whole. A client sends the same ones again and again.
    """
    if lines.find(b"\r\n\r\n") != len(lines) - 4:
        return None
    lines = lines.lower().replace(_KEEP_ALIVE, b"\r\n", 1)
    if any(name in lines for name in _NOT_PLAIN) or lines.count(b"\n") != lines.count(b"\r\n"):
        return None
    host = _value(lines, b"\r\nhost:")
    known, accepted = _value(lines, b"\r\nif-none-match:"), _value(lines, b"\r\naccept-encoding:")
    if not host or known is None or accepted is None:
        return None
    return Headers(host, known, accepted)


def _value(lines: bytes, name: bytes) -> bytes | None:
    """The value of a header; b"" where it is not there, None where it is there twice."""
    _, found, rest = lines.partition(name)
    if not found:
        return b""
    return None if name in rest else rest.partition(b"\r\n")[0].strip()


class Wire(HttpToolsProtocol):
    """A connection, on which requests for kept tiles are answered at once."""

    _between = True  # no part of a request is with the parser
    _heard = 0.0
    _ours: tuple[object, bytes] = (None, b"")

    def data_received(self, data: bytes) -> None:
        """Answers, or lets uvicorn take the request apart."""
        answer = self._at_once(data) if data.startswith(b"GET /tiles/") else None
        if answer is None:
            super().data_received(data)
            return
        self._heard = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self._close_after(self.timeout_keep_alive)
        self.server_state.total_requests += 1
        self.transport.write(answer)

    def on_message_begin(self) -> None:
        """The parser holds a part of a request."""
        self._between = False
        super().on_message_begin()

    def on_message_complete(self) -> None:
        """The parser holds nothing."""
        self._between = True
        super().on_message_complete()

    def timeout_keep_alive_handler(self) -> None:
        """Closes an idle connection; setting the clock anew for every tile would cost more."""
        rest = self._heard + self.timeout_keep_alive - self.loop.time()
        if rest > 0:
            self._close_after(rest)
        else:
            super().timeout_keep_alive_handler()

    def _close_after(self, seconds: float) -> None:
        after = self.loop.call_later(seconds, self.timeout_keep_alive_handler)
        self.timeout_keep_alive_task = after

    def _at_once(self, data: bytes) -> bytes | None:
        kept: Kept | None = self.app_state.get("kept")
        busy = self.cycle is not None and not self.cycle.response_complete
        if kept is None or busy or not self._between or self.flow.write_paused:
            return None
        end = data.find(_PROTOCOL, 0, _LONGEST_TARGET)
        # What is not a whole target, as it was when the tile was drawn, is not found.
        tile = kept.shelf.fresh(data[4:end])
        if tile is None:
            return None
        headers = read(data[end + len(_PROTOCOL) - 2 :])
        if headers is None or not kept.knows(headers.host):
            return None
        answer = kept.shelf.answer(tile, headers.known, headers.accepted)
        return b"".join((answer.head, self._last_lines(), answer.body))

    def _last_lines(self) -> bytes:
        """The headers that uvicorn adds to every answer, and the end of all headers."""
        headers = self.server_state.default_headers
        if self._ours[0] is not headers:
            lines = b"".join(b"%s: %s\r\n" % pair for pair in headers)
            self._ours = (headers, lines + b"\r\n")
        return self._ours[1]
