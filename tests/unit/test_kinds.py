"""Kinds of import, and columns known by name."""

import re
from pathlib import Path

import pytest

from geo.columns import UnknownColumn, coordinate_columns, plain, recognise, translate
from geo.kinds import (
    COMPOUNDS,
    INCIDENTS,
    KINDS,
    MERCHANTS,
    WAYS,
    UnknownField,
    UnknownKind,
    kind_of,
)

MIGRATIONS = Path(__file__).parents[2] / "geo" / "store" / "migrations"
# Fields that name a row of another table; the importer turns them into ids.
BY_REFERENCE = {"parent", "area", "system"}


def columns_of(table: str) -> str:
    sql = "".join(path.read_text() for path in sorted(MIGRATIONS.glob("*.sql")))
    found = re.search(rf"create table {table} \((.*?)\n\);", sql, re.DOTALL)
    assert found
    return found[1]


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_field_is_a_column_of_its_table(kind):
    columns = set(re.findall(r"^\s+(\w+)\s", columns_of(kind.table), re.MULTILINE))
    assert {field.name for field in kind.fields} - BY_REFERENCE <= columns
    assert ("labels" in columns) == kind.labels


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_choice_is_one_the_table_allows(kind):
    table = columns_of(kind.table)
    for field in kind.fields:
        for value in field.choices:
            assert f"'{value}'" in table


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_field_is_known_by_each_of_its_synonyms(kind):
    for field in kind.fields:
        for word in field.synonyms.split():
            found = recognise(kind, [word])
            assert list(found.values()) == [word]
        if field.synonyms:
            assert recognise(kind, [field.name]) == {field.name: field.name}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_no_word_stands_for_two_choices(kind):
    for field in kind.fields:
        words = [plain(w) for value, ws in field.choices.items() for w in {value, *ws.split()}]
        assert len(words) == len(set(words)) == len(translate(field.choices))


@pytest.mark.parametrize(
    "column",
    ["经度", " 经 度 ", "\ufeff经度", "LON", "Ｌｏｎ", "lon ", "经度（°）", "longitude(deg)"],
)
def test_names_are_compared_without_case_width_space_and_brackets(column):
    assert coordinate_columns([column, "纬度"]) == {"lon": column, "lat": "纬度"}


def test_a_chinese_case_list_is_recognised():
    names = [
        "序号",
        "案件编号",
        "大类名称",
        "小类名称",
        "上报时间",
        "处置时间",
        "结案时间",
        "所属街道",
    ]
    assert recognise(INCIDENTS, names) == {
        "external_id": "案件编号",
        "class": "大类名称",
        "subclass": "小类名称",
        "reported_at": "上报时间",
        "handled_at": "处置时间",
        "closed_at": "结案时间",
    }


def test_the_synonym_written_first_wins_and_a_column_serves_once():
    found = recognise(MERCHANTS, ["类型", "类别", "商户名称", "名称"])
    assert found == {"name": "商户名称", "category": "类别"}


def test_a_column_given_by_a_person_wins_and_may_serve_twice():
    found = recognise(COMPOUNDS, ["name", "id"], {"code": "name", "name": "NAME"})
    assert found == {"code": "name", "name": "name"}


def test_an_unknown_field_is_refused_with_the_choices():
    with pytest.raises(UnknownField, match=r"ways have no field 'colour'.*width_m"):
        recognise(WAYS, ["a"], {"colour": "a"})


def test_an_unknown_column_is_refused_with_the_choices():
    with pytest.raises(UnknownColumn, match=r"no column 'b'. Columns: a, c"):
        recognise(WAYS, ["a", "c"], {"name": "b"})
    with pytest.raises(UnknownColumn, match="no column 'b'"):
        coordinate_columns(["a"], {"lon": "b"})


def test_places_are_lon_and_lat_or_wkt_or_nothing():
    assert coordinate_columns(["lng", "lat", "wkt"], {"wkt": "wkt"}) == {"wkt": "wkt"}
    assert coordinate_columns(["WKT", "lat"]) == {"wkt": "WKT"}
    assert coordinate_columns(["lat", "name"]) == {}


def test_the_command_line_says_roads():
    assert kind_of("roads") is WAYS
    with pytest.raises(UnknownKind, match=r"'houses' cannot be imported.*roads"):
        kind_of("houses")
