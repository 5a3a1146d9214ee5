"""Incidents gathered into clusters: each that passes counted once, no small count told."""

import psycopg
import pyogrio
import pytest
from services import tile_of

from geo.discretion import LEAST
from geo.layers import INCIDENTS
from geo.store.tiles import Tile

CLUSTERS = "incidents_clusters"
# What is asked, and the same in SQL.
ASKED = [
    ({}, "true"),
    ({"filter": "status in ('filed', 'handling')"}, "status in ('filed', 'handling')"),
    ({"since": "2026-03-01T00:00:00+08:00", "until": "2026-03-08T00:00:00+08:00", "open": "false"},
     "reported_at >= '2026-03-01 00:00+08' and reported_at < '2026-03-08 00:00+08'"
     " and status in ('closed', 'cancelled')"),
]  # fmt: skip
ZOOMS = (9, 12, INCIDENTS.clusters)


@pytest.fixture(scope="module")
def box(sample_url):
    """Where incidents are, in degrees."""
    with psycopg.connect(sample_url) as conn:
        return conn.execute(
            "select st_xmin(b), st_ymin(b), st_xmax(b), st_ymax(b) from"
            " (select st_extent(st_transform(geom, 4326)) as b from incident) as box"
        ).fetchone()


def parts(client, folder, tile, **query):
    """The features of a tile by part, each with its place in the tile's units."""
    address = f"/tiles/incidents/{tile.z}/{tile.x}/{tile.y}.mvt"
    answer = client.get(address, params={"clusters": "true", **query})
    assert answer.status_code in (200, 204), answer.text
    if not answer.content:
        return {}
    file = folder / "tile.mvt"
    file.write_bytes(answer.content)
    return {part: pyogrio.read_dataframe(file, layer=part, CLIP="NO")
            for part in pyogrio.list_layers(file)[:, 0]}  # fmt: skip


def whole(client, folder, box, zoom, **query):
    """Both parts of every tile of a zoom that touches the box."""
    west, south, east, north = box
    first, last = tile_of(west, north, zoom), tile_of(east, south, zoom)
    for x in range(first.x, last.x + 1):
        for y in range(first.y, last.y + 1):
            yield Tile(zoom, x, y), parts(client, folder, Tile(zoom, x, y), **query)


def ids_that(url, condition):
    with psycopg.connect(url) as conn:
        return {id_ for (id_,) in conn.execute(f"select id from incident where {condition}")}


@pytest.mark.parametrize("zoom", ZOOMS)
@pytest.mark.parametrize(("query", "condition"), ASKED)
def test_each_incident_that_passes_is_counted_once(
    client, sample_url, box, tmp_path, zoom, query, condition
):
    gathered, alone, cells = 0, [], []
    for _, found in whole(client, tmp_path, box, zoom, **query):
        if CLUSTERS in found:
            gathered += int(found[CLUSTERS]["count"].sum())
            cells += list(found[CLUSTERS]["mvt_id"])
            assert found[CLUSTERS]["count"].min() >= LEAST
        if "incidents" in found:
            alone += list(found["incidents"]["mvt_id"])
    true = ids_that(sample_url, condition)
    assert len(alone) == len(set(alone))
    assert set(alone) <= true
    assert gathered + len(alone) == len(true)
    assert len(cells) == len(set(cells))


def test_the_box_of_a_cluster_holds_its_members_and_nobody_else(client, sample_url, box, tmp_path):
    inside = ("select count(*) from incident where st_intersects(st_transform(geom, 4326),"
              " st_makeenvelope(%s - 1e-9, %s - 1e-9, %s + 1e-9, %s + 1e-9, 4326))")  # fmt: skip
    west, south, east, north = box
    tile = tile_of((west + east) / 2, (south + north) / 2, 14)
    clusters = parts(client, tmp_path, tile)[CLUSTERS]
    assert len(clusters) > 1
    boxes = clusters[["west", "south", "east", "north"]].to_numpy().tolist()
    with psycopg.connect(sample_url) as conn:
        held = [conn.execute(inside, corners).fetchone()[0] for corners in boxes]
    assert held == clusters["count"].tolist()


def test_closer_than_clusters_all_stand_alone(client, sample_url, box, tmp_path):
    west, south, east, north = box
    tile = tile_of((west + east) / 2, (south + north) / 2, INCIDENTS.clusters + 1)
    path = f"/tiles/incidents/{tile.z}/{tile.x}/{tile.y}.mvt"
    gathered = client.get(path, params={"clusters": "true"})
    assert gathered.content == client.get(path).content
    assert set(parts(client, tmp_path, tile)) == {"incidents"}


def test_a_layer_without_clusters_cannot_be_asked_for_them(client):
    answer = client.get("/tiles/merchants/14/13698/6699.mvt", params={"clusters": "true"})
    assert answer.status_code == 400
    assert "clusters" in answer.json()["detail"]
