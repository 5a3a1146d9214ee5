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


def refresh_grounds(conn: psycopg.Connection, srid: int) -> bool:
    """Makes the isochrones of all stations; writes what differs and says whether anything did."""
    paths = walking.build(read_frame(conn, QUERIES["segments"], srid=srid))
    stations = read_frame(conn, QUERIES["stations"], srid=srid)
    conn.execute(QUERIES["stage_ground"])
    copy_rows(conn, QUERIES["copy_ground"], _isochrones(paths, stations, srid))
    return _write(conn, "drop_catchments", "put_catchments", "forget_ground")


def refresh_reach(conn: psycopg.Connection, on: str, srid: int) -> bool:
    """Finds the nearest stations for a day (ISO), and counts what catchments hold.

    Writes what differs and says whether anything did.
    """
    ground = read_ground(conn, on, srid)
    conn.execute(QUERIES["stage_reach"])
    copy_rows(conn, QUERIES["copy_reached"], _reached(ground))
    copy_rows(conn, QUERIES["copy_counted"], _counted(ground))
    return _write(conn, "drop_reach", "put_reach", "put_counts", "forget_reach")


def _write(conn: psycopg.Connection, *steps: str) -> bool:
    """Runs the queries, the last of which clears up; whether any before it changed a row."""
    changed = [conn.execute(QUERIES[step]).rowcount > 0 for step in steps]
    return any(changed[:-1])


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


def _isochrones(
    paths: Paths, stations: geopandas.GeoDataFrame, srid: int
) -> Iterator[tuple[object, ...]]:
    limits = [pace.metres_in(minutes) for minutes in MINUTES]
    spots = walking.snap(paths, stations.geometry.to_numpy(object))
    found = walking.catchments(paths, spots, limits[-1])
    shapes = isochrones.polygons(paths, found, spots, limits)
    ids = stations["id"].tolist()
    for k in np.flatnonzero(spots.row >= 0).tolist():
        for minutes, ewkb in zip(MINUTES, to_ewkb(shapes[k], srid), strict=True):
            yield ids[k], minutes, ewkb


def _counted(ground: Ground) -> Iterator[tuple[object, ...]]:
    limits = [pace.metres_in(minutes) for minutes in MINUTES]
    households, merchants = (_within(ground, layer, limits) for layer in ("blocks", "merchants"))
    for k, station in enumerate(ground.frames["stations"]["id"].tolist()):
        for j, minutes in enumerate(MINUTES):
            yield station, minutes, int(households[k, j]), int(merchants[k, j])


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
