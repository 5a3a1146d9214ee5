"""Routes of plans that are redrawn: begun, read, taken through their steps, discarded."""

import re
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Header, HTTPException, Query, Request, Response
from pydantic import Field

from api.answers import plans as answers
from api.answers import told as declared
from api.asked import WHOLE, Body, Day, Id, Name, Number, Short, Told
from api.guard import Writing
from api.readers import reader
from geo.rule_sentences import Lang
from geo.store import plan_lineage, publishing, redrawing, strokes
from geo.store.database import Connection, Reader, transaction
from geo.store.redrawing import Wish
from geo.store.strokes import By

router = APIRouter(prefix="/api/plans", tags=["plans"])

Note = Annotated[str, Field(max_length=2000, pattern=WHOLE)]
Limit = Annotated[float, Field(ge=0, le=1e12, allow_inf_nan=False)]
NO_VERSION = "say in If-Match which version of the plan you have seen: its ETag"


def seen(
    if_match: Annotated[str | None, Header(description="the ETag of the plan")] = None,
) -> int | None:
    """The version that a request is made on; None for ``*``. Refuses (428) who says none."""
    if if_match is None:
        raise HTTPException(428, NO_VERSION)
    if if_match.strip() == "*":
        return None
    found = re.fullmatch(r'\s*(?:W/)?"([0-9]{1,9})"\s*', if_match)
    # A tag that no plan ever had matches none.
    return int(found[1]) if found else 0


Seen = Annotated[int | None, Depends(seen)]


class NewPlan(Body):
    """A draft to begin: on the plan in force where nothing else is said."""

    system: Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[a-z][a-z_]*$")]
    name: Name
    based_on: Number | None = None
    empty: bool = False
    made_by: Short = ""


class PlanChange(Body):
    """What of a draft is to be otherwise; ``limits``: all of those that are not the usual ones."""

    name: Name | None = None
    note: Note | None = None
    limits: dict[Annotated[str, Field(max_length=40, pattern=WHOLE)], Limit | None] | None = Field(
        None, max_length=40
    )
    made_by: Short = ""


class NextStep(Body):
    """What a plan is to become; ``from`` is the first day of one that is published."""

    status: Literal["submitted", "approved", "draft", "published"]
    note: Note = ""
    made_by: Short = ""
    day: Annotated[Day | None, Field(alias="from")] = None


@router.get("", response_model=None, responses=declared(answers.Plans))
def list_plans(
    request: Request,
    system: Annotated[str | None, Query(max_length=40, pattern=WHOLE)] = None,
) -> Told:
    """The newest plans in short, newest first; of one grid system, or of all."""
    with transaction(request.app.state.pool, reader(request)) as conn:
        return {"plans": redrawing.listed(conn, system)}


@router.post(
    "", status_code=201, dependencies=[Writing],
    response_model=None, responses=declared(answers.Plan, 201),
)  # fmt: skip
def begin_plan(request: Request, response: Response, body: NewPlan) -> Told:
    """Begin a draft."""
    with transaction(request.app.state.pool, reader(request)) as conn:
        id_ = redrawing.make(conn, Wish(**body.model_dump()))
        response.headers["Location"] = f"/api/plans/{id_}"
        return told(conn, id_, response, reader(request))


@router.get("/{id:int}", response_model=None, responses=declared(answers.Plan))
def read_plan(request: Request, response: Response, plan: Id) -> Told:
    """A plan with its grids, what they hold, and how evenly they are loaded."""
    with transaction(request.app.state.pool, reader(request)) as conn:
        return told(conn, plan, response, reader(request))


@router.get("/{id:int}/blocks", response_model=None, responses=declared(answers.PlanBlocks))
def read_plan_blocks(request: Request, response: Response, plan: Id) -> Told:
    """The number of each block's grid, and that which it had when the draft was begun."""
    with transaction(request.app.state.pool, reader(request)) as conn:
        _tag(response, redrawing.known(conn, plan)["version"])
        return redrawing.read_blocks(conn, plan)


@router.patch(
    "/{id:int}", dependencies=[Writing],
    response_model=None, responses=declared(answers.Plan),
)  # fmt: skip
def change_plan(
    request: Request, response: Response, plan: Id, body: PlanChange, seen: Seen
) -> Told:
    """Change a draft's name, note or limits, as one stroke."""
    who = reader(request)
    change = body.model_dump(exclude_none=True, include={"name", "note"})
    if body.limits is not None:
        change["limits"] = body.limits
    with transaction(request.app.state.pool, who) as conn:
        strokes.change_plan(conn, plan, By(seen, body.made_by, who), change)
        return told(conn, plan, response, who)


@router.delete("/{id:int}", status_code=204, dependencies=[Writing])
def discard_plan(request: Request, plan: Id, seen: Seen) -> None:
    """Delete a draft."""
    with transaction(request.app.state.pool, reader(request)) as conn:
        redrawing.discard(conn, plan, seen)


@router.post(
    "/{id:int}/steps", dependencies=[Writing],
    response_model=None, responses=declared(answers.Plan),
)  # fmt: skip
def take_plan_step(
    request: Request, response: Response, plan: Id, body: NextStep, seen: Seen, lang: Lang = "zh"
) -> Told:
    """Submit, approve, send back or publish a plan."""
    step = publishing.Step(body.status, body.made_by, body.note, body.day, lang)
    with transaction(request.app.state.pool, reader(request)) as conn:
        publishing.take_step(conn, plan, seen, step)
        return told(conn, plan, response, reader(request))


@router.get("/{id:int}/lineage", response_model=None, responses=declared(answers.Lineage))
def read_plan_lineage(request: Request, plan: Id) -> Told:
    """What became of the grids before this plan; of a draft, what would."""
    with transaction(request.app.state.pool, reader(request)) as conn:
        return {"lineage": plan_lineage.read(conn, plan)}


def told(conn: Connection, id_: int, response: Response, who: Reader) -> Told:
    """A plan as it is answered, with its version as ETag."""
    plan = redrawing.read(conn, id_, who)
    _tag(response, plan["version"])
    return plan


def _tag(response: Response, version: Any) -> None:
    if version is not None:
        response.headers["ETag"] = f'"{version}"'
