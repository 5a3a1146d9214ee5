"""`luge link POINTS --out FOLDER`: Parquet linked, in this process or over a cluster."""

import shutil
from pathlib import Path

from rich.progress import Progress

from api.cli.session import console, database, tell
from geo import engine, ground, scale
from geo.store import grounds
from geo.store.database import transaction


def link_parquet(
    points: Path, out: Path, *, crs: str | None, by: str, index: Path | None,
    cluster: tuple[int, str | None] | None,
) -> None:  # fmt: skip
    """Links a file or folder of Parquet into ``out``, going on where an earlier run stopped."""
    portions = scale.cut(points.absolute())
    job = scale.Job(str(out.absolute()), crs or (None if scale.in_metres(points) else "wgs84"))
    _bring_ground(out, by, index)
    left = scale.begin(job, portions)
    if len(left) < len(portions):
        tell(f"{len(portions) - len(left)} of {len(portions)} portions are done already")
    if left:
        done = (
            engine.over_cluster(job, left, engine.Cluster(*cluster))
            if cluster
            else engine.in_process(job, left)
        )
        with Progress(console=console) as progress:
            task = progress.add_task("linking", total=sum(portion.rows for portion in left))
            for each in done:
                progress.advance(task, each.rows)
    ends = scale.finish(job, portions)
    tell(
        f"{sum(e.rows for e in ends)} points: {sum(e.in_block for e in ends)} in a block,"
        f" {sum(e.on_road for e in ends)} on a road;"
        f" {sum(len(e.parts) for e in ends)} parts in {out}"
    )


def _bring_ground(out: Path, by: str, index: Path | None) -> None:
    """Puts the ground into ``out``; a run that goes on keeps the ground it began with."""
    folder = out / "_ground"
    if index:
        asked = ground.about(index)
        if not (folder / "ground.json").exists():
            _refuse_full(out)
            copy = shutil.copytree(index, out / "_ground.new", dirs_exist_ok=True)
            Path(copy).rename(folder)
        elif ground.about(folder)["digest"] != asked["digest"]:
            raise scale.OtherRun(f"{out} was begun with other ground: give another folder")
    elif not (folder / "ground.json").exists():
        _refuse_full(out)
        with console.status("building the index"), transaction(database()) as conn:
            grounds.save(conn, folder, by)
    else:
        level = ground.about(folder)["level"]
        if level != by:
            raise scale.OtherRun(f"{out} was begun with --by {level}: give another folder")
        tell(f"going on with the ground that {out} was begun with")


def _refuse_full(out: Path) -> None:
    if out.exists() and any(not each.name.startswith("_ground") for each in out.iterdir()):
        raise scale.OtherRun(f"{out} holds something else: give an empty or a new folder")
