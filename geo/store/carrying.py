"""What lies on sides by chainage, carried along when segments are edited."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import psycopg
from psycopg import sql

from geo import editing
from geo.editing import Piece
from geo.store.queries import load
from geo.store.staging import or_none

QUERIES = load("editing")

# The tables whose rows lie on a side from a chainage to another.
STRETCH_TABLES = ("duty", "pass", "rota_stretch", "body_stretch")
# Those of them that nobody may lose unasked.
PROMISED = ("duty", "rota_stretch", "body_stretch")
COLUMNS = ["id", "segment", "side", "from_m", "to_m", "rest"]

Held = dict[str, Any]


def take_up(conn: psycopg.Connection, segments: Sequence[int]) -> Held:
    """What lies on the sides of some segments, table by table; nobody else changes it."""
    held: Held = {}
    for table in STRETCH_TABLES:
        rows = conn.execute(_on(table, "stretches"), {"segments": list(segments)}).fetchall()
        held[table] = pd.DataFrame(rows, columns=COLUMNS)
    return held


def put_down(
    conn: psycopg.Connection, held: Held, pieces: list[Piece], seam_m: float | None = None
) -> None:
    """Writes what was taken up as it lies after an edit; at a seam, like parts become one.

    New segments and sides are there already, those that go are there still.
    """
    for table, before in held.items():
        if before.empty:
            continue
        after = editing.carry(before, pieces)
        if seam_m is not None:
            after = editing.merge_at(after, seam_m, ["rest"])
        _write(conn, table, before, after)


def _write(conn: psycopg.Connection, table: str, before: Any, after: Any) -> None:
    after = after.sort_values(["id", "segment", "from_m"], kind="stable")
    same = after.merge(before, on=COLUMNS)["id"]
    changed = after[~after["id"].isin(same)]
    gone = before.loc[~before["id"].isin(same), "id"].tolist()
    # A row that became two: the first part keeps its number.
    ids = changed["id"].astype("Int64").mask(changed["id"].duplicated())
    conn.execute(_on(table, "forget_stretches"), {"ids": gone})
    given = {
        "table": table,
        "ids": or_none(ids),
        "segments": changed["segment"].tolist(),
        "sides": changed["side"].tolist(),
        "from_m": changed["from_m"].tolist(),
        "to_m": changed["to_m"].tolist(),
        "rests": changed["rest"].tolist(),
    }
    conn.execute(_on(table, "put_stretches"), given)


def _on(table: str, query: str) -> sql.Composed:
    return sql.SQL(QUERIES[query].decode()).format(table=sql.Identifier(table))
