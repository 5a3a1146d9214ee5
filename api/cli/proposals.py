"""`luge plan propose`: what the engine proposes for a draft, shown, and painted on it if wanted."""

from functools import partial
from typing import Annotated, Any

import typer
from rich.table import Table

from api.cli.session import console, database, draw, tell
from geo.progress import Step
from geo.store import proposals
from geo.store.database import transaction
from geo.store.proposals import Asked
from geo.store.strokes import By


class NotProposed(ValueError):
    """A proposal could not be computed."""


def propose(
    plan: Annotated[int, typer.Argument(help="Number of the draft.")],
    task: Annotated[
        str, typer.Argument(help="rebalance, redraw, split, merge, add, drop or unite.")
    ] = "rebalance",
    grid: Annotated[int | None, typer.Option(help="Number of the grid that is meant.")] = None,
    grids: Annotated[int | None, typer.Option(help="How many there are to be.", min=1)] = None,
    system: Annotated[
        list[str] | None, typer.Option(help="A grid system to unite with; may be repeated.")
    ] = None,
    tolerance: Annotated[
        float, typer.Option(help="Loads so far from even are even.", min=0.005, max=0.5)
    ] = 0.1,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same answer.")] = 0,
    apply: Annotated[bool, typer.Option("--apply", help="Paint it on the draft.")] = False,
) -> None:
    """Have the engine propose another draft; nothing changes without --apply."""
    if task not in proposals.TASKS:
        raise NotProposed(f"there is no task {task!r}; there are {', '.join(proposals.TASKS)}")
    asked = Asked(task, grid, grids, (), tuple(system or ()), tolerance)
    url = database()
    with transaction(url) as conn:
        made = proposals.make(conn, plan, asked, seed)
    with console.status("reading") as status:
        proposals.compute(partial(transaction, url), made, lambda words: status.update(_at(words)))
    with transaction(url) as conn:
        found = proposals.read(conn, plan, made)
    if found["error"]:
        raise NotProposed(found["error"])
    _show(found)
    if apply:
        with transaction(url) as conn:
            version = proposals.apply(conn, plan, made, By()).version
        tell(f"painted on plan {plan}, which is at version {version} now")


def _at(words: str) -> str:
    return f"{words} {words.done} of {words.total}" if isinstance(words, Step) else words


def _show(found: dict[str, Any]) -> None:
    figures = found["figures"]
    before, after = figures["before"], figures["after"]
    share = figures["changed_load"] / (figures["load"] or 1)
    tell(f"proposal {found['id']}: {figures['changed_blocks']} blocks, {share:.1%} of all load,"
         " in other grids")  # fmt: skip
    lines = ("max_over_mean", "load, max/mean", 1), ("border_m", "border, km", 1000)
    for name, words, unit in lines:
        tell(f"{words}: {before[name] / unit:.2f} → {after[name] / unit:.2f}")
    for name, words in (("came", "new grids"), ("gone", "grids that go")):
        if figures[name]:
            tell(f"{words}: {', '.join(map(str, figures[name]))}")
    table = Table("grid", "load", "→")
    for row in figures["grids"]:
        each = (row[f"load_per_worker_{when}"] for when in ("before", "after"))
        table.add_row(str(row["number"]), *("—" if v is None else str(v) for v in each))
    draw(table)
    for one in figures["unsolved"]:
        tell(f"{one['area_name'] or one['area']} stays as it is: {one['reason']}")
    if not figures["finished"]:
        tell("broken off: this is what was found so far")
