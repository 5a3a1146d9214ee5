"""Drawings as SLD 1.0 of the OGC, which GeoServer and others read."""

from xml.etree import ElementTree as Xml  # what is written here is never read from outside

from geo.exporting.symbols import Drawn, Rule, Symbol

SLD = "http://www.opengis.net/sld"
OGC = "http://www.opengis.net/ogc"
SYMBOLIZERS = {"point": "PointSymbolizer", "line": "LineSymbolizer", "polygon": "PolygonSymbolizer"}

Xml.register_namespace("", SLD)
Xml.register_namespace("ogc", OGC)


def write(drawn: Drawn, name: str) -> str:
    """The drawing as an SLD document for the layer ``name``; sizes in pixels."""
    root = Xml.Element(f"{{{SLD}}}StyledLayerDescriptor", version="1.0.0")
    layer = _add(root, "NamedLayer")
    _add(layer, "Name", name)
    style = _add(layer, "UserStyle")
    _add(style, "Title", drawn.rest.label)
    rules = _add(style, "FeatureTypeStyle")
    for rule in drawn.rules:
        _add_rule(rules, drawn, rule)
    _add_rule(rules, drawn, drawn.rest)
    Xml.indent(root)
    return Xml.tostring(root, encoding="unicode", xml_declaration=False) + "\n"


def _add(parent: Xml.Element, tag: str, text: str = "", space: str = SLD) -> Xml.Element:
    made = Xml.SubElement(parent, f"{{{space}}}{tag}")
    if text:
        made.text = text
    return made


def _add_rule(rules: Xml.Element, drawn: Drawn, rule: Rule) -> None:
    made = _add(rules, "Rule")
    _add(made, "Title", rule.label)
    if rule.values:
        _add_any(_add(made, "Filter", space=OGC), rule.by or drawn.by, rule.values)
    elif drawn.rules:
        _add(made, "ElseFilter")
    symbolizer = _add(made, SYMBOLIZERS[drawn.geometry])
    if drawn.geometry == "point":
        _add_marker(symbolizer, rule.symbol)
    else:
        _add_paint(symbolizer, rule.symbol)


def _add_any(parent: Xml.Element, column: str, values: tuple[str, ...]) -> None:
    holder = _add(parent, "Or", space=OGC) if len(values) > 1 else parent
    for value in values:
        equal = _add(holder, "PropertyIsEqualTo", space=OGC)
        _add(equal, "PropertyName", column, OGC)
        _add(equal, "Literal", value, OGC)


def _add_marker(symbolizer: Xml.Element, symbol: Symbol) -> None:
    graphic = _add(symbolizer, "Graphic")
    mark = _add(graphic, "Mark")
    _add(mark, "WellKnownName", "circle")
    _add_paint(mark, symbol)
    _add(graphic, "Size", f"{symbol.size:g}")


def _add_paint(parent: Xml.Element, symbol: Symbol) -> None:
    if symbol.fill:
        fill = _add(parent, "Fill")
        _add_parameter(fill, "fill", symbol.fill)
        if symbol.opacity < 1:
            _add_parameter(fill, "fill-opacity", f"{symbol.opacity:g}")
    if symbol.stroke:
        stroke = _add(parent, "Stroke")
        _add_parameter(stroke, "stroke", symbol.stroke)
        _add_parameter(stroke, "stroke-width", f"{symbol.width:g}")
        if symbol.opacity < 1:
            _add_parameter(stroke, "stroke-opacity", f"{symbol.opacity:g}")
        if symbol.dashes:
            dashes = " ".join(f"{dash * symbol.width:g}" for dash in symbol.dashes)
            _add_parameter(stroke, "stroke-dasharray", dashes)


def _add_parameter(parent: Xml.Element, name: str, value: str) -> None:
    _add(parent, "CssParameter", value).set("name", name)
