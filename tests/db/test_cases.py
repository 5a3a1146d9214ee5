"""Cases in the database: one state, one history, whoever writes at once and however often."""

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo import cases as loop
from geo.store import cases
from geo.store.cases import By, Expected, Filter, Report
from geo.store.database import LOCAL, Reader, transaction

SRID = "EPSG:4549"
HERE = Report("shop sign", 595_100.0, 3_430_100.0, SRID, description="a sign that hangs loose")
PUBLIC = Reader("public")
NEWEST = ("infinity", 0)
NOBODY = By()


def file(url, report=HERE, by=NOBODY):
    with transaction(url) as conn:
        return cases.file(conn, report, by)


def move(url, code, action, by=NOBODY, expected=cases.WHATEVER):
    with transaction(url) as conn:
        cases.move(conn, code, action, by, expected)


def read(url, code, reader=LOCAL):
    with transaction(url) as conn:
        return cases.read(conn, code, reader)


def near(url, code):
    with transaction(url) as conn:
        return [found["code"] for found in cases.near(conn, read(url, code)["id"])]


def test_a_case_goes_round_the_loop(town):
    code = file(town, by=By("Ann", "seen from the street"))
    assert read(town, code)["block"] is None or read(town, code)["road"]
    for action in ("file", "dispatch", "handle", "feedback", "verify"):
        move(town, code, action, By("Ben"))
    case = read(town, code)
    assert (case["status"], case["version"], case["actions"]) == (
        "closed", 6, ("evaluate", "rework")
    )  # fmt: skip
    assert case["reported_at"] <= case["handled_at"] <= case["closed_at"]
    assert [step["step"] for step in case["steps"]] == [
        "collect", "file", "dispatch", "handle", "feedback", "verify"
    ]  # fmt: skip
    assert case["steps"][0]["note"] == "seen from the street"
    move(town, code, "rework")
    assert read(town, code)["closed_at"] is None


def test_names_in_the_history_need_the_right(town):
    code = file(town, by=By("Ann"))
    assert read(town, code)["steps"][0]["actor"] == "Ann"
    assert read(town, code, PUBLIC)["steps"][0]["actor"] is None


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(actions=st.lists(st.sampled_from(sorted(loop.ACTIONS)), max_size=8))
def test_any_sequence_leaves_the_state_that_the_history_tells(empty_town, actions):
    code = file(empty_town)
    for action in actions:
        before = read(empty_town, code)
        if action in before["actions"]:
            move(empty_town, code, action)
            continue
        with pytest.raises(cases.CaseMoved) as refused:
            move(empty_town, code, action)
        assert read(empty_town, code) == before
        assert refused.value.now["status"] == before["status"]
    case = read(empty_town, code)
    assert loop.replay(step["step"] for step in case["steps"]) == case["status"]
    assert case["steps"][-1]["status"] == case["status"]
    assert [step["seq"] for step in case["steps"]] == list(range(1, case["version"] + 1))


def test_of_many_who_take_a_case_at_once_one_has_it(empty_town):
    code = file(empty_town)
    move(empty_town, code, "file")

    def take(who):
        try:
            move(empty_town, code, "dispatch", By(who))
        except cases.CaseMoved:
            return 0
        return 1

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(take, map(str, range(8)))) == 1
    assert read(empty_town, code)["version"] == 3


def test_many_who_file_at_once_get_numbers_of_their_own(empty_town):
    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(lambda _: file(empty_town), range(40)))
    assert len(set(codes)) == 40
    assert {code[:-5] for code in codes} == {codes[0][:-5]}
    assert sorted(int(code[-5:]) for code in codes) == list(range(1, 41))


def test_a_number_that_an_import_brought_is_not_given(empty_town):
    first = file(empty_town)
    second = f"{first[:-5]}{2:05d}"
    with transaction(empty_town) as conn:
        conn.execute(
            "insert into incident (external_id, class, reported_at, geom)"
            " select %s, class, reported_at, geom from incident",
            [second],
        )
    assert file(empty_town)[-5:] == "00003"


def test_a_request_sent_again_is_done_once(empty_town):
    code = file(empty_town, by=By(key="k1"))
    assert file(empty_town, by=By(key="k1")) == code
    for _ in range(3):
        move(empty_town, code, "file", By(key="k2"))
    assert read(empty_town, code)["version"] == 2
    with pytest.raises(cases.KeyReused, match="k2"):
        move(empty_town, code, "dispatch", By(key="k2"))


def test_a_request_sent_many_times_at_once_is_done_once(empty_town):
    with ThreadPoolExecutor(8) as pool:
        codes = set(pool.map(lambda _: file(empty_town, by=By(key="k")), range(8)))
    assert len(codes) == 1
    with transaction(empty_town) as conn:
        assert conn.execute("select count(*) from incident").fetchone() == (1,)


def test_a_refused_request_may_be_sent_again(empty_town):
    code = file(empty_town)
    with pytest.raises(cases.CaseMoved):
        move(empty_town, code, "dispatch", By(key="k"))
    move(empty_town, code, "file")
    move(empty_town, code, "dispatch", By(key="k"))
    assert read(empty_town, code)["status"] == "dispatched"


def test_who_saw_another_state_is_told_what_holds(empty_town):
    code = file(empty_town)
    move(empty_town, code, "file")
    with pytest.raises(cases.CaseChanged) as changed:
        move(empty_town, code, "dispatch", expected=Expected(version=1))
    assert changed.value.now == {
        "status": "filed", "version": 2, "actions": ("dispatch", "cancel")
    }  # fmt: skip
    with pytest.raises(cases.CaseMoved, match="not reported"):
        move(empty_town, code, "dispatch", expected=Expected(status="reported"))
    move(empty_town, code, "dispatch", expected=Expected("filed", 2))


@pytest.mark.parametrize(
    "statement",
    [
        "update incident_step set note = 'x'",
        "delete from incident_step",
        "truncate incident_step",
        "delete from incident",
    ],
)
def test_history_is_only_added_to(empty_town, statement):
    file(empty_town)
    with (
        pytest.raises(psycopg.errors.RestrictViolation, match="only ever added"),
        transaction(empty_town) as conn,
    ):
        conn.execute(statement)


def test_near_duplicates_are_open_near_recent_and_of_the_class(empty_town):
    moved = {
        "same": HERE,
        "30 m off": HERE._replace(x=HERE.x + 30),
        "60 m off": HERE._replace(x=HERE.x + 60),
        "another class": HERE._replace(class_="litter"),
        "ended": HERE._replace(x=HERE.x + 1),
        "old": HERE._replace(x=HERE.x + 2),
    }
    codes = {name: file(empty_town, report) for name, report in moved.items()}
    move(empty_town, codes["ended"], "cancel")
    with transaction(empty_town) as conn:
        conn.execute(
            "update incident set reported_at = now() - interval '25 hours'"
            " where external_id = %s", [codes["old"]],
        )  # fmt: skip
    assert near(empty_town, file(empty_town)) == [codes["same"], codes["30 m off"]]


def test_a_place_outside_is_refused_with_the_distance(town):
    file(town)
    with pytest.raises(cases.OutsideDistrict, match=r"\d km outside .* x\?"):
        file(town, HERE._replace(x=HERE.x + 9_000))
    with pytest.raises(cases.OutsideDistrict):
        file(town, Report("c", 121.5, 31.2, "wgs84"))


def test_links_are_those_of_the_trigger(town):
    case = read(town, file(town))
    with transaction(town) as conn:
        row = conn.execute(
            "select block.code from incident left join block on block.id = block_at(incident.geom)"
        ).fetchone()
    assert case["block"] == row[0]
    assert case["side"] in ("L", "R", None)


def pages(url, chosen, limit=3):
    after = NEWEST
    while True:
        with transaction(url) as conn:
            found = cases.page(conn, chosen, after, limit, LOCAL)
        yield from found
        if len(found) < limit:
            return
        after = (found[-1]["reported_at"].isoformat(), found[-1]["id"])


def test_pages_hold_every_case_once_and_filters_choose(town):
    codes = [file(town, HERE._replace(class_=f"c{n % 2}", address=f"No. {n}%")) for n in range(10)]
    for code in codes[:4]:
        move(town, code, "file")
    with transaction(town) as conn:
        conn.execute("update incident set due_at = now() - interval '1 hour' where id % 5 = 0")
    every = [case["code"] for case in pages(town, Filter())]
    assert every == codes[::-1]

    def chosen(**asked):
        return {case["code"] for case in pages(town, Filter(**asked))}

    assert chosen(status=("filed",)) == set(codes[:4])
    assert chosen(status=("filed", "reported")) == set(codes)
    assert chosen(class_="c1") == set(codes[1::2])
    assert len(chosen(late=True)) == 2
    assert chosen(late=True) | chosen(late=False) == set(codes)
    assert chosen(text="no. 3%") == {codes[3]}
    assert chosen(text="%") == set(codes)
    assert chosen(text="_") == set()


def test_an_area_is_asked_with_all_that_lies_in_it(sample_url):
    with transaction(sample_url) as conn:
        areas = conn.execute(
            "select level, code from area where level in ('district', 'street') order by id"
        ).fetchall()
        found = {
            code: {c["code"] for c in cases.page(conn, Filter(area=code), NEWEST, 200, LOCAL)}
            for _, code in areas
        }
        street = next(code for level, code in areas if level == "street")
        expected = conn.execute(
            "select external_id from incident join block on block.id = block_id"
            " join area on area.id = block.area_id join area up on up.id = area.parent_id"
            " where up.code = %s order by reported_at desc, incident.id desc limit 200",
            [street],
        ).fetchall()
    assert found[street] == {code for (code,) in expected}
    assert all(found.values())
