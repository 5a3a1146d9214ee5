"""HEAD wherever GET is, and gzip for whoever takes it and nobody else."""

import re
import socket

import pytest
from fastapi.testclient import TestClient
from processes import service
from services import serve, tile_of

from api.app import create_app
from api.packing import takes_gzip
from geo.store.settings import Settings

TILE = tile_of(121.0, 31.09, 14)
PATHS = [
    "/healthz", "/readyz", "/metrics", "/api/openapi.json", "/api/layers", "/tiles/areas.json",
    f"/tiles/areas/{TILE.z}/{TILE.x}/{TILE.y}.mvt", "/tiles/areas/9/0/0.mvt", "/ogc",
    "/ogc/collections", "/ogc/collections/incidents/items?limit=3", "/ogc/collections/none",
    f"/ogc/collections/areas/tiles/WebMercatorQuad/{TILE.z}/{TILE.y}/{TILE.x}", "/nothing",
    "/api/export?layers=stations&format=csv", "/api/export?layers=stations&format=gpkg",
    "/assets/none.js",
]  # fmt: skip
# Not the same in any two answers; figures and files tell the time.
OWN = ("x-request-id", "content-length", "date", "luge-about")


@pytest.fixture(scope="module")
def client(sample_url):
    """On this machine, where figures may be read."""
    app = create_app(Settings(database_url=sample_url))
    with TestClient(app, client=("127.0.0.1", 50_000)) as client:
        yield client


@pytest.mark.parametrize("path", PATHS)
def test_head_is_get_without_its_body(client, path):
    got, head = client.get(path), client.head(path)
    assert head.status_code == got.status_code
    assert head.content == b""
    kept = [{k: v for k, v in it.headers.items() if k not in OWN} for it in (head, got)]
    assert kept[0] == kept[1]


def test_head_of_what_cannot_be_got_is_405(client):
    answer = client.head("/api/measure")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"
    assert client.post("/healthz").headers["allow"] == "GET, HEAD"


def test_head_is_counted_as_what_it_asks_for(client):
    def counted():
        figures = client.get("/metrics").text
        told = re.findall(r'operation="ogc_landing_page",status="2xx"} (\S+)', figures)
        return float(told[0]) if told else 0

    before = counted()
    client.head("/ogc")
    assert counted() == before + 1


def test_head_of_a_stream_ends_and_the_connection_goes_on(sample_url):
    """As it comes over the wire: no byte of a body between two answers."""
    asked = ("/api/live", "/api/export?layers=incidents&format=csv", "/healthz", "/nothing")
    with service(sample_url) as port, socket.create_connection(("127.0.0.1", port)) as conn:
        conn.settimeout(30)
        with conn.makefile("rb") as coming:
            for path in asked:
                conn.sendall(f"HEAD {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
                first = coming.readline()
                assert first.startswith(b"HTTP/1.1 404" if path == "/nothing" else b"HTTP/1.1 200")
                while coming.readline() != b"\r\n":
                    pass


def test_an_export_that_was_only_looked_at_holds_nothing(sample_url):
    with serve(sample_url) as client:
        for _ in range(client.app.state.settings.exports_at_once + 1):
            head = client.head("/api/export?layers=incidents&format=csv")
            assert head.status_code == 200
        assert client.app.state.exports._value == client.app.state.settings.exports_at_once


@pytest.mark.parametrize(
    ("accepted", "taken"),
    [
        ("gzip", True), ("br, gzip;q=0.5", True), ("GZIP ; Q=1", True), ("x-gzip", True),
        ("*", True), ("*;q=0.1, br", True), ("", False), ("identity", False), ("br", False),
        ("gzip;q=0", False), ("gzip;q=0.000", False), ("*, gzip;q=0", False), ("*;q=0", False),
        ("gzip;q=x", False), ("notgzip", False), ("gzip;q=0, x-gzip", True),
    ],
)  # fmt: skip
def test_gzip_is_for_who_takes_it(client, accepted, taken):
    assert takes_gzip(accepted.encode()) == taken
    tile = f"/tiles/blocks/{TILE.z}/{TILE.x}/{TILE.y}.mvt"
    # With parameters a tile goes another way than plain ones.
    for path in ("/ogc/collections", tile, f"{tile}?on=2024-01-01"):
        if "x-gzip" in accepted or accepted == "notgzip":
            continue  # words as no client sends them
        answer = client.get(path, headers={"Accept-Encoding": accepted})
        assert answer.status_code == 200
        assert (answer.headers.get("content-encoding") == "gzip") == taken
        assert "accept-encoding" in answer.headers["vary"].lower()
