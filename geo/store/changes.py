"""What changed, by layer and place: read from the database's log, kept in memory.

Numbers of the log are given before transactions commit, so the order of numbers is not the order of
appearing. A revision is therefore made of the *set* of rows seen: how many, and the sum of their
numbers. Every process that sees the same rows gives the same revision.
"""

import asyncio
import time
from collections import defaultdict, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, NamedTuple
from zlib import crc32
from zoneinfo import ZoneInfo

import numpy as np
import psycopg
from numpy.typing import NDArray

from geo.store import cursors
from geo.store.cursors import Cursor
from geo.store.database import Setting
from geo.store.queries import load

QUERIES = load("changes")
SETTING = load("setting")

KEEP_ROWS = 20_000

# A box in metres of EPSG:3857: west, south, east, north.
Box = tuple[float, float, float, float]
# Changes of these are changes of every layer.
COMMON = ("setting", "thinning")


class Rows(NamedTuple):
    """Rows of the log of one layer, each array of shape (n,), boxes (n, 4) in metres of EPSG:3857.

    ``xid`` is the transaction that wrote the row; ``feature`` -1 where it speaks of many.
    """

    seq: NDArray[np.int64]
    xid: NDArray[np.int64]
    op: NDArray[np.str_]
    feature: NDArray[np.int64]
    box: NDArray[np.float64]

    def where(self, chosen: NDArray[np.bool_]) -> "Rows":
        """The chosen rows."""
        seq, xid, op, feature, box = self
        return Rows(seq[chosen], xid[chosen], op[chosen], feature[chosen], box[chosen])

    def and_then(self, more: "Rows") -> "Rows":
        """These rows and ``more``."""
        both: list[Any] = [np.concatenate(pair) for pair in zip(self, more, strict=True)]
        return Rows(*both)


_NO_NUMBERS = np.empty(0, np.int64)
NO_ROWS = Rows(_NO_NUMBERS, _NO_NUMBERS, np.empty(0, "<U6"), _NO_NUMBERS, np.empty((0, 4)))


class News(NamedTuple):
    """What came between two snapshots, by layer; ``number`` counts them in this process.

    Where ``lost``, rows are gone that were never read.
    """

    number: int
    before: str
    after: str
    rows: dict[str, Rows]
    lost: bool = False


@dataclass
class Log:
    """The log as one process has read it. ``live`` while someone keeps reading it.

    ``news`` waits for those who want to hear of each row; nobody else takes it away.
    """

    live: bool = False
    epoch: str = ""
    hearing: bool = False
    made: int = 0
    news: deque[News] = field(default_factory=deque)
    horizon: int = 0
    gone_xid: int = 0
    snapshot: str | None = None
    stamp: int = 0
    stamps: dict[str, int] = field(default_factory=dict)
    rows: dict[str, Rows] = field(default_factory=dict)
    setting: Setting | None = None
    shares: dict[tuple[str, int], float] = field(default_factory=dict)
    reading: asyncio.Lock = field(default_factory=asyncio.Lock)
    day: tuple[str, str, float] = ("", "", 0.0)  # time zone, today there, when that ends

    def stamp_of(self, layer: str) -> int:
        """Grows whenever the layer's rows do; of this process only."""
        return self.stamps.get(layer, 0)

    def today(self) -> str:
        """Today in the district, as YYYY-MM-DD."""
        zone = self.setting.time_zone if self.setting else "Asia/Shanghai"
        if self.day[0] != zone or time.time() >= self.day[2]:
            now = datetime.now(ZoneInfo(zone))
            midnight = datetime.combine(now.date() + timedelta(1), datetime.min.time(), now.tzinfo)
            self.day = (zone, now.date().isoformat(), midnight.timestamp())
        return self.day[1]


def revision(conn: psycopg.Connection, layer: str) -> str:
    """The data revision of ``layer`` now, as `revision_of` gives it for an up-to-date log."""
    row = conn.execute(QUERIES["revision"], {"layer": layer}).fetchone()
    assert row  # noqa: S101 - an aggregate has a row
    return _write(*row)


def revisions(conn: psycopg.Connection) -> defaultdict[str, str]:
    """The `revision` of every layer, also of those that the log does not name."""
    horizon, found = 0, {}
    for layer, *numbers in conn.execute(QUERIES["revisions"]):
        horizon = numbers[0]
        found[layer] = _write(*numbers)
    return defaultdict(lambda: _write(horizon, 0, 0), found)


def revision_of(log: Log, layer: str, box: Box | None = None) -> str:
    """The revision of ``layer``, or of the part of it that touches ``box``."""
    rows = log.rows.get(layer, NO_ROWS)
    seq = rows.seq
    if box is not None and len(seq):
        west, south, east, north = rows.box.T
        touched = (west <= box[2]) & (east >= box[0]) & (south <= box[3]) & (north >= box[1])
        seq = seq[touched]
    return _write(log.horizon, len(seq), int(seq.sum()))


def since(log: Log, cursor: Cursor) -> list[News] | None:
    """What a reader at ``cursor`` lacks of what is in ``log``; None where some of it is gone.

    The log must have been read as far as the cursor (`cursors.covers`). Numbers are those made.
    """
    assert log.snapshot is not None  # noqa: S101 - it has been read
    if not cursors.sees_up_to(cursor.seen, log.gone_xid):
        return None
    found, now = [], cursors.parse(log.snapshot)
    steps = [cursor.seen, cursor.next, now] if cursor.next else [cursor.seen, now]
    for before, after in pairwise(steps):
        rows = {
            layer: rows.where(cursors.sees(after, rows.xid) & ~cursors.sees(before, rows.xid))
            for layer, rows in log.rows.items()
        }
        if after is cursor.next:
            rows = {layer: some.where(some.seq > cursor.seq) for layer, some in rows.items()}
        rows = {layer: some for layer, some in rows.items() if len(some.seq)}
        found.append(News(log.made, before.text(), after.text(), rows))
    return found


def _write(horizon: int, count: int, total: int) -> str:
    return f"{horizon:x}.{count:x}.{total:x}"


async def catch_up(conn: psycopg.AsyncConnection[Any], log: Log) -> bool:
    """Reads into ``log`` what has come since; safe whatever transactions are under way.

    Returns whether there was anything.
    """
    async with log.reading:
        return await _catch_up(conn, log)


async def _catch_up(conn: psycopg.AsyncConnection[Any], log: Log) -> bool:
    before = log.snapshot
    if before is None:
        await _recognise(conn, log)
    row = await _since(conn, before)
    # What the log told before we read it, or before its end was cut off, we do not know.
    anew = before is None or row[1] != log.horizon
    lost = row[1] != log.horizon and _is_gap(before, row[2])
    if row[1] != log.horizon:
        # Rows are gone that we hold: the log is read anew, so that all processes agree.
        log.horizon, log.gone_xid = row[1], row[2]
        log.rows.clear()
        row = await _since(conn, None)
    rows = _by_layer(row)
    log.snapshot = row[0]
    _take(log, rows)
    _note(log, before, rows, lost)
    if anew or log.setting is None or "setting" in rows:
        log.setting = await _read_setting(conn)
    if anew or "thinning" in rows:
        cursor = await conn.execute(QUERIES["shares"])
        log.shares = {(layer, zoom): share async for layer, zoom, share in cursor}
    return bool(rows)


def _is_gap(before: str | None, gone_xid: int) -> bool:
    return before is not None and not cursors.sees_up_to(cursors.parse(before), gone_xid)


async def recognise(conn: psycopg.AsyncConnection[Any], log: Log) -> None:
    """Forgets the log where ``conn`` leads to another database than the one it was read from."""
    async with log.reading:
        await _recognise(conn, log)


async def _recognise(conn: psycopg.AsyncConnection[Any], log: Log) -> None:
    row = await (await conn.execute(QUERIES["epoch"])).fetchone()
    assert row  # noqa: S101 - one is connected to a database
    epoch = f"{crc32(row[0].encode()):x}"
    if log.epoch not in ("", epoch):
        log.snapshot, log.setting, log.horizon, log.gone_xid = None, None, 0, 0
        log.rows.clear()
        _note(log, "0:1:", {}, lost=True)
    log.epoch = epoch


async def _since(conn: psycopg.AsyncConnection[Any], snapshot: str | None) -> tuple[Any, ...]:
    cursor = await conn.execute(QUERIES["since"], {"snapshot": snapshot})
    row: tuple[Any, ...] | None = await cursor.fetchone()
    assert row  # noqa: S101 - an aggregate has a row
    return row


def _by_layer(row: tuple[Any, ...]) -> dict[str, Rows]:
    names, seq, xid, op, feature, *box = row[3:]
    if not names:
        return {}
    layers = np.array(names)
    rows = Rows(
        np.array(seq, np.int64),
        np.array(xid, np.int64),
        np.array(op, "<U6"),
        np.array(feature, np.int64),
        np.array(box, np.float64).T,
    )
    return {layer: rows.where(layers == layer) for layer in set(names)}


def _take(log: Log, found: dict[str, Rows]) -> None:
    """Adds the rows that are new."""
    for layer, rows in found.items():
        log.rows[layer] = log.rows.get(layer, NO_ROWS).and_then(rows)
    _stamp(log, set(found))


def _note(log: Log, before: str | None, rows: dict[str, Rows], lost: bool) -> None:
    """Keeps what is new for those who hear of it."""
    if not log.hearing or before is None or not (rows or lost):
        return
    seen = cursors.parse(before)
    # Of a log that was read anew only what is new.
    new = {layer: some.where(~cursors.sees(seen, some.xid)) for layer, some in rows.items()}
    new = {layer: some for layer, some in new.items() if len(some.seq)}
    if new or lost:
        log.made += 1
        log.news.append(News(log.made, before, log.snapshot or before, new, lost))


def _stamp(log: Log, changed: set[str]) -> None:
    if not changed:
        return
    log.stamp += 1
    everything = log.rows.keys() if changed.intersection(COMMON) else changed
    for layer in {*everything, *changed}:
        log.stamps[layer] = log.stamp


async def _read_setting(conn: psycopg.AsyncConnection[Any]) -> Setting | None:
    row = await (await conn.execute(SETTING["read"])).fetchone()
    return Setting(*row) if row else None


def prune(conn: psycopg.Connection, keep: int = KEEP_ROWS) -> None:
    """Where the log is twice as long, drops all but about the newest ``keep`` rows.

    Revisions then change once.
    """
    conn.execute(QUERIES["prune"], {"keep": keep})
