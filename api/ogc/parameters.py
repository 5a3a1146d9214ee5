"""Query parameters of the OGC API: which there are, and what they mean to the store."""

import math
from datetime import date, datetime
from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from api.ogc import axes, paging
from api.ogc.axes import Axes
from api.ogc.faults import BadParameter
from geo import cql2, moments
from geo.conditions import Interval
from geo.store import features
from geo.store.features import Asked, Boxes, Shape, Sort, Source
from geo.store.reach import Box

DEFAULT_LIMIT, MOST_FEATURES = 100, 10_000
MOST_SORT_KEYS = 8

Name = Annotated[str, Field(max_length=4_000)]
Crs = Annotated[str, Field(max_length=200)]


class Plain(BaseModel):
    """What every resource takes."""

    model_config = ConfigDict(extra="forbid")

    f: Literal["json", "html"] | None = Field(None, description="format, before any Accept header")
    lang: Literal["zh", "en"] | None = Field(None, description="language of titles")


class AskedSchema(Plain):
    """What queryables take."""

    f: Literal["schema", "json", "html"] | None = Field(None, description="format")  # type: ignore[assignment]


class One(Plain):
    """What a single feature takes."""

    f: Literal["geojson", "json", "html"] | None = Field(None, description="format")  # type: ignore[assignment]
    crs: Crs | None = Field(None, description="URI of the CRS of the answer; default CRS84")
    properties: Name | None = Field(None, description="columns to tell, by commas; default all")


class Many(One):
    """What a page of features takes."""

    f: Literal["geojson", "json", "html", "flatgeobuf", "csv", "parquet"] | None = Field(  # type: ignore[assignment]
        None, description="format"
    )
    limit: int = Field(
        DEFAULT_LIMIT, ge=1, description=f"features on a page; more than {MOST_FEATURES} are cut"
    )
    bbox: str | None = Field(None, max_length=400, description="west,south,east,north")
    bbox_crs: Crs | None = Field(None, alias="bbox-crs", description="default CRS84")
    datetime: str | None = Field(
        None, max_length=100, description="RFC 3339 date or time, or START/END; .. is an open end"
    )
    filter: str | None = Field(
        None, min_length=1, max_length=cql2.MOST_CHARACTERS, description="CQL2"
    )
    # GDAL still asks by the name that drafts had.
    filter_lang: Literal["cql2-text", "cql2-json", "cql-text"] = Field(
        "cql2-text", alias="filter-lang", description="cql-text is an older name of cql2-text"
    )
    filter_crs: Crs | None = Field(None, alias="filter-crs", description="default CRS84")
    sortby: str | None = Field(None, max_length=400, description="+name or -name, by commas")
    result_type: Literal["results", "hits"] = Field(
        "results", alias="resultType", description="hits: only numberMatched, which takes time"
    )
    after: str | None = Field(
        None, max_length=paging.MOST_CHARACTERS, description="from a next link: where to go on"
    )


class Read(NamedTuple):
    """A request as the store understands it."""

    asked: Asked
    shape: Shape
    axes: Axes


def read(given: Many, source: Source, form: Literal["geojson", "wkb"]) -> Read:
    """What is asked for. Raises `BadParameter` and `geo.conditions.BadFilter`."""
    srid = source.setting.srid
    sort = _sort(given.sortby, source)
    filter_axes, box_axes = axes.find(given.filter_crs, srid), axes.find(given.bbox_crs, srid)
    asked = Asked(
        boxes=None if given.bbox is None else _boxes(given.bbox, box_axes),
        when=_when(given.datetime),
        condition=_condition(given, filter_axes),
        filter_srid=filter_axes.srid,
        sort=sort,
        limit=min(given.limit, MOST_FEATURES),
        after=paging.read(given.after, source.layer, sort),
    )
    out = axes.find(given.crs, srid)
    return Read(asked, _shape(given.properties, source, out, form), out)


def read_one(given: One, source: Source) -> tuple[Shape, Axes]:
    """How one feature is to be told. Raises `BadParameter`."""
    out = axes.find(given.crs, source.setting.srid)
    return _shape(given.properties, source, out, "geojson"), out


def _shape(
    properties: str | None, source: Source, out: Axes, form: Literal["geojson", "wkb"]
) -> Shape:
    flipped = out.flipped and form == "geojson"
    return Shape(_columns(properties, source), form, out.srid, flipped)


def _columns(given: str | None, source: Source) -> tuple[str, ...]:
    if given is None:
        return tuple(source.types)
    names = [name.strip() for name in given.split(",") if name.strip()]
    _require(names, source, "properties")
    return tuple(name for name in source.types if name in names)


def _sort(given: str | None, source: Source) -> tuple[Sort, ...]:
    if given is None:
        return ()
    keys = [_key(part) for part in given.split(",")]
    if len(keys) > MOST_SORT_KEYS or len({key.column for key in keys}) < len(keys):
        raise BadParameter(f"'sortby' takes up to {MOST_SORT_KEYS} columns, each once")
    _require([key.column for key in keys], source, "sortby", features.ID)
    return tuple(keys)


def _key(part: str) -> Sort:
    """+name or -name; an unquoted plus arrives as a blank."""
    name = part.strip()
    return Sort(name[name.startswith(("+", "-")) :].strip(), name.startswith("-"))


def _require(names: list[str], source: Source, parameter: str, *also: str) -> None:
    known = (*also, *source.types)
    wrong = next((name for name in names if name not in known), None)
    if wrong is not None:
        raise BadParameter(f"{parameter}: no property {wrong!r}; there are {', '.join(known)}")


def _condition(given: Many, filter_axes: Axes) -> object:
    if given.filter is None:
        return True
    return cql2.parse(given.filter, given.filter_lang, filter_axes.flipped)


def _boxes(given: str, box_axes: Axes) -> Boxes:
    numbers = _numbers(given)
    if len(numbers) == 6:  # with heights, which nothing here has
        if numbers[2] > numbers[5]:
            raise BadParameter("bbox: the lower height comes first, then the upper one")
        numbers = [*numbers[:2], *numbers[3:5]]
    if box_axes.flipped:
        numbers = [numbers[1], numbers[0], numbers[3], numbers[2]]
    west, south, east, north = numbers
    degrees = box_axes.srid in (4326, 4490)
    if degrees and not (-180 <= min(west, east) <= max(west, east) <= 180 and -90 <= south <= 90):
        raise BadParameter("bbox: longitudes are within ±180 and latitudes within ±90")
    if south > north or (west > east and not degrees) or (degrees and north > 90):
        raise BadParameter("bbox: the lower corner comes first, then the upper one")
    if west > east:  # across the antimeridian
        parts: tuple[Box, ...] = ((west, south, 180, north), (-180, south, east, north))
        return Boxes(parts, box_axes.srid)
    return Boxes(((west, south, east, north),), box_axes.srid)


def _numbers(given: str) -> list[float]:
    try:
        numbers = [float(part) for part in given.split(",")]
    except ValueError:
        raise BadParameter(f"bbox: {given!r} is no list of numbers") from None
    if len(numbers) not in (4, 6):
        raise BadParameter(f"bbox: 4 numbers are wanted (or 6 with heights), not {len(numbers)}")
    if not all(map(math.isfinite, numbers)) or max(map(abs, numbers)) > 1e9:
        raise BadParameter("bbox: a number is too large")
    return numbers


def _when(given: str | None) -> Interval | None:
    if given is None:
        return None
    start, slash, end = given.partition("/")
    if not slash:
        moment = _moment(start)
        return Interval(moment, moment)
    found = Interval(*(None if end in ("", "..") else _moment(end) for end in (start, end)))
    if found == (None, None):
        raise BadParameter("datetime: one end at most may be open")
    # A day and a time are compared by the database, which knows the district's time zone.
    if type(found.start) is type(found.end) and found.start > found.end:
        raise BadParameter("datetime: the interval ends before it begins")
    return found


def _moment(text: str) -> date | datetime:
    try:
        if moments.is_date(text):
            return moments.read_date(text)
        found = moments.read_time(text)
    except ValueError:
        raise BadParameter(f"datetime: {text!r} is no RFC 3339 date or time") from None
    if found.tzinfo is None:
        raise BadParameter(f"datetime: {text!r} needs a time zone, such as Z or +08:00")
    return found
