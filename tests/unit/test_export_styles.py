"""What QGIS and GeoServer are told of drawing: every class of the legend in its colour."""

import sqlite3
from xml.etree import ElementTree as Xml

import pytest

from geo.exporting import styles
from geo.exporting.sld import OGC, SLD
from geo.layers import LAYERS, Style, swatches_for

FROM_DATA = [("暴露垃圾", "暴露垃圾", "暴露垃圾"), ("O'Brien & <others>", "甲", "A")]
layers = pytest.mark.parametrize("layer", LAYERS.values(), ids=lambda layer: layer.key)


def style_of(layer) -> Style:
    if not layer.style.from_data:
        return layer.style
    return layer.style._replace(swatches=swatches_for(layer.style, FROM_DATA))


def rgb(colour):
    return ",".join(str(int(colour[at : at + 2], 16)) for at in (1, 3, 5)) + ",255"


def qml_of(layer):
    text = styles.draw(layer, style_of(layer)).qml
    assert text.startswith("<!DOCTYPE qgis")
    return Xml.fromstring(text)  # noqa: S314 (ours)


def options(symbol):
    """Of each symbol layer its class and its options."""
    return [
        (part.get("class"), {o.get("name"): o.get("value") for o in part.find("Option")})
        for part in symbol.findall("layer")
    ]


def colours(symbol):
    names = ("color", "outline_color", "line_color")
    return {o[name] for _, o in options(symbol) for name in names if name in o}


@layers
def test_every_class_has_its_symbol_in_the_legends_colour(layer):
    root = qml_of(layer)
    renderer = root.find("renderer-v2")
    symbols = {s.get("name"): s for s in renderer.find("symbols")}
    kind = {"point": "marker", "line": "line", "polygon": "fill"}[layer.geometry]
    assert {s.get("type") for s in symbols.values()} == {kind}
    swatches = [s for s in style_of(layer).swatches if s.value]
    if not swatches:
        assert renderer.get("type") == "singleSymbol"
        assert rgb(layer.style.colour) in colours(symbols["0"])
        return
    assert renderer.get("type") == "categorizedSymbol"
    categories = renderer.findall("categories/category")
    assert [c.get("symbol") for c in categories] == list(symbols)
    # The last class is for what has no class of its own.
    assert categories[-1].get("value") == ""
    labels = {c.get("label"): c.get("symbol") for c in categories}
    for swatch in swatches:
        (symbol,) = [at for label, at in labels.items() if label.startswith(swatch.zh)]
        assert rgb(swatch.colour) in colours(symbols[symbol]), swatch


@layers
def test_symbol_layers_are_those_qgis_knows(layer):
    number = {"point": "0", "line": "1", "polygon": "2"}[layer.geometry]
    root = qml_of(layer)
    assert root.findtext("layerGeometryType") == number
    for symbol in root.iter("symbol"):
        for class_, found in options(symbol):
            assert class_ in ("SimpleMarker", "SimpleLine", "SimpleFill")
            assert all(value is not None for value in found.values())
            sizes = [v for k, v in found.items() if k in ("size", "line_width", "outline_width")]
            assert all(float(size) >= 0 for size in sizes)


def drawn_colour(kind, class_):
    """The colour that QGIS gives to a road: its CASE is SQL, so SQLite can tell."""
    renderer = qml_of(LAYERS["roads"]).find("renderer-v2")
    with sqlite3.connect(":memory:") as db:
        expression = renderer.get("attr")
        query = f"select {expression} from (select ? as kind, ? as class)"
        (value,) = db.execute(query, (kind, class_)).fetchone()
    by_value = {c.get("value"): c.get("symbol") for c in renderer.findall("categories/category")}
    symbols = {s.get("name"): s for s in renderer.find("symbols")}
    return options(symbols[by_value[value or ""]])[0][1]["color"]


@pytest.mark.parametrize(
    ("kind", "class_", "as_"),
    [
        ("road", "trunk_link", "motorway"),
        ("road", "primary", "primary"),
        ("road", "secondary_link", "secondary"),
        ("road", "tertiary", "residential"),
        ("lane", "service", "residential"),
        ("river", "canal", "river"),
    ],
)
def test_roads_are_drawn_by_class_as_on_the_map(kind, class_, as_):
    swatches = {s.value: s.colour for s in LAYERS["roads"].style.swatches}
    assert drawn_colour(kind, class_) == rgb(swatches[as_])


@layers
def test_names_are_of_a_column_that_there_is(layer):
    root = qml_of(layer)
    style = root.find("labeling/settings/text-style")
    assert (style is None) == (layer.key not in styles.NAMES)
    assert (root.get("labelsEnabled") == "1") == (style is not None)
    if style is not None:
        assert style.get("fieldName") in {column.name for column in layer.columns}


def test_closed_incidents_are_smaller():
    (expression,) = {
        option.get("value")
        for option in qml_of(LAYERS["incidents"]).iter("Option")
        if option.get("name") == "expression"
    }
    assert expression == 'if("open", 1.69, 0.953)'


@layers
def test_sld_has_a_rule_for_every_class(layer):
    root = Xml.fromstring(styles.draw(layer, style_of(layer)).sld)  # noqa: S314 (ours)
    assert root.tag == f"{{{SLD}}}StyledLayerDescriptor"
    rules = root.findall(f".//{{{SLD}}}Rule")
    swatches = [s for s in style_of(layer).swatches if s.value not in ("", "residential")]
    assert len(rules) == len(swatches) + 1
    paints = {p.text for p in root.iter(f"{{{SLD}}}CssParameter")}
    assert {s.colour for s in swatches} <= paints
    values = {literal.text for literal in root.iter(f"{{{OGC}}}Literal")}
    assert {s.value for s in swatches} <= values
    if swatches:
        assert rules[-1].find(f"{{{SLD}}}ElseFilter") is not None
        columns = {name.text for name in root.iter(f"{{{OGC}}}PropertyName")}
        assert columns <= {column.name for column in layer.columns}


@layers
def test_drawings_tell_features_apart_by_columns_they_have(layer):
    attr = qml_of(layer).find("renderer-v2").get("attr")
    if attr and not attr.startswith("CASE"):
        assert attr in {column.name for column in layer.columns}
