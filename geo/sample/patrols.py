"""What the sample's chiefs did in the last four weeks: patrols, metres passed, shops visited.

Most walk a part of their roads on some days, some seldom, and a third not at all: their duties are
hollow (空壳) but for the cases that were handled there.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from geo.sample.ground import SEED

FIRST_DAY, DAYS = pd.Timestamp("2026-06-03", tz="Asia/Shanghai"), 28
# The share of working days on which chiefs walk; a third never does.
DILIGENCE = (0.0, 0.0, 0.15, 0.3, 0.45, 0.6)
SEGMENTS = 8
"""A patrol takes so many segments of one road, one after the other."""
PACE_M_S = 0.9
VISITS = 3


class Walks(NamedTuple):
    """Rows of the tables patrol, pass and visit.

    ``patrols``: key, chief_id, begun_at, ended_at. ``passes``: key (of the patrol), segment_id,
    side, from_m, to_m, at. ``visits``: key, chief_id, merchant_id, at, good.
    """

    patrols: pd.DataFrame
    passes: pd.DataFrame
    visits: pd.DataFrame


def walks(duties: pd.DataFrame, shops: pd.DataFrame) -> Walks:
    """Four weeks of walks over ``duties``, the same each time.

    ``duties`` has chief_id, road, seq, segment_id, side, length_m, sorted; ``shops`` has
    merchant_id, segment_id, side.
    """
    rng = np.random.default_rng([SEED, 7])
    at_side = shops.groupby(["segment_id", "side"])["merchant_id"].agg(list).to_dict()
    rows: list[list[dict[str, Any]]] = [[], [], []]
    for chief, own in duties.groupby("chief_id", sort=True):
        diligence = DILIGENCE[int(rng.integers(len(DILIGENCE)))]
        roads = [road for _, road in own.groupby("road", sort=True)]
        days = np.flatnonzero(rng.random(DAYS) < diligence)
        for day in days[days % 7 < 5]:
            walk = _walk(int(chief), roads[int(rng.integers(len(roads)))], int(day), rng)
            for table, part in zip(rows, _rows(walk, at_side, rng), strict=True):
                table += part
    return Walks(*(pd.DataFrame(table) for table in rows))


class _Walk(NamedTuple):
    key: str
    chief: int
    begun: pd.Timestamp
    sides: list[dict[str, Any]]


def _walk(chief: int, road: pd.DataFrame, day: int, rng: np.random.Generator) -> _Walk:
    """Some segments in a row, on all sides of them that are the chief's."""
    order = road["segment_id"].drop_duplicates().to_numpy()
    first = int(rng.integers(max(1, len(order) - SEGMENTS + 1)))
    chosen = order[first : first + SEGMENTS]
    begun = FIRST_DAY + pd.Timedelta(days=day, hours=9, seconds=int(rng.integers(7 * 3600)))
    part = road[road["segment_id"].isin(chosen)].drop_duplicates(["segment_id", "side"])
    return _Walk(f"sample-{chief}-{day}", chief, begun, part.to_dict("records"))


def _rows(
    walk: _Walk, at_side: dict[tuple[int, str], list[int]], rng: np.random.Generator
) -> tuple[list[dict[str, Any]], ...]:
    at = walk.begun
    passes: list[dict[str, Any]] = []
    visits: list[dict[str, Any]] = []
    for one in walk.sides:
        at += pd.Timedelta(seconds=round(one["length_m"] / PACE_M_S))
        place = {name: one[name] for name in ("segment_id", "side")}
        passes.append(place | {"key": walk.key, "from_m": 0.0, "to_m": one["length_m"], "at": at})
        there = at_side.get((one["segment_id"], one["side"]), [])
        for shop in rng.permutation(there)[: max(0, VISITS - len(visits))].tolist():
            key = f"{walk.key}-{shop}"
            row = {"key": key, "chief_id": walk.chief, "merchant_id": int(shop), "at": at}
            visits.append(row | {"good": bool(rng.random() < 0.9)})
    patrol = {"key": walk.key, "chief_id": walk.chief, "begun_at": walk.begun, "ended_at": at}
    return [patrol], passes, visits
