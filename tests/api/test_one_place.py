"""A layer that is declared is everywhere at once: nothing else has to be told."""

import psycopg
import pytest
from services import serve, tile_of

from api.cli.layers import page
from geo import layers
from geo.layers import Column, Layer, Style

NODES = Layer(
    "nodes", "路口", "Junctions", "roads", "point", 12, Style("dot", "#336699"),
    (Column("degree", "路段数", "Segments that meet", "", 0, "integer"),),
)  # fmt: skip
VIEW = """
create view layer_nodes as
select node.id, node.geom, st_transform(node.geom, 3857) as tile_geom, 12 as from_zoom,
       (select count(*)::integer from segment where node.id in (from_node, to_node)) as degree
from node
"""


@pytest.fixture
def service(make_database, sample_url, monkeypatch):
    """The service on the sample district with one layer more."""
    url = make_database(sample_url)
    with psycopg.connect(url) as conn:
        conn.execute(VIEW)
    monkeypatch.setitem(layers.LAYERS, "nodes", NODES)
    with serve(url) as client:
        client.database = url
        yield client


def test_the_legend_has_it(service):
    told = {layer["key"]: layer for layer in service.get("/api/layers").json()["layers"]}
    assert told["nodes"]["en"] == "Junctions"
    assert told["nodes"]["columns"][0]["name"] == "degree"


def test_tiles_and_tilejson_have_it(service):
    with psycopg.connect(service.database) as conn:
        place = (
            "select st_x(p), st_y(p) from (select st_transform(geom, 4326) p from node limit 1) n"
        )
        tile = tile_of(*conn.execute(place).fetchone(), 16)
    found = service.get(f"/tiles/nodes/16/{tile.x}/{tile.y}.mvt")
    assert found.status_code == 200
    assert b"degree" in found.content
    assert service.get("/tiles/nodes.json").json()["vector_layers"][0]["fields"].keys() == {
        "degree"
    }


def test_the_docs_page_has_it(service):
    assert "### 路口 · Junctions: `nodes`" in page()
