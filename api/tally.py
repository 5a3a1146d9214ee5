"""Requests that are over: counted and logged together a moment later, so that each costs little.

A request only leaves a note. What is done with it takes longer than to answer a tile from memory,
and a fraction of that when it is done for many in one go.
"""

import asyncio
from typing import NamedTuple

from api import logs, metrics

SETTLE_S = 0.2
# Notes that do not wait: of a flood, or where no loop stays to settle them.
MOST = 500


class Over(NamedTuple):
    """A request: when it ended (seconds since 1970), what it was, and what came of it.

    ``status`` is 0 where no response was sent.
    """

    at: float
    id: str
    operation: str
    method: str
    status: int
    seconds: float
    sent_bytes: int
    client: str | None


class Tally:
    """Of one process; used in its event loop only."""

    def __init__(self) -> None:
        self.in_flight = 0
        self.over: list[Over] = []

    def note(self, request: Over) -> None:
        """One more is over."""
        self.over.append(request)
        if len(self.over) == 1:
            asyncio.get_running_loop().call_later(SETTLE_S, self.settle)
        elif len(self.over) >= MOST:
            self.settle()

    def settle(self) -> None:
        """Put all that is noted into the figures and the log."""
        over, self.over = self.over, []
        for request in over:
            metrics.record(request.operation, request.status, request.seconds)
        if logs.begun():
            logs.write([_fields(request) for request in over])


def _fields(request: Over) -> dict[str, object]:
    fields: dict[str, object] = {
        "time": request.at,
        "level": "error" if request.status >= 500 else "info",
        "request_id": request.id,
        "operation": request.operation,
        "method": request.method,
        "status": request.status or None,
        "ms": round(request.seconds * 1000, 1),
        "bytes": request.sent_bytes,
    }
    return fields if request.client is None else fields | {"client": request.client}
