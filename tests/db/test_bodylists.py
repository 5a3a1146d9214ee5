"""Bodies from a spreadsheet: bound to their stretches, with their members, and again the same."""

from datetime import date

from geo.store import bodies, bodylists
from geo.store.bodies import Which
from geo.store.database import LOCAL, transaction

DAY = date(2026, 3, 1)
HEAD = "类型,名称,道路,起,止,侧,成立日期,姓名,职务,单位"
ROWS = [
    "街事会,横一街事会,横100路,纵100路,纵300路,,2026-01-01,张三,会长,居委",
    "街事会,横一街事会,横200路,,,北,2026-01-01,李四,,便利店",
    "党建联盟,横一街事会,横300路,,,,2026-01-01,,,",
    "街事会,横一街事会,,,,,2026-01-01,王五,会长,物业",
    "街事会,纵一街事会,纵101路,,,,2026-01-01,,,",
]


def take(url, path, **more):
    path.write_text("\n".join([HEAD, *ROWS]), "utf-8")
    with transaction(url) as conn:
        return bodylists.import_bodies(conn, path, **more)


def counts(summary):
    return (summary.read, summary.inserted, summary.updated, summary.unchanged, summary.rejected)


def test_rows_of_one_name_are_one_body(town, tmp_path):
    path = tmp_path / "bodies.csv"
    assert counts(take(town, path, dry_run=True)) == (5, 2, 1, 0, 2)
    with transaction(town) as conn:
        assert bodies.page(conn, DAY, Which(), (0, 9)) == []
    done = take(town, path)
    assert counts(done) == (5, 2, 1, 0, 2)
    reasons = [reason for frame in done.rejects.frames() for reason in frame["reason"]]
    assert "has a head in that time" in reasons[0]
    assert "there is no road 纵101路; did you mean" in reasons[1]
    with transaction(town) as conn:
        found = bodies.page(conn, DAY, Which(), (0, 9))
        assert [(row["kind"], row["roads"], row["members"]) for row in found] == [
            ("street_council", ["横100路", "横200路"], 2), ("alliance", ["横300路"], 0),
        ]  # fmt: skip
        assert round(found[0]["metres"]) == 2 * 200 + 840
        told = bodies.read(conn, found[0]["id"], DAY, LOCAL)
    assert [(one["name"], one["post"]) for one in told["members"]] == [
        ("张三", "head"), ("李四", "member"),
    ]  # fmt: skip
    assert counts(take(town, path)) == (5, 0, 0, 3, 2)
