"""The tools that `bench.balance` holds against each other: each tells plans as it finds them."""

import contextlib
import itertools
import math
import random
import signal
import time
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from geo.balance import graph as graphs
from geo.balance.divide import Task
from geo.balance.evolve import Effort, every_plan
from geo.balance.graph import Graph

Parts = np.ndarray

HOT, COLD = 5.0, 0.5
"""First and last temperature of GerryChain's annealing, in edges of mean weight."""


class Case(NamedTuple):
    """What is divided: weights of edges are 1, or metres over their mean."""

    name: str
    graph: Graph
    load: np.ndarray
    parts: int
    tolerance: float


class OutOfTime(Exception):
    """A tool that cannot be stopped has had more than its seconds."""


class Clock(NamedTuple):
    """Seconds of process time that a tool has, and when it began."""

    seconds: float
    start: float

    def gone(self) -> float:
        """Seconds since it began."""
        return time.process_time() - self.start

    def over(self) -> bool:
        """Whether its seconds are over."""
        return self.gone() > self.seconds


@contextlib.contextmanager
def stopped_after(seconds: float) -> Iterator[None]:
    """Ends what is inside after so many seconds of process time, wherever it is."""

    def end(*_: object) -> None:
        raise OutOfTime

    before = signal.signal(signal.SIGPROF, end)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        with contextlib.suppress(OutOfTime):
            yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


Tool = Callable[[Case, Clock, int], Iterator[Parts]]


def luge(case: Case, clock: Clock, seed: int) -> Iterator[Parts]:
    """Plans as they are made and bred."""
    effort = Effort(6, 10**6)
    for _, part in every_plan(case.graph, task_of(case), seed, effort, clock.over):
        yield part


def task_of(case: Case) -> Task:
    """What Luge's engine is asked: borders as short as can be, whoever had what before."""
    n = case.graph.vertices
    nobody = np.full(n, -1, np.int32)
    return Task(case.load, nobody, np.ones(n), np.zeros(n, bool), case.parts, case.tolerance, 1.0)


def metis(case: Case, clock: Clock, seed: int, *, recursive: bool = False) -> Iterator[Parts]:
    """pymetis with other seeds, and inner tolerances in turns: it often leaves the one it has."""
    import pymetis

    load = np.maximum(np.round(case.load / case.load.mean() * 1000), 0).astype(int)
    edges = np.maximum(np.round(case.graph.weight * 60), 1).astype(int)
    rows = pymetis.CSRAdjacency(case.graph.start.astype(int), case.graph.to.astype(int))
    for turn in itertools.takewhile(lambda _: not clock.over(), itertools.count(seed)):
        factor = max(round(1000 * case.tolerance * (1, 0.8, 0.6, 0.4)[turn % 4]), 1)
        options = pymetis.Options(contig=0 if recursive else 1, seed=turn, ufactor=factor)
        with contextlib.suppress(RuntimeError):  # some options it cannot work with
            _, part = pymetis.part_graph(case.parts, adjacency=rows, vweights=load, eweights=edges,
                                         options=options, recursive=recursive)  # fmt: skip
            yield np.array(part, np.int32)


def gerrychain(
    case: Case, clock: Clock, seed: int, *, heat: tuple[float, float] | None = (HOT, COLD)
) -> Iterator[Parts]:
    """A plan by recursive trees, then ReCom: cooled over the seconds there are, or short bursts."""
    from gerrychain import MarkovChain, Partition, constraints, updaters
    from gerrychain.accept import always_accept
    from gerrychain.proposals import recom

    rng = random.Random(seed)
    chained = _chained(case)
    target = float(case.load.sum() / case.parts)
    start = _recursive(case, chained, target, clock, rng)
    if start is None:
        return
    counted = {"load": updaters.Tally("load"), "cut_edges": updaters.cut_edges,
               "price": _priced(case)}  # fmt: skip
    plan = Partition(chained, start, counted)
    yield _rows(plan, case)
    propose = partial(
        recom, pop_col="load", pop_target=target, epsilon=case.tolerance, node_repeats=0
    )
    within = [constraints.within_percent_of_ideal_population(plan, case.tolerance, "load")]
    if heat is None:
        while not clock.over():
            burst = [plan, *MarkovChain(propose, within, always_accept, plan, 10, rng=rng)]
            plan = min(reversed(burst), key=lambda one: one["price"])
            yield _rows(plan, case)
        return
    accept, best = partial(_accept, clock=clock, heat=heat), math.inf
    first = plan
    for plan in MarkovChain(propose, within, accept, first, 10**9, rng=rng):
        if plan["price"] < best or clock.over():
            best = plan["price"]
            yield _rows(plan, case)


def _chained(case: Case) -> Any:
    import networkx
    from gerrychain import Graph as Chained

    plain = networkx.Graph()
    for v, load in enumerate(case.load.tolist()):
        plain.add_node(v, load=load)
    source = graphs.sources(case.graph)
    plain.add_edges_from(zip(source.tolist(), case.graph.to.tolist(), strict=True))
    return Chained.from_networkx(plain)


def _recursive(case: Case, chained: Any, target: float, clock: Clock, rng: random.Random) -> Any:
    from gerrychain.partition import recursive_tree_part
    from gerrychain.tree import bipartition_tree

    few = partial(bipartition_tree, max_attempts=2000)
    while not clock.over():
        # A try that fails is left for another: by itself it goes on for hours.
        with contextlib.suppress(RuntimeError, ValueError), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return recursive_tree_part(
                chained, range(case.parts), target, "load", case.tolerance,
                bipartition_tree_fn=few, rng=rng,
            )  # fmt: skip
    return None


def _priced(case: Case) -> Callable[[Any], float]:
    """What the borders of a plan cost, as GerryChain asks for it."""
    ends = zip(graphs.sources(case.graph).tolist(), case.graph.to.tolist(), strict=True)
    weight = dict(zip(ends, case.graph.weight.tolist(), strict=True))
    return lambda plan: sum(map(weight.__getitem__, plan["cut_edges"]))


def _accept(plan: Any, *, rng: random.Random, clock: Clock, heat: tuple[float, float]) -> bool:
    share = min(clock.gone() / clock.seconds, 1.0)
    rise = plan["price"] - plan.parent["price"]
    warmth = heat[0] * (heat[1] / heat[0]) ** share
    return bool(rise <= 0 or rng.random() < math.exp(-rise / warmth))


def _rows(plan: Any, case: Case) -> Parts:
    return np.array([plan.assignment[v] for v in range(case.graph.vertices)], np.int32)


def spopt(case: Case, clock: Clock, seed: int) -> Iterator[Parts]:
    """Max-p: as many regions as come with at least the least load each; it knows no upper bound."""
    import libpysal
    import pandas as pd
    from spopt.region import MaxPHeuristic

    start, to = case.graph.start, case.graph.to
    around = {v: to[start[v] : start[v + 1]].tolist() for v in range(case.graph.vertices)}
    table = pd.DataFrame({"load": case.load})
    weights = libpysal.weights.W(around, silence_warnings=True)
    least = case.load.sum() / case.parts * (1 - case.tolerance)
    for turn in itertools.takewhile(lambda _: not clock.over(), itertools.count(seed)):
        np.random.seed(turn)  # spopt draws from it
        model = MaxPHeuristic(
            table, weights, ["load"], "load", least, 2, max_iterations_construction=9,
            max_iterations_sa=1,
        )  # fmt: skip
        with warnings.catch_warnings():  # of pandas, which it has not caught up with
            warnings.simplefilter("ignore")
            model.solve()
        yield np.unique(np.asarray(model.labels_), return_inverse=True)[1].astype(np.int32)


TOOLS: dict[str, Tool] = {
    "luge": luge,
    "metis": metis,
    "metis recursive": partial(metis, recursive=True),
    "gerrychain": gerrychain,
    "gerrychain bursts": partial(gerrychain, heat=None),
    "spopt": spopt,
}
