"""Small districts to try things on: a lattice of communities and streets, made by real imports."""

import json
from pathlib import Path

import geopandas
import numpy as np
import pandas as pd
import shapely

from geo import crs
from geo.intake import Wishes
from geo.store import blocks, district, importing, linking
from geo.store.database import Setting, transaction

HUANGPU = Path(__file__).parents[3] / "shared" / "data" / "huangpu"
SRID = 4549
# The south-west corner of every test town, metres in EPSG:4549, near 121° E 31° N.
CORNER = np.array([595_000.0, 3_430_000.0])


def place(shape):
    """A shape drawn in metres from the corner, on its ground."""
    return shapely.transform(shape, lambda xy: xy + CORNER)


def lonlat(x, y):
    """A point drawn in metres from the corner, in degrees."""
    lon, lat = crs.transform_points(x + CORNER[0], y + CORNER[1], SRID, "wgs84")
    return float(lon), float(lat)


def write_geojson(path: Path, rows: list[dict]) -> Path:
    """Rows with a ``geometry`` drawn in metres, as GeoJSON in degrees."""
    shapes = [place(row["geometry"]) for row in rows]
    table = pd.DataFrame([{k: v for k, v in row.items() if k != "geometry"} for row in rows])
    frame = geopandas.GeoDataFrame(table, geometry=shapes, crs=SRID).to_crs(4326)
    path.write_text(json.dumps(json.loads(frame.to_json(drop_id=True)), ensure_ascii=False))
    return path


COMMUNITIES = [
    {"level": "district", "code": "319902000000", "name": "试验区"},
    {"level": "street", "code": "319902001000", "name": "一街道"},
    {"level": "community", "code": "319902001001", "name": "甲社区", "households": 900},
    {"level": "community", "code": "319902001002", "name": "乙社区", "households": 600},
]
GROUNDS = [(0, 0, 800, 400), (0, 0, 800, 400), (0, 0, 400, 400), (400, 0, 800, 400)]

STREETS = [
    {"external_id": f"h{y}", "name": f"横{y}路", "highway": "residential",
     "geometry": shapely.LineString([(-20, y), (820, y)])}
    for y in (100, 200, 300)
] + [
    {"external_id": f"v{x}", "name": f"纵{x}路", "highway": "tertiary",
     "geometry": shapely.LineString([(x, -20), (x, 420)])}
    for x in (100, 200, 300, 500, 600, 700)
]  # fmt: skip


def load(url, path, kind, **options):
    """One import in a transaction of its own."""
    with transaction(url) as conn:
        return importing.import_file(conn, path, kind, importing.Options(**options))


def make_huangpu(url):
    """Huangpu of the real data: streets, compounds, the roads of its north and shops, linked."""
    district.init(url, Setting("黄浦区", "310101", SRID, "Asia/Shanghai", 50.0))
    load(url, HUANGPU / "streets.geojson", "areas")
    load(url, HUANGPU / "compounds_shanghai.geojson", "compounds")
    load(url, HUANGPU / "roads_north.osm", "roads")
    load(url, HUANGPU / "pois_bd09.csv", "merchants", wishes=Wishes("bd09"))
    with transaction(url) as conn:
        blocks.derive(conn, ["road", "lane"])
        linking.relink_all(conn)
