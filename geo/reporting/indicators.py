"""Figures of a period that work is judged by, over all cases or by any unit.

Formulas are in docs/report.md; each function names its own. Cancelled cases count nowhere.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geo.reporting.periods import Span

# A case recurs where one of its class was reported no farther away and no longer before.
RECUR_M = 30.0
RECUR_DAYS = 7

COUNTS = ("filed", "closed", "closed_dated", "closed_in_time", "handled", "open", "late",
          "recurring", "dispatched", "bounced", "reworked")  # fmt: skip
# Share → of which count it is a share, and what is counted.
SHARES = {
    "in_time": ("closed_dated", "closed_in_time"),
    "recurred": ("filed", "recurring"),
    "well_dispatched": ("dispatched", "dispatched_well"),
    "rework": ("closed", "reworked"),
}


def marks(cases: pd.DataFrame, span: Span) -> pd.DataFrame:
    """What each case counts for in ``span``: the columns `COUNTS` as booleans, and ``hours``.

    ``cases`` as in `geo.reporting.material`. ``open`` and ``late`` are as of the span's end.
    ``hours`` from report to handling, NaN where it was not handled in the span.
    """
    start, end = span
    valid = cases["status"] != "cancelled"
    finished = cases["handled_at"].fillna(cases["closed_at"])

    def inside(times: pd.Series) -> pd.Series:
        return valid & (times >= start) & (times < end)

    closed, filed = inside(cases["closed_at"]), inside(cases["reported_at"])
    handled = inside(cases["handled_at"])
    shut = (cases["closed_at"] < end) | (cases["closed_at"].isna() & (cases["status"] == "closed"))
    is_open = valid & (cases["reported_at"] < end) & ~shut
    dated = closed & cases["due_at"].notna()
    taken = (cases["handled_at"] - cases["reported_at"]) / pd.Timedelta(hours=1)
    return pd.DataFrame(
        {
            "filed": filed,
            "closed": closed,
            "closed_dated": dated,
            "closed_in_time": dated & (finished <= cases["due_at"]),
            "handled": handled,
            "open": is_open,
            "late": is_open & (cases["due_at"] < stopped(cases, end)),
            "recurring": filed & recurring(cases),
            "dispatched": filed & cases["dispatched"],
            "dispatched_well": filed & cases["dispatched"] & ~cases["bounced"],
            "bounced": filed & cases["bounced"],
            "reworked": closed & cases["reworked"],
            "hours": taken.where(handled),
        }
    )


def stopped(cases: pd.DataFrame, end: pd.Timestamp) -> pd.Series:
    """When the clock of each case stopped: handled, or else closed; at the latest at ``end``."""
    return cases["handled_at"].fillna(cases["closed_at"]).fillna(end).clip(upper=end)


def indicators(marked: pd.DataFrame, units: pd.Series | None = None) -> pd.DataFrame:
    """The figures of all cases (one row), or a row for each of ``units`` that has any.

    Columns: counts, shares in percent (`SHARES`), ``mean_hours`` and ``median_hours`` from report
    to handling. A share of nothing is NaN.
    """
    keys = pd.Series("", index=marked.index) if units is None else units
    groups = marked.groupby(keys, sort=True)
    hours = groups["hours"]
    found = groups[[*COUNTS, "dispatched_well"]].sum()
    found["mean_hours"], found["median_hours"] = hours.mean(), hours.median()
    if units is None:
        found = found.reindex([""])  # also where there is no case at all
    counted = [*COUNTS, "dispatched_well"]
    found[counted] = found[counted].fillna(0).astype("int64")
    for share, (whole, part) in SHARES.items():
        found[share] = 100 * found[part] / found[whole].where(found[whole] > 0)
    busy = found[["filed", "closed", "handled", "open"]].any(axis=1)
    return found if units is None else found[busy]


def compared(now: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """``now`` with ``_before`` for each figure, and ``change`` of the filed cases in percent.

    Units that had cases in one of the two only have 0 in the other.
    """
    both = now.join(before, how="outer", suffixes=("", "_before"))
    counts = [name + end for name in COUNTS for end in ("", "_before")]
    both[counts] = both[counts].fillna(0).astype("int64")
    old = both["filed_before"]
    both["change"] = 100 * (both["filed"] - old) / old.where(old > 0)
    return both


def recurring(cases: pd.DataFrame) -> NDArray[np.bool_]:
    """Which cases had another of their class within 30 m in the 7 days before.

    A case at the very same moment does not count.
    """
    found = np.zeros(len(cases), bool)
    xy = cases[["x", "y"]].to_numpy(float)
    at = cases["reported_at"].astype("int64").to_numpy() / _per_day(cases["reported_at"])
    for rows in cases.groupby("class").indices.values():
        pairs = cKDTree(xy[rows]).query_pairs(RECUR_M, output_type="ndarray")
        first, second = rows[pairs[:, 0]], rows[pairs[:, 1]]
        later = np.where(at[first] > at[second], first, second)
        apart = np.abs(at[first] - at[second])
        found[later[(apart > 0) & (apart <= RECUR_DAYS)]] = True
    return found


def _per_day(times: pd.Series) -> float:
    """How many of a column's ticks make a day (its resolution depends on where it came from)."""
    return float(pd.Timedelta(days=1) / pd.Timedelta(1, unit=times.dt.unit))


def by_day(cases: pd.DataFrame, span: Span) -> pd.Series:
    """Cases filed on each day of ``span``, zeros included; index: days."""
    times = cases.loc[marks(cases, span)["filed"], "reported_at"]
    days = pd.date_range(span.start, span.end, inclusive="left", freq="D")
    return times.dt.normalize().value_counts().reindex(days, fill_value=0)


def by_hour(cases: pd.DataFrame, span: Span) -> NDArray[np.int64]:
    """Cases filed in ``span`` by weekday and hour, (7, 24), Monday first."""
    times = cases.loc[marks(cases, span)["filed"], "reported_at"]
    table = np.zeros((7, 24), np.int64)
    np.add.at(table, (times.dt.day_of_week.to_numpy(), times.dt.hour.to_numpy()), 1)
    return table
