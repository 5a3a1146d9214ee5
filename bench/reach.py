"""Reach over a network: Luge against pgRouting and scipy on the same graph, in turns, medians.

scripts/bench reach                  the small city: 45 124 edges, 300 stations
scripts/bench reach --city large     448 883 edges, 3 000 stations

Two questions: the nearest station of every node, and the whole catchments of all stations up to
1 km. The graph has an edge for each of the city's segments; stations stand at nodes drawn anew for
each seed. pgRouting reads its edges from an unlogged, analysed table in the benchmarks' own
cluster, as it does at each call; what is timed is the server's work alone: rows are summed up
there, not sent. Luge and scipy have their graph in memory; the line "graph built too" adds that.

pgRouting can be asked for the nearest station in two ways: `pgr_drivingDistance` with `equicost`,
which is made for it and names the station; and from one more node that all stations hang on, which
gives distances without stations, but is faster. Both are timed.

pgRouting comes as Debian's package postgresql-15-pgrouting (3.4.2), scipy with Luge.
"""

import argparse
import gc
import os
import platform
import time
from collections.abc import Callable, Iterator
from statistics import median
from typing import NamedTuple

import numpy as np
import psycopg
import shapely
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import dijkstra

from bench import city as cities
from bench import database
from geo import reach

STATIONS = {"small": 300, "large": 3_000}
WITHIN_M = 1_000.0
ANYWHERE_M = 1e9
REST_S = 0.5
# scipy answers with a whole row of nodes a station; so many rows at a time.
ROWS = 50
CLOSE_M = 0.01
HUB, HANGS_FROM = 999_999_999, 1_000_000_000

EDGES = "select id, source, target, cost from bench.edge"
HANGING = f"{EDGES} union all select {HANGS_FROM} + node, {HUB}, node, 0.0 from bench.station"
STATIONS_OF = "(select array_agg(node order by node) from bench.station)"
DRIVING = f"pgr_drivingDistance('{EDGES}', {STATIONS_OF}, {WITHIN_M}, directed := false)"
EQUICOST = (
    f"pgr_drivingDistance('{EDGES}', {STATIONS_OF}, {ANYWHERE_M}, directed := false,"
    " equicost := true)"
)
FROM_HUB = f"pgr_drivingDistance('{HANGING}', {HUB}, {ANYWHERE_M}, directed := false)"
SUMMED = "select count(*), sum(agg_cost) from {}"


class Town(NamedTuple):
    """The city as edges between nodes 0 … n−1, and its stations' nodes in ascending order."""

    nodes: int
    start: np.ndarray
    end: np.ndarray
    metres: np.ndarray
    stations: np.ndarray

    @property
    def seeds(self) -> reach.Seeds:
        """The stations as seeds."""
        return reach.seeds(np.arange(len(self.stations)), self.stations, 0.0 * self.stations)


def main() -> None:
    """Parses arguments, runs, prints."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--city", choices=list(cities.SIDES), default="small")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--seed", type=int, default=5)
    options = parser.parse_args()
    reach.warm()
    town = make(options.city, options.seed)
    graph = _graph(town)
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores,", end=" ")
    print(f"load {os.getloadavg()[0]:.1f}; {town.nodes} nodes, {len(town.start)} edges,", end=" ")
    print(f"{len(town.stations)} stations")
    with psycopg.connect(database.start(), autocommit=True) as conn:
        _load(conn, town)
        for name, runs in _questions(conn, town, graph).items():
            _report(name, _in_turns(runs, options.repeat))
        _compare(conn, town, graph)
    print(f"load at the end {os.getloadavg()[0]:.1f}")


def make(size: str, seed: int) -> Town:
    """The generated city, its segments joined where their ends meet (to the millimetre)."""
    city = cities.make(size)
    ends = [shapely.get_coordinates(shapely.get_point(city.axes, at)) for at in (0, -1)]
    xy, node = np.unique(np.round(np.concatenate(ends), 3), axis=0, return_inverse=True)
    start, end = node.reshape(2, -1)
    drawn = np.random.default_rng(seed).choice(len(xy), STATIONS[size], replace=False)
    return Town(len(xy), start, end, shapely.length(city.axes), np.sort(drawn))


def _graph(town: Town) -> reach.Graph:
    return reach.graph(town.nodes, town.start, town.end, town.metres)


def _load(conn: psycopg.Connection, town: Town) -> None:
    """Edges and stations; numbers of nodes from 1, as pgRouting wants them."""
    conn.execute("create extension if not exists pgrouting cascade")
    print("pgRouting", conn.execute("select pgr_version()").fetchone()[0])
    conn.execute("drop schema if exists bench cascade; create schema bench")
    conn.execute(
        "create unlogged table bench.edge (id int8, source int8, target int8, cost float8)"
    )
    conn.execute("create unlogged table bench.station (node int8)")
    ids, start, end = np.arange(1, len(town.start) + 1), town.start + 1, town.end + 1
    with conn.cursor().copy("copy bench.edge from stdin") as copy:
        for row in zip(*(v.tolist() for v in (ids, start, end, town.metres)), strict=True):
            copy.write_row(row)
    with conn.cursor().copy("copy bench.station from stdin") as copy:
        for node in (town.stations + 1).tolist():
            copy.write_row([node])
    conn.execute("vacuum analyze bench.edge, bench.station")


Runs = dict[str, Callable[[], object]]


def _questions(conn: psycopg.Connection, town: Town, graph: reach.Graph) -> dict[str, Runs]:
    seeds, count, matrix = town.seeds, len(town.stations), _matrix(town)

    def server(function: str) -> Callable[[], object]:
        return lambda: conn.execute(SUMMED.format(function)).fetchone()

    def ours(threads: int) -> Callable[[], object]:
        return lambda: reach.catchments(graph, seeds, count, WITHIN_M, threads)

    return {
        "nearest station of every node": {
            "luge": lambda: reach.nearest(graph, seeds),
            "luge, graph built too": lambda: reach.nearest(_graph(town), seeds),
            "scipy, min_only": lambda: _scipy_nearest(matrix, town),
            "pgRouting, equicost": server(EQUICOST),
            "pgRouting, distance only": server(FROM_HUB),
        },
        "catchments up to 1 km": {
            "luge, 4 threads": ours(4),
            "luge, 1 thread": ours(1),
            "luge, graph built too": lambda: reach.catchments(
                _graph(town), seeds, count, WITHIN_M, 4
            ),
            "scipy, limit": lambda: sum(len(m) for _, _, m in _scipy_catchments(matrix, town)),
            "pgRouting": server(DRIVING),
        },
    }


def _matrix(town: Town) -> csr_array:
    shape = (town.nodes, town.nodes)
    return coo_array((town.metres, (town.start, town.end)), shape=shape).tocsr()


def _scipy_nearest(matrix: csr_array, town: Town) -> tuple[np.ndarray, np.ndarray]:
    metres, _, source = dijkstra(
        matrix, directed=False, indices=town.stations, min_only=True, return_predecessors=True
    )
    return metres, source


def _scipy_catchments(
    matrix: csr_array, town: Town
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    for at in range(0, len(town.stations), ROWS):
        part = town.stations[at : at + ROWS]
        metres = dijkstra(matrix, directed=False, indices=part, limit=WITHIN_M)
        station, node = np.nonzero(np.isfinite(metres))
        yield station + at, node, metres[station, node]


def _in_turns(runs: Runs, repeat: int) -> dict[str, list[float]]:
    taken: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(repeat):
        for name, run in runs.items():
            gc.collect()
            time.sleep(REST_S)
            start = time.perf_counter()
            run()
            taken[name].append(time.perf_counter() - start)
    return taken


def _report(question: str, taken: dict[str, list[float]]) -> None:
    ours = median(next(iter(taken.values())))
    print(f"| {question} | median ms | × luge | all turns, ms |")
    print("|---|---|---|---|")
    for name, seconds in taken.items():
        turns = " ".join(f"{s * 1e3:.1f}" for s in seconds)
        print(f"| {name} | {median(seconds) * 1e3:.1f} | {median(seconds) / ours:.1f} | {turns} |")


def _compare(conn: psycopg.Connection, town: Town, graph: reach.Graph) -> None:
    """Every distance of every peer against ours."""
    near = reach.nearest(graph, town.seeds)
    metres, source = _scipy_nearest(_matrix(town), town)
    other = (town.stations[near.source] != source).sum()
    _say("nearest, scipy", near.metres, metres, f"{other} nodes with another station")
    rows = _rows(conn, f"select node - 1, agg_cost from {FROM_HUB} where node <> {HUB}")
    _say("nearest, pgRouting, distance only", near.metres[rows[0].astype(int)], rows[1])
    rows = _rows(conn, f"select node - 1, agg_cost from {EQUICOST}")
    _say("nearest, pgRouting, equicost", near.metres[rows[0].astype(int)], rows[1])
    found = reach.catchments(graph, town.seeds, len(town.stations), WITHIN_M)
    station = np.repeat(np.arange(len(town.stations)), np.diff(found.first))
    key = station * town.nodes + found.node
    ours = dict(zip(key.tolist(), found.metres.tolist(), strict=True))
    parts = [np.concatenate(v) for v in zip(*_scipy_catchments(_matrix(town), town), strict=True)]
    _say_pairs("catchments, scipy", ours, parts[0] * town.nodes + parts[1], parts[2])
    rows = _rows(conn, f"select from_v - 1, node - 1, agg_cost from {DRIVING}")
    at = np.searchsorted(town.stations, rows[0].astype(int))
    _say_pairs("catchments, pgRouting", ours, at * town.nodes + rows[1].astype(int), rows[2])


def _rows(conn: psycopg.Connection, query: str) -> np.ndarray:
    with conn.cursor(binary=True) as cursor:
        return np.array(cursor.execute(query).fetchall(), float).T


def _say(what: str, ours: np.ndarray, theirs: np.ndarray, besides: str = "") -> None:
    off = np.abs(ours - theirs)
    print(f"{what}: {len(off)} distances, {(off > CLOSE_M).sum()} more than 1 cm apart,", end=" ")
    print(f"the most {off.max():.2g} m; {besides}")


def _say_pairs(what: str, ours: dict[int, float], key: np.ndarray, metres: np.ndarray) -> None:
    both = np.array([ours.get(k, np.nan) for k in key.tolist()])
    there = np.isfinite(both)
    alone = f"{(~there).sum()} pairs only there, {len(ours) - there.sum()} only here"
    _say(what, both[there], metres[there], alone)


if __name__ == "__main__":
    main()
