"""Questions about places: what is here, what is called so, and the district at a glance."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date

import psycopg

from geo import crs, readings, ruler
from geo.store.database import Rows, read_setting, rows
from geo.store.migrate import fill_srid
from geo.store.queries import load

QUERIES = load("seek")

# A search for one letter would find everything: the answer is capped, never the question.
MOST_RESULTS = 50


def locate(
    conn: psycopg.Connection,
    lon: Sequence[float],
    lat: Sequence[float],
    *,
    datum: str = "wgs84",
    as_of: date | None = None,
) -> Rows:
    """All units of each place: areas, compound, block, grids, road place with chiefs, station.

    ``lon`` and ``lat`` are x and y in ``datum`` (degrees, or metres for a projected CRS), each of
    shape (n,); the answer has n rows in the same order. Units, plans and duties are those in force
    on ``as_of`` (default: today). Raises what `geo.crs` raises for an unknown CRS or a refused
    point.
    """
    setting = read_setting(conn)
    x, y = crs.transform_points(lon, lat, datum, f"EPSG:{setting.srid}")
    query = fill_srid(QUERIES["locate"].decode(), setting.srid).encode()
    when = as_of or setting.day()
    found = rows(
        conn,
        query,
        {
            "x": list(map(float, x)),
            "y": list(map(float, y)),
            "as_of": when,
            "within_m": setting.link_distance_m,
        },
    )
    return [
        {"lon": float(a), "lat": float(b), "as_of": when, **_spread(row)}
        for a, b, row in zip(lon, lat, found, strict=True)
    ]


def _spread(row: dict[str, object]) -> dict[str, object]:
    areas = row.pop("areas") or {}
    row.pop("n")
    assert isinstance(areas, dict)  # noqa: S101 - jsonb_object_agg
    return {level: areas.get(level) for level in ("district", "street", "community")} | row


def district(conn: psycopg.Connection) -> dict[str, object]:
    """The district's name, box (degrees), counts and grid systems with the plan in force today."""
    return rows(conn, QUERIES["district"], {"today": read_setting(conn).today()})[0]


def areas(conn: psycopg.Connection) -> Rows:
    """All administrative areas, by code."""
    return rows(conn, QUERIES["areas"])


def chiefs(conn: psycopg.Connection, on: date | None = None) -> Rows:
    """Who has a duty on a day (default: today), with metres of side, up to three of the roads."""
    return rows(conn, QUERIES["chiefs"], {"on": on or read_setting(conn).day()})


# A road or lane with a number; addresses are read only for these, since nobody indexes them.
_ADDRESS = re.compile(r"[路街道弄巷里]\D{0,3}\d")
_HAN = re.compile(r"[\u4e00-\u9fff]")


def search(conn: psycopg.Connection, text: str, limit: int = 10, as_of: date | None = None) -> Rows:
    """Areas, grids, roads, stations, blocks, merchants and incidents by name or start of code.

    Grids and blocks are those in force on ``as_of`` (default: today).

    A road with a number is sought in addresses too; two numbers are coordinates, each reading of
    them (`geo.readings`) a result of its own with the CRS as its code.
    """
    wanted = unicodedata.normalize("NFKC", text).strip()
    if not wanted:
        return []
    if places := _coordinates(conn, wanted):
        return places[:limit]
    if _HAN.search(wanted):
        wanted = "".join(wanted.split())
    literal = wanted.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return rows(
        conn,
        QUERIES["search"],
        {
            "text": wanted,
            "like": f"%{literal}%",
            "starts": f"{literal}%",
            "address": bool(_ADDRESS.search(wanted)),
            "limit": min(limit, MOST_RESULTS),
            "on": as_of or read_setting(conn).day(),
        },
    )


def _coordinates(conn: psycopg.Connection, text: str) -> Rows:
    read = readings.readings(text, read_setting(conn).srid)
    return [
        {
            "kind": "coordinate", "id": n, "code": crs_, "name": f"{lon:.6f}, {lat:.6f}",
            "detail": crs_, "lon": lon, "lat": lat, "bbox": [lon, lat, lon, lat],
        }
        for n, (crs_, lon, lat) in enumerate(read)
    ]  # fmt: skip


def measure(
    conn: psycopg.Connection, points: Sequence[tuple[float, float]], datum: str = "wgs84"
) -> dict[str, object]:
    """Length of the line through ``points`` in m, and the area of the ring through them in m².

    Both are planar, in the district's metric CRS; ``area_m2`` is None for fewer than 3 points or
    where the ring crosses itself. Raises what `geo.crs` and `geo.ruler` raise.
    """
    setting = read_setting(conn)
    lon, lat = zip(*points, strict=True)
    return ruler.measure(crs.transform_points(lon, lat, datum, f"EPSG:{setting.srid}")) | {
        "srid": setting.srid
    }
