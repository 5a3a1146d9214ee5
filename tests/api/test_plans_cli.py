"""`luge plan` on a copy of the sample district: a draft out to a table, in again, published."""

import csv
import fcntl
import json
import os
import pty
import struct
import subprocess
import sys
import termios
from pathlib import Path

import psycopg
import pytest
from days import tomorrow
from rich.cells import cell_len
from typer.testing import CliRunner

from api.cli import app


@pytest.fixture(scope="module")
def luge(sample_url, make_module_database):
    """Runs a command in this process and gives what it told."""
    url = make_module_database(sample_url)

    def run(*words):
        done = CliRunner().invoke(app, ["plan", *map(str, words)], env={"LUGE_DATABASE_URL": url})
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.stdout

    run.url = url
    return run


def on_a_screen(columns, url, *words):
    """What a command writes on a terminal so wide."""
    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    command = [Path(sys.executable).with_name("luge"), *words]
    environment = {**os.environ, "LUGE_DATABASE_URL": url, "TERM": "dumb"}
    told = b""
    with subprocess.Popen(command, stdout=its, env=environment) as process:
        os.close(its)
        try:
            while part := os.read(ours, 2**16):
                told += part
        except OSError:  # Linux says so at the end of a terminal
            pass
        finally:
            os.close(ours)
    assert process.returncode == 0
    return told.decode()


def begun(luge):
    return int(luge("new", "试画", "--by", "王").split()[1])


@pytest.mark.parametrize("words", [("plan", "show", "1"), ("load", "show")])
def test_codes_are_whole_on_a_narrow_screen(luge, words):
    told = on_a_screen(80, luge.url, *words).splitlines()
    assert max(map(cell_len, told)) <= 80
    with psycopg.connect(luge.url) as conn:
        codes = [
            code
            for (code,) in conn.execute(
                "select code from grid join grid_shape on grid.id = grid_id where plan_id = 1"
            )
        ]
    assert codes
    assert [code for code in codes if not any(code in line for line in told)] == []


def test_a_name_is_shown_as_it_is_written(luge):
    plan, name = begun(luge), "[/b] 第1网格 :cat:"
    with psycopg.connect(luge.url) as conn:
        conn.execute("update draft_grid set name = %s where plan_id = %s and number = 1",
                     [name, plan])  # fmt: skip
    assert name in luge("show", plan)


def test_months_of_grids_are_told_in_todays_borders_and_in_those_of_their_day(luge):
    today, then = (list(csv.reader(luge("trend", "--months", "48", *more).splitlines()))
                   for more in ((), ("--then",)))  # fmt: skip
    assert today == then  # no plan was published since
    assert len(today[0]) == 2 + 48
    assert len(today) == 1 + 114


def test_a_draft_goes_out_comes_in_and_is_published(luge, tmp_path):
    plan, file = begun(luge), tmp_path / "plan.csv"
    assert " blocks in " in luge("export", plan, file)
    with file.open(encoding="utf-8-sig", newline="") as table:
        rows = list(csv.DictReader(table))
    grid, name = rows[0]["grid"], rows[0]["name"]
    for row in rows:
        row["grid"] = "新网格" if row["grid"] == grid else row["grid"]
    with file.open("w", encoding="utf-8", newline="") as table:
        out = csv.DictWriter(table, ["block", "grid", "name"])
        out.writeheader()
        out.writerows([*rows, {"block": "nowhere", "grid": grid}, rows[0]])
    refused = tmp_path / "rejects.csv"
    told = luge("import", plan, file, "--new", "--rejects", refused)
    assert "2 rows rejected" in told
    assert "no such block" in told
    assert "stands in the file before" in refused.read_text("utf-8-sig")
    assert "0 hard" in luge("check", plan)
    moved = sum(row["grid"] == "新网格" for row in rows)
    assert f"{moved} blocks" in next(
        line for line in luge("lineage", plan).splitlines() if "→ 新网格" in line
    )
    luge("submit", plan)
    luge("back", plan, "--note", "再看")
    luge("submit", plan)
    luge("approve", plan)
    assert tomorrow().isoformat() in luge("publish", plan, "--from", tomorrow().isoformat())
    lines = {line.split("\t")[0]: line for line in luge("lineage", plan).splitlines()}
    assert f"{grid} {name} → " in lines["moved"]
    assert f"{plan}\tmanagement\tpublished" in luge("list", "--system", "management")
    assert "max / mean" in luge("show", plan)
    assert "is approved" in luge("withdraw", plan, "--by", "李")
    assert f"{plan}\tmanagement\tapproved" in luge("list", "--system", "management")


def test_a_file_of_another_kind_is_refused(luge, tmp_path):
    plan, file = begun(luge), tmp_path / "plan.csv"
    file.write_text("a,b\n1,2\n", "utf-8")
    with pytest.raises(ValueError, match="no column 'block'; it has a, b"):
        luge("import", plan, file)
    assert "is deleted" in luge("discard", plan)


def test_a_block_is_cut_along_a_line_and_joined_again(luge, tmp_path):
    plan = begun(luge)
    with psycopg.connect(luge.url) as conn:
        code, households, *ends = conn.execute(
            """select code, households, st_xmin(p), st_xmax(p), (st_ymin(p) + st_ymax(p)) / 2
            from block, lateral st_transform(geom, 4326) as p
            where st_area(geom) > 8000 and households > 0 order by code limit 1"""
        ).fetchone()
    west, east, north = ends
    line = [[west - 1e-4, north], [east + 1e-4, north]]
    file = tmp_path / "line.geojson"
    file.write_text(json.dumps({"type": "LineString", "coordinates": line}), "utf-8")
    told = luge("cut", plan, code, file, "--by", "王").splitlines()
    assert told[0].startswith(f"{code} ended; ")
    pieces = [row.split("\t") for row in told[1:]]
    assert sum(int(row[2].split()[0]) for row in pieces) == households
    with pytest.raises(ValueError, match="no block"):
        luge("cut", plan, code, "LINESTRING (121 31, 122 31)")
    joined = luge("join", plan, *(row[0] for row in pieces)).splitlines()
    assert joined[1].split("\t")[2] == f"{households} households"
    wkt = "LINESTRING (" + ", ".join(f"{x} {y}" for x, y in line) + ")"
    assert len(luge("cut", plan, joined[1].split("\t")[0], wkt).splitlines()) == len(told)
