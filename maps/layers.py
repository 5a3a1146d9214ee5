"""The one declared table of map layers; tiles, API, legend and tests derive from it.

A layer's features come from the query of the same name in ``geo/store/queries/tiles.sql``. Adding
a layer takes an entry here and a query there; how the browser draws it follows from its style.
"""

from typing import Literal, NamedTuple

MAX_ZOOM = 18

Geometry = Literal["polygon", "line", "point"]
# What a style's colours depend on when the values are known only from the data.
FromData = Literal["", "incident_class", "grid_system"]


class Column(NamedTuple):
    """An attribute of a layer's features; tiles carry it from ``from_zoom`` on."""

    name: str
    zh: str
    en: str
    unit: str = ""
    from_zoom: int = 0


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

    shape: Literal["fill", "outline", "road", "dot", "ring", "badge"]
    colour: str
    by: str = ""
    swatches: tuple[Swatch, ...] = ()
    from_data: FromData = ""
    palette: tuple[str, ...] = ()


class Layer(NamedTuple):
    """One layer. ``parts`` names the sets of features inside its tiles, the layer's own first.

    ``budget`` gives, by zoom, how many points the whole district may show; beyond the last zoom
    named there all are shown. Empty means that nothing is left out.
    """

    key: str
    zh: str
    en: str
    group: str
    geometry: Geometry
    min_zoom: int
    style: Style
    columns: tuple[Column, ...]
    parts: tuple[str, ...]
    budget: tuple[tuple[int, int], ...] = ()
    max_zoom: int = MAX_ZOOM


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
HOUSEHOLDS = Column("households", "户数", "Households", "户", 15)
PEOPLE = Column("people", "人口", "People", "人", 15)

AREAS = Layer(
    "areas", "行政区划", "Administrative areas", "ground", "polygon", 9,
    Style("outline", "#5d6b82", "level", (
        Swatch("district", "区界", "District", "#3d4a61"),
        Swatch("street", "街道 / 镇界", "Street or town", "#66758f"),
        Swatch("community", "社区界", "Community", "#98a3b5"),
    )),
    (Column("level", "层级", "Level"), CODE, NAME,
     Column("outermost", "最外层", "Lies in no larger area")),
    ("areas", "area_labels"),
)  # fmt: skip

COMPOUNDS = Layer(
    "compounds", "住宅小区", "Residential compounds", "ground", "polygon", 13,
    Style("fill", "#dfe8d5"),
    (NAME, Column("code", "编码", "Code", "", 15), HOUSEHOLDS),
    ("compounds", "compound_labels"),
)  # fmt: skip

BLOCKS = Layer(
    "blocks", "街区（单元网格）", "Blocks", "ground", "polygon", 13,
    Style("outline", "#b3ab9c"),
    (Column("code", "编码", "Code", "", 15), HOUSEHOLDS, PEOPLE),
    ("blocks", "block_labels"),
)  # fmt: skip

GRIDS = Layer(
    "grids", "网格", "Grids", "grids", "polygon", 11,
    Style("outline", "#2f6fd0", "system", from_data="grid_system",
          palette=("#2468d6", "#c9362c", "#0c7f73", "#7a45c4", "#b26a00", "#586174")),
    (Column("system", "网格体系", "Grid system"), CODE, NAME),
    ("grids", "grid_labels"),
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
        Column("seq", "路段号", "Segment number", "", 15),
        Column("width_m", "宽度", "Width", "m", 15),
    ),
    ("roads",),
)  # fmt: skip

SEGMENTS = Layer(
    "segments", "路名", "Road names", "roads", "line", 9,
    Style("road", "#7b7466"),
    (Column("kind", "类型", "Kind"), Column("class", "等级", "Class"),
     Column("name", "路名", "Name", "", 11)),
    ("segments", "road_names"),
)  # fmt: skip

INCIDENTS = Layer(
    "incidents", "事件", "Incidents", "matters", "point", 9,
    Style("dot", "#8b929c", "class", from_data="incident_class",
          palette=("#d1495b", "#dd8a1f", "#2f7fb8", "#4f9a5b", "#8757a8", "#a8763e",
                   "#2c9c9c", "#c65f9c", "#6474cc")),
    (
        Column("class", "类别", "Class"),
        Column("open", "未结", "Open"),
        Column("reported", "上报时间", "Reported", "s since 1970"),
        Column("status", "状态", "Status", "", 15),
        Column("code", "编号", "Number", "", 15),
        Column("subclass", "小类", "Subclass", "", 15),
        Column("address", "地址", "Address", "", 15),
    ),
    ("incidents",),
    budget=((11, 1_000), (12, 1_500), (13, 2_500), (14, 8_000), (15, 24_000)),
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
        Column("stars", "星级", "Stars", "", 15),
        Column("code", "编号", "Number", "", 15),
        Column("address", "地址", "Address", "", 15),
    ),
    ("merchants",),
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
     Column("address", "地址", "Address", "", 13)),
    ("stations",),
)  # fmt: skip

LAYERS: dict[str, Layer] = {
    layer.key: layer
    for layer in (
        INCIDENTS, MERCHANTS, STATIONS, GRIDS, AREAS, COMPOUNDS, BLOCKS, ROADS, SEGMENTS,
    )
}  # fmt: skip


def share(layer: Layer, zoom: int, count: int) -> float:
    """The share of ``count`` points that the layer shows at ``zoom``: 1, 1/2, 1/4 …

    Powers of a half, so that a point shown at one zoom is shown at every closer one, and so that a
    few more rows in the table do not change which points are shown.
    """
    allowed = next((most for last, most in layer.budget if zoom <= last), None)
    kept = 1.0
    while allowed is not None and count * kept > allowed:
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
