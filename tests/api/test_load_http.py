"""Load, rule sets, and the ground and checks of a plan over HTTP and on the command line."""

import json

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from api.app import create_app
from api.cli import app as cli
from geo.edges import KINDS
from geo.store.settings import Settings

LOAD = "/api/load"
HERE = ("127.0.0.1", 50_000)


@pytest.fixture(scope="module")
def own(sample_url, make_module_database):
    return make_module_database(sample_url)


@pytest.fixture(scope="module")
def here(own):
    """The service on a copy that may be changed, asked from this machine."""
    with TestClient(create_app(Settings(database_url=own)), client=HERE) as client:
        yield client


def test_loads_say_how_they_were_got(client):
    answer = client.get(LOAD, params={"of": "areas"})
    found = answer.json()
    assert len(found["rows"]) == found["measures"]["units"] == 12
    assert (found["rule"]["name"], found["rule"]["version"]) == ("standard", 1)
    assert (found["unit"], found["crs"], round(found["weeks"])) == ("min/week", 4549, 52)
    loads = [row["load"] for row in found["rows"]]
    assert max(loads) / found["measures"]["mean"] == pytest.approx(
        found["measures"]["max_over_mean"], rel=1e-6
    )
    again = client.get(
        LOAD, params={"of": "areas"}, headers={"If-None-Match": answer.headers["etag"]}
    )
    assert again.status_code == 304


def test_areas_grids_and_blocks_carry_the_same(client):
    sums = [
        sum(row["load"] for row in client.get(LOAD, params=asked).json()["rows"])
        for asked in ({"of": "areas", "level": "street"}, {"of": "grids"},
                      {"of": "grids", "system": "police"})
    ]  # fmt: skip
    assert sums == pytest.approx([sums[0]] * 3, rel=1e-6)
    blocks = client.get(LOAD, params={"of": "blocks"}).json()["rows"]
    assert sum(row["load"] for row in blocks) == pytest.approx(sums[0], rel=1e-3)
    assert any(row["incidents"] is None for row in blocks)  # 1 to 4 are not told
    assert not any(0 < (row["incidents"] or 0) < 5 for row in blocks)


@pytest.mark.parametrize(
    ("asked", "status"),
    [({"rule": "x"}, 400), ({"system": "x"}, 400), ({"of": "roads"}, 422), ({"level": "x"}, 422),
     ({"as_of": "2026-13-01"}, 422), ({"moon": 1}, 422)],
)  # fmt: skip
def test_what_cannot_be_answered_is_a_problem(client, asked, status):
    answer = client.get(LOAD, params=asked)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_panel_tells_the_load_and_its_rule(client):
    (area,) = [row for row in client.get(LOAD, params={"of": "areas"}).json()["rows"]
               if row["name"] == "晴川社区"]  # fmt: skip
    told = client.get(f"/api/units/areas/{area['id']}").json()["load"]
    assert told["value"] == pytest.approx(area["load"], abs=1e-3)
    assert told["per_worker"] == pytest.approx(area["load_per_worker"], abs=1e-3)
    assert told["times_mean"] == pytest.approx(2.02, abs=0.01)
    assert told["rule"] == {"name": "standard", "version": 1, "title": "标准负荷",
                            "title_en": "Standard load"}  # fmt: skip
    assert client.get("/api/units/merchants/1").json()["load"] is None


def test_rule_sets_are_written_from_here_only(client, here):
    body = {"name": "night", "title": "夜间", "title_en": "Night",
            "weights": {"household": 0, "case": 40, "cases": {"噪声扰民": 60}}}  # fmt: skip
    assert client.post(f"{LOAD}/rules", json=body).status_code == 403
    made = here.post(f"{LOAD}/rules", json=body)
    assert made.status_code == 201
    assert (made.json()["version"], made.json()["weights"]["km"]) == (1, 40)
    assert here.post(f"{LOAD}/rules", json=body).json()["version"] == 2
    listed = here.get(f"{LOAD}/rules").json()["rules"]
    assert [(rule["name"], rule["version"]) for rule in listed] == [
        ("standard", 1), ("night", 1), ("night", 2),
    ]  # fmt: skip
    asked = here.get(LOAD, params={"rule": "night.1"}).json()
    assert asked["case_minutes"]["噪声扰民"] == 60
    assert all(row["part_households"] == 0 for row in asked["rows"])
    wrong = here.post(f"{LOAD}/rules", json={**body, "weights": {"cas": 3}})
    assert wrong.status_code == 400
    assert "did you mean case" in wrong.json()["detail"]
    assert here.post(f"{LOAD}/rules", json={**body, "name": "1"}).status_code == 422


def test_the_ground_is_sent_once(client):
    answer = client.get("/api/plans/1/ground")
    ground = answer.json()
    features = {feature["id"]: feature for feature in ground["blocks"]["features"]}
    plan = client.get("/api/plans/1").json()
    assert len(features) == plan["blocks"]
    assert {edge[end] for edge in ground["edges"] for end in "ab"} <= features.keys()
    kinds = {edge["kind"] for edge in ground["edges"]}
    assert {"road", "river", "lane"} <= kinds <= set(KINDS)
    one = features[ground["edges"][0]["a"]]["properties"]
    assert one["parents"][0] == one["area"]
    assert one["load"] > 0
    headers = {"If-None-Match": answer.headers["etag"]}
    assert client.get("/api/plans/1/ground", headers=headers).status_code == 304
    assert client.get("/api/plans/99/ground").status_code == 404


def test_checks_name_the_grid_the_place_and_the_reason(here):
    draft = here.post("/api/plans", json={"system": "management", "name": "查"}).json()
    path = f"/api/plans/{draft['id']}"
    blocks = here.get(f"{path}/blocks").json()
    one = blocks["id"][blocks["number"].index(1)]
    far = max(blocks["number"])
    painted = here.post(f"{path}/strokes", json={"blocks": [one], "number": far},
                        headers={"If-Match": "*"})  # fmt: skip
    assert painted.status_code == 200
    found = here.get(f"{path}/checks").json()
    broken = {(f["rule"], f["number"]) for f in found["findings"] if f["hard"]}
    assert {("contiguous", far), ("inside_parent", far)} <= broken
    (apart,) = [f for f in found["findings"] if f["rule"] == "contiguous" and f["number"] == far]
    assert apart["blocks"] == [one]
    assert "不连片" in apart["reason"]
    english = here.get(f"{path}/checks", params={"lang": "en"}).json()["findings"]
    assert any("pieces" in f["reason"] for f in english)
    changed = here.patch(path, json={"limits": {"households_most": 1e6, "households_least": None}},
                         headers={"If-Match": "*"})  # fmt: skip
    assert changed.json()["limits"]["households_most"] == 1e6
    assert not any(f["rule"] == "households" for f in here.get(f"{path}/checks").json()["findings"])
    wrong = here.patch(path, json={"limits": {"moon": 3}}, headers={"If-Match": "*"})
    assert wrong.status_code == 400


def run(own, monkeypatch, *words):
    monkeypatch.setenv("LUGE_DATABASE_URL", own)
    return CliRunner().invoke(cli, ["load", *words])


def test_the_command_line_shows_what_http_tells(own, here, monkeypatch, tmp_path):
    out = tmp_path / "load.csv"
    done = run(own, monkeypatch, "show", "--of", "areas", "--rule", "standard.1", "--out", str(out))
    assert done.exit_code == 0, done.output
    rows = out.read_text("utf-8-sig").splitlines()
    assert len(rows) == 13
    assert rows[0].startswith("code,name,workers,households")
    table = run(own, monkeypatch, "show", "--of", "areas", "--rule", "standard.1")
    assert "Gini" in table.output
    assert "晴川社区" in table.output
    file = tmp_path / "rule.json"
    file.write_text(json.dumps({"name": "heavy", "weights": {"case": 60}}), "utf-8")
    assert run(own, monkeypatch, "rules", "put", str(file)).output.strip() == "heavy.1"
    assert "heavy.1" in run(own, monkeypatch, "rules", "list").output
    file.write_text("[]", "utf-8")
    assert run(own, monkeypatch, "rules", "put", str(file)).exit_code != 0
    assert run(own, monkeypatch, "show", "--of", "x").exit_code != 0
