"""Rules of a plan: plain named checks over the blocks, their borders and the grid of each.

A check gives findings, each with the grid, the blocks and facts; how they are said in a language is
`geo.rule_sentences`'s matter. Hard rules must hold for a plan to be published, soft ones are told.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geo.adjacency import components

NOBODY = -1

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

CLOSED = 0.999
"""A grid with this share of its outline along one other grid lies inside of that."""


class BadLimits(ValueError):
    """A limit that there is not, or one that is no number from 0 on."""


class Limits(NamedTuple):
    """What grids should keep to; None: no limit.

    ``households`` for each worker; ``load`` for each worker in times the mean; ``compactness``
    as Polsby and Popper have it: 4π area / outline², 1 for a circle; ``area`` in m².
    """

    households_least: float | None = None
    households_most: float | None = None
    load_least: float | None = 0.5
    load_most: float | None = 1.5
    compactness_least: float | None = 0.1
    area_least: float | None = None
    area_most: float | None = None


OF_SYSTEM = {"management": Limits(300.0, 500.0)}
"""The usual limits of grid systems: 300 to 500 households in a management grid."""


class Drawn(NamedTuple):
    """A plan as it is drawn.

    ``blocks`` (rows 0, 1 …): area (code of the smallest), parents (codes of all it lies in),
    households, load, geometry. ``pairs`` (m, 2) of neighbours share ``shared_m``. ``number`` of
    each block's grid, `NOBODY` for none. ``grids`` (index: number): code (None: a new one), name,
    parent (code of an area, or None), workers. ``wholes``: kind, name, place, block (row) of what
    should stay together.
    """

    blocks: gpd.GeoDataFrame
    pairs: Ints
    shared_m: Floats
    number: Ints
    grids: pd.DataFrame
    wholes: pd.DataFrame
    across: bool = False
    pattern: str = ""
    limits: Limits = Limits()


class Finding(NamedTuple):
    """What a check found: rule, grid (None: none), rows of blocks, the place in m, facts."""

    rule: str
    hard: bool
    number: int | None
    blocks: tuple[int, ...]
    place: tuple[float, float]
    facts: dict[str, Any]


class Rule(NamedTuple):
    """A named check: gives grid, rows of blocks and facts of whatever breaks it."""

    name: str
    hard: bool
    broken: Callable[[Drawn], Iterator[tuple[int | None, Ints, dict[str, Any]]]]


def limits_for(system: str, wished: Mapping[str, object]) -> Limits:
    """The limits of a plan: what was ``wished`` (None: no limit), else those of its grid system.

    Raises `BadLimits`.
    """
    for name, value in wished.items():
        if name not in Limits._fields:
            raise BadLimits(f"there is no limit {name!r}; there are {', '.join(Limits._fields)}")
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if value is not None and not (number and 0 <= value < np.inf):  # type: ignore[operator]
            raise BadLimits(f"{name}: a limit is a number from 0 on, or null, not {value!r}")
    return OF_SYSTEM.get(system, Limits())._replace(**wished)  # type: ignore[arg-type]


def check(drawn: Drawn, rules: tuple[Rule, ...] | None = None) -> list[Finding]:
    """All that breaks ``rules`` (default: all), hard ones first, in the order of the rules."""
    found = [
        Finding(rule.name, rule.hard, number, tuple(rows.tolist()), _place(drawn, rows), facts)
        for rule in rules or RULES
        for number, rows, facts in rule.broken(drawn)
    ]
    return sorted(found, key=lambda finding: not finding.hard)


def _place(drawn: Drawn, rows: Ints) -> tuple[float, float]:
    """A point inside the largest of the blocks."""
    geometry = drawn.blocks.geometry.to_numpy()[rows]
    spot = shapely.point_on_surface(geometry[int(np.argmax(shapely.area(geometry)))])
    return float(spot.x), float(spot.y)


Broken = Iterator[tuple[int | None, Ints, dict[str, Any]]]


def _assigned(drawn: Drawn) -> Broken:
    rows = np.flatnonzero(drawn.number == NOBODY)
    both = (drawn.number[drawn.pairs] == NOBODY).all(axis=1)
    part = components(len(drawn.number), drawn.pairs[both])[rows]
    for piece in np.unique(part):
        blocks = rows[part == piece]
        yield None, blocks, {"blocks": len(blocks)}


def _contiguous(drawn: Drawn) -> Broken:
    number, pairs = drawn.number, drawn.pairs
    part = components(len(number), pairs[number[pairs[:, 0]] == number[pairs[:, 1]]])
    table = pd.DataFrame({"number": number, "part": part, "load": drawn.blocks["load"].to_numpy()})
    table = table[table["number"] != NOBODY]
    pieces = table.groupby(["number", "part"])["load"].agg(["size", "sum"]).reset_index()
    ordered = pieces.sort_values(["sum", "size", "part"], ascending=[False, False, True])
    main = ordered.drop_duplicates("number").set_index("number")["part"]
    stray = table[table["part"] != table["number"].map(main)]
    for of, rows in stray.groupby("number"):
        facts = {"pieces": rows["part"].nunique() + 1, "blocks": len(rows)}
        yield int(str(of)), rows.index.to_numpy(), facts


def _inside(drawn: Drawn) -> Broken:
    if drawn.across:
        return
    area = drawn.blocks["area"].to_numpy(object)
    parents = drawn.blocks["parents"].to_numpy(object)
    for of, rows in _members(drawn):
        parent = drawn.grids["parent"].get(of)
        if not isinstance(parent, str):  # none said: the area of most blocks
            parent = pd.Series(area[rows]).mode()[0]
        outside = rows[[parent not in parents[row] for row in rows]]
        if len(outside):
            others = sorted(set(area[outside]))
            yield of, outside, {"parent": parent, "areas": others, "blocks": len(outside)}


def _members(drawn: Drawn) -> Iterator[tuple[int, Ints]]:
    """Each grid with the rows of its blocks."""
    rows = pd.Series(np.arange(len(drawn.number)))
    for of, own in rows.groupby(drawn.number):
        if of != NOBODY:
            yield int(str(of)), own.to_numpy(np.int64)


def _sums(drawn: Drawn, column: str) -> pd.Series:
    """The sum of a column by grid, for each worker (one at least)."""
    held = drawn.number != NOBODY
    sums = drawn.blocks[column].astype(float).to_numpy()[held]
    by = pd.Series(sums).groupby(drawn.number[held]).sum()
    return by / [_workers(drawn, of) for of in by.index]


def _workers(drawn: Drawn, of: int) -> int:
    return max(int(drawn.grids["workers"].get(of, 1)), 1)


def _between(drawn: Drawn, values: pd.Series, bounds: tuple[float | None, float | None]) -> Broken:
    least, most = bounds
    for of, rows in _members(drawn):
        value, workers = float(values[of]), _workers(drawn, of)
        if (least is not None and value < least) or (most is not None and value > most):
            yield of, rows, {"value": value, "least": least, "most": most, "workers": workers}


def _households(drawn: Drawn) -> Broken:
    bounds = drawn.limits.households_least, drawn.limits.households_most
    yield from _between(drawn, _sums(drawn, "households"), bounds)


def _load(drawn: Drawn) -> Broken:
    loads = _sums(drawn, "load")
    mean = float(loads.mean()) if len(loads) else 0.0
    if mean > 0:
        bounds = drawn.limits.load_least, drawn.limits.load_most
        for of, rows, facts in _between(drawn, loads / mean, bounds):
            yield of, rows, {**facts, "load": float(loads[of]), "mean": mean}


def _cut(drawn: Drawn, compounds: bool) -> Broken:
    """Places in several grids, where one grid could have had them."""
    kind = drawn.wholes["kind"] == "compound"
    table = drawn.wholes[kind if compounds else ~kind]
    table = table.assign(number=drawn.number[table["block"]])
    table["area"] = "" if drawn.across else drawn.blocks["area"].to_numpy()[table["block"]]
    for (_, _), own in table[table["number"] != NOBODY].groupby(["place", "area"]):
        if own["number"].nunique() > 1:
            grids = own["number"].value_counts().sort_index()
            first = own.iloc[0]
            facts = {"name": first["name"], "kind": first["kind"], "grids": grids.index.tolist()}
            # Told of the grid that has least of it.
            least = grids[grids == grids.min()].index[-1]
            yield int(least), own["block"].to_numpy(np.int64), facts


def _compounds(drawn: Drawn) -> Broken:
    yield from _cut(drawn, compounds=True)


def _protected(drawn: Drawn) -> Broken:
    yield from _cut(drawn, compounds=False)


def _outlines(drawn: Drawn) -> tuple[pd.Series, pd.Series]:
    """The area in m² and the outline in m of each grid."""
    geometry, number, pairs = drawn.blocks.geometry.to_numpy(), drawn.number, drawn.pairs
    inner = number[pairs[:, 0]] == number[pairs[:, 1]]
    within = pd.Series(drawn.shared_m[inner]).groupby(number[pairs[inner, 0]]).sum()
    size = pd.Series(shapely.area(geometry)).groupby(number).sum()
    outline = pd.Series(shapely.length(geometry)).groupby(number).sum()
    return size, outline - 2 * within.reindex(outline.index).fillna(0.0)


def _enclaves(drawn: Drawn) -> Broken:
    _, outline = _outlines(drawn)
    ends = drawn.number[drawn.pairs]
    apart = ends[:, 0] != ends[:, 1]
    both = np.vstack([ends[apart], ends[apart][:, ::-1]])
    border = pd.DataFrame({"of": both[:, 0], "beside": both[:, 1],
                           "metres": np.tile(drawn.shared_m[apart], 2)})  # fmt: skip
    sums = border.groupby(["of", "beside"], as_index=False)["metres"].sum()
    sums = sums[(sums["of"] != NOBODY) & (sums["beside"] != NOBODY)]
    inside = sums[sums["metres"] >= CLOSED * outline.reindex(sums["of"]).to_numpy()]
    around = dict(zip(inside["of"].tolist(), inside["beside"].tolist(), strict=True))
    for of, rows in _members(drawn):
        if of in around:
            yield of, rows, {"inside": around[of]}


def _compact(drawn: Drawn) -> Broken:
    size, outline = _outlines(drawn)
    yield from _between(drawn, polsby_popper(size, outline), (drawn.limits.compactness_least, None))


def polsby_popper(area_m2: Any, outline_m: Any) -> Any:
    """Compactness from 0 to 1 (a circle): 4π area / outline².

    D. D. Polsby and R. D. Popper (1991), "The Third Criterion", Yale Law & Policy Review 9, 301.
    """
    return 4 * np.pi * area_m2 / outline_m**2


def _area(drawn: Drawn) -> Broken:
    size, _ = _outlines(drawn)
    yield from _between(drawn, size, (drawn.limits.area_least, drawn.limits.area_most))


def _codes(drawn: Drawn) -> Broken:
    codes = drawn.grids["code"].dropna()
    twice = codes.duplicated(keep=False)
    for of, rows in _members(drawn):
        code = codes.get(of)
        if code is not None and (twice[of] or not re.search(drawn.pattern, code)):
            yield of, rows, {"code": code, "pattern": drawn.pattern, "twice": bool(twice[of])}


RULES = (
    Rule("assigned", True, _assigned),
    Rule("contiguous", True, _contiguous),
    Rule("inside_parent", True, _inside),
    Rule("compound_whole", True, _compounds),
    Rule("protected_whole", True, _protected),
    Rule("code", True, _codes),
    Rule("households", False, _households),
    Rule("load", False, _load),
    Rule("area", False, _area),
    Rule("enclave", False, _enclaves),
    Rule("compact", False, _compact),
)
HARD = tuple(rule for rule in RULES if rule.hard)
