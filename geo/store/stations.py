"""What is said of stations: how many, who is within their reach on foot, and what falls short."""

from collections.abc import Sequence
from typing import NamedTuple

import psycopg

from geo import pace, tiers
from geo.store.database import Rows, read_setting, rows
from geo.store.queries import load

QUERIES = load("stations")

LAYERS = ("blocks", "compounds", "merchants")
MOST_PLACES = 10_000
LEVELS = {"district": "district", "street": "street", "community": "community"}
# Which check says what; the blanks are its numbers.
CHECKS = {
    "tiers": ("各级站点数", "Stations by tier"),
    "district": ("每区有区级中心", "A district centre in every district"),
    "street": ("每街镇有街道中心", "A street centre in every street"),
    "community": ("每社区至少一处站点", "At least one station in every community"),
    "within_1_km": ("有居民的街区 1 公里步行可达", "Every inhabited block within 1 km on foot"),
}


class NoSuchStation(ValueError):
    """No station has this code."""


class NoReach(ValueError):
    """No area has this code, or no layer this name."""


class NothingToGain(ValueError):
    """No block has what stations are wanted for, or no candidate lies near a road."""


class Far(NamedTuple):
    """Which units are asked for: of a layer, beyond some minutes, in an area (code) or anywhere."""

    layer: str
    beyond: float = 15.0
    area: str | None = None
    limit: int = 100


def summary(conn: psycopg.Connection) -> dict[str, object]:
    """Stations by tier; households and units within each time, beyond it, and cut off from all.

    ``beyond`` includes what is cut off. ``computed_at`` is None where reach was never computed.
    """
    read_setting(conn)
    computed = conn.execute(QUERIES["computed"]).fetchone()
    return {
        "walking_m_s": pace.WALKING_M_S,
        "stations": dict.fromkeys(tiers.TIERS, 0) | dict(_pairs(conn, "by_tier")),
        "revision": computed and computed[0],
        "computed_at": computed and computed[1],
        "bands": [_band(conn, minutes) for minutes in pace.MINUTES],
    }


def _band(conn: psycopg.Connection, minutes: int) -> dict[str, object]:
    found = conn.execute(QUERIES["bands"], {"minutes": [minutes]})
    counts = {
        what: {"all": all_of, "within": within, "beyond": all_of - within, "cut_off": cut_off}
        for what, _, all_of, within, cut_off in found
    }
    return {"minutes": minutes, "metres": pace.metres_in(minutes), **counts}


def places(conn: psycopg.Connection, far: Far) -> Rows:
    """Units beyond some minutes with their nearest station; cut-off ones first, then the farthest.

    Raises `NoReach` for an unknown layer or area.
    """
    read_setting(conn)
    if far.layer not in LAYERS:
        raise NoReach(f"{far.layer!r} has no reach; {', '.join(LAYERS)} have")
    if far.area and conn.execute(QUERIES["area"], {"area": far.area}).fetchone() is None:
        raise NoReach(f"there is no area with the code {far.area!r}")
    return rows(conn, QUERIES["places"], far._asdict())


def station(conn: psycopg.Connection, code: str) -> dict[str, object]:
    """One station with its catchments: households, shops, and the ground as GeoJSON (degrees).

    Raises `NoSuchStation`.
    """
    read_setting(conn)
    found = rows(conn, QUERIES["station"], {"code": code})
    if not found:
        raise NoSuchStation(f"there is no station {code!r}")
    row = found[0]
    return row | {"catchments": rows(conn, QUERIES["catchments"], {"id": row["id"]})}


def checks(conn: psycopg.Connection, target: str | None = None) -> Rows:
    """What stations there should be, check by check, with the places that fall short.

    ``target`` as '1+12+60+X'; without one it follows from the areas: one for each district, street
    and community. Raises `geo.tiers.TargetUnreadable`.
    """
    read_setting(conn)
    areas = dict(_pairs(conn, "areas_by_level"))
    wanted = tiers.parse(target) if target else {t: areas.get(t, 0) for t in LEVELS} | {"other": 0}
    found = dict.fromkeys(tiers.TIERS, 0) | dict(_pairs(conn, "by_tier"))
    made = [_of_tiers(wanted, found)]
    for level, tier in (("district", "district"), ("street", "street"), ("community", None)):
        lacking = rows(conn, QUERIES["lacking"], {"level": level, "tier": tier})
        made.append(_check(level, areas.get(level, 0), areas.get(level, 0) - len(lacking), lacking))
    far = rows(conn, QUERIES["far"], {"metres": tiers.NEAR_M})
    inhabited = conn.execute(QUERIES["inhabited"]).fetchone() or (0,)
    return [*made, _check("within_1_km", inhabited[0], inhabited[0] - len(far), far)]


def _of_tiers(wanted: dict[str, int], found: dict[str, int]) -> dict[str, object]:
    met = all(found[tier] >= wanted[tier] for tier in tiers.TIERS)
    any_others = wanted["other"] == 0
    zh, en = CHECKS["tiers"]
    return {
        "key": "tiers", "zh": zh, "en": en,
        "wanted": tiers.written(wanted, any_others=any_others),
        "found": tiers.written(found, any_others=False), "met": met, "places": [],
    }  # fmt: skip


def _check(key: str, wanted: int, found: int, short: Rows) -> dict[str, object]:
    zh, en = CHECKS[key]
    return {
        "key": key, "zh": zh, "en": en, "wanted": str(wanted), "found": str(found),
        "met": not short, "places": short,
    }  # fmt: skip


def _pairs(conn: psycopg.Connection, query: str) -> Sequence[tuple[str, int]]:
    return conn.execute(QUERIES[query]).fetchall()
