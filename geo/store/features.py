"""Features of a layer, page by page: where, when, on what condition, in what order.

A page starts behind the last row of the page before, known by the values it is sorted by and its
id, so pages stay whole while rows come and go: no OFFSET.
"""

from datetime import date
from typing import Any, Literal, NamedTuple

import psycopg
from psycopg.sql import SQL, Composable, Composed, Identifier

from geo.conditions import BadFilter, Interval, Property, Temporal
from geo.layers import Layer, readable
from geo.store import filtering, layers, reach
from geo.store.database import Setting
from geo.store.filtering import Ground, Values
from geo.store.queries import load
from geo.store.reach import Box

QUERIES = {name: SQL(text.decode()) for name, text in load("features").items()}

# Decimals of a GeoJSON coordinate: about a millimetre.
DECIMALS_DEGREES, DECIMALS_METRES = 8, 3

Form = Literal["geojson", "wkb"]
# May be asked for and sorted by like any column.
ID = "id"


class Source(NamedTuple):
    """A layer as a reader with ``rights`` may see it."""

    layer: Layer
    rights: frozenset[str]
    setting: Setting

    @property
    def types(self) -> dict[str, str]:
        """The types of the columns that may be read, asked for and sorted by."""
        return {column.name: column.type for column in readable(self.layer, self.rights)}

    @property
    def relation(self) -> Composed:
        """What stands after FROM."""
        return layers.source(self.layer, self.rights)


class Sort(NamedTuple):
    """One key of the order."""

    column: str
    descending: bool = False


# The last row of the page before: the values it is ordered by, as text.
After = tuple[str | None, ...]


class Key(NamedTuple):
    """One expression of the order, with its type in the database."""

    sql: Composable
    type: str
    descending: bool = False


class Boxes(NamedTuple):
    """The boxes that features touch (two where one crosses the antimeridian), in EPSG ``srid``."""

    boxes: tuple[Box, ...]
    srid: int


class Asked(NamedTuple):
    """Which features; ``when`` holds dates or datetimes, None being open."""

    boxes: Boxes | None = None
    when: Interval | None = None
    condition: Any = True
    filter_srid: int = 4326
    sort: tuple[Sort, ...] = ()
    limit: int = 100
    after: After | None = None


class Shape(NamedTuple):
    """How features are told: their columns and their geometry (None: without), in EPSG ``srid``.

    ``flipped`` puts y first, as the definitions of some CRS want it.
    """

    columns: tuple[str, ...]
    form: Form | None
    srid: int
    flipped: bool = False


class Page(NamedTuple):
    """Rows of (id, geometry, *columns), and where the next page starts; None: nowhere."""

    rows: list[tuple[Any, ...]]
    after: After | None


class NoSuchFeature(ValueError):
    """The layer has no feature of this id."""


def page(conn: psycopg.Connection, source: Source, asked: Asked, shape: Shape) -> Page:
    """Features in their order, up to the limit asked for. Raises `BadFilter`."""
    values = Values()
    keys = _keys(source, asked.sort)
    conditions = _conditions(source, asked, values)
    if asked.after:
        conditions.append(_behind(keys, asked.after, values))
    query = QUERIES["page"].format(
        columns=_columns(source, shape, keys),
        source=source.relation,
        condition=SQL(" and ").join(conditions),
        order=_order(keys),
        limit=values.bind(asked.limit + 1),
    )
    found = _rows(conn, query, values)
    width = len(shape.columns) + 2
    rows = [row[:width] for row in found[: asked.limit]]
    return Page(rows, found[asked.limit - 1][width:] if len(found) > asked.limit else None)


def count(conn: psycopg.Connection, source: Source, asked: Asked) -> int:
    """How many features `page` would give over all pages."""
    values = Values()
    conditions = SQL(" and ").join(_conditions(source, asked, values))
    query = QUERIES["count"].format(source=source.relation, condition=conditions)
    return int(_rows(conn, query, values)[0][0])


def _rows(conn: psycopg.Connection, query: Composed, values: Values) -> list[tuple[Any, ...]]:
    try:
        return conn.execute(query, values).fetchall()
    except psycopg.DataError as error:
        said = error.diag.message_primary
        raise BadFilter(f"the database cannot use a value asked for: {said}") from None


def one(conn: psycopg.Connection, source: Source, shape: Shape, number: int) -> tuple[Any, ...]:
    """The feature of this id, whenever it holds, the newest first. Raises `NoSuchFeature`."""
    values = Values()
    query = QUERIES["one"].format(
        columns=_columns(source, shape, []),
        source=source.relation,
        id=values.bind(number),
        newest=SQL("valid_from desc" if source.layer.dated else "id"),
    )
    row = conn.execute(query, values).fetchone()
    if row is None:
        raise NoSuchFeature(f"there is no feature {number} in this collection")
    return row


def extent(conn: psycopg.Connection, source: Source) -> Box | None:
    """The box of all features in the district's CRS, metres; None where there are none."""
    row = conn.execute(QUERIES["extent"].format(source=source.relation)).fetchone()
    return row if row and row[0] is not None else None


def times(conn: psycopg.Connection, source: Source) -> tuple[Any, Any]:
    """The first and the last time of the layer's time column; None where there is none."""
    column = _plain(source, source.layer.time)
    row = conn.execute(QUERIES["times"].format(column=column, source=source.relation))
    return row.fetchone() or (None, None)


def _columns(source: Source, shape: Shape, keys: list[Key]) -> Composed:
    columns = [SQL("id"), _geometry(source.setting, shape)]
    told = (
        SQL("{}::text as {}").format(key.sql, Identifier(f"key {n}")) for n, key in enumerate(keys)
    )
    return SQL(", ").join([*columns, *(_plain(source, name) for name in shape.columns), *told])


def _geometry(setting: Setting, shape: Shape) -> Composable:
    if shape.form is None:
        return SQL("null")
    geometry = reach.moved(setting.srid, shape.srid)
    if shape.flipped:
        geometry = SQL("st_flipcoordinates({})").format(geometry)
    if shape.form == "wkb":
        return SQL("st_asbinary({})").format(geometry)
    decimals = DECIMALS_DEGREES if reach.in_degrees(shape.srid) else DECIMALS_METRES
    return SQL("st_asgeojson({}, " + str(decimals) + ", 0)").format(geometry)


def _named(source: Source, name: str) -> Identifier:
    """A column by its name. Raises `BadFilter` where the reader has none of that name."""
    if name != ID and name not in source.types:
        raise BadFilter(f"there is no property {name!r}; there are {', '.join(source.types)}")
    return Identifier(name)


def _plain(source: Source, name: str) -> Composable:
    """A column to be told: an end that never comes is null."""
    column = _named(source, name)
    if source.types.get(name) in filtering.TIMES:
        return SQL("case when isfinite({0}) then {0} end").format(column)
    return column


def _type(source: Source, name: str) -> str:
    return TYPES["integer" if name == ID else source.types[name]]


def _conditions(source: Source, asked: Asked, values: Values) -> list[Composable]:
    setting = source.setting
    types = {ID: "integer", **source.types}
    ground = Ground(types, asked.filter_srid, setting.srid, setting.time_zone)
    return [
        filtering.where(asked.condition, ground, values),
        _touching(asked.boxes, setting, values),
        _holding(source, asked.when, ground, values),
    ]


def _touching(boxes: Boxes | None, setting: Setting, values: Values) -> Composable:
    if boxes is None:
        return SQL("true")
    parts = [reach.touching(box, boxes.srid, setting.srid, values.bind) for box in boxes.boxes]
    return SQL("({})").format(SQL(" or ").join(parts))


def _holding(source: Source, when: Interval | None, ground: Ground, values: Values) -> Composable:
    if source.layer.dated:
        return _valid(when, ground, values)
    if when is None or not source.layer.time:
        return SQL("true")
    asked = Temporal("t_intersects", Property(source.layer.time), when)
    return filtering.where(asked, ground, values)


def _valid(when: Interval | None, ground: Ground, values: Values) -> Composable:
    zone = values.bind(ground.time_zone)
    if when is None:
        today = SQL("(now() at time zone {})::date").format(zone)
        return SQL("(valid_from <= {0} and valid_to > {0})").format(today)
    parts: list[Composable] = [SQL("true")]
    for end, sql in ((when.end, "valid_from <= {}"), (when.start, "valid_to > {}")):
        if end is not None:
            day = "{}" if type(end) is date else "({}::timestamptz at time zone {zone})::date"
            parts.append(SQL(sql.format(day)).format(values.bind(end), zone=zone))
    return SQL("({})").format(SQL(" and ").join(parts))


def _keys(source: Source, sort: tuple[Sort, ...]) -> list[Key]:
    """What the order is by; in the end the id, and the start where an id comes more than once."""
    keys = [Key(_named(source, it.column), _type(source, it.column), it.descending) for it in sort]
    keys.append(Key(SQL("id"), "bigint"))
    if source.layer.dated:
        keys.append(Key(SQL("valid_from"), "date"))
    return keys


def _order(keys: list[Key]) -> Composed:
    ways = (SQL("{} desc nulls last" if key.descending else "{}").format(key.sql) for key in keys)
    return SQL(", ").join(ways)


def _behind(keys: list[Key], after: After, values: Values) -> Composable:
    """What comes after a row: later in the first key, or equal in it and later in the second …"""
    same: list[Composable] = []
    later: list[Composable] = []
    for key, value in zip(keys, after, strict=True):
        if value is None:  # nulls stand last, so nothing comes behind
            same.append(SQL("{} is null").format(key.sql))
            continue
        bound = SQL("{}::text::" + key.type).format(values.bind(value))
        sign = SQL("<" if key.descending else ">")
        beyond = SQL("({0} {1} {2} or {0} is null)").format(key.sql, sign, bound)
        later.append(SQL(" and ").join([*same, beyond]))
        same.append(SQL("{} = {}").format(key.sql, bound))
    return SQL("(({}))").format(SQL(") or (").join(later))


# The database's types of a column's types.
TYPES = {
    "text": "text",
    "integer": "bigint",
    "number": "double precision",
    "boolean": "boolean",
    "date": "date",
    "time": "timestamptz",
}
