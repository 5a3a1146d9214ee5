"""A whole district out into one file and back: every table equal, links and shapes bit by bit."""

import json
import sqlite3
from datetime import UTC, datetime
from uuid import uuid4

import psycopg
import pyogrio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql
from towns import SRID

from geo import crs
from geo.exporting import outlet, vectors
from geo.exporting.formats import FORMATS
from geo.layers import LAYERS
from geo.store import archive, district, exporting, linking, restoring
from geo.store.database import LOCAL, Setting, snapshot, transaction
from geo.store.exporting import Export
from geo.store.wanted import Wanted

INCIDENTS = Export((LAYERS["incidents"],), Wanted(), crs.parse(SRID))


def export(url, path):
    """The whole district, as `luge export --all` does it."""
    with snapshot(url) as conn:
        wish = Export(tuple(LAYERS.values()), Wanted(), crs.parse(SRID))
        vectors.write_geopackage(path, *exporting.start(conn, wish, LOCAL))
        return archive.write(conn, path)


def contents(url):
    """Every row of every table that is no left-out one, as text; shapes as their bytes."""
    with psycopg.connect(url) as conn:
        archive.settle(conn)
        return {
            table.name: sorted(
                row
                for (row,) in conn.execute(
                    sql.SQL("select row({})::text from {}").format(
                        sql.SQL(", ").join(map(sql.Identifier, table.types)),
                        sql.Identifier(table.name),
                    )
                )
            )
            for table in archive.read_tables(conn)
        }


# A row by its codes: what refers to it is told by them, whatever its id is.
BY_CODE = {
    "areas": """select a.level, a.code, a.name, p.level, p.code, a.households, a.people, a.workers,
        st_asewkb(a.geom) from area a left join area p on p.id = a.parent_id""",
    "blocks": """select b.code, a.code, b.valid_from::text, b.valid_to::text, b.households,
        b.people, st_asewkb(b.geom) from block b join area a on a.id = b.area_id""",
    "ways": """select external_id, name, kind, class, width_m, level, st_asewkb(geom) from way""",
    "segments": """select r.name, s.seq, s.kind, s.class, s.width_m, st_asewkb(s.geom),
        st_asewkb(s.surface), st_asewkb(f.geom), st_asewkb(t.geom) from segment s
        left join road r on r.id = s.road_id join node f on f.id = s.from_node
        join node t on t.id = s.to_node""",
    "sides": """select r.name, s.seq, st_asewkb(s.geom), d.side, st_asewkb(d.frontage)
        from segment_side d join segment s on s.id = d.segment_id
        left join road r on r.id = s.road_id""",
    "assignments": """select y.code, p.name, p.status, p.valid_from, p.valid_to::text, b.code,
        g.code, g.name from assignment a join plan p on p.id = a.plan_id
        join block b on b.id = a.block_id
        join grid g on g.id = a.grid_id join grid_system y on y.id = a.system_id""",
    "grid_shapes": """select g.code, p.name, st_asewkb(s.geom) from grid_shape s
        join grid g on g.id = s.grid_id join plan p on p.id = s.plan_id""",
    "duties": """select c.external_id, c.name, c.phone, st_asewkb(s.geom), d.side, d.role, d.from_m,
        d.to_m, d.valid_from, d.valid_to::text, d.exclusive from duty d
        join chief c on c.id = d.chief_id join segment s on s.id = d.segment_id""",
} | {
    table: f"""select to_jsonb(t) - 'id' - 'block_id' - 'segment_id' - 'rank' - 'geom'
        - 'tile_geom', st_asewkb(t.geom), b.code, st_asewkb(s.geom) from {table} t
        left join block b on b.id = t.block_id left join segment s on s.id = t.segment_id"""
    for table in linking.POINT_TABLES
}  # fmt: skip


def by_code(url):
    with psycopg.connect(url) as conn:
        conn.execute("set timezone = 'UTC'")
        return {
            name: sorted(map(repr, conn.execute(query).fetchall()))
            for name, query in BY_CODE.items()
        }


@pytest.fixture(scope="session")
def file(sample_url, tmp_path_factory):
    path = tmp_path_factory.mktemp("district") / "district.gpkg"
    counts = export(sample_url, path)
    assert counts["incident"] == 60_000
    return path


@pytest.fixture
def restored(make_database, file):
    url = make_database()
    return url, restoring.restore(url, file)


def test_the_district_comes_back_row_by_row(sample_url, restored):
    url, done = restored
    assert done.district == "云汀区"
    # The sample's cases are given, not filed: no history, no serial numbers; nobody
    # was on leave, took turns, edited a road, drafted shares or redrew a plan; there are no bodies.
    assert set(done.unchanged) == {
        "case_serial", "incident_step", "leave", "rota", "rota_member",
        "rota_stretch", "body", "body_stretch", "body_member", "body_turn", "body_item",
        "segment_edit",
        "share_draft", "share_draft_post", "share_draft_stretch", "share_draft_duty",
        "draft", "draft_grid", "draft_block", "stroke", "stroke_block", "stroke_grid",
        "stroke_plan", "plan_step",
        "plan_comment", "lineage", "block_lineage", "load_rule", "protected_place",
        "proposal", "proposal_block", "proposal_grid",
    }  # fmt: skip
    before, after = by_code(sample_url), by_code(url)
    for name, rows in before.items():
        assert len(rows) > 0, name
        assert after[name] == rows, name
    assert contents(url) == contents(sample_url)
    # What is computed while rows are written is the same too.
    for table in ("road_line", "incident", "segment"):
        with psycopg.connect(sample_url) as before, psycopg.connect(url) as after:
            query = sql.SQL("select * from {} order by id").format(sql.Identifier(table))
            assert after.execute(query).fetchall() == before.execute(query).fetchall()


def test_links_still_hold_and_new_rows_go_on(restored):
    url, _ = restored
    with transaction(url) as conn:
        for table in linking.POINT_TABLES:
            verified = linking.verify(conn, table)
            assert (verified.wrong_block, verified.wrong_place, verified.not_nearest) == (0, 0, 0)
        new, newest = conn.execute(
            "insert into incident (external_id, class, reported_at, geom)"
            " select 'new', class, reported_at, geom from incident limit 1"
            " returning id, (select max(id) from incident)"
        ).fetchone()
        assert new > newest
        with pytest.raises(psycopg.errors.UniqueViolation):
            conn.execute("update block set code = (select min(code) from block) where id = 2")


def test_a_dry_run_keeps_nothing(make_database, file):
    url = make_database()
    assert restoring.restore(url, file, dry_run=True).brought["incident"] == 60_000
    assert not any(contents(url).values())


def test_a_made_district_without_rows_is_empty_enough(db, file):
    district.init(db, Setting("云汀", "319901", SRID, "Asia/Urumqi", 10.0))
    restoring.restore(db, file)
    with psycopg.connect(db) as conn:
        assert conn.execute("select name, time_zone, link_distance_m from setting").fetchall() == [
            ("云汀区", "Asia/Shanghai", 50.0)
        ]


def test_another_district_is_left_alone(town, file):
    before = contents(town)
    with pytest.raises(district.DistrictExists):
        restoring.restore(town, file)
    assert contents(town) == before


def test_the_same_file_again_changes_nothing_and_never_what_differs(restored, file):
    url, _ = restored
    before = contents(url)
    again = restoring.restore(url, file)
    assert again.brought == {}
    assert len(again.unchanged) == len(before)
    assert contents(url) == before
    with psycopg.connect(url) as conn:
        conn.execute("update merchant set stars = 5 - coalesce(stars, 0)")
    before = contents(url)
    with pytest.raises(restoring.NotEmpty, match="6 000 rows of merchant"):
        restoring.restore(url, file)
    assert contents(url) == before


@pytest.mark.parametrize(
    "damage",
    [
        "delete from luge_merchant where _row = 7",
        "update luge_merchant set name = name || '。' where _row = 7",
        "update luge_chief set phone = '1' where _row = 1",
    ],
)
def test_a_damaged_file_is_refused_whole(make_database, file, tmp_path, damage):
    bad = tmp_path / "bad.gpkg"
    bad.write_bytes(file.read_bytes())
    with sqlite3.connect(bad) as held:
        held.execute(damage)
    held.close()
    url = make_database()
    with pytest.raises(restoring.Damaged):
        restoring.restore(url, bad)
    assert not any(contents(url).values())


def test_files_that_are_no_district_say_so(make_database, tmp_path):
    url = make_database()
    text = tmp_path / "a.gpkg"
    text.write_text("not a database")
    with pytest.raises(restoring.NotADistrict, match="luge export --all"):
        restoring.restore(url, text)
    with pytest.raises(restoring.NotADistrict, match="no such file"):
        restoring.restore(url, tmp_path / "none.gpkg")


def test_a_table_of_another_version_is_refused(make_database, file, tmp_path):
    newer = tmp_path / "newer.gpkg"
    newer.write_bytes(file.read_bytes())
    with sqlite3.connect(newer) as held:
        held.execute("update luge_tables set types = '{\"wings\": \"text\"}' where name = 'chief'")
    held.close()
    with pytest.raises(restoring.NewerFile, match="chief"):
        restoring.restore(make_database(), newer)


def test_every_table_travels_or_is_known_not_to(db):
    with psycopg.connect(db) as conn:
        held = {table for table, _, _ in conn.execute(archive.QUERIES["columns"]).fetchall()}
        travelling = {table.name for table in archive.read_tables(conn)}
    assert held - travelling == archive.LEFT_OUT.keys() & held
    assert not archive.LEFT_OUT.keys() - held


def test_the_file_is_a_geopackage_for_others(file):
    names = [name for name, _ in pyogrio.list_layers(file)]
    assert set(LAYERS) < set(names)
    assert pyogrio.read_info(file, layer="blocks")["features"] == 1207


WORDS = st.text(
    st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=20
) | st.sampled_from(["\\N", "\\.", "a\tb\nc\r", "'\"", "=1+1", "\u3000甲 ", "😀", "NULL", "{}"])
TIMES = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)).map(lambda t: t.replace(tzinfo=UTC))
NUMBERS = st.floats(0, allow_nan=False, allow_infinity=False)


@st.composite
def awkward_rows(draw):
    """What a database may hold that formats like to lose."""
    return {
        "words": draw(WORDS),
        "labels": json.dumps({draw(WORDS): [draw(WORDS), 1e300, None, {"甲": 0.1}]}),
        "reported": draw(TIMES),
        "chainage": draw(NUMBERS),
        "offset": draw(NUMBERS),
        "x": draw(st.floats(595_000, 595_800)),
        "closed": draw(st.none() | st.just("infinity")),
    }


AWKWARD = """
    insert into incident (external_id, class, description, reported_at, closed_at, labels, geom,
                          segment_id, side, chainage_m, offset_m)
    select %(words)s, %(words)s, %(words)s, %(reported)s, %(closed)s, %(labels)s,
           st_setsrid(st_point(%(x)s, 3430100), 4549), min(id), 'L', %(chainage)s, %(offset)s
    from segment;
    insert into incident_step (incident_id, seq, step, status, at, actor)
    select max(id), 1, 'bounce', 'filed', %(reported)s, %(words)s from incident;
    insert into chief (external_id, name, phone) values (%(words)s, %(words)s, '');
    insert into duty (chief_id, segment_id, side, role, exclusive, to_m, valid_from, valid_to)
    select max(id), (select min(id) from segment), 'R', 'rota', false, 0.1 + 0.2, '-infinity',
           '2024-01-01' from chief
"""


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(awkward_rows(), min_size=1, max_size=4, unique_by=lambda row: row["words"]))
def test_whatever_a_row_holds_comes_back(town, make_database, tmp_path, rows):
    with psycopg.connect(town) as conn:
        # History is never emptied, but here, between one example and the next.
        conn.execute("alter table incident_step disable trigger never_emptied")
        conn.execute("truncate incident, chief cascade")
        conn.execute("select set_config('luge.linked', 'yes', true)")
        for row in rows:
            for statement in AWKWARD.split(";"):
                conn.execute(statement, row)
    path = tmp_path / f"{uuid4()}.gpkg"
    with snapshot(town) as conn:
        for format_ in FORMATS.values():
            tables, about = exporting.start(conn, INCIDENTS, LOCAL)
            assert b"".join(outlet.pieces(format_, tables, about, tmp_path))
            assert about["layers"][0]["rows"] == len(rows)
        vectors.write_geopackage(path, *exporting.start(conn, INCIDENTS, LOCAL))
        archive.write(conn, path)
    url = make_database()
    restoring.restore(url, path)
    assert contents(url) == contents(town)


def test_a_small_district_without_many_things_travels_too(town, make_database, tmp_path):
    path = tmp_path / "town.gpkg"
    export(town, path)
    url = make_database()
    restoring.restore(url, path)
    assert contents(url) == contents(town)
    assert restoring.restore(url, path).brought == {}
