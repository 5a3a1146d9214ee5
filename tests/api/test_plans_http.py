"""Plans over HTTP, on copies of the sample district: begun, painted, taken through their steps."""

from datetime import date, timedelta

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from geo.store.settings import Settings

HERE = ("127.0.0.1", 50_000)
PLANS = "/api/plans"
TOMORROW = (date.today() + timedelta(days=1)).isoformat()


@pytest.fixture(scope="module")
def own(sample_url, make_module_database):
    return make_module_database(sample_url)


@pytest.fixture(scope="module")
def here(own):
    """The service on a copy that may be changed, asked from this machine."""
    with TestClient(create_app(Settings(database_url=own)), client=HERE) as client:
        yield client


@pytest.fixture
def draft(here):
    """A draft on the plan in force, as it is read."""
    answer = here.post(PLANS, json={"system": "management", "name": "试画", "made_by": "王"})
    assert answer.status_code == 201, answer.text
    return answer.json()


def columns(here, draft):
    return here.get(f"{PLANS}/{draft['id']}/blocks").json()


def write(here, draft, path, body=None, seen="*", method="POST"):
    headers = {"If-Match": f'"{seen}"' if isinstance(seen, int) else seen}
    return here.request(method, f"{PLANS}/{draft['id']}{path}", json=body, headers=headers)


def test_a_draft_begins_as_the_plan_in_force_is(here, draft):
    (in_force,) = [
        plan for plan in here.get(PLANS, params={"system": "management"}).json()["plans"]
        if plan["status"] == "published"
    ]  # fmt: skip
    then, now = here.get(f"{PLANS}/{in_force['id']}").json(), draft
    assert now["version"] == 1
    assert now["based_on"] == in_force["id"]
    assert [grid["code"] for grid in now["grids"]] == [grid["code"] for grid in then["grids"]]
    assert [grid["households"] for grid in now["grids"]] == [
        grid["households"] for grid in then["grids"]
    ]
    assert columns(here, draft)["number"] == columns(here, draft)["based"]
    assert columns(here, draft)["number"] == columns(here, in_force)["number"]
    assert now["measures"]["max_over_mean"] > 1


def test_strokes_are_done_undone_and_done_again(here, draft):
    before = columns(here, draft)
    blocks = [b for b, n in zip(before["id"], before["number"], strict=True) if n == 1][:2]
    painted = write(here, draft, "/strokes", {"blocks": blocks, "number": 2}, 1)
    assert painted.status_code == 200, painted.text
    assert painted.json()["changed"] == [[block, 1, 2] for block in sorted(blocks)]
    assert [grid["number"] for grid in painted.json()["grids"]] == [1, 2]
    assert painted.headers["ETag"] == '"2"'
    assert write(here, draft, "/undo", seen=2).json()["changed"] == [
        [block, 2, 1] for block in sorted(blocks)
    ]
    assert columns(here, draft) == before
    again = write(here, draft, "/redo", seen=3).json()
    assert again["changed"] == painted.json()["changed"]
    assert again["grids"] == painted.json()["grids"]
    assert write(here, draft, "/redo").status_code == 409


def test_who_was_slower_is_told_what_was_done_since(here, draft):
    ids = columns(here, draft)["id"]
    write(here, draft, "/strokes", {"blocks": ids[:1], "number": None, "made_by": "李"}, 1)
    late = write(here, draft, "/strokes", {"blocks": ids[1:2], "number": None}, 1)
    assert late.status_code == 412
    told = late.json()
    assert told["version"] == 2
    assert [(s["number"], s["made_by"], s["blocks"]) for s in told["strokes"]] == [
        (1, "李", ids[:1])
    ]
    unsaid = here.post(f"{PLANS}/{draft['id']}/strokes", json={"blocks": ids[:1], "number": 1})
    assert unsaid.status_code == 428


def test_grids_are_added_changed_and_taken_away(here, draft):
    added = write(here, draft, "/grids", {"name": "新", "workers": 2}, 1)
    assert added.status_code == 201, added.text
    (grid,) = added.json()["grids"]
    path = f"/grids/{grid['number']}"
    locked = write(here, draft, path, {"locked": True}, 2, "PATCH").json()["grids"]
    assert locked[0]["locked"]
    ids = columns(here, draft)["id"]
    stroke = {"blocks": ids[:1], "number": grid["number"]}
    assert write(here, draft, "/strokes", stroke).status_code == 409
    assert write(here, draft, "/undo").json()["grids"][0]["locked"] is False
    assert write(here, draft, "/strokes", stroke).status_code == 200
    assert write(here, draft, path, method="DELETE").status_code == 409
    write(here, draft, "/undo")
    assert write(here, draft, path, method="DELETE").json()["grids"] == []
    assert write(here, draft, "/undo").json()["grids"][0]["name"] == "新"


def test_a_plan_goes_through_its_steps(here, draft):
    ids = columns(here, draft)["id"]
    assert write(here, draft, "/steps", {"status": "approved"}).status_code == 409
    assert write(here, draft, "/steps", {"status": "submitted"}, 1).status_code == 200
    assert write(here, draft, "/strokes", {"blocks": ids[:1], "number": 1}).status_code == 409
    assert write(here, draft, "/steps", {"status": "draft", "note": "再看"}).status_code == 200
    write(here, draft, "/steps", {"status": "submitted"})
    write(here, draft, "/steps", {"status": "approved"})
    unsaid = write(here, draft, "/steps", {"status": "published"})
    assert unsaid.status_code == 400
    done = write(here, draft, "/steps", {"status": "published", "from": TOMORROW})
    assert done.status_code == 200, done.text
    plan = done.json()
    assert (plan["status"], plan["version"], plan["valid_from"]) == ("published", None, TOMORROW)
    steps = [step["status"] for step in plan["steps"]]
    assert steps == ["draft", "submitted", "draft", "submitted", "approved", "published"]
    kinds = {row["kind"] for row in here.get(f"{PLANS}/{plan['id']}/lineage").json()["lineage"]}
    assert kinds == {"kept"}
