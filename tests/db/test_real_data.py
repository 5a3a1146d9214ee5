"""Real files of two cities, where they are at hand: imported, linked, and equal to PostGIS."""

from datetime import date
from pathlib import Path

import pytest
from towns import load

from geo.intake import Wishes
from geo.store import blocks, boundaries, checking, district, linking, plans
from geo.store.database import Setting, transaction

DATA = Path(__file__).parents[3] / "shared" / "data"
needs_data = pytest.mark.skipif(
    not DATA.is_dir(), reason="the real data are not beside the checkout (../shared/data)"
)


@pytest.fixture
def huangpu(db):
    district.init(db, Setting("黄浦区", "310101", 4549, "Asia/Shanghai", 50.0))
    return db


@pytest.fixture
def boston(make_database):
    url = make_database()
    district.init(url, Setting("Boston", "", 26986, "America/New_York", 50.0))
    return url


@needs_data
def test_huangpu_from_files_to_links(huangpu):
    folder = DATA / "huangpu"
    assert load(huangpu, folder / "streets.geojson", "areas").inserted == 10
    compounds = load(huangpu, folder / "compounds_shanghai.geojson", "compounds")
    assert (compounds.read, compounds.inserted) == (2907, 289)
    assert load(huangpu, folder / "roads_north.osm", "roads").rejected == 1
    shops = load(huangpu, folder / "pois_bd09.csv", "merchants", wishes=Wishes("bd09"))
    assert (shops.read, shops.inserted) == (4617, 219)
    with transaction(huangpu) as conn:
        made = blocks.derive(conn, ["road", "lane"])
        assert len(checking.check(conn, "block")) == 0
        linking.relink_all(conn)
        found = linking.verify(conn, "merchant")
        assert (found.in_block, found[3:]) == (219, (0, 0, 0))
        plan = plans.init_plan(conn, "management", count=60, start=date(2026, 1, 1))
        assert plan.blocks == made.blocks
        codes = conn.execute("select code from grid").fetchall()
    assert all(len(code) == 15 and code.startswith("310101") for (code,) in codes)


@needs_data
def test_every_case_of_boston_agrees_with_postgis(boston):
    folder = DATA / "boston"
    named = Wishes(columns={"code": "cartodb_id"}, constants={"level": "community"})
    load(boston, folder / "boston_neighborhoods_26_wgs84.geojson", "areas", wishes=named)
    load(boston, folder / "boston_streets_10761_wgs84.geojson.gz", "roads")
    police = folder / "boston_police_districts_12_wgs84.geojson"
    with transaction(boston) as conn:
        checking.repair(conn, "community", 5)
        blocks.derive(conn, ["road"], extra=boundaries.read_lines(conn, [police]))
        plans.put_system(conn, "police", pattern="^[A-E][0-9]+$", across=True)
    as_police = Wishes(columns={"code": "ID"}, constants={"system": "police"})
    load(boston, police, "grids", wishes=as_police)
    cases = load(
        boston, folder / "boston311_2015.csv.gz", "incidents", wishes=Wishes("wgs84"), margin_m=2000
    )
    assert (cases.read, cases.inserted) == (121_145, 121_145)
    assert any("17 070 rows share the point" in note for note in cases.notes)
    with transaction(boston) as conn:
        assert linking.verify(conn, "incident")[3:] == (0, 0, 0)
        same, labelled = conn.execute(
            "select count(*) filter (where i.labels ->> 'police_district' = g.code), count(*)"
            " from incident i join assignment a on a.block_id = i.block_id"
            " join grid g on g.id = a.grid_id where i.labels ? 'police_district'"
        ).fetchone()
    assert labelled > 110_000
    assert same / labelled == pytest.approx(0.947, abs=0.003)
