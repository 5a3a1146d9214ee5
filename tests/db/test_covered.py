"""Coverage in the database: equal to pandas and shapely, in parts, at once or bit by bit."""

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import psycopg
import pytest
import shapely
from towns import make_huangpu

from geo import denominator
from geo.store import blind, coverage, covered, refreshing
from geo.store.covered import Asked
from geo.store.database import transaction
from geo.store.duties import put_duties

ZONE = "Asia/Shanghai"
# In the sample's last weeks.
ON = date(2026, 6, 24)
METRES = ["side_m", "paper_m", "lived_m", "hollow_m"]


@pytest.fixture(scope="module")
def sample(sample_url):
    with psycopg.connect(sample_url, autocommit=True) as conn:
        yield conn


@pytest.fixture
def district(make_database, sample_url):
    """A copy of the sample district that may be changed, and a connection to it."""
    with psycopg.connect(make_database(sample_url), autocommit=True) as conn:
        yield conn


def table(conn, sql, *given):
    cursor = conn.execute(sql, given)
    return pd.DataFrame(cursor.fetchall(), columns=[column.name for column in cursor.description])


def strip(rows):
    """Stretches of one side as shapes on a line."""
    return shapely.union_all([shapely.LineString([(a, 0), (b, 0)]) for a, b in rows])


def days_before(times, day):
    local = pd.to_datetime(times, utc=True).dt.tz_convert(ZONE).dt.tz_localize(None).dt.normalize()
    return (pd.Timestamp(day) - local).dt.days


@pytest.fixture(scope="module")
def expected(sample):
    """Metres of every side on a day, worked out by pandas and shapely, side by side."""
    return by_hand(sample, ON)


def by_hand(conn, on):
    lengths = table(conn, "select id, length_m from segment where kind <> 'rail'")
    length = lengths.set_index("id")["length_m"]
    duties = table(conn, "select segment_id, side, from_m, to_m from duty"
                         " where valid_from <= %s and valid_to > %s", on, on)  # fmt: skip
    passes = table(conn, "select segment_id, side, from_m, to_m, at from pass")
    points = "select segment_id, side, chainage_m - 25 as from_m, chainage_m + 25 as to_m"
    visits = table(conn, f"{points}, at from visit join merchant on merchant.id = merchant_id"
                         " where segment_id is not null")  # fmt: skip
    handled = table(conn, f"{points}, handled_at as at from incident"
                          " where handled_at is not null and segment_id is not null"
                          " and status <> 'cancelled'")  # fmt: skip
    acts = pd.concat([passes, visits, handled])
    acts = acts.assign(days=days_before(acts["at"], on))
    acts = acts[acts["days"].between(0, 140)]
    ours = dict(list(acts.groupby(["segment_id", "side"])))
    rows = {}
    for (segment, side), some in duties.groupby(["segment_id", "side"]):
        whole = shapely.LineString([(0, 0), (length[segment], 0)])
        paper = shapely.intersection(strip(some[["from_m", "to_m"]].to_numpy()), whole)
        left, lived, hollow = paper, 0.0, 0.0
        here = ours.get((segment, side), acts.iloc[:0])
        for days, same in here.groupby("days"):  # the newest first
            seen = strip(same[["from_m", "to_m"]].to_numpy())
            part = shapely.intersection(left, seen).length
            lived += part * 2 ** (-days / 14)
            hollow += part * (days >= 28)
            left = shapely.difference(left, seen)
        rows[segment, side] = (length[segment], paper.length, lived, hollow + left.length)
    found = pd.DataFrame.from_dict(rows, orient="index", columns=METRES)
    every = pd.MultiIndex.from_product([length.index, ["L", "R"]])
    found = found.set_axis(pd.MultiIndex.from_tuples(found.index)).reindex(every).fillna(0.0)
    return found.assign(side_m=length.loc[every.get_level_values(0)].to_numpy())


def test_metres_of_every_side_are_those_of_shapes(sample, expected):
    computed = coverage.compute(coverage.read(sample, coverage.days(sample, ON)))
    found = computed.sides.set_index(["segment_id", "side"])[METRES].sort_index()
    pd.testing.assert_frame_equal(
        found, expected.sort_index(), check_names=False, atol=1e-6, rtol=1e-9
    )
    assert 0 < found["lived_m"].sum() < found["paper_m"].sum() < found["side_m"].sum()
    assert found["hollow_m"].sum() > 0


def test_points_are_covered_where_somebody_has_their_metre(sample):
    found = covered.read(sample, Asked(on=ON))
    total = denominator.total(found.sides, found.points)
    (shops, with_duty) = sample.execute(
        "select count(*), count(*) filter (where exists (select from duty d"
        "   where d.segment_id = m.segment_id and d.side = m.side and d.valid_from <= %(on)s"
        "     and d.valid_to > %(on)s and m.chainage_m between d.from_m and d.to_m + 1e-6))"
        " from merchant m", {"on": ON},
    ).fetchone()  # fmt: skip
    assert (total["merchants"], total["merchants_paper"]) == (shops, with_duty)
    (cases,) = sample.execute(
        "select count(*) from incident where status <> 'cancelled' and"
        " (reported_at at time zone 'Asia/Shanghai')::date between %(on)s::date - 364 and %(on)s",
        {"on": ON},
    ).fetchone()  # fmt: skip
    assert total["incidents"] == cases
    (households,) = sample.execute(
        "select sum(households) from area where level = 'compound'"
    ).fetchone()
    assert total["households"] == pytest.approx(households)


@pytest.mark.parametrize("unit", denominator.UNITS)
def test_parts_sum_to_the_whole(sample, unit):
    found = covered.read(sample, Asked(on=ON))
    parts = denominator.by_unit(found.sides, found.points, unit)
    whole = denominator.total(found.sides, found.points)
    summed = [name for name in whole.index if not name.endswith("_share")]
    pd.testing.assert_series_equal(parts[summed].sum(), whole[summed], check_names=False)


def test_an_area_asked_for_is_its_part(sample):
    found = covered.summary(sample, Asked(on=ON), "community")
    for part in found.parts.to_dict("records"):
        alone = covered.summary(sample, Asked(on=ON, area=part["code"]), "community").total
        assert alone["paper_m"] == pytest.approx(part["paper_m"])
        assert alone["incidents_paper"] == pytest.approx(part["incidents_paper"])


def test_roads_and_chiefs_can_be_asked_for(sample, expected):
    (road,) = sample.execute(
        "select road.name from duty join segment s on s.id = segment_id"
        " join road on road.id = road_id order by length_m desc limit 1"
    ).fetchone()
    ids = table(sample, "select segment.id from segment join road on road.id = road_id"
                        " where road.name = %s", road)["id"]  # fmt: skip
    total = covered.summary(sample, Asked(on=ON, road=road), "class").total
    assert total["paper_m"] == pytest.approx(expected.loc[ids.tolist(), "paper_m"].sum())
    assert total["lived_m"] == pytest.approx(expected.loc[ids.tolist(), "lived_m"].sum())


def test_a_chief_alone_is_their_row_among_all(sample):
    chiefs = covered.summary(sample, Asked(on=ON), "chief").parts
    one = chiefs.sort_values("paper_m").iloc[-1]
    alone = covered.summary(sample, Asked(on=ON, chief=one["code"]), "street").total
    for name in ("paper_m", "lived_m", "hollow_m", "merchants_paper", "incidents_lived"):
        assert alone[name] == pytest.approx(one[name]), name


def test_what_nobody_knows_is_refused(sample):
    for asked in (Asked(area="nowhere"), Asked(road="nowhere"), Asked(chief="nobody")):
        with pytest.raises(covered.NoSuchThing, match="there is no"):
            covered.check(sample, asked)


def stored(conn):
    """What is kept, in an order."""
    return (
        table(conn, "select * from coverage_side order by segment_id, side"),
        table(conn, "select * from coverage_point order by kind, segment_id, side, block_id"),
    )


def same(one, two):
    for left, right in zip(one, two, strict=True):
        pd.testing.assert_frame_equal(left, right, check_exact=True)


def anew(conn):
    """All of it computed into empty tables."""
    conn.execute("truncate coverage_side, coverage_point")
    conn.execute("delete from refreshed where part = 'coverage'")
    assert "coverage" in refreshing.refresh(conn, patient=False).made
    return stored(conn)


def change_duty(conn):
    conn.execute(
        "update duty set to_m = to_m / 2 where id in ("
        "select max(id) from duty group by segment_id, side having count(*) = 1 order by 1 limit 3)"
    )


def drop_duty(conn):
    conn.execute("delete from duty where id in (select max(id) from duty group by role)")


def add_duty(conn):
    conn.execute(
        "insert into duty (chief_id, segment_id, side, role, exclusive, to_m, valid_from)"
        " select (select min(id) from chief), s.segment_id, s.side, 'rota', false, 30, current_date"
        " from coverage_side s where paper_m = 0 order by 2, 3 limit 5"
    )


def patrol(conn):
    conn.execute(
        "insert into patrol (key, chief_id, begun_at) select 'new', min(id), now() from chief"
    )
    conn.execute(
        "insert into pass (patrol_id, segment_id, side, from_m, to_m, at)"
        " select p.id, segment_id, side, 1.5, 22.25, now() from patrol p, duty"
        " where p.key = 'new' order by duty.id limit 4"
    )


def visit(conn):
    conn.execute(
        "insert into visit (key, chief_id, merchant_id, at, good) select 'v' || m.id,"
        " (select min(id) from chief), m.id, now(), true from merchant m"
        " where segment_id is not null order by id limit 6"
    )


@pytest.mark.parametrize("change", [change_duty, drop_duty, add_duty, patrol, visit])
def test_what_is_followed_bit_by_bit_is_what_is_computed_at_once(district, change):
    before = stored(district)
    (seen,) = district.execute("select max(seq) from change").fetchone()
    change(district)
    made = refreshing.refresh(district, patient=False).made
    assert "coverage of sides" in made
    assert "coverage" not in made
    after = stored(district)
    assert not after[0].equals(before[0])
    # Maps are told of the sides that changed, one by one.
    told = table(
        district, "select feature_id from change where layer = 'coverage' and seq > %s", seen
    )
    differ = (after[0][METRES] != before[0][METRES]).any(axis=1).sum()
    assert len(told) == differ > 0
    assert told["feature_id"].notna().all()
    same(after, anew(district))


def test_a_handover_changes_nothing_but_names(district):
    before = stored(district)
    chiefs = covered.summary(district, Asked(), "chief").parts.set_index("code")
    district.execute(
        "update duty set chief_id = (select id from chief where external_id = 'LZ020')"
        " where chief_id = (select id from chief where external_id = 'LZ004')"
    )
    refreshing.refresh(district, patient=False)
    same(before, stored(district))
    after = covered.summary(district, Asked(), "chief").parts.set_index("code")
    assert "LZ004" not in after.index
    gained = after.loc["LZ020", "paper_m"]
    assert gained <= chiefs.loc[["LZ004", "LZ020"], "paper_m"].sum() + 1e-6
    assert gained >= chiefs.loc["LZ004", "paper_m"]


def test_all_duties_gone_is_nothing_covered(district):
    district.execute("truncate duty")
    refreshing.refresh(district, patient=False)
    sides, points = stored(district)
    assert sides["paper_m"].sum() == points["paper"].sum() == 0
    assert sides["side_m"].sum() > 0
    found = blind.blind(district, Asked())
    assert found.places["bare_m"].sum() == pytest.approx(found.frames.sides["side_m"].sum(), abs=99)
    assert len(found.compounds) == 57
    assert len(blind.span(district, Asked()).chiefs) == 0


def test_old_data_are_reckoned_to_their_last_reports(sample):
    when = coverage.days(sample)
    last = table(
        sample, "select reported_at from incident order by reported_at desc offset 29 limit 1"
    )
    day = last["reported_at"].dt.tz_convert(ZONE).iloc[0].date()
    today = pd.Timestamp.now(ZONE).date()
    assert when.reckoned == (day if (today - day).days > 30 else today)
    assert coverage.days(sample, ON)[:2] == (ON, ON)


def test_blind_spots_are_the_metres_without_a_duty(sample):
    found = blind.blind(sample, Asked(on=ON))
    whole = denominator.total(found.frames.sides, found.frames.points)
    # Slivers below a metre are no spots.
    bare = whole["side_m"] - whole["paper_m"]
    assert found.places["bare_m"].sum() == pytest.approx(bare, abs=0.001 * bare)
    assert found.places["hollow_m"].sum() == pytest.approx(whole["hollow_m"])
    assert (found.places["west"] <= found.places["east"]).all()
    shops = table(
        sample,
        "select m.id from merchant m where segment_id is not null and not exists ("
        " select from duty d where d.segment_id = m.segment_id and d.side = m.side"
        " and valid_from <= %s and valid_to > %s and chainage_m between from_m and to_m + 1e-6)",
        ON, ON,
    )  # fmt: skip
    assert found.places["merchants"].sum() == len(shops)


def test_compounds_and_clusters_with_nobody(sample):
    found = blind.blind(sample, Asked(on=ON))
    blind_ones = table(
        sample,
        "select compound_id, sum(exists (select from duty d where d.segment_id = f.segment_id"
        " and d.side = f.side and valid_from <= %s and valid_to > %s"
        " and chainage_m between from_m and to_m + 1e-6)::integer * share) as held"
        " from compound_front f group by compound_id", ON, ON,
    )  # fmt: skip
    assert set(found.compounds["id"]) == set(
        blind_ones.loc[blind_ones["held"].astype(float) < 0.01, "compound_id"]
    )
    assert (found.clusters["count"] >= 12).all()
    assert found.clusters["count"].is_monotonic_decreasing


def test_the_span_of_control(sample):
    found = blind.span(sample, Asked(on=ON))
    duties = table(sample, "select external_id, segment_id, side, min(from_m) as a, max(to_m) as b"
                           " from duty join chief on chief.id = chief_id where valid_from <= %s"
                           " and valid_to > %s group by 1, 2, 3", ON, ON)  # fmt: skip
    metres = (duties["b"] - duties["a"]).groupby(duties["external_id"]).sum()
    ours = found.chiefs.set_index("code")["metres"]
    pd.testing.assert_series_equal(
        ours.sort_index(), metres.sort_index(), check_names=False, check_index_type=False, rtol=1e-6
    )
    worst = found.chiefs.iloc[0]
    assert worst["load"] == pytest.approx(
        100 * max(worst["metres"] / 6000, worst["doors"] / 150, worst["cases"] / 60)
    )
    needed = np.ceil(found.staff[["metres", "doors", "cases"]] / [6000, 150, 60]).max(axis=1)
    assert found.staff["needed"].tolist() == needed.astype(int).tolist()
    assert (found.workers["alarm"] == (found.workers["each"] > 1000)).all()


def test_homes_and_fronts_are_where_links_are(sample):
    (nowhere,) = sample.execute("select count(*) from side_home where block_id = 0").fetchone()
    assert nowhere == 0
    shares = table(sample, "select sum(share) as s from compound_front group by compound_id")
    assert np.allclose(shares["s"].astype(float), 1.0)
    wrong = sample.execute(
        "select count(*) from compound_front f join area a on a.id = compound_id"
        " join segment s on s.id = segment_id where st_distance(a.geom, s.geom) > 50 + 1e-6"
    ).fetchone()
    assert wrong == (0,)


def test_metrics_are_of_the_same_metres(sample):
    """`duty_share` of units is the coverage of their sides: one denominator."""
    by = covered.summary(sample, Asked(), "community").parts.set_index("code")
    values = table(
        sample,
        "select area.code, key, value from metric_value join area on area.id = unit_id"
        " where layer = 'areas' and key in ('duty_share', 'lived_share') and level = 'community'",
    )
    for key, share in (("duty_share", "paper_share"), ("lived_share", "lived_share")):
        found = values[values["key"] == key].set_index("code")["value"]
        assert found.to_dict() == pytest.approx(by[share].to_dict())


def test_a_district_without_roads_has_nothing_to_cover(empty_town):
    refreshing.bring_up_to_date(empty_town)
    with psycopg.connect(empty_town) as conn:
        for asked in (Asked(), Asked(on=ON), Asked(roles=("first",))):
            for by in covered.BY:
                found = covered.summary(conn, asked, by)
                assert found.total["side_m"] == 0
            spots = blind.blind(conn, asked)
            assert len(spots.places) == len(spots.compounds) == len(spots.clusters) == 0
            assert len(blind.span(conn, asked).chiefs) == 0


def test_a_town_without_chiefs_is_blind_all_over(town):
    refreshing.bring_up_to_date(town)
    with psycopg.connect(town) as conn:
        total = covered.summary(conn, Asked(), "road").total
        assert total["side_m"] > 0 == total["paper_m"]
        spots = blind.blind(conn, Asked())
        assert spots.places["bare_m"].sum() == pytest.approx(total["side_m"])


DATA = Path(__file__).parents[3] / "shared" / "data"
needs_data = pytest.mark.skipif(
    not DATA.is_dir(), reason="the real data are not beside the checkout (../shared/data)"
)


@pytest.fixture
def huangpu(db):
    """Huangpu's north with shops, compounds, forty chiefs on its roads, a week of their walks."""
    make_huangpu(db)
    with transaction(db) as conn:
        roads = table(conn, "select name from road where kind <> 'river' order by name")["name"]
        chosen = roads[::2].reset_index(drop=True)
        people = pd.DataFrame({"external_id": [f"L{k}" for k in range(40)]})
        people = people.assign(name=people["external_id"], department=None, phone=None)
        put_duties(conn, people, pd.DataFrame({
            "chief": [f"L{k % 40}" for k in range(len(chosen))], "road": chosen, "street": None,
            "sides": ["LR" if k % 3 else "L" for k in range(len(chosen))], "role": "second",
            "start": "2026-01-01"}))  # fmt: skip
        conn.execute(
            "insert into patrol (key, chief_id, begun_at)"
            " select 'w' || id, id, '2026-06-15 09:00+08' from chief"
        )
        conn.execute(
            "insert into pass (patrol_id, segment_id, side, from_m, to_m, at)"
            " select p.id, d.segment_id, d.side, d.to_m * (d.id % 5) / 10, d.to_m, p.begun_at"
            " + make_interval(days => (d.id % 7)::integer)"
            " from duty d join patrol p on p.chief_id = d.chief_id where d.id % 3 > 0"
        )
    refreshing.bring_up_to_date(db)
    with psycopg.connect(db, autocommit=True) as conn:
        yield conn


@needs_data
def test_huangpus_streets_are_covered_as_shapes_say(huangpu):
    on = date(2026, 6, 24)
    computed = coverage.compute(coverage.read(huangpu, coverage.days(huangpu, on)))
    found = computed.sides.set_index(["segment_id", "side"])[METRES].sort_index()
    pd.testing.assert_frame_equal(
        found, by_hand(huangpu, on).sort_index(), check_names=False, atol=1e-6, rtol=1e-9
    )
    frames = covered.read(huangpu, Asked(on=on))
    whole = denominator.total(frames.sides, frames.points)
    assert 0.2 < whole["paper_m"] / whole["side_m"] < 0.6
    assert 0 < whole["lived_m"] < whole["paper_m"]
    streets = denominator.by_unit(frames.sides, frames.points, "street")
    assert streets["paper_m"].sum() == pytest.approx(whole["paper_m"])
    assert whole["merchants"] == 219
    assert 0 < whole["merchants_paper"] < 219
    spots = blind.blind(huangpu, Asked(on=on))
    assert 0 < len(spots.compounds) < 289
    assert spots.places["bare_m"].sum() == pytest.approx(
        whole["side_m"] - whole["paper_m"], rel=0.001
    )
    same(stored(huangpu), anew(huangpu))
