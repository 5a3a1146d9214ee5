"""What a GeoPackage holds besides its layers: how they are drawn, and what the file is.

Metadata as the standard has them (annex F.8, ``gpkg_metadata``); drawings in ``layer_styles``, the
table from which QGIS takes a layer's style when it opens the file.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import orjson

from geo.exporting.tables import GEOM, Table

STANDARD = "http://www.geopackage.org/spec120/#extension_metadata"
ABOUT = "urn:luge:export:about"

METADATA = """
create table gpkg_metadata (
    id integer primary key autoincrement not null,
    md_scope text not null default 'dataset',
    md_standard_uri text not null,
    mime_type text not null default 'text/xml',
    metadata text not null default ''
);
create table gpkg_metadata_reference (
    reference_scope text not null,
    table_name text,
    column_name text,
    row_id_value integer,
    timestamp datetime not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    md_file_id integer not null references gpkg_metadata (id),
    md_parent_id integer references gpkg_metadata (id)
);
"""
STYLES = """
create table layer_styles (
    id integer primary key autoincrement not null,
    f_table_catalog text(256),
    f_table_schema text(256),
    f_table_name text(256),
    f_geometry_column text(256),
    "styleName" text(30),
    "styleQML" text,
    "styleSLD" text,
    "useAsDefault" boolean,
    description text,
    owner text(30),
    ui text(30),
    update_time datetime default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
);
"""


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """The file as SQLite; committed at the end, rolled back on any error."""
    with closing(sqlite3.connect(path)) as file, file:
        yield file


def finish(path: Path, layers: list[Table], about: dict[str, Any]) -> None:
    """Add metadata and drawings to a GeoPackage whose layers are written."""
    with opened(path) as file:
        _describe(file, layers, about)
        _draw(file, layers)


def _describe(file: sqlite3.Connection, layers: list[Table], about: dict[str, Any]) -> None:
    file.executescript(METADATA)
    extend = "insert into gpkg_extensions values (?, null, 'gpkg_metadata', ?, 'read-write')"
    for name in ("gpkg_metadata", "gpkg_metadata_reference"):
        file.execute(extend, (name, STANDARD))
    whole = {key: value for key, value in about.items() if key != "layers"}
    root = _add_metadata(file, "dataset", about)
    file.execute(
        "insert into gpkg_metadata_reference (reference_scope, md_file_id)"
        " values ('geopackage', ?)",
        (root,),
    )
    for table, of_layer in zip(layers, about["layers"], strict=True):
        one = _add_metadata(file, "featureType", whole | of_layer)
        file.execute(
            "insert into gpkg_metadata_reference"
            " (reference_scope, table_name, md_file_id, md_parent_id) values ('table', ?, ?, ?)",
            (table.name, one, root),
        )


def _add_metadata(file: sqlite3.Connection, scope: str, told: dict[str, Any]) -> int:
    added = file.execute(
        "insert into gpkg_metadata (md_scope, md_standard_uri, mime_type, metadata)"
        " values (?, ?, 'application/json', ?) returning id",
        (scope, ABOUT, orjson.dumps(told).decode()),
    )
    return int(added.fetchone()[0])


def _draw(file: sqlite3.Connection, layers: list[Table]) -> None:
    drawn = [(table, table.drawing) for table in layers if table.drawing]
    if not drawn:
        return
    file.executescript(STYLES)
    file.execute(
        "insert into gpkg_contents (table_name, data_type, identifier)"
        " values ('layer_styles', 'attributes', 'layer_styles')"
    )
    file.executemany(
        "insert into layer_styles (f_table_catalog, f_table_schema, f_table_name,"
        ' f_geometry_column, "styleName", "styleQML", "styleSLD", "useAsDefault", description,'
        " owner) values ('', '', ?, ?, ?, ?, ?, 1, ?, '')",
        [
            (table.name, GEOM, table.name[:30], style.qml, style.sld, table.title)
            for table, style in drawn
        ],
    )
