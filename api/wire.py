"""Kept tiles answered from the bytes of a request, before it is taken apart.

uvicorn's protocol with a short cut. Most requests of a map are for tiles that lie on the shelf, and
taking such a request apart, making a task for it and putting its answer together again costs ten
times what finding the tile does. Whatever is not plainly one whole request for a tile goes
uvicorn's way, where the same tile gets the same answer.
"""

from collections.abc import Callable
from functools import lru_cache
from time import perf_counter, time
from typing import NamedTuple

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api.gate import new_id
from api.shelf import OPERATION, Answer, Shelf
from api.tally import Over, Tally

_LONGEST_TARGET = 400
_PROTOCOL = b" HTTP/1.1\r\n"
# Lines that ask for more than an answer: a body, another protocol; or go on from the line before.
_NOT_PLAIN = (
    b"\r\ncontent-length", b"\r\ntransfer-encoding", b"\r\nexpect", b"\r\nupgrade",
    b"\r\nauthorization", b"\r\nrange", b"\r\nx-request-id", b"\r\n ", b"\r\n\t",
)  # fmt: skip
_KEEP_ALIVE = b"\r\nconnection: keep-alive\r\n"


class Headers(NamedTuple):
    """The headers that decide on the answer for a tile; b"" where there is none."""

    host: bytes
    known: bytes  # If-None-Match
    accepted: bytes  # Accept-Encoding


class Kept(NamedTuple):
    """What the application puts under "kept" into its lifespan state.

    ``knows`` tells the hosts it answers to, ``fault`` what keeps it from answering; ``log_clients``
    says whether the tally gets the addresses of clients.
    """

    shelf: Shelf
    knows: Callable[[bytes], bool]
    fault: Callable[[], object]
    tally: Tally
    log_clients: bool


@lru_cache(maxsize=2048)
def read(lines: bytes) -> Headers | None:
    """The headers in ``lines`` (from the first line's CR LF to the end of all headers).

    None where they are not plain, or not whole. A client sends the same ones again and again.
    """
    if lines.find(b"\r\n\r\n") != len(lines) - 4:
        return None
    low = lines.lower()
    if any(name in low for name in _NOT_PLAIN) or low.count(b"\n") != low.count(b"\r\n"):
        return None
    if low.count(b"\r\nconnection") != low.count(_KEEP_ALIVE):
        return None
    names = (b"\r\nhost:", b"\r\nif-none-match:", b"\r\naccept-encoding:")
    host, known, accepted = (_value(lines, low, name) for name in names)
    if not host or known is None or accepted is None:
        return None
    return Headers(host, known, accepted)


def _value(lines: bytes, low: bytes, name: bytes) -> bytes | None:
    """The value of a header; b"" where it is not there, None where it is there twice."""
    at = low.find(name)
    if at < 0:
        return b""
    start = at + len(name)
    return None if low.find(name, start) >= 0 else lines[start : lines.find(b"\r\n", start)].strip()


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
        began = perf_counter()
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
        if headers is None or not kept.knows(headers.host) or kept.fault():
            return None
        answer = kept.shelf.answer(tile, headers.known, headers.accepted)
        id_ = new_id()
        self._note(kept, id_, answer, perf_counter() - began)
        return b"%s%sx-request-id: %s\r\n\r\n%s" % (
            answer.head,
            self._last_lines(),
            id_,
            answer.body,
        )

    def _note(self, kept: Kept, id_: bytes, answer: Answer, seconds: float) -> None:
        client = self.client[0] if kept.log_clients and self.client else None
        came_of_it = (answer.status, seconds, len(answer.body), client)
        kept.tally.note(Over(time(), id_.decode(), OPERATION, "GET", *came_of_it))

    def _last_lines(self) -> bytes:
        """The headers that uvicorn adds to every answer."""
        headers = self.server_state.default_headers
        if self._ours[0] is not headers:
            lines = b"".join(b"%s: %s\r\n" % pair for pair in headers)
            self._ours = (headers, lines)
        return self._ours[1]
