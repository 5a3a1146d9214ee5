"""Routes of what a plan lies on: its blocks and borders, and the checks of its rules."""

from typing import Annotated, Any

import orjson
import pandas as pd
import shapely
from fastapi import APIRouter, Query, Request, Response

from api import shelf
from api.answers import loads as answers
from api.answers import told as told_as
from api.asked import Id
from api.readers import reader
from geo import crs
from geo.layers import SMALL_COUNTS
from geo.load import Rule
from geo.rule_sentences import Lang
from geo.store import load_rules, loads, plan_checks, plan_ground, redrawing
from geo.store.database import read_setting, transaction
from geo.store.plan_ground import Ground

router = APIRouter(prefix="/api/plans", tags=["plans"])

DIGITS = 7

RuleKey = Annotated[
    str | None,
    Query(max_length=100, description="rule set: its name, or name.version; default: standard"),
]


@router.get("/{id:int}/ground", response_model=None, responses=told_as(answers.PlanGround))
def read_ground(request: Request, plan: Id, rule: RuleKey = None) -> Response:
    """Blocks with their loads as GeoJSON, `edges` (who borders whom, along what), `wholes`."""
    who = reader(request)
    with transaction(request.app.state.pool, who) as conn:
        redrawing.known(conn, plan)
        weighs = load_rules.rule_of(conn, rule)
        full = SMALL_COUNTS in who.rights
        revision = plan_ground.revision(conn, plan, weighs)
        headers = {"ETag": f'"{revision}{"" if full else "-p"}"',
                   "Cache-Control": shelf.ASK_AGAIN.decode()}  # fmt: skip
        known = request.headers.get("if-none-match", "").encode("latin-1")
        if shelf.matches(known, headers["ETag"].encode()):
            return Response(status_code=304, headers=headers)
        ground = plan_ground.read(conn, plan, weighs)
        srid = read_setting(conn).srid
    if not full:
        weighed = loads.discreet(ground.loads)
        mine = weighed.blocks.loc[ground.blocks["id"]]
        ground = ground._replace(blocks=ground.blocks.assign(
            load=mine["load"].to_numpy(), incidents=mine["incidents"].to_numpy()))  # fmt: skip
    body = orjson.dumps(told(ground, weighs, srid) | {"revision": revision})
    return Response(body, media_type="application/json", headers=headers)


@router.get("/{id:int}/checks", response_model=None, responses=told_as(answers.PlanChecks))
def read_checks(
    request: Request, plan: Id, rule: RuleKey = None, lang: Lang = "zh"
) -> dict[str, Any]:
    """What of the plan breaks its rules, with the place and the reason; hard rules first."""
    who = reader(request)
    with transaction(request.app.state.pool, who) as conn:
        checked = plan_checks.check(conn, plan, load_rules.rule_of(conn, rule), who=who)
        srid = read_setting(conn).srid
    return {**plan_checks.told(checked, srid, lang), "limits": checked.limits._asdict()}


def told(ground: Ground, rule: Rule, srid: int) -> dict[str, Any]:
    """The ground as it is answered: places in degrees, x and y in metres of the district's CRS."""
    blocks, edges = ground.blocks, ground.edges
    shapes = crs.transform_geometries(blocks.geometry.to_numpy(), srid, "wgs84")
    drawn = shapely.to_geojson(shapely.transform(shapes, lambda place: place.round(DIGITS)))
    ids = blocks["id"].to_numpy()
    return {
        "blocks": {
            "type": "FeatureCollection",
            "features": [
                {"type": "Feature", "id": row["id"], "geometry": orjson.Fragment(shape),
                 "properties": row}
                for row, shape in zip(_properties(blocks), drawn, strict=True)
            ],
        },
        "edges": [
            {"a": a, "b": b, "metres": m, "kind": kind, "why": why}
            for a, b, m, kind, why in zip(
                ids[edges["a"]].tolist(), ids[edges["b"]].tolist(),
                edges["metres"].round(2).tolist(), edges["kind"].tolist(), edges["why"].tolist(),
                strict=True)
        ],
        "wholes": [
            {"kind": own["kind"].iloc[0], "name": own["name"].iloc[0],
             "blocks": ids[own["block"]].tolist()}
            for _, own in ground.wholes.groupby("place") if len(own) > 1
        ],
        "across": ground.across,
        "rule": {"name": rule.name, "version": rule.version},
        "crs": srid,
    }  # fmt: skip


def _properties(blocks: Any) -> list[dict[str, Any]]:
    columns = ["id", "code", "area", "street", "parents", "compound", "households", "people",
               "merchants", "incidents", "frontage_m", "area_m2", "outline_m", "load", "x",
               "y"]  # fmt: skip
    table = blocks[columns].copy()
    for name in ("frontage_m", "area_m2", "outline_m", "x", "y"):
        table[name] = table[name].astype(float).round(2)
    table["load"] = table["load"].astype(float).round(4)
    plain = table.astype(object).where(table.notna(), None)
    for name in ("compound", "incidents"):
        whole = [None if v is None else int(v) for v in plain[name]]
        plain[name] = pd.Series(whole, plain.index, dtype=object)
    found: list[dict[str, Any]] = plain.to_dict("records")
    return found
