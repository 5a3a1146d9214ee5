"""Routes about coverage: the whole and its parts, blind spots, and the span of control."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd
from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api import etags
from api.answers import covered as answers
from api.answers import told
from api.asked import Day
from api.readers import reader
from geo import blindspots, control, discretion
from geo import coverage as law
from geo.store import blind, covered
from geo.store.coverage import Days
from geo.store.coverage import days as days_of
from geo.store.covered import Asked
from geo.store.database import Connection, Reader, read_setting, transaction

router = APIRouter(prefix="/api/coverage", tags=["coverage"])

MOST_ROWS = 1_000
SOURCES = ("segments", "incidents", "merchants", "areas", "homes", "blocks", "grids",
           "assignments", "duties", "acts", "coverage", "reach")  # fmt: skip

Role = Literal["general", "first", "second", "rota"]
Kind = Literal["road", "lane", "river"]
By = Literal["street", "community", "grid", "road", "class", "kind", "role", "chief"]
First = Literal["metres", "hollow", "merchants", "households", "incidents"]
ORDER = {"metres": "bare_m", "hollow": "hollow_m"}


class Question(BaseModel):
    """Of which day, area, road, chief and levels; of roads and lanes, or of rivers."""

    model_config = ConfigDict(extra="forbid")

    on: Day | None = Field(None, description="default: today")
    area: str | None = Field(None, max_length=64, description="code of an area")
    road: str | None = Field(None, max_length=200, description="name of a road")
    chief: str | None = Field(None, max_length=200, description="id of a chief")
    role: list[Role] = Field([], description="levels; default: all")
    kind: list[Kind] = Field(["road", "lane"], description="what has sides")

    def asked(self) -> Asked:
        """The question as the store takes it."""
        return Asked(self.on, self.area, self.road, self.chief, tuple(self.role), tuple(self.kind))


class Divided(Question):
    """The same, and what it is divided by."""

    by: By = Field("street", description="what `parts` are")


class Spots(Question):
    """The same, and which blind spots come first."""

    first: First = Field("metres", description="the order of `places`")
    limit: int = Field(100, ge=0, le=MOST_ROWS, description="most rows of each list")


@router.get("", responses=told(answers.CoverageSummary))
def read_coverage(request: Request, asked: Annotated[Divided, Query()]) -> Response:
    """Metres of side on paper and lived, and shops, households, cases: the whole and `parts`."""
    with transaction(request.app.state.pool, reader(request)) as conn:

        def answer(who: Reader) -> dict[str, Any]:
            found = covered.summary(conn, asked.asked(), asked.by)
            return {
                "total": _rows(pd.DataFrame([found.total]), who)[0],
                "by": asked.by, "parts": _rows(found.parts, who),
                **_said(conn, found.days),
            }  # fmt: skip

        return _answered(request, conn, asked, answer)


@router.get("/blind", responses=told(answers.Blind))
def read_blind_spots(request: Request, asked: Annotated[Spots, Query()]) -> Response:
    """`places` without a duty or hollow, `compounds` and `clusters` of cases that have nobody,
    and compounds `far` from every station."""
    with transaction(request.app.state.pool, reader(request)) as conn:

        def answer(who: Reader) -> dict[str, Any]:
            found = blind.blind(conn, asked.asked())
            places = found.places.drop(columns=["segments", "hollow_segments"])
            order = ORDER.get(asked.first, asked.first)
            places = places[places[order] > 0].sort_values(order, ascending=False, kind="stable")
            lists = {"places": places, "compounds": found.compounds, "clusters": found.clusters,
                     "far": found.far}  # fmt: skip
            return {
                "counts": {name: len(rows) for name, rows in lists.items()},
                **{name: _rows(rows.head(asked.limit), who) for name, rows in lists.items()},
                "cluster": blindspots.CLUSTER, **_said(conn, found.frames.days),
            }  # fmt: skip

        return _answered(request, conn, asked, answer)


@router.get("/control", responses=told(answers.SpanOfControl))
def read_control(request: Request, asked: Annotated[Question, Query()]) -> Response:
    """The span of control: `chiefs` against the norms, `staff` needed, households per worker."""
    with transaction(request.app.state.pool, reader(request)) as conn:

        def answer(who: Reader) -> dict[str, Any]:
            found = blind.span(conn, asked.asked())
            return {
                "norms": control.NORMS, "most_households": control.MOST_HOUSEHOLDS,
                "chiefs": _rows(found.chiefs, who), "staff": _rows(found.staff, who),
                "workers": _rows(found.workers, who), **_said(conn, found.frames.days),
            }  # fmt: skip

        return _answered(request, conn, asked, answer)


def _said(conn: Connection, days: Days) -> dict[str, Any]:
    """How the figures were got."""
    return {
        "on": days.on, "reckoned": days.reckoned, "half_life_days": law.HALF_LIFE_DAYS,
        "hollow_days": law.HOLLOW_DAYS, "rule": law.RULE, "crs": read_setting(conn).srid,
        "revision": etags.revision(conn, SOURCES),
    }  # fmt: skip


def _answered(
    request: Request, conn: Connection, asked: Question, answer: Callable[[Reader], object]
) -> Response:
    """``answer`` as JSON; 304 where the asker has it already."""
    covered.check(conn, asked.asked())
    who, days = reader(request), days_of(conn, asked.on)
    revision = etags.revision(conn, SOURCES)
    parts = request.url.path, asked.model_dump(), days, sorted(who.rights), revision, CODE
    return etags.answer(request, parts, lambda: answer(who))


def _rows(table: pd.DataFrame, who: Reader) -> list[dict[str, Any]]:
    """Rows as they are told to a reader: to a millimetre, small counts of cases hidden."""
    table = discreet(table, who).copy()
    numbers = table.select_dtypes("number").columns
    table[numbers] = table[numbers].round(6)
    rows: list[dict[str, Any]] = table.astype(object).where(table.notna(), None).to_dict("records")
    return rows


def discreet(table: pd.DataFrame, who: Reader) -> pd.DataFrame:
    """``table`` without counts of cases from 1 to 4, for whoever may not see them."""
    columns = [name for name in table if name.startswith("incidents")]
    columns += ["cases"] if "cases" in table and columns else []
    if not columns or "small_counts" in who.rights:
        return table
    small = np.zeros(len(table), bool)
    for name in ("incidents", "incidents_paper"):
        small |= discretion.small(table[name]) if name in table else False
    if {"incidents", "incidents_paper"} <= set(table):
        small |= discretion.small(table["incidents"] - table["incidents_paper"])
    return table.assign(**{name: table[name].where(~small) for name in columns})


# Answers differ when the rules do.
CODE = etags.digest((law.RULE, sorted(covered.QUERIES.items()), control.NORMS, blindspots.CLUSTER))
