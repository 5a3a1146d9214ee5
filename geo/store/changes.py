"""What changed, by layer and place: read from the database's log, kept in memory.

Numbers of the log are given before transactions commit, so the order of numbers is not the order of
appearing. A revision is therefore made of the *set* of rows seen: how many, and the sum of their
numbers. Every process that sees the same rows gives the same revision.
"""

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import psycopg
from numpy.typing import NDArray

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
    """Rows of the log of one layer: numbers (n,) and boxes (n, 4) in metres of EPSG:3857."""

    seq: NDArray[np.int64]
    box: NDArray[np.float64]


NO_ROWS = Rows(np.empty(0, np.int64), np.empty((0, 4)))


@dataclass
class Log:
    """The log as one process has read it. ``live`` while someone keeps reading it."""

    live: bool = False
    horizon: int = 0
    snapshot: str | None = None
    stamp: int = 0
    stamps: dict[str, int] = field(default_factory=dict)
    rows: dict[str, Rows] = field(default_factory=dict)
    setting: Setting | None = None
    shares: dict[tuple[str, int], float] = field(default_factory=dict)
    reading: asyncio.Lock = field(default_factory=asyncio.Lock)

    def stamp_of(self, layer: str) -> int:
        """Grows whenever the layer's rows do; of this process only."""
        return self.stamps.get(layer, 0)

    def today(self) -> str:
        """Today in the district, as YYYY-MM-DD."""
        zone = self.setting.time_zone if self.setting else "Asia/Shanghai"
        return datetime.now(ZoneInfo(zone)).date().isoformat()


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


def _write(horizon: int, count: int, total: int) -> str:
    return f"{horizon:x}.{count:x}.{total:x}"


async def catch_up(conn: psycopg.AsyncConnection[Any], log: Log) -> None:
    """Reads into ``log`` what has come since; safe whatever transactions are under way."""
    async with log.reading:
        await _catch_up(conn, log)


async def _catch_up(conn: psycopg.AsyncConnection[Any], log: Log) -> None:
    row = await _since(conn, log.snapshot)
    # What the log told before we read it, or before its end was cut off, we do not know.
    anew = log.snapshot is None or row[1] != log.horizon
    if row[1] != log.horizon:
        # Rows are gone that we hold: the log is read anew, so that all processes agree.
        log.horizon = row[1]
        log.rows.clear()
        row = await _since(conn, None)
    changed = _take(log, row)
    if anew or log.setting is None or "setting" in changed:
        log.setting = await _read_setting(conn)
    if anew or "thinning" in changed:
        cursor = await conn.execute(QUERIES["shares"])
        log.shares = {(layer, zoom): share async for layer, zoom, share in cursor}


async def _since(conn: psycopg.AsyncConnection[Any], snapshot: str | None) -> tuple[Any, ...]:
    cursor = await conn.execute(QUERIES["since"], {"snapshot": snapshot})
    row: tuple[Any, ...] | None = await cursor.fetchone()
    assert row  # noqa: S101 - an aggregate has a row
    return row


def _take(log: Log, row: tuple[Any, ...]) -> set[str]:
    """Adds the rows that are new; returns their layers."""
    log.snapshot, _, seqs, layers, *box = row
    if not seqs:
        return set()
    seq, names, boxes = np.array(seqs, np.int64), np.array(layers), np.array(box, np.float64).T
    changed = set(names.tolist())
    for layer in changed:
        mine = names == layer
        before = log.rows.get(layer, NO_ROWS)
        log.rows[layer] = Rows(
            np.concatenate([before.seq, seq[mine]]), np.concatenate([before.box, boxes[mine]])
        )
    _stamp(log, changed)
    return changed


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
