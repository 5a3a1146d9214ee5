"""What is declared of answers is so: real answers, and the types of the page written from it."""

from pathlib import Path

import psycopg
import pytest
from pydantic import TypeAdapter
from starlette.testclient import TestClient

from api import typescript
from api.answers import casework, covered, figures, loads, panels, places, replays, walking
from api.app import create_app
from geo.metrics import METRICS
from geo.store.settings import Settings
from geo.store.units import LAYERS_WITH_UNITS

ANSWERS = Path(__file__).parents[2] / "maps" / "web" / "src" / "answers.ts"

ASKED = [
    ("/api/district", {}, places.District),
    ("/api/areas", {}, places.Areas),
    ("/api/on-duty", {}, places.Chiefs),
    ("/api/layers", {}, figures.Layers),
    ("/api/search", {"q": "路", "limit": 50}, places.Results),
    ("/api/search", {"q": "3199", "limit": 50}, places.Results),
    ("/api/search", {"q": "121.0, 31.1"}, places.Results),
    ("/api/locate", {"lon": 121.0003, "lat": 31.0986}, places.Place),
    ("/api/locate", {"lon": 121.9, "lat": 31.9}, places.Place),
    *((f"/api/metrics/{metric.key}", {"layer": layer, "limit": 20}, figures.Measures)
      for metric in METRICS for layer in metric.layers),
    *(("/api/counts", {"by": by}, figures.Counts)
      for by in ("day", "hour_weekday", "class", "subclass", "area", "block", "road", "segment")),
    ("/api/counts", {"by": "grid", "system": "party"}, figures.Counts),
    ("/api/plans/trend", {"system": "party"}, replays.GridsTrend),
    *(("/api/load", {"of": of}, loads.Load) for of in ("grids", "areas", "blocks")),
    ("/api/load/rules", {}, loads.LoadRules),
    ("/api/plans/1/ground", {}, loads.PlanGround),
    ("/api/plans/1/checks", {"lang": "en"}, loads.PlanChecks),
    ("/api/cases", {"limit": 30}, casework.Cases),
    ("/api/cases", {"status": "handled"}, casework.Cases),
    ("/api/now", {}, casework.Now),
    ("/api/classes", {}, casework.Kinds),
    ("/api/trends", {}, casework.Trends),
    ("/api/spot", {"lon": 121.0003, "lat": 31.0986, "class": "占道经营"}, casework.Spot),
    *(("/api/coverage", {"by": by}, covered.CoverageSummary)
      for by in ("street", "grid", "road", "class", "role", "chief")),
    ("/api/coverage/blind", {"first": "households"}, covered.Blind),
    ("/api/coverage/control", {}, covered.SpanOfControl),
    ("/api/strips", {}, walking.StripChiefs),
    ("/api/chiefs/LZ030/strip", {}, walking.Strip),
    ("/api/reach/stations/ZD001", {}, walking.StationReach),
    ("/api/basemap", {}, figures.BaseMap),
]  # fmt: skip


@pytest.mark.parametrize(("path", "query", "model"), ASKED, ids=lambda value: str(value)[:60])
def test_answers_are_as_declared(client, path, query, model):
    answer = client.get(path, params=query)
    assert answer.status_code == 200
    TypeAdapter(model).validate_json(answer.content, strict=True)


@pytest.mark.parametrize("layer", LAYERS_WITH_UNITS)
def test_units_are_as_declared(client, sample_url, layer):
    with psycopg.connect(sample_url) as conn:
        ids = conn.execute(f"select min(id), max(id) from layer_{layer}").fetchone()
    for id_ in ids:
        answer = client.get(f"/api/units/{layer}/{id_}")
        assert answer.status_code == 200
        TypeAdapter(panels.UnitTold).validate_json(answer.content, strict=True)


def test_a_case_is_as_declared_all_its_way(make_database, sample_url):
    case = TypeAdapter(casework.Case)
    said = {"class": "占道经营", "lon": 121.0003, "lat": 31.0986, "actor": "李调度"}
    app = create_app(Settings(database_url=make_database(sample_url)))
    with TestClient(app, client=("127.0.0.1", 50000)) as service:
        answer = service.post("/api/cases", json=said)
        assert answer.status_code == 201
        filed = case.validate_json(answer.content, strict=True)
        url = f"/api/cases/{filed['code']}"
        for action in ("file", "dispatch", "handle", "feedback", "verify"):
            answer = service.post(f"{url}/steps", json={"action": action})
            after = case.validate_json(answer.content, strict=True)
        assert after == case.validate_json(service.get(url).content, strict=True)
        assert len(after["steps"]) == after["version"] == 6


def test_the_document_declares_them(client):
    paths = client.get("/api/openapi.json").json()["paths"]
    for path, _, model in ASKED:
        template = {
            "metrics": "/api/metrics/{metric}", "units": "/api/units/{layer}/{id}",
            "chiefs": "/api/chiefs/{chief}/strip",
        }  # fmt: skip
        known = path.replace("ZD001", "{code}").replace("/plans/1/", "/plans/{id}/")
        there = template.get(path.split("/")[2], known)
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
