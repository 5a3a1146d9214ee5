"""Measuring, printing, full screen, and a base map under our own layers."""

import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx2 as httpx
import pytest
from pages import OpenPage, Spot, settle, shot
from playwright.sync_api import expect
from test_map import view

POINTS_PER_MM = 72 / 25.4


@pytest.mark.parametrize("phone", [False, True])
def test_a_triangle_is_measured(
    open_page: OpenPage, service: str, spot: Spot, phone: bool
) -> None:
    page = open_page(view(spot, 16), phone=phone)
    page.locator("[data-tool=tool_measure]").click()
    corners = [(120, 300), (260, 300), (200, 420)] if phone else [(600, 300), (900, 320), (860, 600)]
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
    page.wait_for_function("window.printed")
    pdf = page.pdf(prefer_css_page_size=True, print_background=True)
    boxes = re.findall(rb"/MediaBox ?\[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    assert [(round(float(w) / POINTS_PER_MM), round(float(h) / POINTS_PER_MM)) for w, h in boxes] == [
        (wide, high)
    ]
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


def test_full_screen(open_page: OpenPage) -> None:
    page = open_page()
    button = page.locator("[data-tool=tool_screen]")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("document.fullscreenElement === document.documentElement")


@pytest.fixture
def other() -> Iterator[tuple[list[str], str]]:
    """Another map service on this machine, whose pictures are one colour."""
    png = bytes.fromhex(
        "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
        "0000000c49444154789c6360f8cf00000003010100c9fe92ef0000000049454e44ae426082"
    )

    class Service(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "image/png")
            self.end_headers()
            self.wfile.write(png)

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
