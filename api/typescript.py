"""The OpenAPI document's schemas as TypeScript: the types of the map page.

python -m api.typescript > maps/web/src/answers.ts
"""

from collections.abc import Iterator
from typing import Any

from api.app import create_app
from geo.store.settings import Settings

HEAD = "// Written from the service's OpenAPI document by `python -m api.typescript`.\n"
PLAIN = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean",
         "null": "null"}  # fmt: skip


def page(document: dict[str, Any]) -> str:
    """An interface for each schema of the document that is an object."""
    schemas = document["components"]["schemas"]
    made = [_interface(name, schema) for name, schema in sorted(schemas.items())]
    return "\n".join([HEAD, *(line for lines in made for line in lines)])


def _interface(name: str, schema: dict[str, Any]) -> Iterator[str]:
    if said := schema.get("description"):
        yield f"/** {' '.join(said.split())} */"
    yield f"export interface {name} {{"
    needed = set(schema.get("required", ()))
    for key, of in schema.get("properties", {}).items():
        yield f"  {key}{'' if key in needed else '?'}: {type_of(of)};"
    yield "}\n"


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
