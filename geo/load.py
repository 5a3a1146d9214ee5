"""Load: what a block asks of those who work there, in minutes a week, and how evenly it is spread.

A block has a vector of quantities (`QUANTITIES`, and its cases by class). A rule set gives each a
weight; the load is the weighted sum, and that of a grid, community or street the sum over its
blocks (`summed`). The law: sums over blocks equal counts over the points.
"""

import math
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.discretion import small

Floats = npt.NDArray[np.float64]

QUANTITIES = ("households", "people", "merchants", "incidents", "frontage_m", "area_m2",
              "stations", "protected")  # fmt: skip

# What a block's load is made of: a column of minutes for each of these.
PARTS = ("households", "people", "merchants", "incidents", "frontage", "area", "places")

MOST_MINUTES = 100_000.0

EFFORT_BOUNDS = 0.5, 2.0
"""Cases of a class take from half to twice the minutes of the mean case."""

EFFORT_POWER = 0.5
"""Twice the time from report to handling is less than twice the work: most of it is waiting."""

EFFORT_CASES = 20.0
"""A class's own mean time counts as much as that of all when it has so many cases."""

SHOWN_CASES = 2.0
"""Where a block's few cases must not be told, its load counts so many of the mean kind."""


class BadWeights(ValueError):
    """A rule set has a weight that there is not, or one that is no number from 0 on."""


class Weights(NamedTuple):
    """Minutes of work a week for each of a quantity; cases: minutes each, however many a week.

    ``household``: looked in on once a quarter for 13 minutes. ``merchant`` and ``case`` as
    `geo.shares.Rules` has them. ``km`` of one side: walked on two days at 3 km/h, where a road
    chief walks on five. ``hectare``: its inside seen once a week in 2 minutes. ``station`` and
    ``protected`` (a place that is): half an hour a week. ``cases`` gives classes their own minutes;
    others weigh ``case``, and if ``effort`` more or less as they take long (`case_minutes`).
    """

    household: float = 1.0
    person: float = 0.0
    merchant: float = 2.3
    km: float = 40.0
    hectare: float = 2.0
    station: float = 30.0
    protected: float = 30.0
    case: float = 20.0
    effort: bool = True
    cases: Mapping[str, float] = MappingProxyType({})


class Rule(NamedTuple):
    """A named, versioned set of weights; a version is never altered."""

    name: str
    version: int
    title: str
    title_en: str
    weights: Weights

    @property
    def key(self) -> str:
        """How it is asked for and told: name.version."""
        return f"{self.name}.{self.version}"


STANDARD = Rule("standard", 1, "标准负荷", "Standard load", Weights())
"""The rule set of whoever made no other."""


class Spread(NamedTuple):
    """How evenly loads lie on units: 0 for everything where nobody carries anything."""

    units: int
    mean: float
    max_over_mean: float
    cv: float  # standard deviation / mean
    gini: float


def weights_of(given: Mapping[str, object]) -> Weights:
    """The weights that ``given`` names, the others as usual. Raises `BadWeights`."""
    for name in given.keys() - set(Weights._fields):
        near = get_close_matches(name, Weights._fields, 1)
        there = f"did you mean {near[0]}?" if near else f"there are {', '.join(Weights._fields)}"
        raise BadWeights(f"there is no weight {name!r}; {there}")
    cases = given.get("cases", {})
    if not isinstance(cases, Mapping):
        raise BadWeights('cases: give minutes by class, such as {"占道经营": 30}')
    if not isinstance(given.get("effort", True), bool):
        raise BadWeights("effort: say true or false")
    plain = {n: _minutes(n, v) for n, v in given.items() if n not in ("cases", "effort")}
    own = {str(name): _minutes(f"cases: {name}", value) for name, value in cases.items()}
    return Weights()._replace(**{**dict(given), **plain, "cases": own})  # type: ignore[arg-type]


def _minutes(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadWeights(f"{name}: {value!r} is not a number")
    if not (math.isfinite(value) and 0 <= value <= MOST_MINUTES):
        raise BadWeights(f"{name}: a weight is a number from 0 to {MOST_MINUTES:.0f}, not {value}")
    return float(value)


def case_minutes(classes: pd.DataFrame, weights: Weights) -> pd.Series:
    """Minutes that a case of each class takes (index: class).

    ``classes``: index class; handled (how many cases), hours (their mean from report to handling).
    A class's mean time is drawn towards that of all by `EFFORT_CASES`; the minutes go by the root
    of its times the mean (`EFFORT_POWER`), within `EFFORT_BOUNDS`.
    """
    handled = classes["handled"].to_numpy(float)
    hours = np.nan_to_num(classes["hours"].to_numpy(float))
    times = np.ones(len(classes))
    if weights.effort and handled.sum() and (mean := (hours * handled).sum() / handled.sum()) > 0:
        drawn = (hours * handled + mean * EFFORT_CASES) / (handled + EFFORT_CASES)
        times = np.clip((drawn / mean) ** EFFORT_POWER, *EFFORT_BOUNDS)
    own = pd.Series({**weights.cases}, dtype=float).reindex(classes.index)
    return own.fillna(pd.Series(weights.case * times, classes.index)).rename("minutes")


def minutes(
    vector: pd.DataFrame, cases: pd.DataFrame, each: pd.Series, weeks: float, weights: Weights
) -> pd.DataFrame:
    """Minutes a week of each block by `PARTS` (index: that of ``vector``).

    ``vector``: `QUANTITIES` of each block. ``cases``: block, class, n, within so many ``weeks``.
    ``each``: minutes of a case by class (`case_minutes`).
    """
    worked = cases["n"].to_numpy(float) * each.reindex(cases["class"]).to_numpy()
    of_block = pd.Series(worked).groupby(cases["block"].to_numpy()).sum() / weeks
    return pd.DataFrame({
        "households": vector["households"] * weights.household,
        "people": vector["people"] * weights.person,
        "merchants": vector["merchants"] * weights.merchant,
        "incidents": of_block.reindex(vector.index).fillna(0.0),
        "frontage": vector["frontage_m"] / 1000 * weights.km,
        "area": vector["area_m2"] / 10_000 * weights.hectare,
        "places": vector["stations"] * weights.station + vector["protected"] * weights.protected,
    }, index=vector.index).astype(float)  # fmt: skip


def discreet(parts: pd.DataFrame, incidents: pd.Series) -> pd.DataFrame:
    """``parts`` where few cases cannot be told from: blocks of 1 to 4 have `SHOWN_CASES` each."""
    few = small(incidents)
    total = float(incidents.sum())
    mean = float(parts["incidents"].sum()) / total if total else 0.0
    return parts.assign(incidents=parts["incidents"].mask(few, SHOWN_CASES * mean))


def summed(blocks: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """``blocks`` (numbers, NaN unknown; index: id) summed by unit; how many ``blocks`` each has.

    ``pairs``: block, unit; a block may be in several units, or in none. Rounded, for the last bits
    of a sum depend on the order of summing.
    """
    there = pairs[pairs["block"].isin(blocks.index)]
    rows = blocks.loc[there["block"]].assign(blocks=1)
    return rows.groupby(there["unit"].to_numpy()).sum(min_count=1).round(6)


def lies_in(parent: pd.Series) -> pd.DataFrame:
    """Which areas lie in which: area, unit; each in itself too. ``parent``: NaN for none, by id."""
    found = [pd.DataFrame({"area": parent.index, "unit": parent.index})]
    while len(found[-1]):
        above = parent.reindex(found[-1]["unit"]).to_numpy(float, na_value=np.nan)
        there = ~np.isnan(above)
        up = {"area": found[-1]["area"].to_numpy()[there], "unit": above[there].astype(np.int64)}
        found.append(pd.DataFrame(up))
    return pd.concat(found, ignore_index=True)


def workers_of(areas: pd.DataFrame) -> pd.Series:
    """Workers of each area (index: id; parent_id, workers): its own, else those of areas in it."""
    own = areas["workers"].astype(float)
    known = lies_in(areas["parent_id"]).merge(own.dropna(), left_on="area", right_index=True)
    # An area with workers of its own has those of the areas in it among them.
    counted = known[(known["area"] == known["unit"]) | own.reindex(known["unit"]).isna().to_numpy()]
    return own.fillna(counted.groupby("unit")["workers"].sum().reindex(own.index))


def spread(values: npt.ArrayLike) -> Spread:
    """How evenly ``values`` (one a unit, from 0 on; NaN: no unit) lie."""
    all_ = np.asarray(values, float)
    v = all_[~np.isnan(all_)]
    mean = float(v.mean()) if len(v) else 0.0
    if not mean:
        return Spread(len(v), 0.0, 0.0, 0.0, 0.0)
    return Spread(len(v), mean, float(v.max() / mean), float(v.std() / mean), gini(v))


def gini(values: npt.ArrayLike) -> float:
    """The Gini coefficient: half the mean difference of two units, by the mean.

    0 where all carry the same; 1 - 1/n where one of n carries everything.
    """
    v = np.sort(np.asarray(values, float))
    total = v.sum()
    if not len(v) or not total:
        return 0.0
    rank = np.arange(1, len(v) + 1)
    return max(float(((2 * rank - len(v) - 1) * v).sum() / (len(v) * total)), 0.0)


def shrunken(events: Sequence[float] | Floats, exposed: Sequence[float] | Floats) -> Floats:
    """Events by exposed of each unit, drawn towards that of all as far as chance may explain it.

    Units with few exposed are drawn most; NaN where none is. The global empirical Bayes estimator
    of R. J. Marshall (1991), "Mapping disease and mortality rates using empirical Bayes
    estimators", Journal of the Royal Statistical Society C 40(2), 283-294.
    """
    o, n = np.asarray(events, float), np.asarray(exposed, float)
    there = n > 0
    rate = np.full(len(n), np.nan)
    if not there.any():
        return rate
    o, n = o[there], n[there]
    mean, own = o.sum() / n.sum(), o / n
    between = max((n * (own - mean) ** 2).sum() / n.sum() - mean / n.mean(), 0.0)
    chance = mean / n
    share = np.divide(between, between + chance, out=np.zeros(len(n)), where=chance > 0)
    rate[there] = mean + share * (own - mean)
    return rate
