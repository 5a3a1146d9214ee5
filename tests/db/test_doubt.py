"""A file in another datum than it says is told when it is imported; what leaves us runs nowhere."""

import numpy as np
import pandas as pd
import pytest
from towns import load, lonlat

from geo import crs
from geo.intake import Wishes
from geo.placing import MissingCrs
from geo.store import importing


@pytest.fixture
def moved(tmp_path):
    """Shops all over the town, in GCJ-02, with the community they lie in."""
    rng = np.random.default_rng(1)
    x, y = rng.uniform(5, 795, 300), rng.uniform(5, 395, 300)
    places = [crs.transform_points(*lonlat(*at), "wgs84", "gcj02") for at in zip(x, y, strict=True)]
    table = pd.DataFrame(
        {
            "编号": [f"s{i}" for i in range(300)],
            "店名": "店",
            "社区": np.where(x < 400, "甲社区", "乙社区"),
            "经度": [float(lon) for lon, _ in places],
            "纬度": [float(lat) for _, lat in places],
        }
    )
    table.to_csv(tmp_path / "shops.csv", index=False)
    return tmp_path / "shops.csv"


def doubts(summary):
    return [note for note in summary.notes if note.startswith("Doubtful datum")]


def test_the_summary_names_the_datum_that_fits(town, moved):
    wrong = load(town, moved, "merchants", wishes=Wishes("wgs84"), dry_run=True)
    assert len(doubts(wrong)) == 1
    assert wrong.notes[0].endswith("is it gcj02? Say --crs gcj02.")
    right = load(town, moved, "merchants", wishes=Wishes("gcj02"))
    assert right.inserted == 300
    assert not doubts(right)


def test_where_no_crs_is_named_the_likely_one_is(town, moved):
    with pytest.raises(MissingCrs, match=r"Name it with --crs.* if they are gcj02 .*--crs gcj02"):
        load(town, moved, "merchants")


def test_no_cell_of_the_rejects_runs(town, tmp_path):
    rows = [["s1", "=1+1", "@x", 0, 0], ["s2", "-71.06", "\t=2", 0, 0]]
    table = pd.DataFrame(rows, columns=["编号", "店名", "+列", "经度", "纬度"])
    table.to_csv(tmp_path / "a.csv", index=False)
    summary = load(town, tmp_path / "a.csv", "merchants", wishes=Wishes("wgs84"))
    assert importing.write_rejects(tmp_path / "rejects.csv", [summary]) == 2
    rejects = pd.read_csv(tmp_path / "rejects.csv", dtype=str)
    assert rejects["店名"].tolist() == ["'=1+1", "-71.06"]
    assert rejects["'+列"].tolist() == ["'@x", "'\t=2"]
