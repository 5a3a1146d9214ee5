"""Answers about the map: what is declared, values of metrics, counts."""

from typing import Literal, NotRequired

from typing_extensions import TypedDict

from api.answers import Bounds, exact


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
    Up to the zoom `clusters` its points can be had gathered; 0 where they cannot.
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
    clusters: int
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
    values from 1 to below it from those without the right; with a `step` they have multiples of it.
    """

    key: str
    zh: str
    en: str
    unit: str
    layers: list[str]
    least: int
    step: float


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
class Counted(TypedDict):
    """How many incidents, how many of them open and late."""

    count: int
    open: int
    late: int


@exact
class CountedGroup(TypedDict):
    """A group of incidents, or a unit with what its figure can be divided by. Figures of small
    units are null where they are small and hidden.
    """

    key: str | None
    count: int | None
    open: int | None
    late: int | None
    id: NotRequired[int]
    name: NotRequired[str | None]
    area_m2: NotRequired[float | None]
    length_m: NotRequired[float | None]
    households: NotRequired[float | None]
    bbox: NotRequired[Bounds]


@exact
class Counts(TypedDict):
    """Incidents counted by something."""

    layer: Literal["incidents"]
    by: str
    total: Counted
    groups: list[CountedGroup]


@exact
class BaseMap(TypedDict):
    """What lies under the layers; `url` is of this service, and null where there is nothing."""

    kind: Literal["none", "pmtiles", "raster"]
    url: str | None
    max_zoom: int
    attribution: str
