"""Filters on layers of the map: CQL2 text as SQL that stands beside a layer's own conditions."""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from geo import cql2
from geo.conditions import BadFilter
from geo.layers import Layer, readable
from geo.store import filtering
from geo.store.database import Setting
from geo.store.filtering import Ground, Values

# Columns that change by themselves as time goes by.
MOVING = {"late", filtering.CHIEF}


class Passing(NamedTuple):
    """What passes a filter: ``sql`` with placeholders, and their values.

    ``moves``: what passes changes with the time of day, though no row does.
    """

    sql: str
    values: dict[str, object]
    moves: bool


@lru_cache(maxsize=512)
def passing(text: str, layer: Layer, rights: frozenset[str], setting: Setting) -> Passing:
    """The features of ``layer`` that the reader may tell apart by ``text``. Raises `BadFilter`.

    Columns whose small values are hidden from the reader cannot be asked by: the answer would tell.
    """
    columns = (c for c in readable(layer, rights) if not c.least or c.right in rights)
    told = _Told(filtering.types_of(columns))
    values = Values()
    tree = cql2.parse(text)
    made = filtering.where(tree, Ground(told, 4326, setting.srid, setting.time_zone), values)
    return Passing(made.as_string(None), dict(values), bool(told.asked & MOVING))


class _Told(dict[str, str]):
    """Types of columns; remembers which were asked for."""

    def __init__(self, types: Mapping[str, str]) -> None:
        super().__init__(types)
        self.asked: set[str] = set()

    def get(self, name: str, default: str | None = None) -> str | None:  # type: ignore[override]
        """The type of a column, as of any mapping."""
        self.asked.add(name)
        return super().get(name, default)


def unusable(error: Exception) -> BadFilter:
    """The database's refusal of a value, as a fault of the filter."""
    said = getattr(getattr(error, "diag", None), "message_primary", "") or error
    return BadFilter(f"the database cannot use a value of the filter: {said}")
