"""Migrations: once each, whole, in order, never edited; and the same as schema.sql."""

import shutil
import subprocess
import sys

import psycopg
import pytest

from geo.store import migrate, schema


def test_migrating_again_does_nothing(db):
    assert migrate.migrate(db, 4549) == []


def test_migrations_give_schema_sql(db, make_database):
    by_schema = make_database()
    with psycopg.connect(by_schema, autocommit=True) as conn:
        conn.execute(migrate.fill_srid(schema.SCHEMA.read_text("utf-8"), 4549).encode())
    assert schema.dump(by_schema, 4549) == schema.dump(db, 4549)
    assert schema.dump(db, 4549) == schema.SCHEMA.read_text("utf-8"), "run `luge db schema`"


def test_an_edited_migration_is_refused(make_database, tmp_path):
    shutil.copytree(migrate.MIGRATIONS, tmp_path / "m")
    url = make_database()
    migrate.migrate(url, 4549, tmp_path / "m")
    first = tmp_path / "m" / "0001_ground.sql"
    first.write_text(first.read_text() + "\n-- a second thought\n")
    with pytest.raises(migrate.MigrationEdited, match="0001_ground"):
        migrate.migrate(url, 4549, tmp_path / "m")


def test_a_failing_migration_leaves_nothing(make_database, tmp_path):
    (tmp_path / "0001_good.sql").write_text("create table good (a int);")
    (tmp_path / "0002_bad.sql").write_text("create table bad (a int); select 1 / 0;")
    url = make_database()
    with pytest.raises(psycopg.errors.DivisionByZero):
        migrate.migrate(url, 4549, tmp_path)
    with psycopg.connect(url) as conn:
        assert conn.execute("select to_regclass('good'), to_regclass('bad')").fetchone() == (
            "good",
            None,
        )


def test_a_gap_in_the_numbers_is_refused(tmp_path):
    (tmp_path / "0002_late.sql").write_text("select 1")
    with pytest.raises(ValueError, match="without gaps"):
        migrate.read_migrations(tmp_path)


def test_a_newer_database_is_refused(db):
    with psycopg.connect(db) as conn:
        conn.execute("insert into migration (number, name, checksum) values (9999, 'future', '')")
    with pytest.raises(migrate.MigrationEdited, match="9999"):
        migrate.migrate(db, 4549)


def test_another_srid_is_refused(db):
    with pytest.raises(migrate.WrongSrid, match="4549"):
        migrate.migrate(db, 4550)


def test_two_at_once_take_turns(make_database):
    url = make_database()
    script = f"from geo.store import migrate; print(len(migrate.migrate({url!r}, 4549)))"
    runs = [
        subprocess.Popen([sys.executable, "-c", script], stdout=-1, text=True) for _ in range(3)
    ]
    counts = sorted(int(run.communicate()[0]) for run in runs)
    assert counts == [0, 0, len(migrate.read_migrations())]
