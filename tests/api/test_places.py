"""What is here, what is called so, and the district at a glance."""

import psycopg
import pytest
from services import serve

from geo import crs

UNITS = ("district", "street", "community", "block", "grids", "road", "station")


@pytest.fixture(scope="module")
def some(sample_url):
    """A few incidents of the sample with their stored links, in degrees."""
    with psycopg.connect(sample_url) as conn:
        return conn.execute(
            "select st_x(g), st_y(g), b.code, i.segment_id, i.side, i.chainage_m, i.offset_m"
            " from incident i join block b on b.id = i.block_id,"
            " lateral (select st_transform(i.geom, 4326) as g) as t"
            " where i.segment_id is not null order by i.id limit 2000"
        ).fetchall()


def test_the_district_at_a_glance(client):
    found = client.get("/api/district").json()
    assert found["name"] == "云汀区"
    west, south, east, north = found["bounds"]
    assert 120 < west < east < 122
    assert 30 < south < north < 32
    assert found["counts"]["incident"] == 60_000
    assert {s["code"] for s in found["systems"]} == {"management", "party", "police"}
    assert all(s["plan"] for s in found["systems"])


def test_areas_come_with_their_people(client):
    areas = client.get("/api/areas").json()["areas"]
    levels = [area["level"] for area in areas]
    assert levels.count("district") == 1
    assert levels.count("street") == 3
    assert levels.count("community") == 12
    of = {level: sum(a["people"] for a in areas if a["level"] == level) for level in set(levels)}
    assert of["district"] == of["street"] == of["community"] == 175_000


def test_locate_answers_all_units_of_a_place(client, some):
    lon, lat, block, segment, side, chainage, offset = some[0]
    place = client.get("/api/locate", params={"lon": lon, "lat": lat}).json()
    assert all(place[unit] for unit in UNITS)
    assert place["block"]["code"] == block
    assert place["block"]["code"].startswith(place["community"]["code"])
    assert {grid["system"] for grid in place["grids"]} == {"management", "party", "police"}
    road = place["road"]
    assert (road["segment_id"], road["side"]) == (segment, side)
    assert road["chainage_m"] == pytest.approx(chainage, abs=0.02)
    assert road["offset_m"] == pytest.approx(offset, abs=0.02)


def test_the_station_is_the_nearest_on_foot(client, sample_url):
    """Where the straight line crosses the river it is another than the nearest by that line."""
    with psycopg.connect(sample_url) as conn:
        blocks = conn.execute(
            "select st_x(p), st_y(p), reach.station_id, minutes, station.id"
            " from block join reach on layer = 'blocks' and unit_id = block.id"
            " cross join lateral st_transform(st_pointonsurface(block.geom), 4326) as p"
            " cross join lateral (select id from station"
            "   order by geom <-> st_pointonsurface(block.geom), id limit 1) as station"
            " where minutes is not null order by block.id"
        ).fetchall()
    other = [row for row in blocks if row[2] != row[4]]
    assert len(other) > 20
    places = client.post("/api/locate", json={"points": [row[:2] for row in other]}).json()
    for (*_, station, minutes, _), place in zip(other, places["places"], strict=True):
        assert place["station"]["id"] == station
        assert place["station"]["minutes"] == pytest.approx(minutes)
        assert place["station"]["metres"] >= 0


def test_without_a_block_the_station_is_the_nearest_straight(client):
    station = client.get("/api/locate", params={"lon": 121.2, "lat": 31.0}).json()["station"]
    assert (station["minutes"], station["metres"]) == (None, None)
    assert station["distance_m"] > 1000


def test_the_batch_agrees_with_the_stored_links(client, some):
    points = [row[:2] for row in some]
    places = client.post("/api/locate", json={"points": points}).json()["places"]
    assert [place["block"]["code"] for place in places] == [row[2] for row in some]
    # Degrees carry a few nanometres of rounding, which may decide between equally near segments.
    same = [p["road"]["segment_id"] == row[3] for p, row in zip(places, some, strict=True)]
    assert sum(same) >= len(some) - 2


@pytest.mark.parametrize("datum", ["gcj02", "bd09", "cgcs2000", "EPSG:4549"])
def test_the_same_place_in_another_datum_is_the_same_place(client, some, datum):
    lon, lat = some[0][:2]
    here = client.get("/api/locate", params={"lon": lon, "lat": lat}).json()
    x, y = crs.transform_points(lon, lat, "wgs84", datum)
    there = client.get(
        "/api/locate", params={"lon": float(x), "lat": float(y), "crs": datum}
    ).json()
    assert there["block"] == here["block"]
    assert there["road"]["chainage_m"] == pytest.approx(here["road"]["chainage_m"], abs=0.01)


def test_as_of_before_the_first_plan_there_are_no_grids(client, some):
    params = {"lon": some[0][0], "lat": some[0][1], "as_of": "2020-01-01"}
    place = client.get("/api/locate", params=params).json()
    assert place["grids"] == []
    assert place["road"]["chiefs"] == []
    assert place["block"]


def test_far_away_there_is_nothing_but_an_answer(client):
    place = client.get("/api/locate", params={"lon": 121.9, "lat": 31.9}).json()
    assert [place[unit] for unit in UNITS[:4]] == [None] * 4
    assert place["grids"] == []
    assert place["road"] is None


def test_chiefs_of_a_road_are_named(client, sample_url):
    with psycopg.connect(sample_url) as conn:
        lon, lat, name = conn.execute(
            "select st_x(g), st_y(g), c.name from duty d join chief c on c.id = d.chief_id"
            " join segment s on s.id = d.segment_id, lateral (select st_transform("
            " st_lineinterpolatepoint(s.geom, 0.5), 4326) as g) as t"
            " where d.side = 'L' and d.role = 'first' order by d.id limit 1"
        ).fetchone()
    road = client.get("/api/locate", params={"lon": lon, "lat": lat}).json()["road"]
    assert name in [chief["name"] for chief in road["chiefs"]]
    assert all(chief["answers"] == chief["name"] for chief in road["chiefs"])


@pytest.mark.parametrize(
    ("params", "status", "says"),
    [
        ({"lon": 500, "lat": 31, "crs": "gcj02"}, 400, "China"),
        ({"lon": 121, "lat": 31, "crs": "moon"}, 400, "moon"),
        ({"lon": "nan", "lat": 31}, 422, "lon"),
        ({"lat": 31}, 422, "lon"),
        ({"lon": 121, "lat": 31, "as_of": "last March"}, 422, "as_of"),
    ],
)
def test_a_bad_question_gets_a_problem(client, params, status, says):
    answer = client.get("/api/locate", params=params)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert says in answer.text


def test_the_batch_is_bounded(client):
    answer = client.post("/api/locate", json={"points": [[121, 31]] * 10_001})
    assert answer.status_code == 422
    assert client.post("/api/locate", json={"points": []}).status_code == 422


def test_search_finds_names_and_codes(client):
    community = client.get("/api/areas").json()["areas"][-1]
    for text in (community["name"], community["code"], community["code"][:11]):
        results = client.get("/api/search", params={"q": text}).json()["results"]
        assert community["code"] in [hit["code"] for hit in results]
    first = client.get("/api/search", params={"q": community["name"]}).json()["results"][0]
    assert (first["kind"], first["code"]) == ("area", community["code"])
    west, south, east, north = first["bbox"]
    assert west < first["lon"] < east
    assert south < first["lat"] < north


@pytest.mark.parametrize("text", ["%", "_", "\\", "'; drop table area; --", "没有这个名字"])
def test_search_takes_its_text_literally(client, text):
    assert client.get("/api/search", params={"q": text}).json() == {"results": []}


def test_an_empty_database_says_what_to_do(db):
    with serve(db) as client:
        answer = client.get("/api/district")
    assert answer.status_code == 503
    assert "luge init" in answer.json()["detail"]


@pytest.mark.parametrize("spaced", [False, True])
def test_search_finds_an_address(client, sample_url, spaced):
    with psycopg.connect(sample_url) as conn:
        name, address = conn.execute(
            "select name, address from merchant where address ~ '路[0-9]+号$' order by id limit 1"
        ).fetchone()
    text = address.replace("路", "路 ") if spaced else address
    results = client.get("/api/search", params={"q": text, "limit": 50}).json()["results"]
    assert name in [hit["name"] for hit in results]
    assert all(address in (hit["detail"] or "") + hit["name"] for hit in results)


def test_search_finds_a_lane_written_with_a_space(client, sample_url):
    with psycopg.connect(sample_url) as conn:
        lanes = conn.execute("select name from road where name ~ '路[0-9]+弄$' limit 1")
        (name,) = lanes.fetchone()
    results = client.get("/api/search", params={"q": name.replace("路", "路 ")}).json()["results"]
    assert (results[0]["kind"], results[0]["name"]) == ("road", name)


def test_search_reads_coordinates_in_every_datum(client):
    results = client.get("/api/search", params={"q": "121.0, 31.11"}).json()["results"]
    assert [hit["code"] for hit in results] == ["wgs84", "gcj02", "bd09", "cgcs2000"]
    for hit in results:
        x, y = crs.transform_points([hit["lon"]], [hit["lat"]], "wgs84", hit["code"])
        assert (x[0], y[0]) == pytest.approx((121.0, 31.11), abs=1e-6)


def test_a_line_is_measured_in_the_districts_metres(client):
    lon, lat = crs.transform_points([3e5, 3e5 + 300, 3e5 + 300], [3.45e6, 3.45e6, 3.45e6 + 400],
                                    "EPSG:4549", "wgs84")  # fmt: skip
    body = {"points": list(zip(lon.tolist(), lat.tolist(), strict=True))}
    found = client.post("/api/measure", json=body).json()
    assert found["length_m"] == pytest.approx(700, abs=0.001)
    assert found["around_m"] == pytest.approx(1200, abs=0.001)
    assert found["area_m2"] == pytest.approx(60_000, abs=1)
    assert found["srid"] == 4549
    assert client.post("/api/measure", json={"points": []}).status_code == 422


def test_a_line_beyond_the_earth_is_refused(client):
    answer = client.post("/api/measure", json={"points": [[121.0, 31.1], [5e16, 5e99]]})
    assert answer.status_code == 400
    assert "beyond the Earth" in answer.json()["detail"]
