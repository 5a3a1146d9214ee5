"""Answers about imports: what can be imported, a file looked at, a job and what came of it."""

from typing import Literal

from typing_extensions import TypedDict

from api.answers import exact
from api.answers.shapes import Shape


@exact
class ImportField(TypedDict):
    """A field of a kind; `choices` where only these are taken."""

    name: str
    type: Literal["text", "integer", "float", "timestamp", "choice"]
    required: bool
    choices: list[str]


@exact
class ImportKind(TypedDict):
    """A kind of thing that can be imported."""

    name: str
    shape: str
    labels: bool
    fields: list[ImportField]


@exact
class ImportChoices(TypedDict):
    """What can be imported, and from what."""

    kinds: list[ImportKind]
    endings: list[str]
    datums: list[str]
    max_upload_bytes: int


@exact
class ImportReason(TypedDict):
    """Why rows were refused, and how many."""

    reason: str
    rows: int


@exact
class ImportSummary(TypedDict):
    """What became of a file: `read` is the sum of the four counts behind it."""

    file: str
    kind: str
    crs: str
    read: int
    inserted: int
    updated: int
    unchanged: int
    rejected: int
    notes: list[str]
    reasons: list[ImportReason]


class ImportWishes(TypedDict, total=False):
    """What was said of the rows."""

    crs: str | None
    columns: dict[str, str] | None
    constants: dict[str, str] | None


class ImportOptions(TypedDict, total=False):
    """How a file is imported; nothing before it was put into the queue."""

    wishes: ImportWishes
    layer: str | None
    encoding: str | None
    margin_m: float | None
    dry_run: bool


@exact
class ImportJob(TypedDict):
    """An uploaded file, how far its import is, and what came of it."""

    id: int
    kind: str
    file: str
    size_bytes: int
    status: Literal["uploaded", "queued", "running", "done", "failed", "cancelled"]
    options: ImportOptions
    step: str
    done: int
    total: int
    summary: ImportSummary | None
    rejects: int
    error: str | None
    kept: bool
    made_at: str
    started_at: str | None
    ended_at: str | None


@exact
class ImportJobs(TypedDict):
    """A page of imports; `next` leads on, and is null on the last page."""

    imports: list[ImportJob]
    next: int | None


@exact
class PreviewRow(TypedDict):
    """A row as it stands; `reason` says why it would be refused."""

    row: int
    cells: list[str]
    reason: str
    geometry: Shape | None


@exact
class PreviewProblem(TypedDict):
    """Why the file as a whole cannot be read."""

    code: str
    detail: str


@exact
class ImportPreview(TypedDict):
    """The first rows, judged. `fields` and `places` say which column is used for what; `likely` is
    the datum that fits the district clearly better, or empty, and `doubt` says why.
    """

    columns: list[str]
    fields: dict[str, str]
    places: dict[str, str]
    problem: PreviewProblem | None
    declared: str | None
    crs: str | None
    rows: list[PreviewRow]
    rejected: int
    notes: list[str]
    likely: str
    doubt: str
