"""Counts of incidents, against pandas over the tables themselves."""

import io

import pandas as pd
import psycopg
import pytest
from services import serve

ROWS = """
select incident.class, incident.subclass, incident.status, incident.reported_at, incident.due_at,
       incident.handled_at, incident.closed_at, incident.segment_id, incident.block_id,
       block.code as block, area.code as community, street.code as street, grid.id as grid
from incident
left join block on block.id = block_id
left join area on area.id = block.area_id
left join area as street on street.id = area.parent_id and street.level = 'street'
left join (select block_id, grid_id from assignment join plan on plan.id = assignment.plan_id
           join grid_system on grid_system.id = plan.system_id
           where grid_system.code = 'management' and plan.status = 'published'
             and now() >= plan.valid_from and now() < plan.valid_to) as held
       on held.block_id = incident.block_id
left join grid on grid.id = held.grid_id
"""
ZONE = "Asia/Shanghai"


@pytest.fixture(scope="module")
def incidents(sample_url):
    """All incidents with `open`, `late` and `local` worked out here."""
    with psycopg.connect(sample_url) as conn:
        cursor = conn.execute(ROWS)
        found = pd.DataFrame(cursor.fetchall(), columns=[c.name for c in cursor.description])
    for column in ("reported_at", "due_at", "handled_at", "closed_at"):
        found[column] = pd.to_datetime(found[column], utc=True)
    found["open"] = ~found["status"].isin(["closed", "cancelled"])
    now = pd.Timestamp.now(tz="UTC")
    end = found["handled_at"].fillna(found["closed_at"])
    end = end.mask(end.isna() & found["open"], now)
    found["late"] = found["due_at"].lt(end)
    found["local"] = found["reported_at"].dt.tz_convert(ZONE)
    return found


def ask(client, **query):
    answer = client.get("/api/counts", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def told(groups):
    return {row["key"]: (row["count"], row["open"], row["late"]) for row in groups}


def counted(frame, key):
    """What `told` ought to be, by a column or a series of keys."""
    found = frame.groupby(key).agg(
        count=("open", "size"), open=("open", "sum"), late=("late", "sum")
    )
    return {
        name: tuple(int(n) for n in row)
        for name, row in zip(found.index, found.to_numpy(), strict=True)
    }


KEYS = {
    "day": lambda f: f["local"].dt.strftime("%Y-%m-%d"),
    "week": lambda f: (
        f["local"].dt.tz_localize(None).dt.to_period("W-SUN").dt.start_time.dt.strftime("%Y-%m-%d")
    ),
    "month": lambda f: f["local"].dt.strftime("%Y-%m"),
    "hour_weekday": lambda f: (
        (f["local"].dt.day_of_week + 1).astype(str) + "-" + f["local"].dt.strftime("%H")
    ),
    "class": lambda f: f["class"],
    "subclass": lambda f: f["subclass"],
    "status": lambda f: f["status"],
}


@pytest.mark.parametrize("by", KEYS)
def test_groups_are_those_of_pandas(client, incidents, by):
    found = ask(client, by=by)
    assert told(row for row in found["groups"] if row["key"] is not None) == counted(
        incidents, KEYS[by](incidents)
    )
    total = found["total"]
    assert total == {
        "count": len(incidents),
        "open": int(incidents["open"].sum()),
        "late": int(incidents["late"].sum()),
    }
    assert 0 < total["late"] < total["count"]


@pytest.mark.parametrize(
    ("by", "column"),
    [("area", "community"), ("street", "street")],
)
def test_units_come_all_with_theirs(client, incidents, by, column):
    found = ask(client, by=by)["groups"]
    expected = counted(incidents, incidents[column])
    assert {key: n for key, n in told(found).items() if n[0]} == expected
    assert all(row["area_m2"] > 1000 and row["households"] >= 0 for row in found)
    assert all(row["bbox"][0] < row["bbox"][2] for row in found)


@pytest.mark.parametrize(
    ("query", "column"),
    [({"by": "segment"}, "segment_id"), ({"by": "grid", "system": "management"}, "grid")],
)
def test_units_by_id(client, incidents, query, column):
    found = {row["id"]: row for row in ask(client, **query)["groups"]}
    expected = incidents.groupby(column).size()
    kept = {int(unit): int(n) for unit, n in expected.items() if unit in found}
    for unit, row in found.items():
        true = kept.get(unit, 0)
        assert row["count"] == (None if query["by"] == "segment" and 0 < true < 5 else true)
    assert sum(kept.values()) > 0.9 * expected.sum()
    assert len(found) > len(kept) or query["by"] == "grid"


def test_filters_periods_and_areas_narrow(client, incidents):
    day = incidents["local"].dt.normalize()
    days = sorted(day.unique())
    since, until = days[len(days) // 3], days[2 * len(days) // 3]
    street = incidents["street"].mode()[0]
    kind = incidents["class"].mode()[0]
    found = ask(
        client, by="class", since=f"{since:%Y-%m-%d}", until=f"{until:%Y-%m-%d}",
        area=street, filter=f"class = '{kind}' and late = true",
    )  # fmt: skip
    mine = incidents[
        (incidents["local"] >= since) & (incidents["local"] < until)
        & (incidents["street"] == street) & (incidents["class"] == kind) & incidents["late"]
    ]  # fmt: skip
    assert found["total"]["count"] == len(mine) > 0
    assert found["groups"] == [
        {"key": kind, "count": len(mine), "open": int(mine["open"].sum()), "late": len(mine)}
    ]


ON_DUTY = """
select c.external_id as chief, i.external_id as code
from incident i
join duty d on d.segment_id = i.segment_id and d.side = i.side
           and i.chainage_m between d.from_m and d.to_m
join chief c on c.id = d.chief_id
where d.valid_from <= current_date and d.valid_to > current_date"""


def test_incidents_of_a_chief_are_those_on_his_metres(client, sample_url):
    with psycopg.connect(sample_url) as conn:
        cursor = conn.execute(ON_DUTY)
        held = pd.DataFrame(cursor.fetchall(), columns=["chief", "code"]).drop_duplicates()
    chiefs = [one["code"] for one in client.get("/api/on-duty").json()["chiefs"]]
    assert set(held["chief"]) <= set(chiefs)
    one, other = held["chief"].value_counts().index[[0, -1]]
    for codes in ([one], [other], [one, other]):
        listed = ", ".join(f"'{code}'" for code in codes)
        wish = f"chief in ({listed})" if len(codes) > 1 else f"chief = {listed}"
        true = set(held["code"][held["chief"].isin(codes)])
        assert ask(client, by="class", filter=wish)["total"]["count"] == len(true) > 0
        answer = client.get(
            "/api/export", params={"layers": "incidents", "format": "csv", "filter": wish}
        )
        assert set(pd.read_csv(io.StringIO(answer.text), dtype=str)["code"]) == true
    assert ask(client, by="class", filter="chief = 'nobody'")["total"]["count"] == 0


@pytest.mark.parametrize(
    "wish", ["chief <> 'x'", "chief like 'x%'", "chief is null", "chief = 3", "chief in (1)"]
)
def test_a_chief_is_asked_by_codes_only(client, wish):
    answer = client.get("/api/counts", params={"by": "class", "filter": wish})
    assert answer.status_code == 400
    assert "codes of chiefs" in answer.json()["detail"]


def test_known_counts_are_304_until_a_case_changes(make_database, sample_url):
    town = make_database(sample_url)
    with serve(town) as service:
        query = {"by": "status"}
        first = service.get("/api/counts", params=query)
        known = {"if-none-match": first.headers["etag"]}
        if service.get("/api/counts", params=query, headers=known).status_code == 200:
            # The minute was over.
            first = service.get("/api/counts", params=query)
            known = {"if-none-match": first.headers["etag"]}
            assert service.get("/api/counts", params=query, headers=known).status_code == 304
        with psycopg.connect(town) as conn:
            conn.execute(
                "update incident set status = 'cancelled'"
                " where id = (select min(id) from incident where status = 'closed')"
            )
        after = service.get("/api/counts", params=query, headers=known)
        assert after.status_code == 200
        before = told(first.json()["groups"]).get("cancelled", (0, 0, 0))[0]
        assert told(after.json()["groups"])["cancelled"][0] == before + 1


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ({}, 422, "by"),
        ({"by": "mood"}, 422, "by"),
        ({"by": "day", "layer": "merchants"}, 422, "layer"),
        ({"by": "grid"}, 400, "system"),
        ({"by": "day", "system": "party"}, 400, "system"),
        ({"by": "day", "area": "nowhere"}, 404, "nowhere"),
        ({"by": "day", "filter": "class ="}, 400, "cannot be read"),
        ({"by": "day", "filter": "phone = '1'"}, 400, "no property 'phone'"),
        ({"by": "day", "filter": "block_id = 1"}, 400, "no property 'block_id'"),
    ],
)
def test_what_cannot_be_asked_is_refused(client, query, status, said):
    answer = client.get("/api/counts", params=query)
    assert answer.status_code == status
    assert said in answer.json()["detail"]
