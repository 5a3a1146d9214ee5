"""Proposals on the sample district: computed, applied as one stroke, or refused with a reason."""

from functools import partial

import psycopg
import pytest

from geo.progress import silence
from geo.store import proposals, proposed, redrawing, strokes
from geo.store.database import LOCAL, Reader, transaction
from geo.store.proposals import Asked, NoSuchProposal, ProposalNotReady, ProposalOvertaken
from geo.store.redrawing import DraftChanged, PlanFrozen, UnknownPlan, Wish
from geo.store.strokes import By

OVERLOADED = ("319901101002", "319901002003")
"""The two communities of the sample with most load for each worker."""


@pytest.fixture(scope="module")
def drawn(sample_url, make_module_database):
    """A copy of the sample with a draft, and a proposal for its two overloaded communities."""
    url = make_module_database(sample_url)
    with transaction(url) as conn:
        draft = redrawing.make(conn, Wish("management", "重排"))
    chosen = tuple(blocks_of(url, *OVERLOADED))
    return url, draft, compute(url, draft, Asked(blocks=chosen)), chosen


@pytest.fixture
def own(drawn, make_database):
    """The same in a database of one's own, to be changed."""
    url, draft, made, _ = drawn
    return make_database(url), draft, made


def blocks_of(url, *areas):
    with psycopg.connect(url) as conn:
        found = conn.execute(
            "select block.id from block join area on area.id = area_id where area.code = any(%s)"
            " order by 1", (list(areas),)
        )  # fmt: skip
        return [row[0] for row in found]


def compute(url, draft, asked, seed=0):
    with transaction(url) as conn:
        made = proposals.make(conn, draft, asked, seed)
    proposals.compute(partial(transaction, url), made)
    return made


def read(url, draft, made):
    with transaction(url) as conn:
        return proposals.read(conn, draft, made)


NOBODY = Reader("somebody")


@pytest.mark.parametrize("who", [LOCAL, NOBODY], ids=["all", "no small counts"])
def test_figures_are_by_the_loads_that_the_reader_is_told(own, who):
    """What a proposal says of grids is what the draft then says of them, to whoever asks."""
    url, draft, made = own
    with transaction(url) as conn:
        figures = proposals.read(conn, draft, made, who)["figures"]
        brief = proposals.listed(conn, draft, who)[0]
        before, _ = (redrawing.read(conn, draft, who), proposals.apply(conn, draft, made, By()))
        after = redrawing.read(conn, draft, who)
    assert "discreet" not in figures
    assert (brief["before"], brief["after"]) == (figures["before"], figures["after"])
    for when, told in (("before", before), ("after", after)):
        each = {grid["number"]: grid["load_per_worker"] for grid in told["grids"]}
        for grid in figures["grids"]:
            assert grid[f"load_per_worker_{when}"] == pytest.approx(each[grid["number"]], abs=0.51)
        for name in ("mean", "max_over_mean", "cv", "gini"):
            assert figures[when][name] == pytest.approx(told["measures"][name], abs=1e-3)


def test_small_counts_make_a_difference(drawn):
    url, draft, made, _ = drawn
    with transaction(url) as conn:
        told = [proposals.read(conn, draft, made, who)["figures"] for who in (LOCAL, NOBODY)]
    assert told[0]["load"] != told[1]["load"]


def plan(url, draft):
    with transaction(url) as conn:
        return redrawing.read(conn, draft, LOCAL)


def apply(url, draft, made, seen=None):
    with transaction(url) as conn:
        return proposals.apply(conn, draft, made, By(seen, "引擎"))


def test_two_overloaded_communities_are_evened_out(drawn):
    """Grids of twice the mean and more come down to within a tenth of it; nothing else changes."""
    url, draft, made, chosen = drawn
    found = read(url, draft, made)
    assert (found["status"], found["error"]) == ("ready", None)
    figures = found["figures"]
    assert figures["unsolved"] == []
    assert figures["after"]["max_over_mean"] < figures["before"]["max_over_mean"] / 1.2
    assert {block for block, _, _ in found["changed"]} <= set(chosen)
    each = [g["load_per_worker_after"] for g in figures["grids"]]
    assert max(each) < 0.75 * max(g["load_per_worker_before"] for g in figures["grids"])
    assert figures["changed_blocks"] == len(found["changed"]) > 0
    assert found["done"] == found["total"] == 2


def test_applied_it_is_one_stroke_and_what_it_said(own):
    url, draft, made = own
    said = read(url, draft, made)
    before = plan(url, draft)
    painted = apply(url, draft, made, seen=1)
    assert painted.version == 2
    assert sorted(painted.changed) == sorted(map(tuple, said["changed"]))
    after = plan(url, draft)
    for name in ("max_over_mean", "cv", "gini"):
        assert after["measures"][name] == pytest.approx(said["figures"]["after"][name], abs=1e-3)
    hard = {"contiguous", "parent"}
    from geo.store import load_rules, plan_checks

    with transaction(url) as conn:
        checked = plan_checks.check(conn, draft, load_rules.rule_of(conn))
        assert not [f for f in checked.findings if f.hard and f.rule in hard]
        undone = strokes.undo(conn, draft, By())
    assert len(undone.changed) == len(painted.changed)
    assert plan(url, draft)["measures"] == before["measures"]
    with pytest.raises(ProposalNotReady, match="applied"):
        apply(url, draft, made)


def test_the_same_seed_gives_the_same_proposal(own, drawn):
    url, draft, made = own
    again = compute(url, draft, Asked(blocks=drawn[3]))
    assert read(url, draft, again)["changed"] == read(url, draft, made)["changed"]


def test_a_protected_place_is_not_taken_apart(own, drawn):
    """Two neighbours of one grid, which the engine would part, stay together under one roof."""
    url, draft, made = own
    moved = {block: (was, now) for block, was, now in read(url, draft, made)["changed"]}
    with psycopg.connect(url) as conn:
        pairs = conn.execute(
            "select one.id, other.id from block one join block other on one.area_id = other.area_id"
            " and st_length(st_intersection(one.geom, other.geom)) > 1 where one.id = any(%s)"
            " order by 1, 2", (list(moved),)
        ).fetchall()  # fmt: skip
        held = dict(conn.execute("select block_id, number from draft_block where plan_id = %s",
                                 (draft,)).fetchall())  # fmt: skip
        parted = (
            (one, other) for one, other in pairs
            if held[one] == held[other] and moved.get(other, (0, held[other]))[1] != moved[one][1]
        )  # fmt: skip
        pair = next(parted)
        conn.execute(
            "insert into protected_place (kind, name, geom) select 'school', '试验小学',"
            " st_multi(st_union(geom)) from block where id = any(%s)", (list(pair),)
        )  # fmt: skip
    found = read(url, draft, compute(url, draft, Asked(blocks=drawn[3])))
    after = held | {block: now for block, _, now in found["changed"]}
    assert found["changed"]
    assert after[pair[0]] == after[pair[1]]


def test_what_was_painted_since_is_not_painted_over(own):
    url, draft, made = own
    found = read(url, draft, made)
    block, _, now = found["changed"][0]
    with transaction(url) as conn:
        strokes.paint(conn, draft, {block: now}, By())
    with pytest.raises(DraftChanged):
        apply(url, draft, made, seen=1)
    with pytest.raises(ProposalOvertaken, match="painted"):
        apply(url, draft, made)
    assert read(url, draft, made)["status"] == "ready"


def test_grids_come_and_go_with_the_stroke(own):
    url, draft, _ = own
    grids = {g["number"]: g for g in plan(url, draft)["grids"]}
    heavy = max(grids.values(), key=lambda g: g["load"])["number"]
    light = min(grids.values(), key=lambda g: g["load"])["number"]
    for asked in (Asked("split", heavy, 2), Asked("merge", light), Asked("add", heavy)):
        made = compute(url, draft, asked)
        found = read(url, draft, made)
        assert found["error"] is None
        assert found["figures"]["unsolved"] == []
        apply(url, draft, made)
        came, gone = found["figures"]["came"], found["figures"]["gone"]
        now = {g["number"]: g for g in plan(url, draft)["grids"]}
        assert set(now) == (set(grids) | set(came)) - set(gone)
        assert len(came) == (asked.task != "merge")
        assert gone == ([light] if asked.task == "merge" else [])
        assert all(now[n]["blocks"] and now[n]["parent"] for n in came)
        grids = now


def test_what_cannot_be_is_told(own):
    url, draft, made = own
    with transaction(url) as conn:
        with pytest.raises(NoSuchProposal):
            proposals.read(conn, draft, 4_000)
        with pytest.raises(UnknownPlan):
            proposals.make(conn, 4_000, Asked())
        with pytest.raises(PlanFrozen):
            proposals.make(conn, 1, Asked())
        with pytest.raises(ProposalNotReady):
            proposals.stop(conn, draft, made)
    failed = read(url, draft, compute(url, draft, Asked("split", 999)))
    assert failed["status"] == "failed"
    assert "999" in failed["error"]
    failed = read(url, draft, compute(url, draft, Asked("unite", systems=("nobody",))))
    assert "nobody" in failed["error"]
    heavy = tuple(blocks_of(url, "319901001004"))
    told = read(url, draft, compute(url, draft, Asked(tolerance=0.02, blocks=heavy)))
    areas = {one["area"]: one for one in told["figures"]["unsolved"]}
    assert areas
    for one in areas.values():
        assert one["nearest"] > 0.02
        assert one["blocks"]
        assert "%" in one["reason"]


def test_reasons_are_by_the_loads_that_the_reader_is_told(drawn):
    url, draft, _, _ = drawn
    heavy = tuple(blocks_of(url, "319901001004"))
    with transaction(url) as conn:
        ground = proposed.read(conn, draft, Asked(tolerance=0.02, blocks=heavy))
    load = ground.blocks["load"]

    def reasons(told):
        """Those for all, and those for who may not see small counts."""
        made = proposed.propose(
            ground._replace(blocks=ground.blocks.assign(told=told)), 0, silence, lambda: False
        )
        return made.figures["unsolved"], made.figures["discreet"]["unsolved"]

    (one, *_), (other, *_) = reasons(3 * load)  # what weighs more by the same is as even
    assert one["nearest"] == pytest.approx(other["nearest"])
    assert one["values"]["off"] == pytest.approx(other["values"]["off"])
    lighter = load.mask(ground.blocks["id"].isin(one["blocks"]), load / 2)
    (same, *_), (other, *_) = reasons(lighter)
    assert same == one
    assert other["values"]["off"] == other["nearest"] != pytest.approx(one["nearest"])
    assert other["reason"] != one["reason"]


def test_stopped_it_gives_what_was_solved_so_far(own):
    url, draft, _ = own
    with transaction(url) as conn:
        made = proposals.make(conn, draft, Asked("redraw"))
        proposals.stop(conn, draft, made)
    proposals.compute(partial(transaction, url), made)
    found = read(url, draft, made)
    assert found["status"] == "ready"
    assert not found["figures"]["finished"]


def test_management_and_party_grids_are_united(own):
    url, draft, _ = own
    chosen = tuple(blocks_of(url, OVERLOADED[0]))
    made = compute(url, draft, Asked("unite", systems=("party", "police"), blocks=chosen))
    found = read(url, draft, made)
    assert found["error"] is None
    assert found["figures"]["after"]["max_over_mean"] < found["figures"]["before"]["max_over_mean"]
    assert {row[0] for row in found["changed"]} <= set(chosen)
