"""Vector tiles straight from PostGIS, by one query for all layers (``queries/tiles.sql``)."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import psycopg
import pyproj
from psycopg import sql
from psycopg_pool import AsyncConnectionPool

from geo.discretion import LEAST
from geo.layers import Layer
from geo.store import layers
from geo.store.database import Setting
from geo.store.passing import Passing, passing, unusable
from geo.store.queries import load

QUERIES = load("tiles")
EVERYTHING = Passing("", {}, False)
# Shares that are told apart: 1, 1/2 … 1/2²⁴.
HALVINGS = 24

MAX_ZOOM = 22
# A tile asks for features a little beyond its edge: 64 of its 4096 units, as ST_AsMVTGeom clips.
EXTENT = 4096
BUFFER = 64 / EXTENT
# Cells that points are gathered by: so many to a side of a tile, 85 pixels each.
CELLS = 6
MERCATOR_HALF_M = 20037508.342789244


class NoSuchTile(ValueError):
    """The zoom, column or row lies outside the tile scheme."""


class Tile(NamedTuple):
    """The address of a tile in the Web Mercator scheme, row 0 in the north."""

    z: int
    x: int
    y: int


class Wanted(NamedTuple):
    """What a tile is to show of its layer.

    ``share`` (0 to 1) thins points; ``on`` is the day for dated layers; ``system`` one grid
    system; ``open`` open or closed incidents; from ``since`` to before ``until`` (ISO times) by
    the layer's time column; ``metric`` adds its value as the attribute ``value``; ``filter`` is
    CQL2 text; with ``clusters`` points that crowd come as one with their number.
    """

    on: str
    share: float = 1
    system: str | None = None
    open: bool | None = None
    since: str | None = None
    until: str | None = None
    metric: str | None = None
    filter: str | None = None
    clusters: bool | None = None


def check(tile: Tile) -> Tile:
    """The tile itself; raises `NoSuchTile` where the scheme has none at this address."""
    if not 0 <= tile.z <= MAX_ZOOM:
        raise NoSuchTile(f"zoom {tile.z} is not between 0 and {MAX_ZOOM}")
    last = 2**tile.z - 1
    if not (0 <= tile.x <= last and 0 <= tile.y <= last):
        raise NoSuchTile(
            f"at zoom {tile.z} columns and rows go from 0 to {last}; asked was {tile.x}/{tile.y}"
        )
    return tile


async def draw(
    pool: AsyncConnectionPool[Any],
    layer: Layer,
    tile: Tile,
    wanted: Wanted,
    setting: Setting,
    rights: frozenset[str],
) -> bytes:
    """The Mapbox Vector Tile of ``layer``; empty bytes where it has nothing there.

    Raises `geo.conditions.BadFilter`.
    """
    prepared = prepare(layer, tile, wanted, setting, rights)
    if prepared is None:
        return b""
    # The pool's own context costs as much again as the pool; there is no transaction to end.
    conn = await pool.getconn()
    try:
        row = await (await conn.execute(*prepared, binary=True)).fetchone()
    except psycopg.DataError as error:
        raise unusable(error) from None
    finally:
        await pool.putconn(conn)
    return bytes(row[0]) if row and row[0] else b""


def prepare(
    layer: Layer, tile: Tile, wanted: Wanted, setting: Setting, rights: frozenset[str]
) -> tuple[bytes, dict[str, Any]] | None:
    """The query of a tile and its parameters; None where nothing can be there."""
    reach = reach_of(tile, setting.srid)
    if tile.z < layer.min_zoom or reach is None:
        return None
    passes = _passing(layer, wanted, setting, rights)
    asked = _asked(wanted)
    query = compose(layer, tile.z, rights, asked, wanted.share, passes.sql)
    known = {**tile._asdict(), **wanted._asdict(), **passes.values}
    return query, {**known, **_grid(tile), "reach": reach}


async def below(
    pool: AsyncConnectionPool[Any],
    layer: Layer,
    wanted: Wanted,
    setting: Setting,
    rights: frozenset[str],
) -> list[int]:
    """How many of the points wanted have a rank below 1, 1/2, 1/4 …, for `geo.layers.share`."""
    passes = _passing(layer, wanted, setting, rights)
    conditions = _conditions(layer, MAX_ZOOM, _asked(wanted), 1, passes.sql)
    query = _fill("ranks", view=layers.view(layer), conditions=conditions)
    shares = [2.0**-k for k in range(HALVINGS, 0, -1)]
    counts = np.zeros(HALVINGS + 1, np.int64)
    params = {**wanted._asdict(), **passes.values, "shares": shares}
    try:
        async with pool.connection() as conn:
            async for reached, count in await conn.execute(query, params):
                counts[reached] = count
    except psycopg.DataError as error:
        raise unusable(error) from None
    fewer: list[int] = np.cumsum(counts)[::-1].tolist()
    return fewer


def _asked(wanted: Wanted) -> frozenset[str]:
    set_ = (name for name, value in wanted._asdict().items() if value is not None)
    return frozenset(set_) - {"share", "filter"}


def _passing(layer: Layer, wanted: Wanted, setting: Setting, rights: frozenset[str]) -> Passing:
    if wanted.filter is None:
        return EVERYTHING
    return passing(wanted.filter, layer, rights, setting)


@lru_cache(maxsize=1024)
def compose(
    layer: Layer,
    zoom: int,
    rights: frozenset[str],
    asked: frozenset[str],
    share: float = 1,
    passes: str = "",
) -> bytes:
    """The query of ``layer`` at ``zoom``; ``asked`` names what is set of `Wanted`.

    The share is written out, so that the planner sees which index holds no more points than that.
    ``passes`` is the SQL of a filter. Clusters hold `geo.discretion.LEAST` points at least: fewer
    stay points, so that no small count is told.

    Features come in the order of their ids, so equal data gives equal bytes.
    """
    shown = [*layers.names_in_tiles(layer, zoom, rights), *["value"] * ("metric" in asked)]
    labels: sql.Composable = sql.SQL("")
    if layer.label:
        labels = _fill("labels", part=sql.Literal(layer.parts[1]), names=_names(layer.label))
    if "clusters" in asked:
        return _fill(
            "clusters",
            attributes=_attributes(layer, zoom, rights, asked),
            view=layers.view(layer),
            conditions=_conditions(layer, zoom, asked, share, passes),
            part=sql.Literal(layer.key),
            gathered=sql.Literal(f"{layer.key}_clusters"),
            names=_names(shown),
            cells=sql.Literal(CELLS),
            least=sql.Literal(LEAST),
        ).as_bytes(None)
    unshown = [name for name in layer.label if name not in shown]
    return _fill(
        "tile",
        attributes=_attributes(layer, zoom, rights, asked) + _names(unshown),
        drawn=_drawn(layer, zoom),
        label=_fill("label") if layer.label else sql.SQL("null"),
        view=layers.view(layer),
        joins=_joins(layer, zoom, rights, asked),
        conditions=_conditions(layer, zoom, asked, share, passes),
        part=sql.Literal(layer.key),
        labels=labels,
        names=_names(shown),
    ).as_bytes(None)


def _fill(name: str, **parts: sql.Composable) -> sql.Composed:
    return sql.SQL(QUERIES[name].decode().rstrip(";")).format(**parts)


def _names(names: Iterable[str]) -> sql.Composed:
    return sql.SQL("").join(sql.SQL(", {}").format(sql.Identifier(name)) for name in names)


def _drawn(layer: Layer, zoom: int) -> sql.Composed:
    shape = "case when plain_id is null then source.tile_geom else plain end"
    found = sql.SQL(shape if _band(layer, zoom) else "source.tile_geom")
    clipped = _fill("clipped", shape=found)
    return (
        _fill("polygon", shape=found, clipped=clipped) if layer.geometry == "polygon" else clipped
    )


def _conditions(
    layer: Layer, zoom: int, asked: frozenset[str], share: float, passes: str
) -> sql.Composed:
    found: list[sql.Composable] = [sql.SQL("and from_zoom <= {}").format(sql.Literal(zoom))]
    if layer.banded:
        found.append(sql.SQL("and until_zoom >= {}").format(sql.Literal(zoom)))
    if layer.dated:
        found.append(sql.SQL("and valid_from <= %(on)s::date and valid_to > %(on)s::date"))
    if share < 1 and layer.budget:
        found.append(sql.SQL("and rank < {}").format(sql.Literal(share)))
    if "system" in asked:
        found.append(sql.SQL("and system = %(system)s"))
    if "open" in asked:
        found.append(sql.SQL("and open = %(open)s"))
    for word, comparison in (("since", ">="), ("until", "<")):
        if word in asked:
            time = sql.Identifier(layer.time)
            found.append(sql.SQL(f"and {{}} {comparison} %({word})s::timestamptz").format(time))
    if passes:
        found.append(sql.SQL("and " + passes))
    return sql.SQL(" ").join(found)


def _attributes(
    layer: Layer, zoom: int, rights: frozenset[str], asked: frozenset[str]
) -> sql.Composed:
    found = layers.in_tiles(layer, zoom, rights)
    return found + sql.SQL(", metric.value") if "metric" in asked else found


def _joins(layer: Layer, zoom: int, rights: frozenset[str], asked: frozenset[str]) -> sql.Composed:
    names = ["generalised"] * (_band(layer, zoom) > 0) + ["metric"] * ("metric" in asked)
    parts = {
        "layer": sql.Literal(layer.key), "band": sql.Literal(_band(layer, zoom)),
        "value": layers.measured(layer, rights),
    }  # fmt: skip
    return sql.SQL(" ").join(_fill(name, **parts) for name in names)


def _band(layer: Layer, zoom: int) -> int:
    """The band of simplified shapes that serves ``zoom``; 0 where shapes are drawn as they are."""
    return next((band for band in layer.bands if zoom <= band), 0)


def box_of(tile: Tile) -> tuple[float, float, float, float]:
    """What a tile shows, with its buffer: west, south, east, north in metres of EPSG:3857."""
    size_m = 2 * MERCATOR_HALF_M / 2**tile.z
    west = tile.x * size_m - MERCATOR_HALF_M
    north = MERCATOR_HALF_M - tile.y * size_m
    margin = BUFFER * size_m
    return west - margin, north - size_m - margin, west + size_m + margin, north + margin


def _grid(tile: Tile) -> dict[str, float]:
    """How metres of EPSG:3857 become units of the tile: scaled, then moved east and down."""
    size_m = 2 * MERCATOR_HALF_M / 2**tile.z
    scale, half = EXTENT / size_m, 2**tile.z * EXTENT / 2
    return {"scale": scale, "east": half - tile.x * EXTENT, "down": half - tile.y * EXTENT}


@lru_cache(maxsize=1024)
def reach_of(tile: Tile, srid: int) -> str | None:
    """The box to search, in the district's CRS: the tile with its buffer, as EWKT.

    The literal is transformed, not the column, so that the index serves. None where the CRS does
    not reach: such a tile is empty.
    """
    box = box_of(tile)
    if not _near(srid, box):
        return None
    bounds = _from_mercator(srid).transform_bounds(*box, densify_pts=21)
    if not np.isfinite(bounds).all():
        return None
    x0, y0, x1, y1 = bounds
    return f"SRID={srid};POLYGON(({x0} {y0},{x1} {y0},{x1} {y1},{x0} {y1},{x0} {y0}))"


def read_shares(conn: psycopg.Connection) -> dict[str, dict[int, float]]:
    """By layer and zoom, the share of its points that is shown; what is missing is shown whole."""
    found: dict[str, dict[int, float]] = {}
    for layer, zoom, share in conn.execute(QUERIES["shares"]):
        found.setdefault(layer, {})[zoom] = share
    return found


def extent(conn: psycopg.Connection) -> list[float] | None:
    """The district's box in degrees: west, south, east, north; None where it has no areas."""
    row = conn.execute(QUERIES["extent"]).fetchone()
    return list(row) if row and row[0] is not None else None


def newest_report(conn: psycopg.Connection) -> int | None:
    """When the newest incident was reported, in seconds since 1970; None where there is none."""
    row = conn.execute(QUERIES["newest_report"]).fetchone()
    return row[0] if row else None


def legend_values(conn: psycopg.Connection, source: str) -> list[tuple[str, str, str]]:
    """The values (value, zh, en) that a legend takes from the data; most frequent first."""
    return [(value, zh, en) for value, zh, en in conn.execute(QUERIES[source])]


@lru_cache(maxsize=8)
def _from_mercator(srid: int) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(3857, srid, always_xy=True)


@lru_cache(maxsize=8)
def _area_of_use(srid: int) -> tuple[float, float, float, float]:
    """Where the CRS may be used, in Web Mercator metres, with ten degrees to spare."""
    area = pyproj.CRS.from_epsg(srid).area_of_use
    if area is None:
        return -MERCATOR_HALF_M, -MERCATOR_HALF_M, MERCATOR_HALF_M, MERCATOR_HALF_M
    to_mercator = pyproj.Transformer.from_crs(4326, 3857, always_xy=True)
    west, south = to_mercator.transform(max(area.west - 10, -180), max(area.south - 10, -85))
    east, north = to_mercator.transform(min(area.east + 10, 180), min(area.north + 10, 85))
    return west, south, east, north


def _near(srid: int, box: tuple[float, float, float, float]) -> bool:
    west, south, east, north = _area_of_use(srid)
    return box[0] <= east and box[2] >= west and box[1] <= north and box[3] >= south
