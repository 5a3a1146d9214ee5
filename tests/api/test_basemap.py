"""The base map: a PMTiles file in ranges, and pictures of another service whose key stays here."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.basemap import MAGIC
from api.upstream import LARGEST_BYTES, NoBasemap
from geo.store.settings import Settings

KEY = "secret key/1"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(200))


@pytest.fixture
def other():
    """Another map service on this machine: what it was asked, and its address."""

    class Service(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            if "/1/0/0" in self.path:
                self.send_response(302)
                self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/9/9/9")
                self.end_headers()
                return
            kind = "text/html" if "/1/1/0" in self.path else "image/png"
            body = b"x" * (LARGEST_BYTES + 1) if "/1/0/1" in self.path else PNG
            self.send_response(404 if "/1/1/1" in self.path else 200)
            self.send_header("Content-Type", kind)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield asked, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def client(url, **settings):
    app = create_app(Settings(database_url=url, **settings))
    return TestClient(app, raise_server_exceptions=False)


def test_there_is_none_to_begin_with(sample_url):
    with client(sample_url) as service:
        told = service.get("/api/basemap").json()
        assert (told["kind"], told["url"]) == ("none", None)
        assert service.get("/basemap.pmtiles").status_code == 404
        assert service.get("/basemap/1/0/0").status_code == 404


def test_pictures_come_without_the_key(sample_url, other):
    asked, address = other
    template = address + "/{z}/{x}/{y}?tk={key}"
    with client(sample_url, basemap_url=template, basemap_key=KEY) as service:
        told = service.get("/api/basemap")
        answer = service.get("/basemap/3/2/1")
        again = service.get("/basemap/3/2/1")
    assert told.json()["url"] == "/basemap/{z}/{x}/{y}"
    assert answer.content == again.content == PNG
    assert answer.headers["content-type"] == "image/png"
    assert asked == ["/3/2/1?tk=secret%20key%2F1"]  # once: the second came from memory
    for seen in (told, answer):
        assert "secret" not in seen.text + str(seen.headers)
        assert address not in seen.text + str(seen.headers)


@pytest.mark.parametrize(
    ("tile", "says"),
    [("1/0/0", "302"), ("1/1/0", "text/html"), ("1/0/1", "too large"), ("1/1/1", "404")],
)
def test_what_is_no_picture_is_not_passed_on(sample_url, other, tile, says):
    asked, address = other
    template = address + "/{z}/{x}/{y}?k={key}"
    with client(sample_url, basemap_url=template, basemap_key=KEY) as service:
        answer = service.get(f"/basemap/{tile}")
    assert answer.status_code == 502
    assert says in answer.json()["detail"]
    assert "secret" not in answer.text
    assert len(asked) == 1  # a redirect is not followed


@pytest.mark.parametrize("tile", ["1/2/0", "1/0/2", "19/0/0"])
def test_tiles_outside_of_the_scheme_are_not_asked_for(sample_url, other, tile):
    asked, address = other
    with client(sample_url, basemap_url=address + "/{z}/{x}/{y}") as service:
        assert service.get(f"/basemap/{tile}").status_code == 404
    assert asked == []


def test_a_service_that_is_away_is_a_502(sample_url):
    with client(sample_url, basemap_url="http://127.0.0.1:9/{z}/{x}/{y}") as service:
        answer = service.get("/basemap/1/0/0")
    assert answer.status_code == 502
    assert "127.0.0.1" not in answer.text


def test_memory_is_bounded(sample_url, other):
    asked, address = other
    room = 3 * len(PNG)
    settings = {"basemap_url": address + "/{z}/{x}/{y}", "basemap_cache_bytes": room}
    with client(sample_url, **settings) as service:
        for x in (0, 1, 2, 3, 3, 0):
            service.get(f"/basemap/5/{x}/0").raise_for_status()
        assert service.app.state.upstream.bytes <= room
    assert [path.split("/")[2] for path in asked] == ["0", "1", "2", "3", "0"]


def test_a_file_comes_in_ranges(sample_url, tmp_path):
    file = tmp_path / "town.pmtiles"
    file.write_bytes(MAGIC + bytes(range(256)) * 20)
    with client(sample_url, basemap=file) as service:
        assert service.get("/api/basemap").json()["kind"] == "pmtiles"
        part = service.get("/basemap.pmtiles", headers={"Range": "bytes=1000-4999"})
        whole = service.get("/basemap.pmtiles")
    assert part.status_code == 206
    assert part.content == file.read_bytes()[1000:5000]
    assert part.headers["content-range"] == f"bytes 1000-4999/{file.stat().st_size}"
    assert whole.content == file.read_bytes()


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"basemap_url": "file:///etc/passwd#{z}{x}{y}"}, "http"),
        ({"basemap_url": "http://{key}.example/{z}/{x}/{y}"}, "one host"),
        ({"basemap_url": "http://127.0.0.1/{z}/{x}"}, "{y}"),
        ({"basemap": "/nowhere.pmtiles"}, "no file"),
        ({"basemap": __file__}, "no PMTiles"),
        ({"basemap": __file__, "basemap_url": "http://127.0.0.1/{z}/{x}/{y}"}, "two base maps"),
    ],
)
def test_settings_that_cannot_be_used_are_refused_at_the_start(settings, says):
    with pytest.raises(NoBasemap, match=says):
        create_app(Settings(database_url="postgresql://nowhere", **settings))
