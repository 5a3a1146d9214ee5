"""Linking over a cluster of processes: what one process gives, whatever dies on the way."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from geo import crs, engine, ground, locate, scale

# The root, not its room: in that a benchmark is called as a library is.
sys.path.append(str(Path(__file__).parents[2]))
from bench import city

ROWS, FILES, GROUP = 50_000, 8, 10_000
METRIC = "EPSG:4549"


@pytest.fixture(scope="module")
def town():
    """A city of 1 600 blocks in four areas."""
    return city.generate(side=40, lanes=300, grids=200)


@pytest.fixture(scope="module")
def ground_folder(town, tmp_path_factory):
    folder = tmp_path_factory.mktemp("ground")
    index = locate.build(town.blocks, town.block_ids, town.axes, town.segment_ids, 50.0)
    code = np.char.add("B", town.block_ids.astype(str))
    area = np.array([f"31990{i}" for i in town.grid_of_block % 4])
    blocks = ground.Blocks(town.block_ids, code, area)
    ground.save(folder, ground.Ground(index, blocks, METRIC, "street"))
    return folder


@pytest.fixture(scope="module")
def points(town, tmp_path_factory):
    """400 000 points in metres, in eight files of five row groups, a few without a place."""
    folder = tmp_path_factory.mktemp("points")
    xy = city.points(town, ROWS * FILES)
    xy[::9_999] = np.nan
    for i in range(FILES):
        x, y = (pa.array(c, from_pandas=True) for c in xy[i * ROWS : (i + 1) * ROWS].T)
        table = pa.table({"id": np.arange(ROWS) + i * ROWS, "x": x, "y": y})
        pq.write_table(table, folder / f"{i}.parquet", row_group_size=GROUP)
    return folder


@pytest.fixture
def small_portions(monkeypatch):
    monkeypatch.setattr(scale, "BATCH_ROWS", GROUP)


def job_in(folder, ground_folder, source=None):
    folder.mkdir(exist_ok=True)
    if not (folder / "_ground").exists():
        (folder / "_ground").symlink_to(ground_folder)
    return scale.Job(str(folder), source)


def rows(folder):
    """All results by id, the area among them."""
    parts = ds.partitioning(pa.schema([("area", pa.string())]), flavor="hive")
    return ds.dataset(folder, partitioning=parts).to_table().sort_by("id")


@pytest.fixture(scope="module")
def alone(points, ground_folder, tmp_path_factory):
    """The results of a single process."""
    job = job_in(tmp_path_factory.mktemp("alone"), ground_folder)
    portions = scale.cut(points)
    assert len(list(engine.in_process(job, scale.begin(job, portions)))) == FILES
    scale.finish(job, portions)
    return rows(job.out)


def test_results_are_what_the_kernel_finds(points, ground_folder, alone):
    given = ds.dataset(points).to_table().sort_by("id")
    assert given.equals(alone.select(given.column_names))
    where = ground.load(ground_folder)
    found = locate.find(where.lookup, given["x"].to_numpy(), given["y"].to_numpy())
    assert np.array_equal(alone["block_id"].fill_null(-1), found.block)
    assert np.array_equal(alone["segment_id"].fill_null(-1), found.road.segment)
    assert np.array_equal(alone["chainage_m"].to_numpy(), found.road.chainage_m, equal_nan=True)
    assert np.array_equal(alone["offset_m"].to_numpy(), found.road.offset_m, equal_nan=True)
    assert np.array_equal(alone["side"].fill_null(""), found.road.side)
    areas = dict(zip(where.blocks.id.tolist(), where.blocks.area.tolist(), strict=True))
    assert alone["area"].to_pylist() == [areas.get(block) for block in found.block.tolist()]
    assert alone["block_id"].null_count > ROWS * FILES // 9_999


def test_a_worker_killed_midway_changes_nothing(
    points, ground_folder, alone, small_portions, tmp_path
):
    job = job_in(tmp_path / "out", ground_folder)
    portions = scale.cut(points)
    assert len(portions) == FILES * ROWS // GROUP
    killed, listening = [], set()
    linked = engine.over_cluster(job, scale.begin(job, portions), engine.Cluster(workers=3))
    for done, _ in enumerate(linked):
        if done == 3:
            listening = listeners()
            killed.append(kill_a_worker())
    scale.finish(job, portions)
    assert killed
    assert listening == {"127.0.0.1"}
    assert rows(job.out).equals(alone.select(rows(job.out).column_names))


def listeners():
    """Addresses at which this process and all it started listen."""
    family = [psutil.Process(), *psutil.Process().children(recursive=True)]
    found = [c for p in family for c in p.net_connections("inet") if c.status == psutil.CONN_LISTEN]
    assert len(found) > 3
    return {c.laddr.ip for c in found}


def kill_a_worker():
    """Kills one process that links: it alone has the index mapped."""
    for process in psutil.Process().children(recursive=True):
        if any(m.path.endswith("/index") for m in process.memory_maps()):
            process.send_signal(signal.SIGKILL)
            return process.pid
    raise AssertionError("no worker has the index")


DRIVER = """
import sys
from pathlib import Path
from geo import engine, scale
scale.BATCH_ROWS = int(sys.argv[3])
job = scale.Job(sys.argv[1], None)
list(engine.in_process(job, scale.begin(job, scale.cut(Path(sys.argv[2])))))
"""


def test_a_run_whose_driver_was_killed_goes_on(
    points, ground_folder, alone, small_portions, tmp_path
):
    job = job_in(tmp_path / "out", ground_folder)
    portions = scale.cut(points)
    driver = subprocess.Popen([sys.executable, "-c", DRIVER, job.out, points, str(GROUP)])
    while len(list(Path(job.out, "_done").glob("0*.json"))) < 5:
        assert driver.poll() is None
        time.sleep(0.002)
    driver.kill()
    assert driver.wait() == -signal.SIGKILL
    # What a portion killed between its parts leaves: a hidden part, and one that no entry names.
    part = next(Path(job.out).glob("area=*/part-*"))
    part.with_name(".part-000099-000.parquet.left").write_bytes(b"PAR1")
    part.with_name("part-000099-000.parquet").write_bytes(part.read_bytes())
    left = scale.begin(job, portions)
    assert 0 < len(left) <= len(portions) - 5
    with pytest.raises(scale.RowsAmiss, match="run the same command again"):
        scale.finish(job, portions)
    list(engine.in_process(job, left))
    scale.finish(job, portions)
    assert rows(job.out).equals(alone.select(rows(job.out).column_names))
    assert not list(Path(job.out).glob("area=*/.*"))


def test_degrees_and_offsets_come_to_the_same_links(town, ground_folder, tmp_path):
    xy = city.points(town, 2_000)
    for source in (None, "wgs84", "gcj02"):
        lon, lat = xy.T if source is None else crs.transform_points(*xy.T, METRIC, source)
        names = ("x", "y") if source is None else ("经度", "纬度")
        table = pa.table(dict(zip(("id", *names), (np.arange(2_000), lon, lat), strict=True)))
        file = tmp_path / f"{source}.parquet"
        pq.write_table(table, file)
        assert scale.in_metres(file) == (source is None)
        job = job_in(tmp_path / f"out-{source}", ground_folder, source)
        list(engine.in_process(job, scale.begin(job, scale.cut(file))))
    plain, *others = (rows(tmp_path / f"out-{source}") for source in (None, "wgs84", "gcj02"))
    off_edges = np.arange(2_000)[plain["offset_m"].fill_null(9).to_numpy() > 0.01]
    for other in others:
        assert other["block_id"].take(off_edges).equals(plain["block_id"].take(off_edges))


def test_a_lost_part_is_noticed(points, ground_folder, tmp_path):
    job = job_in(tmp_path / "out", ground_folder)
    portions = scale.cut(points / "0.parquet")
    list(engine.in_process(job, scale.begin(job, portions)))
    next(Path(job.out).glob("area=*/part-*")).unlink()
    with pytest.raises(scale.RowsAmiss, match="lacks rows"):
        scale.finish(job, portions)


def test_another_data_set_is_refused(points, ground_folder, tmp_path):
    job = job_in(tmp_path / "out", ground_folder)
    scale.begin(job, scale.cut(points / "0.parquet"))
    with pytest.raises(scale.OtherRun, match="other points"):
        scale.begin(job, scale.cut(points / "1.parquet"))
    with pytest.raises(scale.OtherRun, match="other crs"):
        scale.begin(job._replace(crs="wgs84"), scale.cut(points / "0.parquet"))


@pytest.mark.parametrize(
    ("table", "error", "says"),
    [
        ({"a": [1]}, scale.NoPoints, "no columns lon and lat"),
        ({"x": [1.0], "y": [1.0], "side": ["L"]}, scale.ColumnTaken, "column 'side'"),
        (None, scale.NoPoints, "cannot be read as Parquet"),
    ],
)
def test_what_cannot_be_linked_says_why(table, error, says, tmp_path):
    file = tmp_path / "p.parquet"
    pq.write_table(pa.table(table), file) if table else file.write_bytes(b"x" * 99)
    with pytest.raises(error, match=says):
        scale.cut(file)


def test_no_scheduler_no_link(points, ground_folder, monkeypatch, tmp_path):
    monkeypatch.setattr(engine, "ANSWERS_WITHIN", "500ms")
    job = job_in(tmp_path / "out", ground_folder)
    nowhere = engine.Cluster(address="tcp://127.0.0.1:1")
    with pytest.raises(engine.NoEngine, match="no Dask scheduler answers"):
        list(engine.over_cluster(job, scale.cut(points), nowhere))


def test_workers_that_cannot_load_luge_are_told(points, ground_folder, monkeypatch, tmp_path):
    (tmp_path / "numba.py").write_text("raise ImportError('no compiler here')")
    monkeypatch.syspath_prepend(tmp_path)  # what workers inherit; this process has its own by now
    job = job_in(tmp_path / "out", ground_folder)
    linked = engine.over_cluster(job, scale.cut(points), engine.Cluster(workers=1))
    with pytest.raises(engine.NoEngine, match=r"cannot load Luge .*no compiler"):
        next(linked)
