"""Chiefs and their duties into the database, from tables that name roads."""

from typing import NamedTuple

import pandas as pd
import psycopg

from geo.store.queries import load
from geo.store.staging import or_none

QUERIES = load("duties")


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
