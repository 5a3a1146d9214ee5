"""Every row accepted or rejected, and each wrong thing told for what it is."""

from pathlib import Path

import geopandas
import numpy as np
import orjson
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import crs, readers
from geo.fields import BadConstant, MissingField
from geo.intake import District, Wishes, accept
from geo.kinds import AREAS, BLOCKS, COMPOUNDS, INCIDENTS, KINDS, MERCHANTS, WAYS, UnknownField
from geo.placing import MissingCrs, WrongCrs

SRID = 4549
DATA = Path(__file__).parents[3] / "shared" / "data"
PEOPLES_SQUARE = (121.4737, 31.2304)
X, Y = (float(v) for v in crs.transform_points(*PEOPLES_SQUARE, "wgs84", SRID))
HERE = District(SRID, shapely.box(X - 5000, Y - 5000, X + 5000, Y + 5000))


def source_of(frame, declared="wgs84", unread=()):
    frame = geopandas.GeoDataFrame(frame)
    frame["_row"] = np.arange(1, len(frame) + 1)
    lines = pd.DataFrame(unread, columns=["_row", "reason", "line"])
    return readers.Source(frame, crs.parse(declared) if declared else None, [], lines)


def shops(*points, declared="wgs84", **columns):
    columns = {"编号": [f"m{i}" for i in range(len(points))], "店名": "茶", **columns}
    geoms = [shapely.Point(p) if p is not None else None for p in points]
    return source_of({**columns, "geometry": np.array(geoms, dtype=object)}, declared)


def shapes(*geoms, **columns):
    """Metric geometries with their codes."""
    columns = {"code": [f"c{i}" for i in range(len(geoms))], **columns}
    return source_of({**columns, "geometry": np.array(geoms, dtype=object)}, f"EPSG:{SRID}")


def square(x=0.0, y=0.0, size=100.0):
    return shapely.box(X + x, Y + y, X + x + size, Y + y + size)


def reasons(intake):
    return dict(zip(intake.rejects["row"], intake.rejects["reason"], strict=True))


# The law.

POINT = st.one_of(
    st.none(),
    st.sampled_from([PEOPLES_SQUARE, PEOPLES_SQUARE[::-1], (0, 0), (200, 95), (116.4, 39.9)]),
    st.tuples(st.floats(121.4, 121.5), st.floats(31.2, 31.3)),
)
SHOP = st.tuples(
    POINT,
    st.sampled_from(["a", "b", None]),
    st.sampled_from(["茶", "", None]),
    st.sampled_from(["5", "六", "9", None]),
)
PART = st.sampled_from([0.0, 1.0, 20.0]).map(lambda x: [(X, Y), (X + x, Y)])
LINE = st.one_of(
    st.none(),
    st.lists(PART, max_size=3).map(shapely.MultiLineString),
    PART.map(shapely.LineString),
    st.just(shapely.Point(X, Y)),
)


@settings(max_examples=40)
@given(st.lists(SHOP, min_size=1, max_size=12))
def test_every_row_is_accepted_or_rejected_never_both(rows):
    points, ids, names, stars = zip(*rows, strict=True)
    source = shops(
        PEOPLES_SQUARE, *points, 编号=["z", *ids], 店名=["茶", *names], 星级=["1", *stars]
    )
    intake = accept(source, MERCHANTS, HERE)
    told = sorted([*intake.rows["_row"], *intake.rejects["row"]])
    assert told == list(range(1, len(rows) + 2))
    assert intake.rows_read == len(told)
    assert (intake.rejects["reason"] != "").all()
    assert intake.rows["external_id"].is_unique
    assert not intake.rows[["external_id", "name"]].isna().any(axis=None)
    assert shapely.contains(HERE.extent, intake.rows.geometry.to_numpy()).all()


@settings(max_examples=40)
@given(st.lists(LINE, min_size=1, max_size=8))
def test_the_parts_of_lines_add_up_too(lines):
    ids = [str(number) for number in range(len(lines))]
    intake = accept(shapes(*lines, osm_id=ids), WAYS, HERE)
    assert set(intake.rows["_row"]) | set(intake.rejects["row"]) == set(range(1, len(lines) + 1))
    assert not set(intake.rows["_row"]) & set(intake.rejects["row"])
    assert intake.rows["external_id"].is_unique
    length = sum(line.length for line in lines if line is not None)
    assert intake.rows.geometry.length.sum() == pytest.approx(length)


@pytest.mark.parametrize("kind", [MERCHANTS, WAYS, BLOCKS], ids=lambda kind: kind.name)
def test_a_file_without_one_good_row_is_rejected_row_by_row(kind):
    intake = accept(shapes(None, None, name=["a", "b"]), kind, HERE)
    assert (len(intake.rows), len(intake.rejects)) == (0, 2)


def test_a_file_of_broken_lines_only(tmp_path):
    path = tmp_path / "shops.csv"
    path.write_text("店名,经度,纬度\n1,2,3,4\n5\n", "utf-8")
    intake = accept(readers.read(path), MERCHANTS, HERE, Wishes(crs="wgs84"))
    assert intake.rejects["row"].tolist() == [2, 3]
    assert len(intake.rows) == 0


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_rows_have_exactly_the_columns_of_the_kind(kind):
    shape = {"Point": shapely.Point(X, Y), "LineString": shapely.LineString([(X, Y), (X + 9, Y)])}
    columns = {f.name: ["1"] for f in kind.fields if f.type != "choice" and f.type != "timestamp"}
    columns |= {f.name: [next(iter(f.choices))] for f in kind.fields if f.choices}
    columns |= {f.name: ["2024-03-05"] for f in kind.fields if f.type == "timestamp"}
    intake = accept(shapes(shape.get(kind.shape, square()), **columns), kind, HERE)
    wanted = [f.name for f in kind.fields] + ["_row", "geometry"] + ["labels"] * kind.labels
    assert list(intake.rows.columns) == wanted
    assert intake.rows.geometry[0].geom_type == kind.shape
    assert intake.rows.crs.to_epsg() == SRID


# The file as a whole.


def test_a_file_without_crs_says_to_name_it():
    with pytest.raises(MissingCrs, match="Name it with --crs: wgs84"):
        accept(shops(PEOPLES_SQUARE, declared=None), MERCHANTS, HERE)


def test_what_a_person_declares_wins_and_is_told():
    as_file = accept(shops(PEOPLES_SQUARE), MERCHANTS, HERE)
    as_said = accept(shops(PEOPLES_SQUARE), MERCHANTS, HERE, Wishes(crs="gcj02"))
    moved = as_file.rows.geometry[0].distance(as_said.rows.geometry[0])
    assert 400 < moved < 600
    assert "The file says its CRS is wgs84; it was read as gcj02, as declared." in as_said.notes


@pytest.mark.parametrize("declared", ["wgs84", "bd09"])
def test_metres_declared_as_degrees(declared):
    with pytest.raises(
        WrongCrs, match=r"cannot be .* \(degrees\). As EPSG:4549 .* --crs EPSG:4549"
    ):
        accept(shops((X, Y), declared=declared), MERCHANTS, HERE)


def test_degrees_declared_as_metres():
    with pytest.raises(WrongCrs, match=r"cannot be EPSG:4549 \(metres\). As wgs84 they would"):
        accept(shops(PEOPLES_SQUARE, declared="EPSG:4549"), MERCHANTS, HERE)


def test_a_chinese_datum_for_a_city_elsewhere():
    with pytest.raises(WrongCrs, match=r"outside China, where bd09 does not exist. Is it wgs84\?"):
        accept(shops((-71.06, 42.36), declared="bd09"), MERCHANTS, District(26986))


def test_a_field_every_row_must_have_needs_a_column_or_a_value():
    with pytest.raises(MissingField, match=r"No column gives level.*Columns: code.*--set level="):
        accept(shapes(square()), AREAS, HERE)
    rows = accept(shapes(square()), AREAS, HERE, Wishes(constants={"level": "街道"})).rows
    assert rows["level"].tolist() == ["street"]


def test_a_constant_that_suits_no_field_is_refused():
    with pytest.raises(BadConstant, match="--set level=planet: 'planet' is none of district"):
        accept(shapes(square()), AREAS, HERE, Wishes(constants={"level": "planet"}))
    with pytest.raises(UnknownField, match="no field 'colour'"):
        accept(shapes(square()), AREAS, HERE, Wishes(constants={"colour": "red"}))


# Places.


def test_each_misplaced_row_is_told_for_what_it_is():
    source = shops(
        PEOPLES_SQUARE, PEOPLES_SQUARE[::-1], (0, 0), (121.9, 31.2304), (200, 95), None, (np.nan, 3)
    )
    assert reasons(accept(source, MERCHANTS, HERE)) == {
        2: "lon and lat look swapped: as written it is outside, the other way round inside",
        3: "lies at 0/0: the place was not filled in",
        4: "outside the district, 36 km away",
        5: "is not on Earth in wgs84: longitude goes to ±180°, latitude to ±90°",
        6: "no geometry",
        7: "has a coordinate that is not a number",
    }


def test_swapped_rows_show_also_where_both_ways_are_on_earth():
    boston = District(26986, shapely.box(225_000, 890_000, 245_000, 910_000))
    source = shops((-71.06, 42.36), (42.36, -71.06))
    assert "swapped" in reasons(accept(source, MERCHANTS, boston))[2]


def test_rows_outside_china_in_a_chinese_datum():
    found = reasons(accept(shops(PEOPLES_SQUARE, (-71, 42), declared="gcj02"), MERCHANTS, HERE))
    assert found == {2: "lies outside China, where gcj02 does not exist"}


def test_a_table_row_without_coordinates_shows_its_cells(tmp_path):
    path = tmp_path / "shops.csv"
    path.write_text("店名,经度,纬度\n茶,121.4737,31.2304\n面,,abc\n饭,1,2,3\n", "utf-8")
    intake = accept(readers.read(path), MERCHANTS, HERE, Wishes(crs="wgs84"))
    assert reasons(intake) == {
        3: "no place: 经度 is '', 纬度 is 'abc'",
        4: "has 4 cells where the header has 3",
    }
    assert intake.rejects["line"].iloc[1] == "饭,1,2,3"
    assert intake.rejects["店名"].iloc[0] == "面"
    assert intake.rows_read == 3


def test_empty_geometry_and_wrong_type():
    source = source_of(
        {
            "code": list("abcd"),
            "geometry": [square(), shapely.Polygon(), shapely.Point(X, Y), square().exterior],
        },
        f"EPSG:{SRID}",
    )
    assert reasons(accept(source, BLOCKS, HERE)) == {
        2: "empty geometry",
        3: "is a Point where a polygon is wanted",
        4: "is a LinearRing where a polygon is wanted",
    }


def test_many_rows_on_one_spot_are_suspicious():
    spread = [(121.47 + i / 10_000, 31.23) for i in range(100)]
    notes = accept(shops(*[PEOPLES_SQUARE] * 60, *spread), MERCHANTS, HERE).notes
    assert any(
        n.startswith("Suspicious: 60 rows share the point (121.4737, 31.2304)") for n in notes
    )
    notes = accept(shops(*[PEOPLES_SQUARE] * 49, *spread), MERCHANTS, HERE).notes
    assert not any("Suspicious" in note for note in notes)


# Shapes.


def test_a_figure_of_eight_is_repaired_and_told():
    eight = shapely.Polygon([(X, Y), (X + 9, Y + 9), (X + 9, Y), (X, Y + 9)])
    intake = accept(shapes(eight, square(50)), COMPOUNDS, HERE)
    assert intake.rows.geometry.is_valid.all()
    told = [note for note in intake.notes if "repaired" in note]
    assert len(told) == 1
    assert told[0].startswith("1 polygons were invalid and repaired: row 1 (c0): Self-intersection")


def test_a_block_must_be_one_piece_but_for_specks():
    two = shapely.MultiPolygon([square(), square(200)])
    one = shapely.MultiPolygon([square(400)])
    # A ring that crosses itself close to a corner: the repair leaves a speck of 0.25 m².
    ring = [(0, 0), (100, 0), (100, 100), (0, 100), (1, -0.5)]
    speck = shapely.Polygon([(X + x, Y + y) for x, y in ring])
    intake = accept(shapes(two, one, speck), BLOCKS, HERE)
    assert reasons(intake) == {1: "is in 2 separate pieces, and must be one"}
    assert (intake.rows.geom_type == "Polygon").all()


def test_heights_are_dropped_and_told():
    intake = accept(shapes(shapely.force_3d(square(), 5)), BLOCKS, HERE)
    assert not intake.rows.geometry.has_z.any()
    assert "1 geometries have heights (Z), which were dropped." in intake.notes


def test_a_line_in_parts_becomes_rows_and_one_part_keeps_its_id():
    line = [(X, Y), (X + 5, Y)], [(X, Y + 9), (X + 5, Y + 9)]
    source = shapes(
        shapely.MultiLineString(line), shapely.MultiLineString(line[:1]), osm_id=["7", "8"]
    )
    intake = accept(source, WAYS, HERE)
    assert intake.rows["external_id"].tolist() == ["7#1", "7#2", "8"]
    assert intake.rows["_row"].tolist() == [1, 1, 2]
    assert "1 lines in several parts became 2 rows." in intake.notes


# Fields.


def test_what_is_missing_or_not_understood_is_told_with_its_column():
    source = shops(*[PEOPLES_SQUARE] * 3, 店名=["茶", "", "面"], 星级=["五", "3", "7"])
    assert reasons(accept(source, MERCHANTS, HERE)) == {
        1: "stars (星级): '五' is not a number",
        2: "name is missing",
        3: "stars (星级): '7' is not between 0 and 5",
    }


def test_all_that_is_wrong_with_a_row_is_told_at_once():
    found = reasons(accept(shops(PEOPLES_SQUARE, (0, 0), 店名=["茶", ""]), MERCHANTS, HERE))
    assert found == {2: "lies at 0/0: the place was not filled in; name is missing"}


def test_columns_not_recognised_are_kept_as_labels():
    source = shops(PEOPLES_SQUARE, PEOPLES_SQUARE, 所属街道=["外滩", None], 面积=[1.0, 2.5])
    intake = accept(source, MERCHANTS, HERE)
    assert [orjson.loads(text) for text in intake.rows["labels"]] == [
        {"所属街道": "外滩", "面积": "1"},
        {"面积": "2.5"},
    ]
    assert "Kept as labels: 所属街道, 面积." in intake.notes
    assert "Columns: external_id ← 编号, name ← 店名." in intake.notes
    ignored = accept(shapes(square(), 颜色=["red"]), BLOCKS, HERE)
    assert "Not recognised, and not used: 颜色." in ignored.notes


def test_names_and_parents_that_follow_from_codes():
    source = shapes(square(), square(200), code=["310101002001", "x"])
    rows = accept(source, AREAS, HERE, Wishes(constants={"level": "community"})).rows
    assert rows["name"].tolist() == ["310101002001", "x"]
    assert rows["parent"].tolist()[:1] == ["310101002000"]
    assert rows["parent"].isna().tolist() == [False, True]


def cases(**columns):
    points = [(121.47 + i / 1000, 31.23) for i in range(len(next(iter(columns.values()))))]
    frame = {"类别": "市容", **columns, "geometry": [shapely.Point(p) for p in points]}
    return source_of(frame)


def test_status_follows_from_times_where_nothing_is_said():
    source = cases(
        上报时间=["2024-03-05"] * 4,
        处置时间=[None, "2024-03-06", "2024-03-06", None],
        结案时间=[None, None, "2024-03-07", None],
        状态=[None, None, None, "作废"],
    )
    rows = accept(source, INCIDENTS, HERE).rows
    assert rows["status"].tolist() == ["reported", "handled", "closed", "cancelled"]
    assert rows["closed_at"][2] == pd.Timestamp("2024-03-06 16:00", tz="UTC")


def test_a_case_is_not_closed_before_it_was_reported():
    source = cases(上报时间=["2024-03-05 08:00"], 结案时间=["2024-03-05 07:58"])
    assert reasons(accept(source, INCIDENTS, HERE)) == {1: "closed_at is before reported_at"}


def test_clocks_that_differ_by_seconds_are_no_reason_to_refuse():
    source = cases(上报时间=["2024-03-05 08:00:30"], 结案时间=["2024-03-05 08:00:00"])
    taken = accept(source, INCIDENTS, HERE)
    assert taken.rows["closed_at"].tolist() == taken.rows["reported_at"].tolist()
    assert any("clocks differ" in note for note in taken.notes)


def test_fields_of_which_the_file_says_nothing_are_named():
    source = cases(上报时间=["2024-03-05"], 描述=["x"])
    silent = accept(source, INCIDENTS, HERE).silent
    assert {"address", "subclass", "closed_at"} <= silent
    assert not {"class", "description", "reported_at", "status"} & silent


# Identity.


def test_the_first_of_two_ids_is_kept():
    source = shops(*[PEOPLES_SQUARE] * 3, 编号=["a", "b", "a"])
    intake = accept(source, MERCHANTS, HERE)
    assert reasons(intake) == {3: "same external_id 'a' as row 1"}
    assert intake.rejects["id"].tolist() == ["a"]


def test_a_rejected_row_does_not_stand_in_the_way_of_its_namesake():
    source = shops((0, 0), PEOPLES_SQUARE, 编号=["a", "a"])
    assert accept(source, MERCHANTS, HERE).rows["_row"].tolist() == [2]


def test_rows_without_ids_are_known_by_content_and_place():
    here, there = PEOPLES_SQUARE, (121.48, 31.23)
    source = shops(here, there, here, 编号=[None] * 3)
    first, again = (accept(source, MERCHANTS, HERE) for _ in range(2))
    ids = first.rows["external_id"]
    assert ids.tolist() == again.rows["external_id"].tolist()
    assert ids.str.fullmatch("h:[0-9a-f]{16}").all()
    assert reasons(first) == {
        3: "repeats row 1: no id, and the same name, category and place; "
        "give both ids if both are real"
    }


@settings(max_examples=15)
@given(st.floats(-0.0004, 0.0004), st.floats(0.002, 100))
def test_the_place_counts_to_the_millimetre(noise, step):
    at = round(X, 3)
    geoms = [shapely.Point(at, Y), shapely.Point(at + noise, Y), shapely.Point(at + step, Y)]
    source = shapes(*geoms, name=["茶"] * 3)
    source = source._replace(frame=source.frame.drop(columns="code"))
    assert len(accept(source, MERCHANTS, HERE).rows) == 2


# Real files.

needs_data = pytest.mark.skipif(not DATA.is_dir(), reason=f"real data are not at {DATA}")


@needs_data
def test_huangpu_streets_and_shops():
    streets = accept(readers.read(DATA / "huangpu/streets.geojson"), AREAS, District(SRID))
    assert len(streets.rows) == 10
    assert streets.rows["code"].str.fullmatch("310101[0-9]{3}000").all()
    district = District(SRID, shapely.union_all(streets.rows.geometry.to_numpy()))
    assert district.extent.area / 1e6 == pytest.approx(20.55, abs=0.03)
    shops = readers.read(DATA / "huangpu/pois_bd09.csv")
    assert len(accept(shops, MERCHANTS, district, Wishes(crs="bd09")).rows) == 219


@needs_data
def test_boston_neighbourhoods_are_repaired():
    source = readers.read(DATA / "boston/boston_neighborhoods_26_wgs84.geojson")
    wishes = Wishes(columns={"code": "name"}, constants={"level": "community"})
    intake = accept(source, AREAS, District(26986), wishes)
    assert len(intake.rows) == 26
    assert any(note.startswith("4 polygons were invalid and repaired") for note in intake.notes)
