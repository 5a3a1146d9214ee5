"""The map page in Chromium: how soon it shows something, how it pans and zooms, what it weighs.

scripts/bench page --home .luge      the district in that home (scripts/demo makes the sample's)

Chromium draws without a graphics card here (SwiftShader), which takes processor time that a card
would not. Frames are read from the browser's own trace.
"""

import argparse
import json
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import numpy as np
import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

from api.app import create_app
from geo.store import cluster
from geo.store.settings import Settings

SCREEN = {"width": 1440, "height": 900}
SOFTWARE_GL = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"]
FRAMES = "devtools.timeline.frame,disabled-by-default-devtools.timeline.frame,devtools.timeline"
SETTLED = "#map[aria-busy=false]"
LOADED = """performance.getEntriesByType('resource')
    .filter(({ name }) => name.includes('/assets/'))
    .map(({ encodedBodySize }) => encodedBodySize)"""
# Milliseconds between two frames that a person sees as a stutter: three frames of 60 a second.
STUTTER_MS = 50


def main() -> None:
    """Parses arguments, measures, prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, default=Path(".luge"))
    parser.add_argument("--turns", type=int, default=3)
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    with _serving(options.home) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", *SOFTWARE_GL]
        )
        _weigh(browser, address)
        _first_views(browser, address, options.turns)
        for name, act in (("pan", _pan), ("zoom", _zoom)):
            _frames(browser, address, name, act)
        browser.close()


@contextmanager
def _serving(home: Path) -> Iterator[str]:
    running = cluster.status(home).running
    app = create_app(Settings(home=home, database_url=cluster.start(home)))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()
    if not running:
        cluster.stop(home)


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


def _frames(browser: Browser, address: str, name: str, act) -> None:
    page = browser.new_page(viewport=SCREEN)
    page.goto(address)
    page.wait_for_selector(SETTLED, timeout=60_000)
    act(page)  # what is loaded once is loaded now
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "trace.json")
        browser.start_tracing(page=page, path=file, categories=FRAMES.split(","))
        act(page)
        browser.stop_tracing()
        at = _drawn_at(json.loads(file.read_text()))
    page.close()
    gaps = np.diff(np.sort(at)) / 1e3
    gaps = gaps[gaps < 1_000]  # a pause between two gestures
    p50, p95, p99 = np.percentile(gaps, [50, 95, 99])
    slow = (gaps > STUTTER_MS).mean()
    print(f"{name}: {len(gaps)} frames, p50 {p50:.0f} ms, p95 {p95:.0f}, p99 {p99:.0f},", end=" ")
    print(f"{slow:.1%} over {STUTTER_MS} ms")


def _drawn_at(trace: dict) -> np.ndarray:
    """When frames were drawn, in microseconds."""
    return np.array([e["ts"] for e in trace["traceEvents"] if e["name"] == "DrawFrame"], float)


def _pan(page: Page) -> None:
    middle = (SCREEN["width"] / 2, SCREEN["height"] / 2)
    for dx, dy in ((-300, 0), (0, -200), (300, 0), (0, 200)):
        page.mouse.move(*middle)
        page.mouse.down()
        page.mouse.move(middle[0] + dx, middle[1] + dy, steps=60)
        page.mouse.up()


def _zoom(page: Page) -> None:
    page.mouse.move(SCREEN["width"] / 2, SCREEN["height"] / 2)
    for step in (-60, 60):
        for _ in range(30):
            page.mouse.wheel(0, step)
            page.wait_for_timeout(16)


if __name__ == "__main__":
    main()
