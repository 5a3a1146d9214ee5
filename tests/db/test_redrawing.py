"""Plans redrawn on copies of the sample district: strokes, publishing, blocks cut and joined."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import shapely
from days import today, tomorrow

from geo.cutting import CannotCut, CannotJoin
from geo.load import STANDARD
from geo.plan import WrongStep
from geo.reporting.periods import Period
from geo.rules import HARD, BadLimits
from geo.store import (
    cutting,
    linking,
    plan_checks,
    plan_lineage,
    publishing,
    redrawing,
    seek,
    strokes,
)
from geo.store.database import LOCAL, read_setting, transaction
from geo.store.publishing import CannotWithdraw, DayUnusable, PlanOvertaken, RulesBroken, Step
from geo.store.redrawing import DraftChanged, PlanFrozen, UnknownPlan, UnknownSystem, Wish
from geo.store.reporting import read_material
from geo.store.strokes import By, GridInUse, GridLocked, NothingToUndo, UnknownBlock, UnknownGrid


@pytest.fixture
def conn(own):
    """A transaction on the sample district that leaves nothing behind."""
    with transaction(own) as connection:
        yield connection
        connection.rollback()


@pytest.fixture
def draft(conn):
    return redrawing.make(conn, Wish("management", "试画"))


def numbers(conn, plan):
    found = redrawing.read_blocks(conn, plan)
    return dict(zip(found["id"], found["number"], strict=True))


def approved(conn, plan):
    for status in ("submitted", "approved"):
        publishing.take_step(conn, plan, None, Step(status))
    return plan


def publish(conn, plan, start=None):
    publishing.take_step(
        conn, approved(conn, plan), None, Step("published", start=start or tomorrow())
    )


def neighbours(conn, plan):
    """Blocks with the number of another grid of the same area that they share an edge with."""
    return conn.execute(
        """select d.block_id, d.number, e.number
        from draft_block d join block b on b.id = d.block_id
        join block c on c.geom && b.geom and c.area_id = b.area_id
             and st_length(st_intersection(b.geom, c.geom)) > 5
        join draft_block e on e.plan_id = d.plan_id and e.block_id = c.id and e.number <> d.number
        where d.plan_id = %s order by 1, 3""",
        [plan],
    ).fetchall()


@pytest.fixture
def moved(conn, draft):
    """A block painted into another grid, after which both are whole: block, number was, is."""
    for block, was, now in neighbours(conn, draft):
        strokes.paint(conn, draft, {block: now}, By())
        if not plan_checks.check(conn, draft, STANDARD, HARD).findings:
            return block, was, now
        strokes.undo(conn, draft, By())
    raise AssertionError("no block of the sample can change grids")


def grids_of_blocks(conn, day):
    return dict(conn.execute(
        """select block_id, grid.code from assignment join plan on plan.id = plan_id
        join grid on grid.id = grid_id join grid_system s on s.id = plan.system_id
        where s.code = 'management' and plan.valid_from <= %(day)s and plan.valid_to > %(day)s""",
        {"day": day},
    ).fetchall())  # fmt: skip


def rows_of_points(conn):
    return [
        sorted(conn.execute(f"select id, xmin::text, block_id from {table}").fetchall())
        for table in linking.POINT_TABLES
    ]


def test_a_draft_on_a_published_plan_has_its_workers(conn, draft):
    strokes.change_grid(conn, draft, 3, By(), {"workers": 4})
    publish(conn, draft)
    again = redrawing.make(conn, Wish("management", "再画", based_on=draft))
    workers = [grid["workers"] for grid in redrawing.grids_of(conn, again)]
    assert workers == [grid["workers"] for grid in redrawing.grids_of(conn, draft)]
    assert workers[2] == 4


def test_a_draft_on_a_plan_to_come_follows_it(conn, draft, moved):
    publish(conn, draft)
    later = redrawing.make(conn, Wish("management", "后", based_on=draft))
    assert {row["kind"] for row in plan_lineage.read(conn, later)} == {"kept"}
    with pytest.raises(DayUnusable), conn.transaction():
        publish(conn, later, tomorrow())
    publish(conn, later, tomorrow() + timedelta(days=1))
    days = [redrawing.known(conn, plan)["valid_to"] for plan in (draft, later)]
    assert days == [(tomorrow() + timedelta(days=1)).isoformat(), None]


def test_drafts_begin_from_nothing_from_a_plan_and_from_a_draft(conn, draft):
    empty = redrawing.read(conn, redrawing.make(conn, Wish("police", "空", empty=True)), LOCAL)
    assert (empty["grids"], empty["based_on"], empty["unassigned"]) == ([], None, empty["blocks"])
    assert plan_lineage.read(conn, empty["id"])[0]["kind"] == "ended"
    strokes.paint(conn, draft, {min(numbers(conn, draft)): None}, By())
    copy = redrawing.make(conn, Wish("management", "再画", based_on=draft))
    assert numbers(conn, copy) == numbers(conn, draft)
    told = redrawing.read(conn, copy, LOCAL)
    assert (told["based_on"], told["unassigned"]) == (draft, 1)
    with pytest.raises(UnknownPlan):
        redrawing.make(conn, Wish("police", "x", based_on=draft))
    with pytest.raises(UnknownSystem):
        redrawing.make(conn, Wish("nowhere", "x"))


def test_what_grids_hold_is_what_their_blocks_hold(conn, draft):
    sums = conn.execute(
        """select number, count(*), sum(households),
        sum((select count(*) from merchant where block_id = b.id))
        from draft_block d join block b on b.id = d.block_id
        where plan_id = %s group by number order by number""",
        [draft],
    ).fetchall()
    grids = redrawing.read(conn, draft, LOCAL)["grids"]
    told = [(g["number"], g["blocks"], g["households"], g["merchants"]) for g in grids]
    assert told == sums
    assert min(grid["load"] for grid in grids) > 0


def test_any_strokes_undone_leave_the_draft_as_it_was(conn, draft):
    states = [numbers(conn, draft)]
    ids = sorted(states[0])
    number, _ = strokes.add_grid(conn, draft, By())
    for n, at in enumerate((0, 3, 1, 3)):
        target = number if n % 2 else None
        strokes.paint(conn, draft, dict.fromkeys(ids[at : at + 5], target), By())
        states.append(numbers(conn, draft))
    for state in states[-2::-1]:
        strokes.undo(conn, draft, By())
        assert numbers(conn, draft) == state
    for state in states[1:]:
        strokes.redo(conn, draft, By())
        assert numbers(conn, draft) == state
    with pytest.raises(NothingToUndo):
        strokes.redo(conn, draft, By())


def test_what_was_undone_is_gone_once_another_stroke_is_made(conn, draft):
    first, second = sorted(numbers(conn, draft))[:2]
    before = numbers(conn, draft)
    strokes.paint(conn, draft, {first: None}, By())
    strokes.undo(conn, draft, By())
    strokes.paint(conn, draft, {second: None}, By())
    strokes.undo(conn, draft, By())
    strokes.redo(conn, draft, By())
    assert numbers(conn, draft) == before | {second: None}


def test_faults_of_strokes(conn, draft):
    block = min(numbers(conn, draft))
    other = next(n for n in numbers(conn, draft).values() if n != numbers(conn, draft)[block])
    for fault, moves in ((UnknownBlock, {2**30: 1}), (UnknownGrid, {block: 9999})):
        with pytest.raises(fault), conn.transaction():
            strokes.paint(conn, draft, moves, By())
    strokes.change_grid(conn, draft, other, By(), {"locked": True})
    with pytest.raises(GridLocked), conn.transaction():
        strokes.paint(conn, draft, {block: other}, By())
    with pytest.raises(GridInUse), conn.transaction():
        strokes.drop_grid(conn, draft, other, By())
    assert strokes.paint(conn, draft, {block: numbers(conn, draft)[block]}, By()).stroke is None
    approved(conn, draft)
    with pytest.raises(PlanFrozen):
        strokes.paint(conn, draft, {block: None}, By())


def test_two_planners_at_once_lose_no_stroke(own):
    """Each paints its blocks one by one and, told that it was slower, sends its stroke again."""
    with transaction(own) as conn:
        draft = redrawing.make(conn, Wish("management", "两人"))
        ids = sorted(numbers(conn, draft))[:40]

    def paint(mine):
        seen, others = 1, set()
        for block in mine:
            while True:
                try:
                    with transaction(own) as conn:
                        by = By(seen, str(mine[0]))
                        painted = strokes.paint(conn, draft, {block: None}, by)
                except DraftChanged as error:
                    others.update(stroke["made_by"] for stroke in error.strokes)
                    seen = error.version
                else:
                    unseen.append(painted.version - seen - 1)
                    seen = painted.version
                    break
        return others

    unseen = []
    with ThreadPoolExecutor(2) as planners:
        told = list(planners.map(paint, (ids[::2], ids[1::2])))
    assert all(others <= {str(ids[1 - n])} for n, others in enumerate(told))
    assert unseen == [0] * 40
    with transaction(own) as conn:
        assert [numbers(conn, draft)[block] for block in ids] == [None] * 40
        assert redrawing.known(conn, draft)["version"] == 41
        redrawing.discard(conn, draft, None)
        assert conn.execute(
            "select count(*) from stroke where plan_id = %s", [draft]
        ).fetchone() == (0,)


def test_publishing_changes_tomorrow_and_nothing_before(conn, draft, moved):
    block, was, now = moved
    points, held = rows_of_points(conn), grids_of_blocks(conn, today())
    codes = {grid["number"]: grid["code"] for grid in redrawing.grids_of(conn, draft)}
    publish(conn, draft)
    assert rows_of_points(conn) == points
    assert grids_of_blocks(conn, today()) == held
    assert grids_of_blocks(conn, tomorrow()) == held | {block: codes[now]}
    shapes = shapely.from_wkb([row[0] for row in conn.execute(
        "select st_asbinary(geom) from grid_shape where plan_id = %s", [draft])])  # fmt: skip
    assert shapely.coverage_is_valid(shapes)
    lineage = plan_lineage.read(conn, draft)
    changes = [row for row in lineage if row["kind"] != "kept"]
    assert [(row["from_code"], row["to_code"], row["blocks"]) for row in changes] == [
        (codes[was], codes[now], 1)
    ]
    assert {row["kind"] for row in lineage} == {"kept", "moved"}
    after = redrawing.read(conn, draft, LOCAL)
    assert (after["status"], after["unassigned"], after["blocks"]) == ("published", 0, len(held))
    assert numbers(conn, draft)[block] == now


def told_of_grids(conn, period):
    """Cases of a period by grid and class, as a report is made of them."""
    material = read_material(conn, period, "management")
    cases = material.cases.assign(grid=material.cases["block_id"].map(material.blocks["grid"]))
    sums = material.blocks.groupby("grid")[["households", "merchants"]].sum()
    return cases.groupby(["grid", "class"]).size().to_dict(), sums.to_dict(), material.plan.name


def test_last_months_report_stays_as_it_was(conn, draft, moved, large):
    """A case of tomorrow in the block that moved is the new grid's; what was, does not change."""
    last_month = Period(today() - timedelta(days=30), today())
    before = told_of_grids(conn, last_month)
    assert before[0]
    codes = {grid["number"]: grid["code"] for grid in redrawing.grids_of(conn, draft)}
    cutting.cut(conn, draft, large, middle(conn, large), By())
    publish(conn, draft)
    assert told_of_grids(conn, last_month) == before
    conn.execute(
        """insert into incident (external_id, class, reported_at, geom)
        select 'tomorrow', '暴露垃圾', %s::date + time '12:00', st_pointonsurface(geom)
        from block where id = %s""",
        [tomorrow(), moved[0]],
    )
    of_it = "select grid.code from incident join assignment using (block_id)"
    of_it += " join grid on grid.id = grid_id where external_id = 'tomorrow' and plan_id = %s"
    assert conn.execute(of_it, [draft]).fetchone() == (codes[moved[2]],)
    assert told_of_grids(conn, last_month) == before
    new, _, name = told_of_grids(conn, Period(tomorrow(), tomorrow() + timedelta(days=1)))
    assert new[(codes[moved[2]], "暴露垃圾")] == 1
    assert name == "试画"


def test_the_lineage_told_of_a_draft_is_that_which_is_written(conn, draft, moved):
    columns = ("kind", "blocks", "households", "from_id", "from_code", "to_name")
    new, _ = strokes.add_grid(conn, draft, By(), name="新网格")
    first = numbers(conn, draft)
    whole = [block for block, number in first.items() if number == moved[1]]
    strokes.paint(conn, draft, dict.fromkeys(whole, new), By())
    told, written = plan_lineage.read(conn, draft), None
    publish(conn, draft)
    written = plan_lineage.read(conn, draft)
    order = [[tuple(row[name] for name in columns) for row in rows] for rows in (told, written)]
    assert sorted(order[0], key=repr) == sorted(order[1], key=repr)


def test_new_grids_get_codes_never_given_before(conn, draft, moved):
    given = {
        row[0] for row in conn.execute("select code from code_given where kind like 'grid:%%'")
    }
    new, _ = strokes.add_grid(conn, draft, By(), name="新网格")
    whole = [block for block, number in numbers(conn, draft).items() if number == moved[1]]
    strokes.paint(conn, draft, dict.fromkeys(whole, new), By())
    publish(conn, draft)
    (made,) = {grid["code"] for grid in redrawing.grids_of(conn, draft)} - given
    old = next(row for row in plan_lineage.read(conn, draft) if row["to_code"] == made)
    assert made[:12] == old["from_code"][:12]


def of_plans(conn):
    """All that plans in force and to come are made of."""
    return {
        name: sorted(conn.execute(query).fetchall(), key=repr)
        for name, query in {
            "plans": "select id, name, status, valid_from, valid_to::text from plan",
            "assignment": "select plan_id, block_id, grid_id from assignment",
            "grids": "select id, code, name, parent_id from grid",
            "shapes": "select plan_id, grid_id, st_asbinary(geom) from grid_shape",
            "drafts": "select plan_id, block_id, number, based from draft_block",
            "of_drafts": "select plan_id, number, grid_id, name, workers from draft_grid",
            "lineage": "select plan_id, from_grid, to_grid from lineage",
            "codes": "select kind, code from code_given",
        }.items()
    }


def test_a_plan_to_come_is_withdrawn_as_if_it_had_not_been_published(conn, draft, moved):
    new, _ = strokes.add_grid(conn, draft, By(), name="新网格")
    whole = [block for block, number in numbers(conn, draft).items() if number == moved[1]]
    strokes.paint(conn, draft, dict.fromkeys(whole, new), By())
    strokes.change_grid(conn, draft, moved[2], By(), {"name": "改名"})
    approved(conn, draft)
    before = of_plans(conn)
    publishing.take_step(conn, draft, None, Step("published", start=tomorrow()))
    assert of_plans(conn) != before
    publishing.take_step(conn, draft, None, Step("approved", "李", "再议"))
    assert of_plans(conn) == before
    assert redrawing.read(conn, draft, LOCAL)["steps"][-1]["note"] == "再议"
    publishing.take_step(conn, draft, None, Step("published", start=tomorrow()))
    publishing.take_step(conn, draft, None, Step("approved"))
    publishing.take_step(conn, draft, None, Step("draft"))
    strokes.undo(conn, draft, By())
    strokes.undo(conn, draft, By())
    strokes.paint(conn, draft, {moved[0]: moved[2]}, By())


def test_a_plan_is_withdrawn_after_a_block_of_it_was_cut(conn, draft, large):
    """The pieces are what the block was, in the draft and in its strokes, and it is published."""
    was = numbers(conn, draft)[large]
    new, _ = strokes.add_grid(conn, draft, By(), name="新网格")
    strokes.paint(conn, draft, {large: new}, By())
    publish(conn, draft)
    other = redrawing.make(conn, Wish("police", "另"))
    done = cutting.cut(conn, other, large, middle(conn, large), By())
    made = [block["id"] for block in done.blocks]
    publishing.take_step(conn, draft, None, Step("approved"))
    held = numbers(conn, draft)
    assert large not in held
    assert {held[block] for block in made} == {new}
    publishing.take_step(conn, draft, None, Step("published", start=tomorrow()))
    publishing.take_step(conn, draft, None, Step("approved"))
    publishing.take_step(conn, draft, None, Step("draft"))
    assert sorted(strokes.undo(conn, draft, By()).changed) == [(b, new, was) for b in sorted(made)]
    based = redrawing.read_blocks(conn, draft)
    assert based["number"] == based["based"]


def test_a_plan_begins_at_midnight_in_the_district(conn, draft, moved):
    """West of the date line it is a day or two earlier than east of it, at any time."""
    block, was, now = moved
    names = {grid["number"]: grid["name"] for grid in redrawing.grids_of(conn, draft)}
    where = """select st_x(p), st_y(p) from block, st_transform(st_pointonsurface(geom), 4326) as p
        where id = %s"""
    lon, lat = conn.execute(where, [block]).fetchone()

    def move_to(zone):
        conn.execute("update setting set time_zone = %s", [zone])
        return read_setting(conn).day()

    def told():
        (place,) = seek.locate(conn, [lon], [lat])
        plans = {row["code"]: row["plan"]["name"] for row in seek.district(conn)["systems"]}
        grid = next(row["name"] for row in place["grids"] if row["system"] == "management")
        return grid, plans["management"] == "试画", place["as_of"]

    yesterday = move_to("Pacific/Pago_Pago")
    publish(conn, draft, yesterday + timedelta(days=1))
    assert told() == (names[was], False, yesterday)
    today = move_to("Pacific/Kiritimati")
    assert today > yesterday
    assert told() == (names[now], True, today)


def test_a_plan_in_force_is_not_withdrawn(conn, draft, moved):
    publish(conn, draft, today())
    with pytest.raises(CannotWithdraw, match="in force"), conn.transaction():
        publishing.take_step(conn, draft, None, Step("approved"))
    later = redrawing.make(conn, Wish("management", "后"))
    publish(conn, later)
    with pytest.raises(WrongStep), conn.transaction():
        publishing.take_step(conn, draft, None, Step("approved"))


def test_name_note_and_limits_are_strokes(conn, draft):
    asked = ("name", "note", "limits")
    usual = redrawing.read(conn, draft, LOCAL)
    assert strokes.change_plan(conn, draft, By(), {"name": "试画"}) == 1
    changes: list[dict[str, Any]] = [
        {"name": "二稿"}, {"limits": {"households_most": 600, "area_least": 1e4}}, {"note": "夜班"},
    ]  # fmt: skip
    seen = [usual]
    for change in changes:
        strokes.change_plan(conn, draft, By(), change)
        seen.append(redrawing.read(conn, draft, LOCAL))
    assert seen[-1]["limits"]["households_most"] == 600
    assert (seen[-1]["name"], seen[-1]["note"]) == ("二稿", "夜班")
    for turn, states in ((strokes.undo, reversed(seen[:-1])), (strokes.redo, seen[1:])):
        for state in states:
            turn(conn, draft, By())
            now = redrawing.read(conn, draft, LOCAL)
            assert [now[key] for key in asked] == [state[key] for key in asked]
    with pytest.raises(BadLimits), conn.transaction():
        strokes.change_plan(conn, draft, By(), {"limits": {"most": 1}})


def test_what_cannot_be_published(conn, draft):
    block = min(numbers(conn, draft))
    with pytest.raises(DayUnusable, match="passed"), conn.transaction():
        publish(conn, draft, today() - timedelta(days=1))
    strokes.paint(conn, draft, {block: None}, By())
    with pytest.raises(RulesBroken) as broken, conn.transaction():
        publish(conn, draft)
    strokes.undo(conn, draft, By())
    (finding,) = broken.value.told["findings"]
    assert (finding["rule"], finding["blocks"]) == ("assigned", [block])
    other = redrawing.make(conn, Wish("management", "先"))
    publish(conn, other)
    with pytest.raises(DayUnusable, match="later"), conn.transaction():
        publish(conn, draft)
    with pytest.raises(PlanOvertaken, match=str(other)):
        publish(conn, draft, tomorrow() + timedelta(days=1))


def middle(conn, block):
    """A line in degrees through the middle of a block, past both of its ends."""
    return conn.execute(
        """select st_x(p), st_y(p) from block,
        lateral (values (st_xmin(geom) - 1), (st_xmax(geom) + 1)) as x (x),
        lateral st_point(x, (st_ymin(geom) + st_ymax(geom)) / 2, st_srid(geom)) as spot,
        lateral st_transform(spot, 4326) as p
        where id = %s order by x""",
        [block],
    ).fetchall()


def ground(conn):
    found = conn.execute("select st_asbinary(geom) from block where valid_to = 'infinity'")
    return shapely.from_wkb([row[0] for row in found])


@pytest.fixture
def large(conn):
    """A large block with cases in it."""
    return conn.execute(
        """select b.id from block b join incident i on i.block_id = b.id
        where st_area(b.geom) > 8000 group by b.id order by count(*) desc limit 1"""
    ).fetchone()[0]


def test_a_cut_block_is_followed_by_everything(conn, draft, large):
    area = shapely.area(ground(conn)).sum()
    lived = conn.execute("select households from block where id = %s", [large]).fetchone()
    households = lived[0]
    number, code = numbers(conn, draft)[large], grids_of_blocks(conn, today())[large]
    strokes.paint(conn, draft, {large: None}, By())
    counts = """select plan_id, a.grid_id, count(*)
        from incident join assignment a using (block_id) group by 1, 2"""
    before = set(conn.execute(counts).fetchall())
    shapes = "select grid_id, plan_id, st_area(geom) from grid_shape order by 1, 2"
    drawn = conn.execute(shapes).fetchall()
    done = cutting.cut(conn, draft, large, middle(conn, large), By())
    made = [block["id"] for block in done.blocks]
    assert done.ended == [large]
    assert done.moved > 0
    assert sum(block["households"] for block in done.blocks) == households
    assert shapely.area(ground(conn)).sum() == pytest.approx(area, abs=1e-3)
    assert shapely.coverage_is_valid(ground(conn))
    assert [numbers(conn, draft).get(block) for block in [large, *made]] == [None] * (len(made) + 1)
    assert {grids_of_blocks(conn, today())[block] for block in made} == {code}
    assert set(conn.execute(counts).fetchall()) >= before
    assert conn.execute(shapes).fetchall() == drawn
    strokes.undo(conn, draft, By())
    assert {numbers(conn, draft)[block] for block in made} == {number}
    for table in linking.POINT_TABLES:
        assert linking.relink(conn, table) == 0
    publish(conn, draft)

    again = redrawing.make(conn, Wish("management", "再画", based_on=draft))
    joined = cutting.join(conn, again, made, By())
    assert [block["households"] for block in joined.blocks] == [households]
    assert shapely.coverage_is_valid(ground(conn))
    assert shapely.area(ground(conn)).sum() == pytest.approx(area, abs=1e-3)
    assert set(conn.execute(counts).fetchall()) >= before
    assert numbers(conn, again)[joined.blocks[0]["id"]] == number
    steps = conn.execute(
        "select kind, count(*) from block_lineage group by 1 order by 1"
    ).fetchall()
    assert steps == [("cut", len(made)), ("join", len(made))]


def test_what_cannot_be_cut_or_joined(conn, draft, large):
    ends = middle(conn, large)
    with pytest.raises(CannotCut), conn.transaction():
        cutting.cut(conn, draft, large, [ends[0], (ends[0][0] + 1e-5, ends[0][1])], By())
    block, _, _ = neighbours(conn, draft)[0]
    other = next(b for b, n in numbers(conn, draft).items() if n != numbers(conn, draft)[block])
    with pytest.raises(CannotJoin), conn.transaction():
        cutting.join(conn, draft, [block, other], By())
    with pytest.raises(UnknownBlock), conn.transaction():
        cutting.cut(conn, draft, 2**30, ends, By())
    with pytest.raises(DraftChanged):
        cutting.cut(conn, draft, large, ends, By(7))
