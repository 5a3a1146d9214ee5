"""Files as people send them: each wrong thing survived, and told for what it is."""

import gzip
import io
import sqlite3
import struct
import warnings
import zipfile
from pathlib import Path

import geopandas
import pandas as pd
import pyarrow
import pyarrow.parquet
import pyogrio
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mangling import mangled, survive

from geo import containers, crs, readers
from geo.containers import Limits
from geo.export import harmless
from geo.intake import District, Wishes, accept
from geo.kinds import BLOCKS, INCIDENTS, MERCHANTS, WAYS

SRID = 4549
LON, LAT = 121.4737, 31.2304
X, Y = (float(v) for v in crs.transform_points(LON, LAT, "wgs84", SRID))
HERE = District(SRID, shapely.box(X - 5000, Y - 5000, X + 5000, Y + 5000))
SHOPS = "编号,店名,经度,纬度\na,茶,121.4737,31.2304\nb,面,121.4747,31.2314\n"


def put(path, content):
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def judged(path, kind=MERCHANTS, declared="wgs84", **constants):
    return accept(readers.read(path), kind, HERE, Wishes(declared, constants=constants))


def reasons(taken):
    return dict(zip(taken.rejects["row"], taken.rejects["reason"], strict=True))


def packed(parts, method=zipfile.ZIP_DEFLATED):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return made.getvalue()


# Files that are not what they say, or too much.


@pytest.mark.parametrize(
    "suffix", [".csv", ".xlsx", ".gpkg", ".geojson", ".zip", ".parquet", ".osm"]
)
def test_a_file_of_no_bytes(tmp_path, suffix):
    with pytest.raises(readers.EmptyFile, match=r"is empty \(0 bytes\)"):
        readers.read(put(tmp_path / ("a" + suffix), b""))


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", packed({"x": "1"}), r"is a zip or Excel file by its content, not \.csv. Rename"),
        (
            "a.geojson",
            gzip.compress(b"{}", mtime=0),
            r"is gzipped by its content.*Rename it to \.gz",
        ),
        ("a.csv", b"SQLite format 3\0" + bytes(100), r"a GeoPackage by its content"),
        ("a.csv", b"%PDF-1.7", r"is a PDF by its content, not \.csv\.$"),
        ("a.zip", packed({"xl/workbook.xml": "<a/>"}), "is an Excel file: rename it to .xlsx"),
        ("a.zip", packed({"readme.txt": "x"}), "holds no Shapefile"),
        ("a.xlsx", SHOPS, "is not a whole zip file"),
        ("a.xls", "<html><table></table></html>", "cannot be read as an Excel file"),
    ],
)
def test_a_renamed_file_is_told_what_it_is(tmp_path, name, content, message):
    with pytest.raises(readers.Unreadable, match=message):
        readers.read(put(tmp_path / name, content))


def test_a_file_above_the_limit(tmp_path):
    path = put(tmp_path / "a.csv", SHOPS)
    with pytest.raises(readers.TooLarge, match=r"files of up to 0.0 MB are taken. Split it"):
        readers.read(path, limits=Limits(file=50))
    assert len(readers.read(path).frame) == 2


def test_more_than_2_gb_are_refused_unread(tmp_path):
    path = tmp_path / "a.csv"
    with path.open("wb") as file:
        file.truncate(2 * containers.GIB + 1)  # a file with a hole takes no room
    with pytest.raises(readers.TooLarge, match=r"a.csv has 2.0 GB"):
        readers.read(path)


def test_bombs_are_not_unpacked(tmp_path):
    zeros = bytes(3_000_000)
    small = Limits(unpacked=1_000_000)
    bombs = {
        "a.zip": packed({"a.shp": zeros}),
        "b.xlsx": packed({"xl/worksheets/sheet1.xml": zeros}),
        "c.csv.gz": gzip.compress(zeros),
        "d.geojson.gz": gzip.compress(zeros),
    }
    for name, content in bombs.items():
        with pytest.raises(readers.TooLarge, match="unpack"):
            readers.read(put(tmp_path / name, content), limits=small)
    many = packed({f"{i}.shp": "" for i in range(1001)}, zipfile.ZIP_STORED)
    with pytest.raises(readers.TooLarge, match="holds 1001 files; up to 1000 are taken"):
        readers.read(put(tmp_path / "e.zip", many))


def test_a_sheet_with_a_cell_in_its_last_corner(tmp_path):
    with pytest.raises(readers.TooLarge, match="reach to row 1048576 and column 16384"):
        readers.read(workbook(tmp_path / "a.xlsx", {"A1": "x", "XFD1048576": "y"}))


def test_names_in_a_zip_lead_nowhere(tmp_path):
    inside = tmp_path / "in"
    inside.mkdir()
    points = geopandas.GeoDataFrame({"n": [1]}, geometry=[shapely.Point(LON, LAT)], crs=4326)
    pyogrio.write_dataframe(points, inside / "a.shp")
    for stem in ("/etc/a", "../../a", "C:\\a", "a/../../a", "a\n"):
        parts = {stem + part.suffix: part.read_bytes() for part in inside.iterdir()}
        source = readers.read(put(tmp_path / "a.zip", packed(parts)))
        assert len(source.frame) == 1
        assert sorted(p.name for p in tmp_path.iterdir()) == ["a.zip", "in"]


# Text.


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_geojson_in_any_encoding(tmp_path, encoding):
    body = (
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"店名":"南京东路茶庄"},'
        '"geometry":{"type":"Point","coordinates":[121.4737,31.2304]}}]}'
    )
    source = readers.read(put(tmp_path / "shops.geojson", body.encode(encoding)))
    assert source.frame["店名"].tolist() == ["南京东路茶庄"]


def test_two_encodings_in_one_file(tmp_path):
    good = SHOPS.encode() + "".join(f"r{i},某某店铺,121.47,31.23\n" for i in range(200)).encode()
    source = readers.read(put(tmp_path / "a.csv", good + "z,南京路,121.47,31.23\n".encode("gbk")))
    assert source.frame["店名"].iloc[0] == "茶"
    assert "\ufffd" in source.frame["店名"].iloc[-1]
    assert "characters cannot be read as utf-8" in source.notes[0]


def test_a_mark_in_the_middle_is_no_text(tmp_path):
    taken = judged(put(tmp_path / "a.csv", SHOPS.replace("茶", "\ufeff茶\u200b")))
    assert taken.rows["name"].tolist() == ["茶", "面"]


def test_coordinates_with_full_width_digits_and_decimal_commas(tmp_path):
    body = "编号;店名;经度;纬度\na;茶;１２１．４７３７;31,2304\nb;面;121,4747;３１．２３１４\n"
    taken = judged(put(tmp_path / "a.csv", body))
    assert len(taken.rows) == 2
    assert taken.rows.geometry[0].distance(shapely.Point(X, Y)) < 0.01


def test_dates_in_five_styles_and_two_time_zones(tmp_path):
    moments = [
        "2024-03-05 08:15",
        "2024/3/5 8:15:00",
        "2024年3月5日 8时15分",
        "20240305081500",
        "45356.34375",
        "2024-03-05T00:15:00Z",
        "2024-03-04T19:15:00-05:00",
    ]
    body = "编号,类别,上报时间,经度,纬度\n" + "".join(
        f"{i},市容,{at},121.4737,31.2304\n" for i, at in enumerate(moments)
    )
    taken = judged(put(tmp_path / "a.csv", body), INCIDENTS)
    assert len(taken.rows) == len(moments)
    assert taken.rows["reported_at"].nunique() == 1
    assert taken.rows["reported_at"][0] == pd.Timestamp("2024-03-05 00:15", tz="UTC")


# Geometry.

ODD_WKT = [
    ("CIRCULARSTRING(0 0,1 1,2 0)", "curves and surfaces are not read as text"),
    ("curvepolygon(circularstring(0 0,1 1,2 0,1 -1,0 0))", "curves and surfaces are not read"),
    ("TIN(((0 0,1 0,1 1,0 0)))", "curves and surfaces are not read"),
    ("GEOMETRYCOLLECTION(CIRCULARSTRING(0 0,1 1,2 0))", "no place: wkt is 'GEOMETRYCOLLECTION(C"),
    ("POLYGON EMPTY", "empty geometry"),
    ("GEOMETRYCOLLECTION(POINT(121.4737 31.2304))", "is a GeometryCollection where a polygon"),
    (
        "GEOMETRYCOLLECTION(POINT(121.4737 31.2304),LINESTRING(121.4737 31.2304,121.4738 31.2304))",
        "is a GeometryCollection where a polygon is wanted",
    ),
    ("POLYGON((121.47 31.23,121.47 31.23,121.47 31.23,121.47 31.23))", "encloses no area"),
    ("POLYGON((121.47", "no place: wkt is 'POLYGON((121.47'"),
    ("", "no place: wkt is ''"),
]


@pytest.mark.parametrize(("wkt", "reason"), ODD_WKT, ids=[w[:24] or "empty" for w, _ in ODD_WKT])
def test_geometry_that_is_no_block(tmp_path, wkt, reason):
    good = "POLYGON((121.47 31.23,121.471 31.23,121.471 31.231,121.47 31.231,121.47 31.23))"
    path = put(tmp_path / "a.csv", f'code,wkt\na,"{good}"\nb,"{wkt}"\n')
    taken = judged(path, BLOCKS)
    assert taken.rows["code"].tolist() == ["a"]
    assert reason in reasons(taken)[3]


def test_a_collection_of_one_polygon_is_that_polygon(tmp_path):
    ring = "((121.47 31.23,121.471 31.23,121.471 31.231,121.47 31.23))"
    path = put(tmp_path / "a.csv", f'code,wkt\na,"GEOMETRYCOLLECTION(POLYGON{ring})"\n')
    assert judged(path, BLOCKS).rows.geometry[0].geom_type == "Polygon"


def test_a_ring_that_shares_an_edge_twice_is_repaired(tmp_path):
    """Out along a spike and back, and a hole that lies along the outer ring."""
    spike = "(0 0,10 0,10 5,20 5,10 5,10 10,0 10,0 0)"
    hole = "(0 0,10 0,10 10,0 10,0 0),(0 0,4 2,4 8,0 10,0 0)"

    def at(ring):
        return shapely.transform(
            shapely.from_wkt(f"POLYGON({ring})"), lambda xy: xy / 1e4 + (LON, LAT)
        ).wkt

    path = put(tmp_path / "a.csv", f'code,wkt\na,"{at(spike)}"\nb,"{at(hole)}"\n')
    taken = judged(path, BLOCKS)
    whole = shapely.box(LON, LAT, LON + 1e-3, LAT + 1e-3)
    area = crs.transform_geometries([whole], "wgs84", SRID)[0].area
    assert (taken.rows.geometry.area / area).tolist() == pytest.approx([1, 0.68], rel=1e-3)
    assert taken.rows.geometry.is_valid.all()
    assert any("2 polygons were invalid and repaired" in note for note in taken.notes)


def test_the_curves_of_a_geopackage_are_straightened(tmp_path):
    path = tmp_path / "a.gpkg"
    lines = [shapely.LineString([(LON, LAT), (LON + 0.001, LAT)])] * 2
    frame = geopandas.GeoDataFrame({"name": ["a", "b"]}, geometry=lines, crs=4326)
    pyogrio.write_dataframe(frame, path, geometry_type="Unknown", SPATIAL_INDEX="NO")
    bow = [LON, LAT, LON + 0.001, LAT + 0.001, LON + 0.002, LAT]
    curve = b"GP\0\1" + struct.pack("<iBII6d", 4326, 1, 8, 3, *bow)
    with sqlite3.connect(path) as base:
        for (name,) in base.execute(
            "select name from sqlite_master where type='trigger'"
        ).fetchall():
            base.execute(f'drop trigger "{name}"')
        base.execute("update a set geom = ? where fid = 1", (curve,))
    base.close()
    taken = judged(path, WAYS, None)
    assert len(taken.rows) == 2
    assert shapely.get_num_coordinates(taken.rows.geometry[0]) > 10


def test_curves_inside_the_collections_of_a_parquet_file(tmp_path):
    frame = geopandas.GeoDataFrame(
        {"code": ["a", "b"]}, geometry=[shapely.Point(LON, LAT)] * 2, crs=4326
    )
    frame.to_parquet(tmp_path / "a.parquet")
    table = pyarrow.parquet.read_table(tmp_path / "a.parquet")
    bow = struct.pack("<BII6d", 1, 8, 3, LON, LAT, LON + 0.001, LAT + 0.001, LON + 0.002, LAT)
    nested = struct.pack("<BII", 1, 7, 1) + struct.pack("<BII", 1, 7, 1) + bow
    shapes = pyarrow.array([nested, frame.geometry[1].wkb], pyarrow.binary())
    pyarrow.parquet.write_table(table.set_column(1, "geometry", shapes), tmp_path / "a.parquet")
    source = readers.read(tmp_path / "a.parquet")
    assert source.frame.geometry.isna().tolist() == [True, False]
    assert source.notes[0].startswith("1 collections hold curves, which are not read")
    assert accept(source, BLOCKS, HERE).rejects["reason"][0] == "no geometry"


@pytest.mark.parametrize("prj", ["PROJCS[]", 'GEOGCS["大地"'])
def test_a_crs_that_makes_no_sense_is_told(tmp_path, prj):
    points = geopandas.GeoDataFrame({"n": [1]}, geometry=[shapely.Point(LON, LAT)], crs=4326)
    pyogrio.write_dataframe(points, tmp_path / "a.shp")
    whole = (tmp_path / "a.prj").read_bytes().replace(b"Greenwich", b"Gre\xba\tnwich")
    for content in (prj.encode(), whole):
        put(tmp_path / "a.prj", content)
        with pytest.raises(readers.Unreadable, match="the CRS it declares makes no sense"):
            readers.read(tmp_path / "a.shp")


# Tables of spreadsheet programs.


def workbook(path, cells, merged=(), formulas=()):
    """An .xlsx file by hand: cells by reference; ``formulas`` are cells never computed."""
    rows: dict[int, list[str]] = {}
    for ref, value in [*cells.items(), *dict.fromkeys(formulas).items()]:
        number = int("".join(filter(str.isdigit, ref)))
        if value is None:
            body = f'<c r="{ref}"><f>1+1</f></c>'
        elif isinstance(value, str):
            body = f'<c r="{ref}" t="inlineStr"><is><t>{value}</t></is></c>'
        else:
            body = f'<c r="{ref}"><f>1+1</f><v>{value}</v></c>'
        rows.setdefault(number, []).append(body)
    data = "".join(f'<row r="{n}">{"".join(row)}</row>' for n, row in sorted(rows.items()))
    spans = "".join(f'<mergeCell ref="{ref}"/>' for ref in merged)
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    kin = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
        f'Type="{kin}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{kin}"><sheets>'
        '<sheet name="s" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{kin}/worksheet" Target="worksheets/sheet1.xml"/>'
        "</Relationships>",
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{data}</sheetData>'
        + (f"<mergeCells>{spans}</mergeCells>" if spans else "")
        + "</worksheet>",
    }
    return put(path, packed(parts))


def test_a_header_in_two_rows_under_a_title(tmp_path):
    cells = {"A1": "商户一览表", "A2": "编号", "B2": "店名", "C2": "位置", "E2": "所属街道"}
    cells |= {"C3": "经度", "D3": "纬度"}
    cells |= {"A4": "a", "B4": "茶", "C4": 121.4737, "D4": 31.2304, "E4": "外滩街道"}
    cells |= {"A5": "b", "B5": "面", "C5": 121.4747, "D5": 31.2304}
    merged = ("A1:E1", "A2:A3", "B2:B3", "C2:D2", "E2:E3", "E4:E5")
    source = readers.read(workbook(tmp_path / "a.xlsx", cells, merged))
    assert list(source.frame.columns[:5]) == ["编号", "店名", "经度", "纬度", "所属街道"]
    assert source.frame["所属街道"].tolist() == ["外滩街道", "外滩街道"]
    assert source.frame["_row"].tolist() == [4, 5]
    assert source.notes == [
        "Rows 1 to 1 are a title and were passed over.",
        "The header takes rows 2 to 3.",
        "1 merged cells: what they say holds for all rows they cover.",
    ]
    assert len(judged(tmp_path / "a.xlsx").rows) == 2


def test_subtotal_rows_are_set_aside_with_that_reason(tmp_path):
    body = (
        SHOPS + "小 计,2,,\nc,合计餐厅,121.4757,31.2314\n外滩街道小计,1,,\n总计：,3,364.42,93.69\n"
    )
    taken = judged(put(tmp_path / "a.csv", body))
    assert taken.rows["name"].tolist() == ["茶", "面", "合计餐厅"]
    assert reasons(taken) == {
        4: "is a subtotal row (小计)",
        6: "is a subtotal row (外滩街道小计)",
        7: "is a subtotal row (总计：)",
    }
    assert taken.rejects["line"].iloc[0] == "小 计,2,,"
    assert taken.rows_read == 6


def test_a_cell_is_what_its_formula_gave_and_one_never_computed_is_told(tmp_path):
    cells = {"A1": "编号", "B1": "店名", "C1": "经度", "D1": "纬度"}
    cells |= {"A2": "a", "B2": "=1+1", "C2": 121.4737, "D2": 31.2304, "A3": "b", "B3": "面"}
    path = workbook(tmp_path / "a.xlsx", cells, formulas=["C3", "D3"])
    taken = judged(path)
    assert taken.rows["name"].tolist() == ["=1+1"]
    assert reasons(taken) == {3: "no place: 经度 is '', 纬度 is ''"}
    assert any("2 cells hold formulas that were never computed" in n for n in taken.notes)


FORMULA = st.sampled_from("=+-@＝＋－＠\t\r\n 'a1.,0e")


@given(st.lists(st.text(FORMULA, max_size=6), min_size=1, max_size=5))
def test_no_cell_of_an_export_begins_like_a_formula(cells):
    made = harmless(pd.DataFrame({cells[0]: cells}))
    for was, cell in zip([cells[0], *cells], [made.columns[0], *made.iloc[:, 0]], strict=True):
        assert cell in (was, "'" + was)
        if cell.strip()[:1] in set("=+-@＝＋－＠") and cell.strip():
            float(cell.replace(",", "").strip())
        assert not cell.startswith(("\t", "\r", "\n"))


def test_rejects_keep_their_numbers():
    made = harmless(pd.DataFrame({"经度": [-71.06, None], "店名": ["=cmd|'/c calc'!A0", "茶"]}))
    assert made["经度"].iloc[0] == "-71.06"
    assert made["经度"].isna().iloc[1]
    assert made["店名"].tolist() == ["'=cmd|'/c calc'!A0", "茶"]


def test_columns_called_like_ours_do_not_stand_in_the_way(tmp_path):
    frame = geopandas.GeoDataFrame(
        {"_row": ["x"], "geometry": ["y"], "name": ["茶"], "geom ": [shapely.Point(LON, LAT)]},
        geometry="geom ",
        crs=4326,
    )
    frame.to_parquet(tmp_path / "a.parquet")
    source = readers.read(tmp_path / "a.parquet")
    assert source.frame["_row"].tolist() == [1]
    assert source.frame["_row (2)"].tolist() == ["x"]
    assert source.frame["geometry (2)"].tolist() == ["y"]
    assert source.frame.geometry[0] == shapely.Point(LON, LAT)
    feature = frame.drop(columns="geometry").rename_geometry("geometry")
    pyogrio.write_dataframe(feature, tmp_path / "a.geojson")
    assert readers.read(tmp_path / "a.geojson").frame["_row (2)"].tolist() == ["x"]


# Damage.


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("damaged")


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(file=mangled())
def test_damaged_files_of_every_format_are_survived(folder, file):
    survive(*file, folder)


FOUND = {
    "a zip whose directory lies": (".zip", b"PK\x05\x06" + b"\0" * 8 + b"\xff" * 8 + b"\0\0"),
    "a line of nothing but a mark": (".csv", "\ufeff\n\n".encode("utf-16")),
    "a number too large to be one": (".csv", b'code,wkt\na,"LINESTRING(1 1,2 2)1e999"\n'),
    "text that is not UTF-8 in GeoJSON": (
        ".geojson",
        b'{"type":"Feature","properties":{"a":"\xc0\xe5"},"geometry":null}',
    ),
    "a workbook without sheets": (
        ".xlsx",
        packed({"xl/workbook.xml": "<workbook><sheets/></workbook>", "_rels/.rels": "<a/>"}),
    ),
}


@pytest.mark.parametrize("name", FOUND)
def test_what_the_fuzzing_found(folder: Path, name):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert survive(*FOUND[name], folder) in ("read", "Unreadable", "EmptyFile")
