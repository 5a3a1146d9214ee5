"""How many stations of each tier a district should have: '1+12+60+X'."""

import re
from collections.abc import Mapping

TIERS = ("district", "street", "community", "other")
# A station within so many metres on foot: what '15-minute' services promise (GB 50180-2018).
NEAR_M = 1_000.0

_TARGET = re.compile(r"\d{1,5}(?:\+\d{1,5}){2}(?:\+(?:\d{1,5}|[Xx]))?")


class TargetUnreadable(ValueError):
    """A target for tiers is not written as '1+12+60+X'."""


def parse(target: str) -> dict[str, int]:
    """How many stations of each tier are wanted; 'X', any number of service points, asks for none.

    Raises:
        TargetUnreadable: where it is anything else than numbers of district, street and community
            stations, and of others or X.
    """
    plain = target.replace("＋", "+").replace(" ", "")
    if not _TARGET.fullmatch(plain):
        raise TargetUnreadable(
            f"{target!r} is no target of tiers: write the numbers of district, street and community"
            " stations and X, as in 1+12+60+X"
        )
    numbers = [0 if part in "Xx" else int(part) for part in plain.split("+")]
    return dict(zip(TIERS, [*numbers, 0][: len(TIERS)], strict=True))


def written(counts: Mapping[str, int], *, any_others: bool = True) -> str:
    """The same as text; other service points are X where any number will do."""
    numbers = [str(counts.get(tier, 0)) for tier in TIERS]
    return "+".join([*numbers[:-1], "X" if any_others else numbers[-1]])
