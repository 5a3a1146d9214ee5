"""One unit of a layer: its panel held against pandas over the tables of the sample district."""

from statistics import median

import pandas as pd
import psycopg
import pytest
import shapely
from services import serve

from api.app import create_app
from geo.store.settings import Settings
from geo.store.units import LAYERS_WITH_UNITS, NEAR_M


@pytest.fixture(scope="module")
def read(sample_url):
    """Tables of the sample as frames; geometries as shapely ones in metres."""

    def read(query):
        with psycopg.connect(sample_url) as conn:
            cursor = conn.execute(query)
            return pd.DataFrame(cursor.fetchall(), columns=[c.name for c in cursor.description])

    return read


@pytest.fixture(scope="module")
def town(read):
    """All incidents, with what they are linked to and whether they are open."""
    found = read(
        "select i.*, b.area_id, s.road_id, st_asbinary(i.geom) as wkb from incident i"
        " left join block b on b.id = i.block_id left join segment s on s.id = i.segment_id"
    )
    found["open"] = ~found["status"].isin(["closed", "cancelled"])
    found["shape"] = shapely.from_wkb(found["wkb"].map(bytes).to_numpy())
    return found


def unit(client, layer, id_):
    return client.get(f"/api/units/{layer}/{id_}").raise_for_status().json()


def mine(layer, id_, town, read):
    """The incidents of a unit, found another way than the service finds them."""
    if layer == "areas":
        parents = read("select id, parent_id from area where level <> 'compound'")
        below = {id_}
        while (more := set(parents[parents["parent_id"].isin(below)]["id"]) | below) != below:
            below = more
        return town[town["area_id"].isin(below)]
    if layer == "grids":
        blocks = read(f"select block_id from assignment where grid_id = {id_}")["block_id"]
        return town[town["block_id"].isin(blocks)]
    if layer in ("compounds", "stations", "merchants"):
        table = {"compounds": "area"}.get(layer, layer[:-1])
        shape = shapely.from_wkb(
            bytes(read(f"select st_asbinary(geom) as g from {table} where id = {id_}")["g"][0])
        )
        reach = 0 if layer == "compounds" else NEAR_M
        return town[shapely.dwithin(shape, town["shape"].to_numpy(), reach)]
    column = {"blocks": "block_id", "segments": "segment_id", "named_roads": "road_id"}[layer]
    return town[town[column] == id_]


@pytest.fixture(scope="module", params=[(k, n) for k in LAYERS_WITH_UNITS for n in (0, 3)])
def one(request, read, client):
    """A unit of each layer, as (layer, id, what the service tells of it)."""
    layer, skip = request.param
    kept = "where kind in ('road', 'lane')" if layer in ("segments", "named_roads") else ""
    id_ = int(read(f"select id from layer_{layer} {kept} order by id offset {skip}")["id"][0])
    return layer, id_, unit(client, layer, id_)


def test_counts_are_those_of_the_incidents(one, town, read):
    layer, id_, told = one
    incidents = mine(layer, id_, town, read)
    until = town["reported_at"].max()
    assert pd.Timestamp(told["until"]) == until
    age = until - incidents["reported_at"]
    year = incidents[age < pd.Timedelta(days=365)]
    late = incidents["open"] & (
        incidents["due_at"] < incidents["handled_at"].fillna(pd.Timestamp.now("UTC"))
    )
    assert told["counts"] == {
        "all": len(incidents),
        "days_30": int((age < pd.Timedelta(days=30)).sum()),
        "days_365": len(year),
        "open": int(incidents["open"].sum()),
        "late": int(late.sum()),
    }
    by_class = year["class"].value_counts()
    assert [row["count"] for row in told["classes"]] == list(by_class[:5])
    assert all(by_class[row["class"]] == row["count"] for row in told["classes"])


def test_the_trend_has_24_months_of_the_districts_zone(one, town, read):
    layer, id_, told = one
    local = mine(layer, id_, town, read)["reported_at"].dt.tz_convert("Asia/Shanghai")
    counted = local.dt.strftime("%Y-%m").value_counts()
    last = town["reported_at"].max().tz_convert("Asia/Shanghai").strftime("%Y-%m")
    months = [str(month) for month in pd.period_range(end=last, periods=24, freq="M")]
    assert [row["month"] for row in told["trend"]] == months
    assert [row["count"] for row in told["trend"]] == [counted.get(m, 0) for m in months]


def test_open_cases_come_by_their_deadline(one, town, read):
    layer, id_, told = one
    incidents = mine(layer, id_, town, read)
    waiting = incidents[incidents["open"]].sort_values(["due_at", "reported_at", "id"])
    assert [case["id"] for case in told["cases"]] == list(waiting["id"][:20])


def test_sizes_are_metric(one, read):
    layer, id_, told = one
    view = f"select st_asbinary(geom) as g from layer_{layer} where id = {id_}"
    shape = shapely.from_wkb(bytes(read(view)["g"].iloc[-1]))
    polygon = told["geometry"] == "polygon"
    assert told["area_m2"] == (pytest.approx(shape.area) if polygon else None)
    line = told["geometry"] == "line"
    assert told["length_m"] == (pytest.approx(shape.length) if line else None)
    west, south, east, north = told["bbox"]
    assert west <= told["lon"] <= east
    assert south <= told["lat"] <= north


@pytest.mark.parametrize("layer", ["segments", "named_roads"])
def test_merchants_come_in_the_order_of_their_doors(client, read, layer):
    column = "segment_id" if layer == "segments" else "road_id"
    shops = read(
        "select m.*, s.seq, s.road_id from merchant m join segment s on s.id = m.segment_id"
    )
    busiest = int(shops[column].value_counts().index[0])
    here = shops[shops[column] == busiest].sort_values(["side", "seq", "chainage_m", "name", "id"])
    told = unit(client, layer, busiest)["merchants"]
    assert told["count"] == len(here) > 3
    assert [row["id"] for row in told["rows"]] == list(here["id"])
    assert set(told["rows"][0]) >= {"side", "chainage_m", "name", "listed"}


@pytest.mark.parametrize("layer", ["areas", "blocks", "grids"])
def test_merchants_of_a_polygon_are_counted(client, read, layer):
    shops = read("select m.block_id, b.area_id from merchant m join block b on b.id = m.block_id")
    if layer == "grids":
        shops = shops.merge(read("select block_id, grid_id from assignment"), on="block_id")
    column = {"areas": "area_id", "blocks": "block_id", "grids": "grid_id"}[layer]
    counted = shops[column].value_counts()
    told = unit(client, layer, int(counted.index[0]))["merchants"]
    assert told == {"count": int(counted.iloc[0]), "rows": None}


@pytest.mark.parametrize("layer", ["areas", "blocks", "grids"])
def test_neighbours_share_a_border(client, read, layer):
    valid = "where valid_to = 'infinity'" if layer != "areas" else ""
    kind = {"areas": "level", "grids": "system"}.get(layer)
    columns = f"id, {kind or 'code'}, st_asbinary(geom) as wkb"
    all_of = read(f"select {columns} from layer_{layer} {valid}")
    id_ = int(
        (all_of[all_of["level"] == "community"] if layer == "areas" else all_of)["id"].iloc[5]
    )
    own = all_of[all_of["id"] == id_].iloc[0]
    same = all_of[all_of[kind] == own[kind]] if kind else all_of
    shapes = shapely.from_wkb(same["wkb"].map(bytes).to_numpy())
    shared = shapely.length(shapely.intersection(shapely.from_wkb(bytes(own["wkb"])), shapes))
    beside = set(same["id"][shared > 0]) - {id_}
    told = unit(client, layer, id_)["neighbours"]
    assert {n["id"] for n in told["units"]} == beside
    assert beside
    metrics = client.get("/api/metrics/incidents", params={"layer": layer}).json()["values"]
    assert told["value"] == metrics[str(id_)]
    assert told["median"] == median(metrics[str(n)] for n in beside)


def test_people_responsible_have_phones_only_for_who_may_see_them(client, read, sample_url):
    duties = read(
        "select d.segment_id, d.role, c.name, c.phone, sum(d.to_m - d.from_m) as metres from duty d"
        " join chief c on c.id = d.chief_id where d.valid_to = 'infinity'"
        " group by 1, 2, 3, 4"
    )
    id_ = int(duties["segment_id"].value_counts().index[0])
    here = duties[duties["segment_id"] == id_]
    told = unit(client, "segments", id_)["chiefs"]
    assert {(c["role"], c["name"]) for c in told} == set(
        zip(here["role"], here["name"], strict=True)
    )
    assert {c["phone"] for c in told} == {None}
    settings = Settings(database_url=sample_url, public_rights="people")
    with serve_with(settings) as trusted:
        phones = {c["phone"] for c in unit(trusted, "segments", id_)["chiefs"]}
    assert phones == set(here["phone"])


def serve_with(settings):
    from fastapi.testclient import TestClient

    return TestClient(create_app(settings), raise_server_exceptions=False)


def test_parents_of_a_block_lead_up_to_the_district(client, read):
    block = int(read("select id from block where valid_to = 'infinity' order by id")["id"][7])
    parents = unit(client, "blocks", block)["parents"]
    levels = [p["detail"] for p in parents if p["layer"] == "areas"]
    assert levels == ["district", "street", "community"]
    assert {p["detail"] for p in parents if p["layer"] == "grids"} == {
        "management", "party", "police"
    }  # fmt: skip


def test_a_grids_people_are_those_of_its_blocks(client, read):
    blocks = read(
        "select a.grid_id, b.households, b.people"
        " from assignment a join block b on b.id = a.block_id"
    )
    id_ = int(blocks["grid_id"].iloc[0])
    facts = unit(client, "grids", id_)["facts"]
    here = blocks[blocks["grid_id"] == id_]
    assert facts["households"] == here["households"].sum()
    assert facts["people"] == here["people"].sum()


def test_stations_near_are_the_nearest(client, read):
    block = read("select id, st_asbinary(geom) as g from block where valid_to = 'infinity'").iloc[9]
    stations = read("select id, st_asbinary(geom) as g from station")
    away = shapely.distance(
        shapely.from_wkb(bytes(block["g"])), shapely.from_wkb(stations["g"].map(bytes).to_numpy())
    )
    told = unit(client, "blocks", int(block["id"]))["stations"]
    assert [s["distance_m"] for s in told] == pytest.approx(sorted(away)[:3])


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("blocks/99999999", 404, "no unit 99999999"),
        ("density/1", 404, "no panel"),
        ("blocks/1.5", 422, "id"),
        ("blocks/-1", 422, "id"),
    ],
)
def test_what_is_not_there_is_said(client, path, status, says):
    answer = client.get(f"/api/units/{path}")
    assert answer.status_code == status
    assert says in answer.text


def test_an_empty_database_says_what_to_do(db):
    with serve(db) as client:
        assert client.get("/api/units/blocks/1").status_code == 503
