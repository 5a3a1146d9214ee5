"""A file of any supported format as a frame with geometry, and the CRS it declares.

GeoPackage, Shapefile (zipped too), GeoJSON, FlatGeobuf, GeoParquet, OSM, CSV and Excel. Nothing is
judged here but whether the file can be read; rows are judged by ``geo.intake``.

Errors, all of them ``ValueError``: ``MissingFile``, ``UnknownFormat``, ``EmptyFile``,
``TooLarge``, ``Unreadable``, ``MissingLayer``, ``NoPlaces``.
"""

import tempfile
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import geopandas
import numpy as np
import pandas as pd
import pyarrow as pa
import pyogrio
import shapely

from geo import columns, containers, crs, osm, sheets, subtotals, tables
from geo.containers import LIMITS, EmptyFile, Limits, TooLarge, Unreadable
from geo.kinds import Field, Names
from geo.placing import CURVES
from geo.tables import MissingLayer
from geo.values import number, text

__all__ = ["EmptyFile", "Limits", "MissingLayer", "Source", "TooLarge", "Unreadable", "read"]

VECTOR = (".gpkg", ".shp", ".geojson", ".json", ".fgb", ".osm", ".pbf")
PACKED = (".geojson.gz", ".json.gz")
JSON = (".geojson", ".json", *PACKED)
PARQUET = (".parquet", ".geoparquet")
FORMATS = (
    "GeoPackage .gpkg, Shapefile .shp or zipped .zip, GeoJSON .geojson (.gz), FlatGeobuf .fgb, "
    "GeoParquet .parquet, OSM .osm or .pbf, CSV .csv .tsv (.gz), Excel .xlsx .xls"
)
SHAPEFILE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
COORDINATE = Field("coordinate", "", "float")
# What the libraries under the readers raise for a file that is broken inside.
BROKEN = (
    RuntimeError,
    NotImplementedError,
    UnicodeDecodeError,
    OverflowError,
    OSError,
    pa.ArrowException,
    UnboundLocalError,  # pyogrio, of a .prj that is not UTF-8
    shapely.errors.ShapelyError,
)


class MissingFile(ValueError):
    """There is no such file."""


class UnknownFormat(ValueError):
    """The file's name ends in nothing we read."""


class NoPlaces(ValueError):
    """The file says of no row where it is."""


class Source(NamedTuple):
    """What a file holds.

    ``frame`` has the file's columns, ``geometry`` as the file gave it (missing where a row has
    none) and ``_row``, counted from 1 as a person sees it. ``crs`` is the CRS the file declares,
    None where it declares none. ``unread`` (``_row``, ``reason``, ``line``) holds lines that could
    not be taken apart into cells.
    """

    frame: Any
    crs: crs.Crs | None
    notes: list[str]
    unread: pd.DataFrame


def read(
    path: str | Path,
    *,
    layer: str | None = None,
    encoding: str | None = None,
    given: Names | None = None,
    limits: Limits = LIMITS,
) -> Source:
    """Read a file; its format follows from its name.

    ``layer`` names a layer or a sheet (else the first, for OSM the lines). ``encoding`` is needed
    only where it cannot be told from the bytes. ``given`` may name the columns of a table that
    hold lon, lat or wkt. ``limits`` bounds its size, packed and unpacked. Raises the errors
    listed above.
    """
    path = Path(path)
    suffix = suffix_of(path)
    containers.check(path, suffix, limits)
    notes: list[str] = []
    if suffix in tables.CSV:
        return from_table(tables.read_csv(path, encoding, limits), path, given)
    if suffix in tables.EXCEL:
        return from_table(sheets.read_excel(path, layer, limits), path, given)
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        if suffix in PARQUET:
            frame = _read_parquet(path)
        elif suffix == ".zip":
            frame, notes = _read_zip(path, layer, (encoding, limits))
        elif suffix in JSON:
            frame, notes = _read_json(path, layer, (encoding, limits))
        else:
            frame, notes = _read_vector(path, layer, encoding)
    notes += [f"{path.name}: {warning.message}" for warning in warned]
    if frame.empty:
        raise EmptyFile(f"{path.name} has no rows.")
    return source_of(frame, path, notes, given)


def suffix_of(path: Path) -> str:
    """Return the known ending of a file's name; raises ``MissingFile`` and ``UnknownFormat``."""
    if not path.is_file():
        raise MissingFile(f"There is no file {path}.")
    known = (*VECTOR, *PACKED, *PARQUET, ".zip", *tables.CSV, *tables.EXCEL)
    endings = [suffix for suffix in known if path.name.lower().endswith(suffix)]
    if not endings:
        raise UnknownFormat(f"{path.name}: this format is not read. Formats: {FORMATS}.")
    return max(endings, key=len)


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn what a library says of a broken file into ``Unreadable``."""
    try:
        yield
    except BROKEN as error:
        raise Unreadable(f"{path.name} cannot be read: {_first_line(error)}.") from error


def _first_line(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return f"its text is not {error.encoding}; name its encoding with --encoding (gb18030)"
    if isinstance(error, (UnboundLocalError, pyogrio.errors.CRSError)):
        return "the CRS it declares makes no sense; leave the .prj out and say --crs"
    if isinstance(error, (NotImplementedError, shapely.errors.ShapelyError)):
        return f"a geometry is of a kind that is not read, or broken ({error})"
    if "not recognized as being in a supported file format" in str(error):
        return "it is not what its ending says, or not whole"
    return (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")


def _read_json(
    path: Path, layer: str | None, how: tuple[str | None, Limits]
) -> tuple[Any, list[str]]:
    """Read GeoJSON; though it should be UTF-8, files of Chinese programs may be GB 18030."""
    encoding, limits = how
    packed = path.suffix.lower() == ".gz"
    content = containers.unzipped(path, limits) if packed else path.read_bytes()
    if not content.strip():
        raise EmptyFile(f"{path.name} is empty.")
    body, notes = tables.decode(content, encoding, path)
    with tempfile.TemporaryDirectory() as folder:
        inside = Path(folder, path.name.split(".")[0] + ".geojson")
        inside.write_text(body, "utf-8")
        frame, more = _read_vector(inside, layer, None)
    return frame, notes + more


def _read_vector(path: Path, layer: str | None, encoding: str | None) -> tuple[Any, list[str]]:
    if path.suffix.lower() == ".shp":
        encoding = encoding or _shapefile_encoding(path)
    is_osm = path.suffix.lower() in (".osm", ".pbf")
    with told(path):
        layer, notes = _layer(path, layer or ("lines" if is_osm else None))
        frame = pyogrio.read_dataframe(
            path, layer=layer, encoding=encoding, datetime_as_string=True, on_invalid="fix"
        )
    frame = _own_names(frame)
    frame["_row"] = np.arange(1, len(frame) + 1)
    if is_osm and layer == "lines":
        frame, more = osm.ways(frame)
        notes += more
    return frame, notes


def _layer(path: Path, wanted: str | None) -> tuple[str, list[str]]:
    """Return the layer to read and a note on the others."""
    layers = [name for name, _ in pyogrio.list_layers(path)]
    if not layers:
        raise EmptyFile(f"{path.name} has no layers.")
    if wanted is not None and wanted not in layers:
        raise MissingLayer(f"{path.name} has no layer {wanted!r}. Layers: {', '.join(layers)}.")
    others = [name for name in layers if name != (wanted or layers[0])]
    if wanted or not others:
        return wanted or layers[0], []
    return layers[0], [f"Read layer {layers[0]!r}; also there: {', '.join(others)}."]


def _read_parquet(path: Path) -> Any:
    with told(path):
        try:
            frame = geopandas.read_parquet(path)
        except ValueError as error:  # no geometry is declared; there may be columns lon and lat
            if isinstance(error, BROKEN):
                raise
            frame = pd.read_parquet(path)
    frame = _own_names(frame.reset_index(drop=True))
    frame["_row"] = np.arange(1, len(frame) + 1)
    return frame


def _own_names(frame: Any) -> Any:
    """Return the frame with its shapes in ``geometry``, and no column called so or ``_row``."""
    place = frame.geometry.name if isinstance(frame, geopandas.GeoDataFrame) else None
    others = pd.DataFrame(frame.drop(columns=place) if place else frame)
    ours = ["geometry"] if place else []
    others.columns = tables.unique([*ours, *map(str, others.columns)])[len(ours) :]
    if place is None:
        return others
    return geopandas.GeoDataFrame(others, geometry=frame.geometry.to_numpy(), crs=frame.crs)


def _read_zip(
    path: Path, layer: str | None, how: tuple[str | None, Limits]
) -> tuple[Any, list[str]]:
    """Read the Shapefile in a zip.

    Its parts are unpacked under names of our own, so that no name inside, in whatever encoding or
    with whatever path, reaches the file system.
    """
    encoding, limits = how
    with containers.opened(path, limits) as archive, tempfile.TemporaryDirectory() as folder:
        stem = _shapefile_in(archive, path, layer)
        for name in archive.namelist():
            suffix = Path(name).suffix.lower()
            if name[: -len(suffix) or None] == stem and suffix in SHAPEFILE_PARTS:
                Path(folder, path.stem + suffix).write_bytes(archive.read(name))
        inside = Path(folder, path.stem + ".shp")
        return _read_vector(inside, None, encoding)


def _shapefile_in(archive: zipfile.ZipFile, path: Path, layer: str | None) -> str:
    stems = {
        Path(name).stem: name[:-4]
        for name in archive.namelist()
        if name.lower().endswith(".shp") and not name.startswith("__MACOSX")
    }
    if not stems:
        excel = any(name.startswith("xl/") for name in archive.namelist())
        advice = " It is an Excel file: rename it to .xlsx." if excel else ""
        raise Unreadable(f"{path.name} holds no Shapefile (.shp).{advice}")
    if layer is None and len(stems) == 1:
        return next(iter(stems.values()))
    if layer not in stems:
        asked = f"has no layer {layer!r}" if layer else "holds several layers; name one"
        raise MissingLayer(f"{path.name} {asked}. Layers: {', '.join(sorted(stems))}.")
    return stems[layer]


def _shapefile_encoding(path: Path) -> str | None:
    """Return the encoding of a Shapefile's text where no .cpg declares it."""
    parts = {part.suffix.lower(): part for part in path.parent.iterdir() if part.stem == path.stem}
    if ".cpg" in parts or ".dbf" not in parts:
        return None
    content = parts[".dbf"].read_bytes()
    # Only text tells: the field names, 11 bytes of each 32 in the header, and the records.
    size = int.from_bytes(content[8:10], "little")
    names = b" ".join(content[at : at + 11] for at in range(32, size - 1, 32))
    return tables.guess_encoding((names + content[size:]).replace(b"\0", b" "))


def from_table(table: tables.Table, path: Path, given: Names | None) -> Source:
    """Return what a table holds, subtotals set aside; raises ``NoPlaces``."""
    source = source_of(table.frame, path, table.notes, given)
    sums = subtotals.find(source.frame)
    rows = source.frame[~source.frame["_row"].isin(sums["_row"])].reset_index(drop=True)
    return source._replace(frame=rows, unread=pd.concat([table.unread, sums], ignore_index=True))


def source_of(frame: Any, path: Path, notes: list[str], given: Names | None) -> Source:
    """Return what a frame with ``_row`` holds; raises ``NoPlaces`` where it has no geometry."""
    if not isinstance(frame, geopandas.GeoDataFrame):
        frame = _with_places(frame, path, given)
    elif frame.geometry.name != "geometry":
        frame = frame.rename_geometry("geometry")
    notes = [*notes, *_drop_curves(frame)]
    declared = None
    if frame.crs is not None:
        try:
            declared = crs.parse(frame.crs)
        except crs.UnknownCrs as error:
            notes = [*notes, str(error)]
    unread = pd.DataFrame({"_row": [], "reason": [], "line": []})
    return Source(frame.reset_index(drop=True), declared, notes, unread)


def _drop_curves(frame: Any) -> list[str]:
    """Take curves inside collections out of the frame: shapely holds them but cannot use them."""
    geoms = frame.geometry.to_numpy()
    mixed = np.flatnonzero(shapely.get_type_id(geoms) == shapely.GeometryType.GEOMETRYCOLLECTION)
    curved = [row for row in mixed if not _can_be_taken_apart(geoms[row])]
    if not curved:
        return []
    frame.loc[frame.index[curved], "geometry"] = None
    return [f"{len(curved)} collections hold curves, which are not read: their rows have no place."]


def _can_be_taken_apart(geom: Any) -> bool:
    try:
        return all(
            part.geom_type != "GeometryCollection" or _can_be_taken_apart(part)
            for part in shapely.get_parts(geom)
        )
    except NotImplementedError:
        return False


def _with_places(frame: Any, path: Path, given: Names | None) -> Any:
    names = [name for name in frame.columns if name != "_row"]
    found = columns.coordinate_columns(names, given)
    if not found:
        raise NoPlaces(
            f"{path.name} says of no row where it is: no columns for longitude and latitude "
            f"(lon, lng, 经度 …, lat, 纬度 …) and none with WKT. Columns: {', '.join(names)}. "
            "Name them with --map lon=COLUMN --map lat=COLUMN."
        )
    if "wkt" in found:
        words = text(frame[found["wkt"]]).fillna("").str.replace(r"^SRID=\d+;", "", regex=True)
        # No curves here: shapely knows only straight edges. The row is told of it in its reason.
        curved = words.str.upper().str.contains(rf"\b(?:{'|'.join(CURVES)})", regex=True)
        with np.errstate(over="ignore", invalid="ignore"):  # 1e999 in a broken cell
            geoms = shapely.from_wkt(words.mask(curved, ""), on_invalid="ignore")
    else:
        x, y = (number(frame[found[part]], COORDINATE)[0].to_numpy() for part in ("lon", "lat"))
        geoms = np.where(np.isnan(x) | np.isnan(y), None, shapely.points(x, y))
    return geopandas.GeoDataFrame(frame, geometry=geoms)
