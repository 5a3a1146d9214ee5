"""Proposals for plans of blocks: every area solved by itself, and what came of it.

A grid hangs together and stays in its area; blocks that belong together stay together; locked grids
and blocks outside of what was chosen stay as they are; every grid is within the tolerance of what
its workers should have. An area in several pieces is evened out piece by piece. Where no such plan
was found for an area, it stays as it is, and it is said why.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from scipy.optimize import linear_sum_assignment

from geo.balance import contract, exact
from geo.balance.divide import Task
from geo.balance.evolve import Effort, evolve, score
from geo.balance.graph import Graph, from_pairs, pieces, sources
from geo.balance.moves import Given
from geo.balance.posts import NOBODY, Blocks, Grids, Posts, Wish, loads_of, posts
from geo.balance.unite import ROUNDS, eased, votes
from geo.cells import Flags, Floats, Ints, Places
from geo.progress import Say, Step, silence

BORDER_KEPT, BORDER_ANEW = 0.15, 1.0
"""The price of a mean border where today's plan is kept near, and where it is drawn anew, against a
mean block in other hands."""

STEADY = 0.1
"""Of the price of a block's changing hands this share is for the block, the rest for its load."""

AGAIN = 4
"""Where no plan was found, so many times the effort is spent once more."""

EACH = Effort(plans=4, bred=8)


class Unsolved(NamedTuple):
    """An area that stays as it is: the ``rule`` that no plan found keeps, the rows of ``blocks``
    where, and how far off the ``nearest`` plan is, as a share (None: none was tried).
    """

    parent: int
    rule: str
    blocks: tuple[int, ...]
    nearest: float | None
    reason: str


class Proposal(NamedTuple):
    """The ``number`` of each block's grid; grids that came (number, parent, workers), those that
    are gone, and those with other ``workers`` than before; what was not ``unsolved``; whether the
    search ended by itself.
    """

    number: Places
    came: list[tuple[int, int, float]]
    gone: list[int]
    workers: dict[int, float]
    unsolved: list[Unsolved]
    finished: bool


class _Piece(NamedTuple):
    """A connected part of an area: rows of its blocks, rows of the posts that share it."""

    parent: int
    rows: Ints
    posts: Ints


def propose(
    blocks: Blocks,
    grids: Grids,
    wish: Wish,
    seed: int = 0,
    threads: int = 1,
    say: Say = silence,
    stop: Callable[[], bool] = lambda: False,
) -> Proposal:
    """A proposal for ``wish``; the same seed gives the same one, on any number of ``threads``.

    ``stop`` ends it early, with what has been solved by then. Raises
    `geo.balance.posts.NothingAsked`.
    """
    wanted = posts(blocks, grids, wish)
    number = wanted.home.copy()
    unsolved: list[Unsolved] = []
    work = list(_pieces(blocks, wanted, wish, unsolved))
    done = 0

    def solve(piece: _Piece) -> tuple[_Piece, Places | Unsolved | None]:
        nonlocal done
        found = None if stop() else _solve(blocks, wanted, wish, piece, seed, stop)
        done += 1
        say(Step("dividing", done, len(work)))
        return piece, found

    with ThreadPoolExecutor(threads) as pool:
        for piece, found in pool.map(solve, work):
            if isinstance(found, Unsolved):
                unsolved.append(found)
            elif found is not None:
                number[piece.rows] = found
    left = {piece.parent for piece in work if (number[piece.rows] == NOBODY).any()}
    left |= {one.parent for one in unsolved}
    return _told(blocks, grids, wanted, number, left, unsolved, finished=not stop())


def _told(
    blocks: Blocks, grids: Grids, wanted: Posts, number: Places, left: set[int],
    unsolved: list[Unsolved], *, finished: bool,
) -> Proposal:  # fmt: skip
    """The proposal, in which areas that were not solved are as they were."""
    stays = np.isin(blocks.parent, list(left))
    number = np.where(stays, blocks.number, number).astype(np.int32)
    workers = dict(zip(grids.number.tolist(), grids.workers.tolist(), strict=True))
    there = np.isin(wanted.parent, list(left))
    new = [
        (int(n), int(p), float(w))
        for n, p, w, skip in zip(*wanted[:3], there, strict=True)
        if not skip and int(n) not in workers
    ]
    gone = set(workers) - set(wanted.number.tolist())
    gone -= set(grids.number[np.isin(grids.parent, list(left))].tolist())
    other = {
        int(n): float(w)
        for n, w, skip in zip(wanted.number, wanted.workers, there, strict=True)
        if not skip and workers.get(int(n), w) != w
    }
    return Proposal(number, new, sorted(gone), other, unsolved, finished)


def _pieces(
    blocks: Blocks, wanted: Posts, wish: Wish, unsolved: list[Unsolved]
) -> Iterator[_Piece]:
    """What is solved by itself: connected parts of areas that have anything to do."""
    free = (wanted.home == NOBODY) | np.isin(wanted.home, wanted.number[wanted.open])
    apart = np.where(free, blocks.parent, NOBODY).astype(np.int32)
    piece = pieces(blocks.graph, apart)[1]
    for parent in np.unique(wanted.parent[wanted.open]).tolist():
        rows = np.flatnonzero(free & (blocks.parent == parent))
        own = np.flatnonzero(wanted.open & (wanted.parent == parent))
        if not len(rows) or (wish.within is not None and not wish.within[rows].any()):
            continue
        own_pieces = [rows[piece[rows] == p] for p in np.unique(piece[rows])]
        if len(own) < len(own_pieces):
            least = min(own_pieces, key=len)
            reason = (f"its free blocks are in {len(own_pieces)} pieces that do not touch, but it"
                      f" has {len(own)} open grids")  # fmt: skip
            unsolved.append(Unsolved(parent, "contiguous", tuple(least.tolist()), None, reason))
            continue
        for rows_of, posts_of in zip(
            own_pieces, _shared_out(blocks, wanted, own, own_pieces), strict=True
        ):
            yield _Piece(parent, rows_of, posts_of)


def _shared_out(blocks: Blocks, wanted: Posts, own: Ints, own_pieces: list[Ints]) -> list[Ints]:
    """The posts of each piece: as many as its load asks for, and those that have most there."""
    load = np.array([blocks.load[rows].sum() for rows in own_pieces])
    count = np.ones(len(load), np.int64)
    for _ in range(len(own) - len(load)):
        able = count < [len(rows) for rows in own_pieces]
        count[int(np.where(able, load / count, -1.0).argmax())] += 1
    held = np.array([loads_of(blocks._replace(load=_only(blocks.load, rows)), wanted.home,
                              wanted.number[own]) for rows in own_pieces])  # fmt: skip
    slots = np.repeat(np.arange(len(load)), count)
    post, slot = linear_sum_assignment(-held[slots].T)
    return [own[post[slots[slot] == i]] for i in range(len(load))]


def _only(load: Floats, rows: Ints) -> Floats:
    mine = np.zeros(len(load))
    mine[rows] = load[rows]
    return mine


class _Puzzle(NamedTuple):
    """A piece as the search sees it: vertices are blocks that stay together."""

    graph: Graph
    task: Task
    target: Floats
    label: Places


def _solve(
    blocks: Blocks, wanted: Posts, wish: Wish, piece: _Piece, seed: int, stop: Callable[[], bool]
) -> Places | Unsolved | None:
    """Numbers of the blocks of a piece; or why there are none; None: stopped before there were."""
    numbers = wanted.number[piece.posts]
    if len(numbers) > len(piece.rows):
        reason = f"it has {len(piece.rows)} free blocks for {len(numbers)} grids"
        return Unsolved(piece.parent, "size", tuple(piece.rows.tolist()), None, reason)
    home = _homes(wanted.home[piece.rows], numbers)
    seed += 7919 * piece.parent + int(piece.rows[0])
    found = _united if wish.task == "unite" else _plain
    part = found(blocks, wanted, wish, piece, home, _Search(seed, stop))
    if not isinstance(part, np.ndarray):
        return part
    if wish.task in ("redraw", "split"):
        part = _named_as_today(blocks, piece, part, numbers)
    named: Places = numbers[part].astype(np.int32)
    return named


class _Search(NamedTuple):
    """How a piece is searched."""

    seed: int
    stop: Callable[[], bool]


def _plain(
    blocks: Blocks, wanted: Posts, wish: Wish, piece: _Piece, home: Places, search: _Search
) -> Places | Unsolved | None:
    puzzle = _puzzle(blocks, wanted, wish, piece, home, np.ones(len(home)))
    if wish.task == "rebalance" and _even(puzzle):
        return home
    return _searched(puzzle, wish, piece, search)


def _united(
    blocks: Blocks, wanted: Posts, wish: Wish, piece: _Piece, own: Places, search: _Search
) -> Places | Unsolved | None:
    """A plan of several systems: their grids matched with it, and it made anew, in turns."""
    others = [other[piece.rows] for other in wish.others]
    today, count = own, len(piece.posts)
    for _ in range(ROUNDS):
        home, price = votes(blocks.load[piece.rows], today, others, count, own)
        home = np.where(_outside(wish, piece), own, home).astype(np.int32)
        found = _searched(_puzzle(blocks, wanted, wish, piece, home, price), wish, piece, search)
        if not isinstance(found, np.ndarray):
            return found
        today = found
    return today


def _searched(
    puzzle: _Puzzle, wish: Wish, piece: _Piece, search: _Search
) -> Places | Unsolved | None:
    """The part of each block of a piece; why there is none; or None: stopped before."""
    if (heavy := _too_heavy(puzzle, wish, piece)) is not None:
        return heavy
    found = _search(puzzle, search)
    if score(puzzle.graph, puzzle.task, puzzle.target, found).outside == 0:
        return found[puzzle.label]
    if search.stop():
        return None
    after_all, proved = _proof(puzzle)
    if after_all is None:
        return _missed(puzzle, wish, piece, found, proved=proved)
    return after_all[puzzle.label]


def _outside(wish: Wish, piece: _Piece) -> Flags:
    """The blocks of a piece that may not change hands."""
    inside = np.ones(len(piece.rows), bool) if wish.within is None else wish.within[piece.rows]
    return ~inside


def _homes(home: Places, numbers: Ints) -> Places:
    """Numbers as rows of posts; -1 where the number is none of these."""
    order = np.argsort(numbers)
    at = np.clip(np.searchsorted(numbers[order], home), 0, len(numbers) - 1)
    found: Places = np.where(numbers[order][at] == home, order[at], -1).astype(np.int32)
    return found


def _puzzle(
    blocks: Blocks, wanted: Posts, wish: Wish, piece: _Piece, home: Places, price: Floats
) -> _Puzzle:
    rows = piece.rows
    graph, load = _within(blocks, wish, rows), blocks.load[rows]
    mean = load.mean() or 1.0
    locked = _outside(wish, piece) & (home >= 0)
    shares = wanted.workers[piece.posts].astype(np.float64)
    shares = shares if (shares > 0).all() else np.ones(len(shares))
    target = np.asarray((load.sum() or len(rows)) * shares / shares.sum())
    fits = load.sum() > 0 and target.min() * (1 + wish.tolerance)
    label = _together(graph, blocks.together[rows], load, locked, fits or np.inf)
    weight = (STEADY + (1 - STEADY) * load / mean) * price
    merged = _merged(Given(load, home, weight, locked, target), label)
    task = Task(
        merged.load, merged.home, merged.price, merged.locked, len(shares), wish.tolerance,
        BORDER_KEPT if (home >= 0).any() and not locked.all() else BORDER_ANEW, shares,
    )  # fmt: skip
    if not (home[~locked] >= 0).any():
        task = task._replace(cut=BORDER_ANEW)
    return _Puzzle(contract.contracted(graph, label, len(merged.load)), task, target, label)


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


def _together(graph: Graph, group: Places, load: Floats, locked: Flags, most: float) -> Places:
    """One label for blocks that belong together and touch, where they are not too heavy for it."""
    alone = (group < 0) | locked
    labels = np.where(alone, group.max(initial=0) + 1 + np.arange(len(group)), group)
    piece = pieces(graph, labels.astype(np.int32))[1]
    heavy = np.bincount(piece, load) > most
    if heavy.any():
        labels = np.where(heavy[piece], labels.max() + 1 + np.arange(len(group)), piece)
        piece = np.unique(labels, return_inverse=True)[1].astype(np.int32)
    return piece


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


def _too_heavy(puzzle: _Puzzle, wish: Wish, piece: _Piece) -> Unsolved | None:
    """A block that no grid can have within the tolerance."""
    v, most = int(puzzle.task.load.argmax()), float(puzzle.target.max())
    over = float(puzzle.task.load[v]) / most - 1
    if over <= wish.tolerance or most <= 0:
        return None
    rows = piece.rows[puzzle.label == v]
    reason = (f"one block alone has {over:.0%} more than the even share: cut it, add workers, or"
              f" allow ±{_percent(over)}")  # fmt: skip
    return Unsolved(piece.parent, "load", tuple(rows.tolist()), over, reason)


def _proof(puzzle: _Puzzle) -> tuple[Places | None, bool]:
    """Of a small piece: a plan after all, or that there is none."""
    graph, task, target, _ = puzzle
    if graph.vertices * task.parts > exact.MOST:
        return None, False
    found = exact.solve(graph, task, target, feasible=True)
    return found.part, found.proved


def _missed(puzzle: _Puzzle, wish: Wish, piece: _Piece, part: Places, *, proved: bool) -> Unsolved:
    loads = np.bincount(part, puzzle.task.load, minlength=puzzle.task.parts)
    off = np.abs(loads / puzzle.target - 1)
    worst = int(off.argmax())
    rows = piece.rows[part[puzzle.label] == worst]
    none = "there is no plan" if proved else "no plan was found"
    reason = (f"{none} within ±{wish.tolerance:.1%}; the nearest is off by"
              f" {off[worst]:.1%}: allow ±{_percent(off[worst])}")  # fmt: skip
    return Unsolved(piece.parent, "load", tuple(rows.tolist()), float(off[worst]), reason)


def _percent(share: float) -> str:
    return f"{np.ceil(100 * share):.0f} %"


def _even(puzzle: _Puzzle) -> bool:
    """Whether a piece is as it should be already."""
    graph, task, target, _ = puzzle
    if (task.home < 0).any() or len(np.unique(task.home)) < task.parts:
        return False
    whole = pieces(graph, task.home)[0] == task.parts
    return whole and score(graph, task, target, task.home).outside == 0


def _search(puzzle: _Puzzle, search: _Search) -> Places:
    graph, task, target, _ = puzzle
    if task.parts == 1:
        return np.zeros(graph.vertices, np.int32)
    found = evolve(graph, task, search.seed, EACH, stop=search.stop).part
    if score(graph, task, target, found).outside > 0 and not search.stop():
        more = EACH._replace(plans=EACH.plans * AGAIN, bred=EACH.bred * AGAIN)
        again = evolve(graph, task, search.seed + 1, more, stop=search.stop).part
        found = min(found, again, key=lambda part: score(graph, task, target, part))
    return found


def _named_as_today(blocks: Blocks, piece: _Piece, part: Places, numbers: Ints) -> Places:
    """The same parts, each under the number with which it shares most load today."""
    count, today = len(numbers), _homes(blocks.number[piece.rows], numbers)
    shared = np.zeros((count, count))
    had = today >= 0
    np.add.at(shared, (part[had], today[had]), blocks.load[piece.rows][had] + 1e-6)
    rows, columns = linear_sum_assignment(-shared)
    renamed: Places = columns[np.argsort(rows)][part].astype(np.int32)
    return renamed
