"""Whatever is derived from the ground and the points, made anew where it is stale.

A part is stale when a layer it is made from has another revision than when it was made, or when a
day has begun. Every part rests after its work, `REST` times as long as that took: however fast
edits come, and however large the district, one part costs at most a twentieth of a processor.
"""

import time
from collections.abc import Callable, Mapping
from functools import partial
from hashlib import blake2b
from typing import NamedTuple

import psycopg
from psycopg.errors import ForeignKeyViolation, LockNotAvailable, SerializationFailure

from geo.layers import LAYERS
from geo.metrics import METRICS
from geo.pace import MINUTES, WALKING_M_S
from geo.progress import Say, silence
from geo.store import changes, coverage, metrics
from geo.store.counting import THINNED, refresh_density, refresh_shares
from geo.store.generalising import refresh_shapes
from geo.store.homes import refresh_homes
from geo.store.queries import load

QUERIES = load("refreshing")

REST = 20
LONGEST_REST_S = 600.0
# Someone else has the turn, or edits what we read.
TRY_AGAIN_S = 2.0
# Part of every revision: what is declared or computed otherwise is made anew. Another number says
# that the code of geo.generalise, geo.density or geo.walking gives other results.
_ASKED = (QUERIES, metrics.QUERIES, coverage.QUERIES, load("catchments"), load("loads"))
_SQL = [sorted(queries.items()) for queries in _ASKED]
RULE = blake2b(
    repr((1, LAYERS, METRICS, MINUTES, WALKING_M_S, _SQL)).encode(), digest_size=4
).hexdigest()
_TURN = {"turn": 0x6C756768}


class Now(NamedTuple):
    """What parts are made by: revisions of layers, the day in the district, its CRS."""

    revisions: Mapping[str, str]
    today: str
    srid: int


class Part(NamedTuple):
    """Something derived; ``make`` says whether it wrote anything.

    ``dated`` parts are made of what is in force today.
    """

    name: str
    sources: tuple[str, ...]
    make: Callable[[psycopg.Connection, Now], bool]
    dated: bool = False


class Refreshed(NamedTuple):
    """The parts made anew, and in how many seconds to look again for what had to wait."""

    made: list[str]
    again_s: float | None = None


def _shapes(key: str, conn: psycopg.Connection, now: Now) -> bool:
    return refresh_shapes(conn, LAYERS[key], now.today, now.srid)


# What coverage is made of: all of it, and what is followed segment by segment.
COVERED = ("segments", "incidents", "merchants", "areas", "homes")
FOLLOWED = ("duties", "acts")


def _coverage(
    make: Callable[[psycopg.Connection, str], bool], conn: psycopg.Connection, now: Now
) -> bool:
    return make(
        conn, " ".join(f"{source}:{now.revisions[source]}" for source in COVERED + FOLLOWED)
    )


def _grounds(conn: psycopg.Connection, now: Now) -> bool:
    from geo.store import catchments

    return catchments.refresh_grounds(conn, now.srid)


def _reach(conn: psycopg.Connection, now: Now) -> bool:
    from geo.store import catchments

    changed = catchments.refresh_reach(conn, now.today, now.srid)
    if changed:
        conn.execute(QUERIES["note_layers"], {"layers": ["reach"]})
    return changed


# Metrics come last: what the others write belongs to the revisions they name.
PARTS = (
    *(Part(f"shapes of {layer.key}", (layer.key,), partial(_shapes, layer.key), layer.dated)
      for layer in LAYERS.values() if layer.bands),
    Part("shares", tuple(layer.key for layer in THINNED),
         lambda conn, now: refresh_shares(conn)),
    Part("density", ("incidents",), lambda conn, now: refresh_density(conn, now.srid)),
    Part("homes of sides", ("segments", "blocks", "areas"),
         lambda conn, now: refresh_homes(conn, now.srid), dated=True),
    Part("coverage", COVERED, partial(_coverage, coverage.refresh_all), dated=True),
    Part("coverage of sides", FOLLOWED, partial(_coverage, coverage.refresh_stale)),
    Part("catchments", ("segments", "stations"), _grounds),
    Part("reach", ("segments", "stations", "blocks", "compounds", "merchants"), _reach, dated=True),
    Part("metrics", metrics.SOURCES,
         lambda conn, now: metrics.refresh_metrics(conn, now.revisions, now.today), dated=True),
)  # fmt: skip


def bring_up_to_date(url: str, say: Say = silence) -> list[str]:
    """Refreshes the database at ``url`` without rest; returns the parts made anew.

    Waits for whoever is refreshing it already. What is edited all the while is left for later.
    """
    with psycopg.connect(url, autocommit=True) as conn:
        return refresh(conn, say, patient=False).made


def refresh(conn: psycopg.Connection, say: Say = silence, *, patient: bool = True) -> Refreshed:
    """Makes stale parts anew, each in its transaction on ``conn``, which must be in autocommit.

    One process at a time. A ``patient`` caller lets parts rest and does not wait for its turn, but
    is told when to look again; another waits, and makes all that is stale.
    """
    if not _ready(conn):
        return Refreshed([])
    if not _take_turn(conn, wait=not patient):
        return Refreshed([], TRY_AGAIN_S)
    try:
        changes.prune(conn)
        return _refresh(conn, say, patient)
    finally:
        if not conn.closed:
            conn.execute(QUERIES["give_back"], _TURN)


def _refresh(conn: psycopg.Connection, say: Say, patient: bool) -> Refreshed:
    made, waits = [], []
    remembered = _remembered(conn)
    for part in PARTS:
        revision, rest_s = remembered.get(part.name, ("", 0.0))
        if revision == _revision(part, _now(conn)):
            continue
        if patient and rest_s > 0:
            waits.append(rest_s)
            continue
        start = time.monotonic()
        if _make(conn, part):
            say(f"{part.name} refreshed")
            made.append(part.name)
        else:
            # Who takes long to fail is not to do nothing else.
            waits.append(min(TRY_AGAIN_S + REST * (time.monotonic() - start), LONGEST_REST_S))
    return Refreshed(made, min(waits, default=None))


def _make(conn: psycopg.Connection, part: Part) -> bool:
    """Makes one part and remembers from what; False where edits came between."""
    conn.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    start = time.monotonic()
    try:
        with conn.transaction():
            part.make(conn, _now(conn))
            # Read again: what this part wrote to the log is no reason to make it once more.
            revision = _revision(part, _now(conn))
            took = {"seconds": time.monotonic() - start}
            conn.execute(QUERIES["remember"], took | {"part": part.name, "revision": revision})
    except (SerializationFailure, LockNotAvailable, ForeignKeyViolation):
        return False
    return True


def _ready(conn: psycopg.Connection) -> bool:
    there = conn.execute(QUERIES["ready"]).fetchone()
    return bool(there and there[0] and conn.execute(QUERIES["today"]).fetchone())


def _take_turn(conn: psycopg.Connection, *, wait: bool) -> bool:
    if wait:
        conn.execute(QUERIES["wait_for_turn"], _TURN)
        return True
    row = conn.execute(QUERIES["turn"], _TURN).fetchone()
    return bool(row and row[0])


def _remembered(conn: psycopg.Connection) -> dict[str, tuple[str, float]]:
    rest = {"rest": REST, "longest": LONGEST_REST_S}
    rows = conn.execute(QUERIES["remembered"], rest)
    return {part: (revision, rest_s) for part, revision, rest_s in rows}


def _now(conn: psycopg.Connection) -> Now:
    row = conn.execute(QUERIES["today"]).fetchone()
    assert row  # noqa: S101 - `_ready` has looked
    return Now(changes.revisions(conn), *row)


def _revision(part: Part, now: Now) -> str:
    of = [f"{source}:{now.revisions[source]}" for source in part.sources]
    return " ".join([f"rule:{RULE}", *of, *([f"on:{now.today}"] if part.dated else [])])
