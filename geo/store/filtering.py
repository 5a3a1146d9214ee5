"""Conditions on features (`geo.conditions`) as SQL: names from the columns given, values bound.

A date is its whole day in the district's time zone, so a date and a timestamp can be compared:
every time is a pair of expressions, its first and its last instant.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import shapely
from psycopg.sql import SQL, Composable, Identifier, Placeholder

from geo import moments
from geo.conditions import (
    BadFilter,
    Between,
    Comparison,
    In,
    Interval,
    IsNull,
    Like,
    Logic,
    Lower,
    Not,
    Property,
    Spatial,
    Temporal,
)
from geo.layers import Column
from geo.store import reach

# What a filter may call the geometry.
GEOMETRY = ("geometry", "geom")
NUMBERS = ("integer", "number")
TIMES = ("date", "time")

# Whose duty a point lies in today: asked like a column, of layers that know places along roads.
CHIEF = "chief"
ALONG_A_ROAD = {"segment", "side", "chainage_m"}
HELD = """exists (
    select from duty join chief on chief.id = duty.chief_id
    where chief.external_id = any({codes}::text[])
      and duty.segment_id = source.segment and duty.side = source.side
      and source.chainage_m between duty.from_m and duty.to_m
      and duty.valid_from <= (now() at time zone {zone})::date
      and duty.valid_to > (now() at time zone {zone})::date)"""

# Of two stretches of time a and b, each with its first (lo) and last (hi) instant.
OVERLAP = "({a_lo} <= {b_hi} and {b_lo} <= {a_hi})"
TEMPORAL = {
    "t_after": "{a_lo} > {b_hi}",
    "t_before": "{a_hi} < {b_lo}",
    "t_contains": "({a_lo} < {b_lo} and {a_hi} > {b_hi})",
    "t_disjoint": f"not {OVERLAP}",
    "t_during": "({a_lo} > {b_lo} and {a_hi} < {b_hi})",
    "t_equals": "({a_lo} = {b_lo} and {a_hi} = {b_hi})",
    "t_finishedby": "({a_lo} < {b_lo} and {a_hi} = {b_hi})",
    "t_finishes": "({a_lo} > {b_lo} and {a_hi} = {b_hi})",
    "t_intersects": OVERLAP,
    "t_meets": "{a_hi} = {b_lo}",
    "t_metby": "{a_lo} = {b_hi}",
    "t_overlappedby": "({a_lo} > {b_lo} and {a_lo} < {b_hi} and {a_hi} > {b_hi})",
    "t_overlaps": "({a_lo} < {b_lo} and {a_hi} > {b_lo} and {a_hi} < {b_hi})",
    "t_startedby": "({a_lo} = {b_lo} and {a_hi} > {b_hi})",
    "t_starts": "({a_lo} = {b_lo} and {a_hi} < {b_hi})",
    "=": OVERLAP,
    "<>": f"not {OVERLAP}",
    "<": "{a_hi} < {b_lo}",
    ">": "{a_lo} > {b_hi}",
    "<=": "{a_hi} <= {b_hi}",
    ">=": "{a_lo} >= {b_lo}",
}
DAY_START = "({}::date::timestamp at time zone {zone})"
DAY_END = "(({}::date + 1)::timestamp at time zone {zone} - interval '1 microsecond')"


class Ground(NamedTuple):
    """What a condition is asked of.

    ``types`` gives the type (text, integer, number, boolean, date, time) of every column that may
    be asked for. Geometries of the condition are in EPSG ``srid``, x first, those of the table in
    the district's EPSG ``district_srid``.
    """

    types: Mapping[str, str]
    srid: int
    district_srid: int
    time_zone: str


def types_of(columns: Iterable[Column]) -> dict[str, str]:
    """The types of what a layer with these columns can be asked by, its chief among them."""
    found = {column.name: column.type for column in columns}
    return found | ({CHIEF: CHIEF} if found.keys() >= ALONG_A_ROAD else {})


class Values(dict[str, object]):
    """The values of a statement by their placeholder's name."""

    def bind(self, value: object) -> Placeholder:
        """Keep a value and return what stands for it."""
        name = f"v{len(self)}"
        self[name] = value
        return Placeholder(name)


def where(condition: Any, ground: Ground, values: Values) -> Composable:
    """The SQL of a condition; what it compares with goes to ``values``. Raises `BadFilter`."""
    if isinstance(condition, bool):
        return SQL("true" if condition else "false")
    if isinstance(condition, Property):
        return _flag(condition, ground)
    return WAYS[type(condition)](condition, ground, values)


def _logic(it: Logic, ground: Ground, values: Values) -> Composable:
    parts = [where(part, ground, values) for part in it.parts]
    return SQL("({})").format(SQL(f" {it.op} ").join(parts))


def _not(it: Not, ground: Ground, values: Values) -> Composable:
    return SQL("(not {})").format(where(it.part, ground, values))


def _comparison(it: Comparison, ground: Ground, values: Values) -> Composable:
    if it.op == "=" and _is_chief(it.left, ground):
        return _held([it.right], ground, values)
    left, right = _fitted(ground, it.left, it.right)
    if _same_kind(ground, left, right) == "time":
        return _in_time(it.op, left, right, ground, values)
    a, b = (_scalar(side, ground, values) for side in (left, right))
    return SQL("({} " + it.op + " {})").format(a, b)


def _between(it: Between, ground: Ground, values: Values) -> Composable:
    low, high = Comparison(">=", it.value, it.low), Comparison("<=", it.value, it.high)
    return _logic(Logic("and", (low, high)), ground, values)


def _in(it: In, ground: Ground, values: Values) -> Composable:
    if _is_chief(it.value, ground):
        return _held(it.options, ground, values)
    value, *options = _fitted(ground, it.value, *it.options)
    if _same_kind(ground, value, *options) == "time":
        each = [_in_time("=", value, option, ground, values) for option in options]
        return SQL("({})").format(SQL(" or ").join(each))
    among = SQL(", ").join(_scalar(option, ground, values) for option in options)
    return SQL("({} in ({}))").format(_scalar(value, ground, values), among)


def _is_chief(side: Any, ground: Ground) -> bool:
    return isinstance(side, Property) and ground.types.get(side.name) == CHIEF


def _held(codes: Sequence[Any], ground: Ground, values: Values) -> Composable:
    if not all(isinstance(code, str) for code in codes):
        raise BadFilter(f"{CHIEF!r} is compared with codes of chiefs, in quotes")
    zone = values.bind(ground.time_zone)
    return SQL(HELD).format(codes=values.bind(list(codes)), zone=zone)


def _like(it: Like, ground: Ground, values: Values) -> Composable:
    if _same_kind(ground, it.value, it.pattern) != "text":
        raise BadFilter("'like' is for text")
    value, pattern = (_scalar(side, ground, values) for side in (it.value, it.pattern))
    return SQL("({} like {})").format(value, pattern)


def _is_null(it: IsNull, ground: Ground, values: Values) -> Composable:
    if isinstance(it.value, Property) and it.value.name in GEOMETRY:
        return SQL("false")
    return SQL("({} is null)").format(_scalar(it.value, ground, values))


def _temporal(it: Temporal, ground: Ground, values: Values) -> Composable:
    return _in_time(it.op, it.left, it.right, ground, values)


def _spatial(it: Spatial, ground: Ground, values: Values) -> Composable:
    sides = [_geometry(side, ground, values) for side in (it.left, it.right)]
    exact = SQL("st_" + it.op.removeprefix("s_") + "({}, {})").format(*sides)
    shapes = [side for side in (it.left, it.right) if not isinstance(side, Property)]
    if it.op == "s_disjoint" or len(shapes) != 1:
        return exact
    near = reach.near(shapely.bounds(shapes[0]), ground.srid, ground.district_srid)
    if near is None:
        return SQL("false")
    return SQL("(geom && {}::geometry and {})").format(values.bind(near), exact)


WAYS: dict[type, Callable[[Any, Ground, Values], Composable]] = {
    Logic: _logic,
    Not: _not,
    Comparison: _comparison,
    Between: _between,
    In: _in,
    Like: _like,
    IsNull: _is_null,
    Temporal: _temporal,
    Spatial: _spatial,
}


def _geometry(side: Any, ground: Ground, values: Values) -> Composable:
    if isinstance(side, Property):
        if side.name not in GEOMETRY:
            raise BadFilter(f"{side.name!r} is no geometry; the geometry is called 'geometry'")
        return reach.moved(ground.district_srid, ground.srid)
    literal = values.bind(shapely.to_wkb(shapely.set_srid(side, ground.srid), include_srid=True))
    return SQL("{}::bytea::geometry").format(literal)


def _type(name: str, ground: Ground) -> str:
    found = ground.types.get(name)
    if found is None:
        known = ", ".join(ground.types)
        raise BadFilter(f"there is no property {name!r} to filter by; there are {known}")
    return found


def _plain_type(name: str, ground: Ground) -> str:
    """The type of what has one value; somebody may have several chiefs."""
    found = _type(name, ground)
    if found == CHIEF:
        raise BadFilter(f"{CHIEF!r} can be asked by = and in only, with codes of chiefs")
    return found


def _flag(it: Property, ground: Ground) -> Composable:
    found = _type(it.name, ground)
    if found != "boolean":
        raise BadFilter(f"{it.name!r} is {found}, not boolean")
    return Identifier(it.name)


def _kind(side: Any, ground: Ground) -> str:
    if isinstance(side, Property):
        found = _plain_type(side.name, ground)
        return "number" if found in NUMBERS else "time" if found in TIMES else found
    if isinstance(side, Lower):
        if _kind(side.of, ground) != "text":
            raise BadFilter("'casei' is for text")
        return "text"
    if isinstance(side, bool):
        return "boolean"
    if isinstance(side, int | float):
        return "number"
    return "text" if isinstance(side, str) else "time"


def _fitted(ground: Ground, *sides: Any) -> list[Any]:
    """Values as the column beside them wants them: some write 1 for true, and times in quotes."""
    kinds = {_kind(side, ground) for side in sides if isinstance(side, Property)}
    if kinds == {"boolean"}:
        return [bool(side) if side in (0, 1) else side for side in sides]
    if kinds == {"time"}:
        return [_time(side, ground) if isinstance(side, str) else side for side in sides]
    return list(sides)


def _time(text: str, ground: Ground) -> date:
    plain = text.replace("/", "-")
    try:
        if moments.is_date(plain):
            return moments.read_date(plain)
        found = moments.read_time(plain)
    except ValueError:
        raise BadFilter(f"{text!r} is no date or time; write DATE('…') or TIMESTAMP('…')") from None
    return found if found.tzinfo else found.replace(tzinfo=ZoneInfo(ground.time_zone))


def _same_kind(ground: Ground, *sides: Any) -> str:
    kinds = [_kind(side, ground) for side in sides]
    if len(set(kinds)) > 1:
        first = f"{sides[0].name!r} is" if isinstance(sides[0], Property) else "the left side is"
        other = next(kind for kind in kinds if kind != kinds[0])
        raise BadFilter(f"{first} {kinds[0]} and cannot be compared with {other}")
    return kinds[0]


def _scalar(side: Any, ground: Ground, values: Values) -> Composable:
    if isinstance(side, Property):
        _plain_type(side.name, ground)
        return Identifier(side.name)
    if isinstance(side, Lower):
        return SQL("lower({})").format(_scalar(side.of, ground, values))
    return SQL("{}::text" if isinstance(side, str) else "{}").format(values.bind(side))


def _in_time(op: str, left: Any, right: Any, ground: Ground, values: Values) -> Composable:
    a_lo, a_hi = _ends(left, ground, values)
    b_lo, b_hi = _ends(right, ground, values)
    return SQL("({})").format(SQL(TEMPORAL[op]).format(a_lo=a_lo, a_hi=a_hi, b_lo=b_lo, b_hi=b_hi))


def _ends(side: Any, ground: Ground, values: Values) -> tuple[Composable, Composable]:
    if isinstance(side, Interval):
        start = SQL("'-infinity'::timestamptz")
        end = SQL("'infinity'::timestamptz")
        return (
            _ends(side.start, ground, values)[0] if side.start is not None else start,
            _ends(side.end, ground, values)[1] if side.end is not None else end,
        )
    if isinstance(side, Property):
        found = _type(side.name, ground)
        if found not in TIMES:
            raise BadFilter(f"{side.name!r} is {found}, not a time")
        instant: Composable = Identifier(side.name)
        whole_day = found == "date"
    else:
        whole_day = isinstance(side, date) and not isinstance(side, datetime)
        instant = values.bind(side)
    if not whole_day:
        moment = SQL("{}::timestamptz").format(instant)
        return moment, moment
    zone = values.bind(ground.time_zone)
    return SQL(DAY_START).format(instant, zone=zone), SQL(DAY_END).format(instant, zone=zone)
