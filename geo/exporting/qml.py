"""Drawings as QML, the style format of QGIS 3: one symbol, or one for each class of values."""

from xml.etree import ElementTree as Xml  # what is written here is never read from outside

from geo.exporting.symbols import Drawn, Names, Rule, Symbol, mm

DOCTYPE = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
VERSION = "3.28.0"
KINDS = {"point": ("marker", "0"), "line": ("line", "1"), "polygon": ("fill", "2")}
RENDERER = {"forceraster": "0", "symbollevels": "0", "enableorderby": "0", "referencescale": "-1"}
# How QGIS numbers the ways a property can get its value.
BY_EXPRESSION = "3"
# Labels around a point, curved along a line, upright in an area, as QGIS numbers them.
PLACING = {"point": "0", "line": "3", "polygon": "4"}
POINTS_OF_PX = 72 / 96
WHITE = "#ffffff"

Options = dict[str, str]


def write(drawn: Drawn) -> str:
    """The drawing as a QML document with the symbology only; other settings stay QGIS's own."""
    kind, number = KINDS[drawn.geometry]
    root = Xml.Element("qgis", version=VERSION, styleCategories="Symbology")
    rules = [*drawn.rules, drawn.rest]
    renderer = Xml.SubElement(root, "renderer-v2", RENDERER, type="singleSymbol")
    if drawn.rules:
        renderer.attrib |= {"type": "categorizedSymbol", "attr": _classes(drawn)}
        _add_categories(renderer, rules)
    symbols = Xml.SubElement(renderer, "symbols")
    for at, rule in enumerate(rules):
        _add_symbol(symbols, str(at), kind, rule.symbol)
    Xml.SubElement(renderer, "rotation")
    Xml.SubElement(renderer, "sizescale")
    if drawn.names:
        root.attrib |= {"styleCategories": "Symbology|Labeling", "labelsEnabled": "1"}
        _add_names(root, drawn.names, PLACING[drawn.geometry])
    for name, value in (("blendMode", "0"), ("featureBlendMode", "0"), ("layerOpacity", "1")):
        Xml.SubElement(root, name).text = value
    Xml.SubElement(root, "layerGeometryType").text = number
    Xml.indent(root)
    return DOCTYPE + Xml.tostring(root, encoding="unicode") + "\n"


def _add_names(root: Xml.Element, names: Names, placing: str) -> None:
    settings = Xml.SubElement(Xml.SubElement(root, "labeling", type="simple"), "settings")
    style = Xml.SubElement(
        settings, "text-style", fieldName=names.column, isExpression="0", fontSizeUnit="Point",
        fontSize=f"{names.size * POINTS_OF_PX:g}", textColor=_rgba(names.colour), textOpacity="1",
    )  # fmt: skip
    Xml.SubElement(
        style, "text-buffer", bufferDraw="1", bufferSize="0.5", bufferSizeUnits="MM",
        bufferColor=_rgba(WHITE), bufferOpacity="0.9",
    )  # fmt: skip
    # Without a priority QGIS takes the lowest, and shows nothing.
    Xml.SubElement(
        settings, "placement", placement=placing, priority="5", placementFlags="10",
        dist="1.5" if placing == PLACING["point"] else "0", distUnits="MM", offsetUnits="MM",
    )  # fmt: skip
    # QGIS calls the smallest scale by the largest denominator.
    Xml.SubElement(
        settings, "rendering", scaleVisibility="1", scaleMin="0", scaleMax=str(names.scale)
    )


def _classes(drawn: Drawn) -> str:
    """What tells features apart: a column, or an expression that gives a rule's first value."""
    if all(len(rule.values) == 1 and not rule.by for rule in drawn.rules):
        return drawn.by
    cases = (
        f"WHEN {_column(rule.by or drawn.by)} IN ({', '.join(map(_text, rule.values))})"
        f" THEN {_text(rule.values[0])}"
        for rule in drawn.rules
    )
    return f"CASE {' '.join(cases)} END"


def _column(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _add_categories(renderer: Xml.Element, rules: list[Rule]) -> None:
    categories = Xml.SubElement(renderer, "categories")
    for at, rule in enumerate(rules):
        # The empty value is QGIS's class for all that no other class has.
        value = rule.values[0] if rule.values else ""
        Xml.SubElement(
            categories, "category", type="string",
            value=value, symbol=str(at), label=rule.label, render="true",
        )  # fmt: skip


def _add_symbol(symbols: Xml.Element, name: str, kind: str, symbol: Symbol) -> None:
    made = Xml.SubElement(
        symbols, "symbol", type=kind, name=name, alpha=f"{symbol.opacity:g}",
        clip_to_extent="1", force_rhr="0",
    )  # fmt: skip
    for class_, options, properties in _LAYERS[kind](symbol):
        layer = Xml.SubElement(made, "layer", {"class": class_}, enabled="1", locked="0")
        layer.set("pass", "0")
        box = Xml.SubElement(layer, "Option", type="Map")
        for key, value in options.items():
            Xml.SubElement(box, "Option", type="QString", name=key, value=value)
        if properties:
            _add_properties(layer, properties)


def _add_properties(layer: Xml.Element, properties: Options) -> None:
    """Properties that each feature gets by an expression of its own."""
    box = Xml.SubElement(Xml.SubElement(layer, "data_defined_properties"), "Option", type="Map")
    Xml.SubElement(box, "Option", type="QString", name="name", value="")
    each = Xml.SubElement(box, "Option", type="Map", name="properties")
    for name, expression in properties.items():
        one = Xml.SubElement(each, "Option", type="Map", name=name)
        Xml.SubElement(one, "Option", type="bool", name="active", value="true")
        Xml.SubElement(one, "Option", type="QString", name="expression", value=expression)
        Xml.SubElement(one, "Option", type="int", name="type", value=BY_EXPRESSION)
    Xml.SubElement(box, "Option", type="QString", name="type", value="collection")


Parts = list[tuple[str, Options, Options]]


def _marker(symbol: Symbol) -> Parts:
    base = {
        "name": "circle",
        "color": _rgba(symbol.fill),
        "outline_color": _rgba(symbol.stroke),
        "outline_style": "solid",
        "outline_width": mm(symbol.width),
        "outline_width_unit": "MM",
        "size": mm(symbol.size),
        "size_unit": "MM",
    }
    properties: Options = {}
    if symbol.size_if:
        column, other = symbol.size_if
        properties["size"] = f"if({_column(column)}, {mm(symbol.size)}, {mm(other)})"
    parts: Parts = [("SimpleMarker", base, properties)]
    if symbol.star:
        star = base | {"name": "star", "color": _rgba(symbol.star), "outline_style": "no"}
        parts.append(("SimpleMarker", star | {"size": mm(symbol.size / 2)}, {}))
    return parts


def _line(symbol: Symbol) -> Parts:
    options = {
        "line_color": _rgba(symbol.stroke),
        "line_style": "solid",
        "line_width": mm(symbol.width),
        "line_width_unit": "MM",
        "capstyle": "round",
        "joinstyle": "round",
        **_dashes(symbol),
    }
    return [("SimpleLine", options, {})]


def _fill(symbol: Symbol) -> Parts:
    if not symbol.fill:
        return _line(symbol)
    options = {
        "color": _rgba(symbol.fill),
        "style": "solid",
        "outline_color": _rgba(symbol.stroke or symbol.fill),
        "outline_style": "solid" if symbol.stroke else "no",
        "outline_width": mm(symbol.width),
        "outline_width_unit": "MM",
        "joinstyle": "round",
    }
    properties = {"fillColor": _strength(symbol)} if symbol.strength_by else {}
    return [("SimpleFill", options, properties)]


def _strength(symbol: Symbol) -> str:
    """The fill's colour as an expression: stronger by a column, nothing at other scales."""
    column = _column(symbol.strength_by)
    most, alpha = f"maximum({column})", "20 + 235 * {}"
    if symbol.scales:
        by, steps = symbol.scales
        most = f"maximum({column}, {_column(by)})"
        cases = " ".join(f"WHEN @map_scale > {scale} THEN {value}" for scale, value in steps)
        alpha = f"if({_column(by)} = CASE {cases} END, {alpha}, 0)"
    # Logarithmic, as few cells hold most.
    share = f"ln(1 + coalesce({column}, 0)) / ln(1 + {most})"
    return f"set_color_part('{symbol.fill}', 'alpha', {alpha.format(share)})"


def _dashes(symbol: Symbol) -> Options:
    if not symbol.dashes:
        return {}
    pattern = ";".join(mm(dash * symbol.width) for dash in symbol.dashes)
    return {"use_custom_dash": "1", "customdash": pattern, "customdash_unit": "MM"}


def _rgba(colour: str) -> str:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"{red},{green},{blue},255"


_LAYERS = {"marker": _marker, "line": _line, "fill": _fill}
