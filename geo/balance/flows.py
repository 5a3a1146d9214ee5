"""Where load has to flow, from part to part over chains of them, until all are even enough."""

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csc_array, csr_array, diags_array, vstack
from scipy.sparse.linalg import spsolve

from geo.balance.graph import Graph, sources
from geo.balance.moves import Given, Held
from geo.cells import Floats, Ints, Places

LEAK = 1e-3

STEEP = 0.1
"""No border is steeper than this: beyond, parts would be carried off, and not only load."""


def heights(graph: Graph, given: Given, tolerance: float, held: Held) -> Floats:
    """How high each part lies, so that load flowing downhill would even all of them out.

    The potentials of a network of parts, joined where they border, into which each feeds its load
    outside of the band, as a share of its target (diffusion: Hu, Blake and Emerson 1998). A part
    with too much lies high, and so do those between it and the ones that have room.
    """
    excess = held.load / given.target - 1
    outside = np.sign(excess) * np.maximum(np.abs(excess) - tolerance, 0)
    one, other = _meeting(graph, held.part)
    parts = len(given.target)
    meets = csc_array((np.ones(len(one)), (one, other)), shape=(parts, parts))
    # A little leaks from each, so that there is one answer, whatever the sum of what is fed in.
    flow = diags_array(meets.sum(axis=0) + LEAK) - meets
    found: Floats = spsolve(flow.tocsc(), outside - outside.mean())
    steepest = np.abs(found[one] - found[other]).max(initial=0.0)
    found *= STEEP / max(steepest, STEEP)
    return found


def needs(graph: Graph, given: Given, tolerance: float, part: Places) -> tuple[float, Floats]:
    """The least load that must cross borders until every part is in the band, and what it is worth.

    A flow of least cost over the borders of parts (a linear program): where load has to go over a
    chain, it counts at each border. Its dual says what it is worth that a part has a unit of load
    less: 1 more for each border that the unit still has to cross. Blocks of part -1 count nowhere;
    where there is no such flow, infinite, and nothing is worth anything.
    """
    one, other = _meeting(graph, part)
    parts, ways = len(given.target), len(one)
    inside = part >= 0
    load = np.bincount(part[inside], given.load[inside], minlength=parts)
    rows = np.append(one, other), np.tile(np.arange(ways), 2)
    gain = csr_array((np.repeat([-1.0, 1.0], ways), rows), shape=(parts, ways))
    room = np.append((1 + tolerance) * given.target - load, load - (1 - tolerance) * given.target)
    found = linprog(np.ones(ways), A_ub=vstack([gain, -gain]), b_ub=room) if ways else None
    if found is None or found.status != 0:
        return np.inf, np.zeros(parts)
    worth = found.ineqlin.marginals
    return float(found.fun), worth[parts:] - worth[:parts]


def _meeting(graph: Graph, part: Places) -> tuple[Ints, Ints]:
    """Each pair of parts that border, both ways."""
    one, other = part[sources(graph)].astype(np.int64), part[graph.to].astype(np.int64)
    apart = (one != other) & (one >= 0) & (other >= 0)
    pairs = np.unique(np.column_stack([one[apart], other[apart]]), axis=0)
    return pairs[:, 0], pairs[:, 1]
