"""The command line as a person uses it, with real files."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from commands import ROOT, every_command, luge

BOUNDARIES = ROOT / "data" / "boundaries"
INIT = ("init", "--name", "云汀区", "--code", "319901", "--srid", "4549")


@pytest.fixture
def made(make_database):
    url = make_database()
    luge(url, *INIT)
    return url


@pytest.fixture(scope="module")
def empty(make_module_database):
    """A district with settings and nothing else, for commands that are refused."""
    url = make_module_database()
    luge(url, *INIT)
    return url


def test_from_files_to_linked_points(made, tmp_path):
    """The whole way: areas, roads, blocks, grids, points, links, check, locate."""
    luge(made, "import", "areas", BOUNDARIES / "areas.geojson")
    luge(made, "import", "compounds", BOUNDARIES / "compounds.geojson")
    luge(made, "import", "roads", BOUNDARIES / "ways.geojson")
    derived = luge(made, "blocks", "derive").stdout
    assert " new, 0 retired" in derived
    assert "0 changed, 0 new, 0 retired" in luge(made, "blocks", "derive").stdout
    assert "grids of" in luge(made, "grids", "init", "--households", "400").stdout
    shops = tmp_path / "shops.csv"
    shops.write_text("编号,店名,经度,纬度\n1,甲,121.0,31.1\n2,乙,31.1,121.0\n3,丙,0,0\n")
    done = luge(made, "import", "merchants", shops, "--crs", "wgs84", cwd=tmp_path).stdout
    assert "3 merchants read" in done
    assert "1 inserted, 0 updated, 0 unchanged, 2 rejected" in done
    rejects = (tmp_path / "rejects.csv").read_text("utf-8-sig")
    assert "swapped" in rejects
    assert "0/0" in rejects
    assert "0 differ from PostGIS" in luge(made, "link", "--verify").stdout
    checked = luge(made, "check", "--out", tmp_path / "found").stdout
    assert checked.count("a clean coverage") == 4
    found = luge(made, "locate", "121.0", "31.1")
    assert not found.stderr
    place = json.loads(found.stdout)
    assert place["block"]["code"].startswith(place["community"]["code"])
    assert place["grids"][0]["system"] == "management"
    assert "云汀" in luge(made, "search", "云汀").stdout
    assert "everything was up to date" in luge(made, "refresh").stdout


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["import", "shops", BOUNDARIES / "areas.geojson"], "merchants"),
        (["import", "merchants", ROOT / "README.md", "--crs", "wgs84"], "README.md"),
        (["blocks", "derive"], "luge import areas"),
        (["grids", "init", "--count", "5"], "luge blocks derive"),
        (["locate", "121", "31", "--crs", "moon"], "moon"),
        (["check", "kerb"], "kerb"),
        (["init", "--name", "另一区", "--code", "319999", "--srid", "4549"], "云汀区"),
        (["init", "--name", "云汀区", "--code", "319901", "--srid", "4326"], "degrees"),
        (["init", "--name", "云汀区", "--code", "319901", "--srid", "4550"], "4549"),
        (["init", "--name", "云汀区", "--code", "31990", "--srid", "4549"], "6 digits"),
        (["init", "--name", "云汀区", "--code", "319901", "--srid", "4549", "--time-zone", "Mars"],
         "Asia/Shanghai"),
        (["import", "areas", BOUNDARIES / "areas.geojson", "--map", "name"], "NAME=VALUE"),
        (["import", "shops", BOUNDARIES / "areas.geojson"], "roads"),
        (["import", "duties", "nowhere.xlsx"], "nowhere.xlsx"),
        (["bodies", "import", "nowhere.xlsx"], "nowhere.xlsx"),
        (["load", "rules", "put", "nowhere.json"], "nowhere.json"),
        (["export", "/nowhere/a.csv", "areas"], "/nowhere"),
    ],
)  # fmt: skip
def test_a_mistake_gets_one_line_that_helps(empty, words, says):
    done = luge(empty, *words, check=False)
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert says in done.stderr
    assert last.startswith("luge: ")
    assert "Traceback" not in done.stderr


def test_a_place_in_no_block_is_said_to_be(made):
    assert "in no block of 云汀区" in luge(made, "locate", "31.1", "121.0").stderr


def test_a_search_takes_words_and_says_where_there_is_nothing(made):
    luge(made, "import", "areas", BOUNDARIES / "areas.geojson")
    assert "云汀" in luge(made, "search", "云汀", "区").stdout
    assert "nothing" in luge(made, "search", "麒麟").stderr


def test_a_district_where_nothing_happened_has_its_weekly_reports(made, tmp_path):
    luge(made, "import", "areas", BOUNDARIES / "areas.geojson")
    assert "luge-weekly" in luge(made, "report", "weekly", cwd=tmp_path).stdout


def test_a_broken_file_is_said_to_be(made, tmp_path):
    (tmp_path / "half.geojson").write_text('{"type":')
    done = luge(made, "import", "areas", "half.geojson", cwd=tmp_path, check=False)
    assert "half.geojson cannot be read: it is not what its ending says" in done.stderr


def test_a_database_without_a_district_says_how_to_make_one(make_database):
    done = luge(make_database(), "link", check=False)
    assert done.returncode == 1
    assert "luge init" in done.stderr


def test_a_gap_is_found_and_repaired(made, tmp_path):
    areas = json.loads((BOUNDARIES / "areas.geojson").read_text("utf-8"))
    streets = [f for f in areas["features"] if f["properties"]["level"] == "street"]
    ring = streets[1]["geometry"]["coordinates"][0]
    for vertex in ring:
        vertex[0] += 4e-6
    broken = tmp_path / "streets.geojson"
    broken.write_text(json.dumps({"type": "FeatureCollection", "features": streets}))
    luge(made, "import", "areas", BOUNDARIES / "areas.geojson")
    again = luge(
        made, "import", "areas", broken, "--rejects", tmp_path / "at-once" / "r.csv"
    ).stdout
    assert "1 updated, 2 unchanged" in again
    assert (tmp_path / "at-once" / "check-street.geojson").is_file()
    before = luge(made, "check", "street", "--out", tmp_path, check=False)
    assert before.returncode == 1
    found = json.loads((tmp_path / "check-street.geojson").read_text())["features"]
    kinds = {f["properties"]["kind"] for f in found}
    assert {"overlap", "outside"} <= kinds
    repaired = luge(made, "check", "street", "--repair", "2", "--out", tmp_path)
    assert "clean coverage" in repaired.stdout
    assert "features changed" in repaired.stdout


def test_the_program_that_is_installed_shows_its_help():
    program = Path(sys.executable).with_name("luge")
    shown = subprocess.run([program, "--help"], capture_output=True, text=True, check=True).stdout
    assert "Usage" in shown


@pytest.mark.parametrize("command", [name for name, _ in every_command()])
def test_help_of_every_command_reads(command):
    assert "Usage" in luge("", *command.split()[1:], "--help").stdout
