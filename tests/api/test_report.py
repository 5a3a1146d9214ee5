"""Reports over HTTP and on the command line, on the sample district."""

import re
from pathlib import Path

import psycopg
import pytest
from commands import luge
from services import serve

from api import reports
from api.app import create_app
from api.reports import AT_ONCE
from geo.store.settings import Settings
from maps.report import printing

WEEK = {"since": "2026-06-22", "until": "2026-06-29"}
STREET = "319901001000"


@pytest.fixture(scope="module")
def html(client):
    answer = client.get("/api/report", params={**WEEK, "lang": "en", "plans": ["1", "2"]})
    assert answer.status_code == 200, answer.text
    return answer


def card(html, word):
    found = re.search(rf"<dt>{word}</dt><dd>([^<]*)</dd>", html)
    return found and found[1]


def test_the_answer_is_a_file_to_open_from_disk(html):
    assert html.headers["content-type"] == "text/html; charset=utf-8"
    name = "luge-report_2026-06-22_2026-06-28.html"
    assert html.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert len(html.content) < 3_000_000


def test_its_figures_equal_the_databases(html, sample_url):
    query = """
        select count(*) filter (where reported_at >= %(a)s),
               count(*) filter (where closed_at >= %(a)s and closed_at < %(b)s),
               100.0 * count(*) filter (where closed_at >= %(a)s and closed_at < %(b)s
                                          and coalesce(handled_at, closed_at) <= due_at)
                 / count(*) filter (where closed_at >= %(a)s and closed_at < %(b)s
                                      and due_at is not null),
               avg(extract(epoch from handled_at - reported_at) / 3600)
                 filter (where handled_at >= %(a)s and handled_at < %(b)s),
               count(*) filter (where closed_at is null or closed_at >= %(b)s)
        from incident where status <> 'cancelled' and reported_at < %(b)s"""
    days = {"a": "2026-06-22 00:00+08", "b": "2026-06-29 00:00+08"}
    with psycopg.connect(sample_url) as conn:
        filed, closed, in_time, hours, left = conn.execute(query, days).fetchone()
    text = html.text
    assert card(text, "filed") == f"{filed:,}"
    assert card(text, "closed") == f"{closed:,}"
    assert card(text, "closed in time") == f"{in_time:.1f}%"
    assert card(text, "mean hours") == f"{float(hours):.1f}"
    assert card(text, "open") == f"{left:,}"


def test_duties_are_those_of_the_metrics(html, sample_url):
    query = """
        select sum(value * length_m) / sum(length_m)
        from metric_value join segment on segment.id = unit_id
        where key = 'duty_share' and layer = 'segments'"""
    with psycopg.connect(sample_url) as conn:
        share = conn.execute(query).fetchone()[0]
    assert re.search(rf'class="total".*?>{share:.1f}</td>', html.text, re.DOTALL)


def test_small_counts_need_the_right(html, sample_url):
    assert "&lt;5" in html.text
    settings = Settings(database_url=sample_url, public_rights="small_counts")
    from fastapi.testclient import TestClient

    with TestClient(create_app(settings)) as trusted:
        answer = trusted.get("/api/report", params={**WEEK, "street": STREET})
    assert "&lt;5<" not in answer.text
    assert "汀口街道" in answer.text


def test_without_a_period_it_is_of_the_last_days(client):
    answer = client.get("/api/report", params={"street": STREET})
    assert "_2026-06-24_2026-06-30.html" in answer.headers["content-disposition"]


@pytest.mark.parametrize(("asked", "status", "says"), [
    ({"since": "2026-06-22", "until": "2026-06-22"}, 400, "the day after the last"),
    ({"since": "2020-01-01", "until": "2026-06-22"}, 400, "400 days"),
    ({"since": "0001-01-01"}, 400, "1950"),
    ({"until": "9999-12-31"}, 400, "1950"),
    ({"until": "0"}, 422, "YYYY-MM-DD"),
    ({"system": "a\x00"}, 422, "system"),
    ({"plans": ["1", "a\x00"]}, 422, "plans"),
    ({"street": "1"}, 400, "319901001000"),
    ({"plans": ["1", "no such"]}, 400, "管理网格"),
    ({"plans": ["1"]}, 422, "plans"),
    ({"system": "nothing"}, 400, "nothing"),
    ({"f": "doc"}, 422, "html"),
    ({"metric": "credit"}, 422, "metric"),
])  # fmt: skip
def test_what_cannot_be_reported_is_told(client, asked, status, says):
    answer = client.get("/api/report", params=asked)
    assert answer.status_code == status
    assert says in answer.json()["detail"]


def test_a_period_before_all_data_is_a_report_too(client):
    answer = client.get("/api/report", params={"since": "2020-01-01", "until": "2020-01-08"})
    assert answer.status_code == 200
    assert "本期立案 0 件" in answer.text


def test_an_empty_district_has_a_report(db):
    from geo.store import district
    from geo.store.database import Setting

    district.init(db, Setting("试验区", "319902", 4549, "Asia/Shanghai", 50.0))
    with serve(db) as client:
        answer = client.get("/api/report")
    assert answer.status_code == 200
    assert "试验区网格运行报告" in answer.text


@pytest.mark.parametrize(("form", "starts"), [("pdf", b"%PDF-"), ("png", b"\x89PNG")])
def test_printed_forms(client, form, starts):
    answer = client.get("/api/report", params={**WEEK, "street": STREET, "f": form})
    assert answer.status_code == 200
    assert answer.content.startswith(starts)
    if form == "pdf":
        assert answer.content.count(b"/Type /Page\n") >= 4


def test_no_chromium_and_too_long_are_told(client, monkeypatch):
    asked = {"street": STREET, "f": "pdf"}

    def too_long(html, form):
        return printing.printed(html, form, longest_s=0.2)

    with monkeypatch.context() as patch:
        patch.setattr(reports, "printed", too_long)
        answer = client.get("/api/report", params=asked)
        assert answer.status_code == 503
        assert "too long" in answer.json()["detail"]
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(printing, "ON_MACOS", Path("/nowhere"))
    answer = client.get("/api/report", params=asked)
    assert answer.status_code == 501
    assert "no Chromium" in answer.json()["detail"]


def test_only_so_many_at_once(client):
    AT_ONCE.acquire()
    AT_ONCE.acquire()
    try:
        assert client.get("/api/report").status_code == 503
    finally:
        AT_ONCE.release(2)
    assert client.get("/api/report", params={"street": STREET}).status_code == 200


def test_on_the_command_line(sample_url, tmp_path):
    done = luge(sample_url, "report", "--out", "r.html", "--lang", "en", "--pdf", cwd=tmp_path)
    assert done.stdout.split() == ["r.html", "r.pdf"]
    assert "Findings" in (tmp_path / "r.html").read_text("utf-8")
    luge(sample_url, "report", "weekly", "--out", "weeks", "--public", cwd=tmp_path)
    files = sorted(path.name for path in (tmp_path / "weeks").iterdir())
    assert len(files) == 3
    assert files[0] == "luge-weekly_319901001000_2026-06-22_2026-06-28.html"
    assert "汀口街道网格运行周报" in (tmp_path / "weeks" / files[0]).read_text("utf-8")


@pytest.mark.parametrize(("words", "says"), [
    (["report", "--street", "1"], "there is no street"),
    (["report", "--plans", "1", "99"], "there is no plan"),
    (["report", "--lang", "fr"], "there is no language"),
    (["report", "weekly", "--street", "7"], "there is no street"),
])  # fmt: skip
def test_the_command_line_says_what_is_wrong(sample_url, tmp_path, words, says):
    done = luge(sample_url, *words, cwd=tmp_path, check=False)
    assert done.returncode == 1
    assert says in done.stderr
    assert not list(tmp_path.glob("*.html"))
