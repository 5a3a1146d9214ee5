"""GeoParquet 1.1, written portion by portion, with CRS and a covering box for every row."""

from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from numpy.typing import NDArray

from geo.crs import Crs
from geo.exporting import places, tables
from geo.exporting.tables import GEOM, Table

VERSION = "1.1.0"
BOX = "bbox"
EDGES = ("xmin", "ymin", "xmax", "ymax")
# Readers skip groups of rows by their boxes; larger groups would skip less.
ROWS_OF_GROUP = 50_000


def write(path: Path, table: Table, about: dict[str, Any]) -> None:
    """Write the table to ``path``; ``about`` goes into the file's metadata under 'luge'."""
    plain = tables.schema(table.columns)
    box = pa.struct([pa.field(edge, pa.float64()) for edge in EDGES])
    schema = plain.append(pa.field(BOX, box))
    bounds, kinds = np.array([np.inf, np.inf, -np.inf, -np.inf]), set[str]()
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for portion in table.portions:
            geoms = tables.shapes(portion)
            each = shapely.bounds(geoms)
            boxes = pa.StructArray.from_arrays(
                [pa.array(each[:, n], from_pandas=True) for n in range(4)], fields=list(box)
            )
            if len(geoms):
                bounds[:2] = np.fmin(bounds[:2], np.nanmin(each[:, :2], axis=0))
                bounds[2:] = np.fmax(bounds[2:], np.nanmax(each[:, 2:], axis=0))
                kinds |= {geom.geom_type for geom in _one_of_each(geoms)}
            with_boxes = pa.record_batch([*portion.columns, boxes], schema=schema)
            writer.write_batch(with_boxes, row_group_size=ROWS_OF_GROUP)
        writer.add_key_value_metadata(
            {"geo": orjson.dumps(_geo(table.crs, bounds, kinds)), "luge": orjson.dumps(about)}
        )


def _one_of_each(geoms: NDArray[np.object_]) -> NDArray[np.object_]:
    """One geometry of every type there is; missing ones have none."""
    kinds, first = np.unique(shapely.get_type_id(geoms), return_index=True)
    return geoms[first[kinds >= 0]]


def _geo(place: Crs, bounds: NDArray[np.float64], kinds: set[str]) -> dict[str, Any]:
    """The metadata that the standard asks for."""
    column: dict[str, Any] = {
        "encoding": "WKB",
        "geometry_types": sorted(kinds),
        "crs": places.definition(place).to_json_dict(),
        "covering": {BOX: {edge: [BOX, edge] for edge in EDGES}},
    }
    if np.isfinite(bounds).all():
        column["bbox"] = bounds.tolist()
    return {"version": VERSION, "primary_column": GEOM, "columns": {GEOM: column}}
