"""Routes that refuse as OGC API wants it: what FastAPI would answer with 422 is 400 or 404 here."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute

from api.ogc.faults import BadParameter, NoSuchCollection

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class CheckedRoute(APIRoute):
    """Takes each query parameter once, knows all of them, and says what is wrong by 400 or 404."""

    def get_route_handler(self) -> Handler:
        """FastAPI's own handler, its validation errors told as OGC API asks."""
        handle = super().get_route_handler()

        async def checked(request: Request) -> Response:
            _refuse_doubles(request)
            try:
                return await handle(request)
            except RequestValidationError as error:
                raise _told(error) from None

        return checked


def _refuse_doubles(request: Request) -> None:
    names = [name for name, _ in request.query_params.multi_items()]
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise BadParameter(f"{', '.join(doubled)}: each parameter may be given once")


def _told(error: RequestValidationError) -> ValueError:
    faults = [(fault["loc"][0], str(fault["loc"][-1]), fault) for fault in error.errors()]
    place, name, fault = min(faults, key=lambda it: it[0] != "path")
    if place == "path" and not name.startswith("tile"):
        return NoSuchCollection(f"there is nothing at this address: {name} {fault['msg'].lower()}")
    if fault["type"] == "extra_forbidden":
        return BadParameter(f"there is no query parameter {name!r} here")
    return BadParameter(f"{name}: {fault['msg']}")
