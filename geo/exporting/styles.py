"""How layers are drawn outside of the browser: rules from the declared styles, for QML and SLD.

Sizes are those of the browser's map at zoom 15, in its pixels of 0.2646 mm.
"""

from typing import NamedTuple

from geo.density import RESOLUTIONS
from geo.exporting import qml, sld
from geo.exporting.symbols import Drawn, Names, Rule, Symbol
from geo.exporting.tables import Drawing
from geo.layers import Layer, Style

CASING = "#d8cfbd"
WHITE = "#ffffff"
EDGE_SHADE = 0.84
# The road classes of OpenStreetMap that are drawn like another; what is not named is a minor road.
ROAD_CLASSES = {
    "motorway": ("motorway", "motorway_link", "trunk", "trunk_link"),
    "primary": ("primary", "primary_link"),
    "secondary": ("secondary", "secondary_link"),
}
MINOR = "residential"
AXIS_PX = 0.8
# Zooms 11, 13 and 15, as scales: from there on the next finer cells are shown.
CELLS = ("resolution", tuple(zip((204_000, 51_000, 12_800, 0), RESOLUTIONS, strict=True)))
# Names as on the map, from the zoom where it shows them.
NAMES = {
    "areas": Names("name", "#3d4a61", 15, 136_000),
    "compounds": Names("name", "#5f7a45", 11, 17_000),
    "blocks": Names("code", "#8b8374", 10.5, 6_000),
    "grids": Names("name", "#2f6fd0", 11, 30_000),
    "named_roads": Names("name", "#7b7466", 11, 34_000),
    "merchants": Names("name", "#7a5a28", 11, 4_300),
    "stations": Names("name", "#9c2b22", 11.5, 17_000),
}


class Border(NamedTuple):
    """How the outline of an area is drawn: its width in pixels, and its dashes."""

    width: float
    dashes: tuple[float, ...] = ()


BORDERS = {"district": Border(2.6), "street": Border(1.8, (7, 2, 1.5, 2)),
           "community": Border(1.2, (4, 2.5))}  # fmt: skip


def draw(layer: Layer, style: Style) -> Drawing:
    """The layer's drawing; ``style`` has the swatches that come from the data filled in."""
    drawn = _drawn(layer, style)
    drawn = drawn._replace(names=NAMES.get(layer.key))
    return Drawing(qml.write(drawn), sld.write(drawn, layer.key))


def _drawn(layer: Layer, style: Style) -> Drawn:
    rest = Rule((), f"{layer.zh} {layer.en}", _symbol(layer, style, "", style.colour))
    if style.shape == "road":
        return _drawn_road(layer, style, rest)
    rules = [
        Rule(
            (swatch.value,),
            _label(swatch.zh, swatch.en),
            _symbol(layer, style, swatch.value, swatch.colour),
        )
        for swatch in style.swatches
        if swatch.value
    ]
    return Drawn(layer.geometry, style.by if rules else "", tuple(rules), rest)


def _drawn_road(layer: Layer, style: Style, rest: Rule) -> Drawn:
    """Roads by class, several of which look alike; water is told by its kind."""
    rules: list[Rule] = []
    for swatch in style.swatches:
        label = _label(swatch.zh, swatch.en)
        symbol = _symbol(layer, style, swatch.value, swatch.colour)
        if swatch.value == MINOR:
            rest = Rule((), label, symbol)
        elif swatch.value == "river":
            rules.insert(0, Rule(("river",), label, symbol, "kind"))
        else:
            rules.append(Rule(ROAD_CLASSES[swatch.value], label, symbol))
    return Drawn(layer.geometry, style.by if rules else "", tuple(rules), rest)


def _label(zh: str, en: str) -> str:
    return zh if zh == en else f"{zh} {en}"


def _symbol(layer: Layer, style: Style, value: str, colour: str) -> Symbol:
    if style.shape == "dot":
        return Symbol(fill=colour, stroke=WHITE, width=0.9, size=6.4, size_if=("open", 3.6))
    if style.shape == "ring":
        return Symbol(fill=WHITE, stroke=colour, width=1.2, size=4.0)
    if style.shape == "badge":
        return Symbol(fill=colour, stroke=WHITE, width=1.2, size=16.0, star=WHITE)
    if style.shape == "fill":
        return Symbol(fill=colour, stroke=_shade(colour), width=0.8)
    if style.shape == "heat":
        return Symbol(fill=colour, opacity=0.6, strength_by="count", scales=CELLS)
    if style.shape == "road" and layer.geometry == "polygon":
        return Symbol(fill=colour, stroke=_shade(colour) if value == "river" else CASING, width=1.0)
    if style.shape == "road":
        # The map draws axes as surfaces or not at all: here they are faint, and can be chosen.
        return Symbol(stroke=colour, width=AXIS_PX, opacity=0.5)
    border = BORDERS.get(value, Border(1.2))
    return Symbol(stroke=colour, width=border.width, dashes=border.dashes)


def _shade(colour: str) -> str:
    """The colour, darker."""
    parts = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + "".join(f"{round(part * EDGE_SHADE):02x}" for part in parts)
