"""The sample as files: boundaries as GeoJSON in WGS 84, points as CSV with Chinese headers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.sample import cases, chiefs, people, shops, stations
from geo.sample.ground import ground

DECIMALS = 7
WAY_FIELDS = ["external_id", "name", "kind", "class", "width_m", "level"]
AREA_FIELDS = ["level", "code", "name", "parent", "households", "people", "workers"]
MERCHANT_FIELDS = ["编号", "店名", "类别", "统一社会信用代码", "星级", "信用分", "红灰榜"]
MERCHANT_FIELDS += ["地址", "联系人", "电话"]
STATION_FIELDS = ["编号", "名称", "级别", "地址", "电话"]
INCIDENT_FIELDS = ["案件编号", "类别", "小类", "描述", "地址", "来源", "状态", "上报时间"]
INCIDENT_FIELDS += ["截止时间", "处置时间", "结案时间", "街道"]
CHIEF_FIELDS = ["编号", "姓名", "部门", "电话"]
COMPOUND_FIELDS = ["level", "code", "name", "parent", "households", "people"]


def write_boundaries(folder: Path) -> None:
    """Write areas.geojson, compounds.geojson and ways.geojson into a folder."""
    frames = {
        "areas": people.areas()[[*AREA_FIELDS, "geometry"]],
        "compounds": people.compounds()[[*COMPOUND_FIELDS, "geometry"]],
        "ways": ground().ways[[*WAY_FIELDS, "geometry"]],
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in frames.items():
        (folder / f"{name}.geojson").write_text(geojson(frame), encoding="utf-8")


def write_points(folder: Path) -> None:
    """Write merchants, stations, incidents (经度, 纬度 in WGS 84), chiefs and duties as CSV.

    UTF-8 with a byte order mark, as spreadsheet programs in China expect. Times are Asia/Shanghai.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _write_csv(folder / "merchants.csv", _with_lonlat(shops.merchants(), MERCHANT_FIELDS))
    _write_csv(folder / "stations.csv", _with_lonlat(stations.stations(), STATION_FIELDS))
    _write_csv(folder / "incidents.csv", _with_lonlat(cases.incidents(), INCIDENT_FIELDS))
    _write_csv(folder / "chiefs.csv", chiefs.chiefs()[CHIEF_FIELDS])
    _write_csv(folder / "duties.csv", chiefs.duties())


def geojson(frame: gpd.GeoDataFrame) -> str:
    """A frame as GeoJSON text in WGS 84 with 7 decimals (1 cm), one feature a line."""
    lines = ",\n".join(_features(frame))
    return f'{{"type": "FeatureCollection", "features": [\n{lines}\n]}}\n'


def sha256(path: Path) -> str:
    """The SHA-256 of a file as hexadecimal digits."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def degrees(geometry: Any) -> np.ndarray[Any, Any]:
    """Geometries (EPSG:4549) in WGS 84 degrees, longitude first, with 7 decimals.

    The coordinates are rounded one by one, so vertices shared by neighbours stay shared.
    """
    lonlat = gpd.GeoSeries(geometry, crs="EPSG:4549").to_crs("EPSG:4326").to_numpy()
    return np.asarray(shapely.transform(lonlat, lambda xy: xy.round(DECIMALS)))


def _features(frame: gpd.GeoDataFrame) -> Iterable[str]:
    shapes = degrees(frame.geometry.to_numpy())
    records = frame.drop(columns="geometry").astype(object)
    records = records.where(records.notna(), None).to_dict("records")
    for record, shape in zip(records, shapes, strict=True):
        feature = {
            "type": "Feature",
            "properties": record,
            "geometry": json.loads(shapely.to_geojson(shape)),
        }
        yield json.dumps(feature, ensure_ascii=False)


def _with_lonlat(frame: gpd.GeoDataFrame, fields: list[str]) -> pd.DataFrame:
    lonlat = shapely.get_coordinates(degrees(frame.geometry.to_numpy()))
    return pd.DataFrame(frame[fields]).assign(经度=lonlat[:, 0], 纬度=lonlat[:, 1])


def _write_csv(path: Path, table: pd.DataFrame) -> None:
    table.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\n")
