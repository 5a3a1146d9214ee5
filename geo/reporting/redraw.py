"""What a report on a draft says: two plans side by side, what moves, and findings first."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from geo.fairness import Change
from geo.lineage import NONE, lineage
from geo.redrawn import Redrawn
from geo.reporting.findings import NAMED, ORDER, Finding, Level
from geo.reporting.material import Frame
from geo.reporting.periods import Period

# A change of these rules gives other numbers from the same data.
RULE = 1
# Figures that decide; the others are told as notes.
MAIN = ("cases_max_over_mean", "cases_gini", "busy_weeks")


class Land(NamedTuple):
    """What the maps of a report are drawn on; frames as in `geo.reporting.material.Material`."""

    district: str
    srid: int
    time_zone: str
    revision: str
    revisions: dict[str, str]
    areas: Frame
    segments: Frame
    water: Frame
    street: str | None = None


class Side(NamedTuple):
    """A plan: ``grids`` have code, name, households, each (cases of a worker's week) and shape."""

    id: int
    name: str
    status: str
    grids: Frame


class Read(NamedTuple):
    """All that a report on a draft is made of.

    ``grid`` is where each of ``blocks`` (code, community, households, shape) is among the grids of
    either plan, -1 for none; ``same`` as `geo.redrawn.redrawn` has it. ``checks`` are the rules
    that the draft does not keep: hard, reason.
    """

    land: Land
    period: Period
    plans: tuple[Side, Side]
    blocks: Frame
    grid: tuple[Any, Any]
    same: dict[int, int]
    found: Redrawn
    cases: Any
    checks: list[tuple[bool, str]]


class Redraw(NamedTuple):
    """One report. ``moved``: block, community, from, to, households, cases. ``grids``: name, was,
    now, low, high, the same of late ones, late and walk_m of both plans, verdict. ``lineage``:
    kind, from, to, blocks, households.
    """

    read: Read
    findings: list[Finding]
    changes: dict[str, Change]
    moved: pd.DataFrame
    grids: pd.DataFrame
    lineage: pd.DataFrame


def compute(read: Read) -> Redraw:
    """The report from what was read for it."""
    grids = grids_of(read)
    return Redraw(
        read, findings(read, grids), read.found.changes, moved_of(read), grids, lineage_of(read)
    )


def moved_of(read: Read) -> pd.DataFrame:
    """The blocks that change hands, those with most cases first."""
    at = read.found.moved.blocks
    one, two = (_names(side, grid[at]) for side, grid in zip(read.plans, read.grid, strict=True))
    blocks = read.blocks.iloc[at]
    table = pd.DataFrame({
        "block": blocks["code"].to_numpy(), "community": blocks["community"].to_numpy(),
        "from": one, "to": two, "households": blocks["households"].to_numpy(float),
        "cases": np.asarray(read.cases)[at],
    })  # fmt: skip
    return table.sort_values(["cases", "block"], ascending=[False, True], kind="stable")


def grids_of(read: Read) -> pd.DataFrame:
    """What becomes of each grid; those that change most first."""
    made, moves = read.found, read.found.moves
    before, after = read.plans
    name = np.where(
        moves.after >= 0, _names(after, moves.after), _names(before, moves.before)
    )  # fmt: skip
    table = pd.DataFrame({
        "name": name, **moves.cases._asdict(),
        "late_low": moves.late.low, "late_high": moves.late.high,
        **{f"{key}_{end}": _sum(tally, key, grid)
           for key in ("cases", "late", "walk_m")
           for end, tally, grid in (("was", made.before, moves.before),
                                    ("now", made.after, moves.after))},
        "verdict": np.select(
            [moves.before < 0, moves.after < 0, moves.cases.high < 0, moves.cases.low > 0],
            ["new", "ended", "lighter", "heavier"], "same"),
    })  # fmt: skip
    apart = (table["now"] - table["was"]).abs()
    return table.iloc[np.argsort(-apart.to_numpy(), kind="stable")].reset_index(drop=True)


def lineage_of(read: Read) -> pd.DataFrame:
    """How grids become others (`geo.lineage`), without those that only keep what they have."""
    one, two = read.grid
    own = len(read.plans[0].grids) + np.arange(len(read.plans[1].grids))
    for new, old in read.same.items():
        own[new] = old
    after = np.where(two >= 0, np.append(own, NONE)[two], NONE)
    table = lineage(one, after, read.blocks["households"].fillna(0).astype(int).to_numpy())
    source, target = table["from_grid"].to_numpy(), table["to_grid"].to_numpy()
    back = {int(code): k for k, code in enumerate(own)}
    to = np.array([back.get(int(code), -1) for code in target], np.int64)
    named = table.assign(**{"from": _names(read.plans[0], source), "to": _names(read.plans[1], to)})
    told = named[named["kind"] != "kept"]
    columns = ["kind", "from", "to", "blocks", "households"]
    return told[columns].sort_values(["kind", "from", "to"], ignore_index=True)


def findings(read: Read, grids: pd.DataFrame) -> list[Finding]:
    """What the meeting should know first: rules broken, then what gets worse, then what better."""
    made = read.found
    found = []
    if not len(made.moved.blocks):
        found.append(Finding("nothing_moves", "note", {}))
    hard = [reason for is_hard, reason in read.checks if is_hard]
    if hard:
        found.append(Finding("hard", "worse", {"count": len(hard), "rows": hard[:NAMED]}))
    if made.after.outside["cases"] > made.before.outside["cases"]:
        found.append(Finding("outside", "worse", {"cases": made.after.outside["cases"]}))
    for key, change in made.changes.items():
        level: Level = "good" if change.high < 0 else "worse" if change.low > 0 else "note"
        if key in MAIN or level != "note":
            found.append(Finding(key, level, change._asdict()))
    found += [
        Finding(verdict, "note", {"count": len(rows), "rows": _rows(rows)})
        for verdict in ("heavier", "lighter")
        if len(rows := grids[grids["verdict"] == verdict])
    ]
    if len(made.moved.blocks):
        found.append(Finding("moved", "note", {
            "blocks": len(made.moved.blocks), "households": made.moved.households,
            "cases": made.moved.cases, **made.cases._asdict()}))  # fmt: skip
    return sorted(found, key=lambda f: ORDER[f.level])


def _rows(rows: pd.DataFrame) -> list[tuple[str, float, float]]:
    columns = rows.head(NAMED)[["name", "was", "now"]]
    return [(str(name), was, now) for name, was, now in columns.itertuples(index=False)]


def _names(side: Side, grid: Any) -> Any:
    return np.append(side.grids["name"].to_numpy(object), "")[np.asarray(grid, np.int64)]


def _sum(tally: Any, key: str, grid: Any) -> Any:
    return np.append(tally.of[key].sum(axis=0), np.nan)[grid]
