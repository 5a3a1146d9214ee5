"""Panels of units, the list of what is in view, and what search finds besides names."""

import re

import psycopg
import pytest
from pages import OpenPage, Spot, settle, shot
from playwright.sync_api import Page, expect
from test_map import ask, in_view, view

# Where no panel lies over the map.
WIDE, HIGH = (500, 1200), (150, 750)
OUTLINED = (
    "luge.map.getStyle().layers.filter(({id, layout}) => id.startsWith('chosen-')"
    " && layout.visibility === 'visible').map(({source, filter}) => source + ':' + filter.at(-1))"
)


@pytest.fixture(scope="module")
def some(sample_url: str) -> dict[str, int]:
    """A unit of each layer that has much to tell."""
    busiest = (
        "select {0} from merchant join segment s on s.id = segment_id"
        " group by {0} order by count(*) desc"
    )
    queries = {
        "areas": "select id from area where level = 'community' order by id",
        "blocks": "select block_id from incident group by 1 order by count(*) desc",
        "grids": "select min(grid_id) from assignment",
        "segments": busiest.format("segment_id"),
        "named_roads": busiest.format("road_id"),
        "merchants": "select id from merchant where listed is not null order by id",
        "stations": "select id from station where tier = 'district'",
    }
    with psycopg.connect(sample_url) as conn:
        return {key: conn.execute(sql).fetchone()[0] for key, sql in queries.items()}  # type: ignore[index]


@pytest.mark.parametrize(
    "layer", ["areas", "blocks", "grids", "segments", "named_roads", "merchants", "stations"]
)
@pytest.mark.parametrize("phone", [False, True])
def test_a_unit_in_the_url_has_its_panel(
    open_page: OpenPage, service: str, some: dict[str, int], layer: str, phone: bool
) -> None:
    told = ask(service, f"/api/units/{layer}/{some[layer]}")
    page = open_page(f"#unit={layer}:{some[layer]}", phone=phone)
    panel = page.locator("#place")
    expect(panel.locator("h2")).to_contain_text(told["name"] or told["code"])
    figures = panel.locator(".unit-incidents .tiles dd")
    counts = [told["counts"][key] for key in ("days_30", "days_365", "open", "late")]
    expect(figures).to_have_text([f"{count:,}" for count in counts])
    settle(page)
    assert in_view(page, told["lon"], told["lat"])
    shot(page, f"{'phone' if phone else 'desktop'}-unit-{layer}")


def test_the_trend_is_told_in_words_and_as_a_table(
    open_page: OpenPage, service: str, some: dict[str, int]
) -> None:
    told = ask(service, f"/api/units/blocks/{some['blocks']}")
    page = open_page(f"#unit=blocks:{some['blocks']}")
    most = max(told["trend"], key=lambda row: row["count"])
    # From the first month with a case on, but a year at least; the table has them all.
    first = next(n for n, row in enumerate(told["trend"]) if row["count"])
    months = max(len(told["trend"]) - first, 12)
    chart = page.get_by_role("img", name=f"近 {months} 个月")
    expect(chart).to_have_attribute(
        "aria-label", re.compile(f"最多 {most['count']:,} 件（{most['month']}）")
    )
    page.locator(".trend summary").click()
    cells = page.locator(".trend td").all_inner_texts()
    assert [int(cell.replace(",", "")) for cell in cells] == [r["count"] for r in told["trend"]]


def test_merchants_stand_in_frontage_order(
    open_page: OpenPage, service: str, some: dict[str, int]
) -> None:
    told = ask(service, f"/api/units/segments/{some['segments']}")
    page = open_page(f"#unit=segments:{some['segments']}")
    doors = page.locator(".door .name")
    expect(doors).to_have_text([row["name"] for row in told["merchants"]["rows"]])
    doors.first.click()
    expect(page.locator("#place h2")).to_have_text(told["merchants"]["rows"][0]["name"])


def test_back_and_forward_between_panels(open_page: OpenPage, spot: Spot, service: str) -> None:
    page = open_page(view(spot, 17))
    page.mouse.click(800, 450)
    title = page.locator("#place h2")
    page.locator("#place .grids .link").first.click()
    expect(page.locator("#place .unit-incidents")).to_be_visible()
    grid = title.inner_text()
    assert "unit=grids:" in page.url
    page.locator("#place .path .link").last.click()
    expect(title).not_to_have_text(grid)
    community = title.inner_text()
    page.go_back()
    expect(title).to_have_text(grid)
    page.go_back()
    expect(page.locator("#place .road .ruler")).to_be_visible()
    page.go_forward()
    page.go_forward()
    expect(title).to_have_text(community)
    settle(page)
    (outlined,) = set(page.evaluate(OUTLINED))
    assert outlined.startswith("areas:")


def test_a_place_tells_its_units_with_their_figures(
    open_page: OpenPage, spot: Spot, service: str
) -> None:
    page = open_page(f"{view(spot, 17)}&place={spot.lon},{spot.lat}")
    block = ask(service, "/api/locate", lon=spot.lon, lat=spot.lat)["block"]
    told = ask(service, f"/api/units/blocks/{block['id']}")
    rows = page.locator(".units-here .entry")
    expect(rows).to_have_count(len(told["parents"]) + 1)
    expect(rows.last).to_contain_text(f"事件 {told['counts']['all']:,}")
    expect(page.locator(".along")).not_to_be_empty()


def test_a_unit_that_is_not_there_is_said(open_page: OpenPage) -> None:
    page = open_page("#unit=blocks:99999999")
    expect(page.locator("#place .error")).to_contain_text("没有 99999999 号")
    shot(page, "desktop-unit-missing")


def listed(page: Page) -> set[str]:
    rows = page.locator(".inview .entry")
    return {rows.nth(n).get_attribute("data-feature") or "" for n in range(rows.count())}


@pytest.mark.parametrize("phone", [False, True])
def test_the_list_has_what_the_map_shows(open_page: OpenPage, spot: Spot, phone: bool) -> None:
    page = open_page(view(spot, 17.5), phone=phone)
    if phone:
        page.locator("[data-opens=inview]").tap()
    else:
        page.get_by_role("tab", name="画面内").click()
    page.select_option("#inview-layer", "merchants")
    expect(page.locator(".inview .entry").first).to_be_visible()
    before = listed(page)
    shot(page, f"{'phone' if phone else 'desktop'}-in-view")
    page.evaluate("luge.map.panBy([900, 0], {duration: 0})")
    settle(page)
    page.wait_for_timeout(300)
    assert listed(page) != before


def test_list_and_map_light_each_other(open_page: OpenPage, spot: Spot) -> None:
    page = open_page(view(spot, 17.5))
    page.get_by_role("tab", name="画面内").click()
    page.select_option("#inview-layer", "merchants")
    rows = page.locator(".inview .entry")
    expect(rows.first).to_be_visible()
    for n in range(rows.count()):
        rows.nth(n).hover()
        box = page.locator(".halo").bounding_box()
        assert box
        if WIDE[0] < box["x"] < WIDE[1] and HIGH[0] < box["y"] < HIGH[1]:
            break
    lit = rows.nth(n).get_attribute("data-feature")
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator(f".inview .entry.lit[data-feature='{lit}']")).to_be_visible()
    rows.first.focus()
    page.keyboard.press("ArrowDown")
    expect(rows.nth(1)).to_be_focused()
    name = rows.nth(1).locator(".name").inner_text()
    page.keyboard.press("Enter")
    expect(page.locator("#place h2")).to_have_text(name)


def test_search_finds_an_address_and_coordinates(
    open_page: OpenPage, sample_url: str, spot: Spot
) -> None:
    sql = "select name, address from merchant where address ~ '路[0-9]+号$' order by id limit 1"
    with psycopg.connect(sample_url) as conn:
        name, address = conn.execute(sql).fetchone()  # type: ignore[misc]
    page = open_page()
    box = page.get_by_role("combobox")
    box.fill(address.replace("路", "路 "))
    expect(page.get_by_role("option", name=name)).to_be_visible()
    box.fill(f"{spot.lat:.6f}, {spot.lon:.6f}")
    expect(page.get_by_role("option")).to_have_count(4)
    shot(page, "desktop-search-coordinates")
    page.get_by_role("option").filter(has_text="GCJ-02").click()
    expect(page.locator("#place h2")).to_be_visible()
    assert f"place={spot.lon:.4f}" not in page.url
    assert "place=" in page.url


def test_an_address_without_a_view_goes_to_its_unit(open_page: OpenPage) -> None:
    page = open_page("#unit=segments:90")
    expect(page.locator("#place .unit-incidents")).to_be_visible()
    settle(page)
    assert page.evaluate("luge.map.getZoom()") > 14
