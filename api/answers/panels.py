"""The answer about one unit: what its panel tells."""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict

from api.answers import Bounds, exact


@exact
class Parent(TypedDict):
    """A unit that the unit lies in, with its figures where there are such."""

    layer: str
    id: int
    code: str | None
    name: str
    detail: str | None
    households: float | None
    incidents: float | None
    open: float | None


@exact
class UnitCounts(TypedDict):
    """Incidents of the unit: all, of 30 days and a year, open, open and late."""

    all: int
    days_30: int
    days_365: int
    open: int
    late: int


@exact
class ClassCount(TypedDict):
    """A class of incidents."""

    class_: Annotated[str, Field(alias="class")]
    count: int


@exact
class MonthCount(TypedDict):
    """A month, YYYY-MM."""

    month: str
    count: int


@exact
class OpenCase(TypedDict):
    """An open case of the unit."""

    id: int
    code: str
    class_: Annotated[str, Field(alias="class")]
    status: str
    address: str | None
    reported_at: str
    due_at: str | None
    late: bool
    lon: float
    lat: float


@exact
class Door(TypedDict):
    """A merchant along the road."""

    id: int
    code: str
    name: str
    category: str | None
    listed: Literal["red", "grey"] | None
    side: Literal["L", "R"] | None
    seq: int | None
    chainage_m: float | None
    lon: float
    lat: float


@exact
class Doors(TypedDict):
    """Merchants of the unit; along a road also which, in the order of their doors."""

    count: int
    rows: list[Door] | None


@exact
class RuleNamed(TypedDict):
    """The rule set that a load is by."""

    name: str
    version: int
    title: str
    title_en: str


@exact
class LoadHere(TypedDict):
    """Minutes of work a week in an area or grid, for each worker, and by the mean of its like.

    `parts` sum to `value`: households, people, merchants, incidents, frontage, area, places.
    """

    value: float
    per_worker: float | None
    times_mean: float | None
    parts: dict[str, float]
    rule: RuleNamed


@exact
class ChiefHere(TypedDict):
    """Who has a duty in the unit; the phone only for those with the right."""

    role: str
    name: str
    department: str | None
    phone: str | None
    metres: float
    sides: list[str]


@exact
class Neighbour(TypedDict):
    """A unit beside it, with its number of incidents."""

    id: int
    code: str | None
    name: str | None
    value: float | None
    lon: float
    lat: float


@exact
class Neighbours(TypedDict):
    """Units that share an edge, or the others of the road; the unit's own number, their median."""

    relation: Literal["edge", "road"]
    value: float | None
    median: float | None
    units: list[Neighbour]


@exact
class StationHere(TypedDict):
    """A service station near the unit, by the straight distance."""

    id: int
    code: str
    name: str
    tier: str
    distance_m: float
    lon: float
    lat: float


@exact
class UnitTold(TypedDict):
    """All that a panel tells of one unit. `near_m`, of points: within how many metres the incidents
    are. `until` is what periods are counted back from.
    """

    layer: str
    id: int
    geometry: Literal["polygon", "line", "point"]
    code: str | None
    name: str | None
    facts: dict[str, str | float | bool | None]
    lon: float
    lat: float
    bbox: Bounds
    area_m2: float | None
    length_m: float | None
    as_of: str
    until: str
    parents: list[Parent]
    counts: UnitCounts
    classes: list[ClassCount]
    trend: list[MonthCount]
    cases: list[OpenCase]
    near_m: float | None
    merchants: Doors | None
    load: LoadHere | None
    chiefs: list[ChiefHere]
    neighbours: Neighbours | None
    stations: list[StationHere]
