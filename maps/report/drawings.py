"""Which maps a report has: incidents, load, coverage, and two plans."""

from typing import Any

import numpy as np
import shapely

from geo.discretion import LEAST
from geo.reporting.content import Content
from geo.reporting.material import Frame, Plan
from maps.report import figures
from maps.report.figures import BLANK, BLUE, HOUSEHOLD_BOUNDS, ORANGE, Figure, Ground, Key
from maps.report.voice import Voice

# Key, colour, width in px, dashes; lines without a duty are darker also in grey.
SHARES = (("covered", "#79aed9", 1.3, ""), ("partly", "#e08a1e", 2.0, ""),
          ("uncovered", "#b1121b", 1.9, ""))  # fmt: skip
WHOLE = 99.0


def incidents(content: Content, ground: Ground, voice: Voice) -> Figure:
    """Cases of the period by grid (without a plan: by community), and the places with most."""
    plan, areas = content.material.plan, content.material.areas
    if plan is not None and len(plan.grids):
        unit, shapes = "grids", plan.grids
        values = content.load["incidents"].reindex(shapes["code"])
    else:
        unit, shapes = "areas", areas[areas["level"] == "community"]
        values = content.by["community"]["filed"].reindex(shapes["code"])
    drawn, legend = _counted(ground, shapes, values.fillna(0).to_numpy(float), "incidents", voice)
    spots = content.spots if voice.sees_small else content.spots[content.spots["count"] >= LEAST]
    figures.add_numbers(drawn, spots, content.material.srid)
    title = voice.word("map_incidents", unit=voice.word(f"unit_{unit}"))
    return figures.finished(drawn, title, legend)


def load(content: Content, ground: Ground, voice: Voice, metric: str, by: str) -> Figure:
    """A load of grids or blocks; of blocks too where there is no plan."""
    plan = content.material.plan
    if by == "grids" and plan is not None and len(plan.grids):
        shapes, table = plan.grids, content.load.reindex(plan.grids["code"])
    else:
        by, shapes = "blocks", content.material.blocks.assign(name="")
        table = content.block_load
    drawn, legend = _counted(ground, shapes, table[metric].fillna(0).to_numpy(), metric, voice)
    words = {"metric": voice.word(f"metric_{metric}"), "unit": voice.word(f"unit_{by}")}
    return figures.finished(drawn, voice.word("map_load", **words), legend)


def coverage(content: Content, ground: Ground, voice: Voice) -> Figure:
    """Roads by how much of their sides somebody answers for; what nobody does lies on top."""
    roads = content.roads
    level = np.where(roads["share"] >= WHOLE, 0, np.where(roads["share"] >= 1, 1, 2))
    groups = roads.assign(level=level, named=roads["road"].fillna("")).groupby(["level", "named"])
    lines: list[tuple[Any, str, float, str, str]] = []
    for (k, name), part in groups:
        word, colour, width, dash = SHARES[k]
        shape = shapely.line_merge(shapely.union_all(part.geometry.to_numpy()))
        lines.append((shape, colour, width, dash, f"{name or '–'} · {voice.word(word)}"))
    legend = [Key(colour, voice.word(word), True) for word, colour, _, _ in SHARES]
    drawn = figures.lined(ground, lines)
    return figures.finished(drawn, voice.word("map_coverage"), legend)


def plan(content: Content, ground: Ground, voice: Voice, which: Plan) -> Figure:
    """Households of each grid of a plan."""
    held = content.block_load.groupby(which.of_block.reindex(content.block_load.index)).sum()
    values = held["households"].reindex(which.grids["code"]).fillna(0).to_numpy()
    drawn, legend = _counted(ground, which.grids, values, "households", voice)
    return figures.finished(drawn, voice.word("map_plan", name=which.name), legend)


def _counted(
    ground: Ground, shapes: Frame, values: Any, metric: str, voice: Voice
) -> tuple[Any, list[Key]]:
    """Shapes filled by value: fixed bounds for households, else quantiles; small counts as one."""
    private = metric.startswith("incidents")
    ramp = ORANGE if private else BLUE
    fixed = metric == "households" and "code" in shapes
    inner = list(HOUSEHOLD_BOUNDS) if fixed else figures.classes(values, LEAST if private else 1)
    bounds = [LEAST, *inner] if private else inner
    level = np.searchsorted(bounds, values, side="right")
    colours = np.where(values > 0, np.array(ramp)[level], BLANK).tolist()
    tips = [
        f"{name} {voice.count(v) if private else voice.number(v)}".strip()
        for name, v in zip(shapes["name"], values, strict=True)
    ]
    nothing = [Key(BLANK, voice.word("no_data"))]
    legend = _legend(bounds, ramp) if (values > 0).any() else nothing
    return figures.filled(ground, shapes, colours, tips), legend


def _legend(bounds: list[float], ramp: tuple[str, ...]) -> list[Key]:
    ends = [1.0, *bounds]
    keys = [Key(BLANK, "0")]
    for k, low in enumerate(ends):
        if k + 1 == len(ends):
            text = f"≥{low:,.0f}"
        elif ends[k + 1] - low <= 1:
            text = f"{low:,.0f}"
        else:
            text = f"{low:,.0f}–{ends[k + 1] - 1:,.0f}"
        keys.append(Key(ramp[k], text))
    return keys
