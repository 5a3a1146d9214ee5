"""Routes of fair shares: drafts proposed, looked at, filled, applied as duties, or discarded."""

from threading import BoundedSemaphore
from typing import Annotated, Literal

from fastapi import APIRouter, Request, Response
from fastapi import Path as InPath
from pydantic import Field, StringConstraints

from api.answers import sharing, told
from api.asked import Body, Day, Told
from api.computing import compute_later
from api.guard import Writing
from api.readers import reader
from geo.store import drafts
from geo.store.database import Connection, transaction
from geo.store.shares import Asked

router = APIRouter(prefix="/api/shares/drafts", tags=["shares"])

# A proposal keeps one core busy for seconds to minutes.
AT_ONCE = BoundedSemaphore(1)

Id = Annotated[int, InPath(alias="id", ge=1, le=2**31 - 1, description="number of the draft")]
# PostgreSQL knows no text with a zero in it.
Word = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^\x00]*$")]
Words = Annotated[list[Word], Field(max_length=1000)]


class Wish(Body):
    """What a draft is to be; ``from`` is the first of next month where nothing else is said."""

    role: Literal["second", "first", "general"] = "second"
    day: Day | None = Field(None, alias="from")
    chiefs: int | None = Field(None, ge=1, le=100_000, description="how many; none: as today")
    added: Words = Field([], description="codes of chiefs to bring in")
    without: Words = Field([], description="codes of chiefs to leave out")
    locks: Words = Field([], description="chiefs, roads or stretches that stay as they are")
    tolerance: float = Field(0.05, ge=0.005, le=0.5, description="share of the mean")
    area: Word | None = Field(None, description="code of an area")
    everywhere: bool = Field(False, description="also stretches that nobody has")
    seed: int = Field(0, ge=0, le=2**31 - 1)


class Filling(Body):
    """A chief for a vacant post."""

    post: int = Field(ge=0, le=2**31 - 1)
    chief: Word = Field(description="code of the chief")


@router.get("", response_model=None, responses=told(sharing.ShareDrafts))
def list_drafts(request: Request) -> Told:
    """The newest drafts in short, newest first."""
    with transaction(request.app.state.pool, reader(request)) as conn:
        return {"drafts": drafts.listed(conn)}


@router.post(
    "",
    status_code=202,
    dependencies=[Writing],
    response_model=None,
    responses=told(sharing.ShareDraft, 202),
)
def propose(request: Request, response: Response, body: Wish) -> Told:
    """Begin to compute a draft; it is read at its own address while it comes about."""
    asked = Asked(**body.model_dump(exclude={"day", "seed"}))

    def book(conn: Connection) -> Told:
        day = body.day or drafts.next_month(conn)
        return drafts.read(conn, drafts.make(conn, asked, day, body.seed))

    made = compute_later(request, "draft", AT_ONCE, book, drafts.compute)
    response.headers["Location"] = f"/api/shares/drafts/{made['id']}"
    return made


@router.get("/{id:int}", response_model=None, responses=told(sharing.ShareDraft))
def read_draft(request: Request, draft: Id) -> Told:
    """One draft: how far it is; then its figures, `chiefs` as they are, `posts` as they would."""
    with transaction(request.app.state.pool, reader(request)) as conn:
        return drafts.read(conn, draft)


@router.get("/{id:int}/stretches", response_model=None, responses=told(sharing.ShareStretches))
def read_stretches(request: Request, draft: Id) -> Told:
    """The stretches of a draft as GeoJSON: `chief` who has most of it, `post` who would have it."""
    with transaction(request.app.state.pool, reader(request)) as conn:
        found = drafts.lines(conn, draft)
    return {"type": "FeatureCollection", "features": [_feature(line) for line in found]}


@router.post("/{id:int}/stop", status_code=204, dependencies=[Writing])
def stop_draft(request: Request, draft: Id) -> None:
    """Have a draft under way end soon, with the best so far."""
    with transaction(request.app.state.pool, reader(request)) as conn:
        drafts.stop(conn, draft)


@router.post(
    "/{id:int}/fill",
    dependencies=[Writing],
    response_model=None,
    responses=told(sharing.ShareDraft),
)
def fill_post(request: Request, draft: Id, body: Filling) -> Told:
    """Give a vacant post of a draft to a chief; the answer is the draft."""
    with transaction(request.app.state.pool, reader(request)) as conn:
        drafts.fill(conn, draft, body.post, body.chief)
        return drafts.read(conn, draft)


@router.post(
    "/{id:int}/apply",
    dependencies=[Writing],
    response_model=None,
    responses=told(sharing.ShareApplied),
)
def apply_draft(request: Request, draft: Id) -> Told:
    """Make the draft's shares duties from its day on."""
    with transaction(request.app.state.pool, reader(request)) as conn:
        return drafts.apply(conn, draft)._asdict()


@router.delete("/{id:int}", status_code=204, dependencies=[Writing])
def discard_draft(request: Request, draft: Id) -> None:
    """Put a draft aside."""
    with transaction(request.app.state.pool, reader(request)) as conn:
        drafts.discard(conn, draft)


def _feature(line: Told) -> Told:
    geometry = line.pop("geometry")
    return {"type": "Feature", "id": line["id"], "geometry": geometry, "properties": line}
