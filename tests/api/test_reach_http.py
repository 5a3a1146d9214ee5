"""Reach over HTTP and on the command line: the same figures, and what cannot be asked refused."""

import csv
import io
import json

import psycopg
import pytest
import shapely
from commands import luge

from api.reach import _solving


def test_who_is_within_reach(client, sample_url):
    found = client.get("/api/reach").json()
    assert found["stations"] == {"district": 1, "street": 3, "community": 12, "other": 30}
    assert found["walking_m_s"] == 1
    assert [band["minutes"] for band in found["bands"]] == [5, 10, 15]
    with psycopg.connect(sample_url) as conn:
        (shops,) = conn.execute(
            "select count(*) from reach where layer = 'merchants' and minutes > 10"
        ).fetchone()
    assert found["bands"][1]["merchants"]["beyond"] == shops > 0
    for band in found["bands"]:
        for what in ("households", "merchants", "compounds", "blocks"):
            assert band[what]["within"] + band[what]["beyond"] == band[what]["all"]


def test_a_stations_catchment_is_ground_around_it(client):
    found = client.get("/api/reach/stations/ZD001").json()
    shapes = [shapely.from_geojson(json.dumps(c["geometry"])) for c in found["catchments"]]
    assert [c["minutes"] for c in found["catchments"]] == [5, 10, 15]
    assert shapes[0].contains(shapely.Point(found["lon"], found["lat"]))
    assert shapes[2].buffer(1e-6).contains(shapes[0])
    households = [c["households"] for c in found["catchments"]]
    assert households == sorted(households)
    assert client.get("/api/reach/stations/nowhere").status_code == 404


def test_places_beyond_and_checks(client):
    found = client.get("/api/reach/places", params={"layer": "compounds", "beyond": 20}).json()
    assert found["places"]
    assert all(place["minutes"] > 20 for place in found["places"])
    checks = client.get("/api/reach/checks", params={"target": "1+12+60+X"}).json()["checks"]
    assert [c["key"] for c in checks] == ["tiers", "district", "street", "community", "within_1_km"]
    assert not checks[0]["met"]


def test_further_stations_among_blocks_and_given_sites(client):
    query = {"stations": 2, "seconds": 30}
    found = client.get("/api/reach/gain", params=query).json()
    assert found["candidates"] == 1207
    shares = [found["before"]["share"], *(step["after"]["share"] for step in found["steps"])]
    assert shares == sorted(shares)
    assert shares[-1] > shares[0]
    at = [[site["lon"], site["lat"]] for site in found["steps"][-1]["sites"]]
    again = client.post("/api/reach/gain", json={**query, "at": at}).json()
    # The same points, but on the road by their rounded places.
    assert again["steps"][-1]["gain"] == pytest.approx(found["steps"][-1]["gain"], rel=0.02)


def test_one_search_at_a_time(client):
    assert _solving.acquire(blocking=False)
    try:
        answer = client.get("/api/reach/gain")
    finally:
        _solving.release()
    assert answer.status_code == 503
    assert answer.headers["retry-after"]


@pytest.mark.parametrize(
    ("path", "query", "status", "said"),
    [
        ("/api/reach/places", {"layer": "grids"}, 422, "layer"),
        ("/api/reach/places", {"beyond": "-1"}, 422, "beyond"),
        ("/api/reach/places", {"area": "nowhere"}, 400, "no area"),
        ("/api/reach/checks", {"target": "many"}, 400, "1+12+60+X"),
        ("/api/reach/gain", {"stations": "99"}, 422, "stations"),
        ("/api/reach/gain", {"by": "luck"}, 422, "by"),
    ],
)
def test_what_cannot_be_asked_is_refused(client, path, query, status, said):
    answer = client.get(path, params=query)
    assert answer.status_code == status
    assert said in answer.json()["detail"]


def test_sites_that_lie_nowhere_near_a_road(client):
    answer = client.post("/api/reach/gain", json={"at": [[0.0, 0.0]]})
    assert answer.status_code == 400
    assert "near" in answer.json()["detail"] or "within 300 m" in answer.json()["detail"]


def table(text):
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def test_the_command_line_says_the_same(client, sample_url, tmp_path):
    bands = client.get("/api/reach").json()["bands"]
    rows = table(luge(sample_url, "reach", "--csv", "-").stdout)
    told = {(r["minutes"], r["what"]): int(r["beyond"]) for r in rows}
    assert told[("15", "households")] == bands[2]["households"]["beyond"]
    assert f"{bands[0]['blocks']['within']} of 1207" in luge(sample_url, "reach").stdout
    out = tmp_path / "far.csv"
    luge(sample_url, "reach", "places", "--layer", "compounds", "--csv", out)
    far = table(out.read_text("utf-8"))
    assert len(far) == bands[2]["compounds"]["beyond"]
    done = luge(sample_url, "reach", "checks", "--csv", "-", check=False)
    assert done.returncode == 1
    assert {row["check"] for row in table(done.stdout)} == {"within_1_km"}


def test_sites_from_a_file(sample_url, tmp_path):
    sites = tmp_path / "sites.csv"
    sites.write_text("lon,lat\n121.02,31.07\n121.035,31.115\n")
    words = ["reach", "gain", "--stations", "2", "--sites", sites]
    rows = table(luge(sample_url, *words, "--csv", "-").stdout)
    assert [row["candidate"] for row in rows if row["stations"] == "2"] == ["0", "1"]
    assert "on average" in luge(sample_url, *words, "--by", "median").stdout
    sites.write_text("lon,lat\n121.02,north\n")
    said = luge(sample_url, *words, check=False).stderr
    assert "row 2: lon and lat are not both numbers" in said
