"""Values of metrics over HTTP: the sample district, with values that the tests know."""

import psycopg
import pytest
from services import serve

from geo.metrics import METRICS

PATH = "/api/metrics/incidents"
MEASURE = "insert into metric (key, layer, revision) values ('incidents', %s, 'known')"
# Every unit but one in ten has as its value 5 more than its id, so that none is hidden as small.
FILL = (
    "insert into metric_value (key, layer, unit_id, value)"
    " select distinct 'incidents', %s, id, id + 5 from layer_{} where id %% 10 > 0"
)


@pytest.fixture
def town(make_database, sample_url):
    """A copy of the sample district where a unit's number of incidents follows from its id."""
    url = make_database(sample_url)
    with psycopg.connect(url) as conn:
        conn.execute("delete from metric")
        for layer in ("areas", "grids", "blocks", "segments"):
            conn.execute(MEASURE, [layer])
            conn.execute(FILL.format(layer), [layer])
    return url


@pytest.fixture
def service(town):
    with serve(town) as client:
        yield client


def ids(url, query):
    with psycopg.connect(url) as conn:
        return {row[0] for row in conn.execute(query)}


def test_values_are_those_of_the_layers_units(town, service):
    found = service.get(PATH, params={"layer": "blocks"}).json()
    assert (found["metric"], found["layer"], found["unit"]) == ("incidents", "blocks", "件")
    assert found["revision"] == "known"
    there = ids(town, "select id from layer_blocks where id % 10 > 0")
    assert {int(unit): value for unit, value in found["values"].items()} == {
        i: i + 5 for i in there
    }


@pytest.mark.parametrize(
    ("query", "units"),
    [
        ({"layer": "areas", "level": "community"}, "area where level = 'community'"),
        ({"layer": "grids", "system": "police"},
         "grid where system_id = (select id from grid_system where code = 'police')"),
    ],
)  # fmt: skip
def test_one_level_or_system_alone(town, service, query, units):
    found = service.get(PATH, params=query).json()
    wanted = {i for i in ids(town, f"select id from {units}") if i % 10}
    assert {int(unit) for unit in found["values"]} == wanted
    assert {unit["id"] for unit in found["units"]} <= wanted


@pytest.mark.parametrize("layer", ["areas", "grids", "blocks", "segments"])
@pytest.mark.parametrize("first", ["highest", "lowest"])
def test_units_come_in_order_of_value_with_their_boxes(service, layer, first):
    query = {"layer": layer, "first": first, "limit": 7}
    found = service.get(PATH, params=query).json()
    values = sorted(found["values"].values(), reverse=first == "highest")
    assert [unit["value"] for unit in found["units"]] == values[:7]
    for unit in found["units"]:
        west, south, east, north = unit["bbox"]
        assert 120 < west < east < 122
        assert 30 < south < north < 32
        assert unit[
            "name" if layer in ("areas", "grids") else "code" if layer == "blocks" else "seq"
        ]


def test_known_values_are_304_until_they_change(town, service):
    first = service.get(PATH, params={"layer": "blocks"})
    known = {"if-none-match": first.headers["etag"]}
    assert first.headers["cache-control"] == "private, no-cache"
    again = service.get(PATH, params={"layer": "blocks"}, headers=known)
    assert (again.status_code, again.content) == (304, b"")
    other = service.get(PATH, params={"layer": "blocks", "first": "lowest"})
    assert other.headers["etag"] != first.headers["etag"]
    with psycopg.connect(town) as conn:
        conn.execute("update metric_value set value = value + 1 where layer = 'blocks'")
        conn.execute("update metric set revision = 'newer' where layer = 'blocks'")
    after = service.get(PATH, params={"layer": "blocks"}, headers=known)
    assert after.status_code == 200
    assert after.json()["revision"] == "newer"


def test_a_metric_that_was_not_computed_is_empty(service):
    found = service.get("/api/metrics/merchants", params={"layer": "blocks"}).json()
    assert (found["revision"], found["computed_at"]) == (None, None)
    assert (found["values"], found["units"]) == ({}, [])


@pytest.mark.parametrize(
    ("path", "query", "status", "said"),
    [
        ("/api/metrics/happiness", {"layer": "blocks"}, 404, "incidents"),
        (PATH, {"layer": "stations"}, 400, "areas, grids, blocks, segments"),
        (PATH, {"layer": "blocks", "level": "street"}, 400, "level"),
        (PATH, {"layer": "areas", "system": "party"}, 400, "system"),
        (PATH, {}, 422, "layer"),
        (PATH, {"layer": "blocks", "limit": "1001"}, 422, "limit"),
        (PATH, {"layer": "blocks", "color": "red"}, 422, "color"),
    ],
)
def test_what_cannot_be_asked_is_refused(service, path, query, status, said):
    answer = service.get(path, params=query)
    assert answer.status_code == status
    assert said in answer.json()["detail"]


def test_every_metric_can_be_asked_of_its_layers(service):
    for metric in METRICS:
        for layer in metric.layers:
            answer = service.get(f"/api/metrics/{metric.key}", params={"layer": layer})
            assert answer.status_code == 200, answer.text
