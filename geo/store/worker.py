"""The thread that runs queued imports, one at a time; every process of the service has one.

Two connections: one reports and holds the job's lock, the other is the import's transaction, in
which the job is also booked as done. So a job that says done is in, and any other left nothing.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg.errors import QueryCanceled

from geo.progress import Say, Step
from geo.rosters import ROSTER
from geo.store import importing, jobs, migrate, readiness, rosters, uploads
from geo.store.beside import HEED_STOP_S, Beside
from geo.store.database import transaction
from geo.store.jobs import Job

log = logging.getLogger("luge")

LOOK_EVERY_S = 5.0  # for jobs of processes that are gone; new ones are told by NOTIFY
RETRY_S = 1.0
GIVE_UP_S = 20.0
STEPS = 4  # reading, checking, writing, and the end of it
OUR_FAULT = "Something went wrong in the service; its log has the details. Nothing was written."
CUT_OFF = "The connection to the database broke off. Nothing was written; start it once more."


class Stopped(Exception):
    """Somebody asked the job, or the service, to stop."""


@contextmanager
def working(url: str, folder: Path) -> Iterator[None]:
    """Runs queued imports of the database at ``url``, with uploads in ``folder``, while inside."""
    worker = _Worker(url, folder)
    worker.start()
    try:
        yield
    finally:
        worker.stop()


class _Worker(Beside):
    """Takes jobs until it is stopped; an import under way is then broken off."""

    def __init__(self, url: str, folder: Path) -> None:
        super().__init__("imports", url, GIVE_UP_S)
        self.folder = folder
        self.migrations = migrate.read_migrations()

    def run(self) -> None:
        while not self.stopping.is_set():
            try:
                with psycopg.connect(self.url, autocommit=True) as conn:
                    self._watch(conn)
            except psycopg.Error as error:
                log.warning("imports wait for the database: %s", error)
            except Exception:  # of the disk, perhaps; the next look may go better
                log.exception("imports wait")
            self.stopping.wait(RETRY_S)

    def _watch(self, conn: psycopg.Connection) -> None:
        conn.execute("listen import_job")
        while not self.stopping.is_set():
            uploads.tidy(self.folder, jobs.KEEP_DAYS)
            if not readiness.look(conn, self.migrations):
                jobs.fail_orphans(conn)
                jobs.expire(conn)
                while not self.stopping.is_set() and (job := jobs.take(conn)):
                    self._finish(conn, job)
            self._wait(conn)

    def _wait(self, conn: psycopg.Connection) -> None:
        """Until somebody queues a job, or it is time to look."""
        for _ in range(round(LOOK_EVERY_S / HEED_STOP_S)):
            told = list(conn.notifies(timeout=HEED_STOP_S, stop_after=1))
            if told or self.stopping.is_set():
                return

    def _finish(self, conn: psycopg.Connection, job: Job) -> None:
        try:
            self._import(conn, job)
        except Exception as error:
            jobs.fail(conn, job.id, _words(error, job))
        finally:
            self.at_work = None
            jobs.release(conn, job.id)

    def _import(self, conn: psycopg.Connection, job: Job) -> None:
        folder, options = uploads.folder_of(self.folder, job.place), jobs.options_of(job)
        at = (0, STEPS)

        def say(words: str) -> None:
            """A step that counts rows tells how far it is; the others are counted themselves."""
            nonlocal at
            if isinstance(words, Step):
                at = (words.done, words.total)
            elif at[1] == STEPS:
                at = (at[0] + 1, STEPS)
            if not jobs.step(conn, job.id, words, at) or self.stopping.is_set():
                raise Stopped

        with transaction(self.url) as self.at_work:
            # So that the server notices soon when this process is killed, and rolls back.
            self.at_work.execute("set local client_connection_check_interval = '1s'")
            jobs.begin(conn, job.id, self.at_work.info.backend_pid)
            summary = _take(self.at_work, job, folder, say)
            say("keeping")
            (folder / uploads.REJECTS).unlink(missing_ok=True)
            importing.write_rejects(folder / uploads.REJECTS, [summary])
            if not jobs.finish(self.at_work, job.id, summary, kept=options.dry_run):
                raise Stopped
        if not options.dry_run:
            (folder / job.file).unlink(missing_ok=True)


def _take(conn: psycopg.Connection, job: Job, folder: Path, say: Say) -> importing.Summary:
    options, file = jobs.options_of(job), folder / job.file
    if job.kind == ROSTER.name:
        return rosters.import_file(conn, file, options, say)
    return importing.import_file(conn, file, job.kind, options, say)


def _words(error: Exception, job: Job) -> str:
    """What to tell the person whose import it was."""
    if isinstance(error, Stopped | QueryCanceled):
        return jobs.ORPHANED
    if isinstance(error, psycopg.OperationalError):
        log.warning("import %s: %s", job.id, error)
        return CUT_OFF
    if isinstance(error, psycopg.Error):
        return f"The database refused the data: {str(error).splitlines()[0]}. Nothing was written."
    if isinstance(error, ValueError) and type(error).__module__.startswith("geo."):
        return str(error)
    log.error("import %s", job.id, exc_info=error)
    return OUR_FAULT
