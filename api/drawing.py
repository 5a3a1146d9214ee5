"""How a tile asked for becomes one that is drawn: from the shelf, or from the database."""

from datetime import UTC, date, datetime
from hashlib import blake2b
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field

from api import flights, shelf
from api.shelf import ASK_AGAIN, FOREVER, Drawn
from geo.layers import LAYERS, Layer, share
from geo.store import changes, tiles
from geo.store.changes import Log
from geo.store.database import NoDistrict, Setting
from geo.store.passing import passing
from geo.store.tiles import Tile, Wanted

# Tiles differ when their declaration or their queries do.
CODE = blake2b(repr((LAYERS, sorted(tiles.QUERIES.items()))).encode(), digest_size=8).hexdigest()
# A stamp that no layer has.
NEVER = -1
# A character may be twelve in a URL, and the server reads no URL beyond 64 KiB.
MOST_IN_URL = 4_000
# Layers whose rows give features of other layers a name to be filtered by.
NAMING = ("areas", "blocks", "roads", "duties")


class Asked(BaseModel):
    """What of a layer is asked for; all of it where nothing is said."""

    system: str | None = Field(None, max_length=64, description="one grid system, by its code")
    open: bool | None = Field(None, description="open incidents only, or closed ones only")
    since: datetime | None = Field(None, description="from this time on")
    until: datetime | None = Field(None, description="before this time")
    on: date | None = Field(None, description="as of this day; today where not said")
    metric: str | None = Field(None, max_length=64, description="adds this metric as `value`")
    filter: str | None = Field(None, min_length=1, max_length=MOST_IN_URL, description="CQL2 text")
    clusters: bool | None = Field(None, description="points that crowd as one with their number")
    rev: str | None = Field(None, max_length=80, description="the layer's revision, for caching")


class Order(NamedTuple):
    """One tile for one client: its target, what is asked, by whom, and what is known."""

    key: bytes
    layer: Layer
    tile: Tile
    asked: Asked
    rights: frozenset[str]
    known: bytes  # its If-None-Match


async def draw(state: Any, order: Order) -> Drawn:
    """The tile from the shelf, where the layer's changes did not touch it, or drawn anew.

    Raises `geo.store.database.NoDistrict`, `geo.conditions.BadFilter`, and psycopg's errors.
    """
    setting = await _up_to_date(state)
    layer, tile, log = order.layer, order.tile, state.log
    stamp, day = log.stamp_of(layer.key), log.today()
    wanted = await _thinned(state, order, _wanted(order, log, setting))
    besides = _besides(order, log)
    if besides:
        stamp = NEVER  # the shelf alone cannot tell that it is still so
    etag = _etag(order, wanted, log, besides)
    rule = _rule(layer, order.asked, log)
    held: Drawn | None = state.shelf.drawn.get(order.key)
    if held is None or held.etag != etag:
        if order.known and shelf.matches(order.known, etag):
            return Drawn(b"-", etag, rule, layer.key, stamp, day)
        work = (state.tile_pool, layer, tile, wanted, setting, order.rights)
        body = await flights.join(state.flights, (order.key, etag), lambda: tiles.draw(*work))
        held = Drawn(body, etag, rule, layer.key, stamp, day)
    if held.rule != rule:
        held.rule, held.answers = rule, {}
    held.stamp, held.day = stamp, day
    state.shelf.put(order.key, held)
    return held


async def _up_to_date(state: Any) -> Setting:
    """The district's settings, with the log read anew where nobody is watching it."""
    if not state.log.live or state.log.setting is None:
        async with state.tile_pool.connection() as conn:
            await changes.catch_up(conn, state.log)
    if state.log.setting is None:
        raise NoDistrict
    setting: Setting = state.log.setting
    return setting


def _wanted(order: Order, log: Log, setting: Setting) -> Wanted:
    asked = order.asked
    gathered = bool(asked.clusters) and order.tile.z <= order.layer.clusters
    return Wanted(
        on=asked.on.isoformat() if asked.on else log.today(),
        share=1 if gathered else log.shares.get((order.layer.key, order.tile.z), 1),
        system=asked.system,
        open=asked.open,
        since=instant(asked.since, setting),
        until=instant(asked.until, setting),
        metric=asked.metric,
        filter=asked.filter,
        clusters=gathered or None,
    )  # fmt: skip


async def _thinned(state: Any, order: Order, wanted: Wanted) -> Wanted:
    """With a filter or a period, points are thinned by how many pass, not by how many there are."""
    layer = order.layer
    narrowed = wanted.filter or wanted.since or wanted.until
    if not layer.budget or wanted.clusters or not narrowed:
        return wanted
    if order.tile.z > layer.budget[-1][0]:
        return wanted._replace(share=1)
    asked = wanted._replace(share=1, on="")
    stamp = state.log.stamp_of(layer.key)
    key = (layer.key, asked, order.rights, stamp, _besides(order, state.log))
    if key not in state.passing:
        work = (state.tile_pool, layer, wanted, state.log.setting, order.rights)
        state.passing[key] = await flights.join(state.flights, key, lambda: tiles.below(*work))
    return wanted._replace(share=share(layer, order.tile.z, state.passing[key]))


def _besides(order: Order, log: Log) -> tuple[str, ...]:
    """What a filter's answer depends on besides the layer: names of the ground, and the minute.

    Nothing without a filter. Raises `geo.conditions.BadFilter`.
    """
    if order.asked.filter is None or log.setting is None:
        return ()
    moves = passing(order.asked.filter, order.layer, order.rights, log.setting).moves
    minute = f"{datetime.now(UTC):%Y-%m-%dT%H:%M}" if moves else ""
    return (*(changes.revision_of(log, key) for key in NAMING), minute)


def instant(time: datetime | None, setting: Setting) -> str | None:
    """An ISO time with its zone; the district's where none is said."""
    if time is None:
        return None
    zoned = time if time.tzinfo else time.replace(tzinfo=ZoneInfo(setting.time_zone))
    return zoned.isoformat()


def _etag(order: Order, wanted: Wanted, log: Log, besides: tuple[str, ...]) -> bytes:
    """Of what the tile is made of: what changed near it, what is asked, who asks, and this code."""
    layer, tile = order.layer, order.tile
    parts = (
        changes.revision_of(log, layer.key, tiles.box_of(tile)),
        changes.revision_of(log, "metrics") if wanted.metric else "",
        wanted.on if layer.dated else "", *wanted[1:],
        sorted(order.rights), *tile, layer.key, besides, CODE,
    )  # fmt: skip
    return b'"%s"' % blake2b(repr(parts).encode(), digest_size=12).hexdigest().encode()


def _rule(layer: Layer, asked: Asked, log: Log) -> bytes:
    """A tile asked for by the revision that is in force never changes."""
    if asked.rev is None or asked.metric or asked.filter:
        return ASK_AGAIN
    now = revision(changes.revision_of(log, layer.key), layer, log.today())
    return FOREVER if asked.rev == now else ASK_AGAIN


def revision(data: str, layer: Layer, today: str) -> str:
    """What a layer's tiles are kept under: of dated layers another one every day."""
    return f"{data}.{today.replace('-', '')}" if layer.dated else data
