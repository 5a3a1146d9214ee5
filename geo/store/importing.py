"""Files into the database: each row accepted or rejected, staged by COPY, merged and linked.

Every row of a file ends up inserted, updated, unchanged or rejected, and the summary adds up.
"""

import hashlib
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import shapely

from geo import datum, intake, kinds, portions, readers
from geo.evidence import Ground
from geo.placing import MissingCrs
from geo.progress import Say, silence
from geo.store import grids, known, points, rejects
from geo.store.blocks import NoAreas, put_blocks
from geo.store.database import Setting, read_setting
from geo.store.merging import Merged, merge
from geo.store.network import rebuild_network
from geo.store.points import Poured
from geo.store.queries import load
from geo.store.rejects import Rejects
from geo.store.relinking import Followed, following
from geo.store.staging import or_none, to_ewkb
from geo.store.turns import take_turn

QUERIES = load("importing")

# How far outside of the district a row may lie where nobody says. A road along the border serves
# both sides of it; a shop across the road is the neighbour's.
MARGIN_M = {"ways": 50.0}


class Options(NamedTuple):
    """What a person may say about a file besides its kind: of its rows, and of the file."""

    wishes: intake.Wishes = intake.Wishes()
    layer: str | None = None
    encoding: str | None = None
    margin_m: float | None = None
    dry_run: bool = False


class Summary(NamedTuple):
    """What became of one file. ``read`` is the sum of the four counts behind it."""

    file: str
    kind: str
    crs: str
    read: int
    inserted: int
    updated: int
    unchanged: int
    rejected: int
    notes: list[str]
    rejects: Rejects


def import_file(
    conn: psycopg.Connection,
    path: Path,
    kind_name: str,
    options: Options = Options(),  # noqa: B008 - immutable
    say: Say = silence,
) -> Summary:
    """Imports one file in the caller's transaction; with ``dry_run`` it is rolled back at the end.

    Raises what `geo.readers` and `geo.intake` raise for a file that cannot be read as a whole; rows
    that cannot be taken are in the summary's ``rejects``.
    """
    kind = kinds.kind_of(kind_name)
    take_turn(conn, say)
    where = district_of(conn, kind, options.margin_m)
    asked = portions.Asked(options.layer, options.encoding, options.wishes.columns)
    file = points.File(path, kind, asked, options.wishes, where)
    say(f"reading {path.name}")
    with conn.transaction(force_rollback=options.dry_run):
        pour = points.pour if kind.shape == "Point" else _pour_shapes
        poured = pour(conn, file, say)
        summary = _summary(file, poured)
        _book(conn, path, summary)
    return summary


def _pour_shapes(conn: psycopg.Connection, file: points.File, say: Say) -> Poured:
    """Brings lines or polygons in, which are judged as a whole."""
    path, kind, asked, wishes, where = file
    source = readers.read(path, **asked._asdict())
    say(f"checking {len(source.frame)} rows")
    taken = _accept(source, kind, where, wishes, known.read_ground(conn, where))
    say(f"writing {len(taken.rows)} rows")
    merged, notes = _MERGE[kind.name](conn, kind, taken, read_setting(conn))
    return Poured(taken.crs, merged, [*taken.notes, *notes], Rejects(path.name, [taken.rejects]))


def _accept(
    source: readers.Source,
    kind: kinds.Kind,
    where: intake.District,
    wishes: intake.Wishes,
    ground: Ground,
) -> intake.Intake:
    """Judges the rows, and doubts the datum where the district's ground speaks against it."""
    try:
        taken = intake.accept(source, kind, where, wishes)
    except MissingCrs as error:
        likely = datum.notes(source.frame, kind, None, ground)
        raise MissingCrs(" ".join([str(error), *likely])) from error
    doubts = datum.notes(source.frame, kind, taken.crs, ground)
    return taken._replace(notes=[*doubts, *taken.notes])


def _summary(file: points.File, poured: Poured) -> Summary:
    rejected = len(poured.rejects)
    return Summary(
        file.path.name,
        file.kind.name,
        str(poured.crs),
        sum(poured.merged) + rejected,
        *poured.merged,
        rejected,
        poured.notes,
        poured.rejects,
    )


def _book(conn: psycopg.Connection, path: Path, summary: Summary) -> None:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    counts = {k: v for k, v in summary._asdict().items() if k not in ("notes", "rejects")}
    conn.execute(QUERIES["book"], {**counts, "sha256": digest})


def district_of(
    conn: psycopg.Connection, kind: kinds.Kind, margin_m: float | None = None
) -> intake.District:
    """Where rows of a kind may lie: the district, and ``margin_m`` around it (None: as usual)."""
    setting = read_setting(conn)
    return intake.District(setting.srid, _extent(conn, kind, margin_m), setting.time_zone)


def _extent(conn: psycopg.Connection, kind: kinds.Kind, margin_m: float | None) -> Any:
    """The district's ground, widened by the margin; None while there are no areas, or for areas."""
    margin_m = MARGIN_M.get(kind.name, 0.0) if margin_m is None else margin_m
    if kind.name == "areas":
        return None
    row = conn.execute(QUERIES["extent"]).fetchone()
    if row is None or row[0] is None:
        return None
    return (
        shapely.buffer(shapely.from_wkb(row[0]), margin_m) if margin_m else shapely.from_wkb(row[0])
    )


def _merge_areas(
    conn: psycopg.Connection, kind: kinds.Kind, taken: intake.Intake, setting: Setting
) -> tuple[Merged, list[str]]:
    merged = merge(conn, kind, taken, setting.srid)
    given = taken.rows[taken.rows["parent"].notna()]
    conn.execute(
        QUERIES["parents_by_code"],
        {
            "codes": given["code"].tolist(),
            "levels": given["level"].tolist(),
            "parents": given["parent"].tolist(),
        },
    )
    conn.execute(QUERIES["parents_by_place"])
    return merged, []


def _merge_ways(
    conn: psycopg.Connection, kind: kinds.Kind, taken: intake.Intake, setting: Setting
) -> tuple[Merged, list[str]]:
    merged = merge(conn, kind, taken, setting.srid)
    if not merged.inserted + merged.updated:
        return merged, []
    with following(conn) as followed:
        change = rebuild_network(conn)
    lapsed = [f"{change.lapsed} edits by hand lapsed: their ground is gone"] * bool(change.lapsed)
    walked = f"{change.walked_m:.0f} m of side passed on patrols dropped: their ground is gone"
    return merged, [
        *lapsed,
        *[walked] * bool(change.walked_m),
        f"the network has {change.segments} segments between {change.nodes} nodes"
        f" ({change.kept} kept, {change.added} new, {change.removed} gone)",
        *_moved(followed),
    ]


def _merge_blocks(
    conn: psycopg.Connection, kind: kinds.Kind, taken: intake.Intake, setting: Setting
) -> tuple[Merged, list[str]]:
    rows = taken.rows
    shapes = to_ewkb(rows.geometry.to_numpy(), setting.srid)
    areas: dict[str, int | None] = dict(
        conn.execute(
            QUERIES["area_of_blocks"],
            {"codes": rows["code"].tolist(), "areas": or_none(rows["area"]), "shapes": shapes},
        ).fetchall()
    )
    homeless = [code for code, area in areas.items() if area is None]
    if homeless:
        raise NoAreas(
            f"{len(homeless)} blocks lie in no area (first: {homeless[0]}):"
            " import the areas first, or name each block's area"
        )
    with following(conn) as followed:
        change = put_blocks(conn, rows.assign(area_id=rows["code"].map(areas)))
    return Merged(change.added, change.changed, change.kept), _moved(followed)


def _moved(followed: Followed) -> list[str]:
    if not followed.points:
        return []
    return [f"{followed.moved} of {followed.points} points near the change have other links"]


def _merge_grids(
    conn: psycopg.Connection, kind: kinds.Kind, taken: intake.Intake, setting: Setting
) -> tuple[Merged, list[str]]:
    counts, notes = grids.put_grids(conn, taken.rows)
    return Merged(*counts), notes


_MERGE = {
    "areas": _merge_areas,
    "compounds": _merge_areas,
    "ways": _merge_ways,
    "blocks": _merge_blocks,
    "grids": _merge_grids,
}


def write_rejects(path: Path, summaries: list[Summary]) -> int:
    """Writes all rejected rows with file, row number and reason to ``path``; returns how many."""
    return rejects.write(path, [summary.rejects for summary in summaries])
