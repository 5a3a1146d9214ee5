"""The same page on a phone: sheets at the bottom, nothing wider than the screen."""

from pages import PHONE, OpenPage, Spot, overflow, settle, shot
from playwright.sync_api import Page, expect

FINGER_PX = 44


def test_start_fits(open_page: OpenPage) -> None:
    page = open_page(phone=True)
    assert overflow(page) == []
    for button in page.locator("#dock button, .maplibregl-ctrl-group button").all():
        box = button.bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= FINGER_PX
    shot(page, "phone-start")


def test_sheets_open_and_close(open_page: OpenPage) -> None:
    page = open_page(phone=True)
    expect(page.locator("#sheet")).to_be_hidden()
    for name, tab in (("layers", "图层"), ("figures", "指标"), ("directory", "名录")):
        page.locator(f"[data-opens={name}]").tap()
        expect(page.get_by_role("tab", name=tab)).to_have_attribute("aria-selected", "true")
        expect(page.locator("#sheet")).to_be_in_viewport()
        page.wait_for_timeout(300)  # the sheet slides in
        assert overflow(page) == []
        shot(page, f"phone-{name}")
        page.locator("#sheet .close").tap()
        expect(page.locator("#sheet")).to_be_hidden()


def test_tap_opens_the_place_sheet(open_page: OpenPage, spot: Spot) -> None:
    page = open_page(f"#map=17/{spot.lat}/{spot.lon}", phone=True)
    page.touchscreen.tap(195, 600)
    panel = page.locator("#place")
    expect(panel.locator(".block code")).to_be_attached()
    settle(page)
    box = panel.bounding_box()
    assert box
    assert box["x"] == 0
    assert box["width"] == PHONE["width"]
    assert box["y"] + box["height"] == PHONE["height"]
    pin = page.locator(".pin").bounding_box()
    assert pin
    assert pin["y"] + pin["height"] < box["y"], "the sheet covers its own place"
    assert overflow(page) == []
    shot(page, "phone-place")
    panel.get_by_label("关闭").tap()
    expect(panel).to_be_hidden()


def test_search_fits(open_page: OpenPage) -> None:
    page = open_page(phone=True)
    page.get_by_role("combobox").fill("路")
    expect(page.get_by_role("option").first).to_be_visible()
    assert overflow(page) == []
    shot(page, "phone-search")


def test_figures_fit(open_page: OpenPage) -> None:
    page = open_page(phone=True)
    page.locator("[data-opens=figures]").tap()
    page.locator("#figure-metric").select_option("incidents")
    page.locator("#figure-unit").select_option("areas:community")
    row = page.locator(".units-by-value .unit").first
    expect(row).to_be_visible()
    page.wait_for_timeout(300)  # the sheet slides in
    assert overflow(page) == []
    for control in page.locator("#panel-figures select, #panel-figures button").all():
        box = control.bounding_box()
        assert box
        assert box["height"] >= FINGER_PX
    shot(page, "phone-figures")
    row.tap()
    expect(page.locator("#sheet")).to_be_hidden()
    settle(page)
    panel = page.locator("#place")
    expect(panel.locator("h2")).to_be_in_viewport(ratio=1)
    expect(page.locator("#key .classes")).to_be_in_viewport(ratio=1)
    assert bottom(page, "#key") <= top(page, "#place")
    assert overflow(page) == []
    shot(page, "phone-figures-unit")
    panel.get_by_role("button", name="展开").tap()
    expect(panel.locator(".unit-incidents")).to_be_in_viewport()
    expect(page.locator("#key")).to_be_hidden()
    panel.get_by_role("button", name="收起").tap()
    expect(page.locator("#key .classes")).to_be_in_viewport(ratio=1)
    panel.get_by_label("关闭").tap()
    expect(page.locator("#key .classes")).to_be_in_viewport(ratio=1)
    assert bottom(page, "#key") <= top(page, "#dock")
    shot(page, "phone-figures-map")


def top(page: Page, what: str) -> float:
    box = page.locator(what).bounding_box()
    assert box
    return box["y"]


def bottom(page: Page, what: str) -> float:
    box = page.locator(what).bounding_box()
    assert box
    return box["y"] + box["height"]


def test_density_in_english_fits(open_page: OpenPage) -> None:
    page = open_page("#lang=en", phone=True)
    page.locator("[data-opens=layers]").tap()
    page.locator("[data-toggle='density']").check()
    page.locator("#sheet .close").tap()
    expect(page.locator("#key")).to_contain_text("Density of incidents")
    settle(page)
    page.wait_for_timeout(300)
    assert overflow(page) == []
    shot(page, "phone-density")
