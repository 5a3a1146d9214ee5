"""Exploring as a person does it: filter, play with time, compare periods, class, open hexagons."""

import csv
import io
import re
from itertools import combinations, pairwise
from typing import Any
from urllib.parse import unquote

import httpx2 as httpx
import pytest
from axe import serious_faults
from pages import OpenPage, Spot, settle, shot
from playwright.sync_api import Page, expect

KIND = "占道经营"
PERIOD = f"cases=class:{KIND};from:2026-04-01;to:2026-04-30"


def counts(service: str, **query: Any) -> Any:
    return httpx.get(f"{service}/api/counts", params=query).raise_for_status().json()


def open_filter(page: Page) -> None:
    """The filter panel, on a phone by way of the dock."""
    dock = page.locator("[data-opens='explore']")
    if dock.is_visible():
        dock.click()
    else:
        page.get_by_role("tab", name=re.compile("筛选|Filter")).click()
    expect(page.locator(".hits .count b")).to_be_visible()


def hits(page: Page) -> int:
    return int(page.locator(".hits .count b").inner_text().replace(",", ""))


def expect_hits(page: Page, count: int) -> None:
    expect(page.locator(".hits .count b")).to_have_text(f"{count:,}")


def drawn(page: Page) -> list[dict[str, Any]]:
    """The properties of all incidents on the map."""
    page.wait_for_timeout(100)
    settle(page)
    return page.evaluate(
        """() => luge.map.querySourceFeatures("incidents", { sourceLayer: "incidents" })
            .map(({ id, properties }) => ({ id, ...properties }))"""
    )


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_a_filter_thins_map_and_numbers_and_stays_in_the_address(
    open_page: OpenPage, service: str, spot: Spot, phone: bool
) -> None:
    page = open_page(f"#map=15/{spot.lat}/{spot.lon}", phone=phone)
    open_filter(page)
    expect_hits(page, counts(service, by="class")["total"]["count"])
    page.locator("#filter-class").select_option(KIND)
    true = counts(service, by="class", filter=f"class = '{KIND}'")["total"]["count"]
    expect_hits(page, true)
    assert {one["class"] for one in drawn(page)} == {KIND}
    page.locator("#filter-late").select_option("late")
    late = counts(service, by="class", filter=f"class = '{KIND}' and late = true")["total"]
    expect_hits(page, late["count"])
    page.locator("#filter-text").fill("路")
    expect(page.locator(".chip")).to_have_count(3)
    expect(page.locator(".hits .count b")).not_to_have_text(f"{late['count']:,}")
    some = hits(page)
    shot(page, f"{'phone' if phone else 'desktop'}-filter")
    page.reload()
    settle(page)
    open_filter(page)
    expect_hits(page, some)
    expect(page.locator(".chip")).to_have_count(3)
    page.get_by_role("button", name="去掉筛选：逾期").click()
    expect(page.locator(".chip")).to_have_count(2)
    page.get_by_role("button", name="清除筛选").click()
    expect_hits(page, counts(service, by="class")["total"]["count"])
    expect(page.locator(".chips")).to_be_hidden()
    assert "cases=" not in page.url
    assert len({one["class"] for one in drawn(page)}) > 1


def test_more_of_one_kind_are_either_and_places_too(open_page: OpenPage, service: str) -> None:
    page = open_page()
    open_filter(page)
    for kind in ("垃圾暴露", KIND):
        page.locator("#filter-class").select_option(kind)
    street = page.locator("#filter-place option").nth(1).get_attribute("value")
    page.locator("#filter-place").select_option(street)
    wanted = counts(service, by="class", area=street, filter=f"class in ('垃圾暴露', '{KIND}')")
    expect_hits(page, wanted["total"]["count"])


def test_what_is_filtered_can_be_exported(open_page: OpenPage, service: str) -> None:
    page = open_page(f"#{PERIOD}")
    open_filter(page)
    count = hits(page)
    link = page.get_by_role("link", name="CSV").get_attribute("href")
    text = httpx.get(service + link).raise_for_status().content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == count
    assert {row["class"] for row in rows} == {KIND}


def test_a_filter_that_nothing_passes_says_so(open_page: OpenPage) -> None:
    page = open_page()
    open_filter(page)
    page.locator("#filter-text").fill("没有这样的地方'%_\\")
    expect(page.locator(".hits")).to_contain_text("没有符合条件的事件")
    expect_hits(page, 0)
    shot(page, "desktop-filter-empty")


def test_a_service_that_fails_is_told(open_page: OpenPage) -> None:
    page = open_page()
    page.route("**/api/counts**", lambda route: route.abort())
    page.get_by_role("tab", name="筛选").click()
    page.locator("#filter-late").select_option("late")
    expect(page.locator(".hits")).to_contain_text("无法连接服务")


def test_the_period_is_brushed_by_mouse_and_keyboard(open_page: OpenPage, service: str) -> None:
    page = open_page()
    open_filter(page)
    strip = page.locator(".days")
    expect(strip.locator("svg path").first).to_be_attached()
    strip.scroll_into_view_if_needed()
    box = strip.bounding_box()
    assert box
    y = box["y"] + box["height"] - 16
    page.mouse.move(box["x"] + 0.5 * box["width"], y)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.6 * box["width"], y)
    page.mouse.up()
    found = re.search(r"from:(\d{4}-\d\d-\d\d);to:(\d{4}-\d\d-\d\d)", page.url)
    assert found
    days = {row["key"]: row["count"] for row in counts(service, by="day")["groups"]}
    expect_hits(page, sum(n for day, n in days.items() if found[1] <= day <= found[2]))
    page.get_by_role("slider", name="从哪一天").focus()
    page.keyboard.press("ArrowRight")
    moved = re.search(r"from:(\d{4}-\d\d-\d\d)", page.url)
    assert moved
    assert moved[1] > found[1]
    expect_hits(page, sum(n for day, n in days.items() if moved[1] <= day <= found[2]))


def test_the_window_plays_and_pauses(open_page: OpenPage) -> None:
    page = open_page("#cases=from:2026-04-01;to:2026-04-07")
    open_filter(page)
    page.get_by_role("button", name="播放").click()
    expect(page.locator(".chip")).to_contain_text("2026-04-08 – 2026-04-14")
    page.get_by_role("button", name="暂停").click()
    said = page.locator(".chip").inner_text()
    page.wait_for_timeout(2_000)
    expect(page.locator(".chip")).to_contain_text(said.strip())


def test_two_periods_stand_side_by_side_and_on_the_map(open_page: OpenPage, service: str) -> None:
    page = open_page(f"#{PERIOD}")
    open_filter(page)
    page.locator("#filter-compared").select_option("before")
    only = {"by": "area", "filter": f"class = '{KIND}'"}
    now = counts(service, since="2026-04-01", until="2026-05-01", **only)
    then = counts(service, since="2026-03-02", until="2026-04-01", **only)
    row = page.locator(".compared tbody tr").nth(1)
    expect(row).to_contain_text(KIND)
    expect(row).to_contain_text(f"{now['total']['count']:,}")
    expect(row).to_contain_text(f"{then['total']['count']:,}")
    shot(page, "desktop-compare")
    page.get_by_role("tab", name="指标").click()
    page.locator("#figure-metric").select_option("difference")
    page.locator("#figure-unit").select_option("areas:community")
    before = {row["id"]: row["count"] for row in then["groups"]}
    change = {row["id"]: row["count"] - before[row["id"]] for row in now["groups"]}
    rows = page.locator(".units-by-value .unit")
    expect(rows).to_have_count(len(change))
    expect(rows.first).to_contain_text(f"{max(change.values()):+}")
    settle(page)
    states = page.evaluate(
        """ids => Object.fromEntries(ids.map((id) => [id, luge.map.getFeatureState(
            { source: "measured", sourceLayer: "areas", id }).value]))""",
        list(change),
    )
    assert {int(key): value for key, value in states.items()} == change
    shot(page, "desktop-difference")


def test_filtered_figures_follow_the_filter(open_page: OpenPage, service: str) -> None:
    page = open_page("#figure=filtered,areas:street")
    key = page.locator("#key .classes li").first
    expect(key).to_be_visible()
    page.get_by_role("tab", name="筛选").click()
    page.locator("#filter-class").select_option(KIND)
    found = counts(service, by="street", filter=f"class = '{KIND}'")["groups"]
    least = min(row["count"] for row in found)
    expect(key).to_contain_text(f"{least:,}")


@pytest.mark.parametrize("per", ["households", "km2"])
def test_figures_are_divided_as_said(open_page: OpenPage, service: str, per: str) -> None:
    page = open_page(f"#figure=incidents,areas:community,{per},equal")
    units = counts(service, by="area")["groups"]
    size = {"households": ("households", 1000), "km2": ("area_m2", 1e6)}[per]
    true = sorted((row["count"] / row[size[0]] * size[1] for row in units), reverse=True)
    page.get_by_role("tab", name="指标").click()
    shown = page.locator(".units-by-value .unit .value")
    expect(shown).to_have_count(len(units))
    told = [
        float(re.sub(r"[^\d.].*", "", text.replace(",", ""))) for text in shown.all_inner_texts()
    ]
    assert told == pytest.approx(true, abs=0.051)
    expect(page.locator("#key")).to_contain_text("等间距")
    shot(page, f"desktop-per-{per}")


CLASSES = """async ([method, values]) => {
    const found = luge.classed(method, values, ["a", "b", "c", "d", "e"]);
    return found.map(({ from, to, count }) => [from, to, count]);
}"""


def test_classes_by_each_method(open_page: OpenPage) -> None:
    page = open_page()
    values = [1, 2, 3, 4, 5, 6, 7, 8, 50, 51, 52, 100, 101, 200, 1000]
    natural = page.evaluate(CLASSES, ["jenks", values])
    assert natural == [[1, 8, 8], [50, 52, 3], [100, 101, 2], [200, 200, 1], [1000, 1000, 1]]
    equal = page.evaluate(CLASSES, ["equal", values])
    assert equal == [[1, 200, 14], [1000, 1000, 1]]
    assert sum(n for *_, n in page.evaluate(CLASSES, ["quantile", values])) == len(values)


def test_natural_breaks_are_the_best_there_are(open_page: OpenPage) -> None:
    # Held against every other grouping into as many classes.
    page = open_page()
    values = sorted([3.1, 4.7, 9, 9.4, 12, 20, 21.5, 33, 34, 60])
    found = page.evaluate(CLASSES, ["jenks", values])

    def spread(groups: list[list[float]]) -> float:
        return sum(sum((v - sum(g) / len(g)) ** 2 for v in g) for g in groups)

    best = min(
        spread([values[a:b] for a, b in zip((0, *cut), (*cut, len(values)), strict=True)])
        for cut in combinations(range(1, len(values)), 4)
    )
    ends = [0]
    for *_, count in found:
        ends.append(ends[-1] + count)
    own = [values[a:b] for a, b in pairwise(ends)]
    assert spread(own) == pytest.approx(best)


def test_incidents_of_a_chief(open_page: OpenPage, service: str) -> None:
    chiefs = httpx.get(f"{service}/api/on-duty").raise_for_status().json()["chiefs"]
    one, other = chiefs[0], chiefs[1]
    page = open_page()
    open_filter(page)
    picker = page.get_by_label("路长", exact=True)
    expect(picker.locator("option")).to_have_count(len(chiefs) + 1)
    picker.select_option(one["code"])
    wish = f"chief in ('{one['code']}')"
    expect_hits(page, counts(service, by="class", filter=wish)["total"]["count"])
    picker.select_option(other["code"])
    wish = f"chief in ('{one['code']}', '{other['code']}')"
    expect_hits(page, counts(service, by="class", filter=wish)["total"]["count"])
    some = hits(page)
    assert f"chief:{one['code']}|{other['code']}" in unquote(page.url)
    assert drawn(page)
    page.reload()
    settle(page)
    open_filter(page)
    expect_hits(page, some)
    shot(page, "desktop-filter-chief")
    page.get_by_role("button", name=f"去掉筛选：{one['name']}").click()
    expect(page.locator(".chip")).to_have_count(1)


def test_a_layer_fades_by_keyboard(open_page: OpenPage) -> None:
    page = open_page()
    slider = page.get_by_label("行政区划的不透明度")
    slider.focus()
    for _ in range(10):
        page.keyboard.press("ArrowLeft")
    expect(slider).to_have_value("50")
    opacity = "luge.map.getPaintProperty('border-halo', 'line-opacity')"
    assert page.evaluate(opacity) == 0.06
    assert "fade=areas:50" in page.url
    page.reload()
    settle(page)
    expect(slider).to_have_value("50")
    assert page.evaluate(opacity) == 0.06
    slider.focus()
    page.keyboard.press("End")
    assert page.evaluate(opacity) == 0.12
    assert "fade=" not in page.url


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_a_hexagon_opens_and_lists_its_cases(open_page: OpenPage, spot: Spot, phone: bool) -> None:
    page = open_page(f"#map=12.4/{spot.lat}/{spot.lon}", phone=phone)
    if phone:
        page.locator("[data-opens='layers']").click()
    page.locator("[data-toggle='density']").check()
    if phone:
        page.locator("#sheet > .close").click()
    settle(page)
    before = page.evaluate("luge.map.getZoom()")
    x, y = page.evaluate(f"Object.values(luge.map.project([{spot.lon}, {spot.lat}]))")
    (page.touchscreen.tap if phone else page.mouse.click)(x, y)
    expect(page.locator(".case").first).to_be_visible()
    settle(page)
    assert page.evaluate("luge.map.getZoom()") > before
    said = page.locator(".cell-note").inner_text()
    total = int(re.search(r"单元内 ([\d,]+) 件", said)[1].replace(",", ""))  # type: ignore[index]
    assert page.locator(".case").count() == min(50, total)
    shot(page, f"{'phone' if phone else 'desktop'}-hexagon")
    page.locator(".case").first.click()
    expect(page.locator("#place .ruler, #place .none").first).to_be_visible()


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_nothing_keeps_anybody_out(open_page: OpenPage, phone: bool, language: str) -> None:
    page = open_page(f"#lang={language}&{PERIOD};compared:before", phone=phone)
    open_filter(page)
    expect(page.locator(".compared tbody tr").first).to_be_attached()
    assert serious_faults(page) == []
    page.locator("#panel-explore").evaluate("panel => panel.scrollTop = panel.scrollHeight")
    shot(page, f"{'phone' if phone else 'desktop'}-explore-{language}")
    if not phone:
        page.get_by_role("tab").nth(1).click()
        page.locator("#figure-metric").select_option("filtered")
        expect(page.locator("#key .classes")).to_be_visible()
        assert serious_faults(page) == []
        page.get_by_role("tab").nth(0).click()
        assert serious_faults(page) == []


def test_two_periods_are_two_maps_that_move_together(open_page: OpenPage, service: str) -> None:
    page = open_page(f"#map=14/31.0985/121.0003&{PERIOD};compared:before&beside=1")
    ready = page.locator("#beside[aria-busy=false]")
    expect(ready).to_be_visible()
    settle(page)
    ids = """map => [...new Set(map.querySourceFeatures("incidents", { sourceLayer: "incidents" })
        .map(({ id }) => id))]"""
    now = set(page.evaluate(f"({ids})(luge.map)"))
    then = set(page.evaluate(f"({ids})(beside)"))
    assert now
    assert then
    assert not now & then
    before = page.evaluate("beside.getZoom()")
    page.evaluate("luge.map.jumpTo({ zoom: 14.6 })")
    assert page.evaluate("beside.getZoom()") == pytest.approx(before + 0.6)
    page.evaluate("beside.jumpTo({ center: [121.003, 31.1] })")
    middle = page.evaluate("""() => {
        const { clientWidth, clientHeight } = luge.map.getContainer();
        return luge.map.unproject([(clientWidth + 370) / 2, clientHeight / 2]).toArray();
    }""")
    assert middle == pytest.approx([121.003, 31.1], abs=1e-6)
    shot(page, "desktop-beside")
    open_filter(page)
    page.get_by_role("button", name="两幅地图并排").click()
    expect(page.locator("#beside")).to_have_count(0)
    assert "beside=" not in page.url


def test_charts_come_when_they_are_looked_at(open_page: OpenPage) -> None:
    page = open_page()
    packed = """() => performance.getEntriesByType('resource')
        .filter(({ name }) => name.includes('/assets/'))
        .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)"""
    first = page.evaluate(packed)
    assert 300_000 < first < 700_000
    open_filter(page)
    for chart in ("days", "hours", "kinds"):
        drawn = page.locator(f".chart.{chart}")
        expect(drawn.locator("svg path").first).to_be_attached()
        assert drawn.get_attribute("aria-label")
    assert page.evaluate(packed) > first
    table = page.locator(".heat .as-table")
    table.locator("summary").click()
    expect(table.locator("tbody tr")).to_have_count(7)


def test_a_class_is_chosen_on_its_bar(open_page: OpenPage, service: str) -> None:
    page = open_page()
    open_filter(page)
    chart = page.locator(".chart.kinds")
    expect(chart.locator("svg path").first).to_be_attached()
    chart.scroll_into_view_if_needed()
    groups = counts(service, by="class")["groups"]
    most = max(groups, key=lambda group: group["count"])
    box = chart.bounding_box()
    assert box
    page.mouse.click(box["x"] + 130, box["y"] + 12)
    expect(page.locator(".chip")).to_contain_text(most["key"])
    expect_hits(page, most["count"])
