"""A real service for the browser to open, with settings of its own where a test needs them."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import uvicorn

from api.app import create_app
from api.pages import DIST
from geo.store.settings import Settings


@contextmanager
def serving(what: str | Settings) -> Iterator[str]:
    """A service on the database of a URL or of settings; its own address."""
    if not (DIST / "index.html").is_file():
        pytest.fail("the map page is not built: run ./scripts/setup")
    app = create_app(Settings(database_url=what) if isinstance(what, str) else what)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.05)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()
