"""What must never be is refused by the database itself."""

import psycopg
import pytest

SQUARE = "st_geomfromtext('{}((0 0,1 0,1 1,0 1,0 0){})', 4549)"
BOX = SQUARE.format("POLYGON", "")
BOWTIE = "st_geomfromtext('POLYGON((0 0,1 1,1 0,0 1,0 0))', 4549)"
LINE = "st_geomfromtext('LINESTRING(0 0,1 0)', 4549)"


@pytest.fixture
def conn(db):
    with psycopg.connect(db) as conn:
        conn.execute(
            f"""
            insert into setting (name, code) values ('城', '310101');
            insert into area (level, code, name, geom)
            values ('community', '310101001001', '甲', st_multi({BOX}));
            insert into block (code, area_id, geom) values ('b1', 1, {BOX}), ('b2', 1, {BOX});
            insert into grid_system (code, name, name_en) values ('management', '管理', 'M');
            insert into grid (system_id, code, name) values (1, '310101001001001', 'g1'),
                                                            (1, '310101001001002', 'g2');
            insert into plan (system_id, name, status, valid_from, valid_to)
            values (1, '一', 'published', '2025-01-01', '2026-01-01');
            insert into node (geom) values (st_setsrid(st_makepoint(0, 0), 4549));
            insert into segment (class, width_m, from_node, to_node, geom, surface)
            values ('residential', 5, 1, 1, {LINE}, {BOX});
            insert into segment_side values (1, 'L', st_multi({BOX}));
            insert into chief (external_id, name) values ('c1', '张'), ('c2', '李');
            insert into duty (chief_id, segment_id, side, role, to_m, valid_from)
            values (1, 1, 'L', 'first', 1, '2025-01-01');
            """
        )
        yield conn
        conn.rollback()


REFUSED = {
    "an invalid polygon": (
        f"insert into block (code, area_id, geom) values ('b3', 1, {BOWTIE})",
        psycopg.errors.CheckViolation,
    ),
    "an empty polygon": (
        "insert into block (code, area_id, geom)"
        " values ('b3', 1, st_geomfromtext('POLYGON EMPTY', 4549))",
        psycopg.errors.CheckViolation,
    ),
    "the wrong geometry type": (
        f"insert into block (code, area_id, geom) values ('b3', 1, {LINE})",
        psycopg.errors.InvalidParameterValue,
    ),
    "the wrong SRID": (
        f"insert into block (code, area_id, geom) values ('b3', 1, st_setsrid({BOX}, 4326))",
        psycopg.errors.InvalidParameterValue,
    ),
    "a second block of one code": (
        f"insert into block (code, area_id, geom) values ('b1', 1, {BOX})",
        psycopg.errors.UniqueViolation,
    ),
    "a block code given before": (
        "delete from block where code = 'b1';"
        f"insert into block (code, area_id, geom) values ('b1', 1, {BOX})",
        psycopg.errors.UniqueViolation,
    ),
    "a grid code given before": (
        "update grid set code = '310101001001009' where code = '310101001001001';"
        "insert into grid (system_id, code, name) values (1, '310101001001001', 'again')",
        psycopg.errors.UniqueViolation,
    ),
    "a grid code that does not fit the pattern": (
        "insert into grid (system_id, code, name) values (1, '3101', 'short')",
        psycopg.errors.CheckViolation,
    ),
    "two grids for one block in one plan": (
        "insert into assignment values (1, 1, 1, 1), (1, 1, 1, 2)",
        psycopg.errors.UniqueViolation,
    ),
    "a grid of another system": (
        "insert into grid_system (code, name, name_en) values ('police', '警务', 'P');"
        "insert into plan (system_id, name) values (2, 'draft');"
        "insert into assignment values (2, 2, 1, 1)",
        psycopg.errors.ForeignKeyViolation,
    ),
    "two published plans in force at once": (
        "insert into plan (system_id, name, status, valid_from)"
        " values (1, '二', 'published', '2025-12-31')",
        psycopg.errors.ExclusionViolation,
    ),
    "a published plan without a date": (
        "insert into plan (system_id, name, status) values (1, '二', 'published')",
        psycopg.errors.CheckViolation,
    ),
    "two holders of an exclusive duty": (
        "insert into duty (chief_id, segment_id, side, role, from_m, to_m, valid_from)"
        " values (2, 1, 'L', 'first', 0.5, 1, '2025-06-01')",
        psycopg.errors.ExclusionViolation,
    ),
    "a second row of settings": (
        "insert into setting (one, name, code) values (false, '城', '310101')",
        psycopg.errors.CheckViolation,
    ),
    "a case closed before it was reported": (
        "insert into incident (external_id, class, reported_at, closed_at, geom) values"
        " ('1', 'x', '2025-01-02', '2025-01-01', st_setsrid(st_makepoint(0, 0), 4549))",
        psycopg.errors.CheckViolation,
    ),
}

ALLOWED = {
    "the next plan": (
        "insert into plan (system_id, name, status, valid_from)"
        " values (1, '二', 'published', '2026-01-01')"
    ),
    "any number of drafts": (
        "insert into plan (system_id, name, valid_from) values (1, '二', '2025-05-01'),"
        " (1, '三', '2025-05-01')"
    ),
    "another role on the same metres": (
        "insert into duty (chief_id, segment_id, side, role, to_m, valid_from)"
        " values (2, 1, 'L', 'second', 1, '2025-01-01')"
    ),
    "a handover on a date": (
        "update duty set valid_to = '2025-06-01';"
        "insert into duty (chief_id, segment_id, side, role, to_m, valid_from)"
        " values (2, 1, 'L', 'first', 1, '2025-06-01')"
    ),
    "sharing a duty that is not exclusive": (
        "update duty set exclusive = false;"
        "insert into duty (chief_id, segment_id, side, role, to_m, valid_from, exclusive)"
        " values (2, 1, 'L', 'first', 1, '2025-06-01', false)"
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_refused(conn, what):
    statement, error = REFUSED[what]
    with pytest.raises(error):
        conn.execute(statement)


@pytest.mark.parametrize("what", ALLOWED)
def test_allowed(conn, what):
    conn.execute(ALLOWED[what])
