"""Why a border between two blocks is where it is: road, water, wall, legal line, lane, or nothing.

All shapes are in one metric CRS; lengths in m. A shared border is looked at every few metres; each
place is put down to the first of `KINDS` that is there, and the border to the kind of most metres.
"""

from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geo.adjacency import shared_edges

KINDS = ("road", "river", "wall", "legal", "lane", "nothing")
"""From what parts people most to what does least: neighbours on a lane share its life."""

STEP_M = 25.0
"""Places on a border are at most this far apart."""

BESIDE_M = 3.0
"""A border so near to the surface of a road or river, or to a compound's outline, runs along it."""

# Kinds of segments as people think of borders: a railway parts like a road.
OF_SEGMENT = {"road": "road", "lane": "lane", "rail": "road", "river": "river"}

LANES = ("lane", "living_street", "service", "track", "path", "footway", "cycleway", "steps")
"""Classes of roads that lead to doors and nowhere else, or that only feet take."""

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Geometries = npt.NDArray[Any]


class Lines(NamedTuple):
    """What borders may run along: shapes, how far off that still is, number in `KINDS`, name."""

    shape: Geometries
    reach_m: Floats
    kind: Ints
    name: npt.NDArray[np.object_]


def lines(segments: pd.DataFrame, compounds: pd.DataFrame) -> Lines:
    """The lines of ``segments`` (geometry, kind, class, width_m, name) and of ``compounds``
    (geometry, name).

    Names are text, '' where there is none.
    """
    lane = (segments["kind"] == "road") & segments["class"].isin(LANES)
    kind = segments["kind"].map(OF_SEGMENT).mask(lane, "lane").map(KINDS.index)
    walls = shapely.boundary(np.asarray(compounds.geometry.to_numpy(), object))
    axes = np.asarray(segments.geometry.to_numpy(), object)
    return Lines(
        np.concatenate([axes, walls]),
        np.concatenate([segments["width_m"].to_numpy(float) / 2, np.zeros(len(walls))]) + BESIDE_M,
        np.concatenate([kind.to_numpy(np.int64), np.full(len(walls), KINDS.index("wall"))]),
        np.concatenate([segments["name"].to_numpy(object), compounds["name"].to_numpy(object)]),
    )


def explain(blocks: gpd.GeoDataFrame, along: Lines) -> pd.DataFrame:
    """A row for each two of ``blocks`` (geometry, a coverage; area; area_name) that share a border.

    Columns: a, b (row numbers, a < b), metres, kind (of `KINDS`), why (its name, '' for none; of a
    legal line the two areas), kind_m (metres of that kind).
    """
    pairs, line = shared_edges(blocks.geometry.to_numpy())
    places, metres, edge = _places(line)
    area = blocks["area"].to_numpy()
    legal = (area[pairs[:, 0]] != area[pairs[:, 1]])[edge]
    kind, which = _what_is_there(places, along)
    kind = np.where((kind > KINDS.index("legal")) & legal, KINDS.index("legal"), kind)
    table = pd.DataFrame({
        "a": pairs[edge, 0], "b": pairs[edge, 1], "metres": metres, "kind": kind, "line": which,
    })  # fmt: skip
    table["name"] = np.append(along.name, "")[which]
    return _named(_largest(table), blocks["area_name"].to_numpy(object))


def _places(line: Geometries) -> tuple[Geometries, Floats, Ints]:
    """Points along each straight ``line``, the metres each stands for, and its line's number."""
    length = shapely.length(line)
    count = np.maximum(np.ceil(length / STEP_M), 1).astype(np.int64)
    edge = np.repeat(np.arange(len(line)), count)
    nth = np.arange(len(edge)) - np.repeat(np.cumsum(count) - count, count)
    each = (length / count)[edge]
    return shapely.line_interpolate_point(line[edge], (nth + 0.5) * each), each, edge


def _what_is_there(places: Geometries, along: Lines) -> tuple[Ints, Ints]:
    """The first of `KINDS` at each place, and the nearest line of it (-1: none)."""
    kind = np.full(len(places), KINDS.index("nothing"))
    which = np.full(len(places), -1)
    if not len(along.shape) or not len(places):
        return kind, which
    place, line = shapely.STRtree(along.shape).query(
        places, predicate="dwithin", distance=float(along.reach_m.max())
    )
    apart = shapely.distance(places[place], along.shape[line])
    near = apart <= along.reach_m[line]
    place, line, apart = place[near], line[near], apart[near]
    order = np.lexsort((line, apart, along.kind[line], place))
    first, at = np.unique(place[order], return_index=True)
    which[first] = line[order][at]
    kind[first] = along.kind[which[first]]
    return kind, which


def _largest(table: pd.DataFrame) -> pd.DataFrame:
    """The kind of most metres of each pair, and within it the name of most."""
    whole = table.groupby(["a", "b"])["metres"].sum()
    kinds = table.groupby(["a", "b", "kind"], as_index=False)["metres"].sum()
    names = table.groupby(["a", "b", "kind", "name"], as_index=False)["metres"].sum()
    best = _most(kinds, ["a", "b"], "kind").rename(columns={"metres": "kind_m"})
    name = _most(names, ["a", "b", "kind"], "name").drop(columns="metres")
    found = best.merge(name, on=["a", "b", "kind"]).set_index(["a", "b"]).sort_index()
    return found.assign(metres=whole.reindex(found.index)).reset_index()


def _most(table: pd.DataFrame, of: list[str], tie: str) -> pd.DataFrame:
    order = table.sort_values(["metres", tie], ascending=[False, True], kind="stable")
    return order.drop_duplicates(of)


def _named(found: pd.DataFrame, area: npt.NDArray[np.object_]) -> pd.DataFrame:
    a, b = (found[end].to_numpy(np.int64) for end in ("a", "b"))
    between = pd.Series(area[a]) + " | " + pd.Series(area[b])
    why = found["name"].mask(found["kind"] == KINDS.index("legal"), between)
    kind = np.array(KINDS, object)[found["kind"].to_numpy(np.int64)]
    columns = {"metres": found["metres"], "kind": kind, "why": why, "kind_m": found["kind_m"]}
    return pd.DataFrame({"a": a, "b": b, **columns})
