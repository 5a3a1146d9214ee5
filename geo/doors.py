"""Door numbers in addresses."""

import re
import unicodedata

# The number before 号 or 弄; of '12-16号' the first.
CHINESE = re.compile(r"(\d{1,5})(?:[-~至、,]\d{1,5})*(?:号|弄|號)")
LEADING = re.compile(r"\s*(\d{1,5})\b")


def number_of(address: str | None, road: str | None) -> int | None:
    """The door number that an address gives on a road; None where it gives none there.

    '昭宜路12-16号' is 12, '12 Main Street' is 12. An address that does not name the road is taken
    for one on it only where it names no road at all ('12号').
    """
    text, name = _plain(address), _plain(road)
    before, named, behind = text.partition(name) if name else ("", "", text)
    if not named:
        found = CHINESE.match(text)
    else:
        found = CHINESE.search(behind) or LEADING.match(behind) or LEADING.match(before)
    return int(found[1]) if found else None


def _plain(text: str | None) -> str:
    return unicodedata.normalize("NFKC", text or "").casefold().replace("—", "-").strip()
