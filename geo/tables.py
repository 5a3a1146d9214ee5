"""CSV files as frames of text.

Everything is read as text; what a cell means is decided later, per field (``geo.values``). Each
row keeps in ``_row`` the number a person sees: the line of a CSV file, counting the header as 1,
or the row of a sheet. Rows with nothing in them are not rows.

Errors: those of ``geo.containers``, and ``MissingLayer``.
"""

import codecs
import csv
import io
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pyarrow as pa
import pyarrow.csv

from geo.containers import LIMITS, EmptyFile, Limits, Unreadable, unzipped

EXCEL = (".xlsx", ".xlsm", ".xls")
CSV = (".csv", ".tsv", ".csv.gz", ".tsv.gz")
DELIMITERS = ",\t;|"
# A field of a real table may hold a boundary as WKT; the csv module's own limit is 128 kB.
LONGEST_CELL = 2**24
TEXT = pd.StringDtype(na_value=float("nan"))
# Part of the characters that must be readable for an encoding to be the right one.
READABLE = 0.98
MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


class MissingLayer(ValueError):
    """The file has no layer or sheet of this name."""


class Table(NamedTuple):
    """A frame of text with ``_row``; the lines that fit no header; what to tell.

    ``unread`` has the columns ``_row``, ``reason`` and ``line``.
    """

    frame: pd.DataFrame
    unread: pd.DataFrame
    notes: list[str]


def read_csv(path: Path, encoding: str | None = None, limits: Limits = LIMITS) -> Table:
    """Read a CSV file, delimited by comma, tab, semicolon or bar, gzipped or not.

    Without ``encoding`` it is told from the bytes: UTF-8, GB 18030 or UTF-16. A line with more or
    fewer cells than the header is set aside with its reason. Raises ``EmptyFile``, ``Unreadable``.
    """
    body, notes = decode(_content(path, limits), encoding, path)
    lines = io.StringIO(body, newline="")
    names, delimiter, above = header(lines, path)
    set_aside: list[Any] = []
    try:
        frame = _cells(lines.read(), names, delimiter, set_aside)
    except pa.ArrowInvalid as error:
        raise Unreadable(f"{path.name} cannot be read as CSV: {error}.") from error
    frame, aside = _numbered(frame, set_aside, above)
    filled = (frame[names] != "").any(axis=1)
    if not filled.any() and aside.empty:
        raise EmptyFile(f"{path.name} has a header but no rows.")
    return Table(frame[filled].reset_index(drop=True), aside, notes)


def guess_encoding(content: bytes) -> str:
    """Return the encoding of text that mixes Latin and Chinese: UTF-8, GB 18030 or UTF-16."""
    for mark, encoding in MARKS.items():
        if content.startswith(mark):
            return encoding
    sample = content[: 2**16]
    if sample.count(0) > len(sample) / 8:
        return "utf-16-le" if sample[1::2].count(0) >= sample[::2].count(0) else "utf-16-be"
    try:
        content.decode()
    except UnicodeDecodeError:
        strange = len(content) - len(content.translate(None, bytes(range(128, 256))))
        lost = content.decode("utf-8", "replace").count("\ufffd")
        # One bad byte in a UTF-8 file must not turn all its text into another script.
        return "utf-8" if lost <= (1 - READABLE) * strange else "gb18030"
    return "utf-8"


def _content(path: Path, limits: Limits) -> bytes:
    packed = path.suffix.lower() == ".gz"
    content = unzipped(path, limits) if packed else path.read_bytes()
    if not content.strip():
        raise EmptyFile(f"{path.name} is empty.")
    return content


def decode(content: bytes, encoding: str | None, path: Path) -> tuple[str, list[str]]:
    """Return the text of a file and a note where some of it is lost; raises ``Unreadable``.

    Without ``encoding`` it is told from the bytes.
    """
    encoding = encoding or guess_encoding(content)
    try:
        return content.decode(encoding).removeprefix("\ufeff"), []
    except LookupError as error:
        raise Unreadable(f"There is no encoding {encoding!r}. Try utf-8 or gb18030.") from error
    except UnicodeDecodeError:
        body = content.decode(encoding, "replace").removeprefix("\ufeff")
    lost = body.count("\ufffd")
    return body, [f"{path.name}: {lost} characters cannot be read as {encoding}; see --encoding."]


def header(lines: io.StringIO, path: Path) -> tuple[list[str], str, int]:
    """Take the header off ``lines``: its names, the delimiter, and the line on which it ends."""
    first = next((line for line in lines if line.strip()), None)
    if first is None:
        raise EmptyFile(f"{path.name} is empty.")
    lines.seek(0)
    delimiter = max(DELIMITERS, key=first.count)
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(iter(lines.readline, ""), delimiter=delimiter)
    try:
        names = next(row for row in reader if any(cell.strip() for cell in row))
    except (csv.Error, StopIteration) as error:
        raise Unreadable(f"{path.name} cannot be read as CSV: {error}.") from error
    return unique(names), delimiter, reader.line_num


def _cells(body: str, names: list[str], delimiter: str, set_aside: list[Any]) -> pd.DataFrame:
    def put_aside(row: Any) -> str:
        set_aside.append(row)
        return "skip"

    if not body:
        return pd.DataFrame({name: [] for name in names}, dtype=TEXT)
    table = pyarrow.csv.read_csv(
        io.BytesIO(body.encode()),
        # One thread, for only then do lines set aside know their number.
        pyarrow.csv.ReadOptions(use_threads=False, column_names=names, block_size=LONGEST_CELL),
        pyarrow.csv.ParseOptions(
            delimiter=delimiter,
            newlines_in_values=True,
            ignore_empty_lines=False,
            invalid_row_handler=put_aside,
        ),
        pyarrow.csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
        ),
    )
    frame: pd.DataFrame = table.to_pandas(types_mapper={pa.string(): TEXT}.get)
    return frame


def _numbered(frame: Any, set_aside: list[Any], above: int) -> tuple[Any, Any]:
    """Give every row its line in the file; a cell may run over several lines."""
    aside = {row.number: row for row in set_aside}
    total = len(frame) + len(aside)
    kept = [number for number in range(1, total + 1) if number not in aside]
    extra = pd.Series(0, index=range(1, total + 1))
    for name in frame.columns:
        if frame[name].str.contains("\n", regex=False).any():
            extra[kept] += frame[name].str.count("\n").to_numpy()
    for number, row in aside.items():
        extra[number] = row.text.count("\n")
    line = above + extra.index + extra.cumsum().shift(fill_value=0)
    frame["_row"] = line[kept].to_numpy()
    lines = [
        (line[number], misfit(row), row.text) for number, row in aside.items() if row.text.strip()
    ]
    return frame, unread(lines)


def misfit(row: Any) -> str:
    """Return why a line (of arrow's ``InvalidRow``) is no row."""
    return f"has {row.actual_columns} cells where the header has {row.expected_columns}"


def unread(lines: list[tuple[int, str, str]]) -> pd.DataFrame:
    """Return lines that could not be taken as rows: their number, the reason, their text."""
    return pd.DataFrame(lines, columns=["_row", "reason", "line"])


def unique(names: list[str]) -> list[str]:
    """Return names that are all there and all different."""
    seen = {"_row": 1}
    result = []
    for place, name in enumerate(names, 1):
        name = " ".join(name.replace("\ufeff", "").split()) or f"column {place}"
        seen[name] = seen.get(name, 0) + 1
        result.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return result
