"""The network edited in the database: what lies on it stays where it is."""

from datetime import date

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from towns import CORNER, SRID, place

from geo.duties import Days
from geo.editing import CannotEdit
from geo.rotas import Rhythm
from geo.store import chiefs, duties, editing, linking, relinking, roads, rotas
from geo.store.chiefs import Person
from geo.store.database import transaction
from geo.store.duties import Charge
from geo.store.editing import By, Drawn
from geo.store.network import DutiesInTheWay, rebuild_network
from geo.store.rotas import Rota
from geo.store.staging import to_ewkb
from geo.stretches import Stretch, Words

# Every example edits a database: a failing one is not made smaller.
QUICK = (Phase.generate,)
SHARED = [HealthCheck.function_scoped_fixture]
DAY = date(2026, 3, 1)
RIVER = shapely.LineString([(-20, 150), (200, 160), (500, 140), (820, 150)])
HELD = """
select 'duty', chief_id, role, valid_from, least(valid_to, '9999-12-31'), sum(to_m - from_m)
from duty group by 1, 2, 3, 4, 5
union all select 'pass', patrol_id::int, '', null, null, sum(to_m - from_m) from pass group by 2
union all select 'rota', rota_id, '', null, null, sum(to_m - from_m) from rota_stretch group by 2
union all select 'body', body_id, '', null, null, sum(to_m - from_m) from body_stretch group by 2
order by 1, 2, 3, 4, 5
"""
EVERYTHING = {
    "segment": """select id, road_id, seq, kind, class, width_m, round(length_m::numeric, 5)
        from segment""",
    "road": "select id, kind, round(length_m::numeric, 5) from road_line",
    "duty": """select id, chief_id, segment_id, side, role, round(from_m::numeric, 5),
        round(to_m::numeric, 5), valid_from, least(valid_to, '9999-12-31') from duty""",
    "pass": """select id, patrol_id, segment_id, side, round(from_m::numeric, 5),
        round(to_m::numeric, 5), at from pass""",
    "merchant": """select id, block_id, segment_id, side, round(chainage_m::numeric, 5),
        round(offset_m::numeric, 5) from merchant""",
    "node": "select st_astext(geom, 4) from node",
    "side": "select segment_id, side, round(st_area(frontage)::numeric, 3) from segment_side",
}  # fmt: skip
LINKS = """
select m.id, st_asbinary(m.geom), s.id, st_asbinary(s.geom), m.side, m.chainage_m, m.offset_m
from merchant m join segment s on s.id = m.segment_id order by m.id
"""


@pytest.fixture
def conn(town):
    """The town with a river, shops, duties, a rotation, a patrol and a body."""
    with transaction(town) as conn:
        line = to_ewkb(np.array([place(RIVER)], object), SRID)[0]
        conn.execute(
            "insert into way (external_id, name, kind, geom) values ('w', '横浦', 'river', %s)",
            [line],
        )
        rebuild_network(conn)
        rng = np.random.default_rng(3)
        xy = np.concatenate(
            [rng.integers(0, 17, (60, 2)) * [50, 25], rng.uniform(0, 1, (90, 2)) * [800, 400]]
        )
        for n, ewkb in enumerate(to_ewkb(place(shapely.points(xy)), SRID)):
            conn.execute(
                "insert into merchant (external_id, name, geom) values (%s, 'x', %s)", [n, ewkb]
            )
        one, two = (chiefs.add(conn, Person(name)) for name in ("甲", "乙"))
        find = roads.finder(conn)
        for chief, role, words in (
            (one, "first", Words("横100路")), (two, "second", Words("横100路", "130", "560", "L")),
            (two, "first", Words("横浦", "60", "700", "R")),
            (one, "first", Words("纵300路", "50", "")),
            (one, "member", Words("横100路")), (two, "member", Words("横100路")),
        ):  # fmt: skip
            duties.assign(conn, Charge(chief, role, Days(DAY)), find(words))
        conn.execute("update duty set valid_to = '2026-04-01' where role = 'second'")
        rotas.make(conn, Rota("一", Rhythm(1, "month", DAY, date(2026, 6, 1)), (one, two)),
                   find(Words("横100路", "20", "500", "R")))  # fmt: skip
        conn.execute(
            "insert into patrol (key, chief_id, begun_at) values ('p', %s, '2026-03-02T08:00Z')",
            [one],
        )
        conn.execute(
            "insert into pass (patrol_id, segment_id, side, from_m, to_m, at)"
            " select 1, segment_id, side, 0.3 * length_m, length_m, '2026-03-02T08:10Z'"
            " from segment_side join segment on segment.id = segment_id"
        )
        conn.execute(
            "insert into body (kind, name, valid_from) values ('alliance', '联盟', '2026-01-01')"
        )
        conn.execute(
            "insert into body_stretch (body_id, segment_id, side, from_m, to_m)"
            " select 1, segment_id, side, 0, length_m"
            " from segment_side join segment on segment.id = segment_id"
        )
        yield conn
        conn.rollback()


def everything(conn):
    return {name: sorted(map(repr, conn.execute(query))) for name, query in EVERYTHING.items()}


def held(conn):
    return [(*row[:-1], pytest.approx(row[-1], abs=1e-4)) for row in conn.execute(HELD).fetchall()]


def side_metres(conn):
    return conn.execute(
        "select sum(length_m) from segment join segment_side on segment_id = segment.id"
    ).fetchone()[0]


def feet(conn):
    """Where on the ground each shop's place on its road lies."""
    return {
        id_: shapely.line_interpolate_point(shapely.from_wkb(axis), chainage)
        for id_, _, _, axis, _, chainage, _ in conn.execute(LINKS).fetchall()
    }


def segments(conn, *kinds):
    return conn.execute(
        "select id, length_m from segment where kind = any(%s) and length_m > 10 order by id",
        [list(kinds)],
    ).fetchall()


def all_linked_right(conn):
    assert linking.verify(conn, "merchant")[3:] == (0, 0, 0)
    doubled = conn.execute(
        "select count(*) from segment s join segment_side d on d.segment_id = s.id"
        " join duty on duty.segment_id = s.id and duty.side = d.side where to_m > length_m + 0.001"
    ).fetchone()
    assert doubled == (0,)


@settings(max_examples=10, phases=QUICK, suppress_health_check=SHARED)
@given(st.data())
def test_a_split_changes_no_metre_and_no_place_and_a_join_undoes_it(conn, data):
    kind = data.draw(st.sampled_from(["road", "river"]))
    segment, length = data.draw(st.sampled_from(segments(conn, kind)))
    at_m = data.draw(st.floats(1, length - 1))
    with conn.transaction(force_rollback=True):
        before, metres, whole, spots = everything(conn), held(conn), side_metres(conn), feet(conn)
        done = editing.split(conn, segment, at_m, By("测绘"))
        assert done.segments[0] == segment
        assert held(conn) == metres
        assert side_metres(conn) == pytest.approx(whole, abs=1e-6)
        now = feet(conn)
        assert now.keys() == spots.keys()
        assert max(shapely.distance(now[n], spots[n]) for n in spots) < 1e-3
        all_linked_right(conn)
        numbers = conn.execute(
            "select array_agg(seq order by seq) from segment group by road_id"
        ).fetchall()
        assert all(row[0] == list(range(1, len(row[0]) + 1)) for row in numbers)

        split_rows = everything(conn)
        with relinking.following(conn):
            rebuilt = rebuild_network(conn)
        assert (rebuilt.added, rebuilt.removed) == (0, 0)
        assert everything(conn) == split_rows

        first, second = done.segments
        pair = data.draw(st.permutations([first, second]))
        joined = editing.join(conn, *pair)
        assert joined.segments == [segment]
        assert everything(conn) == before
        all_linked_right(conn)
        rebuild_network(conn)
        assert everything(conn) == before


@settings(max_examples=10, phases=QUICK, suppress_health_check=SHARED)
@given(st.data())
def test_drawn_anew_links_stay_at_their_shops_and_duties_whole(conn, data):
    kind = data.draw(st.sampled_from(["road", "river"]))
    segment, length = data.draw(st.sampled_from(segments(conn, kind)))
    bend = data.draw(st.floats(-6, 6))
    with conn.transaction(force_rollback=True):
        axis = shapely.from_wkb(
            conn.execute(
                "select st_asbinary(geom) from segment where id = %s", [segment]
            ).fetchone()[0]
        )
        (x0, y0), (x1, y1) = axis.coords[0], axis.coords[-1]
        across = np.array([y0 - y1, x1 - x0]) / length
        middle = np.array([(x0 + x1) / 2, (y0 + y1) / 2]) + bend * across
        points = [(x0 + 0.5, y0), tuple(middle), (x1, y1 - 0.5)]
        if data.draw(st.booleans()):
            points.reverse()
        whole = conn.execute(
            "select id, to_m - from_m from duty where segment_id = %s order by id", [segment]
        ).fetchall()
        try:
            editing.redraw(conn, segment, Drawn(points, f"EPSG:{SRID}"))
        except CannotEdit as error:
            assert "which the segment did not" in str(error)  # noqa: PT017
            return
        new = conn.execute("select length_m from segment where id = %s", [segment]).fetchone()[0]
        for (id_, metres), (same, now) in zip(
            whole,
            conn.execute(
                "select id, to_m - from_m from duty where segment_id = %s order by id", [segment]
            ).fetchall(),
            strict=True,
        ):
            assert id_ == same
            if metres == pytest.approx(length):
                assert now == pytest.approx(new)
            else:
                assert metres / 2.1 <= now <= metres * 2.1
        all_linked_right(conn)
        for _, shop, _, road, side, chainage, offset in conn.execute(LINKS).fetchall():
            spot, line = shapely.from_wkb(shop), shapely.from_wkb(road)
            assert shapely.distance(line, spot) == pytest.approx(offset, abs=1e-6)
            if 1 < chainage < shapely.length(line) - 1:
                assert shapely.distance(
                    beside(line, side, chainage, offset), spot
                ) < 1 or near_bend(line, chainage)
        now = everything(conn)
        rebuilt = rebuild_network(conn)
        assert (rebuilt.added, rebuilt.removed) == (0, 0)
        assert everything(conn) == now


def beside(line, side, chainage, offset):
    a, b = shapely.get_coordinates(
        shapely.line_interpolate_point(line, [chainage - 1e-3, chainage + 1e-3])
    )
    way = (b - a) / np.hypot(*(b - a))
    out = np.array([-way[1], way[0]]) * (offset if side == "L" else -offset)
    return shapely.points((a + b) / 2 + out)


def near_bend(line, chainage):
    run = np.cumsum(np.hypot(*np.diff(shapely.get_coordinates(line), axis=0).T))
    return np.abs(run - chainage).min() < 0.01


def ids_of(conn, name):
    return [
        row[0]
        for row in conn.execute(
            "select segment.id from segment join road on road.id = road_id"
            " where name = %s order by seq",
            [name],
        )
    ]


def test_what_cannot_be_edited_says_why(conn):
    first, second, third, *_ = ids_of(conn, "横100路")
    (river,) = ids_of(conn, "横浦")
    for segments_, says in (
        ((first, second), "纵100路"), ((first, third), "do not meet"), ((first, river), "one road"),
        ((first, first), "itself"),
    ):  # fmt: skip
        with pytest.raises(CannotEdit, match=says):
            editing.join(conn, *segments_)
    with pytest.raises(CannotEdit, match="m long"):
        editing.split(conn, second, 0.5)
    with pytest.raises(editing.NoSuchSegment):
        editing.split(conn, 10**6, 5)
    line = [tuple(CORNER + p) for p in ((100, 100), (205, 130), (205, 90), (200, 100))]
    with pytest.raises(CannotEdit, match="纵200路"):
        editing.redraw(conn, second, Drawn(line, f"EPSG:{SRID}"))
    with pytest.raises(CannotEdit, match="no places"):
        editing.redraw(conn, second, Drawn([(999, 99), (998, 98)], "wgs84"))


def test_who_saw_another_version_is_told(conn):
    segment = ids_of(conn, "横100路")[1]
    seen = editing.read(conn, segment)
    assert len(seen["meets"]) == 6
    editing.split(conn, segment, 40, By(version=seen["version"]))
    with pytest.raises(editing.SegmentChanged):
        editing.split(conn, segment, 20, By(version=seen["version"]))


def test_two_duties_that_met_at_a_split_stay_two(conn):
    segment, length = segments(conn, "road")[0]
    conn.execute("delete from duty where role <> 'general'")
    one, two = (row[0] for row in conn.execute("select id from chief order by id").fetchall())
    for chief, a, b in ((one, 0, 20), (two, 20, length)):
        duties.assign(conn, Charge(chief, "first", Days(DAY)), [Stretch(segment, "L", a, b)])
    before = everything(conn)
    editing.join(conn, *editing.split(conn, segment, 20).segments)
    assert everything(conn) == before


def test_an_edit_whose_road_is_gone_lapses(conn):
    segment = ids_of(conn, "横300路")[0]
    second = editing.split(conn, segment, 10).segments[1]
    assert second in ids_of(conn, "横300路")
    for table in ("duty", "pass", "rota_stretch", "body_stretch", "rota_member"):
        conn.execute(f"delete from {table}")
    conn.execute("delete from way where name = '横300路'")
    with relinking.following(conn):
        assert rebuild_network(conn).lapsed == 1
    assert ids_of(conn, "横300路") == []


def test_passes_whose_ground_is_gone_are_counted(conn):
    for table in ("duty", "rota_stretch", "body_stretch", "rota_member"):
        conn.execute(f"delete from {table}")
    of = "select sum(to_m - from_m) from pass where segment_id = any(%s)"
    (walked,) = conn.execute(of, [ids_of(conn, "横300路")]).fetchone()
    (whole,) = conn.execute("select sum(to_m - from_m) from pass").fetchone()
    conn.execute("delete from way where name = '横300路'")
    with relinking.following(conn):
        change = rebuild_network(conn)
    assert change.walked_m == pytest.approx(walked, abs=0.1)
    (left,) = conn.execute("select sum(to_m - from_m) from pass").fetchone()
    assert left == pytest.approx(whole - walked, abs=0.1)
    with relinking.following(conn):
        assert rebuild_network(conn).walked_m == 0


def test_where_junctions_come_and_go_duties_keep_their_ground(conn):
    conn.execute("delete from body_stretch")
    before = [row for row in held(conn) if row[0] != "pass"]
    line = to_ewkb(np.array([place(shapely.LineString([(160, 50), (150, 380)]))], object), SRID)[0]
    with relinking.following(conn):
        conn.execute(
            "insert into way (external_id, name, class, geom)"
            " values ('n', '新路', 'residential', %s)", [line],
        )  # fmt: skip
        conn.execute("delete from way where name = '纵200路'")
        rebuild_network(conn)
    assert len(ids_of(conn, "新路")) == 4
    assert [row for row in held(conn) if row[0] != "pass"] == [
        (*row[:-1], pytest.approx(row[-1].expected, abs=0.05)) for row in before
    ]
    all_linked_right(conn)
    asked = roads.finder(conn)(Words("横100路", "130", "560", "L"))
    there = conn.execute(
        "select segment_id, side, min(from_m), max(to_m), sum(to_m - from_m) from duty"
        " where role = 'second' group by 1, 2"
    ).fetchall()
    assert sorted(there) == [
        (*one[:2], *(pytest.approx(m, abs=0.1) for m in (*one[2:], one.to_m - one.from_m)))
        for one in sorted(asked)
    ]


def test_ground_that_chiefs_have_cannot_vanish_unasked(conn):
    conn.execute("delete from way where name = '纵300路'")
    with pytest.raises(DutiesInTheWay, match="纵300路"):
        rebuild_network(conn)
