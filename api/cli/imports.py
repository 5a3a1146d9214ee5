"""`luge import`: files into the database."""

from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from api.cli import check
from api.cli.session import database, progressing, refresh, tell
from geo import kinds, rosters
from geo.intake import Wishes
from geo.progress import Say
from geo.sentences import spaced
from geo.store import checking, importing, restoring
from geo.store import rosters as store_rosters
from geo.store.database import Connection, transaction

DISTRICT = "district"
DUTIES = rosters.ROSTER.name
KINDS = (*("roads" if kind == "ways" else kind for kind in kinds.KINDS), DUTIES)


class BadPair(ValueError):
    """An option cannot be used so: it wants NAME=VALUE, or belongs to another kind."""


def import_(
    kind: Annotated[
        str,
        typer.Argument(
            help=f"What the files hold: {', '.join(KINDS)}; or {DISTRICT}, a whole one."
        ),
    ],
    files: Annotated[list[Path], typer.Argument(help="One or more; each is one transaction.")],
    crs: Annotated[
        str | None, typer.Option(help="Datum of the coordinates: wgs84, gcj02, bd09, EPSG:4490 …")
    ] = None,
    map_: Annotated[
        list[str] | None, typer.Option("--map", help="FIELD=COLUMN; repeat for more.")
    ] = None,
    set_: Annotated[
        list[str] | None, typer.Option("--set", help="FIELD=VALUE for every row.")
    ] = None,
    layer: Annotated[
        str | None, typer.Option(help="Layer of a GeoPackage, sheet of a book.")
    ] = None,
    encoding: Annotated[str | None, typer.Option(help="Such as gb18030; else detected.")] = None,
    margin: Annotated[
        float | None,
        typer.Option(
            min=0, help="How far outside the district rows may lie, m; 50 for roads, or 0."
        ),
    ] = None,
    rejects: Annotated[Path, typer.Option(help="Where rejected rows go.")] = Path("rejects.csv"),
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Do all but keep it.")] = False,
) -> None:
    """Import files of one KIND; each file whole or not at all."""
    if kind == DISTRICT:
        if any((crs, map_, set_, layer, encoding, margin)):
            raise BadPair("a district's file says all itself: leave the other options out")
        for file in files:
            _restore(file, dry_run)
        return
    wishes = Wishes(crs, pairs(map_), pairs(set_))
    options = importing.Options(wishes, layer, encoding, margin, dry_run)
    url = database()
    summaries = []
    for file in files:
        summaries.append(_import(url, file, kind, options))
        report(summaries[-1])
    if not dry_run:
        _check(url, kind, rejects.parent)
        refresh(url)
    with suppress(FileNotFoundError):
        rejects.unlink()
    written = importing.write_rejects(rejects, summaries)
    if written:
        tell(f"{written} rejected rows with their reasons are in {rejects}")
    if dry_run:
        tell("dry run: nothing was kept")


def _import(url: str, file: Path, kind: str, options: importing.Options) -> importing.Summary:
    try:
        with progressing(file.name) as say, transaction(url) as conn:
            if kind == DUTIES:
                return _import_roster(conn, file, options, say)
            return importing.import_file(conn, file, kind, options, say)
    except KeyboardInterrupt:
        typer.echo(f"luge: stopped; nothing of {file} was kept", err=True)
        raise typer.Exit(130) from None


def _import_roster(
    conn: Connection, file: Path, options: importing.Options, say: Say
) -> importing.Summary:
    if options.wishes.crs or options.margin_m is not None:
        raise BadPair("duties lie on roads: leave --crs and --margin out")
    return store_rosters.import_file(conn, file, options, say)


def _restore(file: Path, dry_run: bool) -> None:
    """A file that `luge export --all` made, into an empty database."""
    url = database()
    with progressing(file.name) as say:
        done = restoring.restore(url, file, dry_run=dry_run, say=say)
    rows = sum(done.brought.values())
    tell(
        f"{file.name}: {done.district}, {spaced(rows)} rows of {len(done.brought)} tables inserted,"
        f" {len(done.unchanged)} tables unchanged"
    )
    if dry_run:
        tell("dry run: nothing was kept")
    else:
        refresh(url)


def pairs(given: list[str] | None) -> dict[str, str]:
    """NAME=VALUE as given on the command line; raises `BadPair`."""
    wrong = [pair for pair in given or [] if "=" not in pair]
    if wrong:
        raise BadPair(f"{wrong[0]!r}: write NAME=VALUE")
    return dict(pair.split("=", 1) for pair in given or [])


def _check(url: str, kind: str, out: Path) -> None:
    """Areas and blocks are to be coverages: say at once where they are not."""
    layers = {"areas": checking.AREA_LEVELS, "blocks": ("block",)}.get(kind, ())
    with transaction(url) as conn:
        for layer in layers:
            check.report(conn, layer, out)


def report(summary: importing.Summary) -> None:
    """Say what came of an import."""
    crs = f" ({summary.crs})" if summary.crs else ""
    tell(
        f"{summary.file}: {summary.read} {summary.kind} read{crs}:"
        f" {summary.inserted} inserted, {summary.updated} updated,"
        f" {summary.unchanged} unchanged, {summary.rejected} rejected"
    )
    for note in summary.notes:
        tell(f"  - {note}")
    for reason, count in summary.rejects.reasons.most_common(5):
        tell(f"  - rejected {count}: {reason}")
