"""Answers about plans that are redrawn: in short, with their grids, strokes, lineage, comments."""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict

from api.answers import exact

Status = Literal["draft", "submitted", "approved", "published", "superseded"]


@exact
class PlanBrief(TypedDict):
    """A plan in short; `version` of one that is not in force yet."""

    id: int
    system: str
    name: str
    status: Status
    version: int | None
    based_on: int | None
    valid_from: str | None
    valid_to: str | None
    made_at: str
    made_by: str
    note: str
    grids: int
    blocks: int


@exact
class Plans(TypedDict):
    """Plans, the newest first."""

    plans: list[PlanBrief]


@exact
class PlanGrid(TypedDict):
    """A grid of a plan and what its blocks hold; `code` and `grid_id` where it has been one."""

    number: int
    grid_id: int | None
    code: str | None
    name: str
    parent: str | None
    parent_name: str | None
    workers: int
    locked: bool
    blocks: int
    households: int
    people: int
    merchants: int
    incidents: int
    frontage_m: float
    area_m2: float
    load: float
    load_per_worker: float | None


@exact
class PlanSpread(TypedDict):
    """How evenly load for each worker lies on the grids."""

    units: int
    mean: float
    max_over_mean: float
    cv: float
    gini: float


@exact
class PlanLimits(TypedDict):
    """What grids should keep to; null: no limit."""

    households_least: float | None
    households_most: float | None
    load_least: float | None
    load_most: float | None
    compactness_least: float | None
    area_least: float | None
    area_most: float | None


@exact
class PlanStep(TypedDict):
    """What a plan became, and by whom."""

    status: Status
    at: str
    made_by: str
    note: str


@exact
class PlanRule(TypedDict):
    """The rule set that loads are weighed by."""

    name: str
    version: int


@exact
class Plan(TypedDict):
    """A plan with its grids."""

    id: int
    system: str
    name: str
    status: Status
    version: int | None
    based_on: int | None
    valid_from: str | None
    valid_to: str | None
    made_at: str
    made_by: str
    note: str
    grids: list[PlanGrid]
    blocks: int
    unassigned: int
    measures: PlanSpread
    limits: PlanLimits
    steps: list[PlanStep]
    rule: PlanRule


@exact
class PlanBlocks(TypedDict):
    """Columns: blocks, the number of each one's grid, and that when the draft was begun."""

    id: list[int]
    number: list[int | None]
    based: list[int | None]


@exact
class Stroke(TypedDict):
    """A stroke: each block changed with the numbers before and after, and the grids touched."""

    version: int
    stroke: int | None
    changed: list[tuple[int, int | None, int | None]]
    grids: list[PlanGrid]


@exact
class CutBlock(TypedDict):
    """A block that a cut or a join made."""

    id: int
    code: str
    households: int | None
    people: int | None
    area_m2: float


@exact
class GroundChanged(TypedDict):
    """Blocks that ended and began, and how many points near by have other links."""

    version: int
    ended: list[int]
    blocks: list[CutBlock]
    points: int
    moved: int


@exact
class LineageRow(TypedDict):
    """A pair of grids that share blocks, or one that ended or began with none."""

    kind: Literal["kept", "split", "merged", "moved", "ended", "new"]
    blocks: int
    households: int
    from_id: int | None
    from_code: str | None
    from_name: str | None
    to_id: int | None
    to_code: str | None
    to_name: str | None
    to_number: int | None


@exact
class Lineage(TypedDict):
    """What became of the grids before a plan."""

    lineage: list[LineageRow]


@exact
class PlanComment(TypedDict):
    """What somebody said of a plan, at a place or of the whole."""

    id: int
    at: str
    made_by: str
    body: Annotated[str, Field(max_length=2000)]
    lon: float | None
    lat: float | None
    done: bool


@exact
class PlanComments(TypedDict):
    """Comments, the oldest first."""

    comments: list[PlanComment]
