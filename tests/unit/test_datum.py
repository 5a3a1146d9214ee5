"""The datum of a file held against the ground: named where it is wrong, not where it fits."""

from pathlib import Path

import geopandas
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import crs, datum, readers
from geo.datum import HYPOTHESES
from geo.evidence import Ground
from geo.kinds import AREAS, INCIDENTS, MERCHANTS, WAYS

SRID = 4549
DATA = Path(__file__).parents[3] / "shared" / "data" / "huangpu"
X, Y = (float(v) for v in crs.transform_points(121.4737, 31.2304, "wgs84", SRID))
SIDE = 4000
EXTENT = shapely.box(X, Y, X + SIDE, Y + SIDE)
# Streets at uneven distances: an even lattice looks the same from many places.
LINES = np.cumsum([170, 260, 310, 190, 280, 350, 230, 300, 180, 270, 330, 210])
WIDTH = 12.0


def _ground():
    eastward = [shapely.LineString([(X, Y + d), (X + SIDE, Y + d)]) for d in LINES]
    northward = [shapely.LineString([(X + d, Y), (X + d, Y + SIDE)]) for d in LINES]
    names = [f"横{'一二三四五六七八九十东西'[i]}路" for i in range(12)]
    names += [name.replace("横", "纵") for name in names]
    surfaces = geopandas.GeoDataFrame(
        {"kind": "road", "name": names},
        geometry=shapely.buffer([*eastward, *northward], WIDTH / 2),
        crs=SRID,
    )
    cells = [(i, j) for i in range(4) for j in range(4)]
    areas = geopandas.GeoDataFrame(
        {"level": "street", "code": [f"c{i}{j}" for i, j in cells]},
        geometry=[
            shapely.box(X + i * 1000, Y + j * 1000, X + (i + 1) * 1000, Y + (j + 1) * 1000)
            for i, j in cells
        ],
        crs=SRID,
    )
    areas["name"] = [f"{'甲乙丙丁'[i]}{'子丑寅卯'[j]}街道" for i, j in cells]
    return Ground(SRID, areas, surfaces, EXTENT)


GROUND = _ground()


def doors(n, seed):
    """Shops 1 to 6 m behind the edge of the streets that run east, metres."""
    rng = np.random.default_rng(seed)
    line = rng.integers(0, len(LINES), n)
    off = (WIDTH / 2 + rng.uniform(1, 6, n)) * rng.choice([-1, 1], n)
    x, y = X + rng.uniform(50, SIDE - 50, n), Y + LINES[line] + off
    return np.column_stack([x, y]), line


def written(xy, true, **columns):
    """Rows at metric places as a file in the datum ``true`` has them."""
    lon, lat = crs.transform_points(xy[:, 0], xy[:, 1], SRID, true)
    frame = geopandas.GeoDataFrame({"名称": ["茶"] * len(xy), **columns})
    return frame.set_geometry(shapely.points(lon, lat))


def verdict(frame, declared, kind=MERCHANTS, ground=GROUND):
    return datum.of_file(frame, kind, declared and crs.parse(declared), ground)


@settings(max_examples=8)
@given(st.integers(0, 10**6), st.sampled_from(HYPOTHESES), st.sampled_from(HYPOTHESES))
def test_doors_tell_the_datum_whatever_is_declared(seed, true, declared):
    found = verdict(written(doors(200, seed)[0], true), declared)
    assert found.best == ("" if declared == true else true)


@settings(max_examples=8)
@given(st.integers(0, 10**6), st.sampled_from(HYPOTHESES))
def test_places_without_any_pattern_raise_no_doubt(seed, declared):
    rng = np.random.default_rng(seed)
    xy = np.column_stack([X + rng.uniform(-2000, 6000, 200), Y + rng.uniform(-2000, 6000, 200)])
    assert verdict(written(xy, "wgs84"), declared).best == ""


@settings(max_examples=8)
@given(st.integers(0, 10**6), st.sampled_from(HYPOTHESES))
def test_places_put_on_the_middle_of_the_road_raise_no_doubt(seed, true):
    xy, line = doors(200, seed)
    xy[:, 1] = Y + LINES[line]
    assert verdict(written(xy, true), true).best == ""


def labelled(n=200, seed=1, wrong=0.02):
    rng = np.random.default_rng(seed)
    xy = np.column_stack([X + rng.uniform(0, SIDE, n), Y + rng.uniform(0, SIDE, n)])
    at = ((xy - (X, Y)) // 1000).astype(int)
    names = [f"{'甲乙丙丁'[i]}{'子丑寅卯'[j]}" for i, j in at]
    return xy, [name if rng.random() > wrong else "甲子街道" for name in names]


def test_the_note_gives_the_figures_and_what_to_say():
    xy, names = labelled()
    frame = written(xy, "gcj02", 所属街道=names)
    bare = GROUND._replace(surfaces=GROUND.surfaces.iloc[:0], extent=None)
    (note,) = datum.notes(frame, INCIDENTS, crs.parse("wgs84"), bare)
    assert note.startswith("Doubtful datum: as declared (wgs84) ")
    assert "% of 200 points fall in the street they name; as gcj02 99.0 %: is it gcj02?" in note
    assert note.endswith("Say --crs gcj02.")
    assert datum.notes(frame, INCIDENTS, crs.parse("gcj02"), bare) == []


def test_without_a_declared_crs_the_likely_one_is_told():
    xy, names = labelled()
    frame = written(xy, "bd09", 所属街道=names)
    (note,) = datum.notes(frame, INCIDENTS, None, GROUND)
    assert "if they are bd09" in note
    assert note.endswith("say --crs bd09.")


def test_degrees_projected_in_the_wrong_datum():
    xy, names = labelled()
    frame = written(xy, "gcj02", 所属街道=names)
    frame["geometry"] = crs.transform_geometries(frame.geometry.to_numpy(), "wgs84", SRID)
    (note,) = datum.notes(frame, INCIDENTS, crs.parse(SRID), GROUND)
    assert "were gcj02 degrees projected as if they were WGS 84?" in note


def test_a_name_in_the_address_tells_the_road():
    xy, line = doors(200, 3)
    names = GROUND.surfaces["name"].to_numpy()
    frame = written(xy, "gcj02", 地址=[f"{names[i]}{i + 1}号" for i in line])
    found = verdict(frame, "wgs84", INCIDENTS)
    figures = {figure.fit: figure for figure in found.figures}
    named = figures["lie by the road they name"]
    assert found.best == "gcj02"
    assert named.points == 200
    assert named.shares[1] == 1.0
    assert named.shares[0] < 0.5


@pytest.mark.parametrize("true", HYPOTHESES)
def test_ways_are_held_against_the_roads_that_are_known(true):
    axes = [
        shapely.LineString([(X + a, Y + d), (X + a + 500, Y + d)])
        for d in LINES
        for a in range(0, SIDE, 600)
    ]
    ways = geopandas.GeoDataFrame({"name": ["某路"] * len(axes)})
    ways = ways.set_geometry(crs.transform_geometries(np.array(axes), SRID, true))
    for declared in HYPOTHESES:
        assert verdict(ways, declared, WAYS).best == ("" if declared == true else true)


@pytest.mark.parametrize("true", HYPOTHESES)
def test_areas_are_held_against_borders_and_roads(true):
    shapes = crs.transform_geometries(GROUND.areas.geometry.to_numpy(), SRID, true)
    areas = geopandas.GeoDataFrame({"code": GROUND.areas["code"]}).set_geometry(shapes)
    for declared in HYPOTHESES:
        assert verdict(areas, declared, AREAS).best == ("" if declared == true else true)


def test_where_nothing_can_be_said_nothing_is():
    xy, _ = doors(200, 1)
    empty = GROUND._replace(
        areas=GROUND.areas.iloc[:0], surfaces=GROUND.surfaces.iloc[:0], extent=None
    )
    assert verdict(written(xy, "gcj02"), "wgs84", ground=empty) is None
    assert verdict(written(xy[:10], "gcj02"), "wgs84") is None
    boston = written(xy, "wgs84").set_geometry(
        shapely.points(np.linspace(-71.1, -71, 200), np.full(200, 42.3))
    )
    assert verdict(boston, "wgs84", ground=GROUND._replace(srid=26986, extent=None)) is None


def test_odd_geometries_are_passed_over():
    xy, _ = doors(200, 1)
    frame = written(xy, "gcj02")
    odd = [None, shapely.Point(), shapely.Point(0, 0), shapely.Point(np.inf, 3)]
    odd.append(shapely.LineString([(-1e9, -1e9), (1e9, 1e9)]))
    odd = geopandas.GeoDataFrame({"名称": ["x"] * 5}).set_geometry(np.array(odd, dtype=object))
    both = pd.concat([frame, odd], ignore_index=True)
    assert verdict(both, "wgs84").best == "gcj02"


@pytest.mark.skipif(not DATA.is_dir(), reason=f"real data are not at {DATA}")
@pytest.mark.parametrize("declared", HYPOTHESES)
def test_shops_of_huangpu_are_in_bd09(declared):
    streets = geopandas.read_file(DATA / "streets.geojson").to_crs(SRID).assign(level="street")
    extent = shapely.union_all(streets.geometry.to_numpy())
    roads = readers.read(DATA / "roads_north.osm").frame.to_crs(SRID)
    surfaces = geopandas.GeoDataFrame(
        roads[["kind", "name"]], geometry=shapely.buffer(roads.geometry.to_numpy(), 6), crs=SRID
    )
    ground = Ground(SRID, streets[["level", "code", "name", "geometry"]], surfaces, extent)
    shops = readers.read(DATA / "pois_bd09.csv").frame
    own = shapely.contains(
        extent, crs.transform_geometries(shops.geometry.to_numpy(), "bd09", SRID)
    )
    found = verdict(shops[own], declared, ground=ground)
    assert found.best == ("" if declared == "bd09" else "bd09")
