"""`luge bodies`: councils, party branches and alliances bound to a stretch, and their lists."""

from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from api.cli import imports
from api.cli.session import database, tell
from geo.rosters import Asked
from geo.store import bodies, bodylists, importing
from geo.store.bodies import Change, Item, Which
from geo.store.database import LOCAL, Connection, read_setting, transaction

bodies_app = typer.Typer(
    help="Bodies bound to a stretch (街事会, 道路党组织, 党建联盟).", no_args_is_help=True
)

MOST = 100_000

Body = Annotated[str, typer.Argument(help="Number or name of a body.")]
Detail = Annotated[str | None, typer.Option(help="More about it.")]
Place = Annotated[str | None, typer.Option(help="Where, in words.")]
Contact = Annotated[str | None, typer.Option(help="Whom to ask.")]
Phone = Annotated[str | None, typer.Option(help="That person's phone.")]
On = Annotated[datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="The day; today.")]


@bodies_app.command("list")
def list_(
    kind: Annotated[
        Literal["street_council", "party_branch", "alliance"] | None,
        typer.Option(help="街事会, 道路党组织 or 党建联盟; all of them."),
    ] = None,
    road: Annotated[str | None, typer.Option(help="Name of a road, river or lane.")] = None,
    on: On = None,
) -> None:
    """List bodies: number, kind, name, roads, metres, members, what is open."""
    with transaction(database()) as conn:
        for row in bodies.page(conn, _day(conn, on), Which(kind, road), (0, MOST)):
            open_: dict[str, int] = dict(row["open"])  # type: ignore[call-overload]
            lists = ", ".join(f"{bodies.LISTS[name][0]} {n}" for name, n in sorted(open_.items()))
            roads: list[str] = list(row["roads"] or [])  # type: ignore[call-overload]
            tell(
                f"{row['id']}\t{bodies.KINDS[str(row['kind'])][0]}\t{row['name']}"
                f"\t{'、'.join(roads) or '–'}\t{row['metres']:.0f} m\t{row['members']}"
                f"\t{lists or '–'}"
            )


@bodies_app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV or Excel: kind, name, road …, member …")],
    map_: Annotated[
        list[str] | None, typer.Option("--map", help="FIELD=COLUMN; repeat for more.")
    ] = None,
    set_: Annotated[
        list[str] | None, typer.Option("--set", help="FIELD=VALUE for every row.")
    ] = None,
    rejects: Annotated[Path, typer.Option(help="Where rejected rows go.")] = Path("rejects.csv"),
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Do all but keep it.")] = False,
) -> None:
    """Import bodies with their stretches and members; rows of one name are one body."""
    asked = Asked(imports.pairs(map_), imports.pairs(set_))
    with transaction(database()) as conn:
        summary = bodylists.import_bodies(conn, file, asked, dry_run=dry_run)
    imports.report(summary)
    with suppress(FileNotFoundError):
        rejects.unlink()
    if written := importing.write_rejects(rejects, [summary]):
        tell(f"{written} rejected rows with their reasons are in {rejects}")
    if dry_run:
        tell("dry run: nothing was kept")


@bodies_app.command()
def items(body: Body, on: On = None) -> None:
    """Show a body's lists: number, list, status, title, place."""
    with transaction(database()) as conn:
        lists = bodies.read(conn, bodies.find(conn, body), _day(conn, on), LOCAL)["lists"]
    for name, rows in lists.items():
        for row in rows:
            tell(
                f"{row['id']}\t{bodies.LISTS[name][0]}\t{row['status']}\t{row['title']}"
                f"\t{row['place'] or '–'}"
            )


@bodies_app.command()
def add(
    body: Body,
    list_: Annotated[
        Literal["need", "resource", "project"],
        typer.Argument(metavar="LIST", help="need, resource or project."),
    ],
    title: Annotated[str, typer.Argument(help="What it is, in a few words.")],
    detail: Detail = None,
    place: Place = None,
    contact: Contact = None,
    phone: Phone = None,
) -> None:
    """Put an item on a list: need (需求), resource (资源), project (项目)."""
    item = Item(list_, title, detail, place, None, contact, phone)
    with transaction(database()) as conn:
        made = bodies.add_item(conn, bodies.find(conn, body), item)
    tell(f"item {made}")


@bodies_app.command()
def mark(
    body: Body,
    item: Annotated[int, typer.Argument(help="Number of the item.")],
    status: Annotated[
        Literal["open", "active", "done", "dropped"], typer.Argument(help="What it is now.")
    ],
    detail: Detail = None,
) -> None:
    """Give an item another status."""
    with transaction(database()) as conn:
        bodies.change_item(conn, bodies.find(conn, body), item, Change(status, detail))
    tell(f"item {item} is {status}")


def _day(conn: Connection, on: datetime | None) -> date:
    return on.date() if on else date.fromisoformat(read_setting(conn).today())
