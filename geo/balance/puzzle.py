"""A piece of an area as the search sees it: blocks that stay together are one vertex."""

from typing import NamedTuple

import numpy as np

from geo.balance import contract, exact
from geo.balance.divide import Task
from geo.balance.evolve import score
from geo.balance.graph import Graph, from_pairs, pieces, sources
from geo.balance.moves import Given
from geo.balance.posts import Blocks, Posts, Wish
from geo.balance.unite import eased
from geo.cells import Flags, Floats, Ints, Places

BORDER_KEPT, BORDER_ANEW = 0.3, 1.0
"""The price of a mean border where today's plan is kept near, and where it is drawn anew, against a
mean block in other hands."""

STEADY = 0.1
"""Of the price of a block's changing hands this share is for the block, the rest for its load."""


class Piece(NamedTuple):
    """A connected part of an area: rows of its blocks, rows of the posts that share it."""

    parent: int
    rows: Ints
    posts: Ints


class Puzzle(NamedTuple):
    """A piece as the search sees it: vertices are blocks that stay together."""

    graph: Graph
    task: Task
    target: Floats
    label: Places


def puzzle_of(
    blocks: Blocks, wanted: Posts, wish: Wish, piece: Piece, home: Places, price: Floats
) -> Puzzle:
    """The puzzle of a piece: ``home`` of its blocks as rows of its posts, ``price`` of leaving."""
    rows = piece.rows
    graph, load = _within(blocks, wish, rows), blocks.load[rows]
    mean = load.mean() or 1.0
    locked = outside(wish, piece) & (home >= 0)
    shares = wanted.workers[piece.posts].astype(np.float64)
    shares = shares if (shares > 0).all() else np.ones(len(shares))
    target = np.asarray((load.sum() or len(rows)) * shares / shares.sum())
    label = _together(graph, blocks.together[rows], locked)
    weight = (STEADY + (1 - STEADY) * load / mean) * price
    merged = _merged(Given(load, home, weight, locked, target), label)
    task = Task(
        merged.load, merged.home, merged.price, merged.locked, len(shares), wish.tolerance,
        BORDER_KEPT if (home >= 0).any() and not locked.all() else BORDER_ANEW, shares,
    )  # fmt: skip
    if not (home[~locked] >= 0).any():
        task = task._replace(cut=BORDER_ANEW)
    return Puzzle(contract.contracted(graph, label, len(merged.load)), task, target, label)


def _within(blocks: Blocks, wish: Wish, rows: Ints) -> Graph:
    """The graph of some blocks, by their rows."""
    place = np.full(len(blocks.load), -1, np.int64)
    place[rows] = np.arange(len(rows))
    one, other = place[sources(blocks.graph)], place[blocks.graph.to]
    kept = (one >= 0) & (other > one)
    weight = blocks.graph.weight
    if wish.task == "unite":
        weight = eased(blocks.graph, [blocks.number, *wish.others])
    return from_pairs(len(rows), one[kept], other[kept], weight[kept])


def _together(graph: Graph, group: Places, locked: Flags) -> Places:
    """One label for blocks that belong together and touch."""
    alone = (group < 0) | locked
    labels = np.where(alone, group.max(initial=0) + 1 + np.arange(len(group)), group)
    return pieces(graph, labels.astype(np.int32))[1]


def _merged(given: Given, label: Places) -> Given:
    """What a search is given of labels; the home of one is that of most of its load."""
    count = int(label.max()) + 1
    merged = contract.summed(given, label, count)
    order = np.lexsort((given.price, label))
    main = given.home.copy()
    first = np.append(label[order][1:] != label[order][:-1], True)
    home = np.full(count, -1, np.int32)
    home[label[order][first]] = main[order][first]
    return merged._replace(home=home)


def outside(wish: Wish, piece: Piece) -> Flags:
    """The blocks of a piece that may not change hands."""
    inside = np.ones(len(piece.rows), bool) if wish.within is None else wish.within[piece.rows]
    return ~inside


def homes(home: Places, numbers: Ints) -> Places:
    """Numbers as rows of posts; -1 where the number is none of these."""
    order = np.argsort(numbers)
    at = np.clip(np.searchsorted(numbers[order], home), 0, len(numbers) - 1)
    found: Places = np.where(numbers[order][at] == home, order[at], -1).astype(np.int32)
    return found


def even(puzzle: Puzzle) -> bool:
    """Whether a piece is as it should be already."""
    graph, task, target, _ = puzzle
    if (task.home < 0).any() or len(np.unique(task.home)) < task.parts:
        return False
    whole = pieces(graph, task.home)[0] == task.parts
    return whole and score(graph, task, target, task.home).outside == 0


def proof(puzzle: Puzzle) -> tuple[Places | None, bool]:
    """Of a small piece: a plan after all, or that there is none."""
    graph, task, target, _ = puzzle
    if graph.vertices * task.parts > exact.MOST:
        return None, False
    found = exact.solve(graph, task, target, feasible=True)
    return found.part, found.proved
