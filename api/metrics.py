"""Figures for Prometheus: requests by operation, connections, memory; of all processes together.

With several processes each writes its figures to files in a folder that all share, and whichever is
asked adds them up (`api.together`). prometheus_client decides for that when it is imported.
"""

import asyncio
import os
from functools import lru_cache
from pathlib import Path
from typing import Literal

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from starlette.datastructures import State

from api.together import SHARED, is_alive
from geo.store.pools import figures

MEDIA_TYPE = CONTENT_TYPE_LATEST
REFRESH_S = 5.0
BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_STATM = Path("/proc/self/statm")

disable_created_metrics()  # type: ignore[no-untyped-call]
_ours = CollectorRegistry()
_seconds = Histogram(
    "luge_request_seconds",
    "Time from the start of a request to the end of its response.",
    ["operation"],
    registry=_ours,
    buckets=BUCKETS_S,
)
_responses = Counter(
    "luge_responses",
    "Responses by class of status; 'none' where the client left or was cut off.",
    ["operation", "status"],
    registry=_ours,
)


Mode = Literal["livesum", "livemin"]  # of the figures of all processes that are alive


def _gauge(name: str, meaning: str, *labels: str, mode: Mode = "livesum") -> Gauge:
    return Gauge(name, meaning, labels, registry=_ours, multiprocess_mode=mode)


_in_flight = _gauge("luge_requests_in_flight", "Requests under way.")
_workers = _gauge("luge_workers", "Processes that serve.")
_ready = _gauge("luge_ready", "1 where /readyz says so, in every process.", mode="livemin")
_memory = _gauge("luge_memory_bytes", "Resident memory of all processes; shared pages count often.")
_connections = _gauge("luge_database_connections", "Open connections.", "pool", "state")
_waiting = _gauge("luge_database_waiting", "Requests that wait for a connection.", "pool")


def record(operation: str, status: int, seconds: float) -> None:
    """Count one request that is over; status 0 where there was no response."""
    duration, responses = _children(operation, status // 100)
    duration.observe(seconds)
    responses.inc()


@lru_cache(maxsize=2048)
def _children(operation: str, hundreds: int) -> tuple[Histogram, Counter]:
    status = f"{hundreds}xx" if hundreds else "none"
    return _seconds.labels(operation), _responses.labels(operation, status)


def text() -> bytes:
    """All figures in Prometheus' text format."""
    folder = os.environ.get(SHARED)
    if not folder:
        return generate_latest(_ours)
    for file in Path(folder).glob("gauge_live*_*.db"):
        pid = int(file.stem.rpartition("_")[2])
        if not is_alive(pid):
            mark_process_dead(pid, folder)  # type: ignore[no-untyped-call]
    together = CollectorRegistry()
    MultiProcessCollector(together, folder)  # type: ignore[no-untyped-call]
    return generate_latest(together)


async def refreshing(state: State) -> None:
    """Keep what no request tells up to date, until cancelled."""
    while True:
        refresh(state)
        await asyncio.sleep(REFRESH_S)


def refresh(state: State) -> None:
    """Look at pools, memory, readiness and requests under way now."""
    _workers.set(1)
    _ready.set(state.readiness.fault() is None)
    _in_flight.set(state.tally.in_flight)
    if _STATM.exists():
        _memory.set(int(_STATM.read_text().split()[1]) * os.sysconf("SC_PAGESIZE"))
    for name, pool in state.pools.items():
        now = figures(pool)
        _connections.labels(name, "open").set(now.open)
        _connections.labels(name, "idle").set(now.idle)
        _waiting.labels(name).set(now.waiting)
