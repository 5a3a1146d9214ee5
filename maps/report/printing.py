"""A report as PDF or PNG, printed by the Chromium that is installed."""

import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Literal

Form = Literal["pdf", "png"]

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
ON_MACOS = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
WIDTH_PX = 900
# Chromium draws no picture higher than this.
MOST_PX = 16_000
LONGEST_S = 60.0
FLAGS = (
    "--headless", "--disable-gpu", "--no-first-run", "--no-default-browser-check",
    "--disable-extensions", "--disable-sync", "--disable-background-networking",
    "--disable-component-update", "--hide-scrollbars", "--virtual-time-budget=3000",
    # The report asks for nothing; were it otherwise, nothing would be found.
    "--host-resolver-rules=MAP * ~NOTFOUND",
)  # fmt: skip


class NoBrowser(ValueError):
    """There is no Chromium to print with."""


class NotPrinted(ValueError):
    """Chromium did not print the report, or not in time."""


def find_browser() -> str:
    """The path of an installed Chromium or Chrome; raises `NoBrowser`."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None and ON_MACOS.is_file():
        found = str(ON_MACOS)
    if found is None:
        raise NoBrowser(
            "no Chromium was found to make a PDF or PNG with: install `chromium` (Debian, Ubuntu,"
            " Fedora) or Chrome, or take the HTML and print it from any browser"
        )
    return found


def printed(html: str, form: Form, longest_s: float = LONGEST_S) -> bytes:
    """``html`` as a PDF (A4 pages) or a PNG (the whole page, 900 px wide).

    Raises `NoBrowser`, and `NotPrinted` where it takes longer than ``longest_s`` seconds in all.
    """
    browser = find_browser()
    until = time.monotonic() + longest_s
    with tempfile.TemporaryDirectory(prefix="luge-report-", ignore_cleanup_errors=True) as folder:
        page, out = Path(folder, "report.html"), Path(folder, f"report.{form}")
        page.write_text(html, "utf-8")
        command = [browser, *FLAGS, f"--user-data-dir={folder}/profile", *_as_root()]
        if form == "pdf":
            wanted = ["--no-pdf-header-footer", f"--print-to-pdf={out}"]
        else:
            high = _height(_run([*command, _window(1000), "--dump-dom", page.as_uri()], until))
            wanted = [_window(high), f"--screenshot={out}"]
        _run([*command, *wanted, page.as_uri()], until)
        if not out.is_file():
            raise NotPrinted(f"Chromium ({browser}) made no {form.upper()} of the report")
        return out.read_bytes()


def _as_root() -> list[str]:
    """Chromium has no sandbox for root, and refuses to start with one."""
    return ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []


def _window(high: int) -> str:
    return f"--window-size={WIDTH_PX},{high}"


def _height(dom: str) -> int:
    """The page's height in px, which its last script writes to the root element."""
    found = re.search(r'<html\b[^>]*\bdata-height="(\d+)"', dom)
    if not found:
        raise NotPrinted("Chromium did not lay out the report")
    return min(int(found[1]), MOST_PX)


def _run(command: list[str], until: float) -> str:
    """Runs Chromium to its end; at ``until`` (monotonic, s) it is ended with all its children."""
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True,
        text=True, encoding="utf-8", errors="replace",
    )  # fmt: skip
    try:
        output, _ = process.communicate(timeout=max(until - time.monotonic(), 0.1))
    except subprocess.TimeoutExpired:
        raise NotPrinted(
            "printing took too long and was stopped; take the HTML and print it from a browser"
        ) from None
    finally:
        _end(process)
    if process.returncode:
        raise NotPrinted(f"Chromium ended with status {process.returncode} and printed nothing")
    return output


def _end(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
