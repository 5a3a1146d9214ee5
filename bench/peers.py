"""What others do with the same points: block by polygon, and the nearest segment within 50 m.

A peer is made ready first (tables loaded, trees built where it keeps them); what is timed is the
whole link of all points. Each gives its blocks and segments in order of the points, -1 for none.
"""

import importlib.util
import io
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import geopandas
import numpy as np
import pandas as pd
import psycopg
import pyarrow
import shapely

from bench.city import City

WITHIN_M = 50.0
Links = tuple[np.ndarray, np.ndarray]
Run = Callable[[], Links]


def _lowest(n: int, at: np.ndarray, ids: np.ndarray) -> np.ndarray:
    lowest = np.full(n, np.iinfo(np.int64).max)
    np.minimum.at(lowest, at, ids)
    return np.where(lowest == np.iinfo(np.int64).max, -1, lowest)


@contextmanager
def geopandas_joins(city: City, xy: np.ndarray) -> Iterator[Run]:
    """`sjoin` and `sjoin_nearest`."""
    blocks = geopandas.GeoDataFrame({"id": city.block_ids}, geometry=city.blocks, crs=4549)
    axes = geopandas.GeoDataFrame({"id": city.segment_ids}, geometry=city.axes, crs=4549)
    points = geopandas.GeoDataFrame(geometry=shapely.points(xy), crs=4549)

    def run() -> Links:
        block = points.sjoin(blocks, predicate="intersects")["id"].groupby(level=0).min()
        near = points.sjoin_nearest(axes, max_distance=WITHIN_M)["id"].groupby(level=0).min()
        none = pd.RangeIndex(len(xy))
        return tuple(
            column.reindex(none, fill_value=-1).to_numpy(np.int64) for column in (block, near)
        )

    yield run


@contextmanager
def strtree(city: City, xy: np.ndarray, threads: int) -> Iterator[Run]:
    """shapely's STRtree, its trees built beforehand, the points split over threads."""
    of_blocks, of_axes = shapely.STRtree(city.blocks), shapely.STRtree(city.axes)
    parts = np.array_split(shapely.points(xy), threads)
    # The trees are built by the first question.
    of_blocks.query(parts[0][0]), of_axes.query(parts[0][0])

    def part(points: np.ndarray) -> Links:
        at, hit = of_blocks.query(points, predicate="intersects")
        block = _lowest(len(points), at, city.block_ids[hit])
        at, hit = of_axes.query_nearest(points, max_distance=WITHIN_M, all_matches=False)
        return block, _lowest(len(points), at, city.segment_ids[hit])

    def run() -> Links:
        with ThreadPoolExecutor(threads) as pool:
            found = list(pool.map(part, parts))
        return tuple(np.concatenate(column) for column in zip(*found, strict=True))

    yield run


@contextmanager
def postgis(city: City, xy: np.ndarray, url: str) -> Iterator[Run]:
    """PostGIS on four connections; polygons outer, and the nearest of those within the distance."""
    _load_postgis(city, xy, url)
    blocks = (
        "select p.id, min(b.id) from bench.block b cross join lateral (select id from bench.point p"
        " where st_intersects(b.geom, p.geom) and p.id between %(from)s and %(to)s offset 0) p"
        " group by p.id"
    )
    near = (
        "select p.id, s.id from bench.point p cross join lateral (select id from bench.axis a"
        " where st_dwithin(a.geom, p.geom, 50) order by a.geom <-> p.geom limit 1) s"
        " where p.id between %(from)s and %(to)s"
    )
    cuts = np.linspace(0, len(xy), 5).astype(int)

    def ask(query: str, start: int, stop: int) -> np.ndarray:
        with psycopg.connect(url) as conn, conn.cursor(binary=True) as cursor:
            cursor.execute(query, {"from": int(start), "to": int(stop) - 1})
            return np.array(cursor.fetchall(), np.int64).reshape(-1, 2)

    def run() -> Links:
        with ThreadPoolExecutor(4) as pool:
            asked = [pool.map(ask, [q] * 4, cuts[:-1], cuts[1:]) for q in (blocks, near)]
            pairs = [np.concatenate(list(rows)) for rows in asked]
        return tuple(_lowest(len(xy), rows[:, 0], rows[:, 1]) for rows in pairs)

    yield run


def _load_postgis(city: City, xy: np.ndarray, url: str) -> None:
    with psycopg.connect(url) as conn:
        conn.execute("drop schema if exists bench cascade; create schema bench")
        shapes = {
            "block": (city.block_ids, city.blocks),
            "axis": (city.segment_ids, city.axes),
            "point": (np.arange(len(xy)), shapely.points(xy)),
        }
        for table, (ids, geometry) in shapes.items():
            conn.execute(f"create unlogged table bench.{table} (id bigint, geom geometry)")
            text = pd.DataFrame({"id": ids, "geom": shapely.to_wkb(geometry, hex=True)})
            with conn.cursor().copy(f"copy bench.{table} from stdin (format csv)") as copy:
                copy.write(io.BytesIO(text.to_csv(index=False, header=False).encode()).getvalue())
            conn.execute(f"create index on bench.{table} using gist (geom)")
            conn.execute(f"create index on bench.{table} (id)")
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute("vacuum analyze bench.block, bench.axis, bench.point")


@contextmanager
def duckdb_spatial(city: City, xy: np.ndarray) -> Iterator[Run]:
    """DuckDB's spatial join, and the nearest of all pairs within the distance."""
    import duckdb

    home = importlib.util.find_spec("duckdb_extension_spatial").submodule_search_locations[0]
    conn = duckdb.connect(config={"threads": 4})
    conn.execute(f"load '{next(Path(home).rglob('*.duckdb_extension'))}'")
    for table, ids, shapes in (
        ("block", city.block_ids, city.blocks),
        ("axis", city.segment_ids, city.axes),
        ("point", np.arange(len(xy)), shapely.points(xy)),
    ):
        frame = pd.DataFrame({"id": ids, "wkb": shapely.to_wkb(shapes)})
        conn.register("frame", frame)
        conn.execute(f"create table {table} as select id, st_geomfromwkb(wkb) as geom from frame")

    def run() -> Links:
        found = []
        for query in (
            "select p.id as point, b.id as id from point p join block b"
            " on st_intersects(b.geom, p.geom)",
            "select p.id as point, arg_min(a.id, st_distance(a.geom, p.geom)) as id"
            " from point p join axis a on st_dwithin(a.geom, p.geom, 50.0) group by p.id",
        ):
            rows = conn.execute(query).fetchnumpy()
            found.append(_lowest(len(xy), rows["point"], rows["id"]))
        return tuple(found)

    yield run
    conn.close()


@contextmanager
def sedona_db(city: City, xy: np.ndarray) -> Iterator[Run]:
    """SedonaDB's spatial join and its join of nearest neighbours, on four partitions."""
    import sedonadb

    session = sedonadb.connect()
    for table, ids, shapes in (
        ("block", city.block_ids, city.blocks),
        ("axis", city.segment_ids, city.axes),
        ("point", np.arange(len(xy)), shapely.points(xy)),
    ):
        frame = geopandas.GeoDataFrame({"id": ids}, geometry=shapes)
        session.create_data_frame(frame).to_memtable().to_view(table)
    session.sql("set datafusion.execution.target_partitions = 4").execute()

    def run() -> Links:
        found = []
        for query in (
            "select p.id as point, b.id as id from point p join block b"
            " on st_intersects(b.geometry, p.geometry)",
            "select p.id as point, a.id as id from point p join axis a"
            " on st_knn(p.geometry, a.geometry, 1, false)",
        ):
            rows = pyarrow.table(session.sql(query))
            found.append(_lowest(len(xy), rows["point"].to_numpy(), rows["id"].to_numpy()))
        return tuple(found)  # the nearest may be farther than 50 m: SedonaDB takes no limit

    yield run
