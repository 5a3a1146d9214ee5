"""Coverage of any unit (area, grid, road, class) out of that of sides: sums over one denominator.

``sides`` has a row for each side of a segment: side_m, paper_m, lived_m, hollow_m and the units it
belongs to; ``points`` a row for each sort of points on a side in a block: what, n, paper, lived and
units. Every side and every point belongs to one unit of each sort, or to none (""), so parts sum to
the whole.
"""

import pandas as pd

METRES = ("side_m", "paper_m", "lived_m", "hollow_m")
COUNTED = {"merchant": "merchants", "household": "households", "incident": "incidents"}
# Sorts of units; sides and points have a column of each.
UNITS = ("street", "community", "grid", "road", "class", "kind")


def by_unit(sides: pd.DataFrame, points: pd.DataFrame, unit: str) -> pd.DataFrame:
    """One row for each unit: the columns of `total`."""
    metres = sides.groupby(sides[unit].fillna(""))[list(METRES)].sum()
    counts = points.groupby([points[unit].fillna(""), "what"])[["n", "paper", "lived"]].sum()
    table = metres.join(_wide(counts.unstack("what")), how="outer").fillna(0.0)
    return with_shares(table.sort_index())


def total(sides: pd.DataFrame, points: pd.DataFrame) -> pd.Series:
    """Metres of side, on paper, lived, hollow; points and how many of them are covered; shares.

    Names: side_m, paper_m, lived_m, hollow_m, paper_share, lived_share (percent), and for each of
    merchants, households, incidents: their number, and with _paper and _lived what is covered.
    """
    whole = by_unit(sides.assign(unit="all"), points.assign(unit="all"), "unit")
    empty = pd.Series(0.0, index=columns())
    return empty if whole.empty else whole.iloc[0]


def columns() -> list[str]:
    """The names of `total`, in order."""
    counted = [f"{name}{end}" for name in COUNTED.values() for end in ("", "_paper", "_lived")]
    return [*METRES, *counted, "paper_share", "lived_share"]


def with_shares(table: pd.DataFrame) -> pd.DataFrame:
    """``table`` with its shares in percent, and every column that there is."""
    table = table.reindex(columns=[name for name in columns() if not name.endswith("_share")])
    table = table.fillna(0.0)
    there = table["side_m"].where(table["side_m"] > 0)
    for name in ("paper", "lived"):
        table[f"{name}_share"] = (100 * table[f"{name}_m"] / there).clip(upper=100)
    return table


def _wide(counts: pd.DataFrame) -> pd.DataFrame:
    counts.columns = pd.Index([
        f"{COUNTED[what]}{'' if sum_ == 'n' else '_' + sum_}" for sum_, what in counts.columns
    ])  # fmt: skip
    return counts
