"""The page on connecting other programs: everything on it is done here as it stands."""

import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "connect.md").read_text("utf-8")
ADDRESS = "http://127.0.0.1:8000"
MAPLIBRE = ROOT / "maps" / "web" / "node_modules" / "maplibre-gl" / "dist"
LOAD = "import * as maplibregl from '/maplibre/maplibre-gl.mjs'; window.maplibregl = maplibregl;"
SOFTWARE_GL = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"]
# A tile of the middle of the sample district.
PLACE = {"{z}": "12", "{x}": "3424", "{y}": "1674"}


def snippet(language, service):
    """The block of the page in a language, for the service that runs here."""
    (block,) = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert len(block.strip().splitlines()) <= 6
    return block.replace(ADDRESS, service)


@pytest.mark.skipif(not shutil.which("ogr2ogr"), reason="gdal-bin is not installed")
def test_gdal(service, tmp_path):
    done = subprocess.run(
        ["bash", "-euc", snippet("sh", service)],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "open.gpkg").stat().st_size > 0
    *_, every, still_open = re.findall(r"Feature Count: (\d+)", done.stdout)
    assert 0 < int(still_open) < int(every)


def test_geopandas(service, tmp_path):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", snippet("python", service)],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    area_m2, shops = map(float, done.stdout.split())
    assert 1e7 < area_m2 < 1e8
    assert shops > 100


def test_qgis(service):
    """QGIS does not run here: what it asks first is there at the addresses that the page names."""
    part = PAGE.partition("## QGIS")[2].partition("## GDAL")[0]
    addresses = re.findall(r"`(http[^`]+)`", part)
    assert len(addresses) == 2
    for address in addresses:
        for name, value in PLACE.items():
            address = address.replace(name, value)
        with urlopen(address.replace(ADDRESS, service)) as answer:  # noqa: S310
            assert answer.status == 200
    with urlopen(f"{service}/ogc/conformance") as answer:  # noqa: S310
        told = answer.read().decode()
    # Without these QGIS would fetch everything and filter at home.
    for name in ("features-3/1.0/conf/filter", "conf/features-filter", "conf/cql2-text",
                 "conf/basic-cql2"):  # fmt: skip
        assert name in told


def test_maplibre(service):
    if not (MAPLIBRE / "maplibre-gl.mjs").is_file():
        pytest.skip("the browser app's packages are not installed")
    # The tests of pages keep a browser, and its loop, in this thread.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(show_blocks, service).result()


def show_blocks(service):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", *SOFTWARE_GL]
        )
        page = browser.new_context(bypass_csp=True).new_page()
        page.route("**/maplibre/*", give_maplibre)
        page.goto(f"{service}/ogc?f=html")
        page.set_content('<div id="map" style="width: 600px; height: 400px"></div>')
        page.add_script_tag(type="module", content=LOAD)
        page.wait_for_function("() => window.maplibregl")
        page.evaluate(f"() => {{ {snippet('js', service)} window.map = map; }}")
        page.wait_for_function(
            "() => map.getLayer('blocks') && map.loaded()"
            " && map.queryRenderedFeatures({layers: ['blocks']}).length > 10",
            timeout=60_000,
        )
        browser.close()


def give_maplibre(route):
    file = MAPLIBRE / route.request.url.rpartition("/")[2].partition("?")[0]
    route.fulfill(path=file, content_type="text/javascript")
