"""Exports as a browser asks for them, and as the command line writes them."""

import asyncio
import json
import time
import zipfile
from io import BytesIO
from urllib.parse import unquote

import geopandas
import psycopg
import pyogrio
import pytest
from commands import ROOT, luge
from loops import run
from services import serve

from api.app import create_app
from api.exports import OURS
from geo.exporting.formats import FORMATS
from geo.layers import LAYERS
from geo.store import archive
from geo.store.settings import Settings


def saved(answer, tmp_path, name):
    assert answer.status_code == 200, answer.text
    path = tmp_path / name
    path.write_bytes(answer.content)
    return path


@pytest.mark.parametrize("format_", FORMATS)
def test_every_format_is_a_file_with_a_name(client, tmp_path, format_):
    answer = client.get("/api/export", params={"layers": "stations", "format": format_})
    path = saved(answer, tmp_path, f"stations{FORMATS[format_].ending}")
    assert answer.headers["content-type"] == FORMATS[format_].media_type
    name = answer.headers["content-disposition"]
    assert 'filename="luge_stations_' in name
    assert unquote(name.partition("UTF-8''")[2]).startswith("云汀区_党群服务站_")
    if format_ in ("gpkg", "fgb", "geojson"):
        assert pyogrio.read_info(path, layer=pyogrio.list_layers(path)[0][0])["features"] == 46
    if format_ == "csv":
        assert path.read_text("utf-8-sig").count("\n") == 47
        about = json.loads(answer.headers["luge-about"])
        assert about["layers"][0]["revision"]
        assert about["crs"]["epsg"] == 4326


def test_what_is_shown_is_what_leaves(client, tmp_path):
    shown = {
        "layers": "incidents,grids", "format": "gpkg", "crs": "gcj02", "open": "true",
        "bbox": "120.99,31.08,121.01,31.12", "since": "2026-06-01", "until": "2026-06-29",
        "system": "party", "on": "2024-03-01",
    }  # fmt: skip
    answer = client.get("/api/export", params=shown)
    path = saved(answer, tmp_path, "a.gpkg")
    assert "gcj02" in answer.headers["content-disposition"]
    incidents = pyogrio.read_dataframe(path, layer="incidents_gcj02")
    assert len(incidents)
    assert incidents["open"].all()
    assert incidents["reported_at"].min().isoformat() >= "2026-05-31T16:00:00"
    assert incidents["reported_at"].max().isoformat() < "2026-06-28T16:00:00"
    assert set(pyogrio.read_dataframe(path, layer="grids_gcj02")["system"]) == {"party"}


def test_several_layers_of_a_single_layer_format_are_a_zip(client, tmp_path):
    asked = {"layers": "stations,areas", "format": "parquet"}
    answer = client.get("/api/export", params=asked)
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(BytesIO(answer.content)) as parts:
        assert set(parts.namelist()) == {"stations.parquet", "areas.parquet", "about.json"}
        (tmp_path / "a.parquet").write_bytes(parts.read("areas.parquet"))
    assert len(geopandas.read_parquet(tmp_path / "a.parquet")) == 16


def test_one_csv_can_have_its_about_beside_it(client):
    asked = {"layers": "stations", "format": "csv", "zip": "true"}
    with zipfile.ZipFile(BytesIO(client.get("/api/export", params=asked).content)) as parts:
        assert set(parts.namelist()) == {"stations.csv", "about.json"}
        assert json.loads(parts.read("about.json"))["layers"][0]["columns"]


def test_everything_is_all_layers(client, tmp_path):
    path = saved(client.get("/api/export?layers=all"), tmp_path, "all.gpkg")
    assert {name for name, _ in pyogrio.list_layers(path)} == {*LAYERS, "layer_styles"}


def test_no_column_is_called_like_a_parameter():
    assert not set(OURS) & {column.name for layer in LAYERS.values() for column in layer.columns}


def test_the_public_gets_no_phones(client):
    header = client.get("/api/export?layers=merchants&format=csv").text.splitlines()[0]
    assert "name" in header
    assert not any(word in header for word in ("phone", "contact", "credit"))
    told = client.get("/api/export?layers=merchants&format=csv").headers["luge-about"]
    assert "phone" in json.loads(told)["layers"][0]["left_out"]


@pytest.mark.parametrize(
    ("query", "status", "says"),
    [
        ("", 422, "layers"),
        ("layers=trees", 404, "there is no layer 'trees'"),
        ("layers=areas&format=shp", 400, "no export format"),
        ("layers=areas&crs=mars", 400, "not a known coordinate system"),
        ("layers=areas&bbox=1,2,3", 400, "west,south,east,north"),
        ("layers=areas&bbox=nan,1,2,3", 400, "no box"),
        ("layers=areas&on=1700000000", 422, "YYYY-MM-DD"),
        ("layers=areas&colour=red", 400, "no column 'colour'"),
        ("layers=merchants&phone=1", 400, "no column 'phone'"),
        ("layers=merchants&stars=x", 400, "stars is integer"),
        ("layers=areas&since=2024-01-01", 400, "no time"),
        ("layers=incidents&since=yesterday", 422, "since"),
    ],
)
def test_what_cannot_be_is_a_problem(client, query, status, says):
    answer = client.get(f"/api/export?{query}")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert says in answer.json()["detail"]
    # Nothing stays taken: the next export works.
    assert client.app.state.exports._value == client.app.state.settings.exports_at_once


def test_periods_at_the_ends_of_all_years(client):
    """By the district's clock they lie beyond any year that there is."""
    asked = {"layers": "incidents", "format": "csv"}
    late = {"since": "9999-12-31", "until": "9999-12-31T23:59:59-12:00"}
    early = {"since": "0001-01-01T00:00:00+14:00", "until": "0001-01-02"}
    for period in (late, early):
        answer = client.get("/api/export", params=asked | period)
        assert answer.status_code == 200, answer.text
        assert answer.text.count("\n") == 1


def test_exports_are_bounded(sample_url):
    settings = Settings(database_url=sample_url, max_export_rows=1000, exports_at_once=1)
    with serve(sample_url, settings) as client:
        answer = client.get("/api/export?layers=merchants&format=csv")
        assert answer.status_code == 400
        assert "at most 1000" in answer.json()["detail"]
        client.app.state.exports.acquire()
        busy = client.get("/api/export?layers=stations")
        assert busy.status_code == 503
        assert busy.headers["retry-after"]


@pytest.mark.parametrize("format_", ["gpkg", "parquet"])
def test_a_file_grown_too_large_is_given_up(sample_url, format_):
    settings = Settings(database_url=sample_url, max_export_bytes=300_000)
    with serve(sample_url, settings) as client:
        answer = client.get(f"/api/export?layers=incidents&format={format_}&zip=false")
        assert answer.status_code == 400
        assert "LUGE_MAX_EXPORT_BYTES" in answer.json()["detail"]
        assert client.get("/api/export?layers=stations").status_code == 200


class Leaver:
    """A client in the raw: takes so many pieces of the body, and then is gone."""

    def __init__(self, take):
        self.take, self.taken, self.gone = take, 0, asyncio.Event()
        self.asked = False

    async def receive(self):
        if not self.asked:
            self.asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message):
        if message["type"] == "http.response.body" and message.get("body"):
            self.taken += 1
            if self.taken >= self.take:
                self.gone.set()
        await asyncio.sleep(0)


def scope(query):
    return {
        "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1",
        "method": "GET", "path": "/api/export", "raw_path": b"/api/export", "root_path": "",
        "scheme": "http", "query_string": query.encode(), "headers": [(b"host", b"here")],
        "client": ("127.0.0.1", 1), "server": ("here", 80),
    }  # fmt: skip


def scratch_folders():
    folder = ROOT / ".luge" / "exports"
    return set(folder.iterdir()) if folder.is_dir() else set()


@pytest.mark.parametrize(
    ("query", "take"),
    [
        ("layers=incidents&format=csv", 2),
        ("layers=incidents&format=geojson", 1),
        ("layers=incidents,merchants&format=csv", 1),
        ("layers=all&format=gpkg", 0),
        ("layers=incidents&format=gpkg", 1),
    ],
)
def test_who_leaves_leaves_nothing_behind(sample_url, query, take):
    app = create_app(Settings(database_url=sample_url, pool_size=2, exports_at_once=1))
    before = scratch_folders()

    async def leave():
        async with app.router.lifespan_context(app):
            leaver = Leaver(take)
            work = asyncio.ensure_future(app(scope(query), leaver.receive, leaver.send))
            if not take:
                await asyncio.sleep(0.3)
                leaver.gone.set()
            await asyncio.wait_for(work, 30)
            assert app.state.exports._value == 1
            assert scratch_folders() <= before
            pool = app.state.pool
            for _ in range(50):
                if pool.get_stats()["pool_available"] == pool.get_stats()["pool_size"]:
                    break
                time.sleep(0.1)
            assert pool.get_stats()["pool_available"] == pool.get_stats()["pool_size"]
            return leaver.taken

    taken = run(leave())
    assert taken <= take + 2


def test_the_command_line_writes_layers_and_what_they_are(sample_url, tmp_path):
    told = luge(
        sample_url, "export", tmp_path / "shops.csv", "merchants", "--crs", "bd09",
        "--where", "listed=red", "--where", "stars=5",
    ).stdout  # fmt: skip
    assert "BD-09" in told
    about = json.loads((tmp_path / "shops.csv.about.json").read_text())
    assert about["layers"][0]["filter"] == {"listed": ["red"], "stars": ["5"]}
    assert "bd09_lon" in (tmp_path / "shops.csv").read_text("utf-8-sig").splitlines()[0]
    luge(sample_url, "export", tmp_path / "a.gpkg", "grids", "blocks", "--on", "2024-02-01")
    assert pyogrio.read_info(tmp_path / "a.gpkg", layer="blocks")["features"] == 1207
    assert {path.name for path in tmp_path.iterdir()} == {
        "shops.csv", "shops.csv.about.json", "a.gpkg",
    }  # fmt: skip


def test_a_district_goes_through_the_command_line(sample_url, make_database, tmp_path):
    file = tmp_path / "district.gpkg"
    told = luge(sample_url, "export", "--all", file).stdout
    assert "the whole district" in told
    empty = make_database()
    assert "rows of 23 tables inserted" in luge(empty, "import", "district", file).stdout
    again = luge(empty, "import", "district", file).stdout
    with psycopg.connect(empty) as conn:
        tables = len(archive.read_tables(conn))
    assert f"0 rows of 0 tables inserted, {tables} tables unchanged" in again
    with psycopg.connect(empty) as conn:
        assert conn.execute("select count(*) from incident").fetchone() == (60_000,)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["a.shp", "areas"], "the ending says no export format"),
        (["a.gpkg"], "--all for the whole district"),
        (["a.gpkg", "trees"], "there is no layer 'trees'"),
        (["a.csv", "areas", "blocks"], "holds one layer"),
        (["a.csv", "--all"], "name the file .gpkg"),
        (["a.gpkg", "areas", "--all"], "name no layers"),
        (["a.gpkg", "areas", "--where", "level"], "COLUMN=VALUE"),
    ],
)
def test_a_wrong_command_says_what_to_do(sample_url, tmp_path, words, says):
    done = luge(sample_url, "export", *words, cwd=tmp_path, check=False)
    assert done.returncode == 1
    assert says in done.stderr
    assert not list(tmp_path.iterdir())


def test_a_condition_in_cql2_is_applied_and_told(client):
    condition = "stars >= 4 AND name LIKE '%店'"
    answer = client.get(
        "/api/export", params={"layers": "merchants", "format": "geojson", "filter": condition}
    )
    assert answer.status_code == 200
    found = answer.json()
    assert found["features"]
    for feature in found["features"]:
        assert feature["properties"]["stars"] >= 4
        assert feature["properties"]["name"].endswith("店")
    assert condition in str(found["luge"])
    bad = client.get("/api/export", params={"layers": "merchants", "filter": "phone = '1'"})
    assert bad.status_code == 400
