"""Trends and reports across a redraw: nothing that has been is otherwise after it."""

from datetime import date, timedelta

import pandas as pd
import pytest

from geo.reporting.content import compute
from geo.reporting.periods import Period
from geo.store import cutting, publishing, redrawing, reporting, reruns, strokes, trends
from geo.store.database import read_setting, transaction
from geo.store.homes import refresh_homes
from geo.store.publishing import Step
from geo.store.redrawing import Wish
from geo.store.reruns import Asked
from geo.store.strokes import By

LAST_MONTH = Period(date(2026, 6, 1), date(2026, 7, 1))
YEARS = trends.Asked("management", 48)
COUNTED = "select count(*) from incident where status <> 'cancelled' and block_id is not null"


@pytest.fixture
def conn(own):
    """A transaction on the sample district that leaves nothing behind."""
    with transaction(own) as connection:
        yield connection
        connection.rollback()


@pytest.fixture
def redrawn(conn):
    """The plan in force redrawn: one block goes to a neighbouring grid of its area."""
    plan = redrawing.make(conn, Wish("management", "改"))
    conn.execute("update draft_block set based = number where plan_id = %s", [plan])
    block, number = conn.execute(
        """select d.block_id, e.number from draft_block d join block b on b.id = d.block_id
        join block c on c.area_id = b.area_id and st_length(st_intersection(b.geom, c.geom)) > 5
        join draft_block e on e.plan_id = d.plan_id and e.block_id = c.id and e.number <> d.number
        where d.plan_id = %s
          and (select count(*) from incident where block_id = b.id) > 5
        order by (select count(*) from draft_block f
                  where f.plan_id = d.plan_id and f.number = d.number) desc limit 1""",
        [plan],
    ).fetchone()
    strokes.paint(conn, plan, {block: number}, By(None, ""))
    return plan, block


def in_force_today(conn, plan):
    """Published from tomorrow on; its days are put back by one."""
    for status in ("submitted", "approved"):
        publishing.take_step(conn, plan, None, Step(status))
    tomorrow = conn.execute("select current_date + 1").fetchone()[0]
    publishing.take_step(conn, plan, None, Step("published", start=tomorrow))
    conn.execute("update plan set valid_to = current_date where valid_to = current_date + 1")
    conn.execute("update plan set valid_from = current_date where id = %s", [plan])


def whole(found, key):
    return sum(sum(grid[key]) for grid in found["grids"] if grid[key])


def test_months_of_today_and_then_are_the_same_before_a_redraw(conn):
    found = trends.trend(conn, YEARS)
    assert len(found["months"]) == 48
    assert all(grid["today"] == grid["then"] for grid in found["grids"])
    assert whole(found, "today") == conn.execute(COUNTED).fetchone()[0]


def test_a_trend_survives_a_redraw(conn, redrawn):
    plan, block = redrawn
    before = {grid["id"]: grid for grid in trends.trend(conn, YEARS)["grids"]}
    in_force_today(conn, plan)
    found = trends.trend(conn, YEARS)
    assert len(found["plans"]) == 2
    after = {grid["id"]: grid for grid in found["grids"]}
    assert whole(found, "today") == whole(found, "then") == conn.execute(COUNTED).fetchone()[0]
    assert {id_: grid["then"] for id_, grid in after.items()} == {
        id_: grid["then"] for id_, grid in before.items()
    }
    moved = {id_ for id_ in after if after[id_]["today"] != before[id_]["today"]}
    assert len(moved) == 2
    cases = conn.execute(f"{COUNTED} and block_id = %s", [block]).fetchone()[0]
    apart = sorted(sum(after[id_]["today"]) - sum(before[id_]["today"]) for id_ in moved)
    assert apart == [-cases, cases]


@pytest.mark.parametrize(("of", "query"), [
    ("cases", COUNTED),
    ("visits", "select count(*) from visit join merchant m on m.id = merchant_id"
               " where block_id is not null"),
    ("patrol_m", "select sum(to_m - from_m) from pass join side_home using (segment_id, side)"
                 " where block_id > 0"),
])  # fmt: skip
def test_months_lose_nothing_in_the_borders_of_any_day(conn, redrawn, of, query):
    """Under today's plan, that of tomorrow and that of each day there is as much in all."""
    plan, _ = redrawn
    for status in ("submitted", "approved"):
        publishing.take_step(conn, plan, None, Step(status))
    tomorrow = read_setting(conn).day() + timedelta(days=1)
    publishing.take_step(conn, plan, None, Step("published", start=tomorrow))
    today, soon = (trends.trend(conn, YEARS._replace(of=of, as_of=d)) for d in (None, tomorrow))
    whole_of = conn.execute(query).fetchone()[0]
    assert whole_of > 0
    for found in (today, soon):
        assert whole(found, "today") == pytest.approx(whole_of)
        assert whole(found, "then") == pytest.approx(whole_of)
    assert [p["id"] for p in today["plans"]] == [p["id"] for p in soon["plans"]][:-1]
    now, later = ({g["id"]: g["today"] for g in found["grids"]} for found in (today, soon))
    assert now != later or of != "cases"


def test_the_plan_in_force_is_replayed_against_the_one_before(conn, redrawn):
    plan, block = redrawn
    in_force_today(conn, plan)
    found = reruns.replay(conn, Asked(plan, None, date(2025, 7, 1), date(2026, 6, 30)))
    assert found.before.told["id"] != plan
    assert found.ground.blocks[found.found.moved.blocks].tolist() == [block]


@pytest.fixture
def cut(conn, redrawn):
    """The largest block of the draft cut in two, both ways past its middle."""
    plan, _ = redrawn
    block, west, south, east, north = conn.execute(
        """select b.id, st_xmin(box), st_ymin(box), st_xmax(box), st_ymax(box)
        from draft_block join block b on b.id = block_id,
             lateral (select box2d(st_transform(b.geom, 4326)) as box) x
        where plan_id = %s and st_area(st_convexhull(b.geom)) < 1.05 * st_area(b.geom)
        order by (select count(*) from incident where block_id = b.id) desc limit 1""",
        [plan],
    ).fetchone()
    middle = (south + north) / 2
    return block, cutting.cut(
        conn, plan, block, [(west - 1e-4, middle), (east + 1e-4, middle)], By(None, "")
    )


def test_a_cut_changes_no_trend_and_no_replay(conn, redrawn, request):
    plan, _ = redrawn
    asked = Asked(plan, None, date(2025, 7, 1), date(2026, 6, 30))
    before = trends.trend(conn, YEARS), reruns.replay(conn, asked)
    request.getfixturevalue("cut")
    after = trends.trend(conn, YEARS), reruns.replay(conn, asked)
    assert before[0] == after[0]
    one, two = (replay.found for replay in (before[1], after[1]))
    for name in ("cases", "late", "visits"):
        assert (one.after.of[name] == two.after.of[name]).all()
    assert one.moved.cases == two.moved.cases


def test_last_months_report_is_unchanged_by_a_cut_and_a_redraw(conn, redrawn, request):
    def report():
        return compute(reporting.read_material(conn, LAST_MONTH), LAST_MONTH)

    before = report()
    old, made = request.getfixturevalue("cut")
    in_force_today(conn, redrawn[0])
    after = report()
    for unit, table in before.by.items():
        pd.testing.assert_frame_equal(table, after.by[unit])
    pd.testing.assert_frame_equal(before.load, after.load)
    pieces = [block["id"] for block in made.blocks]
    pd.testing.assert_series_equal(
        after.block_load.loc[pieces].sum(), before.block_load.loc[old], check_names=False
    )
    assert before.block_load.loc[old, "incidents"] > 0


def test_the_frontage_of_a_cut_block_is_its_pieces_at_once(conn, redrawn, request):
    """What is derived anew finds every side in the block that the cut, or the join, put it in."""
    homes = "select segment_id, side, block_id from side_home order by 1, 2"
    old, made = request.getfixturevalue("cut")
    pieces = [block["id"] for block in made.blocks]
    for blocks in (pieces, None):
        if blocks is None:
            blocks = [b["id"] for b in cutting.join(conn, redrawn[0], pieces, By(None, "")).blocks]
        followed = conn.execute(homes).fetchall()
        assert {block for _, _, block in followed} >= set(blocks)
        assert old not in {block for _, _, block in followed}
        refresh_homes(conn, 4549)
        assert conn.execute(homes).fetchall() == followed
