"""The tables of a report: heads and cells as text, for the template to lay out."""

from collections.abc import Callable
from typing import NamedTuple

import pandas as pd

from geo.reporting.content import Content
from geo.reporting.loads import Evenness
from maps.report.voice import Voice

EVEN = ("units", "least", "median", "most", "variation", "in_norm")
MOST_GRIDS = 15
YEAR_AT = 3  # among the heads, after the change since the period before
MOST_LATE = 20


class Table(NamedTuple):
    """``rows`` as wide as ``heads``; ``words`` columns from the left are text, the rest numbers."""

    title: str
    heads: list[str]
    rows: list[list[str]]
    words: int = 1
    total: bool = False  # the last row is a sum
    empty: str = ""


def by_units(content: Content, unit: str, voice: Voice, most: int | None = None) -> Table:
    """The figures of each class, street, community, grid or road; whole tables with their sum."""
    table = content.by[unit]
    whole = most is None and unit != "road"
    shown = table if most is None else table.head(most)
    names = [voice.name(key) for key in shown.index]
    rows = _figures(shown, names, voice, summed=whole)
    if whole:
        total = [voice.word("total")]
        rows += _figures(content.total.to_frame().T, total, voice, summed=False)
    heads = ["filed", "before", "change", "closed", "in_time", "mean_hours", "open", "late"]
    if content.year_ago:
        heads.insert(YEAR_AT, "year_change")
        filed = [*shown["filed"], *([content.total["filed"]] if whole else [])]
        ago = [*content.year_ago.by[unit].reindex(shown.index, fill_value=0)]
        for row, now, then in zip(rows, filed, [*ago, content.year_ago.filed], strict=False):
            row.insert(YEAR_AT + 1, _year_change(row, now, then, voice))
    names = [voice.word(unit), *(voice.word(head) for head in heads)]
    return Table(voice.word(f"by_{unit}"), names, rows, total=whole)


def _year_change(row: list[str], now: int, ago: int, voice: Voice) -> str:
    """The change of the filed cases since the year before; nothing where they are hidden."""
    change = 100 * (now - ago) / ago if ago else float("nan")
    return "–" if "≥" in row[1] else voice.change(change, now, ago)


def _figures(
    table: pd.DataFrame, names: list[str], voice: Voice, *, summed: bool
) -> list[list[str]]:
    counted = {c: voice.counts(table[c].tolist(), summed=summed) for c in
               ("filed", "filed_before", "closed", "open", "late")}  # fmt: skip
    rows = []
    for k, (name, row) in enumerate(zip(names, table.to_dict("records"), strict=True)):
        hidden = "≥" in counted["filed"][k] + counted["filed_before"][k]
        change = voice.change(row["change"], row["filed"], row["filed_before"])
        rows.append([
            name, counted["filed"][k], counted["filed_before"][k], "–" if hidden else change,
            counted["closed"][k], voice.figure(row["in_time"], row["closed_dated"], 1, "%"),
            voice.figure(row["mean_hours"], row["handled"]), counted["open"][k],
            counted["late"][k],
        ])  # fmt: skip
    return rows


def spots(content: Content, voice: Voice) -> Table:
    """The places with most cases."""
    found = content.spots if voice.sees_small else content.spots[content.spots["count"] >= 5]
    rows = [
        [
            str(n + 1),
            row["address"] or row["road"],
            row["road"],
            row["class"],
            voice.count(row["count"]),
        ]
        for n, row in enumerate(found.to_dict("records"))
    ]
    heads = ["", *map(voice.word, ("place", "road", "main_class", "number"))]
    return Table(voice.word("spots"), heads, rows, 4, empty=voice.word("no_spots"))


def late_cases(content: Content, voice: Voice) -> Table:
    """Open cases that are late, one by one: for those only who may see small counts."""
    late = content.late
    shut = not voice.sees_small and len(late)
    shown = late.head(0 if shut else MOST_LATE)
    rows = [
        [row["code"], row["class"], _text(row["address"]),
         voice.name(_text(row["community"]) or "–"), f"{row['days']:.1f}"]
        for row in shown.to_dict("records")
    ]  # fmt: skip
    heads = [voice.word(head) for head in ("case", "class", "place", "community", "days_late")]
    empty = voice.word("not_listed" if shut else "none_late")
    return Table(voice.word("late_list"), heads, rows, 4, empty=empty)


def _text(value: object) -> str:
    """A cell's text; empty where nothing is known."""
    return "" if pd.isna(value) else str(value)


def heaviest(content: Content, voice: Voice) -> Table:
    """The grids with most load."""
    grids = content.load.sort_values("load", ascending=False, kind="stable").head(MOST_GRIDS)
    rows = [
        [str(row["name"]), str(code), voice.number(row["load"]), voice.number(row["households"]),
         voice.number(row["people"]), voice.number(row["merchants"]), voice.count(row["incidents"]),
         voice.count(row["incidents_open"])]
        for code, row in grids.iterrows()
    ]  # fmt: skip
    heads = ["grid", "code", "load_hours", "households", "people", "merchants", "filed", "open"]
    title = voice.word("heaviest", rule=content.material.rule)
    return Table(title, [h and voice.word(h) for h in heads], rows, 2)


def evenness(content: Content, voice: Voice) -> Table:
    """How evenly the grids are loaded."""
    rows = [
        [voice.word(f"metric_{metric}"), *_even(metric, even, voice)]
        for metric, even in content.evenness.items()
    ]
    heads = ["metric", *EVEN]
    return Table(voice.word("evenness"), [voice.word(head) for head in heads], rows)


def _even(metric: str, even: Evenness, voice: Voice) -> list[str]:
    """The columns `EVEN`; the least, the middle and the most of counts are counts themselves."""
    say = voice.count if metric.startswith("incidents") else voice.number
    norm = voice.number(even.in_norm) if metric == "households" else ""
    spread = [say(even.least), say(even.median), say(even.most)]
    return [voice.number(even.units), *spread, voice.number(even.variation), norm]


def workers(content: Content, voice: Voice) -> Table:
    """Households per community worker."""
    columns = ("households", "workers", "each")
    rows = [
        [str(row["name"]), *(voice.number(row[c]) for c in columns)]
        for row in content.workers.to_dict("records")
    ]
    heads = [voice.word(head) for head in ("community", *columns)]
    return Table(voice.word("workers_table"), heads, rows)


def coverage(content: Content, voice: Voice) -> Table:
    """Metres of side with a duty, lived, hollow: by street, or within one by class of road."""
    by_class = content.material.street is not None
    name: Callable[[object], str] = _road_class(voice) if by_class else voice.name
    named = [(name(key), row) for key, row in content.coverage.iterrows()]
    named.append((voice.word("total"), content.covered))
    rows = [
        [text, *(voice.number(row[c] / 1000, 1) for c in ("side_m", "duty_m")),
         *(voice.number(row[c], 1) for c in ("share", "lived", "hollow"))]
        for text, row in named
    ]  # fmt: skip
    heads = [
        "road_class" if by_class else "street",
        "side_km",
        "duty_km",
        "share",
        "lived",
        "hollow",
    ]
    return Table(
        voice.word("covered_metres"), [voice.word(head) for head in heads], rows, total=True
    )


def _road_class(voice: Voice) -> Callable[[object], str]:
    def name(key: object) -> str:
        plain = str(key).replace("_link", "")
        return voice.word(f"class_{plain}") if plain in _KNOWN else plain

    return name


_KNOWN = ("motorway", "trunk", "primary", "secondary", "tertiary", "residential", "living_street",
          "lane", "unclassified", "service")  # fmt: skip


def without_chief(content: Content, voice: Voice) -> Table:
    """Named roads that nobody answers for."""
    rows = [
        [str(road), voice.number(row["side_m"] / 1000, 1), voice.count(row["cases"])]
        for road, row in content.without_chief.iterrows()
    ]
    heads = [voice.word(head) for head in ("road", "side_km", "filed")]
    empty = voice.word("none_without")
    return Table(voice.word("without_chief"), heads, rows, empty=empty)


def plans(content: Content, voice: Voice) -> Table:
    """Two plans' evenness in pairs of rows."""
    assert content.compared  # noqa: S101 - the page asks only then
    rows = [
        [voice.word(f"metric_{metric}"), plan.name, *_even(metric, even, voice)]
        for metric, both in content.compared.evenness.items()
        for plan, even in zip(content.plans, both, strict=True)
    ]
    heads = ["metric", "plan", *EVEN]
    return Table(voice.word("evenness"), [voice.word(head) for head in heads], rows, 2)
