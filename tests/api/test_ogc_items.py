"""Features over HTTP beyond the core: order, pages, CRSs, filters, formats, rights, limits."""

import base64
import io
import json

import geopandas as gpd
import pandas as pd
import psycopg
import pyarrow.parquet as pq
import pyogrio
import pytest
from fastapi.testclient import TestClient
from shapely.geometry import shape

from api.app import create_app
from geo import crs
from geo.layers import LAYERS
from geo.store import district
from geo.store.database import Setting
from geo.store.settings import Settings

EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
CORNER = (595_000.0, 3_430_000.0)


def items(client, collection="merchants", status=200, **params):
    answer = client.get(f"/ogc/collections/{collection}/items", params=params)
    assert answer.status_code == status, answer.text[:400]
    return answer.json()


def follow(client, document):
    """All pages from one on, by their next links."""
    while True:
        yield document
        on = [link["href"] for link in document["links"] if link["rel"] == "next"]
        if not on:
            return
        answer = client.get(on[0])
        assert answer.status_code == 200, answer.text[:400]
        document = answer.json()


def ids(documents):
    return [feature["id"] for document in documents for feature in document["features"]]


def column(document, name):
    return [feature["properties"][name] for feature in document["features"]]


@pytest.fixture
def town(db):
    """A district of some shops, for tests that write."""
    district.init(db, Setting("试验区", "319902", 4549, "Asia/Shanghai", 50.0))
    with psycopg.connect(db) as conn:
        conn.execute(
            "insert into merchant (external_id, name, stars, listed, phone, credit, geom)"
            " select 's' || n, '店' || (n %% 7), nullif(n %% 6, 5),"
            " case when n %% 3 = 0 then 'red' end, '138', 60,"
            " st_setsrid(st_point(%s + n, %s + n), 4549) from generate_series(1, 60) n",
            CORNER,
        )
    return db


def serve(url, **settings):
    return TestClient(create_app(Settings(database_url=url, **settings)))


ORDERS = ["", "name", "-name", "stars,-name", "-stars,code", "listed,-stars,name", "-id", "+code"]


@pytest.mark.parametrize("order", ORDERS)
def test_pages_together_are_the_whole_in_order(town, order):
    asked = {"sortby": order} if order else {}
    with serve(town) as client:
        whole = items(client, limit=1000, **asked)
        paged = list(follow(client, items(client, limit=7, **asked)))
    assert len(whole["features"]) == 60
    assert ids(paged) == ids([whole])
    for key in order.split(",") if order in ("name", "-name") else []:
        expected = sorted(column(whole, "name"), reverse=key.startswith("-"))
        assert column(whole, "name") == expected


@pytest.mark.parametrize("order", ["", "-stars,name", "listed"])
def test_pages_survive_edits(town, order):
    """Rows that go or come while somebody reads move no other row from or to a page."""
    asked = {"sortby": order} if order else {}
    with serve(town) as client, psycopg.connect(town, autocommit=True) as conn:
        before = ids([items(client, limit=1000, **asked)])
        pages = follow(client, items(client, limit=10, **asked))
        seen = ids([next(pages)])
        # The very last row that was read goes, and so does one that was not; one comes in front.
        conn.execute("delete from merchant where id = any(%s)", ([seen[-1], before[30]],))
        conn.execute(
            "insert into merchant (external_id, name, stars, listed, geom) select 'new', '甲', 4,"
            " 'grey', geom from merchant limit 1"
        )
        seen += ids(pages)
    assert [it for it in seen if it in before] == [it for it in before if it != before[30]]
    assert len(set(seen)) == len(seen)


def test_a_word_of_another_order_is_refused(client):
    document = items(client, limit=2, sortby="name")
    word = document["links"][-2]["href"].rpartition("after=")[2]
    assert "after" in document["links"][-2]["href"]
    problem = items(client, status=400, limit=2, sortby="-name", after=word)
    assert "another order" in problem["detail"]
    for wrong in ("x", "W10", "bnVsbA", "WzEsMiwzXQ", "é", "{}"):
        items(client, status=400, after=wrong)


def test_a_forged_word_is_refused(client):
    """It fits the order, but no number stands in it."""
    link = items(client, limit=2)["links"][-2]["href"]
    word = link.rpartition("after=")[2]
    order, _ = json.loads(base64.urlsafe_b64decode(word + "=" * (-len(word) % 4)))
    for value in ("x", "1e400", "99999999999999999999", "2'; drop table merchant; --"):
        forged = base64.urlsafe_b64encode(json.dumps([order, value]).encode()).decode()
        assert "cannot use" in items(client, status=400, after=forged.rstrip("="))["detail"]


def test_grids_of_two_plans_are_all_on_the_pages(client):
    """An id may come twice where a time is asked for that two plans share."""
    asked = {"datetime": "../..".replace("../..", "2000-01-01/..")}
    whole = items(client, "grids", limit=10_000, **asked)
    assert ids(follow(client, items(client, "grids", limit=9, **asked))) == ids([whole])


@pytest.mark.parametrize("srid", [4549, 3857, 4490, 4326])
@pytest.mark.parametrize("collection", ["stations", "blocks", "segments"])
def test_coordinates_stand_in_the_order_of_the_crs(client, srid, collection):
    plain = items(client, collection, limit=20)["features"]
    answer = client.get(
        f"/ogc/collections/{collection}/items", params={"limit": 20, "crs": f"{EPSG}{srid}"}
    )
    assert answer.headers["content-crs"] == f"<{EPSG}{srid}>"
    north_first = srid != 3857
    for ours, told in zip(plain, answer.json()["features"], strict=True):
        x, y = shape(ours["geometry"]).representative_point().coords[0]
        there = crs.transform_points([x], [y], "wgs84", srid)
        expected = there[::-1] if north_first else there
        moved = shape(told["geometry"])
        near = 1e-6 if srid in (4490, 4326) else 0.05
        assert moved.buffer(near).intersects(
            gpd.points_from_xy(*expected)[0].buffer(near)
        )  # fmt: skip
    alone = client.get(
        f"/ogc/collections/{collection}/items/{plain[0]['id']}", params={"crs": f"EPSG:{srid}"}
    ).json()
    assert alone["geometry"] == answer.json()["features"][0]["geometry"]


@pytest.mark.parametrize("srid", [4549, 3857, 4490, 4326])
def test_a_box_and_a_filter_in_another_crs(client, srid):
    extent = client.get("/ogc/collections/stations").json()["extent"]["spatial"]["bbox"][0]
    west, south, east, north = extent
    middle = [west, south, (west + east) / 2, (south + north) / 2]
    x, y = crs.transform_points(middle[::2], middle[1::2], "wgs84", srid)
    low, high = ((y[0], x[0]), (y[1], x[1])) if srid != 3857 else ((x[0], y[0]), (x[1], y[1]))
    box = ",".join(str(part) for part in (*low, *high))
    found = items(client, "stations", bbox=box, **{"bbox-crs": f"{EPSG}{srid}"})
    ring = [low, (high[0], low[1]), high, (low[0], high[1]), low]
    wkt = f"POLYGON(({', '.join(f'{a} {b}' for a, b in ring)}))"
    filtered = items(
        client, "stations", filter=f"S_INTERSECTS(geometry, {wkt})",
        **{"filter-crs": f"{EPSG}{srid}"},
    )  # fmt: skip
    plain = items(client, "stations", bbox=",".join(map(str, middle)))
    assert ids([found]) == ids([filtered])
    assert set(ids([found])) ^ set(ids([plain])) <= set(ids([plain]))
    assert abs(len(found["features"]) - len(plain["features"])) <= 1
    assert found["features"]


FILTERS = {
    "stars >= 4 and name like '%店%'": lambda p: (p["stars"] or 0) >= 4 and "店" in p["name"],
    "listed is null or listed <> 'red'": lambda p: p["listed"] != "red",
    "stars in (1, 2, 3)": lambda p: p["stars"] in (1, 2, 3),
    "stars between 2 and 4": lambda p: p["stars"] is not None and 2 <= p["stars"] <= 4,
    "not stars between 2 and 4": lambda p: p["stars"] is not None and not 2 <= p["stars"] <= 4,
    "casei(side) = casei('l')": lambda p: p["side"] == "L",
    "chainage_m < offset_m": lambda p: (
        p["chainage_m"] is not None and p["chainage_m"] < p["offset_m"]
    ),
    "stars >= 0 or stars is null": lambda p: True,
    "true": lambda p: True,
    "false": lambda p: False,
}


@pytest.mark.parametrize("text", FILTERS)
def test_filters_choose_what_they_say(client, text):
    every = items(client, limit=10_000)["features"]
    expected = [it["id"] for it in every if FILTERS[text](it["properties"])]
    assert ids([items(client, limit=10_000, filter=text)]) == expected


TIMES = {
    "reported_at > TIMESTAMP('2026-06-01T00:00:00Z')": ("2026-06-01T00:00:00.000001+00:00", None),
    "t_after(reported_at, TIMESTAMP('2026-06-01T00:00:00Z'))": (
        "2026-06-01T00:00:00.000001+00:00",
        None,
    ),
    "t_before(reported_at, DATE('2025-08-01'))": (None, "2025-07-31T23:59:59.999999+08:00"),
    "t_during(reported_at, INTERVAL('2026-01-31', '2026-02-03'))": (
        "2026-01-31T00:00:00.000001+08:00",
        "2026-02-03T23:59:59.999998+08:00",
    ),
    "reported_at = DATE('2026-03-05')": (
        "2026-03-05T00:00:00+08:00",
        "2026-03-05T23:59:59.999999+08:00",
    ),
    "t_intersects(reported_at, INTERVAL('2026-06-20', '..'))": ("2026-06-20T00:00:00+08:00", None),
    "reported_at between DATE('2026-03-05') and DATE('2026-03-06')": (
        "2026-03-05T00:00:00+08:00",
        "2026-03-06T23:59:59.999999+08:00",
    ),
}


@pytest.mark.parametrize("text", TIMES)
def test_times_choose_what_they_say(client, sample_url, text):
    first, last = TIMES[text]
    with psycopg.connect(sample_url) as conn:
        row = conn.execute(
            "select count(*) from incident"
            " where reported_at >= coalesce(%s::timestamptz, '-infinity')"
            " and reported_at <= coalesce(%s::timestamptz, 'infinity')",
            (first, last),
        ).fetchone()
    found = items(client, "incidents", filter=text, resultType="hits")
    assert found["numberMatched"] == row[0] > 0


@pytest.mark.parametrize(
    "said",
    ["2026-W01-1", "20260101", "2026-001", "2026-01-01T08:00:00", "2026-01-01T08:00:00+0800",
     "2026-01-01T080000Z", "2026-01-01T08:00:00,5Z", "２０２６-01-01", "2026-02-01/2026-01-01",
     "2026-01-01T00:00:01Z/2026-01-01T00:00:00Z", "../..", "/", "2026-01-01/"
     "2026-01-02/2026-01-03"],
)  # fmt: skip
def test_what_is_no_time_of_rfc_3339_is_400(client, said):
    """ISO 8601 knows more; a program that means something else must not be answered."""
    assert "datetime" in items(client, "incidents", status=400, datetime=said)["detail"]


@pytest.mark.parametrize("said", ["2026-01-01", "2026-W01-1", "20260101"])
def test_dates_of_filters_are_as_strict(client, said):
    for text in (f"reported_at > DATE('{said}')", f"reported_at > '{said}'"):
        status = 200 if said == "2026-01-01" else 400
        items(client, "incidents", status=status, filter=text, limit=1)


def test_small_letters_are_a_time_too(client):
    asked = {"resultType": "hits", "sortby": "id"}
    small, large = (
        items(client, "incidents", datetime=said, **asked)["numberMatched"]
        for said in ("2026-06-01t00:00:00z/..", "2026-06-01T00:00:00Z/..")
    )
    assert small == large > 0


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"sortby": "--id"}, "'-id'"),
        ({"sortby": "+-id"}, "'-id'"),
        ({"bbox": "120,30,9,122,32,1"}, "lower height"),
        ({"filter": "S_INTERSECTS(geometry, BBOX(170,30,-170,32))"}, "antimeridian"),
    ],
)
def test_what_is_wrong_is_said_of_this_and_nothing_else(client, asked, says):
    assert says in items(client, status=400, **asked)["detail"]


def test_how_many_there_are_as_a_page_too(client):
    answer = client.get("/ogc/collections/areas/items?resultType=hits&f=html")
    assert answer.headers["content-type"].startswith("text/html")
    assert "numberMatched" in answer.text


def test_a_filter_as_json(client):
    box = {"bbox": [120.9, 31, 121, 31.2]}
    told = json.dumps({"op": "and", "args": [
        {"op": ">=", "args": [{"property": "stars"}, 4]},
        {"op": "s_intersects", "args": [{"property": "geometry"}, box]},
    ]})  # fmt: skip
    found = items(client, limit=10_000, filter=told, **{"filter-lang": "cql2-json"})
    text = "stars >= 4 and S_INTERSECTS(geometry, BBOX(120.9, 31, 121, 31.2))"
    assert ids([found]) == ids([items(client, limit=10_000, filter=text)]) != []


@pytest.mark.parametrize(
    "text",
    [
        "stars >", "nothing = 1", "name = 4", "stars = 'x'", "stars = 1 +", "upper(name) = 'X'",
        "S_INTERSECTS(name, POINT(1 2))", "S_INTERSECTS(geometry, POINT(1))", "name like '\\'",
        "S_INTERSECTS(geometry, POLYGON((0 0,1 1,1 0,0 1,0 0)))", "name = 'a\x00b'", "stars",
        "phone = '138'", "credit > 50", "casei(stars) = 'x'", "stars = 1e999", "1", "'x'",
        "t_after(stars, DATE('2026-01-01'))", "t_after(name, 'x')", "(" * 40 + "stars=1" + ")" * 40,
        "stars = 1" + " and stars = 1" * 900, "name in ()", "name = 'x' or", "rank < 1", "geom = 1",
        "tile_geom is null", "block_id = 1", "labels is null", "id = 1; drop table merchant",
    ],
)  # fmt: skip
def test_bad_filters_are_400(client, text):
    problem = items(client, status=400, filter=text)
    assert len(problem["detail"]) < 700


def test_a_wrong_text_takes_no_long_time(client):
    """The parser's time doubles with every open bracket; the bound must hold it."""
    for text in ("(" * 8 + "stars=1 and " * 320, "(" * 13 + "stars=1", "not (" * 12 + "stars"):
        assert items(client, status=400, filter=text)["status"] == 400


def test_features_by_their_ids(client):
    found = items(client, filter="id in (3, 5, 4) or id between 8 and 9", sortby="-id")
    assert ids([found]) == [9, 8, 5, 4, 3]


def test_values_are_values(client):
    assert items(client, filter="name = 'x'' or 1=1 --'")["features"] == []
    assert items(client, filter="name like '%'' or true --'")["features"] == []


def test_properties_and_geometry_are_chosen(client):
    feature = items(client, limit=1, properties="stars,name")["features"][0]
    assert list(feature["properties"]) == ["name", "stars"]
    assert "no property 'phone'" in items(client, status=400, properties="phone")["detail"]


HIDDEN = [
    (layer.key, column.name) for layer in LAYERS.values() for column in layer.columns
    if column.right and not column.least
]  # fmt: skip


@pytest.mark.parametrize(("collection", "name"), HIDDEN)
def test_hidden_columns_are_not_there(client, collection, name):
    """Neither told, nor described, nor to be asked or sorted by."""
    assert name not in items(client, collection, limit=1)["features"][0]["properties"]
    home = f"/ogc/collections/{collection}"
    assert name not in client.get(f"{home}/queryables").json()["properties"]
    for params in (
        {"filter": f"{name} is not null"}, {"sortby": name}, {"properties": name},
    ):  # fmt: skip
        assert f"'{name}'" in items(client, collection, status=400, **params)["detail"]
    for form in ("csv", "html"):
        assert name not in client.get(f"{home}/items", params={"f": form, "limit": 1}).text
    body = client.get(f"{home}/items", params={"f": "parquet", "limit": 1}).content
    assert name not in pq.read_table(io.BytesIO(body)).column_names


def test_hidden_columns_are_there_for_who_has_the_right(town):
    with serve(town, public_rights="people") as client:
        assert column(items(client, limit=1), "phone") == ["138"]
        assert items(client, filter="phone = '138'", resultType="hits")["numberMatched"] == 60
        items(client, status=400, filter="credit > 1")


def test_small_counts_cannot_be_told_apart(client, sample_url):
    """A hidden value is hidden to filters and orders too."""
    assert items(client, "density", filter="count < 5", resultType="hits")["numberMatched"] == 0
    told = column(items(client, "density", limit=10_000, sortby="count"), "count")
    shown = [count for count in told if count is not None]
    assert min(shown, default=5) >= 5
    assert told == sorted(shown) + [None] * (len(told) - len(shown))


FORMS = ("flatgeobuf", "parquet", "csv")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("collection", list(LAYERS))
def test_every_format_holds_the_same(client, collection, form, tmp_path):
    path = f"/ogc/collections/{collection}/items"
    plain = client.get(path, params={"limit": 50}).json()["features"]
    answer = client.get(path, params={"limit": 50, "f": form})
    assert answer.status_code == 200
    file = tmp_path / f"found.{form}"
    file.write_bytes(answer.content)
    if form == "csv":
        read = pd.read_csv(file, dtype=str, keep_default_na=False)
        points = "lon" in read
        places = [read[name].astype(float) for name in ("lon", "lat")] if points else []
        geometry = gpd.points_from_xy(*places) if points else gpd.GeoSeries.from_wkt(read["wkt"])
        read = read.astype({"luge_id": int})
    elif form == "parquet":
        read = gpd.read_parquet(file)
        geometry = read.geometry
        assert read.crs.to_epsg() == 4326
    else:
        read = pyogrio.read_dataframe(file)
        read = read.sort_values("luge_id", ignore_index=True)
        geometry = read.geometry
    assert list(read["luge_id"]) == [feature["id"] for feature in plain]
    for ours, theirs in zip(plain, geometry, strict=True):
        assert shape(ours["geometry"]).hausdorff_distance(theirs) < 1e-7
    for name in plain[0]["properties"] if plain else []:
        told = [feature["properties"][name] for feature in plain]
        assert [is_missing(value) for value in read[name]] == [value is None for value in told]


def is_missing(value):
    return value == "" or bool(pd.isna(value))


def test_files_have_their_types_crs_and_pages(client):
    params = {"limit": 10, "f": "parquet", "crs": f"{EPSG}4549"}
    answer = client.get("/ogc/collections/incidents/items", params=params)
    assert answer.headers["content-type"] == "application/vnd.apache.parquet"
    assert 'rel="next"' in answer.headers["link"]
    read = gpd.read_parquet(io.BytesIO(answer.content))
    assert read.crs.to_epsg() == 4549
    assert read.geometry.x.between(500_000, 700_000).all()
    assert str(read["reported_at"].dtype).startswith("datetime64")
    assert read["open"].dtype == bool


def test_no_cell_of_a_csv_runs(town):
    with psycopg.connect(town) as conn:
        conn.execute("update merchant set name = '=1+1' where external_id = 's1'")
    with serve(town) as client:
        text = client.get("/ogc/collections/merchants/items", params={"f": "csv"}).text
    assert ',"\'=1+1",' in text


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("*/*", "application/geo+json"), ("text/csv", "text/csv; charset=utf-8"),
        ("text/html, */*;q=0.1", "text/html; charset=utf-8"),
        ("application/json;q=0.5, application/flatgeobuf", "application/flatgeobuf"),
        ("application/vnd.apache.parquet", "application/vnd.apache.parquet"),
        ("text/*", "text/html; charset=utf-8"), ("", "application/geo+json"),
    ],
)  # fmt: skip
def test_the_accept_header_chooses(client, accept, kind):
    path = "/ogc/collections/stations/items"
    answer = client.get(path, params={"limit": 1}, headers={"accept": accept})
    assert answer.headers["content-type"] == kind
    assert "Accept" in answer.headers["vary"]


def test_what_is_not_served_is_406(client):
    answer = client.get("/ogc/collections", headers={"accept": "image/png"})
    assert answer.status_code == 406
    assert "application/json" in answer.json()["detail"]


def test_titles_in_both_languages(client):
    home = "/ogc/collections/blocks"
    assert client.get(home).json()["title"] == LAYERS["blocks"].zh
    assert client.get(home, params={"lang": "en"}).json()["title"] == "Blocks"
    answer = client.get(home, headers={"accept-language": "de, en-GB;q=0.9, zh;q=0.5"})
    assert answer.json()["title"] == "Blocks"
    assert answer.headers["content-language"] == "en"
    told = client.get(f"{home}/queryables", params={"lang": "en"}).json()["properties"]
    assert told["households"]["title"] == "Households"
    assert told["households"]["x-ogc-unit"] == "户"
    assert told["households"]["x-luge-title"] == {"zh": "户数", "en": "Households"}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/ogc/collections/nothing", 404), ("/ogc/collections/nothing/items", 404),
        ("/ogc/collections/nothing/queryables", 404), ("/ogc/collections/nothing/tiles", 404),
        ("/ogc/collections/areas/items/999999", 404), ("/ogc/collections/areas/items/x", 404),
        ("/ogc/collections/areas/items/99999999999999999999", 404), ("/ogc/nothing", 404),
        ("/ogc/collections/areas/tiles/Nothing", 404),
        ("/ogc/collections/areas/items?limit=1&limit=2", 400),
        ("/ogc/collections/areas/items?sortby=", 400),
        ("/ogc/collections/areas/items?sortby=name,name", 400),
        ("/ogc/collections/areas/items?filter=", 400),
        ("/ogc/collections/areas/items/1?limit=1", 400),
    ],
)  # fmt: skip
def test_errors_are_problems(client, path, status):
    answer = client.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert problem["detail"]


def test_what_takes_too_long_is_503(town):
    with psycopg.connect(town) as conn:
        conn.execute(
            "insert into merchant (external_id, name, geom) select 'm' || n, repeat('ab', 2000),"
            " st_setsrid(st_point(%s, %s), 4549) from generate_series(1, 20000) n",
            CORNER,
        )
    with serve(town, statement_timeout_ms=50, connection_wait_s=60) as client:
        slow = "name like '%a%b%a%b%a%b%a%b%a%b%a%b%c' or casei(name) like '%b%a%b%a%b%d'"
        answer = client.get(
            "/ogc/collections/merchants/items", params={"filter": slow, "limit": 10_000}
        )
    assert answer.status_code == 503
    assert "too long" in answer.json()["detail"]


def test_dated_layers_are_told_as_of_a_day(town):
    ring = "st_setsrid(st_makeenvelope({0}, {0}, {0} + 10, {0} + 10), 4549)"
    with psycopg.connect(town) as conn:
        conn.execute(
            "insert into area (level, code, name, geom) values ('community', '319902001001', '甲',"
            f" st_multi({ring.format(0)}))"
        )
        for code, start, end in (("a", "-infinity", "2020-01-01"), ("b", "2020-01-01", "infinity")):
            conn.execute(
                "insert into block (code, area_id, valid_from, valid_to, geom)"
                f" select %s, id, %s, %s, {ring.format(0)} from area",
                (code, start, end),
            )
    with serve(town) as client:
        assert column(items(client, "blocks"), "code") == ["b"]
        assert column(items(client, "blocks", datetime="2019-12-31"), "code") == ["a"]
        assert column(items(client, "blocks", datetime="2020-01-01"), "code") == ["b"]
        both = {"datetime": "2019-12-31/.."}
        assert column(items(client, "blocks", **both), "code") == ["a", "b"]
        assert client.get("/ogc/collections/blocks/items/1").json()["properties"]["code"] == "a"
        assert ids(follow(client, items(client, "blocks", limit=1, **both))) == [1, 2]


def test_an_empty_district_has_empty_collections(db):
    district.init(db, Setting("空区", "319903", 4549, "Asia/Shanghai", 50.0))
    with serve(db) as client:
        for collection in LAYERS:
            assert "spatial" not in client.get(f"/ogc/collections/{collection}").json()["extent"]
            for form in ("geojson", "html", *FORMS):
                answer = client.get(
                    f"/ogc/collections/{collection}/items", params={"f": form}
                )  # fmt: skip
                assert answer.status_code == 200, form
            told = client.get(f"/ogc/collections/{collection}/tiles/WebMercatorQuad").json()
            assert told["tileMatrixSetLimits"] == []


def test_extents_follow_edits(town):
    with serve(town) as client:
        before = client.get("/ogc/collections/merchants").json()["extent"]["spatial"]["bbox"][0]
        with psycopg.connect(town) as conn:
            conn.execute(
                "update merchant set geom = st_translate(geom, 5000, 0) where external_id = 's1'"
            )
        after = client.get("/ogc/collections/merchants").json()["extent"]["spatial"]["bbox"][0]
    assert after[2] > before[2] + 0.03


def test_a_new_layer_touches_nothing_here(town, monkeypatch):
    """A declaration and its view are enough."""
    with psycopg.connect(town) as conn:
        conn.execute(
            "create view layer_famous as select id, name, stars, valid_from, valid_to, geom,"
            " tile_geom, 9 as from_zoom from merchant, (values ('-infinity'::date,"
            " 'infinity'::date)) as time (valid_from, valid_to) where stars = 4"
        )
    declared = LAYERS["merchants"]
    columns = tuple(it for it in declared.columns if it.name in ("name", "stars"))
    layer = declared._replace(
        key="famous", zh="名店", en="Famous shops", columns=columns, dated=True, budget=()
    )
    monkeypatch.setitem(LAYERS, "famous", layer)
    with serve(town) as client:
        told = client.get("/ogc/collections").json()["collections"]
        assert "famous" in [it["id"] for it in told]
        pages = list(follow(client, items(client, "famous", limit=3, filter="name like '店%'")))
        assert len(pages) > 1
        assert {it for page in pages for it in column(page, "stars")} == {4}
        home = "/ogc/collections/famous"
        assert "stars" in client.get(f"{home}/queryables").json()["properties"]
        limit = client.get(f"{home}/tiles/WebMercatorQuad").json()["tileMatrixSetLimits"][-1]
        tile = f"{limit['tileMatrix']}/{limit['minTileRow']}/{limit['minTileCol']}"
        assert client.get(f"{home}/tiles/WebMercatorQuad/{tile}").status_code in (200, 204)
        assert "/collections/famous/items" in client.get("/ogc/api").json()["paths"]


def test_no_district_says_what_to_do(db):
    with serve(db) as client:
        for path in ("/ogc", "/ogc/collections", "/ogc/collections/areas/items"):
            answer = client.get(path)
            assert answer.status_code == 503
            assert "luge init" in answer.json()["detail"]
