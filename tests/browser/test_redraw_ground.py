"""The page of plans: floods, blocks cut and joined, limits, proposals found again, marks."""

from collections.abc import Callable, Iterator
from random import Random

import psycopg
import pytest
from axe import serious_faults
from pages import OpenPage, settle, shot
from planning import SPOT, asked, drawn, numbers, opened, saved, stroke
from playwright.sync_api import expect
from serving import serving

MakeDatabase = Callable[..., str]
# The block of a grid with the most ground; two of its blocks that do not touch.
LARGEST = """(number) => {
    const { ground, sketch } = luge.desk.editor;
    return [...sketch.members.get(number)].reduce((one, other) =>
        ground.blocks[other].area_m2 > ground.blocks[one].area_m2 ? other : one);
}"""
APART = """(number) => {
    const { ground, sketch } = luge.desk.editor;
    const [first, ...rest] = sketch.members.get(number);
    const near = new Set(ground.around[first].flatMap((edge) =>
        [ground.edges[edge].a, ground.edges[edge].b]));
    return [first, rest.find((place) => !near.has(place))];
}"""
# A block from which a flood crosses a lane, and the ids of all that it reaches.
FLOODED = """() => {
    const { edges, blocks, around } = luge.desk.editor.ground;
    const open = new Set(['lane', 'nothing']), { locate } = luge.desk.shapes;
    const reached = (from) => {
        const seen = new Set([from]);
        for (const place of seen) for (const edge of around[place])
            if (open.has(edges[edge].kind)) seen.add(edges[edge].a).add(edges[edge].b);
        return [...seen].map((place) => blocks[place].id);
    };
    const place = blocks.findIndex(({ middle }, at) =>
        locate(middle) === at && around[at].some((edge) => edges[edge].kind === 'lane'));
    return [place, reached(place)];
}"""
# The corners of a block on the screen.
CORNERS = """(place) => {
    const { board, shapes } = luge.desk;
    const { left, top } = document.querySelector('#map').getBoundingClientRect();
    return shapes.boxes[place].toArray().map((corner) => {
        const { x, y } = board.map.project(corner);
        return [left + x, top + y];
    });
}"""
# What the page marks, in the service's words: rule and number of the grid.
MARKED = """() => [...luge.desk.editor.marks].flatMap(([number, marks]) => marks.map((mark) => [{
    contiguous: 'contiguous', parent: 'inside_parent', compound: 'compound_whole',
    protected: 'protected_whole', enclave: 'enclave', compact: 'compact', limit: mark.what,
}[mark.rule], number]))"""


@pytest.fixture(scope="module")
def service(own: str) -> Iterator[str]:
    with serving(own) as address:
        yield address


@pytest.fixture
def draft(service: str) -> int:
    """A draft of the management grids, as they are."""
    return int(asked(service, "POST", "", {"system": "management", "name": "试画"})["id"])


def test_a_flood_crosses_lanes_and_stops_at_roads(
    open_page: OpenPage, service: str, draft: int
) -> None:
    page = open_page(f"plans#plan={draft}&grid=60", ready=False)
    opened(page)
    place, reached = page.evaluate(FLOODED)
    assert len(reached) > 1
    before = numbers(service, draft)
    page.evaluate("(place) => luge.desk.board.go([place])", place)
    settle(page)
    page.keyboard.press("f")
    expect(page.locator("#told")).to_contain_text("里弄")
    stroke(page, place)
    assert numbers(service, draft) == before | dict.fromkeys(reached, 60)


def test_the_page_and_the_service_find_the_same(
    open_page: OpenPage, service: str, own: str, draft: int
) -> None:
    """Random strokes, an enclave, a school that is cut; area and compactness have limits."""
    with psycopg.connect(own) as conn:
        conn.execute(
            "insert into protected_place (kind, name, geom) select 'school', '实验小学',"
            " st_multi(st_buffer(st_pointonsurface(geom), 250)) from block where id = 400"
        )
        conn.execute("insert into change (layer, op) values ('protected', 'update')")
    try:
        with_limits = {"limits": {"compactness_least": 0.3, "area_most": 200_000}}
        asked(service, "PATCH", f"/{draft}", with_limits)
        page = open_page(f"plans#plan={draft}", ready=False)
        opened(page)
        draw = Random(5)
        blocks = numbers(service, draft)
        for _ in range(12):
            some, number = draw.sample(range(len(blocks)), 3), draw.randint(1, 114)
            page.evaluate("([some, number]) => luge.desk.paint(some, number)", [some, number])
        saved(page)
        marked = {tuple(mark) for mark in page.evaluate(MARKED)}
        found = asked(service, "GET", f"/{draft}/checks")["findings"]
    finally:
        with psycopg.connect(own) as conn:
            conn.execute("delete from protected_place")
            conn.execute("insert into change (layer, op) values ('protected', 'update')")
    told = {
        (finding["rule"], number)
        for finding in found if finding["rule"] not in ("assigned", "code")
        for number in finding["values"].get("grids", [finding["number"]])
    }  # fmt: skip
    assert marked == told
    assert {"protected_whole", "enclave", "compact", "area"} <= {rule for rule, _ in told}


def test_a_block_is_cut_along_a_line_and_joined_again_by_keyboard(
    open_page: OpenPage, service: str, draft: int
) -> None:
    page = open_page(f"plans#plan={draft}&grid=20", ready=False)
    opened(page)
    place = page.evaluate(LARGEST, 20)
    block = page.evaluate("(place) => luge.desk.editor.ground.blocks[place].id", place)
    page.evaluate("(place) => luge.desk.board.go([place])", place)
    settle(page)
    page.locator("#tool-cut").click()
    # A line that leaves no block is told, and nothing is asked.
    (west, _), (east, _) = page.evaluate(CORNERS, place)
    middle = page.evaluate(SPOT, place)
    drawn(page, middle, (middle[0] + 9, middle[1]))
    expect(page.locator("#body .warn")).to_be_visible()
    drawn(page, (west - 9, middle[1]), (east + 9, middle[1]))
    expect(page.locator("#ask")).to_contain_text("切分街区")
    expect(page.locator("#cut-do")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#ground-changed")).to_contain_text("切成")
    opened(page)
    held = numbers(service, draft)
    assert block not in held
    pieces = page.locator("#choice input:checked")
    assert pieces.count() >= 2
    shot(page, "redraw-cut")
    assert serious_faults(page) == []

    # What was cut is joined again, by keys alone.
    cut = pieces.count()
    page.locator("#join-do").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#ground-changed")).to_contain_text("合并为")
    opened(page)
    assert len(numbers(service, draft)) == len(held) - cut + 1
    # Blocks that do not touch are refused, with the reason.
    page.locator("#unpick").click()
    for far in page.evaluate(APART, 20):
        page.locator(f"#block-{far}").focus()
        page.keyboard.press("Space")
    page.locator("#join-do").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#body .warn")).to_contain_text("相邻")


def test_blocks_that_another_planner_cut_come_with_the_next_stroke(
    open_page: OpenPage, service: str, draft: int
) -> None:
    page = open_page(f"plans#plan={draft}&grid=20", ready=False)
    opened(page)
    theirs = page.evaluate(LARGEST, 30)
    (west, _), (east, _) = page.evaluate(
        "(place) => luge.desk.shapes.boxes[place].toArray()", theirs
    )
    lon, lat = page.evaluate("(place) => luge.desk.editor.ground.blocks[place].middle", theirs)
    line = [[west - 1e-4, lat], [lon, lat], [east + 1e-4, lat]]
    block = page.evaluate("(place) => luge.desk.editor.ground.blocks[place].id", theirs)
    cut = {"block": block, "line": {"type": "LineString", "coordinates": line}}
    made = asked(service, "POST", f"/{draft}/cuts", cut)["blocks"]
    mine = page.evaluate("luge.desk.editor.ground.blocks[0].id")
    page.evaluate("luge.desk.paint([0])")
    expect(page.locator("#told")).to_contain_text("重新载入")
    opened(page)
    assert numbers(service, draft)[mine] == 20
    known = set(page.evaluate("[...luge.desk.editor.ground.at.keys()]"))
    assert {each["id"] for each in made} <= known
    assert block not in known


def test_limits_and_names_are_steps_that_can_be_undone(
    open_page: OpenPage, service: str, draft: int
) -> None:
    page = open_page(f"plans#plan={draft}&tab=settings", ready=False)
    opened(page)
    page.locator("#plan-name").fill("夜间巡查稿")
    page.locator("#limit-households_most").fill("350")
    page.locator("#limit-area_least").fill("2.5")
    page.locator("#save-settings").click()
    expect(page.locator(".head h2")).to_have_text("夜间巡查稿")
    saved(page)
    plan = asked(service, "GET", f"/{draft}")
    assert (plan["limits"]["households_most"], plan["limits"]["area_least"]) == (350, 25_000)
    page.locator("#tab-grids").click()
    expect(page.locator(".mark[data-rule=limit]")).not_to_have_count(0)
    many = page.locator(".mark[data-rule=limit]").count()
    page.locator("#tool-undo").click()
    expect(page.locator(".head h2")).to_have_text("试画")
    assert page.locator(".mark[data-rule=limit]").count() < many
    assert asked(service, "GET", f"/{draft}")["limits"]["households_most"] == 500


def test_a_proposal_is_picked_up_where_the_page_was_closed(
    open_page: OpenPage, service: str, draft: int
) -> None:
    first = open_page(f"plans#plan={draft}&tab=engine", ready=False)
    opened(first)
    first.locator("#within").select_option(index=1)
    with first.expect_response("**/proposals"):
        first.locator("#ask-engine").click()
    first.close()
    page = open_page(f"plans#plan={draft}", ready=False)
    opened(page)
    expect(page.locator("#tab-engine b")).to_have_text("1")
    page.locator("#tab-engine").click()
    page.locator("#proposal").wait_for()
    page.locator("#drop-proposal").click()
    # What was left is not brought up again, but can be looked at.
    page.reload()
    opened(page)
    expect(page.locator("#proposals [data-proposal]")).to_have_count(1)
    expect(page.locator("#proposal")).to_have_count(0)
    page.locator("#proposals [data-proposal]").click()
    page.locator("#apply").click()
    expect(page.locator("#proposals")).to_contain_text("已采用")
