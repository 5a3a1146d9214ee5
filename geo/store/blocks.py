"""Blocks in the database: derived from lines, written whole, retired but never lost."""

from typing import NamedTuple

import geopandas
import numpy as np
import pandas as pd
import psycopg
import shapely
from numpy.typing import NDArray

from geo import blocks
from geo.store.database import read_setting
from geo.store.network import read_lines
from geo.store.queries import load
from geo.store.staging import copy_rows, or_none, read_frame, to_ewkb

QUERIES = load("blocks")


class NoAreas(ValueError):
    """Blocks lie in areas, and there are none yet."""


class BlocksOverlap(ValueError):
    """Imported blocks would take ground from blocks that stay as they are."""


class BlockChange(NamedTuple):
    """How the blocks differ from the ones before."""

    blocks: int
    kept: int
    changed: int
    added: int
    retired: int


def read_blocks(conn: psycopg.Connection) -> geopandas.GeoDataFrame:
    """Today's blocks: id, code, area_id, area_code, area_name, households, people, geometry."""
    return read_frame(conn, QUERIES["blocks"], srid=read_setting(conn).srid)


def read_parents(conn: psycopg.Connection) -> geopandas.GeoDataFrame:
    """The smallest administrative areas, in which blocks are derived; raises `NoAreas`."""
    parents = read_frame(conn, QUERIES["parents"], srid=read_setting(conn).srid)
    if parents.empty:
        raise NoAreas("there are no areas yet: `luge import areas FILE` first")
    return parents


def derive(
    conn: psycopg.Connection,
    kinds: list[str],
    *,
    extra: NDArray[np.object_] | None = None,
    whole_compounds: bool = True,
) -> BlockChange:
    """Derives blocks from the axes of ``kinds`` and ``extra`` lines within each smallest area.

    Blocks on the same ground as before keep their code and id. In the caller's transaction; the
    caller links the points again.
    """
    srid = read_setting(conn).srid
    parents = read_parents(conn)
    lines = read_lines(conn, kinds)
    if extra is not None:
        lines = np.concatenate([lines, extra])
    compounds = read_frame(conn, QUERIES["compounds"], srid=srid)
    made = blocks.derive_blocks(
        parents,
        lines,
        compounds=compounds.geometry.to_numpy() if whole_compounds and len(compounds) else None,
        known=read_blocks(conn)[["code", "geometry"]],
        used_codes=frozenset(row[0] for row in conn.execute(QUERIES["codes_given"])),
    )
    return write_blocks(conn, _with_people(made, parents, compounds))


def _with_people(
    made: geopandas.GeoDataFrame, parents: geopandas.GeoDataFrame, compounds: geopandas.GeoDataFrame
) -> geopandas.GeoDataFrame:
    area_id = pd.Series(parents["id"].to_numpy(), index=parents["code"])
    made = made.assign(area_id=area_id.loc[made["parent"]].to_numpy())
    for what in ("households", "people"):
        made[what] = blocks.spread(made, parents, compounds, what)
    return made


def write_blocks(conn: psycopg.Connection, made: geopandas.GeoDataFrame) -> BlockChange:
    """Makes ``made`` (code, area_id, households, people, geometry) all blocks of today."""
    _stage(conn, made)
    retired = conn.execute(QUERIES["retire"], {"today": read_setting(conn).today()}).rowcount
    return _merge(conn, len(made), retired)


def put_blocks(conn: psycopg.Connection, made: geopandas.GeoDataFrame) -> BlockChange:
    """Adds or changes the blocks in ``made``; other blocks stay. Raises `BlocksOverlap`."""
    _stage(conn, made)
    lost = conn.execute(QUERIES["overlapped"]).fetchall()
    if lost:
        code, area_m2 = lost[0]
        raise BlocksOverlap(
            f"{len(lost)} blocks that are not in the file would lose ground to new ones"
            f" (first: {code}, {area_m2:.0f} m²): bring all blocks that change in one file"
        )
    return _merge(conn, len(made), 0)


def _stage(conn: psycopg.Connection, made: geopandas.GeoDataFrame) -> None:
    conn.execute(QUERIES["make_stage"])
    rows = zip(
        made["code"].tolist(),
        made["area_id"].tolist(),
        or_none(made["households"]),
        or_none(made["people"]),
        to_ewkb(shapely.normalize(made.geometry.to_numpy()), read_setting(conn).srid),
        strict=True,
    )
    copy_rows(conn, QUERIES["copy_stage"], rows)


def _merge(conn: psycopg.Connection, n: int, retired: int) -> BlockChange:
    changed = conn.execute(QUERIES["update"]).rowcount
    added = conn.execute(QUERIES["add"], {"today": read_setting(conn).today()}).rowcount
    conn.execute(QUERIES["drop_stage"])
    return BlockChange(n, n - changed - added, changed, added, retired)
