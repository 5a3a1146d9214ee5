"""What is drawn: symbols and the rules that choose them, before any format's own words."""

from typing import NamedTuple

from geo.layers import Geometry

MM_OF_PX = 25.4 / 96


class Symbol(NamedTuple):
    """Colours as #rrggbb; ``width`` (of the stroke) and ``size`` (across) in pixels.

    Without ``fill`` an area is an outline. ``dashes`` are in widths of the stroke. ``size_if``
    names a column: where it is false the size is the other one. ``strength_by`` names a column by
    which the fill gets stronger. ``scales`` is a column and, by descending scale denominator, the
    value of the features shown down to it; 0 ends the list. ``star`` is the colour of a star on
    the marker.
    """

    fill: str = ""
    stroke: str = ""
    width: float = 0.0
    size: float = 0.0
    opacity: float = 1.0
    dashes: tuple[float, ...] = ()
    size_if: tuple[str, float] | None = None
    strength_by: str = ""
    scales: tuple[str, tuple[tuple[int, int], ...]] | None = None
    star: str = ""


class Rule(NamedTuple):
    """How features look whose column (``by``, if not the usual one) has one of ``values``."""

    values: tuple[str, ...]
    label: str
    symbol: Symbol
    by: str = ""


class Names(NamedTuple):
    """The names of features: their column, colour, size in pixels, and from which scale on."""

    column: str
    colour: str
    size: float
    scale: int


class Drawn(NamedTuple):
    """A layer's rules by column ``by`` ('' for one symbol only); ``rest`` is for all others."""

    geometry: Geometry
    by: str
    rules: tuple[Rule, ...]
    rest: Rule
    names: Names | None = None


def mm(px: float) -> str:
    """Pixels as millimetres, written."""
    return f"{px * MM_OF_PX:.3g}"
