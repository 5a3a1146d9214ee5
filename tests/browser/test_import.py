"""The import page: a file dropped, its columns and datum told, seen on the map, and gone in."""

import base64
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import psycopg
import pytest
import uvicorn
from pages import DESKTOP, PHONE, settle, shot
from playwright.sync_api import Browser, Page, expect
from psycopg.sql import SQL, Identifier

from api.app import create_app
from geo import crs
from geo.store import cluster, district, importing
from geo.store.database import Setting, transaction
from geo.store.settings import Settings

BOUNDARIES = Path(__file__).parents[2] / "data" / "boundaries"
SRID = 4549
ROWS = 260
BAD_ROWS = 3

OpenImport = Callable[..., Page]


@pytest.fixture(scope="module")
def ground(cluster_url: str, template_url: Callable[[int], str]) -> Iterator[str]:
    """The sample district's areas and roads, without blocks and points."""
    name, template = f"test_{os.getpid()}_import", template_url(SRID)
    source = psycopg.conninfo.conninfo_to_dict(template)["dbname"]
    create = SQL("create database {} template {}").format(Identifier(name), Identifier(source))
    with psycopg.connect(cluster_url, autocommit=True) as conn:
        conn.execute(create)
    url = cluster_url.replace(f"/{cluster.DATABASE}?", f"/{name}?", 1)
    district.init(url, Setting("云汀区", "319901", SRID, "Asia/Shanghai", 50.0))
    with transaction(url) as conn:
        for kind in ("areas", "ways"):
            importing.import_file(conn, BOUNDARIES / f"{kind}.geojson", kind)
    yield url
    with psycopg.connect(cluster_url, autocommit=True) as conn:
        conn.execute(SQL("drop database {} with (force)").format(Identifier(name)))


@pytest.fixture(scope="module")
def service(ground: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service of its own, for imports change what is there."""
    home = tmp_path_factory.mktemp("home")
    app = create_app(Settings(database_url=ground, home=home))
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.05)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture
def open_import(browser: Browser, service: str, ground: str) -> Iterator[OpenImport]:
    """Open the page on a district without merchants; any error in the page fails the test."""
    with psycopg.connect(ground) as conn:
        conn.execute("truncate merchant, import_job cascade")
    faults: list[str] = []
    contexts = []

    def open_import(path: str = "/import", *, phone: bool = False) -> Page:
        context = browser.new_context(
            viewport=PHONE if phone else DESKTOP,
            has_touch=phone,
            is_mobile=phone,
            reduced_motion="reduce",
        )
        context.set_default_timeout(60_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("request", lambda request: outside(request.url))
        page.goto(f"{service}{path}")
        page.wait_for_selector("#map[aria-busy=false]")
        return page

    def outside(url: str) -> None:
        if not url.startswith((service, "data:", "blob:")):
            faults.append(f"asked another host: {url}")

    yield open_import
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture(scope="module")
def places(ground: str) -> np.ndarray:
    """Where the shops are, in degrees: along the roads of the district's middle."""
    with psycopg.connect(ground) as conn:
        found = conn.execute(
            "select st_x(d), st_y(d) from segment s, area a,"
            " lateral (select st_lineinterpolatepoint(st_offsetcurve(s.geom, 12), 0.5) as p) as t,"
            " lateral (select st_transform(p, 4326) as d) as u"
            " where s.kind = 'road' and s.length_m > 60 and a.level = 'district'"
            " and st_contains(a.geom, p) order by md5(s.id::text) limit %s",
            [ROWS],
        ).fetchall()
    return np.array(found)


@pytest.fixture
def shops(places: np.ndarray, tmp_path: Path) -> Path:
    """Shops as a street office lists them: Chinese headers, GB 18030, GCJ-02, three bad rows.

    The name's column is not one that is known.
    """
    lon, lat = crs.transform_points(places[:, 0], places[:, 1], "wgs84", "gcj02")
    numbers = [f"M{n:04d}" for n in range(len(lon))]
    table = pd.DataFrame({"商户编号": numbers, "招牌": "小店", "业态": "餐饮"})
    table = table.assign(经度=lon, 纬度=lat, 备注="沿街")
    table.loc[1, ["经度", "纬度"]] = 0.0
    table.loc[2, "招牌"] = None
    table.loc[3, "经度"] += 1
    path = tmp_path / "商户登记表（8月）.csv"
    table.to_csv(path, index=False, encoding="gb18030")
    return path


def drop(page: Page, path: Path) -> None:
    """Drop a file on the page, as from the desktop."""
    page.evaluate(
        """([name, content]) => {
            const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File([bytes], name));
            for (const type of ["dragover", "drop"])
                document.body.dispatchEvent(
                    new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer }));
        }""",
        [path.name, base64.b64encode(path.read_bytes()).decode()],
    )


def merchants(url: str) -> int:
    with psycopg.connect(url) as conn:
        return conn.execute("select count(*) from merchant").fetchone()[0]


def choose(page: Page, kind: str, datum: str) -> None:
    page.get_by_role("radio", name=kind).check()
    page.locator(f"input[name=datum][value='{datum}']").check()


def drawn(page: Page) -> list[list[float]]:
    """The places of the points on the map, by row."""
    return page.evaluate(
        """() => luge.map.querySourceFeatures("rows")
            .map(({ properties, geometry }) => [properties.row, ...geometry.coordinates])
            .sort((a, b) => a[0] - b[0])"""
    )


def test_from_a_dropped_file_to_merchants_on_the_map(
    open_import: OpenImport, ground: str, shops: Path, places: np.ndarray
) -> None:
    page = open_import()
    shot(page, "import-start")
    drop(page, shops)
    expect(page.locator(".ask")).to_have_text("这份文件里是什么？")
    page.get_by_role("radio", name="商户").check()
    expect(page.locator(".problem")).to_contain_text("请选择坐标系")
    expect(page.locator("tr[data-row='2']")).to_contain_text("M0000")
    page.locator("input[name=datum][value=gcj02]").check()
    expect(page.locator(".problem")).to_contain_text("必填字段")
    expect(page.locator("[data-key=run]")).to_be_disabled()
    page.locator("[data-field=name]").select_option("column:招牌")
    expect(page.locator(".table-head .verdict")).to_have_text("前 200 行中有 3 行会被拒绝")
    expect(page.locator("tr.bad[data-row='3']")).to_contain_text("没有填写位置")
    settle(page)
    row, lon, lat = drawn(page)[0]
    assert row == 2
    assert (lon, lat) == pytest.approx(tuple(places[0]), abs=1e-5)
    page.locator("tr[data-row='7']").click()
    settle(page)
    shot(page, "import-preview")

    page.get_by_role("button", name="试运行").click()
    expect(page.locator("[data-status=done] .verdict")).to_contain_text("没有保存")
    assert merchants(ground) == 0
    page.get_by_role("button", name="正式导入").click()
    expect(page.locator("[data-status=done] .verdict")).to_have_text("导入完成")
    expect(page.locator("[data-count=read] dd")).to_have_text(str(ROWS))
    expect(page.locator("[data-count=inserted] dd")).to_have_text(str(ROWS - BAD_ROWS))
    assert merchants(ground) == ROWS - BAD_ROWS
    with page.expect_download() as download:
        page.get_by_role("link", name="下载被拒绝的 3 行").click()
    rejects = pd.read_csv(download.value.path(), dtype=str)
    assert rejects["商户编号"].tolist() == ["M0001", "M0002", "M0003"]
    shot(page, "import-done")

    page.get_by_role("tab", name="以往导入").click()
    expect(page.locator("[data-job]")).to_have_count(1)
    expect(page.locator("[data-job]")).to_contain_text("已导入")
    expect(page.locator("[data-job]")).to_contain_text(f"新增 {ROWS - BAD_ROWS}")
    page.get_by_role("button", name="删除").click()
    expect(page.locator("[data-job]")).to_have_count(0)
    assert merchants(ground) == ROWS - BAD_ROWS


def test_the_page_says_which_datum_fits_better(open_import: OpenImport, shops: Path) -> None:
    """Shops stand off the carriageways and not in the water; half a kilometre away many do not."""
    page = open_import()
    page.set_input_files("#file", shops)
    choose(page, "商户", "wgs84")
    expect(page.locator(".doubt")).to_contain_text("坐标存疑")
    expect(page.locator(".datum", has=page.locator(".tag"))).to_contain_text("GCJ-02")
    page.locator("input[name=datum][value=gcj02]").check()
    expect(page.locator(".doubt")).to_have_count(0)


def test_a_reload_comes_back_to_the_same_import(open_import: OpenImport, shops: Path) -> None:
    page = open_import()
    page.set_input_files("#file", shops)
    page.get_by_role("radio", name="商户").check()
    expect(page.locator(".problem")).to_be_visible()
    assert "job=" in page.url
    page.reload()
    expect(page.locator(".chosen")).to_contain_text("商户登记表")
    expect(page.locator(".problem")).to_contain_text("请选择坐标系")


def test_the_keyboard_keeps_its_place(open_import: OpenImport, shops: Path, ground: str) -> None:
    """Everything after the file dialog by keys: the focus stays where it was at each change."""
    page = open_import()
    page.set_input_files("#file", shops)
    page.locator("input[name=kind][value=merchants]").focus()
    page.keyboard.press("Space")
    expect(page.locator(".problem")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    expect(page.locator("input[name=datum]:checked")).to_be_focused()
    page.locator("input[name=datum][value=gcj02]").focus()
    page.keyboard.press("Space")
    field = page.locator("[data-field=name]")
    field.focus()
    field.press("ArrowDown")
    expect(field).to_have_value("column:商户编号")
    field.press("ArrowDown")
    expect(field).to_have_value("column:招牌")
    expect(page.locator(".table-head .verdict")).to_contain_text("会被拒绝")
    expect(field).to_be_focused()
    page.locator("[data-key=run]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-status=done] .verdict")).to_have_text("导入完成")
    assert merchants(ground) == ROWS - BAD_ROWS


def test_a_file_that_is_not_read_is_refused_with_advice(
    open_import: OpenImport, tmp_path: Path
) -> None:
    page = open_import("/import#lang=en")
    (tmp_path / "notes.docx").write_bytes(b"words")
    drop(page, tmp_path / "notes.docx")
    expect(page.get_by_role("alert")).to_contain_text("notes.docx")
    (tmp_path / "areas.zip").write_bytes(b"no zip")
    drop(page, tmp_path / "areas.zip")
    page.get_by_role("radio", name="Areas").check()
    expect(page.locator(".problem")).to_contain_text("cannot be read")
    expect(page.locator("[data-key=run]")).to_be_disabled()


def overflow(page: Page) -> list[str]:
    """Elements that reach beyond the screen's edges; a table scrolls in its own frame."""
    return page.evaluate(
        """() => [...document.querySelectorAll('body *')]
            .filter((element) => element.checkVisibility())
            .filter((element) => !element.closest('#map, .scroll, .visually-hidden, .skip'))
            .filter((element) => {
                const { left, right, width } = element.getBoundingClientRect();
                return width > 0 && (left < -1 || right > innerWidth + 1);
            })
            .map((element) => element.outerHTML.slice(0, 80))"""
    )


def test_the_page_fits_a_phone(open_import: OpenImport, shops: Path, ground: str) -> None:
    page = open_import(phone=True)
    assert overflow(page) == []
    page.set_input_files("#file", shops)
    choose(page, "商户", "gcj02")
    page.locator("[data-field=name]").select_option("column:招牌")
    expect(page.locator(".table-head .verdict")).to_contain_text("会被拒绝")
    settle(page)
    assert overflow(page) == []
    shot(page, "import-phone")
    page.locator("[data-key=run]").tap()
    expect(page.locator("[data-status=done] .verdict")).to_be_in_viewport()
    assert overflow(page) == []
    shot(page, "import-phone-done")
    assert merchants(ground) == ROWS - BAD_ROWS


def test_the_map_page_leads_here(open_import: OpenImport) -> None:
    page = open_import("/")
    page.get_by_role("link", name="导入数据").click()
    expect(page.get_by_role("heading", name="导入数据")).to_be_visible()
    page.get_by_role("link", name="返回地图").last.click()
    expect(page.get_by_role("combobox")).to_be_visible()


def test_a_roster_is_seen_on_its_roads_and_tried(
    open_import: OpenImport, ground: str, tmp_path: Path
) -> None:
    with psycopg.connect(ground) as conn:
        (road,) = conn.execute("select name from road where kind = 'road' order by id").fetchone()
    file = tmp_path / "roster.csv"
    file.write_text(f"道路,侧,姓名,级别\n{road},双侧,张三,二级\n没有的路,双侧,张三,二级\n", "utf-8")
    page = open_import()
    page.locator("input[value=duties]").check()
    page.set_input_files("#file", file)
    expect(page.locator("[data-row]")).to_have_count(2)
    expect(page.locator("[data-row]").last).to_contain_text("没有“没有的路”这条路")
    expect(page.locator("#head-datum")).to_have_count(0)
    page.locator("[data-key=dry-run]").click()
    expect(page.locator("[data-count=inserted] dd")).to_have_text("1")
    expect(page.locator("[data-count=rejected] dd")).to_have_text("1")
    shot(page, "import-roster")
