"""What a plan goes through."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.plan import DRAFTS, STEPS, WrongStep, check_step

ALL = (*DRAFTS, "published", "superseded")


@given(st.sampled_from(ALL), st.sampled_from(ALL))
def test_only_declared_steps_are_taken(now, wanted):
    if wanted in STEPS.get(now, ()):
        check_step(now, wanted)
    else:
        with pytest.raises(WrongStep, match=now):
            check_step(now, wanted)


def test_nothing_is_published_that_was_not_approved():
    assert [now for now in ALL if "published" in STEPS.get(now, ())] == ["approved"]
    # A plan to come is withdrawn to where it was; what was in force ends by another plan alone.
    assert STEPS["published"] == ("approved",)
    assert "superseded" not in STEPS
