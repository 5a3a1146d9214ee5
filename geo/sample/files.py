"""The sample as files: boundaries as GeoJSON in WGS 84, points as CSV with Chinese headers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geo.sample import people
from geo.sample.ground import ground

DECIMALS = 7
WAY_FIELDS = ["external_id", "name", "kind", "class", "width_m", "level"]
AREA_FIELDS = ["level", "code", "name", "parent", "households", "people", "workers"]
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
