"""The service in a process of its own, as other programs meet it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).parents[2]
SERVE = """
import sys, uvicorn
from api.app import create_app
from geo.store import settings
uvicorn.run(create_app(settings.load()), port=int(sys.argv[1]), log_level="warning")
"""
PATIENCE_S = 30


@contextmanager
def running(url: str, home: Path) -> Iterator[str]:
    """The address of a service on the database at ``url``.

    A process of its own: GDAL does not let go of Python's lock while it waits for an answer.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = {**os.environ, "LUGE_DATABASE_URL": url, "LUGE_HOME": str(home)}
    with subprocess.Popen([sys.executable, "-c", SERVE, str(port)], cwd=ROOT, env=env) as server:
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(f"{address}/ogc/conformance", server)
            yield address
        finally:
            server.terminate()


def _wait(address: str, server: subprocess.Popen) -> None:
    give_up = time.monotonic() + PATIENCE_S
    while time.monotonic() < give_up and server.poll() is None:
        try:
            urlopen(address, timeout=5).close()  # noqa: S310 - our own address
            return
        except URLError:
            time.sleep(0.1)
    raise AssertionError("the service did not start")
