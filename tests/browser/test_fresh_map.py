"""A page that stays open shows what changed, and asks for nothing that did not."""

import re

import httpx2 as httpx
import psycopg
from pages import OpenPage, Spot, settle
from playwright.sync_api import Page, Route, expect

# Told again as they are: the data stay the same, the revision does not.
TOUCH = {
    "blocks": "update block set code = code where id = (select min(id) from block)",
    "incidents": "update incident set status = status where id = (select min(id) from incident)",
}


def revision(service: str, layer: str) -> str:
    declared = httpx.get(f"{service}/api/layers").raise_for_status().json()["layers"]
    return next(one["revision"] for one in declared if one["key"] == layer)


def touch(url: str, layer: str) -> None:
    with psycopg.connect(url) as conn:
        conn.execute(TOUCH[layer])


def come_back(page: Page) -> None:
    """As when somebody returns to the window; returns when the page has looked."""
    with page.expect_response("**/api/layers"):
        page.evaluate("void window.dispatchEvent(new Event('focus'))")


def test_tiles_are_asked_by_revision_where_they_seldom_change(
    open_page: OpenPage, service: str, spot: Spot
) -> None:
    page = open_page(f"#map=16/{spot.lat}/{spot.lon}")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    settle(page)
    for layer in ("areas", "compounds", "blocks", "grids", "roads", "segments", "named_roads"):
        of = [url for url in asked if f"/tiles/{layer}/" in url]
        assert of, layer
        assert all(f"rev={revision(service, layer)}" in url for url in of)
    for layer in ("incidents", "merchants", "stations"):
        of = [url for url in asked if f"/tiles/{layer}/" in url]
        assert of, layer
        assert not any("rev=" in url for url in of)


def test_only_what_changed_is_drawn_anew_and_nothing_flickers(
    open_page: OpenPage, service: str, sample_url: str, spot: Spot
) -> None:
    page = open_page(f"#map=16/{spot.lat}/{spot.lon}")
    asked: list[str] = []
    held: list[Route] = []
    page.on("request", lambda request: asked.append(request.url))
    page.route("**/tiles/blocks/**", lambda route: held.append(route))
    touch(sample_url, "blocks")
    come_back(page)
    while not held:
        page.wait_for_timeout(20)
    drawn = "luge.map.queryRenderedFeatures({layers: ['blocks']}).length"
    assert page.evaluate(drawn) > 0, "the old tiles are gone before the new ones are there"
    while held:
        held.pop().continue_()
        page.wait_for_timeout(20)
    settle(page)
    tiles = [url for url in asked if "/tiles/" in url]
    assert tiles
    assert {re.search(r"/tiles/(\w+)/", url)[1] for url in tiles} == {"blocks"}
    assert all(f"rev={revision(service, 'blocks')}" in url for url in tiles)


def test_points_are_asked_again_when_they_changed(
    open_page: OpenPage, sample_url: str, spot: Spot
) -> None:
    page = open_page(f"#map=16/{spot.lat}/{spot.lon}")
    come_back(page)
    settle(page)
    touch(sample_url, "incidents")
    with page.expect_request("**/tiles/incidents/**"):
        come_back(page)
    settle(page)
    expect(page.locator("#hint")).not_to_have_text("部分图层没有载入")


def test_a_new_class_of_incidents_gets_its_colour_and_its_line(open_page: OpenPage) -> None:
    page = open_page()

    def with_another_class(route: Route) -> None:
        answer = route.fetch()
        told = answer.json()
        incidents = next(one for one in told["layers"] if one["key"] == "incidents")
        another = {"value": "飞线充电", "zh": "飞线充电", "en": "Cables", "colour": "#123456"}
        incidents["style"]["swatches"].append(another)
        incidents["revision"] += "+"
        route.fulfill(response=answer, json=told)

    page.route("**/api/layers", with_another_class)
    page.locator("[data-toggle='stations']").uncheck()
    come_back(page)
    expect(page.locator("#panel-layers")).to_contain_text("飞线充电")
    assert "#123456" in str(page.evaluate("luge.map.getPaintProperty('incidents', 'circle-color')"))
    expect(page.locator("[data-toggle='stations']")).not_to_be_checked()
    expect(page.locator("[data-toggle='stations']")).to_be_focused()
