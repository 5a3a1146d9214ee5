"""Proposals of the engine for drafts of plans: booked, computed, read, stopped, applied.

A proposal is a row from the moment that it is asked for. Whoever computes it says there how far it
is; one that has given no sign for long was broken off.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import psycopg
from psycopg.types.json import Jsonb

from geo.layers import SMALL_COUNTS
from geo.progress import Say, silence
from geo.store import proposed, strokes
from geo.store.computing import Begin, Books, carry_out, fail_silent
from geo.store.database import LOCAL, Reader, rows
from geo.store.queries import load
from geo.store.redrawing import hold, known
from geo.store.staging import copy_rows
from geo.store.strokes import By, Painted

QUERIES = load("proposals")
BOOKS = Books("proposal", QUERIES)

TASKS = ("rebalance", "redraw", "split", "merge", "add", "drop", "unite")

MOST_PROPOSALS = 50

Told = dict[str, Any]


class NoSuchProposal(ValueError):
    """There is no proposal of this number for the plan."""


class ProposalNotReady(ValueError):
    """The proposal is still computed, or has failed or been applied."""


class ProposalOvertaken(ValueError):
    """The draft has changed since, where the proposal would change it."""


class Asked(NamedTuple):
    """What is asked of the engine: as `geo.balance.posts.Wish`, with ids of ``blocks`` and codes of
    grid ``systems``.
    """

    task: str = "rebalance"
    number: int | None = None
    grids: int | None = None
    blocks: tuple[int, ...] = ()
    systems: tuple[str, ...] = ()
    tolerance: float = 0.1


def make(
    conn: psycopg.Connection, plan: int, asked: Asked, seed: int = 0, made_by: str = ""
) -> int:
    """Books a proposal that is to be computed; returns its number.

    Raises what `geo.store.redrawing.hold` raises.
    """
    held = hold(conn, plan, None)
    given = {"plan": plan, "version": held.version, "task": asked.task, "seed": seed,
             "wishes": Jsonb(asked._asdict()), "made_by": made_by}  # fmt: skip
    row = conn.execute(QUERIES["make"], given).fetchone()
    assert row is not None  # noqa: S101 - an insert gives its row
    return int(row[0])


def compute(begin: Begin, id_: int, say: Say = silence) -> None:
    """Computes a booked proposal; ``begin`` opens a transaction. A failure is written down."""

    def work(beat: Say, stopped: Callable[[], bool]) -> None:
        with begin() as conn:
            row = _find(conn, id_)
            given: Told = {k: tuple(v) if isinstance(v, list) else v
                           for k, v in row["wishes"].items()}  # fmt: skip
            ground = proposed.read(conn, row["plan_id"], Asked(**given))
        made = proposed.propose(ground, row["seed"], beat, stopped)
        with begin() as conn:
            _write(conn, id_, made)

    carry_out(BOOKS, begin, id_, work, say)


def _write(conn: psycopg.Connection, id_: int, made: proposed.Made) -> None:
    if conn.execute(QUERIES["finish"], {"id": id_, "figures": Jsonb(made.figures)}).rowcount == 0:
        return  # the draft was discarded meanwhile
    copy_rows(conn, QUERIES["put_blocks"], ((id_, *change) for change in made.changed))
    for number, (was, now) in made.grids.items():
        given = {"id": id_, "number": number, "was": was and Jsonb(was), "now": now and Jsonb(now)}
        conn.execute(QUERIES["put_grid"], given)


def listed(conn: psycopg.Connection, plan: int, who: Reader = LOCAL) -> list[Told]:
    """The newest proposals for a plan in short, newest first. Raises `UnknownPlan`."""
    known(conn, plan)
    fail_silent(conn, BOOKS)
    full = SMALL_COUNTS in who.rights
    return rows(conn, QUERIES["page"], {"plan": plan, "limit": MOST_PROPOSALS, "full": full})


def read(conn: psycopg.Connection, plan: int, id_: int, who: Reader = LOCAL) -> Told:
    """A proposal: how far it is; then its figures, and ``changed``: block, number before, after.

    Figures are by the loads that ``who`` may be told.

    Raises `NoSuchProposal`.
    """
    fail_silent(conn, BOOKS)
    row = _find(conn, id_, plan)
    found = {k: v for k, v in row.items() if k not in ("across", "stop", "beat_at")}
    found["plan"] = found.pop("plan_id")
    if found["figures"]:
        few = found["figures"].pop("discreet", None)
        found["figures"] = found["figures"] if SMALL_COUNTS in who.rights else few
    found["changed"] = [list(r) for r in conn.execute(QUERIES["blocks"], {"id": id_})]
    return found


def stop(conn: psycopg.Connection, plan: int, id_: int) -> None:
    """Has a proposal under way end with the best so far.

    Raises `NoSuchProposal`, `ProposalNotReady`.
    """
    status = _find(conn, id_, plan)["status"]
    if conn.execute(QUERIES["stop"], {"id": id_}).fetchone() is None:
        raise ProposalNotReady(f"proposal {id_} is {status}, so there is nothing to stop")


def apply(conn: psycopg.Connection, plan: int, id_: int, by: By) -> Painted:
    """Paints a proposal on its draft, as one stroke of the engine.

    Raises `NoSuchProposal`, `ProposalNotReady`, `ProposalOvertaken`, and what
    `geo.store.strokes.paint` raises.
    """
    hold(conn, plan, by.seen)
    conn.execute(QUERIES["lock"], {"id": id_})
    row = _find(conn, id_, plan)
    if row["status"] != "ready":
        raise ProposalNotReady(f"proposal {id_} is {row['status']}; only a ready one is applied")
    given = {"id": id_, "plan": plan}
    _not_overtaken(conn, given)
    moves = {block: now for block, _, now in conn.execute(QUERIES["blocks"], given)}
    grids = {number: now for number, _, now in conn.execute(QUERIES["grids"], given)}
    painted = strokes.paint(conn, plan, moves, by, "engine", grids)
    conn.execute(QUERIES["applied"], given)
    return painted


def _not_overtaken(conn: psycopg.Connection, given: Told) -> None:
    if blocks := conn.execute(QUERIES["outdated"], given).fetchall():
        raise ProposalOvertaken(
            f"{len(blocks)} of the blocks that proposal {given['id']} would move were painted"
            " since; ask for a new one"
        )
    if grids := conn.execute(QUERIES["strange"], given).fetchall():
        numbers = ", ".join(str(number) for (number,) in grids[:3])
        raise ProposalOvertaken(
            f"grids of the draft have changed since proposal {given['id']} was made: {numbers};"
            " ask for a new one"
        )


def _find(conn: psycopg.Connection, id_: int, plan: int | None = None) -> Told:
    found = rows(conn, QUERIES["find"], {"id": id_, "plan": plan})
    if not found:
        raise NoSuchProposal(f"there is no proposal {id_}{f' for plan {plan}' if plan else ''}")
    row: Told = found[0]
    return row
