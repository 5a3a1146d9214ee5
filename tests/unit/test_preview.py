"""The first rows of a file judged: what is shown is what an import of these rows would do."""

import gzip

import geopandas
import numpy as np
import pandas as pd
import pytest
import shapely

from geo import crs, head, intake, kinds, preview, readers
from geo.evidence import Ground
from geo.head import ROWS, Asked, read_head
from geo.intake import District, Wishes
from geo.kinds import MERCHANTS, Kind

EVERYWHERE = District(4549)
DISTRICT = District(4549, shapely.box(595_000, 3_431_000, 596_000, 3_432_000))


def shops(count, lon=121.0, lat=31.0):
    numbers = np.arange(count)
    return pd.DataFrame({"id": numbers, "name": "店", "lon": lon + numbers * 1e-7, "lat": lat})


def look(path, kind: Kind = MERCHANTS, where=DISTRICT, wishes=Wishes("wgs84"), asked=Asked()):  # noqa: B008
    return preview.look(path, kind, preview.Known(where), wishes, asked)


@pytest.mark.parametrize("suffix", [".csv", ".csv.gz"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_only_the_head_of_a_long_table_is_read(tmp_path, monkeypatch, suffix, encoding):
    """What is behind the head is not even text in the file's encoding."""
    monkeypatch.setattr(head, "HEAD_BYTES", 40_000)
    body = shops(3_000).to_csv(index=False).encode(encoding) + b"\xff" * 5_000
    path = tmp_path / f"shops{suffix}"
    path.write_bytes(gzip.compress(body, 1) if suffix.endswith(".gz") else body)
    seen = look(path, where=EVERYWHERE)
    assert (len(seen.rows), seen.rejected, seen.problem) == (ROWS, 0, None)
    assert [row.row for row in seen.rows[:2]] == [2, 3]
    assert seen.rows[ROWS - 1].cells[:2] == [str(ROWS - 1), "店"]


def test_only_the_head_of_a_long_parquet_file_is_read(tmp_path):
    frame = shops(1000)
    places = geopandas.points_from_xy(frame["lon"], frame["lat"], crs=4326)
    geopandas.GeoDataFrame(frame[["id", "name"]], geometry=places).to_parquet(
        tmp_path / "shops.parquet"
    )
    seen = look(tmp_path / "shops.parquet", where=EVERYWHERE, wishes=Wishes())
    assert (len(seen.rows), seen.crs, seen.columns) == (ROWS, "wgs84", ["id", "name"])


def test_the_preview_rejects_what_the_import_rejects(tmp_path):
    frame = shops(30)
    frame.loc[3, "lon"] = None
    frame.loc[5, "lon"] = 130
    frame.loc[7, "name"] = None
    frame.loc[9, "id"] = frame.loc[8, "id"]
    frame.loc[11, ["lon", "lat"]] = [31.0, 121.0]
    path = tmp_path / "shops.csv"
    frame.to_csv(path, index=False)
    with path.open("a") as file:
        file.write("a,line,of,too,many,cells\n")
    taken = intake.accept(readers.read(path), MERCHANTS, DISTRICT, Wishes("wgs84"))
    seen = look(path)
    reasons = {row.row: row.reason for row in seen.rows if row.reason}
    assert reasons == dict(zip(taken.rejects["row"], taken.rejects["reason"], strict=True))
    assert seen.rejected == len(reasons) == 6
    drawn = [row.row for row in seen.rows if row.geometry]
    assert 7 in drawn, "a row that is far away is drawn where it lies"
    assert 5 not in drawn


def test_shapes_are_degrees_whatever_the_file_has(tmp_path):
    box = shapely.box(595_100, 3_431_100, 595_400, 3_431_300)
    frame = geopandas.GeoDataFrame(
        {"level": ["street"], "code": ["319902001000"], "name": ["甲"]}, geometry=[box], crs=4549
    )
    frame.to_file(tmp_path / "areas.gpkg")
    seen = look(tmp_path / "areas.gpkg", kinds.AREAS, wishes=Wishes())
    assert seen.declared == seen.crs == "EPSG:4549"
    drawn = shapely.geometry.shape(seen.rows[0].geometry)
    expected = frame.to_crs(4326).geometry[0]
    assert drawn.hausdorff_distance(expected) < 1e-5


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.csv", b"", "EmptyFile"),
        ("a.zip", b"nothing packed", "Unreadable"),
        ("a.gpkg", b"no database", "Unreadable"),
        ("a.csv", b"id,name\n1,x\n", "NoPlaces"),
        ("a.csv", b"id,lon,lat\n1,121,31\n", "MissingField"),
        ("a.csv", b"id,name,lon,lat\n1,x,1e6,3e6\n", "WrongCrs"),
    ],
)
def test_what_is_wrong_with_the_whole_file_is_told(tmp_path, name, content, code):
    (tmp_path / name).write_bytes(content)
    seen = look(tmp_path / name)
    assert seen.problem
    assert seen.problem.code == code


def test_a_column_that_is_not_there_is_told_with_those_that_are(tmp_path):
    shops(3).to_csv(tmp_path / "a.csv", index=False)
    for given in ({"name": "店名"}, {"lon": "经度", "lat": "纬度"}):
        seen = look(tmp_path / "a.csv", wishes=Wishes("wgs84", given))
        assert seen.problem
        assert seen.problem.code == "UnknownColumn"
        assert seen.columns == ["id", "name", "lon", "lat"]
        assert len(seen.rows) == 3


def test_a_datum_that_fits_better_is_named(tmp_path):
    """Shops that name their street, in GCJ-02, and taken for WGS 84."""
    west, south = 595_000, 3_430_000
    areas = geopandas.GeoDataFrame(
        {"level": "street", "code": ["319902001000", "319902002000"], "name": ["甲街道", "乙街道"]},
        geometry=[shapely.box(x, south, x + 1000, south + 2000) for x in (west, west + 1000)],
        crs=4549,
    )
    surfaces = geopandas.GeoDataFrame({"kind": [], "name": []}, geometry=[], crs=4549)
    extent = shapely.union_all(areas.geometry.to_numpy())
    ground = Ground(4549, areas, surfaces, extent)
    rng = np.random.default_rng(7)
    x, y = rng.uniform(0, 2000, 150), rng.uniform(0, 2000, 150)
    lon, lat = crs.transform_points(x + west, y + south, 4549, "gcj02")
    street = np.where(x < 1000, "甲街道", "乙街道")
    path = tmp_path / "shops.csv"
    table = pd.DataFrame({"id": range(150), "name": "店", "街道": street, "lon": lon, "lat": lat})
    table.to_csv(path, index=False)
    known = preview.Known(District(4549, extent), ground)
    for taken_for, likely in (("wgs84", "gcj02"), ("gcj02", ""), (None, "gcj02")):
        seen = preview.look(path, MERCHANTS, known, Wishes(taken_for), Asked())
        assert (seen.likely, bool(seen.doubt)) == (likely, bool(likely))


def test_a_file_written_anew_is_read_anew(tmp_path):
    path = tmp_path / "a.csv"
    for count in (3, 4):
        shops(count).to_csv(path, index=False)
        assert len(read_head(path, Asked()).cells) == count
