"""Which PostgreSQL of this machine the private cluster runs on."""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from geo.store import premises

OLDEST_MAJOR = 15
EXTENSIONS = ("postgis", "btree_gist")
_PROGRAMS = ("initdb", "pg_ctl", "postgres")
_USUAL_PLACES = (
    "/usr/lib/postgresql/*/bin",  # Debian, Ubuntu
    "/usr/pgsql-*/bin",  # PostgreSQL's own packages for Fedora and RHEL
    "/opt/homebrew/opt/postgresql*/bin",  # Homebrew on Apple silicon
    "/usr/local/opt/postgresql*/bin",  # Homebrew on Intel
)
_HOW_TO_INSTALL = """\
  Debian, Ubuntu:  apt-get install postgresql postgresql-postgis
  (Debian 12:      apt-get install postgresql-15 postgresql-15-postgis-3)
  Fedora:          dnf install postgresql-server postgresql-contrib postgis
  macOS:           brew install postgresql postgis
Or set LUGE_DATABASE_URL to a PostgreSQL that has PostGIS."""


class PostgresMissing(ValueError):
    """No PostgreSQL on this machine can hold the database."""


class Postgres(NamedTuple):
    """An installed PostgreSQL: its major version, its programs and its shared files."""

    major: int
    bin: Path
    share: Path

    def lacks(self) -> list[str]:
        """The extensions Luge needs and this PostgreSQL does not have."""
        extensions = self.share / "extension"
        return [name for name in EXTENSIONS if not (extensions / f"{name}.control").is_file()]


def find(major: int | None = None) -> Postgres:
    """The newest PostgreSQL that has PostGIS; of one major version only, if given.

    Raises:
        PostgresMissing: when there is none, naming the packages to install.
    """
    installed = [postgres for place in dict.fromkeys(_places()) if (postgres := _ask(place))]
    fitting = [it for it in installed if it.major == major or (not major and _new_enough(it))]
    complete = [it for it in fitting if not it.lacks()]
    if complete:
        return max(complete, key=lambda it: it.major)
    raise PostgresMissing(_what_is_missing(installed, fitting, major))


def _new_enough(postgres: Postgres) -> bool:
    return postgres.major >= OLDEST_MAJOR


def _what_is_missing(installed: list[Postgres], fitting: list[Postgres], major: int | None) -> str:
    if fitting:
        best = max(fitting, key=lambda it: it.major)
        what = f"PostgreSQL {best.major} in {best.bin} has no {' and no '.join(best.lacks())}"
    elif major:
        what = f"the database was made by PostgreSQL {major}, which is no longer installed"
    elif installed:
        newest = max(it.major for it in installed)
        what = f"PostgreSQL {newest} is too old, {OLDEST_MAJOR} or newer is needed"
    else:
        what = "PostgreSQL is not installed"
    return f"{what}. Install it:\n{_HOW_TO_INSTALL}"


def _places() -> Iterator[Path]:
    for pattern in _USUAL_PLACES:
        yield from Path("/").glob(pattern.lstrip("/"))
    if pg_config := shutil.which("pg_config"):
        bindir = premises.run([pg_config, "--bindir"]).stdout.strip()
        if bindir:
            yield Path(bindir)
    for folder in os.get_exec_path():
        yield Path(folder)


def _ask(place: Path) -> Postgres | None:
    """The PostgreSQL whose programs lie in a folder, by its own account."""
    if not all(os.access(place / program, os.X_OK) for program in _PROGRAMS):
        return None
    said = premises.run([place / "initdb", "--show", "-D", "/nonexistent"])
    facts = dict(line.split("=", 1) for line in said.stderr.splitlines() if "=" in line)
    version = re.match(r"\d+", facts.get("VERSION", ""))
    if not version or "share_path" not in facts:
        return None
    return Postgres(int(version[0]), place, Path(facts["share_path"]))
