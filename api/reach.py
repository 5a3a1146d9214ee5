"""Routes of reach: how far everything is from the stations on foot, and where more would help."""

from threading import BoundedSemaphore
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from api.answers import told, walking
from api.computing import in_turn
from api.readers import reader
from geo.store import stations
from geo.store.database import Rows, transaction

router = APIRouter(prefix="/api/reach", tags=["reach"])

MOST_STATIONS = 20
MOST_CANDIDATES = 20_000
# Solving takes a processor for as long as it may: one at a time.
_solving = BoundedSemaphore(1)

Target = Annotated[str | None, Query(max_length=40, description="as 1+12+60+X; else by the areas")]


class Far(BaseModel):
    """Which units are listed."""

    model_config = ConfigDict(extra="forbid")

    layer: Literal["blocks", "compounds", "merchants"] = "blocks"
    beyond: float = Field(15, ge=0, le=1_000, allow_inf_nan=False, description="minutes on foot")
    area: str | None = Field(None, max_length=64, description="code of a street or community")
    limit: int = Field(100, ge=1, le=stations.MOST_PLACES)


class Wanted(BaseModel):
    """How many further stations, for what."""

    model_config = ConfigDict(extra="forbid")

    stations: int = Field(5, ge=1, le=MOST_STATIONS, description="up to so many more")
    by: Literal["coverage", "median"] = Field(
        "coverage", description="coverage: most within `minutes`; median: the least mean distance"
    )
    weight: Literal["households", "merchants"] = "households"
    minutes: float = Field(15, ge=1, le=60, allow_inf_nan=False)
    seconds: float = Field(10, ge=0.1, le=30, allow_inf_nan=False, description="to look for it")


class Candidates(Wanted):
    """The same among given sites."""

    at: list[
        tuple[
            Annotated[float, Field(strict=True, ge=-180, le=180)],
            Annotated[float, Field(strict=True, ge=-90, le=90)],
        ]
    ] = Field(min_length=1, max_length=MOST_CANDIDATES, description="[lon, lat] of each site")


@router.get("")
def read_reach(request: Request) -> dict[str, object]:
    """Stations by tier; who is within 5, 10 and 15 minutes of one, and who is not."""
    with transaction(request.app.state.pool, reader(request)) as conn:
        return stations.summary(conn)


@router.get("/places")
def read_far_places(request: Request, far: Annotated[Far, Query()]) -> dict[str, Rows]:
    """`places` farther than some minutes, cut-off ones first, then the farthest."""
    with transaction(request.app.state.pool, reader(request)) as conn:
        return {"places": stations.places(conn, stations.Far(**far.model_dump()))}


@router.get("/checks")
def read_checks(request: Request, target: Target = None) -> dict[str, Rows]:
    """`checks` of what stations there should be, with the places that fall short."""
    with transaction(request.app.state.pool, reader(request)) as conn:
        return {"checks": stations.checks(conn, target)}


@router.get("/stations/{code}", response_model=None, responses=told(walking.StationReach))
def read_station(
    request: Request, code: Annotated[str, Path(max_length=200, description="a station's number")]
) -> dict[str, object]:
    """One station, and its catchments as GeoJSON polygons in degrees."""
    with transaction(request.app.state.pool, reader(request)) as conn:
        return stations.station(conn, code)


@router.get("/gain")
def read_gain(request: Request, wanted: Annotated[Wanted, Query()]) -> dict[str, object]:
    """What 1, 2, … further stations would gain, at the best of all blocks."""
    return _gain(request, wanted, [])


@router.post("/gain")
def read_gain_among(request: Request, wanted: Candidates) -> dict[str, object]:
    """The same, at the best of given sites."""
    return _gain(request, wanted, wanted.at)


def _gain(request: Request, wanted: Wanted, at: list[tuple[float, float]]) -> dict[str, object]:
    from geo.store import siting

    wish = siting.Wish(
        wanted.stations, wanted.by, wanted.weight, wanted.minutes, wanted.seconds, at
    )
    with in_turn(_solving, "another search is under way"):
        with transaction(request.app.state.pool, reader(request)) as conn:
            question = siting.read(conn, wish)
        return siting.answer(question, wish)
