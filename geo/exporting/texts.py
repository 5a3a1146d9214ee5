"""CSV and GeoJSON, written portion by portion: the first bytes leave before all rows are read."""

import io
from collections.abc import Iterator
from typing import Any

import numpy as np
import orjson
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import shapely

from geo.crs import Crs
from geo.export import harmless
from geo.exporting import places, tables
from geo.exporting.tables import ID, Table
from geo.layers import Column

# Excel opens the file as UTF-8 only with a byte order mark.
MARK = b"\xef\xbb\xbf"
ABOUT = "luge"


def place_names(place: Crs) -> tuple[str, str]:
    """What the columns of coordinates are called; an offset datum is told by them."""
    x, y = ("lon", "lat") if place.base.is_geographic else ("x", "y")
    return (f"{place.offset}_{x}", f"{place.offset}_{y}") if place.offset else (x, y)


def csv(table: Table) -> Iterator[bytes]:
    """The table as CSV (UTF-8 with mark): points by their coordinates, other shapes as WKT.

    No cell runs in a spreadsheet program: what begins like a formula gets an apostrophe.
    """
    yield MARK
    header = True
    for portion in table.portions:
        yield _csv_of(_cells(table, portion), header)
        header = False
    if header:
        yield _csv_of(_cells(table, tables.none_of(table.columns)), header)


def _cells(table: Table, portion: pa.RecordBatch) -> pa.Table:
    cells = {ID: portion.column(ID)}
    for column in table.columns:
        cells[column.name] = _cell(table, column, portion.column(column.name))
    geoms = tables.shapes(portion)
    if table.geometry == "point":
        digits = tables.digits_of(table.crs)
        x, y = place_names(table.crs)
        cells[x] = pa.array(np.round(shapely.get_x(geoms), digits), from_pandas=True)
        cells[y] = pa.array(np.round(shapely.get_y(geoms), digits), from_pandas=True)
    else:
        wkt = shapely.to_wkt(tables.rounded(geoms, table.crs), rounding_precision=-1)
        cells["_".join(filter(None, (table.crs.offset, "wkt")))] = pa.array(wkt, pa.string())
    return pa.table(cells)


def _cell(table: Table, column: Column, values: Any) -> Any:
    if column.type == "time":
        return times(values, table.zone)
    if column.type != "text":
        return values
    # Most words come often, and each is looked at once.
    words = pc.dictionary_encode(values)
    plain = pd.DataFrame({"text": words.dictionary.to_pandas()})
    return pa.array(harmless(plain)["text"], pa.string()).take(words.indices)


def _csv_of(cells: pa.Table, header: bool) -> bytes:
    out = io.BytesIO()
    options = pyarrow.csv.WriteOptions(include_header=header, quoting_header="needed")
    pyarrow.csv.write_csv(cells, out, options)
    return out.getvalue()


def times(values: Any, zone: str) -> Any:
    """Instants as RFC 3339 text in a time zone; fractions of a second only where there are any."""
    us = pc.cast(values, pa.timestamp("us", "UTC"))
    whole = pc.all(pc.equal(pc.microsecond(us), 0) if len(us) else pa.array([True]))
    exact = whole.as_py() is not False and not pc.any(pc.greater(pc.millisecond(us), 0)).as_py()
    local = pc.cast(us, pa.timestamp("s" if exact else "us", zone))
    text = pc.strftime(local, format="%Y-%m-%dT%H:%M:%S%z")
    return pc.replace_substring_regex(text, r"(\d\d)(\d\d)$", r"\1:\2")


def geojson(table: Table, about: dict[str, Any]) -> Iterator[bytes]:
    """The table as one GeoJSON FeatureCollection; ``about`` is its foreign member 'luge'.

    RFC 7946 knows WGS 84 only. Another CRS is named the older way, which GDAL and QGIS read: by its
    URN, or by its definition where it has none.
    """
    yield _opening(table, about)
    first = True
    for portion in table.portions:
        lines = b",\n".join(_features(table, portion))
        if lines:
            yield lines if first else b",\n" + lines
            first = False
    yield b"\n]}\n"


def _opening(table: Table, about: dict[str, Any]) -> bytes:
    head: dict[str, Any] = {"type": "FeatureCollection", "name": table.name}
    if table.crs.name != "wgs84":
        head["crs"] = {"type": "name", "properties": {"name": _crs_name(table.crs)}}
    head[ABOUT] = about
    return orjson.dumps(head)[:-1] + b',\n"features":[\n'


def _crs_name(place: Crs) -> str:
    authority = None if place.offset else place.base.to_authority()
    if authority:
        return f"urn:ogc:def:crs:{'::'.join(authority)}"
    return str(places.definition(place).to_wkt())


def _features(table: Table, portion: pa.RecordBatch) -> Iterator[bytes]:
    geoms = shapely.to_geojson(tables.rounded(tables.shapes(portion), table.crs))
    columns = {}
    for column in table.columns:
        values = portion.column(column.name)
        texts = times(values, table.zone) if column.type == "time" else values
        columns[column.name] = texts.to_pylist()
    rows = zip(*columns.values(), strict=True) if columns else iter([()] * len(geoms))
    names = tuple(columns)
    for id_, geom, row in zip(portion.column(ID).to_pylist(), geoms, rows, strict=True):
        shape = orjson.Fragment(geom) if geom is not None else None
        properties = dict(zip(names, row, strict=True))
        yield orjson.dumps(
            {"type": "Feature", "id": id_, "geometry": shape, "properties": properties}
        )
