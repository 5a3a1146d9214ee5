"""Colours of numbers: density and figures, with keys that say what the colours mean."""

import json
import re
from typing import Any

import httpx2 as httpx
import numpy as np
import pytest
from pages import OpenPage, Spot, settle, shot
from playwright.sync_api import Page, expect

# Machado, Oliveira, Fernandes (2009): what linear RGB looks like without one kind of cone.
WITHOUT = {
    "all cones": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                   [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                     [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
                   [0.004733, 0.691367, 0.303900]],
}  # fmt: skip
LUMINANCE = [0.2126, 0.7152, 0.0722]
# Of 100 from black to white; below it two colours side by side are hard to tell.
LEAST_STEP = 9


def values(service: str, metric: str, **query: Any) -> Any:
    answer = httpx.get(f"{service}/api/metrics/{metric}", params=query)
    return answer.raise_for_status().json()


def numbers(text: str) -> list[float]:
    return [float(n.replace(",", "")) for n in re.findall(r"\d[\d,.]*", text)]


def classes(page: Page, of: str = "#key") -> list[tuple[list[float], int]]:
    """Of each class in the key: its lowest and highest value, and how many units it has."""
    found = []
    for entry in page.locator(f"{of} .classes li").all():
        count = entry.locator(".units").inner_text()
        text = entry.locator(".range").inner_text()
        if count and re.match(r"\d", text):
            found.append((numbers(text), int(count.replace(",", ""))))
    return found


def choose(page: Page, metric: str, unit: str = "") -> None:
    page.get_by_role("tab").nth(1).click()
    page.locator("#figure-metric").select_option(metric)
    if unit:
        page.locator("#figure-unit").select_option(unit)
    expect(page.locator("#key section")).to_have_count(1)  # that of density goes
    settle(page)


def drawn_values(page: Page) -> dict[str, float]:
    """What the coloured units on the map say they are worth."""
    return page.evaluate(
        """() => Object.fromEntries(luge.map.queryRenderedFeatures({ layers: ["measured"] })
            .map(({ id, properties }) => [id, properties.value]))"""
    )


def numbers_on_map(page: Page) -> dict[str, float]:
    """The numbers that stand on units, by the unit."""
    found = page.evaluate(
        """() => Object.fromEntries(luge.map.queryRenderedFeatures({ layers: ["figure-numbers"] })
            .map(({ id, properties }) => [id, properties.text]))"""
    )
    return {unit: float(text.replace(",", "")) for unit, text in found.items()}


UNITS = {
    "areas:community": {"layer": "areas", "level": "community"},
    "grids:management": {"layer": "grids", "system": "management"},
    "blocks": {"layer": "blocks"},
    "segments": {"layer": "segments"},
}


def test_units_take_the_colours_of_their_values(
    open_page: OpenPage, service: str, spot: Spot
) -> None:
    page = open_page(f"#map=14.5/{spot.lat}/{spot.lon}")
    for unit, query in UNITS.items():
        choose(page, "incidents", unit)
        told = values(service, "incidents", **query)["values"]
        drawn = drawn_values(page)
        assert len(drawn) > 2
        assert drawn == {key: told[key] for key in drawn}
        written = numbers_on_map(page)
        assert written
        assert written == {key: told[key] for key in written}
        shot(page, f"desktop-figures-{unit.replace(':', '-')}")


@pytest.mark.parametrize(
    ("metric", "unit"), [("incidents", "blocks"), ("incidents_open", "grids:management")]
)
def test_the_key_says_how_many_units_are_in_each_class(
    open_page: OpenPage, service: str, metric: str, unit: str
) -> None:
    page = open_page(f"#figure={metric},{unit}")
    expect(page.locator("#key .classes")).to_be_visible()
    all_told = values(service, metric, **UNITS[unit])["values"].values()
    told = [value for value in all_told if value is not None]
    hidden = page.locator("#key .classes li").last
    if len(told) < len(all_told):
        expect(hidden).to_contain_text("少于 5（不显示）")
        expect(hidden.locator(".units")).to_have_text(str(len(all_told) - len(told)))
    found = classes(page)
    assert len(found) > 2
    ends = [end for (ends, _) in found for end in (ends[0], ends[-1])]
    assert ends == sorted(ends)
    assert (ends[0], ends[-1]) == (min(told), max(told))
    for (low, *_, high), count in ((ends[:1] + ends[-1:], n) for ends, n in found):
        assert sum(low <= value <= high for value in told) == count


def test_the_list_goes_to_its_unit_by_keyboard(open_page: OpenPage, service: str) -> None:
    page = open_page()
    choose(page, "incidents", "grids:management")
    units = values(service, "incidents", layer="grids", system="management")["units"]
    rows = page.locator(".units-by-value .unit")
    assert rows.count() == len(units)
    expect(rows.first).to_contain_text(units[0]["name"])
    expect(rows.first).to_contain_text(f"{units[0]['value']:,.0f} 件")
    page.locator("#figure-unit").focus()
    for _ in range(4):  # what it is divided by, how it is classed, the order
        page.keyboard.press("Tab")
    expect(rows.first).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_timeout(100)
    settle(page)
    west, south, east, north = units[0]["bbox"]
    for lon, lat in ((west, south), (east, north)):
        assert page.evaluate(f"luge.map.getBounds().contains([{lon}, {lat}])")
    outlined = "luge.map.queryRenderedFeatures({layers: ['chosen-grids-management']})"
    assert {f["id"] for f in page.evaluate(f"{outlined}.map(({{id}}) => ({{id}}))")} == {
        units[0]["id"]
    }


def test_the_list_can_begin_with_the_lowest(open_page: OpenPage, service: str) -> None:
    page = open_page("#figure=duty_share,segments")
    page.get_by_role("tab").nth(1).click()
    page.get_by_role("button", name="从高到低").click()
    expect(page.get_by_role("button", name="从低到高")).to_be_focused()
    lowest = values(service, "duty_share", layer="segments", first="lowest")["units"][0]
    first = page.locator(".units-by-value .unit").first
    expect(first).to_have_attribute("data-unit", str(lowest["id"]))
    expect(first).to_contain_text(f"{lowest['value']:.0f} %")


def test_the_address_keeps_the_figure_and_the_language(open_page: OpenPage) -> None:
    page = open_page()
    choose(page, "merchants", "areas:community")
    said = classes(page)
    expect(page.locator("#key")).to_contain_text("商户数")
    page.get_by_role("button", name="Switch to English").click()
    expect(page.locator("#key")).to_contain_text("Merchants")
    expect(page.locator("#key")).to_contain_text("No data")
    expect(page.locator("#figure-metric option:checked")).to_have_text("Merchants")
    assert classes(page) == said
    assert "figure=merchants,areas:community" in page.url
    page.reload()
    settle(page)
    expect(page.locator("#key")).to_contain_text("Merchants")
    assert classes(page) == said


def test_points_make_room_and_come_back(open_page: OpenPage) -> None:
    page = open_page()
    incidents = page.locator("[data-toggle='incidents']")
    choose(page, "incidents")
    expect(incidents).not_to_be_checked()
    page.get_by_role("button", name="取消着色").click()
    expect(page.locator("#key")).to_be_empty()
    expect(incidents).to_be_checked()
    settle(page)
    assert page.evaluate("luge.map.getSource('measured') === undefined")
    assert "figure=" not in page.url


def test_one_scale_of_colours_at_a_time(open_page: OpenPage, spot: Spot) -> None:
    page = open_page(f"#map=14/{spot.lat}/{spot.lon}&figure=incidents,blocks")
    sections = page.locator("#key section")
    expect(sections).to_have_count(1)
    expect(sections).to_contain_text("事件数")
    page.locator("[data-toggle='density']").check()
    expect(page.locator("#key")).not_to_contain_text("事件数")
    expect(sections).to_contain_text("事件密度")
    assert "figure=" not in page.url
    choose(page, "households", "blocks")
    expect(page.locator("#key")).not_to_contain_text("事件密度")
    expect(sections).to_contain_text("户数")
    page.get_by_role("tab").first.click()
    expect(page.locator("[data-toggle='density']")).not_to_be_checked()
    expect(page.locator("[data-toggle='incidents']")).not_to_be_checked()


def test_figures_too_far_out_say_so(open_page: OpenPage, spot: Spot) -> None:
    page = open_page(f"#map=11.5/{spot.lat}/{spot.lon}&figure=incidents,blocks")
    expect(page.locator("#key")).to_contain_text("放大地图后可见")
    page.evaluate("void luge.map.zoomTo(14, {duration: 0})")
    settle(page)
    expect(page.locator("#key")).not_to_contain_text("放大地图后可见")
    assert drawn_values(page)


def test_figures_that_cannot_be_had_say_why(open_page: OpenPage) -> None:
    page = open_page()
    page.route("**/api/metrics/**", lambda route: route.abort())
    page.get_by_role("tab").nth(1).click()
    page.locator("#figure-metric").select_option("incidents")
    expect(page.locator(".values")).to_contain_text("无法连接服务")


def test_density_counts_what_is_in_view(open_page: OpenPage, spot: Spot) -> None:
    page = open_page(f"#map=15.4/{spot.lat}/{spot.lon}")
    expect(page.locator("#key")).to_be_empty()
    page.locator("[data-toggle='density']").check()
    expect(page.locator("#key .classes")).to_be_visible()
    settle(page)
    seen = page.evaluate(
        """() => Object.values(Object.fromEntries(
            luge.map.querySourceFeatures("density", { sourceLayer: "density" })
                .map(({ id, properties }) => [id, properties.count ?? null])))"""
    )
    known = [count for count in seen if count is not None]
    found = classes(page)
    assert found == classes(page, ".layers")
    assert sum(count for _, count in found) == len(known)
    assert (found[0][0][0], found[-1][0][-1]) == (min(known), max(known))
    hidden = len(seen) - len(known)
    assert hidden > 0
    few = page.locator("#key .classes li", has_text="少于 5")
    expect(few.locator(".units")).to_have_text(str(hidden))
    shot(page, "desktop-density")
    page.get_by_role("button", name="Switch to English").click()
    expect(page.locator("#key")).to_contain_text("Fewer than 5 (not shown)")
    page.locator("[data-toggle='density']").uncheck()
    expect(page.locator("#key")).to_be_empty()


def colours(page: Page, layer: str, paint: str = "fill-color") -> list[str]:
    """The colours of a layer's classes, the lowest class first."""
    found = json.dumps(page.evaluate(f"luge.map.getPaintProperty('{layer}', '{paint}')"))
    return re.findall(r"#[0-9a-f]{6}", found)[:-1]


def lightness(colour: str, cones: Any) -> float:
    """CIE L* of a colour as it looks with these cones."""
    rgb = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    y = float(np.clip(np.array(cones) @ linear, 0, 1) @ LUMINANCE)
    return 116 * y ** (1 / 3) - 16 if y > 216 / 24389 else y * 24389 / 27


def test_classes_are_told_apart_without_a_sense_of_colour(open_page: OpenPage, spot: Spot) -> None:
    page = open_page(f"#map=14.5/{spot.lat}/{spot.lon}&figure=incidents,blocks")
    expect(page.locator("#key .classes")).to_be_visible()
    settle(page)
    ramps = [colours(page, "measured")]
    page.locator("[data-toggle='density']").check()
    expect(page.locator("#key")).to_contain_text("事件密度")
    settle(page)
    ramps.append(colours(page, "density"))
    choose(page, "incidents", "segments")
    ramps.append(colours(page, "measured", "line-color"))
    for ramp in ramps:
        assert len(ramp) == 5
        for cones in WITHOUT.values():
            steps = -np.diff([lightness(colour, cones) for colour in ramp])
            assert steps.min() > LEAST_STEP, (ramp, steps)
