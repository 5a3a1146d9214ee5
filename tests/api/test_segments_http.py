"""Segments and sides over HTTP: read, walked along, split, joined and drawn anew."""

import pytest
from services import at_home

from geo.store.database import transaction

BUSY = """
select segment_id, side from merchant join segment on segment.id = segment_id
where segment.kind = 'road' group by 1, 2 order by count(*) desc, 1 limit 1
"""


@pytest.fixture(scope="module")
def client(own):
    with at_home(own) as client:
        yield client


@pytest.fixture(scope="module")
def busy(own):
    with transaction(own) as conn:
        return conn.execute(BUSY).fetchone()


def ok(answer, status=200):
    assert answer.status_code == status, answer.text
    return answer.json()


def doors(client, segment, side):
    return ok(client.get(f"/api/sides/{segment}/{side}"))["doors"]


def test_doors_stand_in_walking_order_and_split_and_join_leave_them(client, busy):
    segment, side = busy
    walked = ok(client.get(f"/api/sides/{segment}/{side}"))
    along = [door["chainage_m"] for door in walked["doors"]]
    assert len(along) > 3
    assert along == sorted(along)
    assert 0 <= along[0] <= along[-1] <= walked["length_m"]
    assert {door["phone"] for door in walked["doors"]} == {None}
    assert any(door["number"] for door in walked["doors"])
    read = client.get(f"/api/segments/{segment}")
    before = ok(read)
    assert before["axis"]["type"] == "LineString"
    assert read.headers["etag"] == f'"{before["version"]}"'

    at_m = walked["length_m"] / 2
    stale = {"If-Match": '"other"'}
    path = f"/api/segments/{segment}"
    assert client.post(f"{path}/split", json={"at_m": at_m}, headers=stale).status_code == 412
    asked = {"If-Match": read.headers["etag"], "Idempotency-Key": "split-1"}
    done = ok(client.post(f"{path}/split", json={"at_m": at_m}, headers=asked))
    assert ok(client.post(f"{path}/split", json={"at_m": at_m}, headers=asked)) == done
    first, second = (one["id"] for one in done["segments"])
    assert first == segment
    parts = doors(client, first, side) + doors(client, second, side)
    assert [door["id"] for door in parts] == [door["id"] for door in walked["doors"]]
    joined = ok(client.post(f"/api/segments/{second}/join", json={"other": first}))
    assert [one["id"] for one in joined["segments"]] == [segment]
    assert joined["segments"][0]["axis"] == before["axis"]
    for now, then in zip(doors(client, segment, side), walked["doors"], strict=True):
        assert now["id"] == then["id"]
        assert now["chainage_m"] == pytest.approx(then["chainage_m"], abs=1e-5)


def test_drawn_anew(client, busy):
    segment, _ = busy
    before = ok(client.get(f"/api/segments/{segment}"))
    line = before["axis"]["coordinates"]
    middle = [(line[0][n] + line[-1][n]) / 2 for n in (0, 1)]
    middle[0] += 1e-5
    drawn = {"line": [line[-1], middle, line[0]]}
    done = ok(client.post(f"/api/segments/{segment}/redraw", json=drawn))
    after = done["segments"][0]
    assert after["axis"]["coordinates"][0] == pytest.approx(line[0], abs=1e-6)
    assert len(after["axis"]["coordinates"]) == 3
    assert after["version"] != before["version"]


@pytest.mark.parametrize(
    ("path", "asked", "status"),
    [
        ("/api/segments/999999/split", {"at_m": 5}, 404),
        ("/api/segments/1/split", {"at_m": 0}, 409),
        ("/api/segments/1/join", {"other": 1}, 409),
        ("/api/segments/1/redraw", {"line": [[0, 0], [1, 1]]}, 409),
        ("/api/segments/1/redraw", {"line": [[0, 0], [1, 1]], "crs": "moon"}, 400),
        ("/api/segments/1/split", {"at_m": "x"}, 422),
    ],
)
def test_what_cannot_be_done(client, path, asked, status):
    answer = client.post(path, json=asked)
    assert answer.status_code == status, answer.text


def test_what_is_not_there(client):
    assert client.get("/api/segments/999999").status_code == 404
    assert client.get("/api/sides/999999/L").status_code == 404
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    assert client.post("/api/segments/1/split", json={}, headers=elsewhere).status_code == 403


def test_lanes_and_compounds_behind_a_side(client, own):
    with transaction(own) as conn:
        with_compound = conn.execute(
            "select segment_id, side, area.name from segment_side join area on level = 'compound'"
            " and st_area(st_intersection(area.geom, frontage)) > 50 order by 1 limit 1"
        ).fetchone()
        lane = conn.execute(
            "select s.segment_id, s.side, lane.id from segment_side s"
            " join segment own on own.id = s.segment_id and own.kind = 'road'"
            " join segment lane on lane.kind = 'lane' and st_intersects(lane.geom, s.frontage)"
            " order by 1 limit 1"
        ).fetchone()
    segment, side, name = with_compound
    behind = ok(client.get(f"/api/sides/{segment}/{side}"))
    assert name in [compound["name"] for compound in behind["compounds"]]
    for compound in behind["compounds"]:
        assert 0 <= compound["from_m"] < compound["to_m"] <= behind["length_m"] + 1e-6
    segment, side, lane_id = lane
    lanes = ok(client.get(f"/api/sides/{segment}/{side}"))["lanes"]
    assert lane_id in [one for row in lanes for one in row["segments"]]
