"""The first rows of a file, without reading a large one to its end where its format allows that."""

import gzip
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet

from geo import columns, readers, sheets, tables

ROWS = 200
HEAD_BYTES = 2**22

Given = tuple[tuple[str, str], ...]


class Asked(NamedTuple):
    """How to read a file: its layer or sheet, and its encoding, where a person names them."""

    layer: str | None = None
    encoding: str | None = None


class Head(NamedTuple):
    """The first rows of a file; ``source`` is None where it says of no row where it is."""

    columns: list[str]
    cells: Any
    source: readers.Source | None


def read_head(path: Path, asked: Asked, given: Given = ()) -> Head:
    """Return the first `ROWS` rows; ``given`` may name the columns of lon, lat or wkt.

    Raises what ``geo.readers`` raises for a file that cannot be read.
    """
    if not path.is_file():
        raise readers.MissingFile(f"The file {path.name} is not there any more.")
    return _read(path, path.stat().st_mtime_ns, asked, given)


@lru_cache(maxsize=16)
def _read(path: Path, written: int, asked: Asked, given: Given) -> Head:
    """Read the head of a file; kept, because a person looks at it several times."""
    with _short(path, asked.encoding) as (short, encoding):
        try:
            source = readers.read(short, layer=asked.layer, encoding=encoding, given=dict(given))
        except (readers.NoPlaces, columns.UnknownColumn):
            cells = _cells(short, asked.layer, encoding)
            return Head(_names(cells), cells.head(ROWS), None)
    frame, unread = source.frame.head(ROWS), source.unread
    if len(source.frame) > ROWS:
        unread = unread[unread["_row"] <= frame["_row"].max()]
    source = source._replace(frame=frame, unread=unread)
    cells = pd.DataFrame(frame.drop(columns="geometry"))
    return Head(_names(cells), cells, source)


def _names(cells: Any) -> list[str]:
    return [str(name) for name in cells.columns if name != "_row"]


def _cells(path: Path, layer: str | None, encoding: str | None) -> Any:
    """Return the rows of a table that says not where they are."""
    name = path.name.lower()
    if name.endswith(tables.EXCEL):
        return sheets.read_excel(path, layer).frame
    if name.endswith(tables.CSV):
        return tables.read_csv(path, encoding).frame
    frame = pd.read_parquet(path).reset_index(drop=True)
    return frame.assign(_row=np.arange(1, len(frame) + 1))


@contextmanager
def _short(path: Path, encoding: str | None) -> Iterator[tuple[Path, str | None]]:
    """A file with the first rows of a large one, where its format lets it be cut."""
    name = path.name.lower()
    with tempfile.TemporaryDirectory() as folder:
        short = Path(folder, path.name)
        if name.endswith(readers.PARQUET):
            yield _cut_parquet(path, short), encoding
        elif name.endswith(tables.CSV):
            yield _cut_csv(path, short, encoding)
        else:
            yield path, encoding


def _cut_parquet(path: Path, short: Path) -> Path:
    try:
        whole = pyarrow.parquet.ParquetFile(path)
        first = [batch for batch, _ in zip(whole.iter_batches(batch_size=ROWS), [0], strict=False)]
        pyarrow.parquet.write_table(pa.Table.from_batches(first, whole.schema_arrow), short)
    except (pa.ArrowInvalid, OSError):
        return path  # the reader says best what is wrong with it
    return short


def _cut_csv(path: Path, short: Path, encoding: str | None) -> tuple[Path, str | None]:
    packed = path.suffix.lower() == ".gz"
    try:
        with gzip.open(path) if packed else path.open("rb") as file:
            content = file.read(HEAD_BYTES)
        text = content.decode(encoding or tables.guess_encoding(content), "replace")
    except (OSError, EOFError, LookupError):
        return path, encoding
    end = text.rfind("\n") + 1
    if len(content) < HEAD_BYTES or not end:
        return path, encoding
    short = short.with_suffix("") if packed else short
    short.write_text(text[:end], "utf-8", newline="")
    return short, "utf-8"
