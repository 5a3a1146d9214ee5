"""Changes as server-sent events: what each says, and who asked for it."""

import math
from collections.abc import Iterable
from typing import Any, NamedTuple

import orjson
import shapely

from geo.layers import LAYERS
from geo.store import cursors
from geo.store.changes import COMMON, Box, News, Rows
from geo.store.cursors import Cursor
from geo.store.live import Feature, Features
from geo.store.tiles import MERCATOR_HALF_M

# What can be listened to: layers, and values they are coloured by.
WORDS = (*LAYERS, "metrics")
MANY = -1


class Wish(NamedTuple):
    """What a stream is about: ``layers`` (none: all) within ``box`` and ``area`` (a code).

    The box is in metres of EPSG:3857.
    """

    layers: frozenset[str] = frozenset()
    box: Box | None = None
    area: str = ""
    rights: frozenset[str] = frozenset()


class Event(NamedTuple):
    """One change, written down, and what tells whether somebody asked for it."""

    layer: str
    box: Box
    text: bytes


def write(epoch: str, news: News, features: Features) -> list[Event]:
    """The events of ``news`` in the order of the log, each with the cursor behind it as id."""
    rows = sorted(row for layer, some in news.rows.items() for row in _rows(layer, some))
    if not rows:
        return []
    seen, after = cursors.parse(news.before), cursors.parse(news.after)
    events = []
    for seq, layer, op, feature, box in rows:
        said = _say(seq, layer, op, box)
        if feature != MANY:
            said["id"] = feature
            said |= _of(features.get((layer, feature)))
        name = "many" if feature == MANY else "change"
        cursor = Cursor(after) if seq == rows[-1][0] else Cursor(seen, after, seq)
        text = event(name, cursors.write(epoch, cursor), said)
        events.append(Event(layer, box, text))
    return events


def _rows(layer: str, rows: Rows) -> Iterable[tuple[int, str, str, int, Box]]:
    for seq, op, feature, box in zip(
        rows.seq.tolist(), rows.op.tolist(), rows.feature.tolist(), rows.box.tolist(), strict=True
    ):
        yield seq, layer, op, feature, tuple(box)


def _say(seq: int, layer: str, op: str, box: Box) -> dict[str, Any]:
    said: dict[str, Any] = {"seq": seq, "layer": layer, "op": op, "box": None}
    if math.isfinite(box[0]):
        said["box"] = [*_degrees(box[0], box[1]), *_degrees(box[2], box[3])]
    return said


def _of(feature: Feature | None) -> dict[str, Any]:
    """The place and attributes of a point; nothing of what is gone or is no point."""
    if feature is None:
        return {}
    attributes = {k: v for k, v in feature.items() if k not in ("id", "lon", "lat")}
    return {"lon": feature["lon"], "lat": feature["lat"], "feature": attributes}


def event(name: str, id_: str, said: object) -> bytes:
    """One event in the format of text/event-stream."""
    return b"event: %b\nid: %b\ndata: %b\n\n" % (name.encode(), id_.encode(), orjson.dumps(said))


def mark(id_: str) -> bytes:
    """Moves the client's last event id on without an event; a sign of life as well."""
    return b"id: %b\n\n" % id_.encode()


def chosen(events: list[Event], wish: Wish, ground: shapely.Geometry | None) -> bytes:
    """The events that ``wish`` asks for, one after the other.

    An area is asked by its ground: a change counts where its box touches it. So what left the
    area, or is gone, is told too, and a point on a border belongs to both sides.
    """
    return b"".join(e.text for e in events if _is_asked(e, wish, ground))


def _is_asked(event: Event, wish: Wish, ground: shapely.Geometry | None) -> bool:
    if event.layer in COMMON:
        return True
    if wish.layers and event.layer not in wish.layers:
        return False
    west, south, east, north = event.box
    if wish.box is not None:
        box = wish.box
        if west > box[2] or east < box[0] or south > box[3] or north < box[1]:
            return False
    if ground is None or not math.isfinite(west):
        return True
    shape = (
        shapely.Point(west, south) if (west, south) == (east, north) else shapely.box(*event.box)
    )
    return bool(ground.intersects(shape))


def box_of(west: float, south: float, east: float, north: float) -> Box:
    """A box of degrees in metres of EPSG:3857; latitudes are cut at its edge."""
    return (*_metres(west, south), *_metres(east, north))


def _metres(lon: float, lat: float) -> tuple[float, float]:
    lat = min(max(lat, -85.06), 85.06)
    y = math.asinh(math.tan(math.radians(lat))) / math.pi
    return lon / 180 * MERCATOR_HALF_M, y * MERCATOR_HALF_M


def _degrees(x: float, y: float) -> tuple[float, float]:
    lat = math.degrees(math.atan(math.sinh(y / MERCATOR_HALF_M * math.pi)))
    return round(x / MERCATOR_HALF_M * 180, 7), round(lat, 7)
