"""`luge road`: the network edited by hand."""

from pathlib import Path
from typing import Annotated

import geopandas
import typer

from api.cli.session import database, refresh, tell
from geo import crs, readers
from geo.store import editing
from geo.store.database import transaction
from geo.store.editing import By, Drawn, Edited

app = typer.Typer(help="Segments of roads, lanes and rivers, edited by hand.", no_args_is_help=True)

Segment = Annotated[int, typer.Argument(help="Number of the segment.")]
Actor = Annotated[str | None, typer.Option(help="Who edits; kept with the edit.")]


class OneLine(ValueError):
    """The file does not hold just one line."""


@app.command()
def show(segment: Segment) -> None:
    """Print a segment, and the segments that it meets."""
    with transaction(database()) as conn:
        found = editing.read(conn, segment)
    name = found["road"] or "–"
    tell(
        f"{found['id']}\t{name}\t{found['seq'] or ''}\t{found['class']}\t{found['length_m']:.2f} m"
    )
    for other in found["meets"]:
        tell(f"  {other['segment']}\t{other['road'] or '–'}\t{other['seq'] or ''}")


@app.command()
def split(
    segment: Segment,
    at_m: Annotated[float, typer.Argument(metavar="METRES", help="From the segment's start.")],
    actor: Actor = None,
) -> None:
    """Split a segment; duties, passes and links stay on their ground."""
    url = database()
    with transaction(url) as conn:
        done = editing.split(conn, segment, at_m, By(actor))
    _report(url, done)


@app.command()
def join(
    segment: Segment,
    other: Annotated[int, typer.Argument(help="The segment to join it with.")],
    actor: Actor = None,
) -> None:
    """Join two segments of one road that meet where nothing else does."""
    url = database()
    with transaction(url) as conn:
        done = editing.join(conn, segment, other, By(actor))
    _report(url, done)


@app.command()
def redraw(
    segment: Segment,
    file: Annotated[Path, typer.Argument(help="A file with one line: GeoJSON, GeoPackage …")],
    datum: Annotated[
        str | None, typer.Option("--crs", help="Datum of the line; the file's own.")
    ] = None,
    actor: Actor = None,
) -> None:
    """Give a segment the line in a file as its axis, between its junctions."""
    url = database()
    drawn = _drawn(file, datum)
    with transaction(url) as conn:
        done = editing.redraw(conn, segment, drawn, By(actor))
    _report(url, done)


def _drawn(file: Path, datum: str | None) -> Drawn:
    source = readers.read(file)
    lines = geopandas.GeoSeries(source.frame.geometry).explode()
    if len(lines) != 1 or lines.iloc[0] is None or lines.iloc[0].geom_type != "LineString":
        raise OneLine(f"{file.name} holds {len(lines)} shapes; one line is wanted")
    declared = datum or (str(source.crs) if source.crs else "wgs84")
    crs.parse(declared)
    return Drawn([(x, y) for x, y, *_ in lines.iloc[0].coords], declared)


def _report(url: str, done: Edited) -> None:
    refresh(url)
    numbers = ", ".join(map(str, done.segments))
    tell(f"segment {numbers}; {done.moved} of {done.points} points near by have other links")
