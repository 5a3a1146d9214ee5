"""More tiles are asked for than can be drawn: everything else goes on, and no work is left behind.

The service is a process of its own, and its clients hold connections of their own. A lock on the
table of merchants makes every query for their tiles wait.
"""

import asyncio
import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest
from loops import run
from test_fresh import path_of, tile_at, town, until  # noqa: F401 (town is a fixture)

from geo.store.tiles import Tile

ROOT = Path(__file__).parents[2]
LUGE = [sys.executable, "-c", "from api.cli import main; main()"]
POOL = 3
# Statements of this database that wait for the lock.
WAITING = """
select count(*) from pg_stat_activity
where datname = current_database() and wait_event_type = 'Lock' and query like '%st_asmvt%'
"""


class Answer(NamedTuple):
    status: int
    head: str
    body: bytes


class Service(NamedTuple):
    port: int
    url: str

    async def ask(self, path, method="GET", body=b""):
        """The answer to a request on a connection of its own."""
        reader, writer = await self.open(path, method, body)
        answer = await reader.read()
        await hang_up(writer)
        head, _, rest = answer.partition(b"\r\n\r\n")
        return Answer(int(head.split()[1]), head.decode().lower(), rest)

    async def open(self, path, method="GET", body=b""):
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nConnection: close\r\n"
        head += f"Content-Type: application/octet-stream\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
        return reader, writer


@contextmanager
def serving(url, home, tile_timeout_ms):
    """`luge serve` with a small pool for tiles."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = {
        "LUGE_DATABASE_URL": url, "LUGE_HOME": str(home), "LUGE_TILE_POOL_SIZE": str(POOL),
        "LUGE_TILE_TIMEOUT_MS": str(tile_timeout_ms),
    }  # fmt: skip
    command = [*LUGE, "serve", "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | settings)
    try:
        until(lambda: process.poll() is None and _listens(port))
        yield Service(port, url)
    finally:
        process.terminate()
        process.wait(60)


def _listens(port):
    with suppress(OSError):
        socket.create_connection(("127.0.0.1", port)).close()
        return True
    return False


@contextmanager
def locked(url):
    """Inside, queries for merchants wait; gives a function that counts those that do."""
    with psycopg.connect(url) as lock, psycopg.connect(url, autocommit=True) as conn:
        lock.execute("lock table merchant in access exclusive mode")
        yield lambda: conn.execute(WAITING).fetchone()[0]


def tiles_around(url, count):
    corner = tile_at(url, "merchants", 17)
    return [
        path_of("merchants", Tile(17, corner.x + n % 20, corner.y + n // 20)) for n in range(count)
    ]


async def eventually(holds):
    """`until`, while the event loop goes on."""
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        await asyncio.sleep(0.02)


async def hang_up(writer):
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()


def is_problem(answer):
    return answer.status == 503 and "content-type: application/problem+json" in answer.head


def test_a_flood_of_tiles_leaves_writes_and_other_routes_alone(town, tmp_path):  # noqa: F811
    paths = tiles_around(town, 400)

    async def flood(service):
        with locked(town) as waiting:
            asked = [asyncio.create_task(service.ask(path)) for path in paths]
            await eventually(lambda: waiting() == POOL)
            written = await service.ask("/api/imports?kind=stations&name=a.csv", "POST", b"a,b\n")
            assert written.status == 201
            assert (await service.ask("/api/layers")).status == 200
            write(town)
            # Some have waited too long for the database, some found no room to wait.
            await eventually(lambda: sum(task.done() for task in asked) > 400 - 64 * POOL)
            assert all(is_problem(task.result()) for task in asked if task.done())
            assert (await service.ask("/api/imports")).status == 200
        rest = await asyncio.gather(*asked)
        assert {answer.status for answer in rest} <= {200, 204, 503}
        assert {(await service.ask(path)).status for path in paths[:40]} <= {200, 204}

    with serving(town, tmp_path, tile_timeout_ms=500) as service:
        run(flood(service))


def write(url):
    with psycopg.connect(url) as conn:
        conn.execute("update station set name = '改名站' where id = (select min(id) from station)")


def test_queries_of_clients_that_left_are_cancelled(town, tmp_path):  # noqa: F811
    paths = tiles_around(town, 40)

    async def leave(service):
        with locked(town) as waiting:
            opened = [await service.open(path) for path in paths]
            await eventually(lambda: waiting() == POOL)
            # Those that queue leave first: a cancellation that comes before its statement has begun
            # is lost on the server, and only the statement's timeout would end that one.
            for _, writer in reversed(opened):
                await hang_up(writer)
            await eventually(lambda: waiting() == 0)
        assert (await service.ask(paths[0])).status == 200

    with serving(town, tmp_path, tile_timeout_ms=600_000) as service:
        run(leave(service))


def test_one_leaves_and_the_others_get_their_tile(town, tmp_path):  # noqa: F811
    path = tiles_around(town, 1)[0]

    async def leave(service):
        with locked(town) as waiting:
            opened = [await service.open(path) for _ in range(5)]
            await eventually(lambda: waiting() == 1)
            await hang_up(opened[0][1])
            # An answer to a later request: the service has noticed who left.
            assert (await service.ask("/api/imports")).status == 200
            assert waiting() == 1
        answers = [await reader.read() for reader, _ in opened[1:]]
        for _, writer in opened[1:]:
            await hang_up(writer)
        assert all(answer.startswith(b"HTTP/1.1 200 ") for answer in answers)

    with serving(town, tmp_path, tile_timeout_ms=600_000) as service:
        run(leave(service))


@pytest.mark.parametrize("many", [50])
def test_many_who_ask_at_once_are_one_query(town, tmp_path, many):  # noqa: F811
    path = tiles_around(town, 1)[0]
    scans = "select sum(idx_scan) from pg_stat_user_indexes where relname = 'merchant'"
    # Who leaves tells last of all what they have scanned.
    others = """select count(*) from pg_stat_activity where datname = current_database()
                and backend_type = 'client backend' and pid <> pg_backend_pid()"""

    async def ask(service, conn):
        with locked(town) as waiting:
            before = conn.execute(scans).fetchone()[0]
            asked = [asyncio.create_task(service.ask(path)) for _ in range(many)]
            await eventually(lambda: waiting() == 1)
            # A tile of another layer, asked after them, is answered: they have been taken up.
            other = path_of("stations", tile_at(town, "stations", 17))
            assert (await service.ask(other)).status == 200
            assert waiting() == 1
        answers = await asyncio.gather(*asked)
        assert {answer.status for answer in answers} == {200}
        assert len({answer.body for answer in answers}) == 1
        await eventually(lambda: conn.execute(scans).fetchone()[0] > before)
        assert conn.execute(scans).fetchone()[0] == before + 1

    with psycopg.connect(town, autocommit=True) as conn:
        until(lambda: conn.execute(others).fetchone()[0] == 0)
        with serving(town, tmp_path, tile_timeout_ms=600_000) as service:
            run(ask(service, conn))
