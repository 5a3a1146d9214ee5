"""Tiles that were drawn, kept in memory with the answers made of them.

A tile on the shelf is good while its layer has not changed. When the layer has, whoever asks next
looks whether the change touched this tile, and puts it back with a new stamp where not.
"""

import gzip
from collections.abc import Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import NamedTuple

from cachetools import LRUCache

from api.packing import takes_gzip
from geo.store.changes import Log

MEDIA_TYPE = b"application/vnd.mapbox-vector-tile"
# Below this many bytes gzip saves less than a network packet.
WORTH_GZIP = 1_000
GZIP_LEVEL = 3
# What an entry takes besides its bytes: its key, tags, and the heads of its answers.
OVERHEAD_BYTES = 3_000

FOREVER = b"private, max-age=31536000, immutable"
ASK_AGAIN = b"private, no-cache"

# The route that draws tiles, as the log and the figures call it.
OPERATION = "map_read_tile"

RawHeaders = list[tuple[bytes, bytes]]


class Answer(NamedTuple):
    """A response: status, its own headers, body; ``head`` is what HTTP/1.1 sends before the body,
    with the headers that every response carries, but not yet its end."""

    status: int
    headers: RawHeaders
    body: bytes
    head: bytes


@dataclass
class Drawn:
    """A tile as drawn: its bytes (empty where nothing is there), entity tag and cache rule.

    It was right at ``stamp`` of its layer, on ``day``. ``answers`` are made as they are asked for.
    """

    body: bytes
    etag: bytes
    rule: bytes
    layer: str
    stamp: int
    day: str
    answers: dict[str, Answer] = field(default_factory=dict)

    def size(self) -> int:
        """Bytes it takes; the packed form is counted as if it were there."""
        return len(self.body) * 3 // 2 + OVERHEAD_BYTES


class Shelf:
    """Drawn tiles by `target`, the least used put out first; bounded in bytes.

    ``headers`` are those that every response carries.
    """

    def __init__(self, max_bytes: int, log: Log, headers: Iterable[tuple[str, str]] = ()) -> None:
        self.log = log
        self.headers = [(name.lower().encode(), value.encode()) for name, value in headers]
        self.drawn: LRUCache[bytes, Drawn] = LRUCache(max_bytes, getsizeof=Drawn.size)

    def put(self, key: bytes, tile: Drawn) -> None:
        """Keeps ``tile``, where it is not larger than the whole shelf."""
        if tile.size() <= self.drawn.maxsize:
            self.drawn[key] = tile

    def fresh(self, key: bytes) -> Drawn | None:
        """The tile at ``key`` if nothing of its layer has changed since it was looked at."""
        tile = self.drawn.get(key)
        if tile is None or not self.log.live or tile.stamp != self.log.stamp_of(tile.layer):
            return None
        return tile if tile.day == self.log.today() else None

    def answer(self, tile: Drawn, known: bytes, accepted: bytes) -> Answer:
        """The response to a client that sent these If-None-Match and Accept-Encoding, or b""."""
        if not tile.body:
            form = "empty"
        elif known and matches(known, tile.etag):
            form = "unchanged"
        else:
            packs = len(tile.body) > WORTH_GZIP and takes_gzip(accepted)
            form = "packed" if packs else "plain"
        found = tile.answers.get(form)
        if found is None:
            found = tile.answers[form] = self._make(tile, form)
        return found

    def _make(self, tile: Drawn, form: str) -> Answer:
        headers = [
            (b"etag", tile.etag), (b"cache-control", tile.rule), (b"vary", b"accept-encoding"),
        ]  # fmt: skip
        if form == "empty":
            return self._answer(HTTPStatus.NO_CONTENT, headers, b"")
        if form == "unchanged":
            return self._answer(HTTPStatus.NOT_MODIFIED, headers, b"")
        headers.append((b"content-type", MEDIA_TYPE))
        body = tile.body
        if form == "packed":
            # Other bytes than the plain form's, so the tag that both share is a weak one here.
            headers[0] = (b"etag", b"W/" + tile.etag)
            headers.append((b"content-encoding", b"gzip"))
            body = gzip.compress(body, GZIP_LEVEL, mtime=0)
        headers.append((b"content-length", str(len(body)).encode()))
        return self._answer(HTTPStatus.OK, headers, body)

    def _answer(self, status: HTTPStatus, headers: RawHeaders, body: bytes) -> Answer:
        lines = [f"HTTP/1.1 {status} {status.phrase}".encode()]
        lines += [b"%s: %s" % pair for pair in (*headers, *self.headers)]
        return Answer(status, headers, body, b"\r\n".join(lines) + b"\r\n")


def target(path: str, query: bytes) -> bytes:
    """What stands for them in a request's first line."""
    return b"%s?%s" % (path.encode(), query) if query else path.encode()


def matches(known: bytes, etag: bytes) -> bool:
    """Whether an ``If-None-Match`` header names ``etag`` (RFC 9110, weak comparison)."""
    if known == etag:
        return True
    names = (part.strip().removeprefix(b"W/") for part in known.split(b","))
    return known.strip() == b"*" or etag in names
