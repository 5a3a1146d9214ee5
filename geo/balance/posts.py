"""What is asked of a plan of blocks, and which grids there are to be for it.

A *post* is a grid that a proposal has: one of today's, or a new one. Posts lie in one parent (the
community that their blocks must be in), or all in parent 0 where grids may lie across.
"""

from typing import Literal, NamedTuple

import numpy as np

from geo.balance.graph import Graph, sources
from geo.cells import Flags, Floats, Ints, Places

NOBODY = -1

Kind = Literal["rebalance", "redraw", "split", "merge", "add", "drop", "unite"]


class NothingAsked(ValueError):
    """What is asked of the engine leaves it nothing to do, or names a grid that there is not."""


class Blocks(NamedTuple):
    """Blocks as rows 0, 1 …: who borders whom (``weight``: what a border there costs, on average
    1), ``load``; ``parent``: the area that a block's grid must lie in; ``number`` of its grid in
    the draft, `NOBODY` for none; blocks with the same ``together`` (from 0 on) stay together.
    """

    graph: Graph
    load: Floats
    parent: Places
    number: Places
    together: Places


class Grids(NamedTuple):
    """The grids of a draft by ``number``: ``parent`` (as of blocks), workers, locked or not."""

    number: Ints
    parent: Ints
    workers: Floats
    locked: Flags


class Wish(NamedTuple):
    """What is asked.

    ``number``: the grid that is split, merged or dropped, or beside which one is added; ``grids``:
    how many it is split into, or how many a plan redrawn has in all; ``within``: only these blocks
    may change hands. A grid is even enough within ``tolerance`` of what its workers should have.
    ``others``: the same blocks' grids in other grid systems, to be united with the draft's.
    ``fresh``: the first number for new grids.
    """

    task: Kind = "rebalance"
    number: int | None = None
    grids: int | None = None
    within: Flags | None = None
    tolerance: float = 0.05
    others: tuple[Places, ...] = ()
    fresh: int = 1


class Posts(NamedTuple):
    """The grids to be: ``number``, ``parent``, ``workers``; those not ``open`` stay as they are.

    ``home``: the number that each block goes by until then, `NOBODY` for those to be given anew.
    """

    number: Ints
    parent: Ints
    workers: Floats
    open: Flags
    home: Places


def posts(blocks: Blocks, grids: Grids, wish: Wish) -> Posts:
    """The grids that a proposal for ``wish`` has. Raises `NothingAsked`."""
    plain = Posts(grids.number, grids.parent, grids.workers, ~grids.locked, blocks.number.copy())
    if wish.task == "redraw":
        return _redrawn(blocks, plain, wish)
    if wish.task in ("split", "merge", "drop"):
        return _without_one(blocks, plain, wish)
    if wish.task == "add":
        return _with_another(blocks, plain, wish)
    if wish.task == "unite" and not wish.others:
        raise NothingAsked("name the grid systems that are to be united with the draft")
    return plain


def loads_of(blocks: Blocks, number: Places, of: Ints) -> Floats:
    """The load of each number of ``of``."""
    at = np.searchsorted(np.sort(of), number)
    order = np.argsort(of)
    known = (number >= 0) & np.isin(number, of)
    sums = np.zeros(len(of))
    np.add.at(sums, order[at[known]], blocks.load[known])
    return sums


def _redrawn(blocks: Blocks, plain: Posts, wish: Wish) -> Posts:
    """All open grids from nothing; where a number is wished for, shared out by load."""
    mine = np.isin(blocks.number, plain.number[plain.open]) | (blocks.number < 0)
    home = np.where(mine & _inside(blocks, wish), NOBODY, blocks.number).astype(np.int32)
    if wish.grids is None:
        return plain._replace(home=home)
    if wish.within is not None:
        raise NothingAsked("a number of grids can be wished for only where the whole is redrawn")
    parents = np.unique(blocks.parent)
    rank = {int(p): i for i, p in enumerate(parents)}
    load = np.bincount([rank[int(p)] for p in blocks.parent[mine]], blocks.load[mine],
                       minlength=len(parents)).astype(np.float64)  # fmt: skip
    wanted = apportioned(load, wish.grids - int((~plain.open).sum()))
    kept = plain._replace(home=home)
    for i, parent in enumerate(parents.tolist()):
        kept = _resized(kept, int(parent), int(wanted[i]), wish)
    return kept


def apportioned(load: Floats, count: int) -> Ints:
    """``count`` grids shared out by load, one at least for each (Adams' rule).

    Raises `NothingAsked` where there are fewer than that.
    """
    if count < len(load):
        raise NothingAsked(f"{count} grids are fewer than the {len(load)} areas that need one each")
    wanted = np.ones(len(load), np.int64)
    for _ in range(count - len(load)):
        wanted[int((load / wanted).argmax())] += 1
    return wanted


def _resized(all_: Posts, parent: int, wanted: int, wish: Wish) -> Posts:
    """The same with so many open grids in a parent: the last leave, or new ones come."""
    own = np.flatnonzero((all_.parent == parent) & all_.open)
    if len(own) > wanted:
        stay = np.ones(len(all_.number), bool)
        stay[own[wanted:]] = False
        return _kept(all_, stay)
    for _ in range(wanted - len(own)):
        all_ = _added(all_, parent, 1.0, wish.fresh)
    return all_


def _kept(all_: Posts, stay: Flags) -> Posts:
    gone = all_.number[~stay]
    home = np.where(np.isin(all_.home, gone), NOBODY, all_.home).astype(np.int32)
    return Posts(all_.number[stay], all_.parent[stay], all_.workers[stay], all_.open[stay], home)


def _added(all_: Posts, parent: int, workers: float, fresh: int) -> Posts:
    number = max(fresh, int(all_.number.max(initial=0)) + 1)
    return Posts(
        np.append(all_.number, number), np.append(all_.parent, parent),
        np.append(all_.workers, workers), np.append(all_.open, True), all_.home,
    )  # fmt: skip


def _without_one(blocks: Blocks, plain: Posts, wish: Wish) -> Posts:
    """One grid split, or taken away; what it has is to be given anew, and only near it."""
    at = _named(blocks, plain, wish)
    number, parent, workers = (column[at] for column in plain[:3])
    mine = blocks.number == number
    home = np.where(mine, NOBODY, blocks.number).astype(np.int32)
    if wish.task == "split":
        count = wish.grids or 2
        if count < 2 or count > mine.sum():
            raise NothingAsked(
                f"grid {number} has {mine.sum()} blocks: not enough for {count} grids"
            )
        each = max(workers // count, 1.0)
        only = plain._replace(open=plain.number == number, home=home)
        only.workers[at] = each
        for _ in range(count - 1):
            only = _added(only, int(parent), each, wish.fresh)
        return only
    beside = plain.open & (plain.parent == parent)
    if beside.sum() < 2:
        raise NothingAsked(
            f"grid {number} has no open grid beside it in its area to take its blocks"
        )
    if wish.task == "merge":
        return _joined(blocks, plain._replace(home=home), at)
    return _kept(plain._replace(open=beside, home=home), plain.number != number)


def _joined(blocks: Blocks, all_: Posts, at: int) -> Posts:
    """A grid's blocks given to the lightest of those that border it, with its workers."""
    one, other = blocks.number[sources(blocks.graph)], blocks.number[blocks.graph.to]
    number = all_.number[at]
    near = np.unique(other[(one == number) & (other != number)])
    fit = np.flatnonzero(np.isin(all_.number, near) & all_.open & (all_.parent == all_.parent[at]))
    if not len(fit):
        raise NothingAsked(f"no open grid of its area borders grid {number}")
    each = loads_of(blocks, blocks.number, all_.number) / np.maximum(all_.workers, 1e-9)
    to = int(fit[each[fit].argmin()])
    workers = all_.workers.copy()
    workers[to] += workers[at]
    home = np.where(blocks.number == number, all_.number[to], all_.home).astype(np.int32)
    nothing = np.zeros(len(all_.number), bool)
    return _kept(all_._replace(workers=workers, home=home, open=nothing), all_.number != number)


def _with_another(blocks: Blocks, plain: Posts, wish: Wish) -> Posts:
    if wish.number is None:
        load = loads_of(blocks, blocks.number, plain.number)
        each = [load[own].sum() / max(plain.workers[own].sum(), 1e-9)
                if (own := plain.open & (plain.parent == p)).any() else -1.0
                for p in np.unique(plain.parent)]  # fmt: skip
        parent = int(np.unique(plain.parent)[int(np.argmax(each))])
    else:
        parent = int(plain.parent[_named(blocks, plain, wish)])
    near = plain._replace(open=plain.open & (plain.parent == parent))
    return _added(near, parent, 1.0, wish.fresh)


def _named(blocks: Blocks, plain: Posts, wish: Wish) -> int:
    """The row of the grid that is named; else the heaviest (to split) or lightest that is open."""
    if wish.number is not None:
        found = np.flatnonzero(plain.number == wish.number)
        if not len(found):
            raise NothingAsked(f"the draft has no grid {wish.number}")
        if not plain.open[found[0]]:
            raise NothingAsked(f"grid {wish.number} is locked: unlock it to change it")
        return int(found[0])
    each = loads_of(blocks, blocks.number, plain.number) / np.maximum(plain.workers, 1e-9)
    if not plain.open.any():
        raise NothingAsked("every grid of the draft is locked")
    if wish.task == "split":
        return int(np.where(plain.open, each, -np.inf).argmax())
    alone = np.bincount(plain.parent[plain.open], minlength=plain.parent.max() + 1) < 2
    able = plain.open & ~alone[plain.parent]
    if not able.any():
        raise NothingAsked("no area has two open grids")
    return int(np.where(able, each, np.inf).argmin())


def _inside(blocks: Blocks, wish: Wish) -> Flags:
    return np.ones(len(blocks.load), bool) if wish.within is None else wish.within
