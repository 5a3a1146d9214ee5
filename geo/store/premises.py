"""Where the private cluster lives and whose it is.

PostgreSQL refuses to run as root. When root calls, the server and its files go to an unprivileged
user; when that user cannot reach the checkout (it lies below /root, say), the files go to
/var/lib/luge and a link in the checkout points there.
"""

import hashlib
import os
import pwd
import re
import shutil
import stat
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ELSEWHERE = Path("/var/lib/luge")
# Not the temporary folder of the environment: it may differ between two shells of one checkout.
_SHORT = Path("/tmp")  # noqa: S108 (the folder made below it is private, and checked to be)
_LONGEST_SOCKET_PATH = 103  # bytes; 107 on Linux, 103 on macOS
_SOCKET = ".s.PGSQL.5432"


class PremisesUnfit(ValueError):
    """The private cluster cannot be kept where it should be."""


def owner() -> pwd.struct_passwd:
    """The user the server runs as: the caller, or an unprivileged one when the caller is root.

    Raises:
        PremisesUnfit: when the caller is root and there is nobody to hand over to.
    """
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise PremisesUnfit(
        "PostgreSQL does not run as root and there is no user postgres; "
        "make one (useradd --system postgres) or run this as another user"
    )


def run(command: Sequence[str | Path], timeout_s: float = 300) -> subprocess.CompletedProcess[str]:
    """Run a program as the owner, from / and with nothing of the caller's PG* variables."""
    whose: dict[str, Any] = {}
    if os.geteuid() == 0:
        user = owner()
        whose = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    return subprocess.run(
        command,
        **whose,
        cwd="/",
        env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=timeout_s,
        check=False,
    )


def folder(home: Path) -> Path:
    """Where the cluster of a home is or would be; an absolute path without links."""
    link = home / "cluster"
    if not link.is_symlink():
        return link.resolve()
    # Only ever this one: a link to another place came with a copy of another checkout.
    return _away(home)


def prepare(home: Path, say: Callable[[str], None]) -> Path:
    """Make the cluster's folder under a home, reachable for its owner, and give its path.

    Raises:
        PremisesUnfit: when the folder belongs to somebody else.
    """
    link = home / "cluster"
    if not link.is_symlink() and not link.exists() and not _reachable(home):
        say(f"user {owner().pw_name} cannot reach {home}: its database is in {_away(home)}")
        link.symlink_to(_away(home))
    place = folder(home)
    if link.is_symlink():
        ELSEWHERE.mkdir(parents=True, exist_ok=True)
        ELSEWHERE.chmod(0o755)
        if link.readlink() != place:
            link.unlink()
            link.symlink_to(place)
    _make_private(place)
    return place


def socket_folder(place: Path) -> Path:
    """Where the server's socket is: in the cluster's folder, unless that path is too long."""
    plain = re.fullmatch(r"[A-Za-z0-9_./+@ -]+", str(place))
    if plain and len(os.fsencode(place / _SOCKET)) <= _LONGEST_SOCKET_PATH:
        return place
    return _SHORT / f"luge-{_name(place)}"


def prepare_socket_folder(place: Path) -> Path:
    """The same, made where it is missing and checked to be private to the owner."""
    sockets = socket_folder(place)
    if sockets != place:
        _make_private(sockets)
    return sockets


def _away(home: Path) -> Path:
    return ELSEWHERE / _name(home)


def _name(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path.resolve())).hexdigest()[:16]


def _reachable(home: Path) -> bool:
    return os.geteuid() != 0 or run(["test", "-x", home.resolve()]).returncode == 0


def _make_private(path: Path) -> None:
    """Make a folder only the owner may enter: whoever enters it is trusted by the server."""
    path.mkdir(mode=0o700, exist_ok=True)
    user = owner()
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode):
        raise PremisesUnfit(f"{path} is not a folder; remove it and start again")
    if found.st_uid == os.geteuid() == 0:
        shutil.chown(path, user.pw_uid, user.pw_gid)
    elif found.st_uid != user.pw_uid:
        raise PremisesUnfit(
            f"{path} belongs to user id {found.st_uid}, not to {user.pw_name}: "
            "use the database as the user who made it, or remove the folder and load again"
        )
    path.chmod(0o700)
