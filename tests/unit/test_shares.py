"""Laws of shares: every stretch one chief, figures that add up, shares in pieces told."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import shares
from geo.shares import NOBODY, NotDivisible, NotEnoughStretches, Rules, Wishes, propose

TRIES = 20_000


def streets(side, rng, gone=0.15):
    """Stretches of a town of side × side crossings, 100 m apart; some streets are not there."""
    at = np.arange(side * side).reshape(side, side)
    ends = np.concatenate([
        np.column_stack([at[:, :-1].ravel(), at[:, 1:].ravel()]),
        np.column_stack([at[:-1].ravel(), at[1:].ravel()]),
    ])  # fmt: skip
    ends = ends[rng.random(len(ends)) > gone]
    y, x = np.divmod(ends, side)
    return pd.DataFrame({
        "id": np.arange(len(ends)) * 3 + 10, "from_node": ends[:, 0], "to_node": ends[:, 1],
        "x": x.mean(axis=1) * 100, "y": y.mean(axis=1) * 100,
    })  # fmt: skip


def sides_of(stretches, chief, rng):
    """Both sides of every stretch, with what is on them; ``chief`` of each side."""
    count = len(stretches) * 2
    frame = pd.DataFrame({
        "stretch": np.repeat(np.arange(len(stretches)), 2), "chief": chief, "metres": 100.0,
        "doors": rng.integers(0, 6, count), "cases": rng.integers(0, 40, count),
    })  # fmt: skip
    return frame.assign(load=shares.loads(frame, 52, Rules()))


@st.composite
def towns(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    stretches = streets(draw(st.integers(3, 8)), rng)
    chiefs = rng.choice(np.arange(40, 60), draw(st.integers(1, 5)), replace=False)
    chief = rng.choice([*chiefs, NOBODY], 2 * len(stretches))
    chief[: len(chiefs)] = chiefs
    return stretches, sides_of(stretches, chief, rng)


@settings(max_examples=40)
@given(towns(), st.integers(0, 9))
def test_every_stretch_has_one_chief_and_the_figures_add_up(town, seed):
    stretches, sides = town
    found = propose(stretches, sides, Wishes(), seed, TRIES)
    assert len(found.post) == len(stretches)
    assert set(found.post) == set(range(len(found.posts)))
    assert set(found.posts) == set(sides["chief"]) - {NOBODY}
    columns = ["metres", "doors", "cases", "load"]
    np.testing.assert_allclose(found.after[columns].sum(), sides[columns].sum())
    held = sides[sides["chief"] != NOBODY]
    np.testing.assert_allclose(found.before[columns].sum(), held[columns].sum())
    assert found.after["stretches"].sum() == len(stretches)
    now = np.array(found.posts)[found.post][held["stretch"]]
    assert found.changed_m == held["metres"][held["chief"] != now].sum()


@settings(max_examples=40)
@given(towns())
def test_shares_in_pieces_are_told(town):
    stretches, sides = town
    found = propose(stretches, sides, Wishes(), 0, TRIES)
    told = {gap.post: gap.pieces for gap in found.gaps}
    assert told == found.after["pieces"][found.after["pieces"] > 1].to_dict()
    assert all(gap.why == "network" for gap in found.gaps)  # nothing is locked
    assert found.spread[1].connected == len(found.posts) - len(found.gaps)
    whole, _ = shares.graphs.pieces(shares.network(stretches), np.zeros(len(stretches), np.int32))
    # Each piece of the network too many puts one share into one piece more.
    assert sum(gap.pieces - 1 for gap in found.gaps) <= whole - 1
    for gap in found.gaps:
        assert len(gap.stretches) == gap.pieces - 1
        rows = stretches["id"].isin(gap.stretches).to_numpy()
        assert (found.post[rows] == gap.post).all()


@settings(max_examples=30)
@given(towns(), st.data())
def test_locked_stretches_stay_with_who_has_them(town, data):
    stretches, sides = town
    ids = data.draw(st.lists(st.sampled_from(stretches["id"].tolist()), max_size=6))
    found = propose(stretches, sides, Wishes(locked=frozenset(ids)), 0, TRIES)
    holder = shares.main_holder(sides, len(stretches))
    bound = stretches["id"].isin(ids).to_numpy() & (holder != NOBODY)
    assert (np.array(found.posts)[found.post] == holder)[bound].all()


@settings(max_examples=30)
@given(towns(), st.integers(1, 7))
def test_as_many_chiefs_as_wished_for(town, wanted):
    stretches, sides = town
    found = propose(stretches, sides, Wishes(chiefs=wanted), 0, TRIES)
    there = set(sides["chief"]) - {NOBODY}
    assert len(found.posts) == wanted == len(found.after)
    assert found.posts.count(None) == max(wanted - len(there), 0)
    assert set(found.posts) - {None} <= there
    # Who leaves carries no more than who stays.
    load = sides[sides["chief"] != NOBODY].groupby("chief")["load"].sum()
    gone = there - set(found.posts)
    assert not gone or load[list(gone)].max() <= load[list(there - gone)].min()


def test_chiefs_come_and_go_by_name():
    rng = np.random.default_rng(1)
    stretches = streets(6, rng)
    sides = sides_of(stretches, 41, rng)
    sides["chief"] = np.array([41, 42, 43])[sides["stretch"] * 3 // len(stretches)]
    found = propose(stretches, sides, Wishes(added=(77,), without=(42,)), 0, TRIES)
    assert found.posts == [41, 43, 77]
    assert found.spread[1].most < 1.1
    locked = frozenset(stretches["id"][sides["chief"].to_numpy()[::2] == 42].tolist())
    with pytest.raises(NotDivisible, match="42"):
        propose(stretches, sides, Wishes(without=(42,), locked=locked), 0, TRIES)
    with pytest.raises(NotDivisible, match="1 chiefs"):
        propose(stretches, sides, Wishes(chiefs=1, added=(77, 78)), 0, TRIES)
    with pytest.raises(NotEnoughStretches):
        propose(stretches, sides, Wishes(chiefs=len(stretches) + 1), 0, TRIES)


def test_locks_that_hold_a_share_apart_are_told():
    """A street: its ends are locked for one chief, what lies between for another."""
    stretches = pd.DataFrame({
        "id": [1, 2, 3, 4, 5], "from_node": range(5), "to_node": range(1, 6),
        "x": np.arange(5) * 100.0, "y": 0.0,
    })  # fmt: skip
    rng = np.random.default_rng(1)
    sides = sides_of(stretches, np.repeat([7, 8, 8, 8, 7], 2), rng)
    found = propose(stretches, sides, Wishes(locked=frozenset({1, 3, 5})), 0, TRIES)
    assert [(gap.post, gap.pieces, gap.why) for gap in found.gaps] == [(0, 2, "locks")]
    assert found.gaps[0].stretches[0] in (1, 5)


def test_a_kilometre_walked_a_door_and_a_case_weigh_what_the_rules_say():
    sides = pd.DataFrame({"metres": [1000.0, 0, 0], "doors": [0, 10, 0], "cases": [0, 0, 52]})
    assert shares.loads(sides, 52, Rules()).tolist() == pytest.approx([100, 23, 20])
