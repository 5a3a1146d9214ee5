"""How far a long task has come, told in words and in numbers."""

from collections.abc import Callable
from typing import Self

Say = Callable[[str], None]


class Step(str):
    """What is being done, as text; ``done`` of about ``total`` rows are."""

    __slots__ = ("done", "total")
    done: int
    total: int

    def __new__(cls, text: str, done: int, total: int) -> Self:
        """Make a step of its words and its numbers."""
        step = super().__new__(cls, text)
        step.done, step.total = done, total
        return step


def silence(_: str) -> None:
    """Say nothing."""
