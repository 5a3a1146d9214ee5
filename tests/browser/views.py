"""Every page and main state of it: its address, and what a person does until it is there."""

from collections.abc import Callable
from typing import NamedTuple

from pages import settle
from playwright.sync_api import Page

CHIEF = "LZ030"
DOOR = (121.00186, 31.096965)  # where whoever holds the phone stands, on this chief's beat
STREET_LEVEL = "map=16.3/31.0990/121.0005"
JUNE = "cases=from:2026-06-01;to:2026-06-30;compared:before"
NOTHING = "没有这样的地方"
MAP, DESK, MINE = "#map[aria-busy=false]", "body[data-ready]", "#view"


class View(NamedTuple):
    """What is opened, what is done there, and what is seen when it is all there."""

    address: str
    seen: str = MAP
    act: Callable[[Page], None] = lambda page: None


def tab(name: str) -> Callable[[Page], None]:
    """A panel of the map page; on a phone by way of the dock."""

    def act(page: Page) -> None:
        dock = page.locator(f"[data-opens={name}]")
        (dock if dock.is_visible() else page.locator(f"#tab-{name}")).click()

    return act


def click(selector: str) -> Callable[[Page], None]:
    return lambda page: page.locator(selector).first.click()


def both(*acts: Callable[[Page], None]) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        for each in acts:
            each(page)

    return act


def fill(selector: str, text: str) -> Callable[[Page], None]:
    return lambda page: page.locator(selector).fill(text)


def fail(pattern: str) -> Callable[[Page], None]:
    """The service answers with an error from now on."""

    def answer(page: Page) -> None:
        page.route(pattern, lambda route: route.fulfill(status=503, body="{}"))
        page.reload()

    return answer


def measure(page: Page) -> None:
    page.locator("[data-tool=tool_measure]").click()
    for x, y in ((0.5, 0.35), (0.7, 0.4), (0.6, 0.52)):
        size = page.viewport_size
        assert size
        page.mouse.click(size["width"] * x, size["height"] * y)
        page.wait_for_timeout(400)  # two quick clicks are a zoom


def paper(page: Page) -> None:
    page.evaluate("window.print = () => {}")
    page.locator("[data-tool=tool_print]").click()
    page.locator("#print-dialog [type=submit]").click()
    page.locator("#print footer").wait_for(state="attached")
    page.emulate_media(media="print")


VIEWS: dict[str, View] = {
    "map": View(""),
    "map-street": View(f"#{STREET_LEVEL}"),
    "layers": View("", ".layers .layer", tab("layers")),
    "explore": View(f"#{JUNE}", ".hits .count b", tab("explore")),
    "explore-none": View(
        "", ".hits .empty, .hits :text('0')", both(tab("explore"), fill("#filter-text", NOTHING))
    ),
    "explore-error": View("", ".hits", both(fail("**/api/counts**"), settle, tab("explore"))),
    "beside": View(f"#figure=filtered,areas:community&beside=1&{JUNE}", ".period-of"),
    "figures": View("#figure=incidents,areas:community", ".unit", tab("figures")),
    "difference": View(f"#figure=difference,grids:management&{JUNE}", "#key .classes"),
    "directory": View("", ".directory .area", tab("directory")),
    "inview": View(f"#{STREET_LEVEL}", ".inview .entry", tab("inview")),
    "inview-none": View("#map=17/31.0600/120.9620", "#panel-inview", tab("inview")),
    "search": View("", "#results [role=option]", fill("#search", "渡口社区")),
    "search-none": View("", "#results .message", fill("#search", NOTHING)),
    "search-coordinates": View(
        "", "#results [role=option]", fill("#search", "121.0020, 31.1026")
    ),
    "place": View(f"#{STREET_LEVEL}&place=121.0003,31.0986", "#place .block code"),
    "place-outside": View("#map=12/31.0990/121.0005&place=121.2,31.2", "#place .content"),
    **{
        f"unit-{layer}": View(f"#unit={layer}:{number}", "#place .unit-incidents")
        for layer, number in {
            "areas": 4, "compounds": 17, "grids": 17, "blocks": 9, "named_roads": 244,
            "segments": 90, "stations": 23, "merchants": 100,
        }.items()
    },
    "unit-missing": View("#unit=grids:99999", "#place .error"),
    "measure": View(f"#{STREET_LEVEL}", "#measure dd", measure),
    "print-dialog": View("", "#print-dialog[open]", click("[data-tool=tool_print]")),
    "print": View(f"#{STREET_LEVEL}", "#print footer", paper),
    "report-dialog": View("", "#report-dialog[open]", click("[data-tool=tool_report]")),
    "error": View("", "#cover .failed", fail("**/api/district")),
    "operations": View("operations", f"{DESK} #cases button"),
    "operations-case": View("operations#case=AJ202606270004", "#case .steps"),
    "operations-new": View("operations", "#filing", both(lambda page: page.locator(DESK).wait_for(), click("#new"))),
    "operations-none": View("operations#tab=check", DESK, fill("#filter", NOTHING)),
    "operations-keys": View("operations", "#keys", click("#help")),
    "operations-error": View("operations", "#cases .error", fail("**/api/cases?*")),
    "wall": View("wall#still=1", f"{DESK} #worst li"),
    "my-who": View("my", MINE),
    "my": View(f"my?chief={CHIEF}", ".road"),
    "my-road": View(f"my?chief={CHIEF}", ".row.here", lambda page: page.locator(".row.here").scroll_into_view_if_needed()),
    **{
        f"my-{name}": View(f"my?chief={CHIEF}", f"{DESK} #tab-{name}", click(f"#tab-{name}"))
        for name in ("cases", "shops", "sent")
    },
    "my-filing": View(f"my?chief={CHIEF}", "#filing .place", click("#file")),
    "my-check": View(f"my?chief={CHIEF}", "#check .place", click("#check-shop")),
    "my-unknown": View("my?chief=none", "#cover"),
    **{
        f"coverage-{name}": View(f"coverage#tab={name}", f"{DESK} #rows")
        for name in ("parts", "blind", "control", "assign", "rotas")
    },
    "coverage-error": View("coverage", "#rows .error", fail("**/api/coverage?*")),
    "shares": View("shares", DESK),
    "plans": View("plans", DESK),
    "import": View("import", "#steps"),
}  # fmt: skip
