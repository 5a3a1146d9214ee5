"""Where sides and compounds belong: tables ``side_home`` and ``compound_front``.

The metres of a side count for whatever the block of its middle belongs to, so that areas and grids
sum up to the district. A compound faces roads along its outline; its households are spread evenly
over the places there.
"""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import psycopg
import shapely
from numpy.typing import NDArray

from geo.store import binary, linking
from geo.store.queries import load
from geo.store.staging import read_frame

if TYPE_CHECKING:
    from geo.locate import Index, Links

QUERIES = load("homes")

# Off the axis, where the block of a side is looked for: close to it, then beyond the road's edge.
NEAR_M, BEYOND_M = 2.0, 3.0
# Places along the outline of a compound are this far apart.
STEP_M = 10.0

HOMES = {"segment_id": "integer", "side": "text", "block_id": "integer"}
FRONTS = {
    "compound_id": "integer", "segment_id": "integer", "side": "text",
    "chainage_m": "double precision", "block_id": "integer", "share": "double precision",
}  # fmt: skip

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def refresh_homes(conn: psycopg.Connection, srid: int) -> bool:
    """Finds the homes of all sides and the fronts of all compounds; says whether any differ."""
    ground = linking.read_ground(conn)
    segments = read_frame(conn, QUERIES["segments"], srid=srid)
    compounds = read_frame(conn, QUERIES["compounds"], srid=srid)
    homes = homes_of(segments, lambda x, y: _find(ground, x, y).block)
    fronts = fronts_of(compounds, ground)
    for name, frame, types in (("homes", homes, HOMES), ("fronts", fronts, FRONTS)):
        conn.execute(QUERIES[f"stage_{name}"])
        rows = binary.rows_of({column: frame[column] for column in types}, types)
        binary.send(conn, QUERIES[f"copy_{name}"], rows)
    changed = [conn.execute(QUERIES[step]).rowcount > 0 for step in ("drop_homes", "put_homes")]
    row = conn.execute(QUERIES["differ"]).fetchone()
    if row and row[0]:
        conn.execute(QUERIES["drop_fronts"])
        conn.execute(QUERIES["put_fronts"])
        changed.append(True)
    conn.execute(QUERIES["forget"])
    if any(changed):
        conn.execute(QUERIES["note"])
    return any(changed)


def follow(conn: psycopg.Connection, ended: list[int], made: list[int], srid: int) -> None:
    """Has sides whose block ended belong to those made of it, so that no load lacks them."""
    segments = read_frame(conn, QUERIES["segments_of"], {"ended": ended}, srid=srid)
    blocks = read_frame(conn, QUERIES["blocks"], {"made": made}, srid=srid)
    homes = homes_of(segments, partial(_among, blocks))
    columns = {name: homes[name].tolist() for name in ("segment_id", "side", "block_id")}
    if conn.execute(QUERIES["follow"], columns | {"ended": ended}).rowcount:
        conn.execute(QUERIES["note"])


def _among(blocks: pd.DataFrame, x: Floats, y: Floats) -> Ints:
    """Which of some blocks each place lies in; -1 for none."""
    shapes = shapely.STRtree(blocks.geometry.to_numpy())
    place, at = shapes.query(shapely.points(x, y), predicate="intersects")
    found = np.full(len(x), -1, np.int64)
    found[place] = blocks["id"].to_numpy()[at]
    return found


def homes_of(segments: pd.DataFrame, block_of: Callable[[Floats, Floats], Ints]) -> pd.DataFrame:
    """The block of each side (0 for none): two rows for each of ``segments`` (id, width_m).

    ``block_of`` gives the blocks of places, -1 for none. The outer side of a road along the
    district's border belongs where its inner side does.
    """
    axes = np.asarray(segments.geometry.to_numpy(), object)
    middle, across = _middles(axes)
    found = {}
    for name, sign in (("L", 1.0), ("R", -1.0)):
        block = np.full(len(axes), -1, np.int64)
        for off in (np.full(len(axes), NEAR_M), segments["width_m"].to_numpy(float) / 2 + BEYOND_M):
            x, y = (middle + sign * off[:, None] * across).T
            here = block_of(x, y)
            block = np.where(block < 0, here, block)
        found[name] = block
    sides = [
        pd.DataFrame({"segment_id": segments["id"], "side": side, "block_id": np.where(
            found[side] < 0, found[other], found[side])})
        for side, other in (("L", "R"), ("R", "L"))
    ]  # fmt: skip
    return pd.concat(sides, ignore_index=True).assign(block_id=lambda f: f["block_id"].clip(0))


def _middles(axes: NDArray[np.object_]) -> tuple[Floats, Floats]:
    """The middle of each axis, and the unit vector there that points to the left."""
    length = shapely.length(axes)
    reach = np.minimum(length / 2, 1.0)
    back, middle, ahead = (
        shapely.get_coordinates(shapely.line_interpolate_point(axes, length / 2 + step))
        for step in (-reach, 0 * reach, reach)
    )
    along = ahead - back
    size = np.maximum(np.hypot(*along.T), 1e-9)[:, None]
    return middle, np.column_stack([-along[:, 1], along[:, 0]]) / size


def fronts_of(compounds: pd.DataFrame, ground: "Index") -> pd.DataFrame:
    """Places along each compound's outline that have a road; one place on none where none has."""
    outline = shapely.segmentize(
        shapely.boundary(np.asarray(compounds.geometry.to_numpy(), object)), STEP_M
    )
    xy, at = shapely.get_coordinates(outline, return_index=True)
    links = _find(ground, *xy.T)
    fronts = pd.DataFrame({
        "compound_id": compounds["id"].to_numpy()[at], "segment_id": links.road.segment,
        "side": links.road.side, "chainage_m": links.road.chainage_m, "block_id": links.block,
    })  # fmt: skip
    fronts["block_id"] = fronts["block_id"].clip(0)
    faced = fronts[fronts["segment_id"] >= 0]
    lonely = fronts[~fronts["compound_id"].isin(faced["compound_id"])]
    nowhere = lonely.drop_duplicates("compound_id").assign(segment_id=0, side="", chainage_m=0.0)
    fronts = pd.concat([faced, nowhere], ignore_index=True)
    count = fronts.groupby("compound_id")["compound_id"].transform("size")
    return fronts.assign(share=1.0 / count)


def _find(ground: "Index", x: Floats, y: Floats) -> "Links":
    from geo import locate  # who does not link does not wait for the compiler

    return locate.find(ground, np.ascontiguousarray(x), np.ascontiguousarray(y))
