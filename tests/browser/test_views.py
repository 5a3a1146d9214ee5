"""Pictures of every page and its states, to be looked at: both sizes, both languages, all fits, and
nobody is kept out."""

import pytest
from axe import serious_faults
from pages import OpenPage, cut, left_in_chinese, overflow, settle, shot
from playwright.sync_api import Page
from views import CHIEF, DOOR_LAT, DOOR_LON, SITTINGS, Sitting, State, calm


def come(page: Page, sitting: Sitting) -> None:
    """Wait until the page is there, with its position known or its service failing."""
    if sitting.failing:
        page.route(sitting.failing, lambda route: route.fulfill(status=503, body="{}"))
        page.reload()
    if CHIEF in sitting.address:
        origin = page.url.partition("/my")[0]
        page.context.grant_permissions(["geolocation"], origin=origin)
        page.context.set_geolocation({"longitude": DOOR_LON, "latitude": DOOR_LAT, "accuracy": 6})
        page.reload()
        page.locator("#here .place").wait_for()
    if not sitting.again:
        page.locator("body[data-ready], #map[aria-busy=false], #steps").first.wait_for()


def look(page: Page, state: State, name: str) -> list[str]:
    """A picture of the state; what is not told, cut off, or keeps somebody out."""
    calm(page)
    state.act(page)
    page.locator(state.seen).first.wait_for()
    if page.locator("#map[aria-busy]").count() and not page.locator("#print footer").is_visible():
        settle(page)
    shot(page, name)
    text = page.locator("body").inner_text()
    faults = [word for word in ("undefined", "NaN", "[object") if word in text]
    if not page.locator("#print footer").is_visible():  # as wide as its paper, read by eyes only
        faults += overflow(page) + cut(page)
        # Which faults there are does not depend on the language.
        faults += serious_faults(page) if name.endswith("-zh") else left_in_chinese(page)
    return [f"{name}: {fault}" for fault in faults]


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
@pytest.mark.parametrize("name", SITTINGS)
def test_every_view_fits_in_both_languages(open_page: OpenPage, name: str, phone: bool) -> None:
    sitting = SITTINGS[name]
    page = open_page(sitting.address, phone=phone, ready=False)
    come(page, sitting)
    faults = []
    for language in ("zh", "en"):
        if language == "en":
            calm(page)
            page.locator("#language").evaluate("(button) => button.click()")
            if sitting.again:
                page.reload()
        for state in sitting.states:
            size = "phone" if phone else "desktop"
            faults += look(page, state, f"view-{state.name}-{size}-{language}")
    assert not faults, "\n".join(faults)
