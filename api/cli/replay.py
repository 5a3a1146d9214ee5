"""`luge plan replay`, `trend` and `luge report plan`: a year under a draft, months by grid."""

import csv
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from api import redraws
from api.cli.report import DAY, Lang, Pdf, Png, Public, day_of, forms, lang_of, write
from api.cli.session import console, database, draw, tell
from geo.store import redraws as material
from geo.store import reruns, trends
from geo.store.database import LOCAL, Reader, snapshot, transaction
from geo.store.reruns import Asked, Replay
from maps.report.page import Wish
from maps.report.redraw_tables import number, verdict
from maps.report.redraw_words import REDRAW_WORDS

Plan = Annotated[int, typer.Argument(help="Number of the plan.", min=1)]
Against = Annotated[int | None, typer.Option(help="Another plan than the one in force.", min=1)]
Since = Annotated[datetime | None, typer.Option(formats=DAY, help="First day; 52 weeks.")]
Until = Annotated[datetime | None, typer.Option(formats=DAY, help="The day after the last one.")]
Seed = Annotated[int, typer.Option(help="Of the weeks that are drawn.", min=0)]


def replay(
    plan: Plan, against: Against = None, since: Since = None, until: Until = None, seed: Seed = 0
) -> None:
    """Replay a period's cases, patrols and visits on a plan, against the one in force."""
    asked = Asked(plan, against, day_of(since), day_of(until), seed)
    with console.status("replaying"), snapshot(database()) as conn:
        found = reruns.replay(conn, asked)
    for line in _lines(found):
        tell(line)
    draw(_figures(found))


def plan_report(
    plan: Plan,
    against: Against = None,
    since: Since = None,
    until: Until = None,
    seed: Seed = 0,
    lang: Lang = "zh",
    out: Annotated[Path | None, typer.Option(help="The HTML file.")] = None,
    pdf: Pdf = False,
    png: Png = False,
    public: Public = False,
) -> None:
    """Write a report on a draft: both plans side by side, what moves, the replay."""
    made, wish = forms(pdf, png), Wish(lang_of(lang), not public)
    asked = Asked(plan, against, day_of(since), day_of(until), seed)
    who = Reader("public") if public else LOCAL
    with console.status("reading"), snapshot(database()) as conn:
        read = material.read(conn, asked, "en" if lang == "en" else "zh", who)
    write(redraws.page(read, wish), out or Path(f"{redraws.name_of(read)}.html"), made)


def trend(
    system: Annotated[str, typer.Option(help="Code of the grid system.")] = "management",
    months: Annotated[int, typer.Option(help="How many, this one included.", min=1, max=120)] = 12,
    then: Annotated[bool, typer.Option("--then", help="In the borders of their day.")] = False,
    of: Annotated[trends.Of, typer.Option(help="What is counted.")] = "cases",
    as_of: Annotated[
        datetime | None, typer.Option(formats=DAY, help="In the borders of this day; today.")
    ] = None,
) -> None:
    """Print each grid's months as CSV, in today's borders: a redraw breaks no trend."""
    with transaction(database()) as conn:
        found = trends.trend(conn, trends.Asked(system, months, of, day_of(as_of)))
    rows = csv.writer(sys.stdout, lineterminator="\n")
    rows.writerow(["code", "name", *found["months"]])
    for grid in found["grids"]:
        if counts := grid["then" if then else "today"]:
            rows.writerow([grid["code"], grid["name"], *counts])


def _lines(found: Replay) -> list[str]:
    made, period = found.found, found.period
    cases = int(made.before.of["cases"].sum() + made.before.outside["cases"])
    before, after = found.before.told, found.after.told
    return [
        f"plan {after['id']} {after['name']} against plan {before['id']} {before['name']}",
        f"{period.since} to {period.last}: {cases} cases; {len(made.moved.blocks)} blocks with"
        f" {made.moved.cases} of them change hands",
        f"the workers of {made.cases.lighter:.0f} cases have less to do, those of"
        f" {made.cases.heavier:.0f} more",
    ]


def _figures(found: Replay) -> Table:
    table = Table("figure", "before", "after", "change, 95 %", "verdict")
    for key, change in found.found.changes.items():
        ends = (number(key, end, signed=True) for end in (change.low, change.high))
        table.add_row(
            REDRAW_WORDS[f"figure_{key}"][1], number(key, change.before),
            number(key, change.after), " to ".join(ends), verdict(change),
        )  # fmt: skip
    return table
