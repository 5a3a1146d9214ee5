"""`luge` as a person types it, run in this process: to start one takes two seconds of a core."""

import io
import os
import sys
from collections.abc import Iterator
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import typer

from api.cli import app, main

ROOT = Path(__file__).parents[1]


class Done(NamedTuple):
    """How a command ended, and what it said."""

    returncode: int
    stdout: str
    stderr: str


def luge(url: str, *words: object, cwd: Path = ROOT, check: bool = True) -> Done:
    """Runs `luge WORDS` on a database; where ``check``, it must end well."""
    told, said, code = io.StringIO(), io.StringIO(), 0
    with (
        patch.dict(os.environ, {"LUGE_DATABASE_URL": url}),
        patch.object(sys, "argv", ["luge", *map(str, words)]),
        chdir(cwd), redirect_stdout(told), redirect_stderr(said),
    ):  # fmt: skip
        try:
            main()
        except SystemExit as ended:
            code = int(ended.code or 0)
    done = Done(code, told.getvalue(), said.getvalue())
    assert not check or done.returncode == 0, done.stderr
    return done


def every_command(group: Any = None, prefix: str = "luge") -> Iterator[tuple[str, Any]]:
    """The commands that there are: as they are typed, and as typer knows them."""
    group = group or typer.main.get_command(app)
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from every_command(command, f"{prefix} {name}")
        else:
            yield f"{prefix} {name}", command
