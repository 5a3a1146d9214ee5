"""The report on a draft as one HTML file: both plans, what moves, findings first."""

from datetime import datetime
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup

from geo.redrawn import Redrawn
from geo.reporting.redraw import RULE, Redraw, Side
from maps.report import assets, charts, figures, redraw_tables, sheet
from maps.report.figures import ORANGE, Figure, Ground, Key
from maps.report.page import Wish
from maps.report.redraw_sentences import redraw_sentence
from maps.report.redraw_words import REDRAW_METHOD
from maps.report.voice import LANGUAGES, NOTHING, Voice

# Colours of a map: so many times the mean of today's plan.
BOUNDS = (0.5, 1.0, 1.5, 2.0)
EASED, BURDENED, STAYS = "#2c7fb8", "#d0641c", "#fbfaf6"


def render(content: Redraw, wish: Wish, made_at: datetime) -> str:
    """The whole page; raises `maps.report.assets.NotInstalled` where Leaflet is not there."""
    read, land = content.read, content.read.land
    voice = Voice(wish.lang, wish.sees_small, {})
    title = voice.word("redraw", name=land.district)
    before, after = read.plans
    margins = sheet.margins(voice, title, read.period, land.revision, land.srid, RULE)
    html = sheet.template("redraw").render(
        voice=voice, word=voice.word, lang="zh-CN" if wish.lang == "zh" else "en", title=title,
        period=voice.period(read.period), land=land, before=before, after=after, rule=RULE,
        findings=[(f.level, redraw_sentence(f, voice)) for f in content.findings],
        tables=redraw_tables.tables(content, voice), rests=redraw_tables.rests(content, voice),
        figures=_maps(content, voice), weekly=Markup(_weekly(read.found, content, voice)),  # noqa: S704 - texts are escaped
        made=f"{made_at:%Y-%m-%d %H:%M}",
        method=[lines[LANGUAGES.index(wish.lang)] for lines in REDRAW_METHOD],
        style=Markup(assets.style()), script=Markup(assets.script()),  # noqa: S704 - ours
        margins=Markup(margins),  # noqa: S704 - escaped
    )  # fmt: skip
    return assets.refuse_outside(html)


def _maps(content: Redraw, voice: Voice) -> dict[str, Figure]:
    land = content.read.land
    if land.areas.empty or not all(len(side.grids) for side in content.read.plans):
        return {}
    ground = figures.ground_of(land)
    mean = float(content.read.plans[0].grids["each"].mean())
    before, after = (_plan(side, ground, mean, voice) for side in content.read.plans)
    return {"before": before, "after": after, "moves": _moves(content, ground, voice)}


def _plan(side: Side, ground: Ground, mean: float, voice: Voice) -> Figure:
    """Cases of a worker's week in each grid, in the same colours for both plans."""
    grids = side.grids[~side.grids.geometry.is_empty]
    bounds = [bound * mean for bound in BOUNDS]
    level = np.searchsorted(bounds, grids["each"].to_numpy(), side="right")
    colours = np.array(ORANGE)[level].tolist()
    tips = [
        f"{name} {_few(value, voice)}"
        for name, value in zip(grids["name"], grids["each"], strict=True)
    ]
    drawn = figures.filled(ground, grids, colours, tips)
    title = voice.word("redraw_map", name=side.name)
    return figures.finished(drawn, title, _legend(bounds, voice))


def _few(value: float, voice: Voice) -> str:
    """A weekly mean; those that may be of few cases are not told to who may not see them."""
    return f"{value:.1f}" if voice.sees_small or value >= 1 else "<1"


def _legend(bounds: list[float], voice: Voice) -> list[Key]:
    said = [f"{bound:.1f}" for bound in bounds]
    words = [
        voice.word("redraw_below", value=said[0]),
        *(voice.word("redraw_between", low=a, high=b) for a, b in pairwise(said)),
        voice.word("redraw_from", value=said[-1]),
    ]
    return [Key(colour, text) for colour, text in zip(ORANGE, words, strict=True)]


def _moves(content: Redraw, ground: Ground, voice: Voice) -> Figure:
    """The blocks that change hands over the draft's grids, by what awaits them."""
    read, made = content.read, content.read.found
    at = made.moved.blocks
    loads = [
        np.append(side.grids["each"].to_numpy(), np.nan)[grid[at]]
        for side, grid in zip(read.plans, read.grid, strict=True)
    ]
    lighter = loads[1] <= loads[0]
    grids = read.plans[1].grids
    grids = grids[~grids.geometry.is_empty]
    names = [np.append(side.grids["name"].to_numpy(object), NOTHING)[grid[at]]
             for side, grid in zip(read.plans, read.grid, strict=True)]  # fmt: skip
    shapes = pd.concat([grids[["geometry"]], read.blocks.iloc[at][["geometry"]]])
    colours = [STAYS] * len(grids) + np.where(lighter, EASED, BURDENED).tolist()
    tips: list[Any] = [*grids["name"], *(f"{a} → {b}" for a, b in zip(*names, strict=True))]
    drawn = figures.filled(ground, shapes, colours, tips)
    legend = [Key(EASED, voice.word("redraw_eased")), Key(BURDENED, voice.word("redraw_burdened")),
              Key(STAYS, voice.word("redraw_stays"))]  # fmt: skip
    return figures.finished(drawn, voice.word("redraw_moves_map"), legend)


def _weekly(made: Redrawn, content: Redraw, voice: Voice) -> str:
    before, after = (side["busy_weeks"].tolist() for side in made.weekly)
    first = pd.date_range(content.read.period.since, periods=len(before), freq="7D")
    totals = {"after": f"{sum(after):,.0f}", "before": f"{sum(before):,.0f}"}
    return charts.columns(
        [f"{day.month}-{day.day}" for day in first],
        (voice.word("redraw_after"), after), (voice.word("redraw_before"), before),
        (voice.word("redraw_weekly"), voice.word("redraw_weekly_desc", **totals)),
        [f"{value:.0f}" for value in after],
    )  # fmt: skip
