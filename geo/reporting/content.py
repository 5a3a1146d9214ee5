"""All that one report holds, computed from its material."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.reporting import duties, findings, indicators, loads
from geo.reporting.findings import Figures, Finding
from geo.reporting.loads import Evenness, PlanCompared
from geo.reporting.material import Frame, Material, Plan, narrow
from geo.reporting.periods import Period, Span, span_of
from geo.reporting.spots import spots

# A change of these rules gives other numbers from the same data.
RULE = 2
MOST_ROADS = 15
# Beyond these the rest is one row; its name.
MOST_CLASSES, OTHERS = 20, ""
MOST_SPOTS = 10


class YearAgo(NamedTuple):
    """How many cases were filed in the same period a year before: all, and by the same units."""

    period: Period
    filed: int
    by: dict[str, pd.Series]


class Content(NamedTuple):
    """One report. Frames as their rooms describe them; ``load`` is of grids, by code.

    ``by`` has compared figures by class (at most 20, and `OTHERS`), street, community, grid, and
    road (those with most cases).
    ``coverage`` is of the whole, of streets (or, of one street, of classes of roads).
    ``late`` has the cases that are open and late, with ``days``, longest first.
    ``year_ago`` is None where no case of a year before is known.
    """

    material: Material
    period: Period
    total: pd.Series
    by: dict[str, pd.DataFrame]
    days: tuple[pd.Series, pd.Series]
    hours: NDArray[np.int64]
    spots: pd.DataFrame
    late: pd.DataFrame
    covered: pd.Series
    coverage: pd.DataFrame
    roads: Frame
    without_chief: pd.DataFrame
    block_load: pd.DataFrame
    load: pd.DataFrame
    evenness: dict[str, Evenness]
    workers: pd.DataFrame
    plans: tuple[Plan, ...]
    compared: PlanCompared | None
    findings: list[Finding]
    year_ago: YearAgo | None = None


def compute(
    material: Material, period: Period, street: str | None = None, plans: tuple[Plan, ...] = ()
) -> Content:
    """The report on ``period``, of the whole district or of one street.

    With two ``plans`` these are compared, always over the whole district. Raises `NoSuchStreet`.
    """
    whole = material
    if street:
        material = narrow(material, street)
    now, before = (span_of(p, material.time_zone) for p in (period, period.before))
    cases = material.cases
    marked, marked_before = indicators.marks(cases, now), indicators.marks(cases, before)
    by = _by_units(cases, marked, marked_before, with_streets=street is None)
    total = indicators.compared(
        indicators.indicators(marked), indicators.indicators(marked_before)
    ).iloc[0]
    filed = cases[marked["filed"]]
    load = loads.of_blocks(material.blocks, cases, marked)
    grids = _named_grids(material, load)
    covered = duties.covered(material.sides).iloc[0]
    places, late = spots(filed, MOST_SPOTS), _late(cases[marked["late"]], now)
    bare = duties.without_chief(material.sides, filed)
    workers = loads.per_worker(material.areas, material.blocks)
    figures = Figures(total, by, late, places, 100 - covered["share"], bare, grids, workers)
    few = _few_classes(cases["class"], by["class"])
    return Content(
        material, period, total, by | {"class": _by_unit(few, marked, marked_before)},
        (indicators.by_day(cases, now), indicators.by_day(cases, before)),
        indicators.by_hour(cases, now), places, late, covered,
        duties.covered_by(material.sides, "class" if street else "street"),
        material.segments.assign(share=duties.share_of(material.segments)), bare, load, grids,
        {metric: loads.evenness(grids[metric]) for metric in loads.METRICS}, workers, plans,
        _compare(whole, now, plans), findings.findings(figures), _year_ago(material, period, few),
    )  # fmt: skip


def _year_ago(material: Material, period: Period, classes: pd.Series) -> YearAgo | None:
    cases = material.year_ago
    if cases is None:
        return None
    marked = indicators.marks(cases, span_of(period.year_before, material.time_zone))
    filed = cases[marked["filed"]]
    if filed.empty:
        return None
    by = {unit: filed[unit].value_counts() for unit in ("street", "community", "grid", "road")}
    known = filed["class"].isin(classes) | (OTHERS not in set(classes))
    by["class"] = filed["class"].where(known, OTHERS).value_counts()
    return YearAgo(period.year_before, len(filed), by)


def _by_units(
    cases: pd.DataFrame, marked: pd.DataFrame, before: pd.DataFrame, *, with_streets: bool
) -> dict[str, pd.DataFrame]:
    units = ["class", *(["street"] if with_streets else []), "community", "grid", "road"]
    found = {unit: _by_unit(cases[unit], marked, before) for unit in units}
    found["road"] = found["road"].head(MOST_ROADS)
    return found


def _by_unit(units: pd.Series, marked: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Areas in the order of their codes, others with most cases first, the rest at the end."""
    table = indicators.compared(
        indicators.indicators(marked, units), indicators.indicators(before, units)
    )
    if units.name not in ("street", "community"):
        table = table.sort_values("filed", ascending=False, kind="stable")
    return pd.concat([table.drop(OTHERS), table.loc[[OTHERS]]]) if OTHERS in table.index else table


def _few_classes(classes: pd.Series, table: pd.DataFrame) -> pd.Series:
    """``classes`` with all beyond the first of ``table`` as `OTHERS`."""
    if len(table) <= MOST_CLASSES + 1:
        return classes
    return classes.where(classes.isin(table.index[:MOST_CLASSES]), OTHERS)


def _named_grids(material: Material, load: pd.DataFrame) -> pd.DataFrame:
    plan = material.plan
    if plan is None:
        return load.iloc[:0].assign(name="")
    grids = loads.of_grids(load, plan.of_block).reindex(plan.grids["code"]).fillna(0.0)
    return grids.assign(name=plan.grids["name"].to_numpy())


def _late(late: pd.DataFrame, span: Span) -> pd.DataFrame:
    days = (indicators.stopped(late, span.end) - late["due_at"]) / pd.Timedelta(days=1)
    return late.assign(days=days).sort_values(["days", "code"], ascending=[False, True])


def _compare(whole: Material, span: Span, plans: tuple[Plan, ...]) -> PlanCompared | None:
    if len(plans) != 2:
        return None
    marked = indicators.marks(whole.cases, span)
    return loads.compare(*plans, loads.of_blocks(whole.blocks, whole.cases, marked))
