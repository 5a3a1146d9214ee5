"""Duties over HTTP: chiefs, assignments, handovers, leave, rotations and rosters."""

import pytest
from services import at_home

from geo.store.database import transaction
from geo.store.settings import Settings

DAY = "2031-05-01"
ROAD = "select name from road join segment on road_id = road.id where road.kind = 'road' limit 1"


@pytest.fixture(scope="module")
def client(own, tmp_path_factory):
    with at_home(own, Settings(database_url=own, home=tmp_path_factory.mktemp("home"))) as client:
        yield client


@pytest.fixture(scope="module")
def road(own):
    """A road on which nobody has anything any more."""
    with transaction(own) as conn:
        (name,) = conn.execute(ROAD).fetchone()
        conn.execute("delete from duty")
        return name


@pytest.fixture(scope="module")
def people(client):
    made = [
        client.post("/api/chiefs", json={"name": name, "department": "街道办", "phone": "138"})
        for name in ("甲一", "乙二", "丙三")
    ]
    assert {answer.status_code for answer in made} == {201}
    return [answer.json()["id"] for answer in made]


def ok(answer, status=200):
    assert answer.status_code == status, answer.text
    return answer.json() if answer.content else None


def metres(client, **asked):
    found = ok(client.get("/api/duties", params={"limit": 2000, **asked}))
    assert found["next"] is None
    return sum(row["metres"] for row in found["duties"])


def test_from_assignment_to_handover(client, people, road):
    first, second, third = people
    asked = {"chief": first, "role": "first", "from": DAY, "where": [{"road": road}]}
    key = {"Idempotency-Key": "duty-1"}
    made = ok(client.post("/api/duties", json=asked, headers=key), 201)
    assert ok(client.post("/api/duties", json=asked, headers=key), 201) == made
    refused = client.post("/api/duties", json=asked | {"chief": second})
    assert refused.status_code == 409
    assert refused.json()["holders"][0]["name"] == "甲一"
    assert "hand it over" in refused.json()["detail"]
    whole = metres(client, on=DAY, road=road, role="first")
    assert whole > 0
    assert metres(client, on="2031-04-30", road=road) == 0

    given = {"giver": first, "taker": second, "on": "2031-06-01"}
    done = ok(client.post("/api/duties/handover", json=given))
    assert done == {"duties": len(made["duties"]), "metres": pytest.approx(whole)}
    assert metres(client, on="2031-06-01", chief=second) == pytest.approx(whole)
    assert metres(client, on="2031-05-31", chief=first) == pytest.approx(whole)
    assert client.post("/api/duties/handover", json=given).status_code == 404

    leave = {"from": "2031-07-01", "to": "2031-07-08", "deputy": third}
    leave_id = ok(client.post(f"/api/chiefs/{second}/leave", json=leave), 201)["id"]
    row = ok(client.get("/api/duties", params={"on": "2031-07-02", "chief": third}))["duties"][0]
    assert (row["name"], row["answers_name"], row["phone"]) == ("乙二", "丙三", None)
    assert client.post(f"/api/chiefs/{second}/leave", json=leave).status_code == 409
    assert leave_id in [one["id"] for one in ok(client.get("/api/leaves?on=2031-07-02"))["leaves"]]
    told = ok(client.get(f"/api/chiefs/{second}?on=2031-07-02"))
    assert (told["answers_name"], told["back_on"], told["roles"]) == (
        "丙三",
        "2031-07-08",
        ["first"],
    )
    assert client.delete(f"/api/leaves/{leave_id}?on=2031-07-01").status_code == 204
    assert client.delete(f"/api/leaves/{leave_id}").status_code == 404

    vacant = ok(client.get("/api/duties/vacant", params={"on": DAY, "road": road}))
    assert (vacant["number"], vacant["metres"]) == (0, 0)
    later = ok(client.get("/api/duties", params={"on": "2031-06-01", "limit": 2000}))["duties"]
    ended = {"duties": [row["id"] for row in later], "on": "2031-08-01"}
    assert ok(client.post("/api/duties/end", json=ended)) == {"ended": len(later)}
    vacant = ok(client.get("/api/duties/vacant", params={"on": "2031-08-01", "road": road}))
    assert vacant["metres"] == pytest.approx(whole)


def test_a_rota_and_its_calendar(client, people, road):
    asked = {
        "name": "一号轮值", "chiefs": people, "every": 2, "unit": "week", "from": "2032-01-05",
        "to": "2032-03-01", "where": [{"road": road, "side": "左"}],
    }  # fmt: skip
    answer = client.post("/api/rotas", json=asked)
    made = ok(answer, 201)
    assert made["turns"] == 4
    rota = ok(client.get(answer.headers["location"], params={"on": "2032-01-20"}))
    assert [turn["name"] for turn in rota["calendar"]] == ["甲一", "乙二", "丙三", "甲一"]
    assert rota["turn"]["name"] == "乙二"
    assert client.post("/api/rotas", json=asked).status_code == 409
    assert ok(client.get("/api/rotas"))["rotas"][0]["name"] == "一号轮值"
    ended = ok(client.post(f"/api/rotas/{made['id']}/end", json={"on": "2032-01-06"}))["ended"]
    assert ended == made["duties"]
    assert metres(client, on="2032-01-06", role="rota") == 0
    assert client.get("/api/rotas/99999").status_code == 404


def test_a_stretch_is_looked_at_before_it_is_assigned(client, people, road):
    looked = {"where": [{"road": road, "side": "右"}], "role": "first", "from": "2033-01-01"}
    look = ok(client.post("/api/stretches", json=looked))
    assert look["metres"] == pytest.approx(sum(one["metres"] for one in look["stretches"]))
    free = [{**one, "side": one["side"]} for one in look["free"][:2]]
    asked = {"chief": people[0], "role": "first", "where": free, "from": "2033-01-01"}
    made = ok(client.post("/api/duties", json=asked), 201)
    again = ok(client.post("/api/stretches", json=looked))
    mine = sum(one["to_m"] - one["from_m"] for one in free)
    assert look["free_m"] - again["free_m"] == pytest.approx(mine)
    assert people[0] in [one["chief"] for one in again["held"]]
    ok(client.post("/api/duties/end", json={"duties": made["duties"], "on": "2033-01-01"}))
    assert ok(client.post("/api/stretches", json=looked)) == look

    line = look["stretches"][0]["line"]
    drawn = {"where": [{"along": [line[0], line[-1]], "side": "L"}], "role": "member"}
    assert ok(client.post("/api/stretches", json=drawn))["metres"] > 0
    for at in ([[0, 0], [0, 0]], [line[0], line[0]]):
        wrong = {"where": [{"along": at}]}
        assert client.post("/api/stretches", json=wrong).status_code == 400
    assert client.post("/api/stretches", json={"where": [{"along": [line[0]]}]}).status_code == 422
    met = ok(client.get("/api/crossings", params={"road": road}))
    assert met["metres"] > 0
    assert all(0 <= m <= met["metres"] for one in met["crossings"] for m in one["at_m"])
    assert client.get("/api/crossings", params={"road": "何路"}).status_code == 400


def test_a_rotation_is_changed_and_handed_over_in_the_calendar(client, people, road):
    first, second, third = people
    asked = {
        "name": "二号轮值", "chiefs": [first, second], "unit": "week", "from": "2034-01-02",
        "to": "2034-02-27", "where": [{"road": road, "side": "左"}],
    }  # fmt: skip
    made = ok(client.post("/api/rotas", json=asked), 201)
    days = {"from": "2034-01-01", "to": "2034-03-01"}

    def turns():
        found = ok(client.get("/api/rotas/calendar", params=days))["rotas"]
        (rota,) = [one for one in found if one["id"] == made["id"]]
        return rota["turns"]

    assert [turn["chief"] for turn in turns()] == [first, second] * 4
    give = {"giver": first, "taker": third, "on": "2034-01-16", "rota": made["id"]}
    ok(client.post("/api/duties/handover", json=give))
    assert [turn["chief"] for turn in turns()] == [first, second] + [third, second] * 3
    assert [turn["instead"] and turn["instead"]["chief"] for turn in turns()][:3] == [
        None, None, first,
    ]  # fmt: skip
    other = {"chiefs": [second, third], "every": 2, "from": "2034-02-06", "to": "2034-03-06"}
    ok(client.post(f"/api/rotas/{made['id']}/change", json=other))
    assert [turn["chief"] for turn in turns()][-2:] == [second, third]
    assert turns()[-1]["valid_to"] == "2034-03-06"
    ok(client.post(f"/api/rotas/{made['id']}/end", json={"on": "2034-01-02"}))
    assert client.get(f"/api/rotas/{made['id']}").status_code == 404
    assert client.post(f"/api/rotas/{made['id']}/change", json=other).status_code == 404
    backwards = {"from": days["to"], "to": days["from"]}
    assert client.get("/api/rotas/calendar", params=backwards).status_code == 400


def test_chiefs_are_found_page_by_page(client, people):
    found = ok(client.get("/api/chiefs?q=甲一"))["chiefs"]
    assert [(row["id"], row["phone"]) for row in found] == [(people[0], None)]
    seen, after = [], 0
    while after is not None:
        page = ok(client.get(f"/api/chiefs?limit=20&after={after}"))
        seen += [row["id"] for row in page["chiefs"]]
        after = page["next"]
    assert seen == sorted(set(seen))
    assert set(people) <= set(seen)
    assert client.post("/api/chiefs", json={"name": "甲一", "phone": "138"}).status_code == 409
    path = f"/api/chiefs/{people[2]}"
    told = ok(client.patch(path, json={"department": "城运中心"}))
    assert (told["name"], told["department"]) == ("丙三", "城运中心")
    assert client.patch("/api/chiefs/99999", json={}).status_code == 404


def test_a_roster_over_http(client, road):
    body = f"道路,侧,路长,级别,电话\n{road},右,丁四,轮值,139\n没有的路,右,丁四,轮值,139\n".encode()
    more = {"content": body, "headers": {"Content-Type": "application/octet-stream"}}
    for dry_run in ("true", "false"):
        told = ok(client.post(f"/api/duties/import?name=r.csv&dry_run={dry_run}", **more))
        assert (told["inserted"], told["rejected"]) == (1, 1)
        assert "there is no road 没有的路" in told["rejects"][0]["reason"]
    again = ok(client.post("/api/duties/import?name=r.csv", **more))
    assert (again["unchanged"], again["rejected"]) == (1, 1)
    assert client.post("/api/duties/import?name=r.gpkg", **more).status_code == 400
    assert client.post("/api/duties/import?name=r.csv", content=body).status_code == 415


@pytest.mark.parametrize(
    ("path", "asked", "status"),
    [
        ("/api/duties", {"chief": 10**9}, 404),
        ("/api/duties", {"where": [{"segment": 10**9}]}, 404),
        ("/api/duties", {"where": [{"road": "何路"}]}, 400),
        ("/api/duties", {"role": "king"}, 422),
        ("/api/duties", {"to": DAY}, 400),
        ("/api/duties/end", {"duties": [10**9], "on": DAY}, 404),
        ("/api/chiefs/1/leave", {"from": DAY, "deputy": 1}, 400),
        ("/api/rotas/9999/end", {"on": DAY}, 404),
    ],
)
def test_what_cannot_be_done(client, path, asked, status):
    whole = {"chief": 1, "role": "first", "from": DAY, "where": [{"segment": 1}]}
    body = whole | asked if path == "/api/duties" else asked
    assert client.post(path, json=body).status_code == status


def test_a_page_of_another_site_cannot_write(client):
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    for path in ("/api/duties", "/api/chiefs", "/api/rotas", "/api/duties/handover"):
        assert client.post(path, json={}, headers=elsewhere).status_code == 403
