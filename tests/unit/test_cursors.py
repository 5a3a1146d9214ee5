"""Cursors: what they see, and that they survive being written down."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.store import cursors
from geo.store.cursors import BadCursor, Cursor, Snapshot

XIDS = np.arange(1, 60)


@st.composite
def snapshots(draw, least=1):
    """Snapshots as PostgreSQL makes them: ``first`` is the lowest that runs, or ``end``."""
    end = draw(st.integers(least, least + 40))
    running = draw(st.lists(st.integers(least, end - 1), unique=True)) if end > least else []
    return Snapshot(min(running, default=end), end, tuple(sorted(running)))


@st.composite
def histories(draw):
    """A snapshot and one taken later: what had ended stays so, what is new is higher."""
    earlier = draw(snapshots())
    ended = draw(st.sets(st.sampled_from(earlier.running))) if earlier.running else set()
    end = draw(st.integers(earlier.end, earlier.end + 10))
    new = draw(st.sets(st.integers(earlier.end, end - 1))) if end > earlier.end else set()
    running = sorted({*earlier.running} - ended | new)
    return earlier, Snapshot(min(running, default=end), end, tuple(running))


@given(snapshots())
def test_a_snapshot_is_read_as_postgresql_writes_it(snapshot):
    assert cursors.parse(snapshot.text()) == snapshot


@given(snapshots(), snapshots() | st.none(), st.integers(0, 2**63 - 1))
def test_written_and_read_it_is_the_same(seen, after, seq):
    cursor = Cursor(seen, after, seq if after else 0)
    text = cursors.write("abc123", cursor)
    assert cursors.read(text, "abc123") == cursor
    assert text.isascii()
    assert not set(text) & set(" \n,;:")
    with pytest.raises(BadCursor, match="another database"):
        cursors.read(text, "abc124")


@given(snapshots())
def test_it_sees_what_had_ended(snapshot):
    seen = cursors.sees(snapshot, XIDS)
    assert not seen[np.isin(XIDS, snapshot.running)].any()
    assert not seen[snapshot.end <= XIDS].any()
    assert seen[snapshot.first > XIDS].all()
    for xid in XIDS:
        assert cursors.sees_up_to(snapshot, xid) == seen[xid >= XIDS].all()


@given(histories())
def test_a_later_one_covers_an_earlier_one(history):
    earlier, later = history
    assert cursors.covers(later, earlier)
    assert not (cursors.sees(earlier, XIDS) & ~cursors.sees(later, XIDS)).any()


@given(snapshots(), snapshots())
def test_covering_is_seeing_all_that_the_other_sees(one, other):
    if cursors.covers(one, other):
        assert not (cursors.sees(other, XIDS) & ~cursors.sees(one, XIDS)).any()


@given(st.text() | st.from_regex(r"\A[0-9a-f.-]{0,40}\Z"))
def test_other_texts_are_refused(text):
    try:
        cursor = cursors.read(text, "abc123")
    except BadCursor:
        return
    assert cursors.read(cursors.write("abc123", cursor), "abc123") == cursor


@pytest.mark.parametrize("text", ["", "abc123.1-1" + "-1" * 9_000, "abc123.ffffffffffffffff-1"])
def test_no_text_is_too_much_for_it(text):
    with pytest.raises(BadCursor):
        cursors.read(text, "abc123")
