"""Span of control: metres, doors and cases of each chief against a norm; staff needed and there."""

import numpy as np
import pandas as pd

# An hour of patrol at 3 km/h passes both sides of 3 km of road.
NORM_M = 6_000.0
# Every shop once in four weeks: seven or eight on each of 20 working days.
NORM_DOORS = 150.0
# Three cases on each of 20 working days.
NORM_CASES = 60.0
CASES_DAYS = 28
# Households per community worker (社区工作者) beyond which there is an alarm.
MOST_HOUSEHOLDS = 1_000
NORMS = {"metres": NORM_M, "doors": NORM_DOORS, "cases": NORM_CASES}


def chiefs(table: pd.DataFrame) -> pd.DataFrame:
    """Chiefs with ``load``, the largest of their parts of a norm, in percent; the fullest first.

    ``table``: metres (of side), doors (shops), cases (mean of four weeks), one row a chief.
    """
    return table.assign(load=100 * _parts(table).max(axis=1)).sort_values(
        "load", ascending=False, kind="stable"
    )


def staff(areas: pd.DataFrame) -> pd.DataFrame:
    """``areas`` (metres, doors, cases, ``there``: chiefs) with ``needed`` and ``short``.

    Needed is what the largest of the three norms asks for, over all metres of side and all doors
    and cases, whether anybody has them today or not.
    """
    needed = np.ceil(_parts(areas).max(axis=1) - 1e-9)
    short = (needed - areas["there"]).clip(lower=0)
    return areas.assign(needed=needed.astype("int64"), short=short.astype("int64"))


def workers(table: pd.DataFrame) -> pd.DataFrame:
    """Communities (households, workers, each) with ``needed``, ``short`` and ``alarm``."""
    needed = np.ceil(table["households"] / MOST_HOUSEHOLDS)
    return table.assign(
        needed=needed.fillna(0).astype("int64"),
        short=(needed - table["workers"]).clip(lower=0).fillna(0).astype("int64"),
        alarm=table["each"] > MOST_HOUSEHOLDS,
    )


def _parts(table: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({name: table[name] / norm for name, norm in NORMS.items()})
