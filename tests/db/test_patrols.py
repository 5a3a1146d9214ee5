"""Patrols in the database: what a phone sends twice, in pieces or late is there once."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from towns import lonlat

from geo import patrol
from geo.duties import Days
from geo.store import chiefs, duties, patrols, strips
from geo.store.cases import KeyReused
from geo.store.database import transaction
from geo.store.patrols import Begun, Visit

BEGUN = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=2)
MINUTE = timedelta(minutes=1)
# 横100路 runs from x = -20 to 820 at y = 100, crossed at 100, 200, 300, 500 …; 8 m wide or so.
ALONG = [(float(x), 104.0) for x in range(110, 190, 8)]


@pytest.fixture
def beat(town):
    """The town with a chief who has both sides of 横100路 and the left one of 纵100路."""
    chiefs = pd.DataFrame(
        [("C1", "甲", "城管", None), ("C2", "乙", "城管", None)],
        columns=["external_id", "name", "department", "phone"],
    )
    charge = pd.DataFrame(
        [("C1", "横100路", "LR"), ("C1", "纵100路", "L"), ("C2", "横200路", "LR")],
        columns=["chief", "road", "sides"],
    ).assign(street=None, role="first", start="2024-01-01")
    with transaction(town) as conn:
        duties.put_duties(conn, chiefs, charge)
        conn.execute(
            "insert into merchant (external_id, name, geom) values"
            " ('M1', '面馆', st_setsrid(st_makepoint(595150, 3430108), 4549)),"
            " ('M2', '花店', st_setsrid(st_makepoint(595150, 3430208), 4549))"
        )
    return town


def track(places=ALONG, every_s=5.0):
    """Fixes of a walk through ``places`` (m from the corner), 5 m exact."""
    start = BEGUN.timestamp()
    return [(*lonlat(*xy), start + n * every_s, 5.0) for n, xy in enumerate(places)]


def begin(url, key="p1", chief="C1", at=BEGUN):
    with transaction(url) as conn:
        patrols.begin(conn, Begun(key, chief, at))


def walk(url, fixes, key="p1"):
    with transaction(url) as conn:
        return patrols.walk(conn, key, fixes)


def kept(url):
    with transaction(url) as conn:
        return conn.execute(
            "select key, segment_id, side, from_m, to_m, at from pass join patrol"
            " on patrol.id = patrol_id order by 1, 2, 3, 4"
        ).fetchall()


def test_a_walk_is_kept_as_metres_of_sides(beat):
    begin(beat)
    passed = walk(beat, track())
    # A narrow road: both sides, from the first fix to the last.
    assert patrol.length_m(passed) == pytest.approx(2 * 72, abs=0.1)
    rows = kept(beat)
    assert {row[2] for row in rows} == {"L", "R"}
    assert [row[4] - row[3] for row in rows] == pytest.approx([72, 72], abs=0.05)
    with transaction(beat) as conn:
        columns = conn.execute(
            "select table_name from information_schema.columns"
            " where table_name in ('patrol', 'pass') and (udt_name = 'geometry' or"
            " column_name in ('lon', 'lat'))"
        ).fetchall()
    assert columns == []


def test_again_changes_nothing(beat):
    begin(beat)
    once = walk(beat, track())
    before = kept(beat)
    begin(beat)
    assert all(map(np.array_equal, walk(beat, track()), once))
    assert kept(beat) == before


def test_pieces_in_any_order_and_at_once_give_the_whole(beat):
    whole = track([(float(x), 104.0) for x in range(110, 690, 7)])
    begin(beat, "whole")
    begin(beat, "pieces")
    expected = walk(beat, whole, "whole")
    cuts = [0, 9, 10, 31, 60, len(whole) - 1]
    pieces = [whole[a : b + 1] for a, b in pairwise(cuts)] * 2
    random.Random(4).shuffle(pieces)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda piece: walk(beat, piece, "pieces"), pieces))
    assert all(map(np.array_equal, walk(beat, whole[:1], "pieces"), expected))
    rows = [[row[1:] for row in kept(beat) if row[0] == key] for key in ("whole", "pieces")]
    assert rows[0] == rows[1]


def test_only_what_is_in_charge_is_passed(beat):
    begin(beat)
    # 横200路 is another's; of 纵100路 only the left side is this chief's.
    assert patrol.length_m(walk(beat, track([(150, 204), (158, 204)]))) == 0
    passed = walk(beat, track([(103, 140), (103, 150)]))
    assert passed.side.tolist() == ["L"]


def test_a_patrol_is_of_its_time(beat):
    begin(beat)
    earlier = [(lon, lat, at - 3_600, accuracy) for lon, lat, at, accuracy in track()]
    assert patrol.length_m(walk(beat, earlier)) == 0
    assert kept(beat) == []


def test_the_end_may_come_first_and_twice(beat):
    begin(beat)
    with transaction(beat) as conn:
        assert patrols.end(conn, "p1", BEGUN + 9 * MINUTE) == BEGUN + 9 * MINUTE
        assert patrols.end(conn, "p1", BEGUN + 5 * MINUTE) == BEGUN + 9 * MINUTE
    assert patrol.length_m(walk(beat, track())) > 0


def test_what_cannot_be(beat):
    with pytest.raises(patrols.NoSuchPatrol):
        walk(beat, track(), "never begun")
    with pytest.raises(patrols.NoSuchChief):
        begin(beat, chief="C9")
    with pytest.raises(patrols.WrongClock, match="min ahead"):
        begin(beat, at=datetime.now(UTC) + timedelta(hours=1))
    with pytest.raises(patrols.WrongClock, match="days back"):
        begin(beat, at=BEGUN - timedelta(days=100))
    begin(beat)
    with pytest.raises(KeyReused, match="p1"):
        begin(beat, chief="C2")
    ahead = [(*lonlat(150, 104), datetime.now(UTC).timestamp() + 3_600, 5.0)]
    with pytest.raises(patrols.WrongClock):
        walk(beat, ahead)


def visit(url, **changes):
    told = Visit("v1", "C1", "M1", BEGUN, good=False, note="门前堆物")
    with transaction(url) as conn:
        patrols.visit(conn, told._replace(**changes))


def test_a_visit_is_written_once(beat):
    visit(beat)
    visit(beat)
    with pytest.raises(KeyReused):
        visit(beat, good=True)
    with pytest.raises(patrols.NoSuchMerchant):
        visit(beat, key="v2", merchant="M9")
    with transaction(beat) as conn:
        assert conn.execute("select count(*) from visit").fetchone() == (1,)


def test_visits_sent_many_times_at_once_are_one(beat):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: visit(beat), range(8)))
    with transaction(beat) as conn:
        assert conn.execute("select count(*) from visit").fetchone() == (1,)


def strip_of(url, chief="C1"):
    with transaction(url) as conn:
        return strips.read(conn, chief)


def sides_of(strip):
    return {
        (segment["id"], side["side"]): side
        for road in strip["roads"]
        for segment in road["segments"]
        for side in segment["sides"]
    }


def test_a_strip_has_what_is_in_charge_and_no_more(beat):
    strip = strip_of(beat)
    assert {road["name"] for road in strip["roads"]} == {"横100路", "纵100路"}
    with transaction(beat) as conn:
        held = conn.execute(
            "select segment_id, side from duty join chief on chief.id = chief_id"
            " where external_id = 'C1'"
        ).fetchall()
    assert set(sides_of(strip)) == set(held)
    for road in strip["roads"]:
        assert [s["seq"] for s in road["segments"]] == sorted(s["seq"] for s in road["segments"])
    with pytest.raises(patrols.NoSuchChief):
        strip_of(beat, "C9")
    with transaction(beat) as conn:
        assert [chief["code"] for chief in strips.chiefs(conn)] == ["C1", "C2"]


def test_a_deputy_has_the_metres_of_who_is_on_leave(beat):
    own, other = set(sides_of(strip_of(beat))), set(sides_of(strip_of(beat, "C2")))
    today = BEGUN.date()
    with transaction(beat) as conn:
        away, deputy = (
            conn.execute("select id from chief where external_id = %s", [code]).fetchone()[0]
            for code in ("C1", "C2")
        )
        week = Days(today - timedelta(days=2), today + timedelta(days=5))
        chiefs.take_leave(conn, away, week, deputy)
        assert [chief["code"] for chief in strips.chiefs(conn)] == ["C2"]
    assert set(sides_of(strip_of(beat, "C2"))) == own | other
    assert sides_of(strip_of(beat)) == {}


def test_shops_are_due_until_they_are_visited(beat):
    def shop():
        (door,) = [d for side in sides_of(strip_of(beat)).values() for d in side["doors"]]
        return door["code"], door["due"]

    assert shop() == ("M1", True)
    visit(beat, good=True, at=datetime.now(UTC) - timedelta(days=8))
    assert shop() == ("M1", False)
    # Something was wrong: it is to be seen again after a week.
    visit(beat, key="v2", at=datetime.now(UTC) - timedelta(days=7, hours=12))
    assert shop() == ("M1", True)
    visit(beat, key="v3", at=datetime.now(UTC) - timedelta(days=1))
    assert shop() == ("M1", False)


def test_what_was_passed_is_on_the_strip(beat):
    begin(beat)
    passed = walk(beat, track())
    on_strip = {
        (segment, side, stretch["from_m"], stretch["to_m"])
        for (segment, side), told in sides_of(strip_of(beat)).items()
        for stretch in told["passed"]
    }
    assert on_strip == set(zip(*(column.tolist() for column in passed[:4]), strict=True))
    last = strip_of(beat)["last_patrol"]
    assert (last["key"], last["ended_at"]) == ("p1", None)
    assert last["metres"] == pytest.approx(patrol.length_m(passed))
    assert strip_of(beat, "C2")["last_patrol"] is None


def test_open_cases_of_the_strip_are_the_late_ones_first(sample_url):
    with transaction(sample_url) as conn:
        chief = conn.execute(
            "select chief.external_id, chief.id from chief join duty on chief_id = chief.id"
            " join incident using (segment_id, side) where status not in ('closed', 'cancelled')"
            " and chainage_m between from_m and to_m"
            " group by chief.id order by count(*) desc limit 1"
        ).fetchone()
        expected = conn.execute(
            "select distinct incident.external_id from incident join duty using (segment_id, side)"
            " where chief_id = %s and status not in ('closed', 'cancelled')"
            " and chainage_m between from_m and to_m", [chief[1]],
        ).fetchall()  # fmt: skip
    cases = strip_of(sample_url, chief[0])["cases"]
    assert {case["code"] for case in cases} == {code for (code,) in expected}
    lateness = [case["late"] for case in cases]
    assert lateness == sorted(lateness, reverse=True)
