"""The proof of roads on the sample: each figure of its page is one line of SQL, and true."""

from pathlib import Path

import psycopg
import pytest

from geo.sample import week
from geo.store import proof

DOCS = (Path(__file__).parents[2] / "docs" / "proof-roads.md").read_text("utf-8")


def lines_of_the_docs():
    """Each figure's name and the one line of SQL that the page gives for it."""
    lines = DOCS.partition("```sql\n")[2].partition("```")[0].strip().split("\n")
    return [(lines[k].removeprefix("-- "), lines[k + 1]) for k in range(0, len(lines), 2)]


def table_of_the_docs():
    """Each figure's name and the sample's value in the page's table."""
    rows = [line.split("|") for line in DOCS.splitlines() if line.startswith("| `")]
    return {row[1].strip().strip("`"): float(row[3].replace(" ", "")) for row in rows}


@pytest.fixture(scope="module")
def done(make_module_database, sample_url, tmp_path_factory):
    """The proof, run on a copy of the sample."""
    url = make_module_database(sample_url)
    return url, proof.run(url, tmp_path_factory.mktemp("proof"))


def test_the_page_has_what_is_found(done):
    found = proof.figures(done[1])
    said = table_of_the_docs()
    assert said == {name: pytest.approx(float(found[name]), abs=0.51) for name in said}
    assert found["paper_m before"] == 0
    assert 0 < found["lived_m"] < found["paper_m"] < found["side_m"]
    assert found["hollow_m"] > 0
    assert said.keys() >= {name for name, _ in lines_of_the_docs()}


def test_each_figure_is_one_line_of_sql(done):
    url, result = done
    found = proof.figures(result)
    with psycopg.connect(url) as conn:
        for name, sql in lines_of_the_docs():
            row = conn.execute(sql).fetchone()
            assert float(row[0]) == pytest.approx(float(found[name]), rel=1e-6), name


def test_the_week_is_that_of_forty_chiefs(done):
    url, result = done
    with psycopg.connect(url) as conn:
        count = "select count(*), count(distinct chief_id), count(ended_at) from patrol"
        patrols, chiefs, ended = conn.execute(count).fetchone()
        (people,) = conn.execute("select count(*) from chief").fetchone()
    walking = [n for n in range(1, week.CHIEFS + 1) if week.walks_on(n, 3)]
    assert people == week.CHIEFS
    assert (patrols, chiefs, ended) == (5 * len(walking), len(walking), patrols)
    reasons = [r for frame in result.roster.rejects.frames() for r in frame["reason"]]
    assert "there is no road" in reasons[0]
    assert "metres are held" in reasons[1]
