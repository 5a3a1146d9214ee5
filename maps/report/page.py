"""The report as one HTML file that opens from disk and asks for nothing."""

from datetime import datetime
from typing import Literal, NamedTuple

from markupsafe import Markup

from geo.reporting.content import RULE, Content
from maps.report import assets, charts, drawings, figures, sheet, tables
from maps.report.sentences import sentence
from maps.report.voice import LANGUAGES, NOTHING, Voice
from maps.report.words import METHOD

Metric = Literal["load", "incidents", "incidents_open", "households", "people", "merchants"]
By = Literal["grids", "blocks"]
NUMBERS = ("filed", "closed", "in_time", "mean_hours", "open", "late")
MOST_BARS = 12
MORE = ("median_hours", "recurred", "well_dispatched", "rework")


class Wish(NamedTuple):
    """How a report shall look; ``metric`` and ``by`` choose the map of load."""

    lang: str = "zh"
    sees_small: bool = False
    weekly: bool = False
    metric: Metric = "households"
    by: By = "grids"


class Card(NamedTuple):
    """A figure at the head, with what it was before."""

    word: str
    now: str
    before: str

    @property
    def known(self) -> bool:
        """Whether there is a number, now or before."""
        return {self.now, self.before} != {NOTHING}


def render(content: Content, wish: Wish, made_at: datetime) -> str:
    """The whole page; raises `NotInstalled` where Leaflet is not there."""
    voice = Voice(wish.lang, wish.sees_small, content.material.names)
    title = voice.word("weekly" if wish.weekly else "report", name=content.material.title)
    html = sheet.template("page").render(
        voice=voice, word=voice.word, lang="zh-CN" if wish.lang == "zh" else "en", title=title,
        content=content, period=voice.period(content.period),
        before=voice.period(content.period.before), year_ago=_year_ago(content, voice),
        made=f"{made_at:%Y-%m-%d %H:%M}",
        rule=RULE, method=[lines[LANGUAGES.index(wish.lang)] for lines in METHOD],
        findings=[(f.level, sentence(f, voice)) for f in content.findings],
        cards=_cards(content, NUMBERS, voice),
        more=[card for card in _cards(content, MORE, voice) if card.known],
        charts=_charts(content, voice), tables=_tables(content, voice),
        figures=_figures(content, voice, wish), style=Markup(assets.style()),  # noqa: S704 - ours
        script=Markup(assets.script()), margins=Markup(_margins(content, voice, title)),  # noqa: S704
    )  # fmt: skip
    return assets.refuse_outside(html)


def _year_ago(content: Content, voice: Voice) -> str:
    """The same period a year before and how many cases it had; nothing where none is known."""
    ago = content.year_ago
    if ago is None:
        return ""
    return voice.word("filed_then", period=voice.period(ago.period), count=voice.count(ago.filed))


def _cards(content: Content, names: tuple[str, ...], voice: Voice) -> list[Card]:
    of = {"in_time": "closed_dated", "mean_hours": "handled", "median_hours": "handled",
          "recurred": "filed", "well_dispatched": "dispatched", "rework": "closed"}  # fmt: skip
    total = content.total

    def shown(name: str, end: str) -> str:
        if name not in of:
            return voice.count(total[name + end])
        unit = "" if name.endswith("hours") else "%"
        # Without steps in the data nothing is known of work done again.
        known = name not in ("rework",) or total["dispatched" + end] > 0
        return voice.figure(total[name + end], total[of[name] + end] if known else 0, 1, unit)

    return [Card(voice.word(n), shown(n, ""), shown(n, "_before")) for n in names]


def _charts(content: Content, voice: Voice) -> dict[str, Markup]:
    drawn = {
        "daily": _daily(content, voice),
        "classes": _classes(content, voice),
        "hours": charts.heat(
            content.hours, _days(voice), (voice.word("hours"), _fullest(content, voice)),
            sees_small=voice.sees_small,
        ),
    }  # fmt: skip
    return {key: Markup(svg) for key, svg in drawn.items()}  # noqa: S704 - texts are escaped


def _daily(content: Content, voice: Voice) -> str:
    now, before = (days.tolist() for days in content.days)
    totals = {"now": sum(now), "before": sum(before), "most": max(now)}
    said = voice.word("daily_desc", **{key: voice.count(n) for key, n in totals.items()})
    return charts.columns(
        [f"{day.month}-{day.day}" for day in content.days[0].index],
        (voice.word("now"), voice.heights(now)), (voice.word("before"), voice.heights(before)),
        (voice.word("daily"), said), voice.counts(now),
    )  # fmt: skip


def _classes(content: Content, voice: Voice) -> str:
    table = content.by["class"]
    now, before = (table[name].tolist() for name in ("filed", "filed_before"))
    # What is hidden depends on the whole column, so that chart and table hide the same.
    return charts.bars(
        [str(key) for key in table.index][:MOST_BARS],
        (voice.word("now"), voice.heights(now)[:MOST_BARS]),
        (voice.word("before"), voice.heights(before)[:MOST_BARS]),
        (voice.word("weekly_bars"), voice.word("class_desc")), voice.counts(now)[:MOST_BARS],
    )  # fmt: skip


def _days(voice: Voice) -> list[str]:
    return voice.word("days7").split(",")


def _fullest(content: Content, voice: Voice) -> str:
    day, hour = divmod(int(content.hours.argmax()), 24)
    most = voice.count(content.hours.max())
    return voice.word("hours_desc", most=most, day=_days(voice)[day], hour=hour)


def _tables(content: Content, voice: Voice) -> dict[str, tables.Table]:
    made = {
        "class": tables.by_units(content, "class", voice),
        "community": tables.by_units(content, "community", voice),
        "grid": tables.by_units(content, "grid", voice, tables.MOST_GRIDS),
        "road": tables.by_units(content, "road", voice),
        "spots": tables.spots(content, voice), "late_cases": tables.late_cases(content, voice),
        "heaviest": tables.heaviest(content, voice), "evenness": tables.evenness(content, voice),
        "workers": tables.workers(content, voice), "coverage": tables.coverage(content, voice),
        "without_chief": tables.without_chief(content, voice),
    }  # fmt: skip
    if len(content.by.get("street", ())):
        made["street"] = tables.by_units(content, "street", voice)
    if content.compared:
        made["plans"] = tables.plans(content, voice)
    return made


def _figures(content: Content, voice: Voice, wish: Wish) -> dict[str, figures.Figure | None]:
    made: dict[str, figures.Figure | None] = dict.fromkeys(("incidents", "load", "coverage"))
    if content.material.areas.empty:
        return made  # nothing to draw on
    ground = figures.ground_of(content.material)
    made = {
        "incidents": drawings.incidents(content, ground, voice),
        "load": drawings.load(content, ground, voice, wish.metric, wish.by),
        "coverage": drawings.coverage(content, ground, voice),
    }
    for n, plan in enumerate(content.plans):
        made[f"plan{n}"] = drawings.plan(content, ground, voice, plan)
    return made


def _margins(content: Content, voice: Voice, title: str) -> str:
    land = content.material
    return sheet.margins(voice, title, content.period, land.revision, land.srid, RULE)
