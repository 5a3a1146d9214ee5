"""Which process is the server of a data folder.

PostgreSQL's postmaster.pid alone does not say: after a kill or a power cut it stays behind, and its
number may by then belong to any other process, which must be neither waited for nor signalled.
"""

import os
import subprocess
from pathlib import Path


class PidUnreadable(ValueError):
    """The data folder belongs to another user, so its server cannot be known."""


def server_pid(data: Path) -> int | None:
    """The process id of the server that runs on a data folder, or None.

    Raises:
        PidUnreadable: when the folder belongs to another user.
    """
    try:
        pid = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None
    except PermissionError:
        raise PidUnreadable(
            f"{data.parent} belongs to another user; use the database as the user who made it"
        ) from None
    return pid if str(data) in _command_line(pid) else None


def disown(data: Path) -> None:
    """Let a server start over a stale pid file whose number another process has by now.

    PostgreSQL takes no notice of the pid of the process that calls pg_ctl, which is this one.
    Removing the file would also remove PostgreSQL's check that no process of the killed server
    still uses the shared memory. The caller knows that no server runs.
    """
    pid_file = data / "postmaster.pid"
    if pid_file.exists():
        rest = pid_file.read_text().split("\n", 1)[1:]
        pid_file.write_text("\n".join([str(os.getpid()), *rest]))


def _command_line(pid: int) -> list[str]:
    if Path("/proc/self/cmdline").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_text(errors="replace").split("\0")
        except OSError:
            return []
    listed = subprocess.run(
        ["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    # ps joins the arguments by blanks; pg_ctl starts "postgres -D FOLDER" and nothing more.
    return listed.stdout.strip().split(" -D ", 1)
