"""Every page and its main states: what is opened, and what is done there for each picture."""

from collections.abc import Callable
from typing import NamedTuple

from playwright.sync_api import Page

CHIEF = "LZ030"
# Where whoever holds the phone stands, on this chief's beat.
DOOR_LON, DOOR_LAT = 121.00186, 31.096965
STREET_LEVEL = "#map=16.3/31.0990/121.0005"
JUNE = "cases=from:2026-06-01;to:2026-06-30;compared:before"
NOTHING = "没有这样的地方"

Act = Callable[[Page], None]


class State(NamedTuple):
    """One picture: what is done before, and what is seen when it is all there."""

    name: str
    act: Act
    seen: str


class Sitting(NamedTuple):
    """One page and its states in turn; ``failing`` requests are answered by an error."""

    address: str
    states: tuple[State, ...]
    failing: str = ""
    again: bool = False  # what it says is not said anew when the language changes


def press(selector: str) -> Act:
    """Press a button, whatever lies over it: how people reach it is tested elsewhere."""
    return lambda page: page.locator(selector).first.evaluate("(button) => button.click()")


def write(selector: str, text: str) -> Act:
    return lambda page: page.locator(selector).fill(text)


def go(hash_: str) -> Act:
    """Change the address, in the language that is on."""
    change = """(to) => {
        location.hash = to + (document.documentElement.lang === 'en' ? '&lang=en' : '');
    }"""
    return lambda page: page.evaluate(change, hash_)


def stay(page: Page) -> None:
    """Nothing but what is there when the page is opened."""


def tab(name: str) -> Act:
    """A panel of the map page; on a phone it is a sheet."""

    def act(page: Page) -> None:
        press(f"#tab-{name}")(page)
        if page.locator("#dock").is_visible():
            press(f"[data-opens={name}]")(page)

    return act


def rows_of(name: str) -> Act:
    """A list of the page of coverage; on a phone it is further down."""

    def act(page: Page) -> None:
        press(f"#tab-{name}")(page)
        page.locator("#tabs").evaluate("(tabs) => tabs.scrollIntoView()")

    return act


def nothing_passes(page: Page) -> None:
    tab("explore")(page)
    write("#filter-text", NOTHING)(page)


def measure(page: Page) -> None:
    press("[data-tool=tool_measure]")(page)
    size = page.viewport_size
    assert size
    for x, y in ((0.5, 0.35), (0.7, 0.4), (0.6, 0.52)):
        page.mouse.click(size["width"] * x, size["height"] * y)
        page.wait_for_timeout(400)  # two quick clicks are a zoom


def paper(page: Page) -> None:
    page.evaluate("window.print = () => {}")
    press("[data-tool=tool_print]")(page)
    press("#print-dialog [type=submit]")(page)
    page.locator("#print-dialog").wait_for(state="hidden")
    page.emulate_media(media="print")


def calm(page: Page) -> None:
    """Leave what the state before has opened."""
    page.emulate_media(media="screen")
    page.evaluate(
        """() => {
            for (const dialog of document.querySelectorAll('dialog[open]')) dialog.close();
            for (const open of document.querySelectorAll(
                '#sheet > .close, #place .close, #case .close, #measure .buttons :last-child,'
                + ' .sheet .close')) open.click();
            for (const field of document.querySelectorAll('#search, #filter, #filter-text')) {
                if (!field.value) continue;
                field.value = '';
                field.dispatchEvent(new Event('input', { bubbles: true }));
            }
        }"""
    )


def unit(name: str, number: int) -> State:
    return State(f"unit-{name}", go(f"#unit={name}:{number}"), "#place .unit-incidents")


def error(page: str, failing: str, seen: str) -> Sitting:
    return Sitting(page, (State(f"{page or 'map'}-error", stay, seen),), failing, again=True)


DESK = "body[data-ready]"
SITTINGS: dict[str, Sitting] = {
    "map": Sitting("", (
        State("map", stay, "#map"),
        State("layers", tab("layers"), ".layers .layer"),
        State("directory", tab("directory"), ".directory .area"),
        State("explore", tab("explore"), ".hits .count b"),
        State("explore-none", nothing_passes, ".chips .chip"),
        State("search", write("#search", "渡口社区"), "#results [role=option]"),
        State("search-none", write("#search", NOTHING), "#results .message"),
        State("search-coordinates", write("#search", "121.002, 31.1026"), "#results [role=option]"),
        State("report-dialog", press("[data-tool=tool_report]"), "#report-dialog[open]"),
    )),
    "street": Sitting(STREET_LEVEL, (
        State("street", stay, "#map"),
        State("inview", tab("inview"), ".inview .entry"),
        State("place", go(f"{STREET_LEVEL}&place=121.0003,31.0986"), "#place .block code"),
        State("measure", measure, "#measure dd >> nth=2"),
        State("print", paper, "#print footer"),
    )),
    "outside": Sitting("#map=17/31.0600/120.9620", (
        State("inview-none", tab("inview"), "#panel-inview"),
        State("place-outside", go("#place=121.2,31.2"), "#place .content"),
        State("unit-missing", go("#unit=grids:99999"), "#place .error"),
    )),
    "units": Sitting("#unit=areas:4", (
        unit("areas", 4), unit("grids", 17), unit("named_roads", 244), unit("stations", 23),
        unit("merchants", 100),
    )),
    "figures": Sitting(f"#figure=difference,grids:management&{JUNE}", (
        State("difference", stay, "#key .classes"),
        State("figures", tab("figures"), ".units-by-value .unit"),
    )),
    "beside": Sitting(
        f"#figure=filtered,areas:community&beside=1&{JUNE}",
        (State("beside", stay, "#beside[aria-busy=false]"),),
    ),
    "operations": Sitting("operations", (
        State("operations", stay, "#cases button"),
        State("operations-none", write("#filter", NOTHING), "#cases .empty"),
        State("operations-case", press("#cases button[data-code]"), "#case .sum"),
        State("operations-new", press("#new"), "#filing"),
    )),
    "wall": Sitting("wall#still=1", (State("wall", stay, "#worst li"),)),
    "my": Sitting(f"my?chief={CHIEF}", (
        State("my", press("#tab-roads"), ".row.here"),
        *(State(f"my-{name}", press(f"#tab-{name}"), f"#tab-{name}[aria-selected=true]")
          for name in ("cases", "shops", "sent")),
        State("my-filing", press("#file"), "#filing .place"),
        State("my-check", press("#check-shop"), "#check .place"),
    )),
    "my-who": Sitting("my", (State("my-who", stay, "#view .line"),)),
    "my-unknown": Sitting(
        "my?chief=LZ999", (State("my-unknown", stay, "#cover .failed"),), again=True
    ),
    "coverage": Sitting("coverage", tuple(
        State(f"coverage-{name}", rows_of(name), "#rows[aria-busy=false]")
        for name in ("parts", "blind", "control", "assign", "rotas")
    )),
    "shares": Sitting("shares", (State("shares", stay, DESK),)),
    "plans": Sitting("plans", (State("plans", stay, DESK),)),
    "import": Sitting("import", (State("import", stay, "#steps .kind"),)),
    "map-error": error("", "**/api/district", "#cover .failed"),
    "operations-error": error("operations", "**/api/cases?*", "#cases .error"),
    "coverage-error": error("coverage", "**/api/coverage?*", "#rows .error"),
}  # fmt: skip
