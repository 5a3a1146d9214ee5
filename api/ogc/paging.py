"""Where a page starts, as an opaque word in its ``next`` link: the last row of the page before."""

import base64
import binascii
from zlib import crc32

import orjson

from api.ogc.faults import BadParameter
from geo.layers import Layer
from geo.store.features import After, Sort

MOST_CHARACTERS = 4_000


def word(after: After, layer: Layer, sort: tuple[Sort, ...]) -> str:
    """The word for a row; it holds only for this collection in this order."""
    told = orjson.dumps([_order(layer.key, sort), *after])
    return base64.urlsafe_b64encode(told).decode().rstrip("=")


def read(given: str | None, layer: Layer, sort: tuple[Sort, ...]) -> After | None:
    """The row that a word stands for. Raises `BadParameter`."""
    if given is None:
        return None
    try:
        padded = given + "=" * (-len(given) % 4)
        order, *values = orjson.loads(base64.b64decode(padded, "-_", validate=True))
    except (binascii.Error, ValueError, TypeError):
        raise BadParameter("'after' is no word of a next link; start from the first page") from None
    whole = len(values) == len(sort) + 1 + layer.dated and all(map(_is_text, values))
    if not whole or order != _order(layer.key, sort):
        raise BadParameter("'after' belongs to another order or collection; start anew")
    return tuple(values)


def _is_text(value: object) -> bool:
    return value is None or (isinstance(value, str) and "\x00" not in value)


def _order(collection: str, sort: tuple[Sort, ...]) -> int:
    return crc32(orjson.dumps([collection, *([*key] for key in sort)]))
