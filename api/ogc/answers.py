"""Answers in the format and language that the client asked for."""

from collections.abc import Mapping
from typing import Any

import orjson
from fastapi import Request, Response

from api.ogc import links, negotiate, pages
from api.ogc.parameters import Plain

Document = dict[str, Any]

OFFERED = {"json": links.JSON, "html": links.HTML}
HEADERS = {"Vary": "Accept, Accept-Language", "Cache-Control": "private, no-cache"}


def documented(*media_types: str) -> dict[int | str, Document]:
    """What the contract says of a good answer in these media types."""
    schemas = {kind: {"type": "object"} if "json" in kind else {"type": "string"}
               for kind in media_types}  # fmt: skip
    content = {kind: {"schema": schema} for kind, schema in schemas.items()}
    return {200: {"description": "as asked", "content": content}}


def answer(
    request: Request,
    said: Plain,
    document: Document,
    title: str,
    offered: Mapping[str, str] = OFFERED,
) -> Response:
    """The document with links to itself in all formats offered, as JSON or as a page."""
    form = negotiate.form(request, said.f, offered)
    document["links"] = [*links.ways(request, offered, form), *document.get("links", ())]
    return told(request, said, document, (form, offered[form]), title)


def told(
    request: Request, said: Plain, document: Document, form: tuple[str, str], title: str
) -> Response:
    """The document as it is, in the format (its name, its media type) chosen."""
    language = negotiate.language(request, said.lang)
    headers = {**HEADERS, "Content-Language": language}
    name, media_type = form
    if name == "html":
        page = pages.page(document, title, language, links.home(request))
        return Response(page, media_type=links.HTML, headers=headers)
    return Response(orjson.dumps(document), media_type=media_type, headers=headers)
