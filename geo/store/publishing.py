"""Plans go through their steps, and are published from a day on.

Publishing mints codes for new grids, writes the assignment with the grids' shapes and what became
of the grids before, and ends the plan in force on that day. It touches no point: points are linked
to blocks, and blocks stay.
"""

from datetime import date
from typing import Any, NamedTuple

import geopandas
import pandas as pd
import psycopg
import shapely

from geo import codes
from geo.plan import check_step
from geo.rule_sentences import Lang
from geo.rules import HARD
from geo.store import load_rules, plan_checks, plan_lineage, plans, redrawing
from geo.store.database import read_setting
from geo.store.queries import load
from geo.store.redrawing import Held
from geo.store.turns import take_turn

QUERIES = load("publishing")

ROW_M = 500.0
"""Height in m of the rows in which new grids get their serial numbers."""

Told = dict[str, Any]


class RulesBroken(ValueError):
    """A plan that breaks hard rules is not published; ``told`` says which and where."""

    def __init__(self, id_: int, told: Told) -> None:
        first = told["findings"][0]["reason"]
        super().__init__(f"plan {id_} breaks {told['hard']} hard rules; first: {first}")
        self.told = told


class DayUnusable(ValueError):
    """A plan cannot be published from this day."""


class PlanOvertaken(ValueError):
    """Another plan has come into force since the draft was begun."""


class CannotWithdraw(ValueError):
    """A plan that is in force already, or that another one follows, stays published."""


class Step(NamedTuple):
    """What a plan is to become, by whom, and from when where it is published.

    ``lang`` is that of what broken rules are told in.
    """

    status: str
    made_by: str = ""
    note: str = ""
    start: date | None = None
    lang: Lang = "zh"


def take_step(conn: psycopg.Connection, id_: int, seen: int | None, step: Step) -> None:
    """Has a plan become ``step.status``.

    Raises `geo.plan.WrongStep`, `DayUnusable`, `PlanOvertaken`, `RulesBroken`, `CannotWithdraw`,
    and what `geo.store.redrawing.hold` raises.
    """
    if "published" in (step.status, redrawing.look(conn, id_).status):
        take_turn(conn)  # blocks are not cut meanwhile, and no other plan is published
    held = redrawing.hold(conn, id_, seen, None)
    check_step(held.status, step.status)
    if held.status == "published":
        withdraw(conn, held)
    if step.status == "published":
        publish(conn, held, step)
        return
    conn.execute(QUERIES["set_status"], {"id": id_, "status": step.status})
    redrawing.raise_version(conn, id_)
    redrawing.add_step(conn, id_, step.status, step.made_by, step.note)


def publish(conn: psycopg.Connection, held: Held, step: Step) -> None:
    """Puts an approved plan that is held in force from a day on."""
    before = _before(conn, held, step.start)
    assert step.start is not None  # noqa: S101 - or _before had refused
    _check_blocks(conn, held.id)
    checked = plan_checks.check(conn, held.id, load_rules.rule_of(conn), HARD)
    if checked.findings:
        srid = read_setting(conn).srid
        raise RulesBroken(held.id, plan_checks.told(checked, srid, step.lang))
    ground = plan_lineage.ground_of(conn, held.id)
    system = plans.read_system(conn, held.system)
    grids = _with_codes(conn, system, ground, plan_lineage.grids_of(conn, held.id, before))
    conn.execute(QUERIES["loosen_grids"], {"id": held.id})
    of_block = grids.loc[ground["number"], ["code", "name", "parent_id"]].reset_index(drop=True)
    plans.write_plan(conn, system, ground["id"].to_numpy(), of_block, step.start, held.id)
    conn.execute(QUERIES["settle_grids"], {"id": held.id})
    conn.execute(QUERIES["empty_draft"], {"id": held.id})
    plan_lineage.write(conn, held.id, before, ground)
    redrawing.add_step(conn, held.id, "published", step.made_by, step.note)
    if before is not None:
        redrawing.add_step(
            conn, before, "superseded", step.made_by, f"from {step.start} by plan {held.id}"
        )


def withdraw(conn: psycopg.Connection, held: Held) -> None:
    """Takes a plan that is held back before its first day: the one before it goes on.

    Its grids, blocks and strokes are those of the draft again, and codes that it gave are free.
    """
    given = {"id": held.id, "system": held.system_id, "today": read_setting(conn).today()}
    row = conn.execute(QUERIES["to_come"], given).fetchone()
    if row is None:
        raise CannotWithdraw(
            f"plan {held.id} is in force, or another plan follows it: only a plan to come is"
            " withdrawn; begin a draft on it"
        )
    for query in (
        "draft_again", "names_again", "unpublish", "forget_new_grids", "emptied_grids_again",
        "goes_on_again",
    ):  # fmt: skip
        conn.execute(QUERIES[query], {**given, "start": row[0], "against": held.against})
    for query in ("forget_lineage", "forget_assignment", "forget_shapes"):
        conn.execute(QUERIES[query], given)
    conn.execute(plans.QUERIES["drop_unused_grids"], given)
    conn.execute(QUERIES["free_codes"], given)
    if held.against is not None:
        note = f"plan {held.id} was withdrawn"
        redrawing.add_step(conn, held.against, "published", note=note)


def _before(conn: psycopg.Connection, held: Held, start: date | None) -> int | None:
    """The plan that a new one from ``start`` follows; raises `DayUnusable`, `PlanOvertaken`."""
    if start is None:
        raise DayUnusable("say the day from which the plan is to hold")
    today = read_setting(conn).day()
    if start < today:
        raise DayUnusable(f"{start} has passed: a plan is published from today ({today}) or later")
    given = {"system": held.system_id, "start": start}
    row = conn.execute(QUERIES["before"], given).fetchone()
    assert row is not None  # noqa: S101 - it always gives a row
    before, last = row
    if last is not None and last >= start:
        raise DayUnusable(f"another plan holds from {last}: publish this one from a later day")
    if before != held.against:
        raise PlanOvertaken(
            f"plan {held.id} was begun on plan {held.against}, and plan {before} has come into"
            " force since: begin a draft on that one"
        )
    return None if before is None else int(before)


def _check_blocks(conn: psycopg.Connection, id_: int) -> None:
    row = conn.execute(QUERIES["strange_blocks"], {"id": id_}).fetchone()
    if row and row[0]:
        raise PlanOvertaken(
            f"{row[0]} blocks are others today than when plan {id_} was begun, since blocks were"
            " derived or imported anew: begin another draft"
        )


def _with_codes(
    conn: psycopg.Connection,
    system: plans.System,
    ground: geopandas.GeoDataFrame,
    grids: pd.DataFrame,
) -> pd.DataFrame:
    """The grids with blocks; those without a parent get the area of most of theirs.

    New ones get codes below it. Grids that may cross areas stay without a parent.
    """
    used = {row[0] for row in conn.execute(plans.QUERIES["codes_given"], {"system": system.id})}
    area_code: dict[int, str] = dict(conn.execute(QUERIES["areas"]).fetchall())
    most = ground.groupby("number")["area_id"].agg(lambda areas: areas.mode().iloc[0])
    grids = grids.loc[grids.index.isin(ground["number"])]
    own = grids["parent"].where(grids["parent"].notna(), most.reindex(grids.index).map(area_code))
    new = grids.index[grids["code"].isna()]
    centre = ground.dissolve("number").geometry.centroid.reindex(new)
    code = grids["code"].copy()
    for parent, members in own.loc[new].groupby(own.loc[new], sort=True):
        digits = codes.total_digits(system.code_pattern, str(parent))
        minted = codes.mint(str(parent), len(members), digits, used)
        used.update(minted)
        xy = shapely.get_coordinates(centre.loc[members.index].to_numpy())
        order = codes.serial_order(xy[:, 0], xy[:, 1], ROW_M)
        code.loc[members.index[order]] = minted
    parent_id = grids["parent_id"] if system.across else grids["parent_id"].fillna(most)
    return grids.assign(code=code, parent_id=parent_id)
