"""What takes long: by a few at once, and in a thread where nobody is to wait for it."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from threading import BoundedSemaphore, Thread

from fastapi import HTTPException, Request

from api.asked import Told
from api.readers import reader
from geo.store.computing import Begin
from geo.store.database import NO_DATABASE, Connection, transaction

log = logging.getLogger("luge")

RETRY_AFTER = {"Retry-After": "5"}


@contextmanager
def in_turn(turns: BoundedSemaphore, busy: str) -> Iterator[None]:
    """Takes one of the turns for as long; 503, in the words ``busy``, where none is left."""
    if not turns.acquire(blocking=False):
        raise HTTPException(503, busy, RETRY_AFTER)
    try:
        yield
    finally:
        turns.release()


def compute_later(
    request: Request,
    what: str,
    turns: BoundedSemaphore,
    book: Callable[[Connection], Told],
    compute: Callable[[Begin, int], None],
) -> Told:
    """Books a computation, begins it in a thread, and gives what is told of it meanwhile.

    409 where another one of ``what`` is under way.
    """
    if not turns.acquire(blocking=False):
        detail = f"another {what} is being computed by this service; wait for it, or stop it"
        raise HTTPException(409, detail)
    begin = partial(transaction, request.app.state.pool, reader(request))
    try:
        with begin() as conn:
            made = book(conn)
        name, work = f"{what}-{made['id']}", partial(compute, begin, made["id"])
        Thread(target=_compute, args=(name, work, turns), name=name, daemon=True).start()
    except BaseException:
        turns.release()
        raise
    return made


def _compute(name: str, work: Callable[[], None], turns: BoundedSemaphore) -> None:
    try:
        work()
    except NO_DATABASE as error:  # or the service ends: it is failed when it was silent for long
        log.warning("%s was broken off: %s", name, error)
    finally:
        turns.release()
