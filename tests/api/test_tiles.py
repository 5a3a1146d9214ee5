"""Vector tiles over the sample district, decoded by GDAL; and how errors leave the service."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pyogrio
import pyproj
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import assume, given
from hypothesis import strategies as st
from services import tile_of
from shapely import Point, from_wkt

from api import pages
from api.app import create_app
from geo.layers import LAYERS, Layer
from geo.store.settings import Settings
from geo.store.tiles import Tile, reach_of

layers = pytest.mark.parametrize("layer", LAYERS.values(), ids=lambda layer: layer.key)


class Asked(NamedTuple):
    client: TestClient
    url: str
    folder: Path

    def tile(self, layer: str, tile: Tile, query: str = "") -> bytes:
        answer = self.client.get(f"/tiles/{layer}/{tile.z}/{tile.x}/{tile.y}.mvt{query}")
        assert answer.status_code in (200, 204), answer.text
        return answer.content

    def features(self, layer: str, tile: Tile, part: str = "", query: str = "") -> Any:
        """The features of a tile as GDAL's MVT driver reads them; None where there are none."""
        body = self.tile(layer, tile, query)
        if not body:
            return None
        file = self.folder / f"{layer}-{tile.z}-{tile.x}-{tile.y}.mvt"
        file.write_bytes(body)
        if (part or layer) not in pyogrio.list_layers(file)[:, 0]:
            return None
        return pyogrio.read_dataframe(file, layer=part or layer)

    def somewhere(self, layer: str, zoom: int) -> Tile:
        """A tile that holds a feature of the layer."""
        until = f" and until_zoom >= {zoom}" if LAYERS[layer].banded else ""
        with psycopg.connect(self.url) as conn:
            row = conn.execute(
                "select st_x(p), st_y(p) from (select st_transform(st_pointonsurface(geom), 4326)"
                f" as p from layer_{layer} where from_zoom <= {zoom}{until} limit 1) as found"
            ).fetchone()
        assert row
        return tile_of(row[0], row[1], zoom)


@pytest.fixture(scope="module")
def asked(sample_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    with TestClient(create_app(Settings(database_url=sample_url))) as client:
        yield Asked(client, sample_url, tmp_path_factory.mktemp("tiles"))


@layers
@pytest.mark.parametrize("zoom", [15, 17])
def test_tile_has_features_with_the_declared_columns(asked: Asked, layer: Layer, zoom: int) -> None:
    found = asked.features(layer.key, asked.somewhere(layer.key, zoom))
    assert len(found) > 0
    assert found["mvt_id"].is_monotonic_increasing
    declared = {column.name for column in layer.columns}
    assert set(found.columns) - {"geometry", "mvt_id"} <= declared
    kinds = {"polygon": "Polygon", "line": "LineString", "point": "Point"}
    assert set(found.geom_type.str.removeprefix("Multi")) == {kinds[layer.geometry]}


@layers
def test_attributes_are_thin_at_the_first_zoom(asked: Asked, layer: Layer) -> None:
    found = asked.features(layer.key, asked.somewhere(layer.key, layer.min_zoom))
    thin = {column.name for column in layer.columns if column.from_zoom <= layer.min_zoom}
    if found is not None:  # only small features, which nobody could see
        assert set(found.columns) - {"geometry", "mvt_id"} <= thin


@layers
def test_equal_data_gives_equal_bytes(asked: Asked, layer: Layer) -> None:
    tile = asked.somewhere(layer.key, 15)
    assert asked.tile(layer.key, tile) == asked.tile(layer.key, tile)


def test_every_open_incident_is_shown_at_every_zoom(asked: Asked) -> None:
    with psycopg.connect(asked.url) as conn:
        sql = "select id from incident where status not in ('closed', 'cancelled')"
        still_open = {row[0] for row in conn.execute(sql)}
        sql = "select st_xmin(b), st_ymin(b), st_xmax(b), st_ymax(b) from (select"
        box = conn.execute(f"{sql} st_extent(st_transform(geom, 4326)) b from incident) e")
        west, south, east, north = box.fetchone() or (0, 0, 0, 0)
    assert still_open
    for zoom in (10, 13):
        first, last = tile_of(west, north, zoom), tile_of(east, south, zoom)
        shown: set[int] = set()
        for x in range(first.x, last.x + 1):
            for y in range(first.y, last.y + 1):
                found = asked.features("incidents", Tile(zoom, x, y))
                shown |= set() if found is None else set(found["mvt_id"])
        assert still_open <= shown
        assert len(shown) < 4_000


def test_what_is_shown_stays_when_zooming_in(asked: Asked) -> None:
    far = asked.somewhere("incidents", 13)
    inside = asked.features("incidents", far)
    own = inside.cx[
        0:4096, 0:4096
    ]  # in the tile's own units: points in the buffer are a neighbour's
    assert len(own) > 0
    near: set[int] = set()
    for dx in (0, 1):
        for dy in (0, 1):
            found = asked.features("incidents", Tile(14, 2 * far.x + dx, 2 * far.y + dy))
            near |= set() if found is None else set(found["mvt_id"])
    assert set(own["mvt_id"]) <= near


def test_grids_of_one_system(asked: Asked) -> None:
    tile = asked.somewhere("grids", 14)
    every = asked.features("grids", tile)
    one = asked.features("grids", tile, query="?system=management")
    assert set(one["system"]) == {"management"}
    assert set(one["mvt_id"]) == set(every.loc[every["system"] == "management", "mvt_id"])
    assert asked.features("grids", tile, query="?system=nonsense") is None


def test_labels_come_once(asked: Asked) -> None:
    """A street's label is in one tile only, however many tiles the street spans."""
    with psycopg.connect(asked.url) as conn:
        row = conn.execute(
            "select id, st_xmin(b), st_ymin(b), st_xmax(b), st_ymax(b) from (select id,"
            " st_transform(geom, 4326) as b from area where level = 'street' limit 1) as found"
        ).fetchone()
    assert row
    first, last = tile_of(row[1], row[4], 14), tile_of(row[3], row[2], 14)
    times = 0
    for x in range(first.x, last.x + 1):
        for y in range(first.y, last.y + 1):
            labels = asked.features("areas", Tile(14, x, y), "areas_labels")
            times += 0 if labels is None else int((labels["mvt_id"] == row[0]).sum())
    assert times == 1


def test_nothing_there_is_204(asked: Asked) -> None:
    for path in ("/tiles/blocks/14/0/0.mvt", "/tiles/blocks/3/6/3.mvt"):
        answer = asked.client.get(path)
        assert (answer.status_code, answer.content) == (204, b"")


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/tiles/nope/10/0/0.mvt", 404, "no layer 'nope'"),
        ("/tiles/blocks/14/16384/0.mvt", 400, "from 0 to 16383"),
        ("/tiles/blocks/14/0/-1.mvt", 400, "from 0 to 16383"),
        ("/tiles/blocks/40/0/0.mvt", 400, "between 0 and 22"),
        ("/tiles/blocks/a/0/0.mvt", 422, "path.z"),
        ("/nowhere", 404, "/nowhere"),
        ("/api/locate?lon=1&lat=1&crs=mars", 400, "mars"),
        ("/api/locate?lon=1&lat=1&crs=gcj02", 400, "China"),
    ],
)
def test_errors_are_problems(asked: Asked, path: str, status: int, said: str) -> None:
    answer = asked.client.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert said in problem["detail"]
    assert {"type", "title"} <= problem.keys()


def test_large_tiles_are_gzipped_where_the_client_takes_it(asked: Asked) -> None:
    tile = asked.somewhere("incidents", 14)
    path = f"/tiles/incidents/{tile.z}/{tile.x}/{tile.y}.mvt"
    plain = asked.client.get(path, headers={"accept-encoding": "identity"})
    packed = asked.client.get(path, headers={"accept-encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < len(plain.content)
    assert packed.content == plain.content
    assert plain.headers["content-type"] == "application/vnd.mapbox-vector-tile"


def test_layers_describe_what_is_served(asked: Asked) -> None:
    answer = asked.client.get("/api/layers").json()
    assert [layer["key"] for layer in answer["layers"]] == list(LAYERS)
    styles = {layer["key"]: layer["style"] for layer in answer["layers"]}
    assert "management" in {swatch["value"] for swatch in styles["grids"]["swatches"]}
    with psycopg.connect(asked.url) as conn:
        sql = "select class from incident group by class order by count(*) desc limit 1"
        most = conn.execute(sql).fetchone()
    assert most
    assert styles["incidents"]["swatches"][0]["value"] == most[0]


def test_headers_keep_everything_at_home(asked: Asked) -> None:
    policy = asked.client.get("/api/layers").headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


def test_database_without_a_district_says_what_to_do(db: str) -> None:
    with TestClient(create_app(Settings(database_url=db))) as client:
        for path in ("/api/layers", "/tiles/blocks/14/13700/6700.mvt"):
            answer = client.get(path)
            assert answer.status_code == 503
            assert "luge init" in answer.json()["detail"]


def test_unexpected_errors_show_no_internals(db: str) -> None:
    with psycopg.connect(db) as conn:
        conn.execute("insert into setting (name, code) values ('test', '')")
        conn.execute("drop table station cascade")
    app = create_app(Settings(database_url=db))
    with TestClient(app, raise_server_exceptions=False) as client:
        answer = client.get("/tiles/stations/14/13700/6700.mvt")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "station" not in answer.json()["detail"]


def test_page_that_is_not_built_says_how(tmp_path: Path) -> None:
    app = FastAPI()
    pages.serve(app, tmp_path)
    answer = TestClient(app).get("/")
    assert answer.status_code == 503
    assert "./scripts/setup" in answer.text


def test_page_is_never_stale_and_its_assets_are_kept(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<p>page</p>")
    (tmp_path / "assets" / "main-1a2b.js").write_text("1")
    app = FastAPI()
    pages.serve(app, tmp_path)
    client = TestClient(app)
    page = client.get("/")
    assert (page.status_code, page.text) == (200, "<p>page</p>")
    assert page.headers["cache-control"] == "no-cache"
    asset = client.get("/assets/main-1a2b.js")
    assert (asset.status_code, asset.text) == (200, "1")
    assert "immutable" in asset.headers["cache-control"]


@given(
    st.floats(118.6, 121.4), st.floats(25, 53), st.integers(9, 18), st.sampled_from([4549, 32651])
)
def test_reach_holds_every_point_of_the_tile(lon: float, lat: float, zoom: int, srid: int) -> None:
    reach = reach_of(tile_of(lon, lat, zoom), srid)
    assert reach
    there = pyproj.Transformer.from_crs(4326, srid, always_xy=True).transform(lon, lat)
    assert from_wkt(reach.split(";")[1]).covers(Point(there))


@given(st.integers(9, 18), st.floats(-180, 179.9), st.floats(-85, 85))
def test_tiles_far_from_the_crs_are_empty(zoom: int, lon: float, lat: float) -> None:
    assume(not (105 < lon < 135 and 10 < lat < 65))
    assert reach_of(tile_of(lon, lat, zoom), 4549) is None
