"""The table ``generalised``: shapes of far zooms, simplified together and kept by band."""

import numpy as np
import psycopg
from geopandas import GeoDataFrame
from psycopg import sql

from geo import crs
from geo.generalise import Geometries, generalise, pixel_m
from geo.layers import Layer
from geo.store import layers
from geo.store.queries import load
from geo.store.staging import copy_rows, read_frame, to_ewkb

QUERIES = load("refreshing")

# Where the shapes of a layer lie: table, and the column that is shape_id.
TABLES = {
    "areas": ("area", "id"), "compounds": ("area", "id"),
    "blocks": ("block", "id"), "grids": ("grid_shape", "shape_id"),
}  # fmt: skip


def refresh_shapes(conn: psycopg.Connection, layer: Layer, today: str, srid: int) -> bool:
    """Simplifies what of ``layer`` is in force; writes what differs and says whether anything did.

    To be called in a transaction with one snapshot (repeatable read). Raises psycopg's
    ``SerializationFailure`` or ``LockNotAvailable`` where a shape was changed meanwhile.
    """
    shapes = _read(conn, layer, today, srid)
    conn.execute(QUERIES["stage_shapes"])
    copy_rows(conn, QUERIES["copy_shapes"], _rows(layer, shapes, srid))
    changed = _write(conn, layer)
    conn.execute(QUERIES["drop_stage"])
    return changed


def _read(conn: psycopg.Connection, layer: Layer, today: str, srid: int) -> GeoDataFrame:
    query = _query("shapes").format(
        apart=sql.Identifier(layer.apart) if layer.apart else sql.Literal(""),
        view=layers.view(layer),
        in_force=_query("in_force") if layer.dated else sql.SQL(""),
    )
    return read_frame(conn, query.as_bytes(None), {"on": today}, srid=srid)


def _rows(layer: Layer, shapes: GeoDataFrame, srid: int) -> list[tuple[int, int, str | None]]:
    rows: list[tuple[int, int, str | None]] = []
    for band in layer.bands if len(shapes) else ():
        shown = shapes[shapes["from_zoom"] <= band]
        plain = _plain(shown, band, srid)
        ewkb = to_ewkb(crs.transform_geometries(plain, srid, 3857), 3857)
        rows += zip([band] * len(shown), shown["shape_id"].tolist(), ewkb, strict=True)
    return rows


def _plain(shapes: GeoDataFrame, band: int, srid: int) -> Geometries:
    if shapes.empty:
        return np.empty(0, object)
    west, south, east, north = shapes.total_bounds
    _, latitude = crs.transform_points((west + east) / 2, (south + north) / 2, srid, "wgs84")
    pixel = pixel_m(band, float(latitude))
    return generalise(shapes.geometry.to_numpy(), pixel, shapes["apart"].to_numpy(str))


def _write(conn: psycopg.Connection, layer: Layer) -> bool:
    name = {"layer": layer.key}
    gone = conn.execute(QUERIES["drop_shapes"], name).rowcount > 0
    conn.execute(QUERIES["leave_changed"], name)
    table, key = TABLES[layer.key]
    parts = {"table": sql.Identifier(table), "id": sql.Identifier(key)}
    conn.execute(_query("hold_shapes").format(**parts))
    put = conn.execute(QUERIES["put_shapes"], name).rowcount > 0
    if gone or put:
        conn.execute(QUERIES["note_shapes"], name | {"gone": gone})
        conn.execute(QUERIES["wake_readers"])
    return gone or put


def _query(name: str) -> sql.SQL:
    return sql.SQL(QUERIES[name].decode())
