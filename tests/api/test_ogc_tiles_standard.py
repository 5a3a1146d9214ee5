"""OGC API – Tiles Part 1 (20-057) and its tile matrix sets: one test per requirement."""

import math

import mapbox_vector_tile
import pytest

from geo.layers import LAYERS

QUAD = "WebMercatorQuad"
TILES = "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/"
REL = "http://www.opengis.net/def/rel/ogc/1.0/"
MVT = "application/vnd.mapbox-vector-tile"
WORLD_M = 20037508.342789244

each_collection = pytest.mark.parametrize("collection", list(LAYERS))


def links(document, rel):
    return [link for link in document["links"] if link["rel"] == rel]


def tileset(get, collection):
    return get(f"/ogc/collections/{collection}/tiles/{QUAD}").json()


def middle(told):
    """A tile in the middle of the last zoom's limits."""
    last = told["tileMatrixSetLimits"][-1]
    row = (last["minTileRow"] + last["maxTileRow"]) // 2
    return int(last["tileMatrix"]), row, (last["minTileCol"] + last["maxTileCol"]) // 2


def tile_with_features(get, collection):
    """The address of a tile that holds a feature, at a zoom that shows it."""
    layer = LAYERS[collection]
    order = {"sortby": "resolution"} if layer.banded else {}
    features = get(f"/ogc/collections/{collection}/items", limit=1, **order).json()["features"]
    if not features:
        pytest.skip("the sample has none of these")
    at = features[0]["geometry"]["coordinates"]
    while isinstance(at[0], list):
        at = at[0]
    zoom = layer.min_zoom if layer.banded else layer.max_zoom
    size = 2**zoom
    down = (1 - math.asinh(math.tan(math.radians(at[1]))) / math.pi) / 2
    return zoom, int(down * size), int((at[0] + 180) / 360 * size)


@each_collection
def test_core_tc_op(get, collection):
    """/req/core/tc-op: tiles at a template of tile matrix, row and column."""
    (link,) = links(tileset(get, collection), "item")
    zoom, row, column = tile_with_features(get, collection)
    get(link["href"].format(tileMatrix=zoom, tileRow=row, tileCol=column))


@each_collection
def test_core_tc_success(get, collection):
    """/req/core/tc-success: 200 with what touches the tile, in the media type asked for."""
    zoom, row, column = tile_with_features(get, collection)
    answer = get(f"/ogc/collections/{collection}/tiles/{QUAD}/{zoom}/{row}/{column}", f="mvt")
    assert answer.headers["content-type"] == MVT
    drawn = mapbox_vector_tile.decode(answer.content)[collection]["features"]
    size = 360 / 2**zoom
    west, edge = column * size - 180, size / 64
    north, south = (latitude(row + step, zoom) for step in (-1 / 64, 1 + 1 / 64))
    box = f"{west - edge},{south},{west + size + edge},{north}"
    near = get(f"/ogc/collections/{collection}/items", bbox=box, limit=10_000).json()["features"]
    assert {it["id"] for it in drawn} <= {it["id"] for it in near}
    assert drawn


def latitude(row, zoom):
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * row / 2**zoom))))


@each_collection
def test_core_tc_error(client, get, collection):
    """/req/core/tc-error: 400 or 404 out of range; 204 or 200 within, though nothing is there."""
    told = tileset(get, collection)
    home = f"/ogc/collections/{collection}/tiles/{QUAD}"
    for address in ("40/0/0", "-1/0/0", "15/40000/0", "15/-1/0", "15/0/40000", "15/0/0", "a/0/0"):
        assert client.get(f"{home}/{address}").status_code in (400, 404)
    for limit in told["tileMatrixSetLimits"]:
        inside = f"{limit['tileMatrix']}/{limit['minTileRow']}/{limit['minTileCol']}"
        assert client.get(f"{home}/{inside}").status_code in (200, 204)
        beyond = f"{limit['tileMatrix']}/{limit['maxTileRow'] + 1}/{limit['minTileCol']}"
        assert client.get(f"{home}/{beyond}").status_code == 404


def test_core_conformance_success(get):
    """/req/core/conformance-success: the classes that are kept are told."""
    told = get("/ogc/conformance").json()["conformsTo"]
    for name in ("core", "tileset", "tilesets-list", "geodata-tilesets", "mvt"):
        assert f"{TILES}{name}" in told


@each_collection
def test_tileset_description(client, get, collection):
    """/req/tileset/description: metadata with matrix set, limits, layers and a template."""
    told = tileset(get, collection)
    assert told["dataType"] == "vector"
    assert told["crs"] == "http://www.opengis.net/def/crs/EPSG/0/3857"
    assert told["tileMatrixSetURI"] == f"http://www.opengis.net/def/tilematrixset/OGC/1.0/{QUAD}"
    (scheme,) = links(told, f"{REL}tiling-scheme")
    assert get(scheme["href"]).json()["id"] == QUAD
    (item,) = links(told, "item")
    assert (item["type"], item["templated"]) == (MVT, True)
    for variable in ("{tileMatrix}", "{tileRow}", "{tileCol}"):
        assert variable in item["href"]
    (layer,) = told["layers"]
    if told["tileMatrixSetLimits"]:
        zoom, row, column = middle(told)
        answer = client.get(item["href"].format(tileMatrix=zoom, tileRow=row, tileCol=column))
        assert answer.status_code in (200, 204)
        drawn = mapbox_vector_tile.decode(answer.content) if answer.content else {}
        for feature in drawn.get(collection, {"features": []})["features"]:
            assert feature["properties"].keys() <= layer["propertiesSchema"]["properties"].keys()


@each_collection
def test_tilesets_list_tileset_links(get, collection):
    """/req/tilesets-list/tileset-links: /tiles lists tilesets with links to their metadata."""
    for entry in get(f"/ogc/collections/{collection}/tiles").json()["tilesets"]:
        assert entry["dataType"] == "vector"
        assert entry["tileMatrixSetURI"]
        assert links(entry, f"{REL}tiling-scheme")
        (link,) = links(entry, "self")
        assert link["href"].endswith(f"/tiles/{QUAD}")
        assert get(link["href"]).json()["tileMatrixSetLimits"] is not None


def test_tilesets_list_conformance_success(get):
    """/req/tilesets-list/conformance-success: told among the classes."""
    assert f"{TILES}tilesets-list" in get("/ogc/conformance").json()["conformsTo"]


@each_collection
def test_geodata_tilesets_desc_links(get, collection):
    """/req/geodata-tilesets/desc-links: each collection links to its tilesets."""
    (link,) = links(get(f"/ogc/collections/{collection}").json(), f"{REL}tilesets-vector")
    assert get(link["href"]).json()["tilesets"]


@each_collection
def test_mvt_content(get, collection):
    """/req/mvt/content: Mapbox Vector Tiles of version 2 that another decoder reads."""
    zoom, row, column = tile_with_features(get, collection)
    answer = get(f"/ogc/collections/{collection}/tiles/{QUAD}/{zoom}/{row}/{column}")
    layers = mapbox_vector_tile.decode(answer.content)
    assert set(layers) <= set(LAYERS[collection].parts)
    assert {layer["version"] for layer in layers.values()} == {2}
    assert {layer["extent"] for layer in layers.values()} == {4096}


def test_tms_json_tilematrixset(get):
    """/req/json-tilematrixset/definition (17-083r4): WebMercatorQuad as the standard has it."""
    told = get(f"/ogc/tileMatrixSets/{QUAD}").json()
    assert told["uri"].endswith(QUAD)
    for zoom, matrix in enumerate(told["tileMatrices"]):
        assert matrix["id"] == str(zoom)
        assert matrix["matrixWidth"] == matrix["matrixHeight"] == 2**zoom
        assert matrix["tileWidth"] == matrix["tileHeight"] == 256
        assert matrix["pointOfOrigin"] == [-WORLD_M, WORLD_M]
        assert matrix["cellSize"] * 256 * 2**zoom == pytest.approx(2 * WORLD_M)
        assert matrix["scaleDenominator"] == pytest.approx(559082264.028717 / 2**zoom)


def test_tms_list(client, get):
    """/req/tilematrixsets (20-057, annex): the list leads to each definition."""
    for entry in get("/ogc/tileMatrixSets").json()["tileMatrixSets"]:
        assert get(links(entry, "self")[0]["href"]).json()["id"] == entry["id"]
    get("/ogc/tileMatrixSets/WorldCRS84Quad", status=404)


@each_collection
def test_tms_json_tilematrixsetlimits(get, collection):
    """/req/json-tilematrixsetlimits/definition (17-083r4): limits within the matrices."""
    layer = LAYERS[collection]
    told = tileset(get, collection)["tileMatrixSetLimits"]
    zooms = [int(limit["tileMatrix"]) for limit in told]
    assert zooms in (list(range(layer.min_zoom, layer.max_zoom + 1)), [])
    for zoom, limit in zip(zooms, told, strict=True):
        assert 0 <= limit["minTileRow"] <= limit["maxTileRow"] < 2**zoom
        assert 0 <= limit["minTileCol"] <= limit["maxTileCol"] < 2**zoom


@each_collection
def test_the_same_tile_as_on_the_map(get, collection):
    zoom, row, column = tile_with_features(get, collection)
    ours = get(f"/ogc/collections/{collection}/tiles/{QUAD}/{zoom}/{row}/{column}")
    maps = get(f"/tiles/{collection}/{zoom}/{column}/{row}.mvt")
    assert ours.content == maps.content
    assert ours.headers["etag"] == maps.headers["etag"]
