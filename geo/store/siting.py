"""Where further stations would gain most, on the district's own network and households.

Whoever imports this waits for the compiler: it is imported where the work is done.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import geopandas
import numpy as np
import psycopg
import shapely

from geo import crs, pace, siting, walking
from geo.cells import Floats
from geo.store.catchments import Ground, read_ground
from geo.store.database import read_setting
from geo.store.queries import load
from geo.store.stations import NothingToGain
from geo.walking import Spots

QUERIES = load("stations")

By = Literal["coverage", "median"]
Weight = Literal["households", "merchants"]


class Wish(NamedTuple):
    """What is wanted: so many stations at most, for what, within how many minutes.

    ``seconds`` is how long it may take; ``at`` the candidates as (lon, lat), else all blocks.
    """

    most: int = 5
    by: By = "coverage"
    weight: Weight = "households"
    minutes: float = 15.0
    seconds: float = 30.0
    at: Sequence[tuple[float, float]] = ()


class _Demand(NamedTuple):
    """Blocks by their places on the network, what weighs there, and metres to what there is."""

    spots: Spots
    weight: Floats
    now_m: Floats


class Question(NamedTuple):
    """All that an answer takes: gains of candidates, demand, and what there is before."""

    gains: siting.Gains
    demand: _Demand
    candidates: geopandas.GeoDataFrame
    before: float


def read(conn: psycopg.Connection, wish: Wish) -> Question:
    """What is wanted, as figures; raises `NothingToGain`."""
    setting = read_setting(conn)
    ground = read_ground(conn, setting.today(), setting.srid)
    demand = _demand(conn, ground, wish)
    candidates, spots = _candidates(ground, wish, setting.srid)
    limit = pace.metres_in(wish.minutes) if wish.by == "coverage" else siting.FAR_M
    found = walking.pairs(ground.paths, spots, demand.spots, limit)
    pairs = siting.Gains(found.source, found.target, found.metres)
    if wish.by == "coverage":
        gains = siting.coverage(pairs, demand.weight, demand.now_m, limit)
    else:
        gains = siting.median(pairs, demand.weight, demand.now_m)
    return Question(gains, demand, candidates, _before(demand, wish, limit))


def answer(question: Question, wish: Wish) -> dict[str, object]:
    """The gain curve: the best 1, 2, … sites and what they gain, with what there is before.

    Coverage: weight within ``minutes``. Median: mean minutes of all weight, distances above
    `geo.siting.FAR_M` counting as that. Takes up to ``seconds``, and asks no database.
    """
    steps = siting.curve(question.gains, wish.most, wish.seconds)
    return {
        "by": wish.by, "weight": wish.weight, "minutes": wish.minutes,
        "candidates": len(question.candidates), "all": float(question.demand.weight.sum()),
        "before": _figures(question.before, question.demand, wish),
        "steps": [_told(step, question, wish) for step in steps],
    }  # fmt: skip


def _demand(conn: psycopg.Connection, ground: Ground, wish: Wish) -> _Demand:
    blocks, spots = ground.frames["blocks"], ground.spots["blocks"]
    if wish.weight == "households":
        weight = blocks["households"].astype(float).fillna(0.0).to_numpy()
    else:
        counted: dict[int, int] = dict(conn.execute(QUERIES["merchants_of_blocks"]).fetchall())
        weight = blocks["id"].map(counted).astype(float).fillna(0.0).to_numpy()
    if not weight.any():
        raise NothingToGain(f"no block has {wish.weight}: import them, or weigh by something else")
    return _Demand(
        spots, weight, walking.nearest(ground.paths, ground.spots["stations"], spots).metres
    )


def _candidates(ground: Ground, wish: Wish, srid: int) -> tuple[geopandas.GeoDataFrame, Spots]:
    """Candidates that lie near a road, by their place in the list, with the codes of blocks."""
    if wish.at:
        lon, lat = (np.array(v, float) for v in zip(*wish.at, strict=True))
        points = shapely.points(*crs.transform_points(lon, lat, "wgs84", srid))
        spots = walking.snap(ground.paths, points)
        frame = geopandas.GeoDataFrame(geometry=points, crs=srid).assign(code=None)
    else:
        frame, spots = ground.frames["blocks"][["code", "geometry"]], ground.spots["blocks"]
    on = spots.row >= 0
    if not on.any():
        far = f"{walking.SNAP_M:.0f} m"
        raise NothingToGain(f"of {len(on)} candidates none lies within {far} of a road")
    frame = frame.assign(candidate=np.arange(len(frame)))[on]
    return frame, Spots(spots.row[on], spots.chainage_m[on], spots.offset_m[on])


def _before(demand: _Demand, wish: Wish, limit: float) -> float:
    """Weight within the limit; or the sum of weight × metres."""
    if wish.by == "coverage":
        return float(demand.weight[demand.now_m <= limit].sum())
    return float((demand.weight * np.minimum(demand.now_m, siting.FAR_M)).sum())


def _figures(value: float, demand: _Demand, wish: Wish) -> dict[str, float]:
    total = float(demand.weight.sum())
    if wish.by == "coverage":
        return {"within": value, "share": value / total}
    return {"mean_minutes": float(pace.minutes_for(np.array(value / total)))}


def _told(step: siting.Step, question: Question, wish: Wish) -> dict[str, object]:
    sign = 1 if wish.by == "coverage" else -1
    chosen = question.candidates.iloc[list(step.sites)].to_crs(4326)
    sites = [
        {"candidate": int(at), "block": code, "lon": p.x, "lat": p.y}
        for at, code, p in zip(chosen["candidate"], chosen["code"], chosen.geometry, strict=True)
    ]
    return {
        "stations": len(step.sites), "gain": step.gain, "bound": step.bound, "proven": step.proven,
        "after": _figures(question.before + sign * step.gain, question.demand, wish),
        "sites": sites,
    }  # fmt: skip
