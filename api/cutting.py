"""Routes of the ground that plans divide: blocks cut along a drawn line, and joined."""

from typing import Annotated, Literal

from fastapi import APIRouter, Request, Response
from pydantic import Field

from api.answers import plans as answers
from api.answers import told as declared
from api.asked import Body, Id, Number, Short, Told
from api.guard import Writing
from api.plans import Seen
from api.readers import reader
from geo.store import cutting
from geo.store.cutting import Changed
from geo.store.database import transaction
from geo.store.strokes import By

router = APIRouter(prefix="/api/plans/{id:int}", tags=["plans"], dependencies=[Writing])

Lon = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Lat = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]


class CutLine(Body):
    """A line in degrees, as GeoJSON has it."""

    type: Literal["LineString"]
    coordinates: Annotated[list[tuple[Lon, Lat]], Field(min_length=2, max_length=5_000)]


class BlockCut(Body):
    """A block, and the line along which it is cut."""

    block: Number
    line: CutLine
    made_by: Short = ""


class BlockJoin(Body):
    """Blocks to make one."""

    blocks: Annotated[list[Number], Field(min_length=2, max_length=100)]
    made_by: Short = ""


@router.post("/cuts", response_model=None, responses=declared(answers.GroundChanged))
def cut_block(request: Request, response: Response, plan: Id, body: BlockCut, seen: Seen) -> Told:
    """Cut a block; every plan has the pieces where it had the block."""
    by = By(seen, body.made_by, reader(request))
    with transaction(request.app.state.pool, reader(request)) as conn:
        return told(cutting.cut(conn, plan, body.block, body.line.coordinates, by), response)


@router.post("/joins", response_model=None, responses=declared(answers.GroundChanged))
def join_blocks(
    request: Request, response: Response, plan: Id, body: BlockJoin, seen: Seen
) -> Told:
    """Make one block of several that lie beside one another."""
    by = By(seen, body.made_by, reader(request))
    with transaction(request.app.state.pool, reader(request)) as conn:
        return told(cutting.join(conn, plan, body.blocks, by), response)


def told(changed: Changed, response: Response) -> Told:
    """What changed, with the draft's version as ETag."""
    response.headers["ETag"] = f'"{changed.version}"'
    return changed._asdict()
