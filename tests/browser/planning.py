"""What tests of the page of plans share: another planner's requests, and strokes on the map."""

import json
import urllib.request
from typing import Any

from pages import settle
from playwright.sync_api import Page, expect

# A block, where the pointer finds it, and its grid.
SPOT = """(place) => {
    const { editor, board } = luge.desk;
    const { x, y } = board.map.project(editor.ground.blocks[place].middle);
    const { left, top } = document.querySelector('#map').getBoundingClientRect();
    return [left + x, top + y];
}"""


def asked(service: str, method: str, path: str, body: Any = None) -> Any:
    """What the service answers to another planner."""
    request = urllib.request.Request(  # noqa: S310 - our own service
        f"{service}/api/plans{path}", json.dumps(body).encode() if body else None,
        {"Content-Type": "application/json", "If-Match": "*"}, method=method,
    )  # fmt: skip
    with urllib.request.urlopen(request) as answer:  # noqa: S310
        return json.load(answer)


def opened(page: Page) -> None:
    page.wait_for_selector("body[data-ready=true]")
    settle(page)


def saved(page: Page) -> None:
    expect(page.locator("#saved[data-saved=true]")).to_be_visible()


def stroke(page: Page, *places: int) -> None:
    """Draw the brush from block to block."""
    drawn(page, *[page.evaluate(SPOT, place) for place in places])
    saved(page)


def drawn(page: Page, *spots: tuple[float, float]) -> None:
    """Draw from spot to spot on the screen."""
    page.mouse.move(*spots[0])
    page.mouse.down()
    for spot in spots[1:]:
        page.mouse.move(*spot, steps=4)
    page.mouse.up()


def numbers(service: str, draft: int) -> dict[int, int | None]:
    columns = asked(service, "GET", f"/{draft}/blocks")
    return dict(zip(columns["id"], columns["number"], strict=True))
