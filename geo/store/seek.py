"""Questions about places: what is here, what is called so, and the district at a glance."""

from collections.abc import Sequence
from datetime import date

import psycopg

from geo import crs
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
    when = as_of or date.today()
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
    read_setting(conn)
    return rows(conn, QUERIES["district"], {"today": date.today()})[0]


def areas(conn: psycopg.Connection) -> Rows:
    """All administrative areas, by code."""
    return rows(conn, QUERIES["areas"])


def search(conn: psycopg.Connection, text: str, limit: int = 10) -> Rows:
    """Areas, grids, roads, stations, blocks, merchants and incidents by name or start of code."""
    wanted = text.strip()
    if not wanted:
        return []
    literal = wanted.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return rows(
        conn,
        QUERIES["search"],
        {
            "text": wanted,
            "like": f"%{literal}%",
            "starts": f"{literal}%",
            "limit": min(limit, MOST_RESULTS),
            "today": date.today(),
        },
    )
