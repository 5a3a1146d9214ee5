"""Numbers in sentences for people."""

import re
from collections.abc import Iterable

COUNT = re.compile(r"\d{1,3}(?: \d{3})+\b|\d+\b")


def spaced(number: int) -> str:
    """Return a whole number with its thousands apart: 17 070."""
    return f"{number:,}".replace(",", " ")


def added_up(notes: Iterable[str]) -> list[str]:
    """Return notes on the portions of a file as notes on the file.

    Those that begin with a count and go on alike become one with the sum; equal ones become one.
    """
    sums: dict[tuple[bool, str], int] = {}
    for note in notes:
        count = COUNT.match(note)
        rest = (count is not None, note[count.end() :] if count else note)
        sums[rest] = sums.get(rest, 0) + (int(count[0].replace(" ", "")) if count else 0)
    return [spaced(sum_) + rest if counted else rest for (counted, rest), sum_ in sums.items()]
