"""Layers out of the database: all rows, of one moment, filtered, and no more than one may see."""

import time
from datetime import UTC, date, datetime, timedelta

import geopandas
import numpy as np
import pandas as pd
import psycopg
import pyogrio
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg_pool import ConnectionPool
from towns import load

from geo import crs
from geo.conditions import BadFilter
from geo.exporting import formats, outlet, tables
from geo.exporting.formats import TooManyRows
from geo.intake import Wishes
from geo.layers import LAYERS, readable
from geo.store import exporting, wanted
from geo.store.database import LOCAL, Reader, snapshot, transaction
from geo.store.exporting import Export
from geo.store.wanted import Wanted

SRID = 4549
DISTRICT = crs.parse(SRID)
PUBLIC = Reader("public")


def export(url, tmp_path, format_, keys, wish=Wanted(), place=DISTRICT, reader=LOCAL):  # noqa: B008
    """A file of some layers, and what it says of itself."""
    path = tmp_path / f"export{formats.FORMATS[format_].ending}"
    scratch = tmp_path / "scratch"
    scratch.mkdir(exist_ok=True)
    layers = exporting.layers_of(keys)
    wanted.check(wish, layers, reader)
    with snapshot(url, reader) as conn:
        found, about = exporting.start(conn, Export(layers, wish, place), reader)
        pieces = outlet.pieces(formats.FORMATS[format_], found, about, scratch)
        path.write_bytes(b"".join(pieces))
    return path, about


def read(url, key, wish=Wanted(), reader=LOCAL, place=DISTRICT):  # noqa: B008
    """A layer's rows as a frame, without a file between."""
    layers = exporting.layers_of([key])
    wanted.check(wish, layers, reader)
    with snapshot(url, reader) as conn:
        (table,), _ = exporting.start(conn, Export(layers, wish, place), reader)
        whole = tables.schema(table.columns).empty_table().to_pandas()
        frames = [portion.to_pandas() for portion in table.portions]
    frame = pd.concat(frames) if frames else whole
    return geopandas.GeoDataFrame(frame, geometry=shapely.from_wkb(frame.pop("geom")))


def ids(url, key, wish):
    return read(url, key, wish)["luge_id"].tolist()


def ask(url, query, *values):
    with psycopg.connect(url) as conn:
        return conn.execute(query, values).fetchall()


@pytest.mark.parametrize("key", LAYERS)
def test_a_layer_leaves_whole_and_bit_by_bit(sample_url, tmp_path, key):
    layer = LAYERS[key]
    path, about = export(sample_url, tmp_path, "parquet", [key])
    frame = geopandas.read_parquet(path)
    today = "and valid_from <= current_date and valid_to > current_date" if layer.dated else ""
    rows = ask(sample_url, f"select id, st_asbinary(geom) from layer_{key} where true {today}"
                           " order by id")  # fmt: skip
    assert frame["luge_id"].tolist() == [id_ for id_, _ in rows]
    assert frame.geometry.to_wkb().tolist() == [wkb for _, wkb in rows]
    assert about["layers"][0]["rows"] == len(rows)
    assert crs.parse(frame.crs) == DISTRICT
    names = ["luge_id", *(column.name for column in layer.columns), "geom"]
    assert frame.columns.tolist() == names


def test_several_layers_are_one_geopackage_drawn(sample_url, tmp_path):
    path, about = export(sample_url, tmp_path, "gpkg", ["stations", "incidents", "grids"])
    names = [name for name, _ in pyogrio.list_layers(path)]
    assert names == ["incidents", "stations", "grids", "layer_styles"]
    for told in about["layers"]:
        assert pyogrio.read_info(path, layer=told["name"])["features"] == told["rows"]
    styles = pyogrio.read_dataframe(path, layer="layer_styles").set_index("f_table_name")
    classes = ask(
        sample_url, "select class from incident group by 1 order by count(*) desc limit 1"
    )
    assert classes[0][0] in styles.loc["incidents", "styleQML"]
    assert "管理网格" in styles.loc["grids", "styleSLD"]


@pytest.mark.parametrize("datum", ["gcj02", "bd09", "wgs84", "cgcs2000", "EPSG:3857"])
def test_places_are_moved_as_geo_crs_moves_them(sample_url, datum):
    place = crs.parse(datum)
    here, there = read(sample_url, "stations"), read(sample_url, "stations", place=place)
    x, y = crs.transform_points(here.geometry.x, here.geometry.y, DISTRICT, place)
    assert np.array_equal(there.geometry.x, x)
    assert np.array_equal(there.geometry.y, y)


def test_map_apps_coordinates_are_named(sample_url, tmp_path):
    path, about = export(sample_url, tmp_path, "gpkg", ["stations"], place=crs.parse("gcj02"))
    assert pyogrio.list_layers(path)[0][0] == "stations_gcj02"
    assert about["crs"]["name"] == "GCJ-02"
    assert about["crs"]["epsg"] is None


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
@pytest.mark.parametrize("key", ["stations", "blocks", "segments"])
def test_a_box_holds_what_touches_it(sample_url, key, data):
    whole = read(sample_url, key)
    west, south, east, north = whole.set_crs(SRID).to_crs(4326).total_bounds
    share = st.floats(0.05, 0.6)
    x, y = (st.floats(0, 0.9) for _ in "xy")
    left = west + data.draw(x) * (east - west)
    low = south + data.draw(y) * (north - south)
    box = (left, low, left + data.draw(share) * (east - west), low + data.draw(share) * 0.1)
    corners = crs.transform_geometries(
        [shapely.segmentize(shapely.box(*box), 0.001)], "wgs84", SRID
    )[0]
    found = set(ids(sample_url, key, Wanted(box=box)))
    shapes = whole.geometry.to_numpy()
    # The box's edges bend in the district's CRS, and are followed to a few centimetres.
    surely = whole[shapely.intersects(shapes, shapely.buffer(corners, -0.1))]
    maybe = whole[shapely.intersects(shapes, shapely.buffer(corners, 0.1))]
    assert set(surely["luge_id"]) <= found <= set(maybe["luge_id"])


def test_the_whole_world_is_a_box_too(sample_url):
    assert len(ids(sample_url, "blocks", Wanted(box=(-180, -90, 180, 90)))) == 1207
    assert ids(sample_url, "blocks", Wanted(box=(-80, 30, -70, 40))) == []


def test_a_period_begins_with_its_first_moment_and_ends_before_its_last(sample_url):
    (first, last), = ask(
        sample_url, "select min(reported_at), max(reported_at) from incident"
    )  # fmt: skip
    wish = Wanted(since=first, until=last)
    (n,), = ask(
        sample_url, "select count(*) from incident where reported_at < %s", last
    )  # fmt: skip
    assert len(ids(sample_url, "incidents", wish)) == n
    day = Wanted(since=last - timedelta(days=1), until=last + timedelta(seconds=1))
    frame = read(sample_url, "incidents", day)
    assert frame["reported_at"].min() >= last - timedelta(days=1)
    assert frame["reported_at"].max() == last


@pytest.mark.parametrize(
    ("key", "equal", "condition"),
    [
        ("incidents", [("open", "true")], "status not in ('closed', 'cancelled')"),
        ("incidents", [("open", "否"), ("side", "L")],
         "status in ('closed', 'cancelled') and side = 'L'"),
        ("merchants", [("listed", "")], "listed is null"),
        ("merchants", [("listed", ""), ("listed", "red")], "coalesce(listed, 'red') = 'red'"),
        ("merchants", [("stars", "3"), ("stars", "5")], "stars in (3, 5)"),
    ],
)  # fmt: skip
def test_values_of_columns(sample_url, key, equal, condition):
    table = key.removesuffix("s")
    expected = [
        id_ for (id_,) in ask(sample_url, f"select id from {table} where {condition} order by id")
    ]
    assert expected
    assert ids(sample_url, key, Wanted(equal=wanted.by_column(equal))) == expected


def test_one_grid_system_and_what_a_filter_does_not_concern(sample_url, tmp_path):
    wish = Wanted(equal=wanted.by_column([("system", "party")]))
    path, about = export(sample_url, tmp_path, "gpkg", ["grids", "stations"], wish)
    assert set(pyogrio.read_dataframe(path, layer="grids")["system"]) == {"party"}
    assert [told["filter"].get("system") for told in about["layers"]] == [None, ["party"]]
    assert about["layers"][0]["rows"] == 46


def test_cql2_filters_as_well(sample_url, tmp_path):
    text = "stars >= 4 AND (listed IS NULL OR listed = 'red') AND name LIKE '%店'"
    (expected,) = zip(
        *ask(sample_url, "select id from merchant where stars >= 4 and right(name, 1) = '店'"
                         " and coalesce(listed, 'red') = 'red' order by id"),
        strict=True,
    )  # fmt: skip
    assert ids(sample_url, "merchants", Wanted(filter=text)) == list(expected)
    _, about = export(sample_url, tmp_path, "csv", ["merchants"], Wanted(filter=text))
    assert about["layers"][0]["filter"] == {"filter": text}
    with pytest.raises(BadFilter, match="phone"):
        read(sample_url, "merchants", Wanted(filter="phone = '1'"), PUBLIC)
    with pytest.raises(BadFilter):
        read(sample_url, "merchants", Wanted(filter="stars >"))
    near = "S_INTERSECTS(geometry, BBOX(120.99, 31.08, 121.01, 31.12))"
    box = Wanted(box=(120.99, 31.08, 121.01, 31.12))
    found = ids(sample_url, "stations", Wanted(filter=near))
    assert found == ids(sample_url, "stations", box)
    assert found


def test_dated_layers_are_of_a_day(sample_url):
    before, after = Wanted(on=date(2023, 12, 31)), Wanted(on=date(2024, 1, 1))
    assert ids(sample_url, "grids", before) == []
    assert len(ids(sample_url, "grids", after)) == 211
    assert len(ids(sample_url, "blocks", before)) == 1207


@pytest.mark.parametrize(
    ("key", "wish", "says"),
    [
        ("stations", Wanted(equal=(("colour", ("red",)),)), "there is no column 'colour'"),
        ("merchants", Wanted(equal=(("stars", ("many",)),)), "stars is integer"),
        ("merchants", Wanted(equal=(("stars", ("9" * 30,)),)), "stars is integer"),
        ("incidents", Wanted(equal=(("open", ("perhaps",)),)), "open is boolean"),
        ("incidents", Wanted(equal=(("class", ("a\x00",)),)), "null character"),
        ("areas", Wanted(since=datetime(2024, 1, 1, tzinfo=UTC)), "no time"),
        ("areas", Wanted(box=(122, 31, 121, 32)), "no box"),
        ("areas", Wanted(box=(float("nan"), 31, 121, 32)), "no box"),
        ("incidents", Wanted(since=datetime(2024, 2, 1, tzinfo=UTC),
                             until=datetime(2024, 1, 1, tzinfo=UTC)), "before it begins"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_told(sample_url, key, wish, says):
    with pytest.raises(BadFilter, match=says):
        read(sample_url, key, wish)


def test_a_reader_gets_no_more_than_he_may_see(sample_url, tmp_path):
    path, about = export(sample_url, tmp_path, "gpkg", ["merchants"], reader=PUBLIC)
    (told,) = about["layers"]
    assert {"phone", "contact", "credit", "credit_code"} == set(told["left_out"])
    shown = pyogrio.read_info(path, layer="merchants")["fields"].tolist()
    assert shown == [c.name for c in readable(LAYERS["merchants"], frozenset())]
    # Nor can a filter tell what is in a column.
    with pytest.raises(BadFilter, match="no column 'phone'"):
        read(sample_url, "merchants", Wanted(equal=(("phone", ("1",)),)), PUBLIC)


def test_rows_are_bounded_before_any_is_read(sample_url):
    with snapshot(sample_url) as conn, pytest.raises(TooManyRows, match="60000 rows"):
        exporting.start(conn, Export((LAYERS["incidents"],), Wanted(), DISTRICT, 50_000), LOCAL)


def test_a_file_is_of_one_moment(town, tmp_path):
    point = "st_pointonsurface((select geom from area where level = 'district'))"
    with transaction(town) as conn:
        for table, more in (("merchant", ""), ("station", ", 'other'")):
            conn.execute(
                f"insert into {table} (external_id, name, geom {', tier' * bool(more)})"
                f" select n, n, {point} {more} from generate_series(1, 60) as n"
            )
    with snapshot(town) as conn:
        layers = exporting.layers_of(["stations", "merchants"])
        found, about = exporting.start(conn, Export(layers, Wanted(), DISTRICT), LOCAL)
        with transaction(town) as other:
            other.execute("delete from station")
            other.execute("delete from merchant where id % 2 = 0")
        rows = {table.name: sum(len(p) for p in table.portions) for table in found}
    assert rows == {told["name"]: told["rows"] for told in about["layers"]}
    assert rows == {"merchants": 60, "stations": 60}
    _, later = export(town, tmp_path, "csv", ["merchants"])
    assert later["layers"][0]["rows"] == 30
    assert later["layers"][0]["revision"] != about["layers"][0]["revision"]


def test_who_waits_too_long_loses_the_moment(sample_url):
    with ConnectionPool(sample_url, min_size=1, max_size=1) as pool:
        with snapshot(pool, patience_s=1) as conn:
            conn.execute("select 1")
            time.sleep(1.5)
            with pytest.raises(psycopg.Error, match="idle-in-transaction"):
                conn.execute("select 1")
        with transaction(pool) as conn:
            assert conn.execute("select 1").fetchone() == (1,)


def test_a_snapshot_leaves_the_connection_as_it_was(sample_url):
    with ConnectionPool(sample_url, min_size=1, max_size=1) as pool:
        with snapshot(pool) as conn, pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            conn.execute("create table t ()")
        with transaction(pool) as conn:
            conn.execute("create temporary table t () on commit drop")
            level, patience = conn.execute(
                "select current_setting('transaction_isolation'),"
                " current_setting('idle_in_transaction_session_timeout')"
            ).fetchone()
    assert (level, patience) == ("read committed", "0")


@pytest.mark.parametrize("format_", ["csv", "xlsx", "geojson", "parquet"])
def test_what_left_can_be_edited_and_comes_back_to_its_rows(town, tmp_path, format_):
    with transaction(town) as conn:
        conn.execute(
            "insert into merchant (external_id, name, category, stars, address, geom)"
            " select 'shop-' || n, '店' || n, '餐饮', 1 + n % 5, '-5号', st_translate("
            " st_pointonsurface((select geom from area where level = 'district')), n, 0)"
            " from generate_series(1, 20) as n"
        )
    path, _ = export(town, tmp_path, format_, ["merchants"], place=crs.parse("wgs84"))
    done = load(town, path, "merchants", wishes=Wishes("wgs84"))
    assert (done.inserted, done.rejected) == (0, 0)
    assert done.unchanged + done.updated == 20
    with transaction(town) as conn:
        assert conn.execute("select count(*), sum(stars) from merchant").fetchone() == (20, 60)
