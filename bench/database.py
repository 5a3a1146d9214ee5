"""The city in a real database of its own: what its functions answer, and what an insert costs."""

import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import psycopg
import shapely

from bench.city import City
from geo import locate
from geo.store import cluster, district, migrate
from geo.store.database import Setting

HOME = Path(__file__).parents[1] / ".luge" / "bench"
SRID = 4549


def start(*, fast: bool = True) -> str:
    """The benchmarks' own cluster; the URL of its first database, with PostGIS.

    With ``fast`` it does not wait for the disk; where one must, it is another cluster.
    """
    url = cluster.start(HOME if fast else HOME / "durable", fast=fast)
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute("create extension if not exists postgis")
    return url


def make(city: City, *, fast: bool = True) -> str:
    """A database with the whole schema, and the city's blocks and segments under their ids."""
    url = start(fast=fast)
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute("drop database if exists bench_city with (force)")
        conn.execute("create database bench_city")
    url = url.replace(f"/{cluster.DATABASE}?", "/bench_city?", 1)
    migrate.migrate(url, SRID)
    district.init(url, Setting("城", "310101", SRID, "Asia/Shanghai", 50.0))
    with psycopg.connect(url) as conn:
        _fill(conn, city)
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute("vacuum analyze")
    return url


def _fill(conn: psycopg.Connection, city: City) -> None:
    everything = shapely.multipolygons([shapely.box(*shapely.total_bounds(city.blocks)).buffer(99)])
    area = {"level": ["district"], "code": ["c"], "name": ["c"], "geom": _ewkb([everything])}
    _copy(conn, "area", area)
    blocks = {"id": city.block_ids, "code": city.block_ids, "geom": _ewkb(city.blocks)}
    _copy(conn, "block", blocks | {"area_id": 1})
    _copy(conn, "node", {"id": [1], "geom": _ewkb([shapely.Point(0, 0)])})
    fixed = {"class": "residential", "width_m": 6.0, "from_node": 1, "to_node": 1}
    axes = {"id": city.segment_ids, "geom": _ewkb(city.axes)}
    _copy(conn, "segment", axes | {"surface": _ewkb(shapely.buffer(city.axes, 3))} | fixed)


def _ewkb(shapes: object) -> list[str]:
    return shapely.to_wkb(shapely.set_srid(shapes, SRID), hex=True, include_srid=True).tolist()


def _copy(conn: psycopg.Connection, table: str, columns: dict[str, object]) -> None:
    text = pd.DataFrame(columns).to_csv(index=False, header=False)
    names = ", ".join(columns)
    with conn.cursor().copy(f"copy {table} ({names}) from stdin (format csv)") as copy:
        copy.write(io.BytesIO(text.encode()).getvalue())


_FUNCTIONS = """
select coalesce(block_at(p), -1), coalesce(r.segment_id, -1), coalesce(r.side, ''),
       coalesce(r.chainage_m, -1), coalesce(r.offset_m, -1)
from unnest(%s::float8[], %s::float8[]) with ordinality as given (x, y, n),
     st_setsrid(st_makepoint(x, y), 4549) as p, road_place_at(p, 50) as r
order by n
"""


def disagreements(city: City, xy: np.ndarray, index: locate.Index) -> int:
    """How many points the database's functions give another block or place, to the last bit."""
    url = make(city)

    def wrong(part: np.ndarray) -> int:
        links = locate.find(index, *np.ascontiguousarray(part.T), 1)
        ours = [links.block, *links.road]
        ours = [np.nan_to_num(v, nan=-1) if v.dtype == float else v for v in ours]
        with psycopg.connect(url) as conn, conn.cursor(binary=True) as cursor:
            rows = cursor.execute(_FUNCTIONS, [part[:, 0].tolist(), part[:, 1].tolist()]).fetchall()
        theirs = [np.array(column) for column in zip(*rows, strict=True)]
        same = [mine == other for mine, other in zip(ours, theirs, strict=True)]
        return int((~np.logical_and.reduce(same)).sum())

    parts = np.array_split(xy, max(4, len(xy) // 20_000))
    with ThreadPoolExecutor(4) as pool:
        return sum(pool.map(wrong, parts))
