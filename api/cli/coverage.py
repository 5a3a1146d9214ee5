"""`luge coverage`: coverage, blind spots and the span of control as CSV."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from api.cli.session import database, tell
from geo.store import blind, covered
from geo.store.covered import BY, ROLES, Asked
from geo.store.database import snapshot

coverage_app = typer.Typer(
    help="Coverage of road sides (路长覆盖) as CSV: on paper and lived, blind spots, control.",
    no_args_is_help=True,
)

On = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day; default today.")]
Area = Annotated[str | None, typer.Option(help="Code of an area.")]
Role = Annotated[list[str] | None, typer.Option(help=f"Levels: {', '.join(ROLES)}.")]
Out = Annotated[Path | None, typer.Option(help="A file; without it to stdout.")]


# Degrees keep their digits; metres and cases have two.
PLACES = ("lon", "lat", "west", "south", "east", "north")


class NoSuchChoice(ValueError):
    """An option that has a few values was given another one."""


@coverage_app.command()
def summary(
    by: Annotated[str, typer.Option(help=f"One of {', '.join(BY)}.")] = "street",
    on: On = None,
    area: Area = None,
    road: Annotated[str | None, typer.Option(help="Name of a road.")] = None,
    chief: Annotated[str | None, typer.Option(help="Id of a chief.")] = None,
    role: Role = None,
    out: Out = None,
) -> None:
    """Metres of side, shops, households and cases: the whole (first row) and its parts."""
    _among([by], BY, "by")
    asked = _asked(on, area, role)._replace(road=road, chief=chief)
    with snapshot(database()) as conn:
        covered.check(conn, asked)
        found = covered.summary(conn, asked, by)
    whole = pd.DataFrame([found.total]).assign(code="", name="total")
    write(pd.concat([whole[list(found.parts.columns.intersection(whole.columns))], found.parts])
           [list(found.parts)], out)  # fmt: skip


@coverage_app.command("blind")
def blind_spots(
    what: Annotated[str, typer.Argument(help="places, compounds, clusters or far.")] = "places",
    on: On = None, area: Area = None, role: Role = None, out: Out = None,
) -> None:  # fmt: skip
    """What nobody covers: places (road by community), compounds, clusters of cases; and
    compounds far from every station."""
    _among([what], ("places", "compounds", "clusters", "far"), "the list")
    asked = _asked(on, area, role)
    with snapshot(database()) as conn:
        covered.check(conn, asked)
        found = blind.blind(conn, asked)
    table = getattr(found, what)
    if what == "places":
        table = table.drop(columns=["segments", "hollow_segments"])
        table = table.sort_values(["bare_m", "hollow_m"], ascending=False, kind="stable")
    write(table, out)


@coverage_app.command("control")
def control_(
    what: Annotated[str, typer.Argument(help="chiefs, staff or workers.")] = "chiefs",
    on: On = None, area: Area = None, role: Role = None, out: Out = None,
) -> None:  # fmt: skip
    """The span of control: chiefs against the norms, staff needed, households per worker."""
    _among([what], ("chiefs", "staff", "workers"), "the list")
    asked = _asked(on, area, role)
    with snapshot(database()) as conn:
        covered.check(conn, asked)
        write(getattr(blind.span(conn, asked), what), out)


def _asked(on: datetime | None, area: str | None, role: list[str] | None) -> Asked:
    _among(role or [], ROLES, "--role")
    return Asked(on.date() if on else None, area, roles=tuple(role or ()))


def _among(given: list[str], known: tuple[str, ...], what: str) -> None:
    for word in given:
        if word not in known:
            raise NoSuchChoice(f"{what} is one of {', '.join(known)}, not {word!r}")


def write(table: pd.DataFrame, out: Path | None) -> None:
    """A table as CSV; in files with a byte order mark, as spreadsheet programs in China expect."""
    table = table.round(dict.fromkeys(table.select_dtypes("float").columns.difference(PLACES), 2))
    if out is None:
        tell(table.to_csv(index=False, lineterminator="\n").rstrip("\n"))
    else:
        table.to_csv(out, index=False, encoding="utf-8-sig", lineterminator="\n")
        tell(str(out))
