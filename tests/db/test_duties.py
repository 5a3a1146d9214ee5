"""Duties in the database: held once, handed over without losing a metre, and who answers."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from functools import partial

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.duties import BadDays, Days, NoSuchRole
from geo.rotas import Rhythm
from geo.store import chiefs, duties, editing, roads, rotas
from geo.store.chiefs import Person
from geo.store.database import LOCAL, Reader, transaction
from geo.store.duties import Charge, Handover, MetresHeld, Where, Which
from geo.store.rotas import Rota
from geo.stretches import Stretch, Words

DAY = date(2026, 3, 1)
OPEN = Days(DAY)
ALL = (0, 100_000)
HOLD = (
    "select segment_id, side, role, from_m, to_m from duty where valid_from <= %s and valid_to > %s"
)


@pytest.fixture
def conn(town):
    with transaction(town) as conn:
        for name in "甲乙丙":
            chiefs.add(conn, Person(name, "街道办", f"1380000{ord(name)}"))
        yield conn
        conn.rollback()


def people(conn):
    return [row["id"] for row in chiefs.page(conn, DAY, "", ALL, LOCAL)]


def along(conn, *words):
    return roads.finder(conn)(Words(*words))


def held(conn, day):
    return sorted(conn.execute(HOLD, [day, day]).fetchall())


def metres_of(rows):
    return sum(to_m - from_m for *_, from_m, to_m in rows)


def test_a_stretch_in_words_becomes_duties(conn):
    first, *_ = people(conn)
    ids = duties.assign(
        conn, Charge(first, "second", OPEN), along(conn, "横100路", "纵100路", "纵300路", "北")
    )
    assert len(ids) == 2
    told = duties.on_day(conn, DAY, Which(chief=first), ALL, LOCAL)
    assert sum(row["metres"] for row in told) == pytest.approx(200, abs=0.01)
    assert {row["side"] for row in told} == {"L"}
    assert {row["answers"] for row in told} == {first}
    assert duties.on_day(conn, DAY - timedelta(1), Which(), ALL, LOCAL) == []


def test_metres_are_held_once_in_a_role(conn):
    first, second, _ = people(conn)
    where = along(conn, "横100路")
    duties.assign(conn, Charge(first, "first", OPEN), where)
    with pytest.raises(MetresHeld, match="甲 holds 横100路") as refused:
        duties.assign(conn, Charge(second, "first", OPEN), where[:1])
    assert refused.value.holders[0]["chief_id"] == first
    duties.assign(conn, Charge(second, "second", OPEN), where)
    for chief in (first, second):
        duties.assign(conn, Charge(chief, "member", OPEN), where)
    with pytest.raises(MetresHeld, match="over each other"):
        duties.assign(conn, Charge(first, "rota", OPEN), [where[0], where[0]])


def test_what_cannot_be_charged(conn):
    there = along(conn, "横100路")[0]
    first, *_ = people(conn)
    fine = Charge(first, "first", OPEN)
    for charge, stretch, error in (
        (fine._replace(chief=0), there, duties.NoSuchChief),
        (fine._replace(role="king"), there, NoSuchRole),
        (fine._replace(days=Days(DAY, DAY)), there, BadDays),
        (fine, Stretch(0, "L", 0, 1), duties.NoSuchSide),
        (fine, there._replace(from_m=9e5, to_m=1e6), duties.NoSuchSide),
    ):
        with pytest.raises(error):
            duties.assign(conn, charge, [stretch])


def test_a_stretch_ends_where_its_segment_ends(conn):
    first, *_ = people(conn)
    stretch = along(conn, "横100路")[0]
    duties.assign(conn, Charge(first, "first", OPEN), [stretch._replace(to_m=1e6)])
    (row,) = held(conn, DAY)
    assert row[-1] == pytest.approx(stretch.to_m)
    with pytest.raises(psycopg.errors.CheckViolation, match="beyond its end"):
        conn.execute("update duty set from_m = 1e6, to_m = 2e6")


DATES = st.integers(-30, 400).map(lambda n: DAY + timedelta(n))


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    on=DATES, look=st.lists(DATES, min_size=1, max_size=4), road=st.sampled_from([None, "横100路"])
)
def test_a_handover_changes_nothing_but_names(conn, on, look, road):
    first, second, third = people(conn)
    with conn.transaction(force_rollback=True):
        duties.assign(conn, Charge(first, "first", OPEN), along(conn, "横100路"))
        duties.assign(conn, Charge(first, "second", Days(DAY + timedelta(60), DAY + timedelta(90))),
                      along(conn, "横200路"))  # fmt: skip
        duties.assign(conn, Charge(third, "second", OPEN), along(conn, "横100路"))
        before = {day: held(conn, day) for day in look}
        try:
            done = duties.hand_over(conn, Handover(first, second, on, road))
        except duties.NoSuchDuty:
            assert road is None or on > DAY
        else:
            assert done.metres > 0
        assert {day: held(conn, day) for day in look} == before
        left = conn.execute(
            "select count(*) from duty join segment on segment.id = segment_id"
            " join road on road.id = road_id where chief_id = %s and valid_to > %s"
            " and (%s::text is null or road.name = %s)", [first, on, road, road],
        ).fetchone()  # fmt: skip
        assert left == (0,)


def test_ended_duties_and_those_that_never_began(conn):
    first, *_ = people(conn)
    now = duties.assign(conn, Charge(first, "first", OPEN), along(conn, "横100路"))
    later = duties.assign(
        conn, Charge(first, "second", Days(DAY + timedelta(50))), along(conn, "横100路")
    )
    assert duties.end(conn, now + later, DAY + timedelta(10)) == len(now + later)
    assert held(conn, DAY + timedelta(9)) != []
    assert held(conn, DAY + timedelta(10)) == held(conn, DAY + timedelta(60)) == []
    with pytest.raises(duties.NoSuchDuty, match=str(later[0])):
        duties.end(conn, later, DAY)


def total(conn, kinds=("road",)):
    return conn.execute(
        "select 2 * sum(length_m) from segment where kind = any(%s)", [list(kinds)]
    ).fetchone()[0]


def test_what_is_held_and_what_is_vacant_is_everything(conn):
    first, second, _ = people(conn)
    everything = duties.vacancies(conn, DAY, Where(least_m=0), 10_000)
    assert everything.metres == pytest.approx(total(conn))
    duties.assign(conn, Charge(first, "first", OPEN), along(conn, "横100路", "30", "210", "左"))
    duties.assign(conn, Charge(second, "second", OPEN), along(conn, "横100路", "100", "400", "左"))
    left = duties.vacancies(conn, DAY, Where(least_m=0), 10_000)
    assert left.metres == pytest.approx(total(conn) - 370, abs=0.01)
    assert sum(row["metres"] for row in left.stretches) == pytest.approx(left.metres)
    in_role = duties.vacancies(conn, DAY, Where(least_m=0, role="first"), 10_000)
    assert in_role.metres == pytest.approx(total(conn) - 180, abs=0.01)
    some = duties.vacancies(conn, DAY, Where(road="横100路"), 3)
    assert len(some.stretches) == 3 < some.number


def test_on_leave_the_deputy_answers(conn):
    first, second, third = people(conn)
    duties.assign(conn, Charge(first, "first", OPEN), along(conn, "横100路"))
    week = Days(DAY + timedelta(7), DAY + timedelta(14))
    inside, outside = DAY + timedelta(8), DAY + timedelta(14)

    def who(day):
        return {row["answers"] for row in duties.on_day(conn, day, Which(), ALL, LOCAL)}

    leave = chiefs.take_leave(conn, first, week, second, "探亲")
    assert (who(inside), who(outside), who(DAY)) == ({second}, {first}, {first})
    assert duties.on_day(conn, inside, Which(chief=second), ALL, LOCAL)
    with pytest.raises(chiefs.OnLeave):
        chiefs.take_leave(conn, first, Days(inside))
    chiefs.take_leave(conn, second, week, third)
    assert who(inside) == {third}
    chiefs.take_leave(conn, third, Days(inside, inside + timedelta(1)), first)
    assert who(inside) == {None}
    gone = duties.vacancies(conn, inside, Where(road="横100路"), 1000)
    assert gone.metres == pytest.approx(1680, abs=0.1)
    assert all(row["away"] for row in gone.stretches)
    assert who(inside + timedelta(1)) == {third}
    chiefs.end_leave(conn, leave, inside)
    assert who(inside) == {first}
    with pytest.raises(chiefs.NoSuchLeave):
        chiefs.end_leave(conn, 0, DAY)
    with pytest.raises(chiefs.BadDeputy):
        chiefs.take_leave(conn, second, OPEN, second)


def test_phones_need_the_right(conn):
    first, *_ = people(conn)
    duties.assign(conn, Charge(first, "first", OPEN), along(conn, "横100路"))
    public = Reader("public")
    told = duties.on_day(conn, DAY, Which(), ALL, public)[0]
    assert (told["name"], told["phone"], told["answers_phone"]) == ("甲", None, None)
    assert chiefs.read(conn, first, DAY, public)["phone"] is None
    assert chiefs.read(conn, first, DAY, LOCAL)["phone"]


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    every=st.integers(1, 4),
    unit=st.sampled_from(["week", "month"]),
    length=st.integers(10, 200),
    stop=st.integers(1, 220),
)
def test_on_every_day_of_a_rota_one_chief_has_the_stretch(conn, every, unit, length, stop):
    with conn.transaction(force_rollback=True):
        who = people(conn)
        where = along(conn, "横200路", "纵100路", "纵300路")
        end = DAY + timedelta(length)
        made = rotas.make(conn, Rota("轮值", Rhythm(every, unit, DAY, end), (*who, who[0])), where)
        assert made.duties == made.turns * len(where)
        calendar = rotas.read(conn, made.id, DAY)["calendar"]
        assert [turn["chief"] for turn in calendar] == [
            (*who, who[0])[n % 4] for n in range(made.turns)
        ]
        whole = metres_of([(each.from_m, each.to_m) for each in where])
        days = [DAY + timedelta(n) for n in range(-1, length + 1, 7)]
        for day in days:
            inside = DAY <= day < end
            assert metres_of(held(conn, day)) == pytest.approx(whole if inside else 0)
        on = DAY + timedelta(stop)
        rotas.end(conn, made.id, on)
        for day in days:
            inside = DAY <= day < min(end, on)
            assert metres_of(held(conn, day)) == pytest.approx(whole if inside else 0)


def test_a_rota_has_a_name_of_its_own_and_metres_nobody_has(conn):
    first, second, third = people(conn)
    where = along(conn, "横200路")
    week = Rhythm(1, "week", DAY, DAY + timedelta(28))
    rotas.make(conn, Rota("一", week, (first, second)), where)
    with pytest.raises(rotas.RotaExists):
        rotas.make(conn, Rota("一", week, (first,)), where)
    with pytest.raises(MetresHeld):
        rotas.make(conn, Rota("二", week, (third,)), where)
    assert rotas.page(conn, DAY)[0]["turn"]["name"] == "甲"
    with pytest.raises(rotas.NoSuchRota):
        rotas.end(conn, 0, DAY)


def at_once(works):
    """What each of several works gave that were done at the same time, or its error."""

    def tried(work):
        try:
            return work()
        except (ValueError, psycopg.Error) as error:
            return error

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(tried, works))


def test_of_many_who_are_charged_at_once_one_is(town):
    with transaction(town) as conn:
        people = [chiefs.add(conn, Person(str(n))) for n in range(6)]
        where = along(conn, "横100路")

    def charge(chief):
        with transaction(town) as conn:
            return duties.assign(conn, Charge(chief, "first", OPEN), where)

    done = at_once([partial(charge, chief) for chief in people])
    assert sum(isinstance(one, list) for one in done) == 1
    assert sum(isinstance(one, MetresHeld) for one in done) == 5


def test_duties_and_an_edit_at_once_lose_no_metre(town):
    with transaction(town) as conn:
        people = [chiefs.add(conn, Person(str(n))) for n in range(4)]
        where = along(conn, "横100路")
        segment = where[2].segment
        duties.assign(conn, Charge(people[0], "general", OPEN), where)
    roles = ("first", "second", "rota")

    def charge(chief, role):
        with transaction(town) as conn:
            return duties.assign(conn, Charge(chief, role, OPEN), along(conn, "横100路"))

    def hand_over():
        with transaction(town) as conn:
            return duties.hand_over(conn, Handover(people[0], people[1], DAY + timedelta(9)))

    def split():
        with transaction(town) as conn:
            return editing.split(conn, segment, 30)

    works = [partial(charge, *who) for who in zip(people[1:], roles, strict=True)]
    done = at_once([*works, split, hand_over])
    assert not [one for one in done if isinstance(one, psycopg.Error)], done
    with transaction(town) as conn:
        metres = dict(conn.execute(
            "select role, sum(to_m - from_m) from duty where valid_to = 'infinity' group by role"
        ).fetchall())  # fmt: skip
        beyond = conn.execute(
            "select count(*) from duty join segment on segment.id = segment_id"
            " where to_m > length_m + 0.001"
        ).fetchone()
    assert beyond == (0,)
    assert metres == {role: pytest.approx(1680, abs=0.1) for role in ("general", *roles)}
