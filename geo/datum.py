"""Is a file in the datum it says? Its rows held against the ground that the district knows.

GCJ-02 lies about 475 m and BD-09 about 1.1 km from WGS 84, which no range check can see. So the
same coordinates are taken for each of the three, and the evidence of ``geo.evidence`` (is a row in
the area it names, by the road it names, behind the edge of a road, not in water …) is compared.

The rule. Test f weighs as much as it tells right from wrong: the log odds of its best share among
the three hypotheses less the log odds of its mean share at a dozen false positions of the same
rows, moved by 0.7 and 1.5 km in six directions. A row's score is the sum of the weights of the
tests it passes (a log-likelihood ratio, were the tests independent). Two hypotheses are compared
row by row: with s the difference of scores, summed to s_c over cells of 150 m, because neighbours
err together, z = Σ s_c / √(Σ s_c²) is close to a standard normal where both are equally wrong.
Another datum is named only if z ≥ 3.5 against the declared one and z ≥ 2 against every false
position: what is true beats any place picked at random, and a lucky shift does not.
"""

from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from geo import crs, evidence
from geo.crs import Crs
from geo.evidence import Ground, Test
from geo.kinds import Kind
from geo.sentences import spaced

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

HYPOTHESES = ("wgs84", "gcj02", "bd09")
SURE_Z = 3.5
BEATS_CHANCE_Z = 2.0
CELL_M = 150.0
FALSE_POSITIONS = [
    radius * np.array([np.cos(turn), np.sin(turn)])
    for radius, first in ((700.0, 0.3), (1500.0, 0.8))
    for turn in first + np.arange(6) * np.pi / 3
]
# Their directions are those of no street grid, along which a row would stay on its road.
# A false position must not by chance be another datum's.
APART_M = 350.0
MOST_WEIGHT = 4.0
MOST_PROBES = 3000
LEAST_PROBES = 20
STEP_M = 25.0
MOST_STEPS = 4000
METRES_A_DEGREE = 111_000
SEED = 20240305


class Figure(NamedTuple):
    """One piece of evidence: the share of ``points`` that ``fit``, for each of ``HYPOTHESES``."""

    fit: str
    points: int
    shares: tuple[float, ...]


class Verdict(NamedTuple):
    """``best`` is the datum that fits clearly better than ``declared``, '' where none does.

    ``z`` is the distance of the two in standard deviations (of the next best from the declared
    one, where none is clearly better). ``figures`` come strongest first.
    """

    declared: str
    best: str
    z: float
    figures: list[Figure]


def notes(frame: Any, kind: Kind, declared: Crs | None, ground: Ground) -> list[str]:
    """Return what a person should be told of a file's datum; see ``of_file`` and ``sentence``."""
    verdict = of_file(frame, kind, declared, ground)
    said = sentence(verdict, declared) if verdict else ""
    return [said] if said else []


def of_file(frame: Any, kind: Kind, declared: Crs | None, ground: Ground) -> Verdict | None:
    """Return the verdict on a file's rows (``geometry`` in the CRS ``declared``).

    Without ``declared`` degrees are expected, and ``best`` is what fits better than both others,
    or ''. None where nothing can be said: a district outside China, too few rows, no ground.
    """
    geoms = frame.geometry.to_numpy()
    lonlat, row = probes(geoms, declared)
    near = np.flatnonzero(_in_reach(lonlat, ground))
    if len(near) < LEAST_PROBES:
        return None
    some = np.sort(np.random.default_rng(SEED).permutation(near)[:MOST_PROBES])
    lonlat, row = lonlat[some], row[some]
    tests = evidence.tests(kind, frame.iloc[row], ground)
    if not tests:
        return None
    if declared is not None:
        return doubt(lonlat, tests, declared.offset or "wgs84", ground.srid)
    verdicts = [doubt(lonlat, tests, name, ground.srid) for name in HYPOTHESES]
    agreed = {v.best for v in verdicts} - {""}
    best = agreed.pop() if len(agreed) == 1 and sum(v.best == "" for v in verdicts) == 1 else ""
    return verdicts[0]._replace(declared="", best=best)


def doubt(lonlat: Floats, tests: list[Test], declared: str, srid: int) -> Verdict:
    """Return whether another of ``HYPOTHESES`` than ``declared`` fits points clearly better.

    ``lonlat`` are their degrees as the file has them, (n, 2), all in China; ``tests`` those of
    ``geo.evidence`` for the same n rows; ``srid`` the district's metric CRS.
    """
    xy = [_positions(lonlat, name, srid) for name in HYPOTHESES]
    positions = xy + _false_positions(xy)
    seen = [[test.look(at) for test in tests] for at in positions]
    fits = np.array([[look[0] for look in looks] for looks in seen], dtype=bool)
    known = np.array([[look[1] for look in looks] for looks in seen], dtype=bool)
    shares = _shares(fits & known, known)
    weights = _weights(shares, tests)
    cell = _cells(xy[0])

    def score(one: int, other: int) -> Floats:
        both = known[one] & known[other]
        step = fits[one].astype(float) - fits[other]
        weighed: Floats = weights[:, None] * both * step
        return weighed

    here = HYPOTHESES.index(declared)
    z = {at: _z(score(at, here), cell) for at in range(len(HYPOTHESES)) if at != here}
    best = max(z, key=lambda at: z[at])
    order = np.argsort(-score(best, here).sum(axis=1), kind="stable")
    chance = range(len(HYPOTHESES), len(positions))
    clear = z[best] >= SURE_Z and all(_z(score(best, at), cell) >= BEATS_CHANCE_Z for at in chance)
    figures = [_figure(tests[f], fits[:, f], known[:, f]) for f in order if weights[f] > 0]
    return Verdict(declared, HYPOTHESES[best] if clear else "", z[best], figures)


def sentence(verdict: Verdict, declared: Crs | None = None) -> str:
    """Return the doubt as a sentence with its figures, '' where there is none.

    ``declared`` is the file's CRS, or None where neither the file nor a person names one.
    """
    if not verdict.best or not verdict.figures:
        return ""
    fit, points, shares = verdict.figures[0]
    share = dict(zip(HYPOTHESES, shares, strict=True))
    best = f"as {verdict.best} {_percent(share[verdict.best])}"
    if declared is None:
        others = [f"{_percent(share[h])} as {h}" for h in HYPOTHESES if h != verdict.best]
        return (
            f"Of {spaced(points)} points {_percent(share[verdict.best])} {fit} if they are "
            f"{verdict.best} ({', '.join(others)}): say --crs {verdict.best}."
        )
    said = (
        f"Doubtful datum: as declared ({declared}) {_percent(share[verdict.declared])} of "
        f"{spaced(points)} points {fit}; {best}"
    )
    if not declared.base.is_geographic:
        return (
            f"{said}: were {verdict.best} degrees projected as if they were WGS 84? Import the "
            f"degrees themselves with --crs {verdict.best}."
        )
    return f"{said}: is it {verdict.best}? Say --crs {verdict.best}."


def probes(geoms: Any, declared: Crs | None) -> tuple[Floats, NDArray[np.int64]]:
    """Return the places to test, in degrees as the file has them, and the row of each.

    A point is one; of lines and polygons every vertex and a place every ``STEP_M``.
    """
    metric = declared is not None and not declared.base.is_geographic
    step = STEP_M if metric else STEP_M / METRES_A_DEGREE
    bounds = shapely.bounds(geoms)
    some = np.flatnonzero(np.isfinite(bounds).all(axis=1))
    shapes = geoms[some].copy()
    # What is longer than a city is not measured out; its vertices serve.
    long = (np.ptp(bounds[some].reshape(-1, 2, 2), axis=1) > MOST_STEPS * step).any(axis=1)
    drawn = ~long & (shapely.get_dimensions(shapes) > 0)
    shapes[drawn] = shapely.segmentize(shapes[drawn], step)
    xy, at = shapely.get_coordinates(shapes, return_index=True)
    if metric:
        assert declared is not None  # noqa: S101
        xy = np.column_stack(crs.transform_points(xy[:, 0], xy[:, 1], declared, "wgs84"))
    usable = np.isfinite(xy).all(axis=1) & (xy != 0).any(axis=1)
    return xy[usable], some[at[usable]]


def _positions(lonlat: Floats, name: str, srid: int) -> Floats:
    return np.column_stack(crs.transform_points(lonlat[:, 0], lonlat[:, 1], name, srid))


def _in_reach(lonlat: Floats, ground: Ground) -> Mask:
    """Return which points lie in China, and in the district in one datum at least."""
    near = ~crs.outside_china(lonlat[:, 0], lonlat[:, 1])
    if ground.extent is not None:
        shapely.prepare(ground.extent)
        at = [_positions(lonlat[near], name, ground.srid) for name in HYPOTHESES]
        near[near] = np.any([shapely.contains_xy(ground.extent, xy) for xy in at], axis=0)
    return near


def _false_positions(xy: list[Floats]) -> list[Floats]:
    """Return the rows moved to where no datum puts them."""
    true = np.array([(one - xy[0]).mean(axis=0) for one in xy])
    return [
        xy[0] + shift for shift in FALSE_POSITIONS if (np.hypot(*(true - shift).T) > APART_M).all()
    ]


def _shares(passed: Mask, known: Mask) -> Floats:
    """Return the shares of rows that pass each test at each position; a half where none is known.

    Half a row is added on either side, so that no share is 0 or 1.
    """
    shares: Floats = (passed.sum(axis=2) + 0.5) / (known.sum(axis=2) + 1)
    return shares


def _weights(shares: Floats, tests: list[Test]) -> Floats:
    true, chance = shares[: len(HYPOTHESES)].max(axis=0), shares[len(HYPOTHESES) :].mean(axis=0)
    odds = np.log(true / (1 - true)) - np.log(chance / (1 - chance))
    enough = true >= [test.least for test in tests]
    return np.where(enough, np.clip(odds, 0, MOST_WEIGHT), 0.0)


def _cells(xy: Floats) -> NDArray[np.int64]:
    cells: NDArray[np.int64] = np.unique(
        np.floor(xy / CELL_M).astype(np.int64), axis=0, return_inverse=True
    )[1]
    return cells


def _z(score: Floats, cell: NDArray[np.int64]) -> float:
    """Return Σ s_c / √(Σ s_c²) over cells; 0 where nothing differs."""
    sums = np.bincount(cell, score.sum(axis=0))
    spread = float(np.sqrt((sums**2).sum()))
    return float(sums.sum() / spread) if spread else 0.0


def _figure(test: Test, fits: Mask, known: Mask) -> Figure:
    fits, known = fits[: len(HYPOTHESES)], known[: len(HYPOTHESES)]
    points = known.sum(axis=1)
    shares = (fits & known).sum(axis=1) / np.maximum(points, 1)
    return Figure(test.fit, int(points.max()), tuple(shares.tolist()))


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %" if share >= 0.99 or share < 0.01 else f"{100 * share:.0f} %"
