"""Geometries from a file brought into the district: moved to its CRS, or refused with the reason.

A file may be wrong as a whole (no CRS, another CRS than it says) or row by row (no geometry, 0/0,
longitude and latitude swapped, far away). The first is an error, the second a reason per row.

Errors, both ``ValueError``: ``MissingCrs``, ``WrongCrs``.
"""

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo import crs
from geo.crs import Crs

Geometries = NDArray[np.object_]
Reasons = NDArray[np.object_]
Mask = NDArray[np.bool_]

MAX_LON, MAX_LAT = 180.0, 90.0
ORIGIN_DEG = 1e-9
SWAPPED = "lon and lat look swapped: as written it is outside, the other way round inside"
LONGEST_QUOTE = 60
CURVES = (
    *("CIRCULARSTRING", "COMPOUNDCURVE", "CURVE", "MULTICURVE", "MULTISURFACE", "TIN"),
    *("SURFACE", "TRIANGLE", "POLYHEDRALSURFACE"),
)
CURVED = " (curves and surfaces are not read as text; a GeoPackage's curves are straightened)"


class MissingCrs(ValueError):
    """The file declares no CRS and none was given."""


class WrongCrs(ValueError):
    """No row's coordinates can be in the CRS that was declared."""


def declared(given: crs.CrsLike | None, of_file: Crs | None) -> tuple[Crs, list[str]]:
    """Return the CRS to take the coordinates in, and a note where the file says another.

    What a person gives wins over what the file says: GeoJSON, for one, always says WGS 84.
    Raises ``MissingCrs``, and ``geo.crs.UnknownCrs``.
    """
    if given is None and of_file is None:
        raise MissingCrs(
            "The file does not say in which CRS its coordinates are. Name it with --crs: wgs84 "
            "(GPS), gcj02 (Amap, Tencent), bd09 (Baidu), cgcs2000, or an EPSG number (EPSG:4549)."
        )
    if given is None:
        assert of_file is not None  # noqa: S101
        return of_file, []
    source = crs.parse(given)
    if of_file is None or source == of_file:
        return source, []
    return source, [f"The file says its CRS is {of_file}; it was read as {source}, as declared."]


def place(
    geoms: Geometries, source: Crs, target: Crs, extent: Any = None, *, part: bool = False
) -> tuple[Geometries, Reasons]:
    """Return the geometries in the metric CRS ``target`` (Z dropped), and a reason per row or ''.

    ``extent`` is a polygon around the district in ``target``; without it nothing is outside, and
    swapped coordinates show only where a latitude would pass 90° or lie outside China. A refused
    row's geometry is None. Raises ``WrongCrs`` where no row can be in ``source``; not for ``part``
    of a file, where rows of another part can.
    """
    reasons = _unusable(geoms)
    there = reasons == ""
    impossible = there & _any_vertex(geoms, lambda xy: _impossible(xy, source))
    turned = _fits_swapped(geoms, impossible, (source, target), extent)
    judged = there.any() and not part
    if judged and impossible[there].all() and not turned.any():
        raise WrongCrs(_wrong(geoms[there], source, target, extent))
    if judged and not impossible.any() and _looks_like_degrees(geoms[there], source):
        raise WrongCrs(_wrong(geoms[there], source, target, extent))
    reasons[impossible] = _out_of_range(source)
    placed = np.full(len(geoms), None, dtype=object)
    fine = there & ~impossible
    placed[fine] = crs.transform_geometries(geoms[fine], source, target)
    lost = fine & _any_vertex(placed, lambda xy: ~np.isfinite(xy).all(axis=1))
    reasons[lost] = f"cannot be shown in {target}: too far from where it holds"
    if extent is not None:
        outside = fine & ~lost
        outside[outside] = ~_inside(placed[outside], extent)
        turned |= _fits_swapped(geoms, outside, (source, target), extent)
        reasons[outside] = _how_far(placed[outside], extent)
    reasons[turned] = SWAPPED
    placed[reasons != ""] = None
    return placed, reasons


def without(cells: dict[str, Any]) -> list[str]:
    """Return for rows without a place the reason: what the columns for it say (column → text)."""
    return [
        "no place: "
        + ", ".join(f"{name} is {_short(cell)!r}" for name, cell in zip(cells, row, strict=True))
        + (CURVED if any(cell.lstrip().upper().startswith(CURVES) for cell in row) else "")
        for row in zip(*cells.values(), strict=True)
    ]


def _short(cell: str) -> str:
    return cell if len(cell) <= LONGEST_QUOTE else cell[: LONGEST_QUOTE - 1] + "…"


def usable(geoms: Geometries) -> Mask:
    """Return which geometries say where something is, be it the wrong place."""
    there: Mask = _unusable(geoms) == ""
    return there


def swap(geoms: Geometries) -> Geometries:
    """Return the geometries with x and y exchanged."""
    turned: Geometries = shapely.transform(geoms, lambda xy: xy[:, ::-1])
    return turned


def _unusable(geoms: Geometries) -> Reasons:
    reasons = np.full(len(geoms), "", dtype=object)
    reasons[_any_vertex(geoms, lambda xy: (np.abs(xy) < ORIGIN_DEG).all(axis=1))] = (
        "lies at 0/0: the place was not filled in"
    )
    reasons[_any_vertex(geoms, lambda xy: ~np.isfinite(xy).all(axis=1))] = (
        "has a coordinate that is not a number"
    )
    reasons[shapely.is_empty(geoms)] = "empty geometry"
    reasons[shapely.is_missing(geoms)] = "no geometry"
    return reasons


def _any_vertex(geoms: Geometries, test: Any) -> Mask:
    """Return for which geometries the test, given coordinates (n, 2), is true of some vertex."""
    coordinates, row = shapely.get_coordinates(geoms, return_index=True)
    found = np.zeros(len(geoms), dtype=bool)
    found[row[test(coordinates)]] = True
    return found


def _impossible(xy: Any, source: Crs) -> Mask:
    if source.offset:
        return crs.outside_china(xy[:, 0], xy[:, 1])
    if source.base.is_geographic:
        beyond: Mask = (np.abs(xy) > (MAX_LON, MAX_LAT)).any(axis=1)
        return beyond
    return np.zeros(len(xy), dtype=bool)


def _looks_like_degrees(geoms: Geometries, source: Crs) -> bool:
    xy = shapely.get_coordinates(geoms)
    return not source.base.is_geographic and not (np.abs(xy) > (MAX_LON, MAX_LAT)).any()


def _fits_swapped(geoms: Geometries, doubtful: Mask, way: tuple[Crs, Crs], extent: Any) -> Mask:
    """Return which of the doubtful rows lie where they should with x and y exchanged."""
    fits = doubtful.copy()
    turned = swap(geoms[doubtful])
    possible = ~_any_vertex(turned, lambda xy: _impossible(xy, way[0]))
    if extent is not None:
        placed = crs.transform_geometries(turned[possible], *way)
        possible[possible] = _inside(placed, extent)
    fits[doubtful] = possible
    return fits


def _inside(placed: Geometries, extent: Any) -> Mask:
    finite = ~_any_vertex(placed, lambda xy: ~np.isfinite(xy).all(axis=1))
    shapely.prepare(extent)
    finite[finite] = shapely.intersects(extent, placed[finite])
    return finite


def _how_far(placed: Geometries, extent: Any) -> list[str]:
    return [f"outside the district, {_far(m)} away" for m in shapely.distance(placed, extent)]


def _far(metres: float) -> str:
    if metres < 1000:
        return f"{metres:.0f} m"
    return f"{metres / 1000:.1f} km" if metres < 10_000 else f"{metres / 1000:.0f} km"


def _out_of_range(source: Crs) -> str:
    if source.offset:
        return f"lies outside China, where {source} does not exist"
    return f"is not on Earth in {source}: longitude goes to ±180°, latitude to ±90°"


def _wrong(geoms: Geometries, source: Crs, target: Crs, extent: Any) -> str:
    left, low, right, high = shapely.total_bounds(geoms)
    unit = "degrees" if source.base.is_geographic else "metres"
    where = f"coordinates run from ({left:g}, {low:g}) to ({right:g}, {high:g})"
    if source.offset and max(abs(left), abs(right)) <= MAX_LON:
        return f"The {where}: all lie outside China, where {source} does not exist. Is it wgs84?"
    likely = (target.name, "EPSG:3857", "wgs84")
    better = [name for name in likely if _would_fit(geoms, name, target, extent)]
    advice = (
        f"As {' or '.join(better)} they would lie in the district: say --crs {better[0]}."
        if better
        else f"Name the CRS they are in with --crs (the district's own is {target})."
    )
    return f"The {where}, so they cannot be {source} ({unit}). {advice}"


def _would_fit(geoms: Geometries, name: str, target: Crs, extent: Any) -> bool:
    if extent is None:
        return False
    source = crs.parse(name)
    possible = ~_any_vertex(geoms, lambda xy: _impossible(xy, source))
    placed = crs.transform_geometries(geoms[possible], source, target)
    return bool(_inside(placed, extent).sum() > len(geoms) / 2)
