"""What a plan lies on: its blocks with their loads, and their borders with why they are there."""

from hashlib import blake2b
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import psycopg
import shapely

from geo import edges, wholes
from geo.load import Rule
from geo.store import changes, loads
from geo.store.database import read_setting
from geo.store.queries import load
from geo.store.staging import read_frame

QUERIES = load("plan_ground")

# What the ground is read from, besides the plan's own list of blocks.
SOURCES = (*loads.SOURCES, "compounds")
# Part of every revision: queries that ask otherwise give another ground.
CODE = blake2b(repr([sorted(q.items()) for q in (QUERIES, loads.QUERIES)]).encode()).hexdigest()


class Ground(NamedTuple):
    """Blocks and borders of a plan, in the district's CRS.

    ``blocks`` (rows 0, 1 …): id, code, area_id, area, area_name, parents (codes, the smallest
    first), street, compound (id or NaN), x, y (a point inside), outline_m, geometry, and all that
    `geo.store.loads.Loads.blocks` has. ``edges``: as `geo.edges.explain` gives them. ``wholes``:
    what should stay together, as `kept_whole` gives it. ``across``: grids may cross areas.
    """

    blocks: gpd.GeoDataFrame
    edges: pd.DataFrame
    loads: loads.Loads
    wholes: pd.DataFrame
    across: bool


def revision(conn: psycopg.Connection, plan: int, rule: Rule) -> str:
    """Changes when the ground of ``plan`` may have; painting does not change it."""
    (numbers,) = conn.execute(QUERIES["numbers"], {"plan": plan}).fetchone() or ("",)
    known = changes.revisions(conn)
    parts = [numbers, rule, read_setting(conn).today(), CODE, *(known[s] for s in SOURCES)]
    return blake2b(repr(parts).encode(), digest_size=12).hexdigest()


def read(conn: psycopg.Connection, plan: int, rule: Rule) -> Ground:
    """The ground of ``plan``, weighed by ``rule``."""
    blocks = read_blocks(conn, plan)
    weighed = loads.of_blocks(conn, rule, ids=blocks["id"].tolist())
    mine = weighed.blocks.drop(columns=["code", "area_id"]).loc[blocks["id"]]
    blocks = blocks.join(mine.reset_index(drop=True))
    blocks["outline_m"] = shapely.length(blocks.geometry.to_numpy())
    system = conn.execute(QUERIES["system"], {"plan": plan}).fetchone()
    across = bool(system and system[1])
    return Ground(blocks, explained(conn, blocks), weighed, kept_whole(conn, blocks), across)


def read_blocks(conn: psycopg.Connection, plan: int) -> gpd.GeoDataFrame:
    """The blocks of ``plan`` (by id) without their loads."""
    srid = read_setting(conn).srid
    blocks = read_frame(conn, QUERIES["blocks"], {"plan": plan}, srid=srid)
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


def kept_whole(conn: psycopg.Connection, blocks: gpd.GeoDataFrame) -> pd.DataFrame:
    """Compounds and protected places with their ``blocks`` (rows): kind, name, place, block."""
    srid, found = read_setting(conn).srid, []
    for query in ("compounds", "protected"):
        places = read_frame(conn, QUERIES[query], srid=srid)
        spans = wholes.spans(places.geometry.to_numpy(), blocks.geometry.to_numpy())
        at = spans["place"].to_numpy()
        kind = places["kind"] if query == "protected" else pd.Series("compound", places.index)
        name = places["name"].to_numpy(object)[at]
        found.append(spans.assign(kind=kind.to_numpy(object)[at], name=name, place=at))
    found[1]["place"] += len(blocks) + len(found[0])  # other places than compounds
    return pd.concat(found, ignore_index=True)[["kind", "name", "place", "block"]]
