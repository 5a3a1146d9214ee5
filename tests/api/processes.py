"""The service as a process of its own, and clients of its stream of changes."""

import http.client
import json
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager, suppress

PATIENCE_S = 120  # a busy machine starts a process slowly

SERVE = """
import sys, uvicorn
from api.app import create_app
from geo.store.settings import Settings
app = create_app(Settings(database_url=sys.argv[1]))
uvicorn.run(app, port=int(sys.argv[2]), log_level="error", timeout_graceful_shutdown=1)
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def service(url, port=None):
    """The port of a service process on the database at ``url``."""
    port = port or free_port()
    process = subprocess.Popen([sys.executable, "-c", SERVE, url, str(port)])
    try:
        until(lambda: answers(port), "the service does not start")
        yield port
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


def answers(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def until(holds, otherwise="it never came to be"):
    end = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end, otherwise
        time.sleep(0.02)


class Listener:
    """A client as a browser is one: it connects again with the id of the last event it had."""

    def __init__(self, port, query="", cursor=""):
        self.port, self.query, self.cursor = port, query, cursor
        self.events, self.connections, self.answers = [], 0, []
        self.closing = threading.Event()
        self.socket = None
        self.thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self.thread.start()
        until(lambda: any(name in ("ready", "reset") for name, _ in list(self.events)))
        return self

    def __exit__(self, *_):
        self.closing.set()
        self.break_off()
        self.thread.join(PATIENCE_S)
        # A browser that is answered anything else does not ask again.
        assert set(self.answers) == {(200, "text/event-stream; charset=utf-8")}

    def break_off(self):
        """Loses the connection in the middle of whatever it is at."""
        if self.socket is not None:
            with suppress(OSError):
                self.socket.shutdown(socket.SHUT_RDWR)

    def heard(self, name="change"):
        """The data of the events of a name."""
        return [data for kind, data in list(self.events) if kind == name]

    def addresses(self):
        """What the points heard of are marked with."""
        return [data["feature"]["address"] for data in self.heard() if "feature" in data]

    def _run(self):
        while not self.closing.is_set():
            with suppress(OSError, http.client.HTTPException, ValueError):
                self._listen()
            time.sleep(0.05)

    def _listen(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        with closing(connection):
            connection.connect()
            with connection.sock as self.socket:
                self._read(connection)

    def _read(self, connection):
        headers = {"Last-Event-ID": self.cursor} if self.cursor else {}
        connection.request("GET", f"/api/live?{self.query}", headers=headers)
        with connection.getresponse() as response:
            self._follow(response)

    def _follow(self, response):
        self.answers.append((response.status, response.headers["content-type"]))
        self.connections += 1
        event = {}
        while line := response.readline():
            text = line.decode().rstrip("\n")
            if text:
                name, _, value = text.partition(": ")
                event[name] = value
            else:
                self._take(event)
                event = {}

    def _take(self, event):
        self.cursor = event.get("id", self.cursor)
        if "data" in event:
            self.events.append((event["event"], json.loads(event["data"])))
