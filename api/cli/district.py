"""`luge init`: a district in an empty database."""

from typing import Annotated

import typer

from api.cli.session import database, say
from geo.store import district
from geo.store.database import Setting


def init(
    name: Annotated[str, typer.Option(help="The district's name, such as 黄浦区.")],
    srid: Annotated[int, typer.Option(help="EPSG code of the metric CRS, such as 4549.")],
    code: Annotated[str, typer.Option(help="Its 6-digit division code; may be left out.")] = "",
    time_zone: Annotated[str, typer.Option(help="Of times that name none.")] = "Asia/Shanghai",
    link_distance: Annotated[
        float, typer.Option(min=0.1, help="Farthest a point may be from its road, in m.")
    ] = 50.0,
) -> None:
    """Make the schema and the district's settings; the CRS stays fixed from then on."""
    setting = Setting(name, code, srid, time_zone, link_distance)
    applied = district.init(database(), setting)
    say(f"{name}: EPSG:{srid}, {len(applied)} migrations applied")
