"""The chief's phone: a walk by simulated GPS, on and off the network; nothing lost or doubled."""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import httpx2 as httpx
import numpy as np
import psycopg
import pytest
import shapely
from axe import serious_faults
from pages import OpenPage, overflow, shot
from playwright.sync_api import Page, Route, expect
from serving import serving

from geo import crs

MakeDatabase = Callable[..., str]
CHIEF = "LZ030"
STEP_M, STEP_S = 8.0, 5
FINGER_PX = 44
# The longest of the chief's small roads with shops on it; on these both sides are passed at once.
BEAT = """
select segment.id, length_m, st_asbinary(segment.geom)
from segment join duty on duty.segment_id = segment.id join chief on chief.id = chief_id
where chief.external_id = %s and width_m <= 12 and exists (
    select from merchant where segment_id = segment.id and chainage_m between 70 and length_m - 20)
group by segment.id having count(distinct side) = 2 order by length_m desc limit 1
"""
# The widest road that a chief has both sides of, in its order.
ROAD = """
select array_agg(st_asbinary(geom) order by seq)
from segment where id in (
    select segment_id from duty join chief on chief.id = chief_id where external_id = %s
    group by segment_id having count(distinct side) = 2)
group by road_id having count(*) >= 4 order by max(width_m) desc, road_id limit 1
"""
NUMBERS = """
select (select count(*) from patrol), (select count(*) from patrol where ended_at is not null),
       (select count(*) from visit), (select count(*) from incident where source = '路长'),
       (select coalesce(sum(to_m - from_m), 0) from pass)
"""


class Beat(NamedTuple):
    """A segment to walk along: its number, its length, and places 3 m left of its axis."""

    segment: int
    length_m: float
    places: list[tuple[float, float]]


class Kept(NamedTuple):
    """What is in the database of all that was entered."""

    patrols: int
    ended: int
    visits: int
    cases: int
    metres: float


@pytest.fixture
def town(make_database: MakeDatabase, sample_url: str) -> str:
    """A copy of the sample that the test may change, where nobody has walked yet."""
    url = make_database(sample_url)
    with psycopg.connect(url) as conn:
        conn.execute("truncate patrol, pass, visit")
    return url


@pytest.fixture
def service(town: str) -> Iterator[str]:
    with serving(town) as address:
        yield address


@pytest.fixture
def beat(town: str) -> Beat:
    with psycopg.connect(town) as conn:
        found = conn.execute(BEAT, [CHIEF]).fetchone()
    assert found
    id_, length_m, shape = found
    line = shapely.offset_curve(shapely.from_wkb(bytes(shape)), 3.0)
    steps = [line.interpolate(m) for m in range(4, int(line.length) - 4, int(STEP_M))]
    x, y = shapely.get_coordinates(steps).T
    lon, lat = crs.transform_points(x, y, "EPSG:4549", "wgs84")
    return Beat(id_, length_m, list(zip(lon.tolist(), lat.tolist(), strict=True)))


class Walker:
    """Somebody with a phone: each step is a position, some seconds after the one before."""

    def __init__(self, page: Page, beat: Beat) -> None:
        self.page, self.beat, self.steps = page, beat, 0
        self.clock = datetime.now(UTC) - timedelta(minutes=30)
        page.context.grant_permissions(["geolocation"], origin=page.url.partition("/my")[0])
        page.clock.set_fixed_time(self.clock)

    def stand(self, lon: float, lat: float, accuracy_m: float = 4) -> float:
        """Be somewhere else, some seconds later; when that is, as the phone sees it."""
        self.clock += timedelta(seconds=STEP_S)
        self.page.clock.set_fixed_time(self.clock)
        self.page.context.set_geolocation(
            {"longitude": lon, "latitude": lat, "accuracy": accuracy_m}
        )
        at_ms = int(self.clock.timestamp() * 1000)
        seen = "at => Math.abs(Number(document.body.dataset.fix) - at) < 2"
        self.page.wait_for_function(seen, arg=at_ms)
        return at_ms / 1000

    def go(self, steps: int) -> None:
        """Take so many steps; each is recorded before the next one."""
        for _ in range(steps):
            self.stand(*self.beat.places[self.steps])
            self.steps += 1
            self.page.wait_for_function(
                "most => Number(document.body.dataset.metres) > most", arg=self.metres - 2
            )

    @property
    def metres(self) -> float:
        """What was walked so far, on both sides."""
        return 2 * STEP_M * (self.steps - 1)


def kept(town: str) -> Kept:
    with psycopg.connect(town) as conn:
        row = conn.execute(NUMBERS).fetchone()
    assert row
    return Kept(*row)


def my(open_page: OpenPage, address: str = f"my?chief={CHIEF}") -> Page:
    page = open_page(address, phone=True, ready=False)
    page.wait_for_selector("body[data-ready]")
    # From now on the page can be opened without a network.
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    return page


def begin(page: Page) -> None:
    page.locator("#patrol").tap()
    expect(page.locator("#metres")).to_be_visible()


def all_sent(page: Page) -> None:
    expect(page.locator("#queue")).to_have_attribute("data-state", "sent")


def file_case(page: Page) -> None:
    """Three taps: report, what it is, send."""
    page.locator("#file").tap()
    expect(page.locator("#filing .place")).to_contain_text(" m")
    page.get_by_role("button", name="占道经营").tap()
    page.locator("#filing #send").tap()
    expect(page.locator("#filing")).to_have_count(0)


def check_shop(page: Page) -> str:
    """Three taps: check, in order, send; the shop's name."""
    page.locator("#check-shop").tap()
    shop = page.locator("#check .where .place").inner_text()
    page.get_by_role("button", name="正常").tap()
    page.locator("#check #send").tap()
    expect(page.locator("#check")).to_have_count(0)
    return shop


def test_a_patrol_that_loses_the_network_and_the_page(
    open_page: OpenPage, town: str, beat: Beat
) -> None:
    page = my(open_page)
    walker = Walker(page, beat)
    begin(page)
    walker.go(4)
    all_sent(page)
    shot(page, "my-patrol")
    page.context.set_offline(True)
    walker.go(4)
    file_case(page)
    shop = check_shop(page)
    expect(page.locator("#queue")).to_have_attribute("data-state", "waiting")
    page.locator("#tab-sent").tap()
    expect(page.locator("[data-kind=case]")).to_have_attribute("data-state", "waiting")
    shot(page, "my-offline")
    assert kept(town)[2:4] == (0, 0)
    page.reload()
    page.wait_for_selector("body[data-ready]")
    expect(page.locator("#metres")).to_be_visible()
    walker.go(4)
    # What was looked at is not due, though the service does not know yet.
    expect(page.locator(".shop", has_text=shop).first).to_contain_text("已查")
    shot(page, "my-offline-reloaded")
    page.context.set_offline(False)
    all_sent(page)
    walker.go(2)
    page.locator("#patrol").tap()
    expect(page.locator("#metres")).to_have_count(0)
    all_sent(page)
    found = kept(town)
    assert found[:4] == (1, 1, 1, 1)
    assert found.metres == pytest.approx(walker.metres, abs=2)
    page.locator("#tab-sent").tap()
    states = page.locator(".item").evaluate_all("all => all.map((one) => one.dataset.state)")
    assert states == ["sent", "sent"]
    expect(page.locator(".item").first).to_contain_text("已发送")
    shot(page, "my-all-sent")
    page.reload()
    all_sent(page)
    assert kept(town) == found


@pytest.mark.parametrize(("chief", "beside_m"), [(CHIEF, 0.0), ("LZ004", 17.0)])
def test_page_and_service_count_alike(
    open_page: OpenPage, town: str, service: str, beat: Beat, chief: str, beside_m: float
) -> None:
    """Around corners, over wide roads, with positions that err: without asking the service."""
    with psycopg.connect(town) as conn:
        found = conn.execute(ROAD, [chief]).fetchone()
    assert found
    axes = [shapely.from_wkb(bytes(shape)) for shape in found[0]]
    places = wander([shapely.offset_curve(axis, beside_m) for axis in axes], random.Random(4))
    page = my(open_page, f"my?chief={chief}")
    walker = Walker(page, beat)
    begin(page)
    page.context.set_offline(True)
    fixes = [
        {
            "lon": lon,
            "lat": lat,
            "accuracy_m": accuracy_m,
            "at": written(walker.stand(lon, lat, accuracy_m)),
        }
        for lon, lat, accuracy_m in places
    ]
    body = {"key": "by hand", "chief": chief, "begun_at": fixes[0]["at"]}
    httpx.post(f"{service}/api/patrols", json=body).raise_for_status()
    answer = httpx.post(f"{service}/api/patrols/by hand/fixes", json={"fixes": fixes})
    metres = answer.raise_for_status().json()["metres"]
    assert metres > 50
    page.wait_for_function(
        "metres => Math.abs(Number(document.body.dataset.metres) - metres) < 1", arg=metres
    )


def wander(axes: list[Any], dice: random.Random) -> list[tuple[float, float, float]]:
    """A walk of 40 steps along lines, some metres beside them, now and then over the road."""
    steps = [axis.interpolate(m) for axis in axes for m in range(0, int(axis.length), 9)]
    xy = shapely.get_coordinates(steps[:40])
    off = np.array([[dice.gauss(0, 7), dice.gauss(0, 7)] for _ in xy])
    lon, lat = crs.transform_points(*(xy + off).T, "EPSG:4549", "wgs84")
    accuracy = [dice.choice([3.0, 6.0, 12.0, 20.0]) for _ in xy]
    return list(zip(lon.tolist(), lat.tolist(), accuracy, strict=True))


def written(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def test_a_case_knows_its_place(open_page: OpenPage, town: str, beat: Beat) -> None:
    page = my(open_page)
    walker = Walker(page, beat)
    begin(page)
    walker.go(3)
    file_case(page)
    all_sent(page)
    with psycopg.connect(town) as conn:
        row = conn.execute(
            "select segment_id, side, chainage_m, address from incident where source = '路长'"
        ).fetchone()
    assert row
    assert row[:2] == (beat.segment, "L")
    assert row[2] == pytest.approx(4 + 2 * STEP_M, abs=1.5)
    assert f"左侧 {round(row[2])} m" in row[3]
    # What was filed is on the strip as soon as it was sent.
    page.locator("#tab-cases").tap()
    expect(page.locator("[data-case]").filter(has_text="占道经营").first).to_be_visible()


def test_answers_that_are_lost_are_done_once(open_page: OpenPage, town: str, beat: Beat) -> None:
    page = my(open_page)
    walker = Walker(page, beat)
    lost: list[str] = []

    def lose(route: Route) -> None:
        if route.request.url in lost:
            route.continue_()
        else:
            lost.append(route.request.url)
            route.fetch()
            route.abort()

    page.context.route("**/api/patrols**", lose)
    page.context.route("**/api/cases", lose)
    page.context.route("**/api/visits", lose)
    begin(page)
    walker.go(8)
    file_case(page)
    check_shop(page)
    page.locator("#patrol").tap()
    while page.locator("#queue").get_attribute("data-state") != "sent":
        page.evaluate("() => window.dispatchEvent(new Event('online'))")
        page.wait_for_timeout(100)
    assert len(lost) == 5
    found = kept(town)
    assert found[:4] == (1, 1, 1, 1)
    assert found.metres == pytest.approx(walker.metres, abs=2)


def test_what_is_refused_says_why_and_can_be_sent_again(
    open_page: OpenPage, town: str, beat: Beat
) -> None:
    page = my(open_page)
    walker = Walker(page, beat)
    begin(page)
    walker.go(2)
    with psycopg.connect(town) as conn:
        conn.execute("update merchant set external_id = 'was ' || external_id")
    check_shop(page)
    expect(page.locator("#queue")).to_have_attribute("data-state", "refused")
    page.locator("#queue").tap()
    refused = page.locator(".item.refused")
    expect(refused).to_contain_text("there is no merchant")
    expect(refused).to_contain_text("请与管理员核对")
    shot(page, "my-refused")
    with psycopg.connect(town) as conn:
        conn.execute("update merchant set external_id = substr(external_id, 5)")
    page.get_by_role("button", name="再发一次").tap()
    all_sent(page)
    assert kept(town).visits == 1


def test_two_pages_of_one_phone_send_once(open_page: OpenPage, town: str, beat: Beat) -> None:
    page = my(open_page)
    walker = Walker(page, beat)
    begin(page)
    walker.go(2)
    page.context.set_offline(True)
    file_case(page)
    other = page.context.new_page()
    other.goto(page.url)
    other.wait_for_selector("body[data-ready]")
    page.context.set_offline(False)
    all_sent(page)
    assert kept(town).cases == 1


def test_a_patrol_ends_with_its_chief(open_page: OpenPage, town: str, beat: Beat) -> None:
    page = my(open_page)
    walker = Walker(page, beat)
    begin(page)
    walker.go(3)
    page.goto(page.url.replace(CHIEF, "LZ031").partition("#")[0])
    page.wait_for_selector("body[data-ready]")
    expect(page.locator("#who")).to_have_text("胡雨晨")
    expect(page.locator("#metres")).to_have_count(0)
    all_sent(page)
    found = kept(town)
    assert found[:2] == (1, 1)
    assert found.metres == pytest.approx(walker.metres, abs=2)


def test_many_taps_begin_one_patrol(open_page: OpenPage, town: str) -> None:
    page = my(open_page)
    page.evaluate("() => { const it = document.querySelector('#patrol'); it.click(); it.click(); }")
    expect(page.locator("#metres")).to_be_visible()
    all_sent(page)
    assert kept(town).patrols == 1


@pytest.mark.parametrize("lang", ["", "#lang=en"])
def test_everything_fits_and_is_told(
    open_page: OpenPage, service: str, beat: Beat, lang: str
) -> None:
    name = "my-en" if lang else "my"
    page = my(open_page, f"my?chief={CHIEF}{lang}")
    strip: dict[str, Any] = httpx.get(f"{service}/api/chiefs/{CHIEF}/strip").json()
    expect(page.locator(".road")).to_have_count(len(strip["roads"]))
    shot(page, f"{name}-roads")
    road = next(n for n, r in enumerate(strip["roads"])
                if beat.segment in [s["id"] for s in r["segments"]])  # fmt: skip
    page.locator(".road").nth(road).tap()
    segment = page.locator(f"[data-segment='{beat.segment}']")
    doors = [d for s in strip["roads"][road]["segments"] if s["id"] == beat.segment
             for side in s["sides"] for d in side["doors"]]  # fmt: skip
    expect(segment.locator(".shop")).to_have_count(sum(d["kind"] == "merchant" for d in doors))
    Walker(page, beat)
    lon, lat = beat.places[3]
    page.context.set_geolocation({"longitude": lon, "latitude": lat, "accuracy": 4})
    page.locator("#file").tap()
    expect(page.locator("#filing .place")).to_contain_text(" m")
    faults = look(page, f"{name}-filing")
    page.locator(".sheet .close").tap()
    for tab in ("cases", "shops", "sent", "roads"):
        page.locator(f"#tab-{tab}").tap()
        faults += look(page, f"{name}-{tab}")
    page.locator("#check-shop").tap()
    faults += look(page, f"{name}-check")
    assert faults == []


def look(page: Page, name: str) -> list[str]:
    """A picture, and what is wrong: beyond the edges, too small for a finger, by axe."""
    shot(page, name)
    small = page.evaluate(
        """least => [...document.querySelectorAll('button, a, summary, input, select')]
            .filter((one) => one.checkVisibility() && !one.matches('.skip'))
            .filter((one) => {
                const { width, height } = one.getBoundingClientRect();
                return Math.min(width, height) < least - 0.5;
            }).map((one) => one.outerHTML.slice(0, 80))""",
        FINGER_PX,
    )
    return [*overflow(page), *small, *serious_faults(page)]


def test_who_one_is_can_be_chosen(open_page: OpenPage) -> None:
    page = open_page("my", phone=True, ready=False)
    page.get_by_role("link", name="胡思浩").tap()
    page.wait_for_selector("body[data-ready]")
    expect(page.locator("#who")).to_have_text("胡思浩")
    assert overflow(page) == []


def test_a_chief_whom_nobody_knows(open_page: OpenPage) -> None:
    page = open_page("my?chief=LZ999", phone=True, ready=False)
    expect(page.locator("#cover")).to_contain_text("没有编号为 LZ999 的路长")
    page.get_by_role("link", name="换一位路长").tap()
    expect(page.locator("#view")).to_contain_text("您是哪位路长")
