"""The map page in Chromium: how soon it shows something, how it pans and zooms, what it weighs.

scripts/bench page --home .luge      the district in that home (scripts/demo makes the sample's)

Each gesture is done in turns on the page, on a bare MapLibre map with the same layers and tiles
and nothing else, and on one with nothing but a colour: what the page costs beyond them is ours.
Chromium draws without a graphics card here (SwiftShader), which takes processor time that a card
would not. Frames are read from the browser's own trace.
"""

import argparse
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from api.app import create_app
from bench import frames
from geo.store import cluster
from geo.store.settings import Settings

SCREEN = {"width": 1440, "height": 900}
SOFTWARE_GL = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"]
SETTLED = "#map[aria-busy=false]"
LOADED = """performance.getEntriesByType('resource')
    .filter(({ name, transferSize }) => name.includes('/assets/') && transferSize > 0)
    .map(({ encodedBodySize }) => encodedBodySize)"""
MAPLIBRE = Path(__file__).parents[1] / "maps/web/node_modules/maplibre-gl/dist"
BARE = """<!doctype html><link rel="stylesheet" href="/bare/files/maplibre-gl.css">
<style>body { margin: 0 } #map { width: 100vw; height: 100vh }</style><div id="map"></div>
<script type="module">
  import { Map, setWorkerUrl } from "/bare/files/maplibre-gl.mjs";
  setWorkerUrl(new URL("/bare/files/maplibre-gl-worker.mjs", location.href).href);
  window.bare = (style, center, zoom) => {
    const map = new Map({ container: "map", style, center, zoom, attributionControl: false });
    map.on("styleimagemissing", ({ id }) => map.addImage(id, new ImageData(1, 1)));
    map.on("movestart", () => map.getContainer().setAttribute("aria-busy", "true"));
    map.on("idle", () => map.getContainer().setAttribute("aria-busy", "false"));
  };
</script>"""
COLOUR = {
    "version": 8,
    "sources": {},
    "layers": [{"id": "land", "type": "background", "paint": {"background-color": "#f8f6f1"}}],
}
VIEW = """() => ({ style: window.luge.map.getStyle(), center: window.luge.map.getCenter().toArray(),
    zoom: window.luge.map.getZoom() })"""

Gesture = Callable[[Page], None]


def main() -> None:
    """Parses arguments, measures, prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, default=Path(".luge"))
    parser.add_argument("--turns", type=int, default=3)
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}", flush=True)
    with _serving(options.home) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", *SOFTWARE_GL]
        )
        _weigh(browser, address)
        _first_views(browser, address, options.turns)
        print("frames; ms as p50/p95/p99:", flush=True)
        for name, act in (("pan", _pan), ("zoom", _zoom)):
            _gesture(browser, address, options.turns, name, act)
        browser.close()
    print(f"load {os.getloadavg()[0]:.1f}")


@contextmanager
def _serving(home: Path) -> Iterator[str]:
    running = cluster.status(home).running
    app = _beside(create_app(Settings(home=home, database_url=cluster.start(home))))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        if not running:
            cluster.stop(home)


def _beside(app: ASGIApp) -> ASGIApp:
    """The service, and the bare map's page beside it, so that tiles come from the same host."""
    files = Mount("/bare/files", StaticFiles(directory=MAPLIBRE))
    bare = Starlette(routes=[Route("/bare", lambda _: HTMLResponse(BARE)), files])

    async def either(scope: Scope, receive: Receive, send: Send) -> None:
        ours = not scope.get("path", "").startswith("/bare")
        await (app if ours else bare)(scope, receive, send)

    return either


def _weigh(browser: Browser, address: str) -> None:
    """What of scripts and styles crosses the network before the page is of use, packed."""
    page = browser.new_page(viewport=SCREEN)
    page.goto(address)
    page.wait_for_selector(SETTLED, timeout=60_000)
    sizes = page.evaluate(LOADED)
    page.locator("#tab-explore").click()
    page.wait_for_selector(".chart svg")
    charts = page.evaluate(LOADED)
    page.close()
    print(f"scripts and styles: {len(sizes)} files, {sum(sizes) / 1e3:.0f} kB packed", end="; ")
    print(f"{sum(charts) / 1e3:.0f} kB with charts, which are loaded when one is seen")


def _first_views(browser: Browser, address: str, turns: int) -> None:
    """From asking for the page to words on it, and to a map that is drawn whole."""
    told, drawn = [], []
    for _ in range(turns):
        context = browser.new_context(viewport=SCREEN)
        page = context.new_page()
        start = time.perf_counter()
        page.goto(address, wait_until="commit")
        page.wait_for_selector("#layers label, #panel-layers label", state="attached")
        told.append(time.perf_counter() - start)
        page.wait_for_selector(SETTLED, timeout=60_000)
        drawn.append(time.perf_counter() - start)
        context.close()
    print(f"first view: panels after {median(told):.2f} s, map whole after {median(drawn):.2f} s")


def _gesture(browser: Browser, address: str, turns: int, name: str, act: Gesture) -> None:
    """One gesture on the page and on the bare maps, in turns."""
    ours = _open(browser, address)
    view = ours.evaluate(VIEW)
    views = {"bare map, same layers": view, "bare map, a colour": {**view, "style": COLOUR}}
    pages = {"page": ours, **{kind: _bare(browser, address, at) for kind, at in views.items()}}
    for page in pages.values():
        page.bring_to_front()
        act(page)  # what is loaded once is loaded now
        page.wait_for_selector(SETTLED, timeout=60_000)
    seen: dict[str, list[frames.Frames]] = {kind: [] for kind in pages}
    for _ in range(turns):
        for kind, page in pages.items():
            seen[kind].append(_traced(browser, page, act))
    for kind, turned in seen.items():
        print(frames.line(f"{name}, {kind}", frames.together(turned)), flush=True)
        pages[kind].close()


def _open(browser: Browser, address: str) -> Page:
    page = browser.new_page(viewport=SCREEN)
    page.goto(address)
    page.wait_for_selector(SETTLED, timeout=60_000)
    return page


def _bare(browser: Browser, address: str, view: dict) -> Page:
    page = browser.new_page(viewport=SCREEN)
    page.goto(f"{address}/bare")
    page.wait_for_function("'bare' in window")
    page.evaluate("view => window.bare(view.style, view.center, view.zoom)", view)
    page.wait_for_selector(SETTLED, timeout=60_000)
    return page


def _traced(browser: Browser, page: Page, act: Gesture) -> frames.Frames:
    page.bring_to_front()
    page.wait_for_selector(SETTLED, timeout=60_000)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "trace.json")
        before, start = _processor_s(browser), time.perf_counter()
        browser.start_tracing(page=page, path=file, categories=list(frames.CATEGORIES))
        act(page)
        browser.stop_tracing()
        lasted, after = time.perf_counter() - start, _processor_s(browser)
        cores = {kind: (after[kind] - before.get(kind, 0)) / lasted for kind in after}
        return frames.read(file, cores)


def _processor_s(browser: Browser) -> dict[str, float]:
    """Seconds of processor that the browser's own, drawing and page processes had so far."""
    session = browser.new_browser_cdp_session()
    told = session.send("SystemInfo.getProcessInfo")["processInfo"]
    session.detach()
    used = dict.fromkeys(("GPU", "renderer"), 0.0)
    for process in told:
        if process["type"] in used:
            used[process["type"]] += process["cpuTime"]
    return used


def _pan(page: Page) -> None:
    middle = (SCREEN["width"] / 2, SCREEN["height"] / 2)
    for dx, dy in ((-300, 0), (0, -200), (300, 0), (0, 200)):
        page.mouse.move(*middle)
        page.mouse.down()
        page.mouse.move(middle[0] + dx, middle[1] + dy, steps=30)
        page.mouse.up()


def _zoom(page: Page) -> None:
    page.mouse.move(SCREEN["width"] / 2, SCREEN["height"] / 2)
    for step in (-60, 60):
        for _ in range(30):
            page.mouse.wheel(0, step)
            page.wait_for_timeout(16)


if __name__ == "__main__":
    main()
