"""What every command shares: the database, and the two ways to speak."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Table

from geo.progress import Say, Step
from geo.sentences import spaced
from geo.store import cluster, refreshing
from geo.store.settings import load

# Names are shown as they are written, whatever rich would read into them.
_screen = partial(Console, highlight=False, markup=False, emoji=False)

# Steps and progress go to stderr, so that stdout holds only results.
console = _screen(stderr=True)

WIDE = 140
"""Columns of text where there is no screen."""


def say(text: str) -> None:
    """One line about what is being done."""
    console.print(text, soft_wrap=True)


@contextmanager
def progressing(task: str) -> Iterator[Say]:
    """A bar with rows, rate and time left while inside; gives what an import says its steps to."""
    # The time left is worked out here: rich's own starts anew whenever the total is estimated anew.
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.fields[rows]}"),
    )
    start = time.monotonic()
    with Progress(*columns, console=console, transient=True) as bar:
        at = bar.add_task(task, total=None, rows="")

        def hear(words: str) -> None:
            if not isinstance(words, Step):
                bar.console.print(words)
                return
            rows = f"{words}{_pace(words, time.monotonic() - start)}"
            bar.update(at, completed=words.done, total=words.total, rows=rows)

        yield hear


def _pace(step: Step, seconds: float) -> str:
    if not step.done:
        return ""
    minutes, left = divmod(round(seconds * (step.total - step.done) / step.done), 60)
    return f", {spaced(round(step.done / seconds))} rows/s, {minutes}:{left:02} left"


def tell(text: str) -> None:
    """One line of result."""
    typer.echo(text)


def draw(table: Table) -> None:
    """A table of results: nothing is cut off on a narrow screen, and codes stay in one piece."""
    for column in table.columns:
        column.overflow, column.no_wrap = "fold", column.header == "code"
    table.box = None
    on_screen = sys.stdout.isatty()
    _screen(width=None if on_screen else WIDE).print(table)


def database() -> str:
    """The URL of the database, with the private PostGIS running."""
    return cluster.ensure(load(), say)


def refresh(url: str) -> list[str]:
    """What is derived for the map made anew where it is stale; returns what was."""
    with console.status("refreshing the map"):
        return refreshing.bring_up_to_date(url)
