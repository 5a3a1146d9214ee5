"""Values of metrics, unit by unit: what a map is coloured by (tables metric and metric_value)."""

from datetime import datetime
from typing import NamedTuple

import psycopg
from psycopg import sql

from geo.layers import Layer
from geo.store import layers
from geo.store.database import Rows, rows
from geo.store.queries import load

QUERIES = load("measures")

# What tells one unit from another, of those columns that its layer has.
NAMING = ("level", "system", "code", "name", "seq")


class Measured(NamedTuple):
    """Which values are asked for: a metric over the units of a layer.

    ``on`` is the day (ISO) for dated layers, ``rights`` those of who asks; ``level`` and ``system``
    keep areas of one level and grids of one system. ``summed``: grids of another day than today,
    whose values are the sums of what their blocks have now.
    """

    metric: str
    layer: Layer
    on: str
    rights: frozenset[str]
    level: str | None = None
    system: str | None = None
    summed: bool = False


def computed(conn: psycopg.Connection, asked: Measured) -> tuple[str, datetime] | None:
    """The revision of the data that the values are of, and when they were computed.

    None where they have not been computed yet.
    """
    row = conn.execute(QUERIES["computed"], _params(asked)).fetchone()
    return (row[0], row[1]) if row else None


def values(conn: psycopg.Connection, asked: Measured) -> dict[int, float | None]:
    """The value of every unit that has one, by the unit's id; None where it is hidden."""
    query = _fill("values", asked).as_bytes(None)
    return dict(conn.execute(query, _params(asked)).fetchall())


def ranked(conn: psycopg.Connection, asked: Measured, limit: int, lowest: bool) -> Rows:
    """The ``limit`` units with the highest values, or the lowest, and their names.

    ``bbox`` is west, south, east, north in degrees.
    """
    names = [c.name for c in asked.layer.columns if c.name in NAMING]
    columns = sql.SQL("").join(sql.SQL(", {}").format(sql.Identifier(name)) for name in names)
    order = sql.SQL("value, id" if lowest else "value desc, id")
    query = _fill("ranked", asked, columns=columns, order=order).as_bytes(None)
    return rows(conn, query, {**_params(asked), "limit": limit})


def _fill(name: str, asked: Measured, **parts: sql.Composable) -> sql.Composed:
    units = sql.SQL(QUERIES["units"].decode()).format(
        view=layers.view(asked.layer),
        values=sql.SQL(QUERIES["summed" if asked.summed else "kept"].decode()),
        value=layers.measured(asked.layer, asked.rights),
        conditions=_conditions(asked),
    )
    return sql.SQL(QUERIES[name].decode()).format(units=units, **parts)


def _conditions(asked: Measured) -> sql.Composed:
    found = [sql.SQL("and level = %(level)s")] if asked.level else []
    found += [sql.SQL("and system = %(system)s")] if asked.system else []
    if asked.layer.dated:
        found.append(sql.SQL("and valid_from <= %(on)s::date and valid_to > %(on)s::date"))
    return sql.SQL(" ").join(found)


def _params(asked: Measured) -> dict[str, object]:
    return {**asked._asdict(), "layer": asked.layer.key, "rights": sorted(asked.rights)}
