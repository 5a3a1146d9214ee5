"""What takes long, as a row of a table: booked, and how far it is told there by who computes it.

One that has given no sign for long was broken off. The queries of such a table have ``beat``,
``fail`` and ``fail_silent``.
"""

import logging
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import NamedTuple

import psycopg

from geo.progress import Say, Step

log = logging.getLogger("luge")

SILENT_S = 300
SILENT = "The service was stopped while it computed this {}. Nothing was changed; ask anew."
OUR_FAULT = "Something went wrong in the service; its log has the details. Nothing was changed."

Begin = Callable[[], AbstractContextManager[psycopg.Connection]]
# What does the work: it tells its steps, and asks now and then whether to stop.
Work = Callable[[Say, Callable[[], bool]], None]


class Books(NamedTuple):
    """Where something is booked: what people call it, and the queries of its table."""

    what: str
    queries: Mapping[str, bytes]


def carry_out(
    books: Books, begin: Begin, id_: int, work: Work, say: Say, often: int | None = None
) -> None:
    """Does what is booked; ``begin`` opens a transaction. A failure is written down.

    About ``often`` times it is noted how far it is; at every step where nothing is said.
    """
    stopped = False

    def beat(words: str) -> None:
        nonlocal stopped
        if isinstance(words, Step) and words.done % _apart(words.total, often) == 0:
            with begin() as conn:
                stopped = _beat(conn, books, id_, words)
        say(words)

    try:
        work(beat, lambda: stopped)
    except Exception as error:
        words = _words(books, id_, error)
        with begin() as conn:
            conn.execute(books.queries["fail"], {"id": id_, "error": words})


def _apart(total: int, often: int | None) -> int:
    return max(total // often, 1) if often else 1


def fail_silent(conn: psycopg.Connection, books: Books) -> None:
    """Books the failure of those whose process has given no sign for long."""
    given = {"silent_s": SILENT_S, "error": SILENT.format(books.what)}
    conn.execute(books.queries["fail_silent"], given)


def _beat(conn: psycopg.Connection, books: Books, id_: int, at: Step) -> bool:
    """Notes how far it is; returns whether to stop."""
    given = {"id": id_, "step": str(at), "done": at.done, "total": at.total}
    row = conn.execute(books.queries["beat"], given).fetchone()
    return row is None or bool(row[0])


def _words(books: Books, id_: int, error: Exception) -> str:
    """What to tell the person who asked for it."""
    if isinstance(error, ValueError) and type(error).__module__.startswith("geo."):
        return str(error)
    log.error("%s %s", books.what, id_, exc_info=error)
    return OUR_FAULT
