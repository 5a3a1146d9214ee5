"""What people say of a plan, each at a place or of the whole: asked, answered, ticked off."""

from typing import Any, NamedTuple

import numpy as np
import psycopg
import shapely

from geo import crs
from geo.ruler import NotOnEarth
from geo.store import redrawing
from geo.store.database import read_setting, rows
from geo.store.queries import load
from geo.store.staging import to_ewkb

QUERIES = load("plan_comments")

Told = dict[str, Any]


class NoSuchComment(ValueError):
    """The plan has no comment of this number."""


class Comment(NamedTuple):
    """What is said, by whom, and where (longitude and latitude in WGS 84; None: nowhere)."""

    body: str
    made_by: str = ""
    place: tuple[float, float] | None = None


def listed(conn: psycopg.Connection, plan: int) -> list[Told]:
    """All comments on a plan; raises `geo.store.redrawing.UnknownPlan`."""
    redrawing.known(conn, plan)
    return rows(conn, QUERIES["comments"], {"plan": plan, "id": None})


def add(conn: psycopg.Connection, plan: int, said: Comment) -> Told:
    """Writes a comment down and returns it; raises `UnknownPlan`, `geo.ruler.NotOnEarth`."""
    redrawing.known(conn, plan)
    given = {"plan": plan, "body": said.body, "made_by": said.made_by, "geom": _spot(conn, said)}
    row = conn.execute(QUERIES["add"], given).fetchone()
    assert row is not None  # noqa: S101 - an insert gives its row
    return _comment(conn, plan, row[0])


def settle(conn: psycopg.Connection, plan: int, comment: int, *, done: bool) -> Told:
    """Ticks a comment off, or opens it again; raises `UnknownPlan`, `NoSuchComment`."""
    redrawing.known(conn, plan)
    given = {"plan": plan, "id": comment, "done": done}
    if conn.execute(QUERIES["settle"], given).fetchone() is None:
        raise NoSuchComment(f"plan {plan} has no comment {comment}")
    return _comment(conn, plan, comment)


def _comment(conn: psycopg.Connection, plan: int, comment: int) -> Told:
    (told,) = rows(conn, QUERIES["comments"], {"plan": plan, "id": comment})
    return told


def _spot(conn: psycopg.Connection, said: Comment) -> str | None:
    if said.place is None:
        return None
    srid = read_setting(conn).srid
    lon, lat = (np.array([degrees]) for degrees in said.place)
    x, y = crs.transform_points(lon, lat, "wgs84", f"EPSG:{srid}")
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise NotOnEarth(f"{said.place[0]}, {said.place[1]} is no place in the district's CRS")
    return to_ewkb(shapely.points(x, y), srid)[0]
