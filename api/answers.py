"""What the map page is answered, declared for the OpenAPI document; the page's own types are
written from it (`api.typescript`), and a test holds real answers against it.
"""

from typing import Annotated, Any, Literal, NotRequired

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

# West, south, east, north in degrees.
Bounds = tuple[float, float, float, float]
exact = with_config(ConfigDict(extra="forbid"))


def told(model: Any) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of a route that answers so."""
    return {200: {"model": model}}


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
class Swatch(TypedDict):
    """One line of a legend."""

    value: str
    zh: str
    en: str
    colour: str


@exact
class Column(TypedDict):
    """An attribute of a layer's features; where `least` is set, smaller values need the `right`."""

    name: str
    zh: str
    en: str
    unit: str
    from_zoom: int
    type: Literal["text", "integer", "number", "boolean", "date", "time"]
    right: str
    least: int


@exact
class Style(TypedDict):
    """How a layer is drawn: its colour, or a colour for each value of the column `by`."""

    shape: Literal["fill", "outline", "road", "dot", "ring", "badge", "heat"]
    colour: str
    by: str
    swatches: list[Swatch]


@exact
class Layer(TypedDict):
    """A layer of the map. `parts` are the sets of features in its tiles: its own, and points that
    carry names. `revision` changes whenever its features do. `budget` says how many points the
    whole district may show up to a zoom; `shares`, by zoom, which share of its points is shown.
    """

    key: str
    zh: str
    en: str
    group: str
    geometry: Literal["polygon", "line", "point"]
    min_zoom: int
    max_zoom: int
    shown: bool
    columns: list[Column]
    parts: list[str]
    style: Style
    revision: str
    budget: list[tuple[int, int]]
    shares: dict[str, float]


@exact
class Group(TypedDict):
    """A group of layers."""

    key: str
    zh: str
    en: str


@exact
class Metric(TypedDict):
    """A value that units of some layers can be coloured by. Where `least` is set, small units hide
    values from 1 to below it from those without the right.
    """

    key: str
    zh: str
    en: str
    unit: str
    layers: list[str]
    least: int


@exact
class Layers(TypedDict):
    """All that is declared. `newest_report` is seconds since 1970: ages are counted from it."""

    groups: list[Group]
    layers: list[Layer]
    metrics: list[Metric]
    newest_report: float | None


@exact
class MeasuredUnit(TypedDict):
    """A unit with its value and what names it."""

    id: int
    level: NotRequired[str | None]
    system: NotRequired[str | None]
    code: NotRequired[str | None]
    name: NotRequired[str | None]
    seq: NotRequired[int | None]
    value: float
    bbox: Bounds


@exact
class Measures(TypedDict):
    """The values of a metric over the units of a layer, null where one is small and hidden.
    `revision` is that of the data they were computed from; null where they were not yet.
    """

    metric: str
    layer: str
    unit: str
    revision: str | None
    computed_at: str | None
    values: dict[str, float | None]
    units: list[MeasuredUnit]


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
    """A chief of the metres in question."""

    role: str
    name: str
    department: str | None


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
    """The nearest service station, by the straight distance."""

    id: int
    name: str
    tier: str
    distance_m: float


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
