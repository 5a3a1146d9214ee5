"""How far a reader of the log of changes has come: a snapshot, as PostgreSQL gives it.

A transaction is *seen* by a snapshot when it had ended before. So "what has come since" is what the
snapshot does not see, in whatever order transactions end. Written down it is short, and good for
one database only: its ``epoch`` tells a copy, or one put back from a backup, from the original.
"""

import re
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

MOST_CHARACTERS = 8_000

_NUMBER = "[0-9a-f]{1,16}"
_SNAPSHOT = f"{_NUMBER}(?:-{_NUMBER})+"
_CURSOR = re.compile(rf"({_NUMBER})\.({_SNAPSHOT})(?:\.({_SNAPSHOT})\.({_NUMBER}))?")


class BadCursor(ValueError):
    """The text is no cursor of this service."""


class Snapshot(NamedTuple):
    """All transactions below ``end`` had ended, but for those ``running``; ``first`` of these."""

    first: int
    end: int
    running: tuple[int, ...] = ()

    def text(self) -> str:
        """As PostgreSQL writes it."""
        return f"{self.first}:{self.end}:{','.join(map(str, self.running))}"


class Cursor(NamedTuple):
    """What a reader has: all that ``seen`` sees, and of what ``next`` sees rows up to ``seq``."""

    seen: Snapshot
    next: Snapshot | None = None
    seq: int = 0


def parse(text: str) -> Snapshot:
    """A ``pg_snapshot`` as PostgreSQL writes it: ``first:end:running,running``."""
    first, end, running = text.split(":")
    return Snapshot(int(first), int(end), tuple(map(int, filter(None, running.split(",")))))


def sees(snapshot: Snapshot, xid: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which of the transactions (n,) had ended in ``snapshot``."""
    seen: NDArray[np.bool_] = xid < snapshot.end
    if snapshot.running:
        seen &= ~np.isin(xid, np.array(snapshot.running, np.int64))
    return seen


def covers(later: Snapshot, earlier: Snapshot) -> bool:
    """Whether ``later`` sees all that ``earlier`` sees."""
    news = {xid for xid in later.running if xid < earlier.end}
    return earlier.end <= later.end and news <= set(earlier.running)


def sees_up_to(snapshot: Snapshot, xid: int) -> bool:
    """Whether it sees all transactions up to ``xid``."""
    return xid < snapshot.end and all(xid < running for running in snapshot.running)


def write(epoch: str, cursor: Cursor) -> str:
    """The cursor as a short text of digits, letters, ``-`` and ``.``; ``epoch`` is hexadecimal."""
    parts = [epoch, _write(cursor.seen)]
    if cursor.next is not None:
        parts += [_write(cursor.next), f"{cursor.seq:x}"]
    return ".".join(parts)


def _write(snapshot: Snapshot) -> str:
    apart = (xid - snapshot.first for xid in (snapshot.end, *snapshot.running))
    return "-".join(f"{number:x}" for number in (snapshot.first, *apart))


def read(text: str, epoch: str) -> Cursor:
    """The cursor that was written; raises `BadCursor`, also for one of another ``epoch``."""
    found = _CURSOR.fullmatch(text) if len(text) <= MOST_CHARACTERS else None
    if found is None:
        raise BadCursor("this is no cursor of this service")
    if found[1] != epoch:
        raise BadCursor("the cursor belongs to another database")
    if found[3] is None:
        return Cursor(_read(found[2]))
    return Cursor(_read(found[2]), _read(found[3]), int(found[4], 16))


def _read(text: str) -> Snapshot:
    first, *apart = (int(number, 16) for number in text.split("-"))
    end, *running = (first + number for number in apart)
    if end >= 2**63 or max(running, default=0) >= 2**63:
        raise BadCursor("this is no cursor of this service")
    return Snapshot(first, end, tuple(running))
