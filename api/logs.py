"""The service's log on stderr: a JSON object a line for programs, or short lines for a terminal.

Lines that belong to a request carry its id. No line holds a query string, which may name people and
places, nor the address of a client unless LUGE_LOG_CLIENTS asks for it.
"""

import logging
import os
import sys
from collections.abc import Iterable
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Literal

import orjson

Look = Literal["json", "text"]

REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")

# Of these, steps are told too; of libraries, only what went wrong.
OURS = "luge"
REQUESTS = "luge.request"
# Pieces of a pipe that no other process can write into.
WHOLE_BYTES = 4096

_look: Look | None = None


def begin(look: Look | None) -> None:
    """Let this process log to stderr; with no ``look`` as a terminal wants it, or a program."""
    global _look
    _look = look or ("text" if sys.stderr.isatty() else "json")
    handler = logging.StreamHandler()
    handler.setFormatter(Json() if _look == "json" else Text())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger(OURS).setLevel(logging.INFO)
    logging.captureWarnings(True)


def begun() -> bool:
    """Whether this process logs at all."""
    return _look is not None


def write(requests: list[dict[str, Any]]) -> None:
    """A line for each request, in a log that was begun."""
    line = _request_json if _look == "json" else _request_text
    for piece in _pieces(map(line, requests)):
        os.write(sys.stderr.fileno(), piece)


def _pieces(lines: Iterable[bytes]) -> Iterable[bytes]:
    """Whole lines, as many at once as stay together."""
    piece = b""
    for line in lines:
        if len(piece) + len(line) > WHOLE_BYTES:
            yield piece
            piece = b""
        piece += line
    if piece:
        yield piece


def _request_json(request: dict[str, Any]) -> bytes:
    common = {"time": _time(request["time"]), "level": request["level"], "logger": REQUESTS}
    return orjson.dumps(
        common | {"process": os.getpid()} | {k: v for k, v in request.items() if k not in common},
        option=orjson.OPT_APPEND_NEWLINE,
    )


def _request_text(request: dict[str, Any]) -> bytes:
    clock = datetime.fromtimestamp(request["time"]).strftime("%H:%M:%S")  # as a terminal's clock
    words = "{method} {operation} {status}, {ms} ms, {bytes} bytes [{request_id}]"
    return f"{clock} {words.format_map(request)}\n".encode()


class Json(logging.Formatter):
    """One line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        line: dict[str, object] = {
            "time": _time(record.created),
            "level": record.levelname.lower(),
            "logger": record.name,
            "process": record.process,
            "message": record.getMessage(),
        }
        if id_ := REQUEST_ID.get():
            line["request_id"] = id_
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return orjson.dumps(line).decode()


class Text(logging.Formatter):
    """A line to read; one of a request ends with its id."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(message)s", "%H:%M:%S")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 (logging's name)
        """The time, the level unless it is an ordinary one, and what is said."""
        line = super().formatMessage(record)
        if record.levelno >= logging.WARNING:
            line = f"{line[:8]} {record.levelname}{line[8:]}"
        return f"{line} [{id_}]" if (id_ := REQUEST_ID.get()) else line


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
