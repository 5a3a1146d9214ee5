"""Routes of segments, sides and stretches: read; segments split, joined and drawn anew."""

from typing import Annotated, Literal

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi import Path as InPath
from pydantic import Field

from api.asked import (
    WHOLE,
    Body,
    Day,
    Id,
    Key,
    Metres,
    Number,
    On,
    Role,
    Short,
    Told,
    Where,
    day_or_today,
    stretches,
)
from api.guard import Writing
from api.readers import reader
from geo.duties import Days
from geo.store import editing, roads, sides
from geo.store.database import Connection, transaction
from geo.store.done import once
from geo.store.editing import By, Drawn, Edited
from geo.store.stretches import Wanted, look_at

router = APIRouter(prefix="/api", tags=["segments"])

IfMatch = Annotated[str | None, Header(description="the ETag of the segment")]
Coordinate = Annotated[float, Field(allow_inf_nan=False)]


class Cut(Body):
    """Where to split, in m from the segment's start."""

    at_m: Metres
    actor: Short | None = None


class Pair(Body):
    """The segment to join with."""

    other: Number
    actor: Short | None = None


class Line(Body):
    """A new axis, from junction to junction."""

    line: Annotated[list[tuple[Coordinate, Coordinate]], Field(min_length=2, max_length=5_000)]
    crs: Annotated[str, Field(max_length=64)] = "wgs84"
    actor: Short | None = None


class Looked(Body):
    """Stretches to be looked at, and for which role and days."""

    where: Where
    role: Role = "second"
    start: Day | None = Field(None, alias="from", description="default today")
    end: Day | None = Field(None, alias="to", description="the day after the last")


@router.post("/stretches")
def read_stretches(request: Request, body: Looked) -> Told:
    """Stretches as lines, whose they are in a role and time, and what is free; writes nothing."""
    with transaction(request.app.state.pool, reader(request)) as conn:
        days = Days(day_or_today(conn, body.start), body.end)
        found = stretches(conn, body.where, holding=False)
        return look_at(conn, found, Wanted(body.role, days))


@router.get("/crossings")
def list_crossings(
    request: Request,
    road: Annotated[str, Query(min_length=1, max_length=200, pattern=WHOLE)],
) -> Told:
    """How long a road is, and at which of its metres it meets which others."""
    with transaction(request.app.state.pool, reader(request)) as conn:
        return roads.crossings(conn, road)


@router.get("/segments/{id:int}")
def read_segment(request: Request, response: Response, segment: Id) -> Told:
    """A segment: its road, its axis as GeoJSON, the segments that it meets."""
    with transaction(request.app.state.pool, reader(request)) as conn:
        found = editing.read(conn, segment)
    response.headers["ETag"] = f'"{found["version"]}"'
    return found


@router.get("/sides/{segment:int}/{side}")
def read_side(
    request: Request,
    segment: Annotated[int, InPath(ge=1, le=2**31 - 1)],
    side: Literal["L", "R"],
    on: On = None,
) -> Told:
    """A side as one meets it walking: doors in order, lanes, compounds behind, who answers."""
    with transaction(request.app.state.pool, reader(request)) as conn:
        return sides.read(conn, segment, side, day_or_today(conn, on), reader(request))


@router.post("/segments/{id:int}/split", dependencies=[Writing])
def split(
    request: Request, segment: Id, body: Cut, key: Key = None, if_match: IfMatch = None
) -> Told:
    """Split a segment; duties, passes and links stay on their ground."""
    by = By(body.actor, _version(if_match))
    with transaction(request.app.state.pool, reader(request)) as conn:
        return once(
            conn, key, ("split", segment, body.model_dump()),
            lambda: _told(conn, editing.split(conn, segment, body.at_m, by)),
        )  # fmt: skip


@router.post("/segments/{id:int}/join", dependencies=[Writing])
def join(
    request: Request, segment: Id, body: Pair, key: Key = None, if_match: IfMatch = None
) -> Told:
    """Join two segments of one road that meet where nothing else does."""
    by = By(body.actor, _version(if_match))
    with transaction(request.app.state.pool, reader(request)) as conn:
        return once(
            conn, key, ("join", segment, body.model_dump()),
            lambda: _told(conn, editing.join(conn, segment, body.other, by)),
        )  # fmt: skip


@router.post("/segments/{id:int}/redraw", dependencies=[Writing])
def redraw(
    request: Request, segment: Id, body: Line, key: Key = None, if_match: IfMatch = None
) -> Told:
    """Give a segment another axis between its junctions."""
    by, drawn = By(body.actor, _version(if_match)), Drawn(list(body.line), body.crs)
    with transaction(request.app.state.pool, reader(request)) as conn:
        return once(
            conn, key, ("redraw", segment, body.model_dump()),
            lambda: _told(conn, editing.redraw(conn, segment, drawn, by)),
        )  # fmt: skip


def _told(conn: Connection, done: Edited) -> Told:
    now = [editing.read(conn, segment) for segment in done.segments]
    return {"segments": now, "points": done.points, "moved": done.moved}


def _version(if_match: str | None) -> str | None:
    said = (if_match or "*").strip()
    return None if said == "*" else said.removeprefix("W/").strip('"')
