"""Replays over HTTP, on a copy of the sample district: a year under a draft, plans side by side."""

import psycopg
import pytest
from fastapi.testclient import TestClient
from pydantic import TypeAdapter
from services import serve
from typer.testing import CliRunner

from api.answers.replays import PlansCompared, ReplayTold
from api.app import create_app
from api.cli import app as luge
from geo.store.settings import Settings

HERE = ("127.0.0.1", 50_000)
PLANS = "/api/plans"
COUNTED = ("cases", "late", "visits", "patrol_m")


@pytest.fixture(scope="module")
def here(own):
    """The service on a copy that may be changed, for somebody here who sees small counts."""
    settings = Settings(database_url=own, public_rights="small_counts")
    with TestClient(create_app(settings), client=HERE) as client:
        yield client


@pytest.fixture(scope="module")
def in_force(here):
    return here.get(PLANS, params={"system": "management"}).json()["plans"][-1]["id"]


def begin(here, name):
    answer = here.post(PLANS, json={"system": "management", "name": name})
    assert answer.status_code == 201, answer.text
    return answer.json()


@pytest.fixture(scope="module")
def draft(here):
    """A draft in which the busiest grid has given a half of its blocks to the next."""
    made = begin(here, "减负")
    busy = max(made["grids"], key=lambda grid: grid["incidents"])["number"]
    other = next(grid["number"] for grid in made["grids"] if grid["number"] != busy)
    blocks = here.get(f"{PLANS}/{made['id']}/blocks").json()
    mine = [id_ for id_, n in zip(blocks["id"], blocks["number"], strict=True) if n == busy]
    answer = here.post(
        f"{PLANS}/{made['id']}/strokes",
        json={"blocks": mine[: len(mine) // 2], "number": other}, headers={"If-Match": "*"},
    )  # fmt: skip
    assert answer.status_code == 200, answer.text
    return made | {"gave": mine[: len(mine) // 2], "busy": busy, "other": other}


@pytest.fixture(scope="module")
def replayed(here, draft):
    answer = here.get(f"{PLANS}/{draft['id']}/replay")
    assert answer.status_code == 200, answer.text
    return TypeAdapter(ReplayTold).validate_json(answer.content, strict=True)


def summed(rows, side, name):
    return sum(row[side][name] for row in rows if row[side])


def test_a_plan_replayed_on_itself_changes_nothing(here, in_force):
    found = here.get(f"{PLANS}/{in_force}/replay").json()
    assert found["plan"] == found["against"]
    assert found["moved"] == {"blocks": 0, "households": 0, "cases": 0}
    assert found["cases"] == found["households"] == {"lighter": 0, "heavier": 0}
    for figure in found["figures"]:
        assert figure["before"] == figure["after"]
        assert (figure["low"], figure["high"], figure["verdict"]) == (0, 0, "same")
    assert all(row["before"] == row["after"] for row in found["grids"])
    assert all(each["before"] == each["after"] for each in found["weekly"])


def test_a_new_draft_replays_as_the_plan_in_force(here, in_force):
    made = begin(here, "照旧")
    found = here.get(f"{PLANS}/{made['id']}/replay").json()
    assert found["against"]["id"] == in_force
    assert all(figure["before"] == figure["after"] for figure in found["figures"])


def test_totals_are_those_of_the_database_under_any_plan(replayed, own):
    days = {"since": replayed["since"], "until": replayed["until"]}
    query = """
        select count(*), count(*) filter (where late) from layer_incidents
        where status <> 'cancelled'
          and (reported_at at time zone 'Asia/Shanghai')::date >= %(since)s::date
          and (reported_at at time zone 'Asia/Shanghai')::date < %(until)s::date"""
    with psycopg.connect(own) as conn:
        cases, late = conn.execute(query, days).fetchone()
    assert (replayed["total"]["cases"], replayed["total"]["late"]) == (cases, late)
    assert len(replayed["weeks"]) == 52
    for side in ("before", "after"):
        held = summed(replayed["grids"], side, "cases")
        assert held + replayed["total"][f"outside_{side}"] == cases
    for name in COUNTED:
        assert summed(replayed["grids"], "before", name) == pytest.approx(
            summed(replayed["grids"], "after", name)
        )


def test_who_gains_and_who_loses(replayed, draft, own):
    rows = {row["after"]["number"]: row for row in replayed["grids"]}
    with psycopg.connect(own) as conn:
        (moved,) = conn.execute(
            """select count(*) from incident where block_id = any(%s) and status <> 'cancelled'
               and reported_at >= %s::timestamp at time zone 'Asia/Shanghai'
               and reported_at < %s::timestamp at time zone 'Asia/Shanghai'""",
            [draft["gave"], replayed["since"], replayed["until"]],
        ).fetchone()
    busy, other = rows[draft["busy"]], rows[draft["other"]]
    assert busy["before"]["cases"] - busy["after"]["cases"] == moved > 0
    assert other["after"]["cases"] - other["before"]["cases"] == moved
    assert replayed["moved"]["cases"] == moved
    assert replayed["moved"]["blocks"] == len(draft["gave"])
    assert (busy["verdict"], other["verdict"]) == ("lighter", "heavier")
    assert busy["low"] <= busy["now"] - busy["was"] <= busy["high"] < 0
    assert {
        row["verdict"] for n, row in rows.items() if n not in (draft["busy"], draft["other"])
    } == {"same"}


def test_weeks_sum_to_the_whole(here, draft, replayed):
    first, last = replayed["weeks"][0], replayed["weeks"][-1]
    for figure in replayed["figures"]:
        if figure["key"] in ("walk_m", "busy_weeks"):
            weekly = next(w for w in replayed["weekly"] if w["key"] == figure["key"])
            assert sum(weekly["before"]) == pytest.approx(figure["before"])
            assert sum(weekly["after"]) == pytest.approx(figure["after"])
    parts = [
        here.get(f"{PLANS}/{draft['id']}/replay", params={"from": a, "to": b}).json()["total"]
        for a, b in ((first, last), (last, replayed["until"]))
    ]
    assert sum(part["cases"] for part in parts) == replayed["total"]["cases"]


def test_a_seed_repeats(here, draft, replayed):
    again = here.get(f"{PLANS}/{draft['id']}/replay").json()
    assert again["figures"] == replayed["figures"]
    other = here.get(f"{PLANS}/{draft['id']}/replay", params={"seed": 1}).json()
    assert other["figures"] != replayed["figures"]
    assert [f["after"] for f in other["figures"]] == [f["after"] for f in replayed["figures"]]


def test_small_counts_need_the_right(own, draft):
    with serve(own) as anyone:
        params = {"from": "2026-06-01", "to": "2026-06-08"}
        rows = anyone.get(f"{PLANS}/{draft['id']}/replay", params=params).json()["grids"]
    counts = [row["after"][name] for row in rows for name in ("cases", "late", "border")]
    assert None in counts
    assert not {1, 2, 3, 4} & set(counts)
    for row in rows:
        ends = row["before"], row["after"]
        assert (row["was"] is None) == any(end["cases"] is None for end in ends)
        assert (row["weeks_lighter"] is None) == (row["was"] is None)
        late = row["was"] is None or any(end["late"] is None for end in ends)
        assert (row["late"]["was"] is None) == late


def test_who_gains_and_who_loses_week_by_week(replayed, draft):
    weeks = len(replayed["weeks"])
    grids = {row["after"]["number"]: row for row in replayed["grids"]}
    busy, other = grids[draft["busy"]], grids[draft["other"]]
    assert busy["weeks_lighter"] > weeks / 2
    assert busy["weeks_heavier"] == 0
    assert other["weeks_heavier"] > weeks / 2
    for way in ("weeks_lighter", "weeks_heavier"):
        assert sum(replayed[way]) == sum(row[way] for row in replayed["grids"])
    workers = busy["after"]["workers"]
    fewer = busy["after"]["late"] - busy["before"]["late"]
    late = busy["late"]
    assert late["now"] - late["was"] == pytest.approx(fewer / workers / weeks)
    assert late["low"] <= late["now"] - late["was"] <= late["high"] <= 0


def test_few_cases_that_change_hands_are_not_told(here, own, in_force):
    """A draft of one block with few cases tells how many these are only to who may know."""
    made = begin(here, "一个街区")
    with psycopg.connect(own) as conn:
        block, cases = conn.execute(
            """select block_id, count(*) from incident join draft_block using (block_id)
            where plan_id = %s and status <> 'cancelled'
              and reported_at >= '2025-06-30' and reported_at < '2026-06-29'
            group by 1 having count(*) between 1 and 4 limit 1""", [made["id"]]
        ).fetchone()  # fmt: skip
    here.post(f"{PLANS}/{made['id']}/strokes", json={"blocks": [block], "number": None},
              headers={"If-Match": "*"})  # fmt: skip
    with serve(own) as anyone:
        for asker, told in ((here, cases), (anyone, None)):
            found = asker.get(f"{PLANS}/{made['id']}/replay").json()
            assert found["moved"]["cases"] == told
            assert found["total"]["outside_after"] == told


@pytest.fixture(scope="module")
def page(here, draft):
    """The report on the draft, in English."""
    answer = here.get(f"{PLANS}/{draft['id']}/report", params={"lang": "en"})
    assert answer.status_code == 200, answer.text
    return answer


def test_the_report_is_a_file_to_open_from_disk(page, draft):
    name = f"luge-plan-{draft['id']}_2025-06-30_2026-06-28.html"
    assert page.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert page.text.count("L.map(") == 3
    assert len(page.content) < 4_000_000


def test_the_report_tells_what_the_replay_tells(page, draft, replayed):
    moved = replayed["moved"]
    assert f"{moved['blocks']:,} blocks with {moved['households']:,.0f} households" in page.text
    figures = {figure["key"]: figure for figure in replayed["figures"]}
    busiest = figures["cases_max_over_mean"]
    row = f'<td class="n">{busiest["before"]:.2f}</td><td class="n">{busiest["after"]:.2f}</td>'
    assert row in page.text
    names = {grid["number"]: grid["name"] for grid in draft["grids"]}
    one, other = names[draft["busy"]], names[draft["other"]]
    assert f"<td>{one}</td><td>{other}</td>" in page.text
    assert "moved</th>" in page.text


def test_a_report_without_the_right_hides_small_counts(own, draft):
    with serve(own) as anyone:
        params = {"from": "2026-06-01", "to": "2026-06-08", "lang": "en"}
        answer = anyone.get(f"{PLANS}/{draft['id']}/report", params=params)
    assert answer.status_code == 200
    assert "Counts below 5" in answer.text
    assert "&lt;5" in answer.text


def test_on_the_command_line(own, draft, tmp_path, monkeypatch):
    monkeypatch.setenv("LUGE_DATABASE_URL", own)
    monkeypatch.chdir(tmp_path)
    told = CliRunner().invoke(luge, ["plan", "replay", str(draft["id"]), "--since", "2026-05-04"])
    assert told.exit_code == 0, told.output
    assert f"{len(draft['gave'])} blocks" in told.output
    assert "busy worker weeks" in told.output
    made = CliRunner().invoke(luge, ["report", "plan", str(draft["id"]), "--out", "r.html"])
    assert made.exit_code == 0, made.output
    assert "网格调整方案报告" in (tmp_path / "r.html").read_text("utf-8")


def test_plans_side_by_side(here, in_force, draft):
    answer = here.get(f"{PLANS}/compare", params={"plans": f"{in_force},{draft['id']}"})
    found = TypeAdapter(PlansCompared).validate_json(answer.content, strict=True)
    one, two = found["plans"]
    assert (one["moved_blocks"], two["moved_blocks"]) == (0, len(draft["gave"]))
    assert sorted(found["blocks"]["id"]) == sorted(draft["gave"])
    assert set(found["blocks"]["numbers"][0]) == {draft["busy"]}
    assert set(found["blocks"]["numbers"][1]) == {draft["other"]}
    assert all(grid["as_first"] == grid["number"] for grid in two["grids"])
    read = here.get(f"{PLANS}/{draft['id']}").json()
    assert two["measures"] == read["measures"]


@pytest.mark.parametrize(("path", "asked", "status", "says"), [
    ("/99999/replay", {}, 404, "there is no plan 99999"),
    ("/1/replay", {"against": 99999}, 404, "there is no plan 99999"),
    ("/1/replay", {"against": 2}, 400, "one system"),
    ("/1/replay", {"from": "2026-06-08", "to": "2026-06-08"}, 400, "until"),
    ("/1/replay", {"from": "2016-06-08", "to": "2026-06-08"}, 400, "1100 days"),
    ("/1/replay", {"to": "0001-01-02"}, 400, "1950"),
    ("/1/replay", {"from": "0"}, 422, "YYYY-MM-DD"),
    ("/compare", {"plans": "1,2"}, 400, "one grid system"),
    ("/compare", {"plans": "1,1"}, 400, "different plans"),
    ("/compare", {"plans": "1,99999"}, 404, "there is no plan"),
    ("/compare", {"plans": "1"}, 422, "plans"),
    ("/99999/report", {}, 404, "there is no plan"),
    ("/1/report", {"f": "doc"}, 422, "html"),
    ("/trend", {"system": "nothing"}, 400, "nothing"),
])  # fmt: skip
def test_what_cannot_be_replayed_is_told(here, path, asked, status, says):
    answer = here.get(PLANS + path, params=asked)
    assert answer.status_code == status
    assert says in answer.json()["detail"]


def test_a_district_without_cases_has_a_replay(db):
    from geo.store import district
    from geo.store.database import Setting

    district.init(db, Setting("试验区", "319902", 4549, "Asia/Shanghai", 50.0))
    with TestClient(create_app(Settings(database_url=db)), client=HERE) as client:
        made = client.post(PLANS, json={"system": "management", "name": "空"}).json()
        answer = client.get(f"{PLANS}/{made['id']}/replay")
        assert answer.status_code == 400
        assert "in force" in answer.json()["detail"]
        answer = client.get(f"{PLANS}/{made['id']}/replay", params={"against": made["id"]})
        assert answer.status_code == 200, answer.text
        assert answer.json()["grids"] == []
        answer = client.get(f"{PLANS}/{made['id']}/report", params={"against": made["id"]})
        assert answer.status_code == 200, answer.text
        assert "没有街区换格" in answer.text
