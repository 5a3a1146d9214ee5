"""The first rows of a file judged before anything is imported: columns, rows, and where they lie.

What is wrong with the file as a whole is told beside what could be read of it, so that a person can
put it right: name a column, choose a datum.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from geo import columns, crs, datum, intake, kinds, placing, readers, values
from geo.crs import Crs
from geo.evidence import Ground
from geo.head import Asked, Head, read_head
from geo.intake import District, Wishes
from geo.kinds import Kind, Names

SMOOTH_DEG = 5e-6  # half a metre: nobody sees it on a map of the district
WGS84 = crs.parse("wgs84")


class Problem(NamedTuple):
    """What is wrong with the file as a whole: the name of the error, and its words."""

    code: str
    detail: str


class Row(NamedTuple):
    """One row as it stands; ``reason`` why it would be rejected, or ''; ``geometry`` as GeoJSON."""

    row: int
    cells: list[str]
    reason: str
    geometry: dict[str, Any] | None


class Preview(NamedTuple):
    """What can be said before the import.

    ``fields`` (field → column) and ``places`` (lon, lat or wkt → column) are as they would be
    used. ``declared`` is the CRS that the file declares, ``crs`` what it would be read as,
    ``likely`` the datum that fits the district clearly better ('' for none) and ``doubt`` says why.
    """

    columns: list[str]
    fields: Names
    places: Names
    problem: Problem | None
    declared: str | None = None
    crs: str | None = None
    rows: Sequence[Row] = ()
    rejected: int = 0
    notes: Sequence[str] = ()
    likely: str = ""
    doubt: str = ""


class Known(NamedTuple):
    """What is known of the district: where rows may lie, and the ground to doubt a datum by."""

    where: District
    ground: Ground | None = None


def look(path: Path, kind: Kind, known: Known, wishes: Wishes, asked: Asked) -> Preview:
    """Judge the first `geo.head.ROWS` rows of a file."""
    given = tuple((wishes.columns or {}).items())
    try:
        head = read_head(path, asked, tuple(p for p in given if p[0] in columns.COORDINATES))
    except ValueError as error:
        return Preview([], {}, {}, problem_of(error))
    fields, places, problem = _use(head.columns, kind, wishes)
    if head.source is None or problem:
        problem = problem or Problem("NoPlaces", "The file says of no row where it is.")
        rows = _rows(head, {}, np.full(len(head.cells), None, dtype=object))
        return Preview(head.columns, fields, places, problem, rows=rows)
    reasons, notes, problem = _judge(head.source, kind, known.where, wishes)
    used, shapes = _shapes(head.source, wishes)
    likely, doubt = _doubt(head.source, kind, used, known.ground)
    return Preview(
        head.columns,
        fields,
        places,
        problem,
        declared=str(head.source.crs) if head.source.crs else None,
        crs=str(used) if used else None,
        rows=_rows(head, reasons, shapes),
        rejected=len(reasons),
        notes=notes,
        likely=likely,
        doubt=doubt,
    )


def _doubt(
    source: readers.Source, kind: Kind, used: Crs | None, ground: Ground | None
) -> tuple[str, str]:
    verdict = datum.of_file(source.frame, kind, used, ground) if ground else None
    said = datum.sentence(verdict, used) if verdict else ""
    return (verdict.best, said) if verdict and said else ("", "")


def _use(names: list[str], kind: Kind, wishes: Wishes) -> tuple[Names, Names, Problem | None]:
    constants = {**(wishes.constants or {}), **kind.constants}
    try:
        fields = columns.recognise(kind, names, wishes.columns)
        places = columns.coordinate_columns(names, wishes.columns)
    except (columns.UnknownColumn, kinds.UnknownField) as error:
        return {}, {}, problem_of(error)
    return {f: name for f, name in fields.items() if f not in constants}, places, None


def _judge(
    source: readers.Source, kind: Kind, where: District, wishes: Wishes
) -> tuple[dict[int, str], list[str], Problem | None]:
    try:
        taken = intake.accept(source, kind, where, wishes)
    except ValueError as error:
        return {}, source.notes, problem_of(error)
    return dict(zip(taken.rejects["row"], taken.rejects["reason"], strict=True)), taken.notes, None


def problem_of(error: ValueError) -> Problem:
    """Return one of our errors in words; raises any other again."""
    if not type(error).__module__.startswith("geo."):
        raise error
    return Problem(type(error).__name__, str(error))


def _shapes(source: readers.Source, wishes: Wishes) -> tuple[Crs | None, NDArray[np.object_]]:
    """Return the CRS the rows are read in, and their shapes in degrees, None where there is none.

    Rows that will be rejected are there too: where they lie often says why.
    """
    geoms = source.frame.geometry.to_numpy()
    nothing = np.full(len(geoms), None, dtype=object)
    try:
        declared, _ = placing.declared(wishes.crs, source.crs)
    except ValueError:
        return None, nothing
    try:
        placed, _ = placing.place(geoms, declared, WGS84)
    except placing.WrongCrs:
        return declared, nothing
    return declared, shapely.force_2d(shapely.simplify(placed, SMOOTH_DEG))


def _rows(head: Head, reasons: dict[int, str], shapes: NDArray[np.object_]) -> list[Row]:
    texts = [values.text(head.cells[name]).fillna("").tolist() for name in head.columns]
    numbers = head.cells["_row"].tolist()
    cells = zip(*texts, strict=True) if texts else [()] * len(numbers)
    drawn = [json.loads(one) if one else None for one in shapely.to_geojson(shapes)]
    rows = [
        Row(int(number), list(row), reasons.get(number, ""), shape)
        for number, row, shape in zip(numbers, cells, drawn, strict=True)
    ]
    there = set(numbers)
    return rows + [Row(int(n), [], why, None) for n, why in reasons.items() if n not in there]
