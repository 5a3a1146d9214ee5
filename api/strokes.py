"""Routes of strokes on a draft: blocks painted, grids added and changed, undone and done again."""

from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi import Path as InPath
from pydantic import Field

from api.answers import plans as answers
from api.answers import told as declared
from api.asked import Body, Id, Name, Number, Short, Told
from api.guard import Writing
from api.plans import Seen
from api.readers import reader
from geo.store import strokes
from geo.store.database import transaction
from geo.store.strokes import By, Painted

router = APIRouter(prefix="/api/plans/{id:int}", tags=["plans"], dependencies=[Writing])

PAINTED = declared(answers.Stroke)
MOST_BLOCKS = 200_000
GridNumber = Annotated[int, InPath(ge=1, le=2**31 - 1, description="number of a grid")]
Workers = Annotated[int, Field(strict=True, ge=0, le=1000)]


class Painting(Body):
    """Blocks, and the number of the grid that they are to be in; none: in no grid."""

    blocks: Annotated[list[Number], Field(max_length=MOST_BLOCKS)]
    number: Number | None
    made_by: Short = ""


class Turning(Body):
    """Who undoes, or does again."""

    made_by: Short = ""


class NewGrid(Body):
    """A grid to add; ``parent`` is the code of an area."""

    name: Name | None = None
    parent: Short | None = None
    workers: Workers = 1
    made_by: Short = ""


class GridChange(Body):
    """What of a grid is to be otherwise."""

    name: Name | None = None
    workers: Workers | None = None
    locked: bool | None = None
    made_by: Short = ""


@router.post("/strokes", response_model=None, responses=PAINTED)
def paint(request: Request, response: Response, plan: Id, body: Painting, seen: Seen) -> Told:
    """Paint blocks into a grid."""
    moves = dict.fromkeys(body.blocks, body.number)
    with transaction(request.app.state.pool, reader(request)) as conn:
        return told(
            strokes.paint(conn, plan, moves, By(seen, body.made_by, reader(request))), response
        )


@router.post("/undo", response_model=None, responses=PAINTED)
def undo(
    request: Request, response: Response, plan: Id, seen: Seen, body: Turning | None = None
) -> Told:
    """Undo the newest stroke that stands."""
    with transaction(request.app.state.pool, reader(request)) as conn:
        return told(strokes.undo(conn, plan, _by(request, seen, body)), response)


@router.post("/redo", response_model=None, responses=PAINTED)
def redo(
    request: Request, response: Response, plan: Id, seen: Seen, body: Turning | None = None
) -> Told:
    """Do again what was undone last."""
    with transaction(request.app.state.pool, reader(request)) as conn:
        return told(strokes.redo(conn, plan, _by(request, seen, body)), response)


@router.post(
    "/grids", status_code=201, response_model=None, responses=declared(answers.Stroke, 201)
)
def add_grid(request: Request, response: Response, plan: Id, body: NewGrid, seen: Seen) -> Told:
    """Add a grid."""
    with transaction(request.app.state.pool, reader(request)) as conn:
        number, painted = strokes.add_grid(
            conn, plan, By(seen, body.made_by, reader(request)),
            name=body.name, parent=body.parent, workers=body.workers,
        )  # fmt: skip
    response.headers["Location"] = f"/api/plans/{plan}/grids/{number}"
    return told(painted, response)


@router.patch("/grids/{number}", response_model=None, responses=PAINTED)
def change_grid(
    request: Request, response: Response, plan: Id, number: GridNumber, body: GridChange, seen: Seen
) -> Told:
    """Change a grid's name, workers or lock."""
    change = body.model_dump(exclude_none=True, exclude={"made_by"})
    with transaction(request.app.state.pool, reader(request)) as conn:
        painted = strokes.change_grid(
            conn, plan, number, By(seen, body.made_by, reader(request)), change
        )
    return told(painted, response)


@router.delete("/grids/{number}", response_model=None, responses=PAINTED)
def drop_grid(
    request: Request, response: Response, plan: Id, number: GridNumber, seen: Seen
) -> Told:
    """Take an empty grid away."""
    with transaction(request.app.state.pool, reader(request)) as conn:
        return told(strokes.drop_grid(conn, plan, number, By(seen, who=reader(request))), response)


def told(painted: Painted, response: Response) -> Told:
    """A stroke as it is answered, with the draft's version as ETag."""
    response.headers["ETag"] = f'"{painted.version}"'
    return painted._asdict()


def _by(request: Request, seen: int | None, body: Turning | None) -> By:
    return By(seen, body.made_by if body else "", reader(request))
