"""Replay on the page of plans: last year on a draft, against today's plan."""

import json
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe import serious_faults
from pages import OpenPage, settle, shot
from playwright.sync_api import expect
from serving import serving

MakeDatabase = Callable[..., str]


@pytest.fixture(scope="module")
def service(make_module_database: MakeDatabase, sample_url: str) -> Iterator[str]:
    with serving(make_module_database(sample_url)) as address:
        yield address


def asked(service: str, path: str, body: Any) -> Any:
    request = urllib.request.Request(  # noqa: S310 - our own service
        f"{service}/api/plans{path}", json.dumps(body).encode(),
        {"Content-Type": "application/json", "If-Match": "*"},
    )  # fmt: skip
    with urllib.request.urlopen(request) as answer:  # noqa: S310
        return json.load(answer)


def test_last_year_is_replayed_on_a_draft(open_page: OpenPage, service: str) -> None:
    made = asked(service, "", {"system": "management", "name": "减负"})
    busy = max(made["grids"], key=lambda grid: int(grid["incidents"]))["number"]
    with urllib.request.urlopen(f"{service}/api/plans/{made['id']}/blocks") as answer:  # noqa: S310
        blocks = json.load(answer)
    mine = [id_ for id_, n in zip(blocks["id"], blocks["number"], strict=True) if n == busy]
    half, other = mine[: len(mine) // 2], busy % len(made["grids"]) + 1
    asked(service, f"/{made['id']}/strokes", {"blocks": half, "number": other})

    page = open_page(f"plans#plan={made['id']}", ready=False)
    page.wait_for_selector("body[data-ready=true]")
    page.locator("#tab-replay").click()
    page.locator("#replay").click()
    expect(page.locator("#replayed")).to_contain_text(f"{len(half)} 个街区")
    expect(page.locator('[data-figure="cases_max_over_mean"] .good')).to_have_text("改善")
    names = {grid["number"]: grid["name"] for grid in made["grids"]}
    expect(page.locator("#replay-lighter")).to_contain_text(names[busy])
    expect(page.locator("#replay-heavier")).to_contain_text(names[other])
    page.locator("#replay-figure").select_option("walk_m")
    expect(page.get_by_role("img", name="步行（公里）")).to_be_visible()
    assert serious_faults(page) == []
    settle(page)
    shot(page, "redraw-replay")

    href = page.locator("#replay-report").get_attribute("href")
    with urllib.request.urlopen(f"{service}{href}") as report:  # noqa: S310
        assert "网格调整方案报告" in report.read().decode()
    asked(service, f"/{made['id']}/strokes", {"blocks": half[:1], "number": busy})
    page.reload()
    page.wait_for_selector("body[data-ready=true]")
    page.locator("#tab-replay").click()
    page.locator("#replay").click()
    expect(page.locator("#replayed")).to_contain_text(f"{len(half) - 1} 个街区")
