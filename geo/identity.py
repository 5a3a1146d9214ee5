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


def duplicates(rows: Any, kind: Kind) -> Reasons:
    """Return for every row whose id an earlier ``_row`` has the reason to refuse it, else ''."""
    ids, lines = rows[kind.id], rows["_row"]
    first = lines.groupby(ids, sort=False).transform("min")
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


def _hashable(column: Any) -> Any:
    if pd.api.types.is_datetime64_any_dtype(column):
        column = column.dt.as_unit("us").astype("int64")
    return column.astype("str").fillna("")


def _millimetres(geoms: Geometries) -> list[bytes]:
    steps = np.round(shapely.get_coordinates(geoms) * PER_METRE).astype("<i8").tobytes()
    ends = np.cumsum(shapely.get_num_coordinates(geoms)) * 16
    return [steps[start:end] for start, end in zip(np.append(0, ends[:-1]), ends, strict=True)]
