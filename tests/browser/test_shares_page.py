"""Shares: a planner asks for a draft, looks at it, fills a vacancy and makes it the duties."""

from collections.abc import Callable, Iterator

import psycopg
import pytest
from axe import serious_faults
from pages import OpenPage, settle, shot
from playwright.sync_api import Page, expect
from serving import serving

MakeDatabase = Callable[..., str]
PATIENCE_MS = 120_000
# Only these let the page be wider than the screen: they scroll in their own frame.
OVERFLOW = """() => [...document.querySelectorAll('body *')]
    .filter((element) => element.checkVisibility())
    .filter((element) => !element.closest('#map, .scroll, .visually-hidden, .skip'))
    .filter((element) => {
        const { left, right, width } = element.getBoundingClientRect();
        return width > 0 && (left < -1 || right > innerWidth + 1);
    })
    .map((element) => element.outerHTML.slice(0, 80))"""


@pytest.fixture
def own(make_database: MakeDatabase, sample_url: str) -> str:
    """A copy of the sample that the test may change."""
    return make_database(sample_url)


@pytest.fixture
def service(own: str) -> Iterator[str]:
    with serving(own) as address:
        yield address


def ready(page: Page) -> None:
    page.wait_for_selector("body[data-ready]")
    settle(page)


def computed(page: Page) -> None:
    expect(page.locator(".tag.ready")).to_be_visible(timeout=PATIENCE_MS)
    settle(page)


def drawn(page: Page, what: str) -> set[str]:
    """The different values of a property of the stretches on the map."""
    return set(page.evaluate(
        "(what) => luge.map.querySourceFeatures('stretches').map((one) => one.properties[what])",
        what,
    ))  # fmt: skip


def test_from_a_wish_to_duties(open_page: OpenPage, own: str) -> None:
    page = open_page("shares", ready=False)
    ready(page)
    expect(page.locator("#result")).to_contain_text("尚无方案")
    page.locator("#chiefs").fill("31")
    page.get_by_text("锁定、增减路长").click()
    page.locator("#locks").fill("LZ031")
    page.locator("#propose").click()
    computed(page)
    expect(page.locator(".sums dd").first).to_contain_text("2.65 → 1.")
    expect(page.locator("tr[data-key]")).to_have_count(31)
    # A locked chief keeps what he has; one post is vacant until somebody is named.
    locked = page.locator("tr[data-key]", has_text="LZ031").locator("td").nth(1)
    was, now = locked.locator(".was"), locked.locator("b")
    assert float(was.inner_text()) <= float(now.inner_text())
    expect(page.locator("#apply")).to_be_disabled()
    page.locator(".fill input").fill("LZ004")
    page.get_by_role("button", name="填补").click()
    expect(page.locator("tr[data-key]", has_text="LZ004")).to_be_visible()
    settle(page)
    shot(page, "shares")

    assert len(drawn(page, "is")) == 31
    page.get_by_role("button", name="变化").click()
    settle(page)
    assert len(drawn(page, "changes")) == 2
    page.get_by_role("button", name="现状").click()
    page.locator("tr[data-key] .who").nth(2).click()
    settle(page)
    expect(page.locator("tr.chosen")).to_have_count(1)
    shot(page, "shares-today")

    page.locator("#apply").click()
    expect(page.locator(".sure")).to_contain_text("换人负责")
    page.locator("#sure").click()
    expect(page.locator(".tag.applied")).to_be_visible()
    with psycopg.connect(own) as conn:
        held = conn.execute(
            "select count(distinct chief_id) from duty where role = 'second'"
            " and valid_from = (select valid_from from share_draft)"
        ).fetchone()
    assert held
    assert held[0] > 20


def test_what_has_changed_since_is_told(open_page: OpenPage, own: str) -> None:
    page = open_page("shares#lang=en", ready=False)
    ready(page)
    page.locator("#propose").click()
    computed(page)
    with psycopg.connect(own) as conn:
        conn.execute("delete from duty where role = 'second' and chief_id = 56")
    page.locator("#apply").click()
    page.locator("#sure").click()
    expect(page.get_by_role("alert").first).to_contain_text("Duties have changed since draft 1")
    expect(page.locator(".tag.ready")).to_be_visible()
    page.get_by_role("button", name="Discard").click()
    expect(page.locator(".tag.discarded")).to_be_visible()
    page.reload()
    ready(page)
    expect(page.locator(".head h2")).to_contain_text("Draft 1")


def test_it_fits_a_phone_and_has_no_serious_fault(open_page: OpenPage) -> None:
    page = open_page("shares", phone=True, ready=False)
    ready(page)
    assert page.evaluate(OVERFLOW) == []
    page.locator("#propose").tap()
    computed(page)
    assert page.evaluate(OVERFLOW) == []
    assert serious_faults(page) == []
    shot(page, "shares-phone")


def test_the_map_page_leads_here(open_page: OpenPage) -> None:
    page = open_page()
    page.get_by_role("link", name="路段分担").click()
    expect(page.get_by_role("heading", name="路段分担")).to_be_visible()
