"""The log of changes: nothing that commits is missed, whatever the order."""

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from loops import run

from geo.store import cursors
from geo.store.changes import Log, catch_up, prune, revision, revision_of, since
from geo.store.cursors import Cursor
from geo.store.database import transaction

EVERYWHERE = (-3e7, -3e7, 3e7, 3e7)


def read(url, log):
    async def once():
        async with await psycopg.AsyncConnection.connect(url, autocommit=True) as conn:
            await catch_up(conn, log)

    run(once())
    return log


def add_station(conn, code, x=0.0, y=0.0):
    conn.execute(
        "insert into station (external_id, name, tier, geom) values (%s, %s, 'other',"
        " st_setsrid(st_makepoint(500000 + %s, 3450000 + %s), 4549))",
        [code, code, x, y],
    )


def mercator(conn, code):
    row = conn.execute(
        "select st_x(tile_geom), st_y(tile_geom) from station where external_id = %s", [code]
    ).fetchone()
    return (row[0] - 1, row[1] - 1, row[0] + 1, row[1] + 1)


def test_a_change_is_seen_by_its_layer_and_place_only(empty_town):
    with transaction(empty_town) as conn:
        add_station(conn, "a")
        add_station(conn, "b", 5000)
    log = read(empty_town, Log())
    with transaction(empty_town) as conn:
        here, there = mercator(conn, "a"), mercator(conn, "b")
        before = [revision_of(log, "stations", box) for box in (here, there)]
        others = revision_of(log, "merchants")
        conn.execute("update station set name = 'B' where external_id = 'b'")
    read(empty_town, log)
    assert revision_of(log, "stations", here) == before[0]
    assert revision_of(log, "stations", there) != before[1]
    assert revision_of(log, "merchants") == others


def test_what_moves_changes_where_it_was_and_where_it_is_and_not_between(empty_town):
    with transaction(empty_town) as conn:
        add_station(conn, "a")
        add_station(conn, "middle", 5000)
        was, between = mercator(conn, "a"), mercator(conn, "middle")
    log = read(empty_town, Log())
    before = [revision_of(log, "stations", box) for box in (was, between)]
    with transaction(empty_town) as conn:
        conn.execute(
            "update station set geom = st_translate(geom, 10000, 0) where external_id = 'a'"
        )
        now = mercator(conn, "a")
    empty = revision_of(log, "stations", now)
    read(empty_town, log)
    assert revision_of(log, "stations", was) != before[0]
    assert revision_of(log, "stations", between) == before[1]
    assert revision_of(log, "stations", now) != empty


def test_one_that_commits_late_is_not_missed(empty_town):
    log = Log()
    with psycopg.connect(empty_town) as slow:
        add_station(slow, "slow")  # takes its number now and commits last
        with transaction(empty_town) as conn:
            add_station(conn, "quick")
        quick = revision_of(read(empty_town, log), "stations")
        slow.commit()
    late = revision_of(read(empty_town, log), "stations")
    assert late != quick
    with transaction(empty_town) as conn:
        assert revision(conn, "stations") == late


def test_rolled_back_is_no_change(empty_town):
    log = read(empty_town, Log())
    before = revision_of(log, "stations")
    with psycopg.connect(empty_town) as conn:
        add_station(conn, "never")
        conn.rollback()
    assert revision_of(read(empty_town, log), "stations") == before


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(st.tuples(st.integers(0, 2), st.sampled_from("wcr")), min_size=1, max_size=12)
)
def test_readers_that_read_at_different_times_agree(empty_town, steps):
    """Three writers write (w), commit (c) or roll back (r) in any order; one reader looks on."""
    often, writers = Log(), [psycopg.connect(empty_town) for _ in range(3)]
    try:
        for number, (who, what) in enumerate(steps):
            if what == "w":
                writers[who].execute("insert into change (layer, op) values ('stations', 'update')")
            elif what == "c":
                writers[who].commit()
            else:
                writers[who].rollback()
            if number % 2:
                read(empty_town, often)
    finally:
        for writer in writers:
            writer.close()
    once = read(empty_town, Log())
    read(empty_town, often)
    assert revision_of(often, "stations") == revision_of(once, "stations")
    with transaction(empty_town) as conn:
        assert revision(conn, "stations") == revision_of(once, "stations")


def test_many_rows_are_one_row_of_the_log(empty_town):
    with transaction(empty_town) as conn:
        conn.execute(
            "insert into station (external_id, name, tier, geom) select n::text, 'x', 'other',"
            " st_setsrid(st_makepoint(500000 + n, 3450000), 4549) from generate_series(1, 501) n"
        )
        rows = conn.execute("select feature_id, op from change where layer = 'stations'").fetchall()
        assert rows == [(None, "insert")]
        conn.execute("delete from station where external_id::integer <= 500")
        found = conn.execute("select count(feature_id) from change where op = 'delete'").fetchone()
        assert found == (500,)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(st.tuples(st.integers(0, 2), st.sampled_from("wcrb")), min_size=1, max_size=14)
)
def test_a_reader_that_breaks_off_anywhere_hears_each_change_once(empty_town, steps):
    """Three writers write (w), commit (c), roll back (r); a reader breaks off (b) amid a batch.

    It comes back with the cursor of the last event it had, to a process that has read the log.
    """
    log = read(empty_town, Log())
    old = list(everything(log))
    cursor, heard = Cursor(cursors.parse(log.snapshot)), []
    writers = [psycopg.connect(empty_town) for _ in range(3)]
    try:
        for who, what in [*steps, (0, "c"), (1, "c"), (2, "c"), (0, "b"), (0, "b")]:
            if what == "w":
                writers[who].execute("insert into change (layer, op) values ('stations', 'update')")
            elif what == "c":
                writers[who].commit()
            elif what == "r":
                writers[who].rollback()
            else:
                coming = [news for news in since(read(empty_town, log), cursor) if news.rows]
                for n, news in enumerate(coming):
                    seq = news.rows["stations"].seq.tolist()
                    before, after = cursors.parse(news.before), cursors.parse(news.after)
                    broken = n == len(coming) - 1 and what == "b" and len(seq) > who + 1
                    heard += seq[: who + 1] if broken else seq
                    cursor = Cursor(before, after, seq[who]) if broken else Cursor(after)
        for news in since(read(empty_town, log), cursor):
            heard += news.rows["stations"].seq.tolist() if news.rows else []
    finally:
        for writer in writers:
            writer.close()
    assert sorted(old + heard) == sorted(everything(log))


def everything(log):
    return [seq for rows in log.rows.values() for seq in rows.seq.tolist()]


def test_pruning_changes_the_revision_once_and_alike_for_all(empty_town, until_older_are_over):
    old = read(empty_town, Log())
    with transaction(empty_town) as conn:
        for n in range(20):
            add_station(conn, str(n))
    read(empty_town, old)
    before = revision_of(old, "stations")
    until_older_are_over(empty_town)
    with transaction(empty_town) as conn:
        prune(conn, keep=5)
        assert conn.execute("select count(*) from change").fetchone() == (5,)
    young = read(empty_town, Log())
    read(empty_town, old)
    assert revision_of(old, "stations") == revision_of(young, "stations") != before
    assert revision_of(old, "stations", EVERYWHERE) == revision_of(young, "stations", EVERYWHERE)


def test_a_log_that_is_cut_misleads_no_reader(empty_town, until_older_are_over):
    reader, late = read(empty_town, Log(hearing=True)), read(empty_town, Log(hearing=True))
    for n in range(3):
        with transaction(empty_town) as conn:
            for i in range(4):
                add_station(conn, f"{n}-{i}")
        read(empty_town, reader)
        until_older_are_over(empty_town)
        with transaction(empty_town) as conn:
            prune(conn, keep=5)
    read(empty_town, reader)
    assert sum(len(rows.seq) for rows in reader.rows.values()) < 12
    heard = [seq for news in reader.news for seq in news.rows["stations"].seq.tolist()]
    assert len(heard) == len(set(heard)) == 12
    assert not any(news.lost for news in reader.news)
    read(empty_town, late)
    assert [news.lost for news in late.news] == [True]
    assert revision_of(late, "stations") == revision_of(reader, "stations")


@pytest.mark.parametrize(
    ("statement", "layer"),
    [
        ("update setting set name = 'other'", "setting"),
        ("truncate station cascade", "stations"),
        ("insert into road (name, kind) values ('x', 'road')", "named_roads"),
        ("insert into grid_system (code, name, name_en) values ('x', 'x', 'x')", "grids"),
    ],
)
def test_what_says_something_of_many_features_changes_them_all(empty_town, statement, layer):
    log = read(empty_town, Log())
    before = revision_of(log, layer, (0, 0, 1, 1))
    with transaction(empty_town) as conn:
        conn.execute(statement)
    assert revision_of(read(empty_town, log), layer, (0, 0, 1, 1)) != before
