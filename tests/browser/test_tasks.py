"""What a person does in one go, at a desk and on a phone; filing and closing a case while a second
page watches is in test_operations."""

from pathlib import Path

import httpx2 as httpx
import pytest
from pages import OpenPage, settle
from playwright.sync_api import Locator, Page, expect


def to_panel(page: Page, name: str, phone: bool) -> None:
    """Open a panel: a tab of the side, or a sheet."""
    press(page.locator(f"[data-opens={name}]" if phone else f"#tab-{name}"), phone)


def press(what: Locator, phone: bool) -> None:
    (what.tap if phone else what.click)()


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_a_grid_is_found_incidents_compared_saved_and_printed_and_the_network_lost(
    open_page: OpenPage, service: str, phone: bool
) -> None:
    found = httpx.get(f"{service}/api/search", params={"q": "第1网格"}).json()["results"][0]
    page = open_page("#cases=from:2026-06-01;to:2026-06-30", phone=phone)
    page.locator("#search").fill(found["code"])
    press(page.get_by_role("option").first, phone)
    expect(page.locator("#place h2")).to_have_text(found["name"])
    press(page.locator("#place").get_by_label("关闭"), phone)
    to_panel(page, "explore", phone)
    page.locator("#filter-class").select_option("占道经营")
    expect(page.locator(".chip")).to_have_count(2)
    page.locator("#filter-compared").select_option("before")
    expect(page.locator(".compared tbody tr").nth(1)).to_contain_text("占道经营")
    with page.expect_download() as saved:
        press(page.get_by_role("link", name="CSV"), phone)
    assert "占道经营" in Path(saved.value.path()).read_text("utf-8-sig")
    if phone:
        page.locator("#sheet > .close").tap()
    press(page.get_by_role("button", name="Switch to English"), phone)
    opener = page.locator("[data-opens=explore]" if phone else "#tab-explore")
    expect(opener).to_have_text("Filter")
    page.context.set_offline(True)
    expect(page.locator("#bar .live")).to_have_attribute("data-state", "lost")
    page.context.set_offline(False)
    expect(page.locator("#bar .live")).to_have_attribute("data-state", "live")
    to_panel(page, "explore", phone)
    page.locator("#filter-late").select_option("late")
    expect(page.locator(".chip")).to_have_count(3)
    expect(page.locator(".hits .count b")).to_be_visible()
    if phone:
        page.locator("#sheet > .close").tap()
    settle(page)
    page.evaluate("window.print = () => {}")
    press(page.locator("[data-tool=tool_print]"), phone)
    press(page.get_by_role("button", name="Make and print"), phone)
    expect(page.locator("#print footer")).to_contain_text("占道经营")
