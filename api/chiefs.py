"""Routes of chiefs and their leave."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from api.asked import (
    WHOLE,
    After,
    Body,
    Day,
    Id,
    Key,
    Name,
    Number,
    On,
    Short,
    Told,
    day_or_today,
    page_of,
)
from api.guard import Writing
from api.readers import reader
from geo.duties import Days
from geo.store import chiefs
from geo.store.chiefs import Person
from geo.store.database import transaction
from geo.store.done import once

router = APIRouter(prefix="/api", tags=["chiefs"])


class NewChief(Body):
    """A person; without a ``code`` one is made of the name and the phone."""

    name: Name
    department: Short | None = None
    phone: Short | None = None
    code: Name | None = None


class Changes(Body):
    """What is told anew of a chief; the rest stays as it is."""

    name: Name | None = None
    department: Short | None = None
    phone: Short | None = None


class Leave(Body):
    """Leave of a chief, and who answers in the meantime."""

    start: Day = Field(alias="from")
    end: Day | None = Field(None, alias="to", description="the day of the return")
    deputy: Number | None = None
    reason: Short | None = None


@router.get("/chiefs")
def list_chiefs(
    request: Request,
    on: On = None,
    q: Annotated[
        str, Query(max_length=100, pattern=WHOLE, description="in number, name, department")
    ] = "",
    after: After = 0,
    limit: Annotated[int, Query(ge=1, le=chiefs.MOST_CHIEFS)] = 100,
) -> Told:
    """Chiefs with their roles and metres of side on a day, and who stands in for them."""
    with transaction(request.app.state.pool, reader(request)) as conn:
        day = day_or_today(conn, on)
        found = chiefs.page(conn, day, q, (after, limit + 1), reader(request))
    return page_of("chiefs", found, limit)


@router.get("/chiefs/{id:int}")
def read_chief(request: Request, chief: Id, on: On = None) -> Told:
    """One chief."""
    with transaction(request.app.state.pool, reader(request)) as conn:
        return chiefs.read(conn, chief, day_or_today(conn, on), reader(request))


@router.post("/chiefs", status_code=201, dependencies=[Writing])
def add_chief(request: Request, response: Response, body: NewChief, key: Key = None) -> Told:
    """Add a chief."""
    person = Person(**body.model_dump())
    with transaction(request.app.state.pool, reader(request)) as conn:
        made = once(conn, key, ("chief", person), lambda: {"id": chiefs.add(conn, person)})
    response.headers["Location"] = f"/api/chiefs/{made['id']}"
    return made


@router.patch("/chiefs/{id:int}", dependencies=[Writing])
def change_chief(request: Request, chief: Id, body: Changes) -> Told:
    """Change what is told of a chief."""
    with transaction(request.app.state.pool, reader(request)) as conn:
        chiefs.change(conn, chief, **body.model_dump())
        return chiefs.read(conn, chief, day_or_today(conn, None), reader(request))


@router.post("/chiefs/{id:int}/leave", status_code=201, dependencies=[Writing])
def take_leave(request: Request, chief: Id, body: Leave, key: Key = None) -> Told:
    """Write a chief's leave; without a deputy nobody answers for the metres."""
    days = Days(body.start, body.end)
    with transaction(request.app.state.pool, reader(request)) as conn:
        return once(
            conn, key, ("leave", chief, body.model_dump()),
            lambda: {"id": chiefs.take_leave(conn, chief, days, body.deputy, body.reason)},
        )  # fmt: skip


@router.get("/leaves")
def list_leaves(request: Request, on: On = None) -> Told:
    """Leave that lasts on a day or comes later."""
    with transaction(request.app.state.pool, reader(request)) as conn:
        day = day_or_today(conn, on)
        return {"on": day, "leaves": chiefs.leaves(conn, day, reader(request))}


@router.delete("/leaves/{id:int}", status_code=204, dependencies=[Writing])
def end_leave(request: Request, leave: Id, on: On = None) -> Response:
    """End leave on a day: the chief is back; one that has not begun is gone."""
    with transaction(request.app.state.pool, reader(request)) as conn:
        chiefs.end_leave(conn, leave, day_or_today(conn, on))
    return Response(status_code=204)
