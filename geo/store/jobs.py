"""Imports that come over HTTP, as rows of ``import_job``: uploaded, queued, run, what came of it.

The table is the truth. Whoever runs a job holds an advisory lock on its id, which goes when its
connection goes: a job that runs with its lock free belongs to a process that is no more.
"""

from datetime import datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID

import psycopg
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from geo.intake import Wishes
from geo.store.importing import Options, Summary
from geo.store.queries import load

QUERIES = load("jobs")

Status = Literal["uploaded", "queued", "running", "done", "failed", "cancelled"]

MOST_JOBS = 100
KEEP_DAYS = 7
MOST_REASONS = 20
ORPHANED = (
    "The service or its database was stopped while it ran this import. Nothing was written; start"
    " it once more."
)
# Any constant will do that nothing else in this database takes its two-part locks by.
_LOCK = 0x4A4F42


class NoSuchJob(ValueError):
    """There is no import of this number."""


class JobBusy(ValueError):
    """The import waits in the queue or runs already."""


class FileGone(ValueError):
    """The uploaded file of the import is not kept any more."""


class Job(NamedTuple):
    """One upload. ``done`` of ``total`` steps are taken; ``rejects`` counts its refused rows."""

    id: int
    place: UUID
    kind: str
    file: str
    size_bytes: int
    status: Status
    options: dict[str, Any]
    step: str
    done: int
    total: int
    stop: bool
    backend: int | None
    summary: dict[str, Any] | None
    rejects: int
    error: str | None
    kept: bool
    made_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


def make(conn: psycopg.Connection, place: UUID, kind: str, file: str, size_bytes: int) -> int:
    """Books an uploaded file; returns the number of its job."""
    given = {"place": place, "kind": kind, "file": file, "size_bytes": size_bytes}
    row = conn.execute(QUERIES["make"], given).fetchone()
    assert row is not None  # noqa: S101 - an insert gives its row
    return int(row[0])


def find(conn: psycopg.Connection, id_: int) -> Job:
    """The job of this number; raises `NoSuchJob`."""
    job = _one(conn, "find", {"id": id_})
    if job is None:
        raise NoSuchJob(f"there is no import {id_}")
    return job


def page(conn: psycopg.Connection, after: int | None, limit: int) -> list[Job]:
    """Up to ``limit`` jobs, newest first, those behind the job ``after``."""
    with conn.cursor(row_factory=class_row(Job)) as cursor:
        return cursor.execute(QUERIES["page"], {"after": after, "limit": limit}).fetchall()


def kept_bytes(conn: psycopg.Connection) -> int:
    """How much all kept uploads take."""
    row = conn.execute(QUERIES["kept_bytes"]).fetchone()
    return int(row[0]) if row else 0


def queue(conn: psycopg.Connection, id_: int, kind: str, options: Options) -> Job:
    """Puts a job into the queue; raises `NoSuchJob`, `JobBusy`, `FileGone`."""
    given = {"id": id_, "kind": kind, "options": Jsonb(_plain(options))}
    if conn.execute(QUERIES["queue"], given).fetchone():
        conn.execute("notify import_job")
        return find(conn, id_)
    job = find(conn, id_)
    if job.status in ("queued", "running"):
        raise JobBusy(f"import {id_} is {job.status} already")
    raise FileGone(
        f"the file of import {id_} is not kept any more: it was imported, or is older than"
        f" {KEEP_DAYS} days; upload it once more"
    )


def _plain(options: Options) -> dict[str, Any]:
    return {**options._asdict(), "wishes": options.wishes._asdict()}


def options_of(job: Job) -> Options:
    """What a person said of the job's file."""
    given = dict(job.options)
    return Options(Wishes(**given.pop("wishes", {})), **given)


def take(conn: psycopg.Connection) -> Job | None:
    """The job that has waited longest, now running and locked by ``conn`` (autocommit); or None."""
    return _one(conn, "take", {"lock": _LOCK})


def begin(conn: psycopg.Connection, id_: int, backend: int) -> None:
    """Notes which server process does the import."""
    conn.execute(QUERIES["begin"], {"id": id_, "backend": backend})


def step(conn: psycopg.Connection, id_: int, words: str, at: tuple[int, int]) -> bool:
    """Notes what is being done, ``at`` (done, total); returns whether to go on."""
    given = {"id": id_, "step": words, "done": at[0], "total": at[1]}
    row = conn.execute(QUERIES["step"], given).fetchone()
    return row is not None and not row[0]


def finish(conn: psycopg.Connection, id_: int, summary: Summary, *, kept: bool) -> bool:
    """Books the outcome in the import's own transaction; False where it was asked to stop."""
    told = summary._asdict() | {"reasons": _reasons(summary)}
    del told["rejects"]
    given = {"id": id_, "summary": Jsonb(told), "rejects": summary.rejected, "kept": kept}
    return conn.execute(QUERIES["finish"], given).fetchone() is not None


def _reasons(summary: Summary) -> list[dict[str, Any]]:
    most = summary.rejects.reasons.most_common(MOST_REASONS)
    return [{"reason": reason, "rows": rows} for reason, rows in most]


def fail(conn: psycopg.Connection, id_: int, error: str) -> None:
    """Books a failure, in words for people; or that the job was stopped as somebody asked."""
    conn.execute(QUERIES["fail"], {"id": id_, "error": error})


def release(conn: psycopg.Connection, id_: int) -> None:
    """Gives up the lock that ``take`` took."""
    conn.execute(QUERIES["release"], {"lock": _LOCK, "id": id_})


def fail_orphans(conn: psycopg.Connection) -> list[int]:
    """Books the failure of jobs whose process is gone; returns their numbers."""
    given = {"lock": _LOCK, "error": ORPHANED}
    return [row[0] for row in conn.execute(QUERIES["fail_orphans"], given)]


def stop(conn: psycopg.Connection, id_: int) -> bool:
    """Takes a job out of the queue, or tells its worker to stop; False where it does neither."""
    return conn.execute(QUERIES["stop"], {"id": id_}).fetchone() is not None


def forget(conn: psycopg.Connection, id_: int) -> UUID | None:
    """Deletes a job that neither waits nor runs; returns the place of its files."""
    row = conn.execute(QUERIES["forget"], {"id": id_}).fetchone()
    return row[0] if row else None


def expire(conn: psycopg.Connection) -> None:
    """Books that the files of jobs older than `KEEP_DAYS` are gone."""
    conn.execute(QUERIES["expire"], {"days": KEEP_DAYS})


def _one(conn: psycopg.Connection, query: str, given: dict[str, object]) -> Job | None:
    with conn.cursor(row_factory=class_row(Job)) as cursor:
        return cursor.execute(QUERIES[query], given).fetchone()
