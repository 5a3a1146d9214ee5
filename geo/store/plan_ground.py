"""What a plan lies on: its blocks with their loads, and their borders with why they are there."""

from hashlib import blake2b
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import psycopg
import shapely

from geo import edges, wholes
from geo.load import Rule
from geo.store import changes, loads
from geo.store.database import Rows, read_setting, rows
from geo.store.queries import load
from geo.store.staging import read_frame

QUERIES = load("plan_ground")

# What the ground is read from, besides the plan's own list of blocks.
SOURCES = (*loads.SOURCES, "compounds")


class NoPlanHere(ValueError):
    """There is no plan of this number."""


class Ground(NamedTuple):
    """Blocks and borders of a plan, in the district's CRS.

    ``blocks`` (rows 0, 1 …): id, code, area_id, area, area_name, parents (codes, the smallest
    first), street, compound (id or NaN), x, y (a point inside), geometry, and all that
    `geo.store.loads.Loads.blocks` has. ``edges``: as `geo.edges.explain` gives them.
    """

    blocks: gpd.GeoDataFrame
    edges: pd.DataFrame
    loads: loads.Loads


def plan_of(conn: psycopg.Connection, plan: int) -> dict[str, Any]:
    """The plan ``plan``: id, system_id, system, across, code_pattern, status, based_on, wishes,
    drafted. Raises `NoPlanHere`."""
    found: Rows = rows(conn, QUERIES["plan"], {"plan": plan})
    if not found:
        raise NoPlanHere(f"there is no plan {plan}; `luge plan list` names those there are")
    return found[0]


def revision(conn: psycopg.Connection, plan: int, rule: Rule) -> str:
    """Changes when the ground of ``plan`` may have; painting does not change it."""
    (numbers,) = conn.execute(_of_plan("numbers"), {"plan": plan}).fetchone() or ("",)
    known = changes.revisions(conn)
    parts = [numbers, rule, read_setting(conn).today(), *(known[s] for s in SOURCES)]
    return blake2b(repr(parts).encode(), digest_size=12).hexdigest()


def read(conn: psycopg.Connection, plan: int, rule: Rule) -> Ground:
    """The ground of ``plan``, weighed by ``rule``."""
    blocks = read_blocks(conn, plan)
    weighed = loads.of_blocks(conn, rule, plan=plan)
    mine = weighed.blocks.drop(columns=["code", "area_id"]).loc[blocks["id"]]
    blocks = blocks.join(mine.reset_index(drop=True))
    return Ground(blocks, explained(conn, blocks), weighed)


def read_blocks(conn: psycopg.Connection, plan: int) -> gpd.GeoDataFrame:
    """The blocks of ``plan`` without their loads."""
    srid = read_setting(conn).srid
    blocks = read_frame(conn, _of_plan("blocks"), {"plan": plan}, srid=srid)
    inner = shapely.get_coordinates(shapely.point_on_surface(blocks.geometry.to_numpy()))
    blocks["x"], blocks["y"] = inner.reshape(-1, 2).T
    compounds = read_frame(conn, QUERIES["compounds"], srid=srid)
    spans = wholes.spans(compounds.geometry.to_numpy(), blocks.geometry.to_numpy())
    main = wholes.main_place(spans, len(blocks))
    ids = np.append(compounds["id"].to_numpy(float), np.nan)
    return blocks.assign(compound=ids[main])


def explained(conn: psycopg.Connection, blocks: gpd.GeoDataFrame) -> pd.DataFrame:
    """The borders between ``blocks`` (`geo.edges.explain`)."""
    srid = read_setting(conn).srid
    segments, compounds = (
        read_frame(conn, QUERIES[name], srid=srid) for name in ("segments", "compounds")
    )
    along = edges.lines(segments, compounds)
    return edges.explain(blocks[["area", "area_name", "geometry"]], along)


def _of_plan(name: str) -> bytes:
    return QUERIES[name].replace(b"{which}", loads.QUERIES["of_plan"])
