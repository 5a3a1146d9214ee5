"""The hub: each batch of news is read and written down once, and goes to every open stream.

Streams that ask for the same thing are one group, whose message is put together once.
"""

import asyncio
import logging
from dataclasses import dataclass, field
from typing import Any

import shapely

from api import events
from api.events import Wish
from api.streams import Message, Stream, message
from geo.store import changes, cursors, live
from geo.store.changes import Log, News
from geo.store.cursors import BadCursor, Cursor
from geo.store.database import NO_DATABASE
from geo.store.watching import Connection

BEAT_S = 15.0
# How often streams that were behind are looked at.
LOOK_S = 1.0
# A client that lacks more had better read everything anew.
MOST_LACKING = 2_000

TOO_OLD = "the cursor is older than the log, or of another database: read everything anew"
TOO_MUCH = "too much has changed since: read everything anew"
BEHIND = "this client did not keep up: read everything anew"
AREAS_CHANGED = "the areas have changed: read everything anew"
ROWS_GONE = "changes were lost to this service: read everything anew"
UNTOLD = "a change could not be told: read everything anew"

log = logging.getLogger("luge")


@dataclass
class Group:
    """The streams that ask for the same thing; ``ground`` is that of the area they ask for."""

    ground: shapely.Geometry | None = None
    streams: set[Stream] = field(default_factory=set)

    def write(self, said: Message, number: int) -> None:
        """Writes to the streams that were there before the news of this number."""
        for stream in self.streams:
            if stream.first < number:
                stream.write(said)


class Hub:
    """All open streams of this process, and the log that they follow."""

    def __init__(self, log: Log) -> None:
        self.log = log
        log.hearing = True
        self.groups: dict[Wish, Group] = {}
        self.ending = asyncio.Event()

    def count(self) -> int:
        """How many streams are open."""
        return sum(len(group.streams) for group in self.groups.values())

    async def tell(self, conn: Connection) -> None:
        """Passes on what is new to every stream; it stays to be told where the database goes."""
        while self.log.news:
            news = self.log.news[0]
            try:
                await self._tell(conn, news)
            except NO_DATABASE:
                raise
            except Exception:  # one batch that cannot be told must not end all telling
                log.exception("changes could not be told")
                self._reset(list(self.groups.values()), UNTOLD, news.number)
            self.log.news.popleft()

    async def _tell(self, conn: Connection, news: News) -> None:
        if news.lost:
            self._reset(list(self.groups.values()), ROWS_GONE, news.number)
        if not news.rows.keys().isdisjoint(("areas", "compounds")):
            await self._renew_grounds(conn, news.number)
        for rights in {wish.rights for wish in self.groups}:
            found = await live.features(conn, self._asked(news, rights), rights)
            written = events.write(self.log.epoch, news, found)
            for wish, group in self.groups.items():
                if wish.rights == rights and (said := events.chosen(written, wish, group.ground)):
                    group.write(message(said), news.number)

    def _asked(self, news: News, rights: frozenset[str]) -> dict[str, changes.Rows]:
        """The rows that somebody with ``rights`` listens to."""
        asked = [wish.layers for wish in self.groups if wish.rights == rights]
        layers = frozenset[str]().union(*asked) if all(asked) else news.rows.keys()
        return {layer: rows for layer, rows in news.rows.items() if layer in layers}

    async def _renew_grounds(self, conn: Connection, number: int) -> None:
        """Who listens to an area whose ground is another now is told to read it anew."""
        for wish, group in [asked for asked in self.groups.items() if asked[0].area]:
            before = group.ground
            try:
                group.ground = await live.ground(conn, wish.area)
            except live.NoSuchArea:
                group.ground = shapely.Point()
            if group.ground != before:
                self._reset([group], AREAS_CHANGED, number)

    def _reset(self, groups: list[Group], why: str, number: int) -> None:
        said = message(events.event("reset", self._position(), {"why": why}))
        for group in groups:
            group.write(said, number)

    def _position(self) -> str:
        """The cursor of all that the log holds."""
        return cursors.write(self.log.epoch, Cursor(cursors.parse(self.log.snapshot or "0:1:")))

    async def join(self, pool: Any, wish: Wish, cursor: str, stream: Stream) -> None:
        """Lets ``stream`` in behind ``cursor`` (empty: from now on): no change lost, none twice.

        Raises what the database raises, and `live.NoSuchArea`.
        """
        asked = await self._read(pool, cursor)
        if wish not in self.groups:
            await self._open(pool, wish)
        # Nothing is awaited from here until it is in its group and what it lacks is known.
        group = self.groups[wish]
        stream.first = self.log.made
        group.streams.add(stream)
        position = self._position()
        lacking, why = self._lacking(asked) if cursor else ([], "")
        said = []
        for news in lacking:
            async with pool.connection() as conn:
                found = await live.features(conn, self._asked(news, wish.rights), wish.rights)
            written = events.write(self.log.epoch, news, found)
            said.append(events.chosen(written, wish, group.ground))
        name, what = ("reset", {"why": why}) if why else ("ready", {"resumed": bool(cursor)})
        stream.begin(message(b"".join(said) + events.event(name, position, what)))

    async def _open(self, pool: Any, wish: Wish) -> None:
        ground = None
        if wish.area:
            async with pool.connection() as conn:
                ground = await live.ground(conn, wish.area)
        self.groups.setdefault(wish, Group(ground))

    async def _read(self, pool: Any, cursor: str) -> Cursor | None:
        """The cursor, once the log has been read as far; None where it is of no use."""
        if self.log.snapshot is None:
            await self._catch_up(pool)
        try:
            asked = cursors.read(cursor, self.log.epoch)
        except BadCursor:
            return None
        if not self._reaches(asked):
            # Another process may be ahead of this one.
            await self._catch_up(pool)
        return asked if self._reaches(asked) else None

    async def _catch_up(self, pool: Any) -> None:
        async with pool.connection() as conn:
            await changes.catch_up(conn, self.log)

    def _reaches(self, asked: Cursor) -> bool:
        now = cursors.parse(self.log.snapshot or "0:1:")
        return cursors.covers(now, asked.next or asked.seen)

    def _lacking(self, asked: Cursor | None) -> tuple[list[News], str]:
        """What a client at a cursor lacks; or why it should rather read everything anew."""
        lacking = changes.since(self.log, asked) if asked else None
        if lacking is None:
            return [], TOO_OLD
        if sum(len(rows.seq) for news in lacking for rows in news.rows.values()) > MOST_LACKING:
            return [], TOO_MUCH
        return lacking, ""

    def leave(self, wish: Wish, stream: Stream) -> None:
        """The client is gone."""
        if group := self.groups.get(wish):
            group.streams.discard(stream)
            if not group.streams:
                del self.groups[wish]

    async def beat(self) -> None:
        """Gives every stream a sign of life, and those that were behind another chance."""
        beats = 0.0
        while True:
            await asyncio.sleep(LOOK_S)
            if self.log.news:
                continue  # the position is ahead of what was told
            beats += LOOK_S
            position = self._position()
            reset = message(events.event("reset", position, {"why": BEHIND}))
            mark = message(events.mark(position))
            for group in list(self.groups.values()):
                for stream in list(group.streams):
                    stream.look_again(reset)
                if beats >= BEAT_S:
                    group.write(mark, self.log.made + 1)
            beats = beats % BEAT_S
