"""Drafts of shares: booked, computed, read, filled, applied as duties, or discarded.

A draft is a row from the moment that it is asked for. Whoever computes it says there how far it
is; one that has given no sign for long was broken off.
"""

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd
import psycopg
from psycopg.types.json import Jsonb

from geo.progress import Say, silence
from geo.store import shares
from geo.store.computing import Begin, Books, carry_out, fail_silent
from geo.store.database import read_setting, rows
from geo.store.queries import load
from geo.store.shares import Asked, Found
from geo.store.staging import copy_rows

if TYPE_CHECKING:
    from geo.shares import Proposal

QUERIES = load("drafts")
BOOKS = Books("draft", QUERIES)

MOST_DRAFTS = 50
BEATS = 48  # about so often a draft tells how far it is
FIGURES = ["metres", "doors", "cases", "load", "stretches", "pieces"]

Told = dict[str, Any]


class NoSuchDraft(ValueError):
    """There is no draft of this number."""


class NotReady(ValueError):
    """The draft is still computed, or has failed, been applied or discarded."""


class DayPassed(ValueError):
    """The day from which duties were to hold lies in the past."""


class VacantPost(ValueError):
    """A post of the draft has no chief yet."""


class PostTaken(ValueError):
    """The post has a chief, or the chief has a post."""


class DutiesChanged(ValueError):
    """Duties, or the network, are not those any more that the draft was made on."""


class Applied(NamedTuple):
    """What came of it: duties that ended, began and stayed; metres of side before and after."""

    ended: int
    begun: int
    stayed: int
    metres_before: float
    metres_after: float


def make(conn: psycopg.Connection, asked: Asked, day: date, seed: int) -> int:
    """Books a draft that is to be computed; returns its number. Raises `DayPassed`."""
    _not_passed(conn, day)
    given = {"role": asked.role, "day": day, "wishes": Jsonb(asked._asdict()), "seed": seed}
    row = conn.execute(QUERIES["make"], given).fetchone()
    assert row is not None  # noqa: S101 - an insert gives its row
    return int(row[0])


def next_month(conn: psycopg.Connection) -> date:
    """The first day of next month in the district: when shares usually change hands."""
    today = date.fromisoformat(read_setting(conn).today())
    return (today.replace(day=28) + timedelta(days=4)).replace(day=1)


def compute(begin: Begin, id_: int, say: Say = silence) -> None:
    """Computes a booked draft; ``begin`` opens a transaction. A failure is written down."""

    def work(beat: Say, stopped: Callable[[], bool]) -> None:
        with begin() as conn:
            found, seed, wishes = _read(conn, id_)
        made = shares.propose(found, wishes, seed, beat, stopped)
        with begin() as conn:
            _write(conn, id_, found, made)

    carry_out(BOOKS, begin, id_, work, say, BEATS)


def _read(conn: psycopg.Connection, id_: int) -> tuple[Found, int, Any]:
    """What a draft is made of, its seed and its wishes; the duties are noted as they stand."""
    draft = _find(conn, id_)
    asked = _asked(draft["wishes"])
    conn.execute(QUERIES["still"])
    found = shares.read(conn, asked, draft["valid_from"])
    conn.execute(QUERIES["put_duties"], {"id": id_, "duties": found.duties["id"].tolist()})
    return found, draft["seed"], shares.wishes_of(conn, found, asked)


def _asked(wishes: Told) -> Asked:
    given: Told = {k: tuple(v) if isinstance(v, list) else v for k, v in wishes.items()}
    return Asked(**given)


def _write(conn: psycopg.Connection, id_: int, found: Found, made: "Proposal") -> None:
    posts = ([id_, post, made.posts[post], *map(float, values[:4]), *map(int, values[4:])]
             for post, *values in made.after[FIGURES].itertuples())  # fmt: skip
    copy_rows(conn, QUERIES["put_posts"], posts)
    ids = found.stretches["id"].tolist()
    pairs = zip(ids, made.post.tolist(), strict=True)
    copy_rows(conn, QUERIES["put_stretches"], ((id_, *pair) for pair in pairs))
    figures = {
        "before": made.spread[0]._asdict(), "after": made.spread[1]._asdict(),
        "stretches": len(ids), "metres": float(found.sides["metres"].sum()),
        "changed": made.changed, "changed_m": made.changed_m,
        "finished": made.finished, "weeks": found.weeks, "rules": made.rules._asdict(),
        "gaps": [gap._asdict() | {"roads": _roads(found, gap.stretches)} for gap in made.gaps],
        "chiefs": _records(made.before),
    }  # fmt: skip
    conn.execute(QUERIES["finish"], {"id": id_, "figures": Jsonb(figures)})


def _records(before: pd.DataFrame) -> list[Told]:
    frame = before[FIGURES].astype(float).reset_index(names="id")
    whole = {"id": int, "stretches": int, "pieces": int}
    records: list[Told] = frame.astype(whole).to_dict("records")
    return records


def _roads(found: Found, stretches: tuple[int, ...]) -> list[str | None]:
    """The road of each stretch; None for one without a name."""
    names = found.stretches.set_index("id")["road"]
    return [None if pd.isna(names[id_]) else str(names[id_]) for id_ in stretches]


def listed(conn: psycopg.Connection) -> list[Told]:
    """The newest drafts, in short, newest first."""
    fail_silent(conn, BOOKS)
    return rows(conn, QUERIES["page"], {"limit": MOST_DRAFTS})


def read(conn: psycopg.Connection, id_: int) -> Told:
    """A draft: how far it is, or its figures, with who has what and who would (``posts``).

    Raises `NoSuchDraft`.
    """
    fail_silent(conn, BOOKS)
    draft = _find(conn, id_)
    draft["posts"] = rows(conn, QUERIES["posts"], {"id": id_})
    figures = draft["figures"] or {}
    names = {row["id"]: row for row in rows(conn, shares.QUERIES["chiefs"])}
    draft["chiefs"] = [names.get(row["id"], {}) | row for row in figures.pop("chiefs", [])]
    return draft


def lines(conn: psycopg.Connection, id_: int) -> list[Told]:
    """The stretches of a draft: id, road, length_m, chief (id of who has most), post, geometry."""
    _find(conn, id_)
    return rows(conn, QUERIES["map"], {"id": id_})


def stop(conn: psycopg.Connection, id_: int) -> None:
    """Has a draft under way end with the best so far; raises `NoSuchDraft`, `NotReady`."""
    if conn.execute(QUERIES["stop"], {"id": id_}).fetchone() is None:
        raise NotReady(f"draft {id_} is {_find(conn, id_)['status']}, so there is nothing to stop")


def fill(conn: psycopg.Connection, id_: int, post: int, chief: str) -> None:
    """Gives a vacant post to the chief of a code.

    Raises `NoSuchDraft`, `NotReady`, `PostTaken`, `geo.store.shares.UnknownChief`.
    """
    _ready(conn, id_)
    if conn.execute(QUERIES["chief"], {"chief": chief}).fetchone() is None:
        raise shares.UnknownChief(f"there is no chief {chief!r}")
    given = {"id": id_, "post": post, "chief": chief}
    if taken := conn.execute(QUERIES["taken"], given).fetchone():
        raise PostTaken(f"chief {chief} has post {taken[0]} of draft {id_} already")
    if conn.execute(QUERIES["fill"], given).fetchone() is None:
        raise PostTaken(f"draft {id_} has no vacant post {post}")


def discard(conn: psycopg.Connection, id_: int) -> None:
    """Puts a draft aside; it can be read, but not applied. Raises `NoSuchDraft`, `NotReady`."""
    if _find(conn, id_)["status"] == "failed":
        return
    _ready(conn, id_)
    conn.execute(QUERIES["discard"], {"id": id_})


def apply(conn: psycopg.Connection, id_: int) -> Applied:
    """Makes a draft's shares duties from its day on; all in the caller's transaction.

    Who keeps a whole side keeps his duty as it is. Raises `NoSuchDraft`, `NotReady`, `DayPassed`,
    `VacantPost`, and `DutiesChanged` where duties of that role are others than it was made on.
    """
    draft = _ready(conn, id_)
    _not_passed(conn, draft["valid_from"])
    given = {"id": id_, "role": draft["role"], "day": draft["valid_from"]}
    _all_filled(conn, given)
    conn.execute(QUERIES["hold"])
    _unchanged(conn, given)
    before = _metres(conn, given)
    row = conn.execute(QUERIES["apply"], given).fetchone()
    assert row is not None  # noqa: S101 - an aggregate gives a row
    names = ("segments", "sides", "chiefs", "lengths")
    fresh = dict(zip(names, (column or [] for column in row[:4]), strict=True))
    begun = conn.execute(QUERIES["begin"], given | fresh).rowcount
    conn.execute(QUERIES["applied"], given)
    return Applied(row[4], begun, row[5], before, _metres(conn, given))


def _all_filled(conn: psycopg.Connection, given: Told) -> None:
    for post in rows(conn, QUERIES["posts"], given):
        if post["chief_id"] is None:
            name = f"post {post['post']} of draft {given['id']}"
            raise VacantPost(f"{name} has no chief yet: name one")


def _unchanged(conn: psycopg.Connection, given: Told) -> None:
    """Raises `DutiesChanged`."""
    if gone := conn.execute(QUERIES["missing"], given).fetchall():
        raise DutiesChanged(
            f"the road network has changed since draft {given['id']} was made: {len(gone)} of its"
            " stretches are no more; make it anew"
        )
    roads = [name for (name,) in conn.execute(QUERIES["differing"], given)]
    if roads:
        more = f" and {len(roads) - 3} more" if len(roads) > 3 else ""
        raise DutiesChanged(
            f"duties have changed since draft {given['id']} was made, on {', '.join(roads[:3])}"
            f"{more}; nothing was written: make it anew"
        )


def _metres(conn: psycopg.Connection, given: Told) -> float:
    row = conn.execute(QUERIES["metres"], given).fetchone()
    return float(row[0]) if row else 0.0


def _ready(conn: psycopg.Connection, id_: int) -> Told:
    draft = _find(conn, id_, "lock")
    if draft["status"] != "ready":
        raise NotReady(f"draft {id_} is {draft['status']}; only one that is ready can be changed")
    return draft


def _find(conn: psycopg.Connection, id_: int, query: str = "find") -> Told:
    found = rows(conn, QUERIES[query], {"id": id_})
    if not found:
        raise NoSuchDraft(f"there is no draft {id_}")
    return found[0]


def _not_passed(conn: psycopg.Connection, day: date) -> None:
    today = read_setting(conn).today()
    if day.isoformat() < today:
        raise DayPassed(f"{day} has passed, and what was stays as it was: choose {today} or later")
