"""What grids and communities carry, and how evenly; two plans held against each other."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from geo.load import spread
from geo.reporting.material import Frame, Plan

# Households of a management grid: 300 to 500.
LEAST_HOUSEHOLDS, MOST_HOUSEHOLDS = 300, 500
METRICS = ("load", "incidents", "incidents_open", "households", "people", "merchants")


class Evenness(NamedTuple):
    """How a load spreads over units; ``variation`` is standard deviation by mean, in percent."""

    units: int
    least: float
    median: float
    most: float
    variation: float
    in_norm: float  # percent of units with 300 to 500 (households only)


class PlanCompared(NamedTuple):
    """Two plans over the same blocks: what moved, and the evenness of each by metric."""

    moved_blocks: int
    moved_households: float
    evenness: dict[str, tuple[Evenness, Evenness]]


def of_blocks(blocks: Frame, cases: pd.DataFrame, marked: pd.DataFrame) -> pd.DataFrame:
    """The load of each block: the columns `METRICS`, zero where nothing is known.

    ``load`` is in hours a week; ``incidents`` are those filed in the period, ``incidents_open``
    those open at its end.
    """
    counts = marked[["filed", "open"]].groupby(cases["block_id"]).sum().reindex(blocks.index)
    own = ["households", "people", "merchants", "load"]
    load = pd.DataFrame(blocks[own]).astype(float)
    load["incidents"], load["incidents_open"] = counts["filed"], counts["open"]
    return load[list(METRICS)].fillna(0.0)


def of_grids(load: pd.DataFrame, of_block: pd.Series) -> pd.DataFrame:
    """``load`` of blocks summed by grid: of each code in ``of_block`` (index: block id)."""
    return load.groupby(of_block.reindex(load.index)).sum()


def evenness(values: pd.Series) -> Evenness:
    """How ``values``, one for each unit, spread."""
    v = values.to_numpy(float)
    if not len(v):
        return Evenness(0, *[float("nan")] * 5)
    norm = (v >= LEAST_HOUSEHOLDS) & (v <= MOST_HOUSEHOLDS)
    variation = 100 * spread(v).cv if v.any() else float("nan")
    return Evenness(len(v), v.min(), float(np.median(v)), v.max(), variation, 100 * norm.mean())


def per_worker(areas: Frame, blocks: Frame) -> pd.DataFrame:
    """Communities with workers: name, households, workers, ``each`` (households per worker).

    Households are the sum over blocks, or the area's own number where no block says.
    """
    found = areas[(areas["level"] == "community") & (areas["workers"].fillna(0) > 0)]
    summed = blocks.groupby("community")["households"].sum(min_count=1)
    own = found["households"].astype(float).to_numpy()
    households = summed.astype(float).reindex(found["code"]).to_numpy()
    table = pd.DataFrame({
        "name": found["name"].to_numpy(),
        "households": np.where(np.isnan(households), own, households),
        "workers": found["workers"].astype(float).to_numpy(),
    }, index=found["code"].to_numpy())  # fmt: skip
    table["each"] = table["households"] / table["workers"]
    return table.sort_values("each", ascending=False, kind="stable")


def compare(one: Plan, two: Plan, load: pd.DataFrame) -> PlanCompared:
    """Two plans over the blocks of ``load``.

    Each grid of ``two`` is matched with the grid of ``one`` that it shares most households with
    (blocks, where there are none); what it has besides has moved.
    """
    pairs = pd.DataFrame({
        "one": one.of_block.reindex(load.index), "two": two.of_block.reindex(load.index),
        "households": load["households"], "blocks": 1,
    }).dropna()  # fmt: skip
    shared = pairs.groupby(["two", "one"])[["households", "blocks"]].sum()
    order = shared.sort_values(["households", "blocks"], ascending=False, kind="stable")
    kept = order.groupby(level="two").head(1).sum()
    loads = [of_grids(load, plan.of_block) for plan in (one, two)]
    spread = {m: (evenness(loads[0][m]), evenness(loads[1][m])) for m in METRICS}
    return PlanCompared(
        int(len(pairs) - kept["blocks"]),
        float(pairs["households"].sum() - kept["households"]),
        spread,
    )
