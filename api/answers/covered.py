"""Answers about coverage: figures of the whole and its parts, blind spots, span of control."""

from typing import Annotated, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from api.answers import exact


class Reckoned(TypedDict):
    """How figures were got: of which day, by which rule, from which data."""

    on: str
    reckoned: str
    half_life_days: float
    hollow_days: int
    rule: int
    crs: int
    revision: str


class Paper(TypedDict):
    """What somebody has in charge; incidents are null where they are too few to be told."""

    paper_m: float
    lived_m: float
    hollow_m: float
    merchants_paper: float
    merchants_lived: float
    households_paper: float
    households_lived: float
    incidents_paper: float | None
    incidents_lived: float | None


@exact
class CoverageFigures(Paper):
    """What there is, and how much of it has a duty, on paper and lived."""

    side_m: float
    merchants: float
    households: float
    incidents: float | None
    paper_share: float | None
    lived_share: float | None


@exact
class CoveragePart(Paper):
    """A part of the whole. Chiefs and levels have no sides of their own."""

    code: str
    name: str
    department: NotRequired[str | None]
    roles: NotRequired[str]
    side_m: NotRequired[float]
    merchants: NotRequired[float]
    households: NotRequired[float]
    incidents: NotRequired[float | None]
    paper_share: float | None
    lived_share: float | None


@exact
class CoverageSummary(Reckoned):
    """The whole, and its parts by something."""

    total: CoverageFigures
    by: str
    parts: list[CoveragePart]


class Boxed(TypedDict):
    """Where it lies, in degrees."""

    west: float
    south: float
    east: float
    north: float


@exact
class BlindPlace(Boxed):
    """A road in a community of which metres have no duty, or none that is acted on."""

    road: str
    community: str
    community_name: str
    street: str
    bare_m: float
    hollow_m: float
    merchants: float
    households: float
    incidents: float | None


@exact
class BlindCompound(Boxed):
    """A compound none of whose fronts has a duty; `faced` where it has any front."""

    id: int
    name: str
    community: str
    households: float
    faced: bool


@exact
class BlindCluster(Boxed):
    """Incidents close together that nobody answers for."""

    count: int
    road: str
    address: str
    class_: Annotated[str, Field(alias="class")]
    of_class: int


@exact
class FarCompound(Boxed):
    """A compound far from every station on foot."""

    id: int
    code: str
    name: str
    households: int | None
    station: str | None
    station_name: str | None
    metres: float | None
    minutes: float | None


@exact
class BlindCounts(TypedDict):
    """How many of each there are."""

    places: int
    compounds: int
    clusters: int
    far: int


@exact
class Blind(Reckoned):
    """What nobody covers."""

    counts: BlindCounts
    cluster: int
    places: list[BlindPlace]
    compounds: list[BlindCompound]
    clusters: list[BlindCluster]
    far: list[FarCompound]


@exact
class ChiefInCharge(Paper):
    """A chief's work against the norms; `load` is in percent of one person."""

    code: str
    name: str
    department: str | None
    roles: str
    metres: float
    doors: float
    cases: float | None
    load: float


@exact
class StaffOf(CoverageFigures):
    """Chiefs of a street: there, needed by the norms, short."""

    code: str
    name: str
    metres: float
    doors: float
    cases: float | None
    there: int
    needed: int
    short: int


@exact
class WorkersOf(TypedDict):
    """Community workers against households; `each` is households for one of them."""

    code: str
    name: str
    households: float
    workers: float
    each: float | None
    needed: int
    short: int
    alarm: bool


@exact
class Norms(TypedDict):
    """What one person can do."""

    metres: float
    doors: float
    cases: float


@exact
class SpanOfControl(Reckoned):
    """Who has how much against the norms."""

    norms: Norms
    most_households: int
    chiefs: list[ChiefInCharge]
    staff: list[StaffOf]
    workers: list[WorkersOf]
