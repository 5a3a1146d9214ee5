"""Plans that are redrawn: begun, listed, read, held, discarded.

A draft's grids go by small numbers; those that go on being a grid of the plan it was begun from
keep that grid's code, the others get theirs when the plan is published (`geo.store.publishing`).
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import pandas as pd
import psycopg
from psycopg.rows import namedtuple_row

from geo.load import spread
from geo.plan import DRAFTS
from geo.rules import limits_for
from geo.store import load_rules, plans
from geo.store.database import Reader, read_setting, rows
from geo.store.plan_figures import NOTHING, block_figures, summed
from geo.store.queries import load

QUERIES = load("redrawing")
STROKES = load("strokes")

MOST_PLANS = 500

Told = dict[str, Any]


class UnknownPlan(ValueError):
    """There is no plan of this number."""


class UnknownSystem(ValueError):
    """There is no grid system of this code."""


class PlanFrozen(ValueError):
    """Only a draft can be changed; what is submitted, approved or published cannot."""


class DraftChanged(ValueError):
    """The draft is not any more what the request was made on.

    ``version`` is what it is now, ``strokes`` what was done or undone since.
    """

    def __init__(self, id_: int, version: int, strokes: list[Told]) -> None:
        super().__init__(
            f"plan {id_} has changed since: it is at version {version} now; take its changes over"
            " and send yours again"
        )
        self.version, self.strokes = version, strokes


class Wish(NamedTuple):
    """A draft to begin: from the plan in force, from another plan, or with no grids at all."""

    system: str
    name: str
    based_on: int | None = None
    empty: bool = False
    made_by: str = ""


class Held(NamedTuple):
    """A plan in short, as those see it who change it."""

    id: int
    status: str
    system_id: int
    system: str
    across: bool
    version: int | None
    against: int | None


def listed(conn: psycopg.Connection, system: str | None = None) -> list[Told]:
    """The newest plans in short, newest first; of one grid system, or of all."""
    return _listed(conn, system=system, limit=MOST_PLANS)


def make(conn: psycopg.Connection, wish: Wish) -> int:
    """Begins a draft and returns its number. Raises `UnknownSystem`, `UnknownPlan`."""
    system = _system(conn, wish.system)
    day = read_setting(conn).day()
    in_force = _first(conn, "in_force", {"system": system, "day": day})
    based_on = None if wish.empty else wish.based_on or in_force
    given: Told = {"system": system, "name": wish.name, "based_on": based_on}
    what, against = "nothing", in_force
    if based_on is not None:
        wanted = {"id": based_on, "system": system, "day": day}
        found = conn.execute(QUERIES["of_system"], wanted).fetchone()
        if found is None:
            raise UnknownPlan(f"there is no plan {based_on} of the grid system {wish.system}")
        what = "draft" if found[0] in DRAFTS else "published"
        against = found[1] if what == "draft" or found[1] == based_on else in_force
    id_ = int(_first(conn, "add_plan", given))
    given["id"] = id_
    conn.execute(QUERIES["add_draft"], {**given, "made_by": wish.made_by, "against": against})
    if what != "nothing":
        conn.execute(QUERIES[f"grids_of_{what}"], given)
    conn.execute(QUERIES[f"blocks_of_{what}"], given)
    add_step(conn, id_, "draft", wish.made_by)
    return id_


def _system(conn: psycopg.Connection, code: str) -> int:
    found = _first(conn, "system", {"system": code})
    if found is None and code in plans.USUAL_SYSTEMS:
        return plans.put_system(conn, code).id
    if found is None:
        raise UnknownSystem(f"there is no grid system {code!r}; `luge grids system` makes one")
    return int(found)


def read(conn: psycopg.Connection, id_: int, who: Reader) -> Told:
    """A plan with its grids and what they hold. Raises `UnknownPlan`."""
    plan = known(conn, id_)
    rule = load_rules.rule_of(conn)
    held: dict[int, int | None] = dict(
        conn.execute(QUERIES["held_numbers"], {"id": id_}).fetchall()
    )
    grids = read_grids(conn, id_, held, who)
    return plan | {
        "grids": grids,
        "unassigned": sum(number is None for number in held.values()),
        "measures": spread([_or_nan(grid["load_per_worker"]) for grid in grids])._asdict(),
        "limits": limits_for(plan["system"], _first(conn, "wishes", {"id": id_}))._asdict(),
        "steps": rows(conn, QUERIES["steps"], {"id": id_}),
        "rule": {"name": rule.name, "version": rule.version},
    }


def read_grids(
    conn: psycopg.Connection, id_: int, held: Mapping[int, int | None], who: Reader,
    numbers: list[int] | None = None,
) -> list[Told]:  # fmt: skip
    """The grids of a plan, all or some, with the sums over the blocks that they hold.

    ``held``: the number of each of their blocks.
    """
    figures = block_figures(conn, held.keys(), who)
    sums = summed(figures, pd.Series(dict(held), dtype=float))
    grids: list[Told] = rows(conn, QUERIES["grids"], {"id": id_, "numbers": numbers})
    for grid in grids:
        grid |= sums.get(grid["number"], NOTHING)
        workers = grid["workers"]
        grid["load_per_worker"] = round(grid["load"] / workers, 4) if workers else None
    return grids


def grids_of(conn: psycopg.Connection, id_: int) -> list[Told]:
    """The grids of a plan by number, without what they hold."""
    return rows(conn, QUERIES["grids"], {"id": id_, "numbers": None})


def _or_nan(value: float | None) -> float:
    return float("nan") if value is None else value


def read_blocks(conn: psycopg.Connection, id_: int) -> Told:
    """Columns of a plan's blocks: id, number (None: in no grid), based. Raises `UnknownPlan`."""
    known(conn, id_)
    found = conn.execute(QUERIES["held"], {"id": id_}).fetchall()
    columns = zip(*found, strict=True) if found else ((), (), ())
    return dict(zip(("id", "number", "based"), map(list, columns), strict=True))


def discard(conn: psycopg.Connection, id_: int, seen: int | None) -> None:
    """Deletes a draft with all that was done to it. Raises as `hold` does."""
    hold(conn, id_, seen)
    conn.execute(QUERIES["discard"], {"id": id_})


def hold(
    conn: psycopg.Connection, id_: int, seen: int | None, status: str | None = "draft"
) -> Held:
    """Locks a plan to the end of the transaction, in ``status`` (None: any) and as it was seen.

    ``seen`` is the version that the request was made on; None takes it as it is. Raises
    `UnknownPlan`, `PlanFrozen`, `DraftChanged`.
    """
    conn.execute(QUERIES["lock"], {"id": id_})
    held = look(conn, id_)
    if status is not None and held.status != status:
        raise PlanFrozen(f"plan {id_} is {held.status}: only a {status} can be changed so")
    if seen is not None and held.version is not None and seen != held.version:
        since = rows(conn, STROKES["since"], {"id": id_, "version": seen})
        raise DraftChanged(id_, held.version, since)
    return held


def look(conn: psycopg.Connection, id_: int) -> Held:
    """A plan as it is now, held or not; raises `UnknownPlan`."""
    with conn.cursor(row_factory=namedtuple_row) as cursor:
        row = cursor.execute(QUERIES["look"], {"id": id_}).fetchone()
    if row is None:
        raise UnknownPlan(f"there is no plan {id_}")
    return Held(*row)


def raise_version(conn: psycopg.Connection, id_: int) -> int:
    """The next version of a draft that is held."""
    return int(_first(conn, "raise_version", {"id": id_}))


def add_step(
    conn: psycopg.Connection, id_: int, status: str, made_by: str = "", note: str = ""
) -> None:
    """Writes down what a plan has become."""
    given = {"id": id_, "status": status, "made_by": made_by, "note": note}
    conn.execute(QUERIES["add_step"], given)


def known(conn: psycopg.Connection, id_: int) -> Told:
    """A plan in short; raises `UnknownPlan`."""
    found = _listed(conn, id=id_)
    if not found:
        raise UnknownPlan(f"there is no plan {id_}")
    return found[0]


def _listed(conn: psycopg.Connection, **asked: object) -> list[Told]:
    usual = {"system": None, "id": None, "limit": 1, "today": read_setting(conn).today()}
    found: list[Told] = rows(conn, QUERIES["listed"], usual | asked)
    return found


def _first(conn: psycopg.Connection, query: str, given: Told) -> Any:
    row = conn.execute(QUERIES[query], given).fetchone()
    return row[0] if row else None
