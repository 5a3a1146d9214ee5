"""JSON that is sent once: under an ETag, and 304 where the asker has it already."""

from collections.abc import Callable, Iterable
from hashlib import blake2b

import orjson
from fastapi import Request, Response

from api import shelf
from geo.store import changes
from geo.store.database import Connection

PLAIN = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS


def answer(request: Request, parts: object, make: Callable[[], object]) -> Response:
    """What ``make`` gives, which is the same as long as ``parts`` are (by their ``repr``)."""
    headers = {"ETag": f'"{digest(parts, 12)}"', "Cache-Control": shelf.ASK_AGAIN.decode()}
    known = request.headers.get("if-none-match", "").encode("latin-1")
    if shelf.matches(known, headers["ETag"].encode()):
        return Response(status_code=304, headers=headers)
    body = orjson.dumps(make(), option=PLAIN)
    return Response(body, media_type="application/json", headers=headers)


def revision(conn: Connection, layers: Iterable[str]) -> str:
    """The revision of data that are made of ``layers``, as the log of changes names them."""
    found = changes.revisions(conn)
    return digest([found[layer] for layer in layers], 6)


def digest(parts: object, size: int = 8) -> str:
    """``size`` bytes that stand for ``parts``, in hexadecimal digits."""
    return blake2b(repr(parts).encode(), digest_size=size).hexdigest()
