"""The chief's routes over HTTP: what a phone sends, and what it is told when it cannot be taken."""

from datetime import UTC, datetime, timedelta

import pytest
import shapely
from services import at_home

from geo.store.database import transaction

BEGUN = datetime.now(UTC) - timedelta(hours=1)


@pytest.fixture(scope="module")
def town(make_module_database, sample_url):
    """A copy of the sample district for this module to write to, where nobody has walked yet."""
    url = make_module_database(sample_url)
    with transaction(url) as conn:
        conn.execute("truncate patrol, pass, visit")
    return url


@pytest.fixture(scope="module")
def client(town):
    with at_home(town) as client:
        yield client


@pytest.fixture(scope="module")
def strip(client):
    """The strip of the chief with most segments."""
    chiefs = client.get("/api/strips").json()["chiefs"]
    code = max(chiefs, key=lambda chief: chief["segments"])["code"]
    answer = client.get(f"/api/chiefs/{code}/strip")
    assert answer.status_code == 200, answer.text
    return answer.json()


def begin(client, strip, key):
    body = {"key": key, "chief": strip["chief"]["code"], "begun_at": BEGUN.isoformat()}
    return client.post("/api/patrols", json=body)


def walked(strip):
    """Fixes along the axis of the longest segment, and its length in m."""
    segments = [s for road in strip["roads"] for s in road["segments"] if len(s["sides"]) == 2]
    segment = max(segments, key=lambda s: s["length_m"])
    line, n = shapely.LineString(segment["line"]), int(segment["length_m"] / 10)
    return [
        {"lon": p.x, "lat": p.y, "at": (BEGUN + timedelta(seconds=5 * i)).isoformat(),
         "accuracy_m": 5.0}
        for i in range(n + 1) for p in [line.interpolate(i / n, normalized=True)]
    ], segment  # fmt: skip


def test_a_patrol_from_begin_to_end(client, strip):
    assert begin(client, strip, "a").status_code == 201
    fixes, segment = walked(strip)
    half = len(fixes) // 2
    for part in (fixes[half:], fixes[: half + 1], fixes[half:]):
        answer = client.post("/api/patrols/a/fixes", json={"fixes": part})
        assert answer.status_code == 200, answer.text
    passed = [row for row in answer.json()["passed"] if row["segment"] == segment["id"]]
    metres = sum(row["to_m"] - row["from_m"] for row in passed)
    sides = 2 if segment["narrow"] else 1
    # On the axis itself rounding decides the side of a wide road.
    assert metres <= sides * segment["length_m"] + 1e-6
    if sides == 2:
        assert metres == pytest.approx(sides * segment["length_m"], abs=1)
    ended = client.post("/api/patrols/a/end", json={"ended_at": datetime.now(UTC).isoformat()})
    assert ended.status_code == 200
    again = client.get(f"/api/chiefs/{strip['chief']['code']}/strip").json()
    assert again["last_patrol"]["metres"] == pytest.approx(answer.json()["metres"])


def test_sent_again_it_is_the_same_patrol(client, strip):
    assert [begin(client, strip, "b").status_code for _ in range(2)] == [201, 201]
    other = {"key": "b", "chief": "LZ001", "begun_at": BEGUN.isoformat()}
    answer = client.post("/api/patrols", json=other)
    assert answer.status_code == 422
    assert "'b'" in answer.json()["detail"]


def test_a_shop_is_visited(client, strip):
    doors = [d for r in strip["roads"] for s in r["segments"] for side in s["sides"]
             for d in side["doors"] if d["kind"] == "merchant"]  # fmt: skip
    assert all(door["due"] for door in doors)
    body = {"key": "v", "chief": strip["chief"]["code"], "merchant": doors[0]["code"],
            "at": datetime.now(UTC).isoformat(), "good": True}  # fmt: skip
    for _ in range(2):
        assert client.post("/api/visits", json=body).status_code == 201
    wrong = client.post("/api/visits", json=body | {"key": "w", "merchant": "none"})
    assert (wrong.status_code, wrong.json()["detail"]) == (
        404, "there is no merchant 'none' any more"
    )  # fmt: skip


FIX = {"lon": 121.0, "lat": 31.1, "at": "2026-01-01T08:00:00Z", "accuracy_m": 5.0}


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("patrols/nowhere/fixes", {"fixes": [FIX]}, 404),
        ("patrols/nowhere/end", {"ended_at": BEGUN.isoformat()}, 404),
        ("patrols/b/fixes", {"fixes": []}, 422),
        ("patrols/b/fixes", {"fixes": [FIX | {"accuracy_m": -1.0}]}, 422),
        ("patrols/b/fixes", {"fixes": [FIX | {"at": "yesterday"}]}, 422),
        ("patrols/b/fixes", {"fixes": [FIX], "crs": "gcj03"}, 400),
        ("patrols", {"key": "", "chief": "LZ001", "begun_at": BEGUN.isoformat()}, 422),
        ("patrols", {"key": "c", "chief": "none", "begun_at": BEGUN.isoformat()}, 404),
        ("patrols", {"key": "c", "chief": "LZ001", "begun_at": "2099-01-01T00:00:00Z"}, 400),
        ("patrols", {"key": "c", "chief": "LZ001", "begun_at": "0001-01-01T00:00:00Z"}, 400),
        ("patrols/b/end", {"ended_at": "9999-12-31T23:59:59-14:00"}, 400),
    ],
)
def test_what_cannot_be_taken(client, strip, path, body, status):
    begin(client, strip, "b")
    answer = client.post(f"/api/{path}", json=body)
    assert answer.status_code == status, answer.text
    assert answer.json()["detail"]


@pytest.mark.parametrize("path", ["patrols", "patrols/a/fixes", "patrols/a/end", "visits"])
def test_a_page_of_another_site_cannot_write(client, path):
    answer = client.post(f"/api/{path}", json={}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


def test_no_strip_of_nobody(client):
    assert client.get("/api/chiefs/none/strip").status_code == 404
