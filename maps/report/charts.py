"""Charts as plain SVG: drawn here, read aloud by their title and description."""

from collections.abc import Sequence
from html import escape
from itertools import count

import numpy as np
from numpy.typing import NDArray

from geo.discretion import small

NOW, BEFORE, INK, RULE = "#1f5fa8", "#b7c3d3", "#3b4252", "#d9dee6"
# Light to dark; also told apart in grey.
HEAT = ("#f4f6f8", "#fde3c8", "#fdbb84", "#ef7b45", "#c73b20", "#7f1010")
MOST_LABEL = 200.0  # px
# Ends of an axis with four parts.
STEPS = (1, 1.2, 1.6, 2, 2.4, 2.8, 3.2, 4, 6, 8, 10)
_number = count(1)

Series = tuple[str, Sequence[float]]


def columns(
    labels: Sequence[str], now: Series, before: Series, says: tuple[str, str],
    shown: Sequence[str],
) -> str:  # fmt: skip
    """Columns of ``now`` with a mark where ``before`` was; ``shown`` are the numbers."""
    wide, high, left, top = 640, 118, 36, 22
    most = _nice(max([*now[1], *before[1], 4]))
    step = (wide - left) / max(len(labels), 1)
    parts = [_axis(left, wide, top, high, most)]
    every = -(-len(labels) // 16)
    for k, label in enumerate(labels):
        x, w = left + k * step, step * 0.62
        y, mark = (top + high * (1 - v / most) for v in (now[1][k], before[1][k]))
        parts.append(_box(x + step * 0.19, y, w, top + high - y, NOW))
        parts.append(
            f'<path d="M{x + step * 0.08:.1f} {mark:.1f}h{step * 0.84:.1f}" stroke="#d0641c"'
            ' stroke-width="2.5"/>'
        )
        if step > 34:
            over = min(y, mark) if abs(y - mark) < 14 else y
            parts.append(_text(x + step / 2, over - 4, shown[k], "middle"))
        if k % every == 0:
            parts.append(_text(x + step / 2, top + high + 15, label, "middle"))
    key = [_box(left, 4, 10, 10, NOW), _text(left + 14, 13, now[0]),
           f'<path d="M{left + 74} 9h14" stroke="#d0641c" stroke-width="2.5"/>',
           _text(left + 92, 13, before[0])]  # fmt: skip
    return _svg(wide, high + top + 24, [*key, *parts], says)


def bars(
    labels: Sequence[str], now: Series, before: Series, says: tuple[str, str],
    shown: Sequence[str],
) -> str:  # fmt: skip
    """Horizontal bars of ``now`` over thinner ones of ``before``; ``shown`` are the numbers."""
    wide, row, top = 640, 24, 22
    left = 14 + min(max([_width(label) for label in labels], default=0), MOST_LABEL)
    most = max([*now[1], *before[1], 1])
    parts = [_box(left, 4, 10, 10, NOW), _text(left + 14, 13, now[0]),
             _box(left + 70, 6, 10, 6, BEFORE), _text(left + 84, 13, before[0])]  # fmt: skip
    room = wide - left - 46
    for k, label in enumerate(labels):
        y = top + k * row
        parts.append(_text(left - 8, y + 14, _fitting(label), "end"))
        parts.append(_box(left, y + 2, room * now[1][k] / most, 12, NOW))
        parts.append(_box(left, y + 15, room * before[1][k] / most, 5, BEFORE))
        parts.append(_text(left + room * now[1][k] / most + 5, y + 13, shown[k]))
    return _svg(wide, top + row * len(labels) + 6, parts, says)


def heat(
    table: NDArray[np.int64], days: Sequence[str], says: tuple[str, str], *, sees_small: bool
) -> str:
    """Weekdays by hours, darker for more; counts too small to be shown are left as if few."""
    wide, high, left, top = 25, 21, 38, 18
    least, most = 5, max(int(table.max()), 5)
    parts = [_text(left + h * wide + wide / 2, 12, str(h), "middle") for h in range(0, 24, 3)]
    for day, row in enumerate(table):
        parts.append(_text(left - 6, top + day * high + 15, days[day], "end"))
        for hour, value in enumerate(row.tolist()):
            veiled = not sees_small and bool(small([value])[0])
            level = 0 if not value else 1 if value < least else _level(value, least, most)
            x, y = left + hour * wide, top + day * high
            parts.append(_box(x + 0.5, y + 0.5, wide - 1, high - 1, HEAT[level]))
            colour = "#ffffff" if level > 3 else INK
            if value:
                text = "·" if veiled else str(value)
                parts.append(_text(x + wide / 2, y + 14.5, text, "middle", colour, 10))
    return _svg(left + 24 * wide + 2, top + 7 * high + 2, parts, says)


def _level(value: int, least: int, most: int) -> int:
    return min(2 + int(4 * (value - least) / (most - least + 1)), len(HEAT) - 1)


def _width(text: str) -> float:
    """About how many px ``text`` takes: Chinese characters are square."""
    return sum(11 if ord(c) > 0x2E80 else 6.2 for c in text)


def _fitting(text: str) -> str:
    """``text``, or as much of its beginning as there is room for."""
    if _width(text) <= MOST_LABEL:
        return text
    return f"{text[: next(n for n in range(len(text)) if _width(text[: n + 1]) > MOST_LABEL - 8)]}…"


def _nice(most: float) -> float:
    """The next number that is one of `STEPS` times a power of ten."""
    power = 10.0 ** np.floor(np.log10(most))
    return float(next(n * power for n in STEPS if n * power >= most))


def _axis(left: float, right: float, top: float, high: float, most: float) -> str:
    lines = []
    for k in range(5):
        y = top + high * (1 - k / 4)
        lines.append(f'<path d="M{left} {y:.1f}H{right}" stroke="{RULE}"/>')
        lines.append(_text(left - 6, y + 4, f"{most * k / 4:,g}", "end"))
    return "".join(lines)


def _box(x: float, y: float, w: float, h: float, colour: str) -> str:
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(w, 0):.1f}" height="{max(h, 0):.1f}"'
        f' fill="{colour}"/>'
    )


def _text(
    x: float, y: float, text: str, anchor: str = "start", colour: str = INK, size: float = 11
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}"'
        f' font-size="{size}">{escape(text)}</text>'
    )


def _svg(wide: float, high: float, parts: Sequence[str], says: tuple[str, str]) -> str:
    n = next(_number)
    title, description = map(escape, says)
    return (
        f'<svg class="chart" viewBox="0 0 {wide} {high}" role="img"'
        f' aria-labelledby="chart{n} chart{n}d"><title id="chart{n}">{title}</title>'
        f'<desc id="chart{n}d">{description}</desc>{"".join(parts)}</svg>'
    )
