"""`luge duty`: who answers for which metres, from when, and what nobody answers for."""

from datetime import date, datetime
from typing import Annotated, Literal

import typer

from api.cli.session import database, refresh, tell
from geo.duties import LINEAR, Days
from geo.rotas import Rhythm
from geo.store import chiefs, duties, rotas
from geo.store.database import LOCAL, Connection, read_setting, transaction
from geo.store.duties import Charge, Handover, Which
from geo.store.roads import finder
from geo.stretches import Words

app = typer.Typer(help="Duties (责任) of chiefs (路长).", no_args_is_help=True)

DATES = ["%Y-%m-%d"]
MOST = 100_000

Role = Literal["general", "first", "second", "rota", "member"]
Chief = Annotated[str, typer.Argument(help="Number or name of a chief.")]
On = Annotated[datetime | None, typer.Option("--on", formats=DATES, help="The day; today.")]
Road = Annotated[str | None, typer.Option(help="Name of a road, river or lane.")]
AnyRole = Annotated[Role | None, typer.Option(help="Level; all of them.")]
Start = Annotated[datetime | None, typer.Option("--from", formats=DATES, help="First day; today.")]
End = Annotated[
    datetime | None, typer.Option("--until", formats=DATES, help="The day after the last.")
]
RoadName = Annotated[str, typer.Argument(help="Name of a road, river or lane.")]
FromPlace = Annotated[
    str, typer.Option("--start", help="From: a crossing road, metres, or a door (12号).")
]
ToPlace = Annotated[str, typer.Option("--end", help="To: as --start.")]
Side = Annotated[str, typer.Option(help="左 右 东 西 南 北 单号 双号; both if left out.")]


@app.command("list")
def list_(
    on: On = None,
    chief: Annotated[str | None, typer.Option(help="Number or name of a chief.")] = None,
    road: Road = None,
    role: AnyRole = None,
) -> None:
    """List duties in force on a day: number, role, who, road, segment, side, metres."""
    with transaction(database()) as conn:
        which = Which(chiefs.find(conn, chief) if chief else None, road, role=role)
        day = _day(conn, on)
        for row in duties.on_day(conn, day, which, (0, MOST), LOCAL):
            who = row["name"]
            if row["answers"] != row["chief"]:
                who = f"{who} → {row['answers_name'] or '–'}"
            tell(
                f"{row['id']}\t{row['role']}\t{who}\t{row['road'] or '–'}\t{row['segment']}"
                f"\t{row['side']}\t{row['from_m']:.1f}–{row['to_m']:.1f}"
            )


@app.command()
def chief(
    name: Annotated[str, typer.Argument(help="Name of the chief.")],
    department: Annotated[str | None, typer.Option(help="Where the chief works.")] = None,
    phone: Annotated[str | None, typer.Option(help="Shown to who has the right people.")] = None,
    code: Annotated[str | None, typer.Option(help="Number (路长编号); else one is made.")] = None,
) -> None:
    """Add a chief."""
    person = chiefs.Person(name, department, phone, code)
    with transaction(database()) as conn:
        chiefs.add(conn, person)
    tell(f"{name} is chief {chiefs.code_of(person)}")


@app.command()
def assign(
    chief: Chief,
    role: Annotated[Role, typer.Argument(help="Level.")],
    road: RoadName,
    start: FromPlace = "",
    end: ToPlace = "",
    side: Side = "",
    first: Start = None,
    until: End = None,
) -> None:
    """Charge a chief with a stretch of a road."""
    url = database()
    with transaction(url) as conn:
        found = finder(conn)(Words(road, start, end, side))
        days = Days(_day(conn, first), until.date() if until else None)
        made = duties.assign(conn, Charge(chiefs.find(conn, chief), role, days), found)
    refresh(url)
    tell(f"{len(made)} duties over {sum(one.to_m - one.from_m for one in found):.0f} m of side")


@app.command()
def end(
    ids: Annotated[list[int], typer.Argument(help="Numbers of duties.")], on: On = None
) -> None:
    """End duties on a day; those that have not begun by then are gone."""
    url = database()
    with transaction(url) as conn:
        ended = duties.end(conn, ids, _day(conn, on))
    refresh(url)
    tell(f"{ended} duties ended")


@app.command()
def handover(
    giver: Chief, taker: Chief, on: On = None, road: Road = None,
    role: AnyRole = None,
) -> None:  # fmt: skip
    """Hand GIVER's duties over to TAKER on a day; no metre changes."""
    url = database()
    with transaction(url) as conn:
        who = chiefs.find(conn, giver), chiefs.find(conn, taker)
        done = duties.hand_over(conn, Handover(*who, _day(conn, on), road, role))
    refresh(url)
    tell(f"{done.duties} duties over {done.metres:.0f} m of side handed over")


@app.command()
def vacant(
    on: On = None,
    road: Road = None,
    role: AnyRole = None,
    kind: Annotated[list[str] | None, typer.Option(help=f"{', '.join(LINEAR)}; road.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="So many stretches at most.")] = 50,
) -> None:
    """List metres of side that nobody has on a day."""
    with transaction(database()) as conn:
        where = duties.Where(road, tuple(kind or ["road"]), role=role)
        found = duties.vacancies(conn, _day(conn, on), where, limit)
    for row in found.stretches:
        why = "\ton leave" if row["away"] else ""
        tell(
            f"{row['road'] or '–'}\t{row['segment']}\t{row['side']}"
            f"\t{row['from_m']:.1f}–{row['to_m']:.1f}{why}"
        )
    tell(f"{found.number} stretches, {found.metres:.0f} m of side")


@app.command()
def leave(
    chief: Chief,
    deputy: Annotated[str | None, typer.Option(help="Who answers; else nobody does.")] = None,
    first: Start = None,
    until: End = None,
    reason: Annotated[str | None, typer.Option(help="Why, in words.")] = None,
) -> None:
    """Write a chief's leave, and who answers in the meantime."""
    with transaction(database()) as conn:
        days = Days(_day(conn, first), until.date() if until else None)
        stand_in = chiefs.find(conn, deputy) if deputy else None
        id_ = chiefs.take_leave(conn, chiefs.find(conn, chief), days, stand_in, reason)
    tell(f"leave {id_}: {deputy or 'nobody'} answers from {days.start} to {days.end or '–'}")


@app.command()
def back(
    id_: Annotated[int, typer.Argument(metavar="LEAVE", help="Number of the leave.")],
    on: On = None,
) -> None:
    """End leave: the chief is back on a day."""
    with transaction(database()) as conn:
        chiefs.end_leave(conn, id_, _day(conn, on))
    tell(f"leave {id_} ended")


@app.command()
def rota(
    name: Annotated[str, typer.Argument(help="Name of the rotation.")],
    road: RoadName,
    members: Annotated[list[str], typer.Argument(metavar="CHIEF…", help="In their order.")],
    until: Annotated[datetime, typer.Option("--until", formats=DATES, help="Day after the last.")],
    start: FromPlace = "",
    end: ToPlace = "",
    side: Side = "",
    every: Annotated[int, typer.Option(min=1, help="A turn lasts so many …")] = 1,
    unit: Annotated[
        Literal["day", "week", "month"], typer.Option(help="… days, weeks, months.")
    ] = "week",
    first: Start = None,
) -> None:
    """Let chiefs take turns on a stretch: every turn becomes a duty."""
    url = database()
    with transaction(url) as conn:
        who = tuple(chiefs.find(conn, member) for member in members)
        rhythm = Rhythm(every, unit, _day(conn, first), until.date())
        found = finder(conn)(Words(road, start, end, side))
        made = rotas.make(conn, rotas.Rota(name, rhythm, who), found)
    refresh(url)
    tell(f"rotation {made.id}: {made.turns} turns, {made.duties} duties")


def _day(conn: Connection, on: datetime | None) -> date:
    return on.date() if on else read_setting(conn).day()
