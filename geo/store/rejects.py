"""Rows that an import refused, kept for a file that tells why; many are kept on disk."""

import tempfile
import weakref
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import pandas as pd
import pyarrow as pa

from geo.export import harmless

MOST_IN_MEMORY = 20_000
FIRST = ["file", "row", "id", "reason"]


class Rejects:
    """The refused rows of one file, as text in which no cell is a formula.

    ``reasons`` counts them, up to the first comma: what stands behind differs from row to row (a
    distance, a row number).
    """

    def __init__(self, file: str, frames: Iterable[Any] = ()) -> None:
        self.file = file
        self.reasons: Counter[str] = Counter()
        self._held: list[Any] = []
        self._disk: BinaryIO | None = None
        for frame in frames:
            self.add(frame)

    def __len__(self) -> int:
        return self.reasons.total()

    def add(self, frame: Any) -> None:
        """Keep rows as ``geo.intake`` refused them: row, id, reason, and how they stood."""
        if not len(frame):
            return
        self.reasons.update(frame["reason"].str.split(",").str[0])
        self._held.append(harmless(frame.assign(file=self.file)))
        if sum(map(len, self._held)) > MOST_IN_MEMORY:
            self._put_down()

    def frames(self) -> Iterator[Any]:
        """All rows in their order."""
        if self._disk is not None:
            self._disk.seek(0)
            end = self._disk.seek(0, 2)
            self._disk.seek(0)
            while self._disk.tell() < end:
                with pa.ipc.open_stream(self._disk) as stream:
                    yield stream.read_pandas()
        yield from self._held

    def _put_down(self) -> None:
        if self._disk is None:
            self._disk = tempfile.TemporaryFile()  # noqa: SIM115 - closed with this object
            weakref.finalize(self, self._disk.close)
        for frame in self._held:
            table = pa.Table.from_pandas(frame, preserve_index=False)
            with pa.ipc.new_stream(self._disk, table.schema) as stream:
                stream.write_table(table)
        self._held = []


def write(path: Path, rejects: Sequence[Rejects]) -> int:
    """Write all refused rows with file, row number and reason to ``path``; return how many.

    Where there are none, no file is written.
    """
    total = sum(map(len, rejects))
    if not total:
        return 0
    names = list(dict.fromkeys(name for part in rejects for f in part.frames() for name in f))
    header = FIRST + [name for name in names if name not in FIRST]
    # Excel opens the file as UTF-8 only with a byte order mark.
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        pd.DataFrame(columns=header).to_csv(out, index=False)
        for part in rejects:
            for frame in part.frames():
                frame.reindex(columns=header).to_csv(out, index=False, header=False)
    return total
