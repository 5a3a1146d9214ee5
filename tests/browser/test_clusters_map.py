"""Clusters on the map: switched on, thinned by the filter, opened by pointer, key and list."""

from typing import Any

import pytest
from axe import serious_faults
from pages import OpenPage, settle, shot
from playwright.sync_api import Page, expect

KIND = "占道经营"
# Each cluster that is drawn, with its place on the screen.
DRAWN = """() => {
    const found = luge.map.queryRenderedFeatures({ layers: ["clusters"] });
    const once = new Map(found.map((one) => [one.id, one]));
    return [...once.values()].map(({ geometry, properties }) =>
        ({ ...properties, ...luge.map.project(geometry.coordinates) }));
}"""
# How many incidents the map holds, in clusters and alone.
HELD = """() => {
    const of = (sourceLayer) => new Map(luge.map.querySourceFeatures("incidents", { sourceLayer })
        .map((one) => [one.id, one.properties.count ?? 1]));
    return [...of("incidents_clusters").values(), ...of("incidents").values()]
        .reduce((sum, count) => sum + count, 0);
}"""


def turn_on(page: Page, phone: bool = False) -> None:
    if phone:
        page.locator("[data-opens=layers]").tap()
    page.locator("[data-toggle=clusters]").check()
    if phone:
        page.locator("#sheet > .close").tap()
    page.wait_for_function(f"() => ({DRAWN})().length > 0")
    settle(page)


def in_the_middle(page: Page) -> dict[str, Any]:
    """The cluster nearest to the middle of the screen, where no panel lies."""
    size = page.viewport_size
    assert size
    x, y = size["width"] * (0.62 if size["width"] > 720 else 0.5), size["height"] / 2
    found: list[dict[str, Any]] = page.evaluate(DRAWN)
    return min(found, key=lambda one: (one["x"] - x) ** 2 + (one["y"] - y) ** 2)


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_a_cluster_opens_until_its_members_stand_alone(open_page: OpenPage, phone: bool) -> None:
    page = open_page(phone=phone)
    turn_on(page, phone)
    expect(page.locator("#hint")).not_to_contain_text("抽样")
    shot(page, f"{'phone' if phone else 'desktop'}-clusters")
    while (zoom := page.evaluate("luge.map.getZoom()")) < 16:
        one = in_the_middle(page)
        press = page.touchscreen.tap if phone else page.mouse.click
        press(one["x"], one["y"])
        page.wait_for_function(f"() => luge.map.getZoom() > {zoom} + 0.5")
        settle(page)
        box = page.evaluate("luge.map.getBounds().toArray()")
        assert box[0][0] <= one["west"] <= one["east"] <= box[1][0]
        assert box[0][1] <= one["south"] <= one["north"] <= box[1][1]
    expect(page.locator("#place")).to_be_hidden()
    assert page.evaluate(DRAWN) == []
    points = "luge.map.queryRenderedFeatures({ layers: ['incidents', 'incidents-closed'] }).length"
    assert page.evaluate(points) > 0


def test_clusters_hold_what_passes_the_filter(open_page: OpenPage) -> None:
    page = open_page(f"#cases=class:{KIND};from:2026-06-01;to:2026-06-30")
    turn_on(page)
    page.get_by_role("tab", name="筛选").click()
    count = page.locator(".hits .count b")
    expect(count).not_to_be_empty()
    page.wait_for_function(f"(count) => ({HELD})() === count", arg=number(count.inner_text()))
    page.get_by_role("button", name=f"去掉筛选：{KIND}").click()
    expect(page.locator(".chip")).to_have_count(1)
    page.wait_for_function(
        f"""() => {{
            const told = document.querySelector(".hits .count b")?.textContent ?? "";
            return Number(told.replaceAll(",", "")) === ({HELD})();
        }}"""
    )


def number(text: str) -> int:
    return int(text.replace(",", ""))


def test_a_cluster_opens_by_key_and_from_the_list(open_page: OpenPage) -> None:
    page = open_page()
    turn_on(page)
    one = in_the_middle(page)
    page.evaluate("([x, y]) => luge.map.jumpTo({ center: luge.map.unproject([x, y]) })",
                  [one["x"], one["y"]])  # fmt: skip
    settle(page)
    zoom = page.evaluate("luge.map.getZoom()")
    page.locator("#map canvas").focus()
    page.keyboard.press("Enter")
    page.wait_for_function(f"() => luge.map.getZoom() > {zoom} + 0.5")
    settle(page)
    zoom = page.evaluate("luge.map.getZoom()")
    page.get_by_role("tab", name="画面内").click()
    entry = page.locator(".inview .entry").first
    expect(entry).to_contain_text("件事件")
    assert serious_faults(page) == []
    shot(page, "desktop-clusters-list")
    entry.click()
    page.wait_for_function(f"() => luge.map.getZoom() > {zoom} + 0.5")


def test_other_scales_put_clusters_away(open_page: OpenPage) -> None:
    page = open_page()
    turn_on(page)
    page.locator("[data-toggle=density]").check()
    expect(page.locator("[data-toggle=clusters]")).not_to_be_checked()
    page.locator("[data-toggle=density]").uncheck()
    expect(page.locator("[data-toggle=clusters]")).to_be_checked()
    page.wait_for_function(f"() => ({DRAWN})().length > 0")
    page.locator("[data-toggle=clusters]").uncheck()
    settle(page)
    assert page.evaluate(DRAWN) == []
    expect(page.locator("#hint")).to_contain_text("抽样")
