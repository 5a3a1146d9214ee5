"""A browser far from the district: its pages go by the district's day."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from days import today
from pages import DESKTOP
from playwright.sync_api import Browser, Page, expect

# At any time it is another day than the district's in one of them.
FAR = ("Pacific/Pago_Pago", "Pacific/Kiritimati")


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page where it is another day."""
    zone = next(zone for zone in FAR if datetime.now(ZoneInfo(zone)).date() != today())
    context = browser.new_context(viewport=DESKTOP, timezone_id=zone)
    yield context.new_page()
    context.close()


def test_a_draft_is_named_after_the_districts_day(page: Page, service: str) -> None:
    page.goto(f"{service}/plans")
    expect(page.locator("#new-name")).to_have_value(f"{today()} 调整草案")


def test_shares_begin_with_the_districts_next_month(page: Page, service: str) -> None:
    page.goto(f"{service}/shares")
    first = (today().replace(day=1) + timedelta(days=32)).replace(day=1)
    expect(page.locator("input[type=date]").first).to_have_value(first.isoformat())
