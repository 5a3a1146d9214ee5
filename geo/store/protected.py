"""Protected places from a file: schools, hospitals …, whose blocks stay in one grid."""

from pathlib import Path
from typing import get_args

import numpy as np
import psycopg

from geo import crs, readers, shapes
from geo.rule_sentences import ProtectedKind
from geo.store.database import read_setting
from geo.store.queries import load
from geo.store.staging import copy_rows, to_ewkb

QUERIES = load("plan_ground")

KINDS: tuple[str, ...] = get_args(ProtectedKind)


class BadProtectedPlace(ValueError):
    """A place of a file has no name, an unknown kind, or is no polygon."""


def put_places(conn: psycopg.Connection, path: Path, kind: str | None = None) -> int:
    """Makes the polygons of a file all protected places that there are; says how many.

    Their columns: name, and kind (one of `KINDS`; ``kind`` where the file does not say). A file
    that declares no CRS is taken as WGS 84. Raises `BadProtectedPlace` and what `geo.readers` does.
    """
    source, srid = readers.read(path), read_setting(conn).srid
    frame = source.frame
    placed = crs.transform_geometries(frame.geometry.to_numpy(), source.crs or "wgs84", srid)
    fitted = shapes.fit(np.asarray(placed, object), "MultiPolygon")
    names, kinds = (
        frame[column].astype(object).where(frame[column].notna(), "").tolist()
        if column in frame else [""] * len(frame)
        for column in ("name", "kind")
    )  # fmt: skip
    kinds = [str(own or kind or "other") for own in kinds]
    for row, (name, own) in enumerate(zip(names, kinds, strict=True)):
        _check(f"{path.name}, place {row + 1}", str(name), own, str(fitted.reasons[row]))
    conn.execute(QUERIES["drop_protected"])
    rows = zip(kinds, map(str, names), to_ewkb(fitted.geoms, srid), strict=True)
    copy_rows(conn, QUERIES["copy_protected"], rows)
    conn.execute(QUERIES["note_protected"])
    conn.execute(QUERIES["wake_readers"])
    return len(frame)


def _check(where: str, name: str, kind: str, unfit: str) -> None:
    if not name.strip():
        raise BadProtectedPlace(f"{where}, has no name: give a column `name`")
    if kind not in KINDS:
        raise BadProtectedPlace(f"{where}, {name}: kind {kind!r} is none of {', '.join(KINDS)}")
    if unfit:
        raise BadProtectedPlace(f"{where}, {name}: {unfit}")
