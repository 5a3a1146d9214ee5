"""Points into the database, portion by portion: judged, linked, sent as binary COPY, merged.

While the server merges one portion, a thread prepares the next. Memory does not grow with the
file, but for its ids (16 bytes a row) to find those that come twice.
"""

from collections import Counter
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import geopandas
import numpy as np
import pandas as pd
import psycopg
import shapely

from geo import datum, portions
from geo.crs import Crs
from geo.evidence import Ground
from geo.intake import District, Intake, Wishes
from geo.kinds import Kind
from geo.ledger import Ledger
from geo.placing import MissingCrs
from geo.progress import Say, Step
from geo.sentences import spaced
from geo.store import binary, known, linking, merging
from geo.store.database import read_setting
from geo.store.merging import Merged
from geo.store.rejects import Rejects

LINKS = ("block_id", "segment_id", "side", "chainage_m", "offset_m")

T = TypeVar("T")


class File(NamedTuple):
    """A file of points, what a person says of it, and where its rows are to lie."""

    path: Path
    kind: Kind
    asked: portions.Asked
    wishes: Wishes
    where: District


class Poured(NamedTuple):
    """What became of a file's rows."""

    crs: Crs
    merged: Merged
    notes: list[str]
    rejects: Rejects


class _Ready(NamedTuple):
    """A portion ready to be sent: ``rows`` as COPY wants them, and which columns the file tells."""

    rows: memoryview
    told: list[str]
    counts: Counter[str]
    rejects: Any
    share: float


def pour(conn: psycopg.Connection, file: File, say: Say) -> Poured:
    """Brings the points of a file into their table, linked; in the caller's transaction.

    Raises what ``geo.portions``, ``geo.intake`` and ``geo.store.binary`` raise.
    """
    ground, index = known.read_ground(conn, file.where), linking.read_ground(conn)
    stage = _Stage(conn, file.kind)
    counts: Counter[str] = Counter()
    rejects = Rejects(file.path.name)
    with Ledger(file.kind, file.where, file.wishes, lambda name: _column(file, name)) as book:
        conn.execute(linking.QUERIES["trust_links"])
        try:
            with closing(_ahead(_prepared(file, book, index, stage))) as coming:
                for ready in coming:
                    done = counts["accepted"] + len(rejects)
                    counts += ready.counts
                    rejects.add(ready.rejects)
                    say(_step(done, counts["accepted"] + len(rejects), ready.share))
                    counts += stage.merge(ready)
        except MissingCrs as error:
            likely = datum.notes(book.sample, file.kind, None, ground)
            raise MissingCrs(" ".join([str(error), *likely])) from error
        conn.execute(linking.QUERIES["mistrust_links"])
        conn.execute(merging.QUERIES["drop_stage"])
        notes = _notes(conn, file, book, counts, ground)
    assert book.crs is not None  # noqa: S101 - a file has a portion
    merged = Merged(counts["inserted"], counts["updated"], counts["unchanged"])
    return Poured(book.crs, merged, notes, rejects)


def _step(done: int, read: int, share: float) -> Step:
    total = max(read, round(read / share)) if share else read
    return Step(f"writing: {spaced(done)} of about {spaced(total)} rows", done, total)


def _notes(
    conn: psycopg.Connection, file: File, book: Ledger, counts: Counter[str], ground: Ground
) -> list[str]:
    told = book.end()
    doubts = datum.notes(book.sample, file.kind, book.crs, ground)
    place = (
        f"{counts['in_block']} of {counts['accepted']} lie in a block, {counts['on_road']} within"
        f" {read_setting(conn).link_distance_m:g} m of a road"
    )
    return [*doubts, *told, place]


def _column(file: File, name: str) -> Iterator[Any]:
    return (part.source.frame[name] for part in portions.read(file.path, file.asked, portions.ROWS))


def _ahead(items: Iterator[T]) -> Generator[T]:
    """The items, each made by a thread while the one before is used."""
    with ThreadPoolExecutor(1) as thread:
        coming = thread.submit(next, items, None)
        while (item := coming.result()) is not None:
            coming = thread.submit(next, items, None)
            yield item


def _prepared(file: File, book: Ledger, index: Any, stage: "_Stage") -> Iterator[_Ready]:
    for portion in portions.read(file.path, file.asked, portions.ROWS):
        taken = book.accept(portion.source)
        columns = _columns(taken, index)
        told = [name for name in columns if name not in taken.silent]
        yield _Ready(
            binary.rows_of({name: columns[name] for name in stage.types}, stage.types),
            told,
            Counter(
                accepted=len(taken.rows),
                in_block=int(np.count_nonzero(~pd.isna(columns["block_id"]))),
                on_road=int(np.count_nonzero(~pd.isna(columns["segment_id"]))),
            ),
            taken.rejects,
            portion.share,
        )


def _columns(taken: Intake, index: Any) -> dict[str, Any]:
    """The columns of the table, with links; neighbours side by side, which indexes like."""
    rows = taken.rows
    if len(rows):
        order = np.argsort(geopandas.GeoSeries(rows.geometry).hilbert_distance(), kind="stable")
        rows = rows.iloc[order]
    points = rows.geometry.to_numpy()
    links = linking.link(points, index)
    x, y = shapely.get_x(points), shapely.get_y(points)
    near = links.road.segment >= 0
    columns = {str(name): rows[name] for name in rows.columns if name not in ("_row", "geometry")}
    columns["geom"] = binary.Points(x, y, rows.crs.to_epsg())
    place = (links.road.segment, links.road.side, links.road.chainage_m, links.road.offset_m)
    linked = [pd.Series(links.block).where(links.block >= 0)]
    linked += [pd.Series(values).where(near) for values in place]
    return columns | dict(zip(LINKS, linked, strict=True))


class _Stage:
    """The temporary table that portions go through; ``types`` are its columns' types."""

    def __init__(self, conn: psycopg.Connection, kind: Kind) -> None:
        self.conn, self.kind = conn, kind
        names = [field.name for field in kind.fields] + ["labels"] * kind.labels
        self.columns = [*names, "geom", *LINKS]
        conn.execute(self._compose(self.columns)("make_stage"))
        self.types: dict[str, str] = dict(
            conn.execute(merging.QUERIES["types_of_stage"]).fetchall()
        )

    def merge(self, ready: _Ready) -> Counter[str]:
        """Sends a portion and merges it; links do not count as a difference."""
        if not ready.counts["accepted"]:
            return Counter()
        compose = self._compose(ready.told)
        binary.send(self.conn, compose("copy_stage_binary"), ready.rows)
        merged = merging.merge_stage(self.conn, compose, ready.counts["accepted"])
        self.conn.execute(merging.QUERIES["empty_stage"])
        return Counter(merged._asdict())

    def _compose(self, told: list[str]) -> merging.Compose:
        data = [name for name in told if name not in LINKS]
        return merging.composer(self.kind.table, self.columns, told, data)
