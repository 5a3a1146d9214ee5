"""CQL2 (OGC 21-065r2), as text or as JSON, read into the tree of `geo.conditions`.

The ``cql2`` package turns text into the standard's JSON; here that JSON is judged node by node, so
nothing reaches the database that is not in the tree.

A third language, ``cql-text``, is what GDAL writes: the text form under the name it had in drafts,
with ``ILIKE``, and ``LIKE`` without regard to capitals as in GDAL itself.
"""

import math
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import cql2
import orjson
import shapely

from geo import moments
from geo.conditions import (
    COMPARISONS,
    SPATIAL,
    TEMPORAL,
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
)  # fmt: skip

MOST_CHARACTERS = 5_000
MOST_DEPTH = 24
MOST_NODES = 2_000
MOST_VERTICES = 2_000
# The text parser tries a wrong text anew at each open bracket, so its time doubles with each.
MOST_STEPS = 1_000_000

GDALS = "cql-text"
_ILIKE = re.compile(r"'(?:[^']|'')*'|\bILIKE\b", re.IGNORECASE)
OTHERS = ("and", "or", "not", "like", "between", "in", "isNull", "casei")

Node = dict[str, Any]


def parse(text: str, language: str = "cql2-text", flipped: bool = False) -> Any:
    """The tree of a filter; ``language`` is cql2-text or cql2-json.

    ``flipped``: its geometries have y first. In the tree x is always first. Raises `BadFilter`.
    """
    tree = _read(_ILIKE.sub(_as_like, text) if language == GDALS else text, language)
    if language == GDALS:
        tree = _each(tree, Like, lambda it: Like(Lower(it.value), Lower(it.pattern)))
    return _each(tree, Spatial, _turned) if flipped else tree


def _read(text: str, language: str) -> Any:
    if len(text) > MOST_CHARACTERS:
        raise BadFilter(f"the filter is longer than {MOST_CHARACTERS} characters")
    if "\x00" in text:
        raise BadFilter("the filter holds a null character")
    node = _from_json(text) if language == "cql2-json" else _from_text(text)
    if _count(node, 1) > MOST_NODES:
        raise BadFilter(f"the filter has more than {MOST_NODES} parts")
    return _condition(node)


def _each(tree: Any, kind: type, change: Callable[[Any], Any]) -> Any:
    """The tree with every condition of one kind changed."""
    if isinstance(tree, Logic):
        return Logic(tree.op, tuple(_each(part, kind, change) for part in tree.parts))
    if isinstance(tree, Not):
        return Not(_each(tree.part, kind, change))
    return change(tree) if isinstance(tree, kind) else tree


def _turned(it: Spatial) -> Spatial:
    """The condition with x and y of its geometries swapped."""
    left, right = (
        side if isinstance(side, Property) else shapely.transform(side, lambda at: at[:, ::-1])
        for side in (it.left, it.right)
    )
    return Spatial(it.op, left, right)


def _as_like(found: re.Match[str]) -> str:
    """What stands in quotes stays; the word ILIKE becomes LIKE."""
    return found[0] if found[0].startswith("'") else "LIKE"


def _from_json(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadFilter(f"the filter is no JSON: {error}") from None


def _from_text(text: str) -> Any:
    if len(text) << min(_brackets(text), 30) > MOST_STEPS:
        raise BadFilter("the filter has too many brackets within brackets for its length")
    try:
        return cql2.parse_text(text).to_json()
    except Exception as error:  # the parser raises plain Exceptions too
        raise BadFilter(_where(str(error), text)) from None


def _brackets(text: str) -> int:
    """How many brackets are open at once, at most; those within quotes do not count."""
    quote, now, most = "", 0, 0
    for sign in text:
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"":
            quote = sign
        elif sign in "([":
            now += 1
            most = max(most, now)
        elif sign in ")]":
            now -= 1
    return most


def _where(said: str, text: str) -> str:
    """The parser's message, whose first line is `` --> line:column``, in plain words."""
    head = said.splitlines()[0].strip() if said.strip() else ""
    if not head.startswith("-->"):
        return f"the filter cannot be read: {head}"
    line, column = map(int, head.removeprefix("-->").split(":"))
    lines = text.splitlines() or [""]
    rest = lines[min(line, len(lines)) - 1][column - 1 :][:20]
    place = f"at {rest!r}" if rest else "at its end"
    return f"the filter cannot be read {place} (line {line}, character {column})"


def _count(node: Any, depth: int) -> int:
    if depth > MOST_DEPTH:
        raise BadFilter(f"the filter is nested more than {MOST_DEPTH} levels deep")
    if isinstance(node, dict):
        return 1 + sum(_count(part, depth + 1) for part in node.values())
    if isinstance(node, list):
        return 1 + sum(_count(part, depth) for part in node if isinstance(part, dict | list))
    return 1


def _condition(node: Any) -> Any:
    if isinstance(node, bool):
        return node
    if not isinstance(node, dict):
        raise BadFilter(f"{_short(node)} is no condition; write for example name = 'x'")
    if "property" in node:
        return _property(node)
    op, args = _op(node)
    if op in ("and", "or"):
        if len(args) < 2:
            raise BadFilter(f"{op!r} wants two or more conditions")
        return Logic(op, tuple(_condition(part) for part in args))
    if op == "not":
        return Not(_condition(_exactly(args, op, 1)[0]))
    if op in COMPARISONS:
        return Comparison(op, *map(_scalar, _exactly(args, op, 2)))
    if op in SPATIAL:
        return Spatial(op, *map(_shape, _exactly(args, op, 2)))
    if op in TEMPORAL:
        return Temporal(op, *map(_time, _exactly(args, op, 2)))
    return _test(op, args)


def _test(op: str, args: list[Any]) -> Any:
    if op == "like":
        value, pattern = _exactly(args, op, 2)
        return Like(_scalar(value), _pattern(_scalar(pattern)))
    if op == "between":
        return Between(*map(_scalar, _exactly(args, op, 3)))
    if op == "isNull":
        return IsNull(_scalar(_exactly(args, op, 1)[0]))
    if op == "in":
        value, options = _exactly(args, op, 2)
        if not isinstance(options, list) or not options:
            raise BadFilter("'in' wants a list of values")
        return In(_scalar(value), tuple(map(_scalar, options)))
    known = ", ".join((*OTHERS, *COMPARISONS, *SPATIAL, *TEMPORAL))
    raise BadFilter(f"{op!r} is not known here; there are {known}")


def _op(node: Node) -> tuple[str, list[Any]]:
    op, args = node.get("op"), node.get("args")
    if not isinstance(op, str) or not isinstance(args, list):
        raise BadFilter(f"{_short(node)} has no 'op' with a list of 'args'")
    return op, args


def _exactly(args: list[Any], op: str, count: int) -> list[Any]:
    if len(args) != count:
        raise BadFilter(f"{op!r} wants {count} arguments, not {len(args)}")
    return args


def _property(node: Node) -> Property:
    name = node["property"]
    if not isinstance(name, str):
        raise BadFilter(f"{_short(node)} names no property")
    return Property(name)


def _scalar(node: Any) -> Any:
    if isinstance(node, bool):
        return node
    if isinstance(node, int | float):
        return _number(node)
    if isinstance(node, str):
        return _text(node)
    if isinstance(node, dict):
        if "property" in node:
            return _property(node)
        if "date" in node or "timestamp" in node:
            return _instant(node)
        if node.get("op") == "casei":
            return Lower(_scalar(_exactly(_op(node)[1], "casei", 1)[0]))
    raise BadFilter(f"{_short(node)} is no property and no value")


def _number(value: float) -> float:
    if not math.isfinite(value):
        raise BadFilter("a number in the filter is too large")
    # The text parser makes every number a float; whole ones let an index on integers serve.
    return int(value) if value == int(value) and abs(value) < 2**53 else value


def _text(value: str) -> str:
    if "\x00" in value:
        raise BadFilter("the filter holds a null character")
    return value


def _pattern(value: Any) -> Any:
    text = value.of if isinstance(value, Lower) else value
    if not isinstance(text, str):
        raise BadFilter("'like' wants a text in quotes as its pattern")
    if (len(text) - len(text.rstrip("\\"))) % 2:
        raise BadFilter("the pattern of 'like' ends with a single backslash")
    return value


def _instant(node: Node) -> Any:
    kind = "date" if "date" in node else "timestamp"
    text = node[kind]
    try:
        if kind == "date":
            return moments.read_date(text)
        found = moments.read_time(text)
    except (TypeError, ValueError):
        raise BadFilter(f"{_short(text)} is no {kind} (RFC 3339)") from None
    if found.tzinfo is None:
        raise BadFilter(f"the timestamp {text!r} has no time zone; end it with Z or +08:00")
    return found


def _time(node: Any) -> Any:
    if isinstance(node, dict) and "interval" in node:
        ends = node["interval"]
        if not isinstance(ends, list) or len(ends) != 2:
            raise BadFilter("an interval wants a start and an end")
        return Interval(*map(_end, ends))
    found = _scalar(node)
    if not isinstance(found, Property | date):
        raise BadFilter(
            f"{_short(node)} is no time; write DATE('…'), TIMESTAMP('…') or INTERVAL(…)"
        )
    return found


def _end(node: Any) -> Any:
    if node == "..":
        return None
    if isinstance(node, str):
        return _instant({"date" if moments.is_date(node) else "timestamp": node})
    return _time(node)


def _shape(node: Any) -> Any:
    if not isinstance(node, dict):
        raise BadFilter(f"{_short(node)} is no geometry and no property")
    if "property" in node:
        return _property(node)
    try:
        geometry = _box(node["bbox"]) if "bbox" in node else _geojson(node)
    except BadFilter:
        raise
    except (shapely.errors.ShapelyError, TypeError, ValueError, KeyError, IndexError):
        raise BadFilter(f"{_short(node)} is no geometry") from None
    return _sound(geometry)


def _box(numbers: list[float]) -> Any:
    west, south, east, north = numbers if len(numbers) == 4 else (*numbers[:2], *numbers[3:5])
    if west > east or south > north:
        raise BadFilter(
            "BBOX: the lower corner comes first, then the upper one; across the antimeridian write"
            " two boxes with 'or'"
        )
    return shapely.box(*map(float, (west, south, east, north)))


def _geojson(node: Node) -> Any:
    return shapely.force_2d(shapely.from_geojson(orjson.dumps(node)))


def _sound(geometry: Any) -> Any:
    coordinates = shapely.get_coordinates(geometry)
    if not len(coordinates) or not all(map(math.isfinite, coordinates.ravel())):
        raise BadFilter("a geometry in the filter is empty or not finite")
    if len(coordinates) > MOST_VERTICES:
        raise BadFilter(f"a geometry in the filter has more than {MOST_VERTICES} vertices")
    if not shapely.is_valid(geometry):
        reason = shapely.is_valid_reason(geometry)
        raise BadFilter(f"a geometry in the filter is not valid: {reason}")
    return geometry


def _short(value: Any) -> str:
    shown = value if isinstance(value, str) else repr(value)
    return shown if len(shown) <= 60 else shown[:59] + "…"
