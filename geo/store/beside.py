"""Threads that work on the database beside the service, and heed when it stops."""

import threading
import time
from contextlib import suppress

import psycopg

HEED_STOP_S = 0.25


class Beside(threading.Thread):
    """Has a connection ``at_work`` whose statement is broken off at the end.

    A daemon: what does not heed in time dies with the process, and leaves nothing half done.
    """

    def __init__(self, name: str, url: str, give_up_s: float) -> None:
        super().__init__(name=name, daemon=True)
        self.url = url
        self.give_up_s = give_up_s
        self.stopping = threading.Event()
        self.at_work: psycopg.Connection | None = None

    def stop(self) -> None:
        """Ends the thread, or gives it up."""
        self.stopping.set()
        give_up = time.monotonic() + self.give_up_s
        # Again and again: a request to cancel that comes between two statements is lost.
        while self.is_alive() and time.monotonic() < give_up:
            if at_work := self.at_work:
                with suppress(psycopg.Error):  # it may have ended this very moment
                    at_work.cancel_safe()
            self.join(HEED_STOP_S)
