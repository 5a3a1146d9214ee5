"""Strokes on a draft: blocks painted, grids and the plan itself changed; each can be undone.

A draft is locked for each stroke and its version rises, so that strokes come one after the other;
whoever had an older version is told what was done since (`geo.store.redrawing.DraftChanged`).
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import psycopg
from psycopg.types.json import Jsonb

from geo.rules import limits_for
from geo.store.database import LOCAL, Reader, read_setting, rows
from geo.store.queries import load
from geo.store.redrawing import QUERIES as REDRAWING
from geo.store.redrawing import hold, raise_version, read_grids

QUERIES = load("strokes")

Told = dict[str, Any]
Moves = Mapping[int, int | None]


class UnknownBlock(ValueError):
    """A stroke names a block that is not in the draft."""


class UnknownGrid(ValueError):
    """The draft has no grid of this number."""


class UnknownParent(ValueError):
    """There is no area of this code for a grid to lie in."""


class GridLocked(ValueError):
    """A stroke would change a grid that is locked."""


class GridInUse(ValueError):
    """A grid that is to go has blocks."""


class NothingToUndo(ValueError):
    """No stroke is left to undo, or to do again."""


class By(NamedTuple):
    """Who changes a draft, which version of it they saw (None: whichever it is), and who asks."""

    seen: int | None = None
    made_by: str = ""
    who: Reader = LOCAL


class Painted(NamedTuple):
    """The version after a stroke, its number (None: nothing changed), and what it changed.

    ``changed``: block, number before, number after. ``grids``: those touched, with their figures.
    """

    version: int
    stroke: int | None
    changed: list[tuple[int, int | None, int | None]]
    grids: list[Told]


def paint(
    conn: psycopg.Connection, id_: int, moves: Moves, by: By, what: str = "paint",
    grids: Mapping[int, Told | None] | None = None,
) -> Painted:  # fmt: skip
    """Puts blocks into the grids of these numbers (None: into none), as one stroke.

    ``grids`` are added, changed, or taken away (None) by the same stroke: name, parent_id, workers,
    locked, grid_id (all of them). Raises `UnknownBlock`, `UnknownGrid`, `GridLocked`, and what
    `geo.store.redrawing.hold` raises.
    """
    held = hold(conn, id_, by.seen)
    assert held.version is not None  # noqa: S101 - a draft has one
    asked = {"id": id_, "blocks": list(moves), "numbers": list(moves.values())}
    if stranger := conn.execute(QUERIES["strangers"], asked).fetchone():
        raise UnknownBlock(f"block {stranger[0]} is not in plan {id_}: it may have been cut since")
    if not grids and conn.execute(QUERIES["differing"], asked).fetchone() is None:
        return Painted(held.version, None, [], [])
    left = {row[0] for row in conn.execute(QUERIES["left"], asked)}
    stroke, version = begin(conn, id_, what, by)
    states = {number: (_state(conn, id_, number), state) for number, state in (grids or {}).items()}
    _note_grids(conn, id_, stroke, states)
    _put_grids(conn, id_, {n: now for n, (_, now) in states.items() if now is not None})
    _check_numbers(conn, id_, set(moves.values()), left)
    changed = conn.execute(QUERIES["move"], {**asked, "stroke": stroke}).fetchall()
    _put_grids(conn, id_, {n: now for n, (_, now) in states.items() if now is None})
    return _painted(conn, id_, by, stroke, version, changed, states)


def undo(conn: psycopg.Connection, id_: int, by: By) -> Painted:
    """Undoes the newest stroke that stands. Raises `NothingToUndo`, and what `hold` raises."""
    return _turn(conn, id_, by, undone=True)


def redo(conn: psycopg.Connection, id_: int, by: By) -> Painted:
    """Does again what was undone last. Raises `NothingToUndo`, and what `hold` raises."""
    return _turn(conn, id_, by, undone=False)


def _turn(conn: psycopg.Connection, id_: int, by: By, *, undone: bool) -> Painted:
    hold(conn, id_, by.seen)
    found = conn.execute(QUERIES["to_undo" if undone else "to_redo"], {"id": id_}).fetchone()
    if found is None:
        raise NothingToUndo(f"plan {id_} has no stroke to {'undo' if undone else 'do again'}")
    stroke, version = int(found[0]), raise_version(conn, id_)
    given = {"id": id_, "stroke": stroke, "undone": undone, "version": version}
    noted = {
        number: (now, was) if undone else (was, now)
        for number, was, now in conn.execute(QUERIES["grids_of"], given)
    }
    _put_grids(conn, id_, {n: after for n, (_, after) in noted.items() if after is not None})
    if plan := conn.execute(QUERIES["plan_of"], given).fetchone():
        _put_plan(conn, id_, plan[0 if undone else 1])
    changed = conn.execute(QUERIES["turn"], given).fetchall()
    _put_grids(conn, id_, {n: after for n, (_, after) in noted.items() if after is None})
    conn.execute(QUERIES["mark"], given)
    return _painted(conn, id_, by, stroke, version, changed, noted)


def add_grid(
    conn: psycopg.Connection, id_: int, by: By,
    *, name: str | None = None, parent: str | None = None, workers: int = 1,
) -> tuple[int, Painted]:  # fmt: skip
    """Adds a grid; returns its number and the stroke. Raises `UnknownParent`, as `hold` does."""
    hold(conn, id_, by.seen)
    number = next_number(conn, id_)
    area = (None, None) if parent is None else _area(conn, parent)
    state = {
        "grid_id": None, "name": name or _new_name(conn, number), "parent_id": area[0],
        "workers": workers, "locked": False,
    }  # fmt: skip
    return number, paint(conn, id_, {}, by, "grid", {number: state})


def _new_name(conn: psycopg.Connection, number: int) -> str:
    return f"New grid {number}" if read_setting(conn).name.isascii() else f"新网格 {number}"


def next_number(conn: psycopg.Connection, id_: int) -> int:
    """The first number that no grid of the draft ever had."""
    return int(_one(conn, "next_number", {"id": id_})[0])


def change_grid(conn: psycopg.Connection, id_: int, number: int, by: By, change: Told) -> Painted:
    """Changes a grid's name, workers or locked. Raises `UnknownGrid`, and what `hold` raises."""
    hold(conn, id_, by.seen)
    now = grid_of(conn, id_, number) | change
    return paint(conn, id_, {}, by, "grid", {number: now})


def drop_grid(conn: psycopg.Connection, id_: int, number: int, by: By) -> Painted:
    """Takes an empty grid away. Raises `UnknownGrid`, `GridInUse`, and what `hold` raises."""
    hold(conn, id_, by.seen)
    grid_of(conn, id_, number)
    blocks = _one(conn, "in_use", {"id": id_, "number": number})[0]
    if blocks:
        raise GridInUse(f"grid {number} of plan {id_} has {blocks} blocks: paint them away first")
    return paint(conn, id_, {}, by, "grid", {number: None})


def change_plan(conn: psycopg.Connection, id_: int, by: By, change: Told) -> int:
    """Changes a draft's name, note or limits (all of them) by a stroke; returns its version.

    Raises `geo.rules.BadLimits`, and what `hold` raises.
    """
    held = hold(conn, id_, by.seen)
    assert held.version is not None  # noqa: S101 - a draft has one
    limits_for(held.system, change.get("limits", {}))
    was = _one(conn, "plan", {"id": id_})[0]
    now = was | change
    if now == was:
        return held.version
    stroke, version = begin(conn, id_, "plan", by)
    given = {"id": id_, "stroke": stroke, "was": Jsonb(was), "now": Jsonb(now)}
    conn.execute(QUERIES["note_plan"], given)
    _put_plan(conn, id_, now)
    return version


def _put_plan(conn: psycopg.Connection, id_: int, now: Told) -> None:
    conn.execute(QUERIES["name_plan"], {"id": id_, "name": now["name"]})
    given = {"id": id_, "note": now["note"], "limits": Jsonb(now["limits"])}
    conn.execute(QUERIES["put_plan"], given)


def grid_of(conn: psycopg.Connection, id_: int, number: int) -> Told:
    """A grid of a draft as strokes know it; raises `UnknownGrid`."""
    state = _state(conn, id_, number)
    if state is None:
        raise UnknownGrid(f"plan {id_} has no grid {number}")
    return state


def _state(conn: psycopg.Connection, id_: int, number: int) -> Told | None:
    row = conn.execute(QUERIES["grid"], {"id": id_, "number": number}).fetchone()
    return row[0] if row else None


def _area(conn: psycopg.Connection, code: str) -> tuple[int, str]:
    row = conn.execute(QUERIES["area"], {"code": code}).fetchone()
    if row is None:
        raise UnknownParent(f"there is no area {code!r}")
    return row[0], row[1]


def _check_numbers(
    conn: psycopg.Connection, id_: int, entered: set[int | None], left: set[int]
) -> None:
    locked: dict[int, bool] = dict(conn.execute(QUERIES["numbers"], {"id": id_}).fetchall())
    touched = sorted(left | {number for number in entered if number is not None})
    for number in touched:
        if number not in locked:
            raise UnknownGrid(f"plan {id_} has no grid {number}")
        if locked[number]:
            raise GridLocked(f"grid {number} of plan {id_} is locked: unlock it to change it")


def begin(conn: psycopg.Connection, id_: int, what: str, by: By) -> tuple[int, int]:
    """The number of a new stroke, and the draft's version with it."""
    conn.execute(QUERIES["drop_undone"], {"id": id_})
    version = raise_version(conn, id_)
    given = {"id": id_, "what": what, "made_by": by.made_by, "version": version}
    return int(_one(conn, "add", given)[0]), version


def _note_grids(
    conn: psycopg.Connection, id_: int, stroke: int,
    states: Mapping[int, tuple[Told | None, Told | None]],
) -> None:  # fmt: skip
    for number, (was, now) in states.items():
        given = {"was": was and Jsonb(was), "now": now and Jsonb(now), "number": number}
        conn.execute(QUERIES["note_grid"], {**given, "id": id_, "stroke": stroke})


def _put_grids(conn: psycopg.Connection, id_: int, states: Mapping[int, Told | None]) -> None:
    for number, state in states.items():
        given = {"id": id_, "number": number, "grid": state and Jsonb(state)}
        conn.execute(QUERIES["put_grid" if state else "drop_grid"], given)


def _painted(
    conn: psycopg.Connection, id_: int, by: By, stroke: int, version: int,
    changed: Sequence[tuple[Any, ...]], grids: Mapping[int, Any],
) -> Painted:  # fmt: skip
    numbers = {n for _, was, now in changed for n in (was, now) if n is not None} | set(grids)
    held = conn.execute(REDRAWING["members"], {"id": id_, "numbers": list(numbers)}).fetchall()
    touched = read_grids(conn, id_, dict(held), by.who, sorted(numbers))
    return Painted(version, stroke, [(b, was, now) for b, was, now in changed], touched)


def _one(conn: psycopg.Connection, query: str, given: Told) -> tuple[Any, ...]:
    row = conn.execute(QUERIES[query], given).fetchone()
    assert row is not None  # noqa: S101 - these give a row
    return row


def since(conn: psycopg.Connection, id_: int, version: int) -> list[Told]:
    """Strokes of a draft done or undone after a version."""
    return rows(conn, QUERIES["since"], {"id": id_, "version": version})
