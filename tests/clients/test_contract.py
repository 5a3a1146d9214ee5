"""Schemathesis over the contracts: whatever they allow is answered as they say.

The checks are all on. One is widened: a filter, an order or a CRS that fits its schema may still
be refused by 400, 404, 409 or 410: no JSON Schema can say what CQL2 is or what exists.
"""

import subprocess
import sys
from pathlib import Path

import pytest
from served import running

from geo.store import district
from geo.store.database import Setting

# What may be written to, which is tried on a database of its own.
WRITTEN = (
    "^/api/imports",
    "^/api/cases",
    "^/api/(chiefs|leaves|duties|rotas|segments|sides|stretches|bodies)",
    "^/api/shares",
    "^/api/plans",
    "^/api/load",
)
CONFIG = """
# In s: not how fast answers are to be, but an end for what hangs.
request-timeout = 120

[checks]
positive_data_acceptance.expected-statuses = ["2xx", {refused}]

# A stream of events does not end by itself: each is listened to for this long, in s.
[[operations]]
include-path = "/api/live"
request-timeout = 1

[warnings]
enabled = false
"""


REFUSED = "400, 404, 409, 410"
# A version that is none, a key that another request had: the generator is not careful with either.
REFUSED_WRITES = f"{REFUSED}, 412, 422, 428"


def assert_kept(
    document: str, address: str, folder: Path, *which: str, refused: str = REFUSED
) -> None:
    """No request that the generator makes from the document finds a fault."""
    (folder / "schemathesis.toml").write_text(CONFIG.format(refused=refused))
    done = subprocess.run(
        [Path(sys.executable).with_name("schemathesis"), "--config-file", "schemathesis.toml",
         "run", document, "--url", address, "--checks", "all", "--max-examples", "20",
         "--phases", "examples,coverage,fuzzing", "--seed", "1", "--workers", "1", "--no-color",
         *which],
        cwd=folder, capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert "No issues found" in done.stdout


def test_the_ogc_part(service, tmp_path):
    assert_kept(f"{service}/ogc/api", f"{service}/ogc", tmp_path)


def test_all_that_reads(service, tmp_path):
    document, but = f"{service}/api/openapi.json", "|".join([*WRITTEN, "^/ogc", "^/api/reach"])
    assert_kept(document, service, tmp_path, "--exclude-path-regex", but)


def test_reach(service, tmp_path):
    """By itself, as looking for sites takes its time."""
    document = f"{service}/api/openapi.json"
    assert_kept(document, service, tmp_path, "--include-path-regex", "^/api/reach")


@pytest.mark.parametrize("which", WRITTEN)
def test_all_that_writes(db, tmp_path, which):
    """On a database of its own."""
    district.init(db, Setting("试验区", "319902", 4549, "Asia/Shanghai", 50.0))
    with running(db, tmp_path / "home") as address:
        document = f"{address}/api/openapi.json"
        which = ("--include-path-regex", which)
        assert_kept(document, address, tmp_path, *which, refused=REFUSED_WRITES)
