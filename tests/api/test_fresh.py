"""Tiles are kept while they hold and drawn anew when they do not: nothing else changes them."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psycopg
import pytest
from services import serve, tile_of
from starlette.testclient import TestClient

from api.app import create_app
from geo.layers import LAYERS
from geo.store.settings import Settings
from geo.store.tiles import Tile

PATIENCE_S = 20


@pytest.fixture
def town(make_database, sample_url):
    """A copy of the sample district that may be changed."""
    return make_database(sample_url)


@pytest.fixture
def service(town):
    with serve(town) as client:
        yield client


def path_of(layer, tile):
    return f"/tiles/{layer}/{tile.z}/{tile.x}/{tile.y}.mvt"


def tile_at(url, layer, zoom, order="id"):
    """The tile with a feature of the layer in it: the first one in the given order."""
    with psycopg.connect(url) as conn:
        lon, lat = conn.execute(
            "select st_x(p), st_y(p) from (select st_transform(st_pointonsurface(geom), 4326) as p"
            f" from layer_{layer} order by {order} limit 1) as found"
        ).fetchone()
    return tile_of(lon, lat, zoom)


def until(holds):
    """Waits until the service has heard of a change."""
    end = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end, "the change was never heard of"
        time.sleep(0.02)


@contextmanager
def locked(url, table):
    """Inside, whoever reads ``table`` waits: what still answers did not read it."""
    with psycopg.connect(url) as conn:
        conn.execute(f"lock table {table} in access exclusive mode")
        yield
        conn.rollback()


@pytest.mark.parametrize("layer", ["blocks", "incidents", "segments", "areas"])
def test_unchanged_tile_is_304_without_reading_geometry(town, service, layer):
    table = {"blocks": "block", "incidents": "incident", "segments": "segment", "areas": "area"}
    path = path_of(layer, tile_at(town, layer, 15))
    first = service.get(path)
    assert first.status_code == 200
    assert first.headers["cache-control"] == "private, no-cache"
    with locked(town, table[layer]):
        known = {"if-none-match": first.headers["etag"]}
        assert service.get(path, headers=known).status_code == 304
        assert service.get(path).content == first.content


def test_a_restart_keeps_entity_tags(town):
    path = path_of("blocks", tile_at(town, "blocks", 15))
    with serve(town) as one:
        first = one.get(path)
    with serve(town) as two, locked(town, "block"):
        known = {"if-none-match": first.headers["etag"]}
        assert two.get(path, headers=known).status_code == 304


def test_an_edit_changes_the_tiles_it_touches_and_no_others(town, service):
    touched = path_of("stations", tile_at(town, "stations", 17))
    above = path_of("stations", tile_at(town, "stations", 12))
    far = path_of("stations", tile_at(town, "stations", 17, "st_x(geom) desc"))
    other = path_of("merchants", tile_at(town, "stations", 17))
    before = {path: service.get(path) for path in (touched, above, far, other)}
    with psycopg.connect(town) as conn:
        conn.execute("update station set name = '改名站' where id = (select min(id) from station)")
    until(lambda: service.get(touched).headers["etag"] != before[touched].headers["etag"])
    assert "改名站".encode() in service.get(touched).content
    assert service.get(above).headers["etag"] != before[above].headers["etag"]
    for path in (far, other):
        assert service.get(path).headers["etag"] == before[path].headers["etag"]


def test_tile_of_the_revision_may_be_kept_for_good(town, service):
    layer = next(x for x in service.get("/api/layers").json()["layers"] if x["key"] == "stations")
    path = path_of("stations", tile_at(town, "stations", 17))
    kept = service.get(f"{path}?rev={layer['revision']}")
    assert "immutable" in kept.headers["cache-control"]
    before = service.get(path).headers["etag"]
    with psycopg.connect(town) as conn:
        conn.execute("update station set name = '改名站' where id = (select min(id) from station)")
    until(lambda: service.get(path).headers["etag"] != before)
    old = service.get(f"{path}?rev={layer['revision']}")
    assert old.headers["cache-control"] == "private, no-cache"
    assert "改名站".encode() in old.content
    tilejson = service.get("/tiles/stations.json").json()
    assert layer["revision"] not in tilejson["tiles"][0]


def test_grids_are_of_the_day(town, service):
    tile = tile_at(town, "grids", 14)
    with psycopg.connect(town) as conn:
        begin = conn.execute("select min(valid_from) from plan where status = 'published'")
        start = begin.fetchone()[0]
    assert service.get(f"{path_of('grids', tile)}?on={start}").status_code == 200
    assert service.get(f"{path_of('grids', tile)}?on=1999-01-01").status_code == 204


def test_a_period_and_open_ones_only(town, service):
    path = path_of("incidents", tile_at(town, "incidents", 14))
    whole = len(service.get(path).content)
    some = service.get(f"{path}?since=2026-01-01&until=2026-02-01")
    assert 0 < len(some.content) < whole
    assert service.get(f"{path}?since=2199-01-01").status_code == 204
    assert len(service.get(f"{path}?open=true").content) < whole


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("blocks/14/0/0.mvt?open=true", "open"),
        ("blocks/14/0/0.mvt?since=2026-01-01", "since"),
        ("stations/14/0/0.mvt?system=party", "system"),
        ("stations/14/0/0.mvt?on=2026-01-01", "on"),
        ("stations/14/0/0.mvt?metric=incidents", "no metric"),
    ],
)
def test_what_a_layer_does_not_have_is_refused(service, query, said):
    answer = service.get(f"/tiles/{query}")
    assert answer.status_code == 400
    assert said in answer.json()["detail"]


@pytest.mark.parametrize("layer", LAYERS.values(), ids=lambda layer: layer.key)
def test_tilejson_tells_what_tiles_hold(service, layer):
    found = service.get(f"/tiles/{layer.key}.json").json()
    assert found["tilejson"] == "3.0.0"
    assert [part["id"] for part in found["vector_layers"]] == list(layer.parts)
    shown = {c.name for c in layer.columns if c.from_zoom <= layer.max_zoom and not c.right}
    assert shown <= found["vector_layers"][0]["fields"].keys()
    assert found["minzoom"] == layer.min_zoom
    west, south, east, north = found["bounds"]
    assert 120 < west < east < 123
    assert 30 < south < north < 33
    address = found["tiles"][0].format(z=14, x=0, y=0)
    assert service.get(address).status_code == 204


def test_the_shelf_is_bounded_in_bytes(town):
    settings = Settings(database_url=town, tile_cache_bytes=100_000)
    with TestClient(create_app(settings)) as client:
        corner = tile_at(town, "roads", 16)
        for dx in range(-4, 5):
            for dy in range(-4, 5):
                tile = Tile(16, corner.x + dx, corner.y + dy)
                client.get(path_of("roads", tile))
                shelf = client.app.state.shelf.drawn
                assert 0 < shelf.currsize <= 100_000


def test_many_who_ask_at_once_wait_for_one_drawing(town, service):
    path = path_of("blocks", tile_at(town, "blocks", 15))
    barrier = threading.Barrier(20)

    def ask():
        barrier.wait()
        return service.get(path)

    with ThreadPoolExecutor(20) as pool:
        with locked(town, "block"), psycopg.connect(town, autocommit=True) as conn:
            asked = [pool.submit(ask) for _ in range(20)]
            waiting = "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
            waiting += " and datname = current_database()"
            until(lambda: conn.execute(waiting).fetchone() == (1,))
            time.sleep(0.3)  # time in which more would have come, were they not waiting
            assert conn.execute(waiting).fetchone() == (1,)
        answers = [found.result() for found in asked]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1


def test_tiles_are_right_while_nobody_watches(town, service):
    """The listening connection is lost: every answer is checked against the database."""
    path = path_of("stations", tile_at(town, "stations", 17))
    before = service.get(path).headers["etag"]
    with psycopg.connect(town, autocommit=True) as conn:
        conn.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and query ilike '%luge_change%'"
            " and pid <> pg_backend_pid()"
        )
        conn.execute("update station set name = '改名站' where id = (select min(id) from station)")
    until(lambda: service.get(path).headers["etag"] != before)
    assert "改名站".encode() in service.get(path).content
