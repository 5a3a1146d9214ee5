"""Answers about proposals of the engine: how far they are, and what would be otherwise."""

from typing import Any, Literal

from typing_extensions import TypedDict

from api.answers import exact

Task = Literal["rebalance", "redraw", "split", "merge", "add", "drop", "unite"]
ProposalStatus = Literal["running", "ready", "failed", "applied"]


@exact
class ProposalMeasures(TypedDict):
    """How evenly load for each worker lies on the grids, and the metres of border between them."""

    units: float
    mean: float
    max_over_mean: float
    cv: float
    gini: float
    border_m: float


@exact
class ProposalBrief(TypedDict):
    """A proposal in short; `version` of the draft that it is made on."""

    id: int
    version: int
    task: Task
    status: ProposalStatus
    wishes: dict[str, Any]
    seed: int
    made_by: str
    made_at: str
    ended_at: str | None
    error: str | None
    before: ProposalMeasures | None
    after: ProposalMeasures | None


@exact
class Proposals(TypedDict):
    """Proposals for a plan, the newest first."""

    proposals: list[ProposalBrief]


@exact
class ProposalGrid(TypedDict):
    """A grid that would change: minutes a week for each worker; null: it is not there."""

    number: int
    load_per_worker_before: int | None
    load_per_worker_after: int | None


@exact
class ProposalUnsolved(TypedDict):
    """An area that stays as it is: the rule no plan keeps, where, how far off the nearest is."""

    area: str | None
    area_name: str | None
    rule: Literal["contiguous", "size", "heavy", "load", "whole"]
    values: dict[str, Any]
    reason: str
    reason_zh: str
    nearest: float | None
    blocks: list[int]


@exact
class ProposalRule(TypedDict):
    """The rule set that loads are weighed by."""

    name: str
    version: int


@exact
class ProposalFigures(TypedDict):
    """What a proposal comes to; ``changed_load`` of ``load``, in minutes a week."""

    before: ProposalMeasures
    after: ProposalMeasures
    grids: list[ProposalGrid]
    changed_blocks: int
    changed_load: float
    load: float
    came: list[int]
    gone: list[int]
    finished: bool
    rule: ProposalRule
    unsolved: list[ProposalUnsolved]


@exact
class Proposal(TypedDict):
    """A proposal: how far it is; then its figures, and blocks with the numbers before, after."""

    id: int
    plan: int
    system: str
    version: int
    task: Task
    status: ProposalStatus
    wishes: dict[str, Any]
    seed: int
    made_by: str
    step: str
    done: int
    total: int
    figures: ProposalFigures | None
    error: str | None
    made_at: str
    ended_at: str | None
    changed: list[tuple[int, int | None, int | None]]
