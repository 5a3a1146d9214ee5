"""The service as processes: stopped while it works, its database restarted, several as one."""

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

import httpx2
import psycopg
import pytest
from operating import LUGE, PATIENCE_S, ROOT, environment, running, until
from services import tile_of
from test_imports import BYTES, NAMED, areas, count, lonlat, shops, slow_down

from geo.store import cluster, district, importing, migrate, premises
from geo.store.database import Setting, transaction

SRID = 4549


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


@pytest.fixture
def town(db, tmp_path):
    make_town(db, tmp_path)
    return db


def make_town(url, folder):
    district.init(url, Setting("试验区", "319902", SRID, "Asia/Shanghai", 50.0))
    file = folder / "areas.geojson"
    file.write_bytes(areas())
    with transaction(url) as conn:
        importing.import_file(conn, file, "areas")


@pytest.fixture(scope="module")
def own_home():
    """A home with a PostGIS of its own, that can be stopped without harm to other tests."""
    folder = Path(tempfile.mkdtemp(prefix="luge-test-"))
    folder.chmod(0o755)
    home = folder / ".luge"
    make_town(cluster.start(home, fast=True), folder)
    cluster.stop(home)
    yield home
    cluster.stop(home)
    place = premises.folder(home)
    for remains in {place, premises.socket_folder(place), folder}:
        shutil.rmtree(remains, ignore_errors=True)


def blocking(url, table="merchant"):
    """A connection that keeps everybody from reading the table until it is closed."""
    conn = psycopg.connect(url)
    conn.execute(f"lock table {table} in access exclusive mode")
    return conn


def ask_beside(service, path, answered):
    """Asks in a thread; the answer, or the error, goes into the list."""

    def ask():
        try:
            answered.append(httpx2.get(service.url + path, timeout=PATIENCE_S))
        except httpx2.TransportError as error:
            answered.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    return thread


def under_way(service):
    found = re.search(r"^luge_requests_in_flight ([\d.]+)$", metrics(service), re.M)
    return float(found[1]) - 1


def metrics(service):
    return service.http.get("/metrics").text


def test_a_request_is_one_line_that_names_no_place(town, home):
    with running(home, database_url=town) as service:
        answer = service.http.get("/api/locate?lon=121.4&lat=31.2", headers={"X-Request-Id": "a.1"})
        assert answer.status_code == 200
        service.http.get("/somebody/139-1234-5678")
        assert service.end() == 0
        asked, missed = service.requests()[-2:]
    assert asked.pop("time").endswith("+00:00")
    assert asked.pop("ms") > 0
    assert asked == {
        "level": "info", "logger": "luge.request", "process": service.process.pid,
        "request_id": "a.1", "operation": "places_locate", "method": "GET", "status": 200,
        "bytes": len(answer.content),
    }  # fmt: skip
    assert (missed["operation"], missed["status"]) == ("unmatched", 404)
    text = service.log.read_text()
    assert not re.search(r"121\.4|139|127\.0\.0\.1\"|lon", text)
    assert service.messages()[-1] == "stopped"


def test_addresses_of_clients_are_logged_where_asked(town, home):
    with running(home, database_url=town, log_clients=True) as service:
        assert until(service.requests)[0]["client"] == "127.0.0.1"


def test_what_is_under_way_is_finished_on_sigterm(town, home):
    with running(home, database_url=town) as service:
        blocker, answered = blocking(town), []
        thread = ask_beside(service, "/api/district", answered)
        until(lambda: under_way(service) == 1)
        service.process.send_signal(signal.SIGTERM)
        until(lambda: not accepts(service))
        assert service.process.poll() is None
        blocker.close()
        assert service.process.wait(PATIENCE_S) == 0
        thread.join()
    assert answered[0].status_code == 200
    assert answered[0].json()["name"] == "试验区"
    assert "stopped" in service.messages()


def accepts(service):
    port = int(service.url.rpartition(":")[2])
    with socket.socket() as knock:
        return knock.connect_ex(("127.0.0.1", port)) == 0


def test_what_takes_too_long_is_broken_off(town, home):
    with running(home, database_url=town, shutdown_s=1) as service:
        blocker, answered = blocking(town), []
        thread = ask_beside(service, "/api/district", answered)
        until(lambda: under_way(service) == 1)
        began = time.monotonic()
        assert service.end() == 0
        took = time.monotonic() - began
        thread.join()
        blocker.close()
    assert 1 <= took < 8
    assert answered[0].status_code == 503
    assert "being stopped" in answered[0].json()["detail"]
    assert "1 requests were broken off" in service.messages()


@pytest.mark.parametrize("workers", [1, 2])
def test_streams_end_when_the_service_stops(town, home, workers):
    """They would go on for ever: neither the stop waits for them, nor are they cut off."""
    words = ("--workers", str(workers))
    with running(home, *words, database_url=town, shutdown_s=600) as service:
        with service.http.stream("GET", "/api/live") as stream:
            told = stream.iter_lines()
            next(line for line in told if line == "event: ready")
            service.process.send_signal(signal.SIGTERM)
            list(told)  # to its end, which is a proper one: else it raises
        assert service.process.wait(PATIENCE_S) == 0
    errors = [line for line in service.lines() if line["level"] == "error"]
    assert not errors


def test_a_port_in_use_is_told(town, home):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [*LUGE, "serve", "--port", str(port)], cwd=ROOT, capture_output=True, text=True,
            env=environment(home, database_url=town, log="text"),
        )  # fmt: skip
    assert done.returncode == 1
    assert str(port) in done.stderr
    assert "LUGE_PORT" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_a_database_at_the_start_there_is_no_service(home):
    nowhere = "postgresql://nobody@127.0.0.1:1/nothing"
    done = subprocess.run(
        [*LUGE, "serve", "--port", "0"], cwd=ROOT, capture_output=True, text=True,
        env=environment(home, database_url=nowhere),
    )  # fmt: skip
    assert done.returncode == 1
    assert "LUGE_DATABASE_URL" in done.stderr


def test_an_older_database_is_brought_up_to_date_while_the_service_runs(make_database, tmp_path):
    url, older = make_database(), tmp_path / "older"
    older.mkdir()
    for file in sorted(migrate.MIGRATIONS.glob("*.sql"))[:-1]:
        (older / file.name).write_text(file.read_text("utf-8"), "utf-8")
    migrate.migrate(url, SRID, older)
    with psycopg.connect(url) as conn:
        conn.execute("insert into setting (name, code, time_zone, link_distance_m)"
                     " values ('试验区', '319902', 'Asia/Shanghai', 50)")  # fmt: skip
    with running(tmp_path / "home", database_url=url) as service:
        assert "luge db migrate" in service.http.get("/api/district").json()["detail"]
        done = subprocess.run([*LUGE, "db", "migrate"], cwd=ROOT, capture_output=True, text=True,
                              env=environment(tmp_path / "home", database_url=url))  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert done.stdout.split() == [sorted(migrate.MIGRATIONS.glob("*.sql"))[-1].stem]
        until(lambda: service.http.get("/readyz").status_code == 200, 10)
        assert service.http.get("/api/district").json()["name"] == "试验区"


def test_who_started_the_postgis_stops_it(own_home):
    with running(own_home) as first, running(own_home) as second:
        assert cluster.status(own_home).running
        assert second.end() == 0
        assert cluster.status(own_home).running
        assert first.http.get("/api/district").status_code == 200
        assert first.end(signal.SIGINT) == 0
        assert not cluster.status(own_home).running


def fast(home):
    cluster.stop(home)


def killed(home):
    """As a machine short of memory does."""
    os.kill(cluster.status(home).pid, signal.SIGKILL)
    until(lambda: not cluster.status(home).running)


@pytest.mark.parametrize(("workers", "stop"), [("1", fast), ("2", killed)])
def test_a_restart_of_the_database_needs_none_of_the_service(own_home, stop, workers):
    url = cluster.start(own_home, fast=True)
    with running(own_home, "--workers", workers, connection_wait_s=2) as service:
        assert service.http.get("/api/district").status_code == 200
        stop(own_home)
        for _ in range(40):
            began = time.monotonic()
            answer = service.http.get("/api/district")
            assert time.monotonic() - began < 3
            assert answer.status_code == 503
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.headers["retry-after"] == "5"
            assert "luge db status" in answer.json()["detail"]
            time.sleep(0.05)
        assert service.http.get("/readyz").json()["missing"] == "database"
        assert service.http.get("/healthz").status_code == 200
        assert "luge_ready 0.0" in metrics(service)
        cluster.start(own_home, fast=True)
        began = time.monotonic()
        until(lambda: service.http.get("/api/district").status_code == 200)
        assert time.monotonic() - began < 5
        assert [service.http.get("/api/district").status_code for _ in range(50)] == [200] * 50
        assert run(service, upload(service))["status"] == "done"
        assert service.end() == 0
        assert cluster.status(own_home).running  # it was running before
    with psycopg.connect(url) as conn:
        conn.execute("truncate import_job, merchant cascade")


@pytest.mark.parametrize("stop", [fast, killed])
def test_restarts_under_load_give_answers_and_503_and_nothing_else(own_home, stop):
    cluster.start(own_home, fast=True)
    tile = tile_of(*map(float, lonlat(400, 200)), 15)
    paths = ["/api/district", "/api/locate?lon=121.4&lat=31.2"]
    paths.append(f"/tiles/areas/15/{tile.x}/{tile.y}.mvt")
    with running(own_home, connection_wait_s=2, tile_cache_bytes=0) as service:
        statuses, over = Counter(), threading.Event()
        askers = [threading.Thread(target=hammer, args=(service, path, statuses, over))
                  for path in paths * 3]  # fmt: skip
        for asker in askers:
            asker.start()
        for _ in range(3):
            time.sleep(0.7)
            stop(own_home)
            cluster.start(own_home, fast=True)
        until(lambda: service.http.get("/api/district").status_code == 200)
        over.set()
        for asker in askers:
            asker.join()
        assert set(statuses) == {200, 503}, service.log.read_text()[-3000:]
        assert service.end() == 0


def hammer(service, path, statuses, over):
    with httpx2.Client(base_url=service.url, timeout=PATIENCE_S) as http:
        while not over.is_set():
            statuses[http.get(path).status_code] += 1
            time.sleep(0.005)


def upload(service, number=0):
    params = {"kind": "merchants", "name": f"{number}.csv"}
    answer = service.http.post("/api/imports", params=params, content=shops(5), headers=BYTES)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def run(service, job):
    assert service.http.post(f"/api/imports/{job}/run", json=NAMED).status_code == 202
    return wait(service, job)


def wait(service, job):
    over = ("done", "failed", "cancelled")
    until(lambda: service.http.get(f"/api/imports/{job}").json().get("status") in over)
    return service.http.get(f"/api/imports/{job}").json()


def test_an_import_that_the_database_leaves_is_told_and_can_be_run_again(own_home):
    url = cluster.start(own_home, fast=True)
    slow_down(url, 30)
    with running(own_home) as service:
        job = upload(service)
        service.http.post(f"/api/imports/{job}/run", json=NAMED)
        until(lambda: service.http.get(f"/api/imports/{job}").json()["step"].startswith("writing"))
        cluster.stop(own_home)
        cluster.start(own_home, fast=True)
        until(lambda: service.http.get("/readyz").status_code == 200)
        failed = wait(service, job)
        assert (failed["status"], failed["kept"]) == ("failed", True)
        assert "Nothing was written" in failed["error"]
        assert count(url) == 0
        with psycopg.connect(url) as conn:
            conn.execute("drop trigger dawdle on merchant; drop function dawdle")
        assert run(service, job)["summary"]["inserted"] == 5
        assert service.end() == 0
    with psycopg.connect(url) as conn:
        conn.execute("truncate import_job, merchant cascade")


@pytest.fixture
def three(town, home):
    with running(home, "--workers", "3", database_url=town) as service:
        until(lambda: "luge_workers 3.0" in metrics(service))
        yield service


def fresh(service, path):
    """Each on a connection of its own, so that any of the processes may answer."""
    return httpx2.get(service.url + path, timeout=PATIENCE_S)


def test_several_processes_answer_and_count_as_one(three, home):
    bodies = {fresh(three, "/api/areas").text for _ in range(60)}
    assert len(bodies) == 1
    until(lambda: len(of_areas(three)) == 60)
    by = Counter(line["process"] for line in of_areas(three))
    assert len(by) > 1, "one process answered all"
    for _ in range(5):
        told = fresh(three, "/metrics").text
        assert 'luge_responses_total{operation="places_areas",status="2xx"} 60.0' in told
    assert three.end() == 0
    assert list((home / "metrics").iterdir()) == []


def of_areas(service):
    return [line for line in service.requests() if line["operation"] == "places_areas"]


def test_several_processes_run_each_import_once(three, town):
    made = [upload(three, number) for number in range(8)]
    for job in made:
        fresh(three, "/healthz")
        three.http.post(f"/api/imports/{job}/run", json=NAMED)
    done = [wait(three, job) for job in made]
    assert {job["status"] for job in done} == {"done"}
    assert sum(job["summary"]["inserted"] for job in done) == 5
    assert sum(job["summary"]["unchanged"] for job in done) == 35
    assert count(town) == 5
    assert count(town, "import_run") == 9


def processes(service):
    return {int(pid) for pid in re.findall(r"process (\d+) serves", "\n".join(service.messages()))}


def test_a_process_that_is_killed_is_replaced(three):
    first = processes(three)
    assert len(first) == 3
    os.kill(min(first), signal.SIGSTOP)
    time.sleep(1)  # its parent asks how it is by now, and waits
    os.kill(min(first), signal.SIGKILL)
    until(lambda: len(processes(three)) == 4, 30)
    until(lambda: "luge_workers 3.0" in fresh(three, "/metrics").text)
    assert {fresh(three, "/api/district").status_code for _ in range(30)} == {200}
    assert three.end() == 0


def test_ctrl_c_ends_all_processes(three):
    """A terminal sends it to each of them."""
    os.killpg(three.process.pid, signal.SIGINT)
    assert three.process.wait(PATIENCE_S) == 0
    until(lambda: not is_alive_group(three.process.pid), 5)
    assert not accepts(three)


def is_alive_group(group):
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def test_several_processes_leave_a_postgis_stopped_once(own_home):
    cluster.stop(own_home)
    with running(own_home, "--workers", "2") as service:
        assert service.http.get("/api/district").status_code == 200
        assert service.end() == 0
        assert not cluster.status(own_home).running
    told = [line for line in service.messages() if "PostGIS is stopped" in line]
    assert len(told) == 1
