"""The web service: `create_app` puts routes, errors, headers and the browser app together."""

import asyncio
import gc
import logging
import os
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

from cachetools import LRUCache
from fastapi import FastAPI
from fastapi.responses import FileResponse, HTMLResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import Headers
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
from api.hub import Hub
from api.ogc import routes as ogc
from api.readers import public
from api.shelf import Shelf
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

DIST = Path(__file__).resolve().parents[1] / "maps" / "web" / "dist"

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

NOT_BUILT = """<!doctype html><html lang="zh"><meta charset="utf-8"><title>路格 Luge</title>
<h1>地图页面尚未构建 · The map page is not built yet</h1>
<p>请在项目目录运行 <code>./scripts/setup</code>，然后刷新本页。</p>
<p>Run <code>./scripts/setup</code> in the project's folder, then reload this page.</p></html>"""


def create_app(settings: Settings) -> FastAPI:
    """The service over the database of ``settings``; the private PostGIS is started if need be."""

    knows = guard.host_rule(settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, object]]:
        # Another database than ours may come up later than the service.
        url = settings.database_url or cluster.start(settings.home)
        state, wait_s = app.state, settings.connection_wait_s
        state.log, state.flights = Log(), {}
        state.passing = LRUCache(512)
        state.shelf = Shelf(settings.tile_cache_bytes, state.log, HEADERS.items())
        timeout_ms, size = settings.statement_timeout_ms, settings.pool_size
        pool = open_pool(url, size=size, statement_timeout_ms=timeout_ms, wait_s=wait_s)
        timeout_ms, size = settings.tile_timeout_ms, settings.tile_pool_size
        tile_pool = open_tile_pool(url, size=size, statement_timeout_ms=timeout_ms, wait_s=wait_s)
        state.pool, state.tile_pool = pool, tile_pool
        state.pools = {"requests": pool, "tiles": tile_pool}
        with (
            pool,
            watching(url) as state.readiness,
            working(url, settings.home / "uploads"),
            upkeep(url),
        ):
            hub = state.hub = Hub(state.log)
            works = watch(url, state.log, hub.tell), hub.beat(), metrics.refreshing(state)
            async with tile_pool, _running(works[0]), _running(works[1]), _running(works[2]):
                # What is there now stays: looking through it for garbage would hold up every
                # stream for a tenth of a second, again and again; so would doing it as often as
                # is usual with a thousand connections.
                gc.freeze()
                gc.set_threshold(*SELDOM)
                log.info("process %d serves", os.getpid())
                checks = (knows, state.readiness.fault)
                yield {"kept": Kept(state.shelf, *checks, state.tally, settings.log_clients)}
                # Requests under way had their time; what waits for the database waits no longer.
                if left := break_off(pool):
                    log.warning("%d requests were broken off", left)
        state.tally.settle()

    # The interactive documents of FastAPI load scripts from elsewhere, so they stay off.
    app = _Service(
        title="路格 Luge",
        lifespan=lifespan,
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
    app.state.upstream = basemap.upstream(settings)
    public(settings.public_rights)  # refuses a setting that cannot be used before anyone asks
    problems.install(app)
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)
    app.add_middleware(Straight, state=app.state)
    app.add_middleware(
        Gate,
        settings=settings,
        headers=HEADERS,
        knows=knows,
        tally=app.state.tally,
    )
    app.include_router(health.router)
    app.include_router(places.router)
    app.include_router(tiles.router)
    app.include_router(measures.router)
    app.include_router(units.router)
    app.include_router(basemap.router)
    app.include_router(counts.router)
    app.include_router(live.router)
    app.include_router(cases.router)
    app.include_router(duties.router)
    app.include_router(chiefs.router)
    app.include_router(bodies.router)
    app.include_router(segments.router)
    app.include_router(situation.router)
    app.include_router(patrols.router)
    app.include_router(coverage.router)
    app.include_router(reach.router)
    app.include_router(imports.router)
    app.include_router(reports.router)
    app.include_router(shares.router)
    app.include_router(load.router)
    app.include_router(plan_ground.router)
    app.include_router(plans.router)
    app.include_router(strokes.router)
    app.include_router(replays.router)
    app.include_router(proposals.router)
    app.include_router(redraws.router)
    app.include_router(cutting.router)
    app.include_router(plan_comments.router)
    app.include_router(exports.router)
    app.include_router(ogc.router)
    _serve_page(app, DIST)
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
async def _running(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Runs ``work`` beside, and cancels it at the end."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def _serve_page(app: FastAPI, dist: Path) -> None:
    def page(name: str) -> Response:
        file = dist / name
        if not file.is_file():
            return HTMLResponse(NOT_BUILT, status_code=503)
        # The page names its scripts by content hash; it must itself never be stale.
        return FileResponse(file, headers={"Cache-Control": "no-cache"})

    @app.get("/", include_in_schema=False)
    def map_page() -> Response:
        return page("index.html")

    @app.get("/import", include_in_schema=False)
    def import_page() -> Response:
        return page("import.html")

    @app.get("/operations", include_in_schema=False)
    def operations_page() -> Response:
        return page("operations.html")

    @app.get("/wall", include_in_schema=False)
    def wall_page() -> Response:
        return page("wall.html")

    @app.get("/my", include_in_schema=False)
    def my_page() -> Response:
        return page("my.html")

    @app.get("/my-worker.js", include_in_schema=False)
    def my_worker() -> Response:
        # It keeps the page for when there is no network; it stands here for its scope to be /my.
        return page("my-worker.js")

    @app.get("/shares", include_in_schema=False)
    def shares_page() -> Response:
        return page("shares.html")

    @app.get("/plans", include_in_schema=False)
    def plans_page() -> Response:
        return page("plans.html")

    @app.get("/coverage", include_in_schema=False)
    def coverage_page() -> Response:
        return page("coverage.html")

    app.mount("/assets", _Assets(directory=dist / "assets", check_dir=False), name="assets")


class _Assets(StaticFiles):
    """Scripts and styles are named by their content, so a browser may keep them for good.

    The build puts each beside its packed form, which goes to all who can unpack it.
    """

    async def get_response(self, path: str, scope: Scope) -> Response:
        unpacks = "gzip" in Headers(scope=scope).get("accept-encoding", "")
        if unpacks and self.lookup_path(f"{path}.gz")[1]:
            response = await super().get_response(f"{path}.gz", scope)
            response.headers["Content-Encoding"] = "gzip"
        else:
            response = await super().get_response(path, scope)
        response.headers.add_vary_header("Accept-Encoding")
        return response

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response
