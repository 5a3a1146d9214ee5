"""`luge serve` as an operator runs it: a process of its own, its log, its signals."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx2

ROOT = Path(__file__).parents[2]
LUGE = [sys.executable, "-c", "from api.cli import main; main()"]
PATIENCE_S = 60


class Service(NamedTuple):
    """A running service; ``http`` is a client of it."""

    process: subprocess.Popen[bytes]
    url: str
    http: httpx2.Client
    log: Path

    def lines(self) -> list[dict[str, object]]:
        """What it has logged, each line an object."""
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def requests(self) -> list[dict[str, object]]:
        return [line for line in self.lines() if line["logger"] == "luge.request"]

    def messages(self) -> list[str]:
        return [str(line["message"]) for line in self.lines() if "message" in line]

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Sends the signal and gives the exit code."""
        self.process.send_signal(how)
        return self.process.wait(PATIENCE_S)


@contextmanager
def running(home: Path, *words: str, **settings: object) -> Iterator[Service]:
    """`luge serve` on a port of its own, ready for requests; killed at the end if it still runs."""
    home.mkdir(parents=True, exist_ok=True)
    log = home / f"serve-{time.monotonic_ns()}.log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [*LUGE, "serve", "--port", "0", *words],
            env=environment(home, **settings), cwd=ROOT, stdin=subprocess.DEVNULL, stderr=file,
            start_new_session=True,
        )  # fmt: skip
    try:
        url = until(lambda: _address(process, log))
        with httpx2.Client(base_url=url, timeout=PATIENCE_S) as http:
            until(lambda: answers(http))
            yield Service(process, url, http, log)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def environment(home: Path, **settings: object) -> dict[str, str]:
    """Variables of a process with these settings, and no others of ours."""
    ours = {"home": home, "log": "json", **settings}
    theirs = {name: text for name, text in os.environ.items() if not name.startswith("LUGE_")}
    return theirs | {f"LUGE_{name.upper()}": str(value) for name, value in ours.items()}


def until(look, patience_s=PATIENCE_S):
    """What ``look`` gives, as soon as that is something."""
    give_up = time.monotonic() + patience_s
    while not (found := look()):
        assert time.monotonic() < give_up, "waited in vain"
        time.sleep(0.05)
    return found


def answers(http: httpx2.Client) -> bool:
    try:
        return http.get("/healthz").status_code == 200
    except httpx2.TransportError:
        return False


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    text = log.read_text()
    assert process.poll() is None, text
    told = [json.loads(line).get("message", "") for line in text.splitlines(keepends=True)
            if line.endswith("\n")]  # fmt: skip
    return next((message.split()[0] for message in told if message.startswith("http")), "")
