"""`luge serve` and `luge demo`: the service on its address."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
import uvicorn

from api.app import create_app
from api.cli.session import database, say
from geo.store import cluster, sample
from geo.store.settings import load


def serve(
    port: Annotated[int | None, typer.Option(help="Instead of LUGE_PORT.")] = None,
) -> None:
    """Serve the district in the database."""
    with _database_for_a_while() as url:
        _run(url, port)


def demo(
    port: Annotated[int | None, typer.Option(help="Instead of LUGE_PORT.")] = None,
) -> None:
    """Load the sample district where it is not there yet, and serve it."""
    with _database_for_a_while() as url:
        sample.ensure(url, load().home / "sample", say)
        _run(url, port)


@contextmanager
def _database_for_a_while() -> Iterator[str]:
    """The database; a private PostGIS that was not running before is stopped again at the end."""
    settings = load()
    # The default way of SIGTERM would skip what stands under finally.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    ours = not settings.database_url and not cluster.status(settings.home).running
    try:
        yield database()
    finally:
        if ours and cluster.stop(settings.home):
            say("the private PostGIS is stopped; its data stay")


def _run(url: str, port: int | None) -> None:
    settings = load()
    port = port or settings.port
    say(f"http://{settings.host}:{port}  (Ctrl-C stops it)")
    app = create_app(settings.model_copy(update={"database_url": url}))
    uvicorn.run(
        app, host=settings.host, port=port, log_level="warning", access_log=False,
        loop="uvloop", http="api.wire:Wire",
    )  # fmt: skip
