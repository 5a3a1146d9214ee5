"""The PostGIS that tests run on: one fast private cluster, and for each test its own databases."""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import TextIO

import psycopg
import pytest
from hypothesis import settings
from psycopg.sql import SQL, Identifier
from xdist.scheduler import LoadFileScheduling

from geo.store import cluster, migrate, sample

# Clients in process call the service by this name.
os.environ["LUGE_HOSTS"] = "testserver"

# Machines are noisy: no test fails for being slow.
settings.register_profile("luge", deadline=None)
settings.load_profile("luge")

HOME = Path(__file__).parents[1] / ".luge" / "test"
SRID = 4549
PATIENCE_S = 300  # another test may import for minutes

MakeDatabase = Callable[..., str]
_number = count(1)
# PostgreSQL copies no database that somebody is connected to: a twin that nobody ever is, by URL.
_untouched: dict[str, str] = {}


class _ByFile(LoadFileScheduling):
    """A file's tests run in one worker, and those of the browser in two, as it draws in software.

    One of the two takes the pictures of all views; in a single one, that one was the last to end.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = str(super()._split_scope(nodeid))
        browser = file.startswith("tests/browser/") and not file.endswith("/test_views.py")
        return "browser" if browser else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> _ByFile:
    """How tests are shared out where there are several workers."""
    return _ByFile(config, log)


@pytest.fixture(scope="session")
def cluster_url() -> Iterator[str]:
    """The tests' own cluster, kept between runs; the last of the runs under way stops it."""
    HOME.mkdir(parents=True, exist_ok=True)
    with (HOME / "runs.lock").open("w") as lock:
        if _alone(lock):
            _drop_what_killed_runs_left(cluster.start(HOME, fast=True))
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield cluster.start(HOME, fast=True)
        if _alone(lock):
            cluster.stop(HOME)


@pytest.fixture
def make_database(cluster_url: str) -> Iterator[MakeDatabase]:
    """Make empty databases, or copies of a template (by its URL); dropped after the test.

    The sample district can be copied whoever is reading it; other templates may have no reader.
    """
    with _databases(cluster_url) as make:
        yield make


@pytest.fixture(scope="module")
def make_module_database(cluster_url: str) -> Iterator[MakeDatabase]:
    """The same for databases that all tests of a file share."""
    with _databases(cluster_url) as make:
        yield make


@pytest.fixture(scope="session")
def template_url(cluster_url: str) -> Iterator[Callable[[int], str]]:
    """A database with the whole schema for a metric CRS, migrated once; connect to copies only."""
    made: dict[int, str] = {}
    with _databases(cluster_url) as make:

        def template(srid: int) -> str:
            if srid not in made:
                empty = make()
                migrate.migrate(empty, srid)
                made[srid] = empty
            return made[srid]

        yield template


@pytest.fixture
def db(make_database: MakeDatabase, template_url: Callable[[int], str]) -> str:
    """The URL of a fresh database with the whole schema, empty, in EPSG:4549."""
    return make_database(template_url(SRID))


@contextmanager
def _databases(url: str) -> Iterator[MakeDatabase]:
    made: list[str] = []

    def make(template: str | None = None) -> str:
        name = f"test_{os.getpid()}_{next(_number)}"
        source = _database_of(_untouched.get(template, template)) if template else "template1"
        create = SQL("create database {} template {}")
        _execute(url, create.format(Identifier(name), Identifier(source)))
        made.append(name)
        return url.replace(f"/{cluster.DATABASE}?", f"/{name}?", 1)

    try:
        yield make
    finally:
        for name in made:
            _drop(url, name)


def _alone(lock: TextIO) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _drop_what_killed_runs_left(url: str) -> None:
    with psycopg.connect(url) as connection:
        left = connection.execute(r"select datname from pg_database where datname like 'test\_%'")
        names = [name for (name,) in left]
    for name in names:
        _drop(url, name)


def _drop(url: str, name: str) -> None:
    _execute(url, SQL("drop database if exists {} with (force)").format(Identifier(name)))


def _execute(url: str, statement: SQL) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)


def _database_of(url: str) -> str:
    return str(psycopg.conninfo.conninfo_to_dict(url)["dbname"])


@pytest.fixture(scope="session")
def until_older_are_over() -> Callable[[str], None]:
    """Wait until the transactions of now have ended: the log keeps what came after them, and they
    may be those of other tests' databases."""

    def wait(url: str) -> None:
        with psycopg.connect(url, autocommit=True) as conn:
            now = conn.execute("select pg_current_xact_id()::text::bigint").fetchone()
            over = "select pg_snapshot_xmin(pg_current_snapshot())::text::bigint > %s"
            end = time.monotonic() + PATIENCE_S
            while conn.execute(over, now).fetchone() != (True,):
                assert time.monotonic() < end, "a transaction does not end"
                time.sleep(0.02)

    return wait


@pytest.fixture(scope="session")
def sample_url(cluster_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The sample district, loaded and linked once for all tests; none of them may change it."""
    with _databases(cluster_url) as make:
        twin = make()
        sample.ensure(twin, tmp_path_factory.mktemp("sample"), print)
        url = make(twin)
        _untouched[url] = twin
        yield url


@pytest.fixture(scope="module")
def own(make_module_database: MakeDatabase, sample_url: str) -> str:
    """A copy of the sample district for the tests of a file to write to."""
    return make_module_database(sample_url)
