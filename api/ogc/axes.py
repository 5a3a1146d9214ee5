"""The CRSs that features are served in, by URI, with the axis order their definitions ask for."""

from typing import NamedTuple

import pyproj

from api.ogc.faults import BadParameter

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
# Web Mercator, CGCS2000 and WGS 84 with its latitude first, besides the district's own.
ALSO = (3857, 4490, 4326)


class Axes(NamedTuple):
    """A CRS as OGC API names it; ``flipped`` where its first axis points north."""

    uri: str
    srid: int
    flipped: bool


def served(district_srid: int) -> dict[str, Axes]:
    """By URI: CRS84 first, the district's own next."""
    found = {CRS84: Axes(CRS84, 4326, False)}
    for srid in dict.fromkeys((district_srid, *ALSO)):
        first = pyproj.CRS.from_epsg(srid).axis_info[0]
        found[f"{EPSG}{srid}"] = Axes(f"{EPSG}{srid}", srid, first.direction == "north")
    return found


def storage(district_srid: int) -> str:
    """The URI of the CRS in which the database holds the features."""
    return f"{EPSG}{district_srid}"


def find(uri: str | None, district_srid: int) -> Axes:
    """The CRS of a URI (also as ``[EPSG:4549]`` or ``EPSG:4549``), CRS84 where none is given.

    Raises `BadParameter` where it is not served.
    """
    known = served(district_srid)
    if uri is None:
        return known[CRS84]
    plain = uri.strip().removeprefix("[").removesuffix("]")
    short = f"{EPSG}{plain.removeprefix('EPSG:')}" if plain.startswith("EPSG:") else plain
    if short not in known:
        raise BadParameter(f"the CRS {uri!r} is not served; there are {', '.join(known)}")
    return known[short]
