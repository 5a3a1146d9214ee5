"""Routes of bodies bound to a stretch: their members, turns, needs, resources and projects."""

import re
from typing import Annotated, Literal

from fastapi import APIRouter, Header, HTTPException, Query, Request, Response
from fastapi import Path as InPath
from pydantic import Field

from api.asked import (
    After,
    Body,
    Day,
    Id,
    Key,
    Name,
    Number,
    On,
    RoadName,
    Short,
    Text,
    Told,
    Where,
    day_or_today,
    page_of,
    stretches,
)
from api.guard import Writing
from api.readers import reader
from geo.rotas import Rhythm, Unit
from geo.store import bodies
from geo.store.bodies import Change, Item, Member, Which
from geo.store.database import transaction
from geo.store.done import once

router = APIRouter(prefix="/api/bodies", tags=["bodies"])

Kind = Literal["street_council", "party_branch", "alliance"]
Of = Annotated[int, InPath(ge=1, le=2**31 - 1)]


class NewBody(Body):
    """A body bound to stretches."""

    kind: Kind
    name: Name
    start: Day = Field(alias="from")
    where: Where


class NewMember(Body):
    """Somebody who takes part."""

    name: Name
    start: Day = Field(alias="from")
    organisation: Short | None = None
    post: Literal["head", "deputy", "member"] = "member"
    phone: Short | None = None
    chief: Number | None = None


class Turns(Body):
    """Members take turns, in their order; what was planned from that day on is replaced."""

    members: Annotated[list[Number], Field(min_length=1, max_length=100)]
    every: Annotated[int, Field(strict=True, ge=1, le=366)] = 1
    unit: Unit = "month"
    start: Day = Field(alias="from")
    end: Day = Field(alias="to")


class NewItem(Body):
    """Something on a list; ``lon`` and ``lat`` (WGS 84) together, where a spot is known."""

    list: Literal["need", "resource", "project"]
    title: Name
    detail: Text = None
    place: Short | None = None
    lon: Annotated[float | None, Field(ge=-180, le=180)] = None
    lat: Annotated[float | None, Field(ge=-85, le=85)] = None
    contact: Short | None = None
    phone: Short | None = None

    def item(self) -> Item:
        """What the store takes."""
        told = self.model_dump(exclude={"lon", "lat"})
        whole = self.lon is not None and self.lat is not None
        return Item(**told, spot=(self.lon or 0.0, self.lat or 0.0) if whole else None)


class Step(Body):
    """What becomes of an item."""

    status: Literal["open", "active", "done", "dropped"]
    detail: Text = None


@router.get("")
def list_bodies(
    request: Request,
    on: On = None,
    kind: Kind | None = None,
    road: RoadName = None,
    after: After = 0,
    limit: Annotated[int, Query(ge=1, le=bodies.MOST_BODIES)] = 100,
) -> Told:
    """Bodies with the roads they are bound to and how much is open on their lists."""
    with transaction(request.app.state.pool, reader(request)) as conn:
        day = day_or_today(conn, on)
        found = bodies.page(conn, day, Which(kind, road), (after, limit + 1))
    return page_of("bodies", found, limit)


@router.get("/{id:int}")
def read_body(request: Request, body: Id, on: On = None) -> Told:
    """One body: stretches, members, turns, and its three lists."""
    with transaction(request.app.state.pool, reader(request)) as conn:
        return bodies.read(conn, body, day_or_today(conn, on), reader(request))


@router.post("", status_code=201, dependencies=[Writing])
def add_body(request: Request, response: Response, asked: NewBody, key: Key = None) -> Told:
    """Make a body."""
    with transaction(request.app.state.pool, reader(request)) as conn:

        def work() -> Told:
            where = stretches(conn, asked.where)
            return {"id": bodies.add(conn, asked.kind, asked.name, asked.start, where)}

        made = once(conn, key, ("body", asked.model_dump()), work)
    response.headers["Location"] = f"/api/bodies/{made['id']}"
    return made


@router.post("/{id:int}/members", status_code=201, dependencies=[Writing])
def add_member(request: Request, body: Id, asked: NewMember, key: Key = None) -> Told:
    """Add a member."""
    member = Member(**asked.model_dump())
    with transaction(request.app.state.pool, reader(request)) as conn:
        return once(
            conn, key, ("member", body, member),
            lambda: {"id": bodies.add_member(conn, body, member)},
        )  # fmt: skip


@router.delete("/{id:int}/members/{member:int}", status_code=204, dependencies=[Writing])
def end_member(request: Request, body: Id, member: Of, on: On = None) -> Response:
    """A member leaves on a day."""
    with transaction(request.app.state.pool, reader(request)) as conn:
        bodies.end_member(conn, body, member, day_or_today(conn, on))
    return Response(status_code=204)


@router.post("/{id:int}/turns", dependencies=[Writing])
def take_turns(request: Request, body: Id, asked: Turns, key: Key = None) -> Told:
    """Let members take turns."""
    rhythm = Rhythm(asked.every, asked.unit, asked.start, asked.end)
    with transaction(request.app.state.pool, reader(request)) as conn:
        return once(
            conn, key, ("turns", body, asked.model_dump()),
            lambda: {"turns": bodies.take_turns(conn, body, rhythm, asked.members)},
        )  # fmt: skip


@router.post("/{id:int}/items", status_code=201, dependencies=[Writing])
def add_item(request: Request, body: Id, asked: NewItem, key: Key = None) -> Told:
    """Put something on a list."""
    if (asked.lon is None) != (asked.lat is None):
        raise HTTPException(400, "give `lon` and `lat` together, or neither")
    with transaction(request.app.state.pool, reader(request)) as conn:
        return once(
            conn, key, ("item", body, asked.model_dump()),
            lambda: {"id": bodies.add_item(conn, body, asked.item())},
        )  # fmt: skip


@router.post("/{id:int}/items/{item:int}", dependencies=[Writing])
def change_item(
    request: Request, body: Id, item: Of, asked: Step, key: Key = None,
    if_match: Annotated[str | None, Header(description="the version of the item")] = None,
) -> Told:  # fmt: skip
    """Give an item another status."""
    change = Change(asked.status, asked.detail, _version(if_match))
    with transaction(request.app.state.pool, reader(request)) as conn:
        return once(
            conn, key, ("step", body, item, change),
            lambda: {"version": bodies.change_item(conn, body, item, change)},
        )  # fmt: skip


def _version(if_match: str | None) -> int | None:
    if if_match is None or if_match.strip() == "*":
        return None
    found = re.fullmatch(r'\s*(?:W/)?"([0-9]{1,9})"\s*', if_match)
    return int(found[1]) if found else -1
