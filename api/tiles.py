"""Routes of the map: which layers there are, their TileJSON, and their vector tiles."""

from datetime import date, datetime
from hashlib import blake2b
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, HTTPException, Path, Query, Request, Response
from pydantic import BaseModel, Field

from api import flights, shelf
from api.readers import reader
from api.shelf import ASK_AGAIN, FOREVER, Drawn
from geo import layers
from geo.layers import LAYERS, METRICS, Layer
from geo.store import changes, tiles
from geo.store.changes import Log
from geo.store.database import Connection, NoDistrict, Setting, read_setting, transaction
from geo.store.tiles import Tile, Wanted

router = APIRouter(tags=["map"])

# Tiles differ when their declaration or their queries do.
CODE = blake2b(repr((LAYERS, sorted(tiles.QUERIES.items()))).encode(), digest_size=8).hexdigest()

LayerKey = Annotated[str, Path(description="a key of /api/layers")]


class Asked(BaseModel):
    """What of a layer is asked for; all of it where nothing is said."""

    system: str | None = Field(None, max_length=64, description="one grid system, by its code")
    open: bool | None = Field(None, description="open incidents only, or closed ones only")
    since: datetime | None = Field(None, description="from this time on")
    until: datetime | None = Field(None, description="before this time")
    on: date | None = Field(None, description="as of this day; today where not said")
    metric: str | None = Field(None, max_length=64, description="adds this metric as `value`")
    rev: str | None = Field(None, max_length=80, description="the layer's revision, for caching")


@router.get("/api/layers")
def list_layers(request: Request) -> dict[str, object]:
    """The declared layers: names, zooms, columns, legend, revision; and what can be measured."""
    with transaction(request.app.state.pool, reader(request)) as conn:
        setting = read_setting(conn)
        shares, today = tiles.read_shares(conn), setting.today()
        return {
            "groups": [group._asdict() for group in layers.GROUPS],
            "layers": [
                _describe(conn, layer, reader(request).rights)
                | {"revision": _revision(changes.revision(conn, layer.key), layer, today)}
                | {"shares": shares.get(layer.key, {})}
                for layer in LAYERS.values()
            ],
            "metrics": [metric._asdict() for metric in METRICS],
            "newest_report": tiles.newest_report(conn),
        }


@router.get("/tiles/{layer}.json")
def read_tilejson(request: Request, layer: LayerKey) -> dict[str, object]:
    """The layer as TileJSON 3.0.0; the tiles' address names the revision, so they may be kept."""
    declared = _declared(layer)
    with transaction(request.app.state.pool, reader(request)) as conn:
        setting = read_setting(conn)
        revision = _revision(changes.revision(conn, layer), declared, setting.today())
        bounds = tiles.extent(conn)
    columns = layers.readable(declared, reader(request).rights)
    address = f"{request.base_url}tiles/{layer}/{{z}}/{{x}}/{{y}}.mvt?rev={revision}"
    fields = {c.name: f"{c.zh} · {c.en}" + f" ({c.unit})" * bool(c.unit)
              for c in columns if c.from_zoom <= declared.max_zoom}  # fmt: skip
    vector_layers = [{
        "id": part, "fields": fields if part == layer else {n: fields[n] for n in declared.label},
        "minzoom": declared.min_zoom, "maxzoom": declared.max_zoom,
    } for part in declared.parts]  # fmt: skip
    found = {
        "tilejson": "3.0.0", "name": f"{declared.zh} · {declared.en}", "scheme": "xyz",
        "tiles": [address], "minzoom": declared.min_zoom, "maxzoom": declared.max_zoom,
        "vector_layers": vector_layers, "attribution": setting.name,
    }  # fmt: skip
    return found | ({"bounds": bounds} if bounds else {})


@router.get("/tiles/{layer}/{z}/{x}/{y}.mvt", response_class=Response)
async def read_tile(
    request: Request, layer: LayerKey, z: int, x: int, y: int, asked: Annotated[Asked, Query()]
) -> Response:
    """One vector tile; 204 where the layer has nothing there, 304 where the client has it."""
    declared = _declared(layer)
    tile = tiles.check(Tile(z, x, y))
    _check(declared, asked)
    drawn = await flights.unless_left(request, _draw(request, declared, tile, asked))
    status, headers, body = shelf.answer(drawn, request.headers)
    response = Response(body, status_code=status)
    response.raw_headers = headers
    return response


async def _draw(request: Request, layer: Layer, tile: Tile, asked: Asked) -> Drawn:
    """The tile from the shelf, where the layer's changes did not touch it, or drawn anew."""
    state = request.app.state
    setting = await _up_to_date(state)
    key = (request.scope["path"], request.scope["query_string"])
    log: Log = state.log
    stamp, day = log.stamp_of(layer.key), log.today()
    wanted = _wanted(layer, tile, asked, log, setting)
    etag = _etag(layer, tile, wanted, log, reader(request).rights)
    held: Drawn | None = state.shelf.drawn.get(key)
    if held is None or held.etag != etag:
        if shelf.matches(request.headers.get("if-none-match"), etag):
            return Drawn(b"-", etag, _rule(layer, asked, log), layer.key, stamp, day)
        work = (state.tile_pool, layer, tile, wanted, setting.srid, reader(request).rights)
        body = await flights.join(state.flights, (*key, etag), lambda: tiles.draw(*work))
        held = Drawn(body, etag, _rule(layer, asked, log), layer.key, stamp, day)
    held.stamp, held.day, held.rule = stamp, day, _rule(layer, asked, log)
    state.shelf.put(key, held)
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


def _wanted(layer: Layer, tile: Tile, asked: Asked, log: Log, setting: Setting) -> Wanted:
    return Wanted(
        on=asked.on.isoformat() if asked.on else log.today(),
        share=log.shares.get((layer.key, tile.z), 1),
        system=asked.system,
        open=asked.open,
        since=_instant(asked.since, setting),
        until=_instant(asked.until, setting),
        metric=asked.metric,
    )  # fmt: skip


def _instant(time: datetime | None, setting: Setting) -> str | None:
    """An ISO time with its zone; the district's where none is said."""
    if time is None:
        return None
    zoned = time if time.tzinfo else time.replace(tzinfo=ZoneInfo(setting.time_zone))
    return zoned.isoformat()


def _etag(layer: Layer, tile: Tile, wanted: Wanted, log: Log, rights: frozenset[str]) -> bytes:
    """Of what the tile is made of: what changed near it, what is asked, who asks, and this code."""
    parts = (
        changes.revision_of(log, layer.key, tiles.box_of(tile)),
        changes.revision_of(log, "metrics") if wanted.metric else "",
        wanted if layer.dated else wanted._replace(on=""), sorted(rights), tile, layer.key, CODE,
    )  # fmt: skip
    return b'"%s"' % blake2b(repr(parts).encode(), digest_size=12).hexdigest().encode()


def _rule(layer: Layer, asked: Asked, log: Log) -> bytes:
    """A tile asked for by the revision that is in force never changes."""
    now = _revision(changes.revision_of(log, layer.key), layer, log.today())
    return FOREVER if asked.rev == now and not asked.metric else ASK_AGAIN


def _revision(revision: str, layer: Layer, today: str) -> str:
    """What a layer's tiles are kept under: of dated layers another one every day."""
    return f"{revision}.{today.replace('-', '')}" if layer.dated else revision


def _declared(key: str) -> Layer:
    if key not in LAYERS:
        raise HTTPException(404, f"there is no layer {key!r}; there are {', '.join(LAYERS)}")
    return LAYERS[key]


def _check(layer: Layer, asked: Asked) -> None:
    """Refuses what this layer does not have, rather than to leave it out of account."""
    columns = {column.name for column in layer.columns}
    missing = [
        word for word, there in (
            ("system", "system" in columns), ("open", layer.key == "incidents"),
            ("since", layer.time), ("until", layer.time), ("on", layer.dated),
        ) if getattr(asked, word) is not None and not there
    ]  # fmt: skip
    if missing:
        raise HTTPException(400, f"the layer {layer.key} cannot be asked by {', '.join(missing)}")
    known = [metric.key for metric in METRICS if layer.key in metric.layers]
    if asked.metric and asked.metric not in known:
        there = ", ".join(known) or "none"
        raise HTTPException(400, f"{layer.key} has no metric {asked.metric!r}; there is {there}")


def _describe(conn: Connection, layer: Layer, rights: frozenset[str]) -> dict[str, object]:
    style = layer.style
    if style.from_data:
        values = tiles.legend_values(conn, style.from_data)
        style = style._replace(swatches=layers.swatches_for(style, values))
    return {
        "key": layer.key,
        "zh": layer.zh,
        "en": layer.en,
        "group": layer.group,
        "geometry": layer.geometry,
        "min_zoom": layer.min_zoom,
        "max_zoom": layer.max_zoom,
        "shown": layer.shown,
        "columns": [c._asdict() for c in layers.readable(layer, rights)],
        "parts": layer.parts,
        "style": {
            "shape": style.shape,
            "colour": style.colour,
            "by": style.by,
            "swatches": [swatch._asdict() for swatch in style.swatches],
        },
    }
