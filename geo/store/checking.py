"""Areas and blocks checked as coverages: every level on its own, and within its parents."""

from typing import NamedTuple

import geopandas
import numpy as np
import pandas as pd
import psycopg
import shapely

from geo import repair as mending
from geo import topology
from geo.pieces import Geometries
from geo.store.database import read_setting
from geo.store.queries import load
from geo.store.relinking import following
from geo.store.staging import read_frame, to_ewkb

QUERIES = load("checking")
AREA_LEVELS = ("district", "street", "community")
LAYERS = (*AREA_LEVELS, "block")


class UnknownLayer(ValueError):
    """There is no such layer to check."""


class BlockInParts(ValueError):
    """A repair would tear a block into parts."""


class Repaired(NamedTuple):
    """What a repair did to one layer: features changed, ground moved, and the pieces moved."""

    layer: str
    features: int
    area_m2: float
    moved: geopandas.GeoDataFrame


def check(
    conn: psycopg.Connection, layer: str, sliver_width_m: float = 1.0
) -> geopandas.GeoDataFrame:
    """What keeps a layer (district, street, community, block) from being a coverage of its parents.

    One row per piece: kind (invalid, overlap, sliver, gap, outside, uncovered), a and b (codes of
    the features it concerns), area_m2, width_m, reason, geometry. See `geo.topology.check`.
    """
    frame = _layer(conn, layer)
    parents = _parents(conn, frame)
    found = [_named(topology.check(frame.geometry, sliver_width_m=sliver_width_m), frame)]
    for parent_id, members in frame.groupby("parent_id"):
        members = members.reset_index(drop=True)
        pieces = topology.check(members.geometry, parents[parent_id], sliver_width_m)
        against = pieces[pieces["kind"].isin(("outside", "uncovered"))]
        found.append(_named(against, members))
    pieces = geopandas.GeoDataFrame(
        pd.concat(found, ignore_index=True), geometry="geometry", crs=frame.crs
    )
    pieces.insert(0, "layer", layer)
    return pieces


def repair(conn: psycopg.Connection, layer: str, width_m: float) -> Repaired:
    """Closes gaps and overlaps of a layer narrower than ``width_m``, in the caller's transaction.

    Points are linked again where blocks changed. Raises `geo.repair.FeatureLost` rather than drop
    a feature, `BlockInParts` rather than tear a block.
    """
    frame = _layer(conn, layer)
    geoms = _repaired(frame, _parents(conn, frame), width_m)
    changed = np.flatnonzero(~shapely.equals_exact(frame.geometry.to_numpy(), geoms, tolerance=0.0))
    if layer == "block":
        geoms = _single(geoms, frame["code"].to_numpy())
    query = QUERIES["put_block" if layer == "block" else "put_area"]
    ids = frame["id"].to_numpy()[changed].tolist()
    shapes = to_ewkb(geoms[changed], read_setting(conn).srid)
    with following(conn), conn.cursor() as cursor:
        cursor.executemany(query, [{"id": i, "geom": g} for i, g in zip(ids, shapes, strict=True)])
    moved = mending.moved(frame.geometry, geoms)
    moved.insert(0, "code", frame["code"].to_numpy()[moved["feature"]])
    gained = float(moved.loc[moved["change"] == "gained", "area_m2"].sum())
    return Repaired(layer, len(changed), gained, moved.drop(columns="feature"))


def _repaired(
    frame: geopandas.GeoDataFrame, parents: dict[int, shapely.Geometry], width_m: float
) -> Geometries:
    """The features fitted to each other within their parent, then across the parents' borders."""
    geoms = frame.geometry.copy()
    for parent_id, members in frame.groupby("parent_id"):
        fitted, _ = mending.repair(members.geometry, width_m, parents[parent_id])
        geoms[members.index] = fitted
    fitted, _ = mending.repair(geoms, width_m)
    return fitted


def _layer(conn: psycopg.Connection, layer: str) -> geopandas.GeoDataFrame:
    if layer not in LAYERS:
        raise UnknownLayer(f"{layer!r} is no layer to check; choose one of {', '.join(LAYERS)}")
    query = QUERIES["blocks" if layer == "block" else "areas"]
    params: dict[str, object] = {} if layer == "block" else {"level": layer}
    return read_frame(conn, query, params, srid=read_setting(conn).srid)


def _parents(
    conn: psycopg.Connection, frame: geopandas.GeoDataFrame
) -> dict[int, shapely.Geometry]:
    if frame["parent_id"].isna().all():
        return {}
    areas = read_frame(conn, QUERIES["parents"], srid=read_setting(conn).srid)
    return dict(zip(areas["id"], areas.geometry, strict=True))


def _named(pieces: geopandas.GeoDataFrame, frame: geopandas.GeoDataFrame) -> geopandas.GeoDataFrame:
    """Pieces with codes in place of positions."""
    codes = np.array([*frame["code"], None], object)
    return pieces.assign(a=codes[pieces["a"].to_numpy(int)], b=codes[pieces["b"].to_numpy(int)])


def _single(geoms: Geometries, codes: Geometries) -> Geometries:
    torn = np.flatnonzero(shapely.get_num_geometries(geoms) > 1)
    if len(torn):
        raise BlockInParts(
            f"the repair would leave {len(torn)} blocks in parts (first: {codes[torn[0]]}):"
            " repair with a smaller width"
        )
    return np.asarray(shapely.get_geometry(geoms, 0), object)
