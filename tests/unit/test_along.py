"""Stretches drawn along a road: as long as the way, on one hand, and the same there and back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo import along
from geo.along import JUNCTION_M, At, Ways
from geo.stretches import Stretch

LENGTHS = st.lists(st.floats(20, 400), min_size=1, max_size=8)


def chain(lengths: list[float], turned: list[bool]) -> Ways:
    """Segments end to end; those that are turned point against the others."""
    nodes = [(n + 1, n) if back else (n, n + 1) for n, back in enumerate(turned)]
    return Ways(np.arange(10, 10 + len(lengths)), np.array(lengths), np.array(nodes))


@st.composite
def drawn(draw):
    lengths = draw(LENGTHS)
    turned = draw(st.lists(st.booleans(), min_size=len(lengths), max_size=len(lengths)))
    at = [
        At(row, draw(st.floats(0, lengths[row])))
        for row in draw(st.tuples(*[st.integers(0, len(lengths) - 1)] * 2))
    ]
    return chain(lengths, turned), *at


def measure(ways: Ways, at: At) -> float:
    """Metres of a place along a chain."""
    before, length = float(ways.length_m[: at.row].sum()), float(ways.length_m[at.row])
    ahead = ways.nodes[at.row, 0] < ways.nodes[at.row, 1]
    return before + (at.metres if ahead else length - at.metres)


@given(drawn())
def test_it_is_as_long_as_the_way(case) -> None:
    ways, start, end = case
    metres = sum(one.to_m - one.from_m for one in along.between(ways, start, end, "L"))
    assert metres == pytest.approx(abs(measure(ways, end) - measure(ways, start)), abs=1e-6)


@given(drawn())
def test_it_keeps_to_one_hand(case) -> None:
    ways, start, end = case
    ahead = {int(id_): a < b for id_, (a, b) in zip(ways.ids, ways.nodes, strict=True)}
    hands = {
        (one.side == "L") == ahead[one.segment] for one in along.between(ways, start, end, "L")
    }
    assert len(hands) <= 1


@given(drawn())
def test_both_sides_are_twice_one_and_the_way_back_is_the_same(case) -> None:
    ways, start, end = case
    there = along.between(ways, start, end, "LR")
    assert len(there) == 2 * len(along.between(ways, start, end, "R"))
    assert sorted(there) == sorted(along.between(ways, end, start, "LR"))


@given(drawn())
def test_ends_snap_to_junctions_and_whole_metres(case) -> None:
    ways, start, _ = case
    at, length = along.snapped(ways, start), float(ways.length_m[start.row])
    assert at.metres in (0.0, length) or at.metres == round(at.metres)
    assert abs(at.metres - start.metres) <= JUNCTION_M


def test_on_two_carriageways_it_stays_on_its_own() -> None:
    # 0 → 1 and 2 → 3 side by side in two segments each, joined at both far ends.
    nodes = np.array([(0, 1), (1, 2), (0, 3), (3, 2)])
    ways = Ways(np.array([1, 2, 3, 4]), np.array([100.0, 100.0, 101.0, 101.0]), nodes)
    assert along.between(ways, At(0, 50.0), At(1, 40.0), "R") == [
        Stretch(1, "R", 50.0, 100.0),
        Stretch(2, "R", 0.0, 40.0),
    ]


def test_pieces_that_do_not_meet_have_no_way() -> None:
    ways = Ways(np.array([1, 2]), np.array([50.0, 50.0]), np.array([(0, 1), (2, 3)]))
    assert along.between(ways, At(0, 5.0), At(1, 5.0), "L") == []
    assert along.joined(ways, 0).tolist() == [True, False]
