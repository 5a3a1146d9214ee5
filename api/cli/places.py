"""`luge locate` and `luge search`: questions about places."""

from datetime import datetime
from typing import Annotated

import orjson
import typer

from api.cli.session import database, tell
from geo.store import seek
from geo.store.database import transaction

AsOf = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Units as on this day.")]


def locate(
    lon: Annotated[float, typer.Argument(help="Longitude, or easting of a projected CRS.")],
    lat: Annotated[float, typer.Argument(help="Latitude, or northing.")],
    crs: Annotated[str, typer.Option(help="wgs84, gcj02, bd09, cgcs2000, EPSG:nnnn.")] = "wgs84",
    as_of: AsOf = None,
) -> None:
    """Print all units of a place as JSON. Write -- before a negative longitude."""
    with transaction(database()) as conn:
        day = as_of.date() if as_of else None
        place = seek.locate(conn, [lon], [lat], datum=crs, as_of=day)[0]
    tell(orjson.dumps(place, option=orjson.OPT_INDENT_2).decode())


def search(
    text: Annotated[str, typer.Argument(help="A name, or the start of a code.")],
    limit: Annotated[int, typer.Option(min=1, max=seek.MOST_RESULTS)] = 10,
    as_of: AsOf = None,
) -> None:
    """Find areas, grids, roads, stations, blocks, merchants and incidents."""
    with transaction(database()) as conn:
        for hit in seek.search(conn, text, limit, as_of.date() if as_of else None):
            tell("\t".join(str(hit[key] or "") for key in ("kind", "code", "name", "detail")))
