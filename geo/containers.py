"""Files before they are taken apart: how large they are, what they are, what they unpack to.

A small zip can hold terabytes, and a sheet with one cell in its last corner asks for the whole
sheet's memory; both are measured before anything is unpacked.

Errors, all of them ``ValueError``: ``EmptyFile``, ``TooLarge``, ``Unreadable``.
"""

import gzip
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

GIB = 2**30
CHUNK = 2**20
# What the first bytes say a file is, whatever its name; and the endings that fit it.
SIGNS = (
    (b"PK\x03\x04", "a zip or Excel file", (".zip", ".xlsx", ".xlsm")),
    (b"\x1f\x8b", "gzipped", (".gz",)),
    (b"SQLite format 3\0", "a GeoPackage", (".gpkg",)),
    (b"\xd0\xcf\x11\xe0", "an old or a protected Excel file", (".xls", ".xlsx", ".xlsm")),
    (b"PAR1", "a Parquet file", (".parquet", ".geoparquet")),
    (b"fgb", "a FlatGeobuf", (".fgb",)),
    (b"%PDF", "a PDF", ()),
)
SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
ROW_NUMBER = re.compile(rb"<(?:\w+:)?row\b[^>]*?\br=[\"'](\d+)")
COLUMN = re.compile(rb"\br=[\"']([A-Z]{1,3})\d")
NOT_COMPUTED = re.compile(
    rb"</(?:\w+:)?f>\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)


class Unreadable(ValueError):
    """The file is not what its name says, or is broken."""


class EmptyFile(ValueError):
    """The file has no content, or no row."""


class TooLarge(ValueError):
    """The file, or what it unpacks to, is larger than allowed."""


class Limits(NamedTuple):
    """How large a file may be, and what it may unpack to: bytes, entries, cells of a sheet."""

    file: int = 2 * GIB
    unpacked: int = 4 * GIB
    entries: int = 1000
    cells: int = 40_000_000


LIMITS = Limits()


def check(path: Path, suffix: str, limits: Limits) -> None:
    """Refuse a file that is empty, too large, or by its first bytes not what its name says.

    Raises ``EmptyFile``, ``TooLarge``, ``Unreadable``.
    """
    size = path.stat().st_size
    if size == 0:
        raise EmptyFile(f"{path.name} is empty (0 bytes).")
    if size > limits.file:
        raise TooLarge(
            f"{path.name} has {_size(size)}; files of up to {_size(limits.file)} are taken. "
            "Split it, or drop columns that are not needed."
        )
    with path.open("rb") as file:
        head = file.read(16)
    for sign, what, endings in SIGNS:
        if head.startswith(sign) and not suffix.endswith(endings or "\0"):
            advice = f" Rename it to {' or '.join(endings)}." if endings else ""
            raise Unreadable(f"{path.name} is {what} by its content, not {suffix}.{advice}")


@contextmanager
def opened(path: Path, limits: Limits) -> Iterator[zipfile.ZipFile]:
    """Open a zip whose entries, by number and by size unpacked, keep within the limits.

    An entry never gives more than the size it declares. Raises ``TooLarge`` and ``Unreadable``.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            if len(entries) > limits.entries:
                raise TooLarge(
                    f"{path.name} holds {len(entries)} files; up to {limits.entries} are taken."
                )
            size = sum(entry.file_size for entry in entries)
            if size > limits.unpacked:
                raise TooLarge(
                    f"{path.name} would unpack to {_size(size)}; "
                    f"up to {_size(limits.unpacked)} are taken."
                )
            yield archive
    # RuntimeError: an entry under a password; NotImplementedError: an unknown compression.
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError, ValueError) as error:
        if isinstance(error, (TooLarge, Unreadable)) or type(error).__module__.startswith("geo."):
            raise
        raise Unreadable(f"{path.name} is not a whole zip file: {error}.") from error


def unzipped(path: Path, limits: Limits) -> bytes:
    """Return the content of a gzip file; raises ``TooLarge`` and ``Unreadable``."""
    content = bytearray()
    try:
        with gzip.open(path) as file:
            while chunk := file.read(CHUNK):
                content += chunk
                if len(content) > limits.unpacked:
                    raise TooLarge(
                        f"{path.name} unpacks to more than {_size(limits.unpacked)}, "
                        "which is not taken."
                    )
    except (OSError, EOFError, zlib.error) as error:
        raise Unreadable(f"{path.name} is not a whole gzip file: {error}.") from error
    return bytes(content)


def check_workbook(path: Path, limits: Limits) -> list[str]:
    """Refuse an .xlsx that would not fit in memory; return a note on cells never computed.

    A reader makes room for every cell up to the last row and column that are used. Raises
    ``TooLarge`` and ``Unreadable``.
    """
    notes = []
    with opened(path, limits) as archive:
        for name in archive.namelist():
            if not SHEET.fullmatch(name):
                continue
            body = archive.read(name)
            rows = max(map(int, ROW_NUMBER.findall(body)), default=0)
            columns = max((_column(c) for c in set(COLUMN.findall(body))), default=0)
            if rows * columns > limits.cells:
                raise TooLarge(
                    f"{path.name}, {Path(name).stem}: its cells reach to row {rows} and column "
                    f"{columns}. Delete what is far below or beside the table."
                )
            empty = len(NOT_COMPUTED.findall(body))
            if empty:
                notes.append(
                    f"{Path(name).stem}: {empty} cells hold formulas that were never computed, "
                    "and read as empty. Open and save the file in a spreadsheet program."
                )
    return notes


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _size(size: int) -> str:
    return f"{size / GIB:.1f} GB" if size >= GIB / 10 else f"{size / 2**20:.1f} MB"
