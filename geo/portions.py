"""A large file read portion by portion, so that memory does not grow with its size.

CSV and Parquet are streamed; every other format, and a file of up to ``WHOLE_BYTES``, is read as
a whole by ``geo.readers`` and cut. Either way the portions put together are what ``readers.read``
gives, row numbers included. Errors are those of ``geo.readers``.
"""

import codecs
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import geopandas
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pyproj
import shapely

from geo import containers, readers, tables
from geo.containers import Limits
from geo.kinds import Names
from geo.readers import Source

# Enough that the statements of a portion cost little, and few for the memory.
ROWS = 50_000
WHOLE_BYTES = 2**25
# Arrow reads up to 32 blocks ahead; a row must fit in one.
BLOCK_BYTES = 2**22
# Only what is read as a whole needs a bound.
NO_LIMIT = Limits(file=2**63)


class Asked(NamedTuple):
    """What a person may say of how to read a file; see ``readers.read``."""

    layer: str | None = None
    encoding: str | None = None
    given: Names | None = None


class Portion(NamedTuple):
    """Some rows of a file in its order, and the share of the file read by then (0 to 1)."""

    source: Source
    share: float


def read(path: Path, asked: Asked = Asked(), rows: int = ROWS) -> Iterator[Portion]:  # noqa: B008
    """Read a file in portions of up to ``rows`` rows; raises what ``readers.read`` raises."""
    suffix = readers.suffix_of(path)
    stream: Iterator[Portion] | None = None
    if path.stat().st_size > WHOLE_BYTES:
        containers.check(path, suffix, NO_LIMIT)
        if suffix in (".csv", ".tsv"):
            stream = _csv(path, asked, rows)
        elif suffix in readers.PARQUET:
            stream = _parquet(path, asked, rows)
    return stream or _cut(readers.read(path, **asked._asdict()), rows)


def _cut(source: Source, rows: int) -> Iterator[Portion]:
    """The rows of a file read as a whole; notes and unread lines come with the first."""
    total = len(source.frame)
    for start in range(0, max(total, 1), rows):
        end = min(start + rows, total)
        part = source._replace(frame=source.frame.iloc[start:end].reset_index(drop=True))
        if start:
            part = part._replace(notes=[], unread=source.unread[:0])
        yield Portion(part, end / max(total, 1))


def _csv(path: Path, asked: Asked, rows: int) -> Iterator[Portion] | None:
    encoding = asked.encoding or guess_encoding(path)
    try:
        codecs.lookup(encoding)
    except LookupError:
        return None
    # Bytes of these two are not what arrow takes for line ends; such files are rare and small.
    return None if "16" in encoding or "32" in encoding else _stream(path, encoding, asked, rows)


def _stream(path: Path, encoding: str, asked: Asked, rows: int) -> Iterator[Portion]:
    size = path.stat().st_size
    with path.open("rb") as file:
        text = _Utf8(file, encoding)
        head = text.read(BLOCK_BYTES)
        lines = io.StringIO(head.decode("utf-8", "ignore"), newline="")
        names, delimiter, above = tables.header(lines, path)
        text.ahead = head[len(lines.getvalue()[: lines.tell()].encode()) :] + text.ahead
        numbers, found, done = _Numbers(above), False, 0
        for batch in _batches(text, (names, delimiter), numbers, (path, rows)):
            # Arrow reads ahead, so the share comes from the text itself; a cell has its delimiter.
            done += batch.nbytes - 3 * batch.num_rows * batch.num_columns
            share = done / (size * text.made / text.taken)
            table = numbers.table(batch)
            source = readers.from_table(table, path, asked.given)
            if len(source.frame) or len(source.unread):
                found = True
                yield Portion(source, min(share, 1.0))
        table = numbers.rest(names, _lost(text, encoding, path))
        if len(table.unread) or table.notes:
            yield Portion(readers.from_table(table, path, asked.given), 1.0)
        if not found and table.unread.empty:
            raise containers.EmptyFile(f"{path.name} has a header but no rows.")


def _lost(text: "_Utf8", encoding: str, path: Path) -> list[str]:
    if not text.lost:
        return []
    return [f"{path.name}: {text.lost} characters cannot be read as {encoding}; see --encoding."]


def _batches(
    text: "_Utf8", form: tuple[list[str], str], numbers: "_Numbers", asked: tuple[Path, int]
) -> Iterator[pa.Table]:
    """Tables of up to so many rows, all cells text; lines that fit no header go to ``numbers``."""
    (names, delimiter), (path, rows) = form, asked
    try:
        reader = pyarrow.csv.open_csv(
            text,
            pyarrow.csv.ReadOptions(use_threads=False, column_names=names, block_size=BLOCK_BYTES),
            pyarrow.csv.ParseOptions(
                delimiter=delimiter,
                newlines_in_values=True,
                ignore_empty_lines=False,
                invalid_row_handler=numbers.put_aside,
            ),
            pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
            ),
        )
        yield from _regrouped(reader, rows)
    except pa.ArrowInvalid as error:
        if "Empty CSV" not in str(error):
            raise containers.Unreadable(f"{path.name} cannot be read as CSV: {error}.") from error


def _regrouped(batches: Any, rows: int) -> Iterator[pa.Table]:
    held: list[pa.RecordBatch] = []
    for batch in batches:
        held.append(batch)
        while sum(part.num_rows for part in held) >= rows:
            table = pa.Table.from_batches(held)
            yield table.slice(0, rows)
            held = table.slice(rows).to_batches()
    if any(part.num_rows for part in held):
        yield pa.Table.from_batches(held)


class _Numbers:
    """The line of every row: arrow counts rows, cells may run over lines, some rows are no rows."""

    def __init__(self, above: int) -> None:
        self.next, self.shift = 1, above
        self.aside: list[Any] = []

    def put_aside(self, row: Any) -> str:
        self.aside.append(row)
        return "skip"

    def table(self, batch: pa.Table) -> tables.Table:
        """The rows of a batch with their lines, and the lines before its last that are no rows."""
        waiting = np.array([row.number for row in self.aside], np.int64)
        most = np.arange(self.next, self.next + batch.num_rows + len(waiting))
        kept = np.setdiff1d(most, waiting, assume_unique=True)[: batch.num_rows]
        frame: Any = batch.to_pandas(types_mapper={pa.string(): tables.TEXT}.get)
        names = list(frame.columns)
        over = np.zeros(len(frame), np.int64)
        for name in names:
            if frame[name].str.contains("\n", regex=False).any():
                over += frame[name].str.count("\n").to_numpy()
        frame["_row"], unread = self._lines(kept, over)
        filled = (frame[names] != "").any(axis=1)
        return tables.Table(frame[filled].reset_index(drop=True), unread, [])

    def rest(self, names: list[str], notes: list[str]) -> tables.Table:
        """What is left at the end of the file: lines that are no rows."""
        nothing = pd.DataFrame({name: [] for name in names}, dtype=tables.TEXT)
        nothing["_row"], unread = self._lines(np.empty(0, np.int64), np.empty(0, np.int64))
        return tables.Table(nothing, unread, notes)

    def _lines(self, kept: Any, over: Any) -> tuple[Any, pd.DataFrame]:
        last = kept[-1] if len(kept) else np.inf
        here = [row for row in self.aside if row.number < last]
        self.aside = [row for row in self.aside if row.number > last]
        number = np.concatenate([kept, [row.number for row in here]]).astype(np.int64)
        extra = np.concatenate([over, [row.text.count("\n") for row in here]]).astype(np.int64)
        order = np.argsort(number)
        line = np.empty(len(number), np.int64)
        line[order] = self.shift + number[order] + np.cumsum(extra[order]) - extra[order]
        self.shift += int(extra.sum())
        self.next += len(number)
        aside = zip(line[len(kept) :], here, strict=True)
        unread = [(n, tables.misfit(row), row.text) for n, row in aside if row.text.strip()]
        return line[: len(kept)], tables.unread(unread)


class _Utf8:
    """A text file in any encoding, read by arrow as UTF-8.

    ``lost`` counts characters that cannot be read, ``taken`` and ``made`` bytes before and after.
    """

    closed = False

    def __init__(self, file: Any, encoding: str) -> None:
        self.file, self.ahead = file, b""
        self.lost = self.taken = self.made = 0
        self.decoder = codecs.getincrementaldecoder(encoding)("replace")
        self.begun = self.ended = False

    def read(self, size: int) -> bytes:
        while len(self.ahead) < size and not self.ended:
            raw = self.file.read(size)
            self.ended = not raw
            words = self.decoder.decode(raw, self.ended)
            if not self.begun and words:
                words, self.begun = words.removeprefix("\ufeff"), True
            self.lost += words.count("\ufffd")
            block = words.encode()
            self.taken += len(raw)
            self.made += len(block)
            self.ahead += block
        given, self.ahead = self.ahead[:size], self.ahead[size:]
        return given


def guess_encoding(path: Path) -> str:
    """Return the encoding ``tables.guess_encoding`` tells of the whole content, block by block."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    lost = strange = 0
    with path.open("rb") as file:
        first = file.read(BLOCK_BYTES)
        marked = tables.guess_encoding(first)
        if first.startswith(tuple(tables.MARKS)) or "16" in marked:
            return marked
        block = first
        while block:
            if not block.isascii():
                strange += len(block) - len(block.translate(None, bytes(range(128, 256))))
            lost += decoder.decode(block).count("\ufffd")
            block = file.read(BLOCK_BYTES)
    lost += decoder.decode(b"", True).count("\ufffd")
    return "utf-8" if lost <= (1 - tables.READABLE) * strange else "gb18030"


def _parquet(path: Path, asked: Asked, rows: int) -> Iterator[Portion] | None:
    """Stream a Parquet file; None where its geometry is of a kind that geopandas must read."""
    with readers.told(path):
        file = pyarrow.parquet.ParquetFile(path)
    said = json.loads((file.schema_arrow.metadata or {}).get(b"geo", b"{}"))
    shapes = said.get("columns", {})
    if any(column.get("encoding") != "WKB" for column in shapes.values()) or len(shapes) > 1:
        return None
    return _row_groups(file, path, (shapes, asked.given), rows) if file.metadata.num_rows else None


def _row_groups(
    file: Any, path: Path, how: tuple[dict[str, Any], Names | None], rows: int
) -> Iterator[Portion]:
    shapes, given = how
    done, total = 0, file.metadata.num_rows
    with file, readers.told(path):
        for batch in file.iter_batches(rows):
            frame = pa.Table.from_batches([batch]).to_pandas().reset_index(drop=True)
            for name, column in shapes.items():
                geoms = shapely.from_wkb(frame[name].to_numpy(object))
                frame = geopandas.GeoDataFrame(
                    frame.drop(columns=name), geometry=geoms, crs=_crs(column)
                )
                frame = frame.rename_geometry(name) if name != "geometry" else frame
            frame.columns = tables.unique([str(name) for name in frame.columns])
            frame["_row"] = np.arange(done + 1, done + len(frame) + 1)
            done += len(frame)
            yield Portion(readers.source_of(frame, path, [], given), done / total)


def _crs(column: dict[str, Any]) -> pyproj.CRS | None:
    """The CRS of a GeoParquet column; one that is not named is longitude and latitude."""
    if "crs" not in column:
        return pyproj.CRS("OGC:CRS84")
    return pyproj.CRS(column["crs"]) if column["crs"] else None
