"""Further tasks of `bench.balance`: rebalancing, many small areas, and the exact model."""

import argparse
import time
from collections.abc import Callable

import numpy as np

from geo.balance import borders, exact, moves
from geo.balance import graph as graphs
from geo.balance import start as begin
from geo.balance.divide import Task, prepare
from geo.balance.evolve import Effort, evolve, score, usual
from geo.balance.flows import needs
from geo.balance.posts import Blocks, Grids, Wish, apportioned
from geo.balance.puzzle import BORDER_KEPT
from geo.balance.reasons import sentence
from geo.balance.redraw import propose


def shaken(options: argparse.Namespace) -> None:
    """A good plan, each load shaken by up to 15 %: evened out again with least change."""
    from bench.balance import is_valid
    from bench.balance_graphs import read

    graph, load = read(options.graph[0])
    n, parts, tolerance = graph.vertices, options.parts[0], 0.02
    nobody = np.full(n, -1, np.int32)
    task = Task(load, nobody, np.ones(n), np.zeros(n, bool), parts, options.tolerance[0], 1.0)
    home = evolve(graph, task, 0, Effort(2, 2)).part
    print("| shaken | off before | least to move | over borders | moved | times | off after"
          " | cut | s |\n|---|---|---|---|---|---|---|---|---|")  # fmt: skip
    for name, factors in _shakes(graph, home, parts):
        now = load * factors
        loads = np.bincount(home, now, minlength=parts)
        over = loads / loads.mean() - 1
        least = (
            max(np.maximum(over - tolerance, 0).sum(), np.maximum(-over - tolerance, 0).sum())
            / parts
        )
        start = time.process_time()
        near = Task(now, home, now / now.mean(), np.zeros(n, bool), parts, tolerance, BORDER_KEPT)
        part = evolve(graph, near, options.seed, usual(graph, near)).part
        taken = time.process_time() - start
        flow = needs(graph, prepare(graph, near), tolerance, home)[0] / now.sum()
        off = np.abs(np.bincount(part, now, minlength=parts) / now.sum() * parts - 1).max()
        moved = now[part != home].sum() / now.sum()
        whole = "" if is_valid(graph, now, parts, tolerance, part) else " (not valid)"
        change = graphs.cut_of(graph, part) / graphs.cut_of(graph, home) - 1
        print(f"| {name} | {np.abs(over).max():.1%} | {least:.2%} | {flow:.2%} | {moved:.2%} |"
              f" {moved / least:.2f}"
              f" | {off:.2%}{whole} | {change:+.1%} | {taken:.1f} |", flush=True)  # fmt: skip


def _shakes(graph: graphs.Graph, home: np.ndarray, parts: int) -> list[tuple[str, np.ndarray]]:
    rng = np.random.default_rng(7)
    each = 1 + rng.uniform(-0.15, 0.15, graph.vertices)
    whole = 1 + rng.uniform(-0.1, 0.1, parts)[home]
    # A whole region heavier: the parts near the first one, by steps from part to part.
    source = graphs.sources(graph)
    near = {0}
    while len(near) < parts // 4:
        near |= set(home[graph.to[np.isin(home[source], list(near))]].tolist())
    region = np.where(np.isin(home, sorted(near)[: parts // 4]), 1.15, 1.0)
    return [("each block", each), ("and each grid", each * whole), ("and a region", each * region)]


def areas(options: argparse.Namespace) -> None:
    """300 grids inside the 40 largest counties of Michigan, each within 5 %."""
    from bench.balance import is_valid
    from bench.balance_graphs import DATA

    data = np.load(DATA / "MI_vtd.npz", allow_pickle=True)
    county = np.unique(data["parent"], return_inverse=True)[1]
    largest = np.argsort(-np.bincount(county))[:40]
    rows = np.flatnonzero(np.isin(county, largest))
    place = np.full(len(county), -1)
    place[rows] = np.arange(len(rows))
    pairs = place[data["edges"]]
    pairs = pairs[(pairs >= 0).all(axis=1)]
    graph = graphs.from_pairs(len(rows), pairs[:, 0], pairs[:, 1], np.ones(len(pairs)))
    load, parent = data["pop"].astype(float)[rows], county[rows].astype(np.int32)
    nobody = np.full(len(rows), -1, np.int32)
    blocks = Blocks(graph, load, parent, nobody, nobody)
    none = np.zeros(0)
    grids = Grids(none.astype(int), none.astype(int), none, none == 1)
    start, clock = time.process_time(), time.perf_counter()
    found = propose(
        blocks, grids, Wish("redraw", grids=300, tolerance=0.05), options.seed, threads=1
    )
    taken, clock = time.process_time() - start, time.perf_counter() - clock
    told = ", ".join(f"{one.rule}: {sentence(one.rule, one.values)[1]}" for one in found.unsolved)
    solved = 40 - len({one.parent for one in found.unsolved})
    print(f"luge: {solved} of 40 counties solved in {taken:.1f} s"
          f" ({clock:.1f} s by the clock); {told or 'none left'}")  # fmt: skip
    import pymetis

    wanted = apportioned(np.array([load[parent == p].sum() for p in np.unique(parent)]), 300)
    solved, start = 0, time.process_time()
    for p, k in zip(np.unique(parent).tolist(), wanted.tolist(), strict=True):
        own = np.flatnonzero(parent == p)
        solved += _metis_once(graph, load, own, k, is_valid, pymetis)
    print(f"metis, best of 200 each: {solved} of 40 in {time.process_time() - start:.1f} s")


def _metis_once(graph, load, own, k, is_valid, pymetis) -> bool:  # type: ignore[no-untyped-def]
    place = np.full(graph.vertices, -1)
    place[own] = np.arange(len(own))
    one, other = place[graphs.sources(graph)], place[graph.to]
    kept = (one >= 0) & (other > one)
    small = graphs.from_pairs(len(own), one[kept], other[kept], np.ones(kept.sum()))
    if k == 1 or graphs.pieces(small, np.zeros(len(own), np.int32))[0] > 1:
        return k == 1
    rows = pymetis.CSRAdjacency(small.start.astype(int), small.to.astype(int))
    for seed in range(200):
        options = pymetis.Options(contig=1, seed=seed, ufactor=(50, 40, 30, 10)[seed % 4])
        _, part = pymetis.part_graph(k, adjacency=rows, vweights=load[own].astype(int),
                                     options=options, recursive=False)  # fmt: skip
        if is_valid(small, load[own], k, 0.05, np.array(part, np.int32)):
            return True
    return False


def exact_(options: argparse.Namespace) -> None:
    """Towns of 25 to 200 blocks: the engine's plan, and the best or a bound by the exact model."""
    from bench.balance_graphs import read

    print("| blocks | parts | near today's | engine | s | exact | bound | proved | s |")
    print("|---|---|---|---|---|---|---|---|---|")
    for blocks, parts in ((25, 3), (49, 3), (64, 4), (100, 3), (100, 8), (196, 4), (196, 12)):
        graph, load = read(f"city:{blocks}")
        load = np.minimum(load, load.sum() / parts / 2)
        for near in (False, True):
            n = graph.vertices
            home = (np.arange(n) * parts // n if near else np.full(n, -1)).astype(np.int32)
            cut = 0.15 if near else 1.0
            task = Task(load, home, load / load.mean(), np.zeros(n, bool), parts, 0.1, cut)
            target = prepare(graph, task).target
            start = time.process_time()
            part = evolve(graph, task, options.seed, usual(graph, task)).part
            mine, middle = score(graph, task, target, part), time.process_time()
            best = exact.solve(graph, task, target, nodes=2000, seconds=options.seconds)
            off = " (out of tolerance)" if mine.outside else ""
            print(f"| {n} | {parts} | {'yes' if near else 'no'} | {mine.price:.2f}{off}"
                  f" | {middle - start:.2f} | {best.cost:.2f} | {best.bound:.2f} | {best.proved}"
                  f" | {time.process_time() - middle:.1f} |", flush=True)  # fmt: skip


def stroke(options: argparse.Namespace) -> None:
    """One block in other hands: what the sum rises by, and whether all hangs together."""
    from bench.balance_graphs import read
    from bench.balance_tools import Case, task_of

    print("| graph | blocks | parts | scored, µs | kept, µs | asked from Python, µs |")
    print("|---|---|---|---|---|---|")
    for name in options.graph:
        graph, load = read(name)
        for parts in options.parts:
            task = task_of(Case(name, graph, load, parts, options.tolerance[0]))
            given, held, edges = _standing(graph, task)
            work = moves.room(graph.vertices, 1)
            prices = moves.Prices(task.tolerance, 100.0, 100.0, 1.0, np.zeros(parts))
            warm = (graph, given, held, edges, prices, work, 1.0, 1.0)
            borders.anneal(*warm, 1)
            kept, most = _each(lambda a=warm: borders.anneal(*a, 200_000), 200_000)
            cold = (*warm[:6], 1e-9, 1.0)
            borders.anneal(*cold, 200_000)
            scored, _ = _each(lambda a=cold: borders.anneal(*a, 200_000), 200_000)
            called, _ = _each(lambda a=cold: [borders.anneal(*a, 1) for _ in range(5000)], 5000)
            print(f"| {name} | {graph.vertices} | {parts} | {scored:.2f} | {kept:.2f}"
                  f" ({most / 200_000:.0%} kept) | {called:.1f} |", flush=True)  # fmt: skip


def _standing(graph: graphs.Graph, task: Task) -> tuple[moves.Given, moves.Held, borders.Borders]:
    """A plan of one second, and its borders."""
    given = prepare(graph, task)
    part = evolve(graph, task, 0, Effort(1, 0, 200 * graph.vertices)).part
    held = begin.tally(given, part)
    return given, held, borders.borders_of(graph, held)


def _each(run: Callable[[], object], count: int) -> tuple[float, int]:
    """µs of process time for each of ``count``, the median of 5 runs; what the last gave."""
    taken, given = [], None
    for _ in range(5):
        start = time.process_time()
        given = run()
        taken.append((time.process_time() - start) / count * 1e6)
    return float(np.median(taken)), given if isinstance(given, int) else 0


def memory(options: argparse.Namespace) -> None:
    """The peak of what the search has taken beyond the graph, plans and all."""
    import tracemalloc

    from bench.balance_graphs import read
    from bench.balance_tools import Case, task_of

    small, load = read("city:100")  # what is loaded once counts for nobody
    evolve(small, task_of(Case("", small, load, 5, 0.1)), 0, Effort(2, 2, 1000))
    print("| blocks | parts | graph, bytes a block | peak beyond it, MB | bytes a block |")
    print("|---|---|---|---|---|")
    for blocks in (1_000, 10_000, 100_000):
        graph, load = read(f"city:{blocks}")
        task = task_of(Case("", graph, load, max(blocks // 200, 5), 0.02))
        own = sum(column.nbytes for column in graph) / graph.vertices
        tracemalloc.start()
        evolve(graph, task, options.seed, Effort(6, 4, 50 * graph.vertices))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        print(f"| {graph.vertices} | {task.parts} | {own:.0f} | {peak / 1e6:.1f}"
              f" | {peak / graph.vertices:.0f} |", flush=True)  # fmt: skip


TASKS = {"shaken": shaken, "areas": areas, "exact": exact_, "stroke": stroke, "memory": memory}
