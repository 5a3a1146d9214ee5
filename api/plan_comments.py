"""Routes of comments on a plan, pinned to places."""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi import Path as InPath
from pydantic import Field

from api.answers import plans as answers
from api.answers import told
from api.asked import Body, Id, Short, Told
from api.guard import Writing
from api.readers import reader
from geo.store import plan_comments
from geo.store.database import transaction
from geo.store.plan_comments import Comment

router = APIRouter(prefix="/api/plans/{id:int}/comments", tags=["plans"])

CommentId = Annotated[int, InPath(ge=1, le=2**31 - 1, description="number of a comment")]


class Said(Body):
    """A comment; of a place (both, in degrees), or of the whole plan."""

    body: Annotated[str, Field(min_length=1, max_length=2000, pattern=r"^[^\x00]+$")]
    lon: Annotated[float | None, Field(ge=-180, le=180, allow_inf_nan=False)] = None
    lat: Annotated[float | None, Field(ge=-90, le=90, allow_inf_nan=False)] = None
    made_by: Short = ""


class Settled(Body):
    """Whether what was said is dealt with."""

    done: bool


@router.get("", response_model=None, responses=told(answers.PlanComments))
def list_comments(request: Request, plan: Id) -> Told:
    """All comments on a plan, the oldest first."""
    with transaction(request.app.state.pool, reader(request)) as conn:
        return {"comments": plan_comments.listed(conn, plan)}


@router.post(
    "", status_code=201, dependencies=[Writing],
    response_model=None, responses=told(answers.PlanComment, 201),
)  # fmt: skip
def add_comment(request: Request, response: Response, plan: Id, body: Said) -> Told:
    """Say something of a plan, or of a place in it."""
    if (body.lon is None) != (body.lat is None):
        raise HTTPException(400, "a place has both lon and lat")
    place = None if body.lon is None or body.lat is None else (body.lon, body.lat)
    with transaction(request.app.state.pool, reader(request)) as conn:
        made = plan_comments.add(conn, plan, Comment(body.body, body.made_by, place))
    response.headers["Location"] = f"/api/plans/{plan}/comments/{made['id']}"
    return made


@router.patch(
    "/{comment:int}", dependencies=[Writing],
    response_model=None, responses=told(answers.PlanComment),
)  # fmt: skip
def settle_comment(request: Request, plan: Id, comment: CommentId, body: Settled) -> Told:
    """Tick a comment off, or open it again."""
    with transaction(request.app.state.pool, reader(request)) as conn:
        return plan_comments.settle(conn, plan, comment, done=body.done)
