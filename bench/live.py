"""Changes to 1 000 open streams: how late they come, and what it costs the writers.

scripts/bench live [--streams 1000] [--rate 50] [--seconds 60] [--turns 2]
scripts/bench live --calls

Each turn starts each service anew in a process of its own: Luge; Luge through ASGI alone; and a
plain Starlette StreamingResponse with a queue a client, which reads and encodes just as Luge does.
Clients are processes of their own. Every client checks that it gets every change once.
"""

import argparse
import asyncio
import multiprocessing as mp
import os
import resource
import socket
import subprocess
import sys
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import psycopg

from bench import city as cities
from bench import database

SERVERS = ("luge", "luge, ASGI alone", "StreamingResponse")
CLIENT_PROCESSES = 2
INSERT = """
insert into incident (external_id, class, address, reported_at, geom)
values (%s, 'c', %s, now(), st_setsrid(st_makepoint(%s, %s), 4549))
"""


def main() -> None:
    """Measures all in turns."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streams", type=int, default=1_000)
    parser.add_argument("--rate", type=float, default=50)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--turns", type=int, default=2)
    parser.add_argument("--only", choices=SERVERS)
    parser.add_argument("--calls", action="store_true", help="the cost of NOTIFY, in place of it")
    parser.add_argument("--serve", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(*options.serve)
        return
    city = cities.make("small")
    url = database.make(city, fast=not options.calls)
    points = cities.points(city, 100_000).tolist()
    if options.calls:
        calls(url, points)
        return
    for turn in range(options.turns):
        print(f"turn {turn + 1}, load {os.getloadavg()[0]:.1f}", flush=True)
        alone = write(url, points, options.rate, min(options.seconds, 20))
        print(f"  no service: {told(alone)}", flush=True)
        for name in SERVERS if not options.only else [options.only]:
            measure(name, url, points, options)


def measure(name: str, url: str, points: list, options: argparse.Namespace) -> None:
    """One service: writers without clients and with them, and how late clients hear."""
    with _Service(name, url) as service:
        idle = write(url, points, options.rate, min(options.seconds, 15))
        streams = _Streams(service.port, options.streams)
        streams.ready()
        cpu = service.cpu_s()
        start = time.monotonic()
        busy = write(url, points, options.rate, options.seconds, "x")
        cpu = (service.cpu_s() - cpu) / (time.monotonic() - start)
        late, missed, twice = streams.result(len(busy))
        memory = service.memory_mb()
        idle = np.concatenate([idle, write(url, points, options.rate, min(options.seconds, 15))])
        print(
            f"  {name}: insert to client ms p50 {np.percentile(late, 50):.1f},"
            f" p99 {np.percentile(late, 99):.1f}, worst {late.max():.1f};"
            f" {len(late)} heard, {missed} missed, {twice} twice; CPU {cpu:.0%};"
            f" memory {memory:.0f} MB; load {os.getloadavg()[0]:.1f}\n"
            f"    writers: no clients {told(idle)}; with clients {told(busy)}",
            flush=True,
        )


def told(ms: np.ndarray) -> str:
    """What an insert took."""
    return (
        f"p50 {np.percentile(ms, 50):.2f}, mean {ms.mean():.2f}, p99 {np.percentile(ms, 99):.2f} ms"
    )


def write(url: str, points: list, rate: float, seconds: float, mark: str = "") -> np.ndarray:
    """Inserts at a steady rate, each in its transaction; milliseconds of each."""
    taken = []
    with psycopg.connect(url, autocommit=True) as conn:
        begin = time.monotonic()
        for n in range(int(rate * seconds)):
            time.sleep(max(0.0, begin + n / rate - time.monotonic()))
            start = time.monotonic_ns()
            code = f"{mark}{n}-{start}"
            conn.execute(INSERT, [code, f"{mark}{n}@{start}", *points[n % len(points)]])
            taken.append((time.monotonic_ns() - start) / 1e6)
    return np.array(taken)


def flood(url: str, points: list, writers: int, seconds: float) -> float:
    """Commits a second of writers who never pause."""

    def one(who: int) -> int:
        n, begin = 0, time.monotonic()
        with psycopg.connect(url, autocommit=True) as conn:
            while time.monotonic() < begin + seconds:
                conn.execute(INSERT, [f"f{who}-{n}-{begin}", "", *points[n % len(points)]])
                n += 1
        return n

    with ThreadPoolExecutor(writers) as pool:
        return sum(pool.map(one, range(writers))) / seconds


def calls(url: str, points: list) -> None:
    """What calling readers costs writers who commit at once to a disk, in turns."""
    ways = {
        "a call in each commit": "begin perform pg_notify('luge_change', ''); end",
        "hushed": None,
        "no call at all": "begin null; end",
    }
    put = "create or replace function wake_readers() returns void language plpgsql as $q${}$q$"
    with psycopg.connect(url, autocommit=True) as conn, _Service(SERVERS[0], url):
        (ours,) = conn.execute(
            "select prosrc from pg_proc where proname = 'wake_readers'"
        ).fetchone()
        for turn in range(4):
            for name, body in ways.items():
                conn.execute(put.format(body or ours))
                print(f"  {name}: {flood(url, points, 4, 2.5):.0f} commits/s", flush=True)
            print(f"  turn {turn + 1}, load {os.getloadavg()[0]:.1f}", flush=True)
        conn.execute(put.format(ours))


class _Service:
    def __init__(self, name: str, url: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        command = [sys.executable, "-m", "bench.live", "--serve", name, url, str(self.port)]
        self.process = subprocess.Popen(command)

    def __enter__(self) -> "_Service":
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            time.sleep(0.1)
        raise RuntimeError("the service did not start")

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(60)

    def cpu_s(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(") ", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory_mb(self) -> float:
        pages = Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]
        return int(pages) * resource.getpagesize() / 1e6


class _Streams:
    """Clients in processes of their own."""

    def __init__(self, port: int, count: int) -> None:
        context = mp.get_context("spawn")
        self.said, self.stop = context.Queue(), context.Event()
        share = count // CLIENT_PROCESSES
        self.processes = [
            context.Process(target=_listen, args=(port, share, self.said, self.stop))
            for _ in range(CLIENT_PROCESSES)
        ]
        for process in self.processes:
            process.start()

    def ready(self) -> None:
        for _ in self.processes:
            assert self.said.get(timeout=120) == "ready"

    def result(self, written: int) -> tuple[np.ndarray, int, int]:
        time.sleep(3)
        self.stop.set()
        late, missed, twice = [], 0, 0
        for _ in self.processes:
            some, counts = self.said.get(timeout=60)
            late.append(some)
            missed += sum(written - len(heard) for heard in counts)
            twice += sum(n - 1 for heard in counts for n in heard.values())
        for process in self.processes:
            process.join()
        return np.concatenate(late), missed, twice


def _listen(port: int, count: int, said: mp.Queue, stop: object) -> None:
    import uvloop

    uvloop.run(_listen_all(port, count, said, stop))


async def _listen_all(port: int, count: int, said: mp.Queue, stop: object) -> None:
    loop = asyncio.get_running_loop()
    clients = []
    for _ in range(count):
        _, client = await loop.create_connection(_Client, "127.0.0.1", port)
        clients.append(client)
    await asyncio.gather(*(client.opened.wait() for client in clients))
    said.put("ready")
    while not stop.is_set():
        await asyncio.sleep(0.1)
    late = np.array([ms for client in clients for ms in client.late])
    said.put((late, [client.heard for client in clients]))


class _Client(asyncio.Protocol):
    """Reads events as they come; what is marked with x carries the time it was sent at."""

    def __init__(self) -> None:
        self.rest = b""
        self.late: list[float] = []
        self.heard: dict[int, int] = defaultdict(int)
        self.opened = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.write(b"GET /api/live?layers=incidents HTTP/1.1\r\nHost: localhost\r\n\r\n")

    def data_received(self, data: bytes) -> None:
        now = time.monotonic_ns()
        *events, self.rest = (self.rest + data).split(b"\n\n")
        for event in events:
            if b"event: ready" in event:
                self.opened.set()
            at = event.find(b'"address":"x')
            if at >= 0:
                number, _, sent = event[at + 12 : event.index(b'"', at + 12)].partition(b"@")
                self.heard[int(number)] += 1
                self.late.append((now - int(sent)) / 1e6)


def serve(name: str, url: str, port: str) -> None:
    """One of the services, until it is ended."""
    import uvicorn

    from api import streams
    from api.app import create_app
    from geo.store.settings import Settings

    if name == "StreamingResponse":
        app = peer(url)
    else:
        app = create_app(Settings(database_url=url))
        if name != "luge":
            streams.pipe_of = lambda scope, send: streams.Queued(send)
            import api.live

            api.live.pipe_of = streams.pipe_of
    uvicorn.run(
        app, port=int(port), log_level="error", loop="uvloop", http="httptools",
        timeout_graceful_shutdown=1,
    )  # fmt: skip


def peer(url: str) -> object:
    """Streams as one writes them with Starlette: a queue a client and a generator."""
    from contextlib import asynccontextmanager

    from starlette.applications import Starlette
    from starlette.responses import StreamingResponse
    from starlette.routing import Route

    from api import events
    from geo.store import live
    from geo.store.changes import Log
    from geo.store.watching import watch

    log, queues = Log(hearing=True), set()

    async def tell(conn: psycopg.AsyncConnection) -> None:
        while log.news:
            news = log.news.popleft()
            found = await live.features(conn, news.rows, frozenset())
            said = b"".join(event.text for event in events.write(log.epoch, news, found))
            for queue in queues:
                queue.put_nowait(said)

    async def stream(request: object) -> StreamingResponse:
        queue: asyncio.Queue[bytes] = asyncio.Queue()

        async def body():
            queues.add(queue)
            yield events.event("ready", "0", {})
            while True:
                yield await queue.get()

        return StreamingResponse(body(), media_type="text/event-stream")

    @asynccontextmanager
    async def lifespan(app: object):
        task = asyncio.create_task(watch(url, log, tell))
        yield
        task.cancel()

    return Starlette(routes=[Route("/api/live", stream)], lifespan=lifespan)


if __name__ == "__main__":
    main()
