"""Numbers out of the database as arrays: millions of rows without an object for each."""

import numpy as np
import psycopg
from numpy.typing import NDArray
from psycopg import sql

# What sends a column of this type as its bytes, in the order of the network.
_SENDERS = {"int": ("int8send", ">i8"), "float": ("float8send", ">f8")}


def read_arrays(
    conn: psycopg.Connection, query: bytes, params: dict[str, object], **types: str
) -> dict[str, NDArray[np.generic]]:
    """The named columns of ``query``, none of them NULL; ``types`` says 'int' or 'float' of each.

    The rows come as one value of the database, so there may be one gigabyte of them.
    """
    sent = sql.SQL(" || ").join(
        sql.SQL("{}({}::{})").format(
            sql.SQL(_SENDERS[type_][0]),
            sql.Identifier(name),
            sql.SQL("bigint" if type_ == "int" else "double precision"),
        )
        for name, type_ in types.items()
    )
    whole = sql.SQL("select string_agg({}, '') from ({}) as source").format(
        sent, sql.SQL(query.decode())
    )
    (packed,) = conn.execute(whole.as_bytes(None), params, binary=True).fetchone() or (None,)
    rows = np.frombuffer(packed or b"", [(name, _SENDERS[t][1]) for name, t in types.items()])
    return {name: rows[name].astype(np.int64 if t == "int" else float) for name, t in types.items()}
