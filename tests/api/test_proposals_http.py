"""Proposals over HTTP and on the command line, on a copy of the sample district."""

import time

import pytest
from typer.testing import CliRunner

from api.cli import app

PLANS = "/api/plans"
AREA = "319901101002"


@pytest.fixture(scope="module")
def draft(here):
    answer = here.post(PLANS, json={"system": "management", "name": "重排"})
    assert answer.status_code == 201, answer.text
    return f"{PLANS}/{answer.json()['id']}"


@pytest.fixture(scope="module")
def blocks(here, draft):
    """The blocks of an overloaded community."""
    features = here.get(f"{draft}/ground").json()["blocks"]["features"]
    return [f["id"] for f in features if f["properties"]["area"] == AREA]


def done(here, place):
    """The proposal when it is no longer computed: a fact, waited for."""
    while (found := here.get(place).json())["status"] == "running":
        time.sleep(0.05)
    return found


def test_it_is_asked_for_looked_at_and_applied(here, draft, blocks):
    asked = {"blocks": blocks, "tolerance": 0.1, "made_by": "王"}
    answer = here.post(f"{draft}/proposals", json=asked)
    assert answer.status_code == 202, answer.text
    place = answer.headers["Location"]
    found = done(here, place)
    assert found["status"] == "ready", found["error"]
    assert found["wishes"]["blocks"] == blocks
    assert found["figures"]["changed_blocks"] == len(found["changed"])
    refused = here.post(f"{place}/apply", json={})
    assert refused.status_code == 428
    stale = here.post(f"{place}/apply", json={}, headers={"If-Match": '"77"'})
    assert stale.status_code == 412
    assert stale.json()["version"] == 1
    applied = here.post(f"{place}/apply", json={"made_by": "王"}, headers={"If-Match": '"1"'})
    assert applied.status_code == 200, applied.text
    assert applied.headers["ETag"] == '"2"'
    assert sorted(applied.json()["changed"]) == found["changed"]
    again = here.post(f"{place}/apply", json={}, headers={"If-Match": "*"})
    assert again.status_code == 409
    assert here.post(f"{place}/stop").status_code == 409
    listed = here.get(f"{draft}/proposals").json()["proposals"]
    assert listed[0]["status"] == "applied"


def test_what_cannot_be_asked_is_refused(here, draft):
    refused = here.post(f"{draft}/proposals", json={"task": "magic"})
    assert refused.status_code == 422
    assert here.post(f"{PLANS}/99999/proposals", json={}).status_code == 404
    assert here.get(f"{draft}/proposals/99999").status_code == 404
    published = here.get(PLANS).json()["plans"][-1]["id"]
    assert here.post(f"{PLANS}/{published}/proposals", json={}).status_code == 409


def test_on_the_command_line_too(own, here, draft, monkeypatch):
    monkeypatch.setenv("LUGE_DATABASE_URL", own)
    number = draft.rsplit("/", 1)[1]
    heavy = max(here.get(draft).json()["grids"], key=lambda grid: grid["load"])["number"]
    asked = ["plan", "propose", number, "split", "--grid", str(heavy), "--apply"]
    told = CliRunner().invoke(app, asked)
    assert told.exit_code == 0, told.output
    assert "max/mean" in told.output
    grids = {grid["number"]: grid["blocks"] for grid in here.get(draft).json()["grids"]}
    assert len([n for n in grids if grids[n]]) == len(grids)
    wrong = CliRunner().invoke(app, ["plan", "propose", number, "split", "--grid", "9999"])
    assert wrong.exit_code == 1
