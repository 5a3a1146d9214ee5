"""What became of the grids of one plan in the next: written when it is published, told before."""

from typing import Any

import geopandas
import numpy as np
import pandas as pd
import psycopg

from geo.lineage import NONE, lineage
from geo.store import redrawing
from geo.store.database import read_setting, rows
from geo.store.queries import load
from geo.store.staging import copy_rows, read_frame

QUERIES = load("publishing")

DRAFT_GRID = ["number", "name", "parent_id", "grid_id", "code", "parent"]

Told = dict[str, Any]


def ground_of(conn: psycopg.Connection, id_: int) -> geopandas.GeoDataFrame:
    """The blocks of a draft: id, number, area_id, households, geometry."""
    return read_frame(conn, QUERIES["ground"], {"id": id_}, srid=read_setting(conn).srid)


def grids_of(conn: psycopg.Connection, id_: int, before: int | None) -> pd.DataFrame:
    """The draft's grids by number; a code only where it is one of the plan ``before``."""
    found = rows(conn, QUERIES["draft_grids"], {"id": id_})
    grids = pd.DataFrame(found, columns=DRAFT_GRID, dtype=object).set_index("number")
    in_force = {grid for _, grid in conn.execute(QUERIES["assigned"], {"plan": before})}
    goes_on = grids["grid_id"].isin(in_force)
    return grids.assign(code=grids["code"].where(goes_on, None))


def write(
    conn: psycopg.Connection, id_: int, before: int | None, ground: geopandas.GeoDataFrame
) -> None:
    """Writes how the grids of the plan ``before`` became those of a plan that is published."""
    if before is None:
        return
    then, now = (
        ground["id"].map(dict(conn.execute(QUERIES["assigned"], {"plan": plan}).fetchall()))
        for plan in (before, id_)
    )
    made = lineage(_or_none(then), _or_none(now), ground["households"].astype(np.int64))
    ends = ([None if grid == NONE else int(grid) for grid in made[end]]
            for end in ("from_grid", "to_grid"))  # fmt: skip
    rest = (made[column].tolist() for column in ("kind", "blocks", "households"))
    copy_rows(conn, QUERIES["copy_lineage"],
              ((id_, *row) for row in zip(*ends, *rest, strict=True)))  # fmt: skip


def _or_none(grid: pd.Series) -> Any:
    return grid.fillna(NONE).astype(np.int64).to_numpy()


def read(conn: psycopg.Connection, id_: int) -> list[Told]:
    """What became of the grids before a plan; of a draft, what it would be.

    Raises `geo.store.redrawing.UnknownPlan`.
    """
    plan = redrawing.known(conn, id_)
    if plan["status"] in ("published", "superseded"):
        return rows(conn, QUERIES["lineage"], {"id": id_})
    return _lineage_to_be(conn, id_)


def _lineage_to_be(conn: psycopg.Connection, id_: int) -> list[Told]:
    """New grids have no id yet, so that here they get numbers above all ids."""
    held = redrawing.look(conn, id_)
    ground = ground_of(conn, id_)
    grids = grids_of(conn, id_, held.against)
    then = ground["id"].map(
        dict(conn.execute(QUERIES["assigned"], {"plan": held.against}).fetchall())
    )
    found = conn.execute(QUERIES["grid_names"], {"system": held.system_id}).fetchall()
    names = {id_: (code, name) for id_, code, name in found}
    first = max(names, default=0) + 1
    own = grids["grid_id"].where(grids["code"].notna(), first + grids.index)
    name = {int(own[n]): (None, grids["name"][n], n) for n in grids.index}
    made = lineage(_or_none(then), _or_none(ground["number"].map(own)), ground["households"])
    return [_told(row, names, name) for row in made.itertuples()]


def _told(row: Any, names: dict[int, Any], of_draft: dict[int, Any]) -> Told:
    from_code, from_name = names.get(row.from_grid, (None, None))
    _, to_name, to_number = of_draft.get(row.to_grid, (None, None, None))
    to_code, _ = names.get(row.to_grid, (None, None))
    return {
        "kind": row.kind, "blocks": int(row.blocks), "households": int(row.households),
        "from_id": None if row.from_grid == NONE else int(row.from_grid),
        "from_code": from_code, "from_name": from_name,
        "to_id": None if to_code is None else int(row.to_grid),
        "to_code": to_code, "to_name": to_name,
        "to_number": None if to_number is None else int(to_number),
    }  # fmt: skip
