"""Tiles with a filter: only what passes, thinned by what passes, never kept too long."""

import psycopg
import pyogrio
import pytest
from services import serve, tile_of

WHOLE = 9  # at this zoom a few tiles hold the district


def features(client, folder, tile, layer="incidents", **query):
    answer = client.get(f"/tiles/{layer}/{tile.z}/{tile.x}/{tile.y}.mvt", params=query)
    assert answer.status_code in (200, 204), answer.text
    if not answer.content:
        return set()
    file = folder / f"{layer}-{tile.z}-{tile.x}-{tile.y}.mvt"
    file.write_bytes(answer.content)
    return set(pyogrio.read_dataframe(file, layer=layer)["mvt_id"])


@pytest.fixture(scope="module")
def middle(sample_url):
    """Where incidents are, in degrees."""
    with psycopg.connect(sample_url) as conn:
        return conn.execute(
            "select st_x(p), st_y(p) from (select st_transform(st_centroid(st_collect(geom)), 4326)"
            " as p from incident) as middle"
        ).fetchone()


def inside(url, tile, condition):
    """Ids of the incidents in a tile that pass an SQL condition, by the table itself."""
    with psycopg.connect(url) as conn:
        rows = conn.execute(
            f"select id, rank from incident where tile_geom && st_tileenvelope(%s, %s, %s)"
            f" and {condition}",
            tile,
        ).fetchall()
    return dict(rows)


@pytest.mark.parametrize(
    ("filter_", "condition"),
    [
        ("subclass = '{}'", "subclass = '{}'"),
        ("status in ('handling', 'filed')", "status in ('handling', 'filed')"),
        ("class like '%市容%' and open = false", "class like '%市容%' and status = 'closed'"),
    ],
)
def test_points_are_those_that_pass(client, sample_url, middle, tmp_path, filter_, condition):
    with psycopg.connect(sample_url) as conn:
        name = conn.execute("select min(subclass) from incident").fetchone()[0]
    tile = tile_of(*middle, 16)
    found = features(client, tmp_path, tile, filter=filter_.format(name))
    # psycopg takes a percent sign for a placeholder
    true = inside(sample_url, tile, condition.format(name).replace("%", "%%"))
    assert found >= set(true)
    every = features(client, tmp_path, tile)
    assert found < every


def test_thinning_counts_only_what_passes(client, sample_url, middle, tmp_path):
    tile = tile_of(*middle, 11)
    with psycopg.connect(sample_url) as conn:
        name = conn.execute(
            "select subclass from incident group by 1 having count(*) between 200 and 900"
            " order by count(*) desc limit 1"
        ).fetchone()[0]
    true = inside(sample_url, tile, f"subclass = '{name}'")
    found = features(client, tmp_path, tile, filter=f"subclass = '{name}'")
    assert found >= set(true)
    assert len(features(client, tmp_path, tile) & set(true)) < len(true)


def test_too_many_that_pass_are_thinned_always_the_same(client, sample_url, middle, tmp_path):
    tile = tile_of(*middle, 11)
    closed = "open = false"
    found = features(client, tmp_path, tile, filter=closed)
    true = inside(sample_url, tile, "status in ('closed', 'cancelled')")
    shown = found & set(true)
    assert 0 < len(shown) < len(true)
    assert max(true[one] for one in shown) < min(true[one] for one in set(true) - shown)


def test_late_is_of_the_minute_and_named_grounds_are_looked_at(make_database, sample_url, middle):
    town = make_database(sample_url)
    tile = tile_of(*middle, 15)
    with psycopg.connect(town) as conn:
        area = conn.execute(
            "select area from layer_incidents where tile_geom && st_tileenvelope(%s, %s, %s)"
            " and area is not null limit 1",
            tile,
        ).fetchone()[0]
    with serve(town) as service:

        def ask(known=""):
            return service.get(
                f"/tiles/incidents/{tile.z}/{tile.x}/{tile.y}.mvt",
                params={"filter": f"area = '{area}'"},
                headers={"if-none-match": known},
            )

        first = ask()
        assert first.status_code == 200
        assert first.headers["cache-control"] == "private, no-cache"
        assert ask(first.headers["etag"]).status_code == 304
        with psycopg.connect(town) as conn:
            conn.execute("update area set code = 'X' || code where code = %s", [area])
        for _ in range(50):
            after = ask(first.headers["etag"])
            if after.status_code == 204:
                break
        assert after.status_code == 204


@pytest.mark.parametrize(
    ("layer", "filter_", "said"),
    [
        ("incidents", "class =", "cannot be read"),
        ("incidents", "rank < 1", "no property 'rank'"),
        ("merchants", "phone = '1'", "no property 'phone'"),
        ("density", "count < 3", "no property 'count'"),
    ],
)
def test_what_cannot_be_asked_is_refused(client, middle, layer, filter_, said):
    tile = tile_of(*middle, 15)
    answer = client.get(
        f"/tiles/{layer}/{tile.z}/{tile.x}/{tile.y}.mvt", params={"filter": filter_}
    )
    assert answer.status_code == 400, (answer.status_code, len(answer.content))
    assert said in answer.json()["detail"]
