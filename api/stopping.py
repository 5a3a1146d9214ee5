"""Told at once that the service is to stop, while the server still waits for what is under way."""

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def heeding(tell: Callable[[], None]) -> Iterator[None]:
    """Has ``tell`` called in the event loop when a signal to stop comes, meanwhile.

    The server's own handlers are called too. Without such (in tests, say) nobody is told.
    """
    loop = asyncio.get_running_loop()
    theirs = {sign: signal.getsignal(sign) for sign in SIGNALS}

    def heed(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(tell)
        handler = theirs[signal.Signals(number)]
        if callable(handler):
            handler(number, frame)

    ours = [sign for sign in SIGNALS if callable(theirs[sign])]
    if threading.current_thread() is not threading.main_thread():
        ours = []  # only the main thread may set handlers
    for sign in ours:
        signal.signal(sign, heed)
    try:
        yield
    finally:
        for sign in ours:
            signal.signal(sign, theirs[sign])
