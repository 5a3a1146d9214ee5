"""Every response has its id, its headers, its line in the log and its place in the figures."""

import json
import logging
import os
import re
import signal

import psycopg
import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from api import gate, logs
from api.app import HEADERS, create_app
from geo.store import district, migrate, readiness
from geo.store.database import Setting
from geo.store.settings import Settings, load

SRID = 4549
QUIET = ("/healthz", "/metrics", "/api/openapi.json")


def serve(url, client=("127.0.0.1", 50_000), **settings):
    app = create_app(Settings(database_url=url, **settings))

    @app.get("/broken", tags=["test"])
    def broken():
        raise RuntimeError("the secret of the house")

    @app.get("/broken-midway", tags=["test"])
    async def broken_midway():
        from fastapi.responses import StreamingResponse

        async def body():
            yield b"so far so good"
            raise RuntimeError("and no further")

        return StreamingResponse(body())

    return TestClient(app, client=client)


@pytest.fixture
def town(db):
    district.init(db, Setting("试验区", "319902", SRID, "Asia/Shanghai", 50.0))
    return db


@pytest.fixture
def client(town):
    with serve(town) as client:
        yield client


def operations(client):
    """(method, path, name) of every route in the contract, its parameters filled in."""
    for path, methods in client.app.openapi()["paths"].items():
        for method, told in methods.items():
            filled = path.replace("{layer}", "areas").replace("{id}", "1")
            yield method.upper(), re.sub(r"{\w+}", "0", filled), told["operationId"]


def known_names(routes):
    """The name of every route, in the contract or not."""
    for route in routes:
        if hasattr(route, "original_router"):  # FastAPI keeps a router that was included whole
            yield from known_names(route.original_router.routes)
        else:
            yield gate.name_of(route) if isinstance(route, APIRoute) else route.name


def figures(client):
    answer = client.get("/metrics")
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.text)
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
    }


def counted(client, operation, status):
    name = ("luge_responses_total", ("operation", operation), ("status", status))
    return figures(client).get(name, 0)


def test_alive_and_ready(client):
    assert client.get("/healthz").json() == {"status": "alive"}
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()) == (200, {"status": "ready"})
    assert ready.headers["cache-control"] == "no-store"


def empty(url):
    pass


def without_district(url):
    migrate.migrate(url, SRID)


def older(url, folder):
    """Made by a version that knew one migration less."""
    for file in sorted(migrate.MIGRATIONS.glob("*.sql"))[:-1]:
        (folder / file.name).write_text(file.read_text("utf-8"), "utf-8")
    migrate.migrate(url, SRID, folder)


def newer(url):
    district.init(url, Setting("试验区", "319902", SRID, "Asia/Shanghai", 50.0))
    with psycopg.connect(url) as conn:
        conn.execute("insert into migration values (9999, 'of_tomorrow', 'x')")


@pytest.fixture(params=["empty", "older", "newer"])
def unfit(request, make_database, tmp_path):
    """A database that this version cannot work on, and what its problem must say."""
    url = make_database()
    if request.param == "older":
        older(url, tmp_path)
        return url, "luge db migrate"
    if request.param == "newer":
        newer(url)
        return url, "use the version that made it"
    return url, "luge init"


def test_on_a_database_of_another_version_every_route_says_what_to_do(unfit):
    url, advice = unfit
    with serve(url) as client:
        for method, path, _ in operations(client):
            answer = client.request(method, path)
            if path in QUIET:
                assert answer.status_code == 200, path
                continue
            assert answer.status_code == 503, (method, path)
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.headers["retry-after"].isdecimal()
            assert answer.json()["missing"] == "schema"
            assert advice in answer.json()["detail"]


def test_ready_as_soon_as_the_database_is(make_database):
    url = make_database()
    with serve(url) as client:
        watch = client.app.state.readiness
        assert client.get("/readyz").json()["missing"] == "schema"
        without_district(url)
        while watch.fault().missing != "district":  # each migration is seen as it comes
            watch.stopping.wait(0.05)
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json()["missing"]) == (503, "district")
        assert "luge init" in answer.json()["detail"]
        district.init(url, Setting("试验区", "319902", SRID, "Asia/Shanghai", 50.0))
        while watch.fault():
            watch.stopping.wait(0.05)
        assert client.get("/api/district").status_code == 200


def test_a_database_that_hangs_is_noticed(town, monkeypatch):
    """It keeps its connections and says nothing: no error ever comes."""
    monkeypatch.setattr(readiness, "STALE_S", 1.5)
    with serve(town) as client, psycopg.connect(town, autocommit=True) as conn:
        (pid,) = conn.execute(
            "select pid from pg_stat_activity where application_name = 'luge readiness'"
            " and datname = current_database()"
        ).fetchone()
        assert client.get("/readyz").status_code == 200
        os.kill(pid, signal.SIGSTOP)
        try:
            while not client.app.state.readiness.fault():
                client.app.state.readiness.stopping.wait(0.05)
            answer = client.get("/api/district")
            assert (answer.status_code, answer.json()["missing"]) == (503, "database")
            assert client.get("/healthz").status_code == 200
        finally:
            os.kill(pid, signal.SIGCONT)


def test_losing_one_connection_is_no_outage(client, town):
    with psycopg.connect(town, autocommit=True) as conn:
        for _ in range(5):
            client.get("/api/district")
            conn.execute(
                "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
                " where datname = current_database() and application_name like 'luge%'"
            )
            assert client.get("/api/district").status_code == 200
            assert client.get("/readyz").status_code == 200


def test_a_full_pool_is_told_in_time(town):
    with serve(town, pool_size=1, connection_wait_s=0.3) as client:
        with client.app.state.pool.connection():
            assert figures(client)[("luge_database_connections", ("pool", "requests"),
                                    ("state", "idle"))] == 0  # fmt: skip
            answer = client.get("/api/district")
            assert answer.status_code == 503
            assert "retry-after" in answer.headers
            assert client.get("/readyz").status_code == 200
        assert client.get("/api/district").status_code == 200


def test_a_fault_of_ours_is_a_problem_like_any_other(client, caplog):
    before = counted(client, "test_broken", "5xx")
    answer = client.get("/broken", headers={"X-Request-Id": "of-a-proxy.1"})
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    assert answer.json()["request_id"] == answer.headers["x-request-id"] == "of-a-proxy.1"
    assert "secret" not in answer.text
    (record,) = [r for r in caplog.records if r.exc_info]
    assert record.getMessage() == "test_broken failed"
    assert counted(client, "test_broken", "5xx") == before + 1


def test_a_response_that_breaks_midway_is_logged(client, caplog):
    assert client.get("/broken-midway").text == "so far so good"
    (record,) = [r for r in caplog.records if r.exc_info]
    assert str(record.exc_info[1]) == "and no further"


@pytest.mark.parametrize("path", ["/", "/assets/none.js", "/nope", "/api/district", "/broken",
                                  "/api/locate?lat=1", "/api/imports/9", "/healthz"])  # fmt: skip
def test_every_response_has_the_headers_and_an_id(client, path):
    answer = client.get(path)
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    assert re.fullmatch("[0-9a-f]{16}", answer.headers["x-request-id"])
    if answer.status_code >= 400:
        assert answer.json()["request_id"] == answer.headers["x-request-id"]


@pytest.mark.parametrize("given", ["a", "0f" * 32, "A-b_c.9"])
def test_an_id_that_is_well_formed_is_taken(client, given):
    assert client.get("/healthz", headers={"X-Request-Id": given}).headers["x-request-id"] == given


@pytest.mark.parametrize("given", ["", "x" * 65, "two words", 'a"b', "路", "a\tb"])
def test_another_id_is_replaced(client, given):
    answer = client.get("/healthz", headers={"X-Request-Id": given.encode()})
    assert re.fullmatch("[0-9a-f]{16}", answer.headers["x-request-id"])


def test_operations_have_names_of_their_own(client):
    names = [name for _, _, name in operations(client)]
    assert len(set(names)) == len(names)
    assert {"map_read_tile", "places_search", "imports_run", "operation_healthz"} <= set(names)
    assert not {gate.REFUSED, gate.UNMATCHED} & set(names)


def test_the_log_and_the_figures_use_the_names_of_the_contract(client):
    """Also of routers within routers."""
    asked = [(path, name) for method, path, name in operations(client)
             if method == "GET" and path.startswith("/ogc")]  # fmt: skip
    before = [counted(client, name, status) for _, name in asked for status in ("2xx", "4xx")]
    for path, _ in asked:
        client.get(path)
    after = [counted(client, name, status) for _, name in asked for status in ("2xx", "4xx")]
    assert sum(after) - sum(before) == len(asked) > 10


def test_requests_are_counted_by_operation_never_by_path(client):
    for path in ("/x1", "/x2", "/tiles/areas/0/0/0.mvt", "/tiles/areas/99/0/0.mvt", "/assets/y.js"):
        client.get(path)
    client.get("/api/district", headers={"Host": "evil.example"})
    told = figures(client)
    names = {value for key in told for name, value in key[1:] if name == "operation"}
    assert {"map_read_tile", "unmatched", "refused", "assets"} <= names
    known = known_names(client.app.routes)
    # Figures are of the process: other tests have asked for more, but only for what there is.
    assert names <= {"unmatched", "refused", "test_broken", "test_broken_midway", *known}
    assert told[("luge_requests_in_flight",)] == 1  # this one
    assert told[("luge_workers",)] == told[("luge_ready",)] == 1
    assert told[("luge_memory_bytes",)] > 10e6
    assert told[("luge_database_waiting", ("pool", "requests"))] == 0
    count = told[("luge_request_seconds_count", ("operation", "map_read_tile"))]
    infinite = ("luge_request_seconds_bucket", ("le", "+Inf"), ("operation", "map_read_tile"))
    assert told[infinite] == count


def test_a_tile_from_the_shelf_passes_the_gate_too(client):
    path = "/tiles/areas/9/428/208.mvt"
    drawn = client.get(path)
    while not client.app.state.shelf.fresh(path.encode()):  # who begins to serve refreshes layers
        drawn = client.get(path)
    before = counted(client, "map_read_tile", "2xx")
    kept = client.get(path)
    again = client.get(path)
    assert drawn.status_code == kept.status_code == again.status_code in (200, 204)
    assert counted(client, "map_read_tile", "2xx") == before + 2
    assert {name: kept.headers[name] for name in HEADERS} == HEADERS
    assert drawn.headers["x-request-id"] != kept.headers["x-request-id"]
    assert client.get(path, headers={"Host": "evil.example"}).status_code == 421


@pytest.mark.parametrize(
    ("address", "networks", "status"),
    [
        ("127.0.0.1", (), 200),
        ("::1", (), 200),
        ("192.0.2.7", (), 403),
        ("192.0.2.7", "192.0.2.0/24, 2001:db8::/32", 200),
        ("2001:db8::5", "192.0.2.0/24, 2001:db8::/32", 200),
        ("198.51.100.1", "192.0.2.0/24, 2001:db8::/32", 403),
        ("what a proxy says", "192.0.2.0/24", 403),
    ],
)
def test_who_may_read_the_figures(town, address, networks, status):
    with serve(town, client=(address, 1), metrics_from=networks) as client:
        assert client.get("/metrics").status_code == status
        assert client.get("/healthz").status_code == 200


LOCAL = ["localhost", "localhost:8000", "LOCALHOST.", "127.0.0.1:80", "127.1.2.3", "[::1]:8000"]
FOREIGN = ["evil.example", "evil.example:8000", "localhost.evil.example", "", "::", "0x7f.1"]
ADDRESSES = ["192.0.2.7", "[2001:db8::1]:8000"]


def refused(url, name, **settings):
    app = create_app(Settings(database_url=url, **settings))
    answer = TestClient(app).get("/healthz", headers={"Host": name})
    assert answer.status_code in (200, 421)
    assert answer.status_code == 200 or answer.headers["content-type"] == "application/problem+json"
    return answer.status_code == 421


@pytest.mark.parametrize("listens_on", ["127.0.0.1", "::1", "localhost"])
def test_on_loopback_only_its_own_names_are_served(db, listens_on):
    """Else a page anywhere could have its name lead here, and read all of it (DNS rebinding)."""
    assert not any(refused(db, host, host=listens_on) for host in LOCAL)
    assert all(refused(db, host, host=listens_on) for host in FOREIGN + ADDRESSES)
    assert not refused(db, "luge.lan:8000", host=listens_on, hosts=("other", "Luge.lan"))


def test_to_other_machines_addresses_and_listed_names_are_served(db):
    public = {"host": "0.0.0.0", "hosts": ("luge.lan",)}  # noqa: S104
    assert not any(refused(db, host, **public) for host in [*LOCAL, *ADDRESSES, "luge.lan"])
    assert all(refused(db, host, **public) for host in FOREIGN if host != "::")


def test_two_hosts_are_none(client):
    headers = [("Host", "localhost"), ("Host", "evil.example")]
    assert client.get("/healthz", headers=headers).status_code == 421


def test_lists_are_read_from_variables(monkeypatch):
    monkeypatch.setenv("LUGE_HOSTS", "luge.lan, map.example")
    monkeypatch.setenv("LUGE_METRICS_FROM", "192.0.2.0/24,::1")
    settings = load()
    assert settings.hosts == ("luge.lan", "map.example")
    assert [str(network) for network in settings.metrics_from] == ["192.0.2.0/24", "::1/128"]


def test_text_lines_carry_level_and_id():
    record = logging.LogRecord("luge", logging.WARNING, "", 0, "it is %s", ("late",), None)
    token = logs.REQUEST_ID.set("abc")
    try:
        line = logs.Text().format(record)
        told = json.loads(logs.Json().format(record))
    finally:
        logs.REQUEST_ID.reset(token)
    assert re.fullmatch(r"\d\d:\d\d:\d\d WARNING it is late \[abc\]", line)
    assert (told["level"], told["message"], told["request_id"]) == ("warning", "it is late", "abc")
