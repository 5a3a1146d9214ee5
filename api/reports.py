"""`GET /api/report`: a report as one file, and what the command line shares with it."""

from datetime import date
from threading import BoundedSemaphore
from typing import Annotated, Literal, NamedTuple

import pandas as pd
from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import Response
from pydantic import StringConstraints

from api.asked import Day
from api.computing import in_turn
from api.readers import reader
from geo.reporting.content import compute
from geo.reporting.material import Material, Plan
from geo.reporting.periods import Period, period_of
from geo.store import reporting
from geo.store.database import Connection, snapshot
from maps.report.page import By, Metric, Wish, render
from maps.report.printing import printed

router = APIRouter(prefix="/api", tags=["reports"])

MOST_DAYS = 400
# Each holds frames and perhaps a Chromium; who comes next is told to try again.
AT_ONCE = BoundedSemaphore(2)
BUSY = "two reports are being made; try again in a few seconds"
MEDIA = {"html": "text/html; charset=utf-8", "pdf": "application/pdf", "png": "image/png"}

# PostgreSQL knows no text with a zero in it.
Text = Annotated[str, StringConstraints(max_length=64, pattern=r"^[^\x00]*$")]
Code = Annotated[Text | None, Query()]
Plans = Annotated[
    list[Text] | None,
    Query(min_length=2, max_length=2, description="two plans side by side: numbers or names"),
]


class Read(NamedTuple):
    """What was read for a report."""

    material: Material
    period: Period
    plans: tuple[Plan, ...]


def read(
    conn: Connection,
    days: tuple[date | None, date | None],
    system: str | None = None,
    plans: tuple[str, ...] = (),
) -> Read:
    """The material for ``days`` (since, until); without them, of the seven last days with cases."""
    period = period_of(*days, reporting.newest(conn))
    chosen = tuple(reporting.read_plan(conn, plan) for plan in plans)
    return Read(reporting.read_material(conn, period, system), period, chosen)


def page(found: Read, street: str | None, wish: Wish) -> str:
    """The report as HTML, of the whole district or of one street."""
    content = compute(found.material, found.period, street, found.plans)
    now = pd.Timestamp.now(tz=found.material.time_zone).to_pydatetime()
    return render(content, wish, now)


def name_of(found: Read, street: str | None, weekly: bool = False) -> str:
    """A name for the report's file, without its ending."""
    parts = ["luge-weekly" if weekly else "luge-report", *([street] if street else [])]
    return "_".join([*parts, str(found.period.since), str(found.period.last)])


@router.get(
    "/report",
    response_class=Response,
    responses={200: {"description": "the file", "content": {m.partition(";")[0]: {}
                                                            for m in MEDIA.values()}}},
)  # fmt: skip
def report(
    request: Request,
    since: Day | None = None,
    until: Day | None = None,
    street: Code = None,
    system: Code = None,
    plans: Plans = None,
    metric: Metric = "households",
    by: By = "grids",
    lang: Literal["zh", "en"] = "zh",
    f: Literal["html", "pdf", "png"] = "html",
) -> Response:
    """A report on the days from `since` to before `until`, as HTML, PDF or PNG."""
    asker = reader(request)
    wish = Wish(lang, "small_counts" in asker.rights, metric=metric, by=by)
    if since and until and (until - since).days > MOST_DAYS:
        raise HTTPException(400, f"a report covers {MOST_DAYS} days at most")
    with in_turn(AT_ONCE, BUSY):
        with snapshot(request.app.state.pool, asker) as conn:
            found = read(conn, (since, until), system, tuple(plans or ()))
        html = page(found, street, wish)
        body = html.encode() if f == "html" else printed(html, f)
    return as_file(body, name_of(found, _plain(street)), f)


def as_file(body: bytes, name: str, f: str) -> Response:
    """A report as a file: the service's own pages may run no scripts of it."""
    headers = {
        "Content-Disposition": f'attachment; filename="{name}.{f}"',
        "Cache-Control": "no-store",
    }
    return Response(body, media_type=MEDIA[f], headers=headers)


def _plain(code: str | None) -> str | None:
    """A code as it may stand in a header."""
    return "".join(c for c in code if c.isascii() and c.isalnum()) if code else None
