"""A table of features as the bytes of a file: FlatGeobuf, GeoParquet or CSV.

Coordinates are x first, whatever the CRS; times are UTC.
"""

import io
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pyproj
import shapely

from geo import export

TYPES = {
    "text": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "time": pa.timestamp("us", tz="UTC"),
}
GEOMETRY = "geometry"
MULTI = {"Polygon": "MultiPolygon", "LineString": "MultiLineString", "Point": "MultiPoint"}


class Features(NamedTuple):
    """Rows of (id, geometry as WKB, *columns); ``types`` gives the type of each column in order."""

    rows: Sequence[tuple[Any, ...]]
    types: Mapping[str, str]
    srid: int
    name: str = "features"


def flatgeobuf(features: Features) -> bytes:
    """FlatGeobuf with its index."""
    geometries, kind = _of_one_kind(_geometries(features))
    table = _table(features).append_column(GEOMETRY, pa.array(shapely.to_wkb(geometries)))
    out = io.BytesIO()
    pyogrio.write_arrow(
        table, out, layer=features.name, driver="FlatGeobuf", geometry_name=GEOMETRY,
        geometry_type=kind, crs=f"EPSG:{features.srid}",
    )  # fmt: skip
    return out.getvalue()


def geoparquet(features: Features) -> bytes:
    """GeoParquet 1.1 with the CRS as PROJJSON."""
    geometries = _geometries(features)
    table = _table(features).append_column(
        GEOMETRY, pa.array([row[1] for row in features.rows], pa.binary())
    )
    crs = pyproj.CRS.from_epsg(features.srid).to_json_dict()
    column = {"encoding": "WKB", "geometry_types": _kinds(geometries), "crs": crs}
    if len(geometries):
        column["bbox"] = shapely.total_bounds(geometries).tolist()
    geo = {"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: column}}
    out = io.BytesIO()
    pq.write_table(table.replace_schema_metadata({"geo": orjson.dumps(geo)}), out)
    return out.getvalue()


def csv(features: Features) -> bytes:
    """CSV in UTF-8 with a mark that spreadsheet programs know; the geometry as WKT in ``wkt``.

    No cell runs as a formula.
    """
    table = _table(features)
    table = table.cast(pa.schema([(name, pa.string()) for name in table.column_names]))
    frame = table.to_pandas()
    frame["wkt"] = shapely.to_wkt(_geometries(features), rounding_precision=8)
    return bytes(export.harmless(frame).to_csv(index=False), "utf-8-sig")


ENCODERS = {"flatgeobuf": flatgeobuf, "parquet": geoparquet, "csv": csv}


def _table(features: Features) -> pa.Table:
    ids, _, *columns = zip(*features.rows, strict=True) if features.rows else ((), ())
    given = columns or [()] * len(features.types)
    arrays = {"id": pa.array(ids, pa.int64())}
    for (name, kind), cells in zip(features.types.items(), given, strict=True):
        arrays[name] = pa.array(cells, TYPES[kind])
    return pa.table(arrays)


def _geometries(features: Features) -> Any:
    return shapely.from_wkb(np.array([row[1] for row in features.rows], dtype=object))


def _kinds(geometries: Any) -> list[str]:
    return sorted({geometry.geom_type for geometry in geometries})


def _of_one_kind(geometries: Any) -> tuple[Any, str]:
    """The geometries, all single or all multiple, and what they are."""
    kinds = _kinds(geometries)
    if len(kinds) == 1:
        return geometries, kinds[0]
    single = [kind for kind in kinds if kind in MULTI]
    if len(kinds) == 2 and len(single) == 1 and MULTI[single[0]] in kinds:
        wide = {"Polygon": shapely.multipolygons, "LineString": shapely.multilinestrings}
        make = wide.get(single[0], shapely.multipoints)
        both = [make([it]) if it.geom_type == single[0] else it for it in geometries]
        return np.array(both, dtype=object), MULTI[single[0]]
    return geometries, "Unknown"
