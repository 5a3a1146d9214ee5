"""How things stand, against the same figures worked out with pandas."""

from datetime import datetime

import httpx2 as httpx
import pandas as pd
import psycopg
import pytest
from starlette.testclient import TestClient

from api.app import create_app
from geo.store.settings import Settings

ZONE = "Asia/Shanghai"
# In the sample's last week, not on the hour.
AT = "2026-06-27T15:40:00+08:00"


@pytest.fixture(scope="module")
def incidents(sample_url):
    with psycopg.connect(sample_url) as conn:
        cursor = conn.execute(
            "select id, external_id, class, status, reported_at, due_at, handled_at, closed_at,"
            " block_id, st_x(geom) as x, st_y(geom) as y from incident"
        )
        frame = pd.DataFrame(cursor.fetchall(), columns=[c.name for c in cursor.description])
    for column in ("reported_at", "due_at", "handled_at", "closed_at"):
        frame[column] = pd.to_datetime(frame[column], utc=True).dt.tz_convert(ZONE)
    return frame


def late(still, now):
    """Which open cases were not handled in time."""
    return still.due_at < still.handled_at.fillna(now)


def told(response: httpx.Response) -> dict:
    assert response.status_code == 200, response.text
    return response.json()


def test_now_counts_what_is_open(client, incidents):
    now = told(client.get("/api/now"))
    still = incidents[~incidents.status.isin(["closed", "cancelled"])]
    assert now["states"] == still.status.value_counts().to_dict()
    assert now["open"] == len(still)
    assert now["late"] == late(still, pd.Timestamp(now["at"])).sum()
    midnight = pd.Timestamp(now["at"]).tz_convert(ZONE).normalize()
    assert now["reported_today"] == (incidents.reported_at >= midnight).sum()


@pytest.mark.parametrize(("part", "unit", "count"), [("hours", "h", 24), ("days", "D", 30)])
def test_trends_are_counted_in_local_time(client, incidents, part, unit, count):
    steps = pd.DataFrame(told(client.get("/api/trends", params={"at": AT}))[part])
    assert len(steps) == count
    at = pd.to_datetime(steps["at"])
    assert at.iloc[-1] == pd.Timestamp(AT).tz_localize(None).floor(unit)
    assert (at.diff().dropna() == pd.Timedelta(1, unit)).all()
    valid = incidents[incidents.status != "cancelled"]
    for name, times in (("reported", valid.reported_at), ("closed", incidents.closed_at)):
        counted = times.dropna().dt.tz_localize(None).dt.floor(unit).value_counts()
        assert steps[name].tolist() == at.map(counted).fillna(0).astype(int).tolist()


def test_grids_are_those_with_most_late_cases(client, incidents, sample_url):
    grids = pd.DataFrame(told(client.get("/api/trends"))["grids"])
    with psycopg.connect(sample_url) as conn:
        pairs = conn.execute(
            "select block_id, grid.code from assignment join grid on grid.id = grid_id"
            " join grid_system s on s.id = grid.system_id where s.code = 'management'"
        ).fetchall()
    still = incidents[~incidents.status.isin(["closed", "cancelled"])]
    codes = still.block_id.map(dict(pairs)).dropna()
    assert dict(zip(grids.code, grids.open, strict=True)).items() <= (
        codes.value_counts().to_dict().items()
    )
    assert grids.late.is_monotonic_decreasing
    assert grids.late.iloc[0] == codes[late(still, pd.Timestamp.now(ZONE))].value_counts().max()


def test_old_data_end_where_their_reports_end(client, incidents):
    trends = told(client.get("/api/trends"))
    last = incidents.reported_at.sort_values().iloc[-30]
    asleep = last < pd.Timestamp.now(ZONE) - pd.Timedelta(30, "D")
    assert trends["asleep"] == asleep
    if asleep:
        assert pd.Timestamp(trends["until"]) == last


def test_a_time_without_a_zone_and_an_unknown_datum_are_refused(client):
    assert client.get("/api/trends", params={"at": "2026-06-27T15:40:00"}).status_code == 422
    asked = {"lon": 121, "lat": 31.1, "crs": "mars"}
    assert client.get("/api/spot", params=asked).status_code == 400


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("trends?at=0001-01-01T00:00:00Z", 400),
        ("trends?at=9999-12-31T23:59:59Z", 400),
        ("search?q=%00", 422),
        ("cases?text=a%00b", 422),
    ],
)
def test_what_no_database_keeps_is_refused(client, asked, status):
    assert client.get(f"/api/{asked}").status_code == status


def test_classes_are_all_there_are(client, incidents):
    classes = told(client.get("/api/classes"))["classes"]
    assert {one["class"] for one in classes} == set(incidents["class"])
    assert classes[0]["class"] == incidents["class"].value_counts().index[0]


def test_a_spot_tells_what_was_there(client, incidents):
    case = told(client.get("/api/cases", params={"limit": 1}))["cases"][0]
    asked = {"lon": case["lon"], "lat": case["lat"], "class": case["class"], "but": case["code"]}
    spot = told(client.get("/api/spot", params=asked))
    row = incidents[incidents.id == case["id"]].iloc[0]
    away = ((incidents.x - row.x) ** 2 + (incidents.y - row.y) ** 2) ** 0.5
    there = incidents[(away <= 50) & (incidents.id != case["id"])]
    counted = there[there.status != "cancelled"]["class"].value_counts().to_dict()
    assert {one["class"]: one["reported"] for one in spot["classes"]} == counted
    assert {one["code"] for one in spot["cases"]} <= set(there.external_id)
    assert len(spot["cases"]) == min(30, len(there))


def test_a_case_that_may_be_the_same_is_marked(make_database, sample_url):
    app = create_app(Settings(database_url=make_database(sample_url)))
    with TestClient(app, client=("127.0.0.1", 50000)) as client:
        place = {"lon": 121.0055, "lat": 31.1051}
        said = {**place, "class": "噪声扰民"}
        code = client.post("/api/cases", json=said).json()["code"]
        spot = told(client.get("/api/spot", params=said))
        assert [one["code"] for one in spot["cases"] if one["same"]] == [code]
        assert spot["cases"][0]["code"] == code
        other = told(client.get("/api/spot", params={**place, "class": "违法停车"}))
        assert not any(one["same"] for one in other["cases"])
        now = told(client.get("/api/now"))
        assert now["reported_today"] >= 1
        assert datetime.fromisoformat(now["newest"]) <= datetime.fromisoformat(now["at"])
