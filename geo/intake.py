"""Rows of a file judged: accepted in the shape of their table, or rejected with a reason each.

The law of this module: every row read is in exactly one of ``rows`` and ``rejects``. A line in
several parts is several rows with the same ``_row``, so ``Intake.rows_read`` counts each part.

Errors for the file as a whole are those of ``geo.placing``, ``geo.fields`` and ``geo.columns``.
"""

from typing import Any, NamedTuple

import geopandas
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo import fields, identity, placing, remarks, shapes, values
from geo.crs import Crs, CrsLike, parse
from geo.fields import both
from geo.kinds import Kind, Names
from geo.readers import Source
from geo.sentences import spaced
from geo.shapes import Fitted

Reasons = NDArray[np.object_]


class District(NamedTuple):
    """Where rows are to lie: the metric CRS's EPSG number, a polygon in it (None: anywhere).

    Times without an offset are local times of ``time_zone``.
    """

    srid: int
    extent: Any = None
    time_zone: str = "Asia/Shanghai"


class Wishes(NamedTuple):
    """What a person says of a file: its CRS (None: the file's own), which column is which field.

    ``columns`` maps fields (and lon, lat, wkt) to columns; ``constants`` gives fields one value
    for all rows.
    """

    crs: CrsLike | None = None
    columns: Names | None = None
    constants: Names | None = None


class Before(NamedTuple):
    """What is known of a file's earlier portions: the ids ``seen``, and that its CRS can be right.

    Without the latter (``placed``) a portion may raise ``WrongCrs``, although others are fine.
    """

    seen: identity.Seen
    placed: bool


class Intake(NamedTuple):
    """The outcome.

    ``rows`` is a GeoDataFrame in the district's CRS: the kind's fields, ``labels`` (JSON text)
    where the kind keeps them, and ``_row``. ``rejects`` has ``row``, ``id``, ``reason`` and the
    row as it stood. ``notes`` are for people. ``crs`` is what the coordinates were taken for.
    """

    rows: Any
    rejects: Any
    notes: list[str]
    crs: Crs
    silent: frozenset[str]

    @property
    def rows_read(self) -> int:
        """Rows to account for: each part of a line in several parts counts."""
        return len(self.rows) + len(self.rejects)


def accept(
    source: Source,
    kind: Kind,
    district: District,
    wishes: Wishes = Wishes(),  # noqa: B008 - immutable
    before: Before | None = None,
) -> Intake:
    """Judge every row of a file; raises the errors named above for the file as a whole.

    ``before`` is given for a portion of a file; see ``geo.ledger``.
    """
    declared, notes = placing.declared(wishes.crs, source.crs)
    target = parse(district.srid)
    use = fields.use_of(source.frame, kind, wishes.columns, wishes.constants)
    rows, reasons = fields.fill(source.frame, kind, use, district.time_zone)
    part = before is not None and before.placed
    fitted = _geometry(source.frame, kind, use, ((declared, target), district.extent, part))
    reasons = both(reasons, fitted.reasons)
    notes += source.notes + remarks.column_use(kind, use)
    notes += _identify(rows, kind, fitted.geoms) + fields.complete(rows, kind)
    reasons = both(reasons, fields.missing(rows, kind))
    reasons[reasons == ""] = identity.duplicates(
        rows[reasons == ""], kind, before.seen if before else None
    )
    fine = reasons == ""
    notes += remarks.of_rows(source.frame, rows, kind, np.where(fine, fitted.repairs, ""))
    if kind.shape == "Point" and before is None:
        notes += remarks.pile_ups(source.frame.geometry.to_numpy())
    accepted = geopandas.GeoDataFrame(rows[fine], geometry=fitted.geoms[fine], crs=target.base)
    if kind.labels:
        accepted["labels"] = fields.labels(source.frame.loc[fine, use.rest])
    if kind.shape == "LineString":
        accepted = _in_parts(accepted, kind)
        notes += remarks.parts(accepted)
    rejects = _rejects(source, rows[kind.id], reasons)
    silent = fields.silent(rows, kind, use)
    return Intake(accepted.reset_index(drop=True), rejects, notes, declared, silent)


def _geometry(
    frame: Any, kind: Kind, use: fields.Use, where: tuple[tuple[Crs, Crs], Any, bool]
) -> Fitted:
    """Return the geometries in the district's CRS and of the kind's type; see ``shapes.fit``."""
    (source, target), extent, part = where
    geoms = frame.geometry.to_numpy()
    placed, reasons = placing.place(geoms, source, target, extent, part=part)
    absent = shapely.is_missing(geoms)
    if use.places:
        cells = {n: values.text(frame.loc[absent, n]).fillna("") for n in use.places.values()}
        reasons[absent] = placing.without(cells)
    fitted = shapes.fit(placed, kind.shape)
    return fitted._replace(reasons=both(reasons, fitted.reasons))


def _identify(rows: Any, kind: Kind, geoms: NDArray[np.object_]) -> list[str]:
    """Give rows without an id one made of their content, and tell how many."""
    nameless = rows[kind.id].isna().to_numpy() & ~shapely.is_missing(geoms)
    if not kind.content or not nameless.any():
        return []
    rows.loc[nameless, kind.id] = identity.content_ids(rows[nameless], kind, geoms[nameless])
    return [
        f"{spaced(int(nameless.sum()))} rows have no {kind.id}: it is made of "
        f"{', '.join(kind.content)} and the place, so the same file gives the same rows again."
    ]


def _in_parts(rows: Any, kind: Kind) -> Any:
    """Return a row for every part of every line; parts are numbered in their ids, 'a#1', 'a#2'."""
    geoms, origin, number = shapes.explode(rows.geometry.to_numpy())
    parts = rows.iloc[origin].copy()
    parts[kind.id] += np.where(number > 0, np.char.add("#", number.astype(str)), "")
    parts["geometry"] = geoms
    return parts


def _rejects(source: Source, ids: Any, reasons: Reasons) -> pd.DataFrame:
    """Return the refused rows as they stood in the file, in its order."""
    bad = reasons != ""
    stood = source.frame.loc[bad].drop(columns=["geometry", "_row"])
    taken = {name: f"{name} (file)" for name in ("row", "id", "reason", "line")}
    rejects = stood.rename(columns=taken)
    rejects.insert(0, "row", source.frame.loc[bad, "_row"])
    rejects.insert(1, "id", ids[bad].astype("str").fillna(""))
    rejects.insert(2, "reason", reasons[bad])
    if len(source.unread):
        unread = source.unread.rename(columns={"_row": "row"}).assign(id="")
        rejects = (
            pd.concat([rejects, unread])
            if len(rejects)
            else unread[["row", "id", "reason", "line"]]
        )
    return rejects.sort_values("row").reset_index(drop=True)
