"""Small counts: one rule for density, counts and metrics, held against the incidents themselves."""

import mapbox_vector_tile
import psycopg
import pytest
from services import serve, tile_of

from geo.discretion import LEAST
from geo.layers import LAYERS
from geo.metrics import METRICS, SMALL_UNITS
from geo.store.settings import Settings

UNITS = {"blocks": ("block", "block_id"), "segments": ("segment", "segment_id")}
OPEN = "status not in ('closed', 'cancelled')"


@pytest.fixture(scope="module")
def allowed(sample_url):
    """The service for those who may see small counts."""
    with serve(
        sample_url, Settings(database_url=sample_url, public_rights="small_counts")
    ) as client:
        yield client


@pytest.fixture(scope="module")
def true(sample_url):
    """How many incidents, all and open, a unit of a layer really has."""

    def true(layer):
        column = UNITS[layer][1]
        query = (
            f"select {column}, count(*), count(*) filter (where {OPEN}) from incident"
            f" where {column} is not null group by 1"
        )
        with psycopg.connect(sample_url) as conn:
            return {unit: numbers for unit, *numbers in conn.execute(query)}

    return true


def told(count):
    """What those see who may not see small counts."""
    return None if 0 < count < LEAST else count


def metric(client, layer, key="incidents", **query):
    return client.get(f"/api/metrics/{key}", params={"layer": layer, **query}).json()


def groups(client, layer):
    asked = {"by": UNITS[layer][0]}
    return {row["id"]: row for row in client.get("/api/counts", params=asked).json()["groups"]}


def test_small_units_are_those_tested_here():
    assert set(SMALL_UNITS) == set(UNITS)
    assert {metric.key for metric in METRICS if metric.least} == {"incidents", "incidents_open"}
    columns = {c.name for layer in LAYERS.values() for c in layer.columns if c.least}
    assert columns == {"count", "open"}


@pytest.mark.parametrize("layer", UNITS)
@pytest.mark.parametrize("at", [0, 1])
def test_few_are_told_to_those_only_who_may_know(client, allowed, true, layer, at):
    key, name = (("incidents", "count"), ("incidents_open", "open"))[at]
    counts, values = groups(client, layer), metric(client, layer, key)["values"]
    everything, all_values = groups(allowed, layer), metric(allowed, layer, key)["values"]
    assert values.keys() == all_values.keys()
    numbers = true(layer)
    really = {int(unit): numbers.get(int(unit), (0, 0))[at] for unit in values}
    assert any(0 < n < LEAST for n in really.values())
    assert {int(unit): value for unit, value in all_values.items()} == really
    assert {int(unit): value for unit, value in values.items()} == {
        unit: told(n) for unit, n in really.items()
    }
    assert {unit: everything[unit][name] for unit in really} == really
    assert {unit: counts[unit][name] for unit in really} == {
        unit: told(n) for unit, n in really.items()
    }


@pytest.mark.parametrize("first", ["highest", "lowest"])
def test_an_order_tells_nothing_of_what_is_hidden(client, first):
    found = metric(client, "blocks", first=first, limit=1000)
    known = {int(unit) for unit, value in found["values"].items() if value is not None}
    assert {unit["id"] for unit in found["units"]} <= known
    assert all(unit["value"] is not None for unit in found["units"])


@pytest.mark.parametrize("layer", UNITS)
def test_tiles_tell_no_more(client, allowed, true, layer):
    west, south, east, north = client.get("/api/district").json()["bounds"]
    tile = tile_of((west + east) / 2, (south + north) / 2, 14)
    path = f"/tiles/{layer}/{tile.z}/{tile.x}/{tile.y}.mvt?metric=incidents"
    hidden, shown = (
        {f["id"]: f["properties"].get("value") for f in features(each.get(path).content, layer)}
        for each in (client, allowed)
    )
    numbers = true(layer)
    assert hidden == {unit: n if n is None else told(n) for unit, n in shown.items()}
    assert any(numbers.get(unit, (0,))[0] == n > 0 for unit, n in shown.items())
    assert hidden != shown


def features(body, layer):
    return mapbox_vector_tile.decode(body)[layer]["features"]


def test_what_is_small_is_told_apart_by_who_asks(client, allowed):
    one, other = (
        each.get("/api/metrics/incidents", params={"layer": "blocks"}) for each in (client, allowed)
    )
    assert one.headers["etag"] != other.headers["etag"]


def test_who_sees_the_cases_is_told_their_number(client, true):
    numbers = true("blocks")
    few = next(unit for unit, (n, still) in numbers.items() if 0 < still < LEAST)
    panel = client.get(f"/api/units/blocks/{few}").json()
    assert panel["counts"]["open"] == len(panel["cases"]) == numbers[few][1]
