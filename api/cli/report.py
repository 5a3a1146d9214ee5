"""`luge report`: a report as one file; `luge report weekly`: one for each street."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from api import reports
from api.cli.session import console, database, tell
from geo.reporting.material import streets_of
from geo.reporting.periods import last_week, week_of
from geo.store import reporting
from geo.store.database import snapshot
from maps.report.page import By, Metric, Wish
from maps.report.printing import Form, find_browser, printed
from maps.report.voice import LANGUAGES

report_app = typer.Typer(
    help="Reports as one HTML file (and PDF, PNG) that opens anywhere, without a network.",
    invoke_without_command=True,
)

DAY = ["%Y-%m-%d"]
Lang = Annotated[str, typer.Option(help="zh or en.")]
Pdf = Annotated[bool, typer.Option("--pdf", help="A PDF besides, by the installed Chromium.")]
Png = Annotated[bool, typer.Option("--png", help="A picture of the whole page besides.")]
Public = Annotated[
    bool, typer.Option("--public", help="Without counts below 5, to be sent to anyone.")
]
System = Annotated[str | None, typer.Option(help="Grid system by its code; management.")]


class UnknownChoice(ValueError):
    """An option has a value that there is not."""


class Made(NamedTuple):
    """In which forms a report is wanted besides HTML."""

    pdf: bool
    png: bool


@report_app.callback()
def report(
    context: typer.Context,
    since: Annotated[datetime | None, typer.Option(formats=DAY, help="First day.")] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=DAY, help="The day after the last one.")
    ] = None,
    street: Annotated[str | None, typer.Option(help="Code of one street.")] = None,
    system: System = None,
    plans: Annotated[
        tuple[str, str] | None,
        typer.Option(metavar="A B", help="Two plans side by side: numbers or names."),
    ] = None,
    metric: Annotated[Metric, typer.Option(help="What the map of load shows.")] = "households",
    by: Annotated[By, typer.Option(help="Grids or blocks on the map of load.")] = "grids",
    lang: Lang = "zh",
    out: Annotated[Path | None, typer.Option(help="The HTML file.")] = None,
    pdf: Pdf = False,
    png: Png = False,
    public: Public = False,
) -> None:
    """Write a report on some days; by default on the seven up to the newest incident."""
    if context.invoked_subcommand:
        return
    made, wish = forms(pdf, png), Wish(lang_of(lang), not public, metric=metric, by=by)
    with console.status("reading"), snapshot(database()) as conn:
        found = reports.read(conn, (day_of(since), day_of(until)), system, plans or ())
    file = out or Path(f"{reports.name_of(found, street)}.html")
    write(reports.page(found, street, wish), file, made)


@report_app.command()
def weekly(
    street: Annotated[
        list[str] | None, typer.Option(help="Code of a street; may be repeated; all.")
    ] = None,
    week: Annotated[
        datetime | None, typer.Option(formats=DAY, help="A day of the week; the last whole one.")
    ] = None,
    system: System = None,
    lang: Lang = "zh",
    out: Annotated[Path, typer.Option(help="The folder.")] = Path("."),
    pdf: Pdf = False,
    png: Png = False,
    public: Public = False,
) -> None:
    """Write a weekly report for each street into a folder, Monday to Sunday."""
    made, wish = forms(pdf, png), Wish(lang_of(lang), not public, weekly=True)
    with console.status("reading"), snapshot(database()) as conn:
        period = week_of(week.date()) if week else last_week(reporting.newest(conn))
        found = reports.read(conn, (period.since, period.until), system)
    out.mkdir(parents=True, exist_ok=True)
    for code in street or streets_of(found.material):
        html = reports.page(found, code, wish)
        write(html, out / f"{reports.name_of(found, code, weekly=True)}.html", made)


def forms(pdf: bool, png: bool) -> Made:
    """Asked before anything is read, so that nobody waits for a browser that is not there."""
    if pdf or png:
        find_browser()
    return Made(pdf, png)


def lang_of(lang: str) -> str:
    """``lang`` if reports speak it; raises `UnknownChoice`."""
    if lang not in LANGUAGES:
        raise UnknownChoice(f"there is no language {lang!r}; there are {', '.join(LANGUAGES)}")
    return lang


def day_of(moment: datetime | None) -> date | None:
    """The day that an option names."""
    return moment.date() if moment else None


def write(html: str, file: Path, made: Made) -> None:
    """Write a report, in all the forms that are wanted."""
    file.write_text(html, "utf-8")
    tell(str(file))
    wanted: tuple[tuple[Form, bool], ...] = (("pdf", made.pdf), ("png", made.png))
    for form in (form for form, asked in wanted if asked):
        with console.status(f"printing {file.stem}.{form}"):
            printed_file = file.with_suffix(f".{form}")
            printed_file.write_bytes(printed(html, form))
        tell(str(printed_file))
