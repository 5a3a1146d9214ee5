"""The private PostGIS of a checkout: a cluster of its own under <home>/cluster.

It listens on a Unix socket only, in a folder nobody else may enter, so it trusts who connects.
Two checkouts share nothing: the socket's path is the cluster's.
"""

import fcntl
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import psycopg
from psycopg.pq import PGconn, Ping

from geo.store import packages, pidfile, premises
from geo.store.settings import Settings

DATABASE = "luge"
Say = Callable[[str], None]
_START_S = 180  # a server that was killed first replays its log
_STOP_S = 30
_LOCALE = "C" if sys.platform == "darwin" else "C.UTF-8"  # macOS has no C.UTF-8
_SMALL_SHM = 1 << 30

_CONFIGURATION = """\
# Written anew at each start by geo/store/cluster.py.
listen_addresses = ''
port = 5432
unix_socket_directories = '"{sockets}"'
max_connections = 100
shared_buffers = 256MB
work_mem = 32MB
maintenance_work_mem = 256MB
effective_cache_size = 2GB
max_wal_size = 4GB
random_page_cost = 1.1
jit = off
max_parallel_workers_per_gather = 2
dynamic_shared_memory_type = {shared_memory}
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
log_line_prefix = '%m [%p] '
"""
# For tests: a crash of the machine may lose the cluster, a crash of the server does not.
_FAST = """\
fsync = off
synchronous_commit = off
full_page_writes = off
"""


class ClusterFailed(ValueError):
    """The private PostGIS did not do what it was asked."""


class Status(NamedTuple):
    """What the private PostGIS is doing; size in bytes of its database, while it runs."""

    running: bool
    pid: int | None
    url: str
    folder: Path
    size: int | None


def ensure(settings: Settings, say: Say = lambda _: None) -> str:
    """The URL to connect to: LUGE_DATABASE_URL, or the private PostGIS, started if need be.

    Raises:
        ClusterFailed: when LUGE_DATABASE_URL does not answer; else what `start` raises.
    """
    if not settings.database_url:
        return start(settings.home, say=say)
    try:
        psycopg.connect(settings.database_url, connect_timeout=10).close()
    except psycopg.Error as error:
        raise ClusterFailed(f"LUGE_DATABASE_URL does not answer: {error}") from None
    return settings.database_url


def start(home: Path, *, fast: bool = False, say: Say = lambda _: None) -> str:
    """Start the private PostGIS of a home, made on first use, and give its URL.

    Does nothing when it runs already. With fast, the server does not wait for the disk.

    Raises:
        PostgresMissing: when PostgreSQL or PostGIS is not installed.
        PremisesUnfit: when its folder belongs to somebody else.
        ClusterFailed: when the server cannot be made or does not start, with its last words.
    """
    with _alone(home):
        place = premises.prepare(home, say)
        if _pid(place) and not _answers(place):
            say("the database does not answer; restarting it")
            _stop(place)
        if not _pid(place):
            _start(place, fast, say)
        _make_database(place)
    return _url(place)


def stop(home: Path) -> bool:
    """Stop the private PostGIS of a home; whether it was running."""
    place = premises.folder(home)
    if not place.exists():
        return False
    with _alone(home):
        running = _pid(place) is not None
        if running:
            _stop(place)
    return running


def status(home: Path) -> Status:
    """What the private PostGIS of a home is doing."""
    place = premises.folder(home)
    pid = _pid(place)
    return Status(pid is not None, pid, _url(place), place, _size(place) if pid else None)


def url(home: Path) -> str:
    """The libpq URL of the private PostGIS of a home, running or not."""
    return _url(premises.folder(home))


def program(home: Path, name: str) -> Path:
    """A program of the PostgreSQL that a home's cluster runs on, such as psql."""
    return _postgres(premises.folder(home)).bin / name


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Hold the home's lock; another start or stop waits for it."""
    try:
        home.mkdir(parents=True, exist_ok=True)
        lock = (home / "cluster.lock").open("w")
    except OSError as error:
        raise premises.PremisesUnfit(f"{home} cannot be written to: {error.strerror}") from None
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _url(place: Path, database: str = DATABASE) -> str:
    return f"postgresql://luge@/{database}?host={quote(str(premises.socket_folder(place)))}"


def _postgres(place: Path) -> packages.Postgres:
    version = place / "data" / "PG_VERSION"
    return packages.find(int(version.read_text()) if version.exists() else None)


def _start(place: Path, fast: bool, say: Say) -> None:
    postgres = _postgres(place)
    data = place / "data"
    if not data.exists():
        say(f"making a PostgreSQL {postgres.major} cluster in {place}")
        _make_cluster(postgres, place, fast)
    _configure(place, fast)
    pidfile.disown(data)
    _sweep_socket(place)
    log = place / "server.log"
    command: list[str | Path] = [postgres.bin / "pg_ctl", "start", "-D", data, "-l", log, "-w"]
    command += ["-t", str(_START_S)]
    for pause_s in (0.2, 0.5, 2, 0):
        done = premises.run(command, timeout_s=_START_S + 60)
        if done.returncode == 0:
            return
        # Processes of a killed server may hold its shared memory for a moment more.
        time.sleep(pause_s)
    raise ClusterFailed(f"the database did not start: {done.stderr.strip()}\n{log}:\n{_tail(log)}")


def _make_cluster(postgres: packages.Postgres, place: Path, fast: bool) -> None:
    """Run initdb aside and move the result into place: a half-made cluster is never used."""
    for remains in place.glob("initdb-*"):
        shutil.rmtree(remains, ignore_errors=True)
    aside = Path(tempfile.mkdtemp(prefix="initdb-", dir=place))
    if os.geteuid() == 0:
        shutil.chown(aside, premises.owner().pw_uid, premises.owner().pw_gid)
    done = premises.run(
        [
            *(postgres.bin / "initdb", "-D", aside, "-U", "luge", "--encoding=UTF8"),
            *(f"--locale={_LOCALE}", "--auth-local=trust", "--auth-host=reject"),
            *(["--no-sync"] if fast else []),
        ]
    )
    if done.returncode != 0:
        shutil.rmtree(aside, ignore_errors=True)
        raise ClusterFailed(f"initdb failed in {place}:\n{done.stderr.strip()}")
    aside.rename(place / "data")


def _configure(place: Path, fast: bool) -> None:
    sockets = premises.prepare_socket_folder(place)
    text = _CONFIGURATION.format(sockets=sockets, shared_memory=_shared_memory())
    configuration = place / "data" / "postgresql.conf"
    configuration.write_text(text + (_FAST if fast else ""))
    configuration.chmod(0o644)  # root writes it and another user reads it, whatever root's umask


def _sweep_socket(place: Path) -> None:
    """Remove what a killed server left: the lock beside its socket may name a pid in use again."""
    for remains in premises.socket_folder(place).glob(".s.PGSQL.*"):
        remains.unlink()


def _shared_memory() -> str:
    """Containers often give /dev/shm 64 MB, on which parallel queries fail; files do instead."""
    shm = Path("/dev/shm")  # noqa: S108 (only its size is asked)
    if not shm.is_dir():
        return "posix"
    space = os.statvfs(shm)
    return "posix" if space.f_frsize * space.f_blocks >= _SMALL_SHM else "mmap"


def _make_database(place: Path) -> None:
    try:
        with psycopg.connect(_url(place, "postgres"), autocommit=True) as connection:
            made = connection.execute("select 1 from pg_database where datname = %s", [DATABASE])
            if not made.fetchone():
                connection.execute(f"create database {DATABASE}")
    except psycopg.OperationalError as error:
        raise ClusterFailed(f"the database runs and takes no connection: {error}") from None


def _stop(place: Path) -> None:
    for how in (signal.SIGINT, signal.SIGQUIT):  # PostgreSQL's fast and immediate shutdown
        deadline = time.monotonic() + _STOP_S
        if pid := _pid(place):
            os.kill(pid, how)
        while _pid(place) and time.monotonic() < deadline:
            time.sleep(0.02)
    if pid := _pid(place):
        raise ClusterFailed(f"the database does not stop; its process is {pid}")


def _pid(place: Path) -> int | None:
    return pidfile.server_pid(place / "data")


def _answers(place: Path) -> bool:
    """Whether the server can be reached, once it has replayed its log if it has to."""
    address = _url(place, "postgres").encode()
    deadline = time.monotonic() + _START_S
    while (answer := PGconn.ping(address)) == Ping.REJECT and time.monotonic() < deadline:
        time.sleep(0.1)
    return answer == Ping.OK


def _size(place: Path) -> int | None:
    try:
        with psycopg.connect(_url(place), connect_timeout=5) as connection:
            row = connection.execute("select pg_database_size(current_database())").fetchone()
    except psycopg.OperationalError:
        return None
    return int(row[0]) if row else None


def _tail(log: Path) -> str:
    if not log.exists():
        return "(nothing)"
    return "\n".join(log.read_text(errors="replace").splitlines()[-10:])
