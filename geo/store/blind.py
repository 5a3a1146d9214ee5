"""Blind spots and the span of control, read from the database and named for people."""

from typing import NamedTuple

import numpy as np
import pandas as pd
import psycopg

from geo import blindspots, control, crs, denominator
from geo import coverage as law
from geo.store import coverage, covered, stations
from geo.store.coverage import Whose
from geo.store.covered import QUERIES, Asked, Frames
from geo.store.database import read_setting
from geo.store.staging import read_table
from geo.store.stations import Far

MOST_CLUSTERS = 1_000
# Beyond a quarter of an hour on foot a station serves nobody.
FAR_MIN = 15.0


class Blind(NamedTuple):
    """What nobody covers; each frame has a box in degrees (west, south, east, north).

    ``far`` are compounds more than `FAR_MIN` minutes on foot from every station (or cut off: their
    ``minutes`` are NaN), whoever covers them.
    """

    frames: Frames
    places: pd.DataFrame
    compounds: pd.DataFrame
    clusters: pd.DataFrame
    far: pd.DataFrame


class Control(NamedTuple):
    """Chiefs against the norms, staff needed by area and there, households per worker."""

    frames: Frames
    chiefs: pd.DataFrame
    staff: pd.DataFrame
    workers: pd.DataFrame


def blind(conn: psycopg.Connection, asked: Asked) -> Blind:
    """All blind spots of what is asked for."""
    when = coverage.days(conn, asked.on)
    material = coverage.read(conn, when, Whose(asked.roles))
    held = law.cover(material.duties, material.acts, material.length_m)
    computed = coverage.compute(material)
    frames = covered.placed(conn, Frames(when, computed.sides, computed.points), asked)
    names = dict(read_table(conn, QUERIES["names"]).to_numpy())
    places = blindspots.places(frames.sides, frames.points)
    places = places[(places["bare_m"] > 0) | (places["hollow_m"] > 0)]
    places = places.assign(community_name=places["community"].map(names).fillna(""))
    return Blind(
        frames, _boxed(conn, places),
        _compounds(conn, material, held, frames), _clusters(conn, material, held, frames),
        _far(conn, asked),
    )  # fmt: skip


def _far(conn: psycopg.Connection, asked: Asked) -> pd.DataFrame:
    found = stations.places(conn, Far("compounds", FAR_MIN, asked.area, stations.MOST_PLACES))
    columns = ["id", "code", "name", "households", "station", "station_name", "metres", "minutes"]
    table = pd.DataFrame(found, columns=[*columns, "lon", "lat"])
    around = table[["lon", "lat", "lon", "lat"]].set_axis(
        ["west", "south", "east", "north"], axis=1
    )
    return table[columns].join(around.round(6))


def _boxed(conn: psycopg.Connection, places: pd.DataFrame) -> pd.DataFrame:
    """``places`` with the box around their bare segments, or else around the hollow ones."""
    ids = places["segments"].where(places["bare_m"] > 0, places["hollow_segments"])
    flat = ids.explode().dropna().astype("int64")
    boxes = read_table(conn, QUERIES["boxes"], {"ids": flat.unique().tolist()}).set_index("id")
    each = boxes.reindex(flat.to_numpy()).set_axis(flat.index)
    around = each.groupby(level=0).agg(
        {"west": "min", "south": "min", "east": "max", "north": "max"}
    )
    return _in_degrees(conn, places.join(around))


def _in_degrees(conn: psycopg.Connection, table: pd.DataFrame) -> pd.DataFrame:
    srid = read_setting(conn).srid
    if table.empty:
        return table
    corners = table[["west", "south", "east", "north"]].to_numpy(float)
    for x, y, at in (("west", "south", (0, 1)), ("east", "north", (2, 3))):
        lon, lat = crs.transform_points(corners[:, at[0]], corners[:, at[1]], srid, "wgs84")
        table = table.assign(**{x: np.round(lon, 6), y: np.round(lat, 6)})
    return table


def _compounds(
    conn: psycopg.Connection, material: coverage.Material, held: law.Cover, frames: Frames
) -> pd.DataFrame:
    points, _, owner = material.points["household"]
    ones = law.hold(held, points._replace(amount=np.ones(len(owner))))
    count = pd.Series(owner).groupby(owner).transform("size").to_numpy()
    fronts = pd.DataFrame({
        "compound_id": owner, "amount": points.amount, "share": 1.0 / count,
        "held": ones.paper, "faced": points.side >= 0,
    })  # fmt: skip
    found = blindspots.compounds(fronts)
    about = read_table(conn, QUERIES["compounds"], {"ids": found.index.tolist()}).set_index("id")
    table = found.join(about).reset_index(names="id")
    here = {code for one in (frames.sides, frames.points) for code in pd.unique(
        one[["community", "street"]].to_numpy(object).ravel())}  # fmt: skip
    inside = table["within"].isin(here) | table["within"].isna()
    return _in_degrees(conn, table[inside].rename(columns={"within": "community"}))


def _clusters(
    conn: psycopg.Connection, material: coverage.Material, held: law.Cover, frames: Frames
) -> pd.DataFrame:
    points, _, owner = material.points["incident"]
    bare = (points.side >= 0) & (law.hold(held, points).paper == 0)
    cases = read_table(conn, QUERIES["cases"], {"ids": owner[bare].tolist()})
    keys = frames.points.loc[frames.points["what"] == "incident", ["segment_id", "side"]]
    cases = cases.merge(keys.drop_duplicates(), on=["segment_id", "side"])
    found = blindspots.clusters(cases, MOST_CLUSTERS)
    box = {"west": found["x"], "east": found["x"], "south": found["y"], "north": found["y"]}
    return _in_degrees(conn, found.drop(columns=["x", "y"]).assign(**box))


def span(conn: psycopg.Connection, asked: Asked) -> Control:
    """The span of control of all chiefs, and of each community what it needs and has."""
    when = coverage.days(conn, asked.on)
    material = coverage.read(conn, when, Whose(asked.roles))
    computed = coverage.compute(material)
    frames = covered.placed(conn, Frames(when, computed.sides, computed.points), asked)
    material = covered.within(material, frames)
    about = read_table(conn, QUERIES["chiefs"], {"on": when.on}).set_index("id")
    table = covered.by_owner(material, material.chief)
    table = about.join(_loads(table, "paper_m", "_paper"), how="inner").reset_index(drop=True)
    return Control(frames, control.chiefs(table), _staff(conn, material, frames, about),
                   _workers(conn, frames))  # fmt: skip


def _loads(table: pd.DataFrame, metres: str, end: str = "") -> pd.DataFrame:
    """What norms are held against: metres of side, shops, and cases in the mean of four weeks."""
    cases = table[f"incidents{end}"] * control.CASES_DAYS / law.CASES_DAYS
    return table.assign(metres=table[metres], doors=table[f"merchants{end}"], cases=cases)


def _staff(
    conn: psycopg.Connection, material: coverage.Material, frames: Frames, about: pd.DataFrame
) -> pd.DataFrame:
    """By community: what its metres, doors and cases need, and how many go there in person."""
    names = dict(read_table(conn, QUERIES["names"]).to_numpy())
    units = _loads(denominator.by_unit(frames.sides, frames.points, "community"), "side_m")
    in_person = about.index[about["roles"] != "general"]
    segment = material.segment[material.duties.side // 2]
    side = np.where(material.duties.side % 2 == 1, "R", "L")
    held = pd.DataFrame({"segment_id": segment, "side": side, "chief": material.chief})
    held = held[held["chief"].isin(in_person)].drop_duplicates()
    homes = frames.sides[["segment_id", "side", "community"]]
    there = held.merge(homes, on=["segment_id", "side"]).groupby("community")["chief"].nunique()
    units["there"] = there.reindex(units.index).fillna(0).astype("int64")
    units = control.staff(units[units.index != ""]).reset_index(names="code")
    return units.assign(name=units["code"].map(names).fillna(""))


def _workers(conn: psycopg.Connection, frames: Frames) -> pd.DataFrame:
    table = read_table(conn, QUERIES["workers"], {"on": frames.days.on})
    table = table[table["code"].isin(set(frames.sides["community"]))]
    households, workers = table["households"].astype(float), table["workers"].astype(float)
    table = table.assign(households=households, workers=workers, each=households / workers)
    return control.workers(table.sort_values("each", ascending=False, kind="stable"))
