"""Routes of the map: which layers there are, their TileJSON, and their vector tiles."""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Query, Request, Response

from api import drawing, flights
from api.answers import figures, told
from api.drawing import Asked, Order
from api.readers import reader
from api.shelf import target
from geo import layers
from geo.layers import LAYERS, Layer
from geo.metrics import METRICS
from geo.store import changes, tiles
from geo.store.database import Connection, read_setting, transaction
from geo.store.tiles import Tile

router = APIRouter(tags=["map"])

LayerKey = Annotated[str, Path(description="a key of /api/layers")]


@router.get("/api/layers", response_model=None, responses=told(figures.Layers))
def list_layers(request: Request) -> dict[str, object]:
    """The declared layers: names, zooms, columns, legend, revision; and what can be measured."""
    with transaction(request.app.state.pool, reader(request)) as conn:
        setting = read_setting(conn)
        shares, today = tiles.read_shares(conn), setting.today()
        return {
            "groups": [group._asdict() for group in layers.GROUPS],
            "layers": [
                _describe(conn, layer, reader(request).rights)
                | {"revision": drawing.revision(changes.revision(conn, layer.key), layer, today)}
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
        revision = drawing.revision(changes.revision(conn, layer), declared, setting.today())
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


@router.get(
    "/tiles/{layer}/{z}/{x}/{y}.mvt", response_class=Response,
    responses={204: {"description": "nothing there"}, 304: {"description": "as it is known"}},
)  # fmt: skip
async def read_tile(
    request: Request, layer: LayerKey, z: int, x: int, y: int, asked: Annotated[Asked, Query()]
) -> Response:
    """One vector tile; 204 where the layer has nothing there, 304 where the client has it."""
    declared = _declared(layer)
    tile = tiles.check(Tile(z, x, y))
    _check(declared, asked)
    key = target(request.scope["path"], request.scope["query_string"])
    known = ",".join(request.headers.getlist("if-none-match")).encode("latin-1")
    order = Order(key, declared, tile, asked, reader(request).rights, known)
    state = request.app.state
    drawn = await flights.unless_left(request.receive, drawing.draw(state, order))
    accepted = ",".join(request.headers.getlist("accept-encoding")).encode("latin-1")
    found = state.shelf.answer(drawn, known, accepted)
    response = Response(found.body, status_code=found.status)
    response.raw_headers = list(found.headers)
    return response


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
            ("clusters", layer.clusters),
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
        "budget": layer.budget,
        "clusters": layer.clusters,
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
