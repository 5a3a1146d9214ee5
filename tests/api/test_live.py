"""The stream of changes of a real service: nobody misses one, nobody hears one twice."""

import json
import random
import socket
import threading
import time
import urllib.error
import urllib.request
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
import pytest
from processes import Listener, free_port, service, until
from pydantic import TypeAdapter

from api.answers.live import LiveChange
from geo.store import cluster, migrate, waking
from geo.store.changes import prune

CENTRE = (595_200.0, 3_430_200.0)
QUIET_S = 0.5
KILL = """
select pg_terminate_backend(pid) from pg_stat_activity
where datname = current_database() and application_name = 'luge watch'
"""
HUSHED = """
select last_value - 500 > extract(epoch from clock_timestamp()) * 1000 from change_watch
"""
FLOOD = """
insert into incident (external_id, class, address, reported_at, geom)
select gen_random_uuid(), 'c', %s || n || %s, now(), st_setsrid(st_makepoint(595200, 3430200), 4549)
from generate_series(1, 100) n
"""


@pytest.fixture(scope="module")
def place(template_url, make_module_database):
    """A district with two areas side by side; the tests of this module write to it in turns."""
    url = make_module_database(template_url(4549))
    settle(url)
    return url


def settle(url):
    with psycopg.connect(url) as conn:
        conn.execute("insert into setting (name, code, srid) values ('试验区', '319902', 4549)")
        for n, code in enumerate(("319902001000", "319902002000")):
            conn.execute(
                "insert into area (level, code, name, geom) values ('street', %s, %s, st_multi("
                "st_makeenvelope(%s, 3430000, %s, 3430400, 4549)))",
                [code, code, 595_000 + 400 * n, 595_400 + 400 * n],
            )


@pytest.fixture(scope="module")
def port(place):
    with service(place) as port:
        yield port


def add(conn, mark, at=CENTRE):
    conn.execute(
        "insert into incident (external_id, class, address, reported_at, geom)"
        " values (%s, 'c', %s, now(), st_setsrid(st_makepoint(%s, %s), 4549))",
        [f"{mark}-{random.getrandbits(64)}", mark, *at],
    )


@contextmanager
def writing(url):
    with psycopg.connect(url, autocommit=True) as conn:
        yield conn


def hear_all(listeners, marks):
    """Waits until all have heard of all, and a while longer for what should not come."""
    for listener in listeners:
        until(lambda heard=listener: len(heard.addresses()) >= len(marks))
    time.sleep(QUIET_S)
    for listener in listeners:
        assert sorted(listener.addresses()) == sorted(marks)


def test_a_change_says_what_it_is(place, port):
    with Listener(port, "layers=incidents") as listener, writing(place) as conn:
        add(conn, "new")
        until(lambda: listener.addresses() == ["new"])
        conn.execute("update incident set status = 'filed' where address = 'new'")
        until(lambda: len(listener.heard()) == 2)
        conn.execute("delete from incident where address = 'new'")
        until(lambda: len(listener.heard()) == 3)
    declared = TypeAdapter(LiveChange)
    new, moved, gone = (declared.validate_python(event) for event in listener.heard())
    assert [event["op"] for event in listener.heard()] == ["insert", "update", "delete"]
    assert (new["layer"], new["feature"]["class"], new["feature"]["open"]) == (
        "incidents",
        "c",
        True,
    )
    assert moved["feature"]["status"] == "filed"
    assert "feature" not in gone
    assert gone["id"] == new["id"]
    for event in (new, moved, gone):
        assert list(event["box"]) == pytest.approx([new["lon"], new["lat"]] * 2, abs=1e-6)


def test_many_rows_are_one_event(place, port):
    with Listener(port, "layers=stations") as listener, writing(place) as conn:

        def told():
            # What is derived from them is told as well, when it is made anew.
            return [event for event in listener.heard("many") if event["layer"] == "stations"]

        conn.execute(
            "insert into station (external_id, name, tier, geom) select 'many' || n, 'x', 'other',"
            " st_setsrid(st_makepoint(595000 + n, 3430000), 4549) from generate_series(1, 501) n"
        )
        until(told)
        conn.execute("truncate station cascade")
        until(lambda: len(told()) == 2)
        filled, emptied = map(TypeAdapter(LiveChange).validate_python, told())
    assert filled["op"] == "insert"
    west, south, east, north = filled["box"]
    assert 119 < west < east < 123
    assert 30 < south <= north < 33
    assert emptied["box"] is None
    assert not listener.heard()


def test_what_nobody_may_see_is_not_sent(place, port):
    with Listener(port, "layers=merchants") as listener, writing(place) as conn:
        conn.execute(
            "insert into merchant (external_id, name, phone, credit, geom) values"
            " ('m', 'x', '13900000000', 60, st_setsrid(st_makepoint(595000, 3430000), 4549))"
        )
        until(listener.heard)
        conn.execute("delete from merchant")
    text = json.dumps(listener.events)
    assert "13900000000" not in text
    assert "credit" not in text


def test_layers_boxes_and_areas_are_told_apart(place, port):
    other = (CENTRE[0] + 400, CENTRE[1])
    with ExitStack() as stack:

        def listen(query):
            return stack.enter_context(Listener(port, f"layers=incidents{query}"))

        conn = stack.enter_context(writing(place))
        west, east = listen("&area=319902001000"), listen("&area=319902002000")
        box, all_ = listen("&box=120.99,30.9,121.0,31.1"), listen("")
        stations = stack.enter_context(Listener(port, "layers=stations"))
        add(conn, "west")
        add(conn, "east", other)
        hear_all([all_], ["west", "east"])
        hear_all([west], ["west"])
        hear_all([east], ["east"])
        conn.execute("update incident set geom = st_translate(geom, 400, 0) where address = 'west'")
        until(lambda: len(all_.heard()) == 4)
        until(lambda: len(west.heard()) == 2)  # it left
        until(lambda: len(east.heard()) == 2)  # it came
        conn.execute("delete from incident where address = 'west'")
        until(lambda: len(east.heard()) == 3)
        until(lambda: len(all_.heard()) == 5)
        time.sleep(QUIET_S)
        assert len(west.heard()) == 2
        assert not stations.heard()
        conn.execute("update area set households = 5 where code = '319902001000'")
        time.sleep(QUIET_S)
        assert not west.heard("reset")
        conn.execute(
            "update area set geom = st_multi(st_buffer(geom, 9)) where code = '319902001000'"
        )
        until(lambda: west.heard("reset"))
        assert not east.heard("reset")
        assert {e["seq"] for e in box.heard()} <= {e["seq"] for e in all_.heard()}


def test_clients_that_come_and_go_miss_nothing_and_hear_nothing_twice(place, port):
    """Connections break in the middle of batches, while writers write at once."""
    marks = [f"go-{n}" for n in range(300)]

    def write(mine):
        with writing(place) as conn:
            for mark in mine:
                add(conn, mark)

    with ExitStack() as stack:
        listeners = [stack.enter_context(Listener(port, "layers=incidents")) for _ in range(6)]
        writers = [threading.Thread(target=write, args=(marks[n::3],)) for n in range(3)]
        for writer in writers:
            writer.start()
        for _ in range(20):
            time.sleep(0.05)
            random.choice(listeners[1:]).break_off()
        for writer in writers:
            writer.join()
        hear_all(listeners, marks)
        assert sum(listener.connections for listener in listeners) > 10


def test_one_that_commits_late_is_heard_and_holds_up_nobody(place, port):
    with Listener(port, "layers=incidents") as stays, psycopg.connect(place) as slow:
        add(slow, "slow")
        with writing(place) as conn:
            for n in range(5):
                add(conn, f"quick{n}")
        quick = [f"quick{n}" for n in range(5)]
        hear_all([stays], quick)
        cursor = stays.cursor
        with Listener(port, "layers=incidents", cursor) as late:
            slow.commit()
            hear_all([stays], [*quick, "slow"])
            hear_all([late], ["slow"])
        with Listener(port, "layers=incidents", cursor) as later:
            hear_all([later], ["slow"])


def test_one_that_was_hushed_and_commits_late_is_heard_at_once(place, port):
    """It did not call, so much was going on; nothing is any more when it commits."""
    with (
        Listener(port, "layers=incidents") as listener,
        writing(place) as conn,
        psycopg.connect(place) as slow,
    ):
        until(lambda: add(conn, "much") or conn.execute(HUSHED).fetchone()[0])
        add(slow, "hushed")
        time.sleep(waking.AWAKE_S + 1.5)
        slow.commit()
        begin = time.monotonic()
        until(lambda: "hushed" in listener.addresses())
        assert time.monotonic() - begin < waking.LOOK_EVERY_S / 2
        time.sleep(waking.HUSH_MS / 1000)
        begin = time.monotonic()
        add(conn, "called")
        until(lambda: "called" in listener.addresses())
        assert time.monotonic() - begin < waking.LOOK_EVERY_S / 2


def test_the_listening_connection_is_killed(place, port):
    marks = []
    with ExitStack() as stack:
        listeners = [stack.enter_context(Listener(port, "layers=incidents")) for _ in range(4)]
        conn = stack.enter_context(writing(place))
        for turn in range(3):
            until(lambda: conn.execute(KILL).fetchone())
            for n in range(5):
                marks.append(f"kill{turn}-{n}")
                add(conn, marks[-1])
        hear_all(listeners, marks)
        assert all(listener.connections == 1 for listener in listeners)


def test_cursors_that_are_of_no_use_get_a_reset_and_then_go_on(place, port):
    with Listener(port) as young:
        cursor = young.cursor
    epoch = cursor.split(".")[0]
    for bad in ("nonsense", f"0{epoch}.ff-1", f"{epoch}.1-ffffffffffff", "x" * 4000):
        with Listener(port, "layers=incidents", bad) as listener, writing(place) as conn:
            assert [name for name, _ in listener.events] == ["reset"], bad
            add(conn, "after")
            hear_all([listener], ["after"])


def test_a_cursor_older_than_the_log_gets_a_reset(db, until_older_are_over):
    settle(db)
    with service(db) as port, Listener(port, "layers=incidents") as listener:
        old = listener.cursor
    with writing(db) as conn:
        for n in range(5):
            add(conn, f"cut{n}")
        until_older_are_over(db)
        prune(conn, keep=2)
    with service(db) as port:
        with Listener(port, "layers=incidents", old) as late:
            assert [name for name, _ in late.events] == ["reset"]
            young = late.cursor
        with Listener(port, "layers=incidents", young) as again:
            assert [name for name, _ in again.events] == ["ready"]


def test_the_service_is_started_again(place):
    marks = [f"again{n}" for n in range(30)]
    port = free_port()
    with ExitStack() as stack:
        with service(place, port):
            listeners = [stack.enter_context(Listener(port, "layers=incidents")) for _ in range(4)]
            with writing(place) as conn:
                for mark in marks[:10]:
                    add(conn, mark)
        with writing(place) as conn:
            for mark in marks[10:20]:
                add(conn, mark)
        stack.enter_context(service(place, port))
        with writing(place) as conn:
            for mark in marks[20:]:
                add(conn, mark)
        hear_all(listeners, marks)
        assert not any(listener.heard("reset") for listener in listeners)


def test_a_client_of_one_process_goes_on_at_another(place, port):
    with service(place) as other, writing(place) as conn:
        with Listener(port, "layers=incidents") as first:
            add(conn, "one")
            hear_all([first], ["one"])
            cursor = first.cursor
        with Listener(other, "layers=incidents", cursor) as second:
            add(conn, "two")
            hear_all([second], ["two"])


def test_a_client_that_takes_nothing_is_reset_and_holds_up_nobody(place, port):
    with (
        socket.create_connection(("127.0.0.1", port)) as slow,
        Listener(port, "layers=incidents") as quick,
        writing(place) as conn,
    ):
        slow.sendall(b"GET /api/live?layers=incidents HTTP/1.1\r\nHost: localhost\r\n\r\n")
        until(lambda: b"ready" in slow.recv(4096, socket.MSG_PEEK))
        took = []
        for n in range(80):
            begin = time.monotonic()
            conn.execute(FLOOD, [f"{n}-", "x" * 3_000])
            took.append(time.monotonic() - begin)
        until(lambda: len(quick.addresses()) == 8_000)
        assert quick.connections == 1
        assert not quick.heard("reset")
        assert sorted(took)[40] < 1
        slow.settimeout(20)
        rest = b""
        while b"event: reset" not in rest:
            part = slow.recv(1 << 20)
            assert part, "the connection ended without a reset"
            rest = rest[-100:] + part
        add(conn, "and on")
        while b"and on" not in rest:
            rest = rest[-100:] + slow.recv(1 << 20)


def test_the_database_is_started_again(tmp_path_factory):
    """On a server of its own, because everybody's connections go."""
    home = Path(__file__).parents[2] / ".luge" / "test-restart"
    url = cluster.start(home, fast=True)
    try:
        with psycopg.connect(url, autocommit=True) as conn:
            conn.execute("drop database if exists again with (force)")
            conn.execute("create database again")
        url = url.replace(f"/{cluster.DATABASE}?", "/again?", 1)
        migrate.migrate(url, 4549)
        with writing(url) as conn:
            conn.execute("insert into setting (name, code, srid) values ('x', '319902', 4549)")
        with service(url) as port, ExitStack() as stack:
            listeners = [stack.enter_context(Listener(port, "layers=incidents")) for _ in range(4)]
            marks = []
            for turn in range(2):
                for n in range(5):
                    with writing(url) as conn:
                        marks.append(f"re{turn}-{n}")
                        add(conn, marks[-1])
                cluster.stop(home)
                listeners[turn].break_off()
                time.sleep(0.3)
                cluster.start(home, fast=True)
                with writing(url) as conn:
                    marks.append(f"up{turn}")
                    add(conn, marks[-1])
            hear_all(listeners, marks)
            assert not any(listener.heard("reset") for listener in listeners)
    finally:
        cluster.stop(home)


@pytest.mark.parametrize(
    ("query", "status"),
    [("layers=nonsense", 400), ("box=1,2,3", 400), ("box=5,5,1,1", 400), ("area=nowhere", 404)],
)
def test_what_cannot_be_listened_to_is_refused(port, query, status):
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/api/live?{query}", timeout=10)
    with refused.value:
        assert refused.value.code == status
