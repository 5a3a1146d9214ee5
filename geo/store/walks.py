"""Patrols, passes and visits into the database in bulk: the sample's own."""

import psycopg

from geo.sample import patrols
from geo.store.queries import load
from geo.store.staging import read_table

QUERIES = load("walks")


def put_sample(conn: psycopg.Connection) -> patrols.Walks:
    """Writes four weeks of walks over the duties that are there."""
    walks = patrols.walks(read_table(conn, QUERIES["duties"]), read_table(conn, QUERIES["shops"]))
    for name, rows in zip(("patrols", "passes", "visits"), walks, strict=True):
        if len(rows):
            columns = {column: rows[column].tolist() for column in rows}
            conn.execute(QUERIES[f"put_{name}"], columns)
    return walks
