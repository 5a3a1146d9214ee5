"""SQL in files of named queries; call sites hold no SQL.

A file holds queries, each behind a line ``-- name: what_it_does`` and a comment that describes it.
``QUERIES = load("places")`` gives a mapping from name to the SQL's bytes.
"""

import re
from pathlib import Path

_HEAD = re.compile(r"^-- name: (\w+)\s*$", re.MULTILINE)


def load(file: str) -> dict[str, bytes]:
    """The queries of ``queries/<file>.sql`` by name; raises ValueError where a name is doubled."""
    text = (Path(__file__).parent / f"{file}.sql").read_text("utf-8")
    _, *parts = _HEAD.split(text)
    names = parts[::2]
    if len(set(names)) != len(names):
        raise ValueError(f"{file}.sql names a query twice")
    return {name: sql.strip().encode() for name, sql in zip(names, parts[1::2], strict=True)}
