"""Plans of a graph, annealed level by level and bred from each other.

One plan is made from coarse to fine: vertices are put together in pairs again and again (heavy-edge
matching: Karypis and Kumar 1998), the smallest graph is divided by random trees, and on every level
borders are annealed. Several such plans are bred: what two of them agree on is put together, and
the better one is annealed anew on what is left (Sanders and Schulz 2012). A bred plan takes the
place of its worse parent, where it is better.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np

from geo.balance import borders, contract, moves, start
from geo.balance.contract import Level
from geo.balance.divide import Division, Task, prepare
from geo.balance.flows import heights, needs
from geo.balance.graph import Graph, cut_of
from geo.balance.moves import Held, Prices
from geo.cells import Floats, Places
from geo.progress import Say, Step, silence

EACH = 30
"""The smallest graph has about so many vertices for each part."""

HOT, COLD = 1.2, 0.12
"""First and last temperature, in prices of a mean edge of the level; the first also in those of a
hand. Hands are dearer where plans stay near today's: at their last one borders would never set.
"""

SOFT, HARD = 0.2, 16.0
"""The price of a mean vertex's load outside of the band rises from this to that, in mean edges."""

ROOMY = 1.5
"""On coarse levels loads may be off by so many of their mean vertices."""

STEEP = 4.0
"""Load outside of the band is dearer by this times its share of the target: far out, far dearer."""

INSIDE = 0.9
"""While loads do not fit, the search aims at this share of the tolerance; then, at `EDGE` of it."""

EDGE = 0.999

STEPS = 8
SWEEPS, LEAST_TRIES, MOST_TRIES = 2000, 20_000, 300_000_000
"""Of a plan each vertex is tried so often, within bounds: half as often where most will stay, half
as often again in large graphs, which get fewer plans.
"""

PULL = 0.5
WORTH = 0.6
"""In every other plan, load that has to flow is paid this share of what its change of hands costs.
At 1 it would go astray, for nothing; where most changes hands, the other plans are far better.
"""

HASTE = 16
"""The first plan is made with so many times fewer tries, so that there soon is one."""

BATCH = 4
"""So many plans are made at the same time; the result does not depend on how many threads do."""

SMALL, LARGE = 400, 20_000
"""Graphs of fewer vertices are small, and of more are large."""

EXACT = 1e-9
LEAST_EDGE = 1e-3


def _schedule() -> list[tuple[float, float, float]]:
    """Heat at the start and the end of each step, and the price of load outside of the band.

    The last of the first `STEPS` takes nothing but gains; those after it warm up again a little,
    `MEND` steps at a time, for loads that do not fit yet.
    """
    heat = [HOT * (COLD / HOT) ** (step / (STEPS - 1)) for step in range(STEPS)]
    dear = [SOFT * (HARD / SOFT) ** (step / (STEPS - 1)) for step in range(STEPS)]
    first = [*zip(heat, heat[1:], dear, strict=False), (NONE, NONE, HARD)]
    warm = [MILD * (COLD / MILD) ** (step / (MEND - 1)) for step in range(MEND)]
    dear = [HARD * 2.0 ** (step - MEND + 2) for step in range(MEND)]
    mend = [*zip(warm, warm[1:], dear, strict=False), (NONE, NONE, HARD * 4)]
    return first + MENDS * mend


MENDS, MEND, MILD, NONE = 4, 5, 1.0, 1e-6
SCHEDULE = _schedule()


def _early(step: int) -> float:
    """From 1 at the first step to 0 at the last, and then on."""
    return max(1 - step / (STEPS - 1), 0.0)


class Effort(NamedTuple):
    """How many ``plans`` are made and how many are bred of them, with how many ``tries`` each
    (none: by the size of the graph); on how many ``threads``.
    """

    plans: int = 4
    bred: int = 12
    tries: int | None = None
    threads: int = 1


def usual(graph: Graph, task: Task) -> Effort:
    """What is enough: more for small graphs, which cost little; less where all have a home, and for
    large ones, where one plan in peace is better than several in haste.
    """
    if _easy(graph, task) or graph.vertices > LARGE:
        return Effort(2, 2)
    times = min(max(SMALL // graph.vertices, 1), 4)
    return Effort(4 * times, 8 * times)


def _easy(graph: Graph, task: Task) -> bool:
    """Whether every vertex of a large graph has a home, where most of them will stay."""
    return bool(graph.vertices > SMALL and (task.home >= 0).all())


class Score(NamedTuple):
    """What a plan is compared by: the load outside of the band, in targets, then its price."""

    outside: float
    price: float


def score(graph: Graph, task: Task, target: Floats, part: Places) -> Score:
    """How far loads are outside of the band, and the price of borders and of changes of hand."""
    loads = np.bincount(part, task.load, minlength=task.parts)
    outside = np.maximum(np.abs(loads / target - 1) - task.tolerance, 0).sum()
    changed = task.price[(task.home >= 0) & (task.home != part)].sum()
    outside = 0.0 if outside < EXACT else round(float(outside), 9)
    return Score(outside, float(changed + task.cut * cut_of(graph, part)))


def evolve(
    graph: Graph,
    task: Task,
    seed: int = 0,
    effort: Effort = Effort(),  # noqa: B008 - a tuple of numbers
    say: Say = silence,
    stop: Callable[[], bool] = lambda: False,
) -> Division:
    """Divides a connected graph; the same seed and ``effort`` give the same parts.

    Where a plan within the tolerance was found, the cheapest of those; else the one that is least
    outside of it. ``stop`` is asked between plans and steps. Raises as `geo.balance.divide.divide`.
    """
    total, best, number = _total(effort), None, 0
    for number, plan in enumerate(every_plan(graph, task, seed, effort, stop), 1):
        best = plan if best is None or plan[0] < best[0] else best
        say(Step("dividing", number, total))
    assert best is not None  # noqa: S101 - one plan is always made
    before = _today(graph, task, prepare(graph, task).target)
    return Division(best[1], before.price, best[0].price, not stop() or number >= total)


def _total(effort: Effort) -> int:
    """How many plans are made: the hasty one comes on top, where there are several."""
    return effort.plans + effort.bred + (effort.plans > 1)


def every_plan(
    graph: Graph, task: Task, seed: int, effort: Effort, stop: Callable[[], bool] = lambda: False
) -> Iterator[tuple[Score, Places]]:
    """Every plan that `evolve` makes, as it is made; the first, where there are more, in haste."""
    breeder = _Breeder(graph, task, seed, effort, stop)
    total = _total(effort)
    with ThreadPoolExecutor(effort.threads) as pool:
        while breeder.made < total and not (stop() and breeder.plans):
            batch = []
            for plan in pool.map(breeder.make, breeder.jobs(min(BATCH, total - breeder.made))):
                batch.append(plan)
                yield plan[1:]
            breeder.take(batch)


def _today(graph: Graph, task: Task, target: Floats) -> Score:
    if (task.home < 0).any():
        return Score(np.inf, np.inf)
    return score(graph, task, target, task.home)


class _Job(NamedTuple):
    """A plan to be made: from nothing (or home), or of two others, whose places are given."""

    number: int
    seed: int
    parents: tuple[int, int] | None
    tries: int


class _Breeder:
    """The plans so far, and how others are made of them."""

    def __init__(
        self, graph: Graph, task: Task, seed: int, effort: Effort, stop: Callable[[], bool]
    ) -> None:
        self.graph, self.task, self.effort, self.stop = graph, task, effort, stop
        self.given = prepare(graph, task)
        self.random = np.random.default_rng(seed)
        self.plans: list[tuple[Score, Places]] = []
        self.made = 0
        large = graph.vertices > LARGE
        sweeps = SWEEPS // 2 if _easy(graph, task) else SWEEPS * 3 // 2 if large else SWEEPS
        usual = min(max(sweeps * graph.vertices, LEAST_TRIES), MOST_TRIES)
        self.tries = effort.tries or usual
        hand = task.price[task.home >= 0].sum() / self.given.load.sum()
        self.worth = WORTH * hand * needs(graph, self.given, task.tolerance, task.home)[1]

    def jobs(self, count: int) -> list[_Job]:
        """What is to be made next, drawn before anything is made: threads draw nothing."""
        return [self._job(self.made + i) for i in range(count)]

    def _job(self, number: int) -> _Job:
        seed = int(self.random.integers(2**31))
        hasty = number == 0 and self.effort.plans > 1
        if number < self.effort.plans + (self.effort.plans > 1) or len(self.plans) < 2:
            return _Job(number, seed, None, self.tries // HASTE if hasty else self.tries)
        one, other = sorted(self.random.choice(len(self.plans), 2, replace=False).tolist())
        return _Job(number, seed, (one, other), self.tries)

    def make(self, job: _Job) -> tuple[_Job, Score, Places]:
        """Makes one plan."""
        nothing = np.zeros(self.graph.vertices, np.int32)
        if job.parents is None:
            part = self._cascade(nothing, None, job)
        else:
            parents = sorted((self.plans[i] for i in job.parents), key=lambda plan: plan[0])
            both = contract.overlay(self.graph, [plan[1] for plan in parents])
            part = self._cascade(both, parents[0][1], job)
        return job, score(self.graph, self.task, self.given.target, part), part

    def take(self, made: Sequence[tuple[_Job, Score, Places]]) -> None:
        """Takes plans in; a bred one in the place of the worse parent, where it is better.

        So does the last of the first ones, which there is one too many of for the hasty one.
        """
        for job, worth, part in made:
            self.made += 1
            if job.parents is None and len(self.plans) < max(self.effort.plans, 2):
                self.plans.append((worth, part))
                continue
            worse = max(job.parents or range(len(self.plans)), key=lambda i: self.plans[i][0])
            if worth < self.plans[worse][0] and not self._known(part):
                self.plans[worse] = worth, part

    def _known(self, part: Places) -> bool:
        return any(np.array_equal(part, plan[1]) for plan in self.plans)

    def _cascade(self, side: Places, part: Places | None, job: _Job) -> Places:
        """A plan made from the coarsest level to the finest."""
        rng = np.random.default_rng(job.seed)
        levels = contract.levels(self.graph, self.given, side, EACH * self.task.parts, rng)
        part = self._top(levels, part, job.seed)
        vertices = np.array([level.graph.vertices for level in levels])
        share = vertices / vertices.sum() * job.tries
        for i in range(len(levels) - 1, -1, -1):
            held = start.tally(levels[i].given, part)
            own = job._replace(seed=int(rng.integers(2**31)), tries=int(share[i]))
            self._anneal(levels[i], held, own, fine=i == 0)
            part = held.part
            if i:
                below = levels[i - 1].above
                assert below is not None  # noqa: S101 - only the highest level has nothing above
                part = part[below]
        return part

    def _top(self, levels: list[Level], part: Places | None, seed: int) -> Places:
        if part is None:
            top = levels[-1]
            work = moves.room(top.graph.vertices, seed)
            return start.begin(top.graph, top.given, work).part
        for level in levels[:-1]:
            part = contract.lifted(level, part)
        return part

    def _anneal(self, level: Level, held: Held, job: _Job, *, fine: bool) -> None:
        """Cools one level from hot to cold, loads ever dearer; on the finest one until they fit."""
        work, each = moves.room(level.graph.vertices, job.seed), max(job.tries // STEPS, 1)
        edges = borders.borders_of(level.graph, held)
        edge, hand = self._units(level)
        for step, (hot, cold, dear) in enumerate(SCHEDULE if fine else SCHEDULE[:STEPS]):
            mends = step >= STEPS
            if self.stop() or (mends and (step - STEPS) % MEND == 0 and self._fits(held)):
                break
            prices = self._prices(level, held, job, dear * (edge + hand), fine=fine)
            first, last = (edge * (1 + hand / edge) ** _early(at) for at in (step, step + 1))
            hot, cold = hot * first, cold * last
            cooling = (cold / hot) ** (1 / each)
            borders.anneal(level.graph, level.given, held, edges, prices, work, hot, cooling, each)

    def _units(self, level: Level) -> tuple[float, float]:
        """The price of a mean edge, and that of a mean vertex's change of hand."""
        weight = level.graph.weight.mean() if len(level.graph.weight) else 1.0
        homes = level.given.home >= 0
        hands = level.given.price[homes].mean() if homes.any() else 0.0
        return max(float(self.task.cut * weight), LEAST_EDGE * hands, EXACT), float(hands)

    def _prices(self, level: Level, held: Held, job: _Job, dear: float, *, fine: bool) -> Prices:
        mean = level.given.load.mean() / level.given.target.mean()
        fits = self._fits(held)
        tolerance = (EDGE if fits else INSIDE) * self.task.tolerance
        line = dear / max(mean, 1e-12)
        lift = job.number % 2 * self.worth
        if not fits:
            down = heights(level.graph, level.given, self.task.tolerance, held)
            lift = lift + PULL * line * down / level.given.target
        if not fine:
            tolerance = max(tolerance, ROOMY * mean)
        return Prices(tolerance, STEEP * line, line, self.task.cut, lift)

    def _fits(self, held: Held) -> bool:
        off = np.abs(held.load / self.given.target - 1)
        return bool((off <= self.task.tolerance + EXACT).all())
