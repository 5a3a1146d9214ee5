"""Linking only what is near a change gives what linking everything would give."""

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from towns import SRID, place

from geo.store import blocks, linking, relinking
from geo.store.database import transaction
from geo.store.network import rebuild_network
from geo.store.staging import to_ewkb

POINTS = 600
KINDS = ["road", "lane"]

lattice = st.integers(0, 16).map(lambda n: n * 50.0)
spot = st.tuples(lattice, st.integers(0, 8).map(lambda n: n * 50.0))


@pytest.fixture
def peopled(town):
    """The town with blocks and points on a lattice (many ties) and off it."""
    rng = np.random.default_rng(7)
    xy = np.concatenate(
        [
            rng.integers(0, 17, (POINTS // 2, 2)) * [50, 25],
            rng.uniform(0, 1, (POINTS // 2, 2)) * [800, 400],
        ]
    )
    with transaction(town) as conn:
        blocks.derive(conn, KINDS)
        for n, ewkb in enumerate(to_ewkb(place(shapely.points(xy)), SRID)):
            conn.execute(
                "insert into merchant (external_id, name, geom) values (%s, 'x', %s)", [n, ewkb]
            )
    return town


def add_way(conn, name, line):
    conn.execute(
        "insert into way (external_id, name, class, geom) values (%s, %s, 'residential', %s)",
        [name, name, to_ewkb(np.array([place(line)]), SRID)[0]],
    )


def linked(conn):
    return conn.execute(
        "select id, block_id, segment_id, side, chainage_m, offset_m from merchant order by id"
    ).fetchall()


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(spot, spot).filter(lambda pair: pair[0] != pair[1]), min_size=1, max_size=3),
    st.sets(st.sampled_from(["h100", "h200", "v300", "v500", "v600"]), max_size=2),
)
def test_near_equals_all(peopled, lines, gone):
    with transaction(peopled) as conn:
        before = linked(conn)
        with relinking.following(conn) as followed:
            for n, ends in enumerate(lines):
                add_way(conn, f"n{n}", shapely.LineString(ends))
            conn.execute("delete from way where external_id = any(%s)", [list(gone)])
            rebuild_network(conn)
            blocks.derive(conn, KINDS)
        near = linked(conn)
        assert linking.relink(conn, "merchant") == 0
        assert linked(conn) == near
        changed = sum(a != b for a, b in zip(before, near, strict=True))
        assert changed == followed.moved <= followed.points <= POINTS
        conn.rollback()


def test_nothing_changed_nothing_moved(peopled):
    with transaction(peopled) as conn:
        with relinking.following(conn) as followed:
            rebuild_network(conn)
            blocks.derive(conn, KINDS)
        assert (followed.points, followed.moved) == (0, 0)


def test_only_points_near_the_change_are_looked_at(peopled):
    with transaction(peopled) as conn, relinking.following(conn) as followed:
        add_way(conn, "short", shapely.LineString([(640, 310), (660, 330)]))
        rebuild_network(conn)
    assert 0 < followed.points < POINTS / 4


def test_many_points_are_linked_in_bulk_to_the_same_end(peopled, monkeypatch):
    monkeypatch.setattr(relinking, "BULK_POINTS", 10)
    with transaction(peopled) as conn:
        with relinking.following(conn):
            add_way(conn, "long", shapely.LineString([(0, 150), (800, 150)]))
            rebuild_network(conn)
        assert linking.verify(conn, "merchant")[3:] == (0, 0, 0)


def test_a_failed_change_leaves_links_as_they_were(peopled):
    with transaction(peopled) as conn:
        before = linked(conn)

    def change_and_fail():
        with transaction(peopled) as conn, relinking.following(conn):
            add_way(conn, "long", shapely.LineString([(0, 150), (800, 150)]))
            rebuild_network(conn)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        change_and_fail()
    with transaction(peopled) as conn:
        assert linked(conn) == before
