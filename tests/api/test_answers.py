"""What is declared of answers is so: real answers, and the types of the page written from it."""

from pathlib import Path

import pytest
from pydantic import TypeAdapter

from api import answers, typescript
from geo.layers import METRICS

ANSWERS = Path(__file__).parents[2] / "maps" / "web" / "src" / "answers.ts"

ASKED = [
    ("/api/district", {}, answers.District),
    ("/api/areas", {}, answers.Areas),
    ("/api/chiefs", {}, answers.Chiefs),
    ("/api/layers", {}, answers.Layers),
    ("/api/search", {"q": "路", "limit": 50}, answers.Results),
    ("/api/search", {"q": "3199", "limit": 50}, answers.Results),
    ("/api/search", {"q": "121.0, 31.1"}, answers.Results),
    ("/api/locate", {"lon": 121.0003, "lat": 31.0986}, answers.Place),
    ("/api/locate", {"lon": 121.9, "lat": 31.9}, answers.Place),
    *((f"/api/metrics/{metric.key}", {"layer": layer, "limit": 20}, answers.Measures)
      for metric in METRICS for layer in metric.layers),
]  # fmt: skip


@pytest.mark.parametrize(("path", "query", "model"), ASKED, ids=lambda value: str(value)[:60])
def test_answers_are_as_declared(client, path, query, model):
    answer = client.get(path, params=query)
    assert answer.status_code == 200
    TypeAdapter(model).validate_json(answer.content, strict=True)


def test_the_document_declares_them(client):
    paths = client.get("/api/openapi.json").json()["paths"]
    for path, _, model in ASKED:
        there = path if path in paths else "/api/metrics/{metric}"
        said = paths[there]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        assert said == {"$ref": f"#/components/schemas/{model.__name__}"}


def test_the_pages_types_are_written_from_the_document():
    again = "run `python -m api.typescript > maps/web/src/answers.ts`"
    assert ANSWERS.read_text("utf-8") == typescript.page(typescript.document()), again


@pytest.mark.parametrize(
    ("schema", "written"),
    [
        ({"type": "integer"}, "number"),
        ({"const": "L"}, '"L"'),
        ({"enum": ["L", "R"]}, '"L" | "R"'),
        ({"$ref": "#/components/schemas/Place"}, "Place"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "string | null"),
        ({"type": "array", "items": {"enum": ["a", "b"]}}, '("a" | "b")[]'),
        ({"type": "array", "prefixItems": [{"type": "number"}] * 2}, "[number, number]"),
        ({"type": "object", "additionalProperties": {"type": "number"}}, "Record<string, number>"),
        ({}, "unknown"),
    ],
)
def test_schemas_as_types(schema, written):
    assert typescript.type_of(schema) == written
