"""A station's panel: who can walk there in how many minutes, and the ground on the map."""

import re

import httpx2 as httpx
import pytest
from pages import OpenPage, overflow, settle, shot
from playwright.sync_api import Page, expect

DRAWN = "() => luge.map.querySourceFeatures('station-reach').length"


def numbers(page: Page) -> list[int]:
    text = page.locator("#place .reach .figures").inner_text()
    return [int(n.replace(",", "")) for n in re.findall(r"\d[\d,]*", text)]


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_reach_of_a_station(open_page: OpenPage, service: str, phone: bool) -> None:
    told = httpx.get(f"{service}/api/reach/stations/ZD001").raise_for_status().json()
    expected = {c["minutes"]: [c["households"], c["merchants"]] for c in told["catchments"]}
    at = f"map=14/{told['lat']:.4f}/{told['lon']:.4f}&unit=stations:{told['id']}"
    page = open_page(f"#{at}&lang=en", phone=phone)
    expect(page.locator("#place .reach input:checked")).to_have_value("15")
    expect(page.locator("#place .reach .figures b")).to_have_count(2)
    assert numbers(page) == expected[15]
    for minutes in (5, 10):
        page.get_by_role("radio", name=f"{minutes} min", exact=True).check(force=True)
        assert numbers(page) == expected[minutes]
    settle(page)
    assert page.evaluate(DRAWN) > 0
    assert overflow(page) == []
    shot(page, f"reach-{'phone' if phone else 'desktop'}")
    page.locator("#place .close").click()
    settle(page)
    page.wait_for_function(f"() => !({DRAWN})()")


def test_the_layer_shows_all_stations(open_page: OpenPage) -> None:
    page = open_page("#map=13/31.0900/121.0000")
    page.locator("[data-toggle='catchments']").check(force=True)
    settle(page)
    minutes = page.evaluate(
        """() => [...new Set(luge.map.queryRenderedFeatures({ layers: ["catchments"] })
            .map(({ properties }) => properties.minutes))].sort((a, b) => a - b)"""
    )
    assert minutes == [5, 10, 15]
    shot(page, "reach-layer")
