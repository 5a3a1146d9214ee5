"""A layer on its way out: its columns, and its rows in portions, never all at once."""

from collections.abc import Generator, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from geo import crs
from geo.layers import Column, Geometry

ARROW: dict[str, pa.DataType] = {
    "text": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "time": pa.timestamp("us", "UTC"),
}
# No declared column is called so. A column 'id' would be taken for the rows' own ids on import,
# which are in 'code'.
ID, GEOM = "luge_id", "geom"


class Drawing(NamedTuple):
    """How QGIS draws a layer: its own style (QML) and the standard's (SLD), both XML."""

    qml: str
    sld: str


class Table(NamedTuple):
    """One layer as it leaves; its portions have ``luge_id``, the columns, and ``geom`` as WKB.

    ``zone`` is the time zone that times are written in where a format has no instants of its own.
    """

    name: str
    title: str
    geometry: Geometry
    columns: tuple[Column, ...]
    crs: crs.Crs
    zone: str
    portions: Generator[pa.RecordBatch]
    drawing: Drawing | None = None


def schema(columns: tuple[Column, ...]) -> pa.Schema:
    """The Arrow schema of a table with these columns."""
    attributes = [pa.field(column.name, ARROW[column.type]) for column in columns]
    return pa.schema([pa.field(ID, pa.int64()), *attributes, pa.field(GEOM, pa.binary())])


def none_of(columns: tuple[Column, ...]) -> pa.RecordBatch:
    """A portion without rows."""
    empty = schema(columns)
    return pa.record_batch([pa.array([], field.type) for field in empty], schema=empty)


def of_rows(columns: tuple[Column, ...], rows: Sequence[tuple[Any, ...]]) -> pa.RecordBatch:
    """A portion of rows of (id, geometry as WKB, values of the columns in order), at least one."""
    ids, wkb, *values = zip(*rows, strict=True)
    names = [ID, *(column.name for column in columns), GEOM]
    arrow = schema(columns)
    cells = zip(names, [ids, *values, wkb], strict=True)
    return pa.record_batch([pa.array(c, arrow.field(name).type) for name, c in cells], arrow)


def shapes(portion: pa.RecordBatch) -> NDArray[np.object_]:
    """The geometries of a portion, shape (rows,)."""
    wkb = portion.column(GEOM).to_numpy(zero_copy_only=False)
    return np.asarray(shapely.from_wkb(wkb), object)


def with_shapes(portion: pa.RecordBatch, geoms: NDArray[np.object_]) -> pa.RecordBatch:
    """The portion with other geometries."""
    wkb = pa.array(shapely.to_wkb(geoms), pa.binary())
    return portion.set_column(portion.schema.get_field_index(GEOM), GEOM, wkb)


def move(portion: pa.RecordBatch, source: crs.Crs, target: crs.Crs) -> pa.RecordBatch:
    """The portion moved from ``source`` to ``target``; raises what ``geo.crs`` raises."""
    if source == target:
        return portion
    geoms = crs.transform_geometries(shapes(portion), source, target)
    return with_shapes(portion, geoms)


def as_multi(portion: pa.RecordBatch) -> pa.RecordBatch:
    """The portion with lines and polygons as multi-geometries, which many formats want alike."""
    geoms = shapes(portion)
    for single, multi in ((1, shapely.multilinestrings), (3, shapely.multipolygons)):
        at = np.flatnonzero(shapely.get_type_id(geoms) == single)
        if len(at):
            geoms[at] = multi(geoms[at], indices=np.arange(len(at)))
    return with_shapes(portion, geoms)


def rounded(geoms: NDArray[np.object_], place: crs.Crs) -> NDArray[np.object_]:
    """Geometries with coordinates rounded to a tenth of a millimetre, for formats that are text."""
    digits = digits_of(place)
    moved: Any = shapely.transform(geoms, lambda xy: np.round(xy, digits))
    return np.asarray(moved, object)


def digits_of(place: crs.Crs) -> int:
    """Decimals that tell a tenth of a millimetre: 9 for degrees, 4 for metres."""
    return 9 if place.base.is_geographic else 4
