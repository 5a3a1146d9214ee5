"""What makes a row the same row: its id, or where the file gives none, what it says and where.

An id made of content is 'h:' and 16 hex digits of a BLAKE2 hash over the kind's content fields and
the coordinates in mm, so importing the same file again finds the same rows.
"""

import hashlib
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.kinds import Kind

Geometries = NDArray[np.object_]
Reasons = NDArray[np.object_]

PER_METRE = 1000
PREFIX = "h:"


def content_ids(rows: Any, kind: Kind, geoms: Geometries) -> list[str]:
    """Return an id for every row, from the fields in ``kind.content`` and the geometry (metres)."""
    columns = [_hashable(rows[name]) for name in kind.content]
    places = _millimetres(geoms)
    return [
        PREFIX + hashlib.blake2b("\x1f".join(words).encode() + place, digest_size=8).hexdigest()
        for *words, place in zip(*columns, places, strict=True)
    ]


class Seen:
    """The ids of earlier rows and where each stood first: 16 bytes a row, whatever the ids.

    Ids are known by 64 bits of SipHash: that among 10 million different ids any two are taken for
    one has a chance of 3 in a million, and the row would be in the rejects with its reason.
    """

    def __init__(self) -> None:
        self._runs: list[tuple[NDArray[np.uint64], NDArray[np.int64]]] = []

    def first(self, ids: Any) -> NDArray[np.int64]:
        """Return for each id the row that had it, 0 where none had."""
        wanted = _hashes(ids)
        first = np.zeros(len(wanted), np.int64)
        for hashes, lines in self._runs:
            at = np.minimum(np.searchsorted(hashes, wanted), len(hashes) - 1)
            first = np.where(hashes[at] == wanted, lines[at], first)
        return first

    def add(self, ids: Any, lines: Any) -> None:
        """Keep ids that no row had before."""
        hashes, lines = _hashes(ids), np.asarray(lines, np.int64)
        while self._runs and len(self._runs[-1][0]) <= 2 * len(hashes):
            earlier = self._runs.pop()
            hashes = np.concatenate([earlier[0], hashes])
            lines = np.concatenate([earlier[1], lines])
        order = np.argsort(hashes, kind="stable")
        if len(order):
            self._runs.append((hashes[order], lines[order]))


def duplicates(rows: Any, kind: Kind, seen: Seen | None = None) -> Reasons:
    """Return for every row whose id an earlier ``_row`` has the reason to refuse it, else ''.

    ``seen`` has the ids of rows of the file that came before all of these.
    """
    ids, lines = rows[kind.id], rows["_row"]
    first = lines.groupby(ids, sort=False).transform("min")
    if seen is not None:
        before = seen.first(ids)
        first = first.mask(before > 0, before)
    again = (first != lines).to_numpy()
    reasons = np.full(len(rows), "", dtype=object)
    reasons[again] = [
        _same_content(kind, line)
        if name.startswith(PREFIX)
        else f"same {kind.id} {name!r} as row {line}"
        for name, line in zip(ids[again], first[again], strict=True)
    ]
    return reasons


def _same_content(kind: Kind, line: int) -> str:
    what = ", ".join(kind.content)
    return (
        f"repeats row {line}: no id, and the same {what} and place; give both ids if both are real"
    )


def _hashes(ids: Any) -> NDArray[np.uint64]:
    hashes: NDArray[np.uint64] = pd.util.hash_array(np.asarray(ids, object), categorize=False)
    return hashes


def _hashable(column: Any) -> Any:
    if pd.api.types.is_datetime64_any_dtype(column):
        column = column.dt.as_unit("us").astype("int64")
    return column.astype("str").fillna("")


def _millimetres(geoms: Geometries) -> list[bytes]:
    steps = np.round(shapely.get_coordinates(geoms) * PER_METRE).astype("<i8").tobytes()
    ends = np.cumsum(shapely.get_num_coordinates(geoms)) * 16
    return [steps[start:end] for start, end in zip(np.append(0, ends[:-1]), ends, strict=True)]
