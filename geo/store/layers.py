"""SQL of the declared layers: the one place that turns a declaration into a query."""

from collections.abc import Iterable

from psycopg import sql

from geo.layers import SMALL_COUNTS, Column, Layer, readable
from geo.metrics import METRICS, SMALL_UNITS


def view(layer: Layer) -> sql.Identifier:
    """The view that the layer's features are read from."""
    return sql.Identifier(f"layer_{layer.key}")


def value(column: Column, rights: frozenset[str]) -> sql.Composable:
    """What a reader with ``rights`` gets of ``column``, small values hidden where it says."""
    name = sql.Identifier(column.name)
    return discreet(name, column.least, rights) if column.least else name


def discreet(count: sql.Composable, least: int, rights: frozenset[str]) -> sql.Composable:
    """``count`` as a reader with ``rights`` gets it: null from 1 to below ``least``, or as it is.

    The one place that hides small counts in the database; `geo.discretion` hides them in reports.
    """
    if SMALL_COUNTS in rights:
        return count
    hidden = sql.SQL("case when {0} > 0 and {0} < {1} then null else {0} end")
    return hidden.format(count, sql.Literal(least))


def measured(layer: Layer, rights: frozenset[str]) -> sql.Composable:
    """The value of a metric (a row of ``metric_value``) as a reader with ``rights`` gets it."""
    value = sql.SQL("metric_value.value")
    if layer.key not in SMALL_UNITS:
        return value
    hiding = {metric.key: metric.least for metric in METRICS if metric.least}
    cases = [
        sql.SQL("when {} then {}").format(sql.Literal(key), discreet(value, least, rights))
        for key, least in hiding.items()
    ]
    if SMALL_COUNTS not in rights:
        cases += [
            sql.SQL("when {} then round({} / {step}) * {step}").format(
                sql.Literal(metric.key), value, step=sql.Literal(metric.step)
            )
            for metric in METRICS
            if metric.step
        ]
    return sql.SQL("case metric_value.key {} else {} end").format(sql.SQL(" ").join(cases), value)


def source(layer: Layer, rights: frozenset[str]) -> sql.Composed:
    """A subquery (to stand after FROM, named ``source``) with all that a reader may see.

    Columns: ``id``, ``geom`` (district's CRS), the readable columns, and of dated layers
    ``valid_from`` and ``valid_to``. Hidden values are hidden inside of it, so that no condition or
    order can tell them.
    """
    columns: list[sql.Composable] = [
        sql.SQL("{} as {}").format(value(c, rights), sql.Identifier(c.name))
        for c in readable(layer, rights)
    ]
    if layer.dated:
        columns += [sql.Identifier("valid_from"), sql.Identifier("valid_to")]
    return sql.SQL("(select id, geom, {columns} from {view}) as source").format(
        columns=_list(columns), view=view(layer)
    )


def in_tiles(layer: Layer, zoom: int, rights: frozenset[str]) -> sql.Composed:
    """The attributes that tiles of ``zoom`` carry, led by a comma each.

    Times are seconds since 1970, dates texts: tiles know neither.
    """
    return sql.SQL("").join(
        sql.SQL(", {} as {}").format(_tile_value(c, rights), sql.Identifier(c.name))
        for c in _shown(layer, zoom, rights)
    )


def names_in_tiles(layer: Layer, zoom: int, rights: frozenset[str]) -> list[str]:
    """The names of `in_tiles`."""
    return [column.name for column in _shown(layer, zoom, rights)]


def _shown(layer: Layer, zoom: int, rights: frozenset[str]) -> list[Column]:
    return [column for column in readable(layer, rights) if column.from_zoom <= zoom]


def _tile_value(column: Column, rights: frozenset[str]) -> sql.Composable:
    if column.type == "time":
        return sql.SQL("extract(epoch from {})::bigint").format(sql.Identifier(column.name))
    if column.type == "date":
        return sql.SQL("{}::text").format(sql.Identifier(column.name))
    return value(column, rights)


def _list(parts: Iterable[sql.Composable]) -> sql.Composed:
    return sql.SQL(", ").join(parts)
