"""Who may do what over HTTP today: the machine's own user writes, from the service's own pages.

There are no accounts yet. So routes that take data answer nobody from another machine, and no page
of another site that the user's browser has open. Such a page could also have its own name lead to
this machine (DNS rebinding) and count as ours; so the service answers to its own names only.
"""

from collections.abc import Callable
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import urlsplit

from fastapi import Depends, HTTPException, Request

from geo.store.settings import Settings

READING = ("GET", "HEAD")
FROM_ELSEWHERE = (
    "data are taken over HTTP only from the machine that Luge runs on, as long as there are no"
    " accounts; files can be taken elsewhere by `luge import`"
)
METRICS_ELSEWHERE = (
    "figures are told to the machine that Luge runs on only, and to the networks in"
    " LUGE_METRICS_FROM"
)
CROSS_SITE = "this request comes from a page of another site, so it was refused"


def host_rule(settings: Settings) -> Callable[[bytes | None], bool]:
    """Tells of a Host header whether the service goes by it.

    Names must be known; the addresses of a service that listens to other machines need not, as no
    address can be made to lead elsewhere.
    """
    names = {"localhost", _host_of(settings.host)} | {_host_of(name) for name in settings.hosts}
    public = not (settings.host == "localhost" or _is_local(settings.host))

    @lru_cache(maxsize=256)
    def knows(header: bytes | None) -> bool:
        if header is None:
            return False
        name = _host_of(header.decode("latin-1"))
        return name in names or (_is_address(name) if public else name != "" and _is_local(name))

    return knows


def may_read_metrics(request: Request) -> None:
    """Refuse (403) who is neither on this machine nor in LUGE_METRICS_FROM."""
    host = request.client.host if request.client else ""
    networks = request.app.state.settings.metrics_from
    known = _is_address(host) and any(ip_address(host) in network for network in networks)
    if not (known or _is_local(host)):
        raise HTTPException(403, METRICS_ELSEWHERE)


def only_from_here(request: Request) -> None:
    """Refuse (403) who is on another machine, and writes that a page of another site sends."""
    if not _is_local(request.client.host if request.client else ""):
        raise HTTPException(403, FROM_ELSEWHERE)
    if request.method not in READING and not _is_same_origin(request):
        raise HTTPException(403, CROSS_SITE)


Writing = Depends(only_from_here)
"""What routes depend on that take data."""


def _is_local(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == ""  # a Unix socket


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _host_of(header: str) -> str:
    """The host without its port, as names are compared."""
    if header.startswith("["):
        return header[1:].partition("]")[0]
    host = header.lower()
    if host.count(":") == 1:
        host = host.partition(":")[0]
    return host.rstrip(".")


def _is_same_origin(request: Request) -> bool:
    """Browsers say where a request comes from; programs say nothing, and are no danger."""
    if request.headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")
