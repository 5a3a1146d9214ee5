"""Routes of the chief's page: their strip, patrols with the metres they pass, visits to shops."""

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi import Path as InPath
from pydantic import Field

from api.answers import told, walking
from api.asked import Body, Told
from api.guard import Writing
from api.readers import reader
from api.situation import Time
from geo import patrol
from geo.patrol import Stretches
from geo.store import patrols, strips
from geo.store.database import Rows, transaction
from geo.store.patrols import Begun, Visit

router = APIRouter(prefix="/api", tags=["patrols"])

Key = Annotated[str, Field(min_length=1, max_length=200, description="given by the device")]
Code = Annotated[str, Field(min_length=1, max_length=200)]
PatrolKey = Annotated[str, InPath(min_length=1, max_length=200, description="as it was begun with")]
ChiefCode = Annotated[str, InPath(description="a chief's number")]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]


class Beginning(Body):
    """A patrol that begins."""

    key: Key
    chief: Code
    begun_at: Time


class Fix(Body):
    """One reading of a position."""

    lon: Number
    lat: Number
    at: Time
    accuracy_m: Annotated[Number, Field(ge=0)]


class Track(Body):
    """Part of a track; it begins with the last fix of the part before."""

    fixes: list[Fix] = Field(min_length=1, max_length=patrols.MOST_FIXES)
    crs: str = Field("wgs84", max_length=64)


class Ending(Body):
    """A patrol that ends."""

    ended_at: Time


class Visited(Body):
    """A shop that a chief has looked at."""

    key: Key
    chief: Code
    merchant: Code
    at: Time
    good: Annotated[bool, Field(strict=True, description="whether everything was in order")]
    note: Annotated[str | None, Field(max_length=4000)] = None


# Until people can sign in, whoever may write says which chief they are. Then the chief follows from
# the session: `only_from_here` gives way to it here, and `chief` is held against it.


@router.get("/strips", response_model=None, responses=told(walking.StripChiefs))
def list_strips(request: Request) -> dict[str, Rows]:
    """The chiefs who have something in charge today, and with that a strip."""
    with transaction(request.app.state.pool, reader(request)) as conn:
        return {"chiefs": strips.chiefs(conn)}


@router.get("/chiefs/{chief}/strip", response_model=None, responses=told(walking.Strip))
def read_strip(request: Request, chief: ChiefCode) -> Told:
    """What a chief has in charge today, in walking order, and what is there."""
    with transaction(request.app.state.pool, reader(request)) as conn:
        return strips.read(conn, chief)


@router.post("/patrols", status_code=201, dependencies=[Writing])
def begin_patrol(request: Request, body: Beginning) -> Told:
    """Begin a patrol; the same again does nothing."""
    with transaction(request.app.state.pool, reader(request)) as conn:
        patrols.begin(conn, Begun(body.key, body.chief, body.begun_at))
    return {"key": body.key}


@router.post("/patrols/{key}/fixes", dependencies=[Writing])
def walk(request: Request, key: PatrolKey, body: Track) -> Told:
    """Add a part of a track: what it passes is kept, the fixes are not."""
    fixes = [(fix.lon, fix.lat, fix.at.timestamp(), fix.accuracy_m) for fix in body.fixes]
    with transaction(request.app.state.pool, reader(request)) as conn:
        return _told(key, patrols.walk(conn, key, fixes, body.crs))


@router.post("/patrols/{key}/end", dependencies=[Writing])
def end_patrol(request: Request, key: PatrolKey, body: Ending) -> Told:
    """End a patrol; of several times said, the latest holds."""
    with transaction(request.app.state.pool, reader(request)) as conn:
        return {"key": key, "ended_at": patrols.end(conn, key, body.ended_at)}


@router.post("/visits", status_code=201, dependencies=[Writing])
def visit_shop(request: Request, body: Visited) -> Told:
    """Write down a visit to a shop; the same again does nothing."""
    with transaction(request.app.state.pool, reader(request)) as conn:
        patrols.visit(conn, Visit(**body.model_dump()))
    return {"key": body.key}


def _told(key: str, passed: Stretches) -> Told:
    names = ("segment", "side", "from_m", "to_m")
    columns = [getattr(passed, name).tolist() for name in names]
    stretches = [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
    return {"key": key, "metres": patrol.length_m(passed), "passed": stretches}
