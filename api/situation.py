"""Routes of the operations and wall pages: how things stand, trends, the history of a spot."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import AwareDatetime, BeforeValidator

from api.answers import casework, told
from api.asked import AsOf, Told
from api.readers import reader
from geo.store import situation
from geo.store.database import Rows, transaction
from geo.store.situation import Spot

router = APIRouter(prefix="/api", tags=["situation"])


def _written(value: object) -> object:
    """A time is written as RFC 3339 does; pydantic would take a number for seconds since 1970."""
    if isinstance(value, str) and "T" not in value.upper():
        raise ValueError("write the time like 2024-05-01T08:00:00+08:00")
    return value


Time = Annotated[AwareDatetime, BeforeValidator(_written)]
Coordinate = Annotated[float, Query(allow_inf_nan=False)]


@router.get("/now", response_model=None, responses=told(casework.Now))
def now(request: Request) -> Told:
    """Open cases by state, how many are late, and what came and went since midnight."""
    with transaction(request.app.state.pool, reader(request)) as conn:
        return situation.now(conn)


@router.get("/trends", response_model=None, responses=told(casework.Trends))
def trends(
    request: Request,
    at: Annotated[Time | None, Query(description="their end; default now")] = None,
    system: Annotated[str, Query(max_length=40, description="a grid system")] = "management",
    as_of: AsOf = None,
) -> Told:
    """The last 24 hours and 30 days, their classes, and the grids with most to do."""
    end: datetime | None = at
    with transaction(request.app.state.pool, reader(request)) as conn:
        return situation.trends(conn, end, system, as_of)


@router.get("/classes", response_model=None, responses=told(casework.Kinds))
def classes(request: Request) -> dict[str, Rows]:
    """The classes that cases have, with their subclasses, the frequent ones first."""
    with transaction(request.app.state.pool, reader(request)) as conn:
        return {"classes": situation.kinds(conn)}


@router.get("/spot", response_model=None, responses=told(casework.Spot))
def spot(
    request: Request, lon: Coordinate, lat: Coordinate,
    crs: Annotated[str, Query(max_length=64)] = "wgs84",
    class_: Annotated[str | None, Query(alias="class", max_length=100)] = None,
    but: Annotated[str | None, Query(max_length=200, description="a case to leave out")] = None,
) -> Told:  # fmt: skip
    """Cases within 50 m: those that may be the same first, then the newest; counts by class."""
    with transaction(request.app.state.pool, reader(request)) as conn:
        return situation.spot(conn, Spot(lon, lat, crs, class_, but))
