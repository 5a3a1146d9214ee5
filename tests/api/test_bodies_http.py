"""Bodies bound to a stretch, over HTTP: members, turns, and lists whose items move on."""

import pytest
from services import at_home

from geo.store import bodies
from geo.store.database import LOCAL, transaction

ROAD = "select name from road join segment on road_id = road.id where road.kind = 'road' limit 1"
DAY = "2031-05-01"


@pytest.fixture(scope="module")
def client(own):
    with at_home(own) as client:
        yield client


@pytest.fixture(scope="module")
def road(own):
    with transaction(own) as conn:
        return conn.execute(ROAD).fetchone()[0]


@pytest.fixture(scope="module")
def made(client, road):
    asked = {
        "kind": "street_council",
        "name": f"{road}街事会",
        "from": DAY,
        "where": [{"road": road}],
    }
    first = client.post("/api/bodies", json=asked, headers={"Idempotency-Key": "body-1"})
    again = client.post("/api/bodies", json=asked, headers={"Idempotency-Key": "body-1"})
    assert ok(first, 201) == ok(again, 201)
    assert client.post("/api/bodies", json=asked).status_code == 409
    return first.headers["location"]


def ok(answer, status=200):
    assert answer.status_code == status, answer.text
    return answer.json() if answer.content else None


def test_members_and_turns(client, made, own):
    def member(name, **more):
        asked = {"name": name, "from": DAY, "organisation": f"{name}单位", "phone": "139"} | more
        return client.post(f"{made}/members", json=asked)

    head, one, two = (ok(member(n, post=p), 201)["id"] for n, p in
                      (("钱", "head"), ("孙", "member"), ("李", "member")))  # fmt: skip
    assert member("周", post="head").status_code == 409
    assert member("周", chief=10**8).status_code == 404
    turns = {"members": [one, two], "every": 1, "unit": "month", "from": DAY, "to": "2031-08-01"}
    assert ok(client.post(f"{made}/turns", json=turns)) == {"turns": 3}
    assert ok(client.post(f"{made}/turns", json=turns | {"from": "2031-06-10"})) == {"turns": 2}
    body = ok(client.get(f"{made}?on={DAY}"))
    assert [turn["valid_from"] for turn in body["turns"]] == [
        DAY,
        "2031-06-01",
        "2031-06-10",
        "2031-07-10",
    ]
    assert {turn["name"] for turn in body["turns"]} == {None}
    assert [row["post"] for row in body["members"]] == ["head", "member", "member"]
    assert {(row["name"], row["phone"]) for row in body["members"]} == {(None, None)}
    with transaction(own) as conn:
        whole = bodies.read(conn, body["id"], DAY, LOCAL)
    assert {row["name"] for row in whole["members"]} == {"钱", "孙", "李"}
    assert client.delete(f"{made}/members/{head}?on=2031-06-01").status_code == 204
    assert len(ok(client.get(f"{made}?on=2031-06-01"))["members"]) == 2
    assert client.delete(f"{made}/members/99999").status_code == 404
    assert client.post(f"{made}/turns", json=turns | {"members": [99999]}).status_code == 404
    assert client.post(f"{made}/turns", json=turns | {"to": DAY}).status_code == 400


def test_items_of_the_three_lists_move_on(client, made, road):
    def put(**asked):
        return client.post(f"{made}/items", json=asked)

    spot = {"lon": 121.02, "lat": 31.12, "place": f"{road}口"}
    need = ok(put(list="need", title="停车位", contact="钱", phone="139", **spot), 201)["id"]
    ok(put(list="resource", title="会议室"), 201)
    ok(put(list="project", title="口袋公园"), 201)
    assert put(list="need", title="x", lon=121).status_code == 400
    assert put(list="wish", title="x").status_code == 422
    body = ok(client.get(made))
    (item,) = body["lists"]["need"]
    assert (item["status"], item["version"], item["contact"]) == ("open", 1, None)
    assert [item["lon"], item["lat"]] == pytest.approx([121.02, 31.12], abs=1e-6)
    assert body["open"] == {"need": 1, "resource": 1, "project": 1}

    path = f"{made}/items/{need}"
    first = {"If-Match": '"1"'}
    assert ok(client.post(path, json={"status": "active"}, headers=first)) == {"version": 2}
    assert client.post(path, json={"status": "done"}, headers=first).status_code == 412
    assert ok(client.post(path, json={"status": "done", "detail": "12个"})) == {"version": 3}
    body = ok(client.get(made))
    assert (body["lists"]["need"][0]["detail"], body["open"].get("need")) == ("12个", None)
    assert client.post(f"{made}/items/99999", json={"status": "done"}).status_code == 404


def test_bodies_are_found_by_road_and_kind(client, made, road):
    found = ok(client.get("/api/bodies", params={"road": road}))["bodies"]
    assert [row["roads"] for row in found] == [[road]]
    assert found[0]["metres"] > 0
    assert ok(client.get("/api/bodies?kind=alliance"))["bodies"] == []
    assert client.get("/api/bodies/99999").status_code == 404
    assert (
        client.post("/api/bodies/99999/items", json={"list": "need", "title": "x"}).status_code
        == 404
    )
