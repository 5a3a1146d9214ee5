"""Duties assigned, ended, handed over and listed; metres that nobody has."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

import pandas as pd
import psycopg

from geo.duties import SHARED, Days, check_days, check_role
from geo.store.database import Reader, Rows, rows
from geo.store.queries import load
from geo.store.staging import or_none
from geo.store.turns import take_turn
from geo.stretches import Stretch

QUERIES = load("duties")

DOUBLED = "two of these stretches lie over each other"


class DutiesPut(NamedTuple):
    """How many chiefs there are, and how many duties over sides of segments were made for them."""

    chiefs: int
    duties: int


def put_duties(conn: psycopg.Connection, chiefs: pd.DataFrame, duties: pd.DataFrame) -> DutiesPut:
    """Writes ``chiefs`` (external_id, name, department, phone) and their duties.

    ``duties`` has one row per charge: chief (external_id), road (name), street (12-digit code, or
    missing for the whole road), sides ('L', 'R' or 'LR'), role (general, first, second, rota),
    start (date). Each becomes one duty per side of every segment of the road.
    """
    people = [dict(zip(chiefs.columns, row, strict=True)) for row in _rows(chiefs)]
    with conn.cursor() as cursor:
        cursor.executemany(QUERIES["put_chief"], people)
    columns = {
        "chiefs": "chief",
        "roads": "road",
        "streets": "street",
        "sides": "sides",
        "roles": "role",
        "starts": "start",
    }
    made = conn.execute(QUERIES["put_duties"], {k: or_none(duties[c]) for k, c in columns.items()})
    return DutiesPut(len(people), made.rowcount)


def _rows(frame: pd.DataFrame) -> list[tuple[object, ...]]:
    return list(zip(*(or_none(frame[name]) for name in frame.columns), strict=True))


class NoSuchChief(ValueError):
    """There is no chief of this number."""


class NoSuchDuty(ValueError):
    """There is no duty of this number."""


class NoSuchSide(ValueError):
    """There is no such segment, or it is shorter."""


class MetresHeld(ValueError):
    """Somebody holds these metres in this role already; ``holders`` says who and where."""

    def __init__(self, message: str, holders: Rows) -> None:
        super().__init__(message)
        self.holders = holders


class Charge(NamedTuple):
    """What a chief is to be charged with, and when; with ``shared`` others may be so, too."""

    chief: int
    role: str
    days: Days
    shared: bool = False
    rota: int | None = None


class Handover(NamedTuple):
    """Who hands over to whom on which day; only of a road, a role or a rotation, where named."""

    giver: int
    taker: int
    on: date
    road: str | None = None
    role: str | None = None
    rota: int | None = None


class HandedOver(NamedTuple):
    """How many duties went to another chief, and how many metres of side."""

    duties: int
    metres: float


class Which(NamedTuple):
    """Which duties: of a chief (as holder or deputy), a road, a segment, a side, a role."""

    chief: int | None = None
    road: str | None = None
    segment: int | None = None
    side: str | None = None
    role: str | None = None


class Vacant(NamedTuple):
    """Stretches that nobody has, how many there are in all, and their metres of side."""

    stretches: Rows
    number: int
    metres: float


class Where(NamedTuple):
    """Which sides: of a road, of some kinds; gaps shorter than ``least_m`` do not count."""

    road: str | None = None
    kinds: tuple[str, ...] = ("road",)
    least_m: float = 1.0
    role: str | None = None


def assign(conn: psycopg.Connection, charge: Charge, stretches: Sequence[Stretch]) -> list[int]:
    """Charges a chief with stretches; returns the numbers of the duties.

    Raises `NoSuchChief`, `NoSuchSide`, `MetresHeld`, and what `geo.duties` raises.
    """
    check_role(charge.role)
    check_days(charge.days)
    check_chief(conn, charge.chief)
    given = columns_of(stretches)
    check_sides(conn, given)
    exclusive = not (charge.shared or charge.role in SHARED)
    times = {"start": charge.days.start, "end": charge.days.end or "infinity"}
    asked = given | times | {"role": charge.role}
    if exclusive and (held := rows(conn, QUERIES["holders"], asked)):
        raise MetresHeld(_who_holds(held), held)
    more = {"chief": charge.chief, "exclusive": exclusive, "rota": charge.rota}
    try:
        with conn.transaction():
            made = conn.execute(QUERIES["assign"], asked | more).fetchall()
    except psycopg.errors.ExclusionViolation:
        # Two of the stretches lie over each other, or somebody was quicker this very moment.
        held = rows(conn, QUERIES["holders"], asked)
        raise MetresHeld(_who_holds(held) if held else DOUBLED, held) from None
    return [id_ for (id_,) in made]


def _who_holds(held: Rows) -> str:
    first = held[0]
    more = f", and {len(held) - 1} more" if len(held) > 1 else ""
    return (
        f"{first['name']} holds {first['road'] or 'a road without a name'}"
        f" {first['from_m']:.0f}–{first['to_m']:.0f} m of segment {first['segment']}"
        f" ({first['side']}) since {first['valid_from']}{more}: end that duty, or hand it over"
    )


def columns_of(stretches: Sequence[Stretch]) -> dict[str, object]:
    """Stretches as the arrays that queries take."""
    return {
        "segments": [each.segment for each in stretches],
        "sides": [each.side for each in stretches],
        "from_m": [each.from_m for each in stretches],
        "to_m": [each.to_m for each in stretches],
    }


def check_sides(conn: psycopg.Connection, given: dict[str, object]) -> None:
    """Raises `NoSuchSide` where one of the stretches lies on no side of a segment."""
    missing = conn.execute(QUERIES["missing_sides"], given).fetchone()
    if missing is None:
        return
    segment, side, from_m, length_m = missing
    if length_m is None:
        raise NoSuchSide(f"there is no segment {segment} with a side {side}")
    raise NoSuchSide(f"segment {segment} is {length_m:.1f} m long and has no metre {from_m:.1f}")


def check_chief(conn: psycopg.Connection, chief: int) -> str:
    """The chief's name; raises `NoSuchChief`."""
    row = conn.execute(QUERIES["chief"], {"chief": chief}).fetchone()
    if row is None:
        raise NoSuchChief(f"there is no chief {chief}")
    return str(row[1])


def end(conn: psycopg.Connection, ids: Sequence[int], on: date) -> int:
    """Ends duties on a day; those that have not begun by then are gone. Returns how many changed.

    Raises `NoSuchDuty`.
    """
    asked = {"ids": list(ids), "on": on}
    found = {row[0] for row in conn.execute(QUERIES["lock"], asked).fetchall()}
    if lost := sorted(set(ids) - found):
        raise NoSuchDuty(f"there is no duty {', '.join(map(str, lost))}")
    return (
        conn.execute(QUERIES["drop_not_begun"], asked).rowcount
        + conn.execute(QUERIES["end_on"], asked).rowcount
    )


def hand_over(conn: psycopg.Connection, what: Handover) -> HandedOver:
    """Hands a chief's duties over on a day: his end on it, the taker's begin; no metre changes.

    Duties that are still to come go to the taker as they are. Raises `NoSuchChief`, `NoSuchDuty`
    where there is nothing to hand over.
    """
    # An edit of the network under way holds the segments, and then wants the duties.
    take_turn(conn)
    giver, taker = check_chief(conn, what.giver), check_chief(conn, what.taker)
    ids = [row[0] for row in conn.execute(QUERIES["to_hand_over"], what._asdict()).fetchall()]
    if not ids or what.giver == what.taker:
        raise NoSuchDuty(f"{giver} has nothing to hand over to {taker} on {what.on}")
    asked = {"ids": ids, "on": what.on, "taker": what.taker}
    row = conn.execute(QUERIES["count"], asked).fetchone()
    assert row is not None  # noqa: S101 - an aggregate always gives a row
    for step in ("set_running_aside", "end_on", "give_rest", "give_coming", "forget_running"):
        conn.execute(QUERIES[step], asked)
    return HandedOver(*row)


def on_day(
    conn: psycopg.Connection,
    day: date,
    which: Which,
    page: tuple[int, int],
    reader: Reader,
) -> Rows:
    """Duties in force on a day, by their numbers: those after ``page[0]``, up to ``page[1]``.

    ``answers`` is who answers that day: the chief, or a deputy while the chief is on leave (null:
    nobody does). Phones need the right ``people``.
    """
    after, limit = page
    more = {"on": day, "after": after, "limit": limit, "people": "people" in reader.rights}
    return rows(conn, QUERIES["list"], which._asdict() | more)


def vacancies(conn: psycopg.Connection, day: date, where: Where, limit: int) -> Vacant:
    """Metres of side without anybody on a day, up to ``limit`` stretches along the roads.

    A stretch whose chief is on leave without a deputy is one of them, and ``away``.
    """
    if where.role is not None:
        check_role(where.role)
    asked = where._asdict() | {"kinds": list(where.kinds), "on": day, "limit": limit}
    found: Any = rows(conn, QUERIES["vacancies"], asked)
    number, metres = (found[0]["stretches"], found[0]["all_metres"]) if found else (0, 0.0)
    for row in found:
        del row["stretches"], row["all_metres"]
    return Vacant(found, number, metres)
