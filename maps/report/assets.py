"""What a report carries inside of it: Leaflet's script and style, images as data."""

import re
from base64 import b64encode
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
LEAFLET = HERE / "node_modules" / "leaflet" / "dist"

_RELATIVE_URL = re.compile(r"url\((?!['\"]?(?:data:|#))['\"]?([^)'\"]+)['\"]?\)")
_SOURCE_MAP = re.compile(r"//# sourceMappingURL=\S+")
# Addresses that a browser would fetch: attributes of tags, imports and url() of styles.
_FETCHED = re.compile(
    r"<[^>]+\s(?:src|href|srcset|data|action|poster)\s*=\s*['\"]?\s*(?:https?:)?//"
    r"|@import\b|url\(\s*['\"]?\s*(?:https?:)?//",
    re.IGNORECASE,
)


class NotInstalled(ValueError):
    """The packages that reports carry inside are not there."""


class OutsideLink(ValueError):
    """A report would fetch something from elsewhere."""


@cache
def script() -> str:
    """Leaflet, to stand inside of a script element."""
    code = _SOURCE_MAP.sub("", _read("leaflet.js"))
    if "</script" in code.lower():
        raise OutsideLink("Leaflet's script would end the element that it stands in")
    return code


@cache
def style() -> str:
    """Leaflet's style with its images as data, followed by the report's own."""
    inlined = _RELATIVE_URL.sub(_as_data, _read("leaflet.css").replace("url(#default#VML)", "none"))
    return inlined + (HERE / "page.css").read_text("utf-8")


def refuse_outside(html: str) -> str:
    """``html`` itself; raises `OutsideLink` where it would fetch anything when it is opened."""
    without_code = re.sub(r"(<script\b[^>]*>).*?</script>", r"\1</script>", html, flags=re.DOTALL)
    if found := _FETCHED.search(without_code):
        raise OutsideLink(f"the report would fetch from elsewhere: {found[0]}")
    return html


def _as_data(found: re.Match[str]) -> str:
    file = LEAFLET / found[1]
    return f"url(data:image/png;base64,{b64encode(file.read_bytes()).decode()})"


def _read(name: str) -> str:
    try:
        return (LEAFLET / name).read_text("utf-8")
    except FileNotFoundError:
        raise NotInstalled(
            "Leaflet, which reports carry inside, is not installed: run ./scripts/setup"
        ) from None
