"""Blocks derived, plans made: laws that hold whatever the ground."""

from datetime import date, timedelta

import psycopg
import pytest
import shapely
from towns import COMMUNITIES, load, write_geojson

from geo.intake import Wishes
from geo.store import blocks, checking, plans, seek
from geo.store.database import transaction

START = date(2025, 1, 1)
KINDS = ["road", "lane"]


@pytest.fixture
def derived(town):
    with transaction(town) as conn:
        blocks.derive(conn, KINDS)
    return town


def codes_and_ids(conn):
    return dict(conn.execute("select code, id from block where valid_to = 'infinity'").fetchall())


def test_blocks_cover_their_areas_exactly(derived):
    with transaction(derived) as conn:
        areas = conn.execute("select sum(st_area(geom)) from area where level = 'community'")
        ground = conn.execute("select sum(st_area(geom)) from block").fetchone()[0]
        assert ground == pytest.approx(areas.fetchone()[0], abs=1)
        assert len(checking.check(conn, "block")) == 0
        # 3 streets cross each community from side to side, 3 more run through each.
        assert len(codes_and_ids(conn)) == 2 * 4 * 4


def test_households_are_spread_without_loss(derived):
    with transaction(derived) as conn:
        spread = conn.execute(
            "select a.code, a.households, sum(b.households) from block b"
            " join area a on a.id = b.area_id group by a.code, a.households order by a.code"
        ).fetchall()
    known = {c["code"]: c["households"] for c in COMMUNITIES if "households" in c}
    assert {code: total for code, total, _ in spread} == known
    assert all(total == added for _, total, added in spread)


def test_deriving_again_changes_nothing(derived):
    with transaction(derived) as conn:
        before = codes_and_ids(conn)
        change = blocks.derive(conn, KINDS)
        assert (change.kept, change.changed, change.added, change.retired) == (32, 0, 0, 0)
        assert codes_and_ids(conn) == before


def test_a_new_road_changes_only_blocks_near_it(derived, tmp_path):
    lane = {"external_id": "n", "name": "新弄", "highway": "lane", "kind": "lane"}
    lane["geometry"] = shapely.LineString([(650, 100), (650, 200)])
    with transaction(derived) as conn:
        before = codes_and_ids(conn)
    load(derived, write_geojson(tmp_path / "n.geojson", [lane]), "roads")
    with transaction(derived) as conn:
        change = blocks.derive(conn, KINDS)
        after = codes_and_ids(conn)
    assert change.added + change.retired <= 3
    assert len(after) == 33
    kept = {code for code in before if after.get(code) == before[code]}
    assert len(kept) >= 31


def test_a_retired_block_is_found_as_of_before(derived, tmp_path):
    with transaction(derived) as conn:
        code, ground = conn.execute(
            "select code, st_astext(geom) from block order by id"
        ).fetchone()
        conn.execute("update block set valid_to = '2025-06-01' where code = %s", [code])
        x, y = shapely.get_coordinates(shapely.from_wkt(ground).representative_point())[0]
        then = seek.locate(conn, [x], [y], datum="EPSG:4549", as_of=date(2025, 5, 31))[0]
        now = seek.locate(conn, [x], [y], datum="EPSG:4549", as_of=date(2025, 6, 1))[0]
    assert then["block"]["code"] == code
    assert now["block"] is None


def test_a_retired_code_is_not_given_again(derived):
    with transaction(derived) as conn:
        conn.execute("update block set valid_to = '2025-06-01' where code like %s", ["%001"])
        gone = conn.execute("select code from block where valid_to < 'infinity'").fetchall()
        blocks.derive(conn, KINDS)
        again = codes_and_ids(conn)
    assert gone
    assert not {code for (code,) in gone} & set(again)


@pytest.mark.parametrize("wanted", [{"households": 150}, {"count": 7}])
def test_every_block_is_in_exactly_one_grid_of_a_plan(derived, wanted):
    with transaction(derived) as conn:
        made = plans.init_plan(conn, "management", start=START, **wanted)
        per_block = conn.execute(
            "select count(distinct a.grid_id), count(*) from block b left join assignment a"
            " on a.block_id = b.id and a.plan_id = %s group by b.id",
            [made.plan],
        ).fetchall()
        assert set(per_block) == {(1, 1)}
        assert made.blocks == 32
        # A grid is whole, and lies within its community.
        parts = conn.execute(
            "select max(st_numgeometries(s.geom)), bool_and(st_coveredby(s.geom,"
            " st_buffer(p.geom, 0.01))) from grid_shape s join grid g on g.id = s.grid_id"
            " join area p on p.id = g.parent_id"
        ).fetchone()
        assert parts == (1, True)


def test_serials_run_from_west_to_east(derived):
    with transaction(derived) as conn:
        plans.init_plan(conn, "management", count=8, start=START)
        found = conn.execute(
            "select g.code, st_x(st_centroid(s.geom)), st_y(st_centroid(s.geom)), p.code"
            " from grid g join grid_shape s on s.grid_id = g.id"
            " join area p on p.id = g.parent_id order by 1"
        ).fetchall()
    assert all(len(code) == 15 and code.startswith(parent) for code, _, _, parent in found)
    # The communities are 400 m high: all their grids stand in one row.
    for community in {parent for *_, parent in found}:
        serials = [(code[12:], x) for code, x, _, parent in found if parent == community]
        assert [int(serial) for serial, _ in serials] == list(range(1, len(serials) + 1))
        assert [x for _, x in serials] == sorted(x for _, x in serials)


@pytest.mark.parametrize("digits", [15, 16, 20])
def test_grid_codes_fit_the_pattern_of_their_city(derived, digits):
    with transaction(derived) as conn:
        plans.put_system(conn, "management", pattern=f"^[0-9]{{{digits}}}$")
        plans.init_plan(conn, "management", count=4, start=START)
        lengths = conn.execute("select distinct length(code) from grid").fetchall()
    assert lengths == [(digits,)]


def test_a_pattern_that_codes_in_use_do_not_fit_is_refused(derived):
    with transaction(derived) as conn:
        plans.init_plan(conn, "management", count=4, start=START)
        with pytest.raises(plans.CodesDoNotFit, match="in use"):
            plans.put_system(conn, "management", pattern="^[0-9]{16}$")


def test_as_of_finds_the_plan_of_the_day(derived):
    with transaction(derived) as conn:
        first = plans.init_plan(conn, "management", count=4, start=START)
        second = plans.init_plan(conn, "management", count=6, start=START + timedelta(days=100))
        assert first.plan != second.plan
        grids = {
            day: len(set(plans.read_assignment(conn, 1, START + timedelta(days=day)).values()))
            for day in (-1, 0, 99, 100, 5000)
        }
    assert grids == {-1: 0, 0: 4, 99: 4, 100: 6, 5000: 6}


def test_grid_codes_of_an_old_plan_are_not_given_again(derived):
    with transaction(derived) as conn:
        plans.init_plan(conn, "management", count=4, start=START)
        old = {code for code, _ in plans.read_assignment(conn, 1, START).values()}
        plans.init_plan(conn, "management", count=4, start=START + timedelta(days=1))
        new = {code for code, _ in plans.read_assignment(conn, 1).values()}
    assert len(old) == len(new) == 4
    assert not old & new


def test_imported_grids_become_a_plan_and_again_change_nothing(derived, tmp_path):
    rows = [
        {"code": "A1", "name": "西", "system": "police", "geometry": shapely.box(0, 0, 310, 400)},
        {"code": "B2", "name": "东", "system": "police", "geometry": shapely.box(310, 0, 800, 400)},
    ]
    with transaction(derived) as conn:
        plans.put_system(conn, "police", pattern="^[A-Z][0-9]$", across=True)
    path = write_geojson(tmp_path / "police.geojson", rows)
    first, again = (load(derived, path, "grids") for _ in range(2))
    assert first[3:8] == (2, 2, 0, 0, 0)
    assert again[3:8] == (2, 0, 0, 2, 0)
    with transaction(derived) as conn:
        place = seek.locate(conn, [595_350.0], [3_430_050.0], datum="EPSG:4549")[0]
    assert [grid["code"] for grid in place["grids"]] == ["B2"]
    # The border at 310 m cuts blocks that go from 300 m to 400 m: they are told.
    assert any("outside of the grid" in note for note in first.notes)


def test_imported_blocks_replace_derived_ones_by_code(derived, tmp_path):
    with transaction(derived) as conn:
        code = min(codes_and_ids(conn))
        wkt = conn.execute(
            "select st_astext(st_transform(geom, 4326)) from block where code = %s", [code]
        ).fetchone()[0]
    path = tmp_path / "blocks.csv"
    path.write_text(f'编码,户数,wkt\n{code},77,"{wkt}"\n', encoding="utf-8")
    summary = load(derived, path, "blocks", wishes=Wishes("wgs84"))
    assert (summary.updated, summary.rejected) == (1, 0)
    with transaction(derived) as conn:
        assert conn.execute("select households from block where code = %s", [code]).fetchone() == (
            77,
        )


def test_a_block_that_takes_ground_from_others_is_refused(derived, tmp_path):
    row = {"code": "319902001001999", "geometry": shapely.box(120, 120, 180, 180)}
    with pytest.raises(blocks.BlocksOverlap, match="3600 m²"):
        load(derived, write_geojson(tmp_path / "b.geojson", [row]), "blocks")


def test_a_plan_fails_as_a_whole(derived):
    def plan_then_fail():
        with transaction(derived) as conn:
            made = plans.init_plan(conn, "management", count=4, start=START)
            conn.execute("insert into assignment values (%s, 1, 99999, 1)", [made.plan])

    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        plan_then_fail()
    with transaction(derived) as conn:
        assert plans.read_assignment(conn, 1) == {}
