"""Stretches before they are written: drawn on the map, shown with who has them already."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import psycopg
import shapely

from geo import along, crs
from geo.along import At, Ways
from geo.duties import LINEAR, SHARED, Days, check_days, check_role
from geo.store.database import Rows, read_setting, rows
from geo.store.duties import check_sides, columns_of
from geo.store.migrate import fill_srid
from geo.store.queries import load
from geo.store.staging import read_frame
from geo.store.turns import take_turn
from geo.stretches import NotUnderstood, Stretch, without

QUERIES = load("stretches")

# A road is meant that lies this near to where it is pressed.
WITHIN_M = 60.0
# The direction in which one looks from an axis to its left side, by which way the axis runs.
FACES = "WNES"

Spot = tuple[float, float]


class Drawn(NamedTuple):
    """A line along a road, from a spot to another (longitude, latitude), on a side.

    ``side`` is L, R or LR as seen along the axis where it begins; '' is the side of the first spot.
    """

    start: Spot
    end: Spot
    side: str = ""


class Wanted(NamedTuple):
    """In which role and when the stretches are to be somebody's."""

    role: str
    days: Days


def drawn(conn: psycopg.Connection, line: Drawn, *, holding: bool = True) -> list[Stretch]:
    """The stretches that a line along a road runs over; ends near a junction are the junction.

    The road is the one nearest to the first spot; the second goes to its nearest place on it. With
    ``holding`` nobody edits the network until the transaction ends. Raises
    `geo.stretches.NotUnderstood` where no road is near, or both ends are one place.
    """
    if holding:
        take_turn(conn)
    srid = read_setting(conn).srid
    lon, lat = zip(line.start, line.end, strict=True)
    x, y = crs.transform_points(lon, lat, "wgs84", f"EPSG:{srid}")
    pressed = fill_srid(QUERIES["pressed"].decode(), srid).encode()
    asked = {"x": float(x[0]), "y": float(y[0]), "kinds": list(LINEAR), "within_m": WITHIN_M}
    found = conn.execute(pressed, asked).fetchone() if np.isfinite([x, y]).all() else None
    if found is None:
        raise NotUnderstood("from", "no road, lane or river is near: press on one")
    segment, road, side, chainage_m = found
    axes = read_frame(conn, QUERIES["ways"], {"road": road, "segment": segment}, srid=srid)
    nodes = axes[["from_node", "to_node"]].to_numpy(np.int64)
    ways = Ways(axes["id"].to_numpy(), axes["length_m"].to_numpy(), nodes)
    row = int(np.flatnonzero(ways.ids == segment)[0])
    end = _nearest(ways, axes.geometry.to_numpy(), row, shapely.Point(x[1], y[1]))
    start = along.snapped(ways, At(row, chainage_m))
    made = along.between(ways, start, along.snapped(ways, end), line.side or side)
    if not made:
        raise NotUnderstood("to", "this is less than a stretch: draw on along the road")
    return made


def _nearest(ways: Ways, axes: Any, row: int, spot: shapely.Point) -> At:
    """The place nearest to a spot on what hangs together with a segment."""
    off = np.where(along.joined(ways, row), shapely.distance(axes, spot), np.inf)
    nearest = int(off.argmin())
    return At(nearest, float(shapely.line_locate_point(axes[nearest], spot)))


def look_at(
    conn: psycopg.Connection, stretches: Sequence[Stretch], wanted: Wanted
) -> dict[str, object]:
    """Stretches with their lines (degrees), who has metres of them, and what is ``free``.

    ``faces`` is N, E, S or W: where the side lies from the axis. Raises
    `geo.store.duties.NoSuchSide`, and what `geo.duties` raises.
    """
    check_role(wanted.role)
    check_days(wanted.days)
    given = columns_of(stretches)
    check_sides(conn, given)
    found: Any = rows(conn, QUERIES["lines"], given)
    for one in found:
        one["faces"] = _faces(one.pop("heading"), one["side"])
    times = {"start": wanted.days.start, "end": wanted.days.end or "infinity"}
    alone = wanted.role not in SHARED
    held: Any = rows(conn, QUERIES["held"], given | times | {"role": wanted.role}) if alone else []
    taken = [Stretch(one["segment"], one["side"], one["from_m"], one["to_m"]) for one in held]
    whole = [Stretch(one["segment"], one["side"], one["from_m"], one["to_m"]) for one in found]
    free = without(whole, taken)
    return {
        "metres": sum(one["metres"] for one in found),
        "free_m": sum(one.to_m - one.from_m for one in free),
        "stretches": found,
        "free": [one._asdict() for one in free],
        "held": _by_chief(held),
    }


def _faces(heading: float | None, side: str) -> str:
    """N, E, S or W of an axis that runs ``heading`` degrees east of north."""
    quarter = round((heading or 0) / 90) + (2 if side == "R" else 0)
    return FACES[quarter % 4]


def _by_chief(held: Rows) -> Rows:
    """Who has how many metres, most first; metres count once for each of his duties."""
    metres: dict[tuple[object, object], float] = {}
    for one in held:
        span: Any = (one["to_m"], one["from_m"])
        who = one["chief"], one["name"]
        metres[who] = metres.get(who, 0.0) + span[0] - span[1]
    order = sorted(metres.items(), key=lambda item: -item[1])
    return [{"chief": chief, "name": name, "metres": m} for (chief, name), m in order]
