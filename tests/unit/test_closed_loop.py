"""The closed loop: what can be done when, and that a history tells the state."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from geo import cases
from geo.cases import ACTIONS, BEGINNING, ENDED, FIRST, STATES, NotNow


class ClosedLoop(RuleBasedStateMachine):
    """A case moved about by people who also try what cannot be done."""

    def __init__(self):
        super().__init__()
        self.history, self.status = [FIRST], BEGINNING

    @rule(action=st.sampled_from(sorted(ACTIONS)))
    def take(self, action):
        if action in cases.allowed(self.status):
            self.status = cases.after(self.status, action)
            self.history.append(action)
        else:
            with pytest.raises(NotNow, match=self.status):
                cases.after(self.status, action)

    @precondition(lambda self: cases.allowed(self.status))
    @rule(data=st.data())
    def take_one_that_is_allowed(self, data):
        action = data.draw(st.sampled_from(cases.allowed(self.status)))
        self.status = cases.after(self.status, action)
        self.history.append(action)

    @invariant()
    def the_history_tells_the_state(self):
        assert cases.replay(self.history) == self.status
        assert self.status in STATES


TestClosedLoop = ClosedLoop.TestCase


def test_the_path_leads_from_report_to_end():
    path = [FIRST, "file", "dispatch", "handle", "feedback", "verify", "evaluate"]
    states = [cases.replay(path[:n]) for n in range(1, len(path) + 1)]
    assert states == ["reported", "filed", "dispatched", "handling", "handled", "closed", "closed"]


def test_every_state_can_be_reached_and_every_action_taken():
    reached, taken, ahead = {BEGINNING}, set(), [BEGINNING]
    while ahead:
        state = ahead.pop()
        for action in cases.allowed(state):
            taken.add(action)
            target = cases.after(state, action)
            if target not in reached:
                reached.add(target)
                ahead.append(target)
    assert reached == STATES.keys()
    assert taken == ACTIONS.keys()


def test_what_is_cancelled_stays_so():
    assert cases.allowed("cancelled") == ()
    with pytest.raises(NotNow, match="nothing more"):
        cases.after("cancelled", "file")


@pytest.mark.parametrize("state", sorted(STATES.keys() - ENDED))
def test_no_open_state_is_a_dead_end(state):
    assert cases.allowed(state)


@given(st.text())
def test_other_words_are_no_actions(word):
    if word not in ACTIONS:
        with pytest.raises(cases.NoSuchAction, match="bounce"):
            cases.after("filed", word)
