"""`luge export`: layers, or the whole district, into a file."""

import os
import tempfile
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, NamedTuple
from zoneinfo import ZoneInfo

import orjson
import typer

from api.cli.session import console, database, tell
from geo.conditions import BadFilter
from geo.exporting import formats, outlet, vectors
from geo.exporting.formats import Format
from geo.layers import LAYERS, Layer
from geo.sentences import spaced
from geo.store import archive, exporting, wanted
from geo.store.database import LOCAL, Connection, read_setting, snapshot
from geo.store.exporting import Export
from geo.store.wanted import Wanted

DATES = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"]


class Asked(NamedTuple):
    """What a person asked for: layers, what of them, and in which CRS."""

    layers: tuple[Layer, ...]
    wanted: Wanted
    crs: str | None


class NoLayers(ValueError):
    """An export wants layers, or the word that it is to be all."""


def export(
    file: Annotated[
        Path,
        typer.Argument(help="The ending says the format: .gpkg .parquet .fgb .geojson .csv .xlsx"),
    ],
    layers: Annotated[list[str] | None, typer.Argument(help=f"Of {', '.join(LAYERS)}.")] = None,
    all_: Annotated[
        bool,
        typer.Option("--all", help="The whole district, for `luge import district`."),
    ] = False,
    crs: Annotated[
        str | None, typer.Option(help="wgs84, cgcs2000, gcj02, bd09, EPSG:3857 …, or district.")
    ] = None,
    bbox: Annotated[
        str | None, typer.Option(metavar="W,S,E,N", help="What touches this box, in degrees.")
    ] = None,
    since: Annotated[
        datetime | None, typer.Option(formats=DATES, help="From this time on.")
    ] = None,
    until: Annotated[datetime | None, typer.Option(formats=DATES, help="Before this time.")] = None,
    on: Annotated[
        datetime | None, typer.Option(formats=DATES[:1], help="As of this day; today.")
    ] = None,
    where: Annotated[
        list[str] | None, typer.Option(metavar="COLUMN=VALUE", help="Repeat for more.")
    ] = None,
    filter_: Annotated[str, typer.Option("--filter", help="A condition in CQL2 text.")] = "",
    about: Annotated[
        Path | None, typer.Option(help="Also write here, as JSON, what the file is.")
    ] = None,
) -> None:
    """Export LAYERs into FILE, as of one moment."""
    found = formats.format_of_file(file)
    box = wanted.read_box(bbox) if bbox else None
    wish = Wanted(box, on.date() if on else None, since, until, _equal(where), filter_)
    if all_:
        _refuse_wishes(found, layers, wish, crs)
    with ExitStack() as held:
        held.enter_context(console.status(file.name))
        conn = held.enter_context(snapshot(database()))
        if all_:
            told = _write_all(conn, file)
        else:
            told = _write(conn, file, found, Asked(_chosen(layers), wish, crs))
    if about or found.key == "csv":
        # CSV has no place of its own for what it is.
        beside = about or file.with_name(file.name + ".about.json")
        beside.write_bytes(orjson.dumps(told, option=orjson.OPT_INDENT_2))
    _report(file, told)


def _write(conn: Connection, file: Path, found: Format, asked: Asked) -> dict[str, Any]:
    chosen, wish, crs = asked
    setting = read_setting(conn)
    zone = ZoneInfo(setting.time_zone)
    wish = wish._replace(since=_local(wish.since, zone), until=_local(wish.until, zone))
    place = formats.crs_of(crs, found, setting.srid)
    wanted.check(wish, chosen, LOCAL)
    tables, about = exporting.start(conn, Export(chosen, wish, place, found.most_rows), LOCAL)
    make = outlet.pieces
    if outlet.needs_zip(found, len(tables)):
        raise NoLayers(
            f"{found.en} holds one layer: name one, or export to .gpkg or .xlsx, which hold several"
        )
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=".luge-export-") as folder:
        part = Path(folder) / "whole"
        with part.open("wb") as out:
            out.writelines(make(found, tables, about, Path(folder)))
        os.replace(part, file)
    return about


def _write_all(conn: Connection, file: Path) -> dict[str, Any]:
    """The whole district: the layers to be looked at, and the tables to be read back."""
    setting = read_setting(conn)
    place = formats.crs_of("district", formats.FORMATS["gpkg"], setting.srid)
    tables, about = exporting.start(conn, Export(tuple(LAYERS.values()), Wanted(), place), LOCAL)
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=".luge-export-") as folder:
        part = Path(folder) / "whole.gpkg"
        vectors.write_geopackage(part, tables, about)
        counts = archive.write(conn, part)
        os.replace(part, file)
    return about | {"tables": counts}


def _refuse_wishes(found: Format, layers: list[str] | None, wish: Wanted, crs: str | None) -> None:
    if found.key != "gpkg":
        raise NoLayers("the whole district goes into a GeoPackage: name the file .gpkg")
    if layers or crs or any(wish):
        raise NoLayers("--all is the whole district: name no layers, filters or CRS with it")


def _chosen(names: list[str] | None) -> tuple[Layer, ...]:
    if not names:
        known = ", ".join(LAYERS)
        raise NoLayers(f"name the layers to export ({known}), or --all for the whole district")
    return exporting.layers_of(names)


def _equal(pairs: list[str] | None) -> wanted.Equal:
    wrong = [pair for pair in pairs or [] if "=" not in pair]
    if wrong:
        raise BadFilter(f"--where {wrong[0]}: write COLUMN=VALUE")
    return wanted.by_column(
        (name, value) for name, _, value in (p.partition("=") for p in pairs or [])
    )


def _local(time: datetime | None, zone: ZoneInfo) -> datetime | None:
    return time.replace(tzinfo=zone) if time and time.tzinfo is None else time


def _report(file: Path, about: dict[str, Any]) -> None:
    crs = about["crs"]
    tell(f"{file}: {crs['name']}" + (f" (EPSG:{crs['epsg']})" if crs["epsg"] else ""))
    for layer in about["layers"]:
        tell(f"  - {layer['name']}: {spaced(layer['rows'])} rows")
    if "tables" in about:
        rows = sum(about["tables"].values())
        tell(f"  - the whole district: {spaced(rows)} rows of {len(about['tables'])} tables")
