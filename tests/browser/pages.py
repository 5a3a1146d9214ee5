"""What browser tests share: sizes of screens, a spot to look at, waiting, screenshots."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Page

SCREENSHOTS = Path(__file__).parents[2] / ".luge" / "screenshots"
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}

CATALOGUE = json.loads((Path(__file__).parents[2] / "maps/web/src/i18n.json").read_text("utf-8"))
CHINESE = {text["zh"] for text in CATALOGUE.values() if text["zh"] != text["en"]}

OpenPage = Callable[..., Page]


class Spot(NamedTuple):
    """A place in degrees."""

    lon: float
    lat: float


def settle(page: Page) -> None:
    """Wait until the map has drawn everything and stands still."""
    page.wait_for_selector("#map[aria-busy=false]")


def shot(page: Page, name: str) -> None:
    """Write a screenshot that people look at."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")


def overflow(page: Page) -> list[str]:
    """Elements that reach beyond the screen's edges."""
    return page.evaluate(
        """() => [...document.querySelectorAll('body *')]
            .filter((element) => element.checkVisibility() && !element.closest('#map, .scroll'))
            .filter((element) => !element.matches('.visually-hidden, .skip'))
            .filter((element) => {
                const { left, right, width } = element.getBoundingClientRect();
                return width > 0 && (left < -1 || right > innerWidth + 1);
            })
            .map((element) => element.outerHTML.slice(0, 80))"""
    )


def left_in_chinese(page: Page) -> list[str]:
    """Words of the catalogue that an English page says in Chinese."""
    told = page.evaluate(
        """() => [...document.querySelectorAll('[aria-label], [title]')]
            .filter((element) => element.checkVisibility())
            .flatMap((element) => [element.getAttribute('aria-label'), element.title])
            .concat(document.body.innerText).join('\\n')"""
    )
    return sorted(set(re.split(r"[\s·:：,，;；()（）“”]+", told)) & CHINESE)


def cut(page: Page) -> list[str]:
    """Choices of which the end is cut off, as their field is too narrow for the chosen one."""
    arrow = 18
    found: list[str] = page.evaluate(
        """(arrow) => [...document.querySelectorAll('select')]
            .filter((select) => select.checkVisibility() && select.selectedOptions[0])
            .filter((select) => {
                const style = getComputedStyle(select);
                const pen = document.createElement('canvas').getContext('2d');
                pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
                const text = pen.measureText(select.selectedOptions[0].text).width;
                const sides = parseFloat(style.paddingLeft) + parseFloat(style.paddingRight);
                return text + sides + arrow > select.clientWidth;
            })
            .map((select) => `${select.id}: ${select.selectedOptions[0].text}`)""",
        arrow,
    )
    return found
