"""The tables ``metric`` and ``metric_value``: what units are coloured by, with revisions."""

from collections.abc import Mapping
from datetime import date

import psycopg

from geo.load import PARTS, Rule
from geo.metrics import METRICS
from geo.store import load_rules, loads
from geo.store.loads import Units
from geo.store.queries import load

QUERIES = load("metrics")

# What the values of a layer's units are summed through, and what is summed.
THROUGH = {
    "areas": ("blocks", "areas"),
    "grids": ("blocks", "grids", "assignments"),
    "blocks": ("blocks",),
    "segments": ("segments",),
}
SUMMED = {
    "incidents": ("incidents",), "incidents_open": ("incidents",), "merchants": ("merchants",),
    "households": (), "duty_share": ("coverage", "homes"), "lived_share": ("coverage", "homes"),
    "reach_minutes": ("reach",), "far_households": ("reach",),
    "load": loads.SOURCES, "load_per_worker": loads.SOURCES,
}  # fmt: skip
# What loads of these are made of, each part by itself; no map is coloured by them.
PARTS_OF = [(f"part_{part}", layer) for layer in ("grids", "areas") for part in PARTS]
# Whatever any metric is made from.
SOURCES = tuple(
    sorted({source for some in (*THROUGH.values(), *SUMMED.values()) for source in some})
)


def refresh_metrics(conn: psycopg.Connection, revisions: Mapping[str, str], today: str) -> bool:
    """Computes all metrics; writes values that differ and says whether any did.

    ``revisions`` are those of `SOURCES`; each metric names the ones it was computed from, and the
    day where it depends on it. Areas, grids and blocks as they are in force today; an area's value
    includes those of the areas in it.
    """
    rule = load_rules.rule_of(conn)
    wanted = {
        (metric.key, layer): _revision((metric.key, layer), revisions, today, rule)
        for metric in METRICS
        for layer in metric.layers
    } | {part: _revision(("load", part[1]), revisions, today, rule) for part in PARTS_OF}
    there = {(key, layer): named for key, layer, named in conn.execute(QUERIES["revisions"])}
    conn.execute(QUERIES["fresh"])
    _add_loads(conn, rule, date.fromisoformat(today))
    if there != wanted:
        _put_revisions(conn, wanted)
    changed = [conn.execute(QUERIES[step]).rowcount > 0 for step in ("drop_values", "put_values")]
    if there == wanted and any(changed):
        _put_revisions(conn, wanted)  # only this tells tiles of new values
    conn.execute(QUERIES["forget"])
    return any(changed)


def _put_revisions(conn: psycopg.Connection, wanted: dict[tuple[str, str], str]) -> None:
    keys, layers = zip(*wanted, strict=True)
    given = {"keys": list(keys), "layers": list(layers), "revisions": list(wanted.values())}
    conn.execute(QUERIES["put_revisions"], given)


def _add_loads(conn: psycopg.Connection, rule: Rule, today: date) -> None:
    """Loads of units, and those for each worker, to the fresh values."""
    found = loads.of_blocks(conn, rule, today)
    for of in ("blocks", "grids", "areas"):
        table = loads.of_units(conn, found, Units(of, None, None), today)
        parts = [key for key, layer in PARTS_OF if layer == of]
        for key in ("load", "load_per_worker", *parts):
            values = table[key].dropna().round(6)
            given = {"key": key, "layer": of, "ids": values.index.tolist()}
            conn.execute(QUERIES["add_values"], {**given, "values": values.tolist()})


def _revision(which: tuple[str, str], revisions: Mapping[str, str], today: str, rule: Rule) -> str:
    sources = dict.fromkeys((*SUMMED[which[0]], *THROUGH[which[1]]))
    named = [
        f"rule:{rule.key}" if source == "load_rules" else f"{source}:{revisions[source]}"
        for source in sources
    ]
    return " ".join([*named, f"on:{today}"])
