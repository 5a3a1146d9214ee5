"""The route of counts: incidents by time, kind or unit, with the filters of the map."""

from datetime import UTC, datetime
from hashlib import blake2b
from typing import Annotated, Literal

from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from api import shelf
from api.answers import figures, told
from api.asked import Day
from api.drawing import MOST_IN_URL, instant
from api.readers import reader
from geo.store import changes, counts
from geo.store.counts import Counted
from geo.store.database import Connection, Setting, read_setting, transaction

router = APIRouter(prefix="/api/counts", tags=["map"])

By = Literal[
    "day", "week", "month", "hour_weekday", "class", "subclass", "status", "area", "street",
    "block", "road", "segment", "grid",
]  # fmt: skip
# What counts and units are made of.
MADE_OF = ("incidents", "areas", "blocks", "grids", "segments", "roads", "metrics", "assignments",
           "duties")  # fmt: skip
CODE = blake2b(repr(sorted(counts.QUERIES.items())).encode(), digest_size=8).hexdigest()


class Asked(BaseModel):
    """Which incidents, and by what they are counted."""

    model_config = ConfigDict(extra="forbid")

    layer: Literal["incidents"] = Field("incidents", description="what is counted")
    by: By = Field(description="hour_weekday: ISO weekday (1 is Monday), a hyphen and the hour")
    system: str | None = Field(None, max_length=64, description="by=grid: of which system")
    since: datetime | None = Field(None, description="reported from this time on")
    until: datetime | None = Field(None, description="reported before this time")
    filter: str | None = Field(None, min_length=1, max_length=MOST_IN_URL, description="CQL2 text")
    area: str | None = Field(None, max_length=64, description="code of a street or community")
    as_of: Day | None = Field(None, description="blocks and grids as on this day; default today")


@router.get("", response_model=None, responses=told(figures.Counts))
def read_counts(request: Request, asked: Annotated[Asked, Query()]) -> Response:
    """`total`, and `groups` with `key`, `count`, `open`, `late`; 304 where known.

    Days, weeks and hours are the district's. Units (by area, street, block, road, segment, grid)
    come all, with what their figure can be divided by.
    """
    if (asked.by == "grid") != (asked.system is not None):
        raise HTTPException(400, "by=grid wants a `system`, and nothing else has one")
    with transaction(request.app.state.pool, reader(request)) as conn:
        setting = read_setting(conn)
        etag = _etag(conn, asked, setting, reader(request).rights)
        headers = {"ETag": etag, "Cache-Control": shelf.ASK_AGAIN.decode()}
        known = request.headers.get("if-none-match", "").encode("latin-1")
        if shelf.matches(known, etag.encode()):
            return Response(status_code=304, headers=headers)
        work = (_counted(asked, setting), setting, reader(request).rights)
        found = {
            "layer": asked.layer, "by": asked.by,
            "total": counts.total(conn, *work), "groups": counts.groups(conn, *work),
        }  # fmt: skip
        return JSONResponse(found, headers=headers)


def _counted(asked: Asked, setting: Setting) -> Counted:
    day = asked.as_of.isoformat() if asked.as_of else setting.today()
    return Counted(
        asked.by, day, asked.system, instant(asked.since, setting),
        instant(asked.until, setting), asked.filter, asked.area,
    )  # fmt: skip


def _etag(conn: Connection, asked: Asked, setting: Setting, rights: frozenset[str]) -> str:
    """Of the data, of what is asked, of who asks; and of the minute, for some become late."""
    revisions = changes.revisions(conn)
    parts = (
        [revisions[key] for key in MADE_OF], setting, setting.today(), sorted(rights), CODE,
        f"{datetime.now(UTC):%Y-%m-%dT%H:%M}", asked.model_dump(),
    )  # fmt: skip
    return f'"{blake2b(repr(parts).encode(), digest_size=12).hexdigest()}"'
