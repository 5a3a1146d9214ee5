"""Days of the sample's district, asked anew each time: a run may go past its midnight."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo


def today() -> date:
    """The day that it is there."""
    return datetime.now(ZoneInfo("Asia/Shanghai")).date()


def tomorrow() -> date:
    """The day after."""
    return today() + timedelta(days=1)
