"""What a person does on the map page, at a desk."""

import re
from typing import Any

import httpx2 as httpx
import psycopg
import pytest
from pages import OpenPage, Spot, settle, shot
from playwright.sync_api import Page, expect

from geo.layers import LAYERS


def view(spot: Spot, zoom: float) -> str:
    return f"#map={zoom}/{spot.lat}/{spot.lon}"


def drawn(page: Page) -> dict[str, int]:
    """How many features of each source the map has drawn."""
    return page.evaluate(
        """() => {
            const counts = {};
            for (const { source } of luge.map.queryRenderedFeatures())
                counts[source] = (counts[source] ?? 0) + 1;
            return counts;
        }"""
    )


def place_in(url: str) -> tuple[float, float]:
    found = re.search(r"place=([-\d.]+),([-\d.]+)", url)
    assert found
    return float(found[1]), float(found[2])


def in_view(page: Page, lon: float, lat: float) -> bool:
    return page.evaluate(f"luge.map.getBounds().contains([{lon}, {lat}])")


def ask(service: str, path: str, **query: Any) -> Any:
    return httpx.get(f"{service}{path}", params=query).raise_for_status().json()


# What the address says at every frame, from before the page begins.
WATCHED = """
window.addresses = [];
const look = () => { window.addresses.push(location.hash); requestAnimationFrame(look); };
look();
"""


@pytest.mark.parametrize("path", ["", "plans"])
def test_the_address_never_says_a_place_where_the_map_is_not(
    open_page: OpenPage, service: str, path: str
) -> None:
    """Who reloads in the first moment would be brought there."""
    page = open_page(ready=False)
    page.add_init_script(WATCHED)
    page.goto(f"{service}/{path}?")
    settle(page)
    expect(page).to_have_url(re.compile("map="))
    seen = {hash_ for hash_ in page.evaluate("addresses") if "map=" in hash_}
    assert seen == {page.evaluate("location.hash")}


def test_start_shows_the_whole_district(open_page: OpenPage, service: str) -> None:
    page = open_page()
    district = ask(service, "/api/district")
    expect(page.locator("h1")).to_contain_text(district["name"])
    west, south, east, north = district["bounds"]
    assert in_view(page, west, south)
    assert in_view(page, east, north)
    expect(page.locator("#hint")).to_contain_text("抽样显示")
    shot(page, "desktop-start")


def test_every_layer_is_drawn(open_page: OpenPage, spot: Spot) -> None:
    page = open_page(view(spot, 15))
    for toggle in page.eval_on_selector_all(
        "[data-toggle]", "all => all.map(a => a.dataset.toggle)"
    ):
        page.locator(f"[data-toggle='{toggle}']").check()
        settle(page)
    page.locator("[data-toggle='incidents']").check()  # density switched them off
    settle(page)
    counts = drawn(page)
    for key in LAYERS:
        shown = sum(count for source, count in counts.items() if source.split("-")[0] == key)
        assert shown > 0, f"nothing of {key} is drawn: {counts}"
    shot(page, "desktop-every-layer")


def test_switch_hides_and_shows_a_layer(open_page: OpenPage, spot: Spot) -> None:
    page = open_page(view(spot, 16))
    assert "incidents" in drawn(page)
    page.locator("[data-toggle='incidents']").uncheck()
    settle(page)
    assert "incidents" not in drawn(page)
    page.locator("[data-toggle='incidents']").check()
    settle(page)
    assert "incidents" in drawn(page)
    shot(page, "desktop-street-level")


def test_click_tells_what_locate_tells(open_page: OpenPage, service: str, spot: Spot) -> None:
    page = open_page(view(spot, 17))
    page.mouse.click(800, 450)
    panel = page.locator("#place")
    expect(panel.locator("h2")).to_be_visible()
    settle(page)
    lon, lat = place_in(page.url)
    told = ask(service, "/api/locate", lon=lon, lat=lat)
    expect(panel.locator(".block code")).to_have_text(told["block"]["code"])
    expect(panel.locator(".path")).to_contain_text(told["community"]["name"])
    for grid in told["grids"]:
        expect(panel.locator(".grids")).to_contain_text(grid["code"])
    expect(panel.locator(".road")).to_contain_text(told["road"]["name"] or "未命名道路")
    expect(panel.locator(".station")).to_contain_text(told["station"]["name"])
    chosen = "luge.map.queryRenderedFeatures({layers: ['chosen-blocks']}).map(({id}) => id)"
    assert told["block"]["id"] in page.evaluate(chosen)
    shot(page, "desktop-place")
    panel.get_by_label("复制 街区").click()
    assert page.evaluate("navigator.clipboard.readText()") == told["block"]["code"]
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    assert "place=" not in page.url


def test_click_on_a_station_shows_it(open_page: OpenPage, sample_url: str) -> None:
    with psycopg.connect(sample_url) as conn:
        sql = "select name, st_x(p), st_y(p) from (select name, st_transform(geom, 4326) as p"
        row = conn.execute(f"{sql} from station where tier = 'district') as s").fetchone()
    assert row
    page = open_page(view(Spot(row[1], row[2]), 17))
    at = page.evaluate(f"luge.map.project([{row[1]}, {row[2]}])")
    page.mouse.click(at["x"], at["y"])
    expect(page.locator("#place h2")).to_have_text(row[0])
    expect(page.locator("#place .thing")).to_contain_text("区级")


def test_place_in_the_url_is_shown(open_page: OpenPage, service: str, spot: Spot) -> None:
    page = open_page(f"{view(spot, 16)}&place={spot.lon},{spot.lat}&lang=en")
    told = ask(service, "/api/locate", lon=spot.lon, lat=spot.lat)
    expect(page.locator("#place .block code")).to_have_text(told["block"]["code"])
    expect(page.locator("#place")).to_contain_text("Nearest service station")
    settle(page)
    shot(page, "desktop-english")


def test_outside_the_district_is_said(open_page: OpenPage) -> None:
    page = open_page("#map=12/31.5/121.6&place=121.600000,31.500000")
    expect(page.locator("#place")).to_contain_text("不在本区范围内")


@pytest.mark.parametrize("kind", ["grid", "road", "area"])
def test_search_finds_and_flies(
    open_page: OpenPage, service: str, sample_url: str, kind: str
) -> None:
    sql = {
        "grid": "select code, code from grid order by id desc limit 1",
        "road": "select name, name from road where kind = 'road' order by id desc limit 1",
        "area": "select code, name from area where level = 'street' order by id desc limit 1",
    }[kind]
    with psycopg.connect(sample_url) as conn:
        row = conn.execute(sql).fetchone()
    assert row
    page = open_page()
    page.get_by_role("combobox").fill(row[0])
    first = page.get_by_role("option").first
    expect(first).to_contain_text(row[1])
    shot(page, f"desktop-search-{kind}")
    page.keyboard.press("Enter")
    expect(page.locator("#place h2")).to_be_visible()
    settle(page)
    result = ask(service, "/api/search", q=row[0])["results"][0]
    assert result["kind"] == kind
    assert in_view(page, result["lon"], result["lat"])
    highlighted = page.evaluate(
        "luge.map.getStyle().layers.filter(({id, layout}) => id.startsWith('chosen-')"
        " && layout.visibility === 'visible').map(({filter}) => filter.at(-1))"
    )
    assert set(highlighted) == {result["id"]}


def test_search_by_keyboard(open_page: OpenPage) -> None:
    page = open_page()
    box = page.get_by_role("combobox")
    box.fill("社区")
    expect(page.get_by_role("option").first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    second = page.get_by_role("option").nth(1)
    expect(second).to_have_attribute("aria-selected", "true")
    assert box.get_attribute("aria-activedescendant") == second.get_attribute("id")
    name = second.locator(".name").inner_text()
    page.keyboard.press("Enter")
    expect(box).to_have_value(name)
    expect(page.locator("#results")).to_be_hidden()


def test_search_without_result_says_so(open_page: OpenPage) -> None:
    page = open_page()
    page.get_by_role("combobox").fill("qqqqqq")
    expect(page.locator("#results")).to_contain_text("没有找到“qqqqqq”")
    page.keyboard.press("Escape")
    expect(page.locator("#results")).to_be_hidden()


def test_language_is_switched_and_kept(open_page: OpenPage) -> None:
    page = open_page()
    expect(page.get_by_role("tab").first).to_have_text("图层")
    page.get_by_role("button", name="Switch to English").click()
    expect(page.get_by_role("tab").first).to_have_text("Layers")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert "lang=en" in page.url
    page.goto(page.url.split("#")[0])
    expect(page.get_by_role("tab").first).to_have_text("Layers")


def test_tabs_by_arrow_keys(open_page: OpenPage) -> None:
    page = open_page()
    page.get_by_role("tab", name="图层").focus()
    for key, name in (("ArrowRight", "指标"), ("ArrowRight", "筛选"), ("ArrowRight", "名录"),
                      ("ArrowRight", "画面内"), ("ArrowRight", "图层"),
                      ("ArrowLeft", "画面内")):  # fmt: skip
        page.keyboard.press(key)
        expect(page.get_by_role("tab", name=name)).to_be_focused()
        expect(page.get_by_role("tabpanel", name=name)).to_be_visible()


def test_directory_flies_to_a_community(open_page: OpenPage, service: str) -> None:
    page = open_page()
    page.get_by_role("tab", name="名录").click()
    areas = ask(service, "/api/areas")["areas"]
    assert page.locator(".directory .community").count() == sum(
        area["level"] == "community" for area in areas
    )
    shot(page, "desktop-directory")
    community = next(area for area in areas if area["level"] == "community")
    page.locator(f"[data-code='{community['code']}']").press("Enter")
    page.wait_for_timeout(100)
    settle(page)
    west, south, east, north = community["bbox"]
    assert in_view(page, west, south)
    assert in_view(page, east, north)
    zoom_of_district = 13.5
    assert page.evaluate("luge.map.getZoom()") > zoom_of_district


def test_failing_service_is_said_and_can_be_retried(open_page: OpenPage) -> None:
    page = open_page()
    page.route("**/api/district", lambda route: route.abort())
    page.reload()
    expect(page.locator("#cover")).to_contain_text("无法连接服务")
    page.unroute("**/api/district")
    page.get_by_role("button", name="重试").click()
    settle(page)
    expect(page.locator("#cover")).to_be_empty()


def test_tiles_that_do_not_come_are_said(open_page: OpenPage, spot: Spot) -> None:
    page = open_page(view(spot, 15))
    page.route("**/tiles/blocks/**", lambda route: route.fulfill(status=500))
    page.evaluate("void luge.map.zoomTo(16, {duration: 0})")
    expect(page.locator("#hint")).to_have_text("部分图层没有载入")


def test_place_by_keyboard_alone(open_page: OpenPage, spot: Spot) -> None:
    page = open_page(view(spot, 17))
    page.locator("#map canvas").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#place h2")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#map canvas")).to_be_focused()
