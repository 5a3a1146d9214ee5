"""Figures, loads, coverage and findings of reports, against reckonings of another kind."""

import math
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reporting import (
    CLASSES,
    PERIOD,
    STATUSES,
    STREETS,
    ZONE,
    blocks,
    cases_of,
    material,
    plan_of,
    sides,
)

from geo import discretion
from geo.reporting import duties, findings, indicators, loads
from geo.reporting.content import compute
from geo.reporting.findings import rose
from geo.reporting.material import NoSuchStreet
from geo.reporting.periods import Period, PeriodUnusable, last_week, period_of, span_of, week_of
from geo.reporting.spots import spots

SPAN = span_of(PERIOD, ZONE)
NONE = math.nan
DAYS = st.floats(0, 28).map(lambda d: round(d * 96) / 96)
MAYBE = st.one_of(st.just(NONE), DAYS)


@st.composite
def a_case(draw):
    reported = draw(DAYS)
    after = [draw(MAYBE) for _ in range(3)]
    later = [t if t != t else reported + t / 4 for t in after]
    place = draw(st.integers(1, 8)), draw(st.integers(0, 20)) * 10
    return (
        draw(st.sampled_from(CLASSES)),
        draw(st.sampled_from(STATUSES)),
        reported,
        *later,
        *place,
    )


CASES = st.lists(a_case(), min_size=1, max_size=30).map(cases_of)


def reckoned(cases):
    """The figures of all cases, one case after the other."""
    start, end = SPAN
    found = dict.fromkeys(
        ["filed", "closed", "closed_dated", "closed_in_time", "handled", "open", "late"], 0
    )
    hours = []
    for case in cases.to_dict("records"):
        if case["status"] == "cancelled":
            continue
        reported, due, handled, closed = (
            None if pd.isna(case[f"{name}_at"]) else case[f"{name}_at"]
            for name in ("reported", "due", "handled", "closed")
        )
        found["filed"] += start <= reported < end
        if closed and start <= closed < end:
            found["closed"] += 1
            if due:
                found["closed_dated"] += 1
                found["closed_in_time"] += (handled or closed) <= due
        if handled and start <= handled < end:
            found["handled"] += 1
            hours.append((handled - reported).total_seconds() / 3600)
        gone = closed < end if closed else case["status"] == "closed"
        if reported < end and not gone:
            found["open"] += 1
            found["late"] += bool(due and due < min(handled or closed or end, end))
    return found, hours


@settings(max_examples=60)
@given(CASES)
def test_figures_equal_a_reckoning_case_by_case(cases):
    row = indicators.indicators(indicators.marks(cases, SPAN)).iloc[0]
    found, hours = reckoned(cases)
    assert {name: row[name] for name in found} == found
    share = found["closed_in_time"] / found["closed_dated"] if found["closed_dated"] else NONE
    assert row["in_time"] == pytest.approx(100 * share, nan_ok=True)
    mean = sum(hours) / len(hours) if hours else NONE
    assert row["mean_hours"] == pytest.approx(mean, nan_ok=True)


@settings(max_examples=40)
@given(CASES)
def test_figures_of_units_add_up_to_those_of_all(cases):
    marked = indicators.marks(cases, SPAN)
    whole = indicators.indicators(marked).iloc[0]
    parts = indicators.indicators(marked, cases["class"])
    for name in indicators.COUNTS:
        assert parts[name].sum() == whole[name]


@settings(max_examples=40)
@given(CASES)
def test_recurring_equals_looking_at_every_pair(cases):
    found = indicators.recurring(cases)
    rows = cases[["class", "x", "y", "reported_at"]].to_dict("records")
    for n, case in enumerate(rows):
        near = [
            other for other in rows
            if other["class"] == case["class"]
            and math.dist((other["x"], other["y"]), (case["x"], case["y"])) <= 30
            and timedelta(0) < case["reported_at"] - other["reported_at"] <= timedelta(days=7)
        ]  # fmt: skip
        assert found[n] == bool(near)


def test_compared_knows_units_of_either_period():
    now = indicators.indicators(indicators.marks(_some(), SPAN), _some()["class"])
    before = indicators.indicators(
        indicators.marks(_some(), span_of(PERIOD.before, ZONE)), _some()["class"]
    )
    both = indicators.compared(now, before)
    assert both.loc["垃圾暴露", ["filed", "filed_before", "change"]].tolist() == [2, 1, 100]
    assert both.loc["违法停车", ["filed", "filed_before"]].tolist() == [0, 1]
    assert math.isnan(both.loc["路灯故障", "change"])


def _some():
    return cases_of([
        ("垃圾暴露", "closed", 15, 16, 15.5, 15.6, 1, 0),
        ("垃圾暴露", "reported", 16, 17, NONE, NONE, 1, 40),
        ("垃圾暴露", "closed", 8, 9, 8.5, 8.6, 2, 0),
        ("违法停车", "closed", 9, NONE, 9.1, 9.2, 3, 0),
        ("路灯故障", "handled", 15, 15.5, 16, NONE, 3, 0),
        ("路灯故障", "cancelled", 15, 16, NONE, NONE, 3, 0),
    ])  # fmt: skip


def test_days_and_hours_hold_every_case_filed():
    cases = _some()
    assert indicators.by_day(cases, SPAN).tolist() == [0, 2, 1, 0, 0, 0, 0]
    hours = indicators.by_hour(cases, SPAN)
    filed = cases.loc[indicators.marks(cases, SPAN)["filed"], "reported_at"]
    assert hours.sum() == len(filed)
    assert all(hours[t.weekday(), t.hour] for t in filed)


@given(st.lists(st.integers(0, 30), max_size=12))
def test_no_small_count_is_shown_nor_follows_from_the_sum(counts):
    shut = discretion.hidden(counts)
    assert all(gone for n, gone in zip(counts, shut, strict=True) if 0 < n < 5)
    others = [n for n in counts if n]
    assert shut.sum() != 1 or len(others) == 1
    assert not any(gone for n, gone in zip(counts, shut, strict=True) if n == 0)


@given(st.integers(0, 300), st.integers(0, 300))
def test_rose_is_fell_the_other_way_round(now, before):
    if rose(now, before) > 0:
        assert now > before
        assert now - before > 2 * math.sqrt(now + before)
    if now >= before and rose(now, before) == 0:
        few = now - before <= 2 * math.sqrt(now + before)
        assert few or now - before < 0.1 * before


@pytest.mark.parametrize(
    ("now", "before", "way"),
    [(130, 100, 0), (131, 100, 1), (70, 101, -1), (1050, 1000, 0), (0, 0, 0)],
)
def test_where_a_rise_begins(now, before, way):
    assert rose(now, before) == way


def test_spots_are_stretches_of_one_side():
    rows = [("垃圾暴露", "closed", 15, 16, 15.5, 15.6, 1, m) for m in (1, 2, 49, 51, 52, 140)]
    cases = cases_of(rows)
    cases.loc[4, "side"] = "R"
    found = spots(cases)
    assert found["count"].tolist() == [3, 1, 1, 1]
    assert found["of_class"].iloc[0] == 3
    assert len(spots(cases, least=2)) == 1


def test_coverage_counts_metres_of_both_sides():
    all_of = duties.covered(sides()).iloc[0]
    assert all_of["side_m"] == 2400
    assert all_of["share"] == pytest.approx(100 * 1000 / 2400)
    assert all_of["lived"] == pytest.approx(all_of["share"] / 2)
    assert all_of["hollow"] == pytest.approx(all_of["share"] / 4)
    assert duties.covered_by(sides(), "class")["share"].tolist() == [25, 100, 0]
    bare = duties.without_chief(sides(), _some())
    assert list(bare.index) == ["西路"]


def test_load_of_grids_is_the_sum_of_their_blocks():
    cases = _some()
    load = loads.of_blocks(blocks(), cases, indicators.marks(cases, SPAN))
    grids = loads.of_grids(load, plan_of(list("AABBCCDD")).of_block)
    assert grids["households"].tolist() == [300, 700, 1100, 1500]
    assert grids["incidents"].tolist() == [2, 1, 0, 0]
    assert grids["incidents_open"].tolist() == [1, 1, 0, 0]
    even = loads.evenness(grids["households"])
    assert (even.units, even.least, even.median, even.most) == (4, 300, 900, 1500)
    assert even.in_norm == 25
    values = grids["households"].to_numpy()
    assert even.variation == pytest.approx(100 * np.std(values) / np.mean(values))


def test_what_moves_between_plans():
    load = loads.of_blocks(blocks(), _some(), indicators.marks(_some(), SPAN))
    one, same = plan_of(list("AABBCCDD")), plan_of(list("XXYYZZWW"))
    assert loads.compare(one, same, load)[:2] == (0, 0)
    other = plan_of(list("XXXYZZWW"))  # block 3 (300 households) goes from B to A's grid
    assert loads.compare(one, other, load)[:2] == (1, 300)


def test_findings_name_what_is_wrong():
    rows = [("垃圾暴露", "reported", 14 + k / 20, 15, NONE, NONE, 1, 3) for k in range(40)]
    rows += [("违法停车", "closed", 8, 9, 12, 15, 5, 200)] * 6
    content = compute(material(cases_of(rows)), PERIOD)
    found = {finding.rule: finding for finding in content.findings}
    assert content.findings[0].rule == "filed"
    assert found["filed"].facts == {"now": 40, "before": 6, "way": 1}
    assert found["class_rose"].facts["rows"] == [("垃圾暴露", 40, 0)]
    assert found["late"].facts["count"] == 40
    assert found["in_time"].facts["now"] == 0
    assert found["spots"].facts["rows"][0][2] == 40
    assert found["no_chief"].facts["rows"] == [("西路", 800, 0)]
    assert found["busy_grids"].facts["rows"] == [("G0", 40)]
    assert found["crowded_grids"].facts["count"] == 3
    assert "workers" not in found  # just 1 000 households for one worker


def test_quiet_weeks_have_no_bad_findings():
    content = compute(
        material(cases_of([("垃圾暴露", "closed", 15, 16, 15.1, 15.2, 1, 3)])), PERIOD
    )
    told = {finding.rule for finding in content.findings}
    assert not told & {"class_rose", "community_rose", "late", "spots", "slow", "busy_grids"}


def test_data_that_begin_with_the_period_are_no_rise():
    rows = [("垃圾暴露", "closed", 15, 16, 15.1, 15.2, 1, 3)] * 50
    found = {f.rule: f for f in compute(material(cases_of(rows)), PERIOD).findings}
    assert found["filed"].level == "note"
    assert "class_rose" not in found


def test_a_street_holds_only_its_own():
    code = next(iter(STREETS))
    cases = cases_of(
        [("垃圾暴露", "closed", 15, 16, 15.1, 15.2, block, 3) for block in range(1, 9)]
    )
    part, other = (compute(material(cases), PERIOD, street) for street in STREETS)
    whole = compute(material(cases), PERIOD)
    assert part.material.title == STREETS[code]
    assert part.total["filed"] + other.total["filed"] == whole.total["filed"] == 8
    assert list(part.load.index) == ["G0", "G1"]
    with pytest.raises(NoSuchStreet, match="319901002000"):
        compute(material(cases), PERIOD, "319901009000")


def test_periods():
    newest = date(2026, 6, 30)
    assert period_of(None, None, newest) == Period(date(2026, 6, 24), date(2026, 7, 1))
    assert period_of(date(2026, 5, 1), None, newest).last == date(2026, 5, 7)
    assert period_of(None, date(2026, 5, 8), newest).since == date(2026, 5, 1)
    assert (
        last_week(newest)
        == week_of(date(2026, 6, 24))
        == Period(date(2026, 6, 22), date(2026, 6, 29))
    )
    assert last_week(date(2026, 6, 28)).since == date(2026, 6, 22)
    assert PERIOD.before.until == PERIOD.since
    assert PERIOD.before.days == PERIOD.days
    with pytest.raises(PeriodUnusable, match="the day after"):
        period_of(newest, newest, newest)


def test_every_rule_is_said_in_both_languages():
    from maps.report.sentences import SAY

    said = {"filed", "class_rose", "street_rose", "community_rose", "in_time", "late", "spots",
            "slow", "busy_grids", "no_chief", "no_duties", "crowded_grids", "workers"}  # fmt: skip
    assert set(SAY) == said
    assert (
        len(findings.RULES) == len(said) - 3
    )  # one tells of three units, one of chiefs in two ways
