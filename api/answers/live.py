"""What the events of the live stream say in their `data`."""

from typing import Literal, NotRequired

from typing_extensions import TypedDict

from api.answers import Bounds, exact


@exact
class LiveChange(TypedDict):
    """The event `change`, or `many` where a whole layer changed and no `id` is told. `box` is null
    where nothing of the place is known; place and attributes are told of points.
    """

    seq: int
    layer: str
    op: Literal["insert", "update", "delete"]
    id: NotRequired[int]
    box: Bounds | None
    lon: NotRequired[float]
    lat: NotRequired[float]
    feature: NotRequired[dict[str, str | float | bool | None]]


@exact
class LiveReady(TypedDict):
    """The event `ready`: the stream has begun, or goes on where the client was."""

    resumed: bool


@exact
class LiveReset(TypedDict):
    """The event `reset`: what came between is not known; read everything again."""

    why: str


LiveEvent = LiveChange | LiveReady | LiveReset
