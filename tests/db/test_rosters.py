"""Rosters of chiefs: every row becomes duties, or is rejected with a reason that helps."""

from datetime import date

import pytest
import xlsxwriter

from geo.rosters import Asked, UnknownTable
from geo.store import duties, rosters
from geo.store.database import LOCAL, transaction
from geo.store.duties import Which
from geo.store.network import rebuild_network

DAY = date(2026, 3, 1)
HEAD = "道路,起,止,侧,路长,级别,电话,起始日期"
ROWS = [
    "横100路,纵100路,纵300路,北,张三,一级,13800000001,2026-03-01",
    "横100路,纵300路,纵500路口,双侧,李四,一级,13800000002,2026/3/1",
    "横200路,,,左,张三,二级,,2026年3月1日",
    "纵100路,起点,100米,东,王五,轮值,13800000003,2026-03-01",
]


def write(path, *rows, head=HEAD):
    path.write_text("\n".join([head, *rows]), "utf-8")
    return path


def take(url, path, asked=Asked(), **more):  # noqa: B008 - immutable
    with transaction(url) as conn:
        return rosters.import_roster(conn, path, asked, **more)


def counts(summary):
    return (summary.inserted, summary.updated, summary.unchanged, summary.rejected)


def reasons(summary):
    return [reason for frame in summary.rejects.frames() for reason in frame["reason"]]


def held(url, day=DAY):
    with transaction(url) as conn:
        found = duties.on_day(conn, day, Which(), (0, 10_000), LOCAL)
    told = {}
    for row in found:
        key = (row["name"], row["role"], row["road"], row["side"])
        told[key] = round(told.get(key, 0) + row["metres"], 1)
    return told


def test_rows_become_duties_and_the_same_file_again_changes_nothing(town, tmp_path):
    path = write(tmp_path / "r.csv", *ROWS)
    assert counts(take(town, path, dry_run=True)) == (4, 0, 0, 0)
    assert held(town) == {}
    first = take(town, path)
    assert counts(first) == (4, 0, 0, 0)
    assert "3 new chiefs" in first.notes[-1]
    assert held(town) == {
        ("张三", "first", "横100路", "L"): 200,
        ("李四", "first", "横100路", "L"): 200,
        ("李四", "first", "横100路", "R"): 200,
        ("张三", "second", "横200路", "L"): 840,
        ("王五", "rota", "纵100路", "L"): 100,
    }
    before = held(town)
    assert counts(take(town, path)) == (0, 0, 4, 0)
    assert held(town) == before
    more = write(tmp_path / "m.csv", "横100路,纵100路,纵500路,北,张三,二级,13800000001,2026-03-01",
                 "横200路,,,双侧,张三,二级,13800000001,2026-03-01")  # fmt: skip
    assert counts(take(town, more)) == (1, 1, 0, 0)
    assert held(town)["张三", "second", "横200路", "R"] == 840


WRONG = {
    "横10路,,,,张三,一级,,": "road not understood, there is no road 横10路; did you mean 横100路",
    "横100路,纵10路,,,张三,一级,,": "横100路 does not meet 纵10路; did you mean 纵100路",
    "横100路,,2000米,,张三,一级,,": "to not understood, 横100路 is 840 m long",
    "横100路,,,东,张三,一级,,": "side not understood",
    "横100路,12号,,,张三,一级,,": "no door 12 is known",
    "横100路,,,,张三,五级,,": "'五级' is none of general",
    "横100路,,,,,一级,,": "chief is missing",
    "横100路,,,,张三,一级,,昨天": "'昨天' is not a date",
    "横100路,,,,张三,一级,,9999-12-31": "",
}


def test_what_is_not_understood_is_named(town, tmp_path):
    summary = take(town, write(tmp_path / "r.csv", *WRONG), dry_run=True)
    assert counts(summary) == (1, 0, 0, len(WRONG) - 1)
    for said, says in zip(reasons(summary), WRONG.values(), strict=False):
        assert says in said


def test_metres_that_another_holds_are_refused_with_his_name(town, tmp_path):
    take(town, write(tmp_path / "r.csv", *ROWS))
    other = write(tmp_path / "o.csv", "横100路,纵200路,纵500路,北,赵六,一级,,2026-04-01",
                  "横100路,纵500路,,北,赵六,一级,,2026-04-01")  # fmt: skip
    summary = take(town, other)
    assert counts(summary) == (1, 0, 0, 1)
    assert "metres are held, 张三 holds 横100路" in reasons(summary)[0]


def test_a_name_that_several_bear_needs_a_number(town, tmp_path):
    head = HEAD + ",部门,工号"
    rows = ["横100路,,,左,张三,一级,1380001,,城管,", "横100路,,,右,张三,一级,1380002,,市场,",
            "横200路,,,左,张三,一级,,,,", "横200路,,,右,张三,一级,1380001,,,",
            "横300路,,,左,张三,一级,,,市场,", "横300路,,,右,老张,一级,,,,Z9"]  # fmt: skip
    summary = take(town, write(tmp_path / "r.csv", *rows, head=head))
    assert counts(summary) == (5, 0, 0, 1)
    assert "several chiefs are called 张三" in reasons(summary)[0]
    assert "1380001" not in reasons(summary)[0]
    with transaction(town) as conn:
        assert conn.execute("select count(*) from chief").fetchone() == (3,)


def test_english_headings_constants_and_excel(town, tmp_path):
    path = tmp_path / "r.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Road", "From", "To", "Side", "Chief", "Phone", "Since"])
        sheet.write_row(1, 0, ["横100路", "纵100路", "纵200路", "N", "Ann", 1234, "2026-03-01"])
        sheet.write_row(2, 0, ["横100路", "纵200路", 430, "both", "Ben", 1235, "2026-03-01"])
        sheet.write_row(3, 0, ["合计"])
    summary = take(town, path, Asked(constants={"level": "first"}))
    assert counts(summary) == (2, 0, 0, 1)
    assert held(town) == {
        ("Ann", "first", "横100路", "L"): 100,
        ("Ben", "first", "横100路", "L"): 210,
        ("Ben", "first", "横100路", "R"): 210,
    }
    with pytest.raises(UnknownTable):
        take(town, tmp_path / "r.gpkg")


def test_a_river_has_chiefs_too(town, tmp_path):
    with transaction(town) as conn:
        conn.execute(
            "insert into way (external_id, name, kind, geom) values ('w', '横浦', 'river',"
            " st_setsrid(st_translate(st_makeline(st_makepoint(0, 150), st_makepoint(800, 150)),"
            " 595000, 3430000), 4549))"
        )
        rebuild_network(conn)
    path = write(tmp_path / "r.csv", "横浦,纵100路,纵500路,南,水生,一级河长,,2026-03-01")
    assert counts(take(town, path)) == (1, 0, 0, 0)
    assert held(town) == {("水生", "first", "横浦", "R"): 400}
