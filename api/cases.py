"""Routes of cases: filed, listed, read with their history, and moved through the closed loop."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Header, HTTPException, Query, Request, Response
from fastapi import Path as InPath
from pydantic import BaseModel, Field

from api.answers import casework, told
from api.asked import Body, Key, Told
from api.guard import Writing
from api.readers import reader
from geo.cases import STATES
from geo.store import cases
from geo.store.cases import By, Case, Expected, Filter, Report
from geo.store.database import read_setting, transaction

router = APIRouter(prefix="/api/cases", tags=["cases"])

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Words = Annotated[str | None, Field(max_length=400)]
Text = Annotated[str | None, Field(max_length=4000)]
Code = Annotated[str, InPath(description="the number of a case")]


class Filing(Body):
    """What is reported, and where."""

    class_: str = Field(alias="class", min_length=1, max_length=100)
    lon: float = Field(strict=True, allow_inf_nan=False, description="longitude, or easting in m")
    lat: float = Field(strict=True, allow_inf_nan=False, description="latitude, or northing in m")
    crs: str = Field("wgs84", max_length=64)
    subclass: Words = None
    description: Text = None
    address: Words = None
    source: Words = None
    actor: Words = Field(None, description="who reports it")
    note: Text = None


class Step(Body):
    """One action on a case; ``expected`` is the state that the request takes it to be in."""

    action: str = Field(max_length=40)
    note: Text = None
    actor: Words = Field(None, description="who does it")
    expected: str | None = Field(None, max_length=40)


class Wanted(BaseModel):
    """Which cases."""

    status: list[str] = Field([], max_length=len(STATES), description="one or more states")
    class_: str | None = Field(None, alias="class", max_length=100)
    late: bool | None = Field(None, description="past their time, or were when handled; or not")
    area: str | None = Field(None, max_length=64, description="an area's code")
    text: str | None = Field(None, max_length=100, description="in number, words or address")
    after: str | None = Field(None, max_length=64, description="the `next` of the page before")
    limit: int = Field(50, ge=1, le=cases.MOST_CASES)


@router.post(
    "", status_code=201, dependencies=[Writing],
    response_model=None, responses=told(casework.Case, 201),
)  # fmt: skip
def file_case(request: Request, response: Response, body: Filing, key: Key = None) -> Told:
    """File a case: it is numbered and linked; `near` names open ones that may be the same."""
    given = body.model_dump(exclude={"lon", "lat", "actor", "note"})
    report = Report(x=body.lon, y=body.lat, **given)
    with transaction(request.app.state.pool, reader(request)) as conn:
        code = cases.file(conn, report, By(body.actor, body.note, key))
        case = cases.read(conn, code, reader(request))
        near = cases.near(conn, case["id"])
    response.headers["Location"] = f"/api/cases/{code}"
    return _told(case, response) | {"near": near}


@router.get("", response_model=None, responses=told(casework.Cases))
def list_cases(request: Request, wanted: Annotated[Wanted, Query()]) -> Told:
    """Cases, newest first; `next` leads on, and is null on the last page."""
    if unknown := sorted(set(wanted.status).difference(STATES)):
        raise HTTPException(
            400, f"there is no state {', '.join(unknown)}; there are {', '.join(STATES)}"
        )
    chosen = Filter(
        tuple(wanted.status), wanted.class_, wanted.late, wanted.area, (wanted.text or "").strip()
    )
    with transaction(request.app.state.pool, reader(request)) as conn:
        read_setting(conn)
        after = _behind(wanted.after)
        found = cases.page(conn, chosen, after, wanted.limit + 1, reader(request))
    shown = found[: wanted.limit]
    return {"cases": shown, "next": _cursor(shown[-1]) if len(found) > wanted.limit else None}


@router.get("/{code:path}", response_model=None, responses=told(casework.Case))
def read_case(request: Request, response: Response, code: Code) -> Told:
    """One case with its history and what can be done now."""
    with transaction(request.app.state.pool, reader(request)) as conn:
        return _told(cases.read(conn, code, reader(request)), response)


@router.post(
    "/{code:path}/steps", dependencies=[Writing],
    response_model=None, responses=told(casework.Case),
)  # fmt: skip
def take_step(
    request: Request, response: Response, code: Code, body: Step, key: Key = None,
    if_match: Annotated[str | None, Header(description="the ETag of the case")] = None,
) -> Told:  # fmt: skip
    """Take one action on a case; the answer is the case as it is then."""
    expected = Expected(body.expected, _version(if_match))
    with transaction(request.app.state.pool, reader(request)) as conn:
        cases.move(conn, code, body.action, By(body.actor, body.note, key), expected)
        return _told(cases.read(conn, code, reader(request)), response)


def _told(case: Case, response: Response) -> Told:
    response.headers["ETag"] = f'"{case["version"]}"'
    return case


def _version(if_match: str | None) -> int | None:
    if if_match is None or if_match.strip() == "*":
        return None
    found = re.fullmatch(r'\s*(?:W/)?"([0-9]{1,9})"\s*', if_match)
    # A tag that no case ever had matches none.
    return int(found[1]) if found else -1


def _cursor(case: Case) -> str:
    since = case["reported_at"] - EPOCH
    return f"{since // timedelta(microseconds=1)}.{case['id']}"


def _behind(text: str | None) -> tuple[str, int]:
    if text is None:
        return "infinity", 0
    found = re.fullmatch(r"(-?[0-9]{1,17})\.([0-9]{1,18})", text)
    if found is None:
        raise HTTPException(400, "`after` is not the `next` of a page of cases")
    time = EPOCH + timedelta(microseconds=int(found[1]))
    return time.isoformat(), int(found[2])
