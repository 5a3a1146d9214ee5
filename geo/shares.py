"""Shares of chiefs: what each carries, and how stretches could be shared out more evenly.

A stretch is a segment of a road or lane. Loads are minutes of work a week (`Rules`), lengths metres
of side. A proposal gives every stretch one chief: each a connected set of stretches, loads within a
band around the mean, and few stretches in other hands than today (`geo.balance`).
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from geo.balance import graph as graphs
from geo.balance.divide import Task, divide
from geo.balance.graph import Graph
from geo.cells import Flags, Floats, Ints, Places
from geo.progress import Say, silence

NOBODY = -1

BRIDGE = 0.1
"""The weight of a border across a bridge: nobody minds where two parts of a network are parted."""

BORDER = 0.1
"""The price of parting a stretch from its neighbours, in stretches that change hands."""


class NotEnoughStretches(ValueError):
    """There are more chiefs than stretches, or none at all."""


class NotDivisible(ValueError):
    """What was wished for does not go together."""


class Rules(NamedTuple):
    """A named set of weights: minutes of work a week.

    ``walk``: for 1 km of a side; walked on each of five working days at 3 km/h, 20 minutes a time.
    ``door``: for a shop; looked at once a month for 10 minutes. ``case``: for a case; found or
    taken on, handled and reported in 20 minutes.
    """

    name: str = "standard"
    walk: float = 100.0
    door: float = 2.3
    case: float = 20.0


class Wishes(NamedTuple):
    """What a proposal is to keep to.

    ``chiefs``: how many (None: as many as there are). ``added`` and ``without``: ids of chiefs to
    bring in and to leave out. ``locked``: ids of stretches that stay with who has them.
    ``tolerance``: loads this far from the mean, as a share of it, are even enough.
    """

    chiefs: int | None = None
    added: tuple[int, ...] = ()
    without: tuple[int, ...] = ()
    locked: frozenset[int] = frozenset()
    tolerance: float = 0.05
    rules: Rules = Rules()


class Spread(NamedTuple):
    """How evenly loads are shared (both are 1 and 0 at best), and whether shares hang together.

    ``connected`` of ``shares`` are in one piece.
    """

    most: float  # max / mean
    variation: float  # standard deviation / mean
    shares: int
    connected: int


class Gap(NamedTuple):
    """A share in several pieces: of which post, how many, why, and a stretch in each but the first.

    ``why``: 'network', where the stretches themselves do not meet, or 'locks'.
    """

    post: int
    pieces: int
    why: str
    stretches: tuple[int, ...]


class Proposal(NamedTuple):
    """Who could have what.

    ``posts``: the id of each post's chief; None stands for one who is still to be found. ``post``
    of each stretch, in the order of the frame. ``before`` and ``after``: a row a chief or post
    (`tally`). ``changed`` stretches and ``changed_m`` metres of side would be in other hands.
    ``rules``: what loads are
    weighed by. ``finished``: the search was not broken off.
    """

    posts: list[int | None]
    post: Places
    before: pd.DataFrame
    after: pd.DataFrame
    spread: tuple[Spread, Spread]
    changed: int
    changed_m: float
    gaps: list[Gap]
    rules: Rules
    finished: bool


def network(stretches: pd.DataFrame) -> Graph:
    """Who meets whom of ``stretches`` (from_node, to_node)."""
    ends = (stretches[name].to_numpy(np.int64) for name in ("from_node", "to_node"))
    return graphs.meeting(*ends)


def loads(sides: pd.DataFrame, weeks: float, rules: Rules) -> Floats:
    """Minutes a week of each row of ``sides``: metres, doors, cases within so many ``weeks``."""
    walk = sides["metres"].to_numpy(float) / 1000 * rules.walk
    doors = sides["doors"].to_numpy(float) * rules.door
    cases = sides["cases"].to_numpy(float) / weeks * rules.case
    load: Floats = walk + doors + cases
    return load


def propose(
    stretches: pd.DataFrame,
    sides: pd.DataFrame,
    wishes: Wishes,
    seed: int = 0,
    tries: int | None = None,
    say: Say = silence,
    stop: Callable[[], bool] = lambda: False,
) -> Proposal:
    """A proposal for ``stretches``: id, from_node, to_node, x, y (of the middle, in m).

    ``sides`` has a row for each part of a side that one chief holds, or nobody: stretch (row number
    of its stretch), chief (id, or -1), metres, doors, cases, load (`loads`). Equal seeds give
    equal proposals. ``stop`` breaks the search off, with the best so far. Raises
    `NotEnoughStretches`, `NotDivisible`.
    """
    meets = network(stretches)
    posts = _posts(sides, wishes, _locked(stretches, wishes))
    if not 0 < len(posts) <= len(stretches):
        raise NotEnoughStretches(f"there are {len(stretches)} stretches for {len(posts)} chiefs")
    xy = stretches[["x", "y"]].to_numpy(float)
    whole = graphs.joined(meets, *graphs.bridges(meets, xy), BRIDGE)
    holder = main_holder(sides, len(stretches))
    found = divide(whole, _task(stretches, sides, holder, posts, wishes), seed, tries, say, stop)
    before = tally(sides, meets)
    after = tally(sides.assign(chief=found.part[sides["stretch"].to_numpy()]), meets)
    changed, changed_m = _changes(sides, holder, posts, found.part)
    return Proposal(
        posts=posts,
        post=found.part,
        before=before,
        after=after,
        spread=(spread(before), spread(after)),
        changed=changed,
        changed_m=changed_m,
        gaps=_gaps(stretches, found.part, meets, whole),
        rules=wishes.rules,
        finished=found.finished,
    )


def _changes(
    sides: pd.DataFrame, holder: Ints, posts: list[int | None], part: Places
) -> tuple[int, float]:
    """How many stretches, and metres of side, that somebody has would be in other hands."""
    ids = np.array([NOBODY - 1 if chief is None else chief for chief in posts], np.int64)
    now = ids[part]
    held = sides[sides["chief"] != NOBODY]
    moved = held["chief"].to_numpy() != now[held["stretch"].to_numpy()]
    stretches = (holder != NOBODY) & (holder != now)
    return int(stretches.sum()), float(held["metres"].to_numpy()[moved].sum())


def main_holder(sides: pd.DataFrame, count: int) -> Ints:
    """The chief (id) who has most metres of each of ``count`` stretches; -1 where nobody has."""
    held = sides[sides["chief"] != NOBODY]
    metres = held.groupby(["stretch", "chief"], as_index=False)["metres"].sum()
    first = metres.sort_values(["metres", "chief"], ascending=[False, True], kind="stable")
    main = first.groupby("stretch")["chief"].first()
    found: Ints = main.reindex(range(count), fill_value=NOBODY).to_numpy(np.int64)
    return found


def tally(sides: pd.DataFrame, meets: Graph) -> pd.DataFrame:
    """What each chief of ``sides`` has: metres, doors, cases, load, stretches, pieces.

    Pieces are counted on the network itself, without bridges.
    """
    held = sides[sides["chief"] != NOBODY]
    sums = held.groupby("chief")[["metres", "doors", "cases", "load"]].sum()
    sums["stretches"] = held.groupby("chief")["stretch"].nunique()
    each = held[["chief", "stretch"]].drop_duplicates().groupby("chief")["stretch"]
    sums["pieces"] = each.agg(lambda own: _pieces(meets, own.to_numpy()))
    return sums


def _pieces(meets: Graph, own: Ints) -> int:
    place = {int(v): i for i, v in enumerate(own)}
    near = [
        (i, place[w])
        for v, i in place.items()
        for w in meets.to[meets.start[v] : meets.start[v + 1]].tolist()
        if w in place
    ]
    one, other = np.array(near, np.int64).reshape(-1, 2).T
    part = graphs.from_pairs(len(own), one, other, np.ones(len(one)))
    return graphs.pieces(part, np.zeros(len(own), np.int32))[0]


def spread(table: pd.DataFrame) -> Spread:
    """How evenly a `tally` is spread; 0 where nobody carries anything."""
    load = table["load"].to_numpy(float)
    mean = load.mean() if len(load) else 0.0
    connected = int((table["pieces"] == 1).sum())
    if not mean:
        return Spread(0.0, 0.0, len(load), connected)
    return Spread(float(load.max() / mean), float(load.std() / mean), len(load), connected)


def _locked(stretches: pd.DataFrame, wishes: Wishes) -> Flags:
    flags: Flags = stretches["id"].isin(wishes.locked).to_numpy()
    return flags


def _posts(sides: pd.DataFrame, wishes: Wishes, locked: Flags) -> list[int | None]:
    """The chiefs of a proposal: those of today without some and with others, then vacancies.

    Where fewer are wished for, those who carry least leave; who has a locked stretch stays.
    """
    held = sides[sides["chief"] != NOBODY]
    load = held.groupby("chief")["load"].sum().sort_values(ascending=False, kind="stable")
    bound = set(main_holder(sides, len(locked))[locked].tolist()) - {NOBODY}
    if wanting := bound & set(wishes.without):
        raise NotDivisible(f"chief {min(wanting)} is to leave, but keeps a locked stretch")
    stay = [c for c in load.index.tolist() if c not in wishes.without and c not in wishes.added]
    first = [*(c for c in stay if c in bound), *wishes.added]
    ordered: list[int | None] = [*first, *(c for c in stay if c not in bound)]
    wanted = len(ordered) if wishes.chiefs is None else wishes.chiefs
    if wanted < len(first):
        raise NotDivisible(
            f"{wanted} chiefs are fewer than the {len(first)} who are brought in or keep a locked"
            " stretch"
        )
    chosen = ordered[:wanted]
    return sorted(chosen, key=lambda c: c or 0) + [None] * (wanted - len(chosen))


def _task(
    stretches: pd.DataFrame,
    sides: pd.DataFrame,
    holder: Ints,
    posts: Sequence[int | None],
    wishes: Wishes,
) -> Task:
    count = len(stretches)
    at = {chief: post for post, chief in enumerate(posts) if chief is not None}
    stretch = sides["stretch"].to_numpy()
    metres = np.bincount(stretch, sides["metres"], minlength=count)
    home = np.array([at.get(chief, NOBODY) for chief in holder.tolist()], np.int32)
    return Task(
        load=np.bincount(stretch, sides["load"], minlength=count).astype(np.float64),
        home=home,
        price=0.5 + 0.5 * metres / metres.mean(),  # half for the stretch, half for its metres
        locked=_locked(stretches, wishes) & (home != NOBODY),
        parts=len(posts),
        tolerance=wishes.tolerance,
        cut=BORDER,
    )


def _gaps(stretches: pd.DataFrame, part: Places, meets: Graph, whole: Graph) -> list[Gap]:
    """The shares in several pieces, and why."""
    _, piece = graphs.pieces(meets, part)
    _, bridged = graphs.pieces(whole, part)
    frame = pd.DataFrame({"post": part, "piece": piece, "bridged": bridged, "id": stretches["id"]})
    found = []
    for post, own in frame.groupby("post"):
        sizes = own["piece"].value_counts()
        if len(sizes) > 1:
            first = own.drop_duplicates("piece").set_index("piece")["id"]
            why = "network" if own["bridged"].nunique() == 1 else "locks"
            rest = tuple(int(first[p]) for p in sizes.index[1:])
            found.append(Gap(int(str(post)), len(sizes), why, rest))
    return found
