"""The OpenAPI document's schemas as TypeScript: the types of the map page.

python -m api.typescript > maps/web/src/answers.ts
"""

from collections.abc import Iterator
from typing import Any

from api.app import create_app
from api.ogc.collections import SCHEMA_TYPES
from geo.layers import LAYERS, Column
from geo.store.settings import Settings

HEAD = "// Written from the service's OpenAPI document by `python -m api.typescript`.\n"
PLAIN = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean",
         "null": "null"}  # fmt: skip


# Collections of OGC API – Features whose items the pages read; an item is a feature of GeoJSON.
ITEMS = {"density": "DensityItem", "incidents": "IncidentItem"}


def page(document: dict[str, Any]) -> str:
    """An interface for each schema of the document that is an object."""
    schemas = document["components"]["schemas"]
    items = {name: _item(key) for key, name in ITEMS.items()}
    made = [_interface(name, schema) for name, schema in sorted({**schemas, **items}.items())]
    return "\n".join([HEAD, *(line for lines in made for line in lines)])


def _interface(name: str, schema: dict[str, Any]) -> Iterator[str]:
    if said := schema.get("description"):
        yield f"/** {' '.join(said.split())} */"
    yield f"export interface {name} {{"
    needed = set(schema.get("required", ()))
    for key, of in schema.get("properties", {}).items():
        yield f"  {key}{'' if key in needed else '?'}: {type_of(of)};"
    yield "}\n"


def _item(key: str) -> dict[str, Any]:
    """The properties of a collection's items, as the layer declares them."""
    columns = LAYERS[key].columns
    return {
        "description": f"The properties of an item of /ogc/collections/{key}.",
        "properties": {column.name: _value(column) for column in columns},
        # A column that is hidden as a whole is left out; of one with small counts, these are null.
        "required": [column.name for column in columns if column.least or not column.right],
    }


def _value(column: Column) -> dict[str, Any]:
    return {"anyOf": [SCHEMA_TYPES[column.type], {"type": "null"}]}


def type_of(schema: dict[str, Any]) -> str:
    """A schema as a type; `unknown` where it says nothing."""
    if ref := schema.get("$ref"):
        return str(ref.rsplit("/", 1)[-1])
    if "const" in schema or "enum" in schema:
        return " | ".join(f'"{value}"' for value in schema.get("enum", [schema.get("const")]))
    if options := schema.get("anyOf"):
        return " | ".join(type_of(option) for option in options)
    if schema.get("type") == "array":
        return _list(schema)
    if isinstance(of := schema.get("additionalProperties"), dict):
        return f"Record<string, {type_of(of)}>"
    return PLAIN.get(schema.get("type", ""), "unknown")


def _list(schema: dict[str, Any]) -> str:
    if items := schema.get("prefixItems"):
        return f"[{', '.join(map(type_of, items))}]"
    each = type_of(schema["items"])
    return f"({each})[]" if " | " in each else f"{each}[]"


def document() -> dict[str, Any]:
    """The document of the service as it is; no database is asked."""
    return create_app(Settings(database_url="postgresql:///")).openapi()


if __name__ == "__main__":
    print(page(document()), end="")
