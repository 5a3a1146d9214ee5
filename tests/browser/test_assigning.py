"""The planner assigns a stretch drawn along a road, and keeps rotations in their calendar."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import psycopg
import pytest
from axe import serious_faults
from days import today
from pages import OpenPage, Spot, overflow, settle, shot
from playwright.sync_api import Page, expect
from serving import serving

MakeDatabase = Callable[..., str]
CHIEF = "LZ030"
# The longest segment of which nobody has a side as second-level chief, and two spots on it.
FREE = """
select road.name, length_m, st_x(a), st_y(a), st_x(b), st_y(b)
from segment join road on road.id = road_id
cross join lateral (select st_transform(st_lineinterpolatepoint(segment.geom, 0.3), 4326) as a,
                           st_transform(st_lineinterpolatepoint(segment.geom, 0.7), 4326) as b) as p
where segment.kind = 'road' and length_m > 120
  and not exists (select from duty where segment_id = segment.id and role = 'second')
order by length_m desc, segment.id limit 1
"""


@pytest.fixture(scope="module")
def service(own: str) -> Iterator[str]:
    with serving(own) as address:
        yield address


@pytest.fixture
def free(own: str) -> tuple[str, Spot, Spot]:
    """A road without a second-level chief there, and two spots on one of its segments."""
    with psycopg.connect(own) as conn:
        row = conn.execute(FREE).fetchone()
    assert row
    return row[0], Spot(row[2], row[3]), Spot(row[4], row[5])


def tab(open_page: OpenPage, name: str, hash_: str = "", *, phone: bool = False) -> Page:
    page = open_page(f"coverage#tab={name}{hash_}", phone=phone)
    page.wait_for_selector("body[data-ready]")
    page.wait_for_selector("#known-people option", state="attached")
    return page


def on_screen(page: Page, spot: Spot) -> tuple[float, float]:
    x, y = page.evaluate(
        "([x, y]) => { const p = luge.map.project([x, y]); return [p.x, p.y] }", spot
    )
    box = page.locator("#map").bounding_box()
    assert box
    return box["x"] + x, box["y"] + y


def held(own: str) -> list[tuple[float, str]]:
    with psycopg.connect(own) as conn:
        return conn.execute(
            "select to_m - from_m, side from duty join chief on chief.id = chief_id"
            " where external_id = %s and valid_from = %s", [CHIEF, today()]
        ).fetchall()  # fmt: skip


def test_a_stretch_drawn_along_a_road_is_assigned_and_taken_back(
    open_page: OpenPage, own: str, free: tuple[str, Spot, Spot]
) -> None:
    road, a, b = free
    page = tab(open_page, "assign", f"&map=17/{(a.lat + b.lat) / 2}/{(a.lon + b.lon) / 2}")
    before = page.evaluate("luge.map.getCenter().toArray()")
    page.mouse.move(*on_screen(page, a))
    page.mouse.down()
    page.mouse.move(*on_screen(page, b), steps=6)
    expect(page.locator("#drawn")).to_contain_text(" m")
    expect(page.locator("#picked .what")).to_contain_text(road)
    shot(page, "assign-drawing")
    page.mouse.up()
    assert page.evaluate("luge.map.getCenter().toArray()") == before
    metres = float(str(page.locator("[data-metres]").get_attribute("data-metres")))
    assert metres > 40
    page.locator("#assign-chief").fill(CHIEF)
    page.locator("#assign-go").click()
    expect(page.locator("#assigned .done")).to_be_visible()
    expect(page.locator("#picked .held")).to_be_visible()
    expect(page.locator("#assign-go")).to_be_disabled()
    assert sum(m for m, _ in held(own)) == pytest.approx(metres, abs=0.1)
    assert len({side for _, side in held(own)}) == 1
    page.locator("#assign-undo").click()
    expect(page.locator("#picked .held")).to_have_count(0)
    assert held(own) == []


def test_without_a_mouse_a_stretch_is_written(open_page: OpenPage) -> None:
    page = tab(open_page, "assign", "&lang=en")
    page.locator("#pick-road").fill("南屏路")
    page.locator("#pick-road").press("Tab")
    expect(page.locator("#pick-crossings option[value=横塘路]")).to_have_count(1)
    page.locator("#pick-from").fill("横塘路")
    page.locator("#pick-to").fill("明鹭")
    page.locator("#pick-to").press("Enter")
    expect(page.locator("#picked .warn")).to_contain_text("明鹭路")
    page.locator("#pick-to").fill("明鹭路")
    page.locator("#pick-to").press("Enter")
    expect(page.locator("#picked .what")).to_contain_text("both sides")
    settle(page)
    assert page.evaluate("luge.map.getZoom()") > 14
    assert serious_faults(page) == []
    assert overflow(page) == []
    shot(page, "assign-words-en")


def test_a_rotation_is_made_and_seen_with_leave_and_handover(open_page: OpenPage) -> None:
    page = tab(open_page, "rotas")
    expect(page.locator("#calendar .empty")).to_be_visible()
    page.locator("#rota-new").click()
    page.locator("#pick-road").fill("南屏路")
    page.locator("#pick-show").click()
    expect(page.locator("#picked .what")).to_be_visible()
    page.locator("#rota-name").fill("南屏路轮值")
    for code in ("LZ021", "LZ022", "LZ023"):
        page.locator("#rota-add").fill(code)
        page.locator("#rota-put").click()
    first = date.fromisoformat(page.locator("#rota-from").input_value())
    page.locator("#rota-make").click()
    expect(page.locator("#calendar .turn").first).to_be_visible()
    turns = page.locator("#calendar .turn")
    names = [turns.nth(n).locator(".who").inner_text() for n in range(4)]
    assert names[0] == names[3]
    assert len(set(names)) == 3

    page.locator(f"#bar-1-{first + timedelta(7)}").click()
    page.locator("#turn-other").fill("LZ024")
    page.locator("#turn-leave").click()
    expect(page.locator(f"[data-away='{first + timedelta(7)}']")).to_have_count(1)
    page.locator(f"#bar-1-{first}").click()
    page.locator("#turn-other").fill("LZ025")
    page.locator("#turn-give").click()
    expect(page.locator(f"#bar-1-{first}")).to_contain_text("⇄")
    assert serious_faults(page) == []
    shot(page, "rotas")

    page.locator("#rota-every").fill("2")
    page.locator("#rota-change").click()
    expect(page.locator(f"#bar-1-{first + timedelta(7)}")).to_have_count(0)
    page.locator("#rota-end").click()
    expect(page.locator("#calendar .empty")).to_be_visible()


@pytest.mark.parametrize("name", ["assign", "rotas"])
def test_on_a_phone_it_fits(open_page: OpenPage, name: str) -> None:
    page = tab(open_page, name, "&lang=en", phone=True)
    assert overflow(page) == []
    assert serious_faults(page) == []
    shot(page, f"{name}-phone-en")
