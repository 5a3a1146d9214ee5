"""Pictures of another map service, asked for on behalf of browsers; its key stays here."""

import http.client
import threading
import urllib.error
import urllib.request
from collections import OrderedDict
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from geo.store.settings import Settings

TIMEOUT_S = 6
LARGEST_BYTES = 2_000_000
AT_ONCE = 8
WAIT_S = 10
KINDS = ("image/png", "image/jpeg", "image/webp")


class NoBasemap(ValueError):
    """The settings of the base map cannot be used."""


class UpstreamFailed(Exception):
    """The other service did not answer with a picture; the message names no address and no key."""


class Picture(NamedTuple):
    """A tile as the other service gave it."""

    body: bytes
    kind: str


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows nothing: only the host of the settings is ever asked."""

    def redirect_request(self, *_: object) -> None:
        return None


class Upstream:
    """The service of a template, with a bounded memory and few requests at once."""

    def __init__(self, template: str, key: str, most_bytes: int) -> None:
        """Raises `NoBasemap` for a template that cannot be filled."""
        parts = urlsplit(template)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise NoBasemap("LUGE_BASEMAP_URL has to begin with http:// or https:// and a host")
        if missing := [gap for gap in ("{z}", "{x}", "{y}") if gap not in template]:
            raise NoBasemap(f"LUGE_BASEMAP_URL has no {', '.join(missing)}")
        if any(gap in parts.netloc for gap in "{}"):
            raise NoBasemap("LUGE_BASEMAP_URL: the host has to be one host, without {}")
        self.template, self.key, self.most_bytes = template, quote(key, safe=""), most_bytes
        self.kept: OrderedDict[tuple[int, int, int], Picture] = OrderedDict()
        self.bytes = 0
        self.lock, self.turns = threading.Lock(), threading.BoundedSemaphore(AT_ONCE)
        self.open = urllib.request.build_opener(_Stay, urllib.request.ProxyHandler({})).open

    def picture(self, z: int, x: int, y: int) -> Picture:
        """The picture of a tile, from memory where it is kept; raises `UpstreamFailed`."""
        with self.lock:
            if known := self.kept.get((z, x, y)):
                self.kept.move_to_end((z, x, y))
                return known
        if not self.turns.acquire(timeout=WAIT_S):
            raise UpstreamFailed("too many of its pictures are asked for at once")
        try:
            found = self._ask(z, x, y)
        finally:
            self.turns.release()
        self._keep((z, x, y), found)
        return found

    def _ask(self, z: int, x: int, y: int) -> Picture:
        url = self.template
        for gap, value in (("{z}", z), ("{x}", x), ("{y}", y), ("{key}", self.key)):
            url = url.replace(gap, str(value))
        try:
            with self.open(urllib.request.Request(url), timeout=TIMEOUT_S) as answer:  # noqa: S310 - http(s) only
                kind = answer.headers.get_content_type()
                body = answer.read(LARGEST_BYTES + 1)
        except urllib.error.HTTPError as error:
            raise UpstreamFailed(f"it answered {error.code}") from None
        except (OSError, http.client.HTTPException):
            raise UpstreamFailed("it cannot be reached") from None
        if kind not in KINDS:
            raise UpstreamFailed(f"it answered {kind}, which is no picture")
        if len(body) > LARGEST_BYTES:
            raise UpstreamFailed("its picture is too large")
        return Picture(body, kind)

    def _keep(self, tile: tuple[int, int, int], found: Picture) -> None:
        with self.lock:
            if tile in self.kept or len(found.body) > self.most_bytes:
                return
            self.kept[tile] = found
            self.bytes += len(found.body)
            while self.bytes > self.most_bytes:
                _, old = self.kept.popitem(last=False)
                self.bytes -= len(old.body)


def upstream(settings: Settings) -> Upstream | None:
    """The service that the settings name, if they name one; raises `NoBasemap`."""
    if not settings.basemap_url:
        return None
    return Upstream(settings.basemap_url, settings.basemap_key, settings.basemap_cache_bytes)
