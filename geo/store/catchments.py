"""The tables ``reach`` and ``catchment``: how far everything is from the stations, on foot.

Whoever imports this waits for the compiler: it is imported where the work is done.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import geopandas
import numpy as np
import psycopg

from geo import isochrones, pace, walking
from geo.cells import Floats
from geo.pace import MINUTES
from geo.store.queries import load
from geo.store.staging import copy_rows, or_none, read_frame, to_ewkb
from geo.walking import Paths, Spots

QUERIES = load("catchments")

# What has a distance to the nearest station.
UNITS = ("blocks", "compounds", "merchants")
Frames = Mapping[str, geopandas.GeoDataFrame]


class Ground(NamedTuple):
    """The walking network with stations and units on it; frames and spots by layer."""

    paths: Paths
    frames: Frames
    spots: Mapping[str, Spots]


def read_ground(conn: psycopg.Connection, on: str, srid: int) -> Ground:
    """The network, the stations and the units in force on a day (ISO), placed on the network."""
    segments = read_frame(conn, QUERIES["segments"], srid=srid)
    paths = walking.build(segments)
    frames = {
        layer: read_frame(conn, QUERIES[layer], {"on": on}, srid=srid)
        for layer in ("stations", *UNITS)
    }
    spots = {k: walking.snap(paths, f.geometry.to_numpy(object)) for k, f in frames.items()}
    return Ground(paths, frames, spots)


def refresh_reach(conn: psycopg.Connection, on: str, srid: int) -> bool:
    """Computes both tables for a day (ISO); writes what differs and says whether anything did."""
    ground = read_ground(conn, on, srid)
    conn.execute(QUERIES["stage"])
    copy_rows(conn, QUERIES["copy_reached"], _reached(ground))
    copy_rows(conn, QUERIES["copy_ground"], _isochrones(ground, srid))
    steps = ("drop_reach", "put_reach", "drop_catchments", "put_catchments")
    changed = [conn.execute(QUERIES[step]).rowcount > 0 for step in steps]
    conn.execute(QUERIES["forget"])
    return any(changed)


def _reached(ground: Ground) -> Iterator[tuple[object, ...]]:
    stations = ground.frames["stations"]["id"].to_numpy(np.int64)
    for layer in UNITS:
        spots = ground.spots[layer]
        found = walking.nearest(ground.paths, ground.spots["stations"], spots)
        there = found.source >= 0
        station = [int(stations[k]) if k >= 0 else None for k in found.source]
        metres = np.where(there, found.metres, np.nan)
        columns = (metres, pace.minutes_for(metres), spots.offset_m)
        unit = ground.frames[layer]["id"].tolist()
        rows = zip(unit, station, *(or_none(column) for column in columns), strict=True)
        yield from ((layer, *row) for row in rows)


def _isochrones(ground: Ground, srid: int) -> Iterator[tuple[object, ...]]:
    limits = [pace.metres_in(minutes) for minutes in MINUTES]
    stations = ground.spots["stations"]
    found = walking.catchments(ground.paths, stations, limits[-1])
    shapes = isochrones.polygons(ground.paths, found, stations, limits)
    households, merchants = (_within(ground, layer, limits) for layer in ("blocks", "merchants"))
    ids = ground.frames["stations"]["id"].tolist()
    for k in np.flatnonzero(stations.row >= 0).tolist():
        for j, minutes in enumerate(MINUTES):
            (ewkb,) = to_ewkb(shapes[k, j : j + 1], srid)
            yield ids[k], minutes, int(households[k, j]), int(merchants[k, j]), ewkb


def _within(ground: Ground, layer: str, limits: list[float]) -> Floats:
    """Households of blocks, or shops, within each limit of each station, shape (k, l)."""
    stations = ground.spots["stations"]
    pairs = walking.pairs(ground.paths, stations, ground.spots[layer], limits[-1])
    households = ground.frames[layer]["households"]
    everyone = households.astype(float).fillna(0.0).to_numpy()
    weight = np.ones(len(households)) if layer == "merchants" else everyone
    count = len(stations.row)
    sums = [
        np.bincount(pairs.source[near], weight[pairs.target[near]], count)
        for near in (pairs.metres <= limit for limit in limits)
    ]
    return np.stack(sums, axis=1)
