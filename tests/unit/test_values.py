"""Cells as numbers, times and choices: understood, or refused with the reason."""

import datetime

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.kinds import INCIDENTS, Field
from geo.values import choice, number, text, timestamp

COUNT = Field("households", "", "integer", least=0)
METRES = Field("width_m", "", "float")
SHANGHAI = "Asia/Shanghai"


def one(read):
    values, reasons = read
    return (None if pd.isna(values.iloc[0]) else values.iloc[0]), reasons[0]


@pytest.mark.parametrize(
    "cell",
    [
        "2024-03-05 08:15",
        "2024-3-5 8:15:00",
        "2024/3/5 8:15",
        "2024.03.05 08:15",
        "２０２４-03-05　08:15",
        "2024年3月5日 8时15分",
        "2024年3月5日8点15分",
        "2024/3/5 上午8:15",
        "20240305081500",
        "03/05/2024 08:15:00 AM",
        "2024-03-05T08:15:00+08:00",
        "2024-03-05T00:15:00Z",
        "2024-03-04 19:15:00.000-0500",
        "45356.34375",
        45356.34375,
        datetime.datetime(2024, 3, 5, 8, 15),
    ],
)
def test_one_moment_in_many_styles(cell):
    at, reason = one(timestamp(pd.Series([cell]), SHANGHAI))
    assert (at, reason) == (pd.Timestamp("2024-03-05 00:15", tz="UTC"), "")


@settings(max_examples=30)
@given(
    st.lists(
        st.datetimes(datetime.datetime(1990, 1, 1), datetime.datetime(2100, 1, 1)), max_size=5
    ),
    st.sampled_from(["%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%m/%d/%Y %I:%M:%S %p"]),
)
def test_what_is_written_is_read_back(moments, style):
    moments = [moment.replace(microsecond=0) for moment in moments]
    times, reasons = timestamp(pd.Series([m.strftime(style) for m in moments], dtype=str), "UTC")
    assert list(times.dt.tz_localize(None)) == moments
    assert not any(reasons)


def test_day_and_month_are_not_guessed():
    times, reasons = timestamp(pd.Series(["05/03/2024", "06/06/2024"]), SHANGHAI)
    assert times.isna().tolist() == [True, False]
    assert "'05/03/2024' is unclear: is the day first or the month?" in reasons[0]


@pytest.mark.parametrize(("witness", "month"), [("13/02/2024", 3), ("02/13/2024", 5)])
def test_one_clear_row_decides_for_its_column(witness, month):
    times, reasons = timestamp(pd.Series(["05/03/2024", witness]), "UTC")
    assert times[0].month == month
    assert not any(reasons)


def test_hours_that_clocks_skip_or_repeat_are_still_times():
    times, reasons = timestamp(
        pd.Series(["2015-03-08 02:30", "2015-11-01 01:30"]), "America/New_York"
    )
    assert times.dt.strftime("%H:%M").tolist() == ["07:00", "05:30"]
    assert not any(reasons)


@pytest.mark.parametrize("cell", ["2024-02-30", "soon", "32/13/2015", "12345678901"])
def test_what_is_no_time_is_refused(cell):
    assert one(timestamp(pd.Series([cell]), SHANGHAI)) == (
        None,
        f"{cell!r} is not a date or time; write it as 2024-03-05 08:15",
    )


@pytest.mark.parametrize("cell", [None, "", "  ", "-", "NULL", "无", float("nan")])
def test_nothing_said_is_missing_not_wrong(cell):
    column = pd.Series([cell], dtype=object)
    assert one(timestamp(column, SHANGHAI)) == (None, "")
    assert one(number(column, METRES)) == (None, "")
    assert one(choice(column, INCIDENTS.field("status"))) == (None, "")


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("１，２００", 1200),
        ("1,200.5", 1200.5),
        ("3,5", 3.5),
        ("12 米", 12),
        ("-3", -3),
        (7, 7),
        ("5m", 5),
    ],
)
def test_numbers_as_people_write_them(cell, value):
    assert one(number(pd.Series([cell]), METRES)) == (value, "")


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("abc", "'abc' is not a number"),
        ("inf", "'inf' is not a number"),
        ("1,2,3", "'1,2,3' is not a number"),
        ("3.5", "'3.5' is not a whole number"),
        ("-1", "'-1' is less than 0"),
    ],
)
def test_what_is_no_count_is_refused(cell, reason):
    assert one(number(pd.Series([cell]), COUNT))[1] == reason


def test_range_is_told():
    stars = Field("stars", "", "integer", least=0, most=5)
    assert one(number(pd.Series(["6"]), stars))[1] == "'6' is not between 0 and 5"


def test_zero_means_unknown_where_nobody_measured():
    assert one(number(pd.Series(["0"]), Field("w", "", "float", least=0.1, zero_unknown=True))) == (
        None,
        "",
    )


@pytest.mark.parametrize(
    ("word", "value"), [("已结案", "closed"), ("CLOSED", "closed"), ("In Progress", "handling")]
)
def test_choices_in_both_languages(word, value):
    assert one(choice(pd.Series([word]), INCIDENTS.field("status"))) == (value, "")


def test_an_unknown_choice_lists_the_choices():
    reason = one(choice(pd.Series(["lost"]), INCIDENTS.field("status")))[1]
    assert reason.startswith("'lost' is none of reported (已上报), filed (已立案)")


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ([1.0, None], ["1", None]),
        ([310101002000.0], ["310101002000"]),
        (["a\x00 ", "\ufeffb", "　"], ["a", "b", None]),
        ([1.5, 2.0], ["1.5", "2"]),
    ],
)
def test_text_is_what_a_person_sees(cells, words):
    read = text(pd.Series(cells))
    assert read.astype(object).where(read.notna(), None).tolist() == words
