"""Drafts of shares on the sample district: computed, applied as duties, or refused."""

from datetime import date, timedelta
from functools import partial

import psycopg
import pytest

from geo.store import drafts, shares
from geo.store.database import transaction
from geo.store.drafts import DayPassed, DutiesChanged, NoSuchDraft, NotReady, PostTaken, VacantPost
from geo.store.shares import Asked, NothingToShare, PlannedLater, UnknownChief, UnknownLock

DAY = date(2100, 1, 1)
PLAIN = Asked()
HELD = """
    select segment_id, side, chief_id, from_m, to_m from duty
    where role = %s and valid_from <= %s and valid_to > %s order by 1, 2, 4
"""


@pytest.fixture(scope="module")
def computed(sample_url, make_module_database):
    """A copy of the sample district with a draft from DAY on, and its number; to be copied."""
    url = make_module_database(sample_url)
    made = compute(url)
    assert read(url, made)["error"] is None
    return url, made


@pytest.fixture
def drafted(computed, make_database):
    """A database of one's own with the draft, and its number."""
    url, made = computed
    return make_database(url), made


def compute(url, asked=PLAIN, day=DAY, seed=0):
    with transaction(url) as conn:
        made = drafts.make(conn, asked, day, seed)
    drafts.compute(partial(transaction, url), made)
    return made


def read(url, made):
    with transaction(url) as conn:
        return drafts.read(conn, made)


def held(url, day, role="second"):
    with psycopg.connect(url) as conn:
        return conn.execute(HELD, (role, day, day)).fetchall()


def test_it_beats_the_present_shares_of_the_sample_clearly(computed):
    """2.65 × the mean comes down to 1.05, three whole shares of thirty up to all but three."""
    figures = read(*computed)["figures"]
    before, after = figures["before"], figures["after"]
    assert before["most"] > 2.5
    assert after["most"] < 1.08
    assert after["variation"] < before["variation"] / 8
    assert before["connected"] <= 4
    # Three bits of the network lie apart from the rest, and no share could be whole with them.
    assert after["connected"] >= after["shares"] - 3
    assert all(gap["why"] == "network" for gap in figures["gaps"])
    assert figures["changed"] < 0.45 * figures["stretches"]


def test_the_figures_are_those_of_the_tables(computed):
    """Metres, doors and cases by one line of SQL each."""
    url, made = computed
    draft = read(url, made)
    with psycopg.connect(url) as conn:
        metres = dict(conn.execute(
            "select chief_id, sum(to_m - from_m) from duty where role = 'second' group by 1"
        ).fetchall())  # fmt: skip
        doors = dict(conn.execute(
            "select chief_id, count(*) from merchant join duty using (segment_id, side)"
            " where role = 'second' group by 1"
        ).fetchall())  # fmt: skip
    assert {c["id"]: c["metres"] for c in draft["chiefs"]} == pytest.approx(metres)
    assert {c["id"]: c["doors"] for c in draft["chiefs"]} == pytest.approx(doors)
    for name in ("metres", "doors", "cases", "load"):
        now, then = (sum(row[name] for row in draft[k]) for k in ("chiefs", "posts"))
        assert then == pytest.approx(now)


def test_the_same_seed_gives_the_same_draft(computed, make_database):
    url = make_database(computed[0])
    again = compute(url)
    posts = [{line["id"]: line["post"] for line in lines(url, n)} for n in (computed[1], again)]
    assert posts[0] == posts[1]


def lines(url, made):
    with transaction(url) as conn:
        return drafts.lines(conn, made)


def test_applied_it_is_who_has_what_from_its_day_on(drafted):
    url, made = drafted
    eve = DAY - timedelta(days=1)
    before, others = held(url, eve), held(url, DAY, "first")
    chief = {post["post"]: post["chief_id"] for post in read(url, made)["posts"]}
    wanted = {line["id"]: chief[line["post"]] for line in lines(url, made)}
    with transaction(url) as conn:
        applied = drafts.apply(conn, made)
    after = held(url, DAY)
    assert {row[0]: row[2] for row in after} == wanted
    assert len(after) == 2 * len(wanted) == applied.begun + applied.stayed
    assert all(row[3] == 0 for row in after)
    assert applied.metres_after >= applied.metres_before > 0
    assert sum(row[4] - row[3] for row in after) == pytest.approx(applied.metres_after)
    # What was stays: the day before, and every other role.
    assert held(url, eve) == before
    assert held(url, DAY, "first") == others
    assert read(url, made)["status"] == "applied"
    with transaction(url) as conn, pytest.raises(NotReady, match="applied"):
        drafts.apply(conn, made)


def test_duties_that_begin_on_the_day_itself_are_replaced(drafted):
    url, _ = drafted
    with psycopg.connect(url) as conn:
        conn.execute("update duty set valid_from = %s where role = 'second'", [DAY])
    made = compute(url)
    with transaction(url) as conn:
        applied = drafts.apply(conn, made)
    assert applied.metres_after == pytest.approx(applied.metres_before)
    assert held(url, DAY - timedelta(days=1)) == []


CHANGES = {
    "another chief": "update duty set chief_id = 56 where id = {}",
    "an end": "update duty set valid_to = '2100-06-01' where id = {}",
    "a duty gone": "delete from duty where id = {}",
    "a duty more": (
        "update duty set to_m = to_m / 2 where id = {0};"
        " insert into duty (chief_id, segment_id, side, role, from_m, to_m, valid_from)"
        " select 55, segment_id, side, role, to_m, to_m * 2, valid_from from duty where id = {0}"
    ),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_what_others_have_changed_since_is_told_and_not_overwritten(drafted, change):
    url, made = drafted
    with psycopg.connect(url) as conn:
        duty, road = conn.execute(
            "select duty.id, road.name from duty join segment on segment.id = segment_id"
            " join road on road.id = road_id where duty.role = 'second' order by duty.id limit 1"
        ).fetchone()
        conn.execute(change.format(duty))
    changed = held(url, DAY)
    with pytest.raises(DutiesChanged, match=road), transaction(url) as conn:
        drafts.apply(conn, made)
    assert held(url, DAY) == changed
    assert read(url, made)["status"] == "ready"


def test_changes_of_other_roles_do_not_matter(drafted):
    url, made = drafted
    with psycopg.connect(url) as conn:
        conn.execute("delete from duty where role = 'first'")
    with transaction(url) as conn:
        assert drafts.apply(conn, made).begun > 0


def test_a_vacant_post_is_filled_before_anything_is_applied(drafted):
    url, _ = drafted
    made = compute(url, Asked(chiefs=31))
    vacant = [p["post"] for p in read(url, made)["posts"] if p["chief_id"] is None]
    assert len(vacant) == 1
    with pytest.raises(VacantPost, match=f"post {vacant[0]}"), transaction(url) as conn:
        drafts.apply(conn, made)
    with transaction(url) as conn:
        with pytest.raises(UnknownChief):
            drafts.fill(conn, made, vacant[0], "nobody")
        with pytest.raises(PostTaken, match="LZ027"):
            drafts.fill(conn, made, vacant[0], "LZ027")
        drafts.fill(conn, made, vacant[0], "LZ004")
        with pytest.raises(PostTaken, match="no vacant post"):
            drafts.fill(conn, made, vacant[0], "LZ005")
        drafts.apply(conn, made)
    assert len({row[2] for row in held(url, DAY)}) == 31


def test_locks_are_chiefs_roads_and_stretches(drafted):
    url, _ = drafted
    with psycopg.connect(url) as conn:
        own = [row[0] for row in conn.execute(
            "select distinct segment_id from duty where chief_id = 56 and role = 'second'"
        )]  # fmt: skip
    made = compute(url, Asked(locks=("LZ056", "桂溆路", str(own[0]))))
    draft = read(url, made)
    post = {p["chief_id"]: p["post"] for p in draft["posts"]}
    now = {line["id"]: line for line in lines(url, made)}
    assert all(now[id_]["post"] == post[56] for id_ in own)
    road = [line for line in now.values() if line["road"] == "桂溆路"]
    assert road
    assert all(line["post"] == post[line["chief"]] for line in road)
    failed = read(url, compute(url, Asked(locks=("桂溆",))))
    assert failed["status"] == "failed"
    assert "桂溆路" in failed["error"]


def test_what_cannot_be_shared_is_told(drafted):
    url, _ = drafted
    with transaction(url) as conn:
        with pytest.raises(DayPassed):
            drafts.make(conn, Asked(), date(2020, 1, 1), 0)
        with pytest.raises(NoSuchDraft):
            drafts.read(conn, 4_000)
        with pytest.raises(NothingToShare, match="999"):
            shares.read(conn, Asked(area="999"), DAY)
        conn.execute("update duty set valid_from = '2101-01-01' where id in"
                     " (select id from duty where role = 'second' limit 3)")  # fmt: skip
        with pytest.raises(PlannedLater, match="2101-01-01"):
            shares.read(conn, Asked(everywhere=True), DAY)
        found = shares.read(conn, Asked(), date(2102, 1, 1))
        with pytest.raises(UnknownLock):
            shares.wishes_of(conn, found, Asked(locks=("无此路",)))
        with pytest.raises(UnknownChief, match="LZ0"):
            shares.wishes_of(conn, found, Asked(added=("LZ0077",)))


def test_parts_of_sides_count_for_who_has_them(drafted):
    """A side cut in two between two chiefs: metres and shops by chainage, and the rest nobody's."""
    url, _ = drafted
    with transaction(url) as conn:
        segment, side, length = conn.execute(
            "select segment_id, d.side, length_m from duty d join segment s on s.id = segment_id"
            " where d.role = 'second' and (select count(*) from merchant m"
            " where m.segment_id = s.id and m.side = d.side) >= 3 order by 1, 2 limit 1"
        ).fetchone()
        given = {"segment": segment, "side": side, "m": length / 2, "q": length / 4}
        conn.execute("delete from duty where segment_id = %(segment)s and side = %(side)s"
                     " and role = 'second'", given)  # fmt: skip
        conn.execute(
            "insert into duty (chief_id, segment_id, side, role, from_m, to_m, valid_from) values"
            " (55, %(segment)s, %(side)s, 'second', 0, %(q)s, '2025-01-01'),"
            " (56, %(segment)s, %(side)s, 'second', %(m)s, %(m)s + %(q)s, '2025-01-01')", given
        )  # fmt: skip
        found = shares.read(conn, Asked(), DAY)
        own = found.sides[(found.sides["segment_id"] == segment) & (found.sides["side"] == side)]
        shops = [row[0] for row in conn.execute(
            "select chainage_m from merchant where segment_id = %(segment)s and side = %(side)s",
            given,
        )]  # fmt: skip
        conn.rollback()
    rows = own.set_index("chief")
    assert rows["metres"].to_dict() == pytest.approx(
        {55: length / 4, 56: length / 4, shares.NOBODY: length / 2}
    )
    assert rows["doors"][55] == sum(c < length / 4 for c in shops)
    assert rows["doors"][56] == sum(length / 2 <= c < length * 3 / 4 for c in shops)
    assert rows["doors"].sum() == len(shops)


def test_stopped_it_keeps_the_best_so_far(drafted):
    url, _ = drafted
    with transaction(url) as conn:
        made = drafts.make(conn, Asked(), DAY, 0)

    def say(words):
        if words.done == 5:
            with transaction(url) as conn:
                drafts.stop(conn, made)

    drafts.compute(partial(transaction, url), made, say)
    draft = read(url, made)
    assert draft["status"] == "ready"
    assert not draft["figures"]["finished"]
    assert draft["done"] < draft["total"]


def test_one_whose_process_is_gone_has_failed(drafted):
    url, _ = drafted
    with transaction(url) as conn:
        made = drafts.make(conn, Asked(), DAY, 0)
        conn.execute(
            "update share_draft set beat_at = now() - interval '1 hour' where id = %s", [made]
        )
    assert read(url, made)["status"] == "failed"


def test_discarded_it_is_not_applied(drafted):
    url, made = drafted
    with transaction(url) as conn:
        drafts.discard(conn, made)
        with pytest.raises(NotReady, match="discarded"):
            drafts.apply(conn, made)
