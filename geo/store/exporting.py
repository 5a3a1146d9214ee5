"""Layers out of the database: what is asked for, as of one moment, row by row in portions.

Errors, all of them ``ValueError``: ``NoSuchLayer``, ``BadFilter``, and what `geo.crs` and
`geo.exporting` raise.
"""

from collections.abc import Callable, Generator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import psycopg
import pyarrow as pa
from psycopg import sql

from geo.crs import Crs
from geo.crs import parse as parse_crs
from geo.exporting import formats, places, styles, tables
from geo.exporting.formats import TooManyRows
from geo.exporting.tables import GEOM, Drawing, Table
from geo.layers import LAYERS, Column, Layer, readable, swatches_for
from geo.store import changes, layers, tiles
from geo.store.database import Reader, Setting, read_setting
from geo.store.queries import load
from geo.store.wanted import Wanted, conditions

QUERIES = load("exporting")

PORTION = 10_000
ALL = "all"

About = dict[str, Any]
Check = Callable[[], None]


class NoSuchLayer(ValueError):
    """There is no layer of this name."""


class Export(NamedTuple):
    """What is to leave: layers, what is wanted of them, the CRS, and at most how many rows."""

    layers: tuple[Layer, ...]
    wanted: Wanted
    place: Crs
    most_rows: int = 0


class _Part(NamedTuple):
    """One layer of an export: its query's places, and what was applied to it."""

    layer: Layer
    columns: tuple[Column, ...]
    places: dict[str, sql.Composable]
    params: dict[str, object]
    applied: dict[str, object]


def layers_of(keys: Sequence[str]) -> tuple[Layer, ...]:
    """The layers named ('all' is every one), in the order of the legend; raises `NoSuchLayer`."""
    named = {key.strip() for key in keys}
    if named == {ALL}:
        return tuple(LAYERS.values())
    unknown = sorted(named - LAYERS.keys())
    if unknown:
        raise NoSuchLayer(f"there is no layer {unknown[0]!r}; there are {', '.join(LAYERS)}")
    return tuple(layer for key, layer in LAYERS.items() if key in named)


def no_check() -> None:
    """Nothing speaks against the next portion."""


def start(
    conn: psycopg.Connection, export: Export, reader: Reader, check: Check = no_check
) -> tuple[list[Table], About]:
    """The tables that leave, their rows not yet read, and what the file says of itself.

    ``conn`` is a snapshot that stays open until the last row is read. ``check`` is called before
    every portion, and may raise to stop. Raises `BadFilter`, and ``TooManyRows`` where the rows
    are more than the export may have.
    """
    setting = read_setting(conn)
    day = export.wanted.on or date.fromisoformat(setting.today())
    wish = export.wanted._replace(on=day)
    parts = [_part(layer, wish, setting, reader) for layer in export.layers]
    counts = [_count(conn, part) for part in parts]
    _check_count(sum(counts), export.most_rows)
    about = _about(setting, export, reader, day)
    about["layers"] = [
        _about_layer(conn, part, count, export.place)
        for part, count in zip(parts, counts, strict=True)
    ]
    return [_table(conn, part, setting, export.place, check) for part in parts], about


def _part(layer: Layer, wanted: Wanted, setting: Setting, reader: Reader) -> _Part:
    shown = readable(layer, reader.rights)
    found = conditions(layer, shown, wanted, setting)
    columns = [sql.Identifier("id"), *map(_value, shown)]
    columns.append(sql.SQL("st_asbinary({})").format(sql.Identifier(GEOM)))
    filled = {
        "columns": sql.SQL(", ").join(columns),
        "source": layers.source(layer, reader.rights),
        "conditions": found.clause,
    }
    return _Part(layer, shown, filled, found.params, found.applied)


def _value(column: Column) -> sql.Composable:
    """A column as Arrow can take it: Python knows no infinite dates."""
    name = sql.Identifier(column.name)
    if column.type in ("date", "time"):
        return sql.SQL("case when isfinite({0}) then {0} end").format(name)
    return name


def _compose(query: str, part: _Part) -> sql.Composed:
    return sql.SQL(QUERIES[query].decode().rstrip(";")).format(**part.places)


def _count(conn: psycopg.Connection, part: _Part) -> int:
    row = conn.execute(_compose("count", part), part.params).fetchone()
    return int(row[0]) if row else 0


def _check_count(rows: int, most: int) -> None:
    if most and rows > most:
        raise TooManyRows(
            f"{rows} rows are asked for, and at most {most} are given at once: name fewer layers,"
            " a smaller box or a shorter time"
        )


def _table(
    conn: psycopg.Connection, part: _Part, setting: Setting, place: Crs, check: Check
) -> Table:
    own = parse_crs(setting.srid)
    layer = part.layer
    return Table(
        formats.layer_name(layer.key, place),
        f"{layer.zh} {layer.en}",
        layer.geometry,
        part.columns,
        place,
        setting.time_zone,
        (tables.move(portion, own, place) for portion in _portions(conn, part, check)),
        _drawing(conn, layer),
    )


def _portions(conn: psycopg.Connection, part: _Part, check: Check) -> Generator[pa.RecordBatch]:
    schema = tables.schema(part.columns)
    with conn.cursor(f"export_{part.layer.key}", binary=True) as cursor:
        cursor.execute(_compose("rows", part), part.params)
        while rows := cursor.fetchmany(PORTION):
            check()
            values = zip(*rows, strict=True)
            arrays = [pa.array(v, f.type) for v, f in zip(values, schema, strict=True)]
            yield pa.record_batch(arrays, schema=schema)


def _drawing(conn: psycopg.Connection, layer: Layer) -> Drawing:
    style = layer.style
    if style.from_data:
        found = tiles.legend_values(conn, style.from_data)
        style = style._replace(swatches=swatches_for(style, found))
    return styles.draw(layer, style)


def _about(setting: Setting, export: Export, reader: Reader, day: date) -> About:
    names = "、".join(layer.zh for layer in export.layers)
    return {
        "title": f"{setting.name} {names}",
        "district": {"name": setting.name, "code": setting.code},
        "made_by": "Luge 路格",
        "made_at": datetime.now(ZoneInfo(setting.time_zone)).isoformat("T", "seconds"),
        "time_zone": setting.time_zone,
        "as_of": day.isoformat(),
        "crs": places.told(export.place),
        "reader": reader.name,
        "rights": sorted(reader.rights),
    }


def _about_layer(conn: psycopg.Connection, part: _Part, rows: int, place: Crs) -> dict[str, Any]:
    layer = part.layer
    shown = {column.name for column in part.columns}
    return {
        "name": formats.layer_name(layer.key, place),
        "layer": layer.key,
        "zh": layer.zh,
        "en": layer.en,
        "geometry": layer.geometry,
        "rows": rows,
        "revision": changes.revision(conn, layer.key),
        "filter": part.applied,
        "columns": [
            {"name": c.name, "zh": c.zh, "en": c.en, "unit": c.unit, "type": c.type}
            for c in part.columns
        ],
        "left_out": [column.name for column in layer.columns if column.name not in shown],
    }
