"""The one declared table of map layers; tiles, TileJSON, OGC collections, exports, the legend and
the tests derive from it.

A layer's features come from the database view ``layer_`` and its key. Adding a layer takes an entry
here and its view in a migration; how it is drawn follows from its style.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from geo.discretion import LEAST

MAX_ZOOM = 18
# A column from this zoom on is for features and exports only.
NOT_IN_TILES = 99

Geometry = Literal["polygon", "line", "point"]
Type = Literal["text", "integer", "number", "boolean", "date", "time"]
# How many points that are always shown a zoom can bear.
MOST_ALWAYS = 20_000
# What a style's colours depend on when the values are known only from the data.
FromData = Literal["", "incident_class", "grid_system"]

SMALL_COUNTS = "small_counts"
# Rights a reader may hold beyond what anyone sees.
RIGHTS = {
    "people": ("联系人与电话", "names and phones of people"),
    "credit": ("商户信用", "credit of merchants"),
    SMALL_COUNTS: ("小于 5 的计数", "counts below 5"),
}


class Column(NamedTuple):
    """An attribute of a layer's features; tiles carry it from ``from_zoom`` on.

    ``right`` is needed to see it; where ``least`` is set, only to see values below that.
    """

    name: str
    zh: str
    en: str
    unit: str = ""
    from_zoom: int = 0
    type: Type = "text"
    right: str = ""
    least: int = 0


class Swatch(NamedTuple):
    """One line of a legend: features whose styled column has this value get this colour."""

    value: str
    zh: str
    en: str
    colour: str


class Style(NamedTuple):
    """How a layer is drawn: its colour, or a colour per value of the column ``by``.

    Where the values come ``from_data``, they take the colours of ``palette`` in turn.
    """

    shape: Literal["fill", "outline", "road", "dot", "ring", "badge", "heat"]
    colour: str
    by: str = ""
    swatches: tuple[Swatch, ...] = ()
    from_data: FromData = ""
    palette: tuple[str, ...] = ()


class Layer(NamedTuple):
    """One layer.

    ``label`` names the columns of its second part in tiles, points that carry names. ``budget``
    gives, by zoom, how many points the whole district may show; beyond the last zoom named there
    all are shown. Points with a rank below ``always`` are shown at every zoom. Up to the zoom
    ``clusters`` points can be had gathered where they crowd. ``time`` is the column that a period
    is asked of. A ``dated`` layer holds what is valid on a day; ``bands`` are the last zooms of its
    shapes simplified as a coverage, those of equal ``apart`` together; ``banded`` layers have
    features for some zooms only.
    """

    key: str
    zh: str
    en: str
    group: str
    geometry: Geometry
    min_zoom: int
    style: Style
    columns: tuple[Column, ...]
    label: tuple[str, ...] = ()
    budget: tuple[tuple[int, int], ...] = ()
    always: float = 0
    clusters: int = 0
    time: str = ""
    dated: bool = False
    bands: tuple[int, ...] = ()
    apart: str = ""
    banded: bool = False
    shown: bool = True
    max_zoom: int = MAX_ZOOM

    @property
    def parts(self) -> tuple[str, ...]:
        """The sets of features inside the layer's tiles, its own first."""
        return (self.key, f"{self.key}_labels") if self.label else (self.key,)


class Group(NamedTuple):
    """A heading of the layers panel."""

    key: str
    zh: str
    en: str


GROUPS = (
    Group("matters", "事件与对象", "Incidents and places"),
    Group("grids", "网格", "Grids"),
    Group("ground", "区划与街区", "Areas and blocks"),
    Group("roads", "道路与水系", "Roads and water"),
)

CODE = Column("code", "编码", "Code")
NAME = Column("name", "名称", "Name")
HOUSEHOLDS = Column("households", "户数", "Households", "户", 15, "integer")
PEOPLE = Column("people", "人口", "People", "人", 15, "integer")
AREA = Column("area", "所属区划编码", "Area's code", "", NOT_IN_TILES)
# Where a point is linked to.
PLACE = (
    Column("block", "所在街区", "Block", "", NOT_IN_TILES),
    Column("road", "道路", "Road", "", NOT_IN_TILES),
    Column("seq", "路段号", "Segment number", "", NOT_IN_TILES, "integer"),
    Column("side", "侧", "Side (L, R)", "", NOT_IN_TILES),
    Column("chainage_m", "里程", "Chainage", "m", NOT_IN_TILES, "number"),
    Column("offset_m", "偏距", "Offset", "m", NOT_IN_TILES, "number"),
)

AREAS = Layer(
    "areas", "行政区划", "Administrative areas", "ground", "polygon", 9,
    Style("outline", "#5d6b82", "level", (
        Swatch("district", "区界", "District", "#3d4a61"),
        Swatch("street", "街道 / 镇界", "Street or town", "#66758f"),
        Swatch("community", "社区界", "Community", "#98a3b5"),
    )),
    (Column("level", "层级", "Level"), CODE, NAME,
     Column("outermost", "最外层", "Lies in no larger area", "", 0, "boolean"), HOUSEHOLDS, PEOPLE,
     Column("workers", "社区工作者", "Community workers", "人", NOT_IN_TILES, "integer")),
    label=("level", "name", "outermost"), bands=(10, 12, 14), apart="level",
)  # fmt: skip

COMPOUNDS = Layer(
    "compounds", "住宅小区", "Residential compounds", "ground", "polygon", 13,
    Style("fill", "#dfe8d5"),
    (NAME, Column("code", "编码", "Code", "", 15), HOUSEHOLDS, PEOPLE),
    label=("name",), bands=(14,),
)  # fmt: skip

BLOCKS = Layer(
    "blocks", "街区（单元网格）", "Blocks", "ground", "polygon", 13,
    Style("outline", "#b3ab9c"),
    (Column("code", "编码", "Code", "", 15), HOUSEHOLDS, PEOPLE, AREA),
    label=("code",), dated=True, bands=(13, 14),
)  # fmt: skip

GRIDS = Layer(
    "grids", "网格", "Grids", "grids", "polygon", 11,
    Style("outline", "#2f6fd0", "system", from_data="grid_system",
          palette=("#2468d6", "#c9362c", "#0c7f73", "#7a45c4", "#b26a00", "#586174")),
    (Column("system", "网格体系", "Grid system"), CODE, NAME, AREA,
     Column("plan", "方案", "Plan", "", NOT_IN_TILES)),
    label=("system", "code", "name"), dated=True, bands=(11, 12, 14), apart="system",
)  # fmt: skip

ROADS = Layer(
    "roads", "道路与水面", "Roads and water", "roads", "polygon", 9,
    Style("road", "#ffffff", "class", (
        Swatch("motorway", "快速路", "Expressway", "#f9cf8d"),
        Swatch("primary", "主干路", "Main road", "#fde0a6"),
        Swatch("secondary", "次干路", "Secondary road", "#fef0cd"),
        Swatch("residential", "支路、里弄", "Minor road, lane", "#ffffff"),
        Swatch("river", "河道", "River", "#a9d0e4"),
    )),
    (
        Column("kind", "类型", "Kind"),
        Column("class", "等级", "Class"),
        Column("name", "路名", "Name", "", 15),
        Column("seq", "路段号", "Segment number", "", 15, "integer"),
        Column("width_m", "宽度", "Width", "m", 15, "number"),
    ),
)  # fmt: skip

SEGMENTS = Layer(
    "segments", "路段", "Segments", "roads", "line", 9,
    Style("road", "#7b7466"),
    (
        Column("kind", "类型", "Kind"),
        Column("class", "等级", "Class"),
        Column("name", "路名", "Name", "", 14),
        Column("seq", "路段号", "Segment number", "", 15, "integer"),
        Column("length_m", "长度", "Length", "m", 15, "number"),
        Column("width_m", "宽度", "Width", "m", NOT_IN_TILES, "number"),
    ),
    shown=False,
)  # fmt: skip

NAMED_ROADS = Layer(
    "named_roads", "路名", "Road names", "roads", "line", 11,
    Style("road", "#7b7466"),
    (
        Column("name", "路名", "Name"),
        Column("kind", "类型", "Kind"),
        Column("class", "等级", "Class"),
        Column("length_m", "长度", "Length", "m", NOT_IN_TILES, "number"),
    ),
)  # fmt: skip

SIDES = Layer(
    "sides", "路段两侧（沿街）", "Segment sides (frontage)", "roads", "polygon", 15,
    Style("outline", "#b08968"),
    (
        Column("segment", "路段", "Segment", "", 0, "integer"),
        Column("side", "侧", "Side (L, R)"),
        Column("name", "路名", "Name"),
        Column("seq", "路段号", "Segment number", "", 0, "integer"),
        Column("kind", "类型", "Kind", "", NOT_IN_TILES),
        Column("class", "等级", "Class", "", NOT_IN_TILES),
        Column("length_m", "长度", "Length", "m", NOT_IN_TILES, "number"),
    ),
    shown=False,
)  # fmt: skip

COVERAGE = Layer(
    "coverage", "路长覆盖", "Coverage by chiefs", "roads", "line", 9,
    Style("outline", "#9aa3af", "state", (
        Swatch("lived", "有人履职", "Somebody, and they act", "#1a8a5a"),
        Swatch("part", "部分有责任人", "A duty for a part", "#4a90d9"),
        Swatch("hollow", "空壳（28 天无人履职）", "Hollow: no act for 28 days", "#e08a1e"),
        Swatch("none", "盲区（无责任人）", "Blind: nobody", "#c2185b"),
    )),
    (
        Column("state", "覆盖状态", "State"),
        Column("segment", "路段", "Segment", "", 0, "integer"),
        Column("side", "侧", "Side (L, R)"),
        Column("kind", "类型", "Kind"),
        Column("class", "等级", "Class"),
        Column("name", "路名", "Name", "", 14),
        Column("seq", "路段号", "Segment number", "", 15, "integer"),
        Column("side_m", "沿街长度", "Metres of side", "m", 0, "number"),
        Column("paper_m", "有责任人", "With a duty", "m", 0, "number"),
        Column("lived_m", "履职（按时效加权）", "Lived, weighted by age", "m", 0, "number"),
        Column("hollow_m", "空壳", "Hollow", "m", 0, "number"),
    ),
    shown=False,
)  # fmt: skip

DENSITY = Layer(
    "density", "事件密度（H3）", "Density of incidents (H3)", "matters", "polygon", 9,
    Style("heat", "#c4302b"),
    (
        Column("count", "事件数", "Incidents", "件", 0, "integer", SMALL_COUNTS, LEAST),
        Column("open", "未结", "Open", "件", 0, "integer", SMALL_COUNTS, LEAST),
        Column("cell", "H3 单元", "H3 cell", "", NOT_IN_TILES),
        Column("resolution", "H3 级别", "H3 resolution", "", NOT_IN_TILES, "integer"),
    ),
    banded=True, shown=False,
)  # fmt: skip

INCIDENTS = Layer(
    "incidents", "事件", "Incidents", "matters", "point", 9,
    Style("dot", "#8b929c", "class", from_data="incident_class",
          palette=("#d1495b", "#dd8a1f", "#2f7fb8", "#4f9a5b", "#8757a8", "#a8763e",
                   "#2c9c9c", "#c65f9c", "#6474cc")),
    (
        Column("class", "类别", "Class"),
        Column("open", "未结", "Open", "", 0, "boolean"),
        Column("reported_at", "上报时间", "Reported", "", 0, "time"),
        Column("status", "状态", "Status", "", 15),
        Column("code", "编号", "Number", "", 15),
        Column("subclass", "小类", "Subclass", "", 15),
        Column("address", "地址", "Address", "", 15),
        Column("description", "描述", "Description", "", NOT_IN_TILES),
        Column("source", "来源", "Source", "", NOT_IN_TILES),
        Column("due_at", "时限", "Due", "", NOT_IN_TILES, "time"),
        Column("handled_at", "处理时间", "Handled", "", NOT_IN_TILES, "time"),
        Column("closed_at", "结案时间", "Closed", "", NOT_IN_TILES, "time"),
        Column("late", "逾期", "Late", "", NOT_IN_TILES, "boolean"),
        Column("area", "社区编码", "Community's code", "", NOT_IN_TILES),
        Column("street", "街道编码", "Street's code", "", NOT_IN_TILES),
        *PLACE,
        Column("segment", "路段", "Segment", "", NOT_IN_TILES, "integer"),
    ),
    budget=((11, 1_000), (12, 1_500), (13, 2_500), (14, 8_000), (15, 24_000)),
    always=1 / 1024,  # open ones have a rank below that
    clusters=15,
    time="reported_at",
)  # fmt: skip

MERCHANTS = Layer(
    "merchants", "商户", "Merchants", "matters", "point", 14,
    Style("ring", "#b58a4b", "listed", (
        Swatch("", "商户", "Merchant", "#b58a4b"),
        Swatch("red", "红榜", "Red list (good)", "#cf3b32"),
        Swatch("grey", "灰榜", "Grey list (watched)", "#5f6673"),
    )),
    (
        Column("listed", "红灰榜", "Listed"),
        Column("name", "名称", "Name", "", 15),
        Column("category", "业态", "Category", "", 15),
        Column("stars", "星级", "Stars", "", 15, "integer"),
        Column("code", "编号", "Number", "", 15),
        Column("address", "地址", "Address", "", 15),
        Column("credit", "信用分", "Credit", "", NOT_IN_TILES, "number", "credit"),
        Column("credit_code", "信用代码", "Credit code", "", NOT_IN_TILES, "text", "credit"),
        Column("contact", "联系人", "Contact", "", NOT_IN_TILES, "text", "people"),
        Column("phone", "电话", "Phone", "", NOT_IN_TILES, "text", "people"),
        *PLACE,
    ),
    budget=((14, 3_000),),
)  # fmt: skip

STATIONS = Layer(
    "stations", "党群服务站", "Service stations", "matters", "point", 10,
    Style("badge", "#c8402f", "tier", (
        Swatch("district", "区级中心", "District centre", "#a61b1b"),
        Swatch("street", "街道中心", "Street centre", "#c8402f"),
        Swatch("community", "社区站", "Community station", "#dd6b4f"),
        Swatch("other", "服务点", "Service point", "#e79a7b"),
    )),
    (Column("tier", "层级", "Tier"), NAME, Column("code", "编号", "Number", "", 13),
     Column("address", "地址", "Address", "", 13),
     Column("phone", "电话", "Phone", "", NOT_IN_TILES), *PLACE),
)  # fmt: skip

CATCHMENTS = Layer(
    "catchments", "服务站步行圈", "Reach of stations on foot", "matters", "polygon", 11,
    Style("fill", "#b8d7ec", "minutes", (
        Swatch("5", "5 分钟", "5 minutes", "#8fbfe0"),
        Swatch("10", "10 分钟", "10 minutes", "#b8d7ec"),
        Swatch("15", "15 分钟", "15 minutes", "#dcebf5"),
    )),
    (Column("minutes", "步行分钟", "Minutes on foot", "min", 0, "integer"),
     Column("code", "服务站编号", "Station's number"),
     Column("name", "服务站", "Station"),
     Column("tier", "层级", "Tier"),
     Column("households", "户数", "Households", "户", 0, "integer"),
     Column("merchants", "商户数", "Merchants", "家", 0, "integer")),
    shown=False,
)  # fmt: skip

LAYERS: dict[str, Layer] = {
    layer.key: layer
    for layer in (
        INCIDENTS, MERCHANTS, STATIONS, CATCHMENTS, DENSITY, GRIDS, AREAS, COMPOUNDS, BLOCKS, ROADS,
        SEGMENTS, NAMED_ROADS, SIDES, COVERAGE,
    )
}  # fmt: skip


def readable(layer: Layer, rights: frozenset[str]) -> tuple[Column, ...]:
    """The columns a reader with ``rights`` may see, some with small values hidden."""
    return tuple(c for c in layer.columns if not c.right or c.least or c.right in rights)


def share(layer: Layer, zoom: int, below: Sequence[int]) -> float:
    """The share of its points that the layer shows at ``zoom``: 1, 1/2, 1/4 …

    ``below[k]`` is the number of points with a rank below 2⁻ᵏ. The largest share that keeps to the
    budget is taken, but none below ``layer.always``, unless these alone are more than 20 000.
    Powers of a half, so that a point shown at one zoom is shown at every closer one, and so that a
    few more rows in the table do not change which points are shown.
    """
    allowed = next((most for last, most in layer.budget if zoom <= last), None)
    if allowed is None:
        return 1
    kept = 1.0
    for count in below:
        most = allowed if kept > layer.always else max(allowed, MOST_ALWAYS)
        if count <= most:
            break
        kept /= 2
    return kept


def swatches_for(style: Style, values: list[tuple[str, str, str]]) -> tuple[Swatch, ...]:
    """The legend for ``values`` (value, zh, en) found in the data, coloured in turn.

    Values beyond the end of the palette keep the style's own colour and are not listed.
    """
    return tuple(
        Swatch(value, zh, en, colour)
        for (value, zh, en), colour in zip(values, style.palette, strict=False)
    )
