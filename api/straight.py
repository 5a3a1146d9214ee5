"""Tiles without the framework: plain requests for them are read, drawn and answered here.

What is not plain (an address that is none, a query of more than the revision) goes the framework's
way, which says what is wrong with it or sorts it out.
"""

import re
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api import drawing, flights
from api.drawing import Asked, Order
from api.readers import reader
from api.shelf import OPERATION, Answer, Drawn, Shelf, target
from geo.layers import LAYERS
from geo.store import tiles
from geo.store.tiles import NoSuchTile, Tile

_PATH = re.compile(r"/tiles/([a-z_]+)/(\d{1,2})/(\d{1,8})/(\d{1,8})\.mvt").fullmatch
_REVISION = re.compile(rb"rev=([0-9a-f.]{1,80})").fullmatch
_EVERYTHING = Asked.model_construct()


class Straight:
    """Answers plain requests for tiles; lets everything else through to ``app``."""

    def __init__(self, app: ASGIApp, state: Any) -> None:
        self.app = app
        self.state = state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers from the shelf, or draws."""
        if scope["type"] != "http" or not scope["path"].startswith("/tiles/"):
            await self.app(scope, receive, send)
            return
        known, accepted = _read(scope)
        tile = self._on_shelf(scope)
        if tile is None:
            order = _order(scope, known)
            if order is None:
                await self.app(scope, receive, send)
                return
            scope["operation"] = OPERATION
            try:
                tile = await flights.unless_left(receive, drawing.draw(self.state, order))
            except Exception as error:
                await (await _problem(scope, error))(scope, receive, send)
                return
        scope["operation"] = OPERATION
        await _send(self.state.shelf.answer(tile, known, accepted), send)

    def _on_shelf(self, scope: Scope) -> Drawn | None:
        if scope["method"] != "GET":
            return None
        shelf: Shelf = self.state.shelf
        return shelf.fresh(target(scope["path"], scope["query_string"]))


def _read(scope: Scope) -> tuple[bytes, bytes]:
    """If-None-Match and Accept-Encoding, each as one list (RFC 9110)."""
    known, accepted = [], []
    for name, value in scope["headers"]:
        if name == b"if-none-match":
            known.append(value)
        elif name == b"accept-encoding":
            accepted.append(value)
    return b",".join(known), b",".join(accepted)


def _order(scope: Scope, known: bytes) -> Order | None:
    found, query = _PATH(scope["path"]), scope["query_string"]
    named = _REVISION(query)
    if found is None or scope["method"] != "GET" or (query and named is None):
        return None
    key, *numbers = found.groups()
    try:
        tile = tiles.check(Tile(*map(int, numbers)))
    except NoSuchTile:
        return None
    if key not in LAYERS:
        return None
    asked = Asked.model_construct(rev=named[1].decode()) if named else _EVERYTHING
    rights = reader(Request(scope)).rights
    return Order(target(scope["path"], query), LAYERS[key], tile, asked, rights, known)


async def _send(answer: Answer, send: Send) -> None:
    start = {"type": "http.response.start", "status": answer.status, "headers": answer.headers}
    await send(start)
    await send({"type": "http.response.body", "body": answer.body})


async def _problem(scope: Scope, error: Exception) -> Response:
    """As the framework answers this error; raises it anew where that is not foreseen."""
    handlers = scope["app"].exception_handlers
    for kind in type(error).__mro__:
        if kind in handlers and kind is not Exception:
            response: Response = await handlers[kind](Request(scope), error)
            return response
    raise error
