"""Which rows of a layer are wanted: place, day, period, values of columns; as SQL conditions.

What is wrong with a wish is a `geo.conditions.BadFilter`.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from psycopg import sql

from geo import cql2
from geo.conditions import BadFilter
from geo.layers import Column, Layer, readable
from geo.store import filtering, reach
from geo.store.database import Reader, Setting
from geo.store.filtering import Ground, Values
from geo.store.reach import Box

YES, NO = ("true", "1", "yes", "是"), ("false", "0", "no", "否")
DEGREES = 4326

Equal = tuple[tuple[str, tuple[str, ...]], ...]


class Wanted(NamedTuple):
    """What is wanted of the layers, all of it together; nothing said is everything.

    ``box`` is west, south, east, north in degrees (WGS 84). ``on`` is the day for dated layers.
    From ``since`` to before ``until`` by the layer's time column. ``equal`` names columns with the
    values they may have; an empty value means that there is none. ``filter`` is a condition in
    CQL2 text, in degrees; every layer must have the columns it names.
    """

    box: Box | None = None
    on: date | None = None
    since: datetime | None = None
    until: datetime | None = None
    equal: Equal = ()
    filter: str = ""


class Conditions(NamedTuple):
    """A clause to stand after WHERE with its parameters, and what of the wishes it applies."""

    clause: sql.Composable
    params: dict[str, object]
    applied: dict[str, object]


def check(wanted: Wanted, layers: Sequence[Layer], reader: Reader) -> None:
    """Raises `BadFilter` where a wish concerns none of the layers, or cannot be."""
    of = {layer: {c.name: c for c in readable(layer, reader.rights)} for layer in layers}
    for name, values in wanted.equal:
        found = [columns[name] for columns in of.values() if name in columns]
        if not found:
            known = sorted({name for columns in of.values() for name in columns})
            raise BadFilter(f"there is no column {name!r} here; there are {', '.join(known)}")
        for value in values:
            _read(found[0], value)
    if (wanted.since or wanted.until) and not any(layer.time for layer in layers):
        raise BadFilter("a period was asked of layers that have no time: leave since and until out")
    if wanted.since and wanted.until and wanted.since >= wanted.until:
        raise BadFilter("the period ends before it begins")
    if wanted.box:
        _check_box(wanted.box)
    if wanted.filter:
        cql2.parse(wanted.filter)


def read_box(text: str) -> Box:
    """The box that a text like 121.4,31.2,121.5,31.3 gives; raises `BadFilter`."""
    try:
        west, south, east, north = map(float, text.split(","))
    except ValueError:
        raise BadFilter(f"{text!r} is no box: write west,south,east,north in degrees") from None
    return west, south, east, north


def by_column(pairs: Iterable[tuple[str, str]]) -> Equal:
    """Pairs of column and value, gathered by column: any of its values will do."""
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return tuple((name, tuple(values)) for name, values in found.items())


def _check_box(box: Box) -> None:
    west, south, east, north = box
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise BadFilter(
            f"{','.join(f'{edge:g}' for edge in box)} is no box:"
            " write west,south,east,north in degrees"
        )


def conditions(
    layer: Layer, columns: Sequence[Column], wanted: Wanted, setting: Setting
) -> Conditions:
    """What of ``wanted`` concerns ``layer``, of which ``columns`` may be read.

    Names are those of `geo.store.layers.source`.
    """
    parts: list[sql.Composable] = [sql.SQL("true")]
    params = Values()
    applied: dict[str, object] = {}
    if wanted.box:
        parts.append(reach.touching(wanted.box, DEGREES, setting.srid, params.bind))
        applied["bbox"] = list(wanted.box)
    if layer.dated and wanted.on:
        parts.append(sql.SQL("valid_from <= %(on)s and valid_to > %(on)s"))
        params["on"] = wanted.on
        applied["on"] = wanted.on.isoformat()
    for word, comparison in (("since", ">="), ("until", "<")):
        time = getattr(wanted, word)
        if layer.time and time:
            parts.append(
                sql.SQL(f"{{}} {comparison} %({word})s").format(sql.Identifier(layer.time))
            )
            params[word] = time
            applied[word] = _told(time, setting)
    of = {column.name: column for column in columns}
    for n, (name, values) in enumerate(wanted.equal):
        if name in of:
            parts.append(_equals(of[name], f"equal_{n}", any(value == "" for value in values)))
            params[f"equal_{n}"] = [_read(of[name], value) for value in values if value != ""]
            applied[name] = list(values)
    if wanted.filter:
        ground = Ground(filtering.types_of(columns), DEGREES, setting.srid, setting.time_zone)
        parts.append(filtering.where(cql2.parse(wanted.filter), ground, params))
        applied["filter"] = wanted.filter
    return Conditions(sql.SQL(" and ").join(parts), params, applied)


def _told(time: datetime, setting: Setting) -> str:
    """The time by the district's clock."""
    try:
        return time.astimezone(ZoneInfo(setting.time_zone)).isoformat()
    except OverflowError:  # at an end of all years, and by that clock beyond it
        return time.isoformat()


def _equals(column: Column, param: str, none_too: bool) -> sql.Composable:
    name, type_ = sql.Identifier(column.name), sql.SQL(_TYPES[column.type][0])
    same = sql.SQL("{} = any({}::{}[])").format(name, sql.Placeholder(param), type_)
    if not none_too:
        return same
    return sql.SQL("({} or {} is null)").format(same, name)


def _read(column: Column, value: str) -> object:
    if value == "":
        return None
    if "\x00" in value:
        raise BadFilter(f"{column.name}: a value holds a null character")
    try:
        return _TYPES[column.type][1](value)
    except ValueError as error:
        raise BadFilter(f"{column.name} is {column.type}, and {value!r} is not") from error


def _integer(value: str) -> int:
    number = int(value)
    if not -(2**63) <= number < 2**63:
        raise ValueError(value)
    return number


def _yes_or_no(value: str) -> bool:
    if value.casefold() not in (*YES, *NO):
        raise ValueError(value)
    return value.casefold() in YES


def _time(value: str) -> datetime:
    time = datetime.fromisoformat(value)
    if time.tzinfo is None:
        raise ValueError(value)
    return time


_TYPES: dict[str, tuple[str, Callable[[str], object]]] = {
    "text": ("text", str),
    "integer": ("bigint", _integer),
    "number": ("double precision", float),
    "boolean": ("boolean", _yes_or_no),
    "date": ("date", date.fromisoformat),
    "time": ("timestamptz", _time),
}
