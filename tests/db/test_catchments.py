"""Reach on foot, as the tables have it, against PostGIS and scipy working it out their own way."""

from pathlib import Path

import numpy as np
import pandas as pd
import psycopg
import pytest
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra
from towns import make_huangpu

from geo import pace
from geo.store import blocks, siting, stations
from geo.store.database import transaction
from geo.store.refreshing import bring_up_to_date, refresh

DATA = Path(__file__).parents[3] / "shared" / "data" / "huangpu"
NOT_WALKED = "('motorway', 'motorway_link', 'trunk', 'trunk_link')"

# Every unit's point on the nearest road to which no river and no expressway lies between.
ON_ROADS = f"""
with unit as (
    select 'stations' as layer, id, geom as p from station
    union all
    select 'merchants', id, geom from merchant
    union all
    select 'blocks', id, case when st_contains(geom, st_centroid(geom)) then st_centroid(geom)
                              else st_pointonsurface(geom) end
    from block where valid_to = 'infinity'
    union all
    select 'compounds', id, case when st_contains(geom, st_centroid(geom)) then st_centroid(geom)
                                 else st_pointonsurface(geom) end from area where level = 'compound'
), barrier as (
    select geom from segment
    where kind = 'river' or kind in ('road', 'lane') and class in {NOT_WALKED}
)
select layer, unit.id, near.id as segment, st_linelocatepoint(near.geom, p) * near.length_m as along
from unit left join lateral (
    -- As for links: what is a micrometre farther is as near, and the lowest id counts.
    select id, geom, length_m
    from (select segment.*, st_distance(geom, p) as d, min(st_distance(geom, p)) over () as least
          from segment cross join lateral st_shortestline(p, segment.geom) as way
          where kind in ('road', 'lane') and class not in {NOT_WALKED} and st_dwithin(geom, p, 300)
            -- Without its ends: a road may meet a barrier where the way ends.
            and not exists (select from barrier where st_intersects(barrier.geom, st_linesubstring(
                way, 0.001 / greatest(st_length(way), 0.01),
                1 - 0.001 / greatest(st_length(way), 0.01))))
         ) as free
    where d <= least + 1e-6 order by id limit 1
) as near on true
order by layer, unit.id
"""


def frame(conn, query):
    cursor = conn.execute(query)
    return pd.DataFrame(cursor.fetchall(), columns=[column.name for column in cursor.description])


def metres_to_stations(conn):
    """Metres from every station to every unit on the roads, and both as frames."""
    roads = frame(
        conn,
        "select id, from_node, to_node, length_m from segment"
        f" where kind in ('road', 'lane') and class not in {NOT_WALKED}",
    ).set_index("id")
    units = frame(conn, ON_ROADS)
    on = units[units["segment"].notna()].astype({"segment": int}).reset_index(drop=True)
    nodes = pd.Index(np.unique(roads[["from_node", "to_node"]]))
    a, b = (nodes.get_indexer(roads[end]) for end in ("from_node", "to_node"))
    # Of doubled edges the shortest; a loop leads nowhere; 0 would be no edge.
    table = pd.DataFrame({"a": np.minimum(a, b), "b": np.maximum(a, b)})
    table["m"] = np.maximum(roads["length_m"].to_numpy(float), 1e-9)
    table = table[table["a"] != table["b"]].groupby(["a", "b"], as_index=False)["m"].min()
    n = len(nodes)
    matrix = coo_array((table["m"], (table["a"], table["b"])), shape=(n, n)).tocsr()
    # From a station to an end of its road, over junctions, from an end of the unit's road to it.
    of = roads.loc[on["segment"]].reset_index(drop=True)
    ends = nodes.get_indexer(of["from_node"]), nodes.get_indexer(of["to_node"])
    along, rest = on["along"].to_numpy(float), (of["length_m"] - on["along"]).to_numpy(float)
    at = np.flatnonzero(on["layer"] == "stations")
    first, last = (dijkstra(matrix, directed=False, indices=end[at]) for end in ends)
    there = np.minimum(first + along[at][:, None], last + rest[at][:, None])
    far = np.minimum(there[:, ends[0]] + along, there[:, ends[1]] + rest)
    segment = on["segment"].to_numpy()
    straight = np.abs(along[at][:, None] - along)
    far = np.where(segment[at][:, None] == segment, np.minimum(far, straight), far)
    return far, on["id"].to_numpy()[at], on


@pytest.fixture(scope="module")
def computed(sample_url):
    with psycopg.connect(sample_url) as conn:
        return metres_to_stations(conn)


def agrees(conn, far, station, on):
    kept = frame(conn, "select layer, unit_id as id, station_id, metres, minutes from reach")
    assert set(kept["layer"]) <= {"blocks", "compounds", "merchants"}
    both = on.assign(nearest=far.min(axis=0), column=np.arange(len(on)))
    both = both[both["layer"] != "stations"].merge(kept, on=["layer", "id"], how="outer")
    reached = np.isfinite(both["nearest"].astype(float).fillna(np.inf))
    assert (both["station_id"].notna() == reached).all()
    found = both[reached]
    assert np.abs(found["metres"] - found["nearest"]).max() < 0.01
    place = pd.Series(np.arange(len(station)), index=station)[found["station_id"].astype(int)]
    own = far[place.to_numpy(), found["column"].astype(int).to_numpy()]
    assert np.abs(own - found["metres"]).max() < 0.01
    np.testing.assert_allclose(found["minutes"], found["metres"] / 60 / pace.WALKING_M_S)
    return both


def test_nearest_station_of_every_unit_of_the_sample(sample_url, computed):
    with psycopg.connect(sample_url) as conn:
        both = agrees(conn, *computed)
    assert both.groupby("layer").size().to_dict() == {
        "blocks": 1207,
        "compounds": 57,
        "merchants": 6000,
    }


def test_households_and_shops_in_each_catchment(sample_url, computed):
    far, station, on = computed
    with psycopg.connect(sample_url) as conn:
        households = frame(conn, "select id, households from block").set_index("id")["households"]
        kept = frame(
            conn, "select station_id, minutes, households, merchants from catchment"
        ).set_index(["station_id", "minutes"])
    assert len(kept) == 3 * len(station)
    blocks_, shops = on["layer"] == "blocks", on["layer"] == "merchants"
    weight = households[on["id"][blocks_]].to_numpy()
    for minutes in pace.MINUTES:
        within = far <= pace.metres_in(minutes)
        rows = kept.loc[[(s, minutes) for s in station]]
        assert (rows["households"] == within[:, blocks_] @ weight).all()
        assert (rows["merchants"] == within[:, shops].sum(axis=1)).all()


def test_bands_and_metrics_are_sums_over_blocks(sample_url):
    with psycopg.connect(sample_url) as conn:
        found = stations.summary(conn)
        block = frame(
            conn,
            "select block.id, households, minutes from block join reach"
            " on layer = 'blocks' and unit_id = block.id",
        )
        metric = frame(conn, "select * from metric_value")
    assert found["stations"] == {"district": 1, "street": 3, "community": 12, "other": 30}
    for band in found["bands"]:
        near = block["minutes"] <= band["minutes"]
        within, total = block["households"][near].sum(), block["households"].sum()
        assert band["households"] == {
            "all": total, "within": within, "beyond": total - within, "cut_off": 0,
        }  # fmt: skip
        assert band["blocks"]["within"] == near.sum()
        assert band["merchants"]["all"] == 6000

    def values(key, layer):
        rows = metric[(metric["key"] == key) & (metric["layer"] == layer)]
        return rows.set_index("unit_id")["value"]

    far = block.set_index("id")["households"].where(block.set_index("id")["minutes"] > 15, 0)
    own = values("far_households", "blocks")
    assert (own.sort_index() == far.sort_index()).all()
    assert values("far_households", "areas").max() == far.sum() > 0
    np.testing.assert_allclose(
        values("reach_minutes", "blocks").sort_index(),
        block.set_index("id")["minutes"].sort_index(),
    )


def test_checks_name_the_places_that_fall_short(sample_url):
    with psycopg.connect(sample_url) as conn:
        found = {check["key"]: check for check in stations.checks(conn)}
        far = frame(
            conn,
            "select unit_id from reach join block on block.id = unit_id"
            " where layer = 'blocks' and metres > 1000 and households > 0",
        )
        short = {c["key"]: c["met"] for c in stations.checks(conn, "1＋12＋60＋X")}
    assert found["tiers"]["wanted"] == "1+3+12+X"
    assert found["tiers"]["found"] == "1+3+12+30"
    met = {key: check["met"] for key, check in found.items()}
    assert met == short | {"tiers": True}
    assert not short["tiers"]
    assert {place["id"] for place in found["within_1_km"]["places"]} == set(far["unit_id"])
    assert len(far)


def test_what_lies_beyond_is_listed_the_farthest_first(sample_url):
    with psycopg.connect(sample_url) as conn:
        found = stations.places(conn, stations.Far("compounds", 15))
        inside = stations.places(conn, stations.Far("blocks", 15, "319901101003", 10_000))
        own = conn.execute(
            "select count(*) from reach join block on block.id = unit_id"
            " where layer = 'blocks' and minutes > 15 and code like '319901101003%'"
        ).fetchone()
        with pytest.raises(stations.NoReach, match="no area"):
            stations.places(conn, stations.Far("blocks", 15, "nowhere"))
        with pytest.raises(stations.NoReach, match="no reach"):
            stations.places(conn, stations.Far("grids"))
    minutes = [row["minutes"] for row in found]
    assert minutes == sorted(minutes, reverse=True)
    assert min(minutes) > 15
    assert len(inside) == own[0] > 0


def test_the_best_sites_gain_what_they_say(sample_url):
    """A station is put where the first step says: the tables then agree with the promise."""
    with psycopg.connect(sample_url) as conn:
        wish = siting.Wish(most=2, seconds=60)
        found = siting.answer(siting.read(conn, wish), wish)
        kept = conn.execute(
            "select sum(households) from block join reach on layer = 'blocks' and unit_id = id"
            " where minutes <= 15"
        ).fetchone()
        assert found["before"]["within"] == kept[0]
        only = siting.Wish(
            most=2, by="median", weight="merchants", seconds=60, at=[(121.0, 31.1), (0.5, 0.5)]
        )
        given = siting.answer(siting.read(conn, only), only)
    first, second = found["steps"]
    assert first["proven"]
    assert second["gain"] >= first["gain"] > 0
    assert given["candidates"] == 1  # the other one is near no road
    assert [site["candidate"] for step in given["steps"] for site in step["sites"]] == [0]
    assert given["all"] == 6000


STATION = (
    "insert into station (external_id, name, tier, geom)"
    " select %s, %s, 'community', st_setsrid(st_makepoint(%s, %s), 4549)"
)


def test_reach_follows_stations_that_come_move_and_go(town):
    with transaction(town) as conn:
        blocks.derive(conn, ["road", "lane"])
        conn.execute("update block set households = 10")
    bring_up_to_date(town)
    with psycopg.connect(town, autocommit=True) as conn:
        assert stations.summary(conn)["bands"][2]["households"]["cut_off"] > 0
        assert conn.execute("select count(station_id), count(*) > 0 from reach").fetchone() == (
            0,
            True,
        )
        middle = conn.execute(
            "select st_x(p), st_y(p) from (select st_lineinterpolatepoint(geom, 0.5) as p"
            " from segment where kind = 'road' order by id limit 1) as s"
        ).fetchone()
        conn.execute(STATION, ["S1", "一", *middle])
        assert refresh(conn, patient=False).made[-2:] == ["reach", "metrics"]
        assert conn.execute("select count(*) = count(station_id) from reach").fetchone() == (True,)
        one = conn.execute("select sum(metres) from reach").fetchone()[0]
        agrees(conn, *metres_to_stations(conn))
        seen = conn.execute("select max(seq) from change").fetchone()[0]
        conn.execute("delete from refreshed where part = 'reach'")
        assert refresh(conn, patient=False).made == ["reach"]
        assert conn.execute("select max(seq) from change").fetchone()[0] == seen
        conn.execute("update station set geom = st_translate(geom, 60, 60)")
        refresh(conn, patient=False)
        assert conn.execute("select sum(metres) from reach").fetchone()[0] != one
        agrees(conn, *metres_to_stations(conn))
        conn.execute("delete from station")
        refresh(conn, patient=False)
        left = conn.execute("select count(station_id) from reach").fetchone()
        assert left == conn.execute("select count(*) from catchment").fetchone() == (0,)


@pytest.mark.skipif(
    not DATA.is_dir(), reason="the real data are not beside the checkout (../shared/data)"
)
def test_huangpu_agrees_with_postgis_and_scipy(db):
    make_huangpu(db)
    with transaction(db) as conn:
        # The real stations are not among the data: every tenth shop stands for one.
        conn.execute(
            "insert into station (external_id, name, tier, geom)"
            " select external_id, name, 'other', geom from merchant where id % 10 = 0"
        )
    bring_up_to_date(db)
    with psycopg.connect(db) as conn:
        both = agrees(conn, *metres_to_stations(conn))
        shapes = frame(conn, "select minutes, st_asbinary(geom) as geom from catchment")
    assert both["station_id"].notna().sum() > 200
    area = pd.Series(shapely.area(shapely.from_wkb(shapes["geom"])), index=shapes["minutes"])
    assert area.groupby(level=0).mean().is_monotonic_increasing
