"""The sample district into an empty database, by the same ways that real data take."""

from datetime import date
from pathlib import Path

import pandas as pd
import psycopg

from geo.intake import Wishes
from geo.progress import Say
from geo.sample import files, names
from geo.store import blocks, district, importing, plans, refreshing, walks
from geo.store.database import Setting, transaction
from geo.store.duties import put_duties
from geo.store.importing import Options, import_file

BOUNDARIES = Path(__file__).parents[2] / "data" / "boundaries"
SRID = 4549
START = date(2024, 1, 1)
HOUSEHOLDS_PER_GRID = {"management": 400, "party": 900, "police": 2500}


def ensure(url: str, folder: Path, say: Say) -> None:
    """Loads the sample district where the database holds none; one transaction, all or nothing.

    ``folder`` receives the generated tables. Raises `geo.store.district.DistrictExists` where the
    database holds another district.
    """
    setting = Setting(names.DISTRICT, names.DISTRICT_CODE, SRID, "Asia/Shanghai", 50.0)
    district.init(url, setting)
    with transaction(url) as conn:
        there = _loaded(conn)
        if not there:
            _load(conn, folder, say)
    refreshing.bring_up_to_date(url, say)
    say(f"{names.DISTRICT} is loaded" + " and linked" * (not there))


def _loaded(conn: psycopg.Connection) -> bool:
    row = conn.execute("select exists (select 1 from import_run)").fetchone()
    return bool(row and row[0])


def _load(conn: psycopg.Connection, folder: Path, say: Say) -> None:
    for kind, file in (("areas", "areas"), ("compounds", "compounds"), ("ways", "ways")):
        _tell(import_file(conn, BOUNDARIES / f"{file}.geojson", kind), say)
    made = blocks.derive(conn, ["road", "lane", "river", "rail"])
    say(f"{made.blocks} blocks derived from the roads")
    for system, households in HOUSEHOLDS_PER_GRID.items():
        plan = plans.init_plan(conn, system, households=households, start=START)
        say(f"{plan.name}: {plan.grids} grids")
    say("writing merchants, stations, chiefs and a year of incidents")
    files.write_points(folder)
    for kind in ("merchants", "stations", "incidents"):
        _tell(import_file(conn, folder / f"{kind}.csv", kind, Options(Wishes("wgs84"))), say)
    put = put_duties(conn, *_duties(folder))
    say(f"{put.chiefs} chiefs with {put.duties} duties")
    done = walks.put_sample(conn)
    say(f"{len(done.patrols)} patrols, {len(done.visits)} visits to shops")


def _tell(summary: importing.Summary, say: Say) -> None:
    say(f"{summary.read} {summary.kind}: {summary.inserted} inserted, {summary.rejected} rejected")


def _duties(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    chiefs = pd.read_csv(folder / "chiefs.csv", dtype=str).rename(
        columns={"编号": "external_id", "姓名": "name", "部门": "department", "电话": "phone"}
    )
    duties = pd.read_csv(folder / "duties.csv", dtype=str)
    return chiefs, pd.DataFrame(
        {
            "chief": duties["编号"],
            "road": duties["道路"],
            "street": duties["街道编码"],
            "sides": duties["侧"].map({"左": "L", "右": "R", "双侧": "LR"}),
            "role": duties["角色"].map(
                {"总路长": "general", "一级": "first", "二级": "second", "轮值": "rota"}
            ),
            "start": duties["起始日期"],
        }
    )
