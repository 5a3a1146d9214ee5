"""Loads, what a plan lies on, and what breaks its rules, as they are answered."""

from typing import Any, Literal

from typing_extensions import TypedDict

from api.answers import exact
from api.answers.plans import PlanLimits, PlanRule, PlanSpread


@exact
class LoadWeights(TypedDict):
    """Minutes of work a week; `case` and `cases` (by class) minutes each."""

    household: float
    person: float
    merchant: float
    km: float
    hectare: float
    station: float
    protected: float
    case: float
    effort: bool
    cases: dict[str, float]


@exact
class LoadRule(TypedDict):
    """A rule set in one version."""

    name: str
    version: int
    title: str
    title_en: str
    weights: LoadWeights


@exact
class LoadRuleListed(LoadRule):
    """The same with who made it when; null for the one that was there from the beginning."""

    made_at: str | None
    made_by: str


@exact
class LoadRules(TypedDict):
    """All rule sets, every version."""

    rules: list[LoadRuleListed]


@exact
class LoadRow(TypedDict):
    """A unit with the sums of its blocks; the `part_` columns sum to `load`, in minutes a week."""

    id: int
    code: str
    name: str
    workers: float | None
    blocks: int
    households: float
    people: float
    merchants: float
    incidents: float | None
    frontage_m: float
    area_m2: float
    stations: float
    protected: float
    part_households: float
    part_people: float
    part_merchants: float
    part_incidents: float
    part_frontage: float
    part_area: float
    part_places: float
    load: float
    load_per_worker: float | None
    rate: float | None
    rate_shrunk: float | None


@exact
class Load(TypedDict):
    """Loads of units, how even they are, and how they were got."""

    of: Literal["grids", "areas", "blocks"]
    unit: str
    rule: LoadRule
    since: str
    until: str
    weeks: float
    case_minutes: dict[str, float]
    measures: PlanSpread
    measures_per_worker: PlanSpread
    rows: list[LoadRow]
    as_of: str
    revision: str
    crs: int


@exact
class PlanBlockFacts(TypedDict):
    """A block of a plan; `x`, `y` is a point inside, in metres of the district's CRS."""

    id: int
    code: str
    area: str
    street: str | None
    parents: list[str]
    compound: int | None
    households: float
    people: float
    merchants: float
    incidents: int | None
    frontage_m: float
    area_m2: float
    outline_m: float
    load: float
    x: float
    y: float


@exact
class PlanShape(TypedDict):
    """A polygon in degrees: its rings of [lon, lat]."""

    type: Literal["Polygon"]
    coordinates: list[list[list[float]]]


@exact
class PlanFeature(TypedDict):
    """A block as a GeoJSON feature."""

    type: Literal["Feature"]
    id: int
    geometry: PlanShape
    properties: PlanBlockFacts


@exact
class PlanFeatures(TypedDict):
    """Blocks as GeoJSON."""

    type: Literal["FeatureCollection"]
    features: list[PlanFeature]


@exact
class PlanEdge(TypedDict):
    """A border of two blocks, and what it runs along."""

    a: int
    b: int
    metres: float
    kind: Literal["road", "river", "wall", "legal", "lane", "nothing"]
    why: str


@exact
class PlanWhole(TypedDict):
    """A compound or a protected place in several blocks, which should stay together."""

    kind: Literal["compound", "school", "hospital", "market", "estate", "heritage", "other"]
    name: str
    blocks: list[int]


@exact
class PlanGround(TypedDict):
    """What a plan lies on."""

    blocks: PlanFeatures
    edges: list[PlanEdge]
    wholes: list[PlanWhole]
    across: bool
    rule: PlanRule
    crs: int
    revision: str


@exact
class PlanFinding(TypedDict):
    """What breaks a rule, where, and why; `values` are the facts of the sentence."""

    rule: str
    hard: bool
    number: int | None
    blocks: list[int]
    lon: float
    lat: float
    values: dict[str, Any]
    reason: str


@exact
class PlanChecks(TypedDict):
    """What breaks the rules of a plan, hard ones first."""

    hard: int
    soft: int
    findings: list[PlanFinding]
    limits: PlanLimits
