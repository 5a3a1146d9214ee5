"""Scripts and styles as the build leaves them: each beside its packed form."""

import gzip

import pytest
from fastapi.testclient import TestClient

from api import pages
from api.app import create_app
from geo.store.settings import Settings

SCRIPT = b"export const answer = 42;\n" * 100


@pytest.fixture
def client(tmp_path, monkeypatch, db):
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "both.js").write_bytes(SCRIPT)
    # Its packed form says something else, so that the two can be told apart.
    (tmp_path / "assets" / "both.js.gz").write_bytes(gzip.compress(SCRIPT + b"// packed"))
    (tmp_path / "assets" / "alone.js").write_bytes(SCRIPT)
    monkeypatch.setattr(pages, "DIST", tmp_path)
    with TestClient(create_app(Settings(database_url=db))) as client:
        yield client


@pytest.mark.parametrize(
    ("name", "accepted", "packed", "body"),
    [
        ("both", "gzip", True, SCRIPT + b"// packed"),
        ("both", "identity", False, SCRIPT),
        ("alone", "gzip", True, SCRIPT),
        ("alone", "identity", False, SCRIPT),
    ],
)
def test_a_packed_file_goes_to_who_can_unpack_it(client, name, accepted, packed, body):
    answer = client.get(f"/assets/{name}.js", headers={"Accept-Encoding": accepted})
    assert answer.content == body
    assert (answer.headers.get("content-encoding") == "gzip") is packed
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "immutable" in answer.headers["cache-control"]
    assert "Accept-Encoding" in answer.headers["vary"]


def test_a_file_that_is_kept_is_not_sent_again(client):
    first = client.get("/assets/both.js", headers={"Accept-Encoding": "gzip"})
    again = client.get(
        "/assets/both.js",
        headers={"Accept-Encoding": "gzip", "If-None-Match": first.headers["etag"]},
    )
    assert (again.status_code, again.content) == (304, b"")
