"""Loads of blocks, grids and areas, read by integer joins."""

from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
import psycopg

from geo import load as law
from geo.discretion import small
from geo.load import Rule
from geo.store.database import read_setting
from geo.store.queries import load
from geo.store.staging import read_table

QUERIES = load("loads")

YEAR = timedelta(days=365)
LEAST_WEEKS = 4.0
USUAL_SYSTEM = "management"
# What loads are computed from.
SOURCES = ("blocks", "areas", "segments", "homes", "incidents", "merchants", "stations",
           "protected", "load_rules")  # fmt: skip


Of = Literal["blocks", "grids", "areas"]


class NoSuchUnits(ValueError):
    """There is no grid system of this code, or no area of this level."""


class Units(NamedTuple):
    """Which units: all blocks, the grids of a system, areas of a level (None: of all)."""

    of: Of = "grids"
    system: str | None = USUAL_SYSTEM
    level: str | None = "community"


class Loads(NamedTuple):
    """Blocks with their loads, and how they were got.

    ``blocks`` (index: id): code, area_id, `geo.load.QUANTITIES`, parts_… minutes a week, ``load``.
    ``each``: minutes of a case by class. Cases are those from ``since`` to ``until``, so many
    ``weeks``.
    """

    blocks: pd.DataFrame
    each: pd.Series
    rule: Rule
    since: datetime
    until: datetime
    weeks: float


def of_blocks(
    conn: psycopg.Connection, rule: Rule, day: date | None = None, ids: list[int] | None = None
) -> Loads:
    """Loads of the blocks in force on ``day`` (default: today), or of those with ``ids``.

    Cases are those of a year up to the last report by that day.
    """
    on = day or today(conn)
    which = QUERIES["of_day" if ids is None else "of_ids"]
    query = QUERIES["blocks"].replace(b"{which}", which)
    blocks = read_table(conn, query, {"day": on, "ids": ids}).set_index("id")
    since, until, weeks = _span(conn, on)
    cases = read_table(conn, QUERIES["cases"], {"since": since, "until": until})
    of_class = cases.groupby("class")[["handled", "hours"]].sum()
    of_class["hours"] /= of_class["handled"].where(of_class["handled"] > 0)
    each = law.case_minutes(of_class, rule.weights)
    counted = cases.groupby("block")["n"].sum().reindex(blocks.index).fillna(0)
    blocks["incidents"] = counted.astype("int64")
    parts = law.minutes(blocks, cases, each, weeks, rule.weights)
    return Loads(_with(blocks, parts), each, rule, since, until, weeks)


def _with(blocks: pd.DataFrame, parts: pd.DataFrame) -> pd.DataFrame:
    """``blocks`` with the minutes of their parts and the sum of these."""
    named = parts.add_prefix("part_")
    return blocks.assign(**{name: named[name] for name in named}, load=parts.sum(axis=1))


def discreet(loads: Loads) -> Loads:
    """The same where small counts of cases are not told: NaN, and loads that do not tell them."""
    blocks = loads.blocks
    parts = blocks[[f"part_{name}" for name in law.PARTS]]
    parts = law.discreet(parts.rename(columns=lambda n: n[5:]), blocks["incidents"])
    told = blocks["incidents"].mask(small(blocks["incidents"]))
    return loads._replace(blocks=_with(blocks, parts).assign(incidents=told))


def of_units(conn: psycopg.Connection, found: Loads, units: Units, day: date) -> pd.DataFrame:
    """Units in force on ``day`` (index: id) with the sums of their blocks and what each worker has.

    Columns: code, name, parent_id, workers (NaN: not known), blocks, those of `Loads.blocks`,
    load_per_worker, rate (cases a year for 1000 households), rate_shrunk (`geo.load.shrunken`).
    Raises `NoSuchUnits`.
    """
    about, pairs = named(conn, found, units, day)
    sums = law.summed(found.blocks.drop(columns=["code", "area_id"]), pairs)
    return rated(about.join(sums, how="inner"), found.weeks)


def named(
    conn: psycopg.Connection, found: Loads, units: Units, day: date
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What units there are (code, name, parent_id, workers), and the unit of each block in one."""
    if units.of == "blocks":
        blocks = found.blocks
        about = pd.DataFrame({"code": blocks["code"], "name": blocks["code"],
                              "parent_id": blocks["area_id"], "workers": float("nan")})  # fmt: skip
        return about, pd.DataFrame({"block": blocks.index, "unit": blocks.index})
    if units.of == "grids":
        return _grids(conn, units.system, day)
    return _areas(conn, found.blocks["area_id"], units.level)


def _grids(
    conn: psycopg.Connection, system: str | None, day: date
) -> tuple[pd.DataFrame, pd.DataFrame]:
    if system and conn.execute(QUERIES["system"], {"system": system}).fetchone() != (True,):
        raise NoSuchUnits(f"there is no grid system {system!r}; `luge grids system` makes one")
    rows = read_table(conn, QUERIES["grids"], {"system": system, "day": day})
    about = rows.drop_duplicates("id").set_index("id").drop(columns="block_id")
    pairs = rows.rename(columns={"block_id": "block", "id": "unit"})[["block", "unit"]]
    return about.astype({"workers": float}), pairs


def _areas(
    conn: psycopg.Connection, area: pd.Series, level: str | None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    areas = read_table(conn, QUERIES["areas"]).set_index("id")
    about = areas.assign(workers=law.workers_of(areas))
    about = about[(about["level"] == level) | (level is None)]
    if about.empty and level:
        there = ", ".join(areas["level"].unique()) or "none yet"
        raise NoSuchUnits(f"there is no area of the level {level!r}; there are {there}")
    within = law.lies_in(areas["parent_id"])
    pairs = area.rename_axis("block").reset_index(name="area").merge(within, on="area")
    return about.drop(columns="level"), pairs.loc[pairs["unit"].isin(about.index)]


def rated(table: pd.DataFrame, weeks: float) -> pd.DataFrame:
    """``table`` with what each worker has, and cases a year for 1000 households."""
    workers = table["workers"].where(table["workers"] > 0)
    years = weeks * 7 / 365
    exposed = table["households"].to_numpy(float) * years / 1000
    cases = table["incidents"].to_numpy(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = np.where(exposed > 0, cases / exposed, np.nan)
    drawn = np.where(np.isnan(cases), np.nan, law.shrunken(np.nan_to_num(cases), exposed))
    return table.assign(load_per_worker=table["load"] / workers, rate=rate, rate_shrunk=drawn)


def today(conn: psycopg.Connection) -> date:
    """Today in the district."""
    return read_setting(conn).day()


def _span(conn: psycopg.Connection, day: date) -> tuple[datetime, datetime, float]:
    first, last = conn.execute(QUERIES["span"], {"day": day}).fetchone() or (None, None)
    if first is None or last is None:
        now = datetime.now().astimezone()
        return now, now, LEAST_WEEKS
    since = max(first, last - YEAR)
    return since, last, max((last - since) / timedelta(days=7), LEAST_WEEKS)
