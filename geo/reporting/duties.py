"""Coverage: of how many metres of side is somebody in charge, and do they act (`geo.coverage`)?"""

import pandas as pd

from geo.reporting.material import Frame

# Below this a road of a name counts as having no chief; slivers at street borders would disturb.
NOBODY = 1.0


METRES = ("side_m", "duty_m", "lived_m", "hollow_m")


def covered(sides: pd.DataFrame) -> pd.DataFrame:
    """One row: `METRES`, and in percent ``share`` (with a duty), ``lived``, ``hollow``."""
    return _shares(sides[list(METRES)].sum().to_frame().T)


def covered_by(sides: pd.DataFrame, column: str) -> pd.DataFrame:
    """The same for each value of a column, such as ``street``, ``class`` or ``road``."""
    return _shares(sides.groupby(column)[list(METRES)].sum())


def without_chief(sides: pd.DataFrame, cases: pd.DataFrame, most: int = 10) -> pd.DataFrame:
    """Named roads of whose sides less than 1 % has a duty, those with most cases first.

    Columns: those of `covered`, cases (of ``cases``, by their linked road). Index: road.
    """
    roads = covered_by(sides, "road")
    roads = roads[roads["share"] < NOBODY]
    count = cases["road"].value_counts()
    roads["cases"] = count.reindex(roads.index, fill_value=0).astype("int64")
    order = roads.sort_values(["cases", "side_m"], ascending=False, kind="stable")
    return order.head(most)


def share_of(segments: Frame) -> pd.Series:
    """The share of each segment's two sides with a duty, in percent."""
    return (100 * segments["duty_m"] / (2 * segments["length_m"])).clip(upper=100)


def _shares(metres: pd.DataFrame) -> pd.DataFrame:
    there = metres["side_m"].where(metres["side_m"] > 0)
    for name, part in (("share", "duty_m"), ("lived", "lived_m"), ("hollow", "hollow_m")):
        metres[name] = (100 * metres[part] / there).clip(upper=100)
    return metres
