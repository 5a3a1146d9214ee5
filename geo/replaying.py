"""Edits by hand done again on a network made anew from its ways.

Edits are told by their ground: the spot of a split or a join, the axis before and after it was
drawn anew. What is not there any more, because the ways have changed, is passed over.
"""

from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo import editing
from geo.network import MESH, Network, match_known

NEAR_M = 1.0
"""A spot lies on an axis, or at a junction, that is no further away."""


class Edit(NamedTuple):
    """``op`` is split or join, at ``spot``; or redraw, of the axis ``before`` into ``after``."""

    op: str
    kind: str
    spot: Any = None
    before: Any = None
    after: Any = None


class Replayed(NamedTuple):
    """The network with its edits, and how many of them could not be done again."""

    network: Network
    lapsed: int


def replay(network: Network, edits: list[Edit]) -> Replayed:
    """Do edits again in their order; segments and nodes as `geo.network.build_network` gives."""
    if not edits:
        return Replayed(network, 0)
    segments = network.segments.reset_index(drop=True)
    nodes = list(network.nodes.geometry)
    lapsed = 0
    for edit in edits:
        done = _OPS[edit.op](segments, nodes, edit)
        if done is None:
            lapsed += 1
        else:
            segments = done
    return Replayed(_whole(segments, nodes, network), lapsed)


def _whole(segments: Any, nodes: list[Any], network: Network) -> Network:
    """Nodes that no segment has any more are left out."""
    used, ends = np.unique(segments[["from_node", "to_node"]].to_numpy(), return_inverse=True)
    segments[["from_node", "to_node"]] = ends.reshape(-1, 2)
    geometry = np.asarray(nodes, object)[used]
    crs = network.segments.crs
    return Network(
        gpd.GeoDataFrame(geometry=geometry, crs=crs),
        gpd.GeoDataFrame(segments, geometry="geometry", crs=crs),
    )


def _split(segments: Any, nodes: list[Any], edit: Edit) -> Any:
    row = _nearest(segments, edit)
    if row is None:
        return None
    axis = segments.at[row, "geometry"]
    try:
        parts = editing.split(axis, float(shapely.line_locate_point(axis, edit.spot)))
    except editing.CannotEdit:
        return None
    if shapely.distance(shapely.get_point(parts[1], 0), edit.spot) <= editing.SAME_M:
        parts = _ending_at(parts, edit.spot)
    nodes.append(shapely.get_point(parts[1], 0))
    segments = _shift(segments, row, 1)
    first, second = (segments.loc[[row]].copy() for _ in parts)
    first["to_node"] = second["from_node"] = len(nodes) - 1
    second["seq"] = second["seq"] + 1
    for part, line in zip((first, second), parts, strict=True):
        part["geometry"] = np.array([line], object)
    return pd.concat([segments.loc[: row - 1], first, second, segments.loc[row + 1 :]],
                     ignore_index=True)  # fmt: skip


def _ending_at(parts: tuple[Any, Any], spot: Any) -> tuple[Any, Any]:
    """Two parts that meet at a spot to the last bit, so that nothing has changed."""
    first, second = (shapely.get_coordinates(part) for part in parts)
    first[-1] = second[0] = shapely.get_coordinates(spot)[0]
    return shapely.linestrings(first), shapely.linestrings(second)


def _join(segments: Any, nodes: list[Any], edit: Edit) -> Any:
    ends = _ends_at(segments, nodes, edit)
    if len(ends) != 2 or ends[0][0] == ends[1][0]:
        return None
    rows = segments.loc[[row for row, _ in ends]]
    if rows["road_name"].astype("string").fillna("").nunique() > 1 or rows["kind"].nunique() > 1:
        return None
    (kept, kept_end), (gone, gone_end) = sorted(
        ends, key=lambda end: (segments.at[end[0], "seq"] is pd.NA, end[0])
    )
    at_end, from_start = kept_end == "to_node", gone_end == "from_node"
    axes = segments.loc[[kept, gone], "geometry"].to_numpy()
    joined = editing.join(axes[0], axes[1], at_end=at_end, from_start=from_start)
    segments = _shift(segments, gone, -1)
    lengths = shapely.length(axes)
    widths = segments.loc[[kept, gone], "width_m"].to_numpy(np.float64)
    segments.at[kept, "width_m"] = float(np.average(widths, weights=lengths).round(2))
    segments.at[kept, "class"] = segments.at[(kept, gone)[int(lengths.argmax())], "class"]
    segments.at[kept, kept_end] = segments.at[gone, "to_node" if from_start else "from_node"]
    segments.at[kept, "geometry"] = joined.axis
    return segments.drop(index=gone).reset_index(drop=True)


def _redraw(segments: Any, nodes: list[Any], edit: Edit) -> Any:
    of_kind = segments[segments["kind"] == edit.kind]
    known = gpd.GeoDataFrame({"id": of_kind.index}, geometry=of_kind["geometry"].to_numpy())
    row = int(match_known(known, np.array([edit.before], object))[0])
    if row < 0:
        return None
    try:
        axis = editing.redraw(segments.at[row, "geometry"], edit.after)
    except editing.CannotEdit:
        return None
    segments = segments.copy()
    segments.at[row, "geometry"] = axis
    return segments


_OPS = {"split": _split, "join": _join, "redraw": _redraw}


def _nearest(segments: Any, edit: Edit) -> int | None:
    rows = np.flatnonzero(segments["kind"] == edit.kind)
    away = shapely.distance(segments["geometry"].to_numpy()[rows], edit.spot)
    if not len(rows) or away.min() > NEAR_M:
        return None
    return int(rows[away.argmin()])


def _ends_at(segments: Any, nodes: list[Any], edit: Edit) -> list[tuple[int, str]]:
    """The ends (row, column) that meet at the node at a spot, of all kinds of its network."""
    mesh = segments["kind"].map(MESH) == MESH[edit.kind]
    used = np.unique(segments.loc[mesh, ["from_node", "to_node"]].to_numpy())
    away = shapely.distance(np.asarray(nodes, object)[used], edit.spot)
    if not len(used) or away.min() > NEAR_M:
        return []
    node = used[away.argmin()]
    return [
        (int(row), column)
        for column in ("from_node", "to_node")
        for row in segments.index[mesh & (segments[column] == node)]
    ]


def _shift(segments: Any, row: int, by: int) -> Any:
    """Numbers behind a row's along its road, by one more or one less."""
    segments = segments.copy()
    name = segments.at[row, "road_name"]
    if name is None or pd.isna(name):
        return segments
    behind = (segments["road_name"] == name) & (segments["kind"] == segments.at[row, "kind"])
    behind &= segments["seq"] > segments.at[row, "seq"]
    segments.loc[behind, "seq"] += by
    return segments
