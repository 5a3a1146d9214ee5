"""The route of counts: incidents by time, kind or unit, with the filters of the map."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, HTTPException, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api import etags
from api.answers import figures, told
from api.asked import Day
from api.drawing import MOST_IN_URL, instant
from api.readers import reader
from geo.store import counts
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
CODE = etags.digest(sorted(counts.QUERIES.items()))


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
        rights = reader(request).rights
        work = (_counted(asked, setting), setting, rights)
        return etags.answer(request, _parts(conn, asked, setting, rights), lambda: {
            "layer": asked.layer, "by": asked.by,
            "total": counts.total(conn, *work), "groups": counts.groups(conn, *work),
        })  # fmt: skip


def _counted(asked: Asked, setting: Setting) -> Counted:
    day = asked.as_of.isoformat() if asked.as_of else setting.today()
    return Counted(
        asked.by, day, asked.system, instant(asked.since, setting),
        instant(asked.until, setting), asked.filter, asked.area,
    )  # fmt: skip


def _parts(conn: Connection, asked: Asked, setting: Setting, rights: frozenset[str]) -> object:
    """The data, what is asked, who asks; and the minute, for some become late."""
    return (
        etags.revision(conn, MADE_OF), setting, setting.today(), sorted(rights), CODE,
        f"{datetime.now(UTC):%Y-%m-%dT%H:%M}", asked.model_dump(),
    )  # fmt: skip
