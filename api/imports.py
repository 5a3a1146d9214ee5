"""Imports over HTTP: a file is uploaded, looked at, run as a job, and its rejects are fetched."""

import time
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from fastapi import Path as InPath
from fastapi.responses import FileResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from api import upload
from api.answers import intake, told
from api.asked import Told
from api.guard import Writing
from geo import crs, kinds, preview, rosters
from geo.head import Asked
from geo.intake import Wishes
from geo.rosters import ROSTER
from geo.store import glimpse, importing, jobs, known, uploads
from geo.store.database import read_setting, transaction
from geo.store.jobs import Job
from geo.store.settings import Settings

router = APIRouter(prefix="/api/imports", tags=["imports"], dependencies=[Writing])

DATUMS = ("wgs84", "gcj02", "bd09", "cgcs2000")
# All uploads that are kept may take so many times the largest one.
KEPT_UPLOADS = 4
STOP_ATTEMPTS, STOP_EVERY_S = 10, 0.2
# What only the worker needs to know.
INTERNAL = ("place", "stop", "backend")

Words = Annotated[str, Field(max_length=400)]
Pairs = Annotated[dict[Words, Words], Field(max_length=200)]
Pair = Annotated[str, Field(json_schema_extra={"pattern": "="})]
Id = Annotated[int, InPath(alias="id", ge=1, le=2**31 - 1, description="number of the import")]
Kind = Annotated[str, Query(max_length=32, description="areas, roads, merchants …")]
Name = Annotated[str, Query(min_length=1, max_length=400, description="name of the file")]


class Reading(BaseModel):
    """How to read a file; ``kind`` in place of the one of the upload."""

    model_config = ConfigDict(extra="forbid")

    kind: str | None = Field(None, max_length=32)
    crs: str | None = Field(None, max_length=4000, description="datum; none: the file's own")
    columns: Pairs = Field({}, description="field (or lon, lat, wkt) → column")
    constants: Pairs = Field({}, description="field → value for all rows")
    layer: str | None = Field(None, max_length=400)
    encoding: str | None = Field(None, max_length=40)
    margin_m: float | None = Field(None, ge=0, le=100_000)

    def wishes(self) -> Wishes:
        """What a person says of the rows."""
        return Wishes(self.crs or None, self.columns, self.constants)

    def of_roster(self) -> rosters.Asked:
        """The same of a roster, whose rows lie on roads."""
        return rosters.Asked(self.columns, self.constants, self.layer, self.encoding)


class Run(Reading):
    """How to import it; ``dry_run`` does all and keeps nothing."""

    dry_run: bool = False


@router.get("/choices", response_model=None, responses=told(intake.ImportChoices))
def choices(request: Request) -> Told:
    """What can be imported: kinds with their fields, endings, datums, the largest upload."""
    return {
        "kinds": [*map(_kind, kinds.KINDS.values()), _kind(ROSTER) | {"shape": ""}],
        "endings": uploads.ENDINGS,
        "datums": DATUMS,
        "max_upload_bytes": _settings(request).max_upload_bytes,
    }


@router.post("", status_code=201, response_model=None, responses=told(intake.ImportJob, 201))
async def take_upload(request: Request, kind: Kind, name: Name) -> Told:
    """Take a file: the body, as ``application/octet-stream``. Nothing is imported yet."""
    kind, file = _kind_of(kind).name, uploads.safe_name(name)
    folder = _folder(request)
    room = await run_in_threadpool(_room, request)
    place, size = await upload.receive(request, folder, file, room)

    def book() -> Told:
        with transaction(request.app.state.pool) as conn:
            return _told(jobs.find(conn, jobs.make(conn, place, kind, file, size)))

    try:
        return await run_in_threadpool(book)
    except BaseException:
        uploads.remove(folder, place)
        raise


@router.get("", response_model=None, responses=told(intake.ImportJobs))
def list_imports(
    request: Request,
    after: Annotated[int | None, Query(description="the ``next`` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=jobs.MOST_JOBS)] = 20,
) -> Told:
    """Imports, newest first; ``next`` leads on, and is null on the last page."""
    with transaction(request.app.state.pool) as conn:
        found = jobs.page(conn, after, limit + 1)
    more = found[limit - 1].id if len(found) > limit else None
    return {"imports": [_told(job) for job in found[:limit]], "next": more}


@router.get("/{id:int}", response_model=None, responses=told(intake.ImportJob))
def read_import(request: Request, job_id: Id) -> Told:
    """One import: how far it is, and what came of it."""
    with transaction(request.app.state.pool) as conn:
        return _told(jobs.find(conn, job_id))


def _asked(
    kind: Annotated[str | None, Query(max_length=32)] = None,
    crs: Annotated[str | None, Query(max_length=4000)] = None,
    columns: Annotated[list[Pair], Query(alias="map", description="FIELD=COLUMN")] = [],  # noqa: B006
    constants: Annotated[list[Pair], Query(alias="set", description="FIELD=VALUE")] = [],  # noqa: B006
    layer: Annotated[str | None, Query(max_length=400)] = None,
    encoding: Annotated[str | None, Query(max_length=40)] = None,
    margin_m: Annotated[float | None, Query(ge=0, le=100_000)] = None,
) -> Reading:
    return Reading(
        kind=kind,
        crs=crs,
        columns=_pairs(columns),
        constants=_pairs(constants),
        layer=layer,
        encoding=encoding,
        margin_m=margin_m,
    )


@router.get("/{id:int}/preview", response_model=None, responses=told(intake.ImportPreview))
def look(request: Request, job_id: Id, reading: Annotated[Reading, Depends(_asked)]) -> Told:
    """The first rows as they would be read: columns, reasons against them, where they lie."""
    with transaction(request.app.state.pool) as conn:
        job = jobs.find(conn, job_id)
        kind = _kind_of(reading.kind or job.kind)
        path = uploads.folder_of(_folder(request), job.place) / job.file
        if kind is ROSTER:
            return _seen(glimpse.look(conn, path, reading.of_roster()))
        where = importing.district_of(conn, kind, reading.margin_m)
        district = preview.Known(where, known.read_ground(conn, where))
    asked = Asked(reading.layer, reading.encoding)
    return _seen(preview.look(path, kind, district, reading.wishes(), asked))


def _seen(seen: preview.Preview) -> Told:
    return {
        **seen._asdict(),
        "rows": [row._asdict() for row in seen.rows],
        "problem": seen.problem and seen.problem._asdict(),
    }


@router.post(
    "/{id:int}/run",
    status_code=202,
    response_model=None,
    responses=told(intake.ImportJob, 202),
)
def run(request: Request, job_id: Id, body: Run) -> Told:
    """Put an import into the queue; it is run by whichever process is free first."""
    options = importing.Options(
        body.wishes(), body.layer, body.encoding, body.margin_m, body.dry_run
    )
    if body.crs:
        crs.parse(body.crs)
    with transaction(request.app.state.pool) as conn:
        kind = _kind_of(body.kind or jobs.find(conn, job_id).kind)
        return _told(jobs.queue(conn, job_id, kind.name, options))


@router.get("/{id:int}/rejects.csv", response_class=FileResponse)
def rejects(request: Request, job_id: Id) -> Response:
    """The rows that were refused, with their reasons."""
    with transaction(request.app.state.pool) as conn:
        job = jobs.find(conn, job_id)
    path = uploads.folder_of(_folder(request), job.place) / uploads.REJECTS
    if not job.rejects:
        raise HTTPException(404, f"import {job_id} has no rejected rows")
    if not path.is_file():
        raise HTTPException(410, f"rejected rows are kept for {jobs.KEEP_DAYS} days")
    return FileResponse(
        path, media_type="text/csv; charset=utf-8", filename=f"rejects-{job_id}.csv"
    )


@router.delete("/{id:int}", status_code=204)
def cancel_or_forget(request: Request, job_id: Id) -> Response:
    """Stop an import that waits or runs (202); forget one that does not, file and all (204)."""
    if _stop(request, job_id):
        return Response(status_code=202)
    with transaction(request.app.state.pool) as conn:
        place = jobs.forget(conn, job_id)
        if place is None:
            jobs.find(conn, job_id)
            raise jobs.JobBusy(f"import {job_id} started this very moment; ask again")
    uploads.remove(_folder(request), place)
    return Response(status_code=204)


def _stop(request: Request, job_id: int) -> bool:
    """Ask an import to stop until it does, for a while; False where it neither waits nor runs."""
    for attempt in range(STOP_ATTEMPTS):
        with transaction(request.app.state.pool) as conn:
            if not jobs.stop(conn, job_id):
                return attempt > 0
        # A request to cancel that comes between two statements of the import is lost.
        time.sleep(STOP_EVERY_S)
    return True


def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


def _folder(request: Request) -> Path:
    return _settings(request).home / "uploads"


def _room(request: Request) -> int:
    """How large an upload may be, in bytes; 507 where there are too many already."""
    largest = _settings(request).max_upload_bytes
    with transaction(request.app.state.pool) as conn:
        read_setting(conn)
        kept = jobs.kept_bytes(conn)
    if kept > (KEPT_UPLOADS - 1) * largest:
        raise HTTPException(507, "there are too many uploads; forget some that are not needed")
    return largest


def _kind_of(name: str) -> kinds.Kind:
    return ROSTER if name == ROSTER.name else kinds.kind_of(name)


def _kind(kind: kinds.Kind) -> Told:
    fields = [
        {"name": f.name, "type": f.type, "required": f.required, "choices": list(f.choices)}
        for f in kind.fields
        if f.name not in kind.constants
    ]
    return {"name": kind.name, "shape": kind.shape, "labels": kind.labels, "fields": fields}


def _told(job: Job) -> Told:
    return {name: value for name, value in job._asdict().items() if name not in INTERNAL}


def _pairs(given: list[str]) -> dict[str, str]:
    wrong = [pair for pair in given if "=" not in pair]
    if wrong:
        raise HTTPException(422, f"{wrong[0]!r}: write NAME=VALUE")
    return dict(pair.split("=", 1) for pair in given)
