"""The tables ``metric`` and ``metric_value``: what units are coloured by, with revisions."""

from collections.abc import Mapping

import psycopg

from geo.layers import METRICS
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
}  # fmt: skip
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
    wanted = {
        (metric.key, layer): _revision(metric.key, layer, revisions, today)
        for metric in METRICS
        for layer in metric.layers
    }
    there = {(key, layer): named for key, layer, named in conn.execute(QUERIES["revisions"])}
    conn.execute(QUERIES["fresh"])
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


def _revision(key: str, layer: str, revisions: Mapping[str, str], today: str) -> str:
    sources = (*SUMMED[key], *THROUGH[layer])
    return " ".join([*(f"{source}:{revisions[source]}" for source in sources), f"on:{today}"])
