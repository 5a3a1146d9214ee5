"""A whole district out into one file and back: every table equal, links and shapes bit by bit."""

import sqlite3

import psycopg
import pytest

from geo.exporting import vectors
from geo.store import archive, restoring
from geo.store.database import transaction

def export(url, path):
    with transaction(url) as conn:
        file = sqlite3.connect(path)
        file.execute("create table gpkg_contents (table_name text, data_type text, identifier text, description text)")
        file.commit()
        return archive.write(conn, path)

def contents(url):
    with psycopg.connect(url) as conn:
        archive.settle(conn)
        return {
            t.name: sorted(r[0] for r in conn.execute(f"select row({', '.join(chr(34)+c+chr(34) for c in t.types)})::text from {t.name}"))
            for t in archive.read_tables(conn)
        }

def test_x(sample_url, make_database, tmp_path):
    path = tmp_path / "d.gpkg"
    counts = export(sample_url, path)
    print(counts, path.stat().st_size)
    empty = make_database()
    done = restoring.restore(empty, path)
    assert contents(empty) == contents(sample_url)
    again = restoring.restore(empty, path)
    assert again.brought == {}
