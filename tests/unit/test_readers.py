"""Real files of every format, written here and read back."""

import gzip
import zipfile

import geopandas
import pandas as pd
import pyogrio
import pytest
import shapely

from geo import readers, tables

POINTS = geopandas.GeoDataFrame(
    {"名称": ["南京东路", "外滩"], "编码": ["a", "b"]},
    geometry=[shapely.Point(121.47, 31.23), shapely.Point(121.49, 31.24)],
    crs=4326,
)
CSV = "编码,名称,经度,纬度\na,南京东路,121.47,31.23\nb,外滩,121.49,31.24\n"
OSM = """<osm version="0.6">
<node id="1" lon="121.47" lat="31.23"/><node id="2" lon="121.48" lat="31.23"/>
<way id="10"><nd ref="1"/><nd ref="2"/><tag k="highway" v="primary"/><tag k="name" v="延安高架路"/>
<tag k="layer" v="1"/><tag k="width" v="12 m"/><tag k="bridge" v="yes"/></way>
<way id="11"><nd ref="2"/><nd ref="1"/><tag k="waterway" v="river"/><tag k="layer" v="-1"/></way>
<way id="12"><nd ref="1"/><nd ref="2"/><tag k="barrier" v="wall"/></way>
<way id="13"><nd ref="1"/><nd ref="2"/><tag k="railway" v="subway"/><tag k="width" v="slim"/>
</way>
</osm>"""


def write(path, content):
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def shapefile(folder, encoding, cpg=True):
    path = folder / "roads.shp"
    pyogrio.write_dataframe(POINTS, path, encoding=encoding)
    if not cpg:
        path.with_suffix(".cpg").unlink()
    return path


def zipped(path, folder, prefix=""):
    with zipfile.ZipFile(path, "w") as archive:
        for part in folder.iterdir():
            archive.write(part, prefix + part.name)
    return path


def same_points(source):
    frame = source.frame
    assert frame["名称"].tolist() == POINTS["名称"].tolist()
    assert shapely.equals_exact(frame.geometry.to_numpy(), POINTS.geometry.to_numpy(), 1e-9).all()
    return frame["_row"].tolist()


@pytest.mark.parametrize("suffix", [".gpkg", ".geojson", ".fgb", ".geojson.gz"])
def test_vector_files(tmp_path, suffix):
    path = tmp_path / ("points" + suffix.removesuffix(".gz"))
    pyogrio.write_dataframe(POINTS, path, **({"SPATIAL_INDEX": "NO"} if suffix == ".fgb" else {}))
    if suffix.endswith(".gz"):
        path = write(tmp_path / "points.geojson.gz", gzip.compress(path.read_bytes()))
    source = readers.read(path)
    assert same_points(source) == [1, 2]
    assert str(source.crs) == "wgs84"


def test_geoparquet_and_its_crs(tmp_path):
    POINTS.to_crs(4549).to_parquet(tmp_path / "points.parquet")
    source = readers.read(tmp_path / "points.parquet")
    assert str(source.crs) == "EPSG:4549"
    assert source.frame["_row"].tolist() == [1, 2]


def test_parquet_with_lon_and_lat(tmp_path):
    pd.DataFrame({"lon": [121.5, None], "lat": [31.2, 31.3]}).to_parquet(tmp_path / "p.parquet")
    source = readers.read(tmp_path / "p.parquet")
    assert source.crs is None
    assert source.frame.geometry.isna().tolist() == [False, True]


@pytest.mark.parametrize(("encoding", "cpg"), [("GBK", True), ("GBK", False), ("UTF-8", False)])
def test_shapefile_in_either_encoding_with_or_without_cpg(tmp_path, encoding, cpg):
    assert same_points(readers.read(shapefile(tmp_path, encoding, cpg))) == [1, 2]


def test_zipped_shapefile_in_gbk_under_any_path(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    shapefile(folder, "GBK", cpg=False)
    source = readers.read(zipped(tmp_path / "a.zip", folder, "../../道路/"))
    assert same_points(source) == [1, 2]
    assert str(source.crs) == "wgs84"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.zip", "in"]


def test_a_zip_of_several_layers_wants_a_name(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for part in list(shapefile(folder, "UTF-8").parent.iterdir()):
        write(folder / part.name.replace("roads", "lanes"), part.read_bytes())
    path = zipped(tmp_path / "a.zip", folder)
    with pytest.raises(readers.MissingLayer, match=r"several layers.*lanes, roads"):
        readers.read(path)
    assert same_points(readers.read(path, layer="lanes")) == [1, 2]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("mark", [",", "\t", ";"])
def test_csv_in_any_encoding_and_with_any_mark(tmp_path, encoding, mark):
    path = write(tmp_path / "shops.csv", CSV.replace(",", mark).encode(encoding))
    source = readers.read(path)
    assert same_points(source) == [2, 3]
    assert source.crs is None
    assert not source.notes


def test_gzipped_csv(tmp_path):
    path = write(tmp_path / "shops.csv.gz", gzip.compress(CSV.encode("gb18030")))
    assert same_points(readers.read(path)) == [2, 3]


def test_one_bad_byte_does_not_turn_utf8_into_another_script(tmp_path):
    rows = CSV + "c,外滩,121.4,31.2\n" * 100
    source = readers.read(write(tmp_path / "a.csv", rows.encode() + b"d,\xff,121.4,31.2\n"))
    assert source.frame["名称"][0] == "南京东路"
    assert "1 characters cannot be read as utf-8" in source.notes[0]


def test_a_row_is_numbered_by_its_line_in_the_file(tmp_path):
    body = '\nlon,lat,note\n1,2,"two\nlines"\n\n3,4,x\n,,\n5,6\n7,8,"a\nb\nc"\n9,9,end\n'
    source = readers.read(write(tmp_path / "a.csv", body))
    lines = body.split("\n")
    assert source.frame["_row"].tolist() == [3, 6, 9, 12]
    assert [lines[n - 1][:3] for n in source.frame["_row"]] == ["1,2", "3,4", "7,8", "9,9"]
    assert source.unread.to_dict("records") == [
        {"_row": 8, "reason": "has 2 cells where the header has 3", "line": "5,6"}
    ]


def test_wkt_column(tmp_path):
    body = "id,WKT\n1,SRID=4326;POINT (1 2)\n2,\n3,POINT (oops\n"
    geoms = readers.read(write(tmp_path / "a.csv", body)).frame.geometry
    assert geoms[0] == shapely.Point(1, 2)
    assert geoms.isna().tolist() == [False, True, True]


def test_columns_for_lon_and_lat_can_be_named(tmp_path):
    path = write(tmp_path / "a.csv", "east,north\n121.5,31.2\n")
    with pytest.raises(readers.NoPlaces, match=r"Columns: east, north.*--map lon=COLUMN"):
        readers.read(path)
    source = readers.read(path, given={"lon": "east", "lat": "north"})
    assert source.frame.geometry[0] == shapely.Point(121.5, 31.2)


def test_header_names_are_made_different(tmp_path):
    frame = readers.read(write(tmp_path / "a.csv", "lon,lat,a,a,,_row\n1,2,3,4,5,6\n")).frame
    assert list(frame.columns[:6]) == ["lon", "lat", "a", "a (2)", "column 5", "_row (2)"]


def excel(path, sheets):
    for name, frame in sheets.items():
        pyogrio.write_dataframe(frame, path, layer=name, driver="XLSX", append=path.exists())
    return path


def test_excel_first_sheet_or_the_one_named(tmp_path):
    at = pd.to_datetime(["2024-03-05 08:15", "2024-03-06 00:00"])
    shops = pd.DataFrame({"店名": ["a", "b"], "经度": [121.47, 121.49], "纬度": [31.2, 31.3]})
    path = excel(
        tmp_path / "a.xlsx", {"店铺": shops.assign(编码=[310101002000, 7], 时间=at), "空": shops}
    )
    source = readers.read(path)
    assert source.frame["编码"].tolist() == ["310101002000", "7"]
    assert source.frame["时间"][0] == "2024-03-05 08:15:00"
    assert source.frame["_row"].tolist() == [2, 3]
    assert source.notes == ["Read sheet '店铺'; also there: 空."]
    assert "编码" not in readers.read(path, layer="空").frame
    with pytest.raises(readers.MissingLayer, match=r"no sheet 'x'. Sheets: 店铺, 空"):
        readers.read(path, layer="x")


def test_osm_ways(tmp_path):
    source = readers.read(write(tmp_path / "a.osm", OSM))
    frame = source.frame
    assert frame["osm_id"].tolist() == ["10", "11", "13"]
    assert frame["kind"].tolist() == ["road", "river", "rail"]
    assert frame["class"].tolist() == ["primary", "river", "subway"]
    assert frame["layer"].astype(object).where(frame["layer"].notna(), None).tolist() == [
        "1",
        "-1",
        None,
    ]
    assert frame["width"][0] == "12 m"
    assert frame["_row"].tolist() == [1, 2, 4]
    assert str(source.crs) == "wgs84"
    assert "1 lines left out: neither highway, waterway nor railway." in source.notes
    assert "1 ways: width is no number (slim) and was dropped." in source.notes


def test_a_layer_that_is_not_there_is_told_with_those_that_are(tmp_path):
    path = tmp_path / "a.gpkg"
    for layer in ("roads", "lanes"):
        pyogrio.write_dataframe(POINTS, path, layer=layer, append=path.exists())
    assert readers.read(path).notes == ["Read layer 'roads'; also there: lanes."]
    with pytest.raises(readers.MissingLayer, match=r"no layer 'x'. Layers: roads, lanes"):
        readers.read(path, layer="x")


def test_a_layer_without_geometry_wants_coordinates(tmp_path):
    pyogrio.write_dataframe(pd.DataFrame({"name": ["a"]}), tmp_path / "a.gpkg")
    with pytest.raises(readers.NoPlaces, match="Columns: name"):
        readers.read(tmp_path / "a.gpkg")


def test_an_open_ring_is_closed(tmp_path):
    body = (
        '{"type":"Feature","properties":{},"geometry":'
        '{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,1]]]}}'
    )
    source = readers.read(write(tmp_path / "a.geojson", body))
    assert source.frame.geometry[0].area == 1
    assert "Non closed ring" in source.notes[0]


@pytest.mark.parametrize(
    ("name", "content", "error", "message"),
    [
        ("a.csv", b"", readers.EmptyFile, "a.csv is empty"),
        ("a.csv", b" \n", readers.EmptyFile, "a.csv is empty"),
        ("a.csv", b"lon,lat\n", readers.EmptyFile, "a header but no rows"),
        ("a.csv.gz", b"lon,lat\n", readers.Unreadable, "not a whole gzip file"),
        ("a.gpkg", b"hello", readers.Unreadable, "a.gpkg cannot be read"),
        ("a.parquet", b"hello", readers.Unreadable, "a.parquet cannot be read: .*Parquet"),
        ("a.xlsx", b"hello", readers.Unreadable, "a.xlsx is not a whole zip file"),
        ("a.zip", b"hello", readers.Unreadable, "a.zip is not a whole zip file"),
        ("a.dwg", b"hello", readers.UnknownFormat, "a.dwg: this format is not read. Formats: Geo"),
    ],
)
def test_a_file_that_cannot_be_read_is_told(tmp_path, name, content, error, message):
    path = write(tmp_path / name, content)
    with pytest.raises(error, match=message):
        readers.read(path)


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(readers.MissingFile, match=r"There is no file .*nowhere.csv"):
        readers.read(tmp_path / "nowhere.csv")


def test_an_unknown_encoding_is_told(tmp_path):
    with pytest.raises(readers.Unreadable, match="no encoding 'klingon'"):
        readers.read(write(tmp_path / "a.csv", CSV), encoding="klingon")


def test_encoding_may_be_said(tmp_path):
    path = write(tmp_path / "a.csv", CSV.encode("gb18030"))
    assert tables.read_csv(path, "gb18030").frame["名称"].tolist() == ["南京东路", "外滩"]
