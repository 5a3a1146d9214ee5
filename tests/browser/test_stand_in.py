"""The place panel says who answers where a chief is on leave."""

from collections.abc import Callable

import psycopg
import pytest
from pages import DESKTOP, Spot, settle
from playwright.sync_api import Browser, expect
from serving import serving

# From yesterday on, with the first other chief as deputy.
LEAVE = """
insert into leave (chief_id, deputy_id, valid_from)
select chief.id, (select min(id) from chief as other where other.id <> chief.id), current_date - 1
from chief where name = %s
"""


@pytest.mark.parametrize(
    ("language", "words"), [("zh", "请假，由{}代"), ("en", "on leave; {} stands")]
)
def test_a_deputy_is_told(
    browser: Browser, make_database: Callable[..., str], sample_url: str, spot: Spot,
    language: str, words: str,
) -> None:  # fmt: skip
    url = make_database(sample_url)
    with serving(url) as service:
        page = browser.new_page(viewport=DESKTOP, reduced_motion="reduce")
        address = f"{service}/#lang={language}&map=16/{spot.lat}/{spot.lon}"
        page.goto(f"{address}&place={spot.lon},{spot.lat}")
        settle(page)
        one = page.locator(".chiefs li").first
        name = one.locator("b").inner_text()
        with psycopg.connect(url) as conn:
            conn.execute(LEAVE, [name])
            deputy = conn.execute(
                "select answering(id, current_date) from chief where name = %s", [name]
            ).fetchone()
            assert deputy
            who = conn.execute("select name from chief where id = %s", deputy).fetchone()
            assert who
        page.reload()
        settle(page)
        expect(page.locator(".chiefs li").first).to_contain_text(words.format(who[0]))
        page.close()
