"""Files over HTTP: uploaded, looked at, run as jobs, and nothing half written whatever happens."""

import io
import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import psycopg
import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from geo import crs
from geo.store import district, jobs
from geo.store.database import Setting
from geo.store.settings import Settings

SRID = 4549
CORNER = (595_000.0, 3_430_000.0)
BYTES = {"Content-Type": "application/octet-stream"}
LARGEST = 3_000_000
PATIENCE_S = 60


def serve(url, home, **settings):
    made = Settings(database_url=url, home=home, max_upload_bytes=LARGEST, **settings)
    return TestClient(create_app(made), client=("127.0.0.1", 50_000))


def lonlat(x, y, datum="wgs84"):
    """Metres from the town's corner, in degrees."""
    lon, lat = crs.transform_points(np.add(x, CORNER[0]), np.add(y, CORNER[1]), SRID, datum)
    return lon, lat


def areas():
    ring = [(0, 0), (800, 0), (800, 400), (0, 400), (0, 0)]
    shape = [[float(part) for part in lonlat(*corner)] for corner in ring]
    properties = {"level": "district", "code": "319902000000", "name": "试验区"}
    feature = {"type": "Feature", "properties": properties, "geometry": None}
    feature["geometry"] = {"type": "Polygon", "coordinates": [shape]}
    return json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()


def shops(count=10, datum="wgs84", far=0):
    """Shops along a line; the last ``far`` of them are in another city."""
    lon, lat = lonlat(np.linspace(20, 780, count), np.full(count, 200.0), datum)
    lon[count - far :] += 1
    numbers = [f"s{n}" for n in range(count)]
    table = {"编号": numbers, "招牌": [f"店{n}" for n in numbers], "经度": lon, "纬度": lat}
    return pd.DataFrame(table).to_csv(index=False).encode()


def upload(client, body, name="商户.csv", kind="merchants"):
    answer = client.post(
        "/api/imports", params={"kind": kind, "name": name}, content=body, headers=BYTES
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


def run(client, job, **wishes):
    answer = client.post(f"/api/imports/{job['id']}/run", json=wishes)
    assert answer.status_code == 202, answer.text
    return wait(client, job)


def wait(client, job, *until):
    until = until or ("done", "failed", "cancelled")
    give_up = time.monotonic() + PATIENCE_S
    while time.monotonic() < give_up:
        job = client.get(f"/api/imports/{job['id']}").json()
        if job["status"] in until:
            return job
        time.sleep(0.02)
    raise AssertionError(f"still {job['status']} ({job['step']})")


def count(url, table="merchant"):
    with psycopg.connect(url) as conn:
        return conn.execute(f"select count(*) from {table}").fetchone()[0]


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


@pytest.fixture
def town(db, home):
    """A district of one area, made through the service itself."""
    district.init(db, Setting("试验区", "319902", SRID, "Asia/Shanghai", 50.0))
    with serve(db, home) as client:
        done = run(client, upload(client, areas(), "areas.geojson", "areas"))
    assert done["summary"]["inserted"] == 1, done
    return db


@pytest.fixture
def client(town, home):
    with serve(town, home) as client:
        yield client


NAMED = {"crs": "wgs84", "columns": {"name": "招牌"}}


def test_from_upload_to_rejects(client, town):
    job = upload(client, shops(10, far=2))
    assert (job["status"], job["kind"], job["file"]) == ("uploaded", "merchants", "商户.csv")
    done = run(client, job, **NAMED)
    assert done["status"] == "done"
    summary = done["summary"]
    assert (summary["read"], summary["inserted"], summary["rejected"]) == (10, 8, 2)
    assert summary["reasons"] == [{"reason": "outside the district", "rows": 2}]
    assert count(town) == 8
    answer = client.get(f"/api/imports/{job['id']}/rejects.csv")
    assert "attachment" in answer.headers["content-disposition"]
    table = pd.read_csv(io.BytesIO(answer.content), dtype=str)
    assert table["招牌"].tolist() == ["店s8", "店s9"]
    assert table["file"].tolist() == ["商户.csv"] * 2


def test_a_dry_run_keeps_nothing_but_the_file(client, town):
    job = upload(client, shops())
    tried = run(client, job, **NAMED, dry_run=True)
    assert (tried["status"], tried["summary"]["inserted"], tried["kept"]) == ("done", 10, True)
    assert count(town) == 0
    done = run(client, job, **NAMED)
    assert (done["summary"]["inserted"], done["kept"]) == (10, False)
    assert count(town) == 10
    again = client.post(f"/api/imports/{job['id']}/run", json=NAMED)
    assert again.status_code == 410
    assert "upload it once more" in again.json()["detail"]


def look(client, job, **params):
    answer = client.get(f"/api/imports/{job['id']}/preview", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_preview_tells_what_is_missing_until_it_is_said(client):
    job = upload(client, shops(10, "gcj02", far=1))
    seen = look(client, job)
    assert seen["columns"] == ["编号", "招牌", "经度", "纬度"]
    assert seen["places"] == {"lon": "经度", "lat": "纬度"}
    assert seen["problem"]["code"] == "MissingCrs"
    assert seen["rows"][0]["cells"][:2] == ["s0", "店s0"]
    assert look(client, job, crs="gcj02")["problem"]["code"] == "MissingField"
    seen = look(client, job, crs="gcj02", map="name=招牌")
    assert seen["problem"] is None
    assert seen["fields"]["name"] == "招牌"
    assert seen["rejected"] == 1
    reasons = [row["reason"] for row in seen["rows"]]
    assert reasons[:9] == [""] * 9
    assert "outside the district" in reasons[9]
    where = [float(part) for part in lonlat(20, 200)]
    assert seen["rows"][0]["geometry"]["coordinates"] == pytest.approx(where, abs=1e-7)


def test_the_preview_shows_the_columns_of_a_table_without_places(client):
    body = "编号,名称,横,纵\n1,甲,{},{}\n".format(*lonlat(100, 100)).encode("gb18030")
    job = upload(client, body)
    seen = look(client, job, crs="wgs84")
    assert seen["problem"]["code"] == "NoPlaces"
    assert seen["columns"] == ["编号", "名称", "横", "纵"]
    seen = look(client, job, crs="wgs84", map=["lon=横", "lat=纵"])
    assert (seen["problem"], seen["rejected"]) == (None, 0)
    assert seen["rows"][0]["geometry"]["type"] == "Point"


def test_the_preview_takes_another_kind(client):
    job = upload(client, areas(), "areas.geojson", "merchants")
    assert look(client, job, kind="areas")["rejected"] == 0
    assert look(client, job, kind="merchants")["rejected"] == 1
    done = run(client, job, kind="areas")
    assert (done["kind"], done["summary"]["unchanged"]) == ("areas", 1)


def test_a_file_that_is_not_what_it_says_is_told(client):
    job = upload(client, b"this is no zip", "a.zip", "areas")
    assert look(client, job)["problem"]["code"] == "Unreadable"
    failed = run(client, job)
    assert failed["status"] == "failed"
    assert "not a zip file" in failed["error"]


def test_the_list_is_paged_newest_first(client):
    made = [upload(client, shops(3), f"{n}.csv")["id"] for n in range(7)]
    found, after, pages = [], None, 0
    while pages == 0 or after:
        params = {"limit": 3} | ({"after": after} if after else {})
        page = client.get("/api/imports", params=params).json()
        found += [job["id"] for job in page["imports"]]
        assert len(page["imports"]) <= 3
        after, pages = page["next"], pages + 1
    assert found[:7] == made[::-1]
    assert len(found) == len(set(found)) == 8  # the town's areas are the first import
    assert client.get("/api/imports", params={"limit": 101}).status_code == 422


def test_an_upload_is_bounded(client, home, town):
    def offer(content):
        params = {"kind": "merchants", "name": "big.csv"}
        return client.post("/api/imports", params=params, content=content, headers=BYTES)

    before = set((home / "uploads").iterdir())
    for content in (b"x" * (LARGEST + 1), iter([b"x" * 1_000_000] * 4)):
        answer = offer(content)
        assert answer.status_code == 413
        assert "LUGE_MAX_UPLOAD_BYTES" in answer.json()["detail"]
    assert set((home / "uploads").iterdir()) == before
    answers = [offer(b"x" * LARGEST).status_code for _ in range(5)]
    assert answers == [201, 201, 201, 201, 507]


@pytest.mark.parametrize(
    ("kind", "name", "says"),
    [
        ("houses", "a.csv", "merchants"),
        ("merchants", "a.exe", "GeoPackage"),
        ("roads", "a.shp", ".zip"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_advice(client, kind, name, says):
    answer = client.post(
        "/api/imports", params={"kind": kind, "name": name}, content=b"x", headers=BYTES
    )
    assert answer.status_code == 400
    assert says in answer.json()["detail"]


def test_a_name_leads_nowhere(client, home):
    job = upload(client, shops(3), "../../..\\etc/passwd\0 ..%2f;.csv")
    assert job["file"] == "passwd_ ___2f_.csv"
    files = [path for path in home.rglob("*") if path.is_file()]
    assert all(path.parent.parent == home / "uploads" for path in files)
    assert run(client, job, **NAMED)["status"] == "done"


def test_forgetting_removes_the_file(client, home):
    job = upload(client, shops())
    assert len(list((home / "uploads").rglob("*.csv"))) == 1
    assert client.delete(f"/api/imports/{job['id']}").status_code == 204
    assert list((home / "uploads").rglob("*.csv")) == []
    for method, path in (("GET", ""), ("DELETE", ""), ("GET", "/preview"), ("GET", "/rejects.csv")):
        assert client.request(method, f"/api/imports/{job['id']}{path}").status_code == 404
    assert client.post(f"/api/imports/{job['id']}/run", json={}).status_code == 404


def test_an_unknown_datum_or_option_is_refused_at_once(client):
    job = upload(client, shops())
    path = f"/api/imports/{job['id']}/run"
    assert client.post(path, json={"crs": "moon"}).status_code == 400
    assert client.post(path, json={"datum": "wgs84"}).status_code == 422
    assert client.get(f"/api/imports/{job['id']}").json()["status"] == "uploaded"


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
    ],
)
def test_pages_of_other_sites_may_not_write(client, headers):
    params = {"kind": "merchants", "name": "a.csv"}
    answer = client.post("/api/imports", params=params, content=b"x", headers=BYTES | headers)
    assert answer.status_code == 403
    job = upload(client, shops())
    assert client.delete(f"/api/imports/{job['id']}", headers=headers).status_code == 403
    run_it = client.post(f"/api/imports/{job['id']}/run", json=NAMED, headers=headers)
    assert run_it.status_code == 403


def test_a_body_that_a_form_could_send_is_refused(client):
    params = {"kind": "merchants", "name": "a.csv"}
    for kind in ("text/plain", "multipart/form-data; boundary=x"):
        headers = {"Content-Type": kind}
        answer = client.post("/api/imports", params=params, content=b"x", headers=headers)
        assert answer.status_code == 415


def test_the_services_own_page_may_write(client):
    own = {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}
    params = {"kind": "merchants", "name": "a.csv"}
    answer = client.post("/api/imports", params=params, content=b"x", headers=BYTES | own)
    assert answer.status_code == 201


def test_other_machines_are_refused(town, home):
    settings = Settings(database_url=town, home=home)
    with TestClient(create_app(settings), client=("192.0.2.7", 50_000)) as far:
        for method, path in (("GET", ""), ("GET", "/1"), ("DELETE", "/1"), ("POST", "")):
            answer = far.request(method, f"/api/imports{path}")
            assert answer.status_code == 403
            assert "luge import" in answer.json()["detail"]


def test_without_a_district_an_upload_says_what_to_do(db, home):
    with serve(db, home) as client:
        params = {"kind": "merchants", "name": "a.csv"}
        answer = client.post("/api/imports", params=params, content=b"x", headers=BYTES)
    assert answer.status_code == 503
    assert "luge init" in answer.json()["detail"]
    assert not (home / "uploads").exists()


def slow_down(url, seconds):
    """Every merchant written takes its time, so that there is time to interrupt."""
    with psycopg.connect(url) as conn:
        conn.execute(
            "create function dawdle() returns trigger language plpgsql as"
            f" $$ begin perform pg_sleep({seconds}); return new; end $$"
        )
        conn.execute(
            "create trigger dawdle before insert on merchant for each row execute function dawdle()"
        )


def test_a_running_import_is_stopped_at_once(client, town):
    slow_down(town, 30)
    job = upload(client, shops())
    client.post(f"/api/imports/{job['id']}/run", json=NAMED)
    running = wait(client, job, "running")
    while not running["step"].startswith("writing"):
        running = wait(client, job, "running")
    assert client.post(f"/api/imports/{job['id']}/run", json=NAMED).status_code == 409
    waiting = upload(client, shops())
    client.post(f"/api/imports/{waiting['id']}/run", json=NAMED)
    assert client.delete(f"/api/imports/{waiting['id']}").status_code == 202
    assert wait(client, waiting)["status"] == "cancelled"
    began = time.monotonic()
    assert client.delete(f"/api/imports/{job['id']}").status_code == 202
    stopped = wait(client, job)
    assert time.monotonic() - began < 5
    assert (stopped["status"], stopped["error"], stopped["kept"]) == ("cancelled", None, True)
    assert count(town) == 0


def test_the_databases_refusal_is_told_and_leaves_nothing(client, town):
    with psycopg.connect(town) as conn:
        conn.execute("alter table merchant add constraint no_third check (name <> '店s3')")
    failed = run(client, upload(client, shops()), **NAMED)
    assert failed["status"] == "failed"
    assert "no_third" in failed["error"]
    assert "Nothing was written" in failed["error"]
    assert count(town) == 0


SERVER = """
import sys, time
from pathlib import Path
from geo.store.worker import working
with working(sys.argv[1], Path(sys.argv[2])):
    time.sleep(600)
"""


def test_a_killed_process_leaves_nothing_and_its_job_says_so(town, home):
    """Another process notices the job; run once more, it goes in."""
    slow_down(town, 30)
    other = [sys.executable, "-c", SERVER, town, str(home / "uploads")]
    with serve(town, home) as client:
        job = upload(client, shops())
    with psycopg.connect(town) as conn:
        options = json.dumps({"wishes": NAMED})
        conn.execute("update import_job set status = 'queued', options = %s where id = %s",
                     [options, job["id"]])  # fmt: skip
    process = subprocess.Popen(other)
    try:
        with psycopg.connect(town, autocommit=True) as conn:
            step = ""
            while not step.startswith("writing"):
                assert process.poll() is None
                (step,) = conn.execute("select step from import_job where id = %s", [job["id"]]
                                       ).fetchone()  # fmt: skip
                time.sleep(0.05)
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    with serve(town, home) as client:
        failed = wait(client, job)
        assert failed["status"] == "failed"
        assert "Nothing was written" in failed["error"]
        assert count(town) == 0
        with psycopg.connect(town) as conn:
            conn.execute("drop trigger dawdle on merchant")
        assert run(client, job, **NAMED)["summary"]["inserted"] == 10


def test_a_service_that_is_stopped_stops_its_import(town, home):
    slow_down(town, 30)
    with serve(town, home) as client:
        job = upload(client, shops())
        client.post(f"/api/imports/{job['id']}/run", json=NAMED)
        running = wait(client, job, "running")
        while not running["step"].startswith("writing"):
            running = wait(client, job, "running")
        began = time.monotonic()
    assert time.monotonic() - began < 5
    with psycopg.connect(town) as conn:
        found = conn.execute("select status, error from import_job where id = %s", [job["id"]])
        assert found.fetchone() == ("failed", jobs.ORPHANED)
    assert count(town) == 0


def test_two_processes_share_the_queue(town, home):
    """Eight imports, two services: each is run once."""
    with serve(town, home) as one, serve(town, home) as two:
        made = [upload(one, shops(5), f"{n}.csv") for n in range(8)]
        for job in made:
            one.post(f"/api/imports/{job['id']}/run", json=NAMED)
        done = [wait(two, job) for job in made]
    assert {job["status"] for job in done} == {"done"}
    assert sum(job["summary"]["inserted"] for job in done) == 5
    assert sum(job["summary"]["unchanged"] for job in done) == 35
    assert count(town) == 5
    assert count(town, "import_run") == 9


def test_the_choices_name_kinds_fields_and_limits(client):
    told = client.get("/api/imports/choices").json()
    by_name = {kind["name"]: kind for kind in told["kinds"]}
    fields = {field["name"]: field for field in by_name["areas"]["fields"]}
    assert fields["level"]["required"]
    assert "community" in fields["level"]["choices"]
    assert told["max_upload_bytes"] == LARGEST
    assert ".csv.gz" in told["endings"]
    assert ".shp" not in told["endings"]


def roads():
    line = [[float(part) for part in lonlat(*end)] for end in ((10, 200), (790, 200))]
    properties = {"external_id": "w", "name": "横一路", "highway": "residential"}
    feature = {"type": "Feature", "properties": properties}
    feature["geometry"] = {"type": "LineString", "coordinates": line}
    return json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()


def test_a_roster_is_looked_at_and_imported_like_any_file(client, town):
    assert run(client, upload(client, roads(), "roads.geojson", "roads"))["status"] == "done"
    choices = client.get("/api/imports/choices").json()
    (kind,) = [one for one in choices["kinds"] if one["name"] == "duties"]
    assert kind["shape"] == ""
    assert {"road", "from", "to", "side", "chief", "level", "phone"} <= {
        field["name"] for field in kind["fields"]
    }
    body = "路,起,止,侧,姓名,级别\n横一路,100,300,左,甲,二级\n横二路,,,双,乙,二级\n".encode()
    job = upload(client, body, "路长.csv", "duties")
    path = f"/api/imports/{job['id']}/preview"
    seen = client.get(path).json()
    assert seen["problem"]["code"] == "MissingField"
    seen = client.get(path, params={"map": "road=路"}).json()
    assert seen["problem"] is None
    assert seen["fields"]["chief"] == "姓名"
    good, bad = seen["rows"]
    assert good["reason"] == ""
    assert good["geometry"]["type"] == "MultiLineString"
    assert "there is no road 横二路; did you mean 横一路?" in bad["reason"]
    wishes = {"columns": {"road": "路"}}
    for dry_run, duties in ((True, 0), (False, 1)):
        done = run(client, job, dry_run=dry_run, **wishes)
        assert (done["summary"]["inserted"], done["summary"]["rejected"]) == (1, 1)
        assert count(town, "duty") == duties
    rejects = client.get(f"/api/imports/{job['id']}/rejects.csv").text
    assert "横二路" in rejects
