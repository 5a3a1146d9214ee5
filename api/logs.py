"""The service's log on stderr: a JSON object a line for programs, or short lines for a terminal.

Lines that belong to a request carry its id. No line holds a query string, which may name people and
places, nor the address of a client unless LUGE_LOG_CLIENTS asks for it.
"""

import logging
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Literal

import orjson

REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")

# Of these, steps are told too; of libraries, only what went wrong.
OURS = "luge"


def begin(look: Literal["json", "text"] | None) -> None:
    """Let this process log to stderr; with no ``look`` as a terminal wants it, or a program."""
    look = look or ("text" if sys.stderr.isatty() else "json")
    handler = logging.StreamHandler()
    handler.setFormatter(Json() if look == "json" else Text())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger(OURS).setLevel(logging.INFO)
    logging.captureWarnings(True)


class Json(logging.Formatter):
    """One line of JSON; the members of ``fields`` (given as extra) stand beside the common ones."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        line: dict[str, object] = {
            "time": _time(record.created),
            "level": record.levelname.lower(),
            "logger": record.name,
            "process": record.process,
        }
        if id_ := REQUEST_ID.get():
            line["request_id"] = id_
        fields: dict[str, object] | None = getattr(record, "fields", None)
        if fields is None:
            line["message"] = record.getMessage()
        else:
            line |= fields
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return orjson.dumps(line, default=str).decode()


class Text(logging.Formatter):
    """A line to read; a request's ends with its id."""

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
