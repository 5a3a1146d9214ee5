"""Patrols, passes and visits into the database in bulk: the sample's own."""

import pandas as pd
import psycopg

from geo.sample import patrols
from geo.store.queries import load

QUERIES = load("walks")


def put_sample(conn: psycopg.Connection) -> patrols.Walks:
    """Writes four weeks of walks over the duties that are there."""
    walks = patrols.walks(_frame(conn, "duties"), _frame(conn, "shops"))
    for name, rows in zip(("patrols", "passes", "visits"), walks, strict=True):
        if len(rows):
            columns = {column: rows[column].tolist() for column in rows}
            conn.execute(QUERIES[f"put_{name}"], columns)
    return walks


def _frame(conn: psycopg.Connection, query: str) -> pd.DataFrame:
    cursor = conn.execute(QUERIES[query])
    names = [column.name for column in cursor.description or ()]
    return pd.DataFrame(cursor.fetchall(), columns=names)
