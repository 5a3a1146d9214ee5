"""When a process looks at the log again: when it is called, or quickly while there is much.

NOTIFY costs writers who commit at once: they take turns. So where much is going on, a
process calls ``hush``: for a second writers do not call (``change_watch``, a time in the database),
and every process, all having heard it, looks by itself for longer than that. Before one waits to be
called again, it looks until all transactions have ended that may have seen that time. So nothing is
missed:

- a writer that did not call read the time before it ran out, and had a transaction number then;
- each process heard of that time before it was set, and stays awake longer than it lasts;
- it then takes a number itself: all lower ones belong to transactions that may not have called, and
  it goes on looking until none of them runs. Higher ones call.
"""

import time
from collections import deque
from typing import Any

import psycopg

from geo.store import cursors
from geo.store.queries import load

QUERIES = load("changes")

HUSH = "hush"

# What is waited between two looks: while awake, until the last have ended, and when called.
AWAKE_PAUSE_S = 0.01
SETTLING_PAUSE_S = 0.1
LOOK_EVERY_S = 5.0
# Much is when so many looks in a second found something.
MUCH = 6
# Writers do not call for so long; processes look by themselves for longer.
HUSH_MS = 1_000
HUSH_AGAIN_S = 0.5
AWAKE_S = 2.0

Connection = psycopg.AsyncConnection[Any]


class Waking:
    """How awake one process is. It begins awake: writers may be hushed when it comes.

    ``before``: of the transactions that may not call, those that still run; None while awake.
    """

    def __init__(self) -> None:
        self.awake_until = time.monotonic() + AWAKE_S
        self.hush_again = 0.0
        self.finds: deque[float] = deque(maxlen=MUCH)
        self.before: set[int] | None = None

    def called(self, word: str) -> None:
        """Somebody called, perhaps to hush."""
        if word == HUSH:
            self.awake_until = time.monotonic() + AWAKE_S
            self.before = None

    async def before_look(self, conn: Connection) -> bool:
        """Whether it is about to fall asleep; then it has taken a number, which the look sees."""
        drowsy = self.before is None and time.monotonic() >= self.awake_until
        if drowsy:
            await conn.execute(QUERIES["take_number"])
        return drowsy

    async def after_look(
        self, conn: Connection, *, drowsy: bool, found: bool, snapshot: str
    ) -> float:
        """How many seconds to wait for a call before the next look."""
        if found:
            self.finds.append(time.monotonic())
            await self._hush_if_much(conn)
        running = set(cursors.parse(snapshot).running)
        if drowsy and time.monotonic() >= self.awake_until:
            self.before = running
        elif self.before is not None:
            self.before &= running
        if self.before is None:
            return AWAKE_PAUSE_S
        return SETTLING_PAUSE_S if self.before else LOOK_EVERY_S

    async def _hush_if_much(self, conn: Connection) -> None:
        now = self.finds[-1]
        if len(self.finds) < MUCH or now - self.finds[0] > 1 or now < self.hush_again:
            return
        row = await (await conn.execute(QUERIES["clock_ms"])).fetchone()
        assert row  # noqa: S101 - a clock tells the time
        await conn.execute(QUERIES["call"], [HUSH])
        # Counted from before the call: whoever is late sets a time that is over.
        await conn.execute(QUERIES["hush"], [row[0] + HUSH_MS])
        self.hush_again = now + HUSH_AGAIN_S
        self.called(HUSH)
