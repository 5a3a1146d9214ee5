"""The closed loop of a case as a declared state machine.

信息收集 collect → 案卷建立 file → 任务派遣 dispatch → 任务处理 handle → 处理反馈 feedback →
核实结案 verify → 综合评价 evaluate; off the path 回退 bounce, 返工 rework and 作废 cancel.
What else a history may hold (延期 extend, 挂账 shelve, 督办 supervise, 申诉 appeal) changes
clocks, not the state, and comes with them.

Who may take which action (roles), how long it may take (clocks) and whose turn it is (dispatch
rules) are to be asked elsewhere, of the same `ACTIONS`.
"""

from collections.abc import Iterable
from typing import NamedTuple

STATES = {
    "reported": ("已上报", "Reported"),
    "filed": ("已立案", "Filed"),
    "dispatched": ("已派遣", "Dispatched"),
    "handling": ("处置中", "In work"),
    "handled": ("已处置", "Handled"),
    "closed": ("已结案", "Closed"),
    "cancelled": ("已作废", "Cancelled"),
}
# No work is left to do.
ENDED = frozenset({"closed", "cancelled"})
# The step that every history filed here begins with, and the state after it.
FIRST, BEGINNING = "collect", "reported"


class Action(NamedTuple):
    """A step that somebody can take: from one of these states to another one."""

    name: str
    zh: str
    en: str
    sources: tuple[str, ...]
    target: str


ACTIONS = {
    action.name: action
    for action in (
        Action("file", "立案", "File", ("reported",), "filed"),
        Action("dispatch", "派遣", "Dispatch", ("filed",), "dispatched"),
        Action("handle", "接单处置", "Take in hand", ("dispatched",), "handling"),
        Action("feedback", "反馈", "Hand in", ("handling",), "handled"),
        Action("verify", "核实结案", "Verify and close", ("handled",), "closed"),
        Action("evaluate", "综合评价", "Evaluate", ("closed",), "closed"),
        Action("bounce", "回退", "Bounce", ("dispatched", "handling"), "filed"),
        Action("rework", "返工", "Rework", ("handled", "closed"), "handling"),
        Action("cancel", "作废", "Cancel", ("reported", "filed"), "cancelled"),
    )
}


class NoSuchAction(ValueError):
    """No action has this name."""


class NotNow(ValueError):
    """The state of the case does not allow the action."""


def after(status: str, action: str) -> str:
    """The state that ``action`` leads to; raises `NoSuchAction` and `NotNow`."""
    step = ACTIONS.get(action)
    if step is None:
        raise NoSuchAction(f"there is no action {action!r}; there are {', '.join(ACTIONS)}")
    if status not in step.sources:
        possible = ", ".join(allowed(status)) or "nothing more"
        raise NotNow(f"a case that is {status} cannot {action}; possible now: {possible}")
    return step.target


def allowed(status: str) -> tuple[str, ...]:
    """The actions that can be taken in a state."""
    return tuple(name for name, action in ACTIONS.items() if status in action.sources)


def replay(steps: Iterable[str], status: str = BEGINNING) -> str:
    """The state after ``steps``, of which `FIRST` may be the first one."""
    for step in steps:
        status = BEGINNING if step == FIRST else after(status, step)
    return status
