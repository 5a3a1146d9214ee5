"""Tiles that were drawn, kept in memory, and answered before the framework is asked.

A tile on the shelf is good while its layer has not changed. When the layer has, the route looks
whether the change touched this tile, and puts it back with a new stamp where not.
"""

import gzip
from dataclasses import dataclass
from typing import Any

from cachetools import LRUCache
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from geo.store.changes import Log

MEDIA_TYPE = "application/vnd.mapbox-vector-tile"
# Below this many bytes gzip saves less than a network packet.
WORTH_GZIP = 1_000
GZIP_LEVEL = 3
# What an entry takes besides its bytes.
OVERHEAD_BYTES = 1_000

FOREVER = b"private, max-age=31536000, immutable"
ASK_AGAIN = b"private, no-cache"

# The route that draws tiles, as the log and the figures call it.
OPERATION = "map_read_tile"

RawHeaders = list[tuple[bytes, bytes]]


@dataclass
class Drawn:
    """A tile as drawn: its bytes (empty where nothing is there), entity tag and cache rule."""

    body: bytes
    etag: bytes
    rule: bytes
    layer: str
    stamp: int
    day: str
    packed: bytes | None = None

    def size(self) -> int:
        """Bytes it takes; the packed form is counted as if it were there."""
        return len(self.body) * 3 // 2 + OVERHEAD_BYTES


class Shelf:
    """Drawn tiles by path and query, the least used put out first; bounded in bytes."""

    def __init__(self, max_bytes: int, log: Log) -> None:
        self.log = log
        self.drawn: LRUCache[tuple[str, bytes], Drawn] = LRUCache(max_bytes, getsizeof=Drawn.size)

    def put(self, key: tuple[str, bytes], tile: Drawn) -> None:
        """Keeps ``tile``, where it is not larger than the whole shelf."""
        if tile.size() <= self.drawn.maxsize:
            self.drawn[key] = tile

    def fresh(self, key: tuple[str, bytes]) -> Drawn | None:
        """The tile at ``key`` if nothing of its layer has changed since it was looked at."""
        tile = self.drawn.get(key)
        if tile is None or not self.log.live or tile.stamp != self.log.stamp_of(tile.layer):
            return None
        return tile if tile.day == self.log.today() else None


def answer(tile: Drawn, headers: Headers) -> tuple[int, RawHeaders, bytes]:
    """Status, headers and body for a client that sent ``headers``."""
    found: RawHeaders = [
        (b"etag", tile.etag), (b"cache-control", tile.rule), (b"vary", b"accept-encoding"),
    ]  # fmt: skip
    if not tile.body:
        return 204, found, b""
    if matches(headers.get("if-none-match"), tile.etag):
        return 304, found, b""
    found.append((b"content-type", MEDIA_TYPE.encode()))
    body = tile.body
    if len(body) > WORTH_GZIP and "gzip" in headers.get("accept-encoding", ""):
        if tile.packed is None:
            tile.packed = gzip.compress(body, GZIP_LEVEL, mtime=0)
        body = tile.packed
        found.append((b"content-encoding", b"gzip"))
    found.append((b"content-length", str(len(body)).encode()))
    return 200, found, body


def matches(asked: str | None, etag: bytes) -> bool:
    """Whether an ``If-None-Match`` header names ``etag`` (RFC 9110, weak comparison)."""
    if not asked:
        return False
    names = (part.strip().removeprefix("W/") for part in asked.split(","))
    return asked.strip() == "*" or etag.decode() in names


class FromShelf:
    """Answers tiles from the shelf; lets everything else through to ``app``."""

    def __init__(self, app: ASGIApp, state: Any) -> None:
        self.app = app
        self.state = state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers at once where it can."""
        tile = self._on_shelf(scope)
        if tile is None:
            await self.app(scope, receive, send)
            return
        scope["operation"] = OPERATION
        status, headers, body = answer(tile, Headers(scope=scope))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _on_shelf(self, scope: Scope) -> Drawn | None:
        if scope["type"] != "http" or not scope["path"].startswith("/tiles/"):
            return None
        if scope["method"] != "GET":
            return None
        return self.state.shelf.fresh((scope["path"], scope["query_string"]))  # type: ignore[no-any-return]
