"""The rules of a plan, checked on what is in the database."""

from collections.abc import Mapping
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import psycopg

from geo import rule_sentences, rules, wholes
from geo.adjacency import adjacency
from geo.load import Rule

from geo.rule_sentences import Lang
from geo.rules import NOBODY, Drawn, Finding, Limits
from geo.store import loads, plan_ground
from geo.store.database import read_setting
from geo.store.staging import read_frame

QUERIES = plan_ground.QUERIES


class Checked(NamedTuple):
    """What the rules of a plan found; ``ids`` of blocks by row, names of grids and areas."""

    findings: list[Finding]
    limits: Limits
    ids: list[int]
    grids: Mapping[int, str]
    areas: Mapping[str, str]

    def sentence(self, finding: Finding, lang: Lang) -> str:
        """``finding`` in a language."""
        return rule_sentences.sentence(finding, self.grids, self.areas, lang)


def check(
    conn: psycopg.Connection, plan: int, rule: Rule, which: tuple[rules.Rule, ...] = rules.RULES
) -> Checked:
    """What of ``plan`` breaks the rules ``which``; raises `geo.store.plan_ground.NoPlanHere`."""
    drawn = read(conn, plan, rule)
    areas = dict(conn.execute(QUERIES["area_names"]).fetchall())
    names = {int(str(number)): str(name) for number, name in drawn.grids["name"].items()}
    ids = drawn.blocks["id"].tolist()
    return Checked(rules.check(drawn, which), drawn.limits, ids, names, areas)


def read(conn: psycopg.Connection, plan: int, rule: Rule) -> Drawn:
    """``plan`` as the rules look at it: a draft as it is painted, others as they were published."""
    about = plan_ground.plan_of(conn, plan)
    blocks = plan_ground.read_blocks(conn, plan)
    weighed = loads.of_blocks(conn, rule, plan=plan).blocks.loc[blocks["id"]]
    for name in ("households", "load"):
        blocks[name] = weighed[name].to_numpy(float)
    drafted = about["status"] in DRAFTS
    assigned = dict(conn.execute(_of(drafted, "assignment"), {"plan": plan}).fetchall())
    grids = pd.DataFrame(
        conn.execute(_of(drafted, "grids"), {"plan": plan}).fetchall(),
        columns=["number", "code", "name", "parent", "workers"],
    ).set_index("number")
    pairs, shared_m = adjacency(blocks.geometry.to_numpy())
    return Drawn(
        blocks=blocks, pairs=pairs, shared_m=shared_m,
        number=np.array([assigned.get(id_, NOBODY) for id_ in blocks["id"].tolist()], np.int64),
        grids=grids, wholes=_wholes(conn, blocks),
        across=bool(about["across"]), pattern=str(about["code_pattern"]),
        limits=limits_of(str(about["system"]), about["wishes"]),
    )  # fmt: skip


def _of(drafted: bool, query: str) -> bytes:
    return QUERIES[f"draft_{query}" if drafted else query]


def limits_of(system: str, wishes: Mapping[str, object]) -> Limits:
    """The limits of a plan: those of its system, and what was wished for it."""
    usual = rules.MANAGEMENT if system == loads.USUAL_SYSTEM else Limits()
    own = wishes.get("limits", {})
    return rules.limits_of(own if isinstance(own, Mapping) else {}, usual)


def _wholes(conn: psycopg.Connection, blocks: gpd.GeoDataFrame) -> pd.DataFrame:
    """What should stay together: kind, name, place, block."""
    srid, found = read_setting(conn).srid, []
    for query in ("compounds", "protected"):
        places = read_frame(conn, QUERIES[query], srid=srid)
        spans = wholes.spans(places.geometry.to_numpy(), blocks.geometry.to_numpy())
        at = spans["place"].to_numpy()
        kind = places["kind"] if query == "protected" else pd.Series("compound", places.index)
        name = places["name"].to_numpy(object)[at]
        found.append(spans.assign(kind=kind.to_numpy(object)[at], name=name, place=at))
    found[1]["place"] += len(blocks) + len(found[0])  # other places than compounds
    return pd.concat(found, ignore_index=True)[["kind", "name", "place", "block"]]
