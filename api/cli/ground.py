"""`luge blocks`, `luge grids`, `luge link`: what is made from the imported ground."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from api.cli.session import console, database, refresh, tell
from geo.store import blocks, boundaries, linking, plans, protected, relinking
from geo.store.database import read_setting, transaction

blocks_app = typer.Typer(
    help="Blocks (街区): the smallest ground a planner moves.", no_args_is_help=True
)
grids_app = typer.Typer(help="Grids (网格) and their systems.", no_args_is_help=True)


@blocks_app.command("derive")
def derive(
    water: Annotated[bool, typer.Option(help="Rivers bound blocks too.")] = True,
    rail: Annotated[bool, typer.Option(help="Railways bound blocks too.")] = True,
    along: Annotated[
        list[Path] | None, typer.Option(exists=True, help="More boundaries: lines or areas.")
    ] = None,
    cut_compounds: Annotated[
        bool, typer.Option("--cut-compounds", help="Let roads cut through compounds.")
    ] = False,
) -> None:
    """Derive blocks from road axes, boundaries, water and rail within each smallest area."""
    kinds = ["road", "lane", *(["river"] if water else []), *(["rail"] if rail else [])]
    url = database()
    with console.status("deriving blocks"), transaction(url) as conn:
        extra = boundaries.read_lines(conn, along) if along else None
        with relinking.following(conn) as followed:
            change = blocks.derive(conn, kinds, extra=extra, whole_compounds=not cut_compounds)
    refresh(url)
    tell(
        f"{change.blocks} blocks: {change.kept} kept, {change.changed} changed,"
        f" {change.added} new, {change.retired} retired;"
        f" {followed.moved} of {followed.points} points near the change have other links"
    )


@grids_app.command("init")
def init(
    system: Annotated[str, typer.Option(help="Code of the grid system.")] = "management",
    households: Annotated[float | None, typer.Option(min=1, help="Target per grid.")] = None,
    count: Annotated[int | None, typer.Option(min=1, help="Number of grids in all.")] = None,
    start: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="In force from; today.")
    ] = None,
) -> None:
    """Publish a first plan: contiguous groups of whole blocks inside each smallest area."""
    if (households is None) == (count is None):
        raise typer.BadParameter("give either --households or --count")
    url = database()
    with console.status("grouping blocks"), transaction(url) as conn:
        made = plans.init_plan(
            conn, system, households=households, count=count,
            start=start.date() if start else read_setting(conn).day(),
        )  # fmt: skip
    refresh(url)
    tell(f"{made.name}: {made.grids} grids of {made.blocks} blocks, in force from {made.start}")


@grids_app.command("protect")
def protect(
    file: Annotated[Path, typer.Argument(exists=True, help="Polygons with name and kind.")],
    kind: Annotated[
        str | None, typer.Option(help=f"Where the file says none: {', '.join(protected.KINDS)}.")
    ] = None,
) -> None:
    """Say which places no border may cut: the file's take the place of those there were."""
    url = database()
    with transaction(url) as conn:
        count = protected.put_places(conn, file, kind)
    refresh(url)
    tell(f"{count} protected places")


@grids_app.command("system")
def system(
    code: Annotated[str, typer.Argument(help="management, party, police, comprehensive, …")],
    pattern: Annotated[
        str | None, typer.Option(help="Every grid code fits this, such as '^[0-9]{16}$'.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="Name of the system.")] = None,
    across: Annotated[bool, typer.Option(help="Its grids may cross areas.")] = False,
) -> None:
    """Make a grid system or change its code pattern."""
    with transaction(database()) as conn:
        made = plans.put_system(conn, code, pattern=pattern, name=name, across=across)
    tell(f"{code} ({made.name}): codes fit {made.code_pattern}")


def link(
    points: Annotated[
        Path | None, typer.Argument(exists=True, help="Parquet, a file or a folder; needs --out.")
    ] = None,
    verify: Annotated[
        bool, typer.Option("--verify", help="Compare every link with PostGIS's own predicates.")
    ] = False,
    out: Annotated[Path | None, typer.Option(help="Folder for the linked Parquet.")] = None,
    crs: Annotated[
        str | None, typer.Option(help="Datum of POINTS; wgs84; x and y: the district's.")
    ] = None,
    by: Annotated[
        Literal["district", "street", "community"], typer.Option(help="Results apart by area.")
    ] = "street",
    index: Annotated[
        Path | None, typer.Option(help="Ground of an earlier run (its _ground), not the database.")
    ] = None,
    engine: Annotated[
        Literal["none", "dask"], typer.Option(help="Who links POINTS: this process, or a cluster.")
    ] = "none",
    workers: Annotated[int, typer.Option(min=1, help="Processes of a cluster started here.")] = 4,
    address: Annotated[
        str | None, typer.Option(help="Scheduler of a running Dask cluster, tcp://HOST:8786.")
    ] = None,
) -> None:
    """Link every incident, merchant and station to its block and its place on a road.

    With POINTS and --out, link a Parquet data set of any size without the database's tables.
    """
    if (points is None) != (out is None) or (points and verify):
        raise typer.BadParameter("POINTS and --out belong together, and not to --verify")
    if points is None or out is None:
        _link_tables(verify)
        return
    from api.cli import scale  # brings Numba, for which no other command should wait

    cluster = (workers, address) if engine == "dask" else None
    scale.link_parquet(points, out, crs=crs, by=by, index=index, cluster=cluster)


def _link_tables(verify: bool) -> None:
    wrong, url = 0, database()
    with transaction(url) as conn:
        for table in linking.POINT_TABLES:
            if verify:
                found = linking.verify(conn, table)
                differ = found.wrong_block + found.wrong_place + found.not_nearest
                wrong += differ
                tell(
                    f"{table}: {found.points} points, {found.in_block} in a block,"
                    f" {found.on_road} on a road; {differ} differ from PostGIS"
                )
            else:
                tell(f"{table}: {linking.relink(conn, table)} links changed")
    if not verify:
        refresh(url)
    if wrong:
        tell("run `luge link` to link them again")
        raise typer.Exit(1)
