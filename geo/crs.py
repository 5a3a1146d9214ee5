"""Coordinate reference systems: the door between degrees outside and metres inside.

Besides what pyproj knows, two Chinese datums are spoken here. GCJ-02 (火星坐标) is WGS 84 moved by
a smooth offset of some 500 m; BD-09 (百度坐标) is GCJ-02 moved by another 700 m. Both are
geographic, in degrees, and defined inside a box around China only.

Everywhere x is longitude or easting and y is latitude or northing, whatever axis order the
CRS's definition asks for.

Errors, all of them ``ValueError``::

    UnknownCrs     a name that stands for no horizontal CRS
    OutsideChina   GCJ-02 or BD-09 asked of points where they do not exist
    DegreesError   a planar measure on degrees
    NotMetres      a planar measure in feet, or on a projection whose metres are not true
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pyproj
import shapely
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Pair = tuple[Floats, Floats]

CHINA_LON = (72.004, 137.8347)
CHINA_LAT = (0.8293, 55.8271)

KRASOVSKY_A_M = 6378245.0
KRASOVSKY_E2 = 0.00669342162296594323
BD09_SHIFT_DEG = (0.0065, 0.006)
# 1e-12 degrees is a ten-thousandth of a millimetre, and well above a float's step at 137 degrees.
INVERSE_TOLERANCE_DEG = 1e-12
INVERSE_PASSES = 30

SPELLINGS = {
    "wgs84": ("wgs84", "wgs1984", "gps", "crs84", "地球"),
    "gcj02": (
        "gcj02",
        "gcj",
        "火星",
        "火星gcj02",
        "国测局",
        "高德",
        "腾讯",
        "amap",
        "gaode",
        "autonavi",
    ),
    "bd09": ("bd09", "bd09ll", "bd", "百度", "百度bd09", "baidu"),
    "cgcs2000": ("cgcs2000", "国家2000", "2000国家大地", "国家大地2000", "大地2000", "国家大地"),
}
NAME_OF = {spelling: name for name, spellings in SPELLINGS.items() for spelling in spellings}

HOW_TO_NAME = "Use wgs84, gcj02, bd09, cgcs2000, an EPSG number such as EPSG:4549, or WKT."


class UnknownCrs(ValueError):
    """The text names no horizontal CRS."""


class OutsideChina(ValueError):
    """GCJ-02 or BD-09 was asked of points outside China, where neither is defined."""


class DegreesError(ValueError):
    """A planar measure (metres, m²) was asked of coordinates in degrees."""


class NotMetres(ValueError):
    """The CRS is projected, but one unit on its plane is not one metre on the ground."""


@dataclass(frozen=True)
class Crs:
    """A horizontal CRS.

    ``name`` is text that ``parse`` reads back to the same CRS. ``offset`` says which Chinese
    offset lies on top of ``base`` ('' for none); for GCJ-02 and BD-09 ``base`` is WGS 84.
    """

    name: str
    base: pyproj.CRS
    offset: str = ""

    def __str__(self) -> str:
        return self.name


CrsLike = Crs | pyproj.CRS | str | int


def parse(crs: CrsLike) -> Crs:
    """Return the CRS a person or a file means.

    Takes 'wgs84', 'gcj02', 'bd09', 'cgcs2000' and their usual spellings in both languages
    (GCJ-02, 火星坐标系, 百度, 国家2000 …), EPSG numbers with or without 'EPSG:', WKT, PROJ text,
    OGC names, and pyproj's own objects. Raises ``UnknownCrs``.
    """
    if isinstance(crs, Crs):
        return crs
    return _parse_text(crs) if isinstance(crs, str) else _horizontal(crs, str(crs))


@lru_cache(maxsize=256)
def _parse_text(text: str) -> Crs:
    plain = unicodedata.normalize("NFKC", text).strip()
    key = re.sub(r"坐标系统?|坐标|[\s_\-.()]", "", plain.casefold())
    if "bd09mc" in key or "墨卡托" in key:
        raise UnknownCrs(
            f"{text!r} is a Mercator grid in Baidu's or the web's own metres, not supported here. "
            "Export longitude and latitude instead, or for Web Mercator write EPSG:3857."
        )
    name = NAME_OF.get(key)
    if name:
        base = pyproj.CRS(4490 if name == "cgcs2000" else 4326)
        return Crs(name, base, name if name in ("gcj02", "bd09") else "")
    return _horizontal(int(plain) if plain.isdecimal() else plain, text)


def _horizontal(definition: Any, text: str) -> Crs:
    try:
        base = pyproj.CRS.from_user_input(definition)
    except pyproj.exceptions.CRSError as error:
        raise UnknownCrs(f"{text!r} is not a known coordinate system. {HOW_TO_NAME}") from error
    if not (base.is_geographic or base.is_projected):
        raise UnknownCrs(
            f"{text!r} ({base.name}) gives no position on a map: it is neither geographic nor "
            f"projected. {HOW_TO_NAME}"
        )
    authority = base.to_authority(min_confidence=100)
    name = ":".join(authority) if authority else base.srs
    return Crs({"EPSG:4326": "wgs84", "EPSG:4490": "cgcs2000"}.get(name, name), base)


def transform_points(x: ArrayLike, y: ArrayLike, source: CrsLike, target: CrsLike) -> Pair:
    """Return the points (x, y) of ``source`` in ``target``, as two float arrays of their shape.

    Degrees for geographic CRS, the CRS's unit otherwise; lon/easting first. A point that is not
    finite, or that the target projection cannot show, comes out as (NaN, NaN). Raises
    ``UnknownCrs`` and ``OutsideChina``.
    """
    x, y = np.broadcast_arrays(np.asarray(x, dtype=float), np.asarray(y, dtype=float))
    rows = np.arange(x.size).reshape(x.shape)
    return _transform(x, y, rows, (parse(source), parse(target)))


def transform_geometries(geoms: ArrayLike, source: CrsLike, target: CrsLike) -> NDArray[np.object_]:
    """Return the geometries of ``source`` in ``target``, two-dimensional (Z and M are dropped).

    Equal vertices stay exactly equal: a ring's last vertex to its first, and the shared edges of
    neighbours to each other, for each distinct place is transformed once. ``None`` stays ``None``.
    Raises ``UnknownCrs`` and ``OutsideChina``.
    """
    way = parse(source), parse(target)
    geoms = np.asarray(geoms, dtype=object)
    rows = shapely.get_coordinates(geoms, return_index=True)[1]

    def each_place_once(coords: Floats) -> Floats:
        places, first, place_of = np.unique(
            coords[:, 0] + 1j * coords[:, 1], return_index=True, return_inverse=True
        )
        moved = _transform(places.real, places.imag, rows[first], way)
        return np.column_stack(moved)[place_of]

    moved: NDArray[np.object_] = shapely.transform(geoms, each_place_once, include_z=False)
    return moved


def outside_china(lon: ArrayLike, lat: ArrayLike) -> NDArray[np.bool_]:
    """Return which points (degrees) lie outside the box in which GCJ-02 and BD-09 exist.

    NaN is not outside: a missing point is another matter.
    """
    lon, lat = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    outside: NDArray[np.bool_] = (
        (lon < CHINA_LON[0]) | (lon > CHINA_LON[1]) | (lat < CHINA_LAT[0]) | (lat > CHINA_LAT[1])
    )
    return outside


def require_metric(crs_or_frame: Any) -> pyproj.CRS:
    """Return the pyproj CRS of a CRS, GeoDataFrame or GeoSeries if a metre on its plane is a metre.

    Every planar measure (length, area, distance, buffer) starts here. Raises ``UnknownCrs`` where
    a frame has no CRS, ``DegreesError`` on degrees, ``NotMetres`` on feet and on Mercator grids.
    """
    crs = crs_or_frame.crs if hasattr(crs_or_frame, "geometry") else crs_or_frame
    if crs is None:
        raise UnknownCrs("This layer has no CRS, so it cannot be measured. Set its CRS first.")
    crs = parse(crs)
    base = crs.base
    if base.is_geographic:
        raise DegreesError(
            f"{crs} is in degrees, so lengths and areas cannot be measured on it: "
            "a CRS in metres is needed, such as EPSG:4549."
        )
    units = {axis.unit_name for axis in base.axis_info[:2] if axis.unit_conversion_factor != 1}
    if units:
        raise NotMetres(f"{crs} is in {', '.join(sorted(units))}. Transform to a CRS in metres.")
    method = base.coordinate_operation.method_name if base.coordinate_operation else ""
    if "Pseudo Mercator" in method or method == "Mercator (variant A)":
        raise NotMetres(
            f"{crs} ({method}) stretches the ground (areas by 37 % at Shanghai). It serves for "
            "tiles only; transform to a Gauss-Krüger or UTM zone."
        )
    return base


def _transform(x: Floats, y: Floats, rows: NDArray[Any], way: tuple[Crs, Crs]) -> Pair:
    source, target = way
    if source == target:
        return x.copy(), y.copy()
    x, y = _both_or_none(x, y)
    if source.offset:
        _refuse_outside_china(x, y, rows, source)
        x, y = _without_offset(x, y, source.offset)
    if not _same_position(source.base, target.base):
        x, y = _both_or_none(*_transformer(source.base, target.base).transform(x, y))
    if target.offset:
        _refuse_outside_china(x, y, rows, target)
        x, y = _with_offset(x, y, target.offset)
    return x, y


def _both_or_none(x: Floats, y: Floats) -> Pair:
    lost = ~(np.isfinite(x) & np.isfinite(y))
    return np.where(lost, np.nan, x), np.where(lost, np.nan, y)


@lru_cache(maxsize=64)
def _transformer(source: pyproj.CRS, target: pyproj.CRS) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(source, target, always_xy=True)


@lru_cache(maxsize=64)
def _same_position(source: pyproj.CRS, target: pyproj.CRS) -> bool:
    return bool(source.equals(target, ignore_axis_order=True))


def _refuse_outside_china(lon: Floats, lat: Floats, rows: NDArray[Any], crs: Crs) -> None:
    outside = outside_china(lon, lat)
    if not outside.any():
        return
    first = rows[outside].argmin()
    first_lon, first_lat = lon[outside][first], lat[outside][first]
    advice = (
        "Check whether longitude and latitude are swapped, or name the true datum (wgs84?)."
        if outside_china(first_lat, first_lon)
        else "Longitude and latitude look swapped."
    )
    raise OutsideChina(
        f"{int(outside.sum())} of {outside.size} points lie outside China, where {crs} does not "
        f"exist; the first is in row {rows[outside][first]} (counted from 0) at "
        f"lon {first_lon:.6f}, lat {first_lat:.6f}. {advice}"
    )


def _with_offset(lon: Floats, lat: Floats, offset: str) -> Pair:
    lon, lat = _gcj02_of_wgs84(lon, lat)
    return _bd09_of_gcj02(lon, lat) if offset == "bd09" else (lon, lat)


def _without_offset(lon: Floats, lat: Floats, offset: str) -> Pair:
    if offset == "bd09":
        lon, lat = _inverse(_bd09_of_gcj02, lon, lat)
    return _inverse(_gcj02_of_wgs84, lon, lat)


def _inverse(forward: Any, lon: Floats, lat: Floats) -> Pair:
    """Return the points that ``forward`` moves to (lon, lat), by fixed-point iteration.

    Each pass shrinks the error at least thirtyfold, as both offsets change slowly from place to
    place; one pass alone, which most packages stop at, leaves up to 2 m.
    """
    x, y = lon, lat
    for _ in range(INVERSE_PASSES):
        there_x, there_y = forward(x, y)
        miss_x, miss_y = lon - there_x, lat - there_y
        x, y = x + miss_x, y + miss_y
        if not (np.hypot(miss_x, miss_y) > INVERSE_TOLERANCE_DEG).any():
            break
    return x, y


def _gcj02_of_wgs84(lon: Floats, lat: Floats) -> Pair:
    """Move WGS 84 to GCJ-02, degrees.

    The formula became public by the code that leaked from map providers, and is the same in all
    open implementations (PRCoords, eviltransform): an offset in metres east and north, a
    polynomial plus sine waves about 105° E 35° N, turned to degrees on Krasovsky's ellipsoid.
    """
    x, y = lon - 105, lat - 35
    ripple = 40 / 3 * (np.sin(6 * np.pi * x) + np.sin(2 * np.pi * x))
    root = np.sqrt(np.abs(x))
    east_m = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + ripple + _waves(x, 100, 200)
    north_m = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + ripple
    north_m = north_m + _waves(y, 320 / 3, 640 / 3)

    phi = np.radians(lat)
    w2 = 1 - KRASOVSKY_E2 * np.sin(phi) ** 2
    meridian_radius_m = KRASOVSKY_A_M * (1 - KRASOVSKY_E2) / w2**1.5
    parallel_radius_m = KRASOVSKY_A_M / np.sqrt(w2) * np.cos(phi)
    return lon + np.degrees(east_m / parallel_radius_m), lat + np.degrees(
        north_m / meridian_radius_m
    )


def _waves(t: Floats, mid_m: float, long_m: float) -> Floats:
    short = 40 / 3 * np.sin(np.pi * t) + 80 / 3 * np.sin(np.pi * t / 3)
    waves: Floats = short + mid_m * np.sin(np.pi * t / 12) + long_m * np.sin(np.pi * t / 30)
    return waves


def _bd09_of_gcj02(lon: Floats, lat: Floats) -> Pair:
    """Move GCJ-02 to BD-09, degrees: a ripple in polar coordinates and a fixed shift (PRCoords)."""
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(np.radians(lat) * 3000)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(np.radians(lon) * 3000)
    shift_lon, shift_lat = BD09_SHIFT_DEG
    return radius * np.cos(angle) + shift_lon, radius * np.sin(angle) + shift_lat
