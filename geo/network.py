"""Ways become a road network: nodes, segments from junction to junction, and order along each road.

All frames and arrays are in one metric CRS; lengths in m, areas in m². The network is the same
whatever the order and direction of the ways that came in.
"""

from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geo import chains, noding
from geo.frontage import frontages, surfaces
from geo.roads import order_along_roads

__all__ = ["Network", "UnknownKind", "build_network", "frontages", "match_known", "surfaces"]

MESH = {"road": 0, "lane": 0, "river": 1, "rail": 2}
"""Kinds of one number form one network; only roads and lanes meet each other."""

CLASS_OF_KIND = {"road": "unclassified", "lane": "lane", "river": "river", "rail": "rail"}
"""The class of a way that came without one."""

WIDTH_M = {
    "motorway": 24.0,
    "trunk": 24.0,
    "primary": 24.0,
    "secondary": 18.0,
    "tertiary": 12.0,
    "motorway_link": 7.0,
    "trunk_link": 7.0,
    "primary_link": 7.0,
    "secondary_link": 7.0,
    "tertiary_link": 7.0,
    "unclassified": 8.0,
    "residential": 8.0,
    "pedestrian": 8.0,
    "living_street": 6.0,
    "service": 5.0,
    "lane": 4.0,
    "track": 4.0,
    "footway": 3.0,
    "path": 3.0,
    "cycleway": 3.0,
    "steps": 3.0,
    "river": 20.0,
    "canal": 15.0,
    "stream": 6.0,
    "rail": 10.0,
}
"""Width in m of the whole road surface by class, where the way does not give one."""

OTHER_WIDTH_M = 8.0
"""Width of a class not in the table."""

LINE_APART_M = 1.0
"""Lines no further apart than this lie on the same ground."""

LEAST_SHARE = 0.5
"""Least overlap, as a share of the larger of two geometries, to be the same thing as before."""

Ints = npt.NDArray[np.int64]
Geometries = npt.NDArray[Any]


class UnknownKind(ValueError):
    """A way is of a kind that no network is made of."""


class Network(NamedTuple):
    """Nodes (geometry Point) and segments; from_node and to_node are row numbers of nodes.

    Segments: road_name, seq (both null where unnamed), kind, class, width_m, from_node, to_node,
    geometry LineString. seq counts 1, 2, … along the road of that name and kind.
    """

    nodes: gpd.GeoDataFrame
    segments: gpd.GeoDataFrame


def build_network(ways: gpd.GeoDataFrame) -> Network:
    """Make the network of all ways: name, kind, class, width_m, level, geometry LineString.

    Ways of one network (roads with lanes, rivers, rails) are cut where they meet on the same level
    (see :mod:`geo.noding` for levels and the tolerance); then pieces of equal name, kind and class
    are joined again wherever just two meet, so that a segment runs from junction to junction. The
    width of a joined segment is the mean of its pieces, weighted by length.
    """
    ways = _in_order(ways)
    mesh = ways["kind"].map(MESH).to_numpy(dtype=np.int64)
    level = ways["level"].to_numpy(dtype=np.int64)
    pieces = noding.cut(ways.geometry.to_numpy(), mesh, level)
    edges = _through_edges(pieces, ways)
    edges = _along_roads(edges)
    used, ends = np.unique(edges[["from_node", "to_node"]].to_numpy(), return_inverse=True)
    order = np.lexsort((-pieces.node_xy[used, 1], pieces.node_xy[used, 0]))
    edges[["from_node", "to_node"]] = np.argsort(order)[ends].reshape(-1, 2)
    points = shapely.points(pieces.node_xy[used][order])
    return Network(
        gpd.GeoDataFrame(geometry=points, crs=ways.crs),
        gpd.GeoDataFrame(edges, geometry="geometry", crs=ways.crs),
    )


def _in_order(ways: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Ways with gaps filled, in an order and direction that do not depend on how they came.

    Named before unnamed and wide before narrow, so that of two on the same ground the better stays.
    """
    strange = ways.loc[~ways["kind"].isin(list(MESH)), "kind"]
    if len(strange):
        raise UnknownKind(
            f"row {strange.index[0]} is of kind {strange.iloc[0]!r}; known are {', '.join(MESH)}"
        )
    ways = ways[ways.geometry.notna() & ~ways.geometry.is_empty].reset_index(drop=True)
    line = shapely.normalize(shapely.force_2d(ways.geometry.to_numpy()))
    ways = ways.set_geometry(gpd.GeoSeries(line, crs=ways.crs))
    ways["name"] = ways["name"].astype(object).where(ways["name"].notna(), "")
    ways["class"] = (
        ways["class"].astype(object).where(ways["class"].notna(), ways["kind"].map(CLASS_OF_KIND))
    )
    width = pd.to_numeric(ways["width_m"])
    usual = ways["class"].map(WIDTH_M).astype(float).fillna(OTHER_WIDTH_M)
    ways["width_m"] = width.where(width > 0, usual)
    keys = pd.DataFrame(
        {
            "unnamed": ways["name"] == "",
            "narrow": -ways["width_m"],
            "line": shapely.to_wkb(line, output_dimension=2),
            **{c: ways[c].astype(str) for c in ("name", "kind", "class")},
            "level": ways["level"],
        }
    )
    return ways.loc[keys.sort_values(list(keys.columns)).index].reset_index(drop=True)


def _through_edges(pieces: noding.Pieces, ways: gpd.GeoDataFrame) -> pd.DataFrame:
    """Pieces joined where just two of equal name, kind and class meet."""
    rows = ways.iloc[pieces.line]
    key = rows.groupby(["name", "kind", "class"], sort=False).ngroup().to_numpy()
    node = chains.ends(pieces.from_node, pieces.to_node)
    walked = chains.walk(chains.through(node, key))
    order = np.lexsort((walked.position, walked.chain))
    _, first = np.unique(walked.chain[order], return_index=True)
    last = np.append(first[1:], len(order)) - 1
    head, tail = order[first], order[last[: len(first)]]
    length = shapely.length(pieces.geometry)
    weighed = np.bincount(walked.chain, rows["width_m"].to_numpy() * length)
    return pd.DataFrame(
        {
            "road_name": rows["name"].to_numpy(dtype=object)[head],
            "kind": rows["kind"].to_numpy()[head],
            "class": rows["class"].to_numpy()[head],
            "width_m": (weighed / np.bincount(walked.chain, length)).round(2),
            "from_node": node[2 * head + walked.flipped[head]],
            "to_node": node[2 * tail + ~walked.flipped[tail]],
            "geometry": chains.join(pieces.geometry, walked),
        }
    )


def _along_roads(edges: pd.DataFrame) -> pd.DataFrame:
    """Edges turned and numbered along their roads, sorted by road, kind, seq; unnamed ones last."""
    named = edges["road_name"].to_numpy() != ""
    road = np.full(len(edges), -1)
    road[named] = edges[named].groupby(["road_name", "kind"], sort=True).ngroup()
    ends = edges[["from_node", "to_node"]].to_numpy()
    order = order_along_roads(edges["geometry"].to_numpy(), ends, road)
    turned = order.turn
    edges["geometry"] = np.where(turned, shapely.reverse(edges["geometry"]), edges["geometry"])
    edges[["from_node", "to_node"]] = np.where(turned[:, None], ends[:, ::-1], ends)
    edges["road_name"] = pd.Series(np.where(named, edges["road_name"], None), dtype=object)
    edges.insert(1, "seq", pd.array(np.where(named, order.seq, 0), dtype="Int64"))
    edges.loc[~named, "seq"] = pd.NA
    start = shapely.get_coordinates(shapely.get_point(edges["geometry"], 0))
    rank = np.lexsort((-start[:, 1], start[:, 0], order.seq, road, ~named))
    return edges.iloc[rank].reset_index(drop=True)


def match_known(known: gpd.GeoDataFrame, geoms: Geometries) -> Ints:
    """The id of the known geometry on the same ground as each new one, or -1.

    The same ground: equal up to direction, else overlapping by at least half of the larger of the
    two, each being the other's best. Lines overlap by length (within LINE_APART_M), polygons by
    area. Each id is given once at most.
    """
    old = shapely.normalize(known.geometry.to_numpy())
    new = shapely.normalize(np.asarray(geoms, dtype=object))
    matched = np.full(len(new), -1)
    place = dict(zip(shapely.to_wkb(old[::-1]), range(len(old) - 1, -1, -1), strict=True))
    for i, wkb in enumerate(shapely.to_wkb(new)):
        matched[i] = place.pop(wkb, -1)
    new_left = np.flatnonzero(matched < 0)
    old_left = np.setdiff1d(np.arange(len(old)), matched)
    a, b = _best_overlaps(old[old_left], new[new_left])
    matched[new_left[b]] = old_left[a]
    ids: Ints = np.append(known["id"].to_numpy(dtype=np.int64), -1)[matched]
    return ids


def _best_overlaps(old: Geometries, new: Geometries) -> tuple[Ints, Ints]:
    """Pairs (old, new) overlapping by half of the larger, each the best of the other."""
    lines = shapely.get_dimensions(old[:1]).max(initial=1) == 1
    ground = shapely.buffer(old, LINE_APART_M, cap_style="flat") if lines else old
    size = shapely.length if lines else shapely.area
    b, a = shapely.STRtree(ground).query(new, predicate="intersects")
    share = size(shapely.intersection(ground[a], new[b])) / np.maximum(size(old[a]), size(new[b]))
    order = np.lexsort((b, a, -share))
    order = order[share[order] >= LEAST_SHARE]
    a, b = a[order], b[order]
    best = np.intersect1d(np.unique(a, return_index=True)[1], np.unique(b, return_index=True)[1])
    return a[best], b[best]
