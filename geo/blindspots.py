"""Blind spots: metres, shops, compounds and clusters of cases that nobody covers; hollow duties.

A place is what lies on one road (or on roads without a name) within one community.
"""

import numpy as np
import pandas as pd

from geo.denominator import COUNTED
from geo.reporting.spots import spots

# Less than this of a side without a duty is where two surveys meet, not a blind spot.
LEAST_M = 1.0
# A compound is blind if less than this share of its outline along roads has a duty.
BLIND = 0.01
# Cases in one place of 50 m, in a year, that make a cluster: one a month.
CLUSTER = 12


def places(sides: pd.DataFrame, points: pd.DataFrame) -> pd.DataFrame:
    """What is not covered, by road and community.

    Columns: road, community, street, bare_m, hollow_m, merchants, households, incidents (those
    without a duty), segments (ids of those that are bare), hollow_segments.
    """
    bare = (sides["side_m"] - sides["paper_m"]).where(lambda m: m >= LEAST_M, 0.0)
    rows = sides.assign(bare_m=bare)
    keys = [rows[name].fillna("") for name in ("road", "community")]
    groups = rows.groupby(keys)
    table = groups.agg(bare_m=("bare_m", "sum"), hollow_m=("hollow_m", "sum"),
                       street=("street", "first"))  # fmt: skip
    table = table.join(_bare_points(points)).fillna(dict.fromkeys(COUNTED.values(), 0.0))
    for name, metres in (("segments", "bare_m"), ("hollow_segments", "hollow_m")):
        some = rows[rows[metres] >= LEAST_M]
        by = [some[key].fillna("") for key in ("road", "community")]
        table[name] = some.groupby(by)["segment_id"].agg(lambda ids: sorted(set(ids)))
    return table.reset_index()


def _bare_points(points: pd.DataFrame) -> pd.DataFrame:
    on_a_side = points[points["side"] != ""]
    missing = on_a_side["n"] - on_a_side["paper"]
    keys = [on_a_side[name].fillna("") for name in ("road", "community")]
    table = missing.groupby([*keys, on_a_side["what"]]).sum().unstack("what")
    return table.rename(columns=COUNTED).reindex(columns=list(COUNTED.values()))


def compounds(fronts: pd.DataFrame) -> pd.DataFrame:
    """Compounds along which nobody has a duty, those with most households first.

    ``fronts``: compound_id, amount (households there), paper (of these), share (of the outline),
    held (1 where there is a duty). Columns: households, faced (whether any road is near).
    """
    groups = fronts.groupby("compound_id")
    table = pd.DataFrame({
        "households": groups["amount"].sum(),
        "covered": (fronts["share"] * fronts["held"]).groupby(fronts["compound_id"]).sum(),
        "faced": groups["faced"].any(),
    })  # fmt: skip
    blind = table[table["covered"] < BLIND]
    order = np.lexsort((blind.index, -blind["households"]))
    return blind.iloc[order].drop(columns="covered")


def clusters(cases: pd.DataFrame, most: int) -> pd.DataFrame:
    """Places of 50 m of side where `CLUSTER` cases or more have nobody, the fullest first.

    ``cases``: those without a duty, as `geo.reporting.spots.spots` wants them.
    """
    return spots(cases, most, CLUSTER)
