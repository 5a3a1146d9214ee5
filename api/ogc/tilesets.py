"""OGC API – Tiles: each collection in the tile matrix set WebMercatorQuad."""

import math
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from api import tiles
from api.drawing import Asked
from api.ogc import axes, links, negotiate
from api.ogc.answers import Document, answer, documented
from api.ogc.checked import CheckedRoute
from api.ogc.collections import SCHEMA_TYPES, Id, bounds, source, title
from api.ogc.faults import NoSuchCollection, NoTileThere
from api.ogc.links import MVT, OGC_REL, link
from api.ogc.parameters import Plain
from api.readers import reader
from geo.layers import LAYERS, MAX_ZOOM, Layer, readable
from geo.store.database import read_setting, transaction
from geo.store.features import Source
from geo.store.tiles import BUFFER, MERCATOR_HALF_M, Tile

router = APIRouter(prefix="/ogc", route_class=CheckedRoute, tags=["ogc"])

QUAD = "WebMercatorQuad"
QUAD_URI = f"http://www.opengis.net/def/tilematrixset/OGC/1.0/{QUAD}"
MERCATOR = f"{axes.EPSG}3857"
TILE_PX = 256
PIXEL_M = 0.00028  # the standard's size of a pixel, for scale denominators

CollectionId = Annotated[Id, Path(alias="collectionId")]
SetId = Annotated[
    str,
    Path(alias="tileMatrixSetId", description=f"always {QUAD}", json_schema_extra={"enum": [QUAD]}),
]


class AskedTile(BaseModel):
    """What a tile takes."""

    model_config = ConfigDict(extra="forbid")

    f: Literal["mvt"] | None = Field(None, description="format")


@router.get("/tileMatrixSets", response_class=Response,
            responses=documented(links.JSON, links.HTML))  # fmt: skip
def tile_matrix_sets(request: Request, said: Annotated[Plain, Query()]) -> Response:
    """The tile matrix sets: one."""
    href = f"{links.home(request)}/tileMatrixSets/{QUAD}"
    entry = {"id": QUAD, "title": QUAD, "uri": QUAD_URI, "crs": MERCATOR,
             "links": [link(href, "self", links.JSON, QUAD)]}  # fmt: skip
    return answer(request, said, {"tileMatrixSets": [entry]}, "Tile matrix sets")


@router.get("/tileMatrixSets/{tileMatrixSetId}", response_class=Response,
            responses=documented(links.JSON, links.HTML))  # fmt: skip
def tile_matrix_set(request: Request, set_id: SetId, said: Annotated[Plain, Query()]) -> Response:
    """The definition of WebMercatorQuad, up to the last zoom of any layer."""
    _check_set(set_id)
    return answer(request, said, {
        "id": QUAD, "title": "Google Maps Compatible for the World", "uri": QUAD_URI,
        "crs": MERCATOR, "orderedAxes": ["X", "Y"],
        "wellKnownScaleSet": "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible",
        "tileMatrices": [_matrix(zoom) for zoom in range(MAX_ZOOM + 1)],
    }, QUAD)  # fmt: skip


@router.get("/collections/{collectionId}/tiles", response_class=Response,
            responses=documented(links.JSON, links.HTML))  # fmt: skip
def tilesets(
    request: Request, collection_id: CollectionId, said: Annotated[Plain, Query()]
) -> Response:
    """The tilesets of a collection: one."""
    with transaction(request.app.state.pool, reader(request)) as conn:
        found = source(request, collection_id, read_setting(conn))
    name = title(found.layer, negotiate.language(request, said.lang))
    home = f"{links.home(request)}/collections/{collection_id}/tiles/{QUAD}"
    entry = {**_entry(name), "links": [link(home, "self", links.JSON, name), *_scheme(request)]}
    return answer(request, said, {"tilesets": [entry]}, name)


@router.get("/collections/{collectionId}/tiles/{tileMatrixSetId}", response_class=Response,
            responses=documented(links.JSON, links.HTML))  # fmt: skip
def tileset(
    request: Request, collection_id: CollectionId, set_id: SetId, said: Annotated[Plain, Query()]
) -> Response:
    """A tileset: its zooms and their limits, its layers, and how its tiles are addressed."""
    _check_set(set_id)
    with transaction(request.app.state.pool, reader(request)) as conn:
        found = source(request, collection_id, read_setting(conn))
        box = bounds(request, conn, found)
    language = negotiate.language(request, said.lang)
    name = title(found.layer, language)
    home = f"{links.home(request)}/collections/{collection_id}"
    tile = f"{home}/tiles/{QUAD}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}?f=mvt"
    told: Document = {
        **_entry(name),
        "tileMatrixSetLimits": limits(found.layer, box),
        "layers": [_layer(found, language)],
        "links": [
            link(tile, "item", MVT, name, templated=True),
            *_scheme(request),
            link(home, "http://www.opengis.net/def/rel/ogc/1.0/geodata", links.JSON, name),
        ],
    }
    if box:
        told["boundingBox"] = {"lowerLeft": box[:2], "upperRight": box[2:], "crs": axes.CRS84}
    return answer(request, said, told, name)


@router.get(
    "/collections/{collectionId}/tiles/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}",
    response_class=Response,
    responses={**documented(MVT), 204: {"description": "nothing there"},
               304: {"description": "as the client has it"}},
)  # fmt: skip
async def tile(
    request: Request,
    collection_id: CollectionId,
    set_id: SetId,
    zoom: Annotated[int, Path(alias="tileMatrix", description="zoom")],
    row: Annotated[int, Path(alias="tileRow", description="counted from the north")],
    column: Annotated[int, Path(alias="tileCol", description="counted from the west")],
    asked: Annotated[AskedTile, Query()],
) -> Response:
    """One vector tile, the same as `/tiles/{layer}/{z}/{x}/{y}.mvt`; 204 where nothing is."""
    _check_set(set_id)
    if collection_id not in LAYERS:
        raise NoSuchCollection(f"there is no collection {collection_id!r}")
    layer = LAYERS[collection_id]
    if not layer.min_zoom <= zoom <= layer.max_zoom:
        raise NoTileThere(f"{layer.key} has zooms {layer.min_zoom} to {layer.max_zoom}, not {zoom}")
    if not (0 <= row < 2**zoom and 0 <= column < 2**zoom):
        raise NoTileThere(f"at zoom {zoom} rows and columns go from 0 to {2**zoom - 1}")
    at = Tile(zoom, column, row)
    drawn = await _draw(request, layer, at)
    if drawn.status_code == 204 and not await run_in_threadpool(_may_hold, request, layer, at):
        raise NoTileThere(f"{layer.key} has nothing there; its tileset says within which limits")
    return drawn


async def _draw(request: Request, layer: Layer, at: Tile) -> Response:
    return await tiles.read_tile(request, layer.key, *at, Asked.model_validate({}))


def _may_hold(request: Request, layer: Layer, at: Tile) -> bool:
    """Whether a tile lies within the limits of its zoom."""
    with transaction(request.app.state.pool, reader(request)) as conn:
        found = source(request, layer.key, read_setting(conn))
        within = limits(layer, bounds(request, conn, found))
    zoom = next((it for it in within if it["tileMatrix"] == str(at.z)), None)
    return zoom is not None and (
        zoom["minTileRow"] <= at.y <= zoom["maxTileRow"]
        and zoom["minTileCol"] <= at.x <= zoom["maxTileCol"]
    )


def limits(layer: Layer, box: list[float] | None) -> list[Document]:
    """By zoom, the rows and columns between which there may be something in ``box`` (degrees)."""
    if box is None:
        return []
    west, south, east, north = box
    found = []
    for zoom in range(layer.min_zoom, layer.max_zoom + 1):
        first, last = _at(west, north, zoom, -BUFFER), _at(east, south, zoom, BUFFER)
        found.append({
            "tileMatrix": str(zoom), "minTileRow": first[0], "maxTileRow": last[0],
            "minTileCol": first[1], "maxTileCol": last[1],
        })  # fmt: skip
    return found


def _at(lon: float, lat: float, zoom: int, beyond: float) -> tuple[int, int]:
    """Row and column of the tile of a place; ``beyond``, in tiles, is added to both."""
    size = 2**zoom
    down = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    row, column = (math.floor(part * size + beyond) for part in (down, (lon + 180) / 360))
    return min(max(row, 0), size - 1), min(max(column, 0), size - 1)


def _matrix(zoom: int) -> Document:
    cell_m = 2 * MERCATOR_HALF_M / (TILE_PX << zoom)
    return {
        "id": str(zoom), "scaleDenominator": cell_m / PIXEL_M, "cellSize": cell_m,
        "cornerOfOrigin": "topLeft", "pointOfOrigin": [-MERCATOR_HALF_M, MERCATOR_HALF_M],
        "matrixWidth": 2**zoom, "matrixHeight": 2**zoom,
        "tileWidth": TILE_PX, "tileHeight": TILE_PX,
    }  # fmt: skip


def _entry(name: str) -> Document:
    return {"title": name, "dataType": "vector", "crs": MERCATOR,
            "tileMatrixSetId": QUAD, "tileMatrixSetURI": QUAD_URI}  # fmt: skip


def _scheme(request: Request) -> list[links.Link]:
    href = f"{links.home(request)}/tileMatrixSets/{QUAD}"
    return [link(href, f"{OGC_REL}tiling-scheme", links.JSON, QUAD)]


def _layer(found: Source, language: str) -> Document:
    layer = found.layer
    columns = [c for c in readable(layer, found.rights) if c.from_zoom <= layer.max_zoom]
    dimension = {"point": 0, "line": 1, "polygon": 2}[layer.geometry]
    return {
        "id": layer.key, "title": title(layer, language), "dataType": "vector",
        "geometryDimension": dimension,
        "minTileMatrix": str(layer.min_zoom), "maxTileMatrix": str(layer.max_zoom),
        "propertiesSchema": {"type": "object", "properties": {
            c.name: {"title": c.zh if language == "zh" else c.en, **SCHEMA_TYPES[c.type]}
            for c in columns
        }},
    }  # fmt: skip


def _check_set(set_id: str) -> None:
    if set_id != QUAD:
        raise NoSuchCollection(f"there is no tile matrix set {set_id!r}; there is {QUAD}")
