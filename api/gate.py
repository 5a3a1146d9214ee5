"""The gate that every request passes: it may come in, gets its id and headers, and is counted.

What goes wrong further in and was not foreseen is answered here too, so that no response leaves
without its headers, its line in the log and its place in the figures.
"""

import asyncio
import logging
import re
import secrets
from collections.abc import Callable
from itertools import count
from time import perf_counter, time

from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import packing
from api.flights import Left
from api.logs import REQUEST_ID
from api.problems import Problem, unexpected
from api.tally import Over, Tally
from geo.store.settings import Settings

log = logging.getLogger("luge")

# What a proxy or another system may call a request; anything else could forge lines of a log.
WELL_FORMED = re.compile(rb"[A-Za-z0-9._-]{1,64}").fullmatch
# Answered without the database: figures, the contract, and the page, which tells what is missing.
NEEDS_NO_DATABASE = frozenset(
    (
        "/healthz",
        "/readyz",
        "/metrics",
        "/api/openapi.json",
        "/",
        "/import",
        "/operations",
        "/wall",
        "/my",
        "/my-worker.js",
        "/shares",
        "/plans",
        "/wall",
        "/coverage",
    )
)
# While the database is away only: a browser that is refused a stream does not ask again.
OUTLIVES_DATABASE = "/api/live"
FILES = "/assets/"
# In place of an operation: turned away at the gate; no such route.
REFUSED, UNMATCHED = "refused", "unmatched"
STOPPING = "the service is being stopped, and this took too long; ask again"
# An id of ours: of this process, of this request.
_run, _number = secrets.token_hex(4).encode(), count()

Pairs = list[tuple[bytes, bytes]]


class Gate:
    """Outermost of what we put around the routes."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        settings: Settings,
        headers: dict[str, str],
        knows: Callable[[bytes | None], bool],
        tally: Tally,
    ) -> None:
        self.app = app
        self.log_clients = settings.log_clients
        self.headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        self.names = {name for name, _ in self.headers} | {b"x-request-id"}
        self.knows = knows
        self.tally = tally

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request through, or refuse it, and tell of it when it is over."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        host, id_, weighed = _read(scope["headers"])
        if weighed:
            scope["headers"] = packing.settled(scope["headers"])
        REQUEST_ID.set(id_.decode())
        ours = [*self.headers, (b"x-request-id", id_)]
        status = sent = 0

        async def send_on(message: Message) -> None:
            nonlocal status, sent
            if message["type"] == "http.response.start":
                status = message["status"]
                theirs = [pair for pair in message["headers"] if pair[0] not in self.names]
                message["headers"] = theirs + ours
            else:
                sent += len(message.get("body", b""))
            await send(message)

        began = perf_counter()
        self.tally.in_flight += 1
        try:
            answer = self._refusal(scope, host) or self.app
            await answer(scope, receive, send_on)
        except (ClientDisconnect, Left):
            pass  # nobody is there to answer
        except asyncio.CancelledError:  # the service stops, and has waited long enough
            if not status:
                await Problem(503, STOPPING)(scope, receive, send_on)
        except Exception:
            log.exception("%s failed", operation(scope))
            if not status:
                await unexpected()(scope, receive, send_on)
        finally:
            self.tally.in_flight -= 1
            self._note(scope, (status, perf_counter() - began, sent))

    def _note(self, scope: Scope, came_of_it: tuple[int, float, int]) -> None:
        client = self.log_clients and scope.get("client")
        asked = (REQUEST_ID.get(), operation(scope), scope["method"])
        self.tally.note(Over(time(), *asked, *came_of_it, client[0] if client else None))

    def _refusal(self, scope: Scope, host: bytes | None) -> Problem | None:
        if not self.knows(host):
            scope["operation"] = REFUSED
            return Problem(421, unknown_host(host))
        path = scope["path"]
        if path in NEEDS_NO_DATABASE or path.startswith(FILES):
            return None
        watch = getattr(scope["app"].state, "readiness", None)
        fault = watch.fault() if watch else None
        if not fault or fault.missing == "district":  # routes tell that themselves
            return None
        if path == OUTLIVES_DATABASE and fault.missing == "database":
            return None
        scope["operation"] = REFUSED
        return Problem(503, fault.detail, missing=fault.missing)


def operation(scope: Scope) -> str:
    """What a request asks for, by the name that OpenAPI calls it; never its path."""
    told: str | None = scope.get("operation")
    if told:
        return told
    route = scope.get("route")
    if route is not None:
        return name_of(route)
    endpoint = scope.get("endpoint")
    if endpoint is None:
        return UNMATCHED
    return str(getattr(endpoint, "__name__", type(endpoint).__name__)).strip("_").lower()


def name_of(route: APIRoute) -> str:
    """One name of a route for OpenAPI, the log and the figures: places_search, imports_run."""
    return "_".join([*map(str, route.tags[:1]), route.name])


def unknown_host(host: bytes | None) -> str:
    """What to do about a name that the service is not known to go by."""
    if host is None:
        return "the request names no host"
    name = host.decode("latin-1")[:100]
    return f"{name} is no name of this service; if it should be, put it into LUGE_HOSTS"


def _read(headers: Pairs) -> tuple[bytes | None, bytes, bool]:
    """The host that a request names (none where it names several), its id, and whether its
    Accept-Encoding is more than a list of words."""
    hosts, id_, weighed = [], b"", False
    for name, value in headers:
        if name == b"host":
            hosts.append(value)
        elif name == b"x-request-id" and WELL_FORMED(value):
            id_ = value
        elif name == packing.NAME:
            weighed |= b";" in value or b"*" in value
    return hosts[0] if len(hosts) == 1 else None, id_ or new_id(), weighed


def new_id() -> bytes:
    """An id for a request that came without one."""
    return b"%s%08x" % (_run, next(_number))
