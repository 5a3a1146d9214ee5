"""Coverage on paper: of how many metres of side is somebody in charge?"""

import pandas as pd

from geo.reporting.material import Frame

# Below this a road of a name counts as having no chief; slivers at street borders would disturb.
NOBODY = 1.0


def covered(segments: Frame) -> pd.DataFrame:
    """One row: ``side_m`` and ``duty_m`` (metres of both sides), ``share`` in percent."""
    return _shares(_metres(segments).sum().to_frame().T)


def covered_by(segments: Frame, column: str) -> pd.DataFrame:
    """The same for each value of a column, such as ``street``, ``class`` or ``road``."""
    return _shares(_metres(segments).groupby(segments[column]).sum())


def without_chief(segments: Frame, cases: pd.DataFrame, most: int = 10) -> pd.DataFrame:
    """Named roads of whose sides less than 1 % has a duty, those with most cases first.

    Columns: side_m, duty_m, share, cases (of ``cases``, by their linked road). Index: road.
    """
    roads = covered_by(segments, "road")
    roads = roads[roads["share"] < NOBODY]
    count = cases["road"].value_counts()
    roads["cases"] = count.reindex(roads.index, fill_value=0).astype("int64")
    order = roads.sort_values(["cases", "side_m"], ascending=False, kind="stable")
    return order.head(most)


def share_of(segments: Frame) -> pd.Series:
    """The share of each segment's two sides with a duty, in percent."""
    return (100 * segments["duty_m"] / (2 * segments["length_m"])).clip(upper=100)


def _metres(segments: Frame) -> pd.DataFrame:
    return pd.DataFrame({"side_m": 2 * segments["length_m"], "duty_m": segments["duty_m"]})


def _shares(metres: pd.DataFrame) -> pd.DataFrame:
    metres["share"] = (100 * metres["duty_m"] / metres["side_m"].where(metres["side_m"] > 0)).clip(
        upper=100
    )
    return metres
