"""A file judged in portions is the file judged as a whole, whatever the size of a portion."""

import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo import crs, identity, intake, kinds, ledger, portions, readers, remarks, sentences

SRID = 4549
DISTRICT = shapely.box(595_000, 3_430_000, 596_000, 3_431_000)
INSIDE = [
    tuple(map(float, crs.transform_points(595_000 + x, 3_430_000 + 500, SRID, "wgs84")))
    for x in (100, 200, 300)
]
PLACES = [*INSIDE, INSIDE[0], INSIDE[0][::-1], (0, 0), (1, 1), (200, 100), ("", ""), (5e5, 3e6)]
IDS = ["a", "b", "c", "", "ａ", "d e"]
TIMES = ["2024-03-05 08:15", "", "13/02/2015", "02/13/2015", "05/06/2015", "3.5.2015", "x", "41000"]
ROW = st.tuples(
    st.sampled_from(IDS),
    st.sampled_from(["垃圾", "噪声", ""]),
    st.sampled_from(TIMES),
    st.sampled_from(TIMES),
    st.sampled_from(["", "3", "1.5"]),
    st.sampled_from(PLACES),
)
COLUMNS = ["编号", "类别", "上报时间", "结案时间", "分数", "lon", "lat"]
DATA = st.lists(ROW, min_size=1, max_size=14)


def judged_whole(source, kind, wishes):
    try:
        return intake.accept(source, kind, intake.District(SRID, DISTRICT), wishes)
    except ValueError as error:
        return type(error)


def judged_in_portions(source, kind, wishes, rows):
    parts = [part.source for part in portions._cut(source, rows)]

    def column(name):
        return (part.frame[name] for part in parts)

    with ledger.Ledger(kind, intake.District(SRID, DISTRICT), wishes, column) as book:
        try:
            taken = [book.accept(part) for part in parts]
            notes = book.end()
        except ValueError as error:
            return type(error)
    return intake.Intake(
        pd.concat([t.rows for t in taken]),
        pd.concat([t.rejects for t in taken]),
        notes,
        book.crs,
        frozenset.intersection(*[t.silent for t in taken if len(t.rows)] or [frozenset()]),
    )


def plain(frame):
    return sorted(frame.astype("str").fillna("").to_dict("records"), key=repr)


def assert_same(whole, parts):
    if isinstance(whole, type):
        assert parts is whole
        return
    assert plain(pd.DataFrame(parts.rows)) == plain(pd.DataFrame(whole.rows))
    assert plain(parts.rejects) == plain(whole.rejects)
    assert sorted(parts.notes) == sorted(whole.notes)
    assert parts.crs == whole.crs
    if len(whole.rows):
        assert parts.silent == whole.silent


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=DATA, rows=st.integers(1, 6), datum=st.sampled_from(["wgs84", "gcj02", "EPSG:4549"]))
def test_the_outcome_does_not_depend_on_portions(tmp_path, monkeypatch, data, rows, datum):
    monkeypatch.setattr(remarks, "PILE_UP_ROWS", 3)
    path = tmp_path / "a.csv"
    table = pd.DataFrame([(*row[:-1], *row[-1]) for row in data], columns=COLUMNS)
    table.to_csv(path, index=False)
    source = readers.read(path)
    wishes = intake.Wishes(datum)
    whole = judged_whole(source, kinds.INCIDENTS, wishes)
    assert_same(whole, judged_in_portions(source, kinds.INCIDENTS, wishes, rows))


def test_the_sample_for_the_datum_does_not_depend_on_portions(tmp_path, monkeypatch):
    monkeypatch.setattr(ledger, "SAMPLE_ROWS", 20)
    path = tmp_path / "a.csv"
    rows = [(f"a{i}", "甲", *INSIDE[i % 3]) for i in range(90)]
    pd.DataFrame(rows, columns=["编号", "店名", "lon", "lat"]).to_csv(path, index=False)
    drawn = []
    for size in (7, 90):
        here, wishes = intake.District(SRID, DISTRICT), intake.Wishes("wgs84")
        with ledger.Ledger(kinds.MERCHANTS, here, wishes, list) as book:
            for part in portions._cut(readers.read(path), size):
                book.accept(part.source)
        drawn.append(sorted(book.sample["_row"]))
    assert drawn[0] == drawn[1]
    assert len(drawn[0]) == 20


@given(st.lists(st.lists(st.sampled_from("abcdefg"), unique=True, max_size=4), max_size=12))
@settings(max_examples=30)
def test_what_was_seen_is_found_with_its_first_row(batches):
    seen, first, row = identity.Seen(), {}, 0
    for batch in batches:
        assert seen.first(pd.Series(batch, dtype="str")).tolist() == [
            first.get(id_, 0) for id_ in batch
        ]
        fresh = [id_ for id_ in batch if id_ not in first]
        for id_ in fresh:
            row += 1
            first[id_] = row
        seen.add(pd.Series(fresh, dtype="str"), [first[id_] for id_ in fresh])


@pytest.mark.parametrize(
    ("notes", "sums"),
    [
        (["3 rows a.", "4 rows a.", "3 rows b."], ["7 rows a.", "3 rows b."]),
        (["1 999 rows.", "1 rows."], ["2 000 rows."]),
        (["Columns: a.", "Columns: a.", "b"], ["Columns: a.", "b"]),
        ([], []),
    ],
)
def test_counts_in_notes_add_up(notes, sums):
    assert sentences.added_up(notes) == sums
