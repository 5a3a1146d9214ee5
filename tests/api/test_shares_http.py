"""Shares over HTTP and by command, on copies of the sample district."""

import time

import psycopg
from commands import luge
from pydantic import TypeAdapter
from services import serve

from api.answers import sharing
from api.shares import AT_ONCE

DRAFTS = "/api/shares/drafts"
PATIENCE_S = 120


def computed(client, **wish):
    """A draft as it is when it is no more under way."""
    answer = client.post(DRAFTS, json=wish)
    assert answer.status_code == 202, answer.text
    address = answer.headers["location"]
    give_up = time.monotonic() + PATIENCE_S
    while (draft := client.get(address).json())["status"] == "running":
        assert time.monotonic() < give_up
        time.sleep(0.05)
    # The place for the next one is free a moment after the row says so.
    assert AT_ONCE.acquire(timeout=PATIENCE_S)
    AT_ONCE.release()
    return draft


def test_a_draft_is_computed_looked_at_and_applied(here, own):
    draft = computed(here, **{"from": "2100-01-01", "chiefs": 30, "locks": ["LZ056"]})
    assert draft["status"] == "ready"
    assert draft["figures"]["after"]["most"] < draft["figures"]["before"]["most"] / 2
    assert len(draft["posts"]) == len(draft["chiefs"]) == 30
    assert "phone" not in draft["posts"][0]
    lines = here.get(f"{DRAFTS}/{draft['id']}/stretches").json()["features"]
    assert len(lines) == draft["figures"]["stretches"]
    assert lines[0]["geometry"]["type"] == "LineString"
    assert draft["id"] in [one["id"] for one in here.get(DRAFTS).json()["drafts"]]
    own_address = f"{DRAFTS}/{draft['id']}"
    for model, answer in (
        (sharing.ShareDraft, here.get(own_address)),
        (sharing.ShareStretches, here.get(f"{own_address}/stretches")),
        (sharing.ShareDrafts, here.get(DRAFTS)),
        (sharing.ShareApplied, applied := here.post(f"{own_address}/apply")),
    ):
        TypeAdapter(model).validate_json(answer.content, strict=True)
    done = applied.json()
    assert done["metres_after"] >= done["metres_before"]
    again = here.post(f"{DRAFTS}/{draft['id']}/apply")
    assert again.status_code == 409
    assert "applied" in again.json()["detail"]
    with psycopg.connect(own) as conn:
        row = conn.execute("select count(*) from duty where valid_from = '2100-01-01'").fetchone()
    assert row == (done["begun"],)


def test_faults_are_told(here):
    assert here.get(f"{DRAFTS}/999").status_code == 404
    assert here.post(DRAFTS, json={"from": "2001-01-01"}).status_code == 400
    assert here.post(DRAFTS, json={"role": "rota"}).status_code == 422
    failed = computed(here, **{"from": "2100-01-01", "added": ["LZ999"]})
    assert failed["status"] == "failed"
    assert "LZ999" in failed["error"]
    assert here.post(f"{DRAFTS}/{failed['id']}/stop").status_code == 409
    assert here.delete(f"{DRAFTS}/{failed['id']}").status_code == 204


def test_one_at_a_time(here):
    with AT_ONCE:
        answer = here.post(DRAFTS, json={})
    assert answer.status_code == 409
    assert "another draft" in answer.json()["detail"]


def test_nothing_is_written_from_elsewhere(own):
    with serve(own) as away:
        assert away.post(DRAFTS, json={}).status_code == 403
        assert away.get(DRAFTS).status_code == 200


def test_the_same_by_command(sample_url, make_database):
    url = make_database(sample_url)

    def shares(*words, code=0):
        done = luge(url, "shares", *words, check=False)
        assert done.returncode == code, done.stderr
        return done.stdout + done.stderr

    said = shares("propose", "--chiefs", "31", "--lock", "LZ056", "--from", "2100-01-01")
    assert "draft 1: ready, role second, from 2100-01-01" in said
    assert "connected shares: 3 of 30" in said
    assert "vacant" in said
    assert "post 30 of draft 1 has no chief yet" in shares("apply", "1", code=1)
    shares("fill", "1", "30", "LZ004")
    assert "m of side had a chief" in shares("apply", "1")
    assert "1  applied  second  from  2100-01-01  max/mean 2.65 →" in shares("list")
    assert "无此路" in shares("propose", "--lock", "无此路", "--from", "2101-01-01", code=1)
