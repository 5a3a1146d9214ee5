"""What requests have in common: days, numbers, names, keys, pages, stretches."""

import re
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import Header, Query
from fastapi import Path as InPath
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from geo.store.database import Connection, read_setting
from geo.store.roads import finder
from geo.store.stretches import Drawn, drawn
from geo.stretches import NotUnderstood, Stretch, Words

MOST_STRETCHES = 2_000
MOST_LINES = 20
FAR_M = 1e9


def _written(day: object) -> object:
    """A day as text; pydantic alone would also take numbers, as seconds since 1970."""
    if isinstance(day, str) and not DAY.fullmatch(day):
        raise ValueError("write a day as YYYY-MM-DD")
    if not isinstance(day, str | date | None):
        raise ValueError("write a day as text, YYYY-MM-DD")
    return day


DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
Day = Annotated[date, BeforeValidator(_written)]
Told = dict[str, Any]
Number = Annotated[int, Field(strict=True, ge=1, le=2**31 - 1)]
Id = Annotated[int, InPath(alias="id", ge=1, le=2**31 - 1)]
Role = Literal["general", "first", "second", "rota", "member"]
# PostgreSQL keeps no NUL.
WHOLE = r"^[^\x00]*$"
Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]*[^\s\x00][^\x00]*$")]
Text = Annotated[str | None, Field(max_length=4000, pattern=WHOLE)]
Short = Annotated[str, Field(max_length=200, pattern=WHOLE)]
RoadName = Annotated[str | None, Query(max_length=200, pattern=WHOLE, description="name of a road")]
Metres = Annotated[float, Field(ge=0, le=FAR_M, allow_inf_nan=False)]
Degrees = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
AsOf = Annotated[Day | None, Query(description="units as they were on this day; default today")]
On = Annotated[Day | None, Query(description="the day; default today")]
After = Annotated[int, Query(ge=0, le=2**31 - 1, description="the `next` of the page before")]
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key", min_length=1, max_length=200,
        description="a request that is sent again with the same key is done once",
    ),
]  # fmt: skip


class Body(BaseModel):
    """A request's body, in which nothing stands that is not asked for."""

    model_config = ConfigDict(extra="forbid")


class OnSegment(Body):
    """Metres of a segment's side, by chainage; without ``to_m`` to its end."""

    segment: Number
    side: Literal["L", "R", "LR"] = "LR"
    from_m: Metres = 0.0
    to_m: Metres | None = None


class OnRoad(Body):
    """A stretch in words: a road, from and to a crossing, metres or a door, and a side."""

    road: Name
    from_: Short = Field("", alias="from")
    to: Short = ""
    side: Short = ""


class Along(Body):
    """A line drawn along a road, from [lon, lat] to another; without a side that of the first."""

    along: Annotated[list[tuple[Degrees, Degrees]], Field(min_length=2, max_length=2)]
    side: Literal["L", "R", "LR", ""] = ""


Named = OnRoad | OnSegment | Along
Where = Annotated[list[Named], Field(min_length=1, max_length=MOST_STRETCHES)]


def stretches(conn: Connection, where: list[Named], *, holding: bool = True) -> list[Stretch]:
    """The stretches that a request names; raises `geo.stretches.NotUnderstood`.

    With ``holding`` the network stays as it is until the transaction ends.
    """
    if sum(isinstance(one, Along) for one in where) > MOST_LINES:
        raise NotUnderstood("where", f"draw up to {MOST_LINES} lines at a time")
    find, found = finder(conn, holding=holding), []
    for one in where:
        if isinstance(one, OnRoad):
            found += find(Words(one.road, one.from_, one.to, one.side))
        elif isinstance(one, Along):
            line = Drawn(one.along[0], one.along[1], one.side)
            found += drawn(conn, line, holding=holding)
        else:
            to_m = FAR_M if one.to_m is None else one.to_m
            found += [Stretch(one.segment, side, one.from_m, to_m) for side in one.side]
    return found


def day_or_today(conn: Connection, day: date | None) -> date:
    """The day asked for, or today in the district."""
    return day or date.fromisoformat(read_setting(conn).today())


def page_of(name: str, found: list[Told], limit: int) -> Told:
    """A page of up to ``limit`` rows, of which one more was read, and the ``next`` to go on by."""
    shown = found[:limit]
    return {name: shown, "next": shown[-1]["id"] if len(found) > limit else None}
