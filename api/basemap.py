"""Routes of the base map: none, a local PMTiles file, or pictures of another service."""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Request, Response
from fastapi.responses import FileResponse

from api.answers import told
from api.answers.figures import BaseMap
from api.upstream import NoBasemap, Upstream, UpstreamFailed
from api.upstream import upstream as upstream_of
from geo.store.settings import Settings

router = APIRouter(tags=["map"])

ARCHIVE = "/basemap.pmtiles"
PICTURES = "/basemap/{z}/{x}/{y}"
DAY_S = 86_400
MAGIC = b"PMTiles\x03"

Zoom = Annotated[int, Path(ge=0, le=22)]
Number = Annotated[int, Path(ge=0)]


def upstream(settings: Settings) -> Upstream | None:
    """The service behind the pictures, or None; raises `NoBasemap` for what cannot be used."""
    if settings.basemap:
        if settings.basemap_url:
            raise NoBasemap("LUGE_BASEMAP and LUGE_BASEMAP_URL are two base maps; set one")
        if not settings.basemap.is_file():
            raise NoBasemap(f"LUGE_BASEMAP: there is no file {settings.basemap}")
        with settings.basemap.open("rb") as file:
            if file.read(len(MAGIC)) != MAGIC:
                raise NoBasemap(f"LUGE_BASEMAP: {settings.basemap} is no PMTiles file, version 3")
    return upstream_of(settings)


@router.get("/api/basemap", response_model=None, responses=told(BaseMap))
def base_map(request: Request) -> dict[str, object]:
    """What lies under the layers: `kind` is none, pmtiles or raster; `url` is of this service."""
    settings: Settings = request.app.state.settings
    kind, url = "none", None
    if settings.basemap:
        kind, url = "pmtiles", ARCHIVE
    elif settings.basemap_url:
        kind, url = "raster", PICTURES
    return {
        "kind": kind,
        "url": url,
        "max_zoom": settings.basemap_max_zoom,
        "attribution": settings.basemap_attribution,
    }


@router.get(ARCHIVE, response_class=FileResponse)
def archive(request: Request) -> Response:
    """The PMTiles file, whole or in ranges."""
    settings: Settings = request.app.state.settings
    if not settings.basemap:
        raise HTTPException(404, "no PMTiles file is set (LUGE_BASEMAP)")
    # Compressing would shift the ranges; the file's parts are compressed already.
    headers = {"Cache-Control": "no-cache", "Content-Encoding": "identity"}
    return FileResponse(settings.basemap, media_type="application/octet-stream", headers=headers)


@router.get(PICTURES, response_class=Response)
def picture(request: Request, z: Zoom, x: Number, y: Number) -> Response:
    """One picture of the other service."""
    behind: Upstream | None = request.app.state.upstream
    if behind is None:
        raise HTTPException(404, "no service of pictures is set (LUGE_BASEMAP_URL)")
    if x >= 2**z or y >= 2**z or z > request.app.state.settings.basemap_max_zoom:
        raise HTTPException(404, "the base map has no such tile")
    try:
        body, kind = behind.picture(z, x, y)
    except UpstreamFailed as error:
        raise HTTPException(502, f"the base map's service failed: {error}") from None
    return Response(body, media_type=kind, headers={"Cache-Control": f"public, max-age={DAY_S}"})
