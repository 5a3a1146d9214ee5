"""Plans in the database: which grid each block belongs to, and from when."""

import re
from datetime import date
from typing import NamedTuple

import geopandas
import numpy as np
import pandas as pd
import psycopg
from numpy.typing import NDArray

from geo import codes, grids
from geo.store.blocks import read_blocks
from geo.store.database import read_setting
from geo.store.queries import load
from geo.store.staging import copy_rows

QUERIES = load("plans")

# The usual systems; a city may add its own with `luge grids system`.
USUAL_SYSTEMS = {
    "management": ("管理网格", "Management grid"),
    "party": ("党建网格", "Party grid"),
    "police": ("警务网格", "Police grid"),
    "comprehensive": ("综合网格", "Comprehensive grid"),
}
DEFAULT_DIGITS = 15


class NoBlocks(ValueError):
    """Plans assign blocks, and there are none yet."""


class NoHouseholds(ValueError):
    """A target per grid was given, and no block has a number of households."""


class CodesDoNotFit(ValueError):
    """Grid codes and the system's code pattern disagree."""


class System(NamedTuple):
    """A grid system: its id, name, code pattern, and whether its grids may cross areas."""

    id: int
    name: str
    code_pattern: str
    across: bool


class PlanMade(NamedTuple):
    """A plan as written."""

    plan: int
    name: str
    start: date
    grids: int
    blocks: int


def put_system(
    conn: psycopg.Connection,
    code: str,
    *,
    pattern: str | None = None,
    name: str | None = None,
    across: bool = False,
) -> System:
    """Makes the grid system ``code`` or changes it; raises `CodesDoNotFit` for codes in use.

    ``pattern`` is a regular expression every grid code of the system matches (default: 15 digits).
    """
    wanted = pattern or f"^[0-9]{{{DEFAULT_DIGITS}}}$"
    _check_pattern(wanted)
    misfits = conn.execute(QUERIES["misfits"], {"code": code, "pattern": wanted}).fetchall()
    if misfits:
        raise CodesDoNotFit(
            f"the pattern {wanted} does not allow codes in use, such as {misfits[0][0]}"
        )
    zh, en = USUAL_SYSTEMS.get(code, (name or code, code.replace("_", " ").capitalize()))
    values = {"code": code, "name": name or zh, "name_en": en, "pattern": wanted, "across": across}
    conn.execute(QUERIES["put_system"], values)
    return read_system(conn, code)


def _check_pattern(pattern: str) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        raise CodesDoNotFit(f"the code pattern {pattern!r} cannot be read: {error}") from error


def read_system(conn: psycopg.Connection, code: str) -> System:
    """The grid system ``code``; made with its usual name where it is not there yet."""
    row = conn.execute(QUERIES["system"], {"code": code}).fetchone()
    return System(*row) if row else put_system(conn, code)


def init_plan(
    conn: psycopg.Connection,
    system_code: str,
    *,
    households: float | None = None,
    count: int | None = None,
    start: date,
) -> PlanMade:
    """Publishes a first plan: contiguous groups of whole blocks inside each smallest area.

    ``households`` is the target per grid, or ``count`` the number of grids in all. Blocks without a
    number of households weigh by their area. Raises `NoBlocks`.
    """
    system = read_system(conn, system_code)
    blocks = _some_blocks(conn)
    weight = blocks["households"].astype(float)
    if weight.isna().all():
        if count is None:
            raise NoHouseholds(
                "no block has a number of households: say how many grids you want with --count"
            )
        weight = blocks.geometry.area
    group = grids.first_plan(
        geopandas.GeoDataFrame(
            {"area": blocks["area_id"], "weight": weight.fillna(0.0)}, geometry=blocks.geometry
        ),
        target=households,
        count=count,
    )
    named = _name_groups(conn, system, blocks, group)
    return write_plan(conn, system, blocks["id"].to_numpy(), named, start)


def _some_blocks(conn: psycopg.Connection) -> geopandas.GeoDataFrame:
    blocks = read_blocks(conn)
    if blocks.empty:
        raise NoBlocks("there are no blocks yet: `luge blocks derive` makes them from roads")
    return blocks


def _name_groups(
    conn: psycopg.Connection,
    system: System,
    blocks: geopandas.GeoDataFrame,
    group: NDArray[np.int64],
) -> pd.DataFrame:
    """Code, name and parent of the grid of each block."""
    used = {row[0] for row in conn.execute(QUERIES["codes_given"], {"system": system.id})}
    of_group = blocks.assign(group=group).groupby("group", sort=True).first()
    code = pd.Series("", index=of_group.index)
    name = pd.Series("", index=of_group.index)
    for (area_code, area_name), members in of_group.groupby(["area_code", "area_name"], sort=True):
        digits = codes.total_digits(system.code_pattern, str(area_code))
        minted = codes.mint(str(area_code), len(members), digits, used)
        used.update(minted)
        code[members.index] = minted
        name[members.index] = [_grid_name(area_name, n + 1) for n in range(len(members))]
    grid = pd.DataFrame({"code": code, "name": name, "parent_id": of_group["area_id"]})
    return grid.loc[group].reset_index(drop=True)


def _grid_name(area: str, number: int) -> str:
    """What people call a grid: by its community and a number, in the language of the name."""
    return f"{area} grid {number}" if area.isascii() else f"{area}第{number}网格"


def write_plan(
    conn: psycopg.Connection,
    system: System,
    block_ids: NDArray[np.int64],
    grid: pd.DataFrame,
    start: date,
    draft: int | None = None,
) -> PlanMade:
    """Publishes a plan from ``start``: ``grid`` (code, name, parent_id) of each block.

    The plan is a new one, or the ``draft`` of that number. The plan in force before ends on that
    day; one published for the very same day is replaced. Codes that do not fit the system's
    pattern raise `CodesDoNotFit`.
    """
    where = {"system": system.id, "start": start}
    conn.execute(QUERIES["drop_plan_of_same_day"], where)
    conn.execute(QUERIES["close_plan"], where)
    name = f"{system.name} {start:%Y-%m-%d}"
    if draft is None:
        plan = _one(conn, "add_plan", {**where, "name": name})
    else:
        plan = _one(conn, "put_in_force", {**where, "id": draft})
    try:
        ids = _put_grids(conn, system.id, grid)
    except psycopg.errors.CheckViolation as error:
        raise CodesDoNotFit(f"{error.diag.message_primary}; `luge grids system` sets it") from error
    of_block = grid["code"].map(ids).tolist()
    rows = ((plan, system.id, b, g) for b, g in zip(block_ids.tolist(), of_block, strict=True))
    copy_rows(conn, QUERIES["copy_assignments"], rows)
    conn.execute(QUERIES["analyze_assignments"])
    conn.execute(QUERIES["shape_grids"], {"plan": plan})
    conn.execute(QUERIES["drop_unused_grids"], {"system": system.id})
    return PlanMade(plan, name, start, len(ids), len(block_ids))


def read_assignment(
    conn: psycopg.Connection, system: int, day: date | None = None
) -> dict[int, tuple[str, str]]:
    """Block id → (grid code, grid name) under the plan in force on ``day`` (default: today)."""
    found = conn.execute(
        QUERIES["assignment"], {"system": system, "day": day or read_setting(conn).day()}
    )
    return {block: (code, name) for block, code, name in found}


def _put_grids(conn: psycopg.Connection, system: int, grid: pd.DataFrame) -> dict[str, int]:
    unique = grid.drop_duplicates("code").sort_values("code")
    parents = [None if pd.isna(parent) else int(parent) for parent in unique["parent_id"]]
    rows = zip(unique["code"], unique["name"], parents, strict=True)
    return {
        code: _one(
            conn, "put_grid",
            {"system": system, "code": code, "name": name, "parent": parent},
        )
        for code, name, parent in rows
    }  # fmt: skip


def _one(conn: psycopg.Connection, query: str, params: dict[str, object]) -> int:
    row = conn.execute(QUERIES[query], params).fetchone()
    assert row is not None  # noqa: S101 - every one of these returns its id
    return int(row[0])
