"""A file of points to linked rows in PostGIS, beside a bare COPY of the same finished rows.

    python bench/imports.py [--rows 1000000] [--rounds 3] [--formats csv parquet]

Incidents in the sample district: 14 columns with Chinese texts, four times, a label. Each round
imports the file (read, validated, linked, committed) into a fresh copy of the database, and lets
the server itself COPY the finished rows, binary, into another: into the same table with the same
indexes, constraints and foreign keys, its linking trigger off; and into a bare table that has
none of them. The order of the runs changes from round to round. Prints a table with medians; the
ratio is that of the import to the first COPY. Peak memory is that of the importing process.
Starts a private cluster under .luge/bench with durable settings.
"""

import argparse
import itertools
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import psycopg
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from geo.intake import Wishes
from geo.store import cluster, importing, sample
from geo.store.database import transaction

HOME = Path(__file__).parents[1] / ".luge" / "bench" / "imports"
COLUMNS = (
    "external_id, class, subclass, description, address, source, status, reported_at, due_at,"
    " handled_at, closed_at, labels, geom, block_id, segment_id, side, chainage_m, offset_m"
)
TIMES = ["上报时间", "截止时间", "处置时间", "结案时间"]
PART = 500_000
SEED = 7


def main() -> None:
    """Measure and print; or, as a child process, do one import."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--formats", nargs="+", default=["csv", "parquet"])
    parser.add_argument("--one", nargs=2, metavar=("URL", "FILE"))
    args = parser.parse_args()
    if args.one:
        print(json.dumps(_import(args.one[0], Path(args.one[1]))))
    else:
        with tempfile.TemporaryDirectory() as folder:
            # The server's user reads and writes the finished rows there.
            Path(folder).chmod(0o777)
            try:
                _measure(Path(folder), args)
            finally:
                cluster.stop(HOME)


def _measure(folder: Path, args: argparse.Namespace) -> None:
    HOME.mkdir(parents=True, exist_ok=True)
    url = cluster.start(HOME)
    sample.ensure(url, HOME / "sample", print)
    files = _write(folder, args.rows, args.formats)
    finished = folder / "finished.bin"
    _finish(url, files[0], finished)
    runs = {file.suffix: (lambda file=file: _child(url, file)) for file in files}
    runs |= {"COPY": lambda: _copy(url, finished), "bare COPY": lambda: _copy_bare(url, finished)}
    taken: dict[str, list[dict[str, float]]] = {name: [] for name in runs}
    for turn in range(args.rounds):
        for name in itertools.islice(itertools.cycle(runs), turn, turn + len(runs)):
            taken[name].append(runs[name]())
            print(name, taken[name][-1], file=sys.stderr, flush=True)
    _report(args.rows, files, taken)


def _report(rows: int, files: list[Path], taken: dict[str, list[dict[str, float]]]) -> None:
    seconds = {name: statistics.median(run["s"] for run in runs) for name, runs in taken.items()}
    print(f"| {rows} rows | s | rows/s | × COPY | × bare COPY | peak memory, MB |")
    print("|---|---|---|---|---|---|")
    for name, runs in taken.items():
        took, peak = seconds[name], max(run.get("mb", 0) for run in runs)
        print(
            f"| {name} | {took:.1f} | {rows / took:.0f} | {took / seconds['COPY']:.2f} "
            f"| {took / seconds['bare COPY']:.1f} | {peak or '–'} |"
        )
    for file in files:
        print(f"{file.name}: {file.stat().st_size / 2**20:.0f} MB")


def _write(folder: Path, rows: int, formats: list[str]) -> list[Path]:
    """The sample's incidents again and again, each moved by a few metres."""
    source = pd.read_csv(HOME / "sample" / "incidents.csv", dtype=str, keep_default_na=False)
    files = [folder / f"incidents.{ending}" for ending in formats]
    writers: list[object] = [None] * len(files)
    for start in range(0, rows, PART):
        frame = _part(source, start, min(PART, rows - start))
        for at, file in enumerate(files):
            table = pa.Table.from_pandas(_typed(frame, file), preserve_index=False)
            if writers[at] is None:
                is_csv = file.suffix == ".csv"
                make = pyarrow.csv.CSVWriter if is_csv else pyarrow.parquet.ParquetWriter
                writers[at] = make(file, table.schema)
            writers[at].write_table(table)
    for writer in writers:
        writer.close()
    return files


def _part(source: pd.DataFrame, start: int, rows: int) -> pd.DataFrame:
    rng = np.random.default_rng([SEED, start])
    part = source.iloc[rng.integers(0, len(source), rows)].reset_index(drop=True)
    part["案件编号"] = [f"BN{number:09d}" for number in range(start, start + rows)]
    for name in ("经度", "纬度"):
        part[name] = np.round(part[name].astype(float) + rng.normal(0, 2e-5, rows), 7)
    return part


def _typed(frame: pd.DataFrame, file: Path) -> pd.DataFrame:
    if file.suffix == ".csv":
        return frame
    return frame.assign(**{name: pd.to_datetime(frame[name]) for name in TIMES})


def _import(url: str, file: Path) -> dict[str, float]:
    start = time.perf_counter()
    with transaction(url) as conn:
        done = importing.import_file(conn, file, "incidents", importing.Options(Wishes("wgs84")))
    took = time.perf_counter() - start
    return {"s": took, "mb": _peak_mb(), "inserted": done.inserted, "rejected": done.rejected}


def _peak_mb() -> int:
    # Not getrusage: there a child starts with what its parent had.
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) // 1024


def _child(url: str, file: Path) -> dict[str, float]:
    """One import in a process of its own, so that its memory is its own."""
    made = _fresh(url)
    done = subprocess.run(
        [sys.executable, __file__, "--one", made, file],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    return json.loads(done.stdout)


def _finish(url: str, file: Path, finished: Path) -> None:
    """Import once, and have the server write the rows as they are then."""
    made = _fresh(url)
    _import(made, file)
    with psycopg.connect(made) as conn:
        ours = f"select {COLUMNS} from incident where external_id like 'BN%' order by id"
        conn.execute(f"copy ({ours}) to '{finished}' (format binary)")


def _copy(url: str, finished: Path) -> dict[str, float]:
    with psycopg.connect(_fresh(url)) as conn:
        conn.execute("set luge.linked = 'yes'")
        return _timed_copy(conn, "incident", finished)


def _copy_bare(url: str, finished: Path) -> dict[str, float]:
    with psycopg.connect(_fresh(url)) as conn:
        conn.execute(f"create table bare as select {COLUMNS} from incident with no data")
        conn.commit()
        return _timed_copy(conn, "bare", finished)


def _timed_copy(conn: psycopg.Connection, table: str, finished: Path) -> dict[str, float]:
    start = time.perf_counter()
    conn.execute(f"copy {table} ({COLUMNS}) from '{finished}' (format binary)")
    conn.commit()
    return {"s": time.perf_counter() - start}


def _fresh(url: str) -> str:
    """A new copy of the sample's database, in place of the last."""
    made = url.replace(f"/{cluster.DATABASE}?", "/run?", 1)
    with psycopg.connect(
        url.replace(f"/{cluster.DATABASE}?", "/postgres?", 1), autocommit=True
    ) as c:
        c.execute("drop database if exists run with (force)")
        c.execute(f"create database run template {cluster.DATABASE}")
        c.execute("checkpoint")
    return made


if __name__ == "__main__":
    main()
