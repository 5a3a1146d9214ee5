"""Tables become the bytes of one file, in any format; several files go into one zip."""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson

from geo.exporting import books, formats, parquet, texts, vectors
from geo.exporting.formats import Format
from geo.exporting.tables import Table

PIECE = 1 << 20
ABOUT = "about.json"

About = dict[str, Any]


def needs_zip(format_: Format, layers: int) -> bool:
    """Whether so many layers of a format are several files."""
    return layers > 1 and not format_.many


def pieces(format_: Format, layers: list[Table], about: About, scratch: Path) -> Iterator[bytes]:
    """The bytes of one file with all ``layers``, piece by piece.

    A format that holds one layer takes one. What needs a whole file first is written in the folder
    ``scratch`` and read from there; the caller removes the folder.
    """
    if format_.early:
        return _EARLY[format_.key](layers[0], about)
    path = scratch / f"export{format_.ending}"
    _WHOLE[format_.key](path, layers, about)
    return read(path)


def read(path: Path) -> Iterator[bytes]:
    """The bytes of a file, which is gone from its folder before the first of them is used."""
    file = path.open("rb")
    path.unlink()
    return _drain(file)


def _drain(file: Any) -> Iterator[bytes]:
    with file:
        while piece := file.read(PIECE):
            yield piece


def in_one_line(about: About) -> str:
    """What a file is, as one line of ASCII JSON without the columns; for a header."""
    layers = [{k: v for k, v in told.items() if k != "columns"} for told in about["layers"]]
    return json.dumps(about | {"layers": layers}, separators=(",", ":"))


def zipped(format_: Format, layers: list[Table], about: About, scratch: Path) -> Iterator[bytes]:
    """A zip with one file for each layer, and ``about.json``; layers are read one after another."""
    sink = _Sink()
    packing = zipfile.ZIP_STORED if format_.key == "parquet" else zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(sink, "w", packing, compresslevel=5) as archive:
        for table, told in zip(layers, about["layers"], strict=True):
            one = about | {"layers": [told]}
            with archive.open(f"{table.name}{format_.ending}", "w", force_zip64=True) as entry:
                for piece in pieces(format_, [table], one, scratch):
                    entry.write(piece)
                    yield from sink.taken()
        archive.writestr(ABOUT, orjson.dumps(about, option=orjson.OPT_INDENT_2))
    yield from sink.taken()


class _Sink(io.RawIOBase):
    """What a zip is written to; it cannot seek, so sizes stand behind the files in the zip."""

    def __init__(self) -> None:
        super().__init__()
        self._held: list[bytes] = []

    def writable(self) -> bool:
        """It can be written to, and nothing else."""
        return True

    def write(self, data: Any) -> int:
        self._held.append(bytes(data))
        return len(data)

    def taken(self) -> Iterator[bytes]:
        """What has been written since last time."""
        if self._held:
            held, self._held = self._held, []
            yield b"".join(held)


_EARLY: dict[str, Callable[[Table, About], Iterator[bytes]]] = {
    "csv": lambda table, about: texts.csv(table),
    "geojson": texts.geojson,
}
_WHOLE: dict[str, Callable[[Path, list[Table], About], None]] = {
    "gpkg": vectors.write_geopackage,
    "xlsx": books.write,
    "parquet": lambda path, layers, about: parquet.write(path, layers[0], about),
    "fgb": lambda path, layers, about: vectors.write_flatgeobuf(path, layers[0], about),
}

assert set(_EARLY) | set(_WHOLE) == set(formats.FORMATS)  # noqa: S101 - one table, all written
