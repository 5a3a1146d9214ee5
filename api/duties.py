"""Routes of duties and rotations: who answers for which metres, and what nobody answers for."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from api import upload
from api.asked import (
    WHOLE,
    After,
    Body,
    Day,
    Id,
    Key,
    Metres,
    Name,
    Number,
    On,
    RoadName,
    Role,
    Told,
    Where,
    day_or_today,
    page_of,
    stretches,
)
from api.guard import Writing
from api.readers import reader
from geo.duties import Days
from geo.rotas import Rhythm, Unit
from geo.store import calendar, duties, rotas, uploads
from geo.store.database import transaction
from geo.store.done import once
from geo.store.duties import Charge, Handover, Which
from geo.store.importing import Summary
from geo.store.rosters import import_roster
from geo.store.rotas import Rota

router = APIRouter(prefix="/api", tags=["duties"])

MOST = 2_000
MOST_BYTES = 20_000_000
MOST_REJECTS = 500

Kind = Literal["road", "lane", "river", "rail"]
Segment = Annotated[int | None, Query(ge=1, le=2**31 - 1)]


class Assignment(Body):
    """A chief is charged with stretches, in a role; with ``shared`` others may have them, too."""

    chief: Number
    role: Role
    where: Where
    start: Day = Field(alias="from")
    end: Day | None = Field(None, alias="to", description="the day after the last")
    shared: bool = False


class Ending(Body):
    """Duties end on a day."""

    duties: Annotated[list[Number], Field(min_length=1, max_length=MOST)]
    on: Day


class Giving(Body):
    """A chief's duties, or those of a road, role or rotation, go to another chief on a day."""

    giver: Number
    taker: Number
    on: Day
    road: Name | None = None
    role: Role | None = None
    rota: Number | None = None


class NewRota(Body):
    """Chiefs take turns on stretches, in their order."""

    name: Name
    chiefs: Annotated[list[Number], Field(min_length=1, max_length=100)]
    every: Annotated[int, Field(strict=True, ge=1, le=366)] = 1
    unit: Unit = "week"
    start: Day = Field(alias="from")
    end: Day = Field(alias="to", description="the day after the last")
    where: Where
    role: Role = "rota"


class NewTurns(Body):
    """Other turns of a rotation from a day on; what was before stays."""

    chiefs: Annotated[list[Number], Field(min_length=1, max_length=100)]
    every: Annotated[int, Field(strict=True, ge=1, le=366)] = 1
    unit: Unit = "week"
    start: Day = Field(alias="from")
    end: Day = Field(alias="to", description="the day after the last")


class OnDay(Body):
    """A day."""

    on: Day


@router.get("/duties")
def list_duties(
    request: Request,
    on: On = None,
    chief: Annotated[int | None, Query(ge=1, le=2**31 - 1, description="holder or deputy")] = None,
    road: RoadName = None,
    segment: Segment = None,
    side: Literal["L", "R"] | None = None,
    role: Role | None = None,
    after: After = 0,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 200,
) -> Told:
    """Duties in force on a day, with who answers: the chief, or a deputy during leave."""
    with transaction(request.app.state.pool, reader(request)) as conn:
        day = day_or_today(conn, on)
        which = Which(chief, road, segment, side, role)
        found = duties.on_day(conn, day, which, (after, limit + 1), reader(request))
    return {"on": day} | page_of("duties", found, limit)


@router.get("/duties/vacant")
def vacant(
    request: Request,
    on: On = None,
    role: Role | None = None,
    road: RoadName = None,
    kind: Annotated[list[Kind], Query(max_length=4)] = ["road"],  # noqa: B006
    least_m: Annotated[Metres, Query(description="shorter gaps do not count")] = 1.0,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 200,
) -> Told:
    """Metres of side that nobody has on a day, along the roads, and how many they are in all."""
    with transaction(request.app.state.pool, reader(request)) as conn:
        day = day_or_today(conn, on)
        where = duties.Where(road, tuple(kind), least_m, role)
        return {"on": day} | duties.vacancies(conn, day, where, limit)._asdict()


@router.post("/duties", status_code=201, dependencies=[Writing])
def assign(request: Request, body: Assignment, key: Key = None) -> Told:
    """Charge a chief with stretches; 409 where another has some of the metres in that role."""
    with transaction(request.app.state.pool, reader(request)) as conn:

        def work() -> Told:
            charge = Charge(body.chief, body.role, Days(body.start, body.end), body.shared)
            return {"duties": duties.assign(conn, charge, stretches(conn, body.where))}

        return once(conn, key, ("assign", body.model_dump()), work)


@router.post("/duties/end", dependencies=[Writing])
def end(request: Request, body: Ending, key: Key = None) -> Told:
    """End duties on a day; those that have not begun by then are gone."""
    with transaction(request.app.state.pool, reader(request)) as conn:
        return once(
            conn, key, ("end", body.model_dump()),
            lambda: {"ended": duties.end(conn, body.duties, body.on)},
        )  # fmt: skip


@router.post("/duties/handover", dependencies=[Writing])
def hand_over(request: Request, body: Giving, key: Key = None) -> Told:
    """Hand duties over on a day: the old ones end, new ones begin, no metre changes."""
    what = Handover(**body.model_dump())
    with transaction(request.app.state.pool, reader(request)) as conn:
        return once(conn, key, ("hand over", what), lambda: duties.hand_over(conn, what)._asdict())


@router.post("/duties/import", dependencies=[Writing])
async def import_duties(
    request: Request,
    name: Annotated[
        str, Query(min_length=1, max_length=400, pattern=WHOLE, description="name of the file")
    ],
    dry_run: Annotated[bool, Query(description="do all and keep nothing")] = False,
) -> Told:
    """Take a roster (CSV, Excel) as ``application/octet-stream``; every row is accounted for."""
    file, folder = uploads.safe_name(name), request.app.state.settings.home / "uploads"
    place, _ = await upload.receive(request, folder, file, MOST_BYTES)

    def work() -> Told:
        path = uploads.folder_of(folder, place) / file
        with transaction(request.app.state.pool, reader(request)) as conn:
            return _told(import_roster(conn, path, dry_run=dry_run))

    try:
        return await run_in_threadpool(work)
    finally:
        uploads.remove(folder, place)


def _told(summary: Summary) -> Told:
    told = summary._asdict() | {"rejects": []}
    del told["crs"]
    for frame in summary.rejects.frames():
        rows = frame[["row", "reason"]].head(MOST_REJECTS - len(told["rejects"]))
        told["rejects"] += rows.to_dict("records")
    return told


@router.get("/rotas")
def list_rotas(
    request: Request,
    on: On = None,
    after: After = 0,
    limit: Annotated[int, Query(ge=1, le=rotas.MOST_ROTAS)] = 100,
) -> Told:
    """Rotations with their members, and whose turn it is on a day."""
    with transaction(request.app.state.pool, reader(request)) as conn:
        found = rotas.page(conn, day_or_today(conn, on), after, limit + 1)
    return page_of("rotas", found, limit)


@router.get("/rotas/calendar")
def read_calendar(
    request: Request,
    start: Annotated[Day, Query(alias="from")],
    end: Annotated[Day, Query(alias="to", description="the day after the last")],
) -> Told:
    """All rotations with their turns in a time: who has it, who stands in, what changed hands."""
    with transaction(request.app.state.pool, reader(request)) as conn:
        return {"from": start, "to": end, "rotas": calendar.between(conn, start, end)}


@router.get("/rotas/{id:int}")
def read_rota(request: Request, rota: Id, on: On = None) -> Told:
    """One rotation with its calendar."""
    with transaction(request.app.state.pool, reader(request)) as conn:
        return rotas.read(conn, rota, day_or_today(conn, on))


@router.post("/rotas", status_code=201, dependencies=[Writing])
def make_rota(request: Request, response: Response, body: NewRota, key: Key = None) -> Told:
    """Make a rotation, and a duty for each turn and stretch."""
    rhythm = Rhythm(body.every, body.unit, body.start, body.end)
    rota = Rota(body.name, rhythm, tuple(body.chiefs), body.role)
    with transaction(request.app.state.pool, reader(request)) as conn:

        def work() -> Told:
            return rotas.make(conn, rota, stretches(conn, body.where))._asdict()

        made = once(conn, key, ("rota", body.model_dump()), work)
    response.headers["Location"] = f"/api/rotas/{made['id']}"
    return made


@router.post("/rotas/{id:int}/change", dependencies=[Writing])
def change_rota(request: Request, rota: Id, body: NewTurns, key: Key = None) -> Told:
    """Other members, order or rhythm from a day on, over the same stretches."""
    rhythm = Rhythm(body.every, body.unit, body.start, body.end)
    with transaction(request.app.state.pool, reader(request)) as conn:
        return once(
            conn, key, ("change rota", rota, body.model_dump()),
            lambda: rotas.change(conn, rota, rhythm, body.chiefs)._asdict(),
        )  # fmt: skip


@router.post("/rotas/{id:int}/end", dependencies=[Writing])
def end_rota(request: Request, rota: Id, body: OnDay, key: Key = None) -> Told:
    """End a rotation on a day: its turns end on it, later ones are gone."""
    with transaction(request.app.state.pool, reader(request)) as conn:
        return once(
            conn, key, ("end rota", rota, body.on),
            lambda: {"ended": rotas.end(conn, rota, body.on)},
        )  # fmt: skip
