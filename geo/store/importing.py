"""Files into the database: each row accepted or rejected, staged by COPY, merged and linked.

Every row of a file ends up inserted, updated, unchanged or rejected, and the summary adds up.
"""

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import psycopg
import shapely
from psycopg import sql

from geo import datum, intake, kinds, readers
from geo.evidence import Ground
from geo.export import harmless
from geo.placing import MissingCrs
from geo.store import grids, known, linking
from geo.store.blocks import NoAreas, put_blocks
from geo.store.database import Setting, read_setting
from geo.store.network import rebuild_network
from geo.store.queries import load
from geo.store.relinking import Followed, following
from geo.store.staging import copy_rows, or_none, to_ewkb

QUERIES = load("importing")
KEYS = {"area": ("level", "code")}

# How far outside of the district a row may lie where nobody says. A road along the border serves
# both sides of it; a shop across the road is the neighbour's.
MARGIN_M = {"ways": 50.0}

Say = Callable[[str], None]


class Options(NamedTuple):
    """What a person may say about a file besides its kind: of its rows, and of the file."""

    wishes: intake.Wishes = intake.Wishes()
    layer: str | None = None
    encoding: str | None = None
    margin_m: float | None = None
    dry_run: bool = False


class Merged(NamedTuple):
    """How many of the accepted rows were new, changed or the same."""

    inserted: int
    updated: int
    unchanged: int


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
    rejects: pd.DataFrame


def import_file(
    conn: psycopg.Connection,
    path: Path,
    kind_name: str,
    options: Options = Options(),  # noqa: B008 - immutable
    say: Say = lambda _: None,
) -> Summary:
    """Imports one file in the caller's transaction; with ``dry_run`` it is rolled back at the end.

    Raises what `geo.readers` and `geo.intake` raise for a file that cannot be read as a whole; rows
    that cannot be taken are in the summary's ``rejects``.
    """
    kind, setting = kinds.kind_of(kind_name), read_setting(conn)
    where = district_of(conn, kind, options.margin_m)
    say(f"reading {path.name}")
    source = readers.read(
        path, layer=options.layer, encoding=options.encoding, given=options.wishes.columns
    )
    say(f"checking {len(source.frame)} rows")
    taken = _accept(source, kind, where, options.wishes, known.read_ground(conn, where))
    with conn.transaction(force_rollback=options.dry_run):
        say(f"writing {len(taken.rows)} rows")
        merged, notes = _MERGE.get(kind.name, _merge_points)(conn, kind, taken, setting)
        summary = _summary(path, kind, taken, merged, notes)
        _book(conn, path, summary)
    return summary


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


def _summary(
    path: Path, kind: kinds.Kind, taken: intake.Intake, merged: Merged, notes: list[str]
) -> Summary:
    rejected = len(taken.rejects)
    return Summary(
        path.name,
        kind.name,
        str(taken.crs),
        sum(merged) + rejected,
        *merged,
        rejected,
        [*taken.notes, *notes],
        taken.rejects,
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


def _merge_points(
    conn: psycopg.Connection, kind: kinds.Kind, taken: intake.Intake, setting: Setting
) -> tuple[Merged, list[str]]:
    """Points come with their links: the trigger stays out of a transaction that brings them."""
    links = linking.link(taken.rows.geometry.to_numpy(), linking.read_ground(conn))
    conn.execute(linking.QUERIES["trust_links"])
    merged = _merge(conn, kind, taken, setting.srid, linking.link_columns(links))
    conn.execute(linking.QUERIES["mistrust_links"])
    on_block = int((links.block >= 0).sum())
    on_road = int((links.road.segment >= 0).sum())
    return merged, [
        f"{on_block} of {len(taken.rows)} lie in a block,"
        f" {on_road} within {setting.link_distance_m:g} m of a road"
    ]


def _merge_areas(
    conn: psycopg.Connection, kind: kinds.Kind, taken: intake.Intake, setting: Setting
) -> tuple[Merged, list[str]]:
    merged = _merge(conn, kind, taken, setting.srid)
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
    merged = _merge(conn, kind, taken, setting.srid)
    if not merged.inserted + merged.updated:
        return merged, []
    with following(conn) as followed:
        change = rebuild_network(conn)
    return merged, [
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


def _merge(
    conn: psycopg.Connection,
    kind: kinds.Kind,
    taken: intake.Intake,
    srid: int,
    links: Mapping[str, list[object]] = {},
) -> Merged:
    """Stages the rows and merges them into the kind's table; links do not count as a difference.

    Fields of which the file says nothing stay as they are in rows that are there already.
    """
    rows = taken.rows.drop(columns=["_row", "parent", "geometry"], errors="ignore")
    values: dict[str, list[object]] = {name: or_none(rows[name]) for name in rows.columns}
    values["geom"] = list(to_ewkb(taken.rows.geometry.to_numpy(), srid))
    values |= links
    told = [name for name in values if name not in taken.silent]
    compose = _composer(kind.table, list(values), told, [n for n in told if n not in links])
    conn.execute(compose("make_stage"))
    copy_rows(conn, compose("copy_stage"), zip(*values.values(), strict=True))
    row = conn.execute(compose("merge")).fetchone()
    conn.execute(QUERIES["drop_stage"])
    inserted, updated = row if row else (0, 0)
    return Merged(inserted, updated, len(rows) - inserted - updated)


def _composer(
    table: str, columns: list[str], told: list[str], data: list[str]
) -> Callable[[str], sql.Composed]:
    """Fills a query's {places} for one table.

    Rows that are there get the ``told`` columns; ``data`` are those that make a difference.
    """

    def names(wanted: list[str], prefix: str = "") -> sql.Composed:
        dot = sql.SQL(prefix)
        return sql.SQL(", ").join(dot + sql.Identifier(name) for name in wanted)

    assignments = sql.SQL(", ").join(
        sql.SQL("{0} = excluded.{0}").format(sql.Identifier(name)) for name in told
    )
    places = {
        "table": sql.Identifier(table),
        "columns": names(columns),
        "key": names(list(KEYS.get(table, ("external_id",)))),
        "assignments": assignments,
        "current": names(data, "t."),
        "incoming": names(data, "excluded."),
    }
    return lambda query: sql.SQL(QUERIES[query].decode()).format(**places)


def write_rejects(path: Path, summaries: list[Summary]) -> int:
    """Writes all rejected rows with file, row number and reason to ``path``; returns how many."""
    frames = [s.rejects.assign(file=s.file) for s in summaries if len(s.rejects)]
    if not frames:
        return 0
    rejects = pd.concat(frames, ignore_index=True)
    first = ["file", "row", "id", "reason"]
    rest = [name for name in rejects.columns if name not in first]
    # Excel opens the file as UTF-8 only with a byte order mark.
    harmless(rejects[first + rest]).to_csv(path, index=False, encoding="utf-8-sig")
    return len(rejects)
