"""The OpenAPI documents: FastAPI's, put right where it says what is not so."""

import re
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

Document = dict[str, Any]

PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
    },
}
# Every route answers so where it cannot do what is asked; it stands in for FastAPI's own 422.
PROBLEMS: dict[int | str, Document] = {
    "default": {
        "description": "a problem (RFC 9457): what is wrong and what to do",
        "content": {"application/problem+json": {"schema": PROBLEM}},
    }
}
STREAM = "text/event-stream"
# FastAPI cannot say that a list is written with commas.
BBOX = {
    "style": "form",
    "explode": False,
    "schema": {
        "type": "array",
        "minItems": 4,
        "maxItems": 6,
        "items": {"type": "number"},
    },
}


def install(app: FastAPI) -> None:
    """Let ``app`` tell its contract as `put_right` makes it."""

    def openapi() -> Document:
        if app.openapi_schema is None:
            made = get_openapi(title=app.title, version=app.version, routes=app.routes)
            app.openapi_schema = put_right(made)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def methods(app: FastAPI, path: str) -> list[str]:
    """What may be done at a path, by the contract."""
    paths = app.openapi()["paths"]
    fitting = [it for it in paths if re.fullmatch(re.sub(r"{[^}]*}", "[^/]+", it), path)]
    template = path if path in paths else next(iter(fitting), "")
    known = [method.upper() for method in paths.get(template, ())]
    return [*known, "HEAD"] if "GET" in known else known


def put_right(document: Document) -> Document:
    """The document, in which a parameter that may be left out may not be null.

    OpenAPI 3.0 knows no ``const``; an ``enum`` of one says the same in every version.
    """
    for operations in document["paths"].values():
        for operation in operations.values():
            for parameter in operation.get("parameters", ()):
                parameter["schema"] = _without_null(parameter["schema"])
                if parameter["name"] == "bbox":
                    parameter.update(BBOX)
            for answer in operation["responses"].values():
                if STREAM in answer.get("content", {}):
                    told = answer["content"][STREAM]
                    told["schema"] = _event(told["schema"])
    return document


def _event(data: Document) -> Document:
    """One event of a stream, as OpenAPI 3.2 writes it; what is declared is its data, as JSON."""
    told = {name: part for name, part in data.items() if name not in ("type", "title")}
    text = {"type": "string", "contentMediaType": "application/json", "contentSchema": told}
    names = {"event": {"type": "string"}, "id": {"type": "string"}, "data": text}
    return {"type": "object", "properties": names}


def _without_null(schema: Document) -> Document:
    """No query can hold a null: what may be null there is left out instead."""
    ways = [way for way in schema.get("anyOf", ()) if way != {"type": "null"}]
    if len(ways) == 1:
        schema = {name: part for name, part in schema.items() if name != "anyOf"} | ways[0]
    if "const" in schema:
        schema = {**schema, "enum": [schema["const"]]}
        del schema["const"]
    return schema
