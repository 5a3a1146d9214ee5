"""Coverage over HTTP and as CSV: the figures are those of the tables, by one line of SQL each."""

import io
from pathlib import Path

import pandas as pd
import psycopg
import pytest
from services import serve
from typer.testing import CliRunner

from api.cli import app
from geo.store.settings import Settings

ROADS = "segment.kind in ('road', 'lane')"


def told(client, path="", **asked):
    response = client.get(f"/api/coverage{path}", params=asked)
    assert response.status_code == 200, response.text
    return response.json()


def one(url, sql):
    with psycopg.connect(url) as conn:
        return conn.execute(sql).fetchone()


def test_the_whole_is_a_sum_of_sides(client, sample_url):
    total = told(client)["total"]
    metres = one(sample_url, "select sum(side_m), sum(paper_m), sum(lived_m), sum(hollow_m)"
                             " from coverage_side join segment on segment.id = segment_id"
                             f" where {ROADS}")  # fmt: skip
    names = ("side_m", "paper_m", "lived_m", "hollow_m")
    assert [total[name] for name in names] == pytest.approx(metres)
    assert total["paper_share"] == pytest.approx(100 * metres[1] / metres[0])
    shops = one(sample_url, "select sum(n), sum(paper), sum(lived) from coverage_point"
                            " where kind = 'merchant'")  # fmt: skip
    found = [total[f"merchants{end}"] for end in ("", "_paper", "_lived")]
    assert found == pytest.approx(shops)
    assert one(sample_url, "select count(*) from merchant")[0] == total["merchants"]


@pytest.mark.parametrize("by", ["street", "community", "grid", "road", "class", "kind"])
def test_parts_sum_to_the_whole(client, by):
    answer = told(client, by=by)
    parts = pd.DataFrame(answer["parts"])
    for name in ("side_m", "paper_m", "lived_m", "hollow_m", "merchants_paper", "households_lived"):
        assert parts[name].sum() == pytest.approx(answer["total"][name]), name


def test_a_day_and_levels_can_be_asked_for(client, sample_url):
    then = told(client, on="2026-06-20", role=["first", "second"])
    assert (then["on"], then["reckoned"]) == ("2026-06-20", "2026-06-20")
    (metres,) = one(sample_url, """
        select sum(upper(r) - lower(r)) from (
            select unnest(range_agg(numrange(from_m::numeric, least(to_m, length_m)::numeric))) as r
            from duty join segment on segment.id = segment_id
            where role in ('first', 'second') and valid_from <= '2026-06-20'
              and valid_to > '2026-06-20'
            group by segment_id, side) as merged""")  # fmt: skip
    assert then["total"]["paper_m"] == pytest.approx(float(metres))


def test_figures_say_how_they_were_got(client):
    answer = told(client)
    assert answer["half_life_days"] == 14
    assert answer["hollow_days"] == 28
    assert answer["crs"] == 4549
    assert answer["revision"]
    assert answer["rule"] >= 1


def test_what_is_known_is_not_sent_again(client):
    first = client.get("/api/coverage/blind")
    again = client.get("/api/coverage/blind", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    other = client.get(
        "/api/coverage/blind",
        params={"first": "hollow"},
        headers={"If-None-Match": first.headers["etag"]},
    )
    assert other.status_code == 200


@pytest.mark.parametrize(
    ("first", "column"),
    [("metres", "bare_m"), ("hollow", "hollow_m"), ("merchants", "merchants"),
     ("households", "households")],
)  # fmt: skip
def test_blind_spots_come_in_order(client, first, column):
    answer = told(client, "/blind", first=first, limit=20)
    values = [place[column] for place in answer["places"]]
    assert values == sorted(values, reverse=True)
    assert values[-1] > 0
    assert len(values) == 20 < answer["counts"]["places"]
    for place in answer["places"]:
        assert 120 < place["west"] <= place["east"] < 122
        assert 30 < place["south"] <= place["north"] < 32


def test_control_is_against_norms(client):
    answer = told(client, "/control")
    assert answer["norms"] == {"metres": 6000, "doors": 150, "cases": 60}
    loads = [chief["load"] for chief in answer["chiefs"]]
    assert loads == sorted(loads, reverse=True)
    assert {row["code"] for row in answer["workers"] if row["alarm"]} == {
        row["code"] for row in answer["workers"] if row["households"] > 1000 * row["workers"]
    }


def small(rows):
    return [row for row in rows if row["incidents"] is None]


def test_small_counts_of_cases_need_the_right(client, sample_url):
    asked = {"by": "road"}
    hidden = small(told(client, **asked)["parts"])
    assert hidden
    assert all(row["incidents_paper"] is row["incidents_lived"] is None for row in hidden)
    settings = Settings(database_url=sample_url, public_rights="small_counts")
    with serve(sample_url, settings) as trusted:
        assert small(told(trusted, **asked)["parts"]) == []


@pytest.mark.parametrize(
    "asked",
    [{"area": "1"}, {"road": "无此路"}, {"chief": "x"}],
    ids=lambda asked: next(iter(asked)),
)
def test_what_there_is_not_is_said(client, asked):
    response = client.get("/api/coverage", params=asked)
    assert response.status_code == 400
    assert "there is no" in response.json()["detail"]


@pytest.mark.parametrize("asked", [{"by": "moon"}, {"role": "king"}, {"on": "yesterday"}, {"x": 1}])
def test_what_cannot_be_asked_is_refused(client, asked):
    assert client.get("/api/coverage", params=asked).status_code == 422


@pytest.fixture
def command(sample_url, monkeypatch):
    monkeypatch.setenv("LUGE_DATABASE_URL", sample_url)

    def run(*words):
        result = CliRunner().invoke(app, ["coverage", *words])
        assert result.exit_code == 0, result.output
        return pd.read_csv(io.StringIO(result.stdout), dtype={"code": str})

    return run


def test_csv_has_the_same_figures(client, command):
    rows = command("summary", "--by", "street")
    answer = told(client, by="street")
    assert rows.loc[0, "name"] == "total"
    assert rows.loc[0, "lived_m"] == pytest.approx(answer["total"]["lived_m"])
    assert rows["paper_m"].tolist()[1:] == pytest.approx(
        [part["paper_m"] for part in answer["parts"]]
    )


def test_compounds_far_from_stations_are_those_that_reach_tells(client):
    answer = told(client, "/blind", limit=1_000)
    places = client.get("/api/reach/places", params={"layer": "compounds", "limit": 1_000})
    expected = [(place["id"], place["minutes"]) for place in places.json()["places"]]
    found = [(place["id"], place["minutes"]) for place in answer["far"]]
    assert [number for number, _ in found] == [number for number, _ in expected]
    assert found == [(number, pytest.approx(minutes, abs=1e-6)) for number, minutes in expected]
    assert answer["counts"]["far"] == len(expected)


@pytest.mark.parametrize(
    "words",
    [("blind",), ("blind", "compounds"), ("blind", "clusters"), ("blind", "far"), ("control",),
     ("control", "staff"), ("control", "workers")],
    ids=" ".join,
)  # fmt: skip
def test_every_list_is_a_table(command, words):
    assert len(command(*words, "--on", "2026-06-20")) > 0


def test_a_file_opens_in_spreadsheets(command, tmp_path):
    assert len(command("blind"))
    file = tmp_path / "blind.csv"
    result = CliRunner().invoke(app, ["coverage", "blind", "--out", str(file)])
    assert result.exit_code == 0
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")


DOCS = Path(__file__).parents[2] / "docs" / "coverage.md"


def lines_of_the_docs():
    """Each figure's name and the one line of SQL that docs/coverage.md gives for it."""
    block = DOCS.read_text("utf-8").partition("```sql\n")[2].partition("```")[0]
    lines = block.strip().split("\n")
    assert len(lines) % 2 == 0
    return [(lines[k].removeprefix("-- "), lines[k + 1]) for k in range(0, len(lines), 2)]


@pytest.fixture(scope="module")
def answers(client):
    return {"total": told(client)["total"], "blind": told(client, "/blind"),
            "control": told(client, "/control")}  # fmt: skip


@pytest.mark.parametrize(("figure", "sql"), lines_of_the_docs(), ids=lambda given: given[:30])
def test_each_figure_is_one_line_of_sql(answers, sample_url, figure, sql):
    value = answers
    for step in figure.split("."):
        value = value[int(step)] if step.isdigit() else value[step]
    assert float(one(sample_url, sql)[0]) == pytest.approx(value)
