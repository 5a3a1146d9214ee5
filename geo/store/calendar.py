"""The calendar of rotations: who has which stretch when, who stands in, what changed hands."""

from datetime import date, timedelta
from itertools import groupby
from typing import Any

import psycopg

from geo.duties import BadDays, Days
from geo.rotas import Rhythm, whose
from geo.store import rotas
from geo.store.database import Rows, rows
from geo.store.queries import load

QUERIES = load("rotas")

MOST_DAYS = 400


def between(conn: psycopg.Connection, start: date, end: date) -> Rows:
    """Rotations with their ``turns`` from a day up to, not including, another.

    A turn's ``instead`` is the chief whose turn it would be by the rhythm, where it went into other
    hands; ``away`` are the days on which its chief is on leave, and who answers then (null:
    nobody). Raises `geo.duties.BadDays`.
    """
    if not 0 < (end - start).days <= MOST_DAYS:
        raise BadDays(f"a calendar is of 1 to {MOST_DAYS} days, not from {start} to {end}")
    time: dict[str, object] = {"start": start, "end": end}
    found: Any = rows(conn, QUERIES["turns_between"], time)
    away: Any = _away(conn, {one["chief"] for one in found}, Days(start, end))
    where = {one["rota"]: one for one in rows(conn, QUERIES["roads"])}
    listed: Any = rotas.page(conn, start)
    for rota in listed:
        place: Any = where.get(rota["id"], {})
        box = [place.get(name) for name in ("west", "south", "east", "north")]
        turns = [one for one in found if one["rota"] == rota["id"]]
        rota |= {"roads": place.get("roads") or [], "bbox": box if place else None}
        rota["turns"] = [_turn(rota, one, away) for one in turns]
        del rota["turn"]
    return [rota for rota in listed if rota["valid_to"] > start or rota["turns"]]


def _turn(rota: dict[str, Any], turn: dict[str, Any], away: Rows) -> dict[str, object]:
    days = {
        "away": [
            one | {"valid_from": max(one["valid_from"], turn["valid_from"]),
                   "valid_to": min(one["valid_to"], turn["valid_to"])}
            for one in away
            if one["chief"] == turn["chief"] and one["valid_from"] < turn["valid_to"]
            and one["valid_to"] > turn["valid_from"]
        ]
    }  # fmt: skip
    return {k: v for k, v in turn.items() if k != "rota"} | {"instead": _instead(rota, turn)} | days


def _instead(rota: dict[str, Any], turn: dict[str, Any]) -> dict[str, object] | None:
    members = rota["members"]
    rhythm = Rhythm(rota["every"], rota["unit"], rota["valid_from"], rota["valid_to"])
    place = whose(rhythm, len(members), turn["valid_from"])
    if place is None or members[place]["chief"] == turn["chief"]:
        return None
    found: dict[str, object] = members[place]
    return found


def _away(conn: psycopg.Connection, chiefs: set[int], time: Days) -> Rows:
    """Runs of days on which chiefs are on leave and one and the same answers."""
    asked = time._asdict() | {"chiefs": sorted(chiefs)}
    days: Any = rows(conn, QUERIES["away"], asked)
    made: Rows = []
    for _, run in groupby(enumerate(days), key=lambda it: _same(*it)):
        first, *more = [day for _, day in run]
        last = (more or [first])[-1]["day"]
        ends = {"valid_from": first.pop("day"), "valid_to": last + timedelta(days=1)}
        made.append(first | ends)
    return made


def _same(number: int, day: dict[str, Any]) -> tuple[object, ...]:
    """Alike for days that follow on each other with the same leave and deputy."""
    return day["chief"], day["leave"], day["answers"], day["day"] - timedelta(days=number)
