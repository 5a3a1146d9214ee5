"""What serves tiles in the benchmark, one worker process each: Luge, tipg, nginx with files.

And the client: one connection that is kept, so that no client's library is part of what is timed.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import psycopg

ROOT = Path(__file__).parents[1]
UVICORN = ["--loop", "uvloop", "--log-level", "warning", "--no-access-log"]
NGINX = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log; {user}
events {{ worker_connections 256; }}
http {{
    access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000;
    open_file_cache max=10000 inactive=60s; open_file_cache_valid 60s;
    types {{ application/vnd.mapbox-vector-tile mvt; }}
    client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
    uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
    server {{ listen 127.0.0.1:{port} reuseport; root {folder}/files; }}
}}
"""


class Answer(NamedTuple):
    """Status, lowered header names, body."""

    status: int
    headers: dict[str, str]
    body: bytes


class Server(NamedTuple):
    """A server under way: its port, process, and the name of its connections to the database."""

    port: int
    pid: int
    application: str = ""


@contextmanager
def luge(url: str, cache_bytes: int) -> Iterator[Server]:
    """Luge over the database, with so much room on its shelf."""
    name = f"bench luge {cache_bytes}"
    settings = {
        "LUGE_DATABASE_URL": f"{url}&application_name={quote(name)}",
        "LUGE_TILE_CACHE_BYTES": str(cache_bytes),
    }
    with _uvicorn(["--factory", "bench.servers:luge_app", "--http", "api.wire:Wire"], settings) as (
        port,
        pid,
    ):
        yield Server(port, pid, name)


def luge_app() -> object:
    """What uvicorn serves as Luge."""
    from api.app import create_app
    from geo.store.settings import load

    return create_app(load())


@contextmanager
def tipg(url: str, most_features: int) -> Iterator[Server]:
    """tipg over the same database, tiles with Luge's buffer and at most so many features."""
    name = f"bench tipg {most_features}"
    at = psycopg.conninfo.conninfo_to_dict(url)
    host = quote(str(at["host"]), safe="")
    settings = {
        "DATABASE_URL": f"postgresql://{at['user']}@{host}/{at['dbname']}"
        f"?application_name={quote(name)}",
        "TIPG_TILE_BUFFER": "64",
        "TIPG_MAX_FEATURES_PER_TILE": str(most_features),
    }
    with _uvicorn(["tipg.main:app", "--http", "httptools"], settings) as (port, pid):
        yield Server(port, pid, name)


@contextmanager
def nginx(folder: Path) -> Iterator[Server]:
    """nginx with the files in ``folder``/files."""
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    port = _free_port()
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=port, user=user))
    process = subprocess.Popen([program, "-p", folder, "-c", folder / "nginx.conf"])
    with _until_ready(process, port):
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
        yield Server(port, int(children.split()[0]))


@contextmanager
def _uvicorn(app: list[str], settings: dict[str, str]) -> Iterator[tuple[int, int]]:
    port = _free_port()
    command = [sys.executable, "-m", "uvicorn", *app, "--port", str(port), *UVICORN]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | settings)
    with _until_ready(process, port):
        yield port, process.pid


@contextmanager
def _until_ready(process: subprocess.Popen, port: int) -> Iterator[None]:
    try:
        for _ in range(600):
            if process.poll() is not None:
                raise RuntimeError(f"{process.args} ended with {process.returncode}")
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(30)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Client:
    """One connection to a server; requests without Accept-Encoding, so bodies come as they are."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def get(self, path: str, headers: str = "") -> Answer:
        """The answer to a GET of ``path``; ``headers`` end with CR LF each."""
        self.socket.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n".encode())
        head, _, body = self._until(b"\r\n\r\n").partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        found = {k.lower(): v for k, _, v in (line.partition(": ") for line in lines)}
        parts, missing = [body], int(found.get("content-length", 0)) - len(body)
        while missing > 0:
            parts.append(self.socket.recv(1 << 20))
            missing -= len(parts[-1])
        return Answer(int(first.split()[1]), found, b"".join(parts))

    def _until(self, mark: bytes) -> bytes:
        got = b""
        while mark not in got:
            if not (more := self.socket.recv(1 << 20)):
                raise RuntimeError("the server closed the connection")
            got += more
        return got


def processor_seconds(server: Server, url: str) -> float:
    """Processor time so far of the server's process and of its connections to the database."""
    pids = [server.pid]
    if server.application:
        with psycopg.connect(url) as conn:
            sql = "select pid from pg_stat_activity where application_name = %s"
            pids += [pid for (pid,) in conn.execute(sql, [server.application])]
    return sum(_spent(pid) for pid in pids)


def _spent(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
