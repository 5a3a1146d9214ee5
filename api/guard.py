"""Who may write over HTTP today: the machine's own user, from the service's own pages.

There are no accounts yet. So routes that take data answer nobody from another machine, and no page
of another site that the user's browser has open.
"""

from ipaddress import ip_address
from urllib.parse import urlsplit

from fastapi import HTTPException, Request

READING = ("GET", "HEAD")
FROM_ELSEWHERE = (
    "data are taken over HTTP only from the machine that Luge runs on, as long as there are no"
    " accounts; files can be taken elsewhere by `luge import`"
)
CROSS_SITE = "this request comes from a page of another site, so it was refused"


def only_from_here(request: Request) -> None:
    """Refuse (403) who is on another machine, and writes that a page of another site sends."""
    if not _is_local(request.client.host if request.client else ""):
        raise HTTPException(403, FROM_ELSEWHERE)
    if request.method not in READING and not _is_same_origin(request):
        raise HTTPException(403, CROSS_SITE)


def _is_local(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == ""  # a Unix socket


def _is_same_origin(request: Request) -> bool:
    """Browsers say where a request comes from; programs say nothing, and are no danger."""
    if request.headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")
