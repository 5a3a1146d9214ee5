"""What is derived is right, made where it is stale and only there, and kept up by the service."""

import time

import pandas as pd
import psycopg
import pytest
from loops import run

from geo.layers import LAYERS
from geo.metrics import METRICS
from geo.store import refreshing
from geo.store.changes import Log, catch_up
from geo.store.metrics import PARTS_OF
from geo.store.refreshing import PARTS, bring_up_to_date, refresh
from geo.store.upkeep import upkeep

PATIENCE_S = 300


@pytest.fixture
def district(make_database, sample_url):
    """A copy of the sample district that may be changed, and a connection to it."""
    with psycopg.connect(make_database(sample_url), autocommit=True) as conn:
        yield conn


@pytest.fixture(scope="module")
def tables(sample_url):
    """Tables of the sample district without their shapes, by name."""
    columns = {
        "area": "id, level, parent_id, households", "block": "id, area_id, households",
        "incident": "id, status, block_id, segment_id", "merchant": "id, block_id, segment_id",
        "assignment": "plan_id, block_id, grid_id", "plan": "id, status",
        "segment": "id, kind, length_m", "duty": "segment_id, side, from_m, to_m",
        "metric_value": "*",
    }  # fmt: skip
    with psycopg.connect(sample_url) as conn:
        found = {}
        for table, names in columns.items():
            cursor = conn.execute(f"select {names} from {table}")
            found[table] = pd.DataFrame(
                cursor.fetchall(), columns=[column.name for column in cursor.description]
            )
    return found


def value_of(tables, key, layer):
    values = tables["metric_value"].query("key == @key and layer == @layer")
    return values.set_index("unit_id")["value"].sort_index()


def counts(tables, key, link):
    """Points of a metric by what they are linked to."""
    points = tables["merchant" if key == "merchants" else "incident"]
    if key == "incidents_open":
        points = points[~points["status"].isin(["closed", "cancelled"])]
    return points[link].value_counts()


COUNTS = ("incidents", "incidents_open", "merchants")


def of_blocks(tables, key):
    blocks = tables["block"].set_index("id")
    if key == "households":
        return blocks["households"].astype(float)
    return counts(tables, key, "block_id").reindex(blocks.index, fill_value=0).astype(float)


def same(found, expected):
    expected = expected.sort_index()
    assert len(found)
    pd.testing.assert_series_equal(found, expected, check_names=False, check_index_type=False)


@pytest.mark.parametrize("key", [*COUNTS, "households"])
def test_metrics_of_blocks(tables, key):
    same(value_of(tables, key, "blocks"), of_blocks(tables, key).dropna())


@pytest.mark.parametrize("key", [*COUNTS, "households"])
def test_metrics_of_grids(tables, key):
    plans = tables["plan"].query("status == 'published'")["id"]
    rows = tables["assignment"][tables["assignment"]["plan_id"].isin(plans)]
    sums = rows["block_id"].map(of_blocks(tables, key)).groupby(rows["grid_id"]).sum()
    same(value_of(tables, key, "grids"), sums)


@pytest.mark.parametrize("key", [*COUNTS, "households"])
def test_metrics_of_areas(tables, key):
    areas = tables["area"].query("level != 'compound'").set_index("id")
    own = of_blocks(tables, key).groupby(tables["block"].set_index("id")["area_id"]).sum()
    total = own.reindex(areas.index, fill_value=0.0)
    for level in ("community", "street"):
        parts = areas.index[areas["level"] == level]
        up = total[parts].groupby(areas.loc[parts, "parent_id"].astype(int)).sum()
        total = total.add(up.reindex(total.index, fill_value=0.0))
    found = value_of(tables, key, "areas")
    same(found, total)
    children = found.groupby(areas["parent_id"].dropna().astype(int)).sum()
    assert (children == found[children.index]).all()


@pytest.mark.parametrize("key", COUNTS)
def test_metrics_of_segments(tables, key):
    roads = tables["segment"].query("kind in ('road', 'lane')")["id"]
    expected = counts(tables, key, "segment_id").reindex(roads, fill_value=0).astype(float)
    same(value_of(tables, key, "segments"), expected)


def test_share_with_a_duty(tables):
    segments = tables["segment"].query("kind in ('road', 'lane')").set_index("id")
    share = {}
    for (segment, _), duties in tables["duty"].groupby(["segment_id", "side"]):
        reached = 0.0
        for _, duty in duties.sort_values("from_m").iterrows():
            end = min(duty["to_m"], segments.loc[segment, "length_m"])
            start = max(duty["from_m"], reached)
            share[segment] = share.get(segment, 0) + max(end - start, 0)
            reached = max(reached, end)
    metres = pd.Series(share).reindex(segments.index, fill_value=0.0)
    expected = (100 * metres / (2 * segments["length_m"])).clip(upper=100)
    same(value_of(tables, "duty_share", "segments"), expected)


@pytest.mark.parametrize("key", COUNTS)
def test_sums_over_units_are_the_linked_points(tables, key):
    linked = counts(tables, key, "block_id").sum()
    assert value_of(tables, key, "blocks").sum() == linked
    top = tables["area"].query("level == 'district'")["id"]
    assert value_of(tables, key, "areas")[top].sum() == linked


def test_every_declared_metric_has_values_and_names_its_data(sample_url):
    with psycopg.connect(sample_url) as conn:
        rows = conn.execute(
            "select key, layer, count(value), min(revision) from metric"
            " left join metric_value using (key, layer) group by key, layer"
        ).fetchall()
    declared = {(m.key, of) for m in METRICS for of in m.layers}
    assert {row[:2] for row in rows} == declared | set(PARTS_OF)
    assert all(count > 0 and "on:" in revision for _, _, count, revision in rows)


def test_duties_that_overlap_count_once(district):
    one, two = district.execute("select id from segment where kind = 'road' limit 2").fetchall()
    district.execute("delete from duty")
    for from_m, to_m, start, end in (
        (0, 6, "-1 day", "1 day"), (4, 10, "-1 day", "1 day"), (2, 3, "0 days", "1 day"),
        (10, 20, "-9 days", "0 days"), (10, 20, "1 day", "2 days"),
    ):  # fmt: skip
        district.execute(
            "insert into duty (chief_id, segment_id, side, role, exclusive, from_m, to_m,"
            " valid_from, valid_to) select min(id), %s, 'L', 'rota', false, %s, %s,"
            " current_date + %s::interval, current_date + %s::interval from chief",
            [one[0], from_m, to_m, start, end],
        )
    refresh(district, patient=False)
    sql = (
        "select value, length_m from metric_value join segment on id = unit_id"
        " where layer = 'segments' and key = %s"
    )
    value, length = district.execute(f"{sql} and id = %s", ["duty_share", *one]).fetchone()
    assert value == pytest.approx(100 * min(10, length) / (2 * length))
    assert district.execute(f"{sql} and id = %s", ["duty_share", *two]).fetchone()[0] == 0


def test_nothing_is_made_twice(district):
    assert refresh(district, patient=False).made == []
    log = "select max(seq) from change"
    before = district.execute(log).fetchone()
    district.execute("delete from refreshed")
    assert refresh(district, patient=False).made == [part.name for part in PARTS]
    assert district.execute(log).fetchone() == before  # what is equal was not written
    assert refresh(district, patient=False) == refreshing.Refreshed([], None)


@pytest.fixture
def block(district):
    """The largest block of the district."""
    return district.execute("select id from block order by st_area(geom) desc").fetchone()[0]


BITE = (
    "update block set geom = st_difference(geom, st_buffer(st_pointn(st_exteriorring(geom), 1), 9))"
    " where id = %s"
)


def plain(conn, block):
    """The shapes for far zooms of a block, by band."""
    sql = "select band, tile_geom::text from generalised where layer = 'blocks' and shape_id = %s"
    return dict(conn.execute(sql, [block]).fetchall())


def test_every_shape_in_force_has_every_band(district):
    for layer in LAYERS.values():
        for band in layer.bands:
            dated = " and valid_from <= current_date and valid_to > current_date" * layer.dated
            lacking = district.execute(
                f"select count(*) from layer_{layer.key} as here where from_zoom <= {band}{dated}"
                " and not exists (select from generalised where layer = %s and band = %s"
                "                 and shape_id = here.shape_id)", [layer.key, band],
            ).fetchone()  # fmt: skip
            assert lacking == (0,), (layer.key, band)


def test_an_edited_shape_is_simplified_anew_and_only_it_is_noted(district, block):
    before = plain(district, block)
    district.execute(BITE, [block])
    assert plain(district, block) == {}
    (seen,) = district.execute("select max(seq) from change").fetchone()
    assert "shapes of blocks" in refresh(district, patient=False).made
    after = plain(district, block)
    assert after.keys() == before.keys() == set(LAYERS["blocks"].bands)
    assert after[14] != before[14]
    sql = "select east - west, north - south from change where seq > %s and layer = 'blocks'"
    ((width, height),) = district.execute(sql, [seen]).fetchall()
    (across,) = district.execute(
        "select st_xmax(b) - st_xmin(b) from (select st_extent(tile_geom) as b from block) as box"
    ).fetchone()
    assert 0 < max(width, height) < across / 2
    assert refresh(district, patient=False).made == []


def test_shapes_that_are_gone_are_forgotten(district, block):
    district.execute("update block set valid_to = current_date where id = %s", [block])
    refresh(district, patient=False)
    assert plain(district, block) == {}
    assert refresh(district, patient=False).made == []


def test_what_is_edited_meanwhile_is_left_for_later(district, block):
    district.execute("delete from generalised where layer = 'blocks'")
    district.execute("delete from refreshed where part = 'shapes of blocks'")
    with psycopg.connect(district.info.dsn) as editor:
        editor.execute(BITE, [block])
        done = refresh(district)
        assert done.made == []
        assert done.again_s >= refreshing.TRY_AGAIN_S
        assert plain(district, block) == {}
    assert "shapes of blocks" in refresh(district).made
    assert plain(district, block).keys() == set(LAYERS["blocks"].bands)


def report(conn, number=1):
    conn.execute(
        "insert into incident (external_id, class, reported_at, geom) select 'new ' || %s, 'test',"
        " now(), st_pointonsurface(geom) from block order by id limit 1", [number],
    )  # fmt: skip


def test_density_changes_only_where_points_did(district):
    sql = "select id, cell, count, open from density"
    before = set(district.execute(sql).fetchall())
    (seen,) = district.execute("select max(seq) from change").fetchone()
    report(district)
    assert {"density", "metrics"} <= set(refresh(district, patient=False).made)
    after = set(district.execute(sql).fetchall())
    assert len(after - before) == 4
    for number, cell, count, is_open in after - before:
        assert (number, cell, count - 1, is_open - 1) in before or count == 1
    noted = district.execute(
        "select count(feature_id) from change where seq > %s and layer = 'density'", [seen]
    ).fetchone()
    assert noted == (4,)
    district.execute("delete from incident where external_id like 'new %'")
    refresh(district, patient=False)
    assert {row[1:] for row in district.execute(sql)} == {row[1:] for row in before}


def test_cells_come_and_go_at_once(district):
    """Incidents that are all elsewhere now: every cell goes, and others come."""
    district.execute("delete from incident where id > 1000")
    refresh(district, patient=False)
    district.execute("update incident set geom = st_translate(geom, 20000, 5000) where id > 500")
    refresh(district, patient=False)
    found = district.execute(
        "select cell, st_contains(geom, st_pointonsurface(geom)) from density"
    ).fetchall()
    assert found
    totals = district.execute("select sum(count) from density group by resolution").fetchall()
    assert totals == [(1000,)] * 4


def test_no_incidents_no_density(district):
    district.execute("delete from incident")
    refresh(district, patient=False)
    assert district.execute("select count(*) from density").fetchone() == (0,)
    shares = district.execute("select share from thinning where layer = 'incidents'").fetchall()
    assert set(shares) == {(1.0,)}


def test_all_open_incidents_are_below_every_share(district):
    (highest,) = district.execute(
        "select max(rank) from incident where status not in ('closed', 'cancelled')"
    ).fetchone()
    for zoom, share in district.execute("select zoom, share from thinning where layer='incidents'"):
        shown = district.execute("select count(*) from incident where rank < %s", [share])
        assert share >= 1 / 1024 > highest
        assert shown.fetchone()[0] <= next(
            n for last, n in LAYERS["incidents"].budget if zoom <= last
        )


def test_shares_follow_the_number_of_points(district):
    district.execute("delete from incident where mod(id, 4) <> 0")
    assert "shares" in refresh(district, patient=False).made
    (share,) = district.execute(
        "select share from thinning where layer = 'incidents' and zoom = 15"
    ).fetchone()
    assert share == 1


def test_parts_rest_and_are_made_later(district):
    report(district)
    refresh(district, patient=False)
    report(district, 2)
    done = refresh(district)
    assert not {"density", "metrics"} & set(done.made)
    assert 0 < done.again_s < refreshing.LONGEST_REST_S
    district.execute("update refreshed set at = at - interval '1 hour'")
    assert set(refresh(district).made) >= {"density", "metrics"}


def test_one_at_a_time(district):
    report(district)
    with psycopg.connect(district.info.dsn, autocommit=True) as other:
        other.execute("select pg_advisory_lock(%(turn)s)", refreshing._TURN)
        assert refresh(district) == refreshing.Refreshed([], refreshing.TRY_AGAIN_S)
    assert "density" in refresh(district, patient=False).made


def test_a_new_day_makes_what_is_dated(district):
    district.execute("update setting set time_zone = 'Pacific/Kiritimati'")
    one = set(refresh(district, patient=False).made)
    district.execute("update setting set time_zone = 'Pacific/Pago_Pago'")
    other = set(refresh(district, patient=False).made)
    dated = {
        "shapes of blocks", "shapes of grids", "homes of sides", "coverage", "reach", "metrics",
    }  # fmt: skip
    assert other == dated  # the two are 25 hours apart
    assert one <= dated


def test_a_long_log_is_cut_once(district):
    district.execute("insert into change (layer, op) select 'areas', 'update'"
                     " from generate_series(1, 45000)")  # fmt: skip

    def is_cut():
        refresh(district, patient=False)
        return district.execute("select count(*) from change").fetchone()[0] < 25_000

    # Transactions under way keep what came after them, those of other databases too.
    until(is_cut)
    assert refresh(district, patient=False).made == []


def test_a_reader_knows_shares_that_the_log_no_longer_names(district):
    district.execute("delete from change where layer = 'thinning'")

    async def read():
        log = Log()
        async with await psycopg.AsyncConnection.connect(district.info.dsn) as conn:
            await catch_up(conn, log)
        return log.shares

    assert run(read())["incidents", 12] < 1


def test_a_district_with_nothing_in_it(empty_town):
    assert bring_up_to_date(empty_town) == [part.name for part in PARTS]
    assert bring_up_to_date(empty_town) == []


def test_a_district_without_points(town):
    assert bring_up_to_date(town) == [part.name for part in PARTS]
    assert bring_up_to_date(town) == []


def test_without_a_district_there_is_nothing_to_do(db, make_database):
    assert bring_up_to_date(db) == []
    assert bring_up_to_date(make_database()) == []


def until(holds):
    end = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end, "it was never refreshed"
        time.sleep(0.05)


def test_the_service_keeps_up_and_survives_a_lost_connection(district, block):
    with upkeep(district.info.dsn):
        district.execute(BITE, [block])
        until(lambda: plain(district, block))
        district.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )
        time.sleep(0.5)
        district.execute(BITE.replace("9", "19"), [block])
        assert plain(district, block) == {}
        until(lambda: plain(district, block))


def test_two_services_take_turns(district, block):
    with upkeep(district.info.dsn), upkeep(district.info.dsn):
        report(district)
        district.execute(BITE, [block])
        until(lambda: plain(district, block))
        until(lambda: refresh(district).made == [] and len(plain(district, block)) == 2)
