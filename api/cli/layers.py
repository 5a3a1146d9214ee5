"""`luge layers`: the declared layers as the table of docs/layers.md."""

from collections.abc import Iterator

from geo.layers import (
    GROUPS,
    LAYERS,
    NOT_IN_TILES,
    RIGHTS,
    SMALL_COUNTS,
    Column,
    Layer,
)
from geo.metrics import METRICS, SMALL_UNITS, Metric

HEAD = """# Map layers

Written by `luge layers > docs/layers.md` from the declared table, `geo/layers.py`; every layer is
the database view `layer_` and its key. Tiles carry a column from the zoom named on; –: it comes
with features and exports only. Times in tiles are seconds since 1970."""


def layers() -> None:
    """Print the declared layers with their columns, in Markdown."""
    print(page())


def page() -> str:
    """The page that docs/layers.md holds."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield HEAD
    for group in GROUPS:
        yield f"\n## {group.zh} · {group.en}"
        for layer in LAYERS.values():
            if layer.group == group.key:
                yield from _layer(layer)
    yield "\n## Metrics\n"
    yield "Values that units can be coloured by (`?metric=` of a tile).\n"
    yield "| key | 名称 | name | unit | of | right |"
    yield "|---|---|---|---|---|---|"
    for metric in METRICS:
        of = ", ".join(metric.layers)
        told = f"`{metric.key}` | {metric.zh} | {metric.en} | {metric.unit}"
        yield f"| {told} | {of} | {_small(metric) if metric.least else ''} |"
    yield "\n## Rights\n"
    yield "What not everybody may read; `LUGE_PUBLIC_RIGHTS` gives them to all.\n"
    yield from (f"- `{key}`: {zh} · {en}" for key, (zh, en) in RIGHTS.items())


def _small(metric: Metric) -> str:
    return (
        f"`{SMALL_COUNTS}` for values from 1 to {metric.least - 1} of {' and '.join(SMALL_UNITS)}"
    )


def _layer(layer: Layer) -> Iterator[str]:
    yield f"\n### {layer.zh} · {layer.en}: `{layer.key}`\n"
    zooms = f"zooms {layer.min_zoom} to {layer.max_zoom}"
    yield f"{layer.geometry.capitalize()}s, {zooms}{_special(layer)}.\n"
    yield "| column | 名称 | meaning | type | unit | from zoom | right |"
    yield "|---|---|---|---|---|---|---|"
    yield from (_column(column) for column in layer.columns)


def _special(layer: Layer) -> str:
    said = [
        (layer.dated, "of a day"),
        (layer.time, f"of a period by `{layer.time}`"),
        (layer.budget, "thinned at far zooms"),
        (layer.clusters, f"gathered up to zoom {layer.clusters} where `clusters` asks for it"),
        (layer.bands, "simplified as a coverage at far zooms"),
        (layer.banded, "other features at other zooms"),
        (layer.label, "with points for names"),
        (not layer.shown, "not shown at first"),
    ]
    return "".join(f"; {words}" for holds, words in said if holds)


def _column(column: Column) -> str:
    zoom = "\u2013" if column.from_zoom == NOT_IN_TILES else str(column.from_zoom or "")
    right = f"`{column.right}`" if column.right else ""
    right += f" for values below {column.least}" * bool(column.least)
    return (
        f"| `{column.name}` | {column.zh} | {column.en} | {column.type} | {column.unit} |"
        f" {zoom} | {right} |"
    )
