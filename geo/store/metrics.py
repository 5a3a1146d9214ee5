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
    "households": (), "duty_share": ("duties",),
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
    conn.execute(QUERIES["fresh"])
    changed = conn.execute(QUERIES["drop_values"]).rowcount > 0
    keys, layers = zip(*wanted, strict=True)
    given = {"keys": list(keys), "layers": list(layers), "revisions": list(wanted.values())}
    conn.execute(QUERIES["put_revisions"], given)
    changed = conn.execute(QUERIES["put_values"]).rowcount > 0 or changed
    conn.execute(QUERIES["forget"])
    return changed


def _revision(key: str, layer: str, revisions: Mapping[str, str], today: str) -> str:
    sources = (*SUMMED[key], *THROUGH[layer])
    return " ".join([*(f"{source}:{revisions[source]}" for source in sources), f"on:{today}"])
