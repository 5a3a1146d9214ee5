"""Files into the database: every row accounted for, and nothing half written."""

import pandas as pd
import psycopg
import pytest
import shapely
from towns import STREETS, load, lonlat, write_geojson

from geo.intake import Wishes
from geo.store import importing, linking
from geo.store.database import transaction


def count(url, table):
    with transaction(url) as conn:
        return conn.execute(f"select count(*) from {table}").fetchone()[0]


def write_shops(path, rows):
    table = pd.DataFrame(rows, columns=["编号", "店名", "类别", "经度", "纬度"])
    table.to_csv(path, index=False)
    return path


SHOPS = [("s1", "甲店", "餐饮", *lonlat(150, 104)), ("s2", "乙店", "零售", *lonlat(450, 350))]


def adds_up(summary):
    parts = (summary.inserted, summary.updated, summary.unchanged, summary.rejected)
    assert summary.read == sum(parts)
    return parts


def test_the_first_import_inserts_and_the_second_changes_nothing(town, areas_file, roads_file):
    assert count(town, "area") == 4
    assert adds_up(load(town, areas_file, "areas")) == (0, 0, 4, 0)
    assert adds_up(load(town, roads_file, "roads")) == (0, 0, len(STREETS), 0)


def test_areas_find_their_parents(town):
    with transaction(town) as conn:
        found = conn.execute(
            "select c.code, p.code from area c left join area p on p.id = c.parent_id order by 1"
        ).fetchall()
    assert found == [
        ("319902000000", None),
        ("319902001000", "319902000000"),
        ("319902001001", "319902001000"),
        ("319902001002", "319902001000"),
    ]


def test_ways_become_segments_between_junctions(town):
    with transaction(town) as conn:
        lengths = conn.execute("select sum(length_m), count(*) from segment").fetchone()
        names = conn.execute("select name from road order by name").fetchall()
        sides = conn.execute("select count(*) from segment_side").fetchone()[0]
    total = sum(street["geometry"].length for street in STREETS)
    assert lengths[0] == pytest.approx(total, rel=1e-3)
    # 3 streets crossed by 6, and 6 crossed by 3
    assert lengths[1] == 3 * 7 + 6 * 4
    assert sides == 2 * lengths[1]
    assert len(names) == len(STREETS)


def test_a_changed_row_is_updated_and_a_new_one_inserted(town, tmp_path):
    first = write_shops(tmp_path / "a.csv", SHOPS)
    wishes = Wishes("wgs84")
    assert adds_up(load(town, first, "merchants", wishes=wishes)) == (2, 0, 0, 0)
    renamed = [("s1", "甲店新名", "餐饮", *SHOPS[0][3:]), SHOPS[1], ("s3", "丙", "", *lonlat(9, 9))]
    again = write_shops(tmp_path / "b.csv", renamed)
    assert adds_up(load(town, again, "merchants", wishes=wishes)) == (1, 1, 1, 0)
    with transaction(town) as conn:
        name = conn.execute("select name from merchant where external_id = 's1'").fetchone()
    assert name == ("甲店新名",)


def test_columns_a_file_does_not_have_stay_as_they_are(town, tmp_path):
    write_shops(tmp_path / "a.csv", SHOPS)
    load(town, tmp_path / "a.csv", "merchants", wishes=Wishes("wgs84"))
    table = pd.read_csv(tmp_path / "a.csv").drop(columns="类别").assign(电话="000-1")
    table.to_csv(tmp_path / "b.csv", index=False)
    load(town, tmp_path / "b.csv", "merchants", wishes=Wishes("wgs84"))
    with transaction(town) as conn:
        found = conn.execute("select category, phone from merchant order by external_id").fetchall()
    assert found == [("餐饮", "000-1"), ("零售", "000-1")]


def test_imported_points_have_the_links_the_trigger_gives(town, tmp_path):
    path = write_shops(tmp_path / "a.csv", SHOPS)
    load(town, path, "merchants", wishes=Wishes("wgs84"))
    with transaction(town) as conn:
        by_import = conn.execute("select segment_id, side, chainage_m, offset_m from merchant")
        by_import = by_import.fetchall()
        conn.execute("update merchant set geom = geom")
        by_trigger = conn.execute("select segment_id, side, chainage_m, offset_m from merchant")
        assert by_import == by_trigger.fetchall()
    assert by_import[0][3] == pytest.approx(4, abs=0.01)


def test_the_trigger_works_again_after_an_import_in_the_same_transaction(town, tmp_path):
    path = write_shops(tmp_path / "a.csv", SHOPS[:1])
    with transaction(town) as conn:
        options = importing.Options(Wishes("wgs84"))
        importing.import_file(conn, path, "merchants", options)
        conn.execute(
            "insert into merchant (external_id, name, geom)"
            " select 'by hand', 'x', geom from merchant"
        )
        linked = conn.execute("select count(distinct segment_id), count(segment_id) from merchant")
        assert linked.fetchone() == (1, 2)


def test_rejected_rows_go_to_a_file_with_their_reason(town, tmp_path):
    rows = [*SHOPS, ("s4", "远店", "", 100.0, 31.0), ("s1", "重店", "", *SHOPS[0][3:])]
    summary = load(town, write_shops(tmp_path / "a.csv", rows), "merchants", wishes=Wishes("wgs84"))
    assert adds_up(summary) == (2, 0, 0, 2)
    assert importing.write_rejects(tmp_path / "rejects.csv", [summary]) == 2
    rejects = pd.read_csv(tmp_path / "rejects.csv", dtype=str)
    assert rejects["row"].tolist() == ["4", "5"]
    assert "outside the district" in rejects["reason"][0]
    assert rejects["店名"].tolist() == ["远店", "重店"]


def test_a_dry_run_counts_and_keeps_nothing(town, tmp_path):
    path = write_shops(tmp_path / "a.csv", SHOPS)
    summary = load(town, path, "merchants", wishes=Wishes("wgs84"), dry_run=True)
    assert adds_up(summary) == (2, 0, 0, 0)
    assert count(town, "merchant") == 0
    assert count(town, "import_run") == 2


def test_an_import_that_fails_midway_leaves_nothing(town, tmp_path):
    """The database refuses the second row by a constraint of its own; the first is not kept."""
    with transaction(town) as conn:
        conn.execute("alter table merchant add constraint no_yi check (name <> '乙店')")
    path = write_shops(tmp_path / "a.csv", SHOPS)
    with pytest.raises(psycopg.errors.CheckViolation):
        load(town, path, "merchants", wishes=Wishes("wgs84"))
    assert count(town, "merchant") == 0


def test_every_import_is_booked(town, areas_file):
    with transaction(town) as conn:
        booked = conn.execute("select kind, file, rows_read, inserted from import_run order by id")
        assert booked.fetchall()[0] == ("areas", areas_file.name, 4, 4)


def test_a_new_road_keeps_the_segments_it_does_not_touch(town, tmp_path):
    with transaction(town) as conn:
        before = dict(conn.execute("select id, st_astext(geom) from segment").fetchall())
    lane = {"external_id": "new", "name": "新弄", "kind": "lane", "highway": "lane"}
    lane["geometry"] = shapely.LineString([(650, 100), (650, 200)])
    summary = load(town, write_geojson(tmp_path / "new.geojson", [lane]), "roads")
    with transaction(town) as conn:
        after = dict(conn.execute("select id, st_astext(geom) from segment").fetchall())
    same = {k for k in before if after.get(k) == before[k]}
    # Two segments of 100 m are cut into two each; all others are what they were.
    assert len(before) - len(same) <= 2
    assert len(after) == len(before) + 3
    assert any("new" in note for note in summary.notes)


def test_points_are_linked_again_when_a_road_comes_near(town, tmp_path):
    load(town, write_shops(tmp_path / "a.csv", SHOPS), "merchants", wishes=Wishes("wgs84"))
    lane = {"external_id": "new", "name": "新弄", "kind": "lane", "highway": "lane"}
    lane["geometry"] = shapely.LineString([(430, 345), (480, 345)])
    load(town, write_geojson(tmp_path / "new.geojson", [lane]), "roads")
    with transaction(town) as conn:
        name = conn.execute(
            "select r.name from merchant m join segment s on s.id = m.segment_id"
            " join road r on r.id = s.road_id where m.external_id = 's2'"
        ).fetchone()
        assert name == ("新弄",)
        assert linking.verify(conn, "merchant")[3:] == (0, 0, 0)


def test_the_same_place_in_another_datum_gets_the_same_links(town, tmp_path):
    from geo import crs

    load(town, write_shops(tmp_path / "a.csv", SHOPS), "merchants", wishes=Wishes("wgs84"))
    with transaction(town) as conn:
        before = conn.execute("select external_id, side, chainage_m from merchant").fetchall()
    moved = [
        (*row[:3], *map(float, crs.transform_points(*row[3:], "wgs84", "bd09"))) for row in SHOPS
    ]
    write_shops(tmp_path / "b.csv", moved)
    load(town, tmp_path / "b.csv", "merchants", wishes=Wishes("bd09"))
    with transaction(town) as conn:
        after = conn.execute("select external_id, side, chainage_m from merchant").fetchall()
    assert [row[:2] for row in sorted(after)] == [row[:2] for row in sorted(before)]
    for old, new in zip(sorted(before), sorted(after), strict=True):
        assert new[2] == pytest.approx(old[2], abs=0.002)
