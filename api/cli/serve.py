"""`luge serve` and `luge demo`: the service on its address."""

from typing import Annotated

import typer
import uvicorn

from api.app import create_app
from api.cli.session import database, say
from geo.store import sample
from geo.store.settings import load


def serve(
    port: Annotated[int | None, typer.Option(help="Instead of LUGE_PORT.")] = None,
) -> None:
    """Serve the district in the database."""
    settings = load()
    url = database()
    _run(url, port or settings.port)


def demo(
    port: Annotated[int | None, typer.Option(help="Instead of LUGE_PORT.")] = None,
) -> None:
    """Load the sample district where it is not there yet, and serve it."""
    settings = load()
    url = database()
    sample.ensure(url, settings.home / "sample", say)
    _run(url, port or settings.port)


def _run(url: str, port: int) -> None:
    settings = load()
    say(f"http://{settings.host}:{port}  (Ctrl-C stops it)")
    app = create_app(settings.model_copy(update={"database_url": url}))
    uvicorn.run(app, host=settings.host, port=port, log_level="warning")
