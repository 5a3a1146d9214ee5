"""`luge reach`: how far everything is from the stations on foot, and where more would help."""

import csv
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import pandas as pd
import typer

from api.cli.session import console, database, tell
from geo.export import harmless
from geo.store import stations
from geo.store.database import transaction

reach_app = typer.Typer(
    help="Reach of stations on foot: who is within 5, 10 and 15 minutes, and who is not.",
    invoke_without_command=True,
)

Csv = Annotated[Path | None, typer.Option("--csv", help="Write a CSV file ('-': here) instead.")]
WHAT = ("households", "merchants", "compounds", "blocks")


class CandidatesUnreadable(ValueError):
    """A file of candidate sites has no columns lon and lat with numbers."""


@reach_app.callback()
def reach(context: typer.Context, csv_file: Csv = None) -> None:
    """Tell how many households and places are within reach of a station, and how many are not."""
    if context.invoked_subcommand:
        return
    with transaction(database()) as conn:
        bands: Any = stations.summary(conn)["bands"]
    rows = [
        (band["minutes"], band["metres"], what, *band[what].values())
        for band in bands
        for what in WHAT
    ]
    if csv_file:
        _write(csv_file, ("minutes", "metres", "what", "all", "within", "beyond", "cut_off"), rows)
        return
    for minutes, metres, what, all_of, within, beyond, cut_off in rows:
        cut = f", {cut_off} of them cut off" if cut_off else ""
        tell(f"{minutes} min ({metres:.0f} m): {what} {within} of {all_of}, {beyond} beyond{cut}")


@reach_app.command()
def places(
    layer: Annotated[str, typer.Option(help="blocks, compounds or merchants.")] = "blocks",
    beyond: Annotated[float, typer.Option(help="Minutes on foot.")] = 15,
    area: Annotated[str | None, typer.Option(help="Code of a street or community.")] = None,
    csv_file: Csv = None,
) -> None:
    """List what lies beyond some minutes, with the nearest station; the farthest first."""
    with transaction(database()) as conn:
        found = stations.places(conn, stations.Far(layer, beyond, area, stations.MOST_PLACES))
    if csv_file:
        names = ("code", "name", "households", "station", "station_name", "metres", "minutes",
                 "offset_m", "lon", "lat")  # fmt: skip
        _write(csv_file, names, ([row[name] for name in names] for row in found))
        return
    for row in found:
        way = f"{row['minutes']:.0f} min to {row['station_name']}" if row["station"] else "cut off"
        tell(f"{row['code'] or ''} {row['name'] or ''} {way}".replace("  ", " "))
    tell(f"{len(found)} {layer} beyond {beyond:g} minutes")


@reach_app.command()
def checks(
    target: Annotated[str | None, typer.Option(help="As 1+12+60+X; else by the areas.")] = None,
    csv_file: Csv = None,
) -> None:
    """Check what stations there should be; exit with 1 where something falls short."""
    with transaction(database()) as conn:
        found: Any = stations.checks(conn, target)
    if csv_file:
        rows = [
            (check["key"], p["layer"], p["code"], p["name"], p["households"], p.get("metres"),
             p["lon"], p["lat"])
            for check in found for p in check["places"]
        ]  # fmt: skip
        names = ("check", "layer", "code", "name", "households", "metres", "lon", "lat")
        _write(csv_file, names, rows)
    else:
        for check in found:
            sign = "✓" if check["met"] else "✗"
            tell(f"{sign} {check['en']} {check['zh']}: {check['found']} of {check['wanted']}")
    if not all(check["met"] for check in found):
        raise typer.Exit(1)


@reach_app.command()
def gain(
    most: Annotated[int, typer.Option("--stations", min=1, max=20, help="Up to so many.")] = 5,
    by: Annotated[
        Literal["coverage", "median"], typer.Option(help="Most within, or least mean distance.")
    ] = "coverage",
    weight: Annotated[
        Literal["households", "merchants"], typer.Option(help="Whom to be near to.")
    ] = "households",
    minutes: Annotated[float, typer.Option(min=1, max=60, help="For coverage.")] = 15,
    seconds: Annotated[float, typer.Option(min=0.1, help="At most, to look for it.")] = 60,
    sites: Annotated[
        Path | None, typer.Option(help="CSV of candidate sites, lon and lat; all blocks.")
    ] = None,
    csv_file: Csv = None,
) -> None:
    """Tell what 1, 2, … further stations would gain at the best sites."""
    from geo.store import siting

    wish = siting.Wish(most, by, weight, minutes, seconds, _sites(sites) if sites else ())
    with console.status("looking for the best sites"), transaction(database()) as conn:
        found = siting.answer(siting.read(conn, wish), wish)
    steps: Any = found["steps"]
    if csv_file:
        rows = [
            (step["stations"], step["gain"], *step["after"].values(), step["proven"],
             site["candidate"], site["block"], site["lon"], site["lat"])
            for step in steps for site in step["sites"]
        ]  # fmt: skip
        after = ("within", "share") if by == "coverage" else ("mean_minutes",)
        names = ("stations", "gain", *after, "proven", "candidate", "block", "lon", "lat")
        _write(csv_file, names, rows)
        return
    tell(f"0: {_figures(found['before'])}")
    for step in steps:
        at = ", ".join(s["block"] or f"site {s['candidate']}" for s in step["sites"])
        unproven = "" if step["proven"] else f" (at most {step['bound']:.0f} can be gained)"
        tell(f"{step['stations']}: {_figures(step['after'])} at {at}{unproven}")


def _figures(figures: object) -> str:
    assert isinstance(figures, dict)  # noqa: S101 - as siting gives it
    if "mean_minutes" in figures:
        return f"{figures['mean_minutes']:.1f} min on average"
    return f"{figures['within']:.0f} within reach, {100 * figures['share']:.1f} %"


def _sites(file: Path) -> list[tuple[float, float]]:
    frame = pd.read_csv(file, dtype=str, encoding="utf-8-sig")
    if not {"lon", "lat"} <= set(frame.columns):
        raise CandidatesUnreadable(f"{file} has no columns lon and lat")
    numbers = frame[["lon", "lat"]].apply(pd.to_numeric, errors="coerce")
    wrong = numbers.index[numbers.isna().any(axis=1)]
    if len(wrong):
        raise CandidatesUnreadable(f"{file}, row {wrong[0] + 2}: lon and lat are not both numbers")
    return list(numbers.itertuples(index=False, name=None))


def _write(file: Path, names: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A CSV that spreadsheet programs open rightly and no cell of which they run."""
    frame = harmless(pd.DataFrame(list(rows), columns=list(names)).astype(object).fillna(""))
    if str(file) == "-":
        frame.to_csv(sys.stdout, index=False, quoting=csv.QUOTE_MINIMAL)
        return
    frame.to_csv(file, index=False, encoding="utf-8-sig")
    tell(str(file))
