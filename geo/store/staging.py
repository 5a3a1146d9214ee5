"""Frames out of the database and rows into it."""

from collections.abc import Iterable, Mapping, Sequence

import geopandas
import numpy as np
import pandas as pd
import psycopg
import shapely
from numpy.typing import NDArray
from psycopg import sql

Params = Mapping[str, object]


def read_table(
    conn: psycopg.Connection, query: bytes, params: Params | None = None
) -> pd.DataFrame:
    """The rows of ``query`` as a frame without shapes."""
    with conn.cursor(binary=True) as cursor:
        found = cursor.execute(query, params).fetchall()
        return pd.DataFrame(found, columns=[column.name for column in cursor.description or ()])


def read_frame(
    conn: psycopg.Connection, query: bytes, params: Params | None = None, *, srid: int
) -> geopandas.GeoDataFrame:
    """The rows of ``query`` as a frame in EPSG:``srid``; its column ``geom`` holds WKB."""
    frame = read_table(conn, query, params)
    shapes = shapely.from_wkb(frame.pop("geom").to_numpy(object))
    return geopandas.GeoDataFrame(frame, geometry=shapes, crs=srid)


def copy_rows(
    conn: psycopg.Connection, query: bytes | sql.Composed, rows: Iterable[Sequence[object]]
) -> None:
    """Sends rows through ``query``, a ``copy … from stdin``."""
    with conn.cursor() as cursor, cursor.copy(query) as copy:
        for row in rows:
            copy.write_row(row)


def to_ewkb(geometries: NDArray[np.object_], srid: int) -> list[str | None]:
    """Hexadecimal EWKB with the SRID, as PostGIS reads it; None stays None."""
    flat = shapely.force_2d(np.asarray(geometries, object))
    ewkb: list[str | None] = shapely.to_wkb(
        shapely.set_srid(flat, srid), hex=True, include_srid=True
    ).tolist()
    return ewkb


def or_none(values: Iterable[object]) -> list[object]:
    """Values as plain Python, with None for every missing one (NaN, NaT, NA)."""
    series = pd.Series(values, dtype=object) if not isinstance(values, pd.Series) else values
    column = series.astype(object)
    plain: list[object] = column.where(column.notna(), None).tolist()
    return plain
