"""What every command shares: the database, and the two ways to speak."""

import typer
from rich.console import Console

from geo.store import cluster
from geo.store.settings import load

# Steps and progress go to stderr, so that stdout holds only results.
console = Console(stderr=True, highlight=False)


def say(text: str) -> None:
    """One line about what is being done."""
    console.print(text, markup=False)


def tell(text: str) -> None:
    """One line of result."""
    typer.echo(text)


def database() -> str:
    """The URL of the database, with the private PostGIS running."""
    return cluster.ensure(load(), say)
