"""The page of plans: a planner redraws the sample's grids, from the first stroke to publishing."""

import json
import re
import urllib.request
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from axe import serious_faults
from days import today, tomorrow
from pages import OpenPage, settle, shot
from planning import SPOT, asked, numbers, opened, saved, stroke
from playwright.sync_api import Page, expect
from serving import serving

MakeDatabase = Callable[..., str]
# Only these let the page be wider than the screen: they scroll in their own frame.
OVERFLOW = """() => [...document.querySelectorAll('body *')]
    .filter((element) => element.checkVisibility())
    .filter((element) => !element.closest('#map, .small-map, .scroll, .visually-hidden, .skip'))
    .filter((element) => {
        const { left, right, width } = element.getBoundingClientRect();
        return width > 0 && (left < -1 || right > innerWidth + 1);
    })
    .map((element) => element.outerHTML.slice(0, 80))"""
# A block that is in another grid than in the plan that the draft is based on, near its middle.
MOVED = """() => {
    const { ground, sketch, based } = luge.desk.editor, { locate } = luge.desk.shapes;
    const place = ground.blocks.findIndex(
        ({ middle }, at) => sketch.of[at] !== based[at] && locate(middle) === at);
    return [place, ground.blocks[place].id];
}"""
# A block of another grid that a grid could take and stay in one piece.
BESIDE = """(number) => {
    const { editor } = luge.desk, { ground, sketch } = editor;
    const place = ground.edges.flatMap(({ a, b }) => [[a, b], [b, a]])
        .find(([own, other]) => sketch.of[own] === number && sketch.of[other] > 0
            && sketch.of[other] !== number && ground.blocks[own].area === ground.blocks[other].area
            && [...sketch.members.get(sketch.of[other])].length > 3)[1];
    return [place, ground.blocks[place].id, sketch.of[place]];
}"""

# A block that a grid could give to a grid of the same area beside it and stay in one piece.
GIVEN = """(number) => {
    const { editor } = luge.desk, { ground, sketch } = editor;
    const inside = (place) => ground.edges.filter(({ a, b }) => a === place || b === place);
    const pairs = ground.edges.flatMap(({ a, b }) => [[a, b], [b, a]])
        .filter(([own, other]) => sketch.of[own] === number && sketch.of[other] > 0
            && sketch.of[other] !== number
            && ground.blocks[own].area === ground.blocks[other].area);
    const [place, other] = pairs.sort(([a], [b]) => inside(a).length - inside(b).length)[0];
    return [place, ground.blocks[place].id, sketch.of[other]];
}"""


@pytest.fixture(scope="module")
def service(own: str) -> Iterator[str]:
    with serving(own) as address:
        yield address


@pytest.fixture
def draft(service: str) -> int:
    """A draft of the management grids, as they are."""
    return int(asked(service, "POST", "", {"system": "management", "name": "试画"})["id"])


def posted(address: str, body: Any) -> Any:
    request = urllib.request.Request(  # noqa: S310 - our own service
        address, json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request) as answer:  # noqa: S310
        return json.load(answer)


def told(service: str, path: str) -> Any:
    with urllib.request.urlopen(service + path) as answer:  # noqa: S310
        return json.load(answer)


def grid_of(service: str, lon: float, lat: float, day: str) -> str:
    """The code of the management grid of a place on a day."""
    found = told(service, f"/api/locate?lon={lon}&lat={lat}&as_of={day}")["grids"]
    return str(next(grid["code"] for grid in found if grid["system"] == "management"))


def choose(page: Page, number: int) -> None:
    page.locator(f'[data-grid="{number}"]').click()
    settle(page)


def test_a_stroke_is_weighed_saved_and_undone(
    open_page: OpenPage, service: str, draft: int
) -> None:
    page = open_page(f"plans#plan={draft}", ready=False)
    opened(page)
    choose(page, 20)
    before = numbers(service, draft)
    place, block, was = page.evaluate(BESIDE, 20)
    loads = page.locator(f'[data-grid="{was}"] small'), page.locator('[data-grid="20"] small')
    told = [line.inner_text() for line in loads]
    stroke(page, place)
    assert all(line.inner_text() != old for line, old in zip(loads, told, strict=True))
    assert numbers(service, draft) == before | {block: 20}
    page.keyboard.press("Control+z")
    expect(loads[1]).to_have_text(told[1])
    assert numbers(service, draft) == before
    page.keyboard.press("Control+y")
    expect(loads[1]).not_to_have_text(told[1])
    assert numbers(service, draft) == before | {block: 20}

    # What the page has summed up is what the service counts.
    counted = {grid["number"]: grid for grid in asked(service, "GET", f"/{draft}")["grids"]}
    sums = page.evaluate("[...luge.desk.editor.sketch.sums].filter(([number]) => number)")
    for number, own in sums:
        assert own["households"] == counted[number]["households"]
        assert own["load"] == pytest.approx(counted[number]["load"], rel=1e-4)


def test_what_breaks_a_rule_is_marked_and_told(
    open_page: OpenPage, service: str, draft: int
) -> None:
    page = open_page(f"plans#plan={draft}", ready=False)
    opened(page)
    choose(page, 20)
    far = page.evaluate(
        "luge.desk.editor.ground.at.get([...luge.desk.editor.ground.at.keys()].at(-1))"
    )
    page.evaluate("(place) => luge.desk.board.go([place])", far)
    settle(page)
    stroke(page, far)
    row = page.locator('li:has([data-grid="20"])')
    expect(row.locator(".mark[data-rule=contiguous]")).to_be_visible()
    expect(row.locator(".mark[data-rule=parent]")).to_be_visible()
    expect(page.locator("#tab-rules b")).not_to_be_empty()
    page.locator("#tab-rules").click()
    expect(page.locator("#findings .bad", has_text="渡口社区第4网格").first).to_be_visible()
    settle(page)
    shot(page, "redraw-rules")

    # A locked grid is not painted.
    page.locator("#tab-grids").click()
    lock = row.locator(".lock")
    lock.click()
    expect(lock).to_have_attribute("aria-pressed", "true")
    before = numbers(service, draft)
    stroke(page, page.evaluate(BESIDE, 20)[0])
    assert numbers(service, draft) == before


def test_it_can_be_done_by_keyboard(open_page: OpenPage, service: str, draft: int) -> None:
    page = open_page(f"plans#plan={draft}&lang=en", ready=False)
    opened(page)
    page.keyboard.press("/")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator('[data-grid="3"]')).to_have_attribute("aria-pressed", "true")
    first = page.locator("#blocks button").first
    place = int(first.get_attribute("data-block") or "")
    block = page.evaluate("(place) => luge.desk.editor.ground.blocks[place].id", place)
    first.focus()
    expect(page.locator("#about")).to_contain_text("households")
    page.keyboard.press("Enter")
    saved(page)
    assert numbers(service, draft)[block] == 3
    page.locator("#which").select_option("own")
    page.locator(f'[data-block="{place}"]').focus()
    page.keyboard.press("Delete")
    saved(page)
    assert numbers(service, draft)[block] is None
    expect(page.locator('[data-figure="plans_left"]')).to_contain_text("1")
    page.keyboard.press("n")
    expect(page.locator("#about")).to_contain_text("Unassigned")
    # Each border says why it is there.
    page.locator("#which").select_option("borders")
    page.locator("#blocks button").first.focus()
    expect(page.locator("#about .verdict").first).to_be_visible()
    page.keyboard.press("?")
    expect(page.locator("#help")).to_contain_text("Whole compound")
    assert serious_faults(page) == []


def test_of_two_planners_neither_loses_a_stroke(
    open_page: OpenPage, service: str, draft: int
) -> None:
    page = open_page(f"plans#plan={draft}", ready=False)
    opened(page)
    choose(page, 20)
    place, block, _ = page.evaluate(BESIDE, 20)
    theirs = page.evaluate("luge.desk.editor.ground.blocks[0].id")
    asked(
        service, "POST", f"/{draft}/strokes", {"blocks": [theirs], "number": 5, "made_by": "李四"}
    )
    stroke(page, place)
    expect(page.locator("#told")).to_contain_text("李四")
    found = numbers(service, draft)
    assert (found[theirs], found[block]) == (5, 20)
    assert page.evaluate("luge.desk.editor.sketch.of[0]") == 5


def test_it_is_usable_on_a_tablet_and_readable_on_a_phone(
    open_page: OpenPage, service: str, draft: int
) -> None:
    page = open_page(f"plans#plan={draft}", phone=True, ready=False)
    opened(page)
    assert page.evaluate(OVERFLOW) == []
    assert serious_faults(page) == []
    shot(page, "redraw-phone")
    page.set_viewport_size({"width": 1024, "height": 768})
    page.locator("#tool-brush").tap()
    choose(page, 20)
    assert page.evaluate(OVERFLOW) == []
    place, block, _ = page.evaluate(BESIDE, 20)
    page.touchscreen.tap(*page.evaluate(SPOT, place))
    saved(page)
    assert numbers(service, draft)[block] == 20
    shot(page, "redraw-tablet")


def test_the_map_page_leads_here(open_page: OpenPage) -> None:
    page = open_page()
    page.get_by_role("link", name="网格方案").click()
    expect(page.get_by_role("heading", name="网格方案")).to_be_visible()


def report_of_june(service: str) -> list[str]:
    """What the report on a month that is over says, but for when it was made and of which data."""
    address = f"{service}/api/report?since=2026-06-01&until=2026-07-01&system=management"
    with urllib.request.urlopen(address) as answer:  # noqa: S310 - our own service
        page = answer.read().decode()
    body = page[page.index("<main>") : page.index('<section class="method">')]
    texts = (text.strip() for text in re.split(r"<[^>]+>", body))
    return [text for text in texts if text and not text.startswith("#map_")]


def heaviest(service: str, draft: int, area: str) -> float:
    """What the most loaded worker of an area carries, by the area's mean."""
    grids = [g for g in asked(service, "GET", f"/{draft}")["grids"] if g["parent"] == area]
    mean = sum(g["load"] for g in grids) / sum(g["workers"] for g in grids)
    return float(max(g["load_per_worker"] for g in grids) / mean)


def a_day_passes(url: str, draft: int) -> None:
    """What is in force from tomorrow on is so today."""
    with psycopg.connect(url) as conn:
        conn.execute("update plan set valid_to = valid_to - 1 where id = 1")
        conn.execute("update plan set valid_from = valid_from - 1 where id = %s", [draft])


def cases_of_today(service: str) -> dict[str, int]:
    """How many cases of today each management grid has, by its code."""
    query = f"by=grid&system=management&since={today() - timedelta(days=1)}T00:00:00Z"
    groups = told(service, f"/api/counts?{query}")["groups"]
    return {str(group["key"]): int(group["count"] or 0) for group in groups}


def test_two_overloaded_communities_are_redrawn_and_published(
    open_page: OpenPage, service: str, own: str
) -> None:
    page = open_page("plans", ready=False)
    opened(page)
    page.locator("#new-name").fill("两个社区均衡")
    page.locator("#begin").click()
    page.wait_for_selector("#tools:not([hidden])")
    opened(page)
    draft = int(page.evaluate("luge.desk.editor.plan.id"))
    month = report_of_june(service)

    # By hand first: the heaviest grid gives a block to one beside it.
    heavy = page.locator("[data-grid]:has(.over)").first
    choose(page, int(heavy.get_attribute("data-grid") or ""))
    place, _, beside = page.evaluate(GIVEN, page.evaluate("luge.desk.brush"))
    choose(page, beside)
    stroke(page, place)
    assert page.evaluate(
        "([place, to]) => luge.desk.editor.sketch.of[place] === to", [place, beside]
    )

    # The most loaded communities stand first; the engine moves as few blocks as it can.
    page.locator("#tab-engine").click()
    for index in (1, 2):
        option = page.locator("#within option").nth(index)
        area = option.get_attribute("value") or ""
        assert heaviest(service, draft, area) > 1.1
        page.locator("#within").select_option(index=index)
        page.locator("#ask-engine").click()
        page.locator("#proposal").wait_for()
        page.locator("#apply").click()
        expect(page.locator("#proposal")).to_have_count(0)
        saved(page)
        assert heaviest(service, draft, area) < 1.1 + 1e-3
    most = page.locator('[data-figure="plans_most"] dd').first
    expect(most).to_have_class("better")
    settle(page)
    shot(page, "redraw-proposal")

    page.locator("#tab-replay").click()
    page.locator("#replay").click()
    expect(page.locator('[data-figure="cases_cv"] .good')).to_be_visible()
    page.locator("#tab-compare").click()
    page.locator("#compare").click()
    expect(page.locator(".small-map[aria-busy=false]")).to_have_count(3)
    moved = page.locator("[data-measure=plans_moved_blocks]")
    assert moved.nth(0).inner_text() == "0"
    assert int(moved.nth(1).inner_text()) > 0
    shot(page, "redraw-compare")
    page.locator("#compare-close").click()

    page.locator("#tab-comments").click()
    page.locator("#comment-body").fill("请居委核对边界")
    page.get_by_role("button", name="发表").click()
    expect(page.locator("#comments")).to_contain_text("请居委核对边界")

    # A block that changes hands.
    place, block = page.evaluate(MOVED)
    before = [numbers(service, plan)[block] for plan in (1, draft)]
    lon, lat = page.evaluate("(place) => luge.desk.editor.ground.blocks[place].middle", place)
    page.locator("#tab-steps").click()
    page.locator("#step-me").fill("王规划")
    page.locator("#to-submitted").click()
    page.locator("#to-approved").click()
    page.locator("#step-from").fill(tomorrow().isoformat())
    page.locator("#to-published").click()
    expect(page.locator(".head .tag.published")).to_be_visible()
    # Until its day it can be withdrawn, and be published again.
    page.get_by_role("button", name="撤回发布").click()
    expect(page.locator(".head .tag.approved")).to_be_visible()
    assert numbers(service, draft)[block] == before[1]
    page.locator("#step-from").fill(tomorrow().isoformat())
    page.locator("#to-published").click()
    expect(page.locator(".head .tag.published")).to_be_visible()
    with psycopg.connect(own) as conn:
        days = conn.execute(
            "select old.valid_to, new.valid_from from plan old, plan new"
            " where old.id = 1 and new.id = %s", [draft]
        ).fetchone()  # fmt: skip
    assert days == (tomorrow(),) * 2

    # From tomorrow on what happens there is in the new grid; last month has the old one.
    then, now, soon = (
        grid_of(service, lon, lat, (today() + timedelta(days=after)).isoformat())
        for after in (-30, 0, 1)
    )
    assert before[0] != before[1]
    assert then == now != soon
    a_day_passes(own, draft)
    counted = cases_of_today(service)
    filed = {"class": "暴露垃圾", "lon": lon, "lat": lat}
    assert posted(f"{service}/api/cases", filed)["status"] == "reported"
    assert cases_of_today(service) == counted | {soon: counted[soon] + 1}
    assert report_of_june(service) == month
