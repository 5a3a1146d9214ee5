"""The report's page: whole, in both languages, discreet, and safe whatever names hold."""

import re
from datetime import date, datetime
from html import unescape
from html.parser import HTMLParser

import pandas as pd
import pytest
from reporting import PERIOD, STREETS, cases_of, material, plan_of

from geo.reporting.content import compute
from geo.reporting.periods import Period
from maps.report import assets, printing, tables
from maps.report.assets import OutsideLink, refuse_outside
from maps.report.page import Wish, render
from maps.report.voice import Voice
from maps.report.words import METHOD, WORDS

NOON = datetime(2026, 6, 16, 12)
NONE = float("nan")
EVIL = "</script><script>alert(1)</script><img src=//evil.example/x onerror=alert(2)>"


def some(cases=40):
    rows = [
        ("垃圾暴露", "reported", 14 + k / 20, 15, NONE, NONE, 1 + k % 3, 3) for k in range(cases)
    ]
    return material(cases_of([*rows, ("违法停车", "closed", 15, 16, 15.5, 15.7, 4, 9)]))


def page(wish=Wish(), street=None, plans=(), found=None):  # noqa: B008 - a tuple
    return render(compute(found or some(), PERIOD, street, plans), wish, NOON)


def text_of(html):
    """What a reader sees, maps and styles left out."""
    bare = re.sub(r"<(script|style)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", bare)).split())


class Tags(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_says_how_it_was_got(lang):
    text = text_of(page(Wish(lang)))
    assert "EPSG:4549" in text
    assert "abc" in text  # the revision
    assert all(line[lang == "en"] in text for line in METHOD)
    assert {"zh": "2026年6月8日至2026年6月14日", "en": "8 June 2026 to 14 June 2026"}[lang] in text
    assert f'<html lang="{"zh-CN" if lang == "zh" else "en"}"' in page(Wish(lang))


def test_english_pages_have_no_chinese_words_of_ours():
    ours = {zh for zh, _ in WORDS.values() if len(zh) > 2 and "{" not in zh}
    text = text_of(
        page(Wish("en", sees_small=True), plans=(plan_of("AABBCCDD"), plan_of("XXXYZZWW")))
    )
    assert not [word for word in ours if word in text]


def test_small_counts_are_for_those_who_may_see_them():
    few = some(3)
    assert ">3<" in page(Wish(sees_small=True), found=few)
    discreet = page(Wish(), found=few)
    assert '<td class="n">&lt;5</td>' in discreet
    text = text_of(discreet)
    assert "AJ0" not in text  # no list of single cases
    assert "少于 5 件" in text
    assert "<5" in text
    assert not re.search(r"垃圾暴露 3\b", text)


def test_the_parts_of_a_page():
    tags = Tags(page(Wish(), plans=(plan_of("AABBCCDD"), plan_of("XXXYZZWW")))).found
    maps = [attrs for tag, attrs in tags if "folium-map" in attrs.get("class", "")]
    assert len(maps) == 5
    charts = [attrs for tag, attrs in tags if tag == "svg"]
    assert len(charts) == 3
    assert all(chart["role"] == "img" and chart["aria-labelledby"] for chart in charts)
    assert {attrs["scope"] for tag, attrs in tags if tag == "th"} == {"col", "row"}


def test_nothing_is_fetched():
    for _, attrs in Tags(page()).found:
        for name in ("src", "href", "srcset", "data", "poster"):
            assert attrs.get(name, "data:").startswith("data:")
    styles = re.findall(r"<style>(.*?)</style>", page(), re.DOTALL)
    assert "@import" not in "".join(styles)
    assert all(u.startswith(("data:", "#")) for u in re.findall(r"url\(([^)]*)\)", "".join(styles)))


@pytest.mark.parametrize("html", [
    '<img src="https://a.example/x.png">', "<link rel=stylesheet href=//a.example/x.css>",
    "<style>@import 'x.css'</style>", "<p style='background:url(http://a.example/x)'>",
    '<script src="http://a.example/x.js"></script>',
])  # fmt: skip
def test_a_page_that_would_fetch_is_refused(html):
    with pytest.raises(OutsideLink):
        refuse_outside(html)


def test_names_are_text_wherever_they_stand():
    found = some()
    cases = found.cases.assign(address=EVIL, road=EVIL, **{"class": EVIL})
    areas, plan = found.areas.assign(name=EVIL), found.plan
    grids = plan.grids.assign(name=EVIL)
    segments = found.segments.assign(road=EVIL)
    evil = found._replace(
        district=EVIL, cases=cases, areas=areas, segments=segments, plan=plan._replace(grids=grids)
    )
    whole = page(Wish(sees_small=True), found=evil)
    tags = Tags(whole).found
    assert not [tag for tag, _ in tags if tag == "img"]
    assert len([tag for tag, _ in tags if tag == "script"]) == 6
    assert "alert(1)" in whole


def test_a_street_without_a_case_has_a_page():
    quiet = material(cases_of([("垃圾暴露", "closed", 15, 16, 15.1, 15.2, 1, 3)]))
    street = list(STREETS)[1]
    text = text_of(page(Wish(), street, found=quiet))
    assert "乙镇网格运行报告" in text
    assert "本期立案 0 件" in text
    assert "nan" not in text.lower()


def test_what_is_not_known_is_left_empty():
    found = some()
    bare = found.cases.assign(address=None, road=None, community=None, street=None, grid=None)
    text = text_of(page(Wish(sees_small=True), found=found._replace(cases=bare)))
    assert "AJ0" in text
    assert not re.search(r"\b(nan|None|NaT)\b", text)


def test_a_district_without_a_plan_has_a_page():
    text = text_of(page(found=some()._replace(plan=None)))
    assert WORDS["no_plan"][0] in text


def test_leaflet_missing_is_told(monkeypatch, tmp_path):
    assets.script.cache_clear()
    monkeypatch.setattr(assets, "LEAFLET", tmp_path)
    with pytest.raises(assets.NotInstalled, match="scripts/setup"):
        assets.script()


def test_no_browser_is_told(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(printing, "ON_MACOS", tmp_path / "none")
    with pytest.raises(printing.NoBrowser, match="install `chromium`"):
        printing.printed("<p>", "pdf")


def stub(folder, words):
    browser = folder / "chromium"
    browser.write_text(f"#!/bin/sh\n{words}\n")
    browser.chmod(0o755)


@pytest.mark.parametrize(("words", "says"), [
    ("exec sleep 60", "took too long"), ("exit 3", "status 3"), ("exit 0", "made no PDF"),
])  # fmt: skip
def test_a_browser_that_fails_is_told(monkeypatch, tmp_path, words, says):
    stub(tmp_path, words)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(printing.NotPrinted, match=says):
        printing.printed("<p>", "pdf", longest_s=0.5)


def test_the_style_of_margins_ends_where_it_should():
    evil = some()._replace(district='x"}</style><b>\\', srid=4549)
    whole = page(found=evil)
    assert whole.count("</style>") == whole.count("<style>")


def test_last_year_is_compared_where_it_is_known():
    now = some()
    # The days of the builder are counted from 25 May: a year before them.
    then = now.cases.head(10)
    then = then.assign(reported_at=then["reported_at"] - pd.Timedelta(days=365))
    found = compute(now._replace(year_ago=then), PERIOD)
    assert found.year_ago.period == Period(date(2025, 6, 8), date(2025, 6, 15))
    assert found.year_ago.filed == 10
    assert found.year_ago.by["class"].to_dict() == {"垃圾暴露": 10}
    table = tables.by_units(found, "class", Voice("zh", True, now.names))
    at = table.heads.index("同比")
    filed = {row[0]: (row[1], row[at]) for row in table.rows}
    assert filed["垃圾暴露"] == ("40", "+300%")
    assert filed["违法停车"] == ("1", "–")
    assert filed["合计"] == ("41", "+310%")
    text = text_of(page(found=now._replace(year_ago=then)))
    assert "去年同期 2025年6月8日至2025年6月14日，立案 10 件" in text
    few = Voice("zh", False, now.names)
    hidden = tables.by_units(compute(now._replace(year_ago=then.head(3)), PERIOD), "class", few)
    assert {row[at] for row in hidden.rows} == {"–"}


@pytest.mark.parametrize("ago", [None, some().cases.iloc[:0]])
def test_last_year_is_left_out_where_nothing_is_known(ago):
    found = compute(some()._replace(year_ago=ago), PERIOD)
    assert found.year_ago is None
    table = tables.by_units(found, "class", Voice("zh", True, {}))
    assert "同比" not in table.heads
    assert {len(row) for row in table.rows} == {len(table.heads)}
    assert "去年同期 2" not in text_of(page())


def test_a_leap_day_has_a_year_before():
    assert Period(date(2028, 2, 29), date(2028, 3, 7)).year_before.since == date(2027, 2, 28)
