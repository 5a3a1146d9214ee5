"""Answers about coverage: of areas, roads, chiefs and levels, on any day; blind spots; control.

What is asked of today and of all duties is read as it was computed (`geo.store.coverage`);
anything else is computed when it is asked for.
"""

from datetime import date
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import psycopg

from geo import coverage as law
from geo import denominator
from geo.coverage import Acts, Points, Stretches
from geo.store import coverage
from geo.store.coverage import Days, Material, Whose
from geo.store.database import read_setting
from geo.store.queries import load
from geo.store.staging import read_table

QUERIES = load("covered")

ROLES = ("general", "first", "second", "rota")
# A river chief's metres are asked for by `kinds`.
ROADS = ("road", "lane")


# What coverage can be divided by.
BY = ("street", "community", "grid", "road", "class", "kind", "role", "chief")


class NoSuchThing(ValueError):
    """No area, road or chief goes by this code or name."""


class Asked(NamedTuple):
    """What coverage is asked of: a day (None: today), an area (code), a road, a chief, levels."""

    on: date | None = None
    area: str | None = None
    road: str | None = None
    chief: str | None = None
    roles: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ROADS


class Frames(NamedTuple):
    """Sides and points with the units they belong to (see `geo.denominator`)."""

    days: Days
    sides: pd.DataFrame
    points: pd.DataFrame


class Summary(NamedTuple):
    """Coverage of the whole that was asked for, and of its parts (code, name and `total`'s)."""

    days: Days
    total: pd.Series
    parts: pd.DataFrame


def check(conn: psycopg.Connection, asked: Asked) -> None:
    """Raises `NoSuchThing`, and `geo.store.database.NoDistrict`."""
    read_setting(conn)
    for query, given, what in (
        ("area", {"code": asked.area}, f"area with the code {asked.area!r}"),
        ("is_road", {"road": asked.road}, f"road {asked.road!r}"),
        ("is_chief", {"chief": asked.chief}, f"chief with the id {asked.chief!r}"),
    ):
        (value,) = given.values()
        if value is not None and conn.execute(QUERIES[query], given).fetchone() is None:
            raise NoSuchThing(f"there is no {what}")


def read(conn: psycopg.Connection, asked: Asked) -> Frames:
    """Sides and points of what is asked for."""
    when = coverage.days(conn, asked.on)
    whose = Whose(asked.roles, (asked.chief,) if asked.chief else ())
    if asked.on is None and whose == Whose() and (stored := _stored(conn, when)):
        return placed(conn, stored, asked)
    computed = coverage.compute(coverage.read(conn, when, whose))
    return placed(conn, Frames(when, computed.sides, computed.points), asked)


def _stored(conn: psycopg.Connection, when: Days) -> Frames | None:
    """What was computed for this very day; None where it was not yet."""
    made = conn.execute(coverage.QUERIES["made"]).fetchone()
    if made is None or made[:2] != when[:2]:
        return None
    return Frames(when, read_table(conn, QUERIES["sides"]), read_table(conn, QUERIES["points"]))


def placed(conn: psycopg.Connection, found: Frames, asked: Asked) -> Frames:
    """Frames with the columns kind, class, road, community, street, grid; only what is asked."""
    segments = read_table(conn, QUERIES["segments"])
    units = read_table(conn, QUERIES["blocks"], {"on": found.days.on})
    sides = found.sides.merge(
        read_table(conn, QUERIES["homes"]), on=["segment_id", "side"], how="left"
    )
    sides, points = (
        rows.merge(segments, on="segment_id", how="left").merge(units, on="block_id", how="left")
        for rows in (sides, found.points.rename(columns={"kind": "what"}))
    )
    sides = _narrow(conn, sides[sides["kind"].isin(asked.kinds)], asked)
    points = _narrow(conn, points[points["kind"].isin([*asked.kinds, None])
                                  | points["kind"].isna()], asked)  # fmt: skip
    return Frames(found.days, sides, points)


def _narrow(conn: psycopg.Connection, rows: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    if asked.road is not None:
        rows = rows[rows["road"] == asked.road]
    if asked.area is not None:
        level = conn.execute(QUERIES["area"], {"code": asked.area}).fetchone()
        if level and level[0] in ("street", "community"):  # the district has all there is
            rows = rows[rows[level[0]] == asked.area]
    return rows


def summary(conn: psycopg.Connection, asked: Asked, by: str) -> Summary:
    """The whole, and its parts by one of `BY`.

    Areas, grids, roads and classes sum to the whole. Chiefs and roles do not, where two have the
    same metres; each is set against all metres of side.
    """
    found = read(conn, asked)
    total = denominator.total(found.sides, found.points)
    if by == "role":
        parts = _by_role(conn, asked)
    elif by == "chief":
        parts = _by_chief(conn, asked, found)
    else:
        parts = denominator.by_unit(found.sides, found.points, by).reset_index(names="code")
        names = dict(read_table(conn, QUERIES["names"]).to_numpy())
        parts["name"] = parts["code"].map(names).fillna(parts["code"])
    for name in ("paper", "lived") if by in ("role", "chief") else ():
        parts[f"{name}_share"] = 100 * parts[f"{name}_m"] / (total["side_m"] or np.nan)
    first = ["code", "name"]
    return Summary(found.days, total, parts[first + [c for c in parts if c not in first]])


def _by_role(conn: psycopg.Connection, asked: Asked) -> pd.DataFrame:
    rows = []
    for role in asked.roles or ROLES:
        found = read(conn, asked._replace(roles=(role,)))
        rows.append(denominator.total(found.sides, found.points))
    codes = list(asked.roles or ROLES)
    return pd.DataFrame(rows).assign(code=codes, name=codes)


def _by_chief(conn: psycopg.Connection, asked: Asked, found: Frames) -> pd.DataFrame:
    whose = Whose(asked.roles, (asked.chief,) if asked.chief else ())
    material = within(coverage.read(conn, found.days, whose), found)
    about = read_table(conn, QUERIES["chiefs"], {"on": found.days.on}).set_index("id")
    return about.join(by_owner(material, material.chief), how="inner").reset_index(drop=True)


def within(material: Material, found: Frames) -> Material:
    """``material`` with only those duties that lie on the sides of ``found``."""
    keys = 2 * found.sides["segment_id"].to_numpy() + (found.sides["side"] == "R").to_numpy()
    side = material.duties.side
    here = np.isin(2 * material.segment[side // 2] + side % 2, keys)
    return material._replace(duties=material.duties.where(here), chief=material.chief[here])


def by_owner(material: Material, owner: np.ndarray[Any, Any]) -> pd.DataFrame:
    """Coverage by the owner of each duty (a chief, a role): metres and points, index: owner.

    What two have together counts for each, so these do not sum to the whole.
    """
    n = len(material.length_m)
    own = law.owned(material.duties, owner, n)
    length = material.length_m[own.side]
    rows, at = law.spread(own, material.acts.stretch.side, n)
    _, from_m, to_m = material.acts.stretch.where(rows)
    covered = law.cover(own.duties, Acts(Stretches(at, from_m, to_m), material.acts.days[rows]),
                        length)  # fmt: skip
    table = law.metres(covered, length).drop(columns="side_m").groupby(own.owner).sum()
    for kind, (points, _, _) in material.points.items():
        rows, at = law.spread(own, points.side, n)
        here = Points(at, points.chainage_m[rows], points.amount[rows])
        held = law.hold(covered, here)
        for name, values in (("paper", held.paper), ("lived", held.lived)):
            sums = pd.Series(values).groupby(own.owner[at]).sum()
            table[f"{denominator.COUNTED[kind]}_{name}"] = sums.reindex(table.index).fillna(0.0)
    return table
