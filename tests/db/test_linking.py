"""The trigger, the bulk code and PostGIS's own predicates give every point the same place."""

import numpy as np
import psycopg
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo import locate
from geo.store import linking
from geo.store.staging import to_ewkb

SRID = 4549
# Points lie on a coarse lattice, so that edges, corners and ties are common.
lattice = st.integers(0, 40).map(lambda n: n * 5.0)
point = st.tuples(lattice, lattice)

AXES = [
    [(0, 50), (100, 50)],
    [(100, 50), (200, 50)],
    [(100, 0), (100, 50), (130, 50), (130, 55), (100, 55)],
    [(50, 50), (50, 100), (50, 60)],
    [(0, 150), (40, 150), (0, 155)],
    [(200, 200), (100, 100), (100, 100), (100, 200)],
]


@pytest.fixture
def town(db):
    """A lattice of four blocks (ids not in their order on the ground) and a few bent roads."""
    boxes = [
        shapely.box(x, y, x + 100, y + 100) for x, y in ((100, 0), (0, 100), (0, 0), (100, 100))
    ]
    with psycopg.connect(db) as conn:
        conn.execute("insert into setting (name, code) values ('城', '310101')")
        area = shapely.multipolygons([shapely.box(0, 0, 200, 200)])
        conn.execute(
            "insert into area (level, code, name, geom) values ('community', 'c', 'c', %s)",
            to_ewkb([area], SRID),
        )
        for n, ewkb in enumerate(to_ewkb(np.array(boxes), SRID)):
            conn.execute("insert into block (code, area_id, geom) values (%s, 1, %s)", [n, ewkb])
        conn.execute("insert into node (geom) values (st_setsrid(st_makepoint(0, 0), 4549))")
        for line in map(shapely.LineString, AXES):
            conn.execute(
                "insert into segment (class, width_m, from_node, to_node, geom, surface)"
                " values ('residential', 5, 1, 1, %s, %s)",
                to_ewkb(np.array([line, line.buffer(3)]), SRID),
            )
    return db


def insert(conn, xy):
    ewkb = to_ewkb(shapely.points(xy), SRID)
    for n, geom in enumerate(ewkb):
        conn.execute(
            "insert into incident (external_id, class, reported_at, geom)"
            " values (%s, 'test', now(), %s)",
            [str(n), geom],
        )


def rows_of(found):
    return list(zip(*linking.link_columns(found).values(), strict=True))


def links(conn):
    return conn.execute(
        "select block_id, segment_id, side, chainage_m, offset_m from incident order by id"
    ).fetchall()


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(point, min_size=1, max_size=25))
def test_trigger_bulk_and_postgis_agree(town, xy):
    with psycopg.connect(town) as conn:
        insert(conn, xy)
        by_trigger = links(conn)
        bulk = linking.link(shapely.points(xy), linking.read_ground(conn))
        assert rows_of(bulk) == by_trigger
        assert linking.relink(conn, "incident") == 0
        found = linking.verify(conn, "incident")
        assert found[3:] == (0, 0, 0)
        conn.rollback()


def test_every_lattice_point_is_the_lowest_block_that_covers_it(town):
    xy = [(x, y) for x in range(0, 201, 25) for y in range(0, 201, 25)]
    with psycopg.connect(town) as conn:
        insert(conn, xy)
        covering = conn.execute(
            "select i.block_id, min(b.id) from incident i join block b on st_covers(b.geom, i.geom)"
            " group by i.id, i.block_id"
        ).fetchall()
    assert len(covering) == len(xy)
    assert all(linked == lowest for linked, lowest in covering)


def test_a_moved_point_is_linked_again(town):
    with psycopg.connect(town) as conn:
        insert(conn, [(150.0, 20.0)])
        before = links(conn)[0]
        conn.execute("update incident set geom = st_setsrid(st_makepoint(20, 130), 4549)")
        after = links(conn)[0]
    assert before[0] != after[0]
    assert after[1] == 5


def test_a_point_near_no_road_has_no_road_place(town):
    with psycopg.connect(town) as conn:
        conn.execute("update setting set link_distance_m = 2")
        insert(conn, [(150.0, 20.0)])
        assert links(conn)[0][1:] == (None, None, None, None)


def test_half_a_road_place_is_refused(town):
    with psycopg.connect(town) as conn:
        insert(conn, [(150.0, 20.0)])
        with pytest.raises(psycopg.errors.CheckViolation):
            conn.execute("update incident set side = null")


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(point, min_size=1, max_size=5))
def test_a_row_inserted_with_its_links_has_those_of_the_trigger(town, xy):
    with psycopg.connect(town) as conn:
        ground = linking.read_ground(conn)
        for n, at in enumerate(xy):
            row = {"external_id": str(n), "class": "test", "reported_at": "2026-01-01"}
            linking.insert(conn, "incident", row, linking.At(*at, SRID), ground)
        brought = links(conn)
        conn.execute("update incident set geom = geom")  # the trigger is awake again
        assert links(conn) == brought
        conn.rollback()


def test_only_points_are_inserted_with_links(town):
    with psycopg.connect(town) as conn:
        ground = linking.read_ground(conn)
        with pytest.raises(linking.NoPoints, match="incident"):
            linking.insert(conn, "block", {"code": "1"}, linking.At(0.0, 0.0, SRID), ground)


# Where the sign of a cross product in doubles is not that of the exact one: PostGIS takes doubles,
# GEOS is exact, and the two differ. The index has to agree with PostGIS.
SLIVERS = [
    [(-12.0, -12.0), (24.0, 24.0), (24.0, -12.0)],
    [(24.0, 24.0), (-12.0, -12.0), (24.0, -12.0)],
    [(12.0, 12.0), (24.0, 24.0), (24.0, 12.0)],
]


@pytest.mark.parametrize("corners", SLIVERS)
def test_a_point_on_the_verge_of_an_edge_is_where_postgis_says(db, corners):
    steps = 0.5 + np.arange(64) * 2.0**-53
    xy = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
    block, points = shapely.Polygon(corners), shapely.points(xy)
    found = locate.find_blocks(points, np.array([block]), np.array([1]))
    with psycopg.connect(db) as conn:
        said = conn.execute(
            "select st_intersects(%s::geometry, p::geometry)"
            " from unnest(%s::text[]) with ordinality as given (p, n) order by n",
            [shapely.to_wkb(block, hex=True), shapely.to_wkb(points, hex=True).tolist()],
        ).fetchall()
    assert (found == 1).tolist() == [inside for (inside,) in said]


def test_distances_on_the_limit_are_postgis_distances(db):
    """Points as far from an edge as the distance of linking, to the last digit."""
    rng = np.random.default_rng(3)
    start = rng.uniform(590_000, 600_000, (300, 2))
    axes = shapely.linestrings(np.stack([start, start + rng.integers(-90, 90, (300, 2))], axis=1))
    points = shapely.points(start + rng.integers(-60, 60, (300, 2)))
    with psycopg.connect(db) as conn:
        far = conn.execute(
            "select st_distance(a::geometry, p::geometry) from unnest(%s::text[], %s::text[])"
            " with ordinality as given (a, p, n) order by n",
            [shapely.to_wkb(axes, hex=True).tolist(), shapely.to_wkb(points, hex=True).tolist()],
        ).fetchall()
    for axis, p, (limit,) in zip(axes, points, far, strict=True):
        for within_m, found in ((limit, 0), (np.nextafter(limit, 0), -1)):
            if within_m > 0:
                one = locate.find_road_places(np.array([p]), np.array([axis]), [0], within_m)
                assert one.segment[0] == found


def test_bulk_marks_points_on_nothing(town):
    with psycopg.connect(town) as conn:
        far = linking.link(shapely.points([[9e3, 9e3]]), linking.read_ground(conn))
    assert far.block.tolist() == [locate.NOWHERE]
    assert rows_of(far) == [(None, None, None, None, None)]
