"""`luge load`: what blocks, grids and areas ask of those who work there; the rule sets."""

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer
from rich.table import Table

from api.cli.coverage import NoSuchChoice, Out, write
from api.cli.session import database, draw, tell
from geo import load as law
from geo.load import Rule
from geo.store import load_rules, loads
from geo.store.database import snapshot, transaction
from geo.store.loads import Units

load_app = typer.Typer(help="Load (负荷): work a week, and what weighs it.", no_args_is_help=True)
rules_app = typer.Typer(help="Rule sets: what a household, a shop, a case weighs.",
                        no_args_is_help=True)  # fmt: skip
load_app.add_typer(rules_app, name="rules")

OF = ("grids", "areas", "blocks")
LEVELS = ("district", "street", "community")
COUNTED = ("blocks", "households", "merchants", "incidents")
SHOWN = ("code", "name", *COUNTED, "hours", "workers", "each", "× mean")


class NotARuleSet(ValueError):
    """A file does not hold a rule set."""


@load_app.command("show")
def show(
    of: Annotated[str, typer.Option(help=f"One of {', '.join(OF)}.")] = "grids",
    system: Annotated[str, typer.Option(help="Grid system.")] = loads.USUAL_SYSTEM,
    level: Annotated[str, typer.Option(help=f"Of areas: {', '.join(LEVELS)}.")] = "community",
    rule: Annotated[str | None, typer.Option(help="Rule set: name or name.version.")] = None,
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day; default today.")
    ] = None,
    csv: Annotated[bool, typer.Option("--csv", help="All columns as CSV to stdout.")] = False,
    out: Out = None,
) -> None:
    """Load of units, the heaviest first, and how evenly it is spread."""
    for word, known in ((of, OF), (level, LEVELS)):
        if word not in known:
            raise NoSuchChoice(f"{word!r} is none of {', '.join(known)}")
    with snapshot(database()) as conn:
        weighs = load_rules.rule_of(conn, rule)
        day = on.date() if on else loads.today(conn)
        found = loads.of_blocks(conn, weighs, day)
        table = loads.of_units(conn, found, Units(of, system, level), day)  # type: ignore[arg-type]
    table = table.sort_values(["load", "code"], ascending=[False, True], kind="stable")
    if csv or out:
        write(table.drop(columns="parent_id").round(4).assign(rule=weighs.key), out)
        return
    draw(_drawn(table, weighs))
    tell(_evenness("load", table["load"]))
    if table["workers"].notna().any():
        tell(_evenness("load a worker", table["load_per_worker"]))


def _drawn(table: pd.DataFrame, rule: Rule) -> Table:
    drawn = Table(*SHOWN, title=f"{rule.title_en} ({rule.key}), hours of work a week")
    for column in drawn.columns[2:]:
        column.justify = "right"
    mean = table["load_per_worker"].mean()
    for row in table.itertuples():
        each = float(str(row.load_per_worker))
        per = (f"{each / 60:.1f}", f"{each / mean:.2f}") if each == each else ("", "")
        workers = "" if pd.isna(row.workers) else f"{row.workers:.0f}"
        counts = (str(int(row[1 + table.columns.get_loc(name)])) for name in COUNTED)
        hours = f"{float(str(row.load)) / 60:.1f}"
        drawn.add_row(str(row.code), str(row.name), *counts, hours, workers, *per)
    return drawn


def _evenness(what: str, values: pd.Series) -> str:
    units, mean, most, cv, gini = law.spread(values)
    even = f"max/mean {most:.2f}, variation {cv:.2f}, Gini {gini:.3f}"
    return f"{what}: {units} units, mean {mean / 60:.1f} h, {even}"


@rules_app.command("list")
def list_rules() -> None:
    """List rule sets with their weights, every version."""
    with transaction(database()) as conn:
        for row in load_rules.rules(conn).to_dict("records"):
            words = f"{row['name']}.{row['version']}  {row['title']}  {row['title_en']}"
            tell(f"{words}  {json.dumps(row['weights'], ensure_ascii=False)}")


@rules_app.command("put")
def put_rules(
    file: Annotated[
        Path, typer.Argument(help="JSON: name, title, title_en, weights; see docs/load.md.")
    ],
    made_by: Annotated[str, typer.Option(help="Who wrote it.")] = "",
) -> None:
    """Write a rule set down as the next version of its name."""
    given = _read(file)
    titles = str(given.get("title", given["name"])), str(given.get("title_en", given["name"]))
    with transaction(database()) as conn:
        rule = load_rules.put_rule(conn, given["name"], titles, given["weights"], made_by)
    tell(rule.key)


def _read(file: Path) -> dict[str, Any]:
    try:
        given = json.loads(file.read_text("utf-8-sig"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise NotARuleSet(f"{file} is not JSON: {error}") from None
    if not isinstance(given, dict) or not isinstance(given.get("name"), str):
        raise NotARuleSet(f"{file}: give name, title, title_en and weights")
    if not isinstance(given.get("weights"), dict):
        raise NotARuleSet(f'{file}: weights are minutes a week by name, such as {{"case": 25}}')
    return given
