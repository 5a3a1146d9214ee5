"""The private PostGIS, on real servers: started, killed, doubled, half made, moved and copied."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from geo.store import cluster, packages, premises

ROOT = Path(__file__).parents[2]
START = (
    "import sys, pathlib; from geo.store import cluster; cluster.start(pathlib.Path(sys.argv[1]))"
)
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the server to another user")

MakeHome = Callable[..., Path]


@pytest.fixture
def make_home() -> Iterator[MakeHome]:
    """Homes that the server's user can reach (pytest's own folders it cannot, under root)."""
    made: list[Path] = []

    def make(mode: int = 0o755) -> Path:
        made.append(Path(tempfile.mkdtemp(prefix="luge-test-")))
        made[-1].chmod(mode)
        return made[-1] / ".luge"

    yield make
    for folder in made:
        for home in {cluster_folder.parent for cluster_folder in folder.rglob("cluster")}:
            cluster.stop(home)
            place = premises.folder(home)
            shutil.rmtree(place, ignore_errors=True)
            if premises.socket_folder(place) != place:
                shutil.rmtree(premises.socket_folder(place), ignore_errors=True)
        shutil.rmtree(folder)


@pytest.fixture
def home(make_home: MakeHome) -> Path:
    return make_home()


@pytest.fixture
def bystander() -> Iterator[subprocess.Popen[bytes]]:
    """A process of the server's user that has nothing to do with it."""
    user = premises.owner()
    whose = {"user": user.pw_uid, "group": user.pw_gid} if os.geteuid() == 0 else {}
    process = subprocess.Popen(["sleep", "600"], cwd="/", **whose)
    yield process
    process.kill()
    process.wait()


def ask(url: str, statement: str) -> object:
    with psycopg.connect(url) as connection:
        answer = connection.execute(statement)
        return answer.fetchone()[0] if answer.description else None


def pid_of(home: Path) -> int:
    pid = cluster.status(home).pid
    assert pid is not None
    return pid


def kill(home: Path) -> None:
    """Kill the server as a machine short of memory would, and wait until it is gone."""
    pid = pid_of(home)
    os.kill(pid, signal.SIGKILL)
    for _ in range(1000):
        if not cluster.status(home).running:
            return
        time.sleep(0.01)
    raise AssertionError(f"the killed server {pid} still counts as running")


def test_starts_once_stops_and_keeps_its_data(home: Path) -> None:
    url = cluster.start(home, fast=True)
    first = pid_of(home)
    ask(url, "create extension postgis")
    ask(url, "create table kept as select st_makepoint(121.48, 31.23) as geom")
    assert cluster.start(home, fast=True) == url == cluster.url(home)
    assert pid_of(home) == first
    assert (cluster.status(home).size or 0) > 1_000_000
    assert cluster.stop(home)
    assert cluster.status(home)[:2] == (False, None)
    assert not cluster.stop(home)
    cluster.start(home, fast=True)
    assert ask(url, "select count(*) from kept") == 1


def test_keeps_text_as_utf_8_and_listens_on_no_port(home: Path) -> None:
    url = cluster.start(home, fast=True)
    assert ask(url, "select upper('é') || lower('Ä') || '路格'") == "Éä路格"
    assert ask(url, "show server_encoding") == "UTF8"
    assert ask(url, "show listen_addresses") == ""
    assert ask(url, "show timezone") == "UTC"


def test_only_its_owner_enters(home: Path) -> None:
    old = os.umask(0o077)  # a careful root must not lock the server out of its own files
    try:
        home.mkdir(mode=0o755)
        home.chmod(0o755)
        cluster.start(home, fast=True)
    finally:
        os.umask(old)
    assert (home / "cluster").stat().st_mode & 0o777 == 0o700


def test_two_checkouts_side_by_side(make_home: MakeHome) -> None:
    one, other = make_home(), make_home()
    urls = [cluster.start(one, fast=True), cluster.start(other, fast=True)]
    ask(urls[0], "create table only_here ()")
    assert ask(urls[1], "select to_regclass('only_here')") is None
    assert pid_of(one) != pid_of(other)
    cluster.stop(one)
    assert cluster.status(other).running


def test_a_killed_server_comes_back_with_what_was_committed(home: Path) -> None:
    url = cluster.start(home)
    ask(url, "create table committed as select generate_series(1, 1000) as n")
    before = pid_of(home)
    kill(home)
    assert cluster.start(home) == url
    assert pid_of(home) != before
    assert ask(url, "select count(*) from committed") == 1000


def test_a_pid_file_that_names_another_process(
    home: Path, bystander: subprocess.Popen[bytes]
) -> None:
    cluster.start(home, fast=True)
    kill(home)
    rename_pid(home, bystander.pid)
    assert not cluster.status(home).running
    assert not cluster.stop(home)
    assert ask(cluster.start(home, fast=True), "select 1") == 1
    assert bystander.poll() is None


def test_a_pid_file_that_names_the_server_of_another_checkout(make_home: MakeHome) -> None:
    one, other = make_home(), make_home()
    cluster.start(one, fast=True)
    url = cluster.start(other, fast=True)
    kill(one)
    rename_pid(one, pid_of(other))
    assert ask(cluster.start(one, fast=True), "select 1") == 1
    cluster.stop(one)
    assert ask(url, "select 1") == 1


def rename_pid(home: Path, pid: int) -> None:
    for name in ("data/postmaster.pid", ".s.PGSQL.5432.lock"):
        lock = home / "cluster" / name
        lock.write_text("\n".join([str(pid), *lock.read_text().split("\n")[1:]]))


def test_a_garbled_pid_file(home: Path) -> None:
    cluster.start(home, fast=True)
    kill(home)
    (home / "cluster" / "data" / "postmaster.pid").write_text("")
    assert ask(cluster.start(home, fast=True), "select 1") == 1


def test_a_server_with_no_connection_left_is_not_restarted(home: Path) -> None:
    url = cluster.start(home, fast=True)
    before = pid_of(home)
    with ExitStack() as held:
        for _ in range(100):
            held.enter_context(psycopg.connect(url))
        with pytest.raises(cluster.ClusterFailed, match="too many clients"):
            cluster.start(home, fast=True)
    assert pid_of(home) == before


def test_a_socket_swept_away_is_made_again(home: Path) -> None:
    url = cluster.start(home, fast=True)
    (home / "cluster" / ".s.PGSQL.5432").unlink()
    assert cluster.start(home, fast=True) == url
    assert ask(url, "select 1") == 1


def test_an_initdb_killed_half_way_is_done_again(home: Path) -> None:
    first = subprocess.Popen([sys.executable, "-c", START, home], cwd=ROOT, start_new_session=True)
    while not list(home.glob("cluster/initdb-*/base")):
        assert first.poll() is None, "initdb was over before it could be killed"
        time.sleep(0.005)
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    assert not (home / "cluster" / "data").exists()
    assert ask(cluster.start(home, fast=True), "select 1") == 1
    assert not list(home.glob("cluster/initdb-*"))


def test_many_starts_at_once_make_one_server(home: Path) -> None:
    command = [sys.executable, "-c", START, home]
    starts = [subprocess.Popen(command, cwd=ROOT) for _ in range(4)]
    assert [start.wait() for start in starts] == [0, 0, 0, 0]
    log = (home / "cluster" / "server.log").read_text()
    assert log.count("database system is ready to accept connections") == 1


def test_a_path_too_long_for_a_socket(make_home: MakeHome) -> None:
    home = make_home() / ("long" * 25) / "路格"
    url = cluster.start(home, fast=True)
    assert ask(url, "select 1") == 1
    sockets = premises.socket_folder(premises.folder(home))
    assert len(str(sockets)) < 50
    assert sockets.stat().st_mode & 0o777 == 0o700
    cluster.stop(home)
    shutil.rmtree(sockets)
    sockets.symlink_to("/")
    with pytest.raises(premises.PremisesUnfit, match="not a folder"):
        cluster.start(home, fast=True)
    sockets.unlink()


@as_root
def test_a_folder_of_somebody_else_is_refused(home: Path) -> None:
    (home / "cluster").mkdir(parents=True)
    shutil.chown(home / "cluster", 12345)
    with pytest.raises(premises.PremisesUnfit, match="belongs to user id 12345"):
        cluster.start(home, fast=True)


@as_root
def test_root_hands_the_server_over(home: Path) -> None:
    cluster.start(home, fast=True)
    assert Path(f"/proc/{pid_of(home)}").stat().st_uid == premises.owner().pw_uid != 0


@as_root
def test_a_checkout_the_server_cannot_reach(make_home: MakeHome) -> None:
    home = make_home(mode=0o700)
    said: list[str] = []
    assert ask(cluster.start(home, fast=True, say=said.append), "select 1") == 1
    away = (home / "cluster").readlink()
    assert away.parent == premises.ELSEWHERE
    assert str(away) in said[0]


@as_root
def test_a_copied_checkout_has_its_own_database(make_home: MakeHome) -> None:
    home, copy = make_home(mode=0o700), make_home(mode=0o700)
    cluster.start(home, fast=True)
    shutil.copytree(home, copy, symlinks=True)
    assert not cluster.stop(copy)
    cluster.start(copy, fast=True)
    assert pid_of(copy) != pid_of(home)
    assert (copy / "cluster").readlink() != (home / "cluster").readlink()


def test_a_server_that_cannot_start_says_why(home: Path) -> None:
    cluster.start(home, fast=True)
    cluster.stop(home)
    (home / "cluster" / "data" / "global" / "pg_control").unlink()
    with pytest.raises(cluster.ClusterFailed, match="pg_control"):
        cluster.start(home, fast=True)


def test_without_postgresql_the_message_names_the_packages(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(packages, "_USUAL_PLACES", ())
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(packages.PostgresMissing) as missing:
        packages.find()
    for words in ("apt-get install postgresql", "dnf install", "brew install", "LUGE_DATABASE_URL"):
        assert words in str(missing.value)


def test_a_cluster_of_a_version_gone_says_so() -> None:
    with pytest.raises(packages.PostgresMissing, match=r"made by PostgreSQL 9\b"):
        packages.find(9)


def test_an_installation_without_postgis_is_told_from_one_with(tmp_path: Path) -> None:
    found = packages.find()
    assert found.major >= packages.OLDEST_MAJOR
    assert found.lacks() == []
    assert found._replace(share=tmp_path).lacks() == ["postgis", "btree_gist"]


def luge(home: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("luge")
    environment = {"PATH": os.environ["PATH"], "LUGE_HOME": str(home), **variables}
    return subprocess.run(
        [program, *words], env=environment, capture_output=True, text=True, check=False
    )


def test_the_command_line(home: Path) -> None:
    url = cluster.url(home)
    assert luge(home, "db", "status").stdout.startswith("stopped\n")
    assert luge(home, "db", "start").stdout.endswith(f"{url}\n")
    assert "running, process " in luge(home, "db", "status").stdout
    assert luge(home, "db", "url").stdout == f"{url}\n"
    assert luge(home, "db", "psql", "-At", "-c", "select 6 * 7").stdout == "42\n"
    assert luge(home, "db", "stop").stdout == "stopped\n"
    assert luge(home, "db", "stop").stdout == "it was not running\n"


def test_the_command_line_leaves_another_database_alone(home: Path) -> None:
    url = "postgresql://who:secret@127.0.0.1:9/there"
    assert luge(home, "db", "url", LUGE_DATABASE_URL=url).stdout == f"{url}\n"
    for word in ("start", "stop", "status"):
        done = luge(home, "db", word, LUGE_DATABASE_URL=url)
        assert "nothing done" in done.stdout
        assert "secret" not in done.stdout
    assert not home.exists()


def test_errors_for_people_are_no_tracebacks(home: Path) -> None:
    home.parent.joinpath(".luge").write_text("a file where a folder should be")
    done = luge(home, "db", "start")
    assert done.returncode == 1
    assert done.stderr.startswith("luge: ")
    assert "Traceback" not in done.stderr
    assert "LUGE_PORT" in luge(home, "db", "status", LUGE_PORT="many").stderr
