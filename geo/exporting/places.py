"""In which CRS a file says that it is.

GCJ-02 and BD-09 have no EPSG code, and nothing computes them from another CRS but ``geo.crs``. A
file in one of them says so by a local CRS of that name: programs show the name, and refuse to
transform it, instead of taking it for WGS 84 and being 500 m wrong.
"""

from functools import cache
from typing import Any

import pyproj

from geo.crs import Crs

DATUMS = {"gcj02": "GCJ-02", "bd09": "BD-09"}

_LOCAL = (
    'ENGCRS["{name} (not WGS 84; has no EPSG code)",EDATUM["{name}"],CS[Cartesian,2],'
    'AXIS["longitude",east],AXIS["latitude",north],ANGLEUNIT["degree",0.0174532925199433]]'
)


@cache
def definition(place: Crs) -> pyproj.CRS:
    """The CRS as files define it: pyproj's, or a local one by its name for GCJ-02 and BD-09."""
    if place.offset:
        return pyproj.CRS.from_wkt(_LOCAL.format(name=DATUMS[place.offset]))
    return place.base


def told(place: Crs) -> dict[str, Any]:
    """The CRS in words, for what a file says of itself."""
    if place.offset:
        note = "longitude and latitude moved by the offset of Chinese map apps: not WGS 84"
        return {"name": DATUMS[place.offset], "epsg": None, "unit": "degree", "note": note}
    unit = "degree" if place.base.is_geographic else place.base.axis_info[0].unit_name
    return {"name": place.base.name, "epsg": place.base.to_epsg(), "unit": unit}
