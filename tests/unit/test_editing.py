"""Laws of edits: length is kept, places stay where they are, every metre of a duty is kept."""

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st

from geo import editing
from geo.editing import CannotEdit

step = st.tuples(st.floats(5, 80), st.floats(-1.2, 1.2))


@st.composite
def axes(draw, least=2):
    """Winding lines that go on: steps of 5 to 80 m, each turned by up to 70 degrees."""
    steps = draw(st.lists(step, min_size=least, max_size=8))
    run = np.array([length for length, _ in steps])
    heading = np.cumsum([turn for _, turn in steps]) * 0.5
    xy = np.cumsum(np.column_stack([run * np.cos(heading), run * np.sin(heading)]), axis=0)
    line = shapely.linestrings(np.vstack([[0.0, 0.0], xy]))
    assume(shapely.is_simple(line))
    return line


@st.composite
def sides(draw, length):
    """Stretches on both sides, whole ones and parts."""
    share = st.floats(0, 1)
    pairs = draw(st.lists(st.tuples(share, share, st.sampled_from("LR")), min_size=1, max_size=5))
    rows = [(1, side, *sorted((a * length, b * length))) for a, b, side in pairs]
    rows += [(1, "L", 0.0, length), (1, "R", 0.0, length)]
    frame = pd.DataFrame(rows, columns=["segment", "side", "from_m", "to_m"])
    frame = frame[frame["to_m"] - frame["from_m"] > 0.01].reset_index(drop=True)
    return frame.assign(id=range(1, len(frame) + 1), who=range(1, len(frame) + 1))


def metres(frame):
    return (frame["to_m"] - frame["from_m"]).groupby([frame["who"]]).sum()


def ground(axes_of, frame):
    """Where stretches begin and end on the ground."""
    return [
        (who, tuple(shapely.get_coordinates(
            shapely.line_interpolate_point(axes_of[segment], [a, b])).round(6).ravel()))
        for who, segment, a, b in zip(
            frame["who"], frame["segment"], frame["from_m"], frame["to_m"], strict=True)
    ]  # fmt: skip


@given(st.data())
def test_splitting_keeps_length_and_metres_and_joining_gives_back_what_was(data):
    axis = data.draw(axes())
    length = shapely.length(axis)
    at_m = data.draw(st.floats(1, length - 1) | st.sampled_from(vertices(axis)))
    first, second = editing.split(axis, at_m)
    lengths = [float(shapely.length(part)) for part in (first, second)]
    assert sum(lengths) == pytest.approx(length, abs=1e-6)
    assert lengths[0] == pytest.approx(at_m, abs=1e-5)
    assert shapely.hausdorff_distance(shapely.union_all([first, second]), axis) < 1e-6

    held = data.draw(sides(length))
    pieces = editing.pieces_of_split(1, length, [(1, lengths[0]), (2, lengths[1])])
    parts = editing.carry(held, pieces)
    assert metres(parts).to_dict() == pytest.approx(metres(held).to_dict(), abs=1e-5)
    both = {1: first, 2: second}
    assert (parts["to_m"] <= parts["segment"].map(dict(enumerate(lengths, 1))) + 1e-9).all()
    spots = {spot for _, ends in ground({1: axis}, held) for spot in (ends[:2], ends[2:])}
    seam = tuple(shapely.get_coordinates(second)[0].round(6))
    for _, ends in ground(both, parts):
        for spot in (ends[:2], ends[2:]):
            assert min(np.hypot(*np.subtract(spot, other)) for other in {*spots, seam}) < 1e-4

    joined = editing.join(first, second, at_end=True, from_start=True)
    assert shapely.hausdorff_distance(joined.axis, axis) < 1e-6
    assert len(joined.axis.coords) <= len(axis.coords)
    back = editing.carry(
        parts, editing.pieces_of_join((1, lengths[0]), (2, lengths[1]), joined, length)
    )
    back = editing.merge_at(back, lengths[0], ["who"]).sort_values("who").reset_index(drop=True)
    columns = ["segment", "side", "who", "id"]
    assert back[columns].equals(held[columns])
    for name in ("from_m", "to_m"):
        assert back[name].tolist() == pytest.approx(held[name].tolist(), abs=1e-5)


def vertices(axis):
    xy = shapely.get_coordinates(axis)
    return np.cumsum(np.hypot(*np.diff(xy, axis=0).T))[:-1].tolist()


@given(st.data(), st.booleans(), st.booleans())
def test_joining_turns_the_other_where_it_must_and_left_stays_left_on_the_ground(
    data, at_end, from_start
):
    whole = data.draw(axes(3))
    first, second = editing.split(whole, data.draw(st.floats(1, shapely.length(whole) - 1)))
    kept, other = (first, second) if at_end else (second, first)
    if from_start != at_end:
        other = shapely.reverse(other)
    joined = editing.join(kept, other, at_end=at_end, from_start=from_start)
    assert shapely.hausdorff_distance(joined.axis, whole) < 1e-6
    assert shapely.equals_exact(shapely.get_point(joined.axis, 0), shapely.get_point(whole, 0))
    held = data.draw(sides(shapely.length(other))).assign(segment=2)
    pieces = editing.pieces_of_join(
        (1, shapely.length(kept)), (2, shapely.length(other)), joined, shapely.length(joined.axis)
    )
    moved = editing.carry(held, pieces)
    assert metres(moved).to_dict() == pytest.approx(metres(held).to_dict(), abs=1e-5)
    for before, after in zip(held.itertuples(), moved.itertuples(), strict=True):
        assert np.allclose(beside(other, before), beside(joined.axis, after), atol=1e-3)


def beside(axis, row):
    """A place a metre beside the middle of a stretch, on its side."""
    m = (row.from_m + row.to_m) / 2
    near = shapely.get_coordinates(shapely.line_interpolate_point(axis, [m - 1e-4, m + 1e-4]))
    way = near[1] - near[0]
    way = way / max(np.hypot(*way), 1e-12)
    out = np.array([-way[1], way[0]]) * (1 if row.side == "L" else -1)
    return near.mean(axis=0) + out


def shifted(axis, by):
    """The axis with its inner vertices moved a little, as one who draws it anew does."""
    xy = shapely.get_coordinates(axis)
    inner = xy[1:-1] + by
    return shapely.linestrings(np.vstack([xy[:1], inner, xy[-1:]]))


@given(st.data())
def test_drawn_anew_whole_sides_stay_whole_and_neighbours_neighbours(data):
    axis = data.draw(axes(3))
    by = data.draw(st.tuples(st.floats(-4, 4), st.floats(-4, 4)))
    drawn = shifted(axis, np.array(by))
    assume(shapely.is_simple(drawn))
    new = editing.redraw(axis, shapely.reverse(drawn) if data.draw(st.booleans()) else drawn)
    assert shapely.equals_exact(new, drawn, tolerance=1e-9)
    (piece,) = editing.pieces_of_redraw(1, axis, new)
    assert (np.diff(piece.to) > 0).all()
    at_m = data.draw(st.floats(1, shapely.length(axis) - 1))
    length = shapely.length(axis)
    held = pd.DataFrame(
        {"segment": 1, "side": ["L", "L", "R"], "from_m": [0.0, at_m, 0.0],
         "to_m": [at_m, length, length], "who": [1, 2, 3], "id": [1, 2, 3]}
    )  # fmt: skip
    moved = editing.carry(held, [piece])
    assert moved["from_m"].tolist()[::2] == [0, 0]
    assert moved["to_m"][0] == moved["from_m"][1]
    assert moved["to_m"].tolist()[1:] == pytest.approx([shapely.length(new)] * 2)
    assert moved["side"].tolist() == ["L", "L", "R"]


@given(axes(3))
def test_drawn_as_it_was_nothing_moves(axis):
    (piece,) = editing.pieces_of_redraw(1, axis, editing.redraw(axis, axis))
    assert piece.at == pytest.approx(piece.to, abs=0.01)


LINE = shapely.LineString([(0, 0), (100, 0), (200, 0)])


@pytest.mark.parametrize("at_m", [-1, 0, 0.9, 199.5, 300, float("nan")])
def test_too_near_to_an_end_to_split(at_m):
    with pytest.raises(CannotEdit, match="is 200"):
        editing.split(LINE, at_m)


@pytest.mark.parametrize(
    ("drawn", "says"),
    [
        (shapely.LineString([(0, 0), (150, 40)]), "junction to junction"),
        (shapely.LineString([(0, 0), (150, 0), (150, 50), (50, -50), (200, 0)]), "crosses itself"),
        (shapely.LineString([(0, 0), (100, 300), (200, 0)]), "is its datum right"),
        (shapely.Point(0, 0), "one line"),
        (shapely.LineString(), "one line"),
    ],
)
def test_what_is_no_axis(drawn, says):
    with pytest.raises(CannotEdit, match=says):
        editing.redraw(LINE, drawn)


def test_ends_are_put_onto_the_junctions():
    drawn = shapely.LineString([(201, 1), (100, 20), (-2, 3)])
    assert list(editing.redraw(LINE, drawn).coords) == [(0, 0), (100, 20), (200, 0)]
