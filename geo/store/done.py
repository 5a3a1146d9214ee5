"""Requests that are sent again: done once, and answered as the first time."""

import json
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from geo.store.cases import KeyReused
from geo.store.queries import load

QUERIES = load("done")

Answer = dict[str, Any]


def once(
    conn: psycopg.Connection, key: str | None, asked: object, work: Callable[[], Answer]
) -> Answer:
    """The answer of ``work``, or what it was the first time that a request came with this key.

    ``asked`` says what the request is. Raises `KeyReused` where the key came with another one, and
    what ``work`` raises; then the key is free again, as the transaction fails.
    """
    if key is None:
        return work()
    digest = sha256(json.dumps(asked, default=str, sort_keys=True).encode()).hexdigest()
    if conn.execute(QUERIES["claim"], {"key": key, "asked": digest}).fetchone() is None:
        row = conn.execute(QUERIES["read"], {"key": key}).fetchone()
        assert row is not None  # noqa: S101 - whoever claimed it has committed
        if row[0] != digest:
            raise KeyReused(f"the key {key!r} was used for another request; give each its own")
        before: Answer = row[1]
        return before
    answer = work()
    told = Jsonb(answer, dumps=lambda value: json.dumps(value, default=str))
    conn.execute(QUERIES["answer"], {"key": key, "answer": told})
    return answer
