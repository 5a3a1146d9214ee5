"""OGC API – Features Part 1 (17-069r4): one test per requirement, named in its docstring.

``docs/ogc.md`` has the table of them; `test_ogc_docs` keeps it true.
"""

import json
import re
from datetime import datetime

import pyogrio
import pytest
from shapely.geometry import box, shape

from geo.layers import LAYERS

COLLECTIONS = list(LAYERS)
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
JSON, GEOJSON, HTML = "application/json", "application/geo+json", "text/html"
DATED = [key for key, layer in LAYERS.items() if layer.time]

each_collection = pytest.mark.parametrize("collection", COLLECTIONS)


def items(get, collection, **params):
    return get(f"/ogc/collections/{collection}/items", **params).json()


def links(document, rel):
    return [link for link in document["links"] if link["rel"] == rel]


def assert_links_are_whole(document):
    for link in document["links"]:
        assert {"href", "rel", "type"} <= link.keys()


def test_core_root_op(get):
    """/req/core/root-op: GET at the root."""
    get("/ogc")


def test_core_root_success(get):
    """/req/core/root-success: links to the API definition, conformance and collections."""
    document = get("/ogc").json()
    assert links(document, "service-desc") or links(document, "service-doc")
    assert links(document, "conformance")
    assert links(document, "data")
    assert_links_are_whole(document)


def test_core_api_definition_op(get):
    """/req/core/api-definition-op: every link to an API definition leads to one."""
    document = get("/ogc").json()
    for link in links(document, "service-desc") + links(document, "service-doc"):
        get(link["href"])


def test_core_api_definition_success(client, get):
    """/req/core/api-definition-success: in the media type that was asked for."""
    for link in links(get("/ogc").json(), "service-desc") + links(
        get("/ogc").json(), "service-doc"
    ):
        answer = client.get(link["href"], headers={"accept": link["type"]})
        assert answer.headers["content-type"].partition(";")[0] == link["type"].partition(";")[0]


def test_core_conformance_op(get):
    """/req/core/conformance-op: GET at /conformance and at its link."""
    get("/ogc/conformance")
    for link in links(get("/ogc").json(), "conformance"):
        get(link["href"])


def test_core_conformance_success(get):
    """/req/core/conformance-success: a list of conformance classes."""
    classes = get("/ogc/conformance").json()["conformsTo"]
    for name in ("core", "geojson", "html", "oas30"):
        assert f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{name}" in classes
    assert len(set(classes)) == len(classes)


def test_core_http(client):
    """/req/core/http: HTTP 1.1: what cannot be done is 405 with what can."""
    answer = client.post("/ogc/collections")
    assert answer.status_code == 405
    assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD"}


@pytest.mark.parametrize(
    "path",
    ["", "/conformance", "/api", "/collections", "/collections/areas", "/collections/areas/items",
     "/collections/areas/items/1", "/collections/areas/queryables", "/tileMatrixSets"],
)  # fmt: skip
def test_core_query_param_unknown(get, path):
    """/req/core/query-param-unknown: a parameter that the definition does not have is 400."""
    get(f"/ogc{path}", status=400, unknown="1")


@pytest.mark.parametrize(
    "params",
    [
        {"limit": "0"}, {"limit": "-1"}, {"limit": "many"}, {"limit": "1.5"},
        {"bbox": "1,2,3"}, {"bbox": "a,b,c,d"}, {"bbox": "120,32,121,31"}, {"bbox": "1,2,3,4,5"},
        {"bbox": "nan,0,1,1"}, {"bbox": "-200,0,1,1"}, {"bbox": "0,0,1,91"}, {"bbox": ""},
        {"bbox": "0,0,1e999,1"}, {"bbox-crs": "http://example.org/crs"}, {"bbox": "1,2,3,4,5,6,7"},
        {"datetime": "yesterday"}, {"datetime": "2026-13-01"}, {"datetime": "../.."},
        {"datetime": "2026-01-01T00:00:00"}, {"datetime": "2026-01-01/2026-02-01/2026-03-01"},
        {"crs": "EPSG:2056"}, {"f": "gml"}, {"lang": "fr"}, {"resultType": "some"},
    ],
    ids=str,
)  # fmt: skip
def test_core_query_param_invalid(get, params):
    """/req/core/query-param-invalid: a value that cannot be used is 400."""
    problem = get("/ogc/collections/areas/items", status=400, **params)
    assert problem.headers["content-type"] == "application/problem+json"


def test_core_crs84(get):
    """/req/core/crs84: without other wish all geometry is in longitude and latitude."""
    for collection in COLLECTIONS:
        answer = get(f"/ogc/collections/{collection}/items", limit=5)
        assert answer.headers["content-crs"] == f"<{CRS84}>"
        for feature in answer.json()["features"]:
            west, south, east, north = shape(feature["geometry"]).bounds
            assert 120 < west <= east < 122
            assert 30 < south <= north < 32


def test_core_fc_md_op(get):
    """/req/core/fc-md-op: GET at /collections and at every link to it."""
    get("/ogc/collections")
    for link in links(get("/ogc").json(), "data"):
        get(link["href"])


def test_core_fc_md_success(get):
    """/req/core/fc-md-success: links and collections."""
    assert {"links", "collections"} <= get("/ogc/collections").json().keys()


def test_core_fc_md_links(get):
    """/req/core/fc-md-links: to itself and to its other formats."""
    document = get("/ogc/collections").json()
    assert [link["type"] for link in links(document, "self")] == [JSON]
    assert [link["type"] for link in links(document, "alternate")] == [HTML]
    assert_links_are_whole(document)


def test_core_fc_md_items(get):
    """/req/core/fc-md-items: every collection is told."""
    told = [collection["id"] for collection in get("/ogc/collections").json()["collections"]]
    assert told == COLLECTIONS


def test_core_fc_md_items_links(get):
    """/req/core/fc-md-items-links: of each collection links to its features in all formats."""
    for collection in get("/ogc/collections").json()["collections"]:
        found = links(collection, "items")
        assert {GEOJSON, HTML} <= {link["type"] for link in found}
        assert_links_are_whole(collection)


def test_core_fc_md_extent(get):
    """/req/core/fc-md-extent: the extent holds all features, in space and in time."""
    for collection in get("/ogc/collections").json()["collections"]:
        features = items(get, collection["id"], limit=1000)["features"]
        if not features:
            continue
        room = box(*collection["extent"]["spatial"]["bbox"][0]).buffer(1e-6)
        assert all(room.covers(shape(feature["geometry"])) for feature in features)
        if collection["id"] in DATED:
            first, last = collection["extent"]["temporal"]["interval"][0]
            column = LAYERS[collection["id"]].time
            times = [feature["properties"][column] for feature in features]
            assert datetime.fromisoformat(first) <= min(map(datetime.fromisoformat, times))
            assert datetime.fromisoformat(last) >= max(map(datetime.fromisoformat, times))


@each_collection
def test_core_sfc_md_op(get, collection):
    """/req/core/sfc-md-op: GET at /collections/{id}."""
    get(f"/ogc/collections/{collection}")


@each_collection
def test_core_sfc_md_success(get, collection):
    """/req/core/sfc-md-success: the same as in the list of collections."""
    listed = get("/ogc/collections").json()["collections"]
    alone = get(f"/ogc/collections/{collection}").json()
    same = next(it for it in listed if it["id"] == collection)
    for name in ("id", "title", "description", "extent", "itemType", "crs", "storageCrs"):
        assert alone[name] == same[name]
    assert all(link in alone["links"] for link in same["links"])


@each_collection
def test_core_fc_op(get, collection):
    """/req/core/fc-op: GET at /collections/{id}/items."""
    get(f"/ogc/collections/{collection}/items")


@each_collection
def test_core_fc_response(get, collection):
    """/req/core/fc-response: features of this collection, not more of them than there are."""
    matched = items(get, collection, resultType="hits")["numberMatched"]
    assert len(items(get, collection, limit=50)["features"]) == min(50, matched)


def test_core_fc_limit_definition(get):
    """/req/core/fc-limit-definition: limit is a whole number from 1 on with a default."""
    schema = parameter(get, "limit")["schema"]
    assert (schema["type"], schema["minimum"], schema["default"]) == ("integer", 1, 100)


def test_core_fc_limit_response_1(get):
    """/req/core/fc-limit-response-1: not more than limit; more than the most is no error."""
    assert len(items(get, "merchants", limit=7)["features"]) == 7
    assert len(items(get, "merchants")["features"]) == 100
    assert len(items(get, "areas", limit=10**9)["features"]) == 16


def test_core_fc_bbox_definition(get):
    """/req/core/fc-bbox-definition: four or six numbers with commas between."""
    bbox = parameter(get, "bbox")
    assert (bbox["style"], bbox["explode"], bbox["required"]) == ("form", False, False)
    assert (bbox["schema"]["type"], bbox["schema"]["items"]["type"]) == ("array", "number")
    assert (bbox["schema"]["minItems"], bbox["schema"]["maxItems"]) == (4, 6)


@each_collection
def test_core_fc_bbox_response(get, collection):
    """/req/core/fc-bbox-response: features that touch the box and no others."""
    every = items(get, collection, limit=10_000)["features"]
    if not every:
        pytest.skip("the sample has none of these")
    extent = get(f"/ogc/collections/{collection}").json()["extent"]["spatial"]["bbox"][0]
    west, south, east, north = extent
    part = [west + (east - west) * 0.4, south + (north - south) * 0.4,
            west + (east - west) * 0.6, south + (north - south) * 0.6]  # fmt: skip
    found = items(get, collection, bbox=",".join(map(str, part)), limit=10_000)["features"]
    ids = {feature["id"] for feature in found}
    inside, near = box(*part).buffer(-1e-7), box(*part).buffer(1e-7)
    known = {feature["id"] for feature in every}
    for feature in every:
        geometry = shape(feature["geometry"])
        if geometry.intersects(inside):
            assert feature["id"] in ids
        elif not geometry.intersects(near):
            assert feature["id"] not in ids
    assert ids <= known or len(every) == 10_000
    six = f"{part[0]},{part[1]},-10,{part[2]},{part[3]},10"
    assert {it["id"] for it in items(get, collection, bbox=six, limit=10_000)["features"]} == ids


def test_core_fc_bbox_response_of_one_feature(get):
    """/req/core/fc-bbox-response: the box may be a point, and may cross the antimeridian."""
    first = items(get, "stations", limit=1)["features"][0]
    lon, lat = first["geometry"]["coordinates"]
    edge = 1e-8  # what is told is rounded to a millimetre
    at = items(get, "stations", bbox=f"{lon - edge},{lat},{lon + edge},{lat}")["features"]
    wide = items(get, "stations", bbox="170,-90,130,90", limit=1000)["features"]
    assert first["id"] in [it["id"] for it in at]
    assert len(wide) == items(get, "stations", resultType="hits")["numberMatched"]
    assert not items(get, "stations", bbox="130,-90,170,90")["features"]


def test_core_fc_time_definition(get):
    """/req/core/fc-time-definition: datetime is a text."""
    found = parameter(get, "datetime")
    assert (found["schema"]["type"], found["required"]) == ("string", False)


@pytest.mark.parametrize(
    "asked",
    ["2026-02-01T00:00:00Z/2026-02-08T00:00:00Z", "2026-02-01/2026-02-07", "2026-02-03",
     "2026-06-20T00:00:00+08:00/..", "../2025-07-03T00:00:00Z", "2026-06-25/"],
)  # fmt: skip
def test_core_fc_time_response(get, asked):
    """/req/core/fc-time-response: only features of that time; all, of what has no time."""
    every = items(get, "incidents", limit=10_000, sortby="-reported_at")["features"]
    found = items(get, "incidents", limit=10_000, sortby="-reported_at", datetime=asked)["features"]
    start, _, end = asked.partition("/") if "/" in asked else (asked, "", asked)
    lower = moment(start, "00:00:00") if start not in ("", "..") else None
    upper = moment(end, "23:59:59.999999") if end not in ("", "..") else None
    for feature in found:
        reported = datetime.fromisoformat(feature["properties"]["reported_at"])
        assert lower is None or reported >= lower
        assert upper is None or reported <= upper
    missed = {it["id"] for it in every} - {it["id"] for it in found}
    oldest = datetime.fromisoformat(every[-1]["properties"]["reported_at"])
    if lower and lower > oldest:
        times = [datetime.fromisoformat(it["properties"]["reported_at"])
                 for it in every if it["id"] in missed]  # fmt: skip
        assert not any(lower <= it and (upper is None or it <= upper) for it in times)
    assert found
    assert items(get, "stations", datetime=asked, resultType="hits")["numberMatched"] == 46


def moment(text, clock):
    """A whole day is one of the district's, at +08:00."""
    return datetime.fromisoformat(text if "T" in text else f"{text}T{clock}+08:00")


def test_core_fc_links(get):
    """/req/core/fc-links: to itself, to other formats, and on to the next page."""
    document = items(get, "merchants", limit=2)
    assert [link["type"] for link in links(document, "self")] == [GEOJSON]
    assert HTML in {link["type"] for link in links(document, "alternate")}
    assert len(links(document, "next")) == 1
    last = items(get, "areas", limit=1000)
    assert not links(last, "next")


def test_core_fc_rel_type(get):
    """/req/core/fc-rel-type: every link says its relation and its type."""
    assert_links_are_whole(items(get, "merchants", limit=2))


def test_core_fc_time_stamp(get):
    """/req/core/fc-timeStamp: the time of the answer."""
    stamp = items(get, "areas")["timeStamp"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", stamp)


def test_core_fc_number_matched(get):
    """/req/core/fc-numberMatched: where it is told, it is how many all pages hold."""
    assert "numberMatched" not in items(get, "areas")
    asked = {"filter": "stars >= 4"}
    matched = items(get, "merchants", resultType="hits", **asked)["numberMatched"]
    assert matched == len(items(get, "merchants", limit=10_000, **asked)["features"])


def test_core_fc_number_returned(get):
    """/req/core/fc-numberReturned: how many features stand there."""
    for collection in COLLECTIONS:
        document = items(get, collection, limit=3)
        assert document["numberReturned"] == len(document["features"])


@each_collection
def test_core_f_op(get, collection):
    """/req/core/f-op: every feature is at /items/{id}."""
    for feature in items(get, collection, limit=2)["features"]:
        get(f"/ogc/collections/{collection}/items/{feature['id']}")


@each_collection
def test_core_f_success(get, collection):
    """/req/core/f-success: the same feature as in the collection."""
    for feature in items(get, collection, limit=2)["features"]:
        alone = get(f"/ogc/collections/{collection}/items/{feature['id']}").json()
        assert {name: alone[name] for name in feature} == feature


def test_core_f_links(get):
    """/req/core/f-links: to itself, to other formats, to its collection."""
    document = get("/ogc/collections/areas/items/1").json()
    assert [link["type"] for link in links(document, "self")] == [GEOJSON]
    assert [link["type"] for link in links(document, "alternate")] == [HTML]
    assert get(links(document, "collection")[0]["href"]).json()["id"] == "areas"
    assert_links_are_whole(document)


def test_geojson_definition(client):
    """/req/geojson/definition: features in application/geo+json, the rest in application/json."""
    for path, kind in (("/collections/areas/items", GEOJSON), ("/collections", JSON)):
        for accept in (kind, "*/*", "application/json"):
            answer = client.get(f"/ogc{path}", headers={"accept": accept})
            assert answer.headers["content-type"] == kind


@each_collection
def test_geojson_content(get, collection, tmp_path):
    """/req/geojson/content: GeoJSON that another reader reads."""
    document = items(get, collection, limit=20)
    assert document["type"] == "FeatureCollection"
    for feature in document["features"]:
        assert feature["type"] == "Feature"
        assert shape(feature["geometry"]).is_valid
    if document["features"]:
        (tmp_path / "found.geojson").write_text(json.dumps(document), "utf-8")
        assert len(pyogrio.read_dataframe(tmp_path / "found.geojson")) == len(document["features"])


@pytest.mark.parametrize(
    "path",
    ["", "/conformance", "/api", "/collections", "/collections/areas", "/collections/areas/items",
     "/collections/areas/items/1", "/collections/areas/queryables", "/tileMatrixSets",
     "/tileMatrixSets/WebMercatorQuad", "/collections/areas/tiles",
     "/collections/areas/tiles/WebMercatorQuad"],
)  # fmt: skip
def test_html_definition(client, path):
    """/req/html/definition: every resource also as a page."""
    for answer in (
        client.get(f"/ogc{path}", headers={"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}),
        client.get(f"/ogc{path}", params={"f": "html"}),
    ):
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith(HTML)


def test_html_content(client, get):
    """/req/html/content: the page has what the document has, and links to follow."""
    page = client.get("/ogc/collections/areas/items", params={"f": "html", "lang": "en"}).text
    for feature in items(get, "areas")["features"]:
        assert feature["properties"]["name"] in page
        assert f"/items/{feature['id']}" in page
    assert '<html lang="en">' in page
    assert "style=" not in page
    assert "<script" not in page


def parameter(get, name):
    operations = get("/ogc/api").json()["paths"]["/collections/{collectionId}/items"]
    return next(it for it in operations["get"]["parameters"] if it["name"] == name)


def test_oas30_oas_definition_1(get):
    """/req/oas30/oas-definition-1: the definition in its media type, and as a page."""
    answer = get("/ogc/api")
    assert answer.headers["content-type"] == "application/vnd.oai.openapi+json;version=3.0"
    assert get("/ogc/api", f="html").headers["content-type"].startswith(HTML)


def test_oas30_oas_definition_2(get):
    """/req/oas30/oas-definition-2: OpenAPI 3.0, with nothing of 3.1 in it."""
    document = get("/ogc/api").json()
    assert re.fullmatch(r"3\.0\.\d", document["openapi"])
    told = json.dumps(document)
    for word in ('"const"', '"type": "null"', '"examples"', '"prefixItems"', "exclusiveMinimum"):
        assert word not in told


def test_oas30_oas_impl(get):
    """/req/oas30/oas-impl: what the definition offers is there."""
    document = get("/ogc/api").json()
    home = document["servers"][0]["url"]
    values = {"collectionId": "areas", "featureId": "1", "tileMatrixSetId": "WebMercatorQuad",
              "tileMatrix": "12", "tileRow": "1674", "tileCol": "3424"}  # fmt: skip
    for path in document["paths"]:
        get(home + path.format(**values))


def test_oas30_completeness(get):
    """/req/oas30/completeness: every route and its answers are in the definition."""
    paths = get("/ogc/api").json()["paths"]
    assert len(paths) == 13 + len(COLLECTIONS)
    for operations in paths.values():
        responses = operations["get"]["responses"]
        assert "200" in responses
        assert responses["200"]["content"]


def test_oas30_exception_codes(get):
    """/req/oas30/exception-codes: problems are in the definition."""
    for operations in get("/ogc/api").json()["paths"].values():
        assert "application/problem+json" in operations["get"]["responses"]["default"]["content"]


def test_oas30_security(get):
    """/req/oas30/security: nothing needs a key, and none is asked for."""
    document = get("/ogc/api").json()
    assert "security" not in document
    assert not document["components"].get("securitySchemes")
