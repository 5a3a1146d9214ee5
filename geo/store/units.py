"""One unit of a layer as a panel shows it: figures, trend, people responsible, neighbours."""

from datetime import date, datetime
from statistics import median
from typing import NamedTuple

import psycopg
from psycopg import sql

from geo.layers import LAYERS, Layer, readable
from geo.store import layers, load_rules
from geo.store.database import Reader, Rows, read_setting, rows
from geo.store.queries import load

QUERIES = load("units")

# Layers whose units have a panel.
LAYERS_WITH_UNITS = (
    "areas", "compounds", "blocks", "grids", "segments", "named_roads", "stations", "merchants",
)  # fmt: skip
# Points have the incidents around them.
NEAR_M = 100
MOST_CASES = 20
MOST_ROWS = 500


class NoSuchUnit(LookupError):
    """The layer has no unit of this id, or none today."""


class _Unit(NamedTuple):
    """A unit, and all that its queries are asked with."""

    layer: Layer
    params: dict[str, object]


def unit(
    conn: psycopg.Connection, layer: str, id_: int, reader: Reader, day: date | None = None
) -> dict[str, object]:
    """All that a panel tells of the unit ``id_`` of ``layer`` (one of `LAYERS_WITH_UNITS`).

    Blocks and grids are those in force on ``day`` (default: today).

    ``facts`` are the layer's declared columns as far as ``reader`` may read them; sizes are in
    metres and square metres of the district's CRS, places in degrees. Incidents are those of the
    unit; of stations and merchants those within `NEAR_M`. Periods are counted back from
    ``until``. Raises `NoSuchUnit`.
    """
    setting = read_setting(conn)
    on = day.isoformat() if day else setting.today()
    params: dict[str, object] = {
        "id": id_, "layer": layer, "on": on, "zone": setting.time_zone, "near_m": NEAR_M,
        "until": _until(conn), "people": "people" in reader.rights,
        "most": MOST_ROWS, "most_cases": MOST_CASES,
    }  # fmt: skip
    asked = _Unit(LAYERS[layer], params)
    head = _head(conn, asked, reader)
    return {
        **head,
        "as_of": on,
        "until": params["until"],
        "parents": _parents(conn, asked),
        **_ask(conn, asked, "incidents", members=f"in_{layer}")[0],
        "near_m": NEAR_M if head["geometry"] == "point" else None,
        "merchants": _merchants(conn, asked),
        "load": _load(conn, asked),
        "chiefs": _chiefs(conn, asked),
        "neighbours": _neighbours(conn, asked),
        "stations": _stations(conn, asked),
    }


def _until(conn: psycopg.Connection) -> datetime:
    row = conn.execute(QUERIES["until"]).fetchone()
    assert row  # noqa: S101 - an aggregate has a row
    moment: datetime = row[0]
    return moment


def _head(conn: psycopg.Connection, asked: _Unit, reader: Reader) -> dict[str, object]:
    layer, params = asked
    columns = [column.name for column in readable(layer, reader.rights)]
    query = sql.SQL(QUERIES["head"].decode()).format(
        columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
        source=layers.source(layer, reader.rights),
        valid=_valid(layer),
    )
    found = conn.execute(query, params).fetchone()
    if found is None:
        raise NoSuchUnit(f"the layer {layer.key} has no unit {params['id']}")
    facts = dict(zip(columns, found, strict=False))
    lon, lat, bbox, area_m2, length_m = found[len(columns) :]
    if layer.key == "grids":
        facts |= _ask(conn, asked, "grid_people", members="in_grids")[0]
    return {
        "layer": layer.key, "id": params["id"], "geometry": layer.geometry,
        "code": facts.get("code"), "name": facts.get("name"), "facts": facts,
        "lon": lon, "lat": lat, "bbox": bbox, "area_m2": area_m2, "length_m": length_m,
    }  # fmt: skip


def _parents(conn: psycopg.Connection, asked: _Unit) -> Rows:
    key = asked.layer.key
    parts = {part: f"{part}_of_{key}" for part in ("area", "block", "segment")}
    found = _ask(conn, asked, "parents", **parts)
    return [{k: v for k, v in row.items() if k not in ("rank", "at")} for row in found]


def _merchants(conn: psycopg.Connection, asked: _Unit) -> dict[str, object] | None:
    """How many there are; along a road also which, in the order of their doors."""
    key = asked.layer.key
    if asked.layer.geometry == "point":
        return None
    count = _ask(conn, asked, "merchants_count", members=f"in_{key}")[0]["count"]
    along = key in ("segments", "named_roads")
    return {
        "count": count,
        "rows": _ask(conn, asked, "merchants", members=f"in_{key}") if along else None,
    }


def _load(conn: psycopg.Connection, asked: _Unit) -> dict[str, object] | None:
    """The load of an area or grid, as it was last computed, and the rule set that it is by."""
    peers = f"peers_{asked.layer.key}"
    found = _ask(conn, asked, "load", peers=peers) if peers in QUERIES else []
    if not found or found[0]["rule"] is None:
        return None
    rule = load_rules.rule_of(conn, str(found[0]["rule"]))
    told = {name: getattr(rule, name) for name in ("name", "version", "title", "title_en")}
    return {**found[0], "rule": told}


def _chiefs(conn: psycopg.Connection, asked: _Unit) -> Rows:
    key = "areas" if asked.layer.key == "compounds" else asked.layer.key
    return _ask(conn, asked, "chiefs", sides=f"sides_{key}")


def _neighbours(conn: psycopg.Connection, asked: _Unit) -> dict[str, object] | None:
    """Neighbours with their incidents, against whose median the unit's own number stands."""
    beside = f"beside_{asked.layer.key}"
    if beside not in QUERIES:
        return None
    own, *units = _ask(conn, asked, "neighbours", beside=beside)
    values = [float(str(each["value"])) for each in units if each["value"] is not None]
    for each in units:
        del each["own"]
    return {
        "relation": "road" if asked.layer.key == "segments" else "edge",
        "value": own["value"],
        "median": median(values) if values else None,
        "units": units,
    }


def _stations(conn: psycopg.Connection, asked: _Unit) -> Rows:
    view, valid = layers.view(asked.layer), _valid(asked.layer)
    query = sql.SQL(QUERIES["stations"].decode()).format(view=view, valid=valid)
    return rows(conn, query.as_bytes(conn), asked.params)


def _valid(layer: Layer) -> sql.SQL:
    dated = "and valid_from <= %(on)s::date and valid_to > %(on)s::date"
    return sql.SQL(dated if layer.dated else "")


def _ask(conn: psycopg.Connection, asked: _Unit, name: str, **parts: str) -> Rows:
    """The rows of query ``name``, each of its gaps filled with another query of the file."""
    filling = {gap: sql.SQL(_part(query)) for gap, query in parts.items()}
    query = sql.SQL(QUERIES[name].decode()).format(**filling)
    return rows(conn, query.as_bytes(conn), asked.params)


def _part(name: str) -> str:
    return QUERIES.get(name, QUERIES["nothing"]).decode()
