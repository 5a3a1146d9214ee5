"""Which column of a file is which field of a kind.

Columns are known by name, in English and Chinese. Names are compared without case, width, spaces,
punctuation or a byte order mark; a unit in brackets ("宽度(米)") may be there. Where two columns
could be one field, the synonym written first in ``geo.kinds`` wins.
"""

import re
import unicodedata
from collections.abc import Iterable

from geo.kinds import Kind, Names

# What a table says of the place of a row.
COORDINATES = {
    "lon": "lon lng longitude long 经度 wgs84_lng wgs84_lon gcj02_lng bd09_lng x 东经 x坐标",
    "lat": "lat latitude 纬度 wgs84_lat gcj02_lat bd09_lat y 北纬 y坐标",
    "wkt": "wkt geometry geom the_geom wkt_geom shape 几何 空间坐标",
}


class UnknownColumn(ValueError):
    """The file has no column of this name."""


def plain(name: str) -> str:
    """Return a name as it is compared: one width, one case, letters and digits only."""
    text = unicodedata.normalize("NFKC", name).casefold()
    return re.sub(r"[\W_]", "", text)


def recognise(kind: Kind, columns: Iterable[str], given: Names | None = None) -> dict[str, str]:
    """Return field → column: those ``given`` by a person first, then those known by name.

    A column serves one field only, unless it is given for several. Keys lon, lat and wkt in
    ``given`` are for ``coordinate_columns`` and are passed over here. Raises ``UnknownField`` and
    ``UnknownColumn``.
    """
    columns = list(columns)
    given = {field: col for field, col in (given or {}).items() if field not in COORDINATES}
    found = {kind.field(field).name: _column(col, columns) for field, col in given.items()}
    wanted = {f.name: f.synonyms for f in kind.fields if f.name not in found}
    return found | _match(wanted, [col for col in columns if col not in found.values()])


def coordinate_columns(columns: Iterable[str], given: Names | None = None) -> dict[str, str]:
    """Return which columns hold the place of a row: {lon, lat}, {wkt}, or nothing.

    Raises ``UnknownColumn`` where one ``given`` under lon, lat or wkt is not there.
    """
    columns = list(columns)
    found = {
        part: _column(col, columns) for part, col in (given or {}).items() if part in COORDINATES
    }
    if "wkt" not in found:
        found |= _match({p: names for p, names in COORDINATES.items() if p not in found}, columns)
    if found.keys() >= {"lon", "lat"}:
        return {part: found[part] for part in ("lon", "lat")}
    return {"wkt": found["wkt"]} if "wkt" in found else {}


def translate(choices: Names) -> dict[str, str]:
    """Return word → value for every word a choice goes by, the value itself included."""
    return {
        plain(word): value for value, words in choices.items() for word in (value, *words.split())
    }


def _column(name: str, columns: list[str]) -> str:
    if name in columns:
        return name
    alike = [column for column in columns if plain(column) == plain(name)]
    if not alike:
        raise UnknownColumn(f"The file has no column {name!r}. Columns: {', '.join(columns)}.")
    return alike[0]


def _match(wanted: Names, columns: list[str]) -> dict[str, str]:
    whole = {plain(column): column for column in reversed(columns)}
    bare = {plain(re.sub(r"[(（\[].*", "", column)): column for column in reversed(columns)}
    found: dict[str, str] = {}
    for field, synonyms in wanted.items():
        for names in (whole, bare):
            words = [plain(word) for word in synonyms.split()]
            free = [names[w] for w in words if w in names and names[w] not in found.values()]
            if free and field not in found:
                found[field] = free[0]
    return found
