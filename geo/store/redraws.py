"""What a report on a draft is made of: its replay, its rules, the shapes of both plans."""

from hashlib import blake2b

import geopandas as gpd
import numpy as np
import psycopg
import shapely

from geo.reporting.redraw import Land, Read, Side
from geo.rerun import Tally
from geo.rule_sentences import Lang
from geo.store import changes, load_rules, plan_checks, reporting, reruns
from geo.store.database import LOCAL, Reader, read_setting
from geo.store.reruns import Asked, Plan, Replay
from geo.store.staging import read_frame

QUERIES = reruns.QUERIES
# The layers that it is made of, as the log of changes names them.
SOURCES = ("incidents", "blocks", "areas", "grids", "assignments", "segments", "acts")


def read(conn: psycopg.Connection, asked: Asked, lang: Lang, who: Reader = LOCAL) -> Read:
    """The report's material, as of one moment; reasons of rules in ``lang``, as ``who`` may know.

    Raises as `geo.store.reruns.replay` does.
    """
    replay = reruns.replay(conn, asked)
    srid = read_setting(conn).srid
    blocks = read_frame(conn, QUERIES["shapes"], srid=srid)
    made, block = replay.found, replay.work.cases.block
    sides = ((replay.before, made.before), (replay.after, made.after))
    checked = plan_checks.check(conn, asked.plan, load_rules.rule_of(conn), who=who)
    return Read(
        _land(conn, replay), replay.period,
        (_side(*sides[0], blocks), _side(*sides[1], blocks)),
        blocks, (replay.before.held.grid, replay.after.held.grid),
        reruns.same_grids(replay.before, replay.after), made,
        np.bincount(block[block >= 0], minlength=len(blocks)),
        [(found.hard, checked.sentence(found, lang)) for found in checked.findings],
    )  # fmt: skip


def _land(conn: psycopg.Connection, replay: Replay) -> Land:
    setting = read_setting(conn)
    known = changes.revisions(conn)
    revisions = {source: known[source] for source in SOURCES}
    # The log tells of no draft; its own version does.
    told = (sorted(revisions.items()), _of(replay.before), _of(replay.after))
    frames = [
        read_frame(conn, reporting.QUERIES[name], srid=setting.srid)
        for name in ("areas", "segments", "water")
    ]
    revision = blake2b(repr(told).encode(), digest_size=6).hexdigest()
    return Land(setting.name, setting.srid, setting.time_zone, revision, revisions, *frames)


def _of(plan: Plan) -> tuple[object, ...]:
    return plan.told["id"], plan.told["version"]


def _side(plan: Plan, tally: Tally, blocks: gpd.GeoDataFrame) -> Side:
    grid, shapes = plan.held.grid, blocks.geometry.to_numpy()
    count = len(plan.grids)
    weeks = max(len(tally.of["cases"]), 1)
    inside = grid >= 0
    households = np.bincount(grid[inside], blocks["households"][inside], minlength=count)
    frame = gpd.GeoDataFrame(
        {
            "code": [g["code"] for g in plan.grids], "name": [g["name"] for g in plan.grids],
            "households": households,
            "each": tally.of["cases"].sum(axis=0) * plan.held.share / weeks,
        },
        geometry=[shapely.coverage_union_all(shapes[grid == k]) for k in range(count)],
        crs=blocks.crs,
    )  # fmt: skip
    return Side(plan.told["id"], plan.told["name"], plan.told["status"], frame)
