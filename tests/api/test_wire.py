"""Kept tiles answered from the bytes of a request: as uvicorn and the framework answer them."""

import re
import socket
import threading
import time
from contextlib import contextmanager

import psycopg
import pytest
import uvicorn
from hypothesis import given, settings
from hypothesis import strategies as st
from services import tile_of

from api.app import create_app
from api.wire import Wire, read
from geo.store.settings import Settings

# Headers that are not the same in any two answers.
OWN = ("date:", "x-request-id:")


class Watched(Wire):
    """Remembers how many requests were answered at once."""

    at_once = 0

    def _at_once(self, data):
        answer = super()._at_once(data)
        Watched.at_once += answer is not None
        return answer


@contextmanager
def serving(url, http):
    app = create_app(Settings(database_url=url))
    config = uvicorn.Config(app, port=0, http=http, loop="uvloop", log_level="warning")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.02)
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def ports(sample_url):
    """The service with the short cut, and without."""
    with serving(sample_url, Watched) as short, serving(sample_url, "httptools") as long:
        yield short, long


@pytest.fixture(scope="module")
def tile(sample_url):
    """The path of a tile that holds blocks."""
    with psycopg.connect(sample_url) as conn:
        sql = "select st_x(p), st_y(p) from (select st_transform(st_centroid(geom), 4326) as p"
        lon, lat = conn.execute(f"{sql} from block order by id limit 1) as found").fetchone()
    z, x, y = tile_of(lon, lat, 16)
    return f"/tiles/blocks/{z}/{x}/{y}.mvt"


def answers(port, pieces, count=1):
    """What the service sends: of each answer its first line, its headers, and its body."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as conn:
        conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for n, piece in enumerate(pieces):
            time.sleep(0.02 * (n > 0))  # so that it comes as a piece of its own
            conn.sendall(piece)
        with conn.makefile("rb") as coming:
            return [_answer(coming) for _ in range(count)]


def _answer(coming):
    first = coming.readline().decode()
    headers = [line.decode().strip() for line in iter(coming.readline, b"\r\n")]
    found = dict(line.split(": ", 1) for line in headers)
    body = coming.read(int(found.get("content-length", 0)))
    body = re.sub(rb'"request_id":"\w+"', b"", body)
    return first, sorted(h for h in headers if not h.startswith(OWN)), body


def tag_of(port, path):
    _, headers, _ = answers(port, [request(path)])[0]
    return next(h for h in headers if h.startswith("etag")).partition(": ")[2]


def request(path, *headers):
    lines = [f"GET {path} HTTP/1.1", *(headers or ["Host: localhost"]), "", ""]
    return "\r\n".join(lines).encode()


LINES = st.sampled_from([
    "If-None-Match: TAG", 'if-none-match: "other", TAG', "If-None-Match: W/TAG",
    "If-None-Match: *", 'If-None-Match: "other"', "If-None-Match:", "Accept-Encoding: gzip, br",
    "ACCEPT-ENCODING: identity", "Accept-Encoding:\tgzip", "Connection: keep-alive",
    "Connection: close", "Content-Length: 0", "X-Request-Id: ours", "Range: bytes=0-3",
    "Expect: 200-ok", "User-Agent: Host: elsewhere", "Accept: */*",
])  # fmt: skip
HOSTS = st.sampled_from(["Host: localhost", "HOST: 127.0.0.1:8000", "Host: evil.example", "Host:"])
QUERIES = st.sampled_from(["", "?rev=1.2.3", "?on=2026-03-01", "?system=x", "?"])


@settings(max_examples=60)
@given(host=HOSTS, lines=st.lists(LINES, max_size=4), query=QUERIES, first=st.booleans())
def test_the_answer_is_the_same(ports, tile, host, lines, query, first):
    tag = tag_of(ports[0], tile)
    lines = [line.replace("TAG", tag) for line in lines]
    asked = request(tile + query, *([host, *lines] if first else [*lines, host]))
    for _ in range(2):  # drawn, then kept
        assert answers(ports[0], [asked]) == answers(ports[1], [asked])


def test_kept_tiles_take_the_short_cut(ports, tile):
    answers(ports[0], [request(tile)])
    before = Watched.at_once
    tag = tag_of(ports[0], tile)
    browser = ["Host: 127.0.0.1:8000", "Connection: keep-alive", "Accept-Encoding: gzip, br, zstd"]
    assert answers(ports[0], [request(tile, *browser)])[0][0] == "HTTP/1.1 200 OK\r\n"
    known = request(tile, *browser, f"If-None-Match: {tag}")
    assert answers(ports[0], [known])[0][0] == "HTTP/1.1 304 Not Modified\r\n"
    assert Watched.at_once == before + 3


@pytest.mark.parametrize("cut", [3, 14, 40, 60])
def test_a_request_in_two_pieces(ports, tile, cut):
    whole = request(tile, "Host: localhost", "Accept: */*")
    found = [answers(port, [whole[:cut], whole[cut:]]) for port in ports]
    assert found[0] == found[1]


def test_what_looks_like_a_request_inside_of_another_is_none(ports, tile):
    answers(ports[0], [request(tile)])
    outer = b"GET /healthz HTTP/1.1\r\nX-Inner: "
    found = [answers(port, [outer, request(tile)]) for port in ports]
    assert found[0] == found[1]
    assert b"blocks" not in found[0][0][2]


def test_two_requests_in_one_piece_are_answered_in_turn(ports, tile):
    other = request("/healthz")
    for pair in (request(tile) + other, other + request(tile), request(tile) * 2):
        assert answers(ports[0], [pair], 2) == answers(ports[1], [pair], 2)


@pytest.mark.parametrize(
    "lines",
    [
        b"\r\nHost: a\r\n", b"\r\n\r\n", b"\r\nHost: a\r\nHost: b\r\n\r\n",
        b"\r\nHost: a\r\nContent-Length : 5\r\n\r\n", b"\r\nHost: a\nContent-Length: 5\r\n\r\n",
        b"\r\nHost: a\r\n folded\r\n\r\n", b"\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"\r\nHost: a\r\n\r\nrest",
        b'\r\nHost: a\r\nIf-None-Match: "a"\r\nIf-None-Match: "b"\r\n\r\n',
    ],
)  # fmt: skip
def test_what_is_not_plain_goes_the_long_way(lines):
    assert read(lines) is None
