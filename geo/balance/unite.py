"""Several grid systems made one (多格合一): the plan to which all of them have least to change.

Each system's grids are matched with the parts of the plan that they share most load with; a
block's home is the part that most systems would have it in, and its price the load times by how
many systems that is more than any other. Where borders of several systems run, a border is cheap.
Then the plan is made, the grids are matched anew, and so again.
"""

import numpy as np
from scipy.optimize import linear_sum_assignment

from geo.balance.graph import Graph, sources
from geo.cells import Floats, Places

ROUNDS = 2
"""So often grids are matched and a plan is made."""

EASE = 0.7
"""A border that all systems have costs this share less than one that none has."""


def votes(
    load: Floats, part: Places, others: list[Places], parts: int, own: Places
) -> tuple[Places, Floats]:
    """The home of each block and the price of leaving it, of a plan ``part`` and other systems.

    ``own`` is the draft's; each system has a vote, and the draft's wins a tie.
    """
    count = np.zeros((len(load), parts))
    for system in (own, *others):
        match = matched(load, system, part, parts)
        has = match >= 0
        count[np.flatnonzero(has), match[has]] += 1
    has = own >= 0
    count[np.flatnonzero(has), own[has]] += 0.5
    ranked = np.sort(count, axis=1)
    home = np.where(ranked[:, -1] > 0, count.argmax(axis=1), -1).astype(np.int32)
    second = ranked[:, -2] if parts > 1 else np.zeros(len(load))
    return home, ranked[:, -1] - second


def matched(load: Floats, system: Places, part: Places, parts: int) -> Places:
    """The part of the plan for which each block's grid of a system stands; -1: for none."""
    numbers, grid = np.unique(system, return_inverse=True)
    shared = np.zeros((len(numbers), parts))
    inside = part >= 0
    np.add.at(shared, (grid[inside], part[inside]), load[inside] + 1e-9)
    shared[numbers < 0] = 0.0
    rows, columns = linear_sum_assignment(-shared)
    stands = np.full(len(numbers), -1, np.int32)
    stands[rows] = np.where(shared[rows, columns] > 0, columns, -1)
    return stands[grid]


def changed(load: Floats, part: Places, systems: list[Places], parts: int) -> float:
    """The load that changes hands in all ``systems`` when they become the plan ``part``."""
    return float(sum(load[matched(load, s, part, parts) != part].sum() for s in systems))


def eased(graph: Graph, systems: list[Places]) -> Floats:
    """What borders cost, the less the more systems have one there."""
    source = sources(graph)
    there = np.mean([system[source] != system[graph.to] for system in systems], axis=0)
    weight: Floats = graph.weight * (1 - EASE * there)
    return weight
