"""Incidents counted by time, kind or unit, with the same filters as tiles."""

from typing import NamedTuple

import psycopg
from psycopg import sql

from geo.discretion import LEAST
from geo.layers import INCIDENTS
from geo.metrics import SMALL_UNITS
from geo.store import layers as store
from geo.store.database import Rows, Setting, rows
from geo.store.live import NoSuchArea
from geo.store.passing import passing, unusable
from geo.store.queries import load

QUERIES = load("counts")

LAYER = INCIDENTS
LOCAL = "reported_at at time zone %(zone)s"
# Groupings by what an incident says of itself; each as SQL.
KEYS = {
    "day": f"to_char({LOCAL}, 'YYYY-MM-DD')",
    "week": f"to_char(date_trunc('week', {LOCAL}), 'YYYY-MM-DD')",
    "month": f"to_char({LOCAL}, 'YYYY-MM')",
    "hour_weekday": f"to_char({LOCAL}, 'ID-HH24')",
    "class": "class",
    "subclass": "subclass",
    "status": "status",
}
# Groupings by unit: the query of the units, their layer, and what says an incident's unit.
UNITS = {
    "area": ("areas", "areas", "area_id"),
    "street": ("streets", "areas", "street_id"),
    "block": ("blocks", "blocks", "block_id"),
    "road": ("roads", "named_roads", "road_id"),
    "segment": ("segments", "segments", "segment"),
    "grid": ("grids", "grids", "grid_id"),
}


class Counted(NamedTuple):
    """Which incidents: of a period (ISO times, until excluded), that pass a filter, in an area.

    ``by`` is a key of `KEYS` or `UNITS`; ``on`` the day of blocks and grids.
    """

    by: str
    on: str
    system: str | None = None
    since: str | None = None
    until: str | None = None
    filter: str | None = None
    area: str | None = None


def total(
    conn: psycopg.Connection, asked: Counted, setting: Setting, rights: frozenset[str]
) -> dict[str, object]:
    """How many there are, how many of them open and late. Raises `BadFilter`, `NoSuchArea`."""
    return _ask(conn, "total", asked, setting, rights)[0]


def groups(
    conn: psycopg.Connection, asked: Counted, setting: Setting, rights: frozenset[str]
) -> Rows:
    """The same by group, in order of keys; of units all, also those without any."""
    if asked.by in KEYS:
        return _ask(conn, "groups", asked, setting, rights, key=sql.SQL(KEYS[asked.by]))
    query, layer, column = UNITS[asked.by]
    return _ask(
        conn, "units", asked, setting, rights, **_figures(layer, rights),
        units=_plain(query), layer=sql.Literal(layer), id=sql.Identifier(column),
        joins=_plain("held") if asked.by == "grid" else sql.SQL(""),
    )  # fmt: skip


def _figures(layer: str, rights: frozenset[str]) -> dict[str, sql.Composable]:
    """What is told of a unit; of small ones no small counts without the right."""
    plain = {name: sql.SQL(f"coalesce(found.{name}, 0)") for name in ("count", "open", "late")}
    if layer not in SMALL_UNITS:
        return {**plain}
    return {name: store.discreet(count, LEAST, rights) for name, count in plain.items()}


def _ask(
    conn: psycopg.Connection, name: str, asked: Counted, setting: Setting,
    rights: frozenset[str], **parts: sql.Composable,
) -> Rows:  # fmt: skip
    conditions, values = _conditions(conn, asked, setting, rights)
    query = sql.SQL(QUERIES[name].decode()).format(
        view=store.view(LAYER), figures=_plain("figures"), conditions=conditions, **parts
    )
    params = {**asked._asdict(), "zone": setting.time_zone, **values}
    try:
        return rows(conn, query.as_bytes(None), params)
    except psycopg.DataError as error:
        raise unusable(error) from None


def _conditions(
    conn: psycopg.Connection, asked: Counted, setting: Setting, rights: frozenset[str]
) -> tuple[sql.Composable, dict[str, object]]:
    found = ["and reported_at >= %(since)s::timestamptz"] if asked.since else []
    found += ["and reported_at < %(until)s::timestamptz"] if asked.until else []
    values: dict[str, object] = {}
    if asked.area:
        found += _within(conn, asked.area)
    if asked.filter:
        passes = passing(asked.filter, LAYER, rights, setting)
        found.append(f"and {passes.sql}")
        values = passes.values
    return sql.SQL(" ".join(found)), values


def _within(conn: psycopg.Connection, code: str) -> list[str]:
    row = conn.execute(QUERIES["level"], {"area": code}).fetchone()
    if row is None:
        raise NoSuchArea(f"there is no district, street or community with the code {code!r}")
    column = {"street": "street", "community": "area"}.get(row[0])
    return [f"and {column} = %(area)s"] if column else []


def _plain(name: str) -> sql.SQL:
    return sql.SQL(QUERIES[name].decode().rstrip().rstrip(";"))
