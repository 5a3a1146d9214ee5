"""Answers for a chief on the way: the strip of segments in walking order, with doors and cases."""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict

from api.answers import exact
from api.answers.casework import Kind
from api.answers.shapes import PolygonShape, PolygonsShape, Position

SideOf = Literal["L", "R"]


class _Chief(TypedDict):
    code: str
    name: str
    department: str | None


@exact
class StripChief(_Chief):
    """A chief."""


@exact
class ChiefWithSegments(_Chief):
    """A chief, and of how many segments."""

    segments: int


@exact
class StripChiefs(TypedDict):
    """Chiefs who have segments."""

    chiefs: list[ChiefWithSegments]


@exact
class StripDoor(TypedDict):
    """A door on a side; `due` where a visit is due."""

    kind: Literal["merchant", "compound"]
    code: str | None
    name: str
    category: str | None
    listed: Literal["red", "grey"] | None
    chainage_m: float
    lon: float | None
    lat: float | None
    visited_at: str | None
    good: bool | None
    due: bool


@exact
class Passed(TypedDict):
    """Metres of a side that were walked along, and when."""

    from_m: float
    to_m: float
    at: str


@exact
class StripSide(TypedDict):
    """A side in charge: which metres, in which roles, with its doors."""

    side: SideOf
    roles: list[str]
    charge: list[tuple[float, float]]
    doors: list[StripDoor]
    passed: list[Passed]


@exact
class StripSegment(TypedDict):
    """A segment with the sides in charge; `line` is its axis."""

    id: int
    seq: int | None
    kind: str
    class_: Annotated[str, Field(alias="class")]
    length_m: float
    width_m: float
    narrow: bool
    nodes: tuple[int, int]
    line: list[Position]
    meets_first: list[str] | None
    meets_last: list[str] | None
    sides: list[StripSide]


@exact
class StripRoad(TypedDict):
    """A road's segments in walking order."""

    name: str | None
    kind: str
    segments: list[StripSegment]


@exact
class StripCase(TypedDict):
    """An open case on the strip."""

    segment: int
    side: SideOf
    chainage_m: float
    code: str
    class_: Annotated[str, Field(alias="class")]
    subclass: str | None
    status: str
    description: str | None
    address: str | None
    late: bool
    reported_at: str
    due_at: str | None
    lon: float
    lat: float


@exact
class WalkRules(TypedDict):
    """By what rules fixes become metres."""

    accurate_m: float
    beside_m: float
    pause_s: float
    pace_mps: float
    slip_m: float
    longest_s: float


@exact
class LastPatrol(TypedDict):
    """The chief's last patrol."""

    key: str
    begun_at: str
    ended_at: str | None
    metres: float


@exact
class Strip(TypedDict):
    """What a chief has in charge today."""

    chief: StripChief
    at: str
    day: str
    rules: WalkRules
    roads: list[StripRoad]
    cases: list[StripCase]
    last_patrol: LastPatrol | None
    classes: list[Kind]


@exact
class Catchment(TypedDict):
    """Who can walk to a station in so many minutes, and from where."""

    minutes: int
    households: int
    merchants: int
    geometry: PolygonShape | PolygonsShape


@exact
class StationReach(TypedDict):
    """A station with its catchments."""

    id: int
    code: str
    name: str
    tier: str
    lon: float
    lat: float
    catchments: list[Catchment]
