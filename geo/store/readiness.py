"""Can the service do its work: is the database there, of this code's version, with a district?"""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal, NamedTuple

import psycopg

from geo.store import migrate
from geo.store.database import NoDistrict, read_setting

log = logging.getLogger("luge")

LOOK_EVERY_S = 1.0
# Who has heard nothing for so long takes it that the database hangs.
STALE_S = 10.0
_CONNECT_S = 5
_ANSWER_MS = 5_000


class Fault(NamedTuple):
    """What is missing, and what to do about it."""

    missing: Literal["database", "schema", "district"]
    detail: str


UNREACHABLE = Fault(
    "database", "the database does not answer; `luge db status` says whether it runs"
)
EMPTY = Fault("schema", "the database is empty: run `luge init` or `luge demo`")


def look(conn: psycopg.Connection, migrations: list[migrate.Migration]) -> Fault | None:
    """What the database lacks of what this code with its ``migrations`` needs; None: nothing."""
    row = conn.execute("select to_regclass('migration') is not null").fetchone()
    if not row or not row[0]:
        return EMPTY
    try:
        lacking = [m.name for m in migrate.pending(conn, migrations)]
        if lacking:
            return Fault("schema", _outdated(lacking))
        read_setting(conn)
    except migrate.MigrationEdited as error:
        return Fault("schema", str(error))
    except NoDistrict as error:
        return Fault("district", str(error))
    return None


def _outdated(lacking: list[str]) -> str:
    return (
        f"the database is older than this version of Luge and lacks {len(lacking)} migrations"
        f" ({', '.join(lacking)}): run `luge db migrate`"
    )


@contextmanager
def watching(url: str) -> Iterator["Watch"]:
    """Watches the database at ``url`` while inside; the first look is taken before."""
    watch = Watch(url)
    watch.start()
    watch.looked.wait(STALE_S)
    try:
        yield watch
    finally:
        watch.stopping.set()
        watch.join(_CONNECT_S)


class Watch(threading.Thread):
    """Looks every second, on a connection of its own, so that a busy pool is no outage."""

    def __init__(self, url: str) -> None:
        super().__init__(name="readiness", daemon=True)
        self.url = url
        self.migrations = migrate.read_migrations()
        self.looked = threading.Event()
        self.stopping = threading.Event()
        self._fault: Fault | None = UNREACHABLE
        self._at = time.monotonic()

    def fault(self) -> Fault | None:
        """What was missing at the last look, which is at most a few seconds ago."""
        if time.monotonic() - self._at > STALE_S:
            return UNREACHABLE
        return self._fault

    def run(self) -> None:
        """Look until it is to stop; connect anew whenever the connection is lost."""
        answered = False
        while not self.stopping.is_set():
            try:
                with self._connect() as conn:
                    while not self.stopping.is_set():
                        self._note(look(conn, self.migrations))
                        answered = True
                        self.stopping.wait(LOOK_EVERY_S)
            except psycopg.Error as error:
                # Losing one connection is no outage, until another one cannot be had.
                if not answered:
                    self._note(UNREACHABLE, error)
                    self.stopping.wait(LOOK_EVERY_S)
                answered = False

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(
            self.url,
            autocommit=True,
            connect_timeout=_CONNECT_S,
            fallback_application_name="luge readiness",
            options=f"-c statement_timeout={_ANSWER_MS}",
        )

    def _note(self, fault: Fault | None, error: psycopg.Error | None = None) -> None:
        if fault != self._fault or not self.looked.is_set():
            if fault:
                log.warning("not ready: %s%s", fault.detail, f" ({error})" if error else "")
            else:
                log.info("ready")
        self._fault, self._at = fault, time.monotonic()
        self.looked.set()
