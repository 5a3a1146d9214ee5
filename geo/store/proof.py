"""The proof of roads: a roster imported, a week of patrols walked, coverage before and after.

It empties duties, chiefs and patrols of the district that it is run on: it wants one of its own.
"""

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import psycopg
import shapely

from geo import crs
from geo.sample import week
from geo.sample.week import Side
from geo.store import blind, covered, patrols, refreshing, rosters
from geo.store.blind import Blind
from geo.store.covered import Asked
from geo.store.database import read_setting, transaction
from geo.store.importing import Summary
from geo.store.patrols import Begun, Fix
from geo.store.queries import load

QUERIES = load("proof")

SEED = 6
BEGIN = time(9)


class Proof(NamedTuple):
    """What was found: coverage before, with the roster, and after the week; what is blind then.

    ``fixes`` is how many positions the phones told.
    """

    day: date
    roster: Summary
    fixes: int
    before: pd.Series
    paper: pd.Series
    after: pd.Series
    blind: Blind


def run(url: str, folder: Path) -> Proof:
    """Does all of it on the district at ``url``; the roster is written into ``folder``."""
    with transaction(url) as conn:
        setting = read_setting(conn)
        day = date.fromisoformat(setting.today())
        conn.execute(QUERIES["clear"])
        conn.execute(QUERIES["clear_chiefs"])
        conn.execute(QUERIES["bring_up"], {"today": day, "zone": setting.time_zone})
    before = _coverage(url, day)
    file = write_roster(url, folder, day)
    with transaction(url) as conn:
        imported = rosters.import_roster(conn, file)
    paper = _coverage(url, day)
    told = patrol(url, day)
    refreshing.bring_up_to_date(url)
    after = _coverage(url, day)
    with transaction(url) as conn:
        spots = blind.blind(conn, Asked(on=day))
    return Proof(day, imported, told, before, paper, after, spots)


def _coverage(url: str, day: date) -> pd.Series:
    with transaction(url) as conn:
        return covered.summary(conn, Asked(on=day), "street").total


def figures(proof: Proof) -> dict[str, float]:
    """What the service says, by the names that docs/proof-roads.md uses."""
    after, spots = proof.after, proof.blind
    bare = spots.places.groupby("road")["bare_m"].sum().drop("", errors="ignore")
    return {
        "roster.rows": proof.roster.read,
        "roster.rejected": proof.roster.rejected,
        "positions": proof.fixes,
        "side_m": after["side_m"],
        "paper_m before": proof.before["paper_m"],
        "paper_m": after["paper_m"],
        "blind_m": after["side_m"] - after["paper_m"],
        "lived_m before the week": proof.paper["lived_m"],
        "lived_m": after["lived_m"],
        "hollow_m": after["hollow_m"],
        "merchants": after["merchants"],
        "merchants_paper": after["merchants_paper"],
        "households_paper": after["households_paper"],
        "incidents_paper": after["incidents_paper"],
        "blind.worst_road_m": bare.max(),
        "blind.compounds": len(spots.compounds),
        "blind.clusters": len(spots.clusters),
    }


def write_roster(url: str, folder: Path, day: date) -> Path:
    """A roster over the district's roads, from eight days before, as a spreadsheet."""
    with transaction(url) as conn:
        found = conn.execute(QUERIES["roads"]).fetchall()
    roads = pd.DataFrame(found, columns=["name", "x", "y"])
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "roster.xlsx"
    start = (day - timedelta(days=8)).isoformat()
    week.roster(roads, start).to_excel(file, index=False, engine="xlsxwriter")
    return file


def patrol(url: str, day: date) -> int:
    """Lets the chiefs walk for a week up to a day; returns how many positions were told."""
    with transaction(url) as conn:
        setting = read_setting(conn)
        charges = _charges(conn)
    rng, told = np.random.default_rng(SEED), 0
    for back in range(7, 0, -1):
        begun = datetime.combine(day - timedelta(days=back), BEGIN, ZoneInfo(setting.time_zone))
        for number, (chief, sides) in enumerate(charges.items(), start=1):
            if not week.walks_on(number, back):
                continue
            said = week.fixes(week.beat(number, sides), begun.timestamp(), rng)
            lon, lat = crs.transform_points(said.x, said.y, f"EPSG:{setting.srid}", "wgs84")
            fixes = list(zip(lon.tolist(), lat.tolist(), said.at.tolist(),
                             said.accuracy_m.tolist(), strict=True))  # fmt: skip
            with transaction(url) as conn:
                _walk(conn, Begun(f"proof-{chief}-{back}", chief, begun), fixes)
            told += len(fixes)
    return told


def _charges(conn: psycopg.Connection) -> dict[str, list[Side]]:
    found: dict[str, list[Side]] = {}
    for chief, _, axis, side, width_m in conn.execute(QUERIES["charge"]).fetchall():
        found.setdefault(chief, []).append(Side(shapely.from_wkb(bytes(axis)), side, width_m))
    return found


def _walk(conn: psycopg.Connection, begun: Begun, fixes: list[Fix]) -> None:
    """One patrol as a phone sends it: in parts, each from the last position of the one before."""
    patrols.begin(conn, begun)
    size = patrols.MOST_FIXES
    for start in range(0, max(len(fixes) - 1, 1), size - 1):
        patrols.walk(conn, begun.key, fixes[start : start + size])
    last = min(fixes[-1][2], begun.at.timestamp() + patrols.LONGEST_S)
    patrols.end(conn, begun.key, datetime.fromtimestamp(last, begun.at.tzinfo))
