"""Targets of tiers are read as they are written, or refused."""

import pytest

from geo import tiers


@pytest.mark.parametrize(
    ("target", "wanted"),
    [("1+12+60+X", (1, 12, 60, 0)), ("1＋3＋12", (1, 3, 12, 0)), ("0+0+0+7", (0, 0, 0, 7))],
)
def test_targets_of_tiers(target, wanted):
    assert tuple(tiers.parse(target).values()) == wanted


@pytest.mark.parametrize("target", ["", "1+12", "1+12+60+Y", "-1+2+3", "1+2+3+4+5", "x+1+2"])
def test_other_targets_are_refused(target):
    with pytest.raises(tiers.TargetUnreadable, match="1\\+12\\+60\\+X"):
        tiers.parse(target)
