"""Tables that come from counting points: ``thinning`` (how many are shown) and ``density``."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
import psycopg
from psycopg import sql

from geo import crs, density
from geo.layers import LAYERS, Layer, share
from geo.store import layers
from geo.store.queries import load
from geo.store.staging import to_ewkb

QUERIES = load("refreshing")

THINNED = tuple(layer for layer in LAYERS.values() if layer.budget)
# Shares that are told apart: 1, 1/2 … 1/2²⁴.
HALVINGS = 24
# Incidents read at once: bounds the memory that counting takes.
PORTION = 1_000_000
PLACE = np.dtype([("x", ">f8"), ("y", ">f8"), ("open", "?")])


def refresh_shares(conn: psycopg.Connection) -> bool:
    """Chooses what share of its points each layer shows at each zoom; says whether any changed."""
    found = {(layer, zoom): part for layer, zoom, part in conn.execute(QUERIES["read_shares"])}
    chosen = {key: part for layer in THINNED for key, part in _choose(conn, layer)}
    if chosen == found:
        return False
    conn.execute(QUERIES["drop_shares"])
    names, zooms = zip(*chosen, strict=True)
    given = {"layers": list(names), "zooms": list(zooms), "shares": list(chosen.values())}
    conn.execute(QUERIES["put_shares"], given)
    changed = {layer for (layer, _), _ in chosen.items() ^ found.items()}
    conn.execute(QUERIES["note_layers"], {"layers": sorted(changed)})
    return True


def _choose(conn: psycopg.Connection, layer: Layer) -> Iterator[tuple[tuple[str, int], float]]:
    below = _below(conn, layer)
    for zoom in range(layer.min_zoom, layer.budget[-1][0] + 1):
        yield (layer.key, zoom), share(layer, zoom, below)


def _below(conn: psycopg.Connection, layer: Layer) -> list[int]:
    """How many points of ``layer`` have a rank below 1, 1/2, 1/4 …"""
    shares = [2.0**-k for k in range(HALVINGS, 0, -1)]
    query = sql.SQL(QUERIES["ranks"].decode()).format(view=layers.view(layer))
    counts = np.zeros(HALVINGS + 1, np.int64)
    for reached, count in conn.execute(query, {"shares": shares}):
        counts[reached] = count
    below: list[int] = np.cumsum(counts)[::-1].tolist()
    return below


def refresh_density(conn: psycopg.Connection, srid: int) -> bool:
    """Counts incidents by H3 cells; writes the cells that differ and says whether any did.

    A cell that stays keeps its id.
    """
    new = _tally(conn, srid)
    rows = conn.execute(QUERIES["read_density"]).fetchall()
    old = pd.DataFrame(rows, columns=["name", "old_count", "old_open"]).astype({"name": str})
    both = new.merge(old, on="name", how="outer")
    gone, added = both["count"].isna(), both["old_count"].isna()
    differ = (both["count"] != both["old_count"]) | (both["open"] != both["old_open"])
    stay = both[differ & ~gone & ~added]
    if gone.any():
        conn.execute(QUERIES["drop_density"], {"cells": both.loc[gone, "name"].tolist()})
    if len(stay):
        conn.execute(QUERIES["update_density"], _columns(stay))
    if added.any():
        fresh = both[added]
        # By name: where cells went, the merge has made floats of the numbers, which round them.
        cells = density.numbers(fresh["name"])
        shapes = to_ewkb(density.outlines(cells, srid), srid)
        levels = fresh["resolution"].astype(int).tolist()
        given = _columns(fresh) | {"resolution": levels, "geom": shapes}
        conn.execute(QUERIES["insert_density"], given)
    return bool(differ.any())


def _columns(cells: pd.DataFrame) -> dict[str, object]:
    numbers = {name: cells[name].astype(int).tolist() for name in ("count", "open")}
    return {"cells": cells["name"].tolist()} | numbers


def _tally(conn: psycopg.Connection, srid: int) -> pd.DataFrame:
    first, last = conn.execute(QUERIES["last_incident"]).fetchone() or (0, -1)
    tallies = [density.tally([], [], [])]
    for start in range(first, last + 1, PORTION):
        given = {"first": start, "last": start + PORTION}
        (packed,) = conn.execute(QUERIES["places"], given, binary=True).fetchone() or (None,)
        place = np.frombuffer(packed or b"", PLACE)
        lon, lat = crs.transform_points(place["x"], place["y"], srid, "wgs84")
        tallies.append(density.tally(lon, lat, place["open"]))
    found = density.add(tallies)
    return found.assign(name=pd.array(density.names(found["cell"]), dtype="str"))
