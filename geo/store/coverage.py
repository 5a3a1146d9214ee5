"""Coverage computed from the database and kept in it: all of it, or where duties changed.

Tables: ``coverage_side`` (metres), ``coverage_point`` (shops, cases, households), ``coverage_made``
(of which day). Computing some segments gives the very numbers that computing all gives.
"""

from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd
import psycopg
from numpy.typing import NDArray

from geo import coverage
from geo.coverage import Acts, Points, Stretches
from geo.store import binary
from geo.store.arrays import read_arrays
from geo.store.queries import load

QUERIES = load("coverage")

KINDS = ("merchant", "incident", "household")
# Where so many segments changed, or more, all are computed.
MANY = 20_000
SIDE_TYPES = {
    "segment_id": "integer", "side": "text", "side_m": "double precision",
    "paper_m": "double precision", "lived_m": "double precision", "hollow_m": "double precision",
}  # fmt: skip
POINT_TYPES = {
    "kind": "text", "segment_id": "integer", "side": "text", "block_id": "integer",
    "n": "double precision", "paper": "double precision", "lived": "double precision",
}  # fmt: skip

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Arrays = dict[str, NDArray[np.generic]]


class Days(NamedTuple):
    """The day of the duties, and the one that ages of acts are counted to."""

    on: date
    reckoned: date
    time_zone: str


class Whose(NamedTuple):
    """Which duties count: all, or those of some roles or chiefs (by their external id)."""

    roles: tuple[str, ...] = ()
    chiefs: tuple[str, ...] = ()


class Material(NamedTuple):
    """What coverage is computed from. Sides 2k and 2k + 1 are left and right of ``segment[k]``.

    ``chief`` is the chief's id of every duty; ``points`` by kind, with the id of each one's block
    (0: none) and of the shop, case or compound itself.
    """

    segment: Ints
    length_m: Floats
    duties: Stretches
    chief: Ints
    acts: Acts
    points: dict[str, tuple[Points, Ints, Ints]]


class Computed(NamedTuple):
    """One row a side, and one for each kind of points on a side in a block (tables' columns)."""

    sides: pd.DataFrame
    points: pd.DataFrame


def days(conn: psycopg.Connection, on: date | None = None) -> Days:
    """The day asked for; without one today.

    Today's ages are counted to the last reports where these ended over 30 days ago: data of last
    year would else look as if nobody had ever acted.
    """
    row = conn.execute(QUERIES["days"]).fetchone()
    assert row  # noqa: S101 - callers have looked for the district
    today, reckoned, time_zone = row
    return Days(on, on, time_zone) if on else Days(today, reckoned, time_zone)


def read(
    conn: psycopg.Connection,
    when: Days,
    whose: Whose | None = None,
    segments: list[int] | None = None,
) -> Material:
    """What coverage of ``when`` is computed from; of some duties, of some segments only."""
    source = _Source(conn, when, whose or Whose(), segments)
    rows = source.rows("segments", id="int", length_m="float")
    segment = np.asarray(rows["id"], np.int64)
    duties = source.rows("duties", key="int", from_m="float", to_m="float", chief="int")
    passes = source.rows("passes", key="int", from_m="float", to_m="float", days="int")
    seen = [source.rows(name, key="int", chainage_m="float", days="int")
            for name in ("visits", "handled")]  # fmt: skip
    stretches, known = _stretches(segment, duties)
    return Material(
        segment, np.repeat(rows["length_m"].astype(float), 2), stretches,
        duties["chief"][known].astype(np.int64),
        coverage.join_acts(_passed(segment, passes), *(_seen(segment, one) for one in seen)),
        {kind: _points(segment, source.rows(kind, key="int", chainage_m="float", block="int",
                                            amount="float", owner="int")) for kind in KINDS},
    )  # fmt: skip


class _Source(NamedTuple):
    conn: psycopg.Connection
    when: Days
    whose: Whose
    segments: list[int] | None

    def rows(self, query: str, **types: str) -> Arrays:
        """The rows of a named query, narrowed as asked."""
        only = b"" if self.segments is None else QUERIES["only"]
        if query == "segments" and only:
            only = QUERIES["only_segments"]
        whose = QUERIES["roles"] if self.whose.roles else b""
        whose += b" " + QUERIES["chiefs"] if self.whose.chiefs else b""
        filled = QUERIES[query].replace(b"{only}", only).replace(b"{whose}", whose)
        given: dict[str, object] = {
            **self.when._asdict(), "segments": self.segments, "roles": list(self.whose.roles),
            "chiefs": list(self.whose.chiefs), "forgotten": coverage.FORGOTTEN_DAYS,
            "cases": coverage.CASES_DAYS,
        }  # fmt: skip
        return read_arrays(self.conn, filled, given, **types)


def _numbers(segment: Ints, key: Ints) -> Ints:
    """Numbers of sides by their keys; -1 for sides of segments that are not among them."""
    if not len(segment):
        return np.full(len(key), -1, np.int64)
    found = np.minimum(np.searchsorted(segment, key // 2), len(segment) - 1)
    return np.where(segment[found] == key // 2, 2 * found + key % 2, -1)


def _stretches(segment: Ints, rows: Arrays) -> tuple[Stretches, NDArray[np.bool_]]:
    side = _numbers(segment, rows["key"].astype(np.int64))
    known = side >= 0
    ends = (rows[name].astype(float) for name in ("from_m", "to_m"))
    return Stretches(side, *ends).where(known), known


def _passed(segment: Ints, rows: Arrays) -> Acts:
    stretch, known = _stretches(segment, rows)
    return Acts(stretch, rows["days"][known].astype(np.int64))


def _seen(segment: Ints, rows: Arrays) -> Acts:
    side = _numbers(segment, rows["key"].astype(np.int64))
    known = side >= 0
    stretch = coverage.around(side, rows["chainage_m"].astype(float))
    return Acts(stretch.where(known), rows["days"][known].astype(np.int64))


def _points(segment: Ints, rows: Arrays) -> tuple[Points, Ints, Ints]:
    side = _numbers(segment, rows["key"].astype(np.int64))
    points = Points(side, rows["chainage_m"].astype(float), rows["amount"].astype(float))
    return points, rows["block"].astype(np.int64), rows["owner"].astype(np.int64)


def compute(material: Material) -> Computed:
    """Coverage of every side and of every point."""
    covered = coverage.cover(material.duties, material.acts, material.length_m)
    sides = coverage.metres(covered, material.length_m)
    sides.insert(0, "segment_id", np.repeat(material.segment, 2))
    sides.insert(1, "side", np.tile(["L", "R"], len(material.segment)))
    tallies = [
        coverage.tally(covered, points, block).assign(kind=kind)
        for kind, (points, block, _) in material.points.items()
    ]
    points = pd.concat(tallies, ignore_index=True)
    return Computed(sides, _placed(points, material.segment))


def _placed(points: pd.DataFrame, segment: Ints) -> pd.DataFrame:
    side = points.pop("side").to_numpy()
    on_one = side >= 0
    known = np.append(segment, 0)  # the last for those on none
    points["segment_id"] = known[np.where(on_one, side // 2, -1)]
    points["side"] = np.where(on_one, np.where(side % 2 == 1, "R", "L"), "")
    return points.rename(columns={"block": "block_id"})[list(POINT_TYPES)]


def refresh_all(conn: psycopg.Connection, revision: str) -> bool:
    """Computes today's coverage of everything; writes what differs and says whether any did."""
    stale = bool(conn.execute(QUERIES["stale"]).fetchall())
    when = days(conn)
    computed = compute(read(conn, when))
    conn.execute(QUERIES["stage_sides"])
    conn.execute(QUERIES["stage_points"])
    binary.send(conn, QUERIES["copy_sides"], binary.rows_of(_of(computed.sides), SIDE_TYPES))
    binary.send(conn, QUERIES["copy_points"], binary.rows_of(_of(computed.points), POINT_TYPES))
    changed = _put(conn, (b"pg_temp.fresh_side", b"pg_temp.fresh_point"), {}, {})
    conn.execute(QUERIES["forget"])
    changed |= _remember(conn, when, revision)
    return changed or stale


def refresh_stale(conn: psycopg.Connection, revision: str) -> bool:
    """The same where duties or acts changed since; says whether anything was written."""
    made = conn.execute(QUERIES["made"]).fetchone()
    stale = [segment for (segment,) in conn.execute(QUERIES["stale"])]
    if not stale:
        return False
    when = days(conn)
    if made is None or made[:2] != when[:2] or stale[0] == 0 or len(stale) >= MANY:
        return refresh_all(conn, revision)
    computed = compute(read(conn, when, segments=stale))
    sides = {name: computed.sides[name].tolist() for name in SIDE_TYPES}
    points = {name: computed.points[name].tolist() for name in POINT_TYPES}
    fresh = QUERIES["given_sides"], QUERIES["given_points"]
    changed = _put(conn, fresh, sides, points | {"segments": stale})
    return _remember(conn, when, revision) or changed


def _put(
    conn: psycopg.Connection, fresh: tuple[bytes, bytes],
    sides: dict[str, list[object]], points: dict[str, list[object]],
) -> bool:  # fmt: skip
    changed = conn.execute(QUERIES["put_sides"].replace(b"{fresh}", fresh[0]), sides).rowcount > 0
    only = QUERIES["only"] if "segments" in points else b""
    for step in ("drop_points", "put_points"):
        query = QUERIES[step].replace(b"{fresh}", fresh[1]).replace(b"{only}", only)
        changed |= conn.execute(query, points).rowcount > 0
    if changed:
        conn.execute(QUERIES["note"])
        conn.execute(QUERIES["wake_readers"])
    return changed


def _remember(conn: psycopg.Connection, when: Days, revision: str) -> bool:
    made = conn.execute(QUERIES["made"]).fetchone()
    given = {"on": when.on, "reckoned": when.reckoned, "revision": revision}
    if made == (when.on, when.reckoned, revision):
        return False
    conn.execute(QUERIES["remember"], given)
    return True


def _of(frame: pd.DataFrame) -> dict[str, pd.Series]:
    return {name: frame[name] for name in frame}
