"""A graph divided into balanced, connected parts with few changes of hand."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from geo.balance import moves
from geo.balance.flows import heights
from geo.balance.graph import Graph, cut_of, pieces
from geo.balance.moves import Given, Held, Prices, Work
from geo.balance.start import NoRoom, begin, tally
from geo.cells import Flags, Floats, Places
from geo.progress import Say, Step, silence

OUTSIDE = 10.0
"""The price of a mean vertex's load outside of the band, in mean vertices that change hands."""

HOT, COLD = 2.5, 0.05
"""First and last temperature, in mean vertices that change hands."""

STEPS = 24
"""In how many steps a cooling goes from hot to cold; the search can be stopped after each."""

SWEEPS = 3000
"""How often a cooling tries each vertex, where there is time for several."""

MOST_ROUNDS = 12
"""No more coolings than this: each begins from the best so far."""

PULL = 1.0
"""How strongly load flows downhill, against the price of a part's own load."""

FRESH = 3
"""So often each vertex is tried before heights are found anew: load must not flow past its aim."""

TRIES, TRIES_EACH = 60_000_000, 400
"""How many moves are tried altogether, and at least for each vertex: seconds on a district, minutes
on a large city.
"""


class NotWhole(ValueError):
    """The graph is in several pieces, which no bridge joins."""


class LockedNowhere(ValueError):
    """A locked vertex has no part to stay in."""


class Task(NamedTuple):
    """What is to be divided, and how.

    ``load`` of each vertex (at least 0); ``home``: its part today, or -1; ``price`` of its changing
    hands, 1 on average; ``locked``: it stays at home; the number of ``parts``. A part's load is
    even enough within ``tolerance`` of the mean, or of what its ``shares`` of the whole come to;
    ``cut`` is the price of an edge of weight 1 that a border crosses.
    """

    load: Floats
    home: Places
    price: Floats
    locked: Flags
    parts: int
    tolerance: float = 0.05
    cut: float = 0.1
    shares: Floats | None = None


class Division(NamedTuple):
    """The part of each vertex; the search's own sum at its start and at its end; whether it ended
    by itself.
    """

    part: Places
    before: float
    after: float
    finished: bool


def divide(
    graph: Graph,
    task: Task,
    seed: int = 0,
    tries: int | None = None,
    say: Say = silence,
    stop: Callable[[], bool] = lambda: False,
) -> Division:
    """Divides a connected graph; the same seed and number of ``tries`` give the same parts.

    ``stop`` is asked between steps: when it says so, the best so far is the result. Parts are
    connected, but for those that locks hold apart. Raises `NotWhole`, `LockedNowhere`,
    `geo.balance.start.NoRoom`.
    """
    given = prepare(graph, task)
    tries = tries or max(TRIES, TRIES_EACH * graph.vertices)
    work = moves.room(graph.vertices, seed)
    held = begin(graph, given, work)
    best, worth = held.part.copy(), objective(graph, task, held.part)
    before, rounds = worth, _rounds(graph, tries)
    for step in range(rounds * STEPS):
        if stop():
            return Division(best, before, worth, finished=False)
        if step % STEPS == 0:
            held = tally(given, best)
        _cool(graph, given, task, held, work, (step, tries // (rounds * STEPS)))
        now = objective(graph, task, held.part)
        if now < worth:
            best, worth = held.part.copy(), now
        say(Step("dividing", step + 1, rounds * STEPS))
    return Division(best, before, worth, finished=True)


def _rounds(graph: Graph, tries: int) -> int:
    return min(max(tries // (SWEEPS * graph.vertices), 1), MOST_ROUNDS)


def objective(graph: Graph, task: Task, part: Places) -> float:
    """What a division costs, in mean vertices that change hands.

    `OUTSIDE` × the load outside of the band, in mean loads of a vertex; the price of what changed
    hands; the borders.
    """
    loads = np.bincount(part, task.load, minlength=task.parts)
    mean = loads.mean()
    outside = np.maximum(np.abs(loads - mean) - task.tolerance * mean, 0).sum()
    changed = task.price[(task.home >= 0) & (task.home != part)].sum()
    mean_load = task.load.mean() or 1.0
    return float(OUTSIDE * outside / mean_load + changed + task.cut * cut_of(graph, part))


def prepare(graph: Graph, task: Task) -> Given:
    """What a search is given; where nothing weighs anything, everything weighs the same."""
    if graph.vertices < task.parts or task.parts < 1:
        raise NoRoom(f"{graph.vertices} vertices cannot be divided into {task.parts} parts")
    if (task.locked & (task.home < 0)).any():
        v = int(np.flatnonzero(task.locked & (task.home < 0))[0])
        raise LockedNowhere(f"vertex {v} is locked, but has no part today to stay in")
    if pieces(graph, np.zeros(graph.vertices, np.int32))[0] > 1:
        raise NotWhole("the graph is in several pieces; join them by bridges first")
    load = task.load if task.load.sum() > 0 else np.ones(graph.vertices)
    shares = np.ones(task.parts) if task.shares is None else task.shares
    target = np.asarray(load.sum() * shares / shares.sum(), np.float64)
    return Given(
        np.ascontiguousarray(load, np.float64),
        np.ascontiguousarray(task.home, np.int32),
        np.ascontiguousarray(task.price, np.float64),
        np.ascontiguousarray(task.locked, np.bool_),
        target,
    )


def _cool(
    graph: Graph, given: Given, task: Task, held: Held, work: Work, at: tuple[int, int]
) -> None:
    """One step of a cooling: cooler than the one before; the last one takes nothing but gains.

    The load outside of the band has its price squared, so that it flows from neighbour to
    neighbour; later also as it is, as the sum has it. Early in the first cooling it also flows
    downhill (`heights`), past all the parts between those with too much and those with room.
    """
    step, tries = at[0] % STEPS, at[1]
    heat = HOT * (COLD / HOT) ** (step / (STEPS - 1)) if step < STEPS - 1 else 0.0
    strict = OUTSIDE * graph.vertices / task.parts  # a mean part is as many mean vertices
    line = strict if step >= STEPS // 6 else 0.0
    level = np.zeros(task.parts)
    flows = at[0] < STEPS // 2
    portion = FRESH * graph.vertices if flows else tries
    for done in range(0, tries, portion):
        if flows:
            level = PULL * strict * heights(graph, given, task.tolerance, held) / given.target
        prices = Prices(task.tolerance, strict, line, task.cut, level)
        moves.search(graph, given, held, prices, work, heat, min(portion, tries - done))
