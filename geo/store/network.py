"""The road network in the database, made from its ways by `geo.network`."""

from typing import NamedTuple

import geopandas
import numpy as np
import pandas as pd
import psycopg
import shapely
from numpy.typing import NDArray

from geo import frontage, network, replaying, succession
from geo.editing import Piece
from geo.replaying import Edit
from geo.store import carrying
from geo.store.database import read_setting
from geo.store.queries import load
from geo.store.staging import copy_rows, or_none, read_frame, to_ewkb

QUERIES = load("network")


LOST_M = 1.0
"""A duty may lose so much where the ways came otherwise than before."""


class DutiesInTheWay(ValueError):
    """The ground of duties would be gone."""


class NetworkChange(NamedTuple):
    """How a rebuilt network differs from the one before.

    Edits by hand are ``lapsed`` where what they changed is not there any more; ``walked_m`` are
    metres passed on patrols whose ground is on no segment any more, and which are dropped.
    """

    nodes: int
    segments: int
    kept: int
    added: int
    removed: int
    lapsed: int
    walked_m: float


def rebuild_network(conn: psycopg.Connection) -> NetworkChange:
    """Makes nodes, segments and sides anew from all ways, in the caller's transaction.

    A segment whose ground is the same keeps its id. The caller links points again (see
    `geo.store.relinking`): the transaction cannot end while one is on a segment that went.
    Edits by hand are done again. Duties, passes and what else lies on sides goes to where its
    ground is now; passes without any are dropped, and told of. Raises `DutiesInTheWay` where a
    duty's ground is on no segment any more.
    """
    srid = read_setting(conn).srid
    ways = read_frame(conn, QUERIES["ways"], srid=srid)
    made, lapsed = replaying.replay(network.build_network(ways), _edits(conn))
    known = read_frame(conn, QUERIES["segments"], srid=srid)
    matched = network.match_known(known, made.segments.geometry.to_numpy())
    gone = np.setdiff1d(known["id"].to_numpy(np.int64), matched).tolist()
    ids = np.where(matched < 0, 0, matched)
    ids[matched < 0] = _next_ids(conn, "segment", int((matched < 0).sum()))
    held = carrying.take_up(conn, [*gone, *_changed(known, made.segments, matched)])
    pieces = _pieces(known, made.segments, ids, held)
    node_ids = _write_nodes(conn, made.nodes, srid)
    _write_segments(conn, made.segments, ids, node_ids, srid)
    _write_sides(conn, made.segments, ids, srid)
    carrying.put_down(conn, held, _measured(conn, pieces, made.segments, ids))
    for query in ("delete_sides", "delete_segments"):
        conn.execute(QUERIES[query], {"ids": gone})
    conn.execute(QUERIES["drop_lonely_nodes"])
    conn.execute(QUERIES["drop_empty_roads"])
    kept = int((matched >= 0).sum())
    walked_m = _lost(held["pass"], pieces)
    return NetworkChange(
        len(made.nodes), len(ids), kept, len(ids) - kept, len(gone), lapsed, walked_m
    )


def _lost(stretches: pd.DataFrame, pieces: list[Piece]) -> float:
    """Metres of stretches that lie on no piece, where a stretch loses more than a little."""
    lost = succession.lost_m(stretches, pieces)
    return float(lost[lost > LOST_M].sum())


def _edits(conn: psycopg.Connection) -> list[Edit]:
    return [
        Edit(op, kind, *(shape and shapely.from_wkb(shape) for shape in shapes))
        for op, kind, *shapes in conn.execute(QUERIES["edits"]).fetchall()
    ]


def _changed(
    known: geopandas.GeoDataFrame, segments: geopandas.GeoDataFrame, matched: NDArray[np.int64]
) -> list[int]:
    """The segments that stay but have another axis than before."""
    stay = matched >= 0
    before = known.set_index("id").geometry.loc[matched[stay]].to_numpy()
    same = shapely.equals_exact(before, segments.geometry.to_numpy()[stay])
    return [int(id_) for id_ in matched[stay][~same]]


def _pieces(
    known: geopandas.GeoDataFrame,
    segments: geopandas.GeoDataFrame,
    ids: NDArray[np.int64],
    held: carrying.Held,
) -> list[Piece]:
    """Where what lies on segments that go or change will lie; raises `DutiesInTheWay`."""
    busy = np.unique(np.concatenate([frame["segment"].to_numpy() for frame in held.values()]))
    old = known[known["id"].isin(busy)]
    if old.empty:
        return []
    pieces = succession.pieces(_axes(old["id"].to_numpy(np.int64), old), _axes(ids, segments))
    lost: set[int] = set()
    for table in carrying.PROMISED:
        frame = held[table]
        lost.update(frame["segment"][succession.lost_m(frame, pieces) > LOST_M])
    if lost:
        names = old.loc[old["id"].isin(lost), "road_name"].fillna("(no name)").unique()
        raise DutiesInTheWay(
            f"the ground of {len(lost)} segments would be gone, and chiefs or bodies have some of"
            f" it ({'、'.join(names[:5])}): end those duties first, or import the ways as they were"
        )
    return pieces


def _axes(ids: NDArray[np.int64], frame: geopandas.GeoDataFrame) -> succession.Axes:
    names = frame["road_name"].astype(object).where(frame["road_name"].notna(), "")
    keys = (frame["kind"].astype(str) + "|" + names.astype(str)).to_numpy(object).astype(str)
    return succession.Axes(ids, np.asarray(frame.geometry.to_numpy(), object), keys)


def _measured(
    conn: psycopg.Connection,
    pieces: list[Piece],
    segments: geopandas.GeoDataFrame,
    ids: NDArray[np.int64],
) -> list[Piece]:
    """The pieces with the new lengths exactly as the database has them."""
    here = dict(zip(ids.tolist(), shapely.length(segments.geometry.to_numpy()), strict=True))
    asked = {"ids": [piece.new for piece in pieces]}
    there: dict[int, float] = dict(conn.execute(QUERIES["lengths"], asked).fetchall())
    return [one._replace(to=one.to * (there[one.new] / here[one.new])) for one in pieces]


def read_lines(conn: psycopg.Connection, kinds: list[str]) -> NDArray[np.object_]:
    """Axes of all segments of ``kinds`` (road, lane, river, rail) as LineStrings."""
    frame = read_frame(conn, QUERIES["lines"], {"kinds": kinds}, srid=read_setting(conn).srid)
    return np.asarray(frame.geometry.to_numpy(), object)


def _next_ids(conn: psycopg.Connection, table: str, n: int) -> NDArray[np.int64]:
    found = conn.execute(QUERIES["next_ids"], {"table": table, "n": n}).fetchall()
    return np.array([row[0] for row in found], np.int64)


def _write_nodes(
    conn: psycopg.Connection, nodes: geopandas.GeoDataFrame, srid: int
) -> NDArray[np.int64]:
    ids = _next_ids(conn, "node", len(nodes))
    shapes = to_ewkb(nodes.geometry.to_numpy(), srid)
    copy_rows(conn, QUERIES["copy_nodes"], zip(ids.tolist(), shapes, strict=True))
    return ids


def _write_segments(
    conn: psycopg.Connection,
    segments: geopandas.GeoDataFrame,
    ids: NDArray[np.int64],
    node_ids: NDArray[np.int64],
    srid: int,
) -> None:
    conn.execute(QUERIES["make_segment_stage"])
    rows = zip(
        ids.tolist(),
        _road_ids(conn, segments),
        or_none(segments["seq"]),
        segments["kind"].tolist(),
        segments["class"].tolist(),
        segments["width_m"].tolist(),
        node_ids[segments["from_node"].to_numpy()].tolist(),
        node_ids[segments["to_node"].to_numpy()].tolist(),
        to_ewkb(segments.geometry.to_numpy(), srid),
        to_ewkb(frontage.surfaces(segments), srid),
        strict=True,
    )
    copy_rows(conn, QUERIES["copy_segments"], rows)
    conn.execute(QUERIES["put_segments"])
    conn.execute(QUERIES["drop_segment_stage"])


def _road_ids(conn: psycopg.Connection, segments: geopandas.GeoDataFrame) -> list[int | None]:
    pairs = list(zip(or_none(segments["road_name"]), segments["kind"].tolist(), strict=True))
    named = sorted({(str(name), kind) for name, kind in pairs if name})
    names, kinds = [name for name, _ in named], [kind for _, kind in named]
    conn.execute(QUERIES["add_roads"], {"names": names, "kinds": kinds})
    of = {(name, kind): i for i, name, kind in conn.execute(QUERIES["roads"]).fetchall()}
    return [of[(name, kind)] if name else None for name, kind in pairs]


def _write_sides(
    conn: psycopg.Connection,
    segments: geopandas.GeoDataFrame,
    ids: NDArray[np.int64],
    srid: int,
) -> None:
    strips = frontage.frontages(segments)
    conn.execute(QUERIES["make_side_stage"])
    shapes = to_ewkb(frontage.as_multi(strips.geometry.to_numpy()), srid)
    of = ids[strips["segment"].to_numpy()].tolist()
    rows = zip(of, strips["side"].tolist(), shapes, strict=True)
    copy_rows(conn, QUERIES["copy_sides"], rows)
    conn.execute(QUERIES["put_sides"])
    conn.execute(QUERIES["drop_side_stage"])
