"""`GET /api/export`: layers as a file, of one moment, filtered as shown on the map.

CSV, GeoJSON and zips of them leave while rows are read; other formats are written to a temporary
file first, which is gone from its folder before the first byte leaves.
"""

import asyncio
import shutil
import tempfile
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import date, datetime
from functools import partial
from pathlib import Path
from threading import Event
from typing import Annotated, Any, NamedTuple
from urllib.parse import quote
from zoneinfo import ZoneInfo

import anyio
from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from api.asked import Day
from api.computing import in_turn
from api.flights import Left
from api.readers import reader
from geo.exporting import formats, outlet
from geo.exporting.formats import FORMATS, ZIP, Format
from geo.exporting.tables import Table
from geo.layers import Layer
from geo.store import exporting, wanted
from geo.store.database import Reader, Setting, read_setting, snapshot, transaction
from geo.store.exporting import Export
from geo.store.wanted import Wanted

router = APIRouter(tags=["export"])

# Who takes no bytes for so long is let go, with the connection and the moment held for him.
PATIENCE_S = 60
LEFT_BEHIND_S = 86_400
PART = 1 << 18
BUSY = "as many exports as are allowed at once are under way; try again in a moment"
OURS = ("layers", "format", "crs", "bbox", "since", "until", "on", "zip", "filter")


class TooLarge(Exception):
    """The file grew past the setting while it was being written."""


class _Asked(NamedTuple):
    """A request as understood."""

    layers: tuple[Layer, ...]
    format: Format
    zipped: bool
    crs: str | None
    wanted: Wanted
    reader: Reader


ANSWER: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "the file; its name is in Content-Disposition",
        "content": {f.media_type.partition(";")[0]: {} for f in (*FORMATS.values(), ZIP)},
    }
}

Layers = Annotated[
    str, Query(max_length=400, description="keys of /api/layers with commas between, or `all`")
]
FormatName = Annotated[
    str, Query(alias="format", max_length=20, description=f"one of {', '.join(FORMATS)}")
]
CrsName = Annotated[
    str | None,
    Query(max_length=64, description="wgs84, cgcs2000, gcj02, bd09, EPSG:nnnn, or `district`"),
]
BoxText = Annotated[
    str | None, Query(max_length=1000, description="west,south,east,north in degrees (WGS 84)")
]
Time = Annotated[
    datetime | None, Query(description="of layers with a time; a date is its midnight")
]
OnDay = Annotated[
    Day | None, Query(description="dated layers as of this day; today where not said")
]
Filter = Annotated[
    str, Query(alias="filter", max_length=4000, description="a condition in CQL2 text")
]
Zipped = Annotated[bool, Query(alias="zip", description="a zip with about.json, for one layer too")]


@router.get("/api/export", response_class=Response, responses=ANSWER)
async def export(
    request: Request,
    layers: Layers,
    format_: FormatName = "gpkg",
    crs: CrsName = None,
    bbox: BoxText = None,
    since: Time = None,
    until: Time = None,
    on: OnDay = None,
    zipped: Zipped = False,
    filter_: Filter = "",
) -> Response:
    """Layers as one file. Further parameters are columns with the value they are to have."""
    found = formats.format_of(format_)
    setting = await run_in_threadpool(_read_setting, request)
    box = wanted.read_box(bbox) if bbox is not None else None
    wish = Wanted(box, on, _local(since, setting), _local(until, setting), _equal(request), filter_)
    chosen = exporting.layers_of(layers.split(","))
    zipped = zipped or outlet.needs_zip(found, len(chosen))
    asked = _Asked(chosen, found, zipped, crs, wish, reader(request))
    return await _unless_left(request, asked)


def _read_setting(request: Request) -> Setting:
    with transaction(request.app.state.pool, reader(request)) as conn:
        return read_setting(conn)


def _local(time: datetime | None, setting: Setting) -> datetime | None:
    if time is None or time.tzinfo:
        return time
    return time.replace(tzinfo=ZoneInfo(setting.time_zone))


def _equal(request: Request) -> wanted.Equal:
    """All other parameters: columns by their names."""
    pairs = request.query_params.multi_items()
    return wanted.by_column((name, value) for name, value in pairs if name not in OURS)


async def _unless_left(request: Request, asked: _Asked) -> Response:
    """The response; when the client goes away, the writing is stopped, and raises `Left`."""
    left = Event()
    work = asyncio.ensure_future(run_in_threadpool(_start, request, asked, left))
    gone = asyncio.ensure_future(_gone(request))
    try:
        await asyncio.wait({work, gone}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        gone.cancel()
        if not work.done():
            left.set()
    return await work


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _start(request: Request, asked: _Asked, left: Event) -> Response:
    """Begins the export; what it holds is let go when the response has ended, however it ends.

    The connection is held while rows are read: to the end where the file leaves meanwhile.
    """
    settings = request.app.state.settings
    with ExitStack() as held, ExitStack() as reading:
        folder = held.enter_context(_scratch(settings.home / "exports"))
        limit = settings.max_export_bytes
        check = partial(_check, left, folder, limit)
        tables, about = _open(request.app.state, asked, reading, check)
        make = outlet.zipped if asked.zipped else outlet.pieces
        pieces = _bounded(make(asked.format, tables, about, folder), limit)
        if asked.zipped or asked.format.early:
            held.enter_context(reading.pop_all())
        held.callback(pieces.close)
        return _Leaving(pieces, held.pop_all(), _headers(asked, about, tables))


def _open(
    state: Any, asked: _Asked, reading: ExitStack, check: Callable[[], None]
) -> tuple[list[Table], dict[str, Any]]:
    """The tables with their rows not yet read, of the moment that ``reading`` holds."""
    reading.enter_context(in_turn(state.exports, BUSY))
    conn = reading.enter_context(snapshot(state.pool, asked.reader, patience_s=PATIENCE_S))
    place = formats.crs_of(asked.crs, asked.format, read_setting(conn).srid)
    wanted.check(asked.wanted, asked.layers, asked.reader)
    most = state.settings.max_export_rows
    wish = Export(asked.layers, asked.wanted, place, min(most, asked.format.most_rows or most))
    tables, about = exporting.start(conn, wish, asked.reader, check)
    for table in tables:
        reading.callback(table.portions.close)
    return tables, about


@contextmanager
def _scratch(parent: Path) -> Iterator[Path]:
    """A folder for the time of one export; those that killed processes left are cleared away."""
    parent.mkdir(parents=True, exist_ok=True)
    for folder in parent.iterdir():
        with suppress(FileNotFoundError):
            if time.time() - folder.stat().st_mtime > LEFT_BEHIND_S:
                shutil.rmtree(folder, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=parent, ignore_cleanup_errors=True) as name:
        yield Path(name)


def _check(left: Event, folder: Path, limit: int) -> None:
    if left.is_set():
        raise Left
    if sum(file.stat().st_size for file in folder.iterdir()) > limit:
        raise formats.TooManyRows(
            f"the file grew past {limit / 1e6:,.0f} MB, the most that is given over HTTP"
            " (LUGE_MAX_EXPORT_BYTES); ask for less, or use `luge export`, which has no limit"
        )


def _bounded(pieces: Iterator[bytes], limit: int) -> Generator[bytes]:
    """The pieces; past ``limit`` bytes the transfer breaks off: nobody takes that for whole."""
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > limit:
            raise TooLarge(f"an export was broken off past {limit} bytes")
        # Small parts, as compressing one holds up everybody else.
        yield from (piece[at : at + PART] for at in range(0, len(piece), PART))


def _headers(asked: _Asked, about: dict[str, Any], tables: list[Table]) -> dict[str, str]:
    ending = ZIP if asked.zipped else asked.format
    day = date.fromisoformat(about["made_at"][:10])
    titles = [layer.zh for layer in asked.layers]
    name = formats.file_name(about["district"]["name"], titles, day, tables[0].crs, ending)
    plain = f"luge_{'_'.join(layer.key for layer in asked.layers[:3])}_{day}{ending.ending}"
    headers = {
        "Content-Type": ending.media_type,
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}",
        "Cache-Control": "no-store",
    }
    if asked.format.key == "csv" and not asked.zipped:
        # CSV has no place of its own for what it is.
        headers["Luge-About"] = outlet.in_one_line(about)
    return headers


class _Leaving(StreamingResponse):
    """Sends the pieces, and then lets go of all that was held for them, whoever ended it."""

    def __init__(self, pieces: Iterator[bytes], held: ExitStack, headers: dict[str, str]) -> None:
        super().__init__(pieces, headers=headers)
        self.held = held

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            with anyio.CancelScope(shield=True):
                await run_in_threadpool(self.held.close)
