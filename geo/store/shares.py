"""What chiefs share, read: stretches, duties and what lies along them; and proposals made of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import psycopg

from geo.progress import Say
from geo.store.queries import load
from geo.store.staging import or_none, read_table

if TYPE_CHECKING:  # the engine is compiled: who only reads drafts does not wait for it
    from geo.shares import Proposal, Wishes

QUERIES = load("shares")

ROLES = ("second", "first", "general")
YEAR = timedelta(days=365)
LEAST_WEEKS = 4.0
NOBODY = -1


class NothingToShare(ValueError):
    """Nobody has a stretch in this role on that day."""


class UnknownLock(ValueError):
    """What is to be locked is neither a chief, a road nor a stretch."""


class UnknownChief(ValueError):
    """There is no chief of this code."""


class PlannedLater(ValueError):
    """Duties that begin after the day are already written down for these stretches."""


class Asked(NamedTuple):
    """What a person asks for; ``locks`` and the two lists of chiefs as they are written.

    ``chiefs``: how many; ``added`` and ``without``: codes. ``locks``: codes of chiefs, names of
    roads, numbers of stretches. ``area``: code of an area; ``everywhere``: also stretches that
    nobody has.
    """

    role: str = "second"
    chiefs: int | None = None
    added: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    locks: tuple[str, ...] = ()
    tolerance: float = 0.05
    area: str | None = None
    everywhere: bool = False


class Found(NamedTuple):
    """Stretches with who has which parts of their sides, and the duties that say so.

    ``stretches``: id, from_node, to_node, length_m, road, x, y. ``sides``: as `geo.shares.propose`
    takes them, with cases of a year. ``weeks``: of how many weeks the cases are.
    """

    stretches: pd.DataFrame
    sides: pd.DataFrame
    duties: pd.DataFrame
    weeks: float


def read(conn: psycopg.Connection, asked: Asked, day: date) -> Found:
    """What there is to share on ``day``; raises `NothingToShare`, `PlannedLater`."""
    given = {"role": asked.role, "day": day, "area": asked.area, "everywhere": asked.everywhere}
    stretches = read_table(conn, QUERIES["stretches"], given)
    if stretches.empty:
        raise NothingToShare(
            f"no road or lane{f' in {asked.area}' * (asked.area is not None)} has a chief of the"
            f" role {asked.role} on {day}"
        )
    ids = {"segments": stretches["id"].tolist()}
    duties = read_table(conn, QUERIES["duties"], given | ids)
    later = duties[duties["valid_from"] > day]
    if len(later):
        roads = _roads(conn, later["segment_id"])
        raise PlannedLater(
            f"duties that begin after {day} are written down already for {roads}; choose a day"
            f" from {later['valid_from'].max()} on"
        )
    first, last = _span(conn)
    since = max(first, last - YEAR)
    shops = read_table(conn, QUERIES["shops"], ids)
    cases = read_table(conn, QUERIES["cases"], ids | {"since": since, "until": last})
    weeks = max((last - since) / timedelta(days=7), LEAST_WEEKS)
    return Found(stretches, _sides(stretches, duties, shops, cases), duties, weeks)


def propose(
    found: Found, wishes: Wishes, seed: int, say: Say, stop: Callable[[], bool]
) -> Proposal:
    """A proposal for what was read, cases a week; raises what `geo.shares.propose` raises."""
    from geo import shares

    sides = found.sides.assign(load=shares.loads(found.sides, found.weeks, wishes.rules))
    sides["cases"] = sides["cases"] / found.weeks
    return shares.propose(found.stretches, sides, wishes, seed, say=say, stop=stop)


def wishes_of(conn: psycopg.Connection, found: Found, asked: Asked) -> Wishes:
    """What was asked for, by ids; raises `UnknownChief`, `UnknownLock`."""
    from geo.shares import Wishes

    codes = {code: id_ for id_, code, *_ in conn.execute(QUERIES["chiefs"])}
    return Wishes(
        chiefs=asked.chiefs,
        added=tuple(_chief(codes, code) for code in asked.added),
        without=tuple(_chief(codes, code) for code in asked.without),
        locked=frozenset(id_ for lock in asked.locks for id_ in _locked(found, codes, lock)),
        tolerance=asked.tolerance,
    )


def _chief(codes: dict[str, int], code: str) -> int:
    if code not in codes:
        raise UnknownChief(f"there is no chief {code!r}{_nearest(code, list(codes))}")
    return codes[code]


def _locked(found: Found, codes: dict[str, int], lock: str) -> list[int]:
    """The stretches that a lock means: a chief's, a road's, or one by its number."""
    duties, stretches = found.duties, found.stretches
    if lock in codes:
        own = duties.loc[duties["chief_id"] == codes[lock], "segment_id"]
    elif lock.isdecimal():
        own = stretches.loc[stretches["id"] == int(lock), "id"]
    else:
        own = stretches.loc[stretches["road"] == lock, "id"]
    if own.empty:
        known = [*codes, *stretches["road"].dropna().unique().tolist()]
        raise UnknownLock(
            f"{lock!r} is neither the code of a chief who has stretches here, nor a road here, nor"
            f" the number of a stretch{_nearest(lock, known)}"
        )
    return [int(id_) for id_ in own.unique()]


def _nearest(word: str, known: list[str]) -> str:
    near = get_close_matches(word, known, 1, 0.4)
    return f"; the nearest is {near[0]}" if near else ""


def _sides(
    stretches: pd.DataFrame, duties: pd.DataFrame, shops: pd.DataFrame, cases: pd.DataFrame
) -> pd.DataFrame:
    """A row for each duty and for the rest of each side: stretch, chief, metres, doors, cases."""
    place = {int(id_): row for row, id_ in enumerate(stretches["id"])}
    sides = pd.DataFrame({
        "segment_id": np.repeat(stretches["id"].to_numpy(), 2),
        "side": np.tile(["L", "R"], len(stretches)),
        "metres": np.repeat(stretches["length_m"].to_numpy(), 2),
    })  # fmt: skip
    held = duties.assign(chief=duties["chief_id"], metres=duties["to_m"] - duties["from_m"])
    length = stretches.set_index("id")["length_m"].reindex(held["segment_id"]).to_numpy()
    # What lies at or beyond the end of the axis belongs to whoever has the end.
    held["until"] = held["to_m"].where(held["to_m"] < length, np.inf)
    keys = ["segment_id", "side"]
    rest = sides.copy()
    taken = held.groupby(keys)["metres"].sum()
    rest["metres"] -= taken.reindex(pd.MultiIndex.from_frame(rest[keys])).fillna(0).to_numpy()
    rest["chief"] = NOBODY
    for name, points in (("doors", shops), ("cases", cases)):
        held[name] = _along(held, points)
        all_ = points.groupby(keys).size().reindex(pd.MultiIndex.from_frame(rest[keys]))
        mine = held.groupby(keys)[name].sum().reindex(pd.MultiIndex.from_frame(rest[keys]))
        rest[name] = all_.fillna(0).to_numpy() - mine.fillna(0).to_numpy()
    rest = rest[(rest["metres"] > 0.01) | (rest["doors"] > 0) | (rest["cases"] > 0)]
    columns = [*keys, "chief", "metres", "doors", "cases"]
    both = pd.concat([held[columns], rest[columns]], ignore_index=True)
    both["stretch"] = both["segment_id"].map(place)
    return both


def _along(held: pd.DataFrame, points: pd.DataFrame) -> pd.Series:
    """How many of ``points`` lie on the metres of each duty; its end belongs to the next one."""
    keyed = held[["segment_id", "side", "from_m", "until"]].reset_index(names="row")
    met = points.merge(keyed, on=["segment_id", "side"])
    inside = (met["chainage_m"] >= met["from_m"]) & (met["chainage_m"] < met["until"])
    counted = met.loc[inside, "row"].value_counts()
    return counted.reindex(held.index, fill_value=0)


def _span(conn: psycopg.Connection) -> tuple[datetime, datetime]:
    row = conn.execute(QUERIES["span"]).fetchone()
    if row is None or row[0] is None:
        now = datetime.now().astimezone()
        return now, now
    return row[0], row[1]


def _roads(conn: psycopg.Connection, segments: pd.Series) -> str:
    params = {"segments": or_none(segments)}
    names = [name for (name,) in conn.execute(QUERIES["roads"], params)]
    more = f" and {len(names) - 3} more roads" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more if names else f"{segments.nunique()} unnamed stretches"
