"""The planner's page: figures of the service, lists that fly to places, a map in three ways."""

import re

import httpx2 as httpx
import pytest
from axe import serious_faults
from pages import OpenPage, overflow, settle, shot
from playwright.sync_api import Page, expect


def coverage(open_page: OpenPage, hash_: str = "", *, phone: bool = False) -> Page:
    page = open_page(f"coverage{hash_}", phone=phone)
    page.wait_for_selector("body[data-ready] #rows[aria-busy=false] .rows")
    return page


def asked(service: str, path: str = "", **query: str) -> dict:
    return dict(httpx.get(f"{service}/api/coverage{path}", params=query).raise_for_status().json())


def centre(page: Page) -> list[float]:
    return list(page.evaluate("luge.map.getCenter().toArray()"))


def colour(page: Page) -> str:
    return str(page.evaluate("JSON.stringify(luge.map.getPaintProperty('coverage', 'line-color'))"))


def test_the_page_shows_the_figures_of_the_service(open_page: OpenPage, service: str) -> None:
    page = coverage(open_page)
    total = asked(service)["total"]
    shares = {"paper": total["paper_m"], "lived": total["lived_m"], "hollow": total["hollow_m"]}
    for name, metres in shares.items():
        text = page.locator(f"[data-figure={name}] dd:not(.of)").inner_text()
        assert float(text.rstrip("%")) == pytest.approx(100 * metres / total["side_m"], abs=0.051)
    table = page.locator(".headline tbody tr").first.inner_text()
    assert re.sub(r"\s+", " ", table).startswith(f"商户 {total['merchants']:,.0f} ")
    assert page.evaluate(
        "luge.map.queryRenderedFeatures({ layers: ['coverage'] })"
        ".every(({ properties }) => ['none', 'hollow', 'part', 'lived'].includes(properties.state))"
    )
    assert overflow(page) == []
    shot(page, "coverage-desktop")


def test_blind_spots_fly_to_their_place(open_page: OpenPage, service: str) -> None:
    page = coverage(open_page, "#tab=blind&first=compounds")
    first = asked(service, "/blind")["compounds"][0]
    row = page.locator("[data-spot]").first
    expect(row).to_contain_text(first["name"])
    row.click()
    settle(page)
    lon, lat = centre(page)
    assert lon == pytest.approx((first["west"] + first["east"]) / 2, abs=1e-4)
    assert lat == pytest.approx((first["south"] + first["north"]) / 2, abs=1e-4)
    assert page.evaluate("luge.map.getZoom()") > 14
    shot(page, "coverage-blind")


def test_lists_can_be_chosen_and_are_remembered(open_page: OpenPage) -> None:
    page = coverage(open_page)
    page.locator("#tab-control").click()
    page.locator("#choose-list").select_option("workers")
    expect(page.locator(".rows .over").first).to_contain_text("每人")
    page.locator("#asked-role").select_option("second")
    expect(page.locator("#legend .hint")).to_be_visible()
    page.reload()
    expect(page.locator("#tab-control")).to_have_attribute("aria-selected", "true")
    expect(page.locator("#asked-role")).to_have_value("second")
    expect(page.locator("#choose-list")).to_have_value("workers")


def test_the_map_shows_paper_and_lived(open_page: OpenPage) -> None:
    page = coverage(open_page)
    seen = {colour(page)}
    for mode in ("paper", "lived"):
        page.locator(f"#mode-{mode}").click()
        expect(page.locator(f"#mode-{mode}")).to_have_attribute("aria-checked", "true")
        seen.add(colour(page))
        assert page.locator("#legend li").count() >= 2
    assert len(seen) == 3


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
@pytest.mark.parametrize("tab", ["parts", "blind", "control"])
def test_the_page_in_english_fits_and_has_no_faults(
    open_page: OpenPage, tab: str, phone: bool
) -> None:
    page = coverage(open_page, f"#lang=en&tab={tab}", phone=phone)
    text = page.locator("main").inner_text()
    assert "undefined" not in text
    assert "NaN" not in text
    assert overflow(page) == []
    assert serious_faults(page) == []
    shot(page, f"coverage-{tab}-{'phone' if phone else 'desktop'}-en")
