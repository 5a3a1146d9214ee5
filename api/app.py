"""The web service: `create_app` puts routes, errors, headers and the browser app together."""

import asyncio
import gc
from collections.abc import AsyncIterator, Coroutine, MutableMapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.responses import FileResponse, HTMLResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from api import cases, imports, live, places, problems, situation, tiles
from api.hub import Hub
from api.readers import public
from api.shelf import FromShelf, Shelf
from api.streams import KeepRawSend
from geo.store import cluster
from geo.store.changes import Log
from geo.store.database import open_pool, open_tile_pool
from geo.store.settings import Settings
from geo.store.watching import watch
from geo.store.worker import working

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

NOT_BUILT = """<!doctype html><html lang="zh"><meta charset="utf-8"><title>路格 Luge</title>
<h1>地图页面尚未构建 · The map page is not built yet</h1>
<p>请在项目目录运行 <code>./scripts/setup</code>，然后刷新本页。</p>
<p>Run <code>./scripts/setup</code> in the project's folder, then reload this page.</p></html>"""


def create_app(settings: Settings) -> FastAPI:
    """The service over the database of ``settings``; the private PostGIS is started if need be."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        url = cluster.ensure(settings)
        timeout_ms = settings.statement_timeout_ms
        pool = open_pool(url, size=settings.pool_size, statement_timeout_ms=timeout_ms)
        app.state.log, app.state.flights = Log(), {}
        app.state.shelf = Shelf(settings.tile_cache_bytes, app.state.log)
        timeout_ms, size = settings.tile_timeout_ms, settings.tile_pool_size
        tile_pool = open_tile_pool(url, size=size, statement_timeout_ms=timeout_ms)
        with pool, working(url, settings.home / "uploads"):
            app.state.pool = pool
            hub = app.state.hub = Hub(app.state.log)
            watching = _running(watch(url, app.state.log, hub.tell))
            async with tile_pool, watching, _running(hub.beat()):
                app.state.tile_pool = tile_pool
                # What is there now stays: looking through it for garbage would hold up every
                # stream for a tenth of a second, again and again.
                gc.freeze()
                yield

    # The interactive documents of FastAPI load scripts from elsewhere, so they stay off.
    app = FastAPI(
        title="路格 Luge",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
    )
    app.state.settings = settings
    public(settings.public_rights)  # refuses a setting that cannot be used before anyone asks
    problems.install(app)
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)
    app.add_middleware(_SecurityHeaders)
    app.add_middleware(FromShelf, state=app.state, headers=HEADERS)
    app.add_middleware(KeepRawSend)
    app.include_router(places.router)
    app.include_router(tiles.router)
    app.include_router(live.router)
    app.include_router(cases.router)
    app.include_router(situation.router)
    app.include_router(imports.router)
    _serve_page(app, DIST)
    return app


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

    app.mount("/assets", _Assets(directory=dist / "assets", check_dir=False), name="assets")


class _Assets(StaticFiles):
    """Scripts and styles are named by their content, so a browser may keep them for good."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


class _SecurityHeaders:
    """Adds the same headers to every response."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        await self.app(scope, receive, send_with_headers)
