"""`GET /api/plans/{id}/report`: the report on a draft, and what the command line shares with it."""

from typing import Annotated, Literal

import pandas as pd
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api.asked import Day, Id
from api.computing import in_turn
from api.readers import reader
from api.replays import Number, Seed
from api.reports import AT_ONCE, BUSY, MEDIA, as_file
from geo.reporting.redraw import Read, compute
from geo.store import redraws
from geo.store.database import snapshot
from geo.store.reruns import Asked
from maps.report.page import Wish
from maps.report.printing import printed
from maps.report.redraw_page import render

router = APIRouter(prefix="/api/plans", tags=["reports"])


def page(read: Read, wish: Wish) -> str:
    """The report on a draft as HTML."""
    now = pd.Timestamp.now(tz=read.land.time_zone).to_pydatetime()
    return render(compute(read), wish, now)


def name_of(read: Read) -> str:
    """A name for the report's file, without its ending."""
    return f"luge-plan-{read.plans[1].id}_{read.period.since}_{read.period.last}"


@router.get(
    "/{id:int}/report",
    response_class=Response,
    responses={200: {"description": "the file", "content": {m.partition(";")[0]: {}
                                                            for m in MEDIA.values()}}},
)  # fmt: skip
def plan_report(
    request: Request,
    plan: Id,
    since: Annotated[Day | None, Query(alias="from", description="the first day")] = None,
    until: Annotated[Day | None, Query(alias="to", description="the day after the last")] = None,
    against: Number = None,
    seed: Seed = 0,
    lang: Literal["zh", "en"] = "zh",
    f: Literal["html", "pdf", "png"] = "html",
) -> Response:
    """A report on a draft for the meeting that decides: both plans, what moves, the replay."""
    asker = reader(request)
    with in_turn(AT_ONCE, BUSY):
        with snapshot(request.app.state.pool, asker) as conn:
            found = redraws.read(conn, Asked(plan, against, since, until, seed), lang, asker)
        html = page(found, Wish(lang, "small_counts" in asker.rights))
        body = html.encode() if f == "html" else printed(html, f)
    return as_file(body, name_of(found), f)
