"""The thread that keeps derived tables up to date while the service runs.

Every process of the service has one; they take turns. Edits come in bursts, so it waits for a
little quiet before it starts.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from geo.store import migrate, readiness, refreshing
from geo.store.beside import HEED_STOP_S, Beside

log = logging.getLogger("luge")

LOOK_EVERY_S = 30.0  # for a lost NOTIFY, and for days that begin
QUIET_S = 1.0
LONGEST_BURST_S = 5.0
GIVE_UP_S = 10.0


@contextmanager
def upkeep(url: str) -> Iterator[None]:
    """Refreshes the database at ``url`` after changes while inside."""
    keeper = _Keeper(url)
    keeper.start()
    try:
        yield
    finally:
        keeper.stop()


class _Keeper(Beside):
    """Listens, waits for quiet, refreshes; what is under way at the end is broken off."""

    def __init__(self, url: str) -> None:
        super().__init__("upkeep", url, GIVE_UP_S)
        self.migrations = migrate.read_migrations()

    def run(self) -> None:
        while not self.stopping.is_set():
            try:
                with psycopg.connect(self.url, autocommit=True) as self.at_work:
                    self._keep(self.at_work)
            except psycopg.OperationalError as error:
                if not self.stopping.is_set():
                    log.warning("upkeep waits for the database: %s", error)
            except Exception as error:
                # It is tried again, as what it choked on may be mended; tiles work without it.
                log.error("upkeep", exc_info=error)
                self.stopping.wait(LOOK_EVERY_S)
            finally:
                self.at_work = None
            self.stopping.wait(refreshing.TRY_AGAIN_S)

    def _keep(self, conn: psycopg.Connection) -> None:
        conn.execute("listen luge_change")
        while not self.stopping.is_set():
            if readiness.look(conn, self.migrations):  # not what this code can keep
                self.stopping.wait(readiness.LOOK_EVERY_S)
                continue
            done = refreshing.refresh(conn)
            if done.made:
                log.info("refreshed: %s", ", ".join(done.made))
            if self._told(conn, LOOK_EVERY_S if done.again_s is None else done.again_s):
                self._let_settle(conn)

    def _told(self, conn: psycopg.Connection, within_s: float) -> bool:
        """Whether a change was announced within some time; heeds a stop."""
        until = time.monotonic() + within_s
        while not self.stopping.is_set() and (left := until - time.monotonic()) > 0:
            if list(conn.notifies(timeout=min(left, HEED_STOP_S), stop_after=1)):
                return True
        return False

    def _let_settle(self, conn: psycopg.Connection) -> None:
        until = time.monotonic() + LONGEST_BURST_S
        while time.monotonic() < until and self._told(conn, QUIET_S):
            pass
