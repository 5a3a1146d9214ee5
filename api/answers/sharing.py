"""Answers about drafts of shares."""

from typing import Literal

from typing_extensions import TypedDict

from api.answers import exact
from api.answers.shapes import LineShape

Status = Literal["running", "ready", "failed", "applied", "discarded"]


class ShareLoad(TypedDict):
    """What a share carries; `load` is minutes of work a week."""

    metres: float
    doors: float
    cases: float
    load: float
    stretches: int
    pieces: int


@exact
class ShareChief(ShareLoad):
    """A chief with his share of today."""

    id: int
    code: str
    name: str
    department: str | None


@exact
class SharePost(ShareLoad):
    """A share of the draft, and whose it would be; null where nobody has it yet."""

    post: int
    chief_id: int | None
    code: str | None
    name: str | None
    department: str | None


@exact
class Spread(TypedDict):
    """How even shares are: the largest to the mean, the variation, how many are in one piece."""

    most: float
    variation: float
    shares: int
    connected: int


@exact
class ShareGap(TypedDict):
    """A share in several pieces, and why."""

    post: int
    pieces: int
    why: Literal["network", "locks"]
    stretches: list[int]
    roads: list[str | None]


@exact
class ShareRules(TypedDict):
    """What work weighs, in minutes."""

    name: str
    walk: float
    door: float
    case: float


@exact
class ShareFigures(TypedDict):
    """A draft against today."""

    before: Spread
    after: Spread
    stretches: int
    metres: float
    changed: int
    changed_m: float
    finished: bool
    weeks: float
    rules: ShareRules
    gaps: list[ShareGap]


class ShareWishes(TypedDict):
    """What was asked for."""

    area: str | None
    role: str
    added: list[str]
    locks: list[str]
    chiefs: int | None
    without: list[str]
    tolerance: float
    everywhere: bool


class _Draft(TypedDict):
    id: int
    role: str
    valid_from: str
    status: Status
    wishes: ShareWishes
    seed: int
    error: str | None
    made_at: str
    ended_at: str | None


@exact
class ShareDraft(_Draft):
    """A draft of shares; `figures` once it is ready."""

    step: str
    done: int
    total: int
    stop: bool
    beat_at: str | None
    figures: ShareFigures | None
    chiefs: list[ShareChief]
    posts: list[SharePost]


@exact
class ShareDraftListed(_Draft):
    """A draft in the list."""

    before: Spread | None
    after: Spread | None
    changed: int | None


@exact
class ShareDrafts(TypedDict):
    """Drafts, the newest first."""

    drafts: list[ShareDraftListed]


@exact
class ShareStretchFacts(TypedDict):
    """Whose a stretch is, and whose it would be."""

    id: int
    road: str | None
    length_m: float
    chief: int | None
    post: int


@exact
class ShareStretch(TypedDict):
    """A stretch of a draft."""

    type: Literal["Feature"]
    id: int
    geometry: LineShape
    properties: ShareStretchFacts


@exact
class ShareStretches(TypedDict):
    """The stretches of a draft as GeoJSON."""

    type: Literal["FeatureCollection"]
    features: list[ShareStretch]


@exact
class ShareApplied(TypedDict):
    """What became of duties: how many ended, began, stayed; metres of side before and after."""

    ended: int
    begun: int
    stayed: int
    metres_before: float
    metres_after: float
