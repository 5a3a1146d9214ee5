"""Rosters: spreadsheets of who answers for which stretch, and of the bodies bound to stretches.

A row says: road, from, to, side, chief, level, phone; or the same of a body and its members. Here
a file is read and its cells are typed; what roads, crossings and chiefs they mean is asked of the
district (`geo.store.rosters`, `geo.store.bodylists`).
"""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from geo import containers, fields, remarks, sheets, subtotals, tables
from geo.containers import LIMITS, Limits
from geo.kinds import PHONE, Field, Kind, Names
from geo.tables import Table

LEVELS = {
    "general": "总路长 总河长 总",
    "first": "一级 一级路长 一级河长 1",
    "second": "二级 二级路长 二级河长 路长 河长 弄长 2",
    "rota": "轮值 轮值路长",
    "member": "成员 成员单位 组员",
}
BODY_KINDS = {
    "street_council": "街事会 街事会议",
    "party_branch": "道路党组织 路段党组织 党支部 党组织",
    "alliance": "党建联盟 联盟",
}
POSTS = {
    "head": "负责人 会长 书记 组长 主任",
    "deputy": "副负责人 副会长 副书记 副组长 副主任",
    "member": "成员 会员 委员 组员",
}
ROAD_WORDS = "road 道路 路名 道路名称 道路名 路段 河道 河道名称 弄 street"
STRETCH = (
    Field("from", "from 起 起点 自 从 起始路口 起点路口 起始"),
    Field("to", "to 止 终点 至 到 终止路口 终点路口 终止 迄"),
    Field("side", "side 侧 侧别 道路侧 边 路侧"),
)
ROSTER = Kind(
    "duties",
    "duty",
    "LineString",
    "code",
    (
        Field("road", ROAD_WORDS, required=True),
        *STRETCH,
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
BODIES = Kind(
    "bodies",
    "body",
    "LineString",
    "name",
    (
        Field("kind", "kind 类型 类别 组织类型", "choice", required=True, choices=BODY_KINDS),
        Field("name", "name 名称 组织名称 body", required=True),
        Field("road", ROAD_WORDS),
        *STRETCH,
        Field("start", "start 起始日期 成立日期 since", "timestamp"),
        Field("member", "member 姓名 成员 成员姓名"),
        Field("post", "post 职务 角色", "choice", choices=POSTS, default="member"),
        Field("organisation", "organisation 单位 部门 所属单位"),
        Field("phone", PHONE),
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


def read(path: Path, asked: Asked, zone: str, kind: Kind = ROSTER) -> Roster:
    """Read a CSV or Excel file; dates without an offset are those of ``zone``.

    Raises `UnknownTable`, and what ``geo.tables``, ``geo.sheets`` and ``geo.fields`` raise.
    """
    return typed(table(path, asked), asked, zone, kind)


def table(path: Path, asked: Asked, limits: Limits = LIMITS) -> Table:
    """The rows of a CSV or Excel file as they stand; raises as `read` does."""
    name = path.name.lower()
    ending = next((each for each in (*tables.CSV, *tables.EXCEL) if name.endswith(each)), None)
    if ending is None:
        raise UnknownTable(f"{path.name}: a roster is a CSV or Excel file (.csv, .xlsx)")
    containers.check(path, ending, limits)
    if ending in tables.EXCEL:
        return sheets.read_excel(path, asked.layer, limits)
    return tables.read_csv(path, asked.encoding, limits)


def typed(stood: Table, asked: Asked, zone: str, kind: Kind = ROSTER) -> Roster:
    """The rows of a table with their cells typed; raises what ``geo.fields`` raises."""
    sums = subtotals.find(stood.frame.assign(geometry=None))
    frame = stood.frame[~stood.frame["_row"].isin(sums["_row"])].reset_index(drop=True)
    use = fields.use_of(frame, kind, asked.columns, asked.constants)
    rows, reasons = fields.fill(frame, kind, use, zone)
    reasons = fields.both(reasons, fields.missing(rows, kind))
    for name in [field.name for field in kind.fields if field.type == "timestamp"]:
        rows[name] = rows[name].dt.tz_convert(zone).dt.date
    plain = rows.astype(object).where(rows.notna(), None)
    unread = pd.concat([stood.unread, sums], ignore_index=True)
    notes = [*stood.notes, *remarks.column_use(kind, use)]
    return Roster(plain.to_dict("records"), reasons.tolist(), frame, unread, notes)


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
