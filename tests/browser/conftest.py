"""The real page in a real Chromium, served by a real service on the sample district."""

import shutil
from collections.abc import Iterator

import psycopg
import pytest
from pages import DESKTOP, PHONE, OpenPage, Spot, settle
from playwright.sync_api import Browser, Page, expect, sync_playwright
from serving import serving

# WebGL without a graphics card.
SOFTWARE_GL = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"]
PATIENCE_MS = 60_000
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def service(sample_url: str) -> Iterator[str]:
    """The address of the running service."""
    with serving(sample_url) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium, or the one that playwright installed."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", *SOFTWARE_GL]
        )
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser, service: str) -> Iterator[OpenPage]:
    """Open the page; any request to another host and any error in the page fails the test."""
    faults: list[str] = []
    contexts = []

    def open_page(hash_: str = "", *, phone: bool = False, ready: bool = True) -> Page:
        context = browser.new_context(
            viewport=PHONE if phone else DESKTOP,
            has_touch=phone,
            is_mobile=phone,
            reduced_motion="reduce",  # flights take long where software draws every frame
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=service)
        page = context.new_page()
        page.on("request", lambda request: outside(request.url))
        page.on("pageerror", lambda error: faults.append(f"error in the page: {error}"))
        page.goto(f"{service}/{hash_}")
        if ready:
            settle(page)
        return page

    def outside(url: str) -> None:
        if not url.startswith((service, "data:", "blob:")):
            faults.append(f"asked another host: {url}")

    yield open_page
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture(scope="session")
def spot(sample_url: str) -> Spot:
    """Inside the compound with the most merchants close by."""
    with psycopg.connect(sample_url) as conn:
        row = conn.execute(
            "select st_x(p), st_y(p) from (select st_transform(st_pointonsurface(geom), 4326) as p,"
            " (select count(*) from merchant where st_dwithin(merchant.geom, area.geom, 150)) as n"
            " from area where level = 'compound') as near order by n desc limit 1"
        ).fetchone()
    assert row
    return Spot(*row)
