"""Fair shares: Luge's proposal against public tools that divide graphs, in turns, on equal terms.

scripts/bench shares                  the sample district (its own database: see below)
scripts/bench shares --city small     a generated city: 45 124 segments, 451 chiefs
scripts/bench shares --city large     448 883 segments, 4 488 chiefs

All get the same graph, the same loads and the same number of parts. METIS (pymetis) and
GerryChain know nothing of today's shares: their parts are given to the chiefs whom they share
most load with (an assignment of greatest overlap), which is the best that can be made of them.
A city's shares today are METIS's, even in metres only, as they were drawn before work was counted.
"""

import argparse
import gc
import os
import time
from collections.abc import Callable
from statistics import median
from typing import NamedTuple

import numpy as np
import shapely
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array

from bench import city as cities
from geo.balance import graph as graphs
from geo.balance.divide import Task, divide
from geo.balance.graph import Graph

BAND = 0.05
SEGMENTS_PER_CHIEF = 100
UNIT = 60  # METIS takes whole numbers: of weights of edges, and of loads by their mean
LOAD_UNITS = 1000
Parts = np.ndarray


class Case(NamedTuple):
    """What is divided: today's shares as they are, and what makes them uneven."""

    graph: Graph
    load: np.ndarray
    metres: np.ndarray
    home: Parts
    chiefs: int


def main() -> None:
    """Parses arguments, runs, prints."""
    options = _parser().parse_args()
    case = _city(options.city) if options.city else _sample()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f};", end=" ")
    print(f"{case.graph.vertices} stretches, {len(case.graph.to) // 2} edges, {case.chiefs} chiefs")
    _line("today", case.home, case, [])
    runs = _runs(case, options)
    taken: dict[str, list[float]] = {name: [] for name in runs}
    found: dict[str, list[Parts]] = {name: [] for name in runs}
    warm = _toy()
    divide(warm.graph, _task(warm, near=True), 0, 1000)  # compiled, before anything is timed
    for turn in range(options.repeat):
        for name, run in runs.items():
            gc.collect()
            start = time.perf_counter()
            found[name].append(run(turn))
            taken[name].append(time.perf_counter() - start)
            print(f"  turn {turn + 1}: {name} {taken[name][-1]:.2f} s", flush=True)
    print("| | max / mean | variation | in one piece | cut | load in other hands | stretches | s |")
    print("|---|---|---|---|---|---|---|---|")
    _line("today", case.home, case, [])
    for name in runs:
        best = min(found[name], key=lambda part: _worth(part, case))
        _line(name, best, case, taken[name])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--city", choices=list(cities.SIDES))
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--tries", type=int, help="of moves [as many as usual]")
    parser.add_argument("--without", nargs="*", default=[], help="tools to leave out")
    return parser


def _runs(case: Case, options: argparse.Namespace) -> dict[str, Callable[[int], Parts]]:
    tries = options.tries
    runs: dict[str, Callable[[int], Parts]] = {
        "luge, near today's": lambda seed: (
            divide(case.graph, _task(case, near=True), seed, tries).part
        ),
        "luge, from nothing": lambda seed: _renamed(
            divide(case.graph, _task(case, near=False), seed, tries).part, case
        ),
        "metis, best of 30": lambda seed: _best_of(
            30, lambda k: _metis(case, case.load, 30 * seed + k), case
        ),
        "metis, once": lambda seed: _renamed(_metis(case, case.load, seed), case),
        "gerrychain, recursive trees": lambda seed: _renamed(_gerrychain(case, seed), case),
    }
    return {k: v for k, v in runs.items() if not any(k.startswith(o) for o in options.without)}


def _task(case: Case, *, near: bool) -> Task:
    n = case.graph.vertices
    home = case.home if near else np.full(n, -1, np.int32)
    # From nothing only borders count besides the load, as they do for METIS.
    return Task(case.load, home, np.ones(n), np.zeros(n, bool), case.chiefs, BAND,
                0.1 if near else 1.0)  # fmt: skip


def _metis(case: Case, load: np.ndarray, seed: int) -> Parts:
    import pymetis

    weight = np.maximum(np.round(load / load.mean() * LOAD_UNITS), 1).astype(int)
    edges = np.maximum(np.round(case.graph.weight * UNIT), 1).astype(int)
    rows = pymetis.CSRAdjacency(case.graph.start.astype(int), case.graph.to.astype(int))
    ufactor = round(1000 * BAND)
    options = pymetis.Options(contig=1, seed=seed, ufactor=ufactor)
    _, part = pymetis.part_graph(
        case.chiefs, adjacency=rows, vweights=weight, eweights=edges, options=options,
        recursive=False,
    )  # fmt: skip
    return np.array(part, np.int32)


def _gerrychain(case: Case, seed: int) -> Parts:
    import random

    import networkx
    from gerrychain import Graph as Chained
    from gerrychain.partition import recursive_tree_part

    random.seed(seed)
    plain = networkx.Graph()
    for v, load in enumerate(case.load):
        plain.add_node(v, load=float(load))
    source = graphs.sources(case.graph)
    plain.add_edges_from(zip(source.tolist(), case.graph.to.tolist(), strict=True))
    target = case.load.sum() / case.chiefs
    # Its tolerance is widened until it finds anything at all.
    for band in (BAND, 2 * BAND, 4 * BAND, 8 * BAND):
        try:
            found = recursive_tree_part(
                Chained.from_networkx(plain), range(case.chiefs), target, "load", band
            )
            return np.array([found[v] for v in range(len(case.load))], np.int32)
        except Exception as error:
            print(f"    gerrychain at ±{band:.0%}: {type(error).__name__}", flush=True)
    return case.home


def _best_of(times: int, run: Callable[[int], Parts], case: Case) -> Parts:
    found = [_renamed(run(k), case) for k in range(times)]
    return min(found, key=lambda part: _worth(part, case))


def _renamed(part: Parts, case: Case) -> Parts:
    """The same parts, each given to the chief with whom it shares most load."""
    shape = (case.chiefs, case.chiefs)
    shared = coo_array((case.load, (part, case.home)), shape=shape).toarray()
    rows, chiefs = linear_sum_assignment(-shared)
    return chiefs[np.argsort(rows)][part].astype(np.int32)


def _worth(part: Parts, case: Case) -> float:
    """Out of the band first, then what changes hands."""
    load = np.bincount(part, case.load, minlength=case.chiefs)
    out = np.maximum(np.abs(load / load.mean() - 1) - BAND, 0).sum()
    return 1000 * round(out, 2) + case.load[part != case.home].sum() / case.load.sum()


def _line(name: str, part: Parts, case: Case, seconds: list[float]) -> None:
    load = np.bincount(part, case.load, minlength=case.chiefs)
    _, piece = graphs.pieces(case.graph, part)
    pairs = np.unique(np.column_stack([part, piece]), axis=0)
    whole = int((np.bincount(pairs[:, 0]) == 1).sum())
    moved = part != case.home
    took = f"{median(seconds):.2f}" if seconds else ""
    print(
        f"| {name} | {load.max() / load.mean():.3f} | {load.std() / load.mean():.3f}"
        f" | {whole} of {case.chiefs} | {graphs.cut_of(case.graph, part):.0f}"
        f" | {case.load[moved].sum() / case.load.sum():.1%} | {moved.sum()} | {took} |"
    )


def _sample() -> Case:
    """The sample district from the private database (`luge demo` loads it)."""
    from geo import shares
    from geo.store import cluster
    from geo.store.database import read_setting, transaction
    from geo.store.settings import load as settings
    from geo.store.shares import Asked, read

    with transaction(cluster.ensure(settings())) as conn:
        from datetime import date

        found = read(conn, Asked(), date.fromisoformat(read_setting(conn).today()))
    sides, stretches = found.sides, found.stretches
    meets = shares.network(stretches)
    ends = graphs.bridges(meets, stretches[["x", "y"]].to_numpy(float))
    holder = shares.main_holder(sides, len(stretches))
    chiefs, home = np.unique(holder, return_inverse=True)
    load = shares.loads(sides, found.weeks, shares.Rules())
    return Case(
        graphs.joined(meets, *ends, 0.1), np.bincount(sides["stretch"], load),
        stretches["length_m"].to_numpy(), home.astype(np.int32), len(chiefs),
    )  # fmt: skip


def _city(size: str) -> Case:
    """A generated city: work clusters along some roads and towards the middle."""
    city = cities.make(size)
    ends = [shapely.get_coordinates(shapely.get_point(city.axes, at)) for at in (0, -1)]
    _, node = np.unique(np.concatenate(ends).round(3), axis=0, return_inverse=True)
    count = len(city.axes)
    graph = graphs.meeting(node[:count], node[count:])
    metres = shapely.length(city.axes)
    xy = shapely.get_coordinates(shapely.line_interpolate_point(city.axes, 0.5, normalized=True))
    off = ((xy - xy.mean(axis=0)) ** 2).sum(axis=1) / (0.25 * np.ptp(xy[:, 0])) ** 2
    busy = 0.3 + 2 * np.exp(-off)
    rng = np.random.default_rng(9)
    # No single stretch outweighs a share, which nobody could then make even.
    doors, cases = rng.poisson(2 * busy), np.minimum(rng.pareto(1.5, count), 25) * busy
    load = metres * 0.2 + doors * 2.3 + cases * 20 / 52 * 10
    case = Case(graph, load, metres, np.zeros(count, np.int32), count // SEGMENTS_PER_CHIEF)
    return case._replace(home=_metis(case, metres, 0))


def _toy() -> Case:
    graph = graphs.meeting(np.arange(9), np.arange(1, 10))
    ones = np.ones(9)
    return Case(graph, ones, ones, np.zeros(9, np.int32), 2)


if __name__ == "__main__":
    main()
