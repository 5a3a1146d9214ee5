"""`luge plan`: plans of grids begun, looked at, taken through their steps, as tables."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from api.cli.report import DAY
from api.cli.session import database, draw, refresh, say, tell
from geo.store import (
    load_rules,
    plan_checks,
    plan_files,
    plan_lineage,
    publishing,
    redrawing,
    rejects,
)
from geo.store.database import LOCAL, transaction
from geo.store.publishing import Step
from geo.store.redrawing import Wish
from geo.store.strokes import By

plan_app = typer.Typer(
    help="Plans (方案): which grid each block belongs to, redrawn and published.",
    no_args_is_help=True,
)

Plan = Annotated[int, typer.Argument(help="Number of the plan.")]
Who = Annotated[str, typer.Option("--by", help="Who does it.")]
Note = Annotated[str, typer.Option(help="What to note beside the step.")]
System = Annotated[str, typer.Option(help="Code of the grid system.")]


@plan_app.command("list")
def list_(system: Annotated[str | None, typer.Option(help="Code of a system.")] = None) -> None:
    """List plans, the newest first."""
    with transaction(database()) as conn:
        found = redrawing.listed(conn, system)
        for plan in found:
            since = f"from {plan['valid_from']}" if plan["valid_from"] else "not published"
            until = f" until {plan['valid_to']}" if plan["valid_to"] else ""
            tell(
                f"{plan['id']}\t{plan['system']}\t{plan['status']}\t{plan['name']}\t{since}{until}"
                f"\t{plan['grids']} grids of {plan['blocks']} blocks"
            )
    if not found:
        say("there is no plan" + (f" of a system {system!r}" if system else " yet"))


@plan_app.command()
def new(
    name: Annotated[str, typer.Argument(help="What to call it.")],
    system: System = "management",
    based_on: Annotated[
        int | None, typer.Option("--on", help="Number of a plan; the one in force.")
    ] = None,
    empty: Annotated[bool, typer.Option("--empty", help="Without any grid.")] = False,
    by: Who = "",
) -> None:
    """Begin a draft."""
    if not name.strip():
        raise typer.BadParameter("give the plan a name", param_hint="NAME")
    with transaction(database()) as conn:
        id_ = redrawing.make(conn, Wish(system, name, based_on, empty, by))
        made = redrawing.known(conn, id_)
    tell(f"plan {id_} ({name}): {made['grids']} grids, {made['blocks']} blocks")


@plan_app.command()
def show(plan: Plan) -> None:
    """Show a plan: its grids, what they hold, how evenly they are loaded."""
    with transaction(database()) as conn:
        found = redrawing.read(conn, plan, LOCAL)
    tell(f"plan {plan} ({found['name']}): {found['status']}, {found['unassigned']} blocks in none")
    spread = found["measures"]
    tell(
        f"load for each worker: max / mean {spread['max_over_mean']:.2f},"
        f" variation {spread['cv']:.2f}, Gini {spread['gini']:.2f}"
    )
    draw(_table(found["grids"]))


def _table(grids: list[dict[str, Any]]) -> Table:
    table = Table("number", "code", "name", "blocks", "households", "workers", "load")
    for column in table.columns[3:]:
        column.justify = "right"
    for grid in grids:
        figures = [grid["blocks"], grid["households"], grid["workers"], round(grid["load"])]
        table.add_row(str(grid["number"]), grid["code"] or "–", grid["name"], *map(str, figures))
    return table


@plan_app.command()
def check(plan: Plan) -> None:
    """Check a plan by its rules; hard ones must hold before it is published."""
    with transaction(database()) as conn:
        checked = plan_checks.check(conn, plan, load_rules.rule_of(conn))
    for finding in checked.findings:
        tell(f"{'hard' if finding.hard else 'soft'}\t{checked.sentence(finding, 'en')}")
    hard = sum(finding.hard for finding in checked.findings)
    tell(f"{hard} hard and {len(checked.findings) - hard} soft findings")


@plan_app.command()
def submit(plan: Plan, by: Who = "", note: Note = "") -> None:
    """Submit a draft: it is not painted any more."""
    _step(plan, Step("submitted", by, note))


@plan_app.command()
def approve(plan: Plan, by: Who = "", note: Note = "") -> None:
    """Approve a plan that was submitted."""
    _step(plan, Step("approved", by, note))


@plan_app.command()
def back(plan: Plan, by: Who = "", note: Note = "") -> None:
    """Send a plan back: it is a draft again."""
    _step(plan, Step("draft", by, note))


@plan_app.command()
def publish(
    plan: Plan,
    start: Annotated[datetime, typer.Option("--from", formats=DAY, help="First day in force.")],
    by: Who = "",
    note: Note = "",
) -> None:
    """Publish an approved plan from a day on."""
    _step(plan, Step("published", by, note, start.date(), "en"))


@plan_app.command()
def withdraw(plan: Plan, by: Who = "", note: Note = "") -> None:
    """Withdraw a plan that is published for a later day: it is approved only, as before."""
    url = database()
    _step(plan, Step("approved", by, note))
    refresh(url)


def _step(plan: int, step: Step) -> None:
    url = database()
    with transaction(url) as conn:
        publishing.take_step(conn, plan, None, step)
    if step.status == "published":
        refresh(url)
    tell(f"plan {plan} is {step.status}{f' from {step.start}' if step.start else ''}")


@plan_app.command()
def discard(plan: Plan) -> None:
    """Delete a draft with all that was done to it."""
    with transaction(database()) as conn:
        redrawing.discard(conn, plan, None)
    tell(f"plan {plan} is deleted")


@plan_app.command()
def lineage(plan: Plan) -> None:
    """Tell what became of the grids before a plan; of a draft, what would."""
    with transaction(database()) as conn:
        for row in plan_lineage.read(conn, plan):
            old, now = ([row[f"{end}_code"], row[f"{end}_name"]] for end in ("from", "to"))
            words = " → ".join(" ".join(filter(None, part)) or "–" for part in (old, now))
            tell(f"{row['kind']}\t{words}\t{row['blocks']} blocks, {row['households']} households")


@plan_app.command("export")
def export_(plan: Plan, path: Annotated[Path, typer.Argument(help="CSV file to write.")]) -> None:
    """Write which block is in which grid."""
    with transaction(database()) as conn:
        blocks = plan_files.write(conn, plan, path)
    tell(f"{blocks} blocks in {path}")


@plan_app.command("import")
def import_(
    plan: Plan,
    path: Annotated[Path, typer.Argument(exists=True, help="CSV: block and grid of each row.")],
    new: Annotated[bool, typer.Option("--new", help="Add grids that the plan lacks.")] = False,
    refused: Annotated[Path, typer.Option("--rejects", help="Where rejected rows go.")] = Path(
        "rejects.csv"
    ),
    by: Who = "",
) -> None:
    """Paint a draft as a table says, as one stroke."""
    with transaction(database()) as conn:
        painted, rows = plan_files.read(conn, plan, path, By(made_by=by), new=new)
    tell(f"{len(painted.changed)} blocks changed their grid; {len(rows)} rows rejected")
    for reason, count in rows.reasons.most_common(5):
        tell(f"  - rejected {count}: {reason}")
    if rejects.write(refused, [rows]):
        tell(f"the rejected rows with their reasons are in {refused}")
