"""A file judged portion by portion, with the same outcome as if it were judged as a whole.

What depends on more than one portion is kept here: which ids there were, whether dates have the
day or the month first, whether any row can be in the CRS that was declared, how many rows share a
spot, and a sample of rows by which the datum can be doubted.
"""

import dataclasses
import tempfile
from collections.abc import Callable, Iterable
from typing import Any, Self

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo import fields, identity, intake, placing, remarks, sentences, values
from geo.crs import Crs
from geo.intake import Before, District, Intake, Wishes
from geo.kinds import Kind
from geo.readers import Source

SAMPLE_ROWS = 10_000
MOST_IN_MEMORY = 2**25
# Multiplying by this (2⁶⁴ over the golden ratio) scatters row numbers, so a row is drawn or not
# whatever portion it comes in.
SCATTER = np.uint64(0x9E3779B97F4A7C15)


class Ledger:
    """Judges the portions of one file of points in their order.

    ``column`` gives the parts of a column of the whole file by its name; it is asked only where
    dates have the year last, so that a row elsewhere may show what stands first. Use it in a
    ``with``: it may keep a temporary file.
    """

    def __init__(
        self,
        kind: Kind,
        where: District,
        wishes: Wishes,
        column: Callable[[str], Iterable[Any]],
    ) -> None:
        times = {f.name for f in kind.fields if f.type == "timestamp"}
        unasked = [dataclasses.replace(f, first="?" * (f.name in times)) for f in kind.fields]
        self.kind = dataclasses.replace(kind, fields=tuple(unasked))
        self.where, self.wishes, self.column = where, wishes, column
        self.before = Before(identity.Seen(), placed=False)
        self.misplaced: placing.WrongCrs | None = None
        self.crs: Crs | None = None
        self.notes: list[str] = []
        self.spots = _Spots()
        self.sample: Any = None
        self.draw, self.highest = np.empty(0, np.uint64), np.iinfo(np.uint64).max

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.spots.file.close()

    def accept(self, source: Source) -> Intake:
        """Judge the rows of the next portion; see ``intake.accept``. Its notes are kept here."""
        self.spots.add(source.frame.geometry.to_numpy())
        self._draw(source.frame)
        taken = self._judge(source)
        self.before.seen.add(taken.rows[self.kind.id], taken.rows["_row"])
        self.notes, self.crs = sentences.added_up([*self.notes, *taken.notes]), taken.crs
        return taken._replace(notes=[])

    def end(self) -> list[str]:
        """Return what is to be told of the file; raises ``WrongCrs`` as for the file as a whole."""
        if self.misplaced and not self.before.placed:
            raise self.misplaced
        return [*self.notes, *self.spots.shared()]

    def _judge(self, source: Source) -> Intake:
        try:
            taken = intake.accept(source, self.kind, self.where, self.wishes, self.before)
        except placing.WrongCrs as error:
            self.misplaced = self.misplaced or error
            can_be_right = self.before._replace(placed=True)
            return intake.accept(source, self.kind, self.where, self.wishes, can_be_right)
        except values.OrderUnknown:
            self._ask_order(source)
            return self._judge(source)
        if placing.usable(source.frame.geometry.to_numpy()).any():
            self.before = self.before._replace(placed=True)
        return taken

    def _ask_order(self, source: Source) -> None:
        use = fields.use_of(source.frame, self.kind, self.wishes.columns, self.wishes.constants)
        asked = [
            dataclasses.replace(
                field, first=values.shown_first(self.column(use.fields[field.name]))
            )
            if field.first == "?" and field.name in use.fields
            else field
            for field in self.kind.fields
        ]
        self.kind = dataclasses.replace(self.kind, fields=tuple(asked))

    def _draw(self, frame: Any) -> None:
        """Keep the rows whose scattered numbers are the lowest so far."""
        draw = frame["_row"].to_numpy().astype(np.uint64) * SCATTER
        fresh = np.flatnonzero(draw < self.highest)
        held = [] if self.sample is None else [self.sample]
        drawn = pd.concat([*held, frame.iloc[fresh]], ignore_index=True)
        draw = np.append(self.draw, draw[fresh])
        if len(drawn) > SAMPLE_ROWS:
            lowest = np.sort(np.argpartition(draw, SAMPLE_ROWS)[:SAMPLE_ROWS])
            drawn, draw = drawn.iloc[lowest].reset_index(drop=True), draw[lowest]
            self.highest = draw.max()
        self.sample, self.draw = drawn, draw


class _Spots:
    """How many rows lie on the same spot; all spots are kept in a file, 16 bytes a row.

    A spot with a hundredth of all rows has a hundredth of the rows of some portion, so only such
    spots are counted at the end.
    """

    def __init__(self) -> None:
        self.rows = 0
        self.doubtful: list[NDArray[np.complex128]] = []
        self.file = tempfile.SpooledTemporaryFile(MOST_IN_MEMORY)  # noqa: SIM115 - see __exit__

    def add(self, points: NDArray[np.object_]) -> None:
        spots, count = remarks.spots_of(points)
        self.doubtful.append(spots[count >= remarks.PILE_UP_SHARE * len(points)])
        self.rows += len(points)
        self.file.write(shapely.get_coordinates(points).tobytes())

    def shared(self) -> list[str]:
        doubtful = (
            np.unique(np.concatenate(self.doubtful)) if self.doubtful else np.empty(0, complex)
        )
        count = np.zeros(len(doubtful), np.intp)
        self.file.seek(0)
        while len(doubtful) and (block := self.file.read(2**24)):
            spots = np.frombuffer(block, np.complex128)
            at = np.minimum(np.searchsorted(doubtful, spots), len(doubtful) - 1)
            count += np.bincount(at[doubtful[at] == spots], minlength=len(doubtful))
        return remarks.shared_spots(doubtful, count, self.rows)
