"""Loads of the sample district against direct counts; rule sets; the ground of a plan."""

from datetime import date, timedelta

import geopandas
import numpy as np
import pandas as pd
import psycopg
import pytest
import shapely
from days import today

from geo import load as law
from geo.adjacency import adjacency
from geo.load import STANDARD
from geo.store import (
    load_rules,
    loads,
    plan_checks,
    plan_ground,
    protected,
    redrawing,
    refreshing,
)
from geo.store.loads import Units


@pytest.fixture(scope="module")
def sample(sample_url):
    with psycopg.connect(sample_url, autocommit=True) as conn:
        yield conn


@pytest.fixture(scope="module")
def found(sample):
    return loads.of_blocks(sample, STANDARD)


@pytest.fixture
def district(sample_url, make_database):
    with psycopg.connect(make_database(sample_url), autocommit=True) as conn:
        yield conn


def one(conn, query, *given):
    (value,) = conn.execute(query, given).fetchone()
    return value


def test_sums_over_blocks_are_direct_counts(sample, found):
    sums = found.blocks.sum(numeric_only=True)
    last = one(sample, "select max(reported_at) from incident")
    counted = {
        "households": "select sum(households) from block",
        "people": "select sum(people) from block",
        "merchants": "select count(*) from merchant where block_id is not null",
        "stations": "select count(*) from station where block_id is not null",
        "area_m2": "select sum(st_area(geom)) from area where level = 'community'",
        "frontage_m": "select 2 * sum(length_m) from segment where kind in ('road', 'lane')",
    }
    for name, query in counted.items():
        assert sums[name] == pytest.approx(float(one(sample, query)), rel=1e-6), name
    cases = "select count(*) from incident where block_id is not null and status <> 'cancelled'"
    in_time = cases + " and reported_at between %s and %s"
    assert sums["incidents"] == one(sample, in_time, last - timedelta(days=365), last)
    assert sums["incidents"] <= one(sample, cases)


@pytest.mark.parametrize(
    "units",
    [Units("blocks"), *(Units("grids", s) for s in ("management", "party", "police")),
     *(Units("areas", level=level) for level in ("district", "street", "community"))],
    ids=lambda units: f"{units.of} {units.system} {units.level}",
)  # fmt: skip
def test_every_division_carries_the_whole(sample, found, units):
    table = loads.of_units(sample, found, units, today())
    assert table["blocks"].sum() == len(found.blocks)
    whole = found.blocks.drop(columns=["code", "area_id"]).sum()
    np.testing.assert_allclose(table[list(whole.index)].sum().astype(float), whole.astype(float))
    parts = table[[f"part_{name}" for name in law.PARTS]].sum(axis=1)
    np.testing.assert_allclose(parts, table["load"], atol=1e-5)


def test_grids_hold_the_points_that_lie_in_them(sample, found):
    """Direct: points in polygons, where loads only join numbers."""
    table = loads.of_units(sample, found, Units("grids"), today())
    within = pd.Series(dict(sample.execute(
        "select g.id, count(m.id) from layer_grids g"
        " left join merchant m on st_intersects(g.geom, m.geom)"
        " where g.system = 'management' group by g.id"
    ).fetchall()))  # fmt: skip
    pd.testing.assert_series_equal(
        table["merchants"].sort_index(), within.sort_index(), check_names=False, check_dtype=False,
        check_index_type=False,
    )  # fmt: skip


def test_cases_weigh_what_their_classes_take(sample, found):
    rows = pd.DataFrame(
        sample.execute(
            "select block_id, class from incident where block_id is not null"
            " and status <> 'cancelled' and reported_at between %s and %s",
            (found.since, found.until),
        ).fetchall(), columns=["block", "class"],
    )  # fmt: skip
    by_hand = rows["class"].map(found.each).groupby(rows["block"]).sum() / found.weeks
    ours = found.blocks["part_incidents"]
    np.testing.assert_allclose(by_hand.reindex(ours.index).fillna(0), ours)
    assert found.each.min() < 20 < found.each.max()


def test_workers_of_streets_are_those_of_their_communities(sample, found):
    streets = loads.of_units(sample, found, Units("areas", level="street"), today())
    assert streets["workers"].sum() == one(
        sample, "select sum(workers) from area where level = 'community'"
    )
    np.testing.assert_allclose(streets["load_per_worker"], streets["load"] / streets["workers"])


def test_metrics_are_the_same_loads(sample, found):
    for of in ("blocks", "grids", "areas"):
        table = loads.of_units(sample, found, Units(of, None, None), today())
        kept = dict(sample.execute(
            "select unit_id, value from metric_value where key = 'load' and layer = %s", (of,)
        ).fetchall())  # fmt: skip
        assert kept == pytest.approx(table["load"].to_dict(), abs=1e-5)
    revision = one(sample, "select revision from metric where key = 'load' and layer = 'grids'")
    assert "rule:standard.1" in revision


def test_a_day_without_cases_has_ground_only(sample):
    early = loads.of_blocks(sample, STANDARD, date(2000, 1, 1))
    assert early.blocks["incidents"].sum() == early.blocks["part_incidents"].sum() == 0
    assert early.blocks["load"].sum() > 0


def test_small_counts_are_kept_back(found):
    told = loads.discreet(found)
    few = found.blocks["incidents"].between(1, 4)
    assert few.any()
    assert told.blocks["incidents"].isna().equals(few)
    same = (told.blocks["load"] - found.blocks["load"]).abs()
    assert same[~few].max() == 0
    assert same.max() < 2


def test_what_nobody_has_is_said(sample, found):
    with pytest.raises(loads.NoSuchUnits, match="no grid system 'x'"):
        loads.of_units(sample, found, Units("grids", "x"), today())
    for rule in ("x", "standard.2", "standard.x"):
        with pytest.raises(load_rules.NoSuchRule, match=r"standard\.1"):
            load_rules.rule_of(sample, rule)


def test_rule_sets_are_versions_and_maps_follow(district):
    before = loads.of_blocks(district, load_rules.rule_of(district)).blocks["load"].sum()
    with district.transaction():
        rule = load_rules.put_rule(district, "standard", ("标准", "Standard"), {"household": 3})
    assert rule.key == "standard.2"
    assert load_rules.rule_of(district) == rule
    assert load_rules.rule_of(district, "standard.1") == STANDARD
    assert "metrics" in refreshing.refresh(district, patient=False).made
    kept = one(
        district, "select sum(value) from metric_value where key = 'load' and layer = 'blocks'"
    )
    households = one(district, "select sum(households) from block")
    assert kept == pytest.approx(before + 2 * households)
    with district.transaction():
        assert load_rules.put_rule(district, "night", ("夜", "Night"), {}).key == "night.1"
    assert load_rules.rule_of(district).key == "standard.2"
    with pytest.raises(law.BadWeights):
        load_rules.put_rule(district, "night", ("夜", "Night"), {"moon": 1})


def test_a_protected_place_weighs_once_and_is_not_cut(district, tmp_path):
    (plan,) = district.execute(
        "select plan.id from plan join grid_system s on s.id = system_id where code = 'management'"
    ).fetchone()
    blocks = plan_ground.read_blocks(district, plan)
    pairs, _ = adjacency(blocks.geometry.to_numpy())
    drawn = plan_checks.read(district, plan, STANDARD)
    a, b = next(
        (a, b) for a, b in pairs.tolist()
        if drawn.number[a] != drawn.number[b] and blocks["area"][a] == blocks["area"][b]
    )  # fmt: skip
    ground = shapely.union_all(blocks.geometry.iloc[[a, b]].buffer(-5))
    file = tmp_path / "schools.gpkg"
    geopandas.GeoDataFrame({"name": ["实验小学"]}, geometry=[ground], crs=4549).to_file(file)
    before = plan_ground.revision(district, plan, STANDARD)
    with district.transaction():
        assert protected.put_places(district, file, "school") == 1
    assert plan_ground.revision(district, plan, STANDARD) != before
    weighed = loads.of_blocks(district, STANDARD).blocks
    assert weighed["protected"].sum() == 1
    checked = plan_checks.check(district, plan, STANDARD)
    (cut,) = [f for f in checked.findings if f.hard]
    assert cut.rule == "protected_whole"
    assert {checked.ids[row] for row in cut.blocks} == set(blocks["id"].iloc[[a, b]])
    assert "实验小学" in checked.sentence(cut, "zh")


def test_places_that_cannot_be_protected_are_named(sample, tmp_path):
    file, square = tmp_path / "places.gpkg", shapely.box(120.99, 31.1, 120.991, 31.101)
    for rows, kind, said in (
        ({"name": ["", "甲"]}, None, "place 1, has no name"), ({"name": ["甲"]}, "moon", "'moon'"),
        ({"name": ["甲", "乙"], "kind": ["school", "x"]}, None, "place 2, 乙: kind 'x'"),
    ):  # fmt: skip
        geometry = [square] * len(rows["name"])
        geopandas.GeoDataFrame(rows, geometry=geometry, crs=4326).to_file(file)
        with pytest.raises(protected.BadProtectedPlace, match=said):
            protected.put_places(sample, file, kind)


def test_the_ground_of_a_plan(sample):
    (plan, *_) = (row["id"] for row in redrawing.listed(sample, "management"))
    ground = plan_ground.read(sample, plan, STANDARD)
    blocks, edges = ground.blocks, ground.edges
    assert len(blocks) == one(sample, "select count(*) from block")
    pairs, metres = adjacency(blocks.geometry.to_numpy())
    assert edges[["a", "b"]].to_numpy().tolist() == pairs.tolist()
    np.testing.assert_allclose(edges["metres"], metres)
    # Blocks were cut along roads, lanes and rivers.
    along = edges.groupby("kind")["metres"].sum() / edges["metres"].sum()
    assert along["road"] + along["lane"] > 0.9
    assert along["lane"] > 0.1
    assert along["river"] > 0.01
    names = {name for (name,) in sample.execute("select name from road")}
    assert set(edges.loc[edges["kind"].isin(["road", "lane"]), "why"]) <= names | {""}
    inner = shapely.points(blocks["x"], blocks["y"])
    assert shapely.intersects(blocks.geometry.to_numpy(), inner).all()
    # No compound lies in two blocks there, so that each that covers some has blocks of its own.
    assert blocks["compound"].nunique() == one(
        sample, "select count(*) from area where level = 'compound'"
    )


def test_painting_leaves_the_ground_and_edits_do_not(district):
    (plan, *_) = (row["id"] for row in redrawing.listed(district, "management"))
    before = plan_ground.revision(district, plan, STANDARD)
    district.execute("insert into plan_comment (plan_id, body) values (%s, '看')", [plan])
    assert plan_ground.revision(district, plan, STANDARD) == before
    district.execute("update block set households = households + 1 where id = 1")
    assert plan_ground.revision(district, plan, STANDARD) != before


def test_published_plans_break_no_hard_rule(sample):
    for plan in redrawing.listed(sample):
        checked = plan_checks.check(sample, plan["id"], STANDARD)
        assert not [f for f in checked.findings if f.hard]
        told = plan_checks.told(checked, 4549, "en")
        assert told["soft"] == len(told["findings"]) == len(checked.findings)


def test_a_district_without_anything_has_no_load(empty_town):
    refreshing.bring_up_to_date(empty_town)
    with psycopg.connect(empty_town) as conn:
        nothing = loads.of_blocks(conn, STANDARD)
        assert nothing.blocks.empty
        assert loads.of_units(conn, nothing, Units("blocks"), today()).empty
        assert loads.of_units(conn, nothing, Units("grids", None), today()).empty


def test_a_town_without_cases_has_loads(town):
    refreshing.bring_up_to_date(town)
    with psycopg.connect(town) as conn:
        table = loads.of_units(
            conn, loads.of_blocks(conn, STANDARD), Units("areas", level=None), today()
        )
        assert table.empty  # no blocks yet
