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

from geo.balance import reasons
from geo.balance.evolve import Effort, evolve, score, usual
from geo.balance.graph import pieces
from geo.balance.posts import NOBODY, Blocks, Grids, Posts, Wish, loads_of, posts
from geo.balance.puzzle import Piece, Puzzle, even, homes, outside, proof, puzzle_of
from geo.balance.reasons import Unsolved
from geo.balance.unite import ROUNDS, votes
from geo.balance.wholes import chosen, torn
from geo.cells import Floats, Ints, Places
from geo.progress import Say, Step, silence

AGAIN = Effort(plans=16, bred=32)
"""Where no plan was found, so much effort is spent once more."""


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
    wish = chosen(blocks, wish)
    wanted = posts(blocks, grids, wish)
    number = wanted.home.copy()
    unsolved: list[Unsolved] = []
    work = list(_pieces(blocks, wanted, wish, unsolved))
    done = 0

    def solve(piece: Piece) -> tuple[Piece, Places | Unsolved | None]:
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
    unsolved += [reasons.torn(*one) for one in torn(blocks, number)]
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


def _pieces(blocks: Blocks, wanted: Posts, wish: Wish, unsolved: list[Unsolved]) -> Iterator[Piece]:
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
        if (told := reasons.apart(parent, own_pieces, len(own))) is not None:
            unsolved.append(told)
            continue
        for rows_of, posts_of in zip(
            own_pieces, _shared_out(blocks, wanted, own, own_pieces), strict=True
        ):
            yield Piece(parent, rows_of, posts_of)


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


def _solve(
    blocks: Blocks, wanted: Posts, wish: Wish, piece: Piece, seed: int, stop: Callable[[], bool]
) -> Places | Unsolved | None:
    """Numbers of the blocks of a piece; or why there are none; None: stopped before there were."""
    numbers = wanted.number[piece.posts]
    home = homes(wanted.home[piece.rows], numbers)
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
    blocks: Blocks, wanted: Posts, wish: Wish, piece: Piece, home: Places, search: _Search
) -> Places | Unsolved | None:
    puzzle = puzzle_of(blocks, wanted, wish, piece, home, np.ones(len(home)))
    if wish.task == "rebalance" and even(puzzle):
        return home
    return _searched(puzzle, wish, piece, search)


def _united(
    blocks: Blocks, wanted: Posts, wish: Wish, piece: Piece, own: Places, search: _Search
) -> Places | Unsolved | None:
    """A plan of several systems: their grids matched with it, and it made anew, in turns."""
    others = [other[piece.rows] for other in wish.others]
    today, count = own, len(piece.posts)
    for _ in range(ROUNDS):
        home, price = votes(blocks.load[piece.rows], today, others, count, own)
        home = np.where(outside(wish, piece), own, home).astype(np.int32)
        found = _searched(puzzle_of(blocks, wanted, wish, piece, home, price), wish, piece, search)
        if not isinstance(found, np.ndarray):
            return found
        today = found
    return today


def _searched(
    puzzle: Puzzle, wish: Wish, piece: Piece, search: _Search
) -> Places | Unsolved | None:
    """The part of each block of a piece; why there is none; or None: stopped before."""
    told = reasons.too_few(puzzle, piece) or reasons.too_heavy(puzzle, wish, piece)
    if told is not None:
        return told
    found = _search(puzzle, search)
    if score(puzzle.graph, puzzle.task, puzzle.target, found).outside == 0:
        return found[puzzle.label]
    if search.stop():
        return None
    after_all, proved = proof(puzzle)
    if after_all is None:
        return reasons.missed(puzzle, wish, piece, found, proved=proved)
    return after_all[puzzle.label]


def _search(puzzle: Puzzle, search: _Search) -> Places:
    graph, task, target, _ = puzzle
    if task.parts == 1:
        return np.zeros(graph.vertices, np.int32)
    found = evolve(graph, task, search.seed, usual(graph, task), stop=search.stop).part
    if score(graph, task, target, found).outside > 0 and not search.stop():
        again = evolve(graph, task, search.seed + 1, AGAIN, stop=search.stop).part
        found = min(found, again, key=lambda part: score(graph, task, target, part))
    return found


def _named_as_today(blocks: Blocks, piece: Piece, part: Places, numbers: Ints) -> Places:
    """The same parts, each under the number with which it shares most load today."""
    count, today = len(numbers), homes(blocks.number[piece.rows], numbers)
    shared = np.zeros((count, count))
    had = today >= 0
    np.add.at(shared, (part[had], today[had]), blocks.load[piece.rows][had] + 1e-6)
    rows, columns = linear_sum_assignment(-shared)
    renamed: Places = columns[np.argsort(rows)][part].astype(np.int32)
    return renamed
