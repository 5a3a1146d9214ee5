"""Rule sets that weigh work (table load_rule): the usual one, and those that people wrote down."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import psycopg
from psycopg.types.json import Jsonb

from geo import load as law
from geo.load import STANDARD, Rule
from geo.store.queries import load
from geo.store.staging import read_table

QUERIES = load("loads")


class NoSuchRule(ValueError):
    """There is no rule set of this name, or not in this version."""


def rules(conn: psycopg.Connection) -> pd.DataFrame:
    """All rule sets: name, version, title, title_en, weights, made_at, made_by; the usual first."""
    rows = read_table(conn, QUERIES["rules"])
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
