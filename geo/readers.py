"""A file of any supported format as a frame with geometry, and the CRS it declares.

GeoPackage, Shapefile (zipped too), GeoJSON, FlatGeobuf, GeoParquet, OSM, CSV and Excel. Nothing is
judged here but whether the file can be read; rows are judged by ``geo.intake``.

Errors, all of them ``ValueError``: ``MissingFile``, ``UnknownFormat``, ``EmptyFile``,
``Unreadable``, ``MissingLayer``, ``NoPlaces``.
"""

import tempfile
import warnings
import zipfile
from pathlib import Path
from typing import Any, NamedTuple

import geopandas
import numpy as np
import pandas as pd
import pyarrow as pa
import pyogrio
import shapely

from geo import columns, crs, osm, tables
from geo.kinds import Field, Names
from geo.tables import EmptyFile, MissingLayer, Unreadable
from geo.values import number, text

VECTOR = (".gpkg", ".shp", ".geojson", ".json", ".fgb", ".osm", ".pbf")
PACKED = (".geojson.gz", ".json.gz")
PARQUET = (".parquet", ".geoparquet")
FORMATS = (
    "GeoPackage .gpkg, Shapefile .shp or zipped .zip, GeoJSON .geojson (.gz), FlatGeobuf .fgb, "
    "GeoParquet .parquet, OSM .osm or .pbf, CSV .csv .tsv (.gz), Excel .xlsx .xls"
)
SHAPEFILE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
COORDINATE = Field("coordinate", "", "float")


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
) -> Source:
    """Read a file; its format follows from its name.

    ``layer`` names a layer or a sheet (else the first, for OSM the lines). ``encoding`` is needed
    only where it cannot be told from the bytes. ``given`` may name the columns of a table that
    hold lon, lat or wkt. Raises the errors listed above.
    """
    path = Path(path)
    suffix = _suffix(path)
    notes: list[str] = []
    if suffix in tables.CSV:
        return _from_table(tables.read_csv(path, encoding), path, given)
    if suffix in tables.EXCEL:
        return _from_table(tables.read_excel(path, layer), path, given)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        if suffix in PARQUET:
            frame = _read_parquet(path)
        elif suffix == ".zip":
            frame, notes = _read_zip(path, layer, encoding)
        else:
            frame, notes = _read_vector(path, layer, encoding)
    notes += [f"{path.name}: {warning.message}" for warning in told]
    if frame.empty:
        raise EmptyFile(f"{path.name} has no rows.")
    return _source(frame, path, notes, given)


def _suffix(path: Path) -> str:
    if not path.is_file():
        raise MissingFile(f"There is no file {path}.")
    if path.stat().st_size == 0:
        raise EmptyFile(f"{path.name} is empty (0 bytes).")
    known = (*VECTOR, *PACKED, *PARQUET, ".zip", *tables.CSV, *tables.EXCEL)
    endings = [suffix for suffix in known if path.name.lower().endswith(suffix)]
    if not endings:
        raise UnknownFormat(f"{path.name}: this format is not read. Formats: {FORMATS}.")
    return max(endings, key=len)


def _read_vector(path: Path, layer: str | None, encoding: str | None) -> tuple[Any, list[str]]:
    place = f"/vsigzip/{path.resolve()}" if path.suffix.lower() == ".gz" else str(path)
    if path.suffix.lower() == ".shp":
        encoding = encoding or _shapefile_encoding(path)
    is_osm = path.suffix.lower() in (".osm", ".pbf")
    try:
        layer, notes = _layer(place, path, layer or ("lines" if is_osm else None))
        frame = pyogrio.read_dataframe(
            place, layer=layer, encoding=encoding, datetime_as_string=True, on_invalid="fix"
        )
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise Unreadable(f"{path.name} cannot be read: {error}") from error
    frame["_row"] = np.arange(1, len(frame) + 1)
    if is_osm and layer == "lines":
        frame, more = osm.ways(frame)
        notes += more
    return frame, notes


def _layer(place: str, path: Path, wanted: str | None) -> tuple[str, list[str]]:
    """Return the layer to read and a note on the others."""
    layers = [name for name, _ in pyogrio.list_layers(place)]
    if not layers:
        raise EmptyFile(f"{path.name} has no layers.")
    if wanted is not None and wanted not in layers:
        raise MissingLayer(f"{path.name} has no layer {wanted!r}. Layers: {', '.join(layers)}.")
    others = [name for name in layers if name != (wanted or layers[0])]
    if wanted or not others:
        return wanted or layers[0], []
    return layers[0], [f"Read layer {layers[0]!r}; also there: {', '.join(others)}."]


def _read_parquet(path: Path) -> Any:
    try:
        try:
            frame = geopandas.read_parquet(path)
        except ValueError:  # no geometry is declared; there may be columns lon and lat
            frame = pd.read_parquet(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise Unreadable(f"{path.name} cannot be read as Parquet: {error}") from error
    frame = frame.reset_index(drop=True)
    frame["_row"] = np.arange(1, len(frame) + 1)
    return frame


def _read_zip(path: Path, layer: str | None, encoding: str | None) -> tuple[Any, list[str]]:
    """Read the Shapefile in a zip.

    Its parts are unpacked under names of our own, so that no name inside, in whatever encoding or
    with whatever path, reaches the file system.
    """
    try:
        with zipfile.ZipFile(path) as archive, tempfile.TemporaryDirectory() as folder:
            stem = _shapefile_in(archive, path, layer)
            for name in archive.namelist():
                suffix = Path(name).suffix.lower()
                if name[: -len(suffix) or None] == stem and suffix in SHAPEFILE_PARTS:
                    Path(folder, path.stem + suffix).write_bytes(archive.read(name))
            return _read_vector(Path(folder, path.stem + ".shp"), None, encoding)
    except zipfile.BadZipFile as error:
        raise Unreadable(f"{path.name} is not a zip file: {error}.") from error


def _shapefile_in(archive: zipfile.ZipFile, path: Path, layer: str | None) -> str:
    stems = {
        Path(name).stem: name[:-4]
        for name in archive.namelist()
        if name.lower().endswith(".shp") and not name.startswith("__MACOSX")
    }
    if not stems:
        raise Unreadable(f"{path.name} holds no Shapefile (.shp).")
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


def _from_table(table: tables.Table, path: Path, given: Names | None) -> Source:
    source = _source(table.frame, path, table.notes, given)
    return source._replace(unread=table.unread)


def _source(frame: Any, path: Path, notes: list[str], given: Names | None) -> Source:
    if not isinstance(frame, geopandas.GeoDataFrame):
        frame = _with_places(frame, path, given)
    elif frame.geometry.name != "geometry":
        frame = frame.rename_geometry("geometry")
    declared = None
    if frame.crs is not None:
        try:
            declared = crs.parse(frame.crs)
        except crs.UnknownCrs as error:
            notes = [*notes, str(error)]
    unread = pd.DataFrame({"_row": [], "reason": [], "line": []})
    return Source(frame.reset_index(drop=True), declared, notes, unread)


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
        geoms = shapely.from_wkt(words, on_invalid="ignore")
    else:
        x, y = (number(frame[found[part]], COORDINATE)[0].to_numpy() for part in ("lon", "lat"))
        geoms = np.where(np.isnan(x) | np.isnan(y), None, shapely.points(x, y))
    return geopandas.GeoDataFrame(frame, geometry=geoms)
