"""The places where most happens: stretches of one side of a road."""

import pandas as pd

# Cases on the same side within the same stretch of this length are one place.
STRETCH_M = 50.0


def spots(cases: pd.DataFrame, most: int = 10, least: int = 1) -> pd.DataFrame:
    """The ``most`` places with the most ``cases``, none with fewer than ``least``.

    A place is 50 m of one side of a segment. Columns: count, road, address (the most frequent one
    there), class (the most frequent), of_class, x, y (the mean, m). Ties are broken by segment.
    """
    placed = cases[cases["segment_id"].notna()]
    stretch = (placed["chainage_m"].astype(float) // STRETCH_M).astype("int64")
    groups = placed.groupby([placed["segment_id"].astype("int64"), placed["side"], stretch])
    count = groups.size()
    best = count[count >= least].sort_values(ascending=False, kind="stable").head(most)
    rows = [_spot(groups.get_group(key)) for key in best.index]
    columns = ["count", "road", "address", "class", "of_class", "x", "y"]
    return pd.DataFrame(rows, columns=columns)


def _spot(here: pd.DataFrame) -> tuple[object, ...]:
    classes = here["class"].value_counts()
    return (
        len(here), _most_frequent(here["road"]), _address(here["address"]),
        classes.index[0], int(classes.iloc[0]), here["x"].mean(), here["y"].mean(),
    )  # fmt: skip


def _address(values: pd.Series) -> str:
    """None where most cases have none: it would not stand for the place."""
    return _most_frequent(values) if 2 * values.notna().sum() >= len(values) else ""


def _most_frequent(values: pd.Series) -> str:
    found = values.dropna().mode()
    return str(found.iloc[0]) if len(found) else ""
