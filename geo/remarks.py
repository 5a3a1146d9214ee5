"""What a person should be told of a file beside its rows: sentences, none where all is well."""

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.fields import Use
from geo.kinds import Kind
from geo.sentences import spaced

Geometries = NDArray[np.object_]
Reasons = NDArray[np.object_]

# So many rows on one spot are a default place, not a busy one.
PILE_UP_ROWS = 50
PILE_UP_SHARE = 0.01
EXAMPLES = 3


def column_use(kind: Kind, use: Use) -> list[str]:
    """Return which column serves which field, what holds for all rows, what was not recognised."""
    notes = []
    if use.fields:
        pairs = ", ".join(f"{field} ← {name}" for field, name in use.fields.items())
        notes.append(f"Columns: {pairs}.")
    if use.constants:
        same = ", ".join(f"{field} = {value}" for field, value in use.constants.items())
        notes.append(f"For all rows: {same}.")
    if use.rest:
        verb = "Kept as labels" if kind.labels else "Not recognised, and not used"
        notes.append(f"{verb}: {', '.join(use.rest)}.")
    return notes


def of_rows(frame: Any, rows: Any, kind: Kind, repaired: Reasons) -> list[str]:
    """Return remarks on all rows: ``frame`` as they stood, ``rows`` as they are.

    ``repaired`` says why a polygon was, '' for the others.
    """
    geoms = frame.geometry.to_numpy()
    return _repairs(rows, kind, repaired) + _heights(geoms)


def parts(rows: Any) -> list[str]:
    """Return how many lines came in several parts, each now a row with the same ``_row``."""
    several = rows["_row"].duplicated(keep=False)
    lines = rows.loc[several, "_row"].nunique()
    return [f"{lines} lines in several parts became {several.sum()} rows."] if lines else []


def _repairs(rows: Any, kind: Kind, repaired: Reasons) -> list[str]:
    at = np.flatnonzero(repaired != "")
    if not at.size:
        return []
    examples = "; ".join(
        f"row {rows['_row'].iloc[i]} ({rows[kind.id].iloc[i]}): {repaired[i]}"
        for i in at[:EXAMPLES]
    )
    return [f"{at.size} polygons were invalid and repaired: {examples}{_more(at.size)}."]


def _heights(geoms: Geometries) -> list[str]:
    count = int(shapely.has_z(geoms).sum())
    return [f"{spaced(count)} geometries have heights (Z), which were dropped."] if count else []


def pile_ups(points: Geometries) -> list[str]:
    """Return the spots, as the file writes them, that suspiciously many rows share exactly."""
    return shared_spots(*spots_of(points), len(points))


def spots_of(points: Geometries) -> tuple[NDArray[np.complex128], NDArray[np.intp]]:
    """Return the different spots in order, as x + iy, and how many points lie on each."""
    xy = shapely.get_coordinates(points)
    return np.unique(xy[:, 0] + 1j * xy[:, 1], return_counts=True)


def shared_spots(spots: NDArray[np.complex128], count: NDArray[np.intp], rows: int) -> list[str]:
    """Return the same of spots and counts, of a file with so many rows."""
    many = count >= max(PILE_UP_ROWS, PILE_UP_SHARE * rows)
    return [
        f"Suspicious: {spaced(n)} rows share the point ({at.real:.9g}, {at.imag:.9g})."
        " Is it a default place?"
        for at, n in sorted(zip(spots[many], count[many], strict=True), key=lambda s: -s[1])
    ]


def _more(count: int) -> str:
    return " …" if count > EXAMPLES else ""
