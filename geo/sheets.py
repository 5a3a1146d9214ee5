"""One sheet of an Excel file as a frame of text, with its merged cells resolved.

A cell is the value that its formula had when the file was saved; nothing is computed here. What a
merged cell says holds for every row and column it covers. A header may take two rows, and lines
above it that fill one cell are a title.

Errors: those of ``geo.containers``, and ``MissingLayer``.
"""

import datetime
import itertools
from pathlib import Path
from typing import Any

import pandas as pd
import python_calamine

from geo.containers import LIMITS, EmptyFile, Limits, Unreadable, check_workbook
from geo.tables import TEXT, MissingLayer, Table, unique, unread

Rows = list[list[Any]]
Span = tuple[tuple[int, int], tuple[int, int]]


def read_excel(path: Path, sheet: str | None = None, limits: Limits = LIMITS) -> Table:
    """Read one sheet, the first unless named, below its header.

    Raises ``EmptyFile``, ``MissingLayer``, ``TooLarge`` and ``Unreadable``.
    """
    notes = check_workbook(path, limits) if path.suffix.lower() != ".xls" else []
    rows, merged, more = _cells(path, sheet)
    notes += more
    filled = [number for number, row in enumerate(rows) if any(cell != "" for cell in row)]
    if len(filled) < 2:
        raise EmptyFile(f"{path.name}: no rows below a header in its sheet.")
    top = _header_row(rows, filled)
    names, body = _names(rows, top, merged)
    if top > filled[0]:
        notes.append(f"Rows {filled[0] + 1} to {top} are a title and were passed over.")
    if body > top + 1:
        notes.append(f"The header takes rows {top + 1} to {body}.")
    inside = [span for span in merged if span[0][0] >= body]
    if inside:
        _spread(rows, inside)
        notes.append(f"{len(inside)} merged cells: what they say holds for all rows they cover.")
    numbers = [number for number in filled if number >= body]
    if not numbers:
        raise EmptyFile(f"{path.name}: no rows below a header in its sheet.")
    cells = [[_text(cell) for cell in rows[number]] for number in numbers]
    frame = pd.DataFrame(cells, columns=names, dtype=TEXT)
    frame["_row"] = [number + 1 for number in numbers]
    return Table(frame, unread([]), notes)


def _cells(path: Path, sheet: str | None) -> tuple[Rows, list[Span], list[str]]:
    try:
        book = python_calamine.CalamineWorkbook.from_path(path)
        sheets = book.sheet_names
        if not sheets:
            raise EmptyFile(f"{path.name} has no sheets.")
        if sheet is not None and sheet not in sheets:
            raise MissingLayer(f"{path.name} has no sheet {sheet!r}. Sheets: {', '.join(sheets)}.")
        found = book.get_sheet_by_name(sheet or sheets[0])
        rows = found.to_python(skip_empty_area=False)
    except python_calamine.PasswordError as error:
        raise Unreadable(f"{path.name} is protected by a password: save it without one.") from error
    except (python_calamine.CalamineError, OSError) as error:
        raise Unreadable(f"{path.name} cannot be read as an Excel file: {error}.") from error
    others = [name for name in sheets if name != sheets[0]] if sheet is None else []
    notes = [f"Read sheet {sheets[0]!r}; also there: {', '.join(others)}."] if others else []
    return rows, found.merged_cell_ranges or [], notes


def _header_row(rows: Rows, filled: list[int]) -> int:
    """Return the first row that fills two cells or more; a title above fills one."""
    several = (number for number in filled if sum(cell != "" for cell in rows[number]) > 1)
    return next(several, filled[0])


def _names(rows: Rows, top: int, merged: list[Span]) -> tuple[list[str], int]:
    """Return the columns' names and the row where the table's body begins.

    A cell merged across columns names a group; the row below it then names the columns.
    """
    upper = [_text(cell) for cell in rows[top]]
    groups = [span for span in merged if span[0][0] == top and span[1][1] > span[0][1]]
    if not groups or top + 1 >= len(rows):
        return unique(upper), top + 1
    _spread(rows, [span for span in merged if span[0][0] == top])
    pairs = [(_text(a), _text(b)) for a, b in zip(rows[top], rows[top + 1], strict=True)]
    lower = [b or a for a, b in pairs]
    full = [a if a == b or not b else f"{a} {b}".strip() for a, b in pairs]
    return unique([b if lower.count(b) == 1 else f for b, f in zip(lower, full, strict=True)]), (
        top + 2
    )


def _spread(rows: Rows, spans: list[Span]) -> None:
    """Write what a merged cell says into all cells it covers; in place."""
    for (first, left), (last, right) in spans:
        if first >= len(rows) or left >= len(rows[first]):
            continue
        value = rows[first][left]
        bottom, edge = min(last, len(rows) - 1), min(right, len(rows[first]) - 1)
        for row, column in itertools.product(range(first, bottom + 1), range(left, edge + 1)):
            rows[row][column] = value


def _text(value: Any) -> str:
    """Return a sheet's cell as text; Excel knows only floats, so 12.0 is 12."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime.datetime):
        return value.isoformat(sep=" ")
    return str(value)
