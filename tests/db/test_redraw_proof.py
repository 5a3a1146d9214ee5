"""The proof of redrawing: the figures of its page, made again."""

import re
from pathlib import Path

import psycopg
import pytest
from towns import make_huangpu

from geo.store import redraw_proof, refreshing

ROOT = Path(__file__).parents[2]
DOCS = (ROOT / "docs" / "proof-redraw.md").read_text("utf-8")
DATA = ROOT.parent / "shared" / "data" / "huangpu"
needs_data = pytest.mark.skipif(
    not DATA.is_dir(), reason="the real data are not beside the checkout (../shared/data)"
)


def table_of_the_docs(column):
    """Each figure's name and value in a column of the page's table."""
    rows = [line.split("|") for line in DOCS.splitlines() if line.startswith("| `")]
    return {
        row[1].strip().strip("`"): float(row[column].replace(" ", ""))
        for row in rows
        if row[column].strip() != "–"
    }


def lines_of_the_docs():
    """Each law's name and the one line of SQL that the page gives for it."""
    lines = DOCS.partition("```sql\n")[2].partition("```")[0].strip().split("\n")
    return [(lines[k].removeprefix("-- "), lines[k + 1]) for k in range(0, len(lines), 2)]


def holds(found):
    """Every block in one grid, each grid in one piece and in its area, no gap."""
    return (
        found["blocks"] == found["held"] == found["once"]
        and found["apart"] == found["outside"] == found["seam_m2"] == 0
    )


def agree(found, said):
    """Laws to the dot; what the engine and chance have a hand in, nearly."""
    near = {name: pytest.approx(float(value), rel=0.15, abs=0.1) for name, value in found.items()}
    assert said == near | {name: found[name] for name in redraw_proof.LAWS}


@pytest.fixture(scope="module")
def evened(make_module_database, sample_url):
    """The sample with its two overloaded communities evened out, and what was found."""
    url = make_module_database(sample_url)
    return url, redraw_proof.rebalance(url)


def test_two_overloaded_communities_are_evened_out(evened):
    found = evened[1]
    assert holds(found)
    for code in redraw_proof.OVERLOADED:
        assert found[f"{code} most after"] <= 1.1 + 1e-9 < found[f"{code} most before"]
    assert found["moved.least"] <= found["moved.load"]
    assert found["cases_max_over_mean high"] < 0 or found["cases_gini high"] < 0
    assert found["case.in_new_grid"] == 1
    assert found["month.cases"] > 1000
    assert found["month.otherwise"] == 0
    agree(found, table_of_the_docs(3))


def test_each_law_is_one_line_of_sql(evened):
    url, found = evened
    with psycopg.connect(url) as conn:
        told = {name: float(conn.execute(sql).fetchone()[0]) for name, sql in lines_of_the_docs()}
    assert told == {name: found[name] for name in redraw_proof.LAWS}


@pytest.fixture
def huangpu(db):
    make_huangpu(db)
    refreshing.bring_up_to_date(db)
    return db


@needs_data
def test_huangpu_gets_a_plan_from_nothing(huangpu):
    found, tried = redraw_proof.draw(huangpu)
    assert holds(found)
    assert found["grids"] == redraw_proof.COUNT
    for one in tried:
        # Whatever is in no grid lies in an area that is told with its reason.
        assert (one.held == found["blocks"]) == (not one.unsolved)
        if not one.unsolved:
            assert one.most >= one.least - 1e-6
    best = next(one for one in tried if one.asked == redraw_proof.COUNT)
    assert best.most == min(one.most for one in tried if not one.unsolved)
    agree(found, table_of_the_docs(4))
    rows = re.findall(r"^\| (\d+) \| (\d+) \| ([\d.]+) \| ([\d.]+) \|", DOCS, re.MULTILINE)
    assert [tuple(map(float, row)) for row in rows] == [
        (one.asked, one.held, pytest.approx(one.most, abs=0.0051),
         pytest.approx(one.least, abs=0.0051))
        for one in tried
    ]  # fmt: skip
