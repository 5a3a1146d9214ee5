"""Excel: a sheet for every layer, and one that says what the file is. No cell is ever a formula."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import shapely
import xlsxwriter
from numpy.typing import NDArray

from geo.exporting import tables
from geo.exporting.tables import ID, Table
from geo.exporting.texts import place_names

ABOUT = "说明 About"
WIDTH = 16
# A cell holds no more; what is cut ends in an ellipsis.
LONGEST = 32_767


def write(path: Path, layers: list[Table], about: dict[str, Any]) -> None:
    """Write the tables as sheets; times in the table's time zone, places as x and y.

    Of a line or polygon the coordinates are those of a point on it; its whole shape fits no cell.
    """
    # Rows go to disk as they come. Text is written as text, whatever it begins with.
    options = {
        "constant_memory": True,
        "tmpdir": str(path.parent),
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": False,
    }
    with xlsxwriter.Workbook(path, options) as book:
        formats = {
            "date": book.add_format({"num_format": "yyyy-mm-dd"}),
            "time": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        }
        head = book.add_format({"bold": True})
        for table in layers:
            _write_sheet(book.add_worksheet(table.name[:31]), table, formats, head)
        _write_about(book.add_worksheet(ABOUT), about)


def _write_sheet(sheet: Any, table: Table, formats: dict[str, Any], head: Any) -> None:
    titles = [ID, *(column.name for column in table.columns)]
    titles += place_names(table.crs)
    sheet.set_column(0, len(titles) - 1, WIDTH)
    sheet.freeze_panes(1, 0)
    for at, title in enumerate(titles):
        sheet.write_string(0, at, title, head)
    kinds = ["integer", *(column.type for column in table.columns), "number", "number"]
    writers = [_writer(sheet, kind, formats) for kind in kinds]
    n = 0
    for portion in table.portions:
        for row in _rows(table, portion):
            n += 1
            for at, value in enumerate(row):
                if value is not None:
                    writers[at](n, at, value)
    sheet.autofilter(0, 0, max(n, 1), len(titles) - 1)


def _writer(sheet: Any, kind: str, formats: dict[str, Any]) -> Any:
    if kind == "text":
        return lambda row, at, value: sheet.write_string(row, at, _fitting(value))
    if kind == "boolean":
        return sheet.write_boolean
    if kind in formats:
        return lambda row, at, value: sheet.write_datetime(row, at, value, formats[kind])
    return sheet.write_number


def _fitting(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _rows(table: Table, portion: Any) -> Iterator[tuple[object, ...]]:
    zone = ZoneInfo(table.zone)
    columns: list[list[object]] = [portion.column(ID).to_pylist()]
    for column in table.columns:
        values = portion.column(column.name).to_pylist()
        if column.type == "time":
            # Excel knows no time zones: these are the district's clock.
            values = [v and v.astimezone(zone).replace(tzinfo=None) for v in values]
        elif column.type == "number":
            values = [v if v is None or np.isfinite(v) else None for v in values]
        columns.append(values)
    return zip(*columns, *_xy(table, portion), strict=True)


def _xy(table: Table, portion: Any) -> tuple[list[object], list[object]]:
    geoms = tables.shapes(portion)
    points = geoms if table.geometry == "point" else shapely.point_on_surface(geoms)
    digits = tables.digits_of(table.crs)
    x, y = (np.round(of(points), digits) for of in (shapely.get_x, shapely.get_y))
    return _or_none(x), _or_none(y)


def _or_none(values: NDArray[np.float64]) -> list[object]:
    return [None if np.isnan(value) else value for value in values.tolist()]


def _write_about(sheet: Any, about: dict[str, Any]) -> None:
    sheet.set_column(0, 0, 2 * WIDTH)
    sheet.set_column(1, 1, 5 * WIDTH)
    for row, (name, value) in enumerate(_flat(about)):
        sheet.write_string(row, 0, _fitting(name))
        sheet.write_string(row, 1, _fitting(value))


def _flat(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Nested values as lines of a name and a text."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(inner, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list) and any(isinstance(inner, dict) for inner in value):
        for inner in value:
            label = inner.get("name", "")
            rest = {key: of for key, of in inner.items() if key != "name"}
            yield from _flat(rest, f"{name}.{label}")
    elif isinstance(value, list):
        yield name, ", ".join(map(str, value))
    else:
        yield name, "" if value is None else str(value)
