"""Rotations changed and seen as a calendar; stretches drawn on the map before they are written."""

from datetime import date, timedelta

import pytest
from towns import lonlat

from geo.duties import BadDays, Days
from geo.rotas import Rhythm
from geo.store import calendar, chiefs, duties, roads, rotas, stretches
from geo.store.chiefs import Person
from geo.store.database import LOCAL, transaction
from geo.store.duties import Charge, Handover
from geo.store.rotas import Rota
from geo.store.stretches import Drawn, Wanted
from geo.stretches import NotUnderstood, Words

DAY = date(2026, 3, 2)
WEEKS = Rhythm(1, "week", DAY, DAY + timedelta(28))


@pytest.fixture
def conn(town):
    with transaction(town) as conn:
        for name in "甲乙丙":
            chiefs.add(conn, Person(name))
        yield conn
        conn.rollback()


@pytest.fixture
def people(conn):
    return [row["id"] for row in chiefs.page(conn, DAY, "", (0, 9), LOCAL)]


@pytest.fixture
def rota(conn, people):
    where = roads.finder(conn)(Words("横200路", "纵100路", "纵300路"))
    return rotas.make(conn, Rota("横200路轮值", WEEKS, tuple(people)), where).id


def seen(conn, start=DAY, days=28):
    return calendar.between(conn, start, start + timedelta(days))


def on(rota, day):
    """Who has it on a day of the calendar, and instead of whom."""
    (turn,) = [one for one in rota["turns"] if one["valid_from"] <= day < one["valid_to"]]
    return turn["name"], turn["instead"] and turn["instead"]["name"]


def test_the_calendar_has_everybody_in_his_turn(conn, rota):
    (one,) = seen(conn)
    assert [turn["name"] for turn in one["turns"]] == ["甲", "乙", "丙", "甲"]
    assert one["roads"] == ["横200路"]
    assert one["bbox"][0] == pytest.approx(lonlat(100, 200)[0], abs=1e-5)
    assert {turn["instead"] for turn in one["turns"]} == {None}
    assert [turn["name"] for turn in seen(conn, DAY + timedelta(7), 8)[0]["turns"]] == ["乙", "丙"]
    assert seen(conn, DAY + timedelta(40)) == []
    with pytest.raises(BadDays):
        seen(conn, DAY, 0)


def test_leave_is_seen_with_who_answers(conn, rota, people):
    first, second, _ = people
    leave = Days(DAY + timedelta(2), DAY + timedelta(5))
    chiefs.take_leave(conn, first, leave, second)
    chiefs.take_leave(conn, second, Days(DAY + timedelta(4), DAY + timedelta(10)))
    turns = seen(conn)[0]["turns"]
    wanted = ("valid_from", "valid_to", "answers_name")
    days = [tuple(one[name] for name in wanted) for one in turns[0]["away"]]
    assert days == [
        (DAY + timedelta(2), DAY + timedelta(4), "乙"),
        (DAY + timedelta(4), DAY + timedelta(5), None),
    ]
    assert [one["answers_name"] for one in turns[1]["away"]] == [None]
    assert turns[1]["away"][0]["valid_to"] == DAY + timedelta(10)
    assert turns[2]["away"] == []


def test_what_changed_hands_is_marked(conn, rota, people):
    first, _, third = people
    there = roads.finder(conn)(Words("横300路"))
    duties.assign(conn, Charge(first, "second", Days(DAY)), there)
    done = duties.hand_over(conn, Handover(first, third, DAY + timedelta(3), rota=rota))
    assert done.duties == 2 * 4  # two turns of the first, both sides of two segments
    (one,) = seen(conn)
    assert on(one, DAY) == ("甲", None)
    assert on(one, DAY + timedelta(3)) == ("丙", "甲")
    assert on(one, DAY + timedelta(21)) == ("丙", "甲")
    assert duties.on_day(conn, DAY + timedelta(9), duties.Which(chief=first), (0, 99), LOCAL)


def test_a_change_leaves_the_past_and_every_metre(conn, rota, people):
    first, second, third = people
    day, until = DAY + timedelta(10), DAY + timedelta(31)
    before = seen(conn, DAY, 7)[0]["turns"]
    made = rotas.change(conn, rota, Rhythm(3, "day", day, until), (third, first))
    assert made.turns == 7
    (one,) = seen(conn, DAY, 40)
    assert one["turns"][:1] == before
    assert on(one, day - timedelta(1)) == ("乙", None)
    assert [on(one, day + timedelta(n))[0] for n in (0, 3, 6)] == ["丙", "甲", "丙"]
    assert {turn["instead"] for turn in one["turns"]} == {None}
    metres = {turn["metres"] for turn in one["turns"]}
    assert len(metres) == 1
    with pytest.raises(rotas.NoSuchRota):
        rotas.change(conn, 0, WEEKS, [second])


def test_a_rotation_that_never_had_a_turn_is_gone(conn, rota):
    rotas.end(conn, rota, DAY)
    with pytest.raises(rotas.NoSuchRota):
        rotas.read(conn, rota, DAY)


def drawn(conn, start, end, side=""):
    return stretches.drawn(conn, Drawn(lonlat(*start), lonlat(*end), side))


def test_a_line_along_a_road_becomes_stretches_of_its_side(conn):
    # North of 横200路, from beside 纵100路 to the middle between 纵200路 and 纵300路.
    made = drawn(conn, (107, 204), (250, 190))
    assert {one.side for one in made} == {"L"}
    assert [one.to_m - one.from_m for one in made] == pytest.approx([100, 50], abs=0.6)
    assert {one.side for one in drawn(conn, (107, 204), (250, 190), "LR")} == {"L", "R"}
    back = drawn(conn, (250, 190), (107, 204))
    assert {one.side for one in back} == {"R"}


def test_where_no_road_is_near_nothing_is_drawn(conn):
    for start, end in [((5_000, 5_000), (0, 0)), ((150, 200), (150, 200))]:
        with pytest.raises(NotUnderstood):
            drawn(conn, start, end)


def test_a_look_tells_whose_metres_are_and_what_is_free(conn, people):
    made = drawn(conn, (107, 204), (294, 204))
    wanted = Wanted("second", Days(DAY))
    look = stretches.look_at(conn, made, wanted)
    assert look["metres"] == look["free_m"] == pytest.approx(200, abs=0.1)
    assert {one["faces"] for one in look["stretches"]} == {"N"}
    duties.assign(conn, Charge(people[0], "second", Days(DAY)), made[:1])
    look = stretches.look_at(conn, made, wanted)
    assert look["free_m"] == pytest.approx(100, abs=0.1)
    assert look["held"] == [
        {"chief": people[0], "name": "甲", "metres": pytest.approx(100, abs=0.1)}
    ]
    assert stretches.look_at(conn, made, Wanted("first", Days(DAY)))["held"] == []
    assert (
        stretches.look_at(conn, made, Wanted("second", Days(DAY - timedelta(9), DAY)))["held"] == []
    )


def test_crossings_of_a_road_with_their_metres(conn):
    found = roads.crossings(conn, "横200路")
    assert found["metres"] == pytest.approx(840, abs=0.1)
    assert [one["name"] for one in found["crossings"]] == [
        f"纵{x}路" for x in (100, 200, 300, 500, 600, 700)
    ]
    assert found["crossings"][0]["at_m"] == [pytest.approx(120, abs=0.1)]
    with pytest.raises(NotUnderstood, match="横200路"):
        roads.crossings(conn, "横201路")
