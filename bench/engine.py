"""20 million points from Parquet to Parquet: one process, and a cluster that loses a worker.

    .venv/bin/python bench/engine.py [FOLDER] [MILLIONS]

FOLDER (else a temporary one) needs 3 GB for 20 million points.
"""

import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import psutil
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from bench import city
from geo import engine, ground, locate, scale

WORKERS = 4


def main() -> None:
    """Makes the points, links them three times and compares."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.mkdtemp())
    millions = int(sys.argv[2]) if len(sys.argv) > 2 else 20
    points = make(folder, millions)
    locate.warm()
    alone = timed("one process", folder, points, None)
    timed("cluster, starting it included", folder, points, engine.Cluster(WORKERS))
    killed = timed("cluster, a worker killed", folder, points, engine.Cluster(WORKERS), kill=True)
    print("rows that differ:", compare(alone, killed))


def make(folder: Path, millions: int) -> Path:
    """The ground of the small city, and a million points in each file."""
    town = city.make("small")
    started = time.perf_counter()
    index = locate.build(town.blocks, town.block_ids, town.axes, town.segment_ids, 50.0)
    area = np.char.add("3199", np.char.zfill((town.grid_of_block // 200).astype(str), 5))
    blocks = ground.Blocks(town.block_ids, np.char.add("B", town.block_ids.astype(str)), area)
    ground.save(folder / "ground", ground.Ground(index, blocks, "EPSG:4549", "street"))
    print(
        f"index built and saved in {time.perf_counter() - started:.1f} s;", len(set(area)), "areas"
    )
    (folder / "points").mkdir(exist_ok=True)
    base, rng = city.points(town, 1_000_000), np.random.default_rng(9)
    for i in range(millions):
        x, y = (base + rng.normal(0, 5, base.shape)).T
        table = pa.table({"id": np.arange(len(x)) + i * len(x), "x": x, "y": y})
        pq.write_table(table, folder / "points" / f"{i:03}.parquet", row_group_size=250_000)
    return folder / "points"


def timed(name, folder, points, cluster, kill=False):
    """Links into a folder of its own; prints seconds, rate and the most memory of all processes."""
    job = scale.Job(str(folder / name.replace(" ", "-").replace(",", "")), None)
    Path(job.out).mkdir()
    (Path(job.out) / "_ground").symlink_to(folder / "ground")
    stop, most = threading.Event(), []
    watch = threading.Thread(target=watched, args=(stop, most))
    watch.start()
    started = time.perf_counter()
    portions = scale.cut(points)
    left = scale.begin(job, portions)
    linked = engine.over_cluster(job, left, cluster) if cluster else engine.in_process(job, left)
    for number, _ in enumerate(linked):
        if kill and number == len(left) // 3:
            kill_one()
    ends = scale.finish(job, portions)
    took = time.perf_counter() - started
    stop.set()
    watch.join()
    rows, parts = sum(e.rows for e in ends), sum(len(e.parts) for e in ends)
    print(f"{name}: {took:.1f} s, {rows / took / 1e6:.2f} M/s, {parts} parts, {max(most):.0f} MB")
    return Path(job.out)


def watched(stop, most):
    """Memory of this process and its children together, MB; shared pages count once (PSS)."""
    while not stop.wait(0.5):
        total = 0
        for process in [psutil.Process(), *psutil.Process().children(recursive=True)]:
            try:
                total += process.memory_full_info().pss
            except psutil.Error:
                continue
        most.append(total / 1e6)


def kill_one():
    """Kills the first process that has the index mapped."""
    for process in psutil.Process().children(recursive=True):
        if any(m.path.endswith("/index") for m in process.memory_maps()):
            print("killed worker", process.pid)
            return process.kill()
    raise AssertionError("no worker has the index")


def compare(one: Path, other: Path) -> int:
    """How many rows of two results differ, in any column or in their area."""
    parts = ds.partitioning(pa.schema([("area", pa.string())]), flavor="hive")
    tables = [ds.dataset(f, partitioning=parts).to_table().sort_by("id") for f in (one, other)]
    assert len(tables[0]) == len(tables[1])
    differ = np.zeros(len(tables[0]), bool)
    for name in tables[0].column_names:
        a, b = (table[name].combine_chunks() for table in tables)
        same = pc.fill_null(pc.equal(a, b), False).to_numpy(zero_copy_only=False)
        absent = (pc.is_null(each).to_numpy(zero_copy_only=False) for each in (a, b))
        differ |= ~(same | np.logical_and(*absent))
    return int(differ.sum())


if __name__ == "__main__":
    main()
