"""Two numbers that somebody typed: the places they may mean, one for each datum."""

import re
from typing import NamedTuple

import numpy as np

from geo import crs

_NUMBER = r"([-+]?\d{1,9}(?:\.\d+)?)"
_PAIR = re.compile(
    rf"(?:(?P<crs>[a-z]+[0-9]*(?::\d{{4,6}})?)\s*[:\s]\s*)?{_NUMBER}\s*°?\s*[,;\s]\s*{_NUMBER}\s*°?",
    re.IGNORECASE,
)
# Degrees may be any of these; which, nobody can tell from the numbers.
DATUMS = ("wgs84", "gcj02", "bd09", "cgcs2000")
FARTHEST_LAT = 90


class Reading(NamedTuple):
    """Coordinates read in ``crs``, as degrees of WGS 84."""

    crs: str
    lon: float
    lat: float


def readings(text: str, srid: int) -> list[Reading]:
    """The places that ``text`` may mean, where it is two numbers; else none.

    ``121.5, 31.2`` (latitude first is understood where it cannot be a longitude) is read in each of
    `DATUMS`; metres are read in ``EPSG:srid``, the district's CRS. ``gcj02 121.5 31.2`` and
    ``EPSG:4550 353000 3456000`` say what they are. What its datum refuses is left out.
    """
    found = _PAIR.fullmatch(text.strip().replace("，", ",").replace("、", ","))
    if found is None:
        return []
    first, second = float(found[2]), float(found[3])
    degrees = max(abs(first), abs(second)) <= 2 * FARTHEST_LAT
    if degrees and abs(first) <= FARTHEST_LAT < abs(second):
        first, second = second, first
    said = found["crs"]
    names = (said,) if said else DATUMS if degrees else (f"EPSG:{srid}",)
    read = (_read(name, first, second) for name in names)
    return [reading for reading in read if reading is not None]


def _read(name: str, x: float, y: float) -> Reading | None:
    try:
        lon, lat = crs.transform_points([x], [y], name, "wgs84")
    except ValueError:
        return None
    if not (np.isfinite(lon).all() and np.isfinite(lat).all()):
        return None
    return Reading(name, float(lon[0]), float(lat[0]))
