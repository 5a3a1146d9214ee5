"""The browser app's pages and what they are made of, as the build left them."""

from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.responses import FileResponse, HTMLResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import Headers
from starlette.types import Scope

DIST = Path(__file__).resolve().parents[1] / "maps" / "web" / "dist"

# Files by their paths. The worker keeps /my for when there is no network; it stands here, as that
# is what it may keep.
FILES = {"/": "index.html", "/my-worker.js": "my-worker.js"} | {
    f"/{name}": f"{name}.html"
    for name in ("import", "operations", "wall", "my", "shares", "plans", "coverage")
}

NOT_BUILT = """<!doctype html><html lang="zh"><meta charset="utf-8"><title>路格 Luge</title>
<h1>地图页面尚未构建 · The map page is not built yet</h1>
<p>请在项目目录运行 <code>./scripts/setup</code>，然后刷新本页。</p>
<p>Run <code>./scripts/setup</code> in the project's folder, then reload this page.</p></html>"""


def serve(app: FastAPI, dist: Path) -> None:
    """Has ``app`` answer with the files of the folder ``dist``."""

    def add(path: str, file: Path) -> None:
        def page() -> Response:
            if not file.is_file():
                return HTMLResponse(NOT_BUILT, status_code=503)
            # The page names its scripts by content hash; it must itself never be stale.
            return FileResponse(file, headers={"Cache-Control": "no-cache"})

        app.get(path, name=f"{file.stem}_page", include_in_schema=False)(page)

    for path, name in FILES.items():
        add(path, dist / name)
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

    async def check_config(self) -> None:
        """Takes a missing folder as it is: before the page is built nothing is there, 404."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response
