"""Links as OGC API writes them: absolute, with relation and media type."""

from collections.abc import Mapping
from urllib.parse import quote, urlencode

from fastapi import Request

Link = dict[str, object]

JSON = "application/json"
GEOJSON = "application/geo+json"
HTML = "text/html"
SCHEMA = "application/schema+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
MVT = "application/vnd.mapbox-vector-tile"

OGC_REL = "http://www.opengis.net/def/rel/ogc/1.0/"


def home(request: Request) -> str:
    """The address of the landing page, without a slash at its end."""
    return f"{str(request.base_url).rstrip('/')}/ogc"


def link(href: str, rel: str, media_type: str, title: str = "", **more: object) -> Link:
    """One link."""
    titled = {"title": title} if title else {}
    return {"href": href, "rel": rel, "type": media_type, **titled, **more}


def here(request: Request, **changed: str | None) -> str:
    """This very address with some query parameters changed; None takes one away."""
    query = {**request.query_params, **changed}
    kept = {name: value for name, value in query.items() if value is not None}
    address = f"{home(request)}{quote(request.url.path.partition('/ogc')[2])}"
    return f"{address}?{urlencode(kept)}" if kept else address


def ways(request: Request, offered: Mapping[str, str], now: str) -> list[Link]:
    """This resource in the format ``now`` (self) and in all others (alternate)."""
    return [
        link(here(request, f=name), "self" if name == now else "alternate", media_type)
        for name, media_type in offered.items()
    ]
