"""GDAL reads the OGC API: its OAPIF driver, through pyogrio and as Debian ships it."""

import shutil
import subprocess

import psycopg
import pyogrio
import pytest

from geo.layers import LAYERS

each_collection = pytest.mark.parametrize("collection", list(LAYERS))
SHAPES = {"polygon": "Polygon", "line": "LineString", "point": "Point"}
# What holds today, of the layers that know times.
NOW = "where valid_from <= current_date and valid_to > current_date"


def asked(conn, collection, condition=""):
    """The ids that the database itself gives, in order."""
    found = f"select id from layer_{collection} {NOW if LAYERS[collection].dated else ''}"
    sql = f"select id from layer_{collection} where id in ({found}) {condition} order by id"
    return [row[0] for row in conn.execute(sql)]


@pytest.fixture
def conn(sample_url):
    with psycopg.connect(sample_url) as conn:
        yield conn


@pytest.fixture
def read(service):
    def read(collection, **params):
        frame = pyogrio.read_dataframe(
            f"OAPIF:{service}/ogc", layer=collection, fid_as_index=True, **params
        )
        return frame.sort_index()

    return read


def test_lists_every_collection(service):
    listed = pyogrio.list_layers(f"OAPIF:{service}/ogc")
    assert list(listed[:, 0]) == list(LAYERS)
    for (name, kind), layer in zip(listed, LAYERS.values(), strict=True):
        assert kind.removeprefix("Multi") == SHAPES[layer.geometry], name


@each_collection
def test_reads_every_feature(read, conn, collection):
    frame = read(collection, PAGE_SIZE=10_000)
    assert list(frame.index) == asked(conn, collection)
    assert set(frame.columns) - {"geometry"} <= {it.name for it in LAYERS[collection].columns}
    # In the district's own CRS, east first as GDAL has it.
    assert frame.crs.to_epsg() == 4549
    west, south, east, north = frame.total_bounds
    assert 500_000 < west < east < 700_000
    assert 3_000_000 < south < north < 4_000_000


@each_collection
def test_filters_every_collection(read, conn, collection):
    """A condition on the first text column, run by the service."""
    column = next(it.name for it in LAYERS[collection].columns if it.type == "text")
    row = conn.execute(
        f'select "{column}" from layer_{collection} where "{column}" is not null limit 1'
    ).fetchone()
    frame = read(collection, where=f"\"{column}\" = '{row[0]}'", PAGE_SIZE=10_000)
    assert list(frame.index) == asked(conn, collection, f"and \"{column}\" = '{row[0]}'")


@each_collection
def test_reads_a_box_of_every_collection(read, conn, collection):
    west, south, east, north = 595_000, 3_438_000, 597_000, 3_441_000
    frame = read(collection, bbox=(west, south, east, north), PAGE_SIZE=10_000)
    box = f"st_makeenvelope({west}, {south}, {east}, {north}, 4549)"
    assert list(frame.index) == asked(conn, collection, f"and st_intersects(geom, {box})")


@pytest.mark.parametrize(
    ("where", "sql"),
    [
        ("stars >= 4 AND listed IS NULL", "stars >= 4 and listed is null"),
        ("name LIKE '%店%' OR stars = 1", "name like '%店%' or stars = 1"),
        ("name ILIKE '%A%'", "name ilike '%a%'"),
        ("chainage_m BETWEEN 10 AND 12.5", "chainage_m between 10 and 12.5"),
        ("NOT (side = 'L')", "not (side = 'L')"),
        ("stars IN (1, 3)", "stars in (1, 3)"),
        ("name = 'it''s'", "name = 'it''s'"),
    ],
)
def test_conditions_of_ogr_sql(read, conn, where, sql):
    assert list(read("merchants", where=where).index) == asked(conn, "merchants", f"and ({sql})")


def test_conditions_on_times_and_booleans(read, conn):
    where = "open = 1 AND reported_at >= '2026-06-01T00:00:00Z'"
    sql = "and open and reported_at >= '2026-06-01T00:00:00Z'"
    assert list(read("incidents", where=where).index) == asked(conn, "incidents", sql)


def test_the_service_does_the_filtering(service, capfd):
    """Few features come over the wire where few are asked for: one request, not sixty."""
    pyogrio.set_gdal_config_options({"CPL_DEBUG": "HTTP"})
    try:
        pyogrio.read_dataframe(
            f"OAPIF:{service}/ogc", layer="incidents", where="code = 'AJ202509230101'"
        )
    finally:
        pyogrio.set_gdal_config_options({"CPL_DEBUG": None})
    fetched = [line for line in capfd.readouterr().err.splitlines() if "Fetch(" in line]
    assert sum("filter=" in line for line in fetched) == 1
    assert not any("after=" in line for line in fetched)


@pytest.mark.skipif(not shutil.which("ogrinfo"), reason="gdal-bin is not installed")
@each_collection
def test_debians_ogrinfo_reads(service, conn, collection):
    done = subprocess.run(
        ["ogrinfo", "-ro", "-so", "-oo", "PAGE_SIZE=10000", f"OAPIF:{service}/ogc", collection],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "ERROR" not in done.stdout + done.stderr
    assert f"Feature Count: {len(asked(conn, collection))}\n" in done.stdout
    assert SHAPES[LAYERS[collection].geometry].replace("String", " String") in done.stdout
