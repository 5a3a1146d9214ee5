"""What people write in cells, as numbers, times and words.

Every function takes a Series as a file gave it (text, numbers, times) and returns the values
beside a reason per row: '' where the value was understood or nothing was said, and otherwise a
sentence for the person who wrote it. Nothing is guessed: what could mean two things is refused.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from geo.columns import plain, translate
from geo.kinds import Field

Reasons = NDArray[np.object_]
Read = tuple[Any, Reasons]

# NUL, byte order mark, zero-width space. Characters, not escapes: RE2 knows no \\u.
UNSEEN = "[\x00\ufeff\u200b]"
UNSEEN_BYTES = [mark.encode() for mark in UNSEEN[1:-1]]
# What tables write where they have nothing to say.
NOTHING = ("", "null", "none", "nan", "nat", "n/a", "na", "-", "--", "—", "/", "无", "\\n")
UNITS = r"\s*(?:米|m|户|人|星级|星|级|分)$"
THOUSANDS = r"^[-+]?\d{1,3}(?:,\d{3})+(?:\.\d*)?$"

# Patterns keep to what RE2 reads as Python does (no \d, no \s): pandas then runs them in C++.
OFFSET = " *(z|[+-][0-9]{2}:?[0-9]{2})$"
AWARE = ":.*[0-9] *(?:z|[+-][0-9]{2}:?[0-9]{2})$"
DOTTED = r"^([0-9]{1,4})\.([0-9]{1,2})\.([0-9]{1,4})"
EXCEL_DAY = r"^[2-7][0-9]{4}(?:\.[0-9]+)?$"
EXCEL_EPOCH = pd.Timestamp("1899-12-30")
# AM and PM are the American way, which writes the month first.
FORMATS = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%d",
    "%m-%d-%Y %I:%M:%S %p",
    "%m-%d-%Y %I:%M %p",
    "%Y-%m-%d %H:%M:%S.%f",
    "%Y-%m-%d %I:%M:%S %p",
    "%Y-%m-%d %I:%M %p",
    "%Y%m%d%H%M%S",
    "%Y%m%d",
)
SAMPLE = 100
YEAR_LAST = (" %H:%M:%S", " %H:%M", "")


def text(raw: Any) -> Any:
    """Return trimmed text, missing where there is none. A whole float loses its '.0'.

    Characters that nobody sees and PostgreSQL cannot hold (NUL, byte order marks) are dropped.
    """
    words = raw.astype("str")
    if pd.api.types.is_float_dtype(raw):
        whole = _whole(raw) & raw.notna()
        words = words.mask(whole, raw.where(whole).astype("Int64").astype("str"))
    if _holds_unseen(words):
        words = words.str.replace(UNSEEN, "", regex=True)
    words = words.str.strip()
    return words.mask(words == "")


def read(raw: Any, field: Field, zone: str) -> Read:
    """Return the column as the field's type, and the reasons; see the function of each type.

    Timestamps without an offset are local times of ``zone`` ('Asia/Shanghai').
    """
    if field.type == "text":
        return text(raw), np.full(len(raw), "", dtype=object)
    if field.type == "choice":
        return choice(raw, field)
    if field.type == "timestamp":
        return timestamp(raw, zone, field.first)
    return number(raw, field)


def number(raw: Any, field: Field) -> Read:
    """Return floats, or Int64 for a field of whole numbers.

    Understood: full-width digits, thousands separators, a decimal comma, a unit: "１，２００",
    "1,200.5", "3,5", "12 米". "1,200" is twelve hundred.
    """
    words = _spoken(raw)
    values = pd.to_numeric(words, errors="coerce")
    odd = words.notna() & values.isna()
    if odd.any():
        values[odd] = pd.to_numeric(_without_dress(words[odd]), errors="coerce")
    values = values.astype("float64").where(lambda v: np.isfinite(v))
    reasons = _refusals(raw, words.notna() & values.isna(), "not a number")
    if field.zero_unknown:
        values = values.mask(values == 0)
    if field.type == "integer":
        reasons += _refusals(raw, ~_whole(values), "not a whole number")
        values = values.where(_whole(values)).astype("Int64")
    low = -np.inf if field.least is None else field.least
    high = np.inf if field.most is None else field.most
    outside = (values.notna() & ~values.between(low, high)).astype(bool)
    return values, reasons + _refusals(raw, outside, _range(field))


def choice(raw: Any, field: Field) -> Read:
    """Return the field's choice for each word, in either language; see ``Field.choices``."""
    values_of = translate(field.choices)
    codes, words = pd.factorize(_spoken(raw))
    meanings = np.array([values_of.get(plain(word), "") for word in words] + [""], dtype=object)
    values = pd.Series(meanings[codes], index=raw.index, dtype="str")
    known = ", ".join(f"{value} ({words.split()[0]})" for value, words in field.choices.items())
    return values.mask(values == ""), _refusals(
        raw, (codes >= 0) & (values == ""), f"none of {known}"
    )


class OrderUnknown(ValueError):
    """What stands first in a column's dates, day or month, must be known and is not yet."""


def timestamp(raw: Any, zone: str, first: str = "") -> Read:
    """Return times in UTC. A time without an offset is local time of ``zone``.

    Understood: '2024-03-05 08:15', '2024/3/5', '2024年3月5日 8时15分', '20240305', ISO 8601 with
    or without offset, '01/02/2015 09:08:42 AM' (month first, for it is American), the day numbers
    of Excel, and '13/02/2015' where some row of the column shows which comes first, day or month.
    A time the clocks skip in spring is moved forward; one they repeat in autumn is the first.

    ``first`` serves a file read in portions, where other rows may show the order: what
    ``shown_first`` says of the whole column, '' where ``raw`` is all of it, or '?' where it was
    not asked yet: then ``OrderUnknown`` is raised if it matters.
    """
    if pd.api.types.is_datetime64_any_dtype(raw):
        return _to_utc(raw, zone), np.full(len(raw), "", dtype=object)
    words, aware, offset = _local_words(raw)
    local, unsure = _local_times(words, first)
    times = _to_utc(local.mask(aware), zone)
    times[aware] = (local[aware] - _hours(offset)).dt.tz_localize("UTC")
    unknown = words.notna() & times.isna()
    reasons = _refusals(raw, unknown & ~unsure, "not a date or time; write it as 2024-03-05 08:15")
    return times, reasons + _refusals(
        raw, unknown & unsure, "unclear: is the day first or the month? write it as 2024-03-05"
    )


def shown_first(columns: Iterable[Any]) -> str:
    """Return what rows that can be read only one way show to stand first: 'day' or 'month'.

    Or 'both' or 'neither'. ``columns`` are the parts of a column.
    """
    day = month = False
    for raw in columns:
        words = _local_words(raw)[0]
        shows_day, shows_month = _shown(*_year_last(words[_plain_times(words).isna()]))
        day, month = day or shows_day, month or shows_month
    return "both" if day and month else "day" if day else "month" if month else "neither"


def _local_words(raw: Any) -> tuple[Any, Any, Any]:
    """Return the times as text without offset, which rows have one, and theirs."""
    words = _same_marks(_spoken(raw))
    aware = words.str.contains(AWARE, regex=True, na=False)
    offset = words[aware].str.extract(OFFSET, expand=False)
    bare = words[aware].str.replace(OFFSET, "", regex=True)
    return (words.mask(aware, bare) if aware.any() else words), aware, offset


def _spoken(raw: Any) -> Any:
    """Return text in one width and lower case, missing where it only says that there is nothing."""
    words = text(raw)
    if not _ascii(words):
        words = words.str.normalize("NFKC").str.strip()
    words = words.str.lower()
    return words.mask(words.isin(NOTHING))


def _ascii(words: Any) -> bool:
    return bool(words.dropna().str.isascii().all())


def _holds_unseen(words: Any) -> bool:
    """Whether any character of ``UNSEEN`` is there: a search of the bytes, far faster than RE2."""
    column = pa.array(words, from_pandas=True)
    for chunk in column.chunks if isinstance(column, pa.ChunkedArray) else [column]:
        content = chunk.buffers()[-1]
        if content and any(mark in content.to_pybytes() for mark in UNSEEN_BYTES):
            return True
    return False


def _without_dress(words: Any) -> Any:
    words = words.str.replace(UNITS, "", regex=True)
    thousands = words.str.match(THOUSANDS)
    return words.where(~thousands, words.str.replace(",", "")).str.replace(
        r"^([-+]?\d+),(\d+)$", r"\1.\2", regex=True
    )


def _whole(values: Any) -> Any:
    return values.isna() | ((values % 1 == 0) & (values.abs() < 2**63))


def _range(field: Field) -> str:
    if field.most is None:
        return f"less than {field.least:g}" if field.least is not None else ""
    return f"not between {field.least or 0:g} and {field.most:g}"


def _refusals(raw: Any, bad: Any, why: str) -> Reasons:
    """Return for each bad row what it says and why that is refused, '' for the others."""
    bad = np.asarray(bad, dtype=bool)
    reasons = np.full(len(bad), "", dtype=object)
    reasons[bad] = [f"{str(value)!r} is {why}" for value in raw[bad]]
    return reasons


def _same_marks(words: Any) -> Any:
    """Write every date with '-', every time with ':', and space between them."""
    words = words.str.replace("/", "-").str.replace("t", " ")
    if words.str.match(DOTTED, na=False).any():
        words = words.str.replace(DOTTED, r"\1-\2-\3", regex=True)
    if not _ascii(words):
        words = words.str.replace("[年月]", "-", regex=True).str.replace("日", " ")
        words = words.str.replace(r"上午\s*(.*)", r"\1 am", regex=True)
        words = words.str.replace(r"下午\s*(.*)", r"\1 pm", regex=True)
        words = words.str.replace(r"[时点分](?=\d)", ":", regex=True)
        words = words.str.replace(r"[时点]$", ":00", regex=True)
        words = words.str.replace(r"[分秒]$", "", regex=True)
    return words.str.strip()


def _local_times(words: Any, order: str) -> tuple[Any, Any]:
    """Return naive times, and for which rows it is unclear whether day or month stands first."""
    times = _plain_times(words)
    left = words.mask(times.notna())
    if left.isna().all():
        return times, left.notna()
    day_first, month_first = _year_last(left)
    if order == "?" and (day_first.notna() | month_first.notna()).any():
        raise OrderUnknown
    # A row that can only be read one way decides for its column, unless another contradicts it.
    day_shown, month_shown = _shown(day_first, month_first)
    if order:
        day_shown, month_shown = order in ("day", "both"), order in ("month", "both")
    unsure = (day_first != month_first) & day_first.notna() & month_first.notna()
    if day_shown != month_shown:
        unsure &= False
    first, second = (month_first, day_first) if month_shown else (day_first, month_first)
    return times.fillna(first.fillna(second).mask(unsure)), unsure


def _plain_times(words: Any) -> Any:
    """Return the times that can be read by themselves, missing for the others."""
    times = _by_formats(words, FORMATS)
    left = words[times.isna()]
    days = pd.to_numeric(left.where(left.str.match(EXCEL_DAY, na=False)), errors="coerce")
    return times.fillna(EXCEL_EPOCH + pd.to_timedelta((days * 86400).round(), unit="s"))


def _year_last(words: Any) -> tuple[Any, Any]:
    """Return the times read with the day first, and with the month first."""
    day_first = _by_formats(words, tuple(f"%d-%m-%Y{clock}" for clock in YEAR_LAST))
    month_first = _by_formats(words, tuple(f"%m-%d-%Y{clock}" for clock in YEAR_LAST))
    return day_first, month_first


def _shown(day_first: Any, month_first: Any) -> tuple[bool, bool]:
    day = (day_first.notna() & month_first.isna()).any()
    return bool(day), bool((month_first.notna() & day_first.isna()).any())


def _by_formats(words: Any, formats: tuple[str, ...]) -> Any:
    """Return times by the format that fits; those common in the first rows are tried first."""
    sample = words.dropna().head(SAMPLE)
    hits = {f: pd.to_datetime(sample, format=f, errors="coerce").notna().sum() for f in formats}
    times = pd.Series(pd.NaT, index=words.index, dtype="datetime64[us]")
    for pattern in sorted(formats, key=lambda f: -hits[f]):
        left = words[times.isna() & words.notna()]
        if left.empty:
            break
        times = times.fillna(pd.to_datetime(left, format=pattern, errors="coerce"))
    return times


def _hours(offset: Any) -> Any:
    signs = offset.str.slice(0, 1).map({"+": 1, "-": -1, "z": 0}).astype(float)
    digits = offset.str.replace(r"\D", "", regex=True).str.pad(4, fillchar="0")
    minutes = digits.str.slice(0, 2).astype(float) * 60 + digits.str.slice(2, 4).astype(float)
    return pd.to_timedelta(signs * minutes, unit="min")


def _to_utc(times: Any, zone: str) -> Any:
    if times.dt.tz is None:
        times = times.dt.tz_localize(
            zone, ambiguous=np.ones(len(times), dtype=bool), nonexistent="shift_forward"
        )
    return times.dt.tz_convert("UTC")
