"""Routes about places: the district, its areas, what is here, what is called so."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import Field

from api.answers import places as answers
from api.answers import told
from api.asked import AsOf, Body, Day
from geo.store import seek
from geo.store.database import Rows, transaction

router = APIRouter(prefix="/api", tags=["places"])

MOST_POINTS = 10_000


Datum = Annotated[
    str,
    Query(max_length=64, description="wgs84, gcj02, bd09, cgcs2000 or EPSG:nnnn; x is longitude"),
]
Coordinate = Annotated[float, Query(allow_inf_nan=False)]


class Points(Body):
    """Many places to locate at once."""

    points: list[
        tuple[
            Annotated[float, Field(strict=True, allow_inf_nan=False)],
            Annotated[float, Field(strict=True, allow_inf_nan=False)],
        ]
    ] = Field(min_length=1, max_length=MOST_POINTS, description="[lon, lat] of each place")
    crs: str = Field("wgs84", max_length=64)
    as_of: Day | None = None


class Line(Body):
    """Points in their order: a line, or the ring of an area."""

    points: list[
        tuple[
            Annotated[float, Field(strict=True, allow_inf_nan=False)],
            Annotated[float, Field(strict=True, allow_inf_nan=False)],
        ]
    ] = Field(min_length=1, max_length=1_000, description="[lon, lat] of each point")
    crs: str = Field("wgs84", max_length=64)


@router.get("/district", response_model=None, responses=told(answers.District))
def district(request: Request) -> dict[str, object]:
    """The district at a glance: name, box in degrees, counts, grid systems."""
    with transaction(request.app.state.pool) as conn:
        return seek.district(conn)


@router.get("/areas", response_model=None, responses=told(answers.Areas))
def areas(request: Request) -> dict[str, Rows]:
    """All administrative areas by code, with households, people and workers."""
    with transaction(request.app.state.pool) as conn:
        return {"areas": seek.areas(conn)}


@router.get("/on-duty", response_model=None, responses=told(answers.Chiefs))
def on_duty(
    request: Request, on: Annotated[Day | None, Query(description="the day; default today")] = None
) -> dict[str, Rows]:
    """All who have a duty along a road today, or on a day."""
    with transaction(request.app.state.pool) as conn:
        return {"chiefs": seek.chiefs(conn, on)}


@router.get("/locate", response_model=None, responses=told(answers.Place))
def locate(
    request: Request, lon: Coordinate, lat: Coordinate, crs: Datum = "wgs84", as_of: AsOf = None
) -> dict[str, object]:
    """All units of one place."""
    with transaction(request.app.state.pool) as conn:
        return seek.locate(conn, [lon], [lat], datum=crs, as_of=as_of)[0]


@router.post("/locate")
def locate_many(request: Request, body: Points) -> dict[str, Rows]:
    """All units of up to 10 000 places, in the order asked."""
    lon, lat = zip(*body.points, strict=True)
    with transaction(request.app.state.pool) as conn:
        return {"places": seek.locate(conn, lon, lat, datum=body.crs, as_of=body.as_of)}


@router.post("/measure")
def measure(request: Request, body: Line) -> dict[str, object]:
    """Length of a line in metres, and the area of the ring it makes, in the district's CRS."""
    with transaction(request.app.state.pool) as conn:
        return seek.measure(conn, body.points, body.crs)


@router.get("/search", response_model=None, responses=told(answers.Results))
def search(
    request: Request,
    q: Annotated[
        str,
        Query(min_length=1, max_length=100, description="a name, code, address or coordinates"),
    ],
    limit: Annotated[int, Query(ge=1, le=seek.MOST_RESULTS)] = 10,
    as_of: AsOf = None,
) -> dict[str, Rows]:
    """What carries this name or code."""
    with transaction(request.app.state.pool) as conn:
        return {"results": seek.search(conn, q, limit, as_of)}
