"""Answers about places: the district, its areas, what is here, what is called so."""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict

from api.answers import Bounds, exact


@exact
class Named(TypedDict):
    """A thing with its code."""

    id: int
    code: str | None
    name: str


@exact
class PlanInForce(TypedDict):
    """The plan of a grid system that is in force today."""

    id: int
    name: str
    valid_from: str


@exact
class GridSystem(TypedDict):
    """A grid system; `plan` is null where none is in force."""

    code: str
    name: str
    name_en: str
    plan: PlanInForce | None


@exact
class District(TypedDict):
    """The district at a glance."""

    name: str
    code: str
    srid: int
    time_zone: str
    bounds: Bounds | None
    counts: dict[str, int]
    systems: list[GridSystem]


@exact
class Area(TypedDict):
    """An administrative area."""

    id: int
    level: Literal["district", "street", "community"]
    code: str
    name: str
    parent_id: int | None
    households: int | None
    people: int | None
    workers: int | None
    area_m2: float
    bbox: Bounds


@exact
class Areas(TypedDict):
    """All administrative areas, by code."""

    areas: list[Area]


@exact
class Chief(TypedDict):
    """Who has a duty today, over how many metres of side; up to three of the roads."""

    code: str
    name: str
    department: str | None
    metres: float
    roads: list[str] | None


@exact
class Chiefs(TypedDict):
    """All who have a duty today."""

    chiefs: list[Chief]


@exact
class OnDuty(TypedDict):
    """A chief of the metres in question, and who answers for him today (null: nobody)."""

    role: str
    name: str
    department: str | None
    answers: str | None


@exact
class RoadPlace(TypedDict):
    """A place on its segment; lengths in metres."""

    segment_id: int
    road_id: int | None
    name: str | None
    kind: str
    class_: Annotated[str, Field(alias="class")]
    seq: int | None
    length_m: float
    side: Literal["L", "R"]
    chainage_m: float
    offset_m: float
    chiefs: list[OnDuty]


@exact
class GridHere(TypedDict):
    """The grid of a place in one system."""

    system: str
    system_name: str
    system_name_en: str
    id: int
    code: str
    name: str
    plan: str


@exact
class BlockHere(TypedDict):
    """The block of a place."""

    id: int
    code: str
    households: int | None
    people: int | None


@exact
class StationNear(TypedDict):
    """The station nearest on foot from the place's block, with metres and minutes along the roads.

    Where no way is known (both null) it is the nearest by the straight distance (`distance_m`).
    """

    id: int
    name: str
    tier: str
    metres: float | None
    minutes: float | None
    distance_m: float | None


@exact
class Place(TypedDict):
    """All units of a place; what is not there is null."""

    lon: float
    lat: float
    as_of: str
    district: Named | None
    street: Named | None
    community: Named | None
    compound: Named | None
    block: BlockHere | None
    grids: list[GridHere]
    road: RoadPlace | None
    station: StationNear | None


@exact
class Result(TypedDict):
    """Something that carries the name or code sought."""

    kind: Literal["area", "block", "grid", "road", "merchant", "station", "incident", "coordinate"]
    id: int
    code: str | None
    name: str
    detail: str | None
    lon: float
    lat: float
    bbox: Bounds


@exact
class Results(TypedDict):
    """What was found."""

    results: list[Result]
