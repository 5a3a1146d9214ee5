"""Roads with what their places are called by, and stretches found from people's words."""

from collections.abc import Callable

import numpy as np
import psycopg
import shapely
from numpy.typing import NDArray

from geo import roads, stretches
from geo.columns import plain
from geo.doors import number_of
from geo.store.database import read_setting
from geo.store.queries import load
from geo.store.staging import read_frame
from geo.store.turns import take_turn
from geo.stretches import NotUnderstood, Road, Stretch, Words

QUERIES = load("roads")

Finder = Callable[[Words], list[Stretch]]


def finder(conn: psycopg.Connection, *, holding: bool = True) -> Finder:
    """A function that finds the stretches of words; it reads each road once.

    It raises `geo.stretches.NotUnderstood`. With ``holding`` nobody edits the network until the
    transaction ends, so that what is found is there when it is written.
    """
    if holding:
        take_turn(conn)
    of = _by_name(conn)
    known: dict[int, Road] = {}

    def find(words: Words) -> list[Stretch]:
        id_, name = _called(of, words.road)
        if id_ not in known:
            known[id_] = _read(conn, id_, name)
        return stretches.read(known[id_], words)

    return find


def crossings(conn: psycopg.Connection, road: str) -> dict[str, object]:
    """A road's length along its spine (m), and at which of its metres it meets which others.

    Raises `geo.stretches.NotUnderstood` where there is no such road.
    """
    found = _read(conn, *_called(_by_name(conn), road))
    first = float(found.begin_m.min())
    met = [(name, [float(m) - first for m in at]) for name, at in found.crossings.items()]
    met.sort(key=lambda one: one[1][0])
    return {
        "road": found.name,
        "metres": float(found.end_m.max()) - first,
        "crossings": [{"name": name, "at_m": at_m} for name, at_m in met],
    }


def _by_name(conn: psycopg.Connection) -> dict[str, tuple[int, str]]:
    return {plain(name): (id_, name) for id_, name in conn.execute(QUERIES["names"]).fetchall()}


def _called(of: dict[str, tuple[int, str]], road: str) -> tuple[int, str]:
    """The number and name of a road; raises `NotUnderstood`."""
    found = of.get(plain(road))
    if found is None:
        like = stretches.or_like(road, [name for _, name in of.values()])
        raise NotUnderstood("road", f"there is no road {road}{like}")
    return found


def _read(conn: psycopg.Connection, id_: int, name: str) -> Road:
    srid = read_setting(conn).srid
    segments = read_frame(conn, QUERIES["segments"], {"road": id_}, srid=srid)
    axes = np.asarray(segments.geometry.to_numpy(), object)
    nodes = segments[["from_node", "to_node"]].to_numpy(np.int64)
    measured = roads.measure(axes, nodes)
    ids = segments["id"].to_numpy(np.int64)
    length_m = segments["length_m"].to_numpy(np.float64)
    scale = (measured.end - measured.begin) / length_m
    row_of = {int(segment): row for row, segment in enumerate(ids)}

    found = conn.execute(QUERIES["doors"], {"road": id_}).fetchall()
    doors = [(number_of(address, name), row_of[at], side, m) for address, at, side, m in found]
    door = [each for each in doors if each[0] is not None]
    rows = np.array([row for _, row, _, _ in door], np.int64)
    chainage_m = np.array([m for *_, m in door], np.float64)
    return Road(
        name,
        ids,
        length_m,
        measured.begin,
        measured.end,
        _headings(axes),
        _crossings(conn, id_, axes, measured),
        np.array([number for number, *_ in door], np.int64),
        np.array([side for _, _, side, _ in door], object),
        measured.begin[rows] + chainage_m * scale[rows],
    )


def _headings(axes: NDArray[np.object_]) -> stretches.Floats:
    """The unit vector from the start to the end of each axis."""
    start, end = (shapely.get_coordinates(shapely.get_point(axes, n)) for n in (0, -1))
    way = end - start
    unit: stretches.Floats = way / np.maximum(np.hypot(way[:, 0], way[:, 1]), 1e-9)[:, None]
    return unit


def _crossings(
    conn: psycopg.Connection,
    id_: int,
    axes: NDArray[np.object_],
    measured: roads.Measures,
) -> dict[str, stretches.Floats]:
    """The measures at which the road meets others, by their names."""
    found = conn.execute(QUERIES["crossings"], {"road": id_}).fetchall()
    if not found:
        return {}
    names = np.array([name for name, _ in found], object)
    spots = np.asarray(shapely.from_wkb([spot for _, spot in found]), object)
    nearest = shapely.STRtree(axes).nearest(spots)
    share = shapely.line_locate_point(axes[nearest], spots, normalized=True)
    at = measured.begin[nearest] + share * (measured.end - measured.begin)[nearest]
    return {str(name): np.unique(at[names == name].round(3)) for name in dict.fromkeys(names)}
