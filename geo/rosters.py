"""Rosters of chiefs: spreadsheets of road, from, to, side, chief, level, phone.

A row says who answers for which stretch of a road. Here a file is read and its cells are typed;
what roads, crossings and chiefs they mean is asked of the district (`geo.store.rosters`).
"""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo import containers, fields, remarks, sheets, subtotals, tables
from geo.containers import LIMITS, Limits
from geo.kinds import PHONE, Field, Kind, Names
from geo.tables import Table

Reasons = NDArray[np.object_]

LEVELS = {
    "general": "总路长 总河长 总",
    "first": "一级 一级路长 一级河长 1",
    "second": "二级 二级路长 二级河长 路长 河长 弄长 2",
    "rota": "轮值 轮值路长",
    "member": "成员 成员单位 组员",
}
ROSTER = Kind(
    "duties",
    "duty",
    "LineString",
    "code",
    (
        Field("road", "road 道路 路名 道路名称 道路名 路段 河道 河道名称 弄 street", required=True),
        Field("from", "from 起 起点 自 从 起始路口 起点路口 起始"),
        Field("to", "to 止 终点 至 到 终止路口 终点路口 终止 迄"),
        Field("side", "side 侧 侧别 道路侧 边 路侧"),
        Field("chief", "chief 路长 路长姓名 姓名 河长 弄长 责任人 负责人 name", required=True),
        Field(
            "level", "level 级别 路长级别 层级 角色 role", "choice", required=True, choices=LEVELS
        ),
        Field("phone", PHONE),
        Field("department", "department 部门 单位 职务 所属部门 责任单位 unit organisation"),
        Field("code", "code 路长编号 工号 人员编号 chief_code"),
        Field("start", "start 起始日期 开始日期 生效日期 任职日期 since", "timestamp"),
        Field("end", "end 结束日期 终止日期 离任日期 until", "timestamp"),
    ),
)


class UnknownTable(ValueError):
    """The file is no table that is read."""


class Asked(NamedTuple):
    """What a person may say of a roster: columns, one value for all rows, sheet, encoding."""

    columns: Names | None = None
    constants: Names | None = None
    layer: str | None = None
    encoding: str | None = None


class Roster(NamedTuple):
    """A roster with its cells typed.

    ``rows`` has the fields of `ROSTER` (None where nothing is said, dates as dates) and ``_row``;
    ``reasons`` why a row cannot be taken, or ''. ``stood`` are the rows as they stood.
    """

    rows: list[dict[str, Any]]
    reasons: list[str]
    stood: Any
    unread: Any
    notes: list[str]


def read(path: Path, asked: Asked, zone: str, limits: Limits = LIMITS) -> Roster:
    """Read a CSV or Excel file; dates without an offset are those of ``zone``.

    Raises `UnknownTable`, and what ``geo.tables``, ``geo.sheets`` and ``geo.fields`` raise.
    """
    table = _table(path, asked, limits)
    sums = subtotals.find(table.frame.assign(geometry=None))
    frame = table.frame[~table.frame["_row"].isin(sums["_row"])].reset_index(drop=True)
    use = fields.use_of(frame, ROSTER, asked.columns, asked.constants)
    rows, reasons = fields.fill(frame, ROSTER, use, zone)
    reasons = fields.both(reasons, fields.missing(rows, ROSTER))
    for name in ("start", "end"):
        rows[name] = rows[name].dt.tz_convert(zone).dt.date
    plain = rows.astype(object).where(rows.notna(), None)
    unread = pd.concat([table.unread, sums], ignore_index=True)
    notes = [*table.notes, *remarks.column_use(ROSTER, use)]
    return Roster(plain.to_dict("records"), reasons.tolist(), frame, unread, notes)


def _table(path: Path, asked: Asked, limits: Limits) -> Table:
    name = path.name.lower()
    ending = next((each for each in (*tables.CSV, *tables.EXCEL) if name.endswith(each)), None)
    if ending is None:
        raise UnknownTable(f"{path.name}: a roster is a CSV or Excel file (.csv, .xlsx)")
    containers.check(path, ending, limits)
    if ending in tables.EXCEL:
        return sheets.read_excel(path, asked.layer, limits)
    return tables.read_csv(path, asked.encoding, limits)


def rejects(roster: Roster, reasons: list[str]) -> pd.DataFrame:
    """The rows that have a reason, as they stood, with ``row``, ``id`` and ``reason`` before."""
    bad = np.array([reason != "" for reason in reasons], bool)
    stood = roster.stood.loc[bad].drop(columns="_row")
    taken = {name: f"{name} (file)" for name in ("row", "id", "reason", "line")}
    found = stood.rename(columns=taken)
    found.insert(0, "row", roster.stood.loc[bad, "_row"])
    found.insert(1, "id", "")
    found.insert(2, "reason", [reason for reason in reasons if reason])
    unread = roster.unread.rename(columns={"_row": "row"}).assign(id="")
    parts = [part for part in (found, unread) if len(part)]
    if not parts:
        return found
    return pd.concat(parts).sort_values("row").reset_index(drop=True)
