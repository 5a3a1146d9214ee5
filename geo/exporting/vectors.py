"""GeoPackage and FlatGeobuf, written by GDAL from a stream of portions."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyogrio

from geo.exporting import geopackage, places, tables
from geo.exporting.tables import GEOM, ID, Table

# Lines and polygons leave as multi-geometries, so that a layer is of one type.
TYPES = {"point": "Point", "line": "MultiLineString", "polygon": "MultiPolygon"}
# Newer versions make older programs warn, and add nothing that is used here.
VERSION = {"VERSION": "1.2"}


def write_flatgeobuf(path: Path, table: Table, about: dict[str, Any]) -> None:
    """Write the table to ``path`` with a spatial index; ``about`` stands in its description."""
    options = {"TITLE": table.title, "DESCRIPTION": orjson.dumps(about).decode()}
    _write(path, table, "FlatGeobuf", options)


def write_geopackage(path: Path, layers: list[Table], about: dict[str, Any]) -> None:
    """Write the tables as layers of one GeoPackage, with their drawings and what the file is."""
    for table in layers:
        options = {"FID": ID, "IDENTIFIER": table.name, "DESCRIPTION": table.title}
        _write(path, table, "GPKG", options, VERSION)
    geopackage.finish(path, layers, about)


def _write(
    path: Path,
    table: Table,
    driver: str,
    options: dict[str, str],
    whole: dict[str, str] | None = None,
) -> None:
    single = table.geometry == "point"
    portions = table.portions if single else map(tables.as_multi, table.portions)
    raised: list[Exception] = []
    stream = pa.RecordBatchReader.from_batches(
        tables.schema(table.columns), _remembering(portions, raised)
    )
    try:
        pyogrio.write_arrow(
            stream,
            path,
            layer=table.name,
            driver=driver,
            geometry_name=GEOM,
            geometry_type=TYPES[table.geometry],
            crs=places.definition(table.crs).to_wkt(),
            append=path.exists(),
            dataset_options=None if path.exists() else whole,
            layer_options=options,
        )
    except RuntimeError:
        if raised:
            # GDAL says only that its stream broke; whoever asked is to know why.
            raise raised[0] from None
        raise


def _remembering(
    portions: Iterable[pa.RecordBatch], raised: list[Exception]
) -> Iterator[pa.RecordBatch]:
    try:
        yield from portions
    except Exception as error:
        raised.append(error)
        raise
