"""Cases over HTTP: what a page or another system sends and gets."""

import pytest
from services import at_home

from geo import crs
from geo.store.database import transaction

CENTRE = """
select st_x(p), st_y(p)
from (select st_transform(st_pointonsurface(geom), 4326) as p from block limit 1) as found
"""


@pytest.fixture(scope="module")
def client(own):
    with at_home(own) as client:
        yield client


@pytest.fixture(scope="module")
def body(own):
    with transaction(own) as conn:
        lon, lat = conn.execute(CENTRE).fetchone()
    return {"class": "市容环境", "lon": lon, "lat": lat, "description": "占道经营", "actor": "王"}


def file(client, body, **headers):
    answer = client.post("/api/cases", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    return answer


def step(client, code, action, expected=None, **headers):
    asked = {"action": action, "expected": expected}
    return client.post(f"/api/cases/{code}/steps", json=asked, headers=headers)


def test_filed_linked_and_read_again(client, body):
    filed = file(client, body)
    case = filed.json()
    assert filed.headers["location"] == f"/api/cases/{case['code']}"
    assert filed.headers["etag"] == '"1"'
    assert case["block"]
    assert (case["status"], case["actions"]) == ("reported", ["file", "cancel"])
    assert [case["lon"], case["lat"]] == pytest.approx([body["lon"], body["lat"]], abs=1e-6)
    read = client.get(filed.headers["location"])
    assert read.headers["etag"] == '"1"'
    assert read.json() == {k: v for k, v in case.items() if k != "near"}
    assert read.json()["steps"][0]["actor"] is None  # a name, for who may see names
    again = file(client, body).json()
    assert case["code"] in [near["code"] for near in again["near"]]


def test_other_datums_lead_to_the_same_place(client, body):
    lon, lat = crs.transform_points(body["lon"], body["lat"], "wgs84", "gcj02")
    case = file(client, body | {"lon": float(lon), "lat": float(lat), "crs": "gcj02"}).json()
    assert [case["lon"], case["lat"]] == pytest.approx([body["lon"], body["lat"]], abs=1e-6)


def test_a_step_and_what_cannot_be_done(client, body):
    code = file(client, body).json()["code"]
    assert step(client, code, "file").json()["status"] == "filed"
    refused = step(client, code, "verify")
    assert refused.status_code == 409
    problem = refused.json()
    assert (problem["status"], problem["title"]) == (409, "Conflict")
    assert problem["now"] == {"status": "filed", "version": 2, "actions": ["dispatch", "cancel"]}
    assert step(client, code, "dispatch", expected="reported").status_code == 409
    assert step(client, code, "dispatch", **{"If-Match": '"1"'}).status_code == 412
    assert step(client, code, "dispatch", **{"If-Match": '"other"'}).status_code == 412
    assert step(client, code, "dispatch", **{"If-Match": '"2"'}).status_code == 200
    assert step(client, code, "dance").status_code == 400
    assert step(client, "nowhere", "file").status_code == 404
    assert client.get("/api/cases/nowhere").status_code == 404


def test_sent_again_with_its_key_it_is_done_once(client, body):
    key = {"Idempotency-Key": "k-1"}
    code = file(client, body, **key).json()["code"]
    assert file(client, body, **key).json()["code"] == code
    other = client.post("/api/cases", json=body | {"class": "x"}, headers=key)
    assert other.status_code == 422
    assert "k-1" in other.json()["detail"]


@pytest.mark.parametrize(
    "wrong",
    [{"lon": 0, "lat": 0}, {"lon": 31.2, "lat": 121.4}, {"crs": "EPSG:1"}, {"crs": "gcj03"}],
)
def test_places_that_cannot_be(client, body, wrong):
    answer = client.post("/api/cases", json=body | wrong)
    assert answer.status_code == 400, answer.text


def test_a_page_of_another_site_cannot_write(client, body):
    answer = client.post("/api/cases", json=body, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


def test_pages_lead_on_to_the_end(client):
    found, query = [], "?status=reported&status=filed&limit=200"
    first = client.get(f"/api/cases{query}").json()
    page = first
    while page["next"] and len(found) < 600:
        found += page["cases"]
        page = client.get(f"/api/cases{query}&after={page['next']}").json()
    codes = [case["code"] for case in found]
    assert len(codes) == len(set(codes))
    times = [case["reported_at"] for case in found]
    assert times == sorted(times, reverse=True)
    assert {case["status"] for case in first["cases"]} <= {"reported", "filed"}


@pytest.mark.parametrize("query", ["status=lost", "after=x", "after=1.1.1"])
def test_what_cannot_be_asked(client, query):
    assert client.get(f"/api/cases?{query}").status_code == 400
