"""How a report speaks: in one language, to a reader who may or may not see small counts."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from geo.discretion import LEAST, hidden, small
from geo.reporting.periods import Period
from maps.report.redraw_words import REDRAW_WORDS
from maps.report.words import WORDS

NOTHING = "–"
LANGUAGES = ("zh", "en")
ALL_WORDS = WORDS | REDRAW_WORDS


@dataclass(frozen=True)
class Voice:
    """``lang`` is zh or en; ``names`` gives names by code; ``sees_small``: counts below 5 too."""

    lang: str
    sees_small: bool
    names: dict[str, str]

    def word(self, key: str, **facts: object) -> str:
        """The word or sentence for ``key``, filled with ``facts``."""
        return ALL_WORDS[key][LANGUAGES.index(self.lang)].format(**facts)

    def either(self, zh: str, en: str) -> str:
        """The one in this report's language."""
        return zh if self.lang == "zh" else en

    def name(self, code: object) -> str:
        """The name of a unit; what has none (a road, a class) is its own name."""
        return self.names.get(str(code), str(code)) if code else self.word("others")

    def count(self, value: float) -> str:
        """A count of cases, which may be too small to be shown."""
        if math.isnan(value):
            return NOTHING
        if not self.sees_small and small([value])[0]:
            return f"<{LEAST}"
        return f"{round(value):,}"

    def counts(self, values: Sequence[float], *, summed: bool = True) -> list[str]:
        """A column of counts; where their sum is known, none may follow from it."""
        shut = hidden(values) if summed and not self.sees_small else [False] * len(values)
        return [
            self.count(v) if not gone or v < LEAST else f"≥{LEAST}"
            for v, gone in zip(values, shut, strict=True)
        ]

    def heights(self, values: Sequence[float]) -> list[float]:
        """The same column as a chart draws it: what is hidden has the height of any other."""
        shut = [False] * len(values) if self.sees_small else hidden(values)
        return [
            v if not gone else LEAST if v >= LEAST else LEAST / 2
            for v, gone in zip(values, shut, strict=True)
        ]

    def figure(self, value: float, of: float, digits: int = 1, unit: str = "") -> str:
        """A mean or share ``of`` so many cases; of few cases it would tell of single ones."""
        if math.isnan(value) or not of or (not self.sees_small and of < LEAST):
            return NOTHING
        return f"{value:,.{digits}f}{unit}"

    def change(self, value: float, now: float, before: float) -> str:
        """A change in percent, with its sign."""
        if math.isnan(value) or (not self.sees_small and bool(small([now, before]).any())):
            return NOTHING
        return f"{value:+.0f}%".replace("-", "−") if round(value) else "0%"

    def number(self, value: float, digits: int = 0) -> str:
        """A number that tells of no case: households, metres, percent of metres."""
        return NOTHING if math.isnan(value) else f"{value:,.{digits}f}"

    def join(self, parts: Sequence[str]) -> str:
        """Parts of a sentence, listed."""
        return ("、" if self.lang == "zh" else ", ").join(parts)

    def day(self, day: date) -> str:
        """A day as people write it."""
        return f"{day.year}年{day.month}月{day.day}日" if self.lang == "zh" else f"{day:%-d %B %Y}"

    def period(self, period: Period) -> str:
        """From the first day to the last."""
        return self.word("period", first=self.day(period.since), last=self.day(period.last))
