"""Collections: the declared layers as the reader may see them, with extent, CRSs and queryables."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from api.ogc import axes, links, negotiate
from api.ogc.answers import Document, answer, documented
from api.ogc.checked import CheckedRoute
from api.ogc.faults import NoSuchCollection
from api.ogc.links import OGC_REL, link
from api.ogc.parameters import AskedSchema, Plain
from api.readers import reader
from geo.layers import LAYERS, Layer, readable
from geo.store import changes, features, reach
from geo.store.database import Connection, Setting, read_setting, transaction
from geo.store.features import Source

router = APIRouter(prefix="/ogc/collections", route_class=CheckedRoute, tags=["ogc"])

Id = Annotated[
    str, Path(description="id of a collection", json_schema_extra={"enum": list(LAYERS)})
]

SCHEMA_TYPES: dict[str, Document] = {
    "text": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "time": {"type": "string", "format": "date-time"},
}
SHAPES = {
    "point": "geometry-point",
    "line": "geometry-linestring-or-multilinestring",
    "polygon": "geometry-polygon-or-multipolygon",
}
ITEMS = {
    "geojson": links.GEOJSON,
    "html": links.HTML,
    "flatgeobuf": "application/flatgeobuf",
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
}
SCHEMA_OFFERED = {"schema": links.SCHEMA, "json": links.JSON, "html": links.HTML}


@router.get("", response_class=Response, responses=documented(links.JSON, links.HTML))
def collections(request: Request, said: Annotated[Plain, Query()]) -> Response:
    """All collections."""
    language = negotiate.language(request, said.lang)
    with transaction(request.app.state.pool, reader(request)) as conn:
        setting = read_setting(conn)
        told = [describe(request, conn, source(request, key, setting), language) for key in LAYERS]
    return answer(request, said, {"collections": told}, setting.name)


@router.get("/{collectionId}", response_class=Response,
            responses=documented(links.JSON, links.HTML))  # fmt: skip
def collection(
    request: Request,
    collection_id: Annotated[Id, Path(alias="collectionId")],
    said: Annotated[Plain, Query()],
) -> Response:
    """One collection."""
    language = negotiate.language(request, said.lang)
    with transaction(request.app.state.pool, reader(request)) as conn:
        asked = source(request, collection_id, read_setting(conn))
        told = describe(request, conn, asked, language)
    return answer(request, said, told, str(told["title"]))


@router.get("/{collectionId}/queryables", response_class=Response,
            responses=documented(*SCHEMA_OFFERED.values()))  # fmt: skip
def queryables(
    request: Request,
    collection_id: Annotated[Id, Path(alias="collectionId")],
    said: Annotated[AskedSchema, Query()],
) -> Response:
    """The properties that a filter may ask for, as JSON Schema."""
    language = negotiate.language(request, said.lang)
    with transaction(request.app.state.pool, reader(request)) as conn:
        asked = source(request, collection_id, read_setting(conn))
    home = f"{links.home(request)}/collections/{collection_id}"
    geometry = {"x-ogc-role": "primary-geometry", "format": SHAPES[asked.layer.geometry]}
    columns = readable(asked.layer, asked.rights)
    told = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{home}/queryables",
        "type": "object",
        "title": title(asked.layer, language),
        "properties": {
            "id": {"type": "integer", "x-ogc-role": "id"},
            "geometry": geometry,
            **{it.name: _schema(it, language) for it in columns},
        },
        "additionalProperties": False,
        # The list that drafts of the standard had: GDAL looks here for what it may ask.
        "queryables": [{"id": it.name, "type": it.type} for it in columns],
    }
    return answer(request, said, told, str(told["title"]), SCHEMA_OFFERED)


def source(request: Request, key: str, setting: Setting) -> Source:
    """The collection as the client may see it. Raises `NoSuchCollection`."""
    if key not in LAYERS:
        raise NoSuchCollection(f"there is no collection {key!r}; there are {', '.join(LAYERS)}")
    return Source(LAYERS[key], reader(request).rights, setting)


def title(layer: Layer, language: str) -> str:
    """The layer's name in the language."""
    return layer.zh if language == "zh" else layer.en


def describe(request: Request, conn: Connection, asked: Source, language: str) -> Document:
    """A collection: its names, extent, CRSs and links."""
    layer, home = asked.layer, f"{links.home(request)}/collections/{asked.layer.key}"
    items = [link(f"{home}/items?f={name}", "items", kind, name) for name, kind in ITEMS.items()]
    return {
        "id": layer.key,
        "title": title(layer, language),
        "description": f"{layer.zh} · {layer.en}",
        "itemType": "feature",
        "extent": _extent(request, conn, asked),
        "crs": list(axes.served(asked.setting.srid)),
        "storageCrs": axes.storage(asked.setting.srid),
        "links": [
            link(home, "collection", links.JSON, title(layer, language)),
            *items,
            link(f"{home}/queryables", f"{OGC_REL}queryables", links.SCHEMA, "queryables"),
            link(f"{home}/queryables", "queryables", links.JSON, "queryables"),  # for GDAL
            link(f"{home}/tiles", f"{OGC_REL}tilesets-vector", links.JSON, "tiles"),
        ],
    }


def bounds(request: Request, conn: Connection, asked: Source) -> list[float] | None:
    """The layer's box in degrees (west, south, east, north); None where it is empty.

    Kept per process until the layer's revision changes.
    """
    held: dict[str, tuple[str, list[float] | None]] = request.app.state.bounds
    revision = changes.revision(conn, asked.layer.key)
    if asked.layer.key not in held or held[asked.layer.key][0] != revision:
        box = features.extent(conn, asked)
        found = list(reach.to_degrees(box, asked.setting.srid)) if box else None
        held[asked.layer.key] = revision, found
    return held[asked.layer.key][1]


def _extent(request: Request, conn: Connection, asked: Source) -> Document:
    box = bounds(request, conn, asked)
    found: Document = {}
    if box:
        found["spatial"] = {"bbox": [box], "crs": axes.CRS84}
    if asked.layer.time:
        ends = [end.isoformat() if end else None for end in features.times(conn, asked)]
        found["temporal"] = {"interval": [ends]}
    return found


def _schema(column: Any, language: str) -> Document:
    told = {"title": column.zh if language == "zh" else column.en, **SCHEMA_TYPES[column.type]}
    told["x-luge-title"] = {"zh": column.zh, "en": column.en}
    if column.unit:
        told["x-ogc-unit"] = column.unit
    return told
