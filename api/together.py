"""The folder in which the processes of one service put their figures together while it runs."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SHARED = "PROMETHEUS_MULTIPROC_DIR"  # where prometheus_client looks


@contextmanager
def shared(home: Path) -> Iterator[None]:
    """Such a folder under ``home``, for processes that are started while inside."""
    every = home / "metrics"
    every.mkdir(parents=True, exist_ok=True, mode=0o700)
    for left in every.iterdir():  # by runs that were killed
        if not (left.name.isdecimal() and is_alive(int(left.name))):
            shutil.rmtree(left, ignore_errors=True)
    folder = every / str(os.getpid())
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    os.environ[SHARED] = str(folder)
    try:
        yield
    finally:
        del os.environ[SHARED]
        shutil.rmtree(folder, ignore_errors=True)


def is_alive(pid: int) -> bool:
    """Whether there is a process of this number."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
