"""The best plan of a small graph, with a proof: a mixed integer model, solved by HiGHS.

Which part each vertex is in, and which edges lie between parts (Validi, Buchanan and Lykhovyd 2022
compare such models). That parts hang together is asked only where it is broken: of a piece that is
too light to be a part, a vertex must leave or a neighbour come, and the model is solved again.
"""

from typing import NamedTuple

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array, vstack

from geo.balance.divide import Task
from geo.balance.graph import Graph, pieces, sources
from geo.cells import Floats, Ints, Places

MOST = 400
"""Vertices times parts beyond which a proof is not tried when nobody asks for it."""

NODES = 2000
ROUNDS = 200


class Solved(NamedTuple):
    """The best plan (None: there is none, or none was found); no plan costs less than ``bound``;
    whether that is ``proved``: with no plan, that there is none.
    """

    part: Places | None
    cost: float
    bound: float
    proved: bool


class _Rows(NamedTuple):
    """Rows of a model: least ≤ matrix · x ≤ most."""

    matrix: csr_array
    least: Floats
    most: Floats


def solve(
    graph: Graph,
    task: Task,
    target: Floats,
    *,
    nodes: int = NODES,
    feasible: bool = False,
    seconds: float = np.inf,
) -> Solved:
    """The plan of least cost (`geo.balance.evolve.score`) within the tolerance; ``feasible``: any.

    ``nodes``: no more branches are tried than that, so that the answer does not hang on the clock;
    nor (for measuring) longer than ``seconds`` for each model.
    """
    n, k = graph.vertices, task.parts
    ends = _edges(graph)
    cost = np.zeros(n * k + len(ends[0]))
    if not feasible:
        cost = _cost(graph, task, ends)
    upper = np.ones(len(cost))
    fixed = np.flatnonzero(task.locked)
    lower = np.zeros(len(cost))
    lower[fixed * k + task.home[fixed]] = 1
    rows = _model(task, target, n, ends)
    for _ in range(ROUNDS):
        found = milp(
            cost, integrality=np.append(np.ones(n * k), np.zeros(len(ends[0]))),
            bounds=Bounds(lower, upper),
            constraints=LinearConstraint(rows.matrix, rows.least, rows.most),
            options={"node_limit": nodes, "mip_rel_gap": 0.0, "time_limit": seconds},
        )  # fmt: skip
        bound = float(found.mip_dual_bound) if found.mip_dual_bound is not None else -np.inf
        if found.x is None:
            return Solved(None, np.inf, bound, proved=found.status == 2)
        part = found.x[: n * k].reshape(n, k).argmax(axis=1).astype(np.int32)
        torn = _torn(graph, task, target, part)
        if torn is None:
            done = bool(found.status == 0)
            offset = float(task.price[task.home >= 0].sum()) if not feasible else 0.0
            return Solved(part, float(found.fun) + offset, bound + offset, proved=done)
        rows = _stacked(rows, torn)
    return Solved(None, np.inf, -np.inf, proved=False)


def _edges(graph: Graph) -> tuple[Ints, Ints, Floats]:
    one = sources(graph)
    once = one < graph.to
    return one[once], graph.to[once].astype(np.int64), graph.weight[once]


def _cost(graph: Graph, task: Task, ends: tuple[Ints, Ints, Floats]) -> Floats:
    """Borders, and staying at home, which saves its price."""
    stay = np.zeros((graph.vertices, task.parts))
    has = np.flatnonzero(task.home >= 0)
    stay[has, task.home[has]] = -task.price[has]
    return np.append(stay.ravel(), task.cut * ends[2])


def _model(task: Task, target: Floats, n: int, ends: tuple[Ints, Ints, Floats]) -> _Rows:
    """A vertex in one part, a part's load within the band, an edge cut where its ends differ."""
    k, m = task.parts, len(ends[0])
    vertex, part = np.divmod(np.arange(n * k), k)
    width = n * k + m
    once = coo_array((np.ones(n * k), (vertex, np.arange(n * k))), shape=(n, width))
    band = coo_array((task.load[vertex], (part, np.arange(n * k))), shape=(k, width))
    edge = np.repeat(np.arange(m), k)
    which = np.tile(np.arange(k), m)
    row = np.arange(m * k)
    columns = np.concatenate([ends[0][edge] * k + which, ends[1][edge] * k + which, n * k + edge])
    values = np.concatenate([np.ones(m * k), -np.ones(m * k), -np.ones(m * k)])
    one = coo_array((values, (np.tile(row, 3), columns)), shape=(m * k, width))
    values[: 2 * m * k] *= -1
    other = coo_array((values, (np.tile(row, 3), columns)), shape=(m * k, width))
    off = target * task.tolerance
    return _Rows(
        vstack([once, band, one, other]).tocsr(),
        np.concatenate([np.ones(n), target - off, np.full(2 * m * k, -np.inf)]),
        np.concatenate([np.ones(n), target + off, np.zeros(2 * m * k)]),
    )


def _torn(graph: Graph, task: Task, target: Floats, part: Places) -> _Rows | None:
    """Rows that forbid the pieces of a plan that are too light to be parts; None: it is whole."""
    count, piece = pieces(graph, part)
    if count == len(np.unique(part)):
        return None
    n, k = graph.vertices, task.parts
    width = n * k + len(graph.to) // 2
    load = np.bincount(piece, task.load, minlength=count)
    light = np.flatnonzero(load < target.min() * (1 - task.tolerance) - 1e-9)
    rows: list[Ints] = []
    columns: list[Ints] = []
    values: list[Floats] = []
    most: list[float] = []
    source = sources(graph)
    for p in light.tolist():
        own = np.flatnonzero(piece == p)
        around = np.setdiff1d(graph.to[piece[source] == p], own)
        for q in range(k):  # names of parts can change, so it holds for every one
            rows.append(np.full(len(own) + len(around), len(most)))
            columns.append(np.append(own, around) * k + q)
            values.append(np.append(np.ones(len(own)), -np.ones(len(around))))
            most.append(len(own) - 1.0)
    parts = np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))
    matrix = coo_array(parts, shape=(len(most), width)).tocsr()
    return _Rows(matrix, np.full(len(most), -np.inf), np.array(most))


def _stacked(one: _Rows, other: _Rows) -> _Rows:
    return _Rows(
        vstack([one.matrix, other.matrix]).tocsr(),
        np.append(one.least, other.least),
        np.append(one.most, other.most),
    )
