"""`luge locate` and `luge search`: questions about places."""

from datetime import datetime
from typing import Annotated

import orjson
import typer

from api.cli.session import database, say, tell
from geo.store import seek
from geo.store.database import read_setting, transaction

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
        if place["block"] is None:
            say(f"{lon} {lat} lies in no block of {read_setting(conn).name}; longitude comes first,"
                " and --crs names the datum")  # fmt: skip
    tell(orjson.dumps(place, option=orjson.OPT_INDENT_2).decode())


def search(
    words: Annotated[
        list[str], typer.Argument(metavar="TEXT…", help="A name, an address, the start of a code.")
    ],
    limit: Annotated[int, typer.Option(min=1, max=seek.MOST_RESULTS, help="So many at most.")] = 10,
    as_of: AsOf = None,
) -> None:
    """Find areas, grids, roads, stations, blocks, merchants and incidents."""
    with transaction(database()) as conn:
        found = seek.search(conn, " ".join(words), limit, as_of.date() if as_of else None)
    for hit in found:
        tell("\t".join(str(hit[key] or "") for key in ("kind", "code", "name", "detail")))
    if not found:
        say("nothing of that name or code was found")
