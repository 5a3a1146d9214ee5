"""Operations: one page works on cases while another watches; nothing is done twice or lost."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpx2 as httpx
import pytest
from axe import serious_faults
from pages import OpenPage, Spot, overflow, settle, shot
from playwright.sync_api import Browser, Locator, Page, Route, expect
from serving import serving

MakeDatabase = Callable[..., str]
# What an open page may take to show a change, with room for a busy machine.
SOON_MS = 3_000
LOOP = (("f", "filed"), ("d", "dispatched"), ("h", "handling"), ("b", "handled"), ("v", "closed"))
TAB_OF = {"filed": "new", "dispatched": "work", "handling": "work", "handled": "check"}


@pytest.fixture
def service(make_database: MakeDatabase, sample_url: str) -> Iterator[str]:
    """A service on a copy of the sample that the test may change."""
    with serving(make_database(sample_url)) as address:
        yield address


def file(service: str, spot: Spot, **more: str) -> dict[str, Any]:
    """A case filed by somebody else."""
    said = {"class": "噪声扰民", "subclass": "施工噪声", "lon": spot.lon, "lat": spot.lat, **more}
    answer = httpx.post(f"{service}/api/cases", json=said).raise_for_status()
    return dict(answer.json())


def step(service: str, code: str, action: str) -> None:
    url = f"{service}/api/cases/{code}/steps"
    httpx.post(url, json={"action": action}).raise_for_status()


def read(service: str, code: str) -> dict[str, Any]:
    return dict(httpx.get(f"{service}/api/cases/{code}").raise_for_status().json())


def operations(open_page: OpenPage, hash_: str = "", *, phone: bool = False) -> Page:
    page = open_page(f"operations{hash_}", phone=phone)
    page.wait_for_selector("body[data-ready]")
    expect(page.locator(".live")).to_have_attribute("data-state", "live")
    return page


def row(page: Page, code: str) -> Locator:
    return page.locator(f"#cases button[data-code='{code}']")


def fill(page: Page) -> None:
    """Enter a case in the middle of the map."""
    page.locator("#new").click()
    page.locator("#class").select_option("噪声扰民")
    page.locator("#subclass").select_option("施工噪声")
    page.locator("#what").fill("夜间施工，噪声很大")
    box = page.locator("#map").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator("#filing #spot")).to_contain_text(",")


def test_a_case_is_filed_and_closed_while_a_second_page_watches(
    open_page: OpenPage, service: str
) -> None:
    works, watches = operations(open_page), operations(open_page)
    works.locator("#actor").fill("李调度")
    works.locator("#actor").press("Tab")
    fill(works)
    works.locator("#filing [type=submit]").click()
    expect(works.locator("#case .told.good")).to_contain_text("已上报")
    code = works.locator("#case code").inner_text()
    expect(row(watches, code)).to_be_visible(timeout=SOON_MS)
    row(watches, code).click()
    for key, status in LOOP:
        works.keyboard.press(key)
        shown = works.locator("#case .tags [data-status]")
        expect(shown).to_have_attribute("data-status", status)
        seen = watches.locator("#case .tags [data-status]")
        expect(seen).to_have_attribute("data-status", status, timeout=SOON_MS)
        if tab := TAB_OF.get(status):
            watches.locator(f"[data-tab={tab}]").click()
            expect(row(watches, code)).to_have_attribute("data-status", status)
    expect(row(watches, code)).to_have_count(0)
    steps = [one["step"] for one in read(service, code)["steps"]]
    assert steps == ["collect", "file", "dispatch", "handle", "feedback", "verify"]
    shot(works, "operations-closed")


def test_a_phone_files_a_case_loses_the_network_and_closes_it(
    open_page: OpenPage, service: str
) -> None:
    works, watches = operations(open_page, phone=True), operations(open_page)
    fill(works)
    works.locator("#filing [type=submit]").tap()
    expect(works.locator("#case .told.good")).to_contain_text("已上报")
    code = works.locator("#case code").inner_text()
    expect(row(watches, code)).to_be_visible(timeout=SOON_MS)
    works.context.set_offline(True)
    expect(works.locator(".live")).to_have_attribute("data-state", "lost")
    step(service, code, "file")  # by somebody else
    works.context.set_offline(False)
    shown = works.locator("#case .tags [data-status]")
    expect(shown).to_have_attribute("data-status", "filed")
    for action, status in zip(("dispatch", "handle", "feedback", "verify"), LOOP[1:], strict=True):
        works.locator(f"#case [data-action={action}]").tap()
        expect(shown).to_have_attribute("data-status", status[1])
    expect(row(watches, code)).to_have_count(0)


def test_near_duplicates_show_while_entering(open_page: OpenPage, service: str, spot: Spot) -> None:
    page = operations(open_page, f"#map=17/{spot.lat}/{spot.lon}")
    before = file(service, spot)
    fill(page)
    expect(page.locator("#filing .same")).to_contain_text("可能相同")
    shot(page, "operations-filing")
    page.locator(f"#filing [data-near='{before['code']}']").click()
    expect(page.locator("#case code")).to_have_text(before["code"])


def test_somebody_else_was_faster(open_page: OpenPage, service: str, spot: Spot) -> None:
    code = file(service, spot)["code"]
    page = operations(open_page, f"#case={code}")
    expect(page.locator("#case [data-action=file]")).to_be_visible()
    # What comes in between does not reach the page.
    page.context.set_offline(True)
    step(service, code, "cancel")
    page.evaluate("window.stop()")
    page.route("**/api/live*", lambda route: route.abort())
    page.context.set_offline(False)
    page.keyboard.press("f")
    expect(page.locator("#case .told.bad")).to_contain_text("有人先办理了：此案现为“已作废”")
    expect(page.locator("#case .tags [data-status]")).to_have_attribute("data-status", "cancelled")
    assert [one["step"] for one in read(service, code)["steps"]] == ["collect", "cancel"]


def test_a_lost_answer_is_done_once(open_page: OpenPage, service: str, spot: Spot) -> None:
    code = file(service, spot)["code"]
    page = operations(open_page, f"#case={code}")
    keys: list[str | None] = []

    def lose(route: Route) -> None:
        keys.append(route.request.headers.get("idempotency-key"))
        if len(keys) == 1:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/steps", lose)
    page.locator("#case [data-action=file]").click()
    expect(page.locator("#case .told")).to_contain_text("正在重发")
    expect(page.locator("#case .told.good")).to_be_visible()
    assert len(keys) == 2
    assert keys[0] == keys[1]
    assert [one["step"] for one in read(service, code)["steps"]] == ["collect", "file"]


def test_a_double_click_files_once(open_page: OpenPage, service: str) -> None:
    page = operations(open_page)
    fill(page)
    page.locator("#filing [type=submit]").dblclick()
    expect(page.locator("#case .told.good")).to_contain_text("已上报")
    found = httpx.get(f"{service}/api/cases", params={"text": "夜间施工，噪声很大"}).json()["cases"]
    assert len(found) == 1


def test_a_reason_is_asked_for(open_page: OpenPage, service: str, spot: Spot) -> None:
    code = file(service, spot)["code"]
    page = operations(open_page, f"#case={code}")
    page.locator("#case [data-action=cancel]").click()
    expect(page.locator("#case .told.bad")).to_contain_text("须填写意见")
    page.locator("#note").fill("重复上报")
    page.locator("#case [data-action=cancel]").click()
    expect(page.locator("#case .tags [data-status]")).to_have_attribute("data-status", "cancelled")
    assert read(service, code)["steps"][-1]["note"] == "重复上报"


def test_the_network_is_lost_and_comes_back(open_page: OpenPage, service: str, spot: Spot) -> None:
    page = operations(open_page)
    page.context.set_offline(True)
    expect(page.locator(".live")).to_have_attribute("data-state", "lost")
    shot(page, "operations-lost")
    code = file(service, spot)["code"]
    page.wait_for_timeout(500)
    expect(row(page, code)).to_have_count(0)
    page.context.set_offline(False)
    expect(page.locator(".live")).to_have_attribute("data-state", "live")
    expect(row(page, code)).to_be_visible(timeout=SOON_MS)


def test_the_map_draws_a_change_without_fetching_tiles(
    open_page: OpenPage, service: str, spot: Spot
) -> None:
    page = open_page(f"#map=17/{spot.lat}/{spot.lon}")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    case = file(service, spot)
    drawn = f"""(layer) => luge.map.getLayer(layer)
        && luge.map.queryRenderedFeatures({{layers: [layer]}})
            .some(({{id}}) => id === {case["id"]})"""
    page.wait_for_function(drawn, arg="incidents-live", timeout=SOON_MS)
    step(service, case["code"], "file")
    step(service, case["code"], "dispatch")
    step(service, case["code"], "handle")
    step(service, case["code"], "feedback")
    step(service, case["code"], "verify")
    page.wait_for_function(drawn, arg="incidents-closed-live", timeout=SOON_MS)
    assert not page.evaluate(drawn, "incidents-live")
    assert [url for url in asked if "/tiles/incidents/" in url] == []


def test_the_map_says_that_it_hears_nothing_and_catches_up(
    open_page: OpenPage, service: str, spot: Spot
) -> None:
    page = open_page(f"#map=17/{spot.lat}/{spot.lon}")
    expect(page.locator("#bar .live")).to_be_hidden()
    page.context.set_offline(True)
    expect(page.locator("#bar .live")).to_be_visible()
    shot(page, "map-lost")
    case = file(service, spot)
    page.context.set_offline(False)
    expect(page.locator("#bar .live")).to_be_hidden()
    page.wait_for_function(
        f"() => luge.map.queryRenderedFeatures({{layers: ['incidents-live']}})"
        f".some(({{id}}) => id === {case['id']})",
        timeout=SOON_MS,
    )


def test_a_cluster_counts_a_new_case_which_stands_above_it(
    open_page: OpenPage, service: str, spot: Spot
) -> None:
    page = open_page(f"#map=13/{spot.lat}/{spot.lon}")
    page.locator("[data-toggle=clusters]").check()
    held = """() => [...new Map(luge.map.querySourceFeatures(
        "incidents", { sourceLayer: "incidents_clusters" })
        .map(({ id, properties }) => [id, properties.count])).values()]
        .reduce((sum, count) => sum + count, 0)"""
    page.wait_for_function(f"() => ({held})() > 0")
    settle(page)
    before = page.evaluate(held)
    case = file(service, spot)
    page.wait_for_function(
        f"() => luge.map.queryRenderedFeatures({{layers: ['incidents-live']}})"
        f".some(({{id}}) => id === {case['id']})",
        timeout=SOON_MS,
    )
    page.wait_for_function(f"() => ({held})() === {before + 1}")


def test_the_map_shows_what_the_words_over_the_queue_let_through(
    open_page: OpenPage, service: str, spot: Spot
) -> None:
    wanted = file(service, spot, description="西瓜皮满地")["code"]
    page = operations(open_page)
    expect(row(page, wanted)).to_be_visible()
    codes = """async () => (await luge.map.getSource("cases").getData()).features
        .map(({ properties }) => properties.code).sort()"""
    assert len(page.evaluate(codes)) > 1
    page.locator("#filter").fill("西瓜皮")
    expect(page.locator("#cases button")).to_have_count(1)
    assert page.evaluate(codes) == [wanted]
    expect(page.locator("[data-tab=new] b")).to_have_text("1")
    expect(page.locator("[data-tab=work] b")).to_have_text("0")
    # What is worked on stays on the map, and what comes is thinned too.
    row(page, wanted).click()
    other = file(service, spot)["code"]
    page.locator("#filter").fill(other)
    expect(row(page, other)).to_be_visible(timeout=SOON_MS)
    assert page.evaluate(codes) == sorted([wanted, other])
    page.locator("#filter").fill("")
    page.wait_for_function(f"async () => (await ({codes})()).length > 2")


def test_an_old_point_that_changed_is_drawn_once(
    open_page: OpenPage, service: str, spot: Spot
) -> None:
    case = file(service, spot)
    page = open_page(f"#map=17/{spot.lat}/{spot.lon}")
    state = {"source": "incidents", "sourceLayer": "incidents", "id": case["id"]}
    assert page.evaluate("(of) => luge.map.getFeatureState(of)", state) == {}
    step(service, case["code"], "cancel")
    page.wait_for_function(
        "(of) => luge.map.getFeatureState(of).moved === true", arg=state, timeout=SOON_MS
    )


def test_keys_filter_language_and_empty_lists(open_page: OpenPage) -> None:
    page = operations(open_page)
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    shot(page, "operations-keys")
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    page.keyboard.press("j")
    first = page.locator("#cases .chosen button")
    expect(first).to_have_count(1)
    code = first.get_attribute("data-code")
    page.keyboard.press("j")
    expect(first).not_to_have_attribute("data-code", code or "")
    page.keyboard.press("k")
    expect(first).to_have_attribute("data-code", code or "")
    page.keyboard.press("3")
    expect(page.locator("[data-tab=check]")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("/")
    page.keyboard.type("没有这样的案件")
    expect(page.locator("#cases .empty")).to_contain_text("没有找到")
    shot(page, "operations-empty")
    page.keyboard.press("Escape")
    page.locator("#language").click()
    expect(page.locator("#new")).to_contain_text("New case")


def test_an_error_of_the_service_can_be_tried_again(open_page: OpenPage) -> None:
    page = open_page("operations", ready=False)
    page.context.route("**/api/cases?*", lambda route: route.fulfill(status=503, body="{}"))
    page.reload()
    expect(page.locator("#cases .empty.error")).to_be_visible()
    shot(page, "operations-error")
    page.context.unroute("**/api/cases?*")
    page.locator("#cases .empty.error button").click()
    expect(page.locator("#cases button[data-code]").first).to_be_visible()


@pytest.mark.parametrize("phone", [False, True])
def test_every_part_fits(open_page: OpenPage, service: str, spot: Spot, phone: bool) -> None:
    size = "phone-" if phone else ""
    address = "长乐新村第十八弄二百三十四号门口花坛与非机动车棚之间的人行道上" * 2
    case = file(service, spot, description=address, address=address)
    page = operations(open_page, phone=phone)
    assert overflow(page) == []
    assert serious_faults(page) == []
    shot(page, f"{size}operations")
    row(page, case["code"]).click()
    expect(page.locator("#case .steps")).to_be_visible()
    expect(page.locator("#case .sum, #case .none").last).to_be_visible()
    settle(page)
    assert overflow(page) == []
    assert serious_faults(page) == []
    shot(page, f"{size}operations-case")
    page.locator("#case .close").click()
    fill(page)
    assert overflow(page) == []
    assert serious_faults(page) == []
    shot(page, f"{size}operations-new")


def test_the_wall_shows_a_new_case_and_holds_no_more_than_it_shows(
    open_page: OpenPage, service: str, spot: Spot
) -> None:
    page = open_page("wall#still=1")
    page.wait_for_selector("body[data-ready]")
    expect(page.locator("#worst li").first).to_be_visible()
    assert serious_faults(page) == []
    shot(page, "wall")
    counter = page.locator("[data-counter=open] dd")
    before = int(counter.inner_text().replace(",", ""))
    case = file(service, spot)
    first = page.locator("#news li").first
    expect(first).to_have_attribute("data-code", case["code"], timeout=SOON_MS)
    expect(counter).to_have_text(f"{before + 1:,}", timeout=SOON_MS)
    shot(page, "wall-new")
    page.evaluate("luge.rotate()")
    expect(page.locator("#here span")).to_contain_text("近 30 天上报")
    settle(page)
    shot(page, "wall-grid")
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.enable")

    def held() -> int:
        session.send("HeapProfiler.collectGarbage")
        return int(session.send("Memory.getDOMCounters")["nodes"])

    page.evaluate("for (let n = 0; n < 20; n++) luge.rotate()")
    page.wait_for_timeout(500)
    begin = held()
    page.evaluate("for (let n = 0; n < 300; n++) luge.rotate()")
    page.wait_for_timeout(500)
    assert held() < begin * 1.2 + 200


def test_an_address_mistyped_and_a_very_narrow_phone(open_page: OpenPage) -> None:
    page = open_page("wall#still=1&at=yesterday")
    page.wait_for_selector("#worst li")  # as if no moment were named
    page = operations(open_page, "#case=NOPE", phone=True)
    expect(page.get_by_text("没有编号为 NOPE 的案件").first).to_be_attached()
    page.set_viewport_size({"width": 320, "height": 640})
    page.wait_for_function(
        "[...document.querySelectorAll('#bar *, #list, #list *')]"
        ".every((part) => part.getBoundingClientRect().right <= 320)"
    )


def test_the_wall_comes_back_by_itself(open_page: OpenPage, service: str, spot: Spot) -> None:
    page = open_page("wall#still=1")
    page.wait_for_selector("body[data-ready]")
    page.context.set_offline(True)
    expect(page.locator(".live")).to_have_attribute("data-state", "lost")
    case = file(service, spot)
    page.context.set_offline(False)
    first = page.locator("#news li").first
    expect(first).to_have_attribute("data-code", case["code"], timeout=2 * SOON_MS)


def test_a_case_is_filed_where_the_phone_is(open_page: OpenPage, service: str, spot: Spot) -> None:
    page = operations(open_page, phone=True)
    page.context.grant_permissions(["geolocation"], origin=service)
    page.context.set_geolocation({"longitude": spot.lon, "latitude": spot.lat, "accuracy": 8})
    page.locator("#new").tap()
    page.get_by_role("button", name="用本机定位").tap()
    expect(page.locator("#filing #spot")).to_have_text(f"{spot.lon:.6f}, {spot.lat:.6f}")
    page.locator("#class").select_option("噪声扰民")
    shot(page, "phone-filing-gps")
    page.locator("#filing [type=submit]").tap()
    expect(page.locator("#case .told.good")).to_contain_text("已上报")
    case = read(service, page.locator("#case code").inner_text())
    assert (case["lon"], case["lat"]) == pytest.approx((spot.lon, spot.lat), abs=1e-6)


def test_a_place_that_is_refused_is_said(open_page: OpenPage, service: str) -> None:
    page = operations(open_page)
    page.context.clear_permissions()
    page.locator("#new").click()
    page.get_by_role("button", name="用本机定位").click()
    expect(page.locator("#filing .told.bad")).to_be_visible()
    expect(page.locator("#filing #spot")).not_to_contain_text(",")


def test_a_case_sent_before_a_reload_is_not_filed_twice(open_page: OpenPage, service: str) -> None:
    page = operations(open_page)
    fill(page)
    keys: list[str | None] = []

    def lose(route: Route) -> None:
        keys.append(route.request.headers.get("idempotency-key"))
        if len(keys) == 1:
            route.fetch()
        route.abort()

    posts = re.compile(r"/api/cases$")
    page.route(posts, lose)
    page.locator("#filing [type=submit]").click()
    expect(page.locator("#filing .told.wait")).to_be_visible()
    page.unroute(posts)
    page.reload()
    page.wait_for_selector("body[data-ready]")
    page.locator("#new").click()
    expect(page.locator("#what")).to_have_value("夜间施工，噪声很大")
    expect(page.locator("#subclass")).to_have_value("施工噪声")
    with page.expect_request(lambda request: request.method == "POST") as again:
        page.locator("#filing [type=submit]").click()
    expect(page.locator("#case .told.good")).to_contain_text("已上报")
    assert again.value.headers["idempotency-key"] == keys[0]
    found = httpx.get(f"{service}/api/cases", params={"text": "夜间施工，噪声很大"}).json()["cases"]
    assert len(found) == 1
    page.locator("#new").click()
    expect(page.locator("#what")).to_have_value("")


def test_times_are_the_districts(browser: Browser, service: str, spot: Spot) -> None:
    case = file(service, spot)
    context = browser.new_context(timezone_id="America/New_York", reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{service}/operations#case={case['code']}")
    there = datetime.fromisoformat(case["reported_at"]).astimezone(ZoneInfo("Asia/Shanghai"))
    expect(page.locator("#case .facts")).to_contain_text(f"{there:%m-%d %H:%M}")
    context.close()


def test_live_changes_keep_to_the_filter(open_page: OpenPage, service: str, spot: Spot) -> None:
    page = open_page(f"#map=17/{spot.lat}/{spot.lon}&cases=class:占道经营")
    other, wanted = (
        file(service, spot),
        file(service, spot, **{"class": "占道经营", "subclass": ""}),
    )
    drawn = """(id) => luge.map.queryRenderedFeatures()
        .some((one) => one.id === id && one.source.startsWith("incidents"))"""
    page.wait_for_function(drawn, arg=wanted["id"])
    settle(page)
    assert not page.evaluate(drawn, other["id"])
