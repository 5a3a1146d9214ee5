"""Any document of the OGC API as a page for people, from one template; no scripts, no outside."""

from collections.abc import Mapping
from html import escape
from string import Template
from typing import Any

STYLE = """body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem;
color:#1f2733;background:#fff}a{color:#1a56b0}header{border-bottom:1px solid #d5dae1}
nav ul{padding:0;list-style:none;display:flex;flex-wrap:wrap;gap:.2rem 1.2rem}
dl{display:grid;grid-template-columns:minmax(8rem,max-content) 1fr;gap:.2rem 1rem;margin:.2rem 0}
dt{color:#5b6675}dd{margin:0;overflow-wrap:anywhere}.wide{overflow-x:auto}
table{border-collapse:collapse}th,td{text-align:left;padding:.2rem .8rem .2rem 0;
border-bottom:1px solid #e6e9ee;vertical-align:top}section{margin:1rem 0}
@media (prefers-color-scheme:dark){body{color:#dde3ea;background:#14181d}a{color:#8ab8ff}
dt{color:#9aa6b4}}
"""

TEMPLATE = Template("""<!doctype html>
<html lang="$language"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>$title · 路格 Luge</title><link rel="stylesheet" href="$home/style.css"></head>
<body><header><p><a href="$home">路格 Luge · OGC API</a></p><h1>$title</h1></header>
<nav aria-label="$links_title"><ul>$links</ul></nav><main>$body</main></body></html>
""")

WORDS = {
    "zh": {"links": "链接", "html_lang": "zh-CN"},
    "en": {"links": "Links", "html_lang": "en"},
}
MOST_SHOWN = 1_000  # characters of a cell
QUIET = ("links", "title", "$schema", "$id", "geometry", "queryables")


def page(document: Mapping[str, Any], title: str, language: str, home: str) -> str:
    """The page of a document: its links on top, what else it holds below."""
    words = WORDS[language]
    features = document.get("features")
    body = _features(document, features) if isinstance(features, list) else ""
    rest = {name: part for name, part in document.items() if name not in (*QUIET, "features")}
    return TEMPLATE.substitute(
        language=words["html_lang"],
        title=escape(title),
        home=escape(home),
        links_title=words["links"],
        links="".join(f"<li>{_link(link)}</li>" for link in document.get("links", ())),
        body=body + _value(rest),
    )


def _link(link: Mapping[str, Any]) -> str:
    words = link.get("title") or f"{link['rel'].rpartition('/')[2]} ({link['type']})"
    if link.get("templated"):
        return f"{escape(words)}: <code>{escape(link['href'])}</code>"
    return f'<a href="{escape(link["href"])}" rel="{escape(link["rel"])}">{escape(words)}</a>'


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        if "href" in value and "rel" in value:
            return _link(value)
        shown = "".join(f"<dt>{escape(str(name))}</dt><dd>{_value(part)}</dd>"
                        for name, part in value.items())  # fmt: skip
        return f"<dl>{shown}</dl>"
    if isinstance(value, list | tuple):
        if any(isinstance(part, Mapping) for part in value):
            return "".join(f"<section>{_value(part)}</section>" for part in value)
        return escape(", ".join(map(str, value)))[:MOST_SHOWN]
    text = escape("" if value is None else str(value))
    return f'<a href="{text}">{text}</a>' if text.startswith(("http://", "https://")) else text


def _features(document: Mapping[str, Any], features: list[Mapping[str, Any]]) -> str:
    home = next(link["href"] for link in document["links"] if link["rel"] == "collection")
    names = list(features[0]["properties"]) if features else []
    head = "".join(f"<th>{escape(name)}</th>" for name in ("id", *names))
    rows = "".join(
        f'<tr><td><a href="{escape(home)}/items/{feature["id"]}">{feature["id"]}</a></td>'
        + "".join(f"<td>{_value(feature['properties'][name])}</td>" for name in names)
        + "</tr>"
        for feature in features
    )
    return f'<div class="wide"><table><tr>{head}</tr>{rows}</table></div>'
