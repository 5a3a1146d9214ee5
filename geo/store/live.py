"""What streams of changes need of the database: features as they are now, the ground of an area."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import psycopg
import shapely
from psycopg import sql
from psycopg.rows import dict_row

from geo.layers import LAYERS, MAX_ZOOM
from geo.store import layers
from geo.store.changes import Rows
from geo.store.queries import load

QUERIES = load("live")

Feature = dict[str, Any]
# By layer and id.
Features = dict[tuple[str, int], Feature]


class NoSuchArea(ValueError):
    """There is no area of this code."""


async def features(
    conn: psycopg.AsyncConnection[Any], rows: Mapping[str, Rows], rights: frozenset[str]
) -> Features:
    """The points that ``rows`` speak of, as a reader with ``rights`` may see them now.

    One query a layer. Of other layers, and of what is gone, there is nothing.
    """
    found: Features = {}
    for key, some in rows.items():
        ids = sorted({int(id_) for id_ in some.feature[some.op != "delete"] if id_ >= 0})
        if not ids or key not in LAYERS or LAYERS[key].geometry != "point":
            continue
        async with conn.cursor(row_factory=dict_row) as cursor:
            await cursor.execute(_query(key, rights), [ids])
            found |= {(key, row["id"]): row for row in await cursor.fetchall()}
    return found


@cache
def _query(key: str, rights: frozenset[str]) -> sql.Composed:
    layer = LAYERS[key]
    columns = layers.in_tiles(layer, MAX_ZOOM, rights)
    return sql.SQL(QUERIES["features"].decode()).format(columns=columns, view=layers.view(layer))


async def ground(conn: psycopg.AsyncConnection[Any], code: str) -> shapely.Geometry:
    """The area of this code in metres of EPSG:3857; raises `NoSuchArea`."""
    row = await (await conn.execute(QUERIES["ground"], [code])).fetchone()
    if row is None:
        raise NoSuchArea(f"there is no area with the code {code!r}; /api/areas lists them")
    shape = shapely.from_wkb(row[0])
    shapely.prepare(shape)
    return shape
