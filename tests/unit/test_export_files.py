"""Every format gives back what went in, names its CRS truly, and holds what the file is."""

import csv
import io
import json
import sqlite3
import zipfile
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import geopandas
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pytest
import python_calamine
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj.exceptions import ProjError

from geo import crs
from geo.exporting import formats, outlet, parquet, tables
from geo.exporting.tables import Drawing, Table
from geo.layers import Column

ZONE = "Asia/Shanghai"
COLUMNS = (
    Column("name", "名称", "Name", type="text"),
    Column("stars", "星级", "Stars", type="integer"),
    Column("credit", "信用分", "Credit", type="number"),
    Column("open", "未结", "Open", type="boolean"),
    Column("day", "日期", "Day", type="date"),
    Column("reported", "上报时间", "Reported", type="time"),
)
NOON = datetime(2024, 3, 1, 4, 0, tzinfo=UTC)
ROWS = [
    (1, "甲,店", 3, 99.5, True, date(2024, 3, 1), NOON, shapely.Point(121.47, 31.23)),
    (2, None, None, None, None, None, None, shapely.Point(121.5, 31.25)),
    (7, '=HYPERLINK("x")', 0, -1.25, False, date(1999, 12, 31), NOON, shapely.Point(121.48, 31.2)),
]


def about(*layers):
    return {"title": "试验区", "crs": "x", "layers": [{"name": name} for name in layers]}


def portions(rows, columns=COLUMNS, size=2):
    schema = tables.schema(columns)
    for at in range(0, len(rows), size):
        values = list(zip(*rows[at : at + size], strict=True))
        values[-1] = shapely.to_wkb(np.array(values[-1], object)).tolist()
        arrays = [pa.array(v, f.type) for v, f in zip(values, schema, strict=True)]
        yield pa.record_batch(arrays, schema=schema)


def table(rows=ROWS, name="shops", geometry="point", place="wgs84", drawing=None):
    return Table(name, "商户", geometry, COLUMNS, crs.parse(place), ZONE, portions(rows), drawing)


def polygon_rows():
    shapes = [
        shapely.box(121, 31, 121.1, 31.1),
        shapely.MultiPolygon([shapely.box(121, 31, 122, 32)]),
    ]
    return [(*row[:-1], shape) for row, shape in zip(ROWS, shapes, strict=False)]


def write(tmp_path, format_, layers, told=None):
    found = formats.FORMATS[format_]
    told = told or about(*(layer.name for layer in layers))
    path = tmp_path / f"out{found.ending}"
    scratch = tmp_path / "scratch"
    scratch.mkdir(exist_ok=True)
    path.write_bytes(b"".join(outlet.pieces(found, layers, told, scratch)))
    assert not list(scratch.iterdir())
    return path


@pytest.mark.parametrize("format_", ["gpkg", "fgb", "parquet", "geojson"])
def test_a_map_format_gives_back_every_value(tmp_path, format_):
    path = write(tmp_path, format_, [table()])
    frame = geopandas.read_parquet(path) if format_ == "parquet" else pyogrio.read_dataframe(path)
    if format_ == "fgb":
        frame = frame.sort_values("luge_id").reset_index(drop=True)
    assert frame["name"].fillna("-").tolist() == ["甲,店", "-", '=HYPERLINK("x")']
    assert frame["credit"].fillna(0).tolist() == [99.5, 0, -1.25]
    assert frame["stars"].fillna(-1).tolist() == [3, -1, 0]
    assert [None if v is None or v != v else bool(v) for v in frame["open"]] == [True, None, False]
    times = frame["reported"].dropna()
    assert [t.to_pydatetime().astimezone(UTC) for t in times] == [NOON, NOON]
    assert [str(day)[:10] for day in frame["day"].dropna()] == ["2024-03-01", "1999-12-31"]
    assert shapely.equals_exact(frame.geometry.to_numpy(), [row[-1] for row in ROWS]).all()


@pytest.mark.parametrize("format_", ["gpkg", "fgb", "parquet", "geojson"])
@pytest.mark.parametrize("place", ["wgs84", "EPSG:4549", "cgcs2000", "EPSG:3857"])
def test_the_crs_is_the_files_own(tmp_path, format_, place):
    path = write(tmp_path, format_, [table(place=place)])
    frame = geopandas.read_parquet(path) if format_ == "parquet" else pyogrio.read_dataframe(path)
    assert crs.parse(frame.crs) == crs.parse(place)


@pytest.mark.parametrize("format_", ["gpkg", "fgb", "parquet", "geojson"])
@pytest.mark.parametrize("place", ["gcj02", "bd09"])
def test_coordinates_of_map_apps_are_taken_for_nothing_else(tmp_path, format_, place):
    path = write(tmp_path, format_, [table(place=place)])
    frame = geopandas.read_parquet(path) if format_ == "parquet" else pyogrio.read_dataframe(path)
    assert frame.crs.name.startswith({"gcj02": "GCJ-02", "bd09": "BD-09"}[place])
    assert frame.crs.to_epsg() is None
    with pytest.raises(ProjError):
        frame.to_crs(4326)


def test_lines_and_polygons_are_of_one_type(tmp_path):
    frame = pyogrio.read_dataframe(
        write(tmp_path, "gpkg", [table(polygon_rows(), geometry="polygon")])
    )
    assert set(frame.geom_type) == {"MultiPolygon"}
    assert shapely.equals(frame.geometry[0], polygon_rows()[0][-1])


def test_a_geopackage_says_what_it_is_and_how_it_is_drawn(tmp_path):
    told = about("shops", "areas")
    layers = [
        table(drawing=Drawing("<qgis/>", "<sld/>")),
        table(polygon_rows(), "areas", "polygon", drawing=Drawing("<qgis n='2'/>", "<sld/>")),
    ]
    path = write(tmp_path, "gpkg", layers, told)
    assert [name for name, _ in pyogrio.list_layers(path)] == ["shops", "areas", "layer_styles"]
    with sqlite3.connect(path) as file:
        file.execute("pragma foreign_key_check").fetchall()
        metadata = file.execute("select metadata from gpkg_metadata order by id").fetchall()
        of = file.execute(
            "select reference_scope, table_name, md_file_id from gpkg_metadata_reference"
        ).fetchall()
        styles = file.execute(
            'select f_table_name, f_geometry_column, "styleQML", "useAsDefault" from layer_styles'
        ).fetchall()
    assert json.loads(metadata[0][0]) == told
    assert json.loads(metadata[2][0])["name"] == "areas"
    assert of == [("geopackage", None, 1), ("table", "shops", 2), ("table", "areas", 3)]
    assert styles == [("shops", "geom", "<qgis/>", 1), ("areas", "geom", "<qgis n='2'/>", 1)]


def test_parquet_has_boxes_version_and_what_it_is(tmp_path):
    path = write(tmp_path, "parquet", [table()])
    stored = pq.ParquetFile(path).metadata.metadata
    geo = json.loads(stored[b"geo"])
    column = geo["columns"]["geom"]
    assert geo["version"] == parquet.VERSION
    assert column["covering"]["bbox"]["xmin"] == ["bbox", "xmin"]
    assert column["bbox"] == [121.47, 31.2, 121.5, 31.25]
    assert column["geometry_types"] == ["Point"]
    assert json.loads(stored[b"luge"])["title"] == "试验区"
    near = geopandas.read_parquet(path, bbox=(121.465, 31.22, 121.475, 31.24))
    assert near["luge_id"].tolist() == [1]


def test_geojson_holds_what_it_is_and_ids(tmp_path):
    read = json.loads(write(tmp_path, "geojson", [table(place="bd09")]).read_text())
    assert read["luge"]["title"] == "试验区"
    assert [feature["id"] for feature in read["features"]] == [1, 2, 7]
    assert read["features"][0]["properties"]["reported"] == "2024-03-01T12:00:00+08:00"
    assert "crs" not in json.loads(write(tmp_path, "geojson", [table()]).read_text())


def test_flatgeobuf_says_what_it_is(tmp_path):
    metadata = pyogrio.read_info(write(tmp_path, "fgb", [table()]))["layer_metadata"]
    assert json.loads(metadata["DESCRIPTION"])["title"] == "试验区"


def test_a_csv_cell_never_runs(tmp_path):
    path = write(tmp_path, "csv", [table()])
    raw = path.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))
    assert rows[0] == {
        "luge_id": "1", "name": "甲,店", "stars": "3", "credit": "99.5", "open": "true",
        "day": "2024-03-01", "reported": "2024-03-01T12:00:00+08:00",
        "lon": "121.47", "lat": "31.23",
    }  # fmt: skip
    assert rows[1]["name"] == rows[1]["reported"] == ""
    assert rows[2]["name"] == '\'=HYPERLINK("x")'
    assert rows[2]["credit"] == "-1.25"


def test_csv_of_shapes_has_wkt_and_names_an_offset_datum(tmp_path):
    rows = polygon_rows()
    path = write(tmp_path, "csv", [table(rows, geometry="polygon")])
    read = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))
    assert shapely.from_wkt(read[0]["wkt"]).equals(rows[0][-1])
    header = write(tmp_path, "csv", [table(place="gcj02")]).read_text("utf-8-sig").splitlines()[0]
    assert "gcj02_lon" in header
    assert "gcj02_lat" in header


def test_excel_gives_back_text_times_and_what_it_is(tmp_path):
    path = write(tmp_path, "xlsx", [table(), table(polygon_rows(), "areas", "polygon")])
    book = python_calamine.CalamineWorkbook.from_path(path)
    assert book.sheet_names == ["shops", "areas", "说明 About"]
    rows = book.get_sheet_by_name("shops").to_python()
    assert rows[0][:2] == ["luge_id", "name"]
    assert rows[1][1:5] == ["甲,店", 3, 99.5, True]
    assert rows[1][6] == NOON.astimezone(ZoneInfo(ZONE)).replace(tzinfo=None)
    assert rows[1][7:] == [121.47, 31.23]
    assert rows[3][1] == '=HYPERLINK("x")'
    with zipfile.ZipFile(path) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")
    assert ["title", "试验区"] in book.get_sheet_by_name("说明 About").to_python()


@pytest.mark.parametrize("format_", [f for f in formats.FORMATS.values() if not f.many])
def test_several_layers_are_a_zip_with_what_they_are(tmp_path, format_):
    layers = [table(), table(polygon_rows(), "areas", "polygon")]
    path = tmp_path / "all.zip"
    path.write_bytes(b"".join(outlet.zipped(format_, layers, about("shops", "areas"), tmp_path)))
    with zipfile.ZipFile(path) as parts:
        assert parts.testzip() is None
        names = [f"shops{format_.ending}", f"areas{format_.ending}", "about.json"]
        assert parts.namelist() == names
        assert json.loads(parts.read("about.json"))["title"] == "试验区"


@pytest.mark.parametrize("format_", formats.FORMATS)
def test_a_layer_without_rows_is_a_whole_file(tmp_path, format_):
    path = write(tmp_path, format_, [table([])])
    if format_ == "csv":
        assert path.read_text("utf-8-sig").startswith('"luge_id","name"')
    elif format_ == "xlsx":
        assert python_calamine.CalamineWorkbook.from_path(path).sheet_names[0] == "shops"
    elif format_ == "parquet":
        assert geopandas.read_parquet(path).empty
    else:
        assert pyogrio.read_dataframe(path).empty


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)


@settings(max_examples=40)
@given(st.lists(TEXT, min_size=1, max_size=6))
def test_any_text_survives_csv_but_for_the_apostrophe(texts):
    columns = (COLUMNS[0],)
    rows = [(n, text, shapely.Point(n, 0)) for n, text in enumerate(texts)]
    one = Table("t", "t", "point", columns, crs.parse(4326), ZONE, portions(rows, columns))
    raw = b"".join(outlet.pieces(formats.FORMATS["csv"], [one], about("t"), None))
    read = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))[1:]
    for text, row in zip(texts, read, strict=True):
        assert row[1] in (text, "'" + text)
        assert not row[1].lstrip().startswith(("=", "@", "＝", "＠"))


def test_what_an_ending_and_a_name_stand_for(tmp_path):
    assert formats.format_of_file(tmp_path / "a.GPKG").key == "gpkg"
    assert formats.format_of("Excel").key == "xlsx"
    with pytest.raises(formats.UnknownFormat, match="gpkg, parquet"):
        formats.format_of("shp")
    name = formats.file_name(
        "云汀区", ["事件", "商户/a", "网格", "街区"], date(2024, 3, 1), crs.parse("gcj02"),
        formats.FORMATS["gpkg"],
    )  # fmt: skip
    assert name == "云汀区_事件、商户a、网格、等4层_2024-03-01_gcj02.gpkg"
