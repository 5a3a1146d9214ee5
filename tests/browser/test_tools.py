"""Measuring, printing, full screen, and a base map under our own layers."""

import re
import struct
import threading
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx2 as httpx
import pytest
from axe import serious_faults
from pages import DESKTOP, OpenPage, Spot, settle, shot
from playwright.sync_api import Browser, Page, expect
from serving import serving
from test_map import view

from geo.store.settings import Settings

POINTS_PER_MM = 72 / 25.4
AXE = Path(__file__).parents[2] / "maps" / "web" / "node_modules" / "axe-core" / "axe.min.js"


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


# One grey pixel.
PNG = (
    b"\x89PNG\r\n\x1a\n"
    + chunk(b"IHDR", struct.pack(">2I5B", 1, 1, 8, 0, 0, 0, 0))
    + chunk(b"IDAT", zlib.compress(b"\x00\xa0"))
    + chunk(b"IEND", b"")
)


@pytest.mark.parametrize("phone", [False, True])
def test_a_triangle_is_measured(open_page: OpenPage, service: str, spot: Spot, phone: bool) -> None:
    page = open_page(view(spot, 16), phone=phone)
    page.locator("[data-tool=tool_measure]").click()
    corners = (
        [(120, 300), (260, 300), (200, 420)] if phone else [(600, 300), (900, 320), (860, 600)]
    )
    card = page.locator("#measure")
    for x, y in corners:
        page.touchscreen.tap(x, y) if phone else page.mouse.click(x, y)
        page.wait_for_timeout(400)  # two quick taps are a zoom
    expect(card.locator("dd")).to_have_count(3)
    shot(page, f"{'phone' if phone else 'desktop'}-measure")
    points = [list(page.evaluate(f"luge.map.unproject([{x}, {y}]).toArray()")) for x, y in corners]
    found = httpx.post(f"{service}/api/measure", json={"points": points}).json()
    assert card.locator("dd").first.inner_text() == f"{found['length_m']:.0f} m"
    expect(page.locator("#place")).to_be_hidden()
    card.get_by_role("button", name="撤销一点").click()
    expect(card.locator("dd")).to_have_count(1)
    card.get_by_role("button", name="关闭").click()
    expect(card).to_be_hidden()


def test_measuring_by_keyboard(open_page: OpenPage, spot: Spot) -> None:
    page = open_page(view(spot, 16))
    page.locator("[data-tool=tool_measure]").press("Enter")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowRight")
    settle(page)
    page.keyboard.press("Enter")
    expect(page.locator("#measure dd").first).to_contain_text("m")
    page.keyboard.press("Escape")
    expect(page.locator("#measure")).to_be_hidden()


@pytest.mark.parametrize(
    ("paper", "wide", "high"), [("a4-landscape", 297, 210), ("a3-portrait", 297, 420)]
)
def test_the_map_is_printed_on_paper(
    open_page: OpenPage, spot: Spot, paper: str, wide: int, high: int
) -> None:
    page = open_page(view(spot, 15.5))
    before = page.evaluate("luge.map.getZoom()")
    page.evaluate("() => { window.print = () => { window.printed = true; }; }")
    page.locator("[data-tool=tool_print]").click()
    page.get_by_label("标题").fill("渡口社区 事件图")
    page.get_by_label("纸张").select_option(paper)
    page.get_by_role("button", name="生成并打印").click()
    expect(page.locator("#print footer")).to_have_count(1)
    expect(page.locator("#print-dialog")).to_be_hidden()
    assert page.evaluate("window.printed")
    pdf = page.pdf(prefer_css_page_size=True, print_background=True)
    boxes = re.findall(rb"/MediaBox ?\[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    assert [[round(float(side) / POINTS_PER_MM) for side in box] for box in boxes] == [[wide, high]]
    page.emulate_media(media="print")
    sheet = page.locator("#print")
    expect(sheet.locator("h1")).to_have_text("渡口社区 事件图")
    for part, text in {
        ".legend-sheet": "管理网格", ".north": "北", ".scale": "1 :", "footer": "数据版本",
    }.items():  # fmt: skip
        expect(sheet.locator(part)).to_contain_text(text)
    expect(sheet.locator("footer")).to_contain_text("EPSG:4549")
    shot(page, f"print-{paper}")
    page.emulate_media(media="screen")
    settle(page)
    assert page.evaluate("luge.map.getZoom()") == pytest.approx(before)


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_an_open_place_moves_nothing_on_paper_nor_off_the_screen(
    open_page: OpenPage, service: str, spot: Spot, phone: bool
) -> None:
    """A map moved clear of a panel keeps the room for it, which is not to be counted twice."""
    page = open_page(view(spot, 15.5), phone=phone)
    page.evaluate("window.print = () => {}")
    size = page.viewport_size
    assert size
    page.mouse.click(size["width"] - 60, size["height"] * 0.5)
    expect(page.locator("#place h2")).to_be_visible()
    settle(page)
    assert sum(page.evaluate("Object.values(luge.map.getPadding())")) > 0
    center = page.evaluate("luge.map.getCenter().toArray()")
    page.locator("[data-tool=tool_print]").evaluate("(button) => button.click()")
    page.get_by_role("button", name="生成并打印").click()
    expect(page.locator("#print-dialog")).to_be_hidden()
    told = page.locator("#print .scale").text_content() or ""
    scale = int(re.search(r"1 : ([\d,]+)", told)[1].replace(",", ""))  # type: ignore[index]
    assert scale < 20_000, told
    assert page.evaluate("luge.map.getCenter().toArray()") == pytest.approx(center)
    page.locator("#place .close").click()
    page.get_by_role("button", name="查看全区").click()
    settle(page)
    west, south, east, north = httpx.get(f"{service}/api/district").json()["bounds"]
    for corner in ([west, south], [east, north]):
        assert page.evaluate("(corner) => luge.map.getBounds().contains(corner)", corner)


def test_full_screen(open_page: OpenPage) -> None:
    page = open_page()
    button = page.locator("[data-tool=tool_screen]")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("document.fullscreenElement === document.documentElement")


@pytest.fixture
def other() -> Iterator[tuple[list[str], str]]:
    """Another map service on this machine, whose pictures are one colour."""

    class Service(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "image/png")
            self.end_headers()
            self.wfile.write(PNG)

        def log_message(self, *_: object) -> None:
            pass

    asked: list[str] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield asked, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


KEY = "onlytheserverknows"
BASE_DRAWN = (
    "luge.map.isSourceLoaded('basemap') && luge.map.getLayoutProperty(luge.map.getStyle()"
    ".layers.find(({source}) => source === 'basemap').id, 'visibility') !== 'none'"
)


def test_pictures_lie_under_the_layers_and_the_key_stays_away(
    browser: Browser, sample_url: str, spot: Spot, other: tuple[list[str], str]
) -> None:
    asked, address = other
    settings = Settings(
        database_url=sample_url, basemap_url=address + "/{z}/{x}/{y}?tk={key}", basemap_key=KEY,
        basemap_attribution="另一家的地图",
    )  # fmt: skip
    seen: list[str] = []
    with serving(settings) as service:
        page = browser.new_context(viewport=DESKTOP, reduced_motion="reduce").new_page()
        page.on("response", lambda response: seen.append(response.url))
        page.goto(f"{service}/{view(spot, 15)}")
        expect(page.locator("#credit")).to_have_text("另一家的地图")
        settle(page)
        assert page.evaluate(BASE_DRAWN)
        order = page.evaluate("luge.map.getStyle().layers.map(({id}) => id)")
        assert order.index("land") < order.index("basemap") < order.index("compounds")
        shot(page, "desktop-basemap")
        button = page.locator("[data-tool=tool_base]")
        button.click()
        expect(button).to_have_attribute("aria-pressed", "false")
        expect(page.locator("#credit")).to_be_hidden()
        texts = page.content() + page.evaluate("JSON.stringify(luge.map.getStyle())")
        page.context.close()
    assert asked
    assert all(KEY in path for path in asked)
    assert all(url.startswith((service, "blob:", "data:")) for url in seen)
    assert not any(KEY in text for text in [*seen, texts])


def test_an_archive_is_read_in_ranges(
    browser: Browser, sample_url: str, spot: Spot, tmp_path: Path
) -> None:
    file = tmp_path / "one.pmtiles"
    file.write_bytes(archive(PNG))
    seen: list[str] = []
    with serving(Settings(database_url=sample_url, basemap=file)) as service:
        page = browser.new_context(viewport=DESKTOP, reduced_motion="reduce").new_page()
        page.on("response", lambda response: seen.append(f"{response.status} {response.url}"))
        page.goto(f"{service}/{view(spot, 15)}")
        expect(page.locator("[data-tool=tool_base]")).to_be_visible()
        settle(page)
        assert page.evaluate(BASE_DRAWN)
        page.context.close()
    assert f"206 {service}/basemap.pmtiles" in seen


def archive(picture: bytes) -> bytes:
    """A PMTiles archive, version 3, of one PNG: the world at zoom 0."""
    directory = bytes([1, 0, 1, *varint(len(picture)), 1])  # entries, id, run, length, offset + 1
    metadata = b"{}"
    root = 127
    tiles = root + len(directory) + len(metadata)
    places = (root, len(directory), root + len(directory), len(metadata), 0, 0, tiles,
              len(picture), 1, 1, 1)  # fmt: skip
    world = (-180, -85, 180, 85)
    header = b"PMTiles\x03" + struct.pack("<11Q", *places) + bytes([1, 1, 1, 2, 0, 0])
    header += struct.pack("<4i", *(degrees * 10**7 for degrees in world))
    header += bytes([0]) + struct.pack("<2i", 0, 0)
    assert len(header) == root
    return header + directory + metadata + picture


def varint(number: int) -> list[int]:
    low, rest = number & 127, number >> 7
    return [low | 128, *varint(rest)] if rest else [low]


def serious(page: Page) -> list[str]:
    """What axe-core finds that matters to people, by rule and element."""
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{rule['id']}: {node['html'][:120]}"
        for rule in found["violations"] if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]  # fmt: skip


@pytest.mark.parametrize("phone", [False, True])
@pytest.mark.parametrize("unit", ["areas:3", "blocks:9", "segments:90", "stations:2"])
def test_axe_finds_no_serious_fault_in_panels(open_page: OpenPage, unit: str, phone: bool) -> None:
    page = open_page(f"#unit={unit}", phone=phone)
    expect(page.locator("#place .unit-incidents")).to_be_visible()
    assert serious(page) == []


def test_axe_finds_no_serious_fault_in_list_and_tools(open_page: OpenPage, spot: Spot) -> None:
    page = open_page(view(spot, 17))
    page.get_by_role("tab", name="画面内").click()
    expect(page.locator(".inview .entry").first).to_be_visible()
    page.locator("[data-tool=tool_measure]").click()
    assert serious(page) == []
    page.locator("[data-tool=tool_print]").click()
    assert serious(page) == []


def test_a_report_is_made_by_a_button(open_page: OpenPage) -> None:
    page = open_page("#cases=from:2026-06-01;to:2026-06-07")
    page.locator("[data-tool=tool_report]").click()
    dialog = page.locator("#report-dialog")
    expect(dialog.get_by_label("从哪一天")).to_have_value("2026-06-01")
    dialog.get_by_label("范围").select_option(index=1)
    shot(page, "desktop-report-dialog")
    with page.expect_download() as found:
        dialog.get_by_role("button", name="生成并下载").click()
    name = found.value.suggested_filename
    assert re.fullmatch(r"luge-report_\d{12}_2026-06-01_2026-06-07\.html", name)
    assert "<html" in Path(found.value.path()).read_text("utf-8")[:400]
    assert serious_faults(page) == []
