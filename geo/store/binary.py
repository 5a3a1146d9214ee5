"""Columns as the bytes of PostgreSQL's binary COPY, without a loop over rows.

The format (PostgreSQL manual, "COPY", binary format): a head; for every row the number of fields
(int16) and for every field its length (int32, -1 for NULL) and its bytes, all big-endian; a tail.
Here each field of all rows is one Arrow array of bytes, and Arrow joins the fields row by row.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import psycopg
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from psycopg import sql

Bytes = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Fields = list[pa.LargeBinaryArray]

HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TAIL = b"\xff\xff"
NULL = -1
EPOCH = pd.Timestamp("2000-01-01", tz="UTC")
JSONB_VERSION = b"\x01"
# EWKB of a point, little-endian: byte order, type with the flag for an SRID, SRID, x, y.
EWKB_POINT = np.dtype([("order", "u1"), ("type", "<u4"), ("srid", "<u4"), ("xy", "<f8", 2)])
POINT_WITH_SRID = 0x20000001


class Points(NamedTuple):
    """A column of points in EPSG:``srid``; x is NaN where there is none."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    srid: int


class DoesNotFit(ValueError):
    """A value is not of its column's type, or outside of its range."""


def send(conn: psycopg.Connection, query: bytes | sql.Composed, rows: memoryview) -> None:
    """Sends ``rows_of`` columns through ``query``, a ``copy … from stdin (format binary)``."""
    with conn.cursor() as cursor, cursor.copy(query) as copy:
        copy.write(HEAD)
        copy.write(rows)
        copy.write(TAIL)


def rows_of(columns: Mapping[str, Any], types: Mapping[str, str]) -> memoryview:
    """Columns of equal length as rows; ``types`` says the type of each as PostgreSQL writes it.

    Columns are Series, arrays or lists; what is missing (None, NaN, NaT, NA) is NULL. Types:
    text, jsonb (texts of JSON), integer, bigint, double precision, timestamp with time zone
    (aware times), geometry (``Points``). Raises ``DoesNotFit``.
    """
    fields = [field for name, column in columns.items() for field in _fields(column, types[name])]
    if not len(fields[0]):
        return memoryview(b"")
    count = pa.scalar(np.array(len(columns), ">i2").tobytes(), pa.large_binary())
    rows = pc.binary_join_element_wise(count, *fields, pa.scalar(b"", pa.large_binary()))
    rows = rows.combine_chunks() if isinstance(rows, pa.ChunkedArray) else rows
    # The buffer may be longer than what is in it.
    return memoryview(rows.buffers()[2])[: int(pc.binary_length(rows).to_numpy().sum())]


def _fields(column: Any, type_: str) -> Fields:
    write = _WRITERS.get(type_)
    if write is None:
        raise DoesNotFit(f"a column of type {type_} cannot be sent as binary")
    return write(column)


def _text(column: Any, before: bytes = b"") -> Fields:
    """Length and bytes of each text, with ``before`` in front of it."""
    words = pa.array(column, pa.large_string(), from_pandas=True)
    if isinstance(words, pa.ChunkedArray):
        # Pandas may put text of both sizes of Arrow into one column.
        parts = [chunk.cast(pa.large_string()) for chunk in words.chunks]
        words = pa.concat_arrays(parts) if parts else pa.array([], pa.large_string())
    missing = words.is_null().to_numpy(zero_copy_only=False)
    length = words.cast(pa.large_binary()).fill_null(b"")
    size = pc.binary_length(length).to_numpy().astype(np.int64)
    if size.max(initial=0) > 2**30:
        raise DoesNotFit("a text of more than 1 GB cannot be kept")
    sizes = np.where(missing, NULL, size + len(before)).astype(">i4")
    head = _packed(
        sizes.view(np.uint8).reshape(-1, 4), np.where(missing, 4, 4 + len(before)), before
    )
    return [head, length]


def _packed(heads: Bytes, sizes: NDArray[np.int64], after: bytes = b"") -> pa.LargeBinaryArray:
    """Heads, each followed by ``after``, cut to ``sizes``."""
    n = len(heads)
    tails = np.broadcast_to(np.frombuffer(after, np.uint8), (n, len(after)))
    whole = np.hstack([heads, tails])
    return _cut(whole, sizes)


def _cut(whole: Bytes, sizes: NDArray[np.int64]) -> pa.LargeBinaryArray:
    """The first ``sizes`` bytes of each row of ``whole`` (shape (n, width))."""
    if (sizes != whole.shape[1]).any():
        whole = whole[np.arange(whole.shape[1]) < sizes[:, None]]
    ends = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    buffers = [None, pa.py_buffer(ends), pa.py_buffer(np.ascontiguousarray(whole))]
    return pa.LargeBinaryArray.from_buffers(pa.large_binary(), len(sizes), buffers)


def _fixed(values: NDArray[Any], missing: Mask) -> Fields:
    """Length and bytes of values of one width, given as they are to be sent."""
    n, width = len(values), values.dtype.itemsize
    whole = np.empty((n, 4 + width), np.uint8)
    whole[:, :4] = np.frombuffer(np.array(width, ">i4").tobytes(), np.uint8)
    whole[missing, :4] = 0xFF
    whole[:, 4:] = np.ascontiguousarray(values).view(np.uint8).reshape(n, width)
    return [_cut(whole, np.where(missing, 4, 4 + width))]


def _whole_numbers(column: Any, type_: str) -> Fields:
    numbers = pd.Series(column).astype("Int64")
    missing = numbers.isna().to_numpy()
    values = numbers.to_numpy(np.int64, na_value=0)
    limit = np.iinfo(type_)
    outside = (values < limit.min) | (values > limit.max)
    if outside.any():
        raise DoesNotFit(f"{values[outside][0]} is too large a number to be kept")
    return _fixed(values.astype(type_), missing)


def _floats(column: Any) -> Fields:
    values = pd.Series(column).to_numpy(np.float64, na_value=np.nan)
    return _fixed(values.astype(">f8"), np.isnan(values))


def _times(column: Any) -> Fields:
    times = pd.to_datetime(pd.Series(column), utc=True).dt.as_unit("us")
    missing = times.isna().to_numpy()
    ticks = times.to_numpy("datetime64[us]").astype(np.int64) - EPOCH.value // 1000
    return _fixed(ticks.astype(">i8"), missing)


def _points(column: Any) -> Fields:
    if not isinstance(column, Points):
        raise DoesNotFit("only Points can be sent as geometry")
    ewkb = np.zeros(len(column.x), EWKB_POINT)
    ewkb["order"], ewkb["type"], ewkb["srid"] = 1, POINT_WITH_SRID, column.srid
    ewkb["xy"] = np.column_stack([column.x, column.y])
    return _fixed(ewkb, np.isnan(column.x))


_WRITERS: dict[str, Callable[[Any], Fields]] = {
    "text": _text,
    "jsonb": lambda column: _text(column, JSONB_VERSION),
    "integer": lambda column: _whole_numbers(column, ">i4"),
    "bigint": lambda column: _whole_numbers(column, ">i8"),
    "double precision": _floats,
    "timestamp with time zone": _times,
    "geometry": _points,
}
