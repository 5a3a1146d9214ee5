"""Features, page by page, and one by one."""

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Request, Response
from fastapi import Path as InPath

from api.ogc import links, negotiate, paging, parameters
from api.ogc.answers import HEADERS, Document, documented, told
from api.ogc.checked import CheckedRoute
from api.ogc.collections import ITEMS, Id, source, title
from api.ogc.links import Link, link
from api.ogc.parameters import Many, One, Read
from api.readers import reader
from geo import crs
from geo.exporting import outlet, tables
from geo.exporting.formats import format_of
from geo.exporting.tables import Table
from geo.store import features
from geo.store.database import read_setting, transaction
from geo.store.features import Page, Source

router = APIRouter(
    prefix="/ogc/collections/{collectionId}/items", route_class=CheckedRoute, tags=["ogc"]
)

BIGGEST_ID = 2**63 - 1
FILES = {name: format_of(name) for name in ("flatgeobuf", "csv", "parquet")}
ONE = {name: ITEMS[name] for name in ("geojson", "html")}

CollectionId = Annotated[Id, InPath(alias="collectionId")]
FeatureId = Annotated[
    int, InPath(alias="featureId", ge=-BIGGEST_ID, le=BIGGEST_ID, description="id of a feature")
]


@router.get("", response_class=Response, responses=documented(*ITEMS.values()))
def items(
    request: Request, collection_id: CollectionId, asked: Annotated[Many, Query()]
) -> Response:
    """Features of a collection: filtered, sorted, in the CRS and format asked for."""
    form = _form(request, asked)
    with transaction(request.app.state.pool, reader(request)) as conn:
        found = source(request, collection_id, read_setting(conn))
        read = parameters.read(asked, found, "wkb" if form in FILES else "geojson")
        if asked.result_type == "hits":
            matched = features.count(conn, found, read.asked)
            return _hits(request, asked, found, matched, form if form in ONE else "geojson")
        page = features.page(conn, found, read.asked, read.shape)
    more = _pages(request, found, read, page, form)
    headers = {"Content-Crs": f"<{read.axes.uri}>", "OGC-NumberReturned": str(len(page.rows))}
    if form in FILES:
        headers["Link"] = ", ".join(f'<{it["href"]}>; rel="{it["rel"]}"' for it in more)
        headers["Content-Disposition"] = f'attachment; filename="{collection_id}.{form}"'
        body = _file(found, read, page, form)
        return Response(body, media_type=ITEMS[form], headers={**HEADERS, **headers})
    document = _collection(page.rows, read.shape.columns)
    document["links"] = [*links.ways(request, ITEMS, form), *more, *_up(request, found)]
    name = title(found.layer, negotiate.language(request, asked.lang))
    response = told(request, asked, document, (form, ITEMS[form]), name)
    response.headers.update(headers)
    return response


def _hits(request: Request, asked: Many, found: Source, matched: int, form: str) -> Response:
    document = _collection([], ()) | {"numberMatched": matched}
    document["links"] = [*links.ways(request, ONE, form), *_up(request, found)]
    return told(request, asked, document, (form, ONE[form]), found.layer.key)


@router.get("/{featureId}", response_class=Response, responses=documented(*ONE.values()))
def item(
    request: Request,
    collection_id: CollectionId,
    feature_id: FeatureId,
    asked: Annotated[One, Query()],
) -> Response:
    """One feature."""
    form = _form(request, asked)
    with transaction(request.app.state.pool, reader(request)) as conn:
        found = source(request, collection_id, read_setting(conn))
        shape, out = parameters.read_one(asked, found)
        row = features.one(conn, found, shape, feature_id)
    document = _feature(row, shape.columns)
    document["links"] = [
        *links.ways(request, ONE, form),
        *_up(request, found),
    ]
    name = f"{title(found.layer, negotiate.language(request, asked.lang))} {feature_id}"
    response = told(request, asked, document, (form, ONE[form]), name)
    response.headers["Content-Crs"] = f"<{out.uri}>"
    return response


def _form(request: Request, asked: One) -> str:
    offered = ITEMS if isinstance(asked, Many) else ONE
    return negotiate.form(request, "geojson" if asked.f == "json" else asked.f, offered)


def _file(found: Source, read: Read, page: Page, form: str) -> bytes:
    """The page as the file that an export would be; coordinates are x first, times are UTC."""
    declared = {column.name: column for column in found.layer.columns}
    columns = tuple(declared[name] for name in read.shape.columns)
    place = crs.parse(read.axes.srid)
    portions = (tables.of_rows(columns, rows) for rows in [page.rows] if rows)
    layer = found.layer
    table = Table(layer.key, layer.en, layer.geometry, columns, place, "UTC", portions)
    with TemporaryDirectory() as scratch:
        return b"".join(outlet.pieces(FILES[form], [table], {}, Path(scratch)))


def _collection(rows: list[tuple[Any, ...]], names: tuple[str, ...]) -> Document:
    now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return {
        "type": "FeatureCollection",
        "timeStamp": now,
        "numberReturned": len(rows),
        "features": [_feature(row, names) for row in rows],
    }


def _feature(row: tuple[Any, ...], names: tuple[str, ...]) -> Document:
    number, geometry, *values = row
    return {
        "type": "Feature",
        "id": number,
        "geometry": orjson.Fragment(geometry) if geometry else None,
        "properties": dict(zip(names, values, strict=True)),
    }


def _pages(request: Request, found: Source, read: Read, page: Page, form: str) -> list[Link]:
    """The way to the next page, where there is one."""
    if page.after is None:
        return []
    word = paging.word(page.after, found.layer, read.asked.sort)
    return [link(links.here(request, after=word), "next", ITEMS[form])]


def _up(request: Request, found: Source) -> list[Link]:
    home = f"{links.home(request)}/collections/{found.layer.key}"
    return [link(home, "collection", links.JSON, found.layer.key)]
