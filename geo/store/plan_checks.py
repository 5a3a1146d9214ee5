"""The rules of a plan, checked on what is in the database."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import psycopg

from geo import crs, rule_sentences, rules
from geo.adjacency import adjacency
from geo.layers import SMALL_COUNTS
from geo.load import Rule
from geo.rule_sentences import Lang
from geo.rules import NOBODY, Drawn, Finding, Limits
from geo.store import loads, plan_ground
from geo.store.database import LOCAL, Reader
from geo.store.redrawing import UnknownPlan

QUERIES = plan_ground.QUERIES

# Of degrees: a centimetre.
DIGITS = 7


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
    conn: psycopg.Connection, plan: int, rule: Rule,
    which: tuple[rules.Rule, ...] = rules.RULES, who: Reader = LOCAL,
) -> Checked:  # fmt: skip
    """What of ``plan`` breaks the rules ``which``, by the loads that ``who`` may be told.

    Raises `geo.store.redrawing.UnknownPlan`.
    """
    drawn = read(conn, plan, rule, who)
    areas: dict[str, str] = dict(conn.execute(QUERIES["area_names"]).fetchall())
    names = {int(str(number)): str(name) for number, name in drawn.grids["name"].items()}
    ids = drawn.blocks["id"].tolist()
    return Checked(rules.check(drawn, which), drawn.limits, ids, names, areas)


def told(checked: Checked, srid: int, lang: Lang) -> dict[str, Any]:
    """Findings as they are answered: how many hard and soft ones, and each, places in degrees."""
    found = checked.findings
    x, y = np.array([finding.place for finding in found], float).reshape(-1, 2).T
    lon, lat = crs.transform_points(x, y, srid, "wgs84")
    rows = [
        {
            "rule": finding.rule, "hard": finding.hard, "number": finding.number,
            "blocks": [checked.ids[row] for row in finding.blocks],
            "lon": east, "lat": north,
            "values": finding.facts, "reason": checked.sentence(finding, lang),
        }
        for finding, east, north in zip(
            found, lon.round(DIGITS).tolist(), lat.round(DIGITS).tolist(), strict=True)
    ]  # fmt: skip
    hard = sum(finding.hard for finding in found)
    return {"hard": hard, "soft": len(found) - hard, "findings": rows}


def read(conn: psycopg.Connection, plan: int, rule: Rule, who: Reader = LOCAL) -> Drawn:
    """``plan`` as the rules look at it: a draft as it is painted, others as they were published."""
    about = conn.execute(QUERIES["system"], {"plan": plan}).fetchone()
    if about is None:
        raise UnknownPlan(f"there is no plan {plan}")
    system, across, pattern, wishes = about
    blocks = plan_ground.read_blocks(conn, plan)
    weighed = loads.of_blocks(conn, rule, ids=blocks["id"].tolist())
    weighed = weighed if SMALL_COUNTS in who.rights else loads.discreet(weighed)
    for name in ("households", "load"):
        blocks[name] = weighed.blocks.loc[blocks["id"], name].to_numpy(float)
    found = conn.execute(QUERIES["assignment"], {"plan": plan})  # by id, as blocks are
    number = [NOBODY if n is None else n for (n,) in found]
    pairs, shared_m = adjacency(blocks.geometry.to_numpy())
    return Drawn(
        blocks=blocks, pairs=pairs, shared_m=shared_m,
        number=np.array(number, np.int64), grids=_grids(conn, plan),
        wholes=plan_ground.kept_whole(conn, blocks),
        across=across, pattern=pattern, limits=rules.limits_for(system, wishes),
    )  # fmt: skip


def _grids(conn: psycopg.Connection, plan: int) -> pd.DataFrame:
    rows = conn.execute(QUERIES["grids"], {"plan": plan}).fetchall()
    columns = ["number", "code", "name", "parent", "workers"]
    return pd.DataFrame(rows, columns=columns, dtype=object).set_index("number")
