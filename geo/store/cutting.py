"""Blocks cut along a drawn line, and joined: the ground itself changes, for every plan.

The old blocks end today and the new ones begin. Every plan that was in force, is, or will be has
the new blocks in the grid of the old one, so that indicators of any day stay as they were; so has
every draft. Points on the ground are linked anew. Cuts are no strokes of one draft and are not
undone: a cut is taken back by joining the pieces.
"""

from typing import Any, NamedTuple

import numpy as np
import psycopg
import shapely
from psycopg.rows import namedtuple_row

from geo import blocks as ground
from geo import crs, cutting
from geo.cutting import CannotCut, CannotJoin
from geo.store import blocks, homes, redrawing, strokes
from geo.store.database import read_setting
from geo.store.queries import load
from geo.store.relinking import following
from geo.store.staging import read_frame, to_ewkb
from geo.store.strokes import By, UnknownBlock
from geo.store.turns import take_turn

QUERIES = load("cutting")

KINDS = ("households", "people")


class Changed(NamedTuple):
    """The draft's version; the blocks that ended, those that began; points linked anew."""

    version: int
    ended: list[int]
    blocks: list[dict[str, Any]]
    points: int
    moved: int


class _Made(NamedTuple):
    """New blocks of an area: shapes with their households and people (None: not known)."""

    area_id: int
    area: str
    shapes: Any
    households: list[int | None]
    people: list[int | None]


def cut(
    conn: psycopg.Connection, plan: int, block: int, line: list[tuple[float, float]], by: By
) -> Changed:
    """Cuts a block of a draft along a line of longitudes and latitudes (WGS 84).

    Raises `geo.cutting.CannotCut`, `geo.store.strokes.UnknownBlock`, and what
    `geo.store.redrawing.hold` raises.
    """
    take_turn(conn)
    (old,) = _blocks(conn, plan, [block], by)
    shape = shapely.from_wkb(old.geom)
    pieces = cutting.cut(shape, _line(conn, line))
    compounds = read_frame(conn, QUERIES["compounds"], {"id": block}, srid=_srid(conn))
    shared = (
        cutting.share_out(shape, pieces, getattr(old, kind), _known(compounds, kind), kind)
        for kind in KINDS
    )
    numbers = [[None if n is None else int(n) for n in part.to_numpy(object, na_value=None)]
               for part in shared]  # fmt: skip
    made = _Made(old.area_id, old.area, pieces, *numbers)
    with following(conn) as followed:
        _fit_neighbours(conn, block, cutting.new_corners(shape, pieces))
        new = _replace(conn, "cut", [block], block, made)
        version = _in_drafts(conn, "cut", plan, [block], block, new, by)
    return Changed(version, [block], _told(new, made), followed.points, followed.moved)


def join(conn: psycopg.Connection, plan: int, ids: list[int], by: By) -> Changed:
    """Joins blocks that lie beside one another in one area, and in one grid in every plan so far.

    In drafts the joined block is in the grid of the largest. Raises `geo.cutting.CannotJoin`,
    `geo.store.strokes.UnknownBlock`, and what `geo.store.redrawing.hold` raises.
    """
    take_turn(conn)
    found = _blocks(conn, plan, sorted(set(ids)), by)
    shapes = np.array([shapely.from_wkb(old.geom) for old in found], object)
    joined = cutting.join(shapes)
    if len({old.area_id for old in found}) > 1:
        raise CannotJoin("the blocks lie in different areas, and a block lies in one")
    numbers = [old.id for old in found]
    if apart := conn.execute(QUERIES["apart"], {"ids": numbers}).fetchone():
        raise CannotJoin(
            f"the blocks are in different grids under plan {apart[0]} ({apart[1]}): joined, they"
            " could not be told apart for its days"
        )
    main = numbers[int(shapely.area(shapes).argmax())]
    sums = [[_sum(getattr(old, kind) for old in found)] for kind in KINDS]
    made = _Made(found[0].area_id, found[0].area, np.array([joined], object), *sums)
    with following(conn) as followed:
        new = _replace(conn, "join", numbers, main, made)
        version = _in_drafts(conn, "join", plan, numbers, main, new, by)
    return Changed(version, numbers, _told(new, made), followed.points, followed.moved)


def ids_of(conn: psycopg.Connection, plan: int, codes: list[str]) -> list[int]:
    """The numbers of a draft's blocks by their codes; raises `UnknownPlan`, `UnknownBlock`."""
    redrawing.known(conn, plan)
    ids: dict[str, int] = dict(conn.execute(QUERIES["ids"], {"plan": plan, "codes": codes}))
    if gone := [code for code in codes if code not in ids]:
        raise UnknownBlock(f"plan {plan} has no block {gone[0]}: it may have been cut since")
    return [ids[code] for code in codes]


def _blocks(conn: psycopg.Connection, plan: int, ids: list[int], by: By) -> list[Any]:
    """Today's blocks of these numbers, all in the draft, which is held."""
    redrawing.hold(conn, plan, by.seen)
    inside = {row[0] for row in conn.execute(QUERIES["in_draft"], {"plan": plan, "ids": ids})}
    with conn.cursor(row_factory=namedtuple_row) as cursor:
        found: list[Any] = cursor.execute(QUERIES["blocks"], {"ids": ids}).fetchall()
    if gone := sorted(set(ids) - inside.intersection(old.id for old in found)):
        raise UnknownBlock(f"block {gone[0]} is not in plan {plan}: it may have been cut since")
    return found


def _line(conn: psycopg.Connection, points: list[tuple[float, float]]) -> Any:
    x, y = np.array(points, np.float64).T
    x, y = crs.transform_points(x, y, "wgs84", f"EPSG:{_srid(conn)}")
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise CannotCut("some points of the line are no places in degrees")
    return shapely.linestrings(np.column_stack([x, y]))


def _known(compounds: Any, kind: str) -> Any:
    return compounds[compounds[kind].notna()]


def _fit_neighbours(conn: psycopg.Connection, block: int, corners: Any) -> None:
    """Neighbours get the corners that a cut makes on their common edges."""
    near = read_frame(conn, QUERIES["neighbours"], {"id": block}, srid=_srid(conn))
    for id_, shape in zip(near["id"].tolist(), near.geometry, strict=True):
        fitted = cutting.with_corners(shape, corners)
        if len(shapely.get_coordinates(fitted)) > len(shapely.get_coordinates(shape)):
            conn.execute(QUERIES["reshape"], {"id": id_, "geom": _ewkb(conn, fitted)})


def _replace(
    conn: psycopg.Connection, kind: str, ended: list[int], main: int, made: _Made
) -> dict[int, str]:
    """Ends blocks and begins others in their place, in plans that were published too; their codes.

    In plans they are where ``main`` is.
    """
    day = read_setting(conn).today()
    conn.execute(QUERIES["end"], {"ids": ended, "day": day})
    used = {row[0] for row in conn.execute(blocks.QUERIES["codes_given"])}
    new: dict[int, str] = {}
    codes = ground.mint(made.area, len(made.shapes), used)
    for code, shape, *numbers in zip(codes, made.shapes, made.households, made.people, strict=True):
        given = dict(zip(KINDS, numbers, strict=True)) | {"code": code, "area_id": made.area_id}
        geom = _ewkb(conn, shape)
        row = conn.execute(QUERIES["add"], {**given, "day": day, "geom": geom}).fetchone()
        assert row is not None  # noqa: S101 - an insert gives its row
        new[row[0]] = code
    noted = {"day": day, "kind": kind, "ids": ended, "id": main, "made": list(new)}
    conn.execute(QUERIES["note"], noted)
    conn.execute(QUERIES["follow"], noted)
    homes.follow(conn, ended, list(new), _srid(conn))
    return new


def _in_drafts(
    conn: psycopg.Connection, kind: str, plan: int, ended: list[int], main: int,
    new: dict[int, str], by: By,
) -> int:  # fmt: skip
    """Drafts have the new blocks where they had ``main``; returns the version of ``plan``."""
    version = 0
    for (id_,) in conn.execute(QUERIES["to_come"], {"day": read_setting(conn).day()}).fetchall():
        given = {"plan": id_, "ids": ended, "id": main, "made": list(new)}
        for step in ("follow_in_strokes", "leave_strokes"):
            conn.execute(QUERIES[step], given)
    for id_, _ in conn.execute(QUERIES["drafts"], {"ids": ended}).fetchall():
        given = {"plan": id_, "ids": ended, "id": main, "made": list(new)}
        for step in ("follow_in_draft", "follow_in_strokes", "leave_strokes", "leave_draft"):
            conn.execute(QUERIES[step], given)
        stroke, now = strokes.begin(conn, id_, kind, by)
        conn.execute(QUERIES["note_in_draft"], {**given, "stroke": stroke})
        version = now if id_ == plan else version
    return version


def _told(new: dict[int, str], made: _Made) -> list[dict[str, Any]]:
    rows = zip(new.items(), made.households, made.people, shapely.area(made.shapes), strict=True)
    return [
        {"id": id_, "code": code, "households": households, "people": people,
         "area_m2": round(float(area), 2)}
        for (id_, code), households, people, area in rows
    ]  # fmt: skip


def _sum(numbers: Any) -> int | None:
    known = [number for number in numbers if number is not None]
    return sum(known) if known else None


def _srid(conn: psycopg.Connection) -> int:
    return read_setting(conn).srid


def _ewkb(conn: psycopg.Connection, shape: Any) -> str:
    (text,) = to_ewkb(np.array([shape], object), _srid(conn))
    assert text is not None  # noqa: S101 - there is a shape
    return text
