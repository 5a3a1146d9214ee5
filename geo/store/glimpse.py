"""The first rows of a roster before it is imported: what they mean, and where they lie."""

from pathlib import Path
from typing import Any

import psycopg

from geo import columns, rosters, values
from geo.head import ROWS
from geo.preview import Preview, Row, problem_of
from geo.rosters import ROSTER, Asked
from geo.store.database import read_setting, rows
from geo.store.duties import columns_of
from geo.store.queries import load
from geo.store.roads import Finder, finder
from geo.stretches import NotUnderstood, Stretch, Words
from geo.tables import Table

QUERIES = load("stretches")

Seen = tuple[str, list[Stretch]]


def look(conn: psycopg.Connection, path: Path, asked: Asked) -> Preview:
    """Judge the first `geo.head.ROWS` rows: do their words name a stretch?

    Whether somebody has these metres already is seen by a dry run.
    """
    try:
        table = _head(rosters.table(path, asked))
    except ValueError as error:
        return Preview([], {}, {}, problem_of(error))
    names = [str(name) for name in table.frame.columns if name != "_row"]
    try:
        fields = columns.recognise(ROSTER, names, asked.columns)
        roster = rosters.typed(table, asked, read_setting(conn).time_zone)
    except ValueError as error:
        known = columns.recognise(ROSTER, names)
        return Preview(names, known, {}, problem_of(error), rows=_rows(table, names, {}, {}))
    find = finder(conn, holding=False)
    seen = {
        row["_row"]: (reason, []) if reason else _understood(find, row)
        for row, reason in zip(roster.rows, roster.reasons, strict=True)
    }
    reasons = {row: reason for row, (reason, _) in seen.items() if reason}
    reasons |= dict(zip(roster.unread["_row"], roster.unread["reason"], strict=True))
    fields = {f: name for f, name in fields.items() if f not in (asked.constants or {})}
    shown = _rows(table, names, reasons, _shapes(conn, seen))
    return Preview(
        names, fields, {}, None, rows=shown, rejected=len(reasons), notes=roster.notes
    )  # fmt: skip


def _head(table: Table) -> Table:
    frame = table.frame.head(ROWS)
    within = table.unread["_row"] <= (frame["_row"].max() if len(frame) else 0)
    return table._replace(frame=frame, unread=table.unread[within])


def _understood(find: Finder, row: dict[str, Any]) -> Seen:
    words = Words(row["road"], row["from"] or "", row["to"] or "", row["side"] or "")
    try:
        return "", find(words)
    except NotUnderstood as error:
        return f"{error.field} not understood, {error}", []


def _shapes(conn: psycopg.Connection, seen: dict[int, Seen]) -> dict[int, dict[str, Any]]:
    """The ground of each row as GeoJSON (degrees)."""
    of = [row for row, (_, stretches) in seen.items() for _ in stretches]
    all_ = [one for _, stretches in seen.values() for one in stretches]
    lines: dict[int, list[Any]] = {}
    for row, one in zip(of, rows(conn, QUERIES["lines"], columns_of(all_)), strict=True):
        lines.setdefault(row, []).append(one["line"])
    return {row: {"type": "MultiLineString", "coordinates": parts} for row, parts in lines.items()}


def _rows(
    table: Table, names: list[str], reasons: dict[int, str], shapes: dict[int, dict[str, Any]]
) -> list[Row]:
    texts = [values.text(table.frame[name]).fillna("").tolist() for name in names]
    numbers = [int(row) for row in table.frame["_row"]]
    cells = zip(*texts, strict=True) if texts else [()] * len(numbers)
    made = [
        Row(row, list(each), reasons.get(row, ""), shapes.get(row))
        for row, each in zip(numbers, cells, strict=True)
    ]
    there = set(numbers)
    return made + [Row(int(row), [], why, None) for row, why in reasons.items() if row not in there]
