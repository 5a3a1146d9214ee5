"""What can be imported: for each kind its fields, their types, and the names they go by.

This is one declared table; ``geo.columns`` matches a file's columns to it.

Errors, all of them ``ValueError``: ``UnknownKind``, ``UnknownField``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import Literal

FieldType = Literal["text", "integer", "float", "timestamp", "choice"]
Shape = Literal["Point", "LineString", "Polygon", "MultiPolygon"]
Names = Mapping[str, str]


class UnknownKind(ValueError):
    """There is no import kind of this name."""


class UnknownField(ValueError):
    """The kind has no field of this name."""


@dataclass(frozen=True)
class Field:
    """One thing a row may say.

    ``synonyms`` are separated by spaces and stand in order of preference. ``choices`` gives for
    each value the words files use for it. ``least`` and ``most`` bound numbers, both included.
    ``default`` serves where a row says nothing; ``stand_in`` names the field that then speaks for
    this one. Where ``zero_unknown``, 0 means that nobody measured. ``first`` says of a file's dates
    with the year last what stands first; see ``geo.values.timestamp``.
    """

    name: str
    synonyms: str
    type: FieldType = "text"
    required: bool = False
    choices: Names = attribute(default_factory=dict)
    least: float | None = None
    most: float | None = None
    default: str | int | None = None
    stand_in: str = ""
    zero_unknown: bool = False
    first: str = ""


@dataclass(frozen=True)
class Kind:
    """One kind of import: the table it fills, the geometry it wants, its fields.

    ``id`` is the field that makes a row the same row next time. Where a file has none, the
    fields named in ``content`` and the place identify the row; with no ``content`` the file must
    have ids. ``constants`` hold for every row. With ``labels``, unknown columns are kept.
    """

    name: str
    table: str
    shape: Shape
    id: str
    fields: tuple[Field, ...]
    content: tuple[str, ...] = ()
    constants: Names = attribute(default_factory=dict)
    labels: bool = False

    def field(self, name: str) -> Field:
        """Return the field of this name; raises ``UnknownField`` naming those there are."""
        for candidate in self.fields:
            if candidate.name == name:
                return candidate
        raise UnknownField(
            f"{self.name} have no field {name!r}. Fields: {', '.join(f.name for f in self.fields)}."
        )


LEVELS = {
    "district": "区 县 区县 市辖区",
    "street": "街道 镇 街镇 街道办 乡 乡镇 town",
    "community": "社区 居委 居委会 居民区 村委 村委会 村",
    "compound": "小区 住宅小区",
}
TIERS = {
    "district": "区 区级",
    "street": "街道 街道级 街镇 街镇级 镇级",
    "community": "社区 社区级 居委 居委级 居民区 居民区级",
    "other": "其他 其它 站点 x",
}
STATUSES = {
    "reported": "已上报 上报 待受理 未立案 new open submitted",
    "filed": "已立案 立案 已受理 受理 accepted",
    "dispatched": "已派遣 派遣 已派单 待处置 assigned",
    "handling": "处置中 处理中 办理中 inprogress",
    "handled": "已处置 已处理 处置完成 待核查 resolved",
    "closed": "已结案 结案 已办结 办结 done",
    "cancelled": "已作废 作废 已注销 注销 已撤销 撤销 不予立案 canceled",
}
LISTS = {"red": "红榜 红名单 红 redlist", "grey": "灰榜 灰名单 灰 gray greylist"}
WAY_KINDS = {
    "road": "道路 路 街 highway",
    "lane": "弄 里弄 弄堂 巷 alley",
    "river": "河道 河流 河 waterway stream canal",
    "rail": "铁路 轨道 railway",
}

NAME = "name 名称 名字 name_zh 全称 title"
ADDRESS = "address 地址 详细地址 地点 事发地址 发生地点 location location_street_name addr"
PHONE = "phone 电话 联系电话 手机 手机号 tel telephone mobile"
HOUSEHOLDS = Field("households", "households 户数 总户数 居民户数", "integer", least=0)
PEOPLE = Field("people", "people population 人口 人口数 常住人口 总人口 人数", "integer", least=0)
WORKERS = Field("workers", "workers 网格员数 工作人员 工作人员数 社工数", "integer", least=0)
PARENT = Field("parent", "parent parent_code 上级编码 上级代码 父级编码 district_code street_code")

AREA_CODE = "code 编码 代码 区划代码 行政区划代码 统计用区划代码 区域编码 adcode division_code"
AREA_NAME = NAME + " 区域名称 街道名称 街镇名称 社区名称 居委名称 街道 社区 居委会 street community"
COMPOUND_CODE = "code 编码 代码 小区编码 小区代码 compound_id id 编号"
COMPOUND_NAME = NAME + " 小区名称 小区 小区名 compound community_name"

AREAS = Kind(
    "areas",
    "area",
    "MultiPolygon",
    "code",
    (
        Field("level", "level 级别 层级 行政级别", "choice", required=True, choices=LEVELS),
        Field("code", AREA_CODE, required=True),
        Field("name", AREA_NAME, required=True, stand_in="code"),
        PARENT,
        HOUSEHOLDS,
        PEOPLE,
        WORKERS,
    ),
)
COMPOUNDS = Kind(
    "compounds",
    "area",
    "MultiPolygon",
    "code",
    (
        Field("level", "", "choice", required=True, choices=LEVELS),
        Field("code", COMPOUND_CODE),
        Field("name", COMPOUND_NAME, required=True, stand_in="code"),
        PARENT,
        HOUSEHOLDS,
        PEOPLE,
        WORKERS,
    ),
    content=("name",),
    constants={"level": "compound"},
)
BLOCKS = Kind(
    "blocks",
    "block",
    "Polygon",
    "code",
    (
        Field("code", "code 编码 代码 街区编码 单元网格编码 网格编码 block_code", required=True),
        Field("area", "area area_code parent parent_code 社区编码 居委编码 所属社区编码 上级编码"),
        HOUSEHOLDS,
        PEOPLE,
    ),
)
WAYS = Kind(
    "ways",
    "way",
    "LineString",
    "external_id",
    (
        Field("external_id", "external_id osm_id way_id link_id 道路编码 路段编码 编码 编号 id"),
        Field("name", NAME + " 路名 道路名称 道路名 路段名称 road_name street_name roadname"),
        Field("kind", "kind 种类 线类型", "choice", choices=WAY_KINDS, default="road"),
        Field("class", "class highway 道路等级 道路类型 道路类别 等级 fclass road_class type"),
        Field("width_m", "width_m width 宽度 路宽 道路宽度", "float", least=0.1, zero_unknown=True),
        Field("level", "level layer 层级 层", "integer", least=-20, most=20, default=0),
    ),
    content=("name", "class", "level"),
)
GRIDS = Kind(
    "grids",
    "grid",
    "MultiPolygon",
    "code",
    (
        Field("code", "code grid_code 网格编码 网格代码 编码 代码 grid_id", required=True),
        Field("name", NAME + " 网格名称 网格 grid_name grid", required=True, stand_in="code"),
        Field("system", "system 网格体系 体系"),
        PARENT,
    ),
)
MERCHANTS = Kind(
    "merchants",
    "merchant",
    "Point",
    "external_id",
    (
        Field("external_id", "external_id merchant_id shop_id osm_id 商户编号 编号 编码 id code"),
        Field("name", "店名 商户名称 店铺名称 " + NAME + " 商户 招牌名 shop_name", required=True),
        Field("category", "category 类别 类型 业态 行业 经营类别 行业类别 class type shop"),
        Field("credit_code", "credit_code 统一社会信用代码 社会信用代码 信用代码 uscc"),
        Field("stars", "stars 星级 星级评定 评星", "integer", least=0, most=5),
        Field("credit", "credit 信用分 信用 信用评分 score", "float", least=0, most=100),
        Field("listed", "listed 红灰榜 榜单 红黑榜", "choice", choices=LISTS),
        Field("address", ADDRESS),
        Field("contact", "contact 联系人 负责人 经营者 法人 法定代表人"),
        Field("phone", PHONE),
    ),
    content=("name", "category"),
    labels=True,
)
STATIONS = Kind(
    "stations",
    "station",
    "Point",
    "external_id",
    (
        Field("external_id", "external_id station_id 站点编号 站点编码 编号 编码 osm_id id code"),
        Field("name", NAME + " 站点名称 服务站名称 站点 站名 station station_name", required=True),
        Field("tier", "tier 层级 级别 站点级别 类别", "choice", choices=TIERS, default="other"),
        Field("address", ADDRESS),
        Field("phone", PHONE),
    ),
    content=("name", "tier"),
    labels=True,
)
INCIDENTS = Kind(
    "incidents",
    "incident",
    "Point",
    "external_id",
    (
        Field(
            "external_id",
            "external_id case_enquiry_id case_id incident_id event_id "
            "案件编号 任务号 事件编号 案卷号 案件号 工单编号 编号 id uuid code",
        ),
        Field(
            "class",
            "class category type 大类 案件大类 事件大类 大类名称 类别 类型 案件类型 问题类型",
            required=True,
        ),
        Field("subclass", "subclass subtype subcategory 小类 案件小类 事件小类 小类名称 子类"),
        Field("description", "description 描述 问题描述 内容 事件描述 case_title title 标题"),
        Field("address", ADDRESS),
        Field("source", "source 来源 案件来源 问题来源 上报来源 信息来源 渠道"),
        Field("status", "status case_status 状态 案件状态 办理状态", "choice", choices=STATUSES),
        Field(
            "reported_at",
            "reported_at open_dt opened_at 上报时间 发生时间 受理时间 立案时间 发现时间 "
            "created_at created_date 时间 time date",
            "timestamp",
            required=True,
        ),
        Field("due_at", "due_at target_dt sla_target_dt 截止时间 处置截止时间 期限", "timestamp"),
        Field("handled_at", "handled_at 处置时间 处理时间 处置完成时间 完成时间", "timestamp"),
        Field("closed_at", "closed_at closed_dt 结案时间 办结时间 closed_date", "timestamp"),
    ),
    content=("class", "subclass", "reported_at", "description", "address"),
    labels=True,
)

KINDS = {
    kind.name: kind
    for kind in (AREAS, COMPOUNDS, BLOCKS, WAYS, GRIDS, MERCHANTS, STATIONS, INCIDENTS)
}
# The command line speaks of roads, the table of ways: rivers and rails are ways too.
ALIASES = {"roads": "ways"}


def kind_of(name: str) -> Kind:
    """Return the kind of this name ('roads' is another word for 'ways'); or ``UnknownKind``."""
    kind = KINDS.get(ALIASES.get(name, name))
    if kind is None:
        words = ", ".join(sorted({*KINDS, *ALIASES} - {"ways"}))
        raise UnknownKind(f"{name!r} cannot be imported. Kinds: {words}.")
    return kind
