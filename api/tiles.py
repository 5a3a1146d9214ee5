"""Routes of the map: which layers there are, and their vector tiles."""

import gzip
from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Query, Request, Response

from geo.store import tiles
from geo.store.database import Connection, read_setting, transaction
from maps import layers
from maps.layers import Layer

router = APIRouter(tags=["map"])

MEDIA_TYPE = "application/vnd.mapbox-vector-tile"
# Below this many bytes gzip saves less than a network packet.
WORTH_GZIP = 1_000
GZIP_LEVEL = 3

LayerKey = Annotated[str, Path(description="a key of /api/layers")]
System = Annotated[str | None, Query(max_length=64, description="one grid system, by its code")]


@router.get("/api/layers")
def list_layers(request: Request) -> dict[str, object]:
    """The declared layers: names, zooms, columns, legend, and where points are thinned."""
    with transaction(request.app.state.pool) as conn:
        read_setting(conn)
        return {
            "groups": [group._asdict() for group in layers.GROUPS],
            "layers": [_describe(conn, layer) for layer in layers.LAYERS.values()],
            "newest_report": tiles.newest_report(conn),
        }


@router.get("/tiles/{layer}/{z}/{x}/{y}.mvt", response_class=Response)
def read_tile(
    request: Request, layer: LayerKey, z: int, x: int, y: int, system: System = None
) -> Response:
    """One vector tile; 204 where the layer has nothing there."""
    tile = tiles.check(tiles.Tile(z, x, y))
    declared = layers.LAYERS.get(layer)
    if declared is None:
        known = ", ".join(layers.LAYERS)
        raise HTTPException(404, f"there is no layer {layer!r}; there are {known}")
    body = b""
    if z >= declared.min_zoom:
        with transaction(request.app.state.pool) as conn:
            share = _share(conn, declared, z)
            body = tiles.read_tile(conn, layer, tile, share=share, system=system)
    return _respond(request, body)


def _share(conn: Connection, layer: Layer, zoom: int) -> float:
    if not layer.budget or zoom > layer.budget[-1][0]:
        return 1
    return layers.share(layer, zoom, tiles.count(conn, layer.key))


def _respond(request: Request, body: bytes) -> Response:
    headers = {"Cache-Control": "private, max-age=30", "Vary": "Accept-Encoding"}
    if not body:
        return Response(status_code=204, headers=headers)
    if len(body) > WORTH_GZIP and "gzip" in request.headers.get("accept-encoding", ""):
        body = gzip.compress(body, GZIP_LEVEL, mtime=0)
        headers["Content-Encoding"] = "gzip"
    return Response(body, media_type=MEDIA_TYPE, headers=headers)


def _describe(conn: Connection, layer: Layer) -> dict[str, object]:
    style = layer.style
    if style.from_data:
        values = tiles.legend_values(conn, style.from_data)
        style = style._replace(swatches=layers.swatches_for(style, values))
    count = tiles.count(conn, layer.key)
    shares = {str(zoom): layers.share(layer, zoom, count) for zoom, _ in layer.budget}
    return {
        "key": layer.key,
        "zh": layer.zh,
        "en": layer.en,
        "group": layer.group,
        "geometry": layer.geometry,
        "min_zoom": layer.min_zoom,
        "max_zoom": layer.max_zoom,
        "columns": [column._asdict() for column in layer.columns],
        "parts": layer.parts,
        "style": {
            "shape": style.shape,
            "colour": style.colour,
            "by": style.by,
            "swatches": [swatch._asdict() for swatch in style.swatches],
        },
        "shares": shares,
    }
