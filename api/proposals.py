"""Routes of proposals for a draft: asked for, read while they come about, stopped, applied."""

from threading import BoundedSemaphore
from typing import Annotated, Literal

from fastapi import APIRouter, Request, Response
from fastapi import Path as InPath
from pydantic import Field

from api.answers import plans as plan_answers
from api.answers import proposals as answers
from api.answers import told as declared
from api.asked import Body, Id, Number, Short, Told
from api.computing import compute_later
from api.guard import Writing
from api.plans import Seen
from api.readers import reader
from api.strokes import MOST_BLOCKS, told
from geo.store import proposals
from geo.store.database import Connection, transaction
from geo.store.proposals import Asked
from geo.store.strokes import By

router = APIRouter(prefix="/api/plans/{id:int}/proposals", tags=["plans"])

# A proposal keeps a core or two busy for seconds to minutes.
AT_ONCE = BoundedSemaphore(1)

ProposalId = Annotated[int, InPath(ge=1, le=2**31 - 1, description="number of a proposal")]
SystemCode = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[a-z][a-z_]*$")]


class NewProposal(Body):
    """What is asked of the engine; ``blocks``: only these may change hands."""

    task: Literal["rebalance", "redraw", "split", "merge", "add", "drop", "unite"] = "rebalance"
    number: Number | None = None
    grids: Annotated[int, Field(strict=True, ge=1, le=100_000)] | None = None
    blocks: list[Number] = Field([], max_length=MOST_BLOCKS)
    systems: list[SystemCode] = Field([], max_length=10)
    tolerance: float = Field(0.1, ge=0.005, le=0.5, description="share of what is even")
    seed: int = Field(0, ge=0, le=2**31 - 1)
    made_by: Short = ""


class Applying(Body):
    """Who applies a proposal."""

    made_by: Short = ""


@router.get("", response_model=None, responses=declared(answers.Proposals))
def list_proposals(request: Request, plan: Id) -> Told:
    """The newest proposals for a plan in short, newest first."""
    with transaction(request.app.state.pool, reader(request)) as conn:
        return {"proposals": proposals.listed(conn, plan, reader(request))}


@router.post(
    "", status_code=202, dependencies=[Writing],
    response_model=None, responses=declared(answers.Proposal, 202),
)  # fmt: skip
def propose(request: Request, response: Response, plan: Id, body: NewProposal) -> Told:
    """Begin to compute a proposal; it is read at its own address while it comes about."""
    wish = body.model_dump(exclude={"seed", "made_by"})
    asked = Asked(**wish | {k: tuple(wish[k]) for k in ("blocks", "systems")})
    asker = reader(request)

    def book(conn: Connection) -> Told:
        id_ = proposals.make(conn, plan, asked, body.seed, body.made_by)
        return proposals.read(conn, plan, id_, asker)

    made = compute_later(request, "proposal", AT_ONCE, book, proposals.compute)
    response.headers["Location"] = f"/api/plans/{plan}/proposals/{made['id']}"
    return made


@router.get("/{proposal:int}", response_model=None, responses=declared(answers.Proposal))
def read_proposal(request: Request, plan: Id, proposal: ProposalId) -> Told:
    """One proposal: how far it is; then its figures, and the blocks that would change hands."""
    with transaction(request.app.state.pool, reader(request)) as conn:
        return proposals.read(conn, plan, proposal, reader(request))


@router.post("/{proposal:int}/stop", status_code=204, dependencies=[Writing])
def stop_proposal(request: Request, plan: Id, proposal: ProposalId) -> None:
    """Have a proposal under way end soon, with what was found so far."""
    with transaction(request.app.state.pool, reader(request)) as conn:
        proposals.stop(conn, plan, proposal)


@router.post(
    "/{proposal:int}/apply", dependencies=[Writing],
    response_model=None, responses=declared(plan_answers.Stroke),
)  # fmt: skip
def apply_proposal(
    request: Request, response: Response, plan: Id, proposal: ProposalId, body: Applying, seen: Seen
) -> Told:
    """Paint a proposal on its draft, as one stroke."""
    who = reader(request)
    with transaction(request.app.state.pool, who) as conn:
        return told(proposals.apply(conn, plan, proposal, By(seen, body.made_by, who)), response)
