"""Reports in a real Chromium, opened from disk: nothing is asked for, everything is drawn."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pages import DESKTOP, PHONE, SCREENSHOTS, shot
from playwright.sync_api import Browser, Page

from api import reports
from geo.store.database import snapshot
from maps.report.page import Wish

Report = Callable[..., Path]


@pytest.fixture(scope="module")
def report(sample_url: str, tmp_path_factory: pytest.TempPathFactory) -> Report:
    """Write a report on the sample district; returns its file."""
    folder = tmp_path_factory.mktemp("reports")
    with snapshot(sample_url) as conn:
        found = reports.read(conn, (None, None), plans=("1", "2"))

    def report(lang: str, street: str | None = None, *, sees_small: bool = True) -> Path:
        file = folder / f"{lang}-{street}-{sees_small}.html"
        wish = Wish(lang, sees_small, weekly=street is not None)
        file.write_text(reports.page(found, street, wish), "utf-8")
        return file

    return report


@pytest.fixture
def open_file(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open a file with no network; any request but the file itself, and any error, fails."""
    faults: list[str] = []
    contexts = []

    def open_file(file: Path, *, phone: bool = False) -> Page:
        context = browser.new_context(viewport=PHONE if phone else DESKTOP, offline=True)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: asked(request.url, file))
        page.on("pageerror", lambda error: faults.append(f"error in the page: {error}"))
        page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        page.goto(file.as_uri())
        return page

    def asked(url: str, file: Path) -> None:
        if url != file.as_uri() and not url.startswith("data:"):
            faults.append(f"asked for {url}")

    yield open_file
    for context in contexts:
        context.close()
    assert faults == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_it_opens_from_disk_and_draws_its_maps(
    report: Report, open_file: Callable[..., Page], lang: str
) -> None:
    page = open_file(report(lang))
    # On a wide screen no table has a part that is out of sight.
    assert not page.evaluate(
        "[...document.querySelectorAll('.table')].some(t => t.scrollWidth > t.clientWidth + 1)"
    )
    maps = page.locator(".frame .leaflet-container")
    assert maps.count() == 5
    for n in range(5):
        assert maps.nth(n).locator("path").count() > 60
        assert maps.nth(n).locator(".place-name").count() == 3
    assert maps.nth(0).locator(".spot").count() == 10
    maps.nth(0).scroll_into_view_if_needed()
    maps.nth(0).locator("path.leaflet-interactive").nth(40).hover(force=True)
    assert page.locator(".leaflet-tooltip").count() == 1
    page.screenshot(path=SCREENSHOTS / f"report-{lang}.png", full_page=True)


def test_it_fits_a_phone(report: Report, open_file: Callable[..., Page]) -> None:
    page = open_file(report("zh", "319901101000", sees_small=False), phone=True)
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= PHONE["width"]
    shot(page, "report-phone")


def test_it_prints_on_a4(report: Report, open_file: Callable[..., Page]) -> None:
    page = open_file(report("zh", "319901001000"))
    page.emulate_media(media="print")
    # What is wider than the text on A4 would be cut off.
    page.set_viewport_size({"width": 680, "height": 970})
    wide = page.evaluate(
        "Math.max(...[...document.querySelectorAll('main *')]"
        ".filter(e => !e.closest('.frame')).map(e => e.getBoundingClientRect().right))"
    )
    assert wide <= 681
    pdf = page.pdf(prefer_css_page_size=True)
    assert 4 <= pdf.count(b"/Type /Page\n") <= 12
    (SCREENSHOTS / "report-street.pdf").write_bytes(pdf)
