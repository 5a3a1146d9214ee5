"""Codes of divisions and grids, and the order in which serial numbers run.

A division code has 12 digits: 6 for the county or district, 3 for the street or town, 3 for the
community. Zeros at the end mean "all of it", so 310101002000 is a street of 310101. It may be
written short, as 6 or 9 digits.

A grid or block code is the code of the parent followed by a serial number, padded with zeros to
the length the city uses (15, 16 and 20 digits are all in use). A code once given is never given
again, so the caller keeps every code ever used and passes them in.
"""

import re
from collections.abc import Collection
from itertools import islice
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Level = Literal["province", "city", "district", "street", "community"]
LONGEST_CODE = 40


class BadCode(ValueError):
    """A text is not a division code, or a code pattern that nothing can be minted from."""


class SerialsExhausted(ValueError):
    """A parent has no unused serial number left."""


class Division(NamedTuple):
    """The parts of a division code: 6, 3 and 3 digits; '000' where the code stops above."""

    county: str
    street: str
    community: str


def split(code: str) -> Division:
    """Return the parts of a division code of 6, 9 or 12 digits. Raises ``BadCode``."""
    if not re.fullmatch(r"[0-9]{6}([0-9]{3}){0,2}", code):
        raise BadCode(f"{code!r} is not a division code: it must have 6, 9 or 12 digits.")
    parts = Division(code[:6], code[6:9] or "000", code[9:12] or "000")
    if parts.county[:2] == "00":
        raise BadCode(f"{code!r} is not a division code: no province has the number 00.")
    if parts.street == "000" and parts.community != "000":
        raise BadCode(f"{code!r} names a community ({parts.community}) but no street (000).")
    return parts


def level(code: str) -> Level:
    """Return the administrative level a division code stands for. Raises ``BadCode``."""
    county, street, community = split(code)
    if community != "000":
        return "community"
    if street != "000":
        return "street"
    if county.endswith("00"):
        return "province" if county.endswith("0000") else "city"
    return "district"


def parent(code: str) -> str | None:
    """Return the 12-digit code of the division one level up; None above a province.

    Raises ``BadCode``.
    """
    kept = {"community": 9, "street": 6, "district": 4, "city": 2, "province": 0}[level(code)]
    return code[:kept].ljust(12, "0") if kept else None


def fits(code: str, pattern: str) -> bool:
    r"""Return whether a code fits a pattern: a regular expression such as ``^[0-9]{15}$``.

    Read as PostgreSQL's ``~`` reads it: a pattern without ``^`` and ``$`` may match anywhere, and
    ``$`` is the very end. Raises ``BadCode`` where the pattern is not an expression.
    """
    try:
        return "\n" not in code and re.search(pattern, code, re.ASCII) is not None
    except re.error as error:
        raise BadCode(f"{pattern!r} is not a valid code pattern: {error}.") from error


def total_digits(pattern: str, parent_code: str = "") -> int:
    """Return the length of the codes a pattern asks for below a parent.

    That is the one length at which the parent's code, zeros and a last digit 1 fit the pattern.
    Raises ``BadCode`` where no length or more than one does.
    """
    lengths = [
        length
        for length in range(len(parent_code) + 1, LONGEST_CODE + 1)
        if fits(parent_code + "1".zfill(length - len(parent_code)), pattern)
    ]
    if len(lengths) != 1:
        found = f"lengths {lengths[0]} to {lengths[-1]} fit" if lengths else "no length fits"
        raise BadCode(
            f"The pattern {pattern!r} gives no single length for codes below {parent_code!r}: "
            f"{found}. Give a fixed number of digits, such as ^[0-9]{{15}}$."
        )
    return lengths[0]


def mint(parent_code: str, count: int, total_digits: int, used: Collection[str]) -> list[str]:
    """Return ``count`` new codes of ``total_digits`` characters below a parent, in rising order.

    They are the lowest serials from 1 on that are not in ``used``, which must hold every code ever
    given, also those whose feature is gone. Raises ``SerialsExhausted`` where too few are left.
    """
    width = total_digits - len(parent_code)
    taken = used if isinstance(used, set | frozenset | dict) else set(used)
    codes = (f"{parent_code}{serial:0{width}}" for serial in range(1, 10 ** max(width, 0)))
    minted = list(islice((code for code in codes if code not in taken), count))
    if len(minted) < count:
        raise SerialsExhausted(
            f"{parent_code} has only {len(minted)} of {count} codes left: {total_digits} digits "
            f"leave {max(width, 0)} for the serial. Use longer codes or a finer parent."
        )
    return minted


def serial_order(x: ArrayLike, y: ArrayLike, band_m: float) -> NDArray[np.intp]:
    """Return the indices of points (one parent's features, metric CRS) in the order of serials.

    Serials run west → east in rows, and the rows north → south, as one reads a page. A row is a
    band ``band_m`` metres high, counted from the northernmost point. Points of one row with equal
    x go north first, equal points in the order given. Features numbered this way keep their order
    when others are added, unless the northernmost point changes. Raises ``ValueError`` where the
    band has no height.
    """
    if not band_m > 0:
        raise ValueError(f"The rows of serials must be higher than 0 m, not {band_m}.")
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    row = np.floor((y.max(initial=-np.inf) - y) / band_m)
    return np.lexsort((-y, x, row))
