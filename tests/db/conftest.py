"""Small districts to try things on, made by real imports; `towns` has the drawings."""

import pytest
import shapely
from towns import COMMUNITIES, GROUNDS, SRID, STREETS, load, write_geojson

from geo.store import district
from geo.store.database import Setting


@pytest.fixture
def empty_town(db):
    """The URL of a district with settings and nothing else."""
    district.init(db, Setting("试验区", "319902", SRID, "Asia/Shanghai", 50.0))
    return db


@pytest.fixture
def areas_file(tmp_path):
    rows = [
        row | {"geometry": shapely.box(*ground)}
        for row, ground in zip(COMMUNITIES, GROUNDS, strict=True)
    ]
    return write_geojson(tmp_path / "areas.geojson", rows)


@pytest.fixture
def roads_file(tmp_path):
    return write_geojson(tmp_path / "roads.geojson", STREETS)


@pytest.fixture
def town(empty_town, areas_file, roads_file):
    """A district with areas and roads."""
    load(empty_town, areas_file, "areas")
    load(empty_town, roads_file, "roads")
    return empty_town
