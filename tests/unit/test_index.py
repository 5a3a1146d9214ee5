"""Laws of the linking index: however it was made, changed, stored or asked, it answers the same."""

import ast
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numba.core.dispatcher import Dispatcher

from geo import covering, indexfile, kernel, locate, nearest, order, raster, reach
from geo.balance import moves

# A coarse lattice: points on edges and corners, and ties, are common.
coordinate = st.integers(-12, 12).map(lambda n: n * 5.0)
point = st.tuples(coordinate, coordinate)
points = st.lists(point, min_size=1, max_size=30).map(np.array)
WITHIN_M = 20.0


@pytest.fixture(scope="module", autouse=True)
def compiled():
    locate.warm()


@st.composite
def polygon(draw):
    """A box, a triangle or a star, often with a hole; polygons of a draw may overlap."""
    x, y = draw(point)
    wide, high = draw(st.tuples(*[st.integers(1, 8).map(lambda n: n * 5.0)] * 2))
    shell = draw(
        st.sampled_from(
            [
                [(0, 0), (1, 0), (1, 1), (0, 1)],
                [(0, 0), (1, 0.5), (0, 1)],
                [(0, 0), (0.5, 0.25), (1, 0), (0.75, 0.5), (1, 1), (0.5, 0.75), (0, 1)],
            ]
        )
    )
    hole = [(0.25, 0.4), (0.4, 0.4), (0.25, 0.6)] if draw(st.booleans()) else []
    rings = [np.array(ring) * [wide, high] + [x, y] for ring in (shell, hole) if ring]
    return shapely.Polygon(rings[0], rings[1:])


@st.composite
def line(draw):
    xy = draw(st.lists(point, min_size=2, max_size=5))
    return shapely.LineString(xy if len(set(xy)) > 1 else [*xy, (99.0, 99.0)])


def ids_of(shapes):
    """Ids that are not in the order of the shapes."""
    return np.arange(len(shapes), 0, -1) * 3


def array(shapes):
    made = np.empty(len(shapes), object)
    made[:] = shapes
    return made


grounds = st.tuples(
    st.lists(polygon(), max_size=6).map(array), st.lists(line(), max_size=6).map(array)
)


def index_of(blocks, axes):
    return locate.build(blocks, ids_of(blocks), axes, ids_of(axes), WITHIN_M)


def answers(index, xy, threads=1):
    found = locate.find(index, xy[:, 0], xy[:, 1], threads)
    return [found.block.tolist(), *(np.nan_to_num(v, nan=-1).tolist() for v in columns(found.road))]


def columns(road):
    return road.segment, np.frombuffer(road.side, np.uint32), road.chainage_m, road.offset_m


@given(grounds, points)
@settings(max_examples=150)
def test_the_block_is_the_lowest_that_covers(ground, xy):
    blocks, axes = ground
    found = locate.find(index_of(blocks, axes), *xy.T).block
    covers = shapely.intersects(blocks[None, :], shapely.points(xy)[:, None])
    ids = np.where(covers, ids_of(blocks)[None, :], np.iinfo(np.int64).max)
    lowest = ids.min(axis=1, initial=np.iinfo(np.int64).max)
    assert found.tolist() == np.where(covers.any(axis=1), lowest, locate.NOWHERE).tolist()


@given(grounds, points)
@settings(max_examples=150)
def test_the_segment_is_the_nearest_and_of_lowest_id(ground, xy):
    blocks, axes = ground
    found = locate.find(index_of(blocks, axes), *xy.T).road
    distance = shapely.distance(axes[None, :], shapely.points(xy)[:, None]).reshape(len(xy), -1)
    least = distance.min(axis=1, initial=np.inf)
    near = np.where(distance <= least[:, None] + locate.TIE_M, ids_of(axes)[None, :], 1 << 40)
    lowest = near.min(axis=1, initial=1 << 40)
    # Whether a point is within reach to the last digit, tests with PostGIS settle.
    settled = np.abs(least - WITHIN_M) > 1e-9
    expected = np.where(least <= WITHIN_M, lowest, locate.NOWHERE)
    assert found.segment[settled].tolist() == expected[settled].tolist()
    some = found.segment != locate.NOWHERE
    assert np.allclose(found.offset_m[some], least[some], atol=1e-9)


@given(grounds, points)
def test_one_point_is_found_as_many_are(ground, xy):
    index = index_of(*ground)
    many = locate.find(index, *xy.T)
    for i, at in enumerate(xy.tolist()):
        one = locate.find_one(index, *at)
        assert (one.block or locate.NOWHERE) == many.block[i]
        assert (one.segment or locate.NOWHERE) == many.road.segment[i]
        assert (one.side or "") == many.road.side[i]
        if one.segment:
            assert (one.chainage_m, one.offset_m) == (
                many.road.chainage_m[i],
                many.road.offset_m[i],
            )


@given(grounds, grounds, points, st.data())
@settings(max_examples=150)
def test_an_updated_index_finds_what_a_new_one_finds(ground, other, xy, data):
    """Some shapes are replaced, some go, some come; twice over."""
    (blocks, axes), (new_blocks, new_axes) = ground, other
    index = locate.build(*compact(blocks), *compact(axes), WITHIN_M)
    for _ in range(2):
        blocks, changes = changed(blocks, new_blocks, data)
        index = locate.update_blocks(index, *changes)
        axes, changes = changed(axes, new_axes, data)
        index = locate.update_roads(index, *changes)
        anew = locate.build(*compact(blocks), *compact(axes), WITHIN_M)
        assert answers(index, xy) == answers(anew, xy)


def changed(shapes, others, data):
    """Shapes by place (None has gone; ids are places + 1), and what to tell the index of it."""
    size = max(len(shapes), len(others))
    now = array([*shapes, *[None] * (size - len(shapes))])
    put = [i for i in range(len(others)) if data.draw(st.booleans())]
    gone = [i for i in range(size) if i not in put and data.draw(st.booleans())]
    now[put], now[gone] = others[put], None
    return now, (others[put], np.array(put, int) + 1, np.array(gone, int) + 1)


def compact(shapes):
    some = np.array([shape is not None for shape in shapes], bool)
    return shapes[some], np.flatnonzero(some) + 1


def test_an_index_grows_beyond_its_cells():
    square = array([shapely.box(0, 0, 9, 9)])
    index = locate.build(square, np.array([1]), array([]), np.array([], int), WITHIN_M)
    moved = array([shapely.box(500, 0, 509, 9)])
    index = locate.update_blocks(index, moved, np.array([1]), np.array([], int))
    assert locate.find_one(index, 5.0, 5.0).block is None
    assert locate.find_one(index, 505.0, 5.0).block == 1


@given(grounds, points)
@settings(max_examples=30)
def test_a_stored_index_finds_the_same(tmp_path_factory, ground, xy):
    index = index_of(*ground)
    path = tmp_path_factory.mktemp("index") / "index"
    locate.save(index, path)
    loaded = locate.load(path)
    assert answers(loaded, xy) == answers(index, xy)
    update = (array([shapely.box(0, 0, 50, 50)]), np.array([1]), np.array([], int))
    assert answers(locate.update_blocks(loaded, *update), xy) == answers(
        locate.update_blocks(index, *update), xy
    )
    assert answers(locate.load(path), xy) == answers(index, xy)


def test_a_file_that_is_no_index_says_so(tmp_path):
    path = tmp_path / "index"
    path.write_bytes(b"something else\n")
    with pytest.raises(indexfile.IndexUnreadable, match="build it again"):
        locate.load(path)
    locate.save(index_of(array([shapely.box(0, 0, 9, 9)]), array([])), path)
    whole = path.read_bytes()
    path.write_bytes(whole[:-64])
    with pytest.raises(indexfile.IndexUnreadable, match="cut short"):
        locate.load(path)


def test_a_save_that_fails_leaves_the_old_file(tmp_path):
    path = tmp_path / "index"
    locate.save(index_of(array([]), array([])), path)
    before = path.read_bytes()
    with pytest.raises(OSError, match="object"):
        indexfile.write(path, {"good": np.zeros(3), "bad": np.array([object()])}, {})
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["index"]


def test_threads_find_what_one_finds():
    rng = np.random.default_rng(5)
    boxes = array([shapely.box(x, y, x + 10, y + 10) for x, y in rng.integers(0, 90, (200, 2))])
    axes = shapely.linestrings(rng.uniform(0, 100, (80, 3, 2)))
    index = index_of(boxes, axes)
    xy = rng.uniform(-10, 110, (50_000, 2)).round(1)
    assert answers(index, xy, threads=4) == answers(index, xy, threads=1)


def test_what_is_no_number_is_nowhere():
    index = index_of(
        array([shapely.box(-50, -50, 50, 50)]), array([shapely.LineString([(0, 0), (9, 9)])])
    )
    strange = np.array([np.nan, np.inf, -np.inf, 1e300, 0.0])
    found = locate.find(index, strange, np.zeros(5))
    assert found.block.tolist() == [-1, -1, -1, -1, 3]
    assert found.road.segment.tolist() == [-1, -1, -1, -1, 3]


def test_an_index_of_nothing_finds_nothing():
    index = index_of(array([]), array([]))
    assert locate.find_one(index, 0.0, 0.0) == (None, None, None, None, None)
    assert locate.find(index, np.empty(0), np.empty(0)).block.tolist() == []


def test_a_block_far_larger_than_its_neighbours():
    small = [shapely.box(x, y, x + 5, y + 5) for x in range(0, 100, 5) for y in range(0, 100, 5)]
    park = shapely.Polygon(
        [(100, 0), (900, 3), (880, 700), (110, 650)], [[(300, 300), (340, 310), (320, 350)]]
    )
    blocks = array([*small, park])
    xy = np.random.default_rng(6).uniform(-20, 920, (3000, 2))
    found = locate.find_blocks(shapely.points(xy), blocks, np.arange(1, len(blocks) + 1))
    inside = shapely.intersects(park, shapely.points(xy))
    assert (found == len(blocks)).tolist() == inside.tolist()


@pytest.mark.parametrize(
    "module",
    [kernel, raster, nearest, order, covering, reach, moves],
    ids=lambda m: m.__name__,
)
def test_compiled_functions_call_those_of_their_own_module_only(module):
    """Numba would not notice a change of another module's, and run what it compiled before."""
    own = {n for n, f in vars(module).items() if isinstance(f, Dispatcher)}
    strangers = {n for n in own if vars(module)[n].py_func.__module__ != module.__name__}
    for function in ast.parse(Path(module.__file__).read_text("utf-8")).body:
        if isinstance(function, ast.FunctionDef) and function.name in own:
            called = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
            assert not called & strangers
    assert own or module is covering


def test_arrays_that_may_not_be_written_to_are_taken_too():
    block = np.array([shapely.box(0, 0, 9, 9)])
    index = locate.build(block, np.array([1]), np.array([], object), np.array([], int), 9.0)
    x = np.array([1.0, 99.0])
    x.flags.writeable = False
    assert locate.find(index, x, x).block.tolist() == [1, locate.NOWHERE]


def test_nothing_is_compiled_twice():
    """What is called from outside, for one kind of arguments: a mapped index is as any other."""
    several = {
        f"{module.__name__}.{name}": function.signatures
        for module in (kernel, raster, nearest, order)
        for name, function in vars(module).items()
        if isinstance(function, Dispatcher) and not name.startswith("_")
        if len(function.signatures) > 1
    }
    assert not several


def test_who_does_not_link_does_not_wait_for_the_compiler():
    script = "import sys, api.app, api.cli; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
