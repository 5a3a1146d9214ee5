"""The fields of a kind, filled from the columns of a file.

Errors, all of them ``ValueError``: ``MissingField``, ``BadConstant``, and those of
``geo.columns`` and ``geo.kinds``.
"""

from typing import Any, NamedTuple

import numpy as np
import orjson
import pandas as pd
from numpy.typing import NDArray

from geo import codes, values
from geo.columns import coordinate_columns, recognise
from geo.kinds import Field, Kind, Names
from geo.sentences import spaced

Reasons = NDArray[np.object_]

# What happens to an incident happens after it was reported.
AFTER_REPORT = ("handled_at", "closed_at")
# Clocks of two systems differ; so many seconds before the report still mean at once.
CLOCKS_APART = pd.Timedelta(seconds=60)


class MissingField(ValueError):
    """No column of the file gives a field that every row must have."""


class BadConstant(ValueError):
    """A value given for the whole file does not suit its field."""


class Use(NamedTuple):
    """How a file's columns are used.

    ``fields``: field → column; ``places``: lon, lat or wkt → column; ``constants``: field → the
    value all rows have; ``rest``: columns that serve nothing.
    """

    fields: Names
    places: Names
    constants: Names
    rest: list[str]


def use_of(frame: Any, kind: Kind, given: Names | None, constants: Names | None) -> Use:
    """Return how the columns of ``frame`` serve ``kind``.

    ``given`` (field → column) and ``constants`` (field → value) are what a person says. Raises
    ``MissingField`` where a field that every row must have would come from nowhere.
    """
    names = [str(name) for name in frame.columns if name not in ("geometry", "_row")]
    constants = {kind.field(name).name: value for name, value in (constants or {}).items()}
    constants |= kind.constants
    places = coordinate_columns(names, given)
    found = recognise(kind, names, given)
    found = {field: name for field, name in found.items() if field not in constants}
    for field in kind.fields:
        if field.required and not ({field.name, field.stand_in} & {*found, *constants}):
            raise MissingField(_nowhere(field, kind, names))
    used = {*found.values(), *places.values()}
    return Use(found, places, constants, [name for name in names if name not in used])


def fill(frame: Any, kind: Kind, use: Use, zone: str) -> tuple[pd.DataFrame, Reasons]:
    """Return the kind's fields typed, with ``_row``, and for each row why it cannot stand, or ''.

    Defaults are set; what is missing is left missing (see ``missing``). Raises ``BadConstant``.
    """
    rows = pd.DataFrame({"_row": frame["_row"]})
    reasons = np.full(len(frame), "", dtype=object)
    for field in kind.fields:
        if field.name in use.constants:
            rows[field.name] = _constant(field, use.constants[field.name], zone)
            continue
        column = use.fields.get(field.name)
        raw = frame[column] if column else pd.Series(np.nan, frame.index, dtype="str")
        rows[field.name], why = values.read(raw, field, zone)
        if field.default is not None:
            rows[field.name] = rows[field.name].fillna(field.default)
        label = f"{field.name} ({column})" if column not in (None, field.name) else field.name
        reasons = both(reasons, np.where(why != "", label + ": " + why, ""))
    return rows[[field.name for field in kind.fields] + ["_row"]], reasons


def complete(rows: Any, kind: Kind) -> list[str]:
    """Fill in place what follows from other fields, and return notes on it.

    The parent of an area from its 12-digit code; the status of an incident from its times; a name
    from the field that stands in for it.
    """
    notes = []
    if kind.table == "area":
        rows["parent"] = rows["parent"].fillna(rows["code"].map(_parent_of))
    if kind.table == "incident":
        notes += _agree_on_time(rows)
        reached = rows["handled_at"].notna().map({True: "handled", False: "reported"})
        reached = reached.mask(rows["closed_at"].notna(), "closed")
        rows["status"] = rows["status"].fillna(reached)
    for field in kind.fields:
        lacking = rows[field.name].isna()
        if field.stand_in and lacking.any():
            rows[field.name] = rows[field.name].fillna(rows[field.stand_in])
            notes.append(
                f"{spaced(int(lacking.sum()))} rows have no {field.name}: "
                f"their {field.stand_in} stands in."
            )
    return notes


def _agree_on_time(rows: Any) -> list[str]:
    """Let what happened seconds before the report happen with it; in place."""
    notes = []
    for name in AFTER_REPORT:
        early = rows["reported_at"] - rows[name]
        apart = (early > pd.Timedelta(0)) & (early <= CLOCKS_APART)
        rows[name] = rows[name].mask(apart, rows["reported_at"])
        if apart.any():
            notes.append(
                f"{spaced(int(apart.sum()))} rows have {name} up to {CLOCKS_APART.seconds} s "
                "before reported_at: the clocks differ, and the time of the report was taken."
            )
    return notes


def silent(rows: Any, kind: Kind, use: Use) -> frozenset[str]:
    """Return the fields of which the file says nothing: no column, and nothing but defaults.

    What the database already knows of them shall stay.
    """
    untold = [f for f in kind.fields if f.name not in use.fields and f.name not in use.constants]
    said = {f.name: rows[f.name].isna() | (rows[f.name] == f.default) for f in untold}
    return frozenset(name for name, nothing in said.items() if nothing.all())


def missing(rows: Any, kind: Kind) -> Reasons:
    """Return for each row what it must have and has not, or has in an impossible order, or ''."""
    reasons = np.full(len(rows), "", dtype=object)
    for field in kind.fields:
        if field.required:
            lacking = rows[field.name].isna().to_numpy()
            reasons = both(reasons, np.where(lacking, f"{field.name} is missing", ""))
    if kind.table == "incident":
        for name in AFTER_REPORT:
            early = (rows[name] < rows["reported_at"]).to_numpy()
            reasons = both(reasons, np.where(early, f"{name} is before reported_at", ""))
    return reasons


def labels(frame: Any) -> list[str]:
    """Return each row's columns as a JSON object of texts; empty cells are left out."""
    names = [str(name) for name in frame.columns]
    columns = [values.text(frame[name]).to_numpy(dtype=object, na_value=None) for name in names]
    return [
        orjson.dumps({name: cell for name, cell in zip(names, cells, strict=True) if cell}).decode()
        for cells in (zip(*columns, strict=True) if columns else [()] * len(frame))
    ]


def both(reasons: Reasons, more: Reasons) -> Reasons:
    """Return the reasons of both, row by row."""
    added = more != ""
    if not added.any():
        return reasons
    joined = np.where(reasons == "", more, reasons)
    twice = (reasons != "") & added
    joined[twice] = reasons[twice] + "; " + more[twice]
    return joined


def _nowhere(field: Field, kind: Kind, names: list[str]) -> str:
    return (
        f"No column gives {field.name}, which every row of {kind.name} needs. "
        f"Columns: {', '.join(names) or 'none'}. Name one with --map {field.name}=COLUMN, or one "
        f"value for all rows with --set {field.name}=VALUE."
    )


def _constant(field: Field, value: str, zone: str) -> Any:
    read, why = values.read(pd.Series([value], dtype="str"), field, zone)
    if why[0] or read.isna()[0]:
        raise BadConstant(f"--set {field.name}={value}: {why[0] or 'no value is given'}.")
    return read[0]


def _parent_of(code: Any) -> str | None:
    try:
        level = codes.level(code)
    except (codes.BadCode, TypeError):
        return None
    return codes.parent(code) if level in ("street", "community") else None
