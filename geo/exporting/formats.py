"""The formats of exports: one declared table, and the name a file gets.

Errors, all of them ``ValueError``: ``UnknownFormat``, ``TooManyRows``.
"""

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from geo import crs


class UnknownFormat(ValueError):
    """There is no export format of this name or file ending."""


class TooManyRows(ValueError):
    """More rows than a format can hold, or than are given out at once."""


class Format(NamedTuple):
    """A format: ``many`` layers fit into one file; what is ``early`` leaves while it is written.

    ``degrees``: without a wish its coordinates are WGS 84 (else the district's own metres).
    """

    key: str
    ending: str
    media_type: str
    zh: str
    en: str
    many: bool = False
    early: bool = False
    degrees: bool = False
    most_rows: int = 0


FORMATS: dict[str, Format] = {
    format_.key: format_
    for format_ in (
        Format("gpkg", ".gpkg", "application/geopackage+sqlite3",
               "GeoPackage（QGIS）", "GeoPackage (QGIS)", many=True),
        Format("parquet", ".parquet", "application/vnd.apache.parquet", "GeoParquet", "GeoParquet"),
        Format("fgb", ".fgb", "application/flatgeobuf", "FlatGeobuf", "FlatGeobuf"),
        Format("geojson", ".geojson", "application/geo+json", "GeoJSON", "GeoJSON",
               early=True, degrees=True),
        Format("csv", ".csv", "text/csv; charset=utf-8", "CSV 表格", "CSV",
               early=True, degrees=True),
        # Excel's sheets end at 1 048 576 rows, one of which is the header.
        Format("xlsx", ".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
               "Excel 表格", "Excel", many=True, degrees=True, most_rows=1_048_575),
    )
}  # fmt: skip
ALIASES = {"geopackage": "gpkg", "geoparquet": "parquet", "flatgeobuf": "fgb", "json": "geojson",
           "excel": "xlsx"}  # fmt: skip
ZIP = Format("zip", ".zip", "application/zip", "ZIP", "ZIP", many=True, early=True)

_NAMED = 3


def format_of(name: str) -> Format:
    """The format of this name; raises ``UnknownFormat`` naming those there are."""
    key = name.casefold().removeprefix(".")
    found = FORMATS.get(ALIASES.get(key, key))
    if found is None:
        raise UnknownFormat(f"{name!r} is no export format. Formats: {', '.join(FORMATS)}.")
    return found


def format_of_file(path: Path) -> Format:
    """The format that a file's ending stands for; raises ``UnknownFormat``."""
    for format_ in FORMATS.values():
        if format_.ending == path.suffix.casefold():
            return format_
    endings = ", ".join(format_.ending for format_ in FORMATS.values())
    raise UnknownFormat(f"{path.name}: the ending says no export format. Endings: {endings}.")


def crs_of(wish: str | None, format_: Format, srid: int) -> crs.Crs:
    """The CRS to write in: the one wished for ('district' is the district's own), or the usual one.

    Raises ``geo.crs.UnknownCrs``.
    """
    if wish == "district" or (wish is None and not format_.degrees):
        return crs.parse(srid)
    return crs.parse(wish or "wgs84")


def tag(place: crs.Crs) -> str:
    """The CRS in a word that may stand in names: gcj02, wgs84, epsg3857 …"""
    return re.sub(r"\W", "", place.name).lower()


def layer_name(key: str, place: crs.Crs) -> str:
    """The name of a layer in its file; an offset datum, which no code tells, is in the name."""
    return f"{key}_{place.offset}" if place.offset else key


def file_name(
    district: str, titles: Sequence[str], day: date, place: crs.Crs, format_: Format
) -> str:
    """What a file is called: district, layers, day, CRS; no character that a file system minds."""
    shown = [*titles[:_NAMED], *([f"等{len(titles)}层"] if len(titles) > _NAMED else [])]
    parts = [district, "、".join(shown), day.isoformat(), tag(place)]
    plain = re.sub(r'[\\/:*?"<>|\x00-\x1f\x7f]', "", "_".join(filter(None, parts)))
    return plain + format_.ending
