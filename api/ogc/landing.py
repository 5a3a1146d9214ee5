"""What the OGC API is: landing page, conformance, its contract, its style sheet."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.openapi.utils import get_openapi

from api import contract
from api.ogc import links, negotiate, pages
from api.ogc.answers import answer, documented, told
from api.ogc.checked import CheckedRoute
from api.ogc.links import OGC_REL, link
from api.ogc.parameters import Plain
from geo.layers import LAYERS
from geo.store.database import read_setting, transaction

router = APIRouter(prefix="/ogc", route_class=CheckedRoute, tags=["ogc"])

FEATURES = "http://www.opengis.net/spec/ogcapi-features-"
CQL2 = "http://www.opengis.net/spec/cql2/1.0/conf/"
TILES = "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/"
TMS = "http://www.opengis.net/spec/tms/2.0/conf/"
COMMON = "http://www.opengis.net/spec/ogcapi-common-"

CONFORMS_TO = [
    *(f"{COMMON}1/1.0/conf/{name}" for name in ("core", "landing-page", "json", "html", "oas30")),
    *(f"{COMMON}2/1.0/conf/{name}" for name in ("collections", "json", "html")),
    *(f"{FEATURES}1/1.0/conf/{name}" for name in ("core", "oas30", "html", "geojson")),
    f"{FEATURES}2/1.0/conf/crs",
    *(f"{FEATURES}3/1.0/conf/{name}" for name in ("queryables", "filter", "features-filter")),
    *(
        f"{CQL2}{name}"
        for name in (
            "cql2-text", "cql2-json", "basic-cql2", "advanced-comparison-operators",
            "case-insensitive-comparison", "basic-spatial-functions",
            "basic-spatial-functions-plus", "spatial-functions", "temporal-functions",
            "property-property",
        )
    ),
    *(f"{TILES}{name}" for name in ("core", "tileset", "tilesets-list", "geodata-tilesets",
                                    "mvt", "oas30")),
    *(f"{TMS}{name}" for name in ("tilematrixset", "tilematrixsetlimits", "json-tilematrixset",
                                  "json-tilematrixsetlimits", "json-tilesetmetadata")),
]  # fmt: skip

TITLE = {"zh": "{} · 图层", "en": "{} · map layers"}
ABOUT = {
    "zh": "城区的网格、街区、道路与各类点位，按 OGC API – Features 与 Tiles 提供。",
    "en": "Grids, blocks, roads and places of a district, by OGC API – Features and Tiles.",
}
ITEMS_PATH = "/collections/{collectionId}/items"
API_OFFERED = {"json": links.OPENAPI, "html": links.HTML}


@router.get("", response_class=Response, responses=documented(links.JSON, links.HTML))
def landing_page(request: Request, said: Annotated[Plain, Query()]) -> Response:
    """What there is, and where."""
    with transaction(request.app.state.pool) as conn:
        name = read_setting(conn).name
    language, home = negotiate.language(request, said.lang), links.home(request)
    document = {
        "title": TITLE[language].format(name),
        "description": ABOUT[language],
        "links": [
            link(f"{home}/api?f=json", "service-desc", links.OPENAPI, "OpenAPI"),
            link(f"{home}/api?f=html", "service-doc", links.HTML, "API"),
            link(f"{home}/conformance", "conformance", links.JSON, "conformance"),
            link(f"{home}/collections", "data", links.JSON, "collections"),
            link(f"{home}/tileMatrixSets", f"{OGC_REL}tiling-schemes", links.JSON, "tiles"),
        ],
    }
    return answer(request, said, document, str(document["title"]))


@router.get("/conformance", response_class=Response, responses=documented(links.JSON, links.HTML))
def conformance(request: Request, said: Annotated[Plain, Query()]) -> Response:
    """The parts of the standards that are kept."""
    return answer(request, said, {"conformsTo": CONFORMS_TO}, "Conformance")


@router.get("/api", response_class=Response, responses=documented(links.OPENAPI, links.HTML))
def api(request: Request, said: Annotated[Plain, Query()]) -> Response:
    """The contract of this part of the service, as OpenAPI 3.0."""
    form = negotiate.form(request, said.f, API_OFFERED)
    document = describe(request)
    if form == "html":
        document = {**document["info"], **_operations(document)}
    return told(request, said, document, (form, API_OFFERED[form]), "API")


@router.get("/style.css", include_in_schema=False)
def style() -> Response:
    """How the pages look."""
    headers = {"Cache-Control": "public, max-age=3600"}
    return Response(pages.STYLE, media_type="text/css", headers=headers)


def describe(request: Request) -> contract.Document:
    """The OpenAPI document of all routes under ``/ogc``, its paths counted from there."""
    made = get_openapi(
        title="路格 Luge · OGC API",
        version=request.app.version,
        openapi_version="3.0.3",
        description=ABOUT["en"],
        routes=request.app.routes,
        servers=[{"url": links.home(request)}],
    )
    paths = {path.removeprefix("/ogc") or "/": operations for path, operations
             in made["paths"].items() if f"{path}/".startswith("/ogc/")}  # fmt: skip
    paths.update(_spelled_out(paths[ITEMS_PATH]["get"]))
    return contract.put_right({**made, "paths": paths, "components": {}})


def _spelled_out(operation: contract.Document) -> dict[str, contract.Document]:
    """The items of each collection under its own address: there GDAL looks for ``resultType``."""
    rest = [it for it in operation["parameters"] if it["in"] != "path"]
    return {
        ITEMS_PATH.format(collectionId=key): {
            "get": {**operation, "operationId": f"items_{key}", "parameters": rest}
        }
        for key in LAYERS
    }


def _operations(document: contract.Document) -> dict[str, str]:
    return {
        f"{method.upper()} {path}": operation.get("description", "")
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    }
