"""The web service: `create_app` puts routes, errors, headers and the browser app together."""

import asyncio
import gc
import logging
import os
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from threading import BoundedSemaphore
from typing import Any

from cachetools import LRUCache
from fastapi import FastAPI
from starlette.datastructures import State
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import Receive, Scope, Send

from api import (
    basemap,
    bodies,
    cases,
    chiefs,
    contract,
    counts,
    coverage,
    cutting,
    duties,
    exports,
    guard,
    health,
    imports,
    live,
    load,
    logs,
    measures,
    metrics,
    pages,
    patrols,
    places,
    plan_comments,
    plan_ground,
    plans,
    problems,
    proposals,
    reach,
    redraws,
    replays,
    reports,
    segments,
    shares,
    situation,
    strokes,
    tiles,
    units,
)
from api.gate import Gate, name_of
from api.heads import Heads
from api.hub import Hub
from api.ogc import routes as ogc
from api.readers import public
from api.shelf import Shelf
from api.stopping import heeding
from api.straight import Straight
from api.streams import RAW_SEND
from api.tally import Tally
from api.wire import Kept
from geo.store import cluster
from geo.store.changes import Log
from geo.store.pools import break_off, open_pool, open_tile_pool
from geo.store.readiness import watching
from geo.store.settings import Settings
from geo.store.settings import load as load_settings
from geo.store.upkeep import upkeep
from geo.store.watching import watch
from geo.store.worker import working

log = logging.getLogger("luge")

DOORS = (
    health, places, tiles, measures, units, basemap, counts, live,
    cases, duties, chiefs, bodies, segments, situation, patrols, coverage,
    reach, imports, reports, shares, load, plan_ground, plans, strokes,
    replays, proposals, redraws, cutting, plan_comments, exports, ogc,
)  # fmt: skip

# Nothing comes from outside. MapLibre draws its icons to blobs and data URLs and sets styles by
# script, which needs no exception.
POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data: blob:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}

# How often garbage is looked for among what is new, what is a little older, and everything.
SELDOM = (20_000, 20, 200)


def create_app(settings: Settings) -> FastAPI:
    """The service over the database of ``settings``; the private PostGIS is started if need be."""
    # The interactive documents of FastAPI load scripts from elsewhere, so they stay off.
    app = _Service(
        title="路格 Luge",
        lifespan=_serving,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        generate_unique_id_function=name_of,
        responses=contract.PROBLEMS,
        # It would look for its exporters at every request.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.exports = BoundedSemaphore(settings.exports_at_once)
    contract.install(app)
    app.state.settings, app.state.tally, app.state.bounds = settings, Tally(), {}
    app.state.knows = guard.host_rule(settings)
    app.state.upstream = basemap.upstream(settings)
    public(settings.public_rights)  # refuses a setting that cannot be used before anyone asks
    problems.install(app)
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)
    app.add_middleware(Straight, state=app.state)
    app.add_middleware(Heads)
    app.add_middleware(
        Gate,
        settings=settings,
        headers=HEADERS,
        knows=app.state.knows,
        tally=app.state.tally,
    )
    for door in DOORS:
        app.include_router(door.router)
    pages.serve(app, pages.DIST)
    return app


def app_from_environment() -> FastAPI:
    """The service as LUGE_* variables say, with its log: what each process of it runs."""
    settings = load_settings()
    logs.begin(settings.log)
    return create_app(settings)


class _Service(FastAPI):
    """Keeps the server's own ``send`` for streams; every middleware stands before it."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope[RAW_SEND] = send
        await super().__call__(scope, receive, send)


@asynccontextmanager
async def _serving(app: FastAPI) -> AsyncIterator[dict[str, object]]:
    """What runs beside the service while it serves: pools, watchers, threads, the hub."""
    settings, state = app.state.settings, app.state
    # Another database than ours may come up later than the service.
    url = settings.database_url or cluster.start(settings.home)
    state.log, state.flights = Log(), {}
    state.passing = LRUCache(512)
    state.shelf = Shelf(settings.tile_cache_bytes, state.log, HEADERS.items())
    _make_pools(state, url)
    with (
        state.pool,
        watching(url) as state.readiness,
        working(url, settings.home / "uploads"),
        upkeep(url),
    ):
        hub = state.hub = Hub(state.log)
        works = watch(url, state.log, hub.tell), hub.beat(), metrics.refreshing(state)
        async with state.tile_pool, _running(works[0]), _running(works[1]), _running(works[2]):
            # What is there now stays: looking through it for garbage would hold up every
            # stream for a tenth of a second, again and again; so would doing it as often as
            # is usual with a thousand connections.
            gc.freeze()
            gc.set_threshold(*SELDOM)
            log.info("process %d serves", os.getpid())
            checks = (state.knows, state.readiness.fault)
            with heeding(hub.ending.set):  # streams do not end by themselves
                yield {"kept": Kept(state.shelf, *checks, state.tally, settings.log_clients)}
            # Requests under way had their time; what waits for the database waits no longer.
            if left := break_off(state.pool):
                log.warning("%d requests were broken off", left)
    state.tally.settle()


def _make_pools(state: State, url: str) -> None:
    settings: Settings = state.settings
    wait_s = settings.connection_wait_s
    timeout_ms, size = settings.statement_timeout_ms, settings.pool_size
    state.pool = open_pool(url, size=size, statement_timeout_ms=timeout_ms, wait_s=wait_s)
    timeout_ms, size = settings.tile_timeout_ms, settings.tile_pool_size
    state.tile_pool = open_tile_pool(url, size=size, statement_timeout_ms=timeout_ms, wait_s=wait_s)
    state.pools = {"requests": state.pool, "tiles": state.tile_pool}


@asynccontextmanager
async def _running(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Runs ``work`` beside, and cancels it at the end."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
