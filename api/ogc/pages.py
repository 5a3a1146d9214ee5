"""Any document of the OGC API as a page for people, from one template; no scripts, no outside."""

from collections.abc import Mapping
from html import escape
from string import Template
from typing import Any

STYLE = """body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem;
color:#1f2733;background:#fff}a{color:#1a56b0}header{border-bottom:1px solid #d5dae1}
ul.row{margin:0}
nav ul,ul.row{padding:0;list-style:none;display:flex;flex-wrap:wrap;gap:.2rem 1.2rem}
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
    "zh": {"links": "链接", "html_lang": "zh-CN", "next": "下一页", "items": "要素",
           "queryables": "可查询字段", "tiles": "瓦片"},
    "en": {"links": "Links", "html_lang": "en", "next": "Next page", "items": "Features",
           "queryables": "Queryables", "tiles": "Tiles"},
}  # fmt: skip
# What a link to another format is called.
FORMATS = {
    "application/json": "JSON", "application/geo+json": "GeoJSON", "text/html": "HTML",
    "application/flatgeobuf": "FlatGeobuf", "text/csv; charset=utf-8": "CSV",
    "application/vnd.apache.parquet": "GeoParquet", "application/schema+json": "JSON Schema",
}  # fmt: skip
MOST_SHOWN = 1_000  # characters of a cell
QUIET = ("links", "title", "$schema", "$id", "geometry", "queryables")


def page(document: Mapping[str, Any], title: str, language: str, home: str) -> str:
    """The page of a document: its links on top, what else it holds below."""
    words = WORDS[language]
    body = ""
    if isinstance(document.get("features"), list):
        body = _features(document, document["features"])
    if isinstance(document.get("collections"), list):
        body = _collections(document["collections"], words, home)
    told = (*QUIET, "features", "collections")
    rest = {name: part for name, part in document.items() if name not in told}
    return TEMPLATE.substitute(
        language=words["html_lang"],
        title=escape(title),
        home=escape(home),
        links_title=words["links"],
        links="".join(
            f"<li>{_link(link | _named(link, words))}</li>"
            for link in document.get("links", ())
            if link["rel"] != "self"
        ),
        body=body + _value(rest),
    )


def _named(link: Mapping[str, Any], words: Mapping[str, str]) -> dict[str, str]:
    if link["rel"] == "next":
        return {"title": words["next"]}
    if link["rel"] in ("alternate", "items"):
        return {"title": FORMATS.get(link["type"], link["type"])}
    return {}


def _collections(collections: list[Mapping[str, Any]], words: Mapping[str, str], home: str) -> str:
    rows = []
    for it in collections:
        address = f"{escape(home)}/collections/{escape(it['id'])}"
        further = "".join(
            f'<li><a href="{address}/{name}">{words[name]}</a></li>'
            for name in ("items", "queryables", "tiles")
        )
        rows.append(
            f'<tr><td><a href="{address}">{escape(it["description"])}</a></td>'
            f'<td>{escape(it["id"])}</td><td><ul class="row">{further}</ul></td></tr>'
        )
    return f"<table>{''.join(rows)}</table>"


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
        if value and all(isinstance(part, Mapping) and "href" in part for part in value):
            shown = "".join(f"<li>{_link(part)}</li>" for part in value)
            return f'<ul class="row">{shown}</ul>'
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
