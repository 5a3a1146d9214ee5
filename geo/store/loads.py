"""Loads of blocks, grids and areas, read by integer joins; the rule sets that weigh work."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import pandas as pd
import psycopg
from psycopg.types.json import Jsonb

from geo import load as law
from geo.discretion import small
from geo.load import STANDARD, Rule
from geo.store.database import read_setting
from geo.store.queries import load

QUERIES = load("loads")

YEAR = timedelta(days=365)
LEAST_WEEKS = 4.0
# What loads are computed from.
SOURCES = ("blocks", "areas", "segments", "homes", "incidents", "merchants", "stations",
           "load_rules")  # fmt: skip


class NoSuchRule(ValueError):
    """There is no rule set of this name, or not in this version."""


class Loads(NamedTuple):
    """Blocks with their loads, and how they were got.

    ``blocks`` (index: id): code, area_id, `geo.load.QUANTITIES`, parts_… minutes a week, ``load``.
    ``each``: minutes of a case by class. Cases are those from ``since`` to ``until``, so many
    ``weeks``.
    """

    blocks: pd.DataFrame
    each: pd.Series
    rule: Rule
    since: datetime
    until: datetime
    weeks: float


def of_blocks(
    conn: psycopg.Connection, rule: Rule, day: date | None = None, plan: int | None = None
) -> Loads:
    """Loads of the blocks in force on ``day`` (default: today), or of those of a ``plan``.

    Cases are those of a year up to the last report by that day.
    """
    on = day or _today(conn)
    which = QUERIES["of_day" if plan is None else "of_plan"]
    query = QUERIES["blocks"].replace(b"{which}", which)
    blocks = _frame(conn, query, {"day": on, "plan": plan}).set_index("id")
    since, until, weeks = _span(conn, on)
    cases = _frame(conn, QUERIES["cases"], {"since": since, "until": until})
    of_class = cases.groupby("class")[["handled", "hours"]].sum()
    of_class["hours"] /= of_class["handled"].where(of_class["handled"] > 0)
    each = law.case_minutes(of_class, rule.weights)
    counted = cases.groupby("block")["n"].sum().reindex(blocks.index).fillna(0)
    blocks["incidents"] = counted.astype("int64")
    parts = law.minutes(blocks, cases, each, weeks, rule.weights)
    return Loads(_with(blocks, parts), each, rule, since, until, weeks)


def _with(blocks: pd.DataFrame, parts: pd.DataFrame) -> pd.DataFrame:
    """``blocks`` with the minutes of their parts and the sum of these."""
    named = parts.add_prefix("part_")
    return blocks.assign(**{name: named[name] for name in named}, load=parts.sum(axis=1))


def discreet(loads: Loads) -> Loads:
    """The same where small counts of cases are not told: NaN, and loads that do not tell them."""
    blocks = loads.blocks
    parts = blocks[[f"part_{name}" for name in law.PARTS]]
    parts = law.discreet(parts.rename(columns=lambda n: n[5:]), blocks["incidents"])
    told = blocks["incidents"].mask(small(blocks["incidents"]))
    return loads._replace(blocks=_with(blocks, parts).assign(incidents=told))


def rules(conn: psycopg.Connection) -> pd.DataFrame:
    """All rule sets: name, version, title, title_en, weights, made_at, made_by; the usual first."""
    rows = _frame(conn, QUERIES["rules"], {})
    usual = {**STANDARD._asdict(), "weights": plain(STANDARD), "made_at": None, "made_by": ""}
    return pd.concat([pd.DataFrame([usual], dtype=object), rows.astype(object)], ignore_index=True)


def plain(rule: Rule) -> dict[str, Any]:
    """The weights of a rule as they are written down."""
    return {**rule.weights._asdict(), "cases": dict(rule.weights.cases)}


def rule_of(conn: psycopg.Connection, asked: str | None = None) -> Rule:
    """The rule set ``asked`` for: a name (its newest version) or name.version; default standard.

    Raises `NoSuchRule`.
    """
    name, _, version = (asked or STANDARD.name).partition(".")
    there = rules(conn)
    found = there[there["name"] == name]
    if version:
        found = found[found["version"].astype(str) == version]
    if found.empty:
        known = ", ".join(f"{n}.{v}" for n, v in zip(there["name"], there["version"], strict=True))
        raise NoSuchRule(f"there is no rule set {asked!r}; there are {known}")
    return _rule(found.sort_values("version").iloc[-1])


def _rule(row: pd.Series) -> Rule:
    name, title, title_en = (str(row[part]) for part in ("name", "title", "title_en"))
    return Rule(name, int(row["version"]), title, title_en, law.weights_of(row["weights"]))


def put_rule(
    conn: psycopg.Connection, name: str, titles: tuple[str, str], weights: Mapping[str, object],
    made_by: str = "",
) -> Rule:  # fmt: skip
    """Writes a rule set down as the next version of its name. Raises `geo.load.BadWeights`."""
    checked = law.weights_of(weights)
    conn.execute(QUERIES["lock_rules"])
    there = rules(conn)
    last = there.loc[there["name"] == name, "version"]
    version = int(last.max()) + 1 if len(last) else 1
    rule = Rule(name, version, *titles, checked)
    given = {"name": name, "version": version, "title": titles[0], "title_en": titles[1]}
    conn.execute(QUERIES["put_rule"], {**given, "weights": Jsonb(plain(rule)), "made_by": made_by})
    conn.execute(QUERIES["note"])
    conn.execute(QUERIES["wake_readers"])
    return rule


def _today(conn: psycopg.Connection) -> date:
    return date.fromisoformat(read_setting(conn).today())


def _span(conn: psycopg.Connection, day: date) -> tuple[datetime, datetime, float]:
    first, last = conn.execute(QUERIES["span"], {"day": day}).fetchone() or (None, None)
    if first is None or last is None:
        now = datetime.now().astimezone()
        return now, now, LEAST_WEEKS
    since = max(first, last - YEAR)
    return since, last, max((last - since) / timedelta(days=7), LEAST_WEEKS)


def _frame(conn: psycopg.Connection, query: bytes, params: Mapping[str, object]) -> pd.DataFrame:
    cursor = conn.execute(query, params)
    names = [column.name for column in cursor.description or ()]
    return pd.DataFrame(cursor.fetchall(), columns=names)
