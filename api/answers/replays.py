"""Answers about replays: a year's work under another plan, and plans held against each other."""

from typing import Literal

from typing_extensions import TypedDict

from api.answers import exact
from api.answers.plans import Status


@exact
class ReplayedPlan(TypedDict):
    """A plan in short; `version` is that of a draft."""

    id: int
    name: str
    status: Status
    system: str
    version: int | None
    valid_from: str | None


@exact
class ReplayFigure(TypedDict):
    """A figure under both plans; less is better. `low` to `high`: where `after` - `before` may lie.

    `verdict` is `same` where that holds 0.
    """

    key: str
    before: float
    after: float
    low: float
    high: float
    verdict: Literal["better", "worse", "same"]


@exact
class ReplayGrid(TypedDict):
    """A grid and what it had; null: a small count that is not shown."""

    number: int
    id: int | None
    code: str
    name: str
    parent: str | None
    workers: int
    cases: int | None
    late: int | None
    border: int | None
    visits: int
    patrol_m: float
    walk_m: float


@exact
class ReplaySpan(TypedDict):
    """What a worker has in a week under both plans, and where the difference may lie."""

    was: float | None
    now: float | None
    low: float | None
    high: float | None


@exact
class ReplayMove(TypedDict):
    """What becomes of a grid; `before` or `after` is null where it is new or has ended.

    `was` and `now`: cases of one of its workers in a week; `low` to `high`: where `now` - `was` may
    lie; `late`: the same of late ones; in how many weeks that worker has less, and more. All are
    null where counts are too small to be shown.
    """

    before: ReplayGrid | None
    after: ReplayGrid | None
    was: float | None
    now: float | None
    low: float | None
    high: float | None
    late: ReplaySpan
    weeks_lighter: int | None
    weeks_heavier: int | None
    verdict: Literal["lighter", "heavier", "same", "new", "ended"]


@exact
class ReplayWeeks(TypedDict):
    """A figure week by week under both plans."""

    key: str
    before: list[float]
    after: list[float]


@exact
class ReplayEased(TypedDict):
    """How many come to a worker with less to do, and how many to one with more."""

    lighter: float | None
    heavier: float | None


@exact
class ReplayTotal(TypedDict):
    """What happened in all; `outside_before`, `outside_after`: cases in no grid of the plan."""

    cases: int
    late: int
    visits: int
    patrol_m: float
    outside_before: int | None
    outside_after: int | None


@exact
class ReplayMoved(TypedDict):
    """What changes hands."""

    blocks: int
    households: float
    cases: int | None


@exact
class ReplayTold(TypedDict):
    """A period's work under two plans; `weeks` have the first day of each.

    `weeks_lighter`, `weeks_heavier`: in how many grids a worker has less, or more, in each week.
    """

    plan: ReplayedPlan
    against: ReplayedPlan
    since: str
    until: str
    seed: int
    draws: int
    busy_at: float
    total: ReplayTotal
    moved: ReplayMoved
    cases: ReplayEased
    households: ReplayEased
    figures: list[ReplayFigure]
    grids: list[ReplayMove]
    weeks: list[str]
    weeks_lighter: list[int]
    weeks_heavier: list[int]
    weekly: list[ReplayWeeks]


@exact
class ComparedGrid(TypedDict):
    """A grid of a plan; `as_first`: the number of the first plan's grid that it goes on as."""

    number: int
    code: str | None
    name: str
    as_first: int | None
    workers: int
    blocks: int
    households: int
    load: float
    load_per_worker: float | None


@exact
class ComparedMeasures(TypedDict):
    """How evenly the load of a worker lies."""

    units: int
    mean: float
    max_over_mean: float
    cv: float
    gini: float


@exact
class ComparedPlan(TypedDict):
    """A plan with its measures, and what of it is in other hands than in the first."""

    plan: ReplayedPlan
    grids: list[ComparedGrid]
    unassigned: int
    measures: ComparedMeasures | None
    moved_blocks: int
    moved_households: float


@exact
class ComparedBlocks(TypedDict):
    """The blocks that are not everywhere in the same hands; `numbers`: each plan's own."""

    id: list[int]
    numbers: list[list[int | None]]


@exact
class PlansCompared(TypedDict):
    """Plans side by side, the first of which the others are held against."""

    plans: list[ComparedPlan]
    blocks: ComparedBlocks


@exact
class TrendPlan(TypedDict):
    """A plan that was in force; `valid_to`: null where no end is known."""

    id: int
    name: str
    valid_from: str
    valid_to: str | None


@exact
class TrendGrid(TypedDict):
    """What was done in a grid month by month: numbers, or metres.

    `today`: in its borders on the day `as_of`, null where there it is none; `then`: on each day.
    """

    id: int
    code: str
    name: str
    since: str
    today: list[float] | None
    then: list[float]


@exact
class GridsTrend(TypedDict):
    """What was done by grid and month, in the borders of a day and of each day."""

    system: str
    of: Literal["cases", "visits", "patrol_m"]
    as_of: str
    months: list[str]
    plans: list[TrendPlan]
    grids: list[TrendGrid]
