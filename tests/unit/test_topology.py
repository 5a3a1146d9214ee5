"""Laws of coverages: what is broken is found where it is, and repair mends what is narrow."""

from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, MultiPolygon, Point, Polygon, box

from geo import crs, pieces, topology
from geo import repair as mending

NEIGHBORHOODS = (
    Path(__file__).parents[3] / "shared/data/boston/boston_neighborhoods_26_wgs84.geojson"
)
WEST, SOUTH, SIDE = 632_000.0, 3_454_000.0, 1000.0
SQUARE = box(WEST, SOUTH, WEST + SIDE, SOUTH + SIDE)


def voronoi(seed, count):
    """A partition of the square, with the rounding that real layers have: no edge is exact."""
    random = np.random.default_rng(seed)
    points = random.uniform((WEST, SOUTH), (WEST + SIDE, SOUTH + SIDE), (count, 2))
    cells = shapely.get_parts(
        shapely.voronoi_polygons(shapely.MultiPoint(points), extend_to=SQUARE)
    )
    return shapely.intersection(cells, SQUARE)


PARTITIONS = st.builds(voronoi, st.integers(0, 9999), st.integers(2, 20))


def block(x, y, width, height):
    return box(WEST + x, SOUTH + y, WEST + x + width, SOUTH + y + height)


def areas(found):
    return found.groupby("kind").area_m2.sum().round(3).to_dict()


@settings(max_examples=30)
@given(PARTITIONS)
def test_a_partition_has_no_findings(cells):
    assert topology.check(cells, SQUARE, sliver_width_m=0).empty
    assert topology.check(cells, sliver_width_m=0).empty


@settings(max_examples=30)
@given(PARTITIONS, st.data())
def test_a_missing_feature_is_found_with_its_area(cells, data):
    lost = data.draw(st.integers(0, len(cells) - 1))
    found = topology.check(np.delete(cells, lost), SQUARE, sliver_width_m=0)
    assert set(found.kind) <= {"gap", "uncovered"}
    assert found.area_m2.sum() == pytest.approx(cells[lost].area, abs=0.01)


@settings(max_examples=30)
@given(PARTITIONS, st.data(), st.floats(0.1, 200), st.floats(0, 6.3))
def test_a_shifted_feature_is_found_with_the_areas_it_makes(cells, data, step_m, angle):
    moved = data.draw(st.integers(0, len(cells) - 1))
    cells = cells.copy()
    cells[moved] = shapely.affinity.translate(
        cells[moved], step_m * np.cos(angle), step_m * np.sin(angle)
    )
    found = topology.check(cells, SQUARE, sliver_width_m=0)
    total = (
        found.groupby("kind")
        .area_m2.sum()
        .reindex(["overlap", "outside", "gap", "uncovered"], fill_value=0)
    )
    others = shapely.union_all(np.delete(cells, moved))
    # Pieces narrower than the floor are not told; they lie along the border of what moved.
    untold_m2 = 0.1 + pieces.FLOOR_M * cells[moved].length
    overlap_m2 = cells[moved].intersection(others).area
    assert total["overlap"] == pytest.approx(overlap_m2, abs=untold_m2)
    outside_m2 = cells[moved].difference(SQUARE).area
    assert total["outside"] == pytest.approx(outside_m2, abs=untold_m2)
    open_m2 = SQUARE.difference(shapely.union_all(cells)).area
    assert total["gap"] + total["uncovered"] == pytest.approx(open_m2, abs=untold_m2)
    overlaps = found[found.kind == "overlap"]
    assert ((overlaps.a == moved) | (overlaps.b == moved)).all()
    assert (found[found.kind == "outside"].a == moved).all()


BLOCKS = st.builds(
    block, st.integers(0, 20), st.integers(0, 20), st.integers(1, 20), st.integers(1, 20)
)


@settings(max_examples=40)
@given(st.lists(BLOCKS, min_size=1, max_size=8))
def test_every_overlap_of_any_boxes_is_found(boxes):
    found = topology.check(np.array(boxes), sliver_width_m=0)
    overlaps = found[found.kind == "overlap"]
    pairs = [(a, b) for b in range(len(boxes)) for a in range(b)]
    true = {(a, b): boxes[a].intersection(boxes[b]).area for a, b in pairs}
    assert overlaps.groupby(["a", "b"]).area_m2.sum().to_dict() == pytest.approx(
        {pair: area for pair, area in true.items() if area > 0}
    )
    union = shapely.union_all(boxes)
    filled = shapely.union_all([Polygon(part.exterior) for part in shapely.get_parts(union)])
    assert found[found.kind == "gap"].area_m2.sum() == pytest.approx(filled.area - union.area)


@settings(max_examples=15)
@given(PARTITIONS, st.integers(0, 9999), st.sampled_from([0.01, 0.1, 0.2]))
def test_after_a_repair_nothing_narrow_is_left(cells, seed, error_m):
    width_m = 5 * error_m
    off = np.random.default_rng(seed).uniform(-error_m, error_m, len(cells))
    drawn = shapely.buffer(cells, off, join_style="mitre")
    repaired, moved = mending.repair(drawn, width_m, SQUARE)

    found = topology.check(repaired, SQUARE, sliver_width_m=0)
    assert (found.width_m > 0.98 * width_m).all()
    assert shapely.is_valid(repaired).all()
    assert (shapely.get_num_geometries(repaired) == 1).all()
    perimeter_m = shapely.length(drawn).sum()
    assert moved.area_m2.sum() <= perimeter_m * width_m
    signed = moved.area_m2.where(moved.change == "gained", -moved.area_m2)
    change = signed.groupby(moved.feature).sum().reindex(range(len(cells)), fill_value=0)
    np.testing.assert_allclose(
        change,
        shapely.area(repaired) - shapely.area(drawn),
        rtol=0,
        atol=2 * pieces.FLOOR_M * perimeter_m,
    )

    again, moved_again = mending.repair(repaired, width_m, SQUARE)
    assert moved_again.empty
    assert shapely.equals_exact(repaired, again, tolerance=0).all()


@settings(max_examples=10)
@given(PARTITIONS, st.integers(0, 9999), st.booleans())
def test_a_repair_beside_wide_conflicts_moves_only_what_is_narrow(cells, seed, bounded):
    random = np.random.default_rng(seed)
    steps = random.uniform(-0.3, 0.3, (len(cells), 2))
    steps[random.integers(0, len(cells), 3)] += random.uniform(-60, 60, 2)
    drawn = np.array(
        [shapely.affinity.translate(cell, *step) for cell, step in zip(cells, steps, strict=True)]
    )
    parent = SQUARE if bounded else None
    repaired, moved = mending.repair(drawn, 1.0, parent)
    assert shapely.is_valid(repaired).all()
    assert (moved.width_m < 1.02).all()
    assert (topology.check(repaired, parent, sliver_width_m=0).width_m > 0.98).all()


def test_kinds_widths_and_neighbours_of_a_small_layer():
    geoms = [
        block(0, 0, 100, 50),
        block(0, 50.2, 100, 49.8),  # a crack 0.2 m high above 0, open on both sides
        block(99, 0, 51, 100),  # laps 1 m over both
        block(150, 0, 0.5, 100),  # a sliver
        block(150.5, 0, 19.5, 100),  # 10 m beyond the parent
    ]
    found = topology.check(geoms, block(0, 0, 160, 100))
    assert areas(found) == {
        "overlap": 99.8,
        "outside": 1000.0,
        "sliver": 50.0,
        "uncovered": 19.8,
    }
    by_kind = found.set_index("kind")
    assert by_kind.loc["overlap", ["a", "b"]].values.tolist() == [[0, 2], [1, 2]]
    assert by_kind.loc["overlap", "width_m"].tolist() == pytest.approx([1, 1], rel=0.01)
    assert by_kind.loc["uncovered", "width_m"] == pytest.approx(0.2, rel=0.01)
    assert sorted(by_kind.loc["uncovered", ["a", "b"]]) == [0, 1]
    assert by_kind.loc["outside", ["a", "b"]].tolist() == [4, -1]
    assert by_kind.loc["sliver", "a"] == 3
    assert topology.check(geoms).kind.tolist() == ["overlap", "overlap", "sliver"]


def test_an_enclosed_hole_is_a_gap_and_an_island_in_it_is_not():
    ring = block(0, 0, 100, 100) - block(20, 20, 60, 60)
    found = topology.check([ring, block(40, 40, 20, 20)], block(0, 0, 100, 100))
    assert areas(found) == {"gap": 3200.0}
    assert found[["a", "b"]].values.tolist() == [[0, 1]]


def test_a_wide_overlap_and_a_wide_gap_are_left_to_people():
    geoms = np.array(
        [block(0, 0, 60, 100), block(40, 0, 60, 100), block(30, 40, 60, 20), block(110, 0, 50, 100)]
    )
    parent = block(0, 0, 160, 100)
    repaired, moved = mending.repair(geoms, 1.0, parent)
    assert moved.empty
    assert areas(topology.check(repaired, parent)) == areas(topology.check(geoms, parent))
    twins, moved = mending.repair([geoms[0], geoms[0]], 1.0)
    assert moved.empty
    assert shapely.equals(twins, geoms[0]).all()


def test_what_sticks_out_is_cut_when_narrow_and_kept_when_wide():
    geoms = [block(-0.3, 0, 100, 100), block(99.7, 0, 50, 100)]
    parent = block(0, 0, 120, 100.2)
    repaired, moved = mending.repair(geoms, 0.5, parent)
    assert areas(topology.check(repaired, parent)) == {"outside": pytest.approx(29.7 * 100)}
    assert moved[moved.feature == 0].groupby("change").area_m2.sum().round(2).to_dict() == {
        "gained": pytest.approx(0.2 * 100, abs=0.3),
        "lost": pytest.approx(0.3 * 100, abs=0.3),
    }
    assert shapely.union_all(repaired).covers(parent.buffer(-0.001))


def test_a_crack_along_a_row_is_shared_by_the_row():
    north = [block(100 * i, 100.1, 100, 50) for i in range(10)]
    south = [block(100 * i + 50, 0, 100, 100) for i in range(9)]
    geoms = [*north, *south, block(0, 0, 50, 100), block(950, 0, 50, 100)]
    repaired, moved = mending.repair(geoms, 0.5, block(0, 0, 1000, 150.1))
    assert moved.area_m2.sum() == pytest.approx(1000 * 0.1, abs=0.1)
    assert moved.area_m2.max() < 100.5 * 0.1
    assert shapely.coverage_is_valid(repaired)


def test_a_strip_cut_off_its_feature_goes_to_the_neighbour_around_it():
    whisker = block(100, 50, 100, 0.3)
    geoms = [
        block(0, 0, 100, 100) | whisker,
        block(100, 0, 10, 100) - whisker,
        block(110, 0, 50, 100),  # claims the middle of the whisker too
        block(160, 0, 60, 100) - whisker,
    ]
    repaired, moved = mending.repair(geoms, 0.5)
    assert shapely.coverage_is_valid(repaired)
    assert shapely.get_num_geometries(repaired).tolist() == [1, 2, 1, 1]
    totals = moved.groupby(["feature", "change"]).area_m2.sum().round(3).to_dict()
    assert totals == {(0, "lost"): 27.0, (3, "gained"): 12.0}


def test_a_feature_is_never_dropped_silently():
    geoms = [block(0, 0, 100, 100), block(50, 0, 0.2, 100), block(100, 0, 100, 100)]
    with pytest.raises(mending.FeatureLost, match=r"1 of 3 .* positions 1\."):
        mending.repair(geoms, 1.0)
    repaired, _ = mending.repair(geoms, 0.1)
    assert shapely.equals(repaired, np.array(geoms)).all()


def test_repair_asks_for_valid_polygons():
    bow_tie = Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
    with pytest.raises(pieces.InvalidPolygons, match=r"at 1; the first: Self-intersection"):
        mending.repair([block(0, 0, 1, 1), bow_tie], 1.0)
    with pytest.raises(pieces.InvalidPolygons, match="the parent"):
        topology.check([block(0, 0, 1, 1)], bow_tie)


def test_degrees_are_refused():
    layer = geopandas.GeoSeries([box(121, 31, 122, 32)], crs=4490)
    with pytest.raises(crs.DegreesError):
        topology.check(layer)
    with pytest.raises(crs.DegreesError):
        mending.repair(layer, 1.0)
    assert topology.check(layer.to_crs(4549)).crs == 4549


def test_invalid_polygons_are_made_valid_and_told_why():
    spike = Polygon([(0, 0), (10, 0), (10, 10), (10, 30), (10, 10), (0, 10)])
    eight = Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    mixed = shapely.GeometryCollection([box(0, 0, 1, 1), Point(5, 5)])
    line = LineString([(0, 0), (1, 1)])
    good = box(0, 0, 3, 3)
    fixed, changed, reason = pieces.make_valid_polygons(
        [spike, eight, mixed, line, None, Polygon(), good]
    )
    assert changed.tolist() == [True, True, True, True, True, True, False]
    assert shapely.is_valid(fixed).all()
    assert shapely.area(fixed).tolist() == [100, 50, 1, 0, 0, 0, 9]
    assert isinstance(fixed[1], MultiPolygon)
    assert fixed[6] is good
    assert [text.split("[")[0] for text in reason] == [
        "Self-intersection",
        "Self-intersection",
        "a GeometryCollection, not a polygon",
        "a LineString, not a polygon",
        "no geometry",
        "empty geometry",
        "",
    ]


def test_invalid_features_are_found_and_the_rest_is_measured_as_repaired():
    eight = shapely.affinity.translate(Polygon([(0, 0), (10, 10), (10, 0), (0, 10)]), WEST, SOUTH)
    found = topology.check([eight, block(0, 0, 10, 10), None])
    assert found.kind.tolist() == ["invalid", "invalid", "overlap", "overlap"]
    assert found.reason[0].startswith("Self-intersection")
    assert areas(found)["overlap"] == 50


def test_nothing_at_all_has_no_findings():
    assert topology.check([]).empty
    repaired, moved = mending.repair([], 1.0)
    assert len(repaired) == 0
    assert moved.empty


@pytest.mark.skipif(not NEIGHBORHOODS.exists(), reason="Boston's neighbourhoods are not here")
def test_the_neighbourhoods_of_boston():
    layer = geopandas.read_file(NEIGHBORHOODS).geometry.to_crs(26986)
    before = topology.check(layer)
    assert (before.kind == "invalid").sum() == 4

    sound, changed, _ = pieces.make_valid_polygons(layer)
    assert changed.sum() == 4
    repaired, moved = mending.repair(geopandas.GeoSeries(sound, crs=layer.crs), 5.0)
    after = topology.check(repaired)
    narrow = after[after.kind.isin(["gap", "overlap", "invalid"]) & (after.width_m < 4.9)]
    assert narrow.empty
    assert 0 < moved.area_m2.sum() < 5.0 * shapely.length(sound).sum()
    assert shapely.area(repaired).sum() == pytest.approx(shapely.area(sound).sum(), rel=1e-3)
