"""`GET /api/live`: every change as it happens, as server-sent events."""

from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Header, HTTPException, Query, Request, Response
from pydantic import BaseModel, Field
from starlette.types import Receive, Scope, Send

from api import events
from api.answers import told
from api.answers.live import LiveEvent
from api.asked import WHOLE
from api.events import WORDS, Wish
from api.hub import Hub
from api.readers import reader
from api.streams import Stream, pipe_of, until_gone
from geo.store import live
from geo.store.changes import Box
from geo.store.database import NO_DATABASE

router = APIRouter(tags=["live"])

# How long a client waits before it connects again, as the first line of the stream tells it.
CONNECT_AGAIN_MS = 1_000
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


class EventStream(Response):
    """Server-sent events; the contract tells what stands in the `data` of one."""

    media_type = "text/event-stream"


class Asked(BaseModel):
    """What a stream is to tell of; everything where nothing is said."""

    layers: str = Field("", max_length=400, description="keys of /api/layers, with commas between")
    area: str = Field(
        "", max_length=64, pattern=WHOLE, description="an area's code: changes on its ground"
    )
    box: str = Field("", max_length=200, description="west,south,east,north in degrees (WGS 84)")
    after: str = Field(
        "",
        max_length=8_000,
        pattern=r"^[\x20-\x7e]*$",  # a cursor's letters: longer in an address, no server reads it
        description="a cursor, for who cannot set headers",
    )


LastEventId = Annotated[str, Header(max_length=8_000, description="the id of the last event had")]


@router.get("/api/live", response_class=EventStream, responses=told(LiveEvent))
async def listen(
    request: Request, asked: Annotated[Asked, Query()], last_event_id: LastEventId = ""
) -> Response:
    """A stream of changes that begins behind the last event that the client had, or now."""
    wish = Wish(_layers(asked.layers), _box(asked.box), asked.area, reader(request).rights)
    if wish.area:
        # What is not there is refused before the stream begins. A browser that is refused does not
        # ask again; so while the database is away a stream begins, and ends.
        with suppress(*NO_DATABASE):
            async with request.app.state.tile_pool.connection() as conn:
                await live.ground(conn, wish.area)
    return _Open(request, wish, last_event_id or asked.after)


class _Open(EventStream):
    """A stream as long as the client stays."""

    def __init__(self, request: Request, wish: Wish, cursor: str) -> None:
        super().__init__(headers=HEADERS)
        del self.headers["content-length"]
        self.state, self.wish, self.cursor = request.app.state, wish, cursor

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        retry = b"retry: %d\n\n" % CONNECT_AGAIN_MS
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": retry, "more_body": True})
        hub: Hub = self.state.hub
        stream = Stream(pipe_of(scope, send))
        try:
            await hub.join(self.state.tile_pool, self.wish, self.cursor, stream)
            await until_gone(receive, stream.pipe, hub.ending)
        except (live.NoSuchArea, *NO_DATABASE):
            pass  # the stream ends, and the client connects again with what it had
        finally:
            hub.leave(self.wish, stream)
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def _layers(text: str) -> frozenset[str]:
    asked = frozenset(word.strip() for word in text.split(",") if word.strip())
    if unknown := sorted(asked.difference(WORDS)):
        raise HTTPException(
            400, f"there is no layer {', '.join(unknown)}; there are {', '.join(WORDS)}"
        )
    return asked


def _box(text: str) -> Box | None:
    if not text:
        return None
    try:
        west, south, east, north = map(float, text.split(","))
    except ValueError:
        raise HTTPException(400, f"{text!r} is no box: write west,south,east,north") from None
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise HTTPException(400, f"{text!r} is no box: degrees, west before east, south first")
    return events.box_of(west, south, east, north)
