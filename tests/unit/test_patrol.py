"""What a walk passes: laws over any track, and the declared rules one by one."""

from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import patrol
from geo.patrol import Fixes, Own, Stretches

# A wide road of two segments from west to east, a lane off its middle, and a road far away.
AXES = np.array(
    [
        shapely.LineString([(0, 0), (100, 0)]),
        shapely.LineString([(100, 0), (220, 0)]),
        shapely.LineString([(100, 0), (100, 80)]),
        shapely.LineString([(0, 500), (100, 500)]),
    ]
)
IDS = np.array([7, 3, 9, 4])
NODES = np.array([[1, 2], [2, 3], [2, 4], [5, 6]])
WIDTH = np.array([20.0, 20.0, 4.0, 20.0])
OWN = Own(
    AXES, IDS, NODES, WIDTH, patrol.is_narrow(np.array(["road"] * 2 + ["lane", "road"]), WIDTH)
)
LENGTH = dict(zip(IDS.tolist(), shapely.length(AXES).tolist(), strict=True))
NOTHING = Stretches(*(a[:0] for a in (IDS, patrol.SIDES, WIDTH, WIDTH, WIDTH)))

TRACKS = st.lists(
    st.tuples(
        st.floats(-20, 240), st.floats(-30, 90), st.integers(0, 2_000), st.floats(1, 40)
    ),
    max_size=25,
)  # fmt: skip
MARKS = st.lists(
    st.tuples(
        st.sampled_from([1, 2]), st.sampled_from("LR"), st.integers(0, 90), st.integers(1, 30),
        st.integers(0, 9),
    ), max_size=20,
)  # fmt: skip


def walk(*rows):
    """Fixes from rows of x, y, seconds and (5 m unless told) accuracy."""
    table = np.array([row if len(row) == 4 else (*row, 5.0) for row in rows], float)
    return Fixes(*table.reshape(-1, 4).T)


def of(marks):
    segment, side, start, length, at = zip(*marks, strict=True) if marks else ((),) * 5
    starts = np.array(start, float)
    return Stretches(
        np.array(segment, np.int64), np.array(side, "U1"), starts, starts + np.array(length, float),
        np.array(at, float),
    )  # fmt: skip


def told(found):
    """Stretches as sorted rows of segment, side, from and to, in decimetres."""
    return [
        (int(segment), str(side), round(a, 1), round(b, 1))
        for segment, side, a, b, _ in zip(*found, strict=True)
    ]


def same(a, b):
    return all(map(np.array_equal, a, b))


def put_together(*parts):
    return patrol.joined(Stretches(*map(np.concatenate, zip(*parts, strict=True))))


@settings(max_examples=60)
@given(TRACKS)
def test_no_side_is_passed_for_more_than_its_length(track):
    found = patrol.passed(walk(*track), OWN)
    for segment, side in set(zip(found.segment.tolist(), found.side.tolist(), strict=True)):
        on = (found.segment == segment) & (found.side == side)
        assert (found.to_m - found.from_m)[on].sum() <= LENGTH[segment] + 1e-6
        assert (found.from_m[on][1:] > found.to_m[on][:-1]).all()
    assert (found.from_m >= 0).all()
    assert (found.to_m > found.from_m).all()


@settings(max_examples=60)
@given(TRACKS, st.randoms())
def test_the_order_of_fixes_and_their_repetition_do_not_matter(track, random):
    shuffled = track + track[: len(track) // 2]
    random.shuffle(shuffled)
    assert same(patrol.passed(walk(*track), OWN), patrol.passed(walk(*shuffled), OWN))


@settings(max_examples=60)
@given(TRACKS, st.data())
def test_pieces_that_share_their_cuts_give_what_the_whole_gives(track, data):
    # One fix at a time, and no worse than is taken: what a phone sends.
    track = sorted({row[2]: (*row[:3], min(row[3], patrol.ACCURATE_M)) for row in track}.values(),
                   key=lambda row: row[2])  # fmt: skip
    cuts = sorted(data.draw(st.sets(st.integers(0, max(len(track) - 1, 0)), max_size=5)))
    ends = [0, *cuts, len(track)]
    pieces = [track[a : b + 1] for a, b in pairwise(ends)]
    pieces = data.draw(st.permutations(pieces + pieces[:2]))
    whole = patrol.passed(walk(*track), OWN)
    kept = NOTHING
    for piece in pieces:
        kept = put_together(kept, patrol.passed(walk(*piece), OWN))
    assert same(kept, whole)


@settings(max_examples=60)
@given(TRACKS, st.integers(0, 25))
def test_a_part_of_a_track_passes_no_more_than_the_whole(track, cut):
    track = sorted({row[2]: row for row in track}.values(), key=lambda row: row[2])
    whole, part = (patrol.passed(walk(*rows), OWN) for rows in (track, track[:cut]))
    assert patrol.length_m(put_together(whole, part)) == pytest.approx(patrol.length_m(whole))


@settings(max_examples=60)
@given(MARKS, MARKS, MARKS)
def test_joining_is_a_union(a, b, c):
    a, b, c = map(of, (a, b, c))
    once = put_together(a, b, c)
    assert same(once, put_together(put_together(c, a), b))
    assert same(once, put_together(once, a))
    metres = {
        (segment, side, metre)
        for part in (a, b, c)
        for segment, side, start, end, _ in zip(*part, strict=True)
        for metre in range(int(start), int(end))
    }
    assert patrol.length_m(once) == len(metres)


@settings(max_examples=60)
@given(MARKS)
def test_the_latest_of_every_metre(marks):
    stretches = of(marks)
    newest = {}
    for segment, side, start, end, at in zip(*stretches, strict=True):
        for metre in range(int(start), int(end)):
            key = (int(segment), str(side), metre)
            newest[key] = max(at, newest.get(key, 0.0))
    found = {
        (int(segment), str(side), metre): at
        for segment, side, start, end, at in zip(*patrol.latest(stretches), strict=True)
        for metre in range(int(start), int(end))
    }
    assert found == newest


@settings(max_examples=60)
@given(MARKS, MARKS)
def test_within_a_charge_is_what_both_have(marks, charge):
    def metres(stretches):
        return {
            (int(segment), str(side), metre)
            for segment, side, start, end, _ in zip(*stretches, strict=True)
            for metre in range(int(start), int(end))
        }

    inside = patrol.within(of(marks), of(charge))
    assert metres(inside) == metres(of(marks)) & metres(of(charge))
    assert patrol.length_m(inside) == len(metres(inside))


def test_walking_along_one_side():
    track = walk((10, 12, 0), (20, 12, 6), (30, 13, 12))
    assert told(patrol.passed(track, OWN)) == [(7, "L", 10, 30)]
    assert told(patrol.passed(track._replace(y=-track.y), OWN)) == [(7, "R", 10, 30)]


def test_a_lane_is_passed_on_both_sides():
    track = walk((98, 40, 0), (98, 60, 12))
    assert told(patrol.passed(track, OWN)) == [(9, "L", 40, 60), (9, "R", 40, 60)]


@pytest.mark.parametrize(("width", "narrow"), [(12.0, True), (12.1, False)])
def test_small_roads_are_narrow(width, narrow):
    assert patrol.is_narrow(np.array(["road"]), np.array([width])).tolist() == [narrow]


def test_through_a_junction_nothing_is_lost():
    track = walk((80, 12, 0), (116, 12, 15))
    assert told(patrol.passed(track, OWN)) == [(3, "L", 0, 16), (7, "L", 80, 100)]
    turned = walk((80, 12, 0), (99, 35, 30))
    assert told(patrol.passed(turned, OWN)) == [(7, "L", 80, 100), (9, "L", 0, 35), (9, "R", 0, 35)]


def test_crossing_the_road_passes_neither_side():
    assert told(patrol.passed(walk((40, 12, 0), (45, -12, 20)), OWN)) == []


def test_a_fix_that_cannot_tell_its_side_takes_that_of_the_other():
    doubtful = walk((40, 12, 0, 5.0), (50, -2, 6, 20.0))
    assert told(patrol.passed(doubtful, OWN)) == [(7, "L", 40, 50)]
    neither = walk((40, 2, 0, 20.0), (50, -2, 6, 20.0))
    assert told(patrol.passed(neither, OWN)) == []


@pytest.mark.parametrize(
    "track",
    [
        [(10, 12, 0), (80, 12, 10)],  # as fast as a car
        [(10, 12, 0), (80, 12, 61)],  # silent for too long
        [(10, 12, 0), (20, 12, 6, 26.0)],  # too inexact
        [(10, 26, 0), (20, 26, 6)],  # too far off: 10 m of half a road and 15 m
        [(10, 12, 0)],
        [(50, 12, 0), (50, 500, 300)],  # another place
        [(float("nan"), 12, 0), (20, 12, 6)],
        [],
    ],
)
def test_what_passes_nothing(track):
    assert told(patrol.passed(walk(*track), OWN)) == []


def test_an_inexact_fix_between_two_is_left_out():
    track = walk((10, 12, 0), (60, -50, 5, 80.0), (30, 12, 10))
    assert told(patrol.passed(track, OWN)) == [(7, "L", 10, 30)]


def test_who_has_nothing_in_charge_passes_nothing():
    none = Own(AXES[:0], IDS[:0], NODES[:0], WIDTH[:0], OWN.narrow[:0])
    assert told(patrol.passed(walk((10, 12, 0), (20, 12, 6)), none)) == []
