"""The rules of a plan, on a board of square blocks."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import rule_sentences, rules
from geo.adjacency import adjacency, contiguous
from geo.rules import NOBODY, RULES, Drawn, Limits

SIDE = 100.0
WIDE, HIGH = 6, 4
NO_LIMITS = Limits(None, None, None, None, None)


def board():
    """Blocks of 1 ha, 6 × 4; the three columns in the west lie in A, the others in B."""
    xy = [(x, y) for y in range(HIGH) for x in range(WIDE)]
    shapes = [shapely.box(x * SIDE, y * SIDE, (x + 1) * SIDE, (y + 1) * SIDE) for x, y in xy]
    area = ["A" if x < 3 else "B" for x, _ in xy]
    return gpd.GeoDataFrame({
        "area": area, "parents": [[code, "S"] for code in area],
        "households": 10.0, "load": 60.0,
    }, geometry=shapes, crs=4549)  # fmt: skip


BLOCKS = board()
PAIRS, SHARED = adjacency(BLOCKS.geometry.to_numpy())
WHOLES = pd.DataFrame({"kind": [], "name": [], "place": [], "block": []}).astype({"block": int})


def drawn(number, grids=None, limits=NO_LIMITS, wholes=WHOLES, **more):
    number = np.asarray(number, np.int64)
    if grids is None:
        ids = sorted(set(number.tolist()) - {NOBODY})
        grids = pd.DataFrame({
            "code": None, "name": [f"格{n}" for n in ids], "parent": None, "workers": 1,
        }, index=ids)  # fmt: skip
    return Drawn(BLOCKS, PAIRS, SHARED, number, grids, wholes, limits=limits, **more)


def halves():
    return np.where(BLOCKS["area"] == "A", 1, 2)


def found(of):
    return [(f.rule, f.number) for f in rules.check(of)]


def test_a_good_plan_breaks_nothing():
    assert found(drawn(halves(), limits=rules.Limits(100, 150))) == []


def test_blocks_in_no_grid_are_told_cluster_by_cluster():
    number = halves()
    number[[0, 1, 23]] = NOBODY
    (one, two) = rules.check(drawn(number))
    assert (one.rule, one.hard, one.number) == ("assigned", True, None)
    assert {one.blocks, two.blocks} == {(0, 1), (23,)}
    assert BLOCKS.geometry[23].contains(shapely.Point(two.place))


def test_a_grid_in_pieces_and_across_its_border():
    number = halves()
    number[5] = 1  # the corner of B, far from A
    broken = rules.check(drawn(number))
    assert [(f.rule, f.number, f.blocks) for f in broken] == [
        ("contiguous", 1, (5,)), ("inside_parent", 1, (5,)),
    ]  # fmt: skip
    assert broken[0].facts["pieces"] == 2
    assert found(drawn(number, across=True)) == [("contiguous", 1)]


def test_the_parent_that_is_said_counts():
    grids = pd.DataFrame({"code": None, "name": ["一", "二"], "parent": ["S", "A"], "workers": 1},
                         index=[1, 2])  # fmt: skip
    assert found(drawn(halves(), grids)) == [("inside_parent", 2)]
    assert found(drawn(np.ones(24), grids)) == []


def test_sizes_and_loads_are_for_each_worker():
    limits = Limits(170, 300, 0.5, 1.3, None)
    number = np.where(np.arange(24) < 18, 1, 2)
    of = drawn(number, limits=limits, across=True)
    assert found(of) == [("households", 2), ("load", 1)]
    values = {f.rule: f.facts for f in rules.check(of)}
    assert values["households"]["value"] == 60
    assert values["load"]["value"] == pytest.approx(1.5)
    shared = of._replace(grids=of.grids.assign(workers=[3, 1]), limits=Limits(50, 70, 0.5, 1.3))
    assert found(shared) == []


def test_what_belongs_together_is_not_cut():
    wholes = pd.DataFrame({
        "kind": ["compound"] * 2 + ["school"] * 2 + ["compound"] * 2,
        "name": ["丁香苑"] * 2 + ["实验小学"] * 2 + ["跨界苑"] * 2,
        "place": [0, 0, 7, 7, 1, 1], "block": [0, 1, 6, 12, 2, 3],
    })  # fmt: skip
    assert found(drawn(halves(), wholes=wholes)) == []  # the law parts the one on the border
    number = halves()
    number[[0, 6]] = 3
    assert found(drawn(number, wholes=wholes)) == [("compound_whole", 3), ("protected_whole", 3)]
    across = drawn(halves(), wholes=wholes, across=True)
    assert found(across) == [("compound_whole", 2)]


def test_an_enclave_lies_inside_one_other():
    number = np.ones(24, int)
    number[8] = 2
    number[0] = 3  # in a corner: beside the outside too
    assert found(drawn(number, across=True)) == [("enclave", 2)]
    number[7] = 4  # each has two neighbours now
    assert found(drawn(number, across=True)) == []


def test_long_grids_are_told():
    number = np.repeat(np.arange(1, HIGH + 1), WIDE)
    limits = NO_LIMITS._replace(compactness_least=0.5)
    of = rules.check(drawn(number, across=True, limits=limits))
    assert [f.rule for f in of] == ["compact"] * HIGH
    assert of[0].facts["value"] == pytest.approx(4 * np.pi * 6 / 14**2)
    assert rules.polsby_popper(np.pi, 2 * np.pi) == pytest.approx(1)


def test_grids_too_small_and_too_large_are_told():
    number = np.where(np.arange(24) < 3, 1, np.where(np.arange(24) < 10, 2, 3))
    limits = NO_LIMITS._replace(area_least=4e4, area_most=8e4)
    of = rules.check(drawn(number, across=True, limits=limits))
    assert [(f.number, f.facts["value"]) for f in of if f.rule == "area"] == [(1, 3e4), (3, 14e4)]


def test_codes_fit_their_pattern_and_are_given_once():
    grids = pd.DataFrame({"code": ["310101001001001", "31", None], "name": list("甲乙丙"),
                          "parent": None, "workers": 1}, index=[1, 2, 3])  # fmt: skip
    number = halves()
    number[23] = 3
    of = drawn(number, grids, pattern="^[0-9]{15}$")
    assert found(of) == [("code", 2)]
    twice = grids.assign(code=["310101001001001", "310101001001001", None])
    assert found(of._replace(grids=twice)) == [("code", 1), ("code", 2)]


@settings(max_examples=40)
@given(st.lists(st.integers(1, 3), min_size=24, max_size=24))
def test_connectedness_is_what_adjacency_says(number):
    of = drawn(number, across=True)
    told = {f.number for f in rules.check(of, rules.HARD) if f.rule == "contiguous"}
    assert told == set(contiguous(np.array(number), PAIRS).tolist())
    assert all(f.hard for f in rules.check(of, rules.HARD))


@settings(max_examples=40)
@given(st.lists(st.sampled_from([NOBODY, 1, 2, 3]), min_size=24, max_size=24))
def test_every_finding_has_its_blocks_its_place_and_both_sentences(number):
    wholes = pd.DataFrame({"kind": ["compound"] * 4, "name": ["苑"] * 4, "place": [0] * 4,
                           "block": [0, 1, 6, 7]})  # fmt: skip
    of = drawn(number, wholes=wholes, limits=Limits(50, 60, 0.9, 1.1, 0.9, 2e4, 3e4))
    names = {1: "甲", 2: "乙", 3: "丙"}
    for finding in rules.check(of):
        rows = list(finding.blocks)
        assert rows
        spot = shapely.Point(finding.place)
        assert any(shape.contains(spot) for shape in BLOCKS.geometry.iloc[rows])
        if finding.number is not None and finding.rule != "compound_whole":
            assert set(np.array(number)[rows]) == {finding.number}
        zh, en = (rule_sentences.sentence(finding, names, {"A": "东", "B": "西"}, lang)
                  for lang in ("zh", "en"))  # fmt: skip
        assert zh.endswith("。")
        assert en.endswith(".")
        assert "None" not in zh + en


def test_every_rule_has_sentences():
    assert rule_sentences.SAY.keys() == {rule.name for rule in RULES}


def test_limits_are_those_of_the_system_and_what_was_wished():
    assert rules.limits_for("management", {})[:2] == (300, 500)
    assert rules.limits_for("police", {})[:2] == (None, None)
    wished = rules.limits_for("management", {"households_most": 600, "load_most": None})
    assert (wished.households_most, wished.load_most) == (600, None)
    for bad in ({"most": 3}, {"load_most": -1}, {"load_most": True}, {"load_most": float("nan")}):
        with pytest.raises(rules.BadLimits):
            rules.limits_for("management", bad)
