"""Duties and the network on the command line, with a real file."""

import pytest
from commands import luge
from test_cli import BOUNDARIES, INIT

from geo.store.database import transaction

ROADS = """
select road.name, min(segment.id) from road join segment on road_id = road.id
where road.kind = 'road' and segment.length_m > 20 group by 1 order by count(*) desc, 1 limit 2
"""


@pytest.fixture(scope="module")
def made(make_module_database):
    """The roads of the sample district, and nobody who answers for them."""
    url = make_module_database()
    luge(url, *INIT)
    luge(url, "import", "roads", BOUNDARIES / "ways.geojson")
    with transaction(url) as conn:
        return url, conn.execute(ROADS).fetchall()


def metres(line):
    return float(line.strip().splitlines()[-1].split(" stretches, ")[1].split(" m")[0])


def test_from_a_roster_to_a_handover_and_an_edit(made, tmp_path):
    url, ((road, segment), (other, _)) = made
    roster = tmp_path / "roster.csv"
    rows = [f"{road},,,左,张三,一级,138", f"{other},,,双侧,李四,二级,139", "没有路,,,,王五,一级,"]
    roster.write_text("\n".join(["道路,起,止,侧,路长,级别,电话", *rows]), "utf-8")
    vacant = metres(luge(url, "duty", "vacant", "--limit", "1").stdout)
    done = luge(url, "import", "duties", roster, cwd=tmp_path).stdout
    assert "2 inserted, 0 updated, 0 unchanged, 1 rejected" in done
    assert "there is no road 没有路" in (tmp_path / "rejects.csv").read_text("utf-8-sig")
    left = metres(luge(url, "duty", "vacant", "--limit", "1").stdout)
    assert left < vacant
    given = luge(url, "duty", "handover", "张三", "李四", "--road", road).stdout
    assert "m of side handed over" in given
    assert metres(luge(url, "duty", "vacant", "--limit", "1").stdout) == left
    listed = luge(url, "duty", "list", "--road", road).stdout.splitlines()
    assert {line.split("\t")[2] for line in listed} == {"李四"}
    assert "王五 is chief W5" in luge(url, "duty", "chief", "王五", "--code", "W5").stdout
    luge(url, "duty", "leave", "李四", "--deputy", "张三")
    listed = luge(url, "duty", "list", "--chief", "张三").stdout.splitlines()
    assert {line.split("\t")[2] for line in listed} == {"李四 → 张三"}

    split = luge(url, "road", "split", str(segment), "10").stdout
    second = split.split(";")[0].split(", ")[1]
    assert metres(luge(url, "duty", "vacant", "--limit", "1").stdout) == left
    assert f"segment {segment};" in luge(url, "road", "join", str(segment), second).stdout


def test_bodies_from_a_spreadsheet_to_a_list(made, tmp_path):
    url, ((road, _), *_) = made
    file = tmp_path / "bodies.csv"
    file.write_text(f"类型,名称,道路,姓名,职务\n街事会,一号街事会,{road},张三,会长\n", "utf-8")
    done = luge(url, "bodies", "import", file, cwd=tmp_path).stdout
    assert "1 inserted, 0 updated, 0 unchanged, 0 rejected" in done
    assert "item 1" in luge(url, "bodies", "add", "一号街事会", "need", "少一盏路灯").stdout
    luge(url, "bodies", "mark", "一号街事会", "1", "active")
    told = luge(url, "bodies", "items", "1").stdout.strip().split("\t")
    assert told == ["1", "需求", "active", "少一盏路灯", "–"]
    listed = luge(url, "bodies", "list", "--road", road).stdout.strip().split("\t")
    assert listed[1:4] == ["街事会", "一号街事会", road]
    assert listed[-1] == "需求 1"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["duty", "assign", "谁", "first", "没有路"], "there is no road 没有路"),
        (["duty", "end", "999999"], "999999"),
        (["duty", "handover", "谁", "谁"], "there is no chief 谁"),
        (["bodies", "items", "何会"], "there is no body 何会"),
        (["road", "split", "999999", "5"], "999999"),
        (["road", "redraw", "1", BOUNDARIES / "ways.geojson"], "one line"),
        (["import", "duties", BOUNDARIES / "ways.geojson"], "CSV or Excel"),
    ],
)
def test_a_mistake_gets_one_line_that_helps(made, words, says):
    done = luge(made[0], *words, check=False)
    assert done.returncode == 1
    assert says in done.stderr
    assert "Traceback" not in done.stderr
