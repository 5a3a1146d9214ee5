"""The generated city as a map: areas, grids, blocks, named roads and incidents in their tables.

Kept between runs; made anew when the schema or these modules change.
"""

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import psycopg
import shapely
from numpy.typing import NDArray

from bench import city as cities
from bench import database
from bench.city import City
from geo import layers
from geo.store import cluster, district, migrate, refreshing
from geo.store.database import Setting

DATABASE = "bench_tiles"
STREET, COMMUNITY = 45, 9  # blocks along a side of these areas
OPEN = 0.005  # share of incidents that are open: those of some two days of a year
CLASSES = ["市容环境", "街面秩序", "公用设施", "道路交通", "园林绿化", "宣传广告", "施工管理"]
# Every so many of the parallel roads is of this class; lanes come on top.
RANKS = [(16, "primary"), (8, "secondary"), (4, "tertiary"), (1, "residential")]


def ready(size: str, incidents: int) -> str:
    """The URL of the database with the city of ``size``, filled where it is not there yet."""
    url = database.start().replace(f"/{cluster.DATABASE}?", f"/{DATABASE}?", 1)
    version = f"{size} {incidents} {_version()}"
    if _comment(url) != version:
        print("filling the database, which takes some minutes once", flush=True)
        _make(url, size, incidents)
        with psycopg.connect(url, autocommit=True) as conn:
            conn.execute(f"comment on database {DATABASE} is '{version}'")
    if refreshing.bring_up_to_date(url):
        with psycopg.connect(url, autocommit=True) as conn:
            conn.execute("vacuum analyze generalised")
    return url


def _version() -> str:
    files = [__file__, cities.__file__, layers.__file__]
    migrations = sorted(Path(migrate.__file__).with_name("migrations").glob("*.sql"))
    texts = b"".join(Path(file).read_bytes() for file in [*files, *migrations])
    return hashlib.sha256(texts).hexdigest()[:16]


def _comment(url: str) -> str | None:
    sql = "select shobj_description(oid, 'pg_database') from pg_database where datname = %s"
    with psycopg.connect(database.start()) as conn:
        row = conn.execute(sql, [DATABASE]).fetchone()
    return row[0] if row else None


def _make(url: str, size: str, incidents: int) -> None:
    with psycopg.connect(database.start(), autocommit=True) as conn:
        conn.execute(f"drop database if exists {DATABASE} with (force)")
        conn.execute(f"create database {DATABASE}")
    migrate.migrate(url, database.SRID)
    district.init(url, Setting("城", "310101", database.SRID, "Asia/Shanghai", 50.0))
    city = cities.make(size)
    side = round(len(city.blocks) ** 0.5)
    works: list[Callable[[psycopg.Connection], None]] = [
        lambda conn: _segments(conn, city, side),
        lambda conn: _incidents(conn, city, incidents),
        lambda conn: _ground(conn, city, side),
    ]
    with ThreadPoolExecutor(len(works)) as pool:
        list(pool.map(lambda work: _in_transaction(url, work), works))
    with psycopg.connect(url, autocommit=True) as conn:
        # tipg searches the column it draws; Luge, its metric one.
        for table in ("area", "block", "grid_shape", "segment", "incident"):
            conn.execute(f"create index on {table} using gist (tile_geom)")
        conn.execute("create index on segment using gist (tile_axis)")
        conn.execute("vacuum (analyze, freeze)")


def _in_transaction(url: str, work: Callable[[psycopg.Connection], None]) -> None:
    with psycopg.connect(url) as conn:
        # Neither links nor the log of changes are wanted here.
        conn.execute("set session_replication_role = replica")
        work(conn)


def _ground(conn: psycopg.Connection, city: City, side: int) -> None:
    row, column = np.divmod(np.arange(len(city.blocks)), side)
    street = row // STREET * 1_000 + column // STREET
    community = row // COMMUNITY * 1_000 + column // COMMUNITY
    levels = {"district": 0 * row, "street": street, "community": community}
    first = 1
    for level, group in levels.items():
        union = _unions(city.blocks, group)
        ids = np.arange(first, first + len(union))
        first += len(union)
        parent = None if level == "district" else 1
        database._copy(conn, "area", {
            "id": ids, "level": level, "code": ids, "name": [f"{level} {i}" for i in ids],
            "parent_id": parent, "households": 40 * len(ids), "geom": _multi(union),
        })  # fmt: skip
    _blocks(conn, city, first - 1)
    _grids(conn, city)


def _blocks(conn: psycopg.Connection, city: City, last_area: int) -> None:
    ids = city.block_ids
    area = 1 + ids % last_area
    database._copy(conn, "block", {
        "id": ids, "code": [f"310101{i:09d}" for i in ids], "area_id": area,
        "households": ids % 300, "people": ids % 900, "geom": database._ewkb(city.blocks),
    })  # fmt: skip


def _grids(conn: psycopg.Connection, city: City) -> None:
    conn.execute("insert into grid_system (code, name, name_en) values ('bench', '网格', 'grid')"
                 " on conflict do nothing")  # fmt: skip
    system = conn.execute("select id from grid_system where code = 'bench'").fetchone()[0]
    plan = "insert into plan (id, system_id, name, status, valid_from) overriding system value"
    conn.execute(f"{plan} values (1, %s, 'first', 'published', '2020-01-01')", [system])
    union = _unions(city.blocks, city.grid_of_block)
    ids = np.arange(1, len(union) + 1)
    codes = [f"310101{i:09d}" for i in ids]
    database._copy(conn, "grid", {
        "id": ids, "system_id": system, "code": codes, "name": [f"第{i}网格" for i in ids],
    })  # fmt: skip
    columns = {"plan_id": 1, "grid_id": ids, "shape_id": ids, "geom": _multi(union)}
    database._copy(conn, "grid_shape", columns)


def _segments(conn: psycopg.Connection, city: City, side: int) -> None:
    line, place = _lines(side, len(city.axes))
    of_road = line >= 0
    kind = np.where(of_road, "road", "lane")
    classes = np.full(len(line), "living_street", dtype=object)
    for every, name in reversed(RANKS):
        classes[of_road & (line % (side + 1) % every == 0)] = name
    roads = np.arange(2 * (side + 1))
    names = [f"{'东西' if r <= side else '南北'}{r % (side + 1)}路" for r in roads]
    database._copy(conn, "road", {"id": roads + 1, "name": names, "kind": "road"})
    conn.execute("insert into node (id, geom) overriding system value"
                 f" values (1, st_setsrid(st_point(0, 0), {database.SRID}))")  # fmt: skip
    road = np.where(of_road, line + 1, -1).astype(object)
    seq = np.where(of_road, place + 1, -1).astype(object)
    road[~of_road], seq[~of_road] = None, None
    surface = shapely.buffer(city.axes, 4, quad_segs=4)
    database._copy(conn, "segment", {
        "id": city.segment_ids, "road_id": road, "seq": seq, "kind": kind, "class": classes,
        "width_m": 8.0, "from_node": 1, "to_node": 1,
        "geom": database._ewkb(city.axes), "surface": database._ewkb(surface),
    })  # fmt: skip
    # Sides are not drawn here; but what is derived wants them.
    conn.execute("insert into segment_side (segment_id, side, frontage) select id, side,"
                 f" st_setsrid('multipolygon empty'::geometry, {database.SRID})"
                 " from segment cross join (values ('L'), ('R')) as sides (side)")  # fmt: skip
    conn.execute("select join_roads(array(select id from road))")


def _lines(side: int, n: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Of each axis the road it is part of, numbered from 0 (-1 for lanes), and its place there."""
    line, place = np.full(n, -1), np.full(n, -1)
    number = np.arange(side * (side + 1))
    line[: len(number)], place[: len(number)] = np.divmod(number, side)
    part = slice(len(number), 2 * len(number))
    row, column = np.divmod(number, side + 1)
    line[part], place[part] = column + side + 1, row
    return line, place


def _incidents(conn: psycopg.Connection, city: City, n: int) -> None:
    rng = np.random.default_rng(9)
    xy = cities.points(city, n)
    ids = np.arange(1, n + 1)
    still_open = rng.random(n) < OPEN
    days = np.datetime64("2026-01-01T00:00:00") + rng.integers(0, 365 * 86_400, n)
    database._copy(conn, "incident", {
        "id": ids, "external_id": ids, "class": np.array(CLASSES)[rng.integers(0, 7, n)],
        "subclass": "小类", "address": [f"东西{i % 450}路{i % 999}号" for i in ids],
        "status": np.where(still_open, "filed", "closed"), "reported_at": days,
        "geom": database._ewkb(shapely.points(xy)),
    })  # fmt: skip


def _unions(blocks: NDArray[np.object_], group: NDArray[np.int64]) -> NDArray[np.object_]:
    order = np.argsort(group, kind="stable")
    starts = np.flatnonzero(np.diff(group[order], prepend=-1))
    parts = np.split(blocks[order], starts[1:])
    return np.array([shapely.coverage_union_all(part) for part in parts])


def _multi(shapes: NDArray[np.object_]) -> list[str]:
    parts, owner = shapely.get_parts(shapes, return_index=True)
    return database._ewkb(shapely.multipolygons(parts, indices=owner))
