"""`luge link POINTS --out FOLDER`, as a person uses it, against what PostGIS says."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from towns import CORNER

from geo.store import blocks
from geo.store.database import transaction

ROWS = 600


@pytest.fixture
def derived(town):
    with transaction(town) as conn:
        blocks.derive(conn, ["road", "lane"])
    return town


@pytest.fixture
def points(tmp_path):
    """Points on and around the town, drawn in metres."""
    xy = np.random.default_rng(5).uniform((-60, -60), (860, 460), (ROWS, 2)) + CORNER
    table = pa.table({"id": np.arange(ROWS), "x": xy[:, 0], "y": xy[:, 1]})
    pq.write_table(table, tmp_path / "points.parquet", row_group_size=100)
    return tmp_path / "points.parquet"


def link(url, *words):
    return subprocess.run(
        [Path(sys.executable).with_name("luge"), "link", *words],
        env={**os.environ, "LUGE_DATABASE_URL": url}, capture_output=True, text=True,
    )  # fmt: skip


def read(folder):
    parts = ds.partitioning(pa.schema([("area", pa.string())]), flavor="hive")
    return ds.dataset(folder, partitioning=parts).to_table().sort_by("id")


AREA_AT = """
select (select code from area where level = %s and st_covers(geom, at) order by code limit 1),
       block_at(at)
from unnest(%s::float[], %s::float[]) as p (x, y), st_setsrid(st_makepoint(x, y), 4549) as at
"""


@pytest.mark.parametrize("level", ["street", "community"])
def test_parquet_is_linked_as_postgis_says(derived, points, level, tmp_path):
    done = link(derived, points, "--out", tmp_path / "out", "--by", level)
    assert done.stdout.startswith(f"{ROWS} points: "), done.stderr
    found = read(tmp_path / "out")
    xy = [found[name].to_pylist() for name in ("x", "y")]
    with transaction(derived) as conn:
        expected = conn.execute(AREA_AT, (level, *xy)).fetchall()
    assert list(zip(*(found[c].to_pylist() for c in ("area", "block_id")), strict=True)) == expected
    assert len(set(expected)) > 10


def test_a_cluster_links_by_the_ground_of_an_earlier_run(derived, points, tmp_path):
    link(derived, points, "--out", tmp_path / "one")
    again = link(derived, points, "--out", tmp_path / "one")
    assert "1 of 1 portions are done already" in again.stdout
    # Without the database: the ground is in the folder.
    words = ("--out", tmp_path / "two", "--index", tmp_path / "one" / "_ground")
    done = link("postgresql://nowhere", points, *words, "--engine", "dask", "--workers", "2")
    assert done.returncode == 0, done.stderr
    assert read(tmp_path / "two").equals(read(tmp_path / "one"))


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--out", "{}"], "holds something else"),
        (["--out", "{}/new", "--index", "{}"], "holds no ground"),
        ([], "POINTS and --out belong together"),
    ],
)
def test_what_it_refuses(derived, points, words, says, tmp_path):
    done = link(derived, points, *(word.format(tmp_path) for word in words))
    assert done.returncode
    assert says in done.stderr.replace("\n", " ")
