"""Imports of many rows: portions make no difference, and what is broken off leaves nothing."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from towns import CORNER, SRID, load, lonlat

from geo import crs, portions
from geo.intake import Wishes
from geo.store import cluster, district, importing, premises, rejects
from geo.store.database import Setting, transaction

ROOT = Path(__file__).parents[2]
WGS84 = Wishes("wgs84")
COLUMNS = ["编号", "店名", "类别", "经度", "纬度"]
# One row in the middle takes long, as a large file would: the server is then in the merge.
SLOW = """
create function linger() returns trigger language plpgsql as $$
begin perform pg_sleep(30); return new; end $$;
create trigger linger before insert on merchant
for each row when (new.external_id = 's60') execute function linger();
"""


def write(path, rows):
    pd.DataFrame(rows, columns=COLUMNS).to_csv(path, index=False)
    return path


def shops(path, ids):
    rows = [(f"s{i}", f"店{i}", "餐饮", *lonlat(i % 390 + 5, i % 390 + 5)) for i in ids]
    return write(path, rows)


def kept(url):
    with psycopg.connect(url) as conn:
        return conn.execute(
            "select (select count(*) from merchant),"
            " (select count(*) from import_run where kind = 'merchants')"
        ).fetchone()


PLACES = [lonlat(150, 104), lonlat(450, 350), lonlat(150, 104)[::-1], (0, 0), (100, 31), ("", "")]
ROW = st.tuples(
    st.sampled_from(["a", "b", "c", "d", ""]),
    st.sampled_from(["甲", "乙", ""]),
    st.sampled_from(["餐饮", "零售", ""]),
    st.sampled_from(PLACES),
)


def outcome(url, path):
    """What an import would do: its summary, the rows and the rejects; nothing is kept."""
    with transaction(url) as conn:
        with conn.transaction(force_rollback=True):
            try:
                done = importing.import_file(conn, path, "merchants", importing.Options(WGS84))
            except ValueError as error:
                return type(error)
            rows = conn.execute(
                "select external_id, name, category, labels, geom, block_id, segment_id, side,"
                " chainage_m, offset_m from merchant order by 1"
            ).fetchall()
        refused = [row for f in done.rejects.frames() for row in f.values.tolist()]
        return (
            done._replace(rejects=None, notes=sorted(done.notes)),
            rows,
            sorted(map(str, refused)),
        )


@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.lists(ROW, min_size=1, max_size=12), size=st.integers(1, 5))
def test_portions_make_no_difference(town, tmp_path, data, size):
    path = write(tmp_path / "a.csv", [(*row[:-1], *row[-1]) for row in data])
    whole = outcome(town, path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(portions, "ROWS", size)
        patch.setattr(portions, "WHOLE_BYTES", 0)
        assert outcome(town, path) == whole


def test_many_rejects_are_kept_on_disk_and_written_all(town, tmp_path, monkeypatch):
    monkeypatch.setattr(portions, "ROWS", 7)
    monkeypatch.setattr(rejects, "MOST_IN_MEMORY", 10)
    rows = [(f"s{i}", f"店{i}", "", 100.0, 31.0) for i in range(40)]
    rows[13] = ("ok", "店", "", *lonlat(150, 104))
    done = load(town, write(tmp_path / "a.csv", rows), "merchants", wishes=WGS84)
    assert (done.inserted, done.rejected) == (1, 39)
    assert sum(done.rejects.reasons.values()) == 39
    assert importing.write_rejects(tmp_path / "rejects.csv", [done, done]) == 78
    found = pd.read_csv(tmp_path / "rejects.csv", dtype=str)
    assert found["id"].tolist()[:39] == [row[0] for row in rows if row[0] != "ok"]


@contextmanager
def stuck_import(url, folder):
    """A `luge import` of 100 shops in a process of its own, caught in the middle of its merge."""
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute(SLOW)
        path = shops(folder / "many.csv", range(100))
        words = ["import", "merchants", path, "--crs", "wgs84"]
        with subprocess.Popen(
            [Path(sys.executable).with_name("luge"), *words],
            env={**os.environ, "LUGE_DATABASE_URL": url}, cwd=folder,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        ) as process:  # fmt: skip
            asleep = (
                "select pid from pg_stat_activity"
                " where wait_event = 'PgSleep' and datname = current_database()"
            )
            give_up = time.monotonic() + 60
            while not (found := conn.execute(asleep).fetchone()):
                assert process.poll() is None, process.communicate()[1]
                assert time.monotonic() < give_up
                time.sleep(0.02)
            yield process, found[0], conn
            if process.poll() is None:
                process.kill()


def test_ctrl_c_leaves_nothing_and_says_so(town, tmp_path):
    with stuck_import(town, tmp_path) as (process, _, _):
        process.send_signal(signal.SIGINT)
        told = process.communicate(timeout=120)[1]
    assert process.returncode == 130
    assert "nothing of" in told
    assert "was kept" in told
    assert "Traceback" not in told
    assert kept(town) == (0, 0)


def test_a_connection_that_breaks_leaves_nothing_and_says_so(town, tmp_path):
    with stuck_import(town, tmp_path) as (process, backend, conn):
        conn.execute("select pg_terminate_backend(%s)", [backend])
        told = process.communicate(timeout=120)[1]
    assert process.returncode == 1
    assert told.strip().splitlines()[-1].startswith("luge: the database went away")
    assert "nothing was kept" in told
    assert "Traceback" not in told
    assert kept(town) == (0, 0)


@pytest.fixture
def own_cluster():
    """A server of this test's own, in a folder its user can reach."""
    folder = Path(tempfile.mkdtemp(prefix="luge-test-"))
    folder.chmod(0o755)
    home = folder / ".luge"
    home.mkdir()
    yield home
    cluster.stop(home)
    place = premises.folder(home)
    for made in {place, premises.socket_folder(place), folder}:
        shutil.rmtree(made, ignore_errors=True)


def test_a_killed_server_leaves_nothing_and_it_is_said(own_cluster, tmp_path):
    url = cluster.start(own_cluster, fast=True)
    district.init(url, Setting("试验区", "319902", SRID, "Asia/Shanghai", 50.0))
    with stuck_import(url, tmp_path) as (process, _, _):
        os.kill(cluster.status(own_cluster).pid, signal.SIGKILL)
        told = process.communicate(timeout=120)[1]
    assert process.returncode == 1
    assert "nothing was kept" in told
    assert "Traceback" not in told
    assert kept(cluster.start(own_cluster, fast=True)) == (0, 0)


def test_two_imports_at_once_of_the_same_rows_both_end(town, tmp_path):
    """In opposite order, which would deadlock if each waited for the other's rows."""
    files = [
        shops(tmp_path / "up.csv", range(400)),
        shops(tmp_path / "down.csv", range(599, 199, -1)),
    ]
    done, said = [None, None], []

    def run(at):
        with transaction(town) as conn:
            done[at] = importing.import_file(
                conn, files[at], "merchants", importing.Options(WGS84), said.append
            )
            time.sleep(0.3)

    threads = [threading.Thread(target=run, args=(at,)) for at in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert [d.read for d in done] == [400, 400]
    assert sorted((d.inserted, d.unchanged) for d in done) == [(200, 200), (400, 0)]
    assert kept(town) == (600, 2)
    assert any("waiting" in words for words in said)


# Not getrusage: there a child starts with what its parent had.
PEAK = """
import sys
from pathlib import Path
from geo import intake, kinds, ledger, portions
portions.WHOLE_BYTES, portions.BLOCK_BYTES, ledger.SAMPLE_ROWS = 0, 2**16, 1000
with ledger.Ledger(kinds.MERCHANTS, intake.District(4549), intake.Wishes("wgs84"), list) as book:
    for part in portions.read(Path(sys.argv[1]), rows=2000):
        book.accept(part.source)
print(int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) // 1024)
"""


def peak_mb(path):
    done = subprocess.run(
        [sys.executable, "-c", PEAK, path], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return int(done.stdout)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no /proc to read memory from")
def test_memory_does_not_grow_with_the_file(tmp_path):
    rows = int(os.environ.get("LUGE_TEST_ROWS", "80000"))
    metres = np.random.default_rng(1).uniform(0, 800, (rows, 2)) + CORNER
    lon, lat = crs.transform_points(*metres.T, SRID, "wgs84")
    frame = pd.DataFrame({"编号": np.arange(rows).astype(str), "经度": lon, "纬度": lat})
    frame["店名"] = "x" * 2000
    peaks = []
    for name, part in (("small", rows // 6), ("large", rows)):
        frame.head(part).to_csv(tmp_path / f"{name}.csv", index=False)
        peaks.append(peak_mb(tmp_path / f"{name}.csv"))
    size_mb = (tmp_path / "large.csv").stat().st_size / 2**20
    assert peaks[1] - peaks[0] < size_mb / 2
