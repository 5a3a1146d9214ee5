"""The network edited by hand: segments split, joined and drawn anew, each in one transaction.

Duties, passes and whatever lies on sides go along; links of points near by are made again. Every
edit is remembered by its ground, so that a network made anew from its ways has it, too.
"""

from typing import Any, NamedTuple

import geopandas
import numpy as np
import psycopg
import shapely
from psycopg.rows import namedtuple_row

from geo import crs, editing, frontage
from geo.editing import CannotEdit, Piece
from geo.network import MESH
from geo.store import carrying
from geo.store.database import read_setting, rows
from geo.store.queries import load
from geo.store.relinking import Followed, relink_near
from geo.store.staging import to_ewkb
from geo.store.turns import take_turn

QUERIES = load("editing")

LINKED = ("road", "lane")
"""Kinds that points are linked to."""


class NoSuchSegment(ValueError):
    """There is no segment of this number."""


class SegmentChanged(ValueError):
    """The segment is not any more what the request was made on."""


class By(NamedTuple):
    """Who edits, and which version of the segment they saw (None: whichever it is)."""

    actor: str | None = None
    version: str | None = None


class Edited(NamedTuple):
    """The segments as they are now, and how many points near by were linked anew."""

    segments: list[int]
    points: int
    moved: int


class Drawn(NamedTuple):
    """A line as drawn: x (longitude or easting) and y of its points in the datum ``crs``."""

    points: list[tuple[float, float]]
    crs: str = "wgs84"


NOBODY = By()


def read(conn: psycopg.Connection, segment: int) -> dict[str, Any]:
    """A segment with its axis in degrees and what it meets; raises `NoSuchSegment`."""
    found = rows(conn, QUERIES["read"], {"segment": segment})
    if not found:
        raise NoSuchSegment(f"there is no segment {segment}")
    return found[0]


def split(conn: psycopg.Connection, segment: int, at_m: float, by: By = NOBODY) -> Edited:
    """Splits a segment at a chainage; the first part keeps its number.

    Raises `NoSuchSegment`, `SegmentChanged`, `geo.editing.CannotEdit`.
    """
    (old,) = _lock(conn, [segment], by)
    axes = editing.split(shapely.from_wkb(old.geom), at_m)
    held = carrying.take_up(conn, [segment])
    seam = shapely.get_point(axes[1], 0)
    node = _one(conn, "add_node", {"geom": _ewkb(conn, seam)})
    second = _one(conn, "next_id", {})
    if old.seq is not None:
        _shift(conn, old.road_id, old.seq, 1)
    parts = (
        old._replace(to_node=node),
        old._replace(id=second, from_node=node, seq=None if old.seq is None else old.seq + 1),
    )
    lengths = [
        _write(conn, query, part, axis)
        for query, part, axis in zip(("set_axis", "add"), parts, axes, strict=True)
    ]
    numbered = list(zip((segment, second), lengths, strict=True))
    carrying.put_down(conn, held, editing.pieces_of_split(segment, old.length_m, numbered))
    _remember(conn, old.kind, by, op="split", spot=seam)
    return _edited(conn, [segment, second], old, axes)


def join(conn: psycopg.Connection, segment: int, other: int, by: By = NOBODY) -> Edited:
    """Joins two segments of one road that meet where nothing else does.

    The one that comes first along the road keeps its number and direction, and the class of the
    longer one holds for both. Raises `NoSuchSegment`, `SegmentChanged`, `CannotEdit`.
    """
    found = _lock(conn, [segment, other], by)
    kept, gone = sorted(found, key=lambda one: (one.seq is None, one.seq, one.id))
    node = _shared_node(conn, kept, gone)
    axes = [shapely.from_wkb(one.geom) for one in (kept, gone)]
    at_end, from_start = kept.to_node == node, gone.from_node == node
    joined = editing.join(axes[0], axes[1], at_end=at_end, from_start=from_start)
    held = carrying.take_up(conn, [kept.id, gone.id])
    far = gone.to_node if from_start else gone.from_node
    made = _as_one(kept, gone)._replace(**{"to_node" if at_end else "from_node": far})
    length_m = _write(conn, "set_axis", made, joined.axis)
    pieces = editing.pieces_of_join(
        (kept.id, kept.length_m), (gone.id, gone.length_m), joined, length_m
    )
    seam_m = gone.length_m if joined.other_first else kept.length_m
    carrying.put_down(conn, held, pieces, seam_m)
    for query in ("drop_sides", "drop_axis"):
        conn.execute(QUERIES[query], {"segment": gone.id})
    conn.execute(QUERIES["drop_node"], {"node": node})
    if gone.seq is not None:
        _shift(conn, gone.road_id, gone.seq, -1)
    seam = shapely.get_point(axes[0], -1 if at_end else 0)
    _remember(conn, kept.kind, by, op="join", spot=seam)
    return _edited(conn, [kept.id], kept, [*axes, joined.axis])


def redraw(conn: psycopg.Connection, segment: int, drawn: Drawn, by: By = NOBODY) -> Edited:
    """Gives a segment another axis between its junctions.

    Raises `NoSuchSegment`, `SegmentChanged`, `CannotEdit`, and what `geo.crs` raises for a datum.
    """
    (old,) = _lock(conn, [segment], by)
    before = shapely.from_wkb(old.geom)
    after = editing.redraw(before, _line(conn, drawn))
    _refuse_crossings(conn, old, before, after)
    held = carrying.take_up(conn, [segment])
    length_m = _write(conn, "set_axis", old, after)
    (piece,) = editing.pieces_of_redraw(segment, before, after)
    to = piece.to * (length_m / piece.to[-1])
    at = piece.at * (old.length_m / piece.at[-1])
    carrying.put_down(conn, held, [Piece(segment, segment, at, to)])
    _remember(conn, old.kind, by, op="redraw", before=before, after=after)
    return _edited(conn, [segment], old, [before, after])


def _lock(conn: psycopg.Connection, segments: list[int], by: By) -> list[Any]:
    """The segments, which nobody else changes; ``by.version`` is that of the first."""
    take_turn(conn)
    if len(set(segments)) < len(segments):
        raise CannotEdit(f"segment {segments[0]} cannot be joined to itself")
    found: list[Any] = []
    with conn.cursor(row_factory=namedtuple_row) as cursor:
        for segment in segments:
            row = cursor.execute(QUERIES["lock"], {"segment": segment}).fetchone()
            if row is None:
                raise NoSuchSegment(f"there is no segment {segment}")
            found.append(row)
    if by.version not in (None, found[0].version):
        raise SegmentChanged(f"segment {segments[0]} has changed since: read it again")
    return found


def _line(conn: psycopg.Connection, drawn: Drawn) -> Any:
    if len(drawn.points) < 2:
        raise CannotEdit("an axis is one line of two points or more")
    x, y = np.array(drawn.points, np.float64).T
    x, y = crs.transform_points(x, y, drawn.crs, f"EPSG:{read_setting(conn).srid}")
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise CannotEdit(f"some points of the line are no places in {drawn.crs}")
    return shapely.linestrings(np.column_stack([x, y]))


def _shared_node(conn: psycopg.Connection, kept: Any, gone: Any) -> int:
    """The node where just these two meet; raises `CannotEdit`."""
    if (kept.road_id, kept.kind) != (gone.road_id, gone.kind):
        raise CannotEdit(
            f"segment {kept.id} is of {kept.road or 'no named road'} ({kept.kind}), segment"
            f" {gone.id} of {gone.road or 'no named road'} ({gone.kind}): only parts of one road"
            " can be joined"
        )
    shared = {kept.from_node, kept.to_node} & {gone.from_node, gone.to_node}
    if not shared:
        raise CannotEdit(f"segments {kept.id} and {gone.id} do not meet")
    for node in sorted(shared, key=lambda one: one != kept.to_node):
        if _one(conn, "ends_at", {"node": node}) == 2:
            return int(node)
    asked = {"node": max(shared), "but": [kept.id, gone.id]}
    names = [row[0] for row in conn.execute(QUERIES["names_at"], asked).fetchall()]
    raise CannotEdit(
        f"{'、'.join(names) or 'the road itself'} meets them there too: a segment runs from"
        " junction to junction"
    )


def _as_one(kept: Any, gone: Any) -> Any:
    """The segment that is kept, with the class of the longer one and the mean width."""
    longer = max(kept, gone, key=lambda one: one.length_m)
    lengths = [kept.length_m, gone.length_m]
    width_m = np.average([kept.width_m, gone.width_m], weights=lengths).round(2)
    return kept._replace(class_=longer.class_, width_m=float(width_m))


def _refuse_crossings(conn: psycopg.Connection, old: Any, before: Any, after: Any) -> None:
    kinds = [kind for kind, mesh in MESH.items() if mesh == MESH[old.kind]]
    asked = {"segment": old.id, "kinds": kinds}
    shapes = {"before": _ewkb(conn, before), "after": _ewkb(conn, after)}
    names = [row[0] for row in conn.execute(QUERIES["crossed"], asked | shapes).fetchall()]
    if names:
        raise CannotEdit(
            f"the line meets {'、'.join(names[:5])}, which the segment did not: split there and"
            " draw the parts, or import the ways anew"
        )


def _shift(conn: psycopg.Connection, road: int, behind: int, by: int) -> None:
    conn.execute(QUERIES["shift"], {"road": road, "behind": behind, "by": by})


def _write(conn: psycopg.Connection, query: str, segment: Any, axis: Any) -> float:
    """Writes a segment with its surface and sides; returns its length as the database has it."""
    table = {"kind": [segment.kind], "width_m": [segment.width_m]}
    srid = read_setting(conn).srid
    frame = geopandas.GeoDataFrame(table, geometry=[axis], crs=srid)
    geom, surface = to_ewkb(np.array([axis, frontage.surfaces(frame)[0]], object), srid)
    told = segment._asdict() | {"class": segment.class_, "geom": geom, "surface": surface}
    row = conn.execute(QUERIES[query], told).fetchone()
    assert row is not None  # noqa: S101 - it was locked, or is new
    strips = frontage.frontages(frame)
    shapes = to_ewkb(frontage.as_multi(strips.geometry.to_numpy()), srid)
    for side, shape in zip(strips["side"], shapes, strict=True):
        given = {"segment": segment.id, "side": side, "frontage": shape}
        conn.execute(QUERIES["put_side"], given)
    return float(row[0])


def _remember(
    conn: psycopg.Connection, kind: str, by: By, *, op: str,
    spot: Any = None, before: Any = None, after: Any = None,
) -> None:  # fmt: skip
    shapes = {"spot": spot, "before": before, "after": after}
    told = {name: None if g is None else _ewkb(conn, g) for name, g in shapes.items()}
    conn.execute(QUERIES["remember"], told | {"op": op, "kind": kind, "actor": by.actor})


def _edited(conn: psycopg.Connection, segments: list[int], old: Any, axes: Any) -> Edited:
    """Links points near the old and new axes again."""
    if old.kind not in LINKED:
        return Edited(segments, 0, 0)
    shapes = [shapely.from_wkb(old.geom), *axes]
    followed: Followed = relink_near(conn, [_ewkb(conn, shape) for shape in shapes])
    return Edited(segments, followed.points, followed.moved)


def _ewkb(conn: psycopg.Connection, shape: Any) -> str:
    (text,) = to_ewkb(np.array([shape], object), read_setting(conn).srid)
    assert text is not None  # noqa: S101 - there is a shape
    return text


def _one(conn: psycopg.Connection, query: str, given: dict[str, Any]) -> Any:
    row = conn.execute(QUERIES[query], given).fetchone()
    assert row is not None  # noqa: S101 - these give a row
    return row[0]
