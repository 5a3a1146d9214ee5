"""Plans over HTTP, on copies of the sample district: begun, painted, taken through their steps."""

import pytest
from days import tomorrow as day_after
from pydantic import TypeAdapter

from api.answers import plans as answers

PLANS = "/api/plans"


@pytest.fixture
def draft(here):
    """A draft on the plan in force, as it is read."""
    answer = here.post(PLANS, json={"system": "management", "name": "试画", "made_by": "王"})
    assert answer.status_code == 201, answer.text
    return answer.json()


def tomorrow():
    return day_after().isoformat()


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


def test_answers_are_as_declared(here, draft):
    path, first = f"{PLANS}/{draft['id']}", columns(here, draft)["id"][:1]
    here.post(f"{path}/comments", json={"body": "好", "lon": 121.0, "lat": 31.1})
    asked = [
        (here.get(PLANS), answers.Plans),
        (here.get(path), answers.Plan),
        (here.get(f"{PLANS}/1"), answers.Plan),
        (here.get(f"{path}/blocks"), answers.PlanBlocks),
        (here.get(f"{path}/lineage"), answers.Lineage),
        (here.get(f"{path}/comments"), answers.PlanComments),
        (write(here, draft, "/strokes", {"blocks": first, "number": None}), answers.Stroke),
        (write(here, draft, "/grids", {}), answers.Stroke),
    ]
    for answer, model in asked:
        TypeAdapter(model).validate_json(answer.content, strict=True)


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


def test_what_is_said_in_comments(here, draft):
    path = f"{PLANS}/{draft['id']}/comments"
    said = here.post(
        path, json={"body": "这里为什么分开？", "lon": 121.0, "lat": 31.1, "made_by": "李"}
    )
    assert said.status_code == 201, said.text
    comment = said.json()
    assert (comment["lon"], comment["lat"]) == pytest.approx((121.0, 31.1), abs=1e-7)
    assert here.post(path, json={"body": "好", "lon": 121.0}).status_code == 400
    here.post(path, json={"body": "好"})
    ticked = here.patch(f"{path}/{comment['id']}", json={"done": True})
    assert ticked.json() == comment | {"done": True}
    told = here.get(path).json()["comments"]
    assert [(c["body"], c["lon"] is None, c["done"]) for c in told] == [
        ("这里为什么分开？", False, True), ("好", True, False),
    ]  # fmt: skip
    assert here.patch(f"{path}/999", json={"done": True}).status_code == 404
    assert here.get(f"{PLANS}/999999/comments").status_code == 404


def test_a_block_is_cut_and_joined(here, draft):
    ground = here.get(f"{PLANS}/{draft['id']}/ground").json()["blocks"]["features"]
    block = max(ground, key=lambda each: each["properties"]["area_m2"])
    ring = block["geometry"]["coordinates"][0]
    (west, south), (east, north) = (
        (pick(p[0] for p in ring), pick(p[1] for p in ring)) for pick in (min, max)
    )
    beside = [[west - 1e-3, south], [west - 1e-4, north]]
    line = {"type": "LineString", "coordinates": beside}
    assert write(here, draft, "/cuts", {"block": block["id"], "line": line}).status_code == 409
    across = [[west - 1e-4, (south + north) / 2], [east + 1e-4, (south + north) / 2]]
    line = {"type": "LineString", "coordinates": across}
    cut = write(here, draft, "/cuts", {"block": block["id"], "line": line}, 1)
    assert cut.status_code == 200, cut.text
    TypeAdapter(answers.GroundChanged).validate_json(cut.content, strict=True)
    assert cut.headers["ETag"] == '"2"'
    made = [each["id"] for each in cut.json()["blocks"]]
    assert set(made) <= set(columns(here, draft)["id"])
    (since,) = write(here, draft, "/undo", seen=1).json()["strokes"]
    assert (since["what"], since["blocks"]) == ("cut", made)
    assert write(here, draft, "/undo").status_code == 409
    joined = write(here, draft, "/joins", {"blocks": made}, 2)
    assert joined.status_code == 200, joined.text
    assert joined.json()["ended"] == made


def test_name_note_and_limits_are_changed_and_undone(here, draft):
    limits = {"households_most": 400, "load_most": None, "area_least": 10_000}
    body = {"name": "二稿", "note": "夜班", "limits": limits, "made_by": "王"}
    changed = write(here, draft, "", body, 1, "PATCH")
    assert changed.status_code == 200, changed.text
    now = changed.json()
    assert (now["name"], now["note"], now["version"]) == ("二稿", "夜班", 2)
    assert {key: now["limits"][key] for key in limits} == limits
    (since,) = write(here, draft, "/undo", seen=1).json()["strokes"]
    assert (since["what"], since["made_by"], since["blocks"]) == ("plan", "王", [])
    undone = write(here, draft, "/undo", seen=2).json()
    assert (undone["changed"], undone["grids"]) == ([], [])
    again = here.get(f"{PLANS}/{draft['id']}").json()
    assert [again[key] for key in ("name", "note", "limits")] == [
        draft[key] for key in ("name", "note", "limits")
    ]
    bad = write(here, draft, "", {"limits": {"area": 3}}, method="PATCH")
    assert bad.status_code == 400


def test_a_plan_goes_through_its_steps(here, draft):
    ids, old = columns(here, draft)["id"], draft["grids"][0]
    assert write(here, draft, "/steps", {"status": "approved"}).status_code == 409
    new = write(here, draft, "/grids", {"name": "新", "parent": old["parent"]}).json()["grids"][0]
    first = [b for b, n in zip(ids, columns(here, draft)["number"], strict=True) if n == 1]
    write(here, draft, "/strokes", {"blocks": first[:1], "number": None})
    stroke = {"blocks": first, "number": new["number"]}
    assert write(here, draft, "/steps", {"status": "submitted"}, 3).status_code == 200
    assert write(here, draft, "/strokes", {"blocks": ids[:1], "number": 1}).status_code == 409
    assert write(here, draft, "/steps", {"status": "draft", "note": "再看"}).status_code == 200
    write(here, draft, "/steps", {"status": "submitted"})
    write(here, draft, "/steps", {"status": "approved"})
    unsaid = write(here, draft, "/steps", {"status": "published"})
    assert unsaid.status_code == 400
    broken = write(here, draft, "/steps?lang=en", {"status": "published", "from": tomorrow()})
    assert broken.status_code == 409
    assert [each["rule"] for each in broken.json()["findings"]] == ["assigned"]
    write(here, draft, "/steps", {"status": "draft"})
    write(here, draft, "/strokes", stroke)
    write(here, draft, "/steps", {"status": "submitted"})
    write(here, draft, "/steps", {"status": "approved"})
    done = write(here, draft, "/steps", {"status": "published", "from": tomorrow()})
    assert done.status_code == 200, done.text
    plan = done.json()
    assert (plan["status"], plan["version"], plan["valid_from"]) == (
        "published",
        None,
        tomorrow(),
    )
    steps = [step["status"] for step in plan["steps"]]
    again = ["draft", "submitted", "approved"]
    assert steps == ["draft", "submitted", *again, *again, "published"]
    (moved,) = [
        row for row in here.get(f"{PLANS}/{plan['id']}/lineage").json()["lineage"]
        if row["kind"] != "kept"
    ]  # fmt: skip
    assert (moved["from_code"], moved["blocks"]) == (old["code"], len(first))
    by = {"by": "grid", "system": "management"}
    withdrawn = write(here, draft, "/steps", {"status": "approved"})
    assert withdrawn.status_code == 200, withdrawn.text
    assert (withdrawn.json()["status"], withdrawn.json()["valid_from"]) == ("approved", None)
    write(here, draft, "/steps", {"status": "published", "from": tomorrow()})
    (moved,) = [
        row for row in here.get(f"{PLANS}/{plan['id']}/lineage").json()["lineage"]
        if row["kind"] != "kept"
    ]  # fmt: skip
    counts = [
        {
            row["key"]: row["count"]
            for row in here.get("/api/counts", params=by | day).json()["groups"]
        }
        for day in ({}, {"as_of": tomorrow()})
    ]
    assert counts[1][moved["to_code"]] == counts[0][old["code"]]
    assert old["code"] not in counts[1]
    unit = f"/api/units/grids/{moved['to_id']}"
    assert here.get(unit).status_code == 404
    assert (
        here.get(unit, params={"as_of": tomorrow()}).json()["facts"]["households"]
        == old["households"]
    )
    asked = {"layer": "grids", "system": "management", "as_of": tomorrow()}
    values = here.get("/api/metrics/households", params=asked).json()["values"]
    assert values[str(moved["to_id"])] == old["households"]
    refused = here.get("/api/metrics/duty_share", params=asked)
    assert refused.status_code == 400
