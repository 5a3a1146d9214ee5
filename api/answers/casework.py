"""Answers about cases and how things stand: near a spot, open ones, trends."""

from typing import Annotated, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from api.answers import exact


@exact
class Now(TypedDict):
    """Open cases by state, the late ones, and what came and went since midnight."""

    at: str
    states: dict[str, int]
    open: int
    late: int
    reported_today: int
    closed_today: int
    newest: str | None


@exact
class Kind(TypedDict):
    """A class with its subclasses."""

    class_: Annotated[str, Field(alias="class")]
    subclasses: list[str] | None


@exact
class Kinds(TypedDict):
    """The classes that cases have."""

    classes: list[Kind]


@exact
class SpotClass(TypedDict):
    """How many of a class there were."""

    class_: Annotated[str, Field(alias="class")]
    reported: int


@exact
class NearCase(TypedDict):
    """A case near a spot; `same` where it may be the same as one that is asked about."""

    code: str
    class_: Annotated[str, Field(alias="class")]
    subclass: str | None
    status: str
    reported_at: str
    closed_at: str | None
    distance_m: float
    open: bool
    same: bool | None


@exact
class Spot(TypedDict):
    """Cases near a place, and how many by class."""

    within_m: float
    classes: list[SpotClass]
    cases: list[NearCase]


@exact
class TrendStep(TypedDict):
    """An hour or a day in local time."""

    at: str
    reported: int
    closed: int


@exact
class TrendClass(TypedDict):
    """A class of the period with most cases."""

    class_: Annotated[str, Field(alias="class")]
    reported: int
    open: int


@exact
class WorstGrid(TypedDict):
    """A grid with much to do, and its box in degrees."""

    id: int
    code: str
    name: str
    open: int
    late: int
    reported: int
    west: float
    south: float
    east: float
    north: float


@exact
class Trends(TypedDict):
    """Hours and days up to `until`; `asleep` where reports ended long ago."""

    until: str
    asleep: bool
    hours: list[TrendStep]
    days: list[TrendStep]
    classes: list[TrendClass]
    grids: list[WorstGrid]


@exact
class StepTaken(TypedDict):
    """A step of a case's history, with the state after it; the actor for those with the right."""

    seq: int
    step: str
    status: str
    at: str
    actor: str | None
    note: str | None


@exact
class MaybeSame(TypedDict):
    """An open case that may be the same as one just filed."""

    code: str
    subclass: str | None
    status: str
    reported_at: str
    distance_m: float


@exact
class Case(TypedDict):
    """A case. `version` is the number of steps taken, `actions` what can be done now; `steps` come
    with a single case, `near` with one just filed.
    """

    id: int
    code: str
    class_: Annotated[str, Field(alias="class")]
    subclass: str | None
    status: str
    open: bool
    late: bool
    description: str | None
    address: str | None
    source: str | None
    reported_at: str
    due_at: str | None
    handled_at: str | None
    closed_at: str | None
    area: str | None
    street: str | None
    block: str | None
    road: str | None
    segment: int | None
    seq: int | None
    side: Literal["L", "R"] | None
    chainage_m: float | None
    offset_m: float | None
    lon: float
    lat: float
    version: int
    actions: list[str]
    steps: NotRequired[list[StepTaken]]
    near: NotRequired[list[MaybeSame]]


@exact
class Cases(TypedDict):
    """A page of cases; `next` leads on, and is null on the last page."""

    cases: list[Case]
    next: str | None
