"""`luge check`: areas and blocks as coverages."""

from pathlib import Path
from typing import Annotated

import typer
from geopandas import GeoDataFrame

from api.cli.session import console, database, tell
from geo.store import checking
from geo.store.database import Connection, transaction


def check(
    layers: Annotated[
        list[str] | None, typer.Argument(help=f"Of {', '.join(checking.LAYERS)}; all if left out.")
    ] = None,
    sliver: Annotated[
        float, typer.Option(min=0, help="Width below which a part is a sliver, m.")
    ] = 1.0,
    repair: Annotated[
        float | None, typer.Option(min=0.001, help="Close gaps and overlaps narrower than this, m.")
    ] = None,
    out: Annotated[
        Path, typer.Option(help="Folder for the findings as GeoJSON (WGS 84).")
    ] = Path(),
) -> None:
    """Check that areas and blocks have no gaps, overlaps, slivers or pieces outside."""
    found = 0
    for layer in layers or checking.LAYERS:
        with console.status(layer), transaction(database()) as conn:
            if repair is not None:
                _repair(checking.repair(conn, layer, repair), out)
            found += report(conn, layer, out, sliver)
    if found:
        raise typer.Exit(1)


def report(conn: Connection, layer: str, out: Path, sliver: float = 1.0) -> int:
    """Says what keeps a layer from being a coverage, saves it as GeoJSON, and counts it."""
    pieces = checking.check(conn, layer, sliver)
    tell(f"{layer}: {_tally(pieces)}")
    if len(pieces):
        _save(pieces, out / f"check-{layer}.geojson")
    return len(pieces)


def _repair(done: checking.Repaired, out: Path) -> None:
    tell(f"{done.layer}: {done.features} features changed, {done.area_m2:.2f} m² moved")
    if len(done.moved):
        _save(done.moved, out / f"repair-{done.layer}.geojson")


def _tally(pieces: GeoDataFrame) -> str:
    if not len(pieces):
        return "a clean coverage"
    kinds = pieces.groupby("kind")["area_m2"].agg(["size", "sum"])
    return ", ".join(
        f"{row['size']:.0f} {kind} ({row['sum']:.2f} m²)" for kind, row in kinds.iterrows()
    )


def _save(pieces: GeoDataFrame, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pieces.to_crs(4326).to_file(path, driver="GeoJSON", engine="pyogrio")
    tell(f"  see {path}")
