"""Routes of load: what blocks, grids and areas ask of those who work there, and the rule sets."""

from typing import Annotated, Any, Literal

import pandas as pd
from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api import etags
from api.answers import loads as answers
from api.answers import told as told_as
from api.asked import AsOf, Body
from api.guard import Writing
from api.plan_ground import RuleKey
from api.readers import reader
from geo import load as law
from geo.layers import SMALL_COUNTS
from geo.load import Rule
from geo.store import load_rules, loads
from geo.store.database import read_setting, transaction
from geo.store.loads import Loads, Units

router = APIRouter(prefix="/api/load", tags=["load"])

SOURCES = (*loads.SOURCES, "grids", "assignments")

# PostgreSQL knows no text with a zero in it.
Word = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^\x00]*$")]
Level = Literal["district", "street", "community"]


class Question(BaseModel):
    """Of which units, by which rule set, on which day."""

    model_config = ConfigDict(extra="forbid")

    of: loads.Of = Field("grids", description="what `rows` are")
    system: str = Field(loads.USUAL_SYSTEM, max_length=64, description="of grids")
    level: Level = Field("community", description="of areas")
    rule: RuleKey = None
    as_of: AsOf = None


class Written(Body):
    """A rule set; it becomes the next version of its name."""

    name: Annotated[str, StringConstraints(max_length=64, pattern=r"^[a-z][a-z_]*$")]
    title: Word
    title_en: Word
    weights: dict[Word, bool | float | dict[Word, float]] = Field(
        max_length=100, description="minutes of work a week; those not named are as usual"
    )
    made_by: Annotated[str, StringConstraints(max_length=100, pattern=r"^[^\x00]*$")] = ""


@router.get("", response_model=None, responses=told_as(answers.Load))
def read_load(request: Request, asked: Annotated[Question, Query()]) -> Response:
    """Units with what there is in them and their load in minutes a week, and how even it is."""
    who = reader(request)
    with transaction(request.app.state.pool, who) as conn:
        rule = load_rules.rule_of(conn, asked.rule)
        day = asked.as_of or loads.today(conn)
        hide = asked.of == "blocks" and SMALL_COUNTS not in who.rights
        revision = etags.revision(conn, SOURCES)
        parts = asked.model_dump(), rule, day, hide, revision, sorted(loads.QUERIES.items())

        def answer() -> dict[str, Any]:
            found = loads.of_blocks(conn, rule, day)
            found = loads.discreet(found) if hide else found
            table = loads.of_units(conn, found, Units(asked.of, asked.system, asked.level), day)
            how = {"as_of": day, "revision": revision, "crs": read_setting(conn).srid}
            return {"of": asked.of, **told(table, found), **how}

        return etags.answer(request, parts, answer)


def told(table: pd.DataFrame, found: Loads) -> dict[str, Any]:
    """Units as they are answered, how even their loads are, and how they were got."""
    rows = table.rename_axis("id").reset_index().drop(columns="parent_id")
    numbers = rows.select_dtypes("number").columns
    rows[numbers] = rows[numbers].round(4)
    return {
        "unit": "min/week",
        "rule": said(found.rule),
        "since": found.since, "until": found.until, "weeks": round(found.weeks, 4),
        "case_minutes": found.each.round(4).to_dict(),
        "measures": law.spread(table["load"])._asdict(),
        "measures_per_worker": law.spread(table["load_per_worker"])._asdict(),
        "rows": rows.astype(object).where(rows.notna(), None).to_dict("records"),
    }  # fmt: skip


def said(rule: Rule) -> dict[str, Any]:
    """A rule set as it is told."""
    return {**rule._asdict(), "weights": load_rules.plain(rule)}


@router.get("/rules", response_model=None, responses=told_as(answers.LoadRules))
def list_rules(request: Request) -> dict[str, Any]:
    """All rule sets, every version; of each name the newest is what its name alone means."""
    with transaction(request.app.state.pool, reader(request)) as conn:
        return {"rules": load_rules.rules(conn).to_dict("records")}


@router.post(
    "/rules", status_code=201, dependencies=[Writing], response_model=None,
    responses=told_as(answers.LoadRule, 201),
)  # fmt: skip
def write_rule(request: Request, body: Written) -> dict[str, Any]:
    """Write a rule set down as the next version of its name; versions are never altered."""
    with transaction(request.app.state.pool, reader(request)) as conn:
        titles = body.title, body.title_en
        return said(load_rules.put_rule(conn, body.name, titles, body.weights, body.made_by))
