"""The declared layers: complete, consistent, and thinned by a law."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.layers import (
    GROUPS,
    LAYERS,
    MAX_ZOOM,
    MOST_ALWAYS,
    RIGHTS,
    Layer,
    Style,
    readable,
    share,
    swatches_for,
)
from geo.metrics import METRICS, Metric
from geo.store import tiles

CATALOGUE = Path(__file__).parents[2] / "maps" / "web" / "src" / "i18n.json"
THINNED = [layer for layer in LAYERS.values() if layer.budget]

layers = pytest.mark.parametrize("layer", LAYERS.values(), ids=lambda layer: layer.key)


@layers
def test_layer_has_a_group_names_and_columns(layer: Layer) -> None:
    assert layer.group in {group.key for group in GROUPS}
    assert layer.parts[0] == layer.key
    assert 0 <= layer.min_zoom < layer.max_zoom == MAX_ZOOM
    assert layer.zh
    assert layer.en
    names = [column.name for column in layer.columns]
    assert len(set(names)) == len(names)
    assert {layer.time} - {""} <= set(names)
    assert {layer.apart} - {""} <= set(names)
    assert set(layer.label) <= set(names)
    assert {column.right for column in layer.columns} - {""} <= RIGHTS.keys()


@layers
@pytest.mark.parametrize("zoom", [9, 12, 14, 18])
def test_query_makes_exactly_the_declared_parts(layer: Layer, zoom: int) -> None:
    sql = tiles.compose(layer, zoom, frozenset(), frozenset()).decode()
    assert tuple(re.findall(r"st_asmvt\(t, '(\w+)'", sql)) == layer.parts


@layers
def test_nobody_in_particular_sees_no_personal_column(layer: Layer) -> None:
    seen = {column.name for column in readable(layer, frozenset())}
    assert not seen & {c.name for c in layer.columns if c.right in ("people", "credit")}
    assert readable(layer, frozenset(RIGHTS)) == layer.columns


@given(st.sampled_from(METRICS))
def test_metrics_belong_to_layers(metric: Metric) -> None:
    assert set(metric.layers) <= LAYERS.keys()


@layers
def test_style_refers_to_a_column_and_holds_colours(layer: Layer) -> None:
    style = layer.style
    colours = [style.colour, *style.palette, *(swatch.colour for swatch in style.swatches)]
    assert all(re.fullmatch("#[0-9a-f]{6}", colour) for colour in colours)
    assert not style.by or style.by in {column.name for column in layer.columns}
    assert not style.from_data or style.from_data in tiles.QUERIES


# How many points have a rank below 1, 1/2, 1/4 …: open incidents have all of theirs below 1/1024.
RANKS = st.lists(st.integers(0, 5_000_000), min_size=25, max_size=25).map(
    lambda counts: sorted(counts, reverse=True)
)


@given(st.sampled_from(THINNED), st.integers(0, 20), RANKS)
def test_share_keeps_the_budget_and_grows_with_zoom(
    layer: Layer, zoom: int, below: list[int]
) -> None:
    kept = share(layer, zoom, below)
    halvings = int(1 / kept).bit_length() - 1
    assert kept == 2.0**-halvings
    assert kept <= share(layer, zoom + 1, below)
    allowed = [most for last, most in layer.budget if zoom <= last]
    if not allowed:
        assert kept == 1
        return
    if kept > layer.always:
        assert below[halvings] <= allowed[0]
    elif halvings < len(below):
        assert below[halvings] <= max(allowed[0], MOST_ALWAYS)
    if kept < layer.always:
        assert below[halvings - 1] > MOST_ALWAYS
    assert kept == 1 or below[halvings - 1] > allowed[0]


@given(st.lists(st.text(), unique=True, max_size=9))
def test_legend_gives_each_value_one_colour_until_they_run_out(values: list[str]) -> None:
    style = Style("dot", "#888888", palette=("#111111", "#222222", "#333333"))
    legend = swatches_for(style, [(value, value, value) for value in values])
    assert [swatch.value for swatch in legend] == values[:3]
    assert [swatch.colour for swatch in legend] == list(style.palette[: len(legend)])


def test_catalogue_says_everything_in_both_languages() -> None:
    catalogue = json.loads(CATALOGUE.read_text("utf-8"))
    for key, said in catalogue.items():
        assert said.keys() == {"zh", "en"}, key
        assert all(text.strip() for text in said.values()), key
        blanks = [sorted(re.findall(r"\{\w+\}", text)) for text in said.values()]
        assert blanks[0] == blanks[1], key
