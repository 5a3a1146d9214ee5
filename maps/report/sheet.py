"""What reports have in common as pages: templates, and the margins of printed sheets."""

import re
from functools import cache
from pathlib import Path

import jinja2

from geo.reporting.periods import Period
from maps.report.voice import Voice


@cache
def template(name: str) -> jinja2.Template:
    """The template ``name``, by its file name without endings."""
    loader = jinja2.FileSystemLoader(Path(__file__).parent)
    env = jinja2.Environment(
        loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )  # fmt: skip
    return env.get_template(f"{name}.html.j2")


def margins(voice: Voice, title: str, period: Period, revision: str, srid: int, rule: int) -> str:
    """Head and foot of every printed page, as CSS."""
    colon = voice.either("：", ": ")
    foot = " · ".join(
        f"{voice.word(key)}{colon}{value}"
        for key, value in (
            ("source", voice.word("source_is")), ("data_revision", revision),
            ("rule", rule), ("crs", f"EPSG:{srid}"),
        )
    )  # fmt: skip
    boxes = {
        "top-left": _css(title), "top-right": _css(voice.period(period)),
        "bottom-left": _css(foot), "bottom-right": 'counter(page) " / " counter(pages)',
    }  # fmt: skip
    said = "".join(f"@{box}{{content:{value}}}" for box, value in boxes.items())
    return f"@page{{{said}}}"


def _css(text: str) -> str:
    """A CSS string; what could end it, or the style around it, is escaped."""
    plain = re.sub(r"[\"\\<>&\n\r\f]", lambda found: f"\\{ord(found[0]):x} ", text)
    return f'"{plain}"'
