"""Parquet linked into Parquet, larger than memory, by any number of processes on one folder.

A run cuts the files into portions of whole row groups. `link_portion` links one, in batches, and
writes a part per area: first under hidden names, then renamed, then entered in ``_done``. A portion
that is done twice writes the same names, and `finish` removes every part that no entry names and
counts the rows, so neither a killed process nor a second run loses or doubles a row.

The folder: ``area=CODE/part-PORTION-BATCH.parquet``, ``_plan.json`` (what is linked by what),
``_ground`` (see `geo.ground`), ``_done/PORTION.json``, and at last ``_SUCCESS``. Readers of Parquet
pass over names that begin with _ or a dot.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote
from uuid import uuid4

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from geo import columns, crs, ground, locate

BATCH_ROWS = 1_000_000
NO_AREA = "__HIVE_DEFAULT_PARTITION__"  # what Hive, Spark and Arrow call a null partition
LINKS = ("block_id", "segment_id", "side", "chainage_m", "offset_m")

Floats = NDArray[np.float64]


class NoPoints(ValueError):
    """There is no Parquet with coordinates to link."""


class ColumnTaken(ValueError):
    """The points have a column of a name that the results need."""


class OtherRun(ValueError):
    """The folder holds the results of something else."""


class RowsAmiss(ValueError):
    """The results do not have as many rows as the points."""


class Portion(NamedTuple):
    """Whole row groups of one file, numbered through the run."""

    number: int
    file: str
    row_groups: tuple[int, ...]
    rows: int


class Job(NamedTuple):
    """What every portion of a run shares: folder of results, and the points' CRS (None: metric)."""

    out: str
    crs: str | None


class Done(NamedTuple):
    """A finished portion: its rows, those in a block and on a road, and rows of each part."""

    number: int
    rows: int
    in_block: int
    on_road: int
    parts: dict[str, int]


def cut(points: Path) -> list[Portion]:
    """The portions of a Parquet file or of all in a folder, about `BATCH_ROWS` rows each.

    Raises:
        NoPoints: where there is no Parquet, or a file without columns of coordinates.
        ColumnTaken: where a file has a column that the results need.
    """
    files = sorted(points.rglob("*.parquet")) if points.is_dir() else [points]
    if not files:
        raise NoPoints(f"{points} holds no .parquet file")
    pieces = [(file, *piece) for file in files for piece in _row_groups(file)]
    return [Portion(i, str(f), groups, rows) for i, (f, groups, rows) in enumerate(pieces)]


def _row_groups(file: Path) -> Iterator[tuple[tuple[int, ...], int]]:
    try:
        with pq.ParquetFile(file) as opened:
            _coordinates(opened.schema_arrow.names, file)
            about = opened.metadata
            sizes = [about.row_group(i).num_rows for i in range(about.num_row_groups)]
    except (OSError, pa.ArrowInvalid) as error:
        raise NoPoints(f"{file} cannot be read as Parquet: {error}") from error
    groups: list[int] = []
    for i, rows in enumerate(sizes):
        if groups and sum(sizes[g] for g in groups) + rows > BATCH_ROWS:
            yield tuple(groups), sum(sizes[g] for g in groups)
            groups = []
        groups.append(i)
    if groups:
        yield tuple(groups), sum(sizes[g] for g in groups)


def _coordinates(names: list[str], file: Path) -> tuple[str, str]:
    taken = [name for name in names if name in (*LINKS, "area")]
    if taken:
        raise ColumnTaken(f"{file} has a column {taken[0]!r}, which the results need: rename it")
    found = columns.coordinate_columns(names)
    if "lon" not in found:
        raise NoPoints(f"{file} has no columns lon and lat, or x and y: {', '.join(names)}")
    return found["lon"], found["lat"]


def in_metres(points: Path) -> bool:
    """Whether the first file's coordinates are called x and y, so are metres unless told."""
    files = sorted(points.rglob("*.parquet")) if points.is_dir() else [points]
    return columns.plain(_coordinates(pq.read_schema(files[0]).names, files[0])[0])[0] == "x"


def begin(job: Job, portions: list[Portion]) -> list[Portion]:
    """Notes in ``_plan.json`` what is linked by what; returns the portions not done yet.

    The ground must be in ``_ground`` already.

    Raises:
        OtherRun: where the folder was begun with other points, another CRS or other ground.
    """
    out = Path(job.out)
    listed = [(p, os.stat(p.file).st_size, os.stat(p.file).st_mtime_ns) for p in portions]
    plan = {
        "points": hashlib.sha256(json.dumps(listed).encode()).hexdigest(),
        "crs": job.crs,
        "ground": ground.about(out / "_ground")["digest"],
    }
    path = out / "_plan.json"
    before = json.loads(path.read_text()) if path.exists() else plan
    differ = [name for name in plan if plan[name] != before.get(name)]
    if differ:
        raise OtherRun(f"{out} was begun with other {' and '.join(differ)}: give another folder")
    (out / "_done").mkdir(exist_ok=True)
    _put(path, plan)
    done = {entry.number for entry in finished(job)}
    return [portion for portion in portions if portion.number not in done]


def finished(job: Job) -> list[Done]:
    """The portions that are done, by number."""
    entries = sorted(Path(job.out, "_done").glob("[0-9]*.json"))
    return [Done(**json.loads(entry.read_text())) for entry in entries]


def link_portion(job: Job, portion: Portion) -> Done:
    """Links one portion and enters it as done; may be done again, or by two processes at once."""
    where = _where(str(Path(job.out, "_ground")))
    rows = in_block = on_road = 0
    parts: dict[str, int] = {}
    with pq.ParquetFile(portion.file) as opened:
        xy = _coordinates(opened.schema_arrow.names, Path(portion.file))
        batches = opened.iter_batches(BATCH_ROWS, list(portion.row_groups), use_threads=False)
        for i, batch in enumerate(batches):
            table, area = _linked(pa.Table.from_batches([batch]), xy, job.crs, where)
            rows += len(table)
            in_block += len(table) - table["block_id"].null_count
            on_road += len(table) - table["segment_id"].null_count
            parts |= _write(
                job, table, ([*where.codes, ""], area), f"part-{portion.number:06}-{i:03}.parquet"
            )
    done = Done(portion.number, rows, in_block, on_road, parts)
    _put(Path(job.out, "_done", f"{portion.number:06}.json"), done._asdict())
    return done


class _Where(NamedTuple):
    """The ground, the codes of its areas, and each block's place among them."""

    ground: ground.Ground
    codes: list[str]
    area_of_block: NDArray[np.int64]


@lru_cache(maxsize=1)
def _where(folder: str) -> _Where:
    """Mapped once in each process."""
    known = ground.load(Path(folder))
    codes, area_of_block = np.unique(known.blocks.area, return_inverse=True)
    return _Where(known, codes.tolist(), area_of_block)


def _linked(
    points: Any, xy: tuple[str, str], source: str | None, where: _Where
) -> tuple[Any, NDArray[np.int64]]:
    """The points with their links, and the place of each one's area, past the last for none."""
    x, y = (pc.cast(points[name], pa.float64()).to_numpy() for name in xy)
    known = where.ground
    found = locate.find(known.lookup, *_metric(x, y, source, known.crs), threads=1)
    nowhere, off_road = found.block < 0, found.road.segment < 0
    for name, values, absent in (
        ("block_id", found.block, nowhere),
        ("segment_id", found.road.segment, off_road),
        ("side", found.road.side, off_road),
        ("chainage_m", found.road.chainage_m, off_road),
        ("offset_m", found.road.offset_m, off_road),
    ):
        points = points.append_column(name, pa.array(values, mask=absent))
    at = np.minimum(np.searchsorted(known.blocks.id, found.block), len(known.blocks.id) - 1)
    return points, np.where(nowhere, len(where.codes), where.area_of_block[at])


def _metric(x: Floats, y: Floats, source: str | None, target: str) -> tuple[Floats, Floats]:
    """Coordinates in the ground's CRS; NaN, so nowhere, where the source CRS is not defined."""
    if source is None:
        return x, y
    if crs.parse(source).offset:
        outside = crs.outside_china(x, y)
        x, y = np.where(outside, np.nan, x), np.where(outside, np.nan, y)
    return crs.transform_points(x, y, source, target)


def _write(
    job: Job, table: Any, areas: tuple[list[str], NDArray[np.int64]], name: str
) -> dict[str, int]:
    """Writes the rows of each area under hidden names, then renames them; rows of each part."""
    codes, place = areas
    table = table.take(pa.array(np.argsort(place, kind="stable")))
    counts = np.bincount(place, minlength=len(codes))
    starts = np.cumsum(counts) - counts
    hidden: list[tuple[Path, Path]] = []
    parts = {}
    for i in np.flatnonzero(counts):
        code, start, rows = codes[i], int(starts[i]), int(counts[i])
        part = f"area={quote(code, safe='') or NO_AREA}/{name}"
        path = Path(job.out, part)
        path.parent.mkdir(exist_ok=True)
        hidden.append((path.with_name(f".{name}.{uuid4().hex}"), path))
        pq.write_table(table.slice(start, rows), hidden[-1][0])
        parts[part] = rows
    for before, after in hidden:
        before.replace(after)
    return parts


def finish(job: Job, portions: list[Portion]) -> list[Done]:
    """Removes what no entry names, counts every row in the parts themselves, marks success.

    Raises:
        RowsAmiss: where a portion or a part is missing, or has other rows than were read.
    """
    out, entries = Path(job.out), finished(job)
    named = {part: rows for entry in entries for part, rows in entry.parts.items()}
    if [(e.number, e.rows) for e in entries] != [(p.number, p.rows) for p in portions]:
        raise RowsAmiss(f"{out}: not every portion is done; run the same command again")
    for path in out.glob("area=*/*"):
        if path.relative_to(out).as_posix() not in named:
            path.unlink()
    for part, rows in named.items():
        if not (out / part).exists() or pq.read_metadata(out / part).num_rows != rows:
            raise RowsAmiss(f"{out / part} lacks rows: remove {out} and link again")
    (out / "_SUCCESS").touch()
    return entries


def _put(path: Path, value: Any) -> None:
    """Writes JSON so that who reads sees all of it or nothing."""
    written = path.with_name(f".{path.name}.{uuid4().hex}")
    written.write_text(json.dumps(value))
    written.replace(path)
